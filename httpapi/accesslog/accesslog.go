// Package accesslog writes the line that a server logs about each request. Its lines are those that log/slog's handlers
// write; a server that answers from memory would spend a tenth of its time in these handlers, which are made for any
// record, and this package knows the one that it writes.
package accesslog

import (
	"io"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Entry is what is told about one request: never a body, never a header that could hold a secret.
type Entry struct {
	At        time.Time
	Method    string
	Route     string // its template
	Status    int    // from 500 on, the line is an error
	Took      time.Duration
	Bytes     int64  // of the answer's body, as sent
	Subject   string // empty for none
	SchemaID  int    // 0 for none
	RequestID string
	Fault     error // why the status is a 5xx, or why the client does not have the whole answer; nil for none
}

// Log writes entries to a writer, one Write for each. It is safe for concurrent use if the writer is.
type Log struct {
	w     io.Writer
	json  bool
	level slog.Level
	lines sync.Pool
	clock atomic.Pointer[second]
}

// NewText returns a Log that writes key=value pairs. Entries below level are left out.
func NewText(w io.Writer, level slog.Level) *Log { return &Log{w: w, level: level} }

// NewJSON returns a Log that writes a JSON object a line.
func NewJSON(w io.Writer, level slog.Level) *Log { return &Log{w: w, level: level, json: true} }

// Add writes the line about one request. A nil Log writes nothing.
func (l *Log) Add(e *Entry) {
	if l == nil {
		return
	}
	level := levelOf(e)
	if level < l.level {
		return
	}
	line, _ := l.lines.Get().(*[]byte)
	if line == nil {
		line = new([]byte)
	}
	*line = l.appendEntry((*line)[:0], level.String(), e)
	// There is nowhere to tell that the log cannot be written.
	_, _ = l.w.Write(*line)
	l.lines.Put(line)
}

// levelOf is an error for what the server could not do. A probe that finds it not ready, as at every stop, is only a warning:
// nothing has gone wrong with the answer.
func levelOf(e *Entry) slog.Level {
	switch {
	case e.Status < 500:
		return slog.LevelInfo
	case strings.HasPrefix(e.Route, "/health/"):
		return slog.LevelWarn
	default:
		return slog.LevelError
	}
}

func (l *Log) appendEntry(b []byte, level string, e *Entry) []byte {
	b = append(b, l.either("time=", `{"time":"`)...)
	b = l.appendTime(b, e.At)
	b = append(b, l.either(" level=", `","level":"`)...)
	b = append(b, level...)
	b = append(b, l.either(" msg=request method=", `","msg":"request","method":`)...)
	b = l.appendText(b, e.Method)
	b = append(b, l.either(" route=", `,"route":`)...)
	b = l.appendText(b, e.Route)
	b = append(b, l.either(" status=", `,"status":`)...)
	b = strconv.AppendInt(b, int64(e.Status), 10)
	b = append(b, l.either(" ms=", `,"ms":`)...)
	b = appendThousandths(b, e.Took.Microseconds())
	b = append(b, l.either(" bytes=", `,"bytes":`)...)
	b = strconv.AppendInt(b, e.Bytes, 10)
	if e.Subject != "" {
		b = append(b, l.either(" subject=", `,"subject":`)...)
		b = l.appendText(b, e.Subject)
	}
	if e.SchemaID != 0 {
		b = append(b, l.either(" id=", `,"id":`)...)
		b = strconv.AppendInt(b, int64(e.SchemaID), 10)
	}
	b = append(b, l.either(" request_id=", `,"request_id":`)...)
	b = l.appendText(b, e.RequestID)
	if e.Fault != nil {
		b = append(b, l.either(" error=", `,"error":`)...)
		b = l.appendText(b, e.Fault.Error())
	}
	return append(b, l.either("\n", "}\n")...)
}

func (l *Log) either(text, json string) string {
	if l.json {
		return json
	}
	return text
}

// appendText appends a value as it can be read back: JSON always in quotes, key=value pairs where it is needed.
func (l *Log) appendText(b []byte, s string) []byte {
	switch {
	case l.json:
		// What is no UTF-8 is replaced; there is no other error.
		b, _ = jsontext.AppendQuote(b, s)
		return b
	case needsQuotes(s):
		return strconv.AppendQuote(b, s)
	}
	return append(b, s...)
}

func needsQuotes(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			return strings.ContainsFunc(s, needsQuoting)
		case c <= ' ' || c == '=' || c == '"':
			return true
		}
	}
	return s == ""
}

func needsQuoting(r rune) bool {
	if r < utf8.RuneSelf {
		return r <= ' ' || r == '=' || r == '"'
	}
	return r == utf8.RuneError || unicode.IsSpace(r) || !unicode.IsPrint(r)
}

// appendThousandths appends n/1000 without zeros at its end.
func appendThousandths(b []byte, n int64) []byte {
	b = strconv.AppendInt(b, n/1000, 10)
	if n %= 1000; n == 0 {
		return b
	}
	digits := [4]byte{'.', byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)}
	end := len(digits)
	for digits[end-1] == '0' {
		end--
	}
	return append(b, digits[:end]...)
}

// second is the text of a second, which all of its lines share.
type second struct {
	unix         int64
	before, zone string
}

// appendTime appends a time to the millisecond, in the machine's zone.
func (l *Log) appendTime(b []byte, at time.Time) []byte {
	s := l.clock.Load()
	if unix := at.Unix(); s == nil || s.unix != unix {
		s = &second{unix: unix, before: at.Format("2006-01-02T15:04:05."), zone: at.Format("Z07:00")}
		l.clock.Store(s)
	}
	ms := at.Nanosecond() / 1e6
	b = append(b, s.before...)
	b = append(b, byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
	return append(b, s.zone...)
}
