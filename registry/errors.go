package registry

import (
	"errors"
	"fmt"
)

// Code classifies an error; each value is the error_code that clients know (rest-contract §2). The HTTP status that goes
// with it is httpapi's business.
type Code int

// The codes that the registry returns.
const (
	SubjectNotFound           Code = 40401
	VersionNotFound           Code = 40402
	SchemaNotFound            Code = 40403
	SubjectSoftDeleted        Code = 40404
	SubjectNotSoftDeleted     Code = 40405
	VersionSoftDeleted        Code = 40406
	VersionNotSoftDeleted     Code = 40407
	SubjectLevelNotConfigured Code = 40408
	SubjectModeNotConfigured  Code = 40409
	AssociationNotFound       Code = 40410
	IncompatibleSchema        Code = 409
	InvalidSchema             Code = 42201
	InvalidVersion            Code = 42202
	InvalidLevel              Code = 42203
	InvalidMode               Code = 42204
	OperationNotPermitted     Code = 42205
	ReferenceExists           Code = 42206
	InvalidSubject            Code = 42208
	SchemaTooLarge            Code = 42209
	InvalidRuleSet            Code = 42210
	ContextNotEmpty           Code = 42211
	Unprocessable             Code = 422
	BadRequest                Code = 400
	StoreFailed               Code = 50001 // the store refuses the operation; the message says why
	Timeout                   Code = 50002
)

// Error is a failure with a code and a message for the client. Anything else that the registry returns is a fault of
// the server.
type Error struct {
	Code    Code
	Message string
	cause   error
}

func (e *Error) Error() string { return e.Message }

func (e *Error) Unwrap() error { return e.cause }

// CodeOf returns the code of err, or 0 when err carries none.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

func errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}
