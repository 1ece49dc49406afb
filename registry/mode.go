package registry

import (
	"context"
	"slices"
	"strings"

	"github.com/concord-registry/concord/storage"
)

// The modes of a subject, a context or everything.
const (
	ReadWrite        = "READWRITE"
	ReadOnly         = "READONLY"
	ReadOnlyOverride = "READONLY_OVERRIDE"
	Import           = "IMPORT"
	ForwardMode      = "FORWARD"
)

// effectiveMode returns the mode in force: the subject's own, its context's, the one for every context. READONLY_OVERRIDE
// on the latter two, or on the default context, wins over a subject's own mode; it is the switch that stops all writes.
func effectiveMode(v storage.View, subject string) (string, error) {
	mode, err := v.Mode("")
	if err != nil || mode == ReadOnlyOverride {
		return mode, err
	}
	mode = ""
	for _, owner := range configChain(subject) {
		record, err := v.Mode(owner)
		if err != nil {
			return "", err
		}
		if record == ReadOnlyOverride {
			return record, nil
		}
		if mode == "" {
			mode = record
		}
	}
	if mode == "" {
		return ReadWrite, nil
	}
	return mode, nil
}

func readOnly(mode string) bool { return mode == ReadOnly || mode == ReadOnlyOverride }

// imports reports whether a mode takes schemas as they are, with the ids they have elsewhere.
func imports(mode string) bool { return mode == Import || mode == ForwardMode }

// requireWritable refuses a change to a subject whose mode is read-only.
func (r *Registry) requireWritable(v storage.View, subject string) error {
	mode, err := effectiveMode(v, subject)
	if err == nil && readOnly(mode) {
		err = notPermitted(subject, "is in read-only mode")
	}
	return err
}

// notPermitted names the context as clients know it from the reference: ":.ctx:", and nothing for the default one.
func notPermitted(subject, why string) error {
	return errorf(OperationNotPermitted, "Subject %s in context %s %s", subject, contextSubject(contextOf(subject)), why)
}

// Mode returns the mode of a subject, or of everything for an empty one; effective asks for what is in force.
// SubjectModeNotConfigured.
func (r *Registry) Mode(ctx context.Context, subject string, effective bool) (mode string, err error) {
	subject = normalize(subject)
	err = r.store.View(func(v storage.View) error {
		if effective || subject == "" {
			mode, err = effectiveMode(v, subject)
			return err
		}
		if mode, err = v.Mode(subject); err == nil && mode == "" {
			err = errorf(SubjectModeNotConfigured, "Subject '%s' does not have subject-level mode configured", subject)
		}
		return err
	})
	return mode, err
}

// SetMode stores a mode; nil clears it. Unless force is set, IMPORT needs a scope without live subjects, and drops what
// is soft-deleted in it. InvalidMode, InvalidSubject, OperationNotPermitted, ReferenceExists.
func (r *Registry) SetMode(ctx context.Context, subject string, mode *string, force bool) error {
	subject = normalize(subject)
	if r.opt.ModeImmutable {
		return errorf(OperationNotPermitted, "Mode changes are not allowed")
	}
	if err := validConfigSubject(subject); err != nil {
		return err
	}
	if mode == nil {
		_, err := r.store.Update(ctx, func(v storage.View) ([]storage.Record, any, error) {
			return []storage.Record{storage.DropMode(subject, now())}, nil, nil
		})
		return err
	}
	value := strings.ToUpper(*mode)
	if !slices.Contains([]string{ReadWrite, ReadOnly, ReadOnlyOverride, Import, ForwardMode}, value) {
		return errorf(InvalidMode, "Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD.")
	}
	if value == ForwardMode && subject != globalSubject {
		return errorf(InvalidMode, "Forward mode only supported on global level")
	}
	_, err := r.store.Update(ctx, func(v storage.View) ([]storage.Record, any, error) {
		var records []storage.Record
		if value == Import && !force {
			cleared, err := clearForImport(v, subject)
			if err != nil {
				return nil, nil, err
			}
			records = cleared
		}
		return append(records, storage.PutMode(subject, value, now())), nil, nil
	})
	return err
}

// clearForImport refuses a scope that has live subjects, unless it is being imported into already, and returns the
// records that drop its soft-deleted versions.
func clearForImport(v storage.View, scope string) ([]storage.Record, error) {
	mode, err := effectiveMode(v, scope)
	if err != nil || mode == Import {
		return nil, err
	}
	subjects, err := subjectsInScope(v, scope)
	if err != nil {
		return nil, err
	}
	var records []storage.Record
	for _, s := range subjects {
		if s.Live > 0 {
			return nil, errorf(OperationNotPermitted, "Cannot import since found existing subjects")
		}
		rows, err := v.Rows(s.Name)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			referrers, err := v.Referrers(s.Name, row.Version)
			if err != nil {
				return nil, err
			}
			if len(referrers) > 0 {
				return nil, referenceExists(s.Name, row.Version)
			}
			records = append(records, storage.DropSchema(s.Name, row.Version, now()))
		}
	}
	return records, nil
}

// subjectsInScope lists the subjects that a mode or config record governs: one, those of a context, or all.
func subjectsInScope(v storage.View, scope string) ([]storage.Subject, error) {
	if !isContext(scope) {
		s, err := v.Subject(scope)
		if s == nil || err != nil {
			return nil, err
		}
		return []storage.Subject{*s}, nil
	}
	contexts := []string{contextOf(scope)}
	if scope == globalSubject {
		var err error
		if contexts, err = v.Contexts(); err != nil {
			return nil, err
		}
	}
	var subjects []storage.Subject
	for _, context := range contexts {
		err := v.Subjects(context, "", "", func(s storage.Subject) bool {
			subjects = append(subjects, s)
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	return subjects, nil
}

// DeleteMode removes a mode record and returns what it was; recursive also removes those below a context. The result is
// empty when only records below were removed. SubjectNotFound when there is none.
func (r *Registry) DeleteMode(ctx context.Context, subject string, recursive bool) (string, error) {
	subject = normalize(subject)
	if r.opt.ModeImmutable {
		return "", errorf(OperationNotPermitted, "Mode changes are not allowed")
	}
	result, err := r.store.Update(ctx, func(v storage.View) ([]storage.Record, any, error) {
		mode, err := v.Mode(subject)
		if err != nil {
			return nil, nil, err
		}
		var records []storage.Record
		switch {
		case mode != "":
			records = append(records, storage.DropMode(subject, now()))
		case subject == "":
			mode = ReadWrite
		case !recursive:
			return nil, nil, subjectNotFound(subject)
		}
		if recursive && isContext(subject) {
			err = v.Modes(func(owner, _ string) bool {
				if owner != subject && (subject == globalSubject || contextOf(owner) == contextOf(subject)) {
					records = append(records, storage.DropMode(owner, now()))
				}
				return true
			})
		}
		return records, mode, err
	})
	if err != nil {
		return "", err
	}
	return result.(string), nil
}
