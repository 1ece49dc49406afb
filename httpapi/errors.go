package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/storage"
)

// statuses is the one table from error_code to HTTP status. A mistake of the client is never a 5xx: clients would repeat
// the request (rest-contract §1.5).
var statuses = map[registry.Code]int{
	registry.SubjectNotFound:           http.StatusNotFound,
	registry.VersionNotFound:           http.StatusNotFound,
	registry.SchemaNotFound:            http.StatusNotFound,
	registry.SubjectSoftDeleted:        http.StatusNotFound,
	registry.SubjectNotSoftDeleted:     http.StatusNotFound,
	registry.VersionSoftDeleted:        http.StatusNotFound,
	registry.VersionNotSoftDeleted:     http.StatusNotFound,
	registry.SubjectLevelNotConfigured: http.StatusNotFound,
	registry.SubjectModeNotConfigured:  http.StatusNotFound,
	registry.AssociationNotFound:       http.StatusNotFound,
	registry.IncompatibleSchema:        http.StatusConflict,
	registry.InvalidSchema:             http.StatusUnprocessableEntity,
	registry.InvalidVersion:            http.StatusUnprocessableEntity,
	registry.InvalidLevel:              http.StatusUnprocessableEntity,
	registry.InvalidMode:               http.StatusUnprocessableEntity,
	registry.OperationNotPermitted:     http.StatusUnprocessableEntity,
	registry.ReferenceExists:           http.StatusUnprocessableEntity,
	registry.InvalidSubject:            http.StatusUnprocessableEntity,
	registry.SchemaTooLarge:            http.StatusUnprocessableEntity,
	registry.InvalidRuleSet:            http.StatusUnprocessableEntity,
	registry.ContextNotEmpty:           http.StatusUnprocessableEntity,
	registry.Unprocessable:             http.StatusUnprocessableEntity,
	registry.BadRequest:                http.StatusBadRequest,
	registry.StoreFailed:               http.StatusInternalServerError,
	registry.Timeout:                   http.StatusInternalServerError,
}

// The refusals that the HTTP layer itself gives; their error_code is the status.
var (
	errNotAcceptable  = refuse(http.StatusNotAcceptable, "HTTP 406 Not Acceptable")
	errUnsupported    = refuse(http.StatusUnsupportedMediaType, "HTTP 415 Unsupported Media Type")
	errContentCoding  = refuse(http.StatusUnsupportedMediaType, "HTTP 415 Unsupported Media Type: send the body without Content-Encoding.")
	errEmptyBody      = refuse(http.StatusUnprocessableEntity, "The request body is empty; a JSON object is required.")
	errUnfinishedBody = refuse(http.StatusBadRequest, "The request body ended before its announced length.")
	errSlowBody       = refuse(http.StatusRequestTimeout, "The request body did not arrive in time.")
	errCrowded        = refuse(http.StatusServiceUnavailable, "There are too many large requests at a time: this one was not begun. Try again later.")
	errShuttingDown   = refuse(http.StatusServiceUnavailable, "The server is shutting down.")
	errGone           = refuse(http.StatusServiceUnavailable, "The request was cancelled.")
)

func refuse(status int, message string) *registry.Error {
	return &registry.Error{Code: registry.Code(status), Message: message}
}

// panicError is a panic that was caught.
type panicError struct {
	value any
	stack []byte
}

func newPanicError(value any) *panicError { return &panicError{value, debug.Stack()} }

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v\n%s", e.value, e.stack) }

// fail turns err into the answer. What a client is not to see of a fault goes into the log only.
func (c *call) fail(err error) {
	if c.stream != nil {
		c.cutOff(err)
		return
	}
	e := describe(err)
	status, known := statuses[e.Code]
	if !known {
		status = int(e.Code)
	}
	code := int(e.Code)
	if e.Code == registry.IncompatibleSchema {
		code = c.server.opt.IncompatibleCode
	}
	if status >= http.StatusInternalServerError {
		c.fault = err
	}
	c.status, c.cache, c.written, c.answer = status, noStore, false, nil
	if c.route.plain || c.media == nil {
		c.media = mediaTypes[0]
	}
	c.body = append(c.body[:0], `{"error_code":`...)
	c.body = strconv.AppendInt(c.body, int64(code), 10)
	c.body = append(c.body, `,"message":`...)
	c.body = appendString(c.body, e.Message)
	c.body = append(c.body, '}')
}

// describe finds the code and the message that a client gets for err.
func describe(err error) *registry.Error {
	var known *registry.Error
	var routing *echo.HTTPError
	switch {
	case errors.As(err, &known) && known.Message != "":
		return known
	case errors.As(err, &routing):
		return refuseHTTP(routing.Code)
	case errors.Is(err, storage.ErrFull):
		return &registry.Error{Code: registry.StoreFailed, Message: "The registry's disk is full: nothing was written. Reads go on; writes will succeed again once there is space."}
	case errors.Is(err, storage.ErrReadOnly):
		return &registry.Error{Code: registry.StoreFailed, Message: "The registry's store is read-only: nothing was written. Reads go on; see the readiness check for the reason."}
	case errors.Is(err, storage.ErrCorrupt):
		return &registry.Error{Code: registry.StoreFailed, Message: "Stored data is damaged, and the answer is withheld rather than wrong. Check the data file and restore it from a backup."}
	case errors.Is(err, storage.ErrTooLarge):
		return &registry.Error{Code: registry.SchemaTooLarge, Message: "Register operation failed because schema is too large"}
	case errors.Is(err, storage.ErrClosed):
		return errShuttingDown
	}
	return describeFault(err)
}

// describeFault is describe for errors that say nothing about the registry's state.
func describeFault(err error) *registry.Error {
	var parse *formats.ParseError
	var limit *formats.LimitError
	var work *compat.WorkError
	switch {
	case errors.As(err, &parse), errors.As(err, &limit), errors.As(err, &work):
		return &registry.Error{Code: registry.InvalidSchema, Message: "Invalid schema: " + err.Error()}
	case errors.Is(err, context.DeadlineExceeded):
		return &registry.Error{Code: registry.Timeout, Message: "The operation took too long. It may have happened nevertheless; repeating it is safe."}
	case errors.Is(err, context.Canceled):
		return errGone
	case errors.Is(err, os.ErrDeadlineExceeded):
		return errSlowBody
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errUnfinishedBody
	}
	return refuse(http.StatusInternalServerError, "Internal Server Error")
}

// refuseHTTP words a refusal of the framework as the reference does.
func refuseHTTP(status int) *registry.Error {
	text := http.StatusText(status)
	if text == "" {
		text = "Error"
	}
	if status == http.StatusUnauthorized || status == http.StatusForbidden {
		return refuse(status, text)
	}
	return refuse(status, fmt.Sprintf("HTTP %d %s", status, text))
}
