package httpapi

import (
	"context"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/concord-registry/concord/formats"
)

// stateCollector reads the state of the registry and its store when metrics are asked for. The names that begin with
// kafka_schema_registry are those which the reference's dashboards query.
type stateCollector struct {
	server  *Server
	metrics *metrics
	descs   map[string]*prometheus.Desc
}

// stateMetrics are the names and their meanings; a second word after the name lists labels.
var stateMetrics = [][2]string{
	{"registry_subjects state", "Subjects, by state: live, or deleted when only soft-deleted versions are left."},
	{"registry_schemas type", "Live versions, by schema type."},
	{"registry_versions", "Live versions."},
	{"registry_schema_ids", "Schema ids that stand for something."},
	{"registry_contexts", "Contexts."},
	{"registry_store_size_bytes", "Size of the data file."},
	{"registry_store_free_bytes", "Bytes within the data file that are not in use."},
	{"registry_store_disk_free_bytes", "Bytes left on the file system of the data file."},
	{"registry_backup_age_seconds", "Seconds since the newest scheduled backup was made; absent when there is none."},
	{"registry_last_backup_timestamp_seconds", "When the newest scheduled backup was made, in seconds since 1970; absent when there is none."},
	{"registry_backup_size_bytes", "Size of the newest scheduled backup; absent when there is none."},
	{"registry_backups_kept", "Scheduled backups that are kept."},
	{"registry_backups_total result", "Scheduled backups since the start, by result: succeeded or failed."},
	{"registry_store_damaged", "1 when stored data was found to be damaged."},
	{"registry_store_writable", "1 when the store accepts writes."},
	{"registry_store_transactions_total op,result", "Transactions of the store since the start that wrote something, each for many requests, by result: ok or failed."},
	{"registry_store_transaction_duration_seconds op", "Time that committing these transactions took, syncing to the disk included."},
	{"registry_store_records_total", "Records written to the store since the start."},
	{"kafka_schema_registry_registered_count", "Live versions."},
	{"kafka_schema_registry_schemas schema_type", "Live versions, by schema type."},
	{"kafka_schema_registry_schemas_created schema_type", "Versions that were registered and are still stored, by schema type."},
	{"kafka_schema_registry_schemas_deleted schema_type", "Soft-deleted versions, by schema type."},
	{"kafka_schema_registry_deleted_count", "Soft-deleted versions."},
	{"kafka_schema_registry_node_count", "Servers of this registry."},
	{"kafka_schema_registry_master_slave_role", "1 when this server takes writes."},
	{"kafka_schema_registry_api_success_count", "Requests answered with a status below 400."},
	{"kafka_schema_registry_api_failure_count", "Requests answered with a status of 400 or more."},
	{"kafka_schema_registry_jetty_metrics_connections_active", "Open connections."},
	{"kafka_schema_registry_jersey_metrics_request_rate", "Requests per second over the last 30 seconds."},
	{"kafka_schema_registry_jersey_metrics_request_latency_95", "Milliseconds below which 95 % of the requests of the last 30 seconds stayed."},
	{"kafka_schema_registry_jersey_metrics_request_latency_99", "Milliseconds below which 99 % of the requests of the last 30 seconds stayed."},
}

func newStateCollector(s *Server, m *metrics) *stateCollector {
	c := &stateCollector{s, m, map[string]*prometheus.Desc{}}
	for _, metric := range stateMetrics {
		name, label, labelled := strings.Cut(metric[0], " ")
		var labels []string
		if labelled {
			labels = strings.Split(label, ",")
		}
		c.descs[name] = prometheus.NewDesc(name, metric[1], labels, nil)
	}
	return c
}

// Describe implements prometheus.Collector.
func (c *stateCollector) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range c.descs {
		out <- desc
	}
}

// Collect implements prometheus.Collector.
func (c *stateCollector) Collect(out chan<- prometheus.Metric) {
	gauge := func(name string, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(c.descs[name], prometheus.GaugeValue, value, labels...)
	}
	counter := func(name string, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(c.descs[name], prometheus.CounterValue, value, labels...)
	}
	c.collectCounts(gauge)
	status := c.server.registry.Status()
	gauge("registry_store_size_bytes", float64(status.Size))
	gauge("registry_store_free_bytes", float64(status.Free))
	gauge("registry_store_disk_free_bytes", float64(status.DiskFree))
	gauge("registry_store_writable", boolValue(status.ReadOnly == ""))
	gauge("registry_store_damaged", boolValue(status.Damage != ""))
	c.collectBackups(gauge, counter)
	counter("registry_store_transactions_total", float64(status.Committed), "write", "ok")
	counter("registry_store_transactions_total", float64(status.Failed), "write", "failed")
	out <- prometheus.MustNewConstSummary(c.descs["registry_store_transaction_duration_seconds"],
		status.Committed+status.Failed, status.CommitTime.Seconds(), nil, "write")
	counter("registry_store_records_total", float64(status.Applied))
	gauge("kafka_schema_registry_node_count", 1)
	gauge("kafka_schema_registry_master_slave_role", boolValue(status.ReadOnly == ""))
	counter("kafka_schema_registry_api_success_count", float64(c.metrics.succeeded.Load()))
	counter("kafka_schema_registry_api_failure_count", float64(c.metrics.failed.Load()))
	gauge("kafka_schema_registry_jetty_metrics_connections_active", float64(c.metrics.connections.open.Load()))
	rate, p95, p99 := c.metrics.recent.read(time.Now())
	gauge("kafka_schema_registry_jersey_metrics_request_rate", rate)
	gauge("kafka_schema_registry_jersey_metrics_request_latency_95", p95)
	gauge("kafka_schema_registry_jersey_metrics_request_latency_99", p99)
}

func (c *stateCollector) collectBackups(gauge, counter func(name string, value float64, labels ...string)) {
	if c.server.opt.Backups == nil {
		return
	}
	status := c.server.opt.Backups.Status()
	if !status.Last.IsZero() {
		gauge("registry_backup_age_seconds", time.Since(status.Last).Seconds())
		gauge("registry_last_backup_timestamp_seconds", float64(status.Last.UnixMilli())/1000)
		gauge("registry_backup_size_bytes", float64(status.Size))
	}
	gauge("registry_backups_kept", float64(status.Kept))
	counter("registry_backups_total", float64(status.Succeeded), "succeeded")
	counter("registry_backups_total", float64(status.Failed), "failed")
}

// collectCounts leaves the totals out when they cannot be read: a gap in a graph, not a zero.
func (c *stateCollector) collectCounts(gauge func(name string, value float64, labels ...string)) {
	counts, err := c.server.registry.Counts(context.Background())
	if err != nil {
		return
	}
	live, deleted := 0, 0
	for _, t := range formats.Types() {
		label := typeLabel(string(t))
		live += counts.Versions[t]
		deleted += counts.DeletedVersions[t]
		gauge("registry_schemas", float64(counts.Versions[t]), label)
		gauge("kafka_schema_registry_schemas", float64(counts.Versions[t]), label)
		gauge("kafka_schema_registry_schemas_created", float64(counts.Versions[t]+counts.DeletedVersions[t]), label)
		gauge("kafka_schema_registry_schemas_deleted", float64(counts.DeletedVersions[t]), label)
	}
	gauge("registry_subjects", float64(counts.Subjects), "live")
	gauge("registry_subjects", float64(counts.DeletedSubjects), "deleted")
	gauge("registry_versions", float64(live))
	gauge("registry_schema_ids", float64(counts.Schemas))
	gauge("registry_contexts", float64(counts.Contexts))
	gauge("kafka_schema_registry_registered_count", float64(live))
	gauge("kafka_schema_registry_deleted_count", float64(deleted))
}

func boolValue(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
