package storage

import "strings"

// DefaultContext is the name of the context of unqualified subjects.
const DefaultContext = "."

// SplitSubject splits a qualified subject into its context and its name: ":.ctx:name" is (".ctx", "name"), and "name" is
// (".", "name"). A missing second colon means an empty name.
func SplitSubject(qualified string) (context, name string) {
	if !strings.HasPrefix(qualified, ":.") {
		return DefaultContext, qualified
	}
	context, name, _ = strings.Cut(qualified[1:], ":")
	return context, name
}

// QualifySubject is the inverse of SplitSubject: names of the default context stay plain.
func QualifySubject(context, name string) string {
	if context == DefaultContext || context == "" {
		return name
	}
	return ":" + context + ":" + name
}

// ReferredSubject qualifies the subject of a reference: without a context of its own it is in that of the referrer.
func ReferredSubject(context, subject string) string {
	if strings.HasPrefix(subject, ":.") {
		return QualifySubject(SplitSubject(subject))
	}
	return QualifySubject(context, subject)
}
