package accesslog

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// write is what log/slog writes about an entry.
func write(h slog.Handler, e *Entry) {
	level := slog.LevelInfo
	if e.Status >= 500 {
		level = slog.LevelError
		if strings.HasPrefix(e.Route, "/health/") {
			level = slog.LevelWarn
		}
	}
	if !h.Enabled(context.Background(), level) {
		return
	}
	r := slog.NewRecord(e.At, level, "request", 0)
	r.Add("method", e.Method, "route", e.Route, "status", e.Status, "ms", float64(e.Took.Microseconds())/1000, "bytes", e.Bytes)
	if e.Subject != "" {
		r.Add("subject", e.Subject)
	}
	if e.SchemaID != 0 {
		r.Add("id", e.SchemaID)
	}
	r.Add("request_id", e.RequestID)
	if e.Fault != nil {
		r.Add("error", e.Fault.Error())
	}
	_ = h.Handle(context.Background(), r)
}

func entries() *rapid.Generator[*Entry] {
	return rapid.Custom(func(t *rapid.T) *Entry {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"orders-value", "/health/ready", "a b", "a=b", `a"b`, `a\b`, "a\nb", "\x00", "\x7f", "\xff", "é", "\u00a0", "\u2028", "\ufffd", "💥"}))
		e := &Entry{
			At:     time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, "at")),
			Method: text.Draw(t, "method"), Route: text.Draw(t, "route"), Status: rapid.IntRange(100, 599).Draw(t, "status"),
			// log/slog turns to exponents beyond, which no request takes long enough for.
			Took:  time.Duration(rapid.Int64Range(0, 1e9-1).Draw(t, "took")) * time.Microsecond,
			Bytes: rapid.Int64Min(0).Draw(t, "bytes"), Subject: text.Draw(t, "subject"), SchemaID: rapid.Int().Draw(t, "id"), RequestID: text.Draw(t, "request id"),
		}
		if rapid.Bool().Draw(t, "faulty") {
			e.Fault = errors.New(text.Draw(t, "fault"))
		}
		return e
	})
}

func TestLinesAreThoseOfSlog(t *testing.T) {
	levels := rapid.SampledFrom([]slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError})
	rapid.Check(t, func(t *rapid.T) {
		level := levels.Draw(t, "level")
		var got, want bytes.Buffer
		log, standard := NewText(&got, level), slog.NewTextHandler(&want, &slog.HandlerOptions{Level: level})
		for _, e := range rapid.SliceOfN(entries(), 1, 3).Draw(t, "entries") {
			log.Add(e)
			write(standard, e)
		}
		if got.String() != want.String() {
			t.Fatalf("got  %swant %s", &got, &want)
		}
	})
}

func TestJSONLinesMeanThatOfSlog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var got, want bytes.Buffer
		e := entries().Draw(t, "entry")
		NewJSON(&got, slog.LevelInfo).Add(e)
		write(slog.NewJSONHandler(&want, nil), e)
		var g, w map[string]any
		if err := json.Unmarshal(got.Bytes(), &g); err != nil {
			t.Fatalf("%v: %s", err, &got)
		}
		if err := json.Unmarshal(want.Bytes(), &w); err != nil {
			t.Fatal(err)
		}
		// log/slog leaves out zeros at the end of a time.
		at, err := time.Parse(time.RFC3339, g["time"].(string))
		if err != nil || !at.Equal(e.At) {
			t.Fatalf("the time is %v (%v), want %v", g["time"], err, e.At)
		}
		delete(g, "time")
		delete(w, "time")
		if !reflect.DeepEqual(g, w) || bytes.Count(got.Bytes(), []byte("\n")) != 1 {
			t.Fatalf("got  %swant %s", &got, &want)
		}
	})
}

func TestANilLogWritesNothing(t *testing.T) {
	var log *Log
	log.Add(&Entry{})
}

func BenchmarkAdd(b *testing.B) {
	e := &Entry{Method: "GET", Route: "/schemas/ids/{id}", Status: 200, Took: 123 * time.Microsecond, Bytes: 1900, SchemaID: 77, RequestID: "0b9f7a4e-5555-4444-9999-0123456789ab"}
	b.Run("ours", func(b *testing.B) {
		log := NewText(io.Discard, slog.LevelInfo)
		b.ReportAllocs()
		for b.Loop() {
			e.At = time.Now()
			log.Add(e)
		}
	})
	b.Run("slog", func(b *testing.B) {
		log := slog.NewTextHandler(io.Discard, nil)
		b.ReportAllocs()
		for b.Loop() {
			e.At = time.Now()
			write(log, e)
		}
	})
}
