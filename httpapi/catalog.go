package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/concord-registry/concord/registry/catalog"
)

// catalog returns what lists and searches are answered from.
func (c *call) catalog() (*catalog.Catalog, error) {
	if c.server.opt.Catalog == nil {
		return nil, refuse(http.StatusNotFound, "This server keeps no catalog of its subjects.")
	}
	return c.server.opt.Catalog, nil
}

// unlessComplete keeps no answer that was given while the catalog was still being read.
func (c *call) unlessComplete(coverage catalog.Coverage) {
	if !coverage.Complete {
		c.generation = nil
	}
}

func (c *call) listSummaries() error {
	source, err := c.catalog()
	if err != nil {
		return err
	}
	page, err := c.query.page()
	if err != nil {
		return err
	}
	list, err := source.Subjects(c.request.Context(), catalog.Query{
		Text: c.query.text("q"), Context: c.query.text("context"), Types: c.query.all("type"), Levels: c.query.all("level"),
		Modes: c.query.all("mode"), Owners: c.query.all("owner"), Deleted: catalog.Deleted(c.query.text("deleted")), Sort: c.query.text("sort"),
		Offset: page.Offset, Limit: page.Limit,
	})
	if err != nil {
		return err
	}
	c.unlessComplete(list.Coverage)
	return c.json(list)
}

func (c *call) listFields() error {
	source, err := c.catalog()
	if err != nil {
		return err
	}
	page, err := c.query.page()
	if err != nil {
		return err
	}
	fields, err := source.Fields(c.request.Context(), catalog.FieldQuery{
		Text: c.query.text("q"), Exact: c.query.flag("exact"), Context: c.query.text("context"), Types: c.query.all("type"),
		Offset: page.Offset, Limit: page.Limit,
	})
	if err != nil {
		return err
	}
	c.unlessComplete(fields.Coverage)
	return c.json(fields)
}

// found is the answer to a search for anything.
type found struct {
	TotalSubjects int                  `json:"totalSubjects"`
	Subjects      []catalog.Summary    `json:"subjects"`
	TotalFields   int                  `json:"totalFields"`
	Fields        []catalog.FieldMatch `json:"fields"`
}

// mostFound bounds each list of a search.
const mostFound = 100

func (c *call) search() error {
	source, err := c.catalog()
	if err != nil {
		return err
	}
	page, err := c.query.page()
	if err != nil {
		return err
	}
	text, context, limit := c.query.text("q"), c.query.text("context"), page.Limit
	if limit <= 0 {
		limit = 10
	}
	limit = min(limit, mostFound)
	subjects, err := source.Subjects(c.request.Context(), catalog.Query{Text: text, Context: context, Limit: limit})
	if err != nil {
		return err
	}
	answer := found{TotalSubjects: subjects.Total, Subjects: subjects.Subjects, Fields: []catalog.FieldMatch{}}
	if text != "" {
		fields, err := source.Fields(c.request.Context(), catalog.FieldQuery{Text: text, Context: context, Limit: limit})
		if err != nil {
			return err
		}
		answer.TotalFields, answer.Fields = fields.Total, fields.Fields
	}
	c.unlessComplete(subjects.Coverage)
	return c.json(answer)
}

// Bounds of a stream of events: how many there may be, how long a client may take for one, and how long one may be silent.
const (
	maxStreams   = 500
	eventTime    = 20 * time.Second
	eventSilence = 25 * time.Second
)

// streamEvents tells of commits as they come, until the client leaves or the server stops.
func (c *call) streamEvents() error {
	source, err := c.catalog()
	if err != nil {
		return err
	}
	if c.request.Method == http.MethodHead {
		c.media = []string{"text/event-stream"}
		return nil
	}
	if c.server.streams.Add(1) > maxStreams {
		c.server.streams.Add(-1)
		return refuse(http.StatusServiceUnavailable, "Too many clients are listening for events; try again later.")
	}
	defer c.server.streams.Add(-1)
	changes, stop := source.Listen()
	defer stop()
	response := c.echo.Response()
	control := http.NewResponseController(response.Writer)
	header := response.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // a proxy that gathers answers would gather this one for ever
	header["X-Request-Id"] = []string{c.requestID}
	c.written, c.status = true, http.StatusOK
	send := func(text string) bool {
		_ = control.SetWriteDeadline(time.Now().Add(eventTime)) // a writer without deadlines does without
		_, err := response.Write([]byte(text))
		return err == nil && control.Flush() == nil
	}
	silence := time.NewTicker(eventSilence)
	defer silence.Stop()
	for alive := send("retry: 5000\n: listening\n\n"); alive; {
		select {
		case <-c.request.Context().Done():
			return nil
		case <-c.server.stopping:
			return nil
		case <-silence.C:
			alive = send(": still here\n\n")
		case subjects := <-changes:
			data, err := json.Marshal(map[string][]string{"subjects": subjects})
			if err != nil {
				return err
			}
			alive = send(fmt.Sprintf("event: change\ndata: %s\n\n", data))
		}
	}
	return nil
}
