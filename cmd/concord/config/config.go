// Package config holds the settings of the server: one struct whose fields become flags, CONCORD_* variables and keys of a
// YAML file, all under one name.
//
// A flag wins over a variable, a variable over the file, the file over the default. A name that does not exist is an
// error wherever it is written, because a misspelt limit that is silently ignored is no limit.
package config

import (
	"time"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/storage/backup"
)

// Config is every setting of the server. Field tags say all there is to know about a setting:
//
//	name     of the flag and the YAML key; the variable is CONCORD_ and the name in capitals
//	default  as a person would write it
//	help     one sentence, for --help and docs/configuration.md
//	oneof    the values allowed, separated by blanks, in any case
//	min, max bounds of numbers, sizes and durations
type Config struct {
	Server        Server        `group:"Address and data"`
	Log           Log           `group:"Logging"`
	Limits        Limits        `group:"Limits"`
	Timeouts      Timeouts      `group:"Timeouts"`
	Compatibility Compatibility `group:"Compatibility"`
	Answers       Answers       `group:"Answers"`
	Pages         Pages         `group:"Pages"`
	Operations    Operations    `group:"Operations"`
	Backups       Backups       `group:"Backups"`
}

// Server says where the registry is.
type Server struct {
	Listen Address `name:"listen" default:":8081" help:"address to serve on: host:port, :port for all interfaces, port 0 for any free one, or unix:/path/to/socket"`
	Data   string  `name:"data" default:"concord.db" help:"the data file; it is created when it does not exist, and one process at a time may use it"`
}

// Log says what is logged. Logs go to standard error and never hold schemas, bodies or credentials.
type Log struct {
	Format string `name:"log-format" default:"text" oneof:"text json" help:"how log lines look"`
	Level  string `name:"log-level" default:"info" oneof:"debug info warn error" help:"the least severe lines that are written; requests are logged at info"`
}

// Limits bound what one client can make the server do. What exceeds one is refused with an answer that names the limit.
type Limits struct {
	BodySize     Size `name:"max-body-size" default:"10MiB" min:"1KiB" help:"size of a request body; more is answered with 413"`
	HeaderSize   Size `name:"max-header-size" default:"64KiB" min:"4KiB" max:"16MiB" help:"size of a request line and its headers together; more is answered with 431"`
	SchemaSize   Size `name:"max-schema-size" default:"4MiB" min:"1KiB" max:"1GiB" help:"size of a schema, and of everything it refers to taken together"`
	SchemaDepth  int  `name:"max-schema-depth" default:"500" min:"10" max:"5000" help:"nesting of a schema text: JSON values, or braces"`
	SchemaNodes  int  `name:"max-schema-nodes" default:"500000" min:"1000" max:"100000000" help:"JSON values or tokens in a schema text"`
	References   int  `name:"max-references" default:"1000" min:"1" max:"1000000" help:"schemas that one schema may refer to, directly and indirectly"`
	Connections  int  `name:"max-connections" default:"0" min:"0" help:"connections served at a time; further ones wait to be accepted; 0 means no limit"`
	CachedSchema Size `name:"schema-cache-size" default:"128MiB" min:"1MiB" help:"memory for schemas that are kept for the next request, an eighth of it for texts, the rest for parsed ones"`
}

// Timeouts end what takes too long.
type Timeouts struct {
	Header        time.Duration `name:"header-timeout" default:"10s" min:"10ms" help:"time a client has to send its request line and headers"`
	Read          time.Duration `name:"read-timeout" default:"30s" min:"10ms" help:"time a client has to send a whole request"`
	Write         time.Duration `name:"write-timeout" default:"1m" min:"10ms" help:"time from the end of the request headers to the end of the answer; it bounds clients that read slowly"`
	Idle          time.Duration `name:"idle-timeout" default:"2m" min:"10ms" help:"time a connection is kept open between requests"`
	ShutdownDelay time.Duration `name:"shutdown-delay" default:"1s" min:"0s" help:"time between SIGTERM, when readiness turns to 503, and the end of accepting requests; let it exceed the interval of the load balancer's probe. SIGINT skips it"`
	Shutdown      time.Duration `name:"shutdown-timeout" default:"30s" min:"0s" help:"time that requests in flight have to finish once no more are accepted"`
}

// Compatibility is what holds for subjects that nobody configured otherwise.
type Compatibility struct {
	Level  compat.Level  `name:"compatibility-level" default:"BACKWARD" oneof:"NONE BACKWARD BACKWARD_TRANSITIVE FORWARD FORWARD_TRANSITIVE FULL FULL_TRANSITIVE" help:"the level of subjects and contexts without one of their own"`
	Policy compat.Policy `name:"compatibility-policy" default:"reference" oneof:"reference semantic strict wire-exact json" help:"which findings reject a schema: reference, those of the reference server; semantic, those that make a real reader fail or misread; strict, either; wire-exact and json, the stricter Protobuf relations"`
}

// Answers adapt what clients see to what they were built for.
type Answers struct {
	Shape            string `name:"response-shape" default:"auto" oneof:"auto full legacy" help:"fields of an answer: full, all of them; legacy, those that Java clients before 6.2 tolerate; auto, legacy for clients that look like one of these"`
	IncompatibleCode int    `name:"incompatible-code" default:"409" oneof:"409 40901" help:"error_code of a registration that is refused as incompatible; newer reference servers say 40901"`
	Version          string `name:"reported-version" default:"8.2.0" help:"what GET /v1/metadata/version reports, for tools that choose their behaviour by it"`
	ClusterID        string `name:"cluster-id" default:"concord" help:"what GET /v1/metadata/id reports as the Kafka cluster"`
	ModeMutability   bool   `name:"mode-mutability" default:"true" help:"whether clients may change the mode (READWRITE, READONLY, IMPORT …)"`
	Gzip             bool   `name:"gzip" default:"true" help:"compress answers for clients that accept it"`
}

// Pages are what people see in a browser.
type Pages struct {
	UI       bool   `name:"ui" default:"true" help:"serve the pages at /ui, and at / to browsers"`
	BasePath Prefix `name:"base-path" default:"" help:"the path that a proxy serves Concord under, for example /registry; requests may arrive with it or without it. When it is not set, pages follow the header X-Forwarded-Prefix. The host in commands and the origin of forms follow X-Forwarded-Host"`
	Dev      string `name:"ui-dev" default:"" help:"a folder with the templates and static files of the pages, read anew for every request, for those who change them"`
}

// Operations are for those who run the server.
type Operations struct {
	MinDiskFree Size    `name:"ready-min-disk-free" default:"0B" help:"report not ready when less than this is left on the file system of the data file; 0 turns the check off"`
	PprofListen Address `name:"pprof-listen" default:"" loopback:"true" help:"serve Go profiles on this loopback address, for example localhost:6060; empty means not at all"`
}

// Backups are made by the server itself, while it serves.
type Backups struct {
	Schedule  backup.Schedule `name:"backup-schedule" default:"" help:"when a backup is made: an interval such as 6h, or a time of day such as 03:30 (UTC); empty means never"`
	Keep      int             `name:"backup-keep" default:"7" min:"1" max:"100000" help:"how many scheduled backups are kept; older ones are removed once a newer one was read back"`
	Directory string          `name:"backup-dir" default:"" help:"the directory of the scheduled backups; empty means backups beside the data file, which protects against mistakes but not against the loss of the disk"`
}

// Default returns the settings of a server that was told nothing.
func Default() *Config {
	c := new(Config)
	newSettings(c)
	return c
}
