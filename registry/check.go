package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/message"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/protobuf"
	"github.com/concord-registry/concord/storage"
)

// Codes of findings that are the registry's own rather than a format's.
const (
	registeredUnparseable = "REGISTERED_SCHEMA_UNPARSEABLE"
	schemaInvalid         = "SCHEMA_INVALID"
)

// CheckSubject checks a schema against whatever a registration under the subject would. The report's Messages are those
// of a verbose answer. InvalidSchema, unless the answer is verbose: then the report says so.
func (r *Registry) CheckSubject(ctx context.Context, subject string, req SchemaRequest, opt CheckOptions) (*compat.Report, error) {
	return settled(func() (*compat.Report, error) { return r.check(ctx, normalize(subject), 0, req, opt) })
}

// CheckVersion checks a schema against one version of a subject, in the directions of the subject's level. "latest" of an
// unknown subject is compatible with everything. InvalidVersion, VersionNotFound, InvalidSchema.
func (r *Registry) CheckVersion(ctx context.Context, subject, version string, req SchemaRequest, opt CheckOptions) (*compat.Report, error) {
	number, err := parseVersion(version)
	if err != nil {
		return nil, err
	}
	return settled(func() (*compat.Report, error) { return r.check(ctx, normalize(subject), number, req, opt) })
}

// check compares a request with one version of a subject, or with all that its level asks for when version is 0.
func (r *Registry) check(ctx context.Context, subject string, version int, req SchemaRequest, opt CheckOptions) (*compat.Report, error) {
	var s *settings
	var state subjectState
	err := r.store.View(func(v storage.View) (err error) {
		if s, err = r.effectiveConfig(v, subject); err != nil {
			return err
		}
		if opt.Level != "" {
			s.level = opt.Level
		}
		if opt.Policy != "" {
			s.policy = opt.Policy
		}
		if state, err = readSubject(v, subject); err != nil || version == 0 {
			return err
		}
		return state.narrow(version)
	})
	if err != nil {
		return nil, err
	}
	d, err := r.checkDraft(ctx, subject, &state, &req, s, opt)
	if CodeOf(err) == InvalidSchema && opt.Verbose {
		return invalidReport(s, err), nil
	}
	if err != nil {
		return nil, err
	}
	report, err := r.compare(ctx, &state, d, s, opt.Full)
	if err != nil {
		return nil, err
	}
	if opt.Frame {
		frameWitnesses(report, &state, d.schema.Type())
	}
	return report, nil
}

// frameWitnesses puts the frame that serializers write before what registered versions write. A new schema has no id yet.
func frameWitnesses(report *compat.Report, state *subjectState, t formats.Type) {
	for i := range report.Findings {
		f := &report.Findings[i]
		row := slices.IndexFunc(state.rows, func(row storage.Row) bool { return row.Version == f.Version })
		if f.Witness == nil || f.Direction != compat.NewReadsOld || row < 0 || t == formats.Protobuf && f.Witness.Index == nil {
			continue
		}
		payload := f.Witness.Data
		if t == formats.Protobuf {
			payload = append(protobuf.AppendIndex(nil, f.Witness.Index), payload...)
		}
		f.Witness.Framed = message.Frame{ID: state.rows[row].ID, Payload: payload}.Bytes()
	}
}

// narrow leaves only the version that a check is about; latest of a subject without one leaves nothing.
func (s *subjectState) narrow(version int) error {
	if version == latest {
		if row := s.latest(); row != nil {
			version = row.Version
		} else {
			s.rows = nil
			return nil
		}
	}
	i := slices.IndexFunc(s.rows, func(row storage.Row) bool { return row.Version == version && !row.Deleted })
	if i < 0 {
		return versionNotFound(version)
	}
	s.rows = s.rows[i : i+1]
	return nil
}

// checkDraft parses a schema that is to be checked, with the metadata it would be registered with.
func (r *Registry) checkDraft(ctx context.Context, subject string, state *subjectState, req *SchemaRequest, s *settings, opt CheckOptions) (*draft, error) {
	if err := prepare(req); err != nil {
		return nil, err
	}
	if blank(req) {
		return nil, errorf(InvalidSchema, "Empty schema")
	}
	var source *text
	err := r.store.View(func(v storage.View) (err error) {
		source, err = r.source(v, contextOf(subject), req, parseOptions{
			Options: formats.Options{Validate: s.validatesNew(), Strict: s.validatesFields()},
			// A full report points into the text that was sent; the verdict on the normalized one is the same.
			deletedRefs: !s.validatesNew(), normalized: (opt.Normalize || s.normalizes()) && !opt.Full,
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	metadata, rules := populate(req.Metadata, req.RuleSet, state.content, s)
	req.Metadata, req.RuleSet = sortMetadata(metadata), rules
	return r.draft(ctx, source, req)
}

func invalidReport(s *settings, err error) *compat.Report {
	finding := compat.Finding{Code: schemaInvalid, Severity: compat.Error, Breaks: []compat.Relation{compat.Reference, compat.Semantic}, Message: err.Error()}
	var fault *formats.ParseError
	if errors.As(err, &fault) && fault.Name == "" {
		finding.ReaderSpan = fault.Span
	}
	return &compat.Report{Level: s.level, Policy: s.policy, Messages: []string{err.Error()}, Findings: []compat.Finding{finding}}
}

// requireCompatible refuses a draft that the subject's level does not let follow its live versions.
func (r *Registry) requireCompatible(ctx context.Context, subject string, state *subjectState, d *draft, s *settings) error {
	report, err := r.compare(ctx, state, d, s, false)
	if err != nil {
		return err
	}
	if report.Compatible {
		return nil
	}
	return errorf(IncompatibleSchema, "Schema being registered is incompatible with an earlier schema for subject \"%s\", details: [%s]", subject, strings.Join(report.Messages, ", "))
}

// compare checks a draft against the live versions of a subject, newest first.
func (r *Registry) compare(ctx context.Context, state *subjectState, d *draft, s *settings, full bool) (*compat.Report, error) {
	report := &compat.Report{Compatible: true, Level: s.level, Policy: s.policy, Messages: []string{}, Findings: []compat.Finding{}}
	if s.level == compat.None {
		return report, nil
	}
	reserved := reservedFindings(state, d, s)
	if len(reserved) == 0 || full {
		var err error
		if report, err = r.checkHistory(ctx, state, d, s, full); err != nil {
			return nil, err
		}
	}
	if len(reserved) > 0 {
		report.Compatible = false
		report.Findings = append(reserved, report.Findings...)
		report.Messages = append(findingMessages(reserved), report.Messages...)
	}
	if !report.Compatible {
		report.Messages = append(report.Messages, fmt.Sprintf("{validateFields: '%t', compatibility: '%s'}", s.validatesFields(), s.level))
	}
	return report, nil
}

// checkHistory runs the checker; a registered version that does not parse is incompatible with everything.
func (r *Registry) checkHistory(ctx context.Context, state *subjectState, d *draft, s *settings, full bool) (*compat.Report, error) {
	var unparseable []compat.Finding
	history := func(yield func(compat.Version, error) bool) {
		r.history(ctx, state, d, s, &unparseable, yield)
	}
	rules := compat.Rules{Level: s.level, Policy: s.policy, Lenient: s.lenient()}
	report, err := r.engine.CheckEach(ctx, d.schema, history, rules, full)
	if err != nil {
		return nil, workError(err)
	}
	if len(unparseable) > 0 {
		report.Compatible = false
		report.Messages = append(report.Messages, findingMessages(unparseable)...)
		report.Findings = append(report.Findings, unparseable...)
	}
	return report, nil
}

// history parses the live versions that the level asks for, newest first, and yields them one by one. Those that do not parse (they were
// imported as they are) are told in findings, also the ones that come after yield has had enough.
func (r *Registry) history(ctx context.Context, state *subjectState, d *draft, s *settings, unparseable *[]compat.Finding, yield func(compat.Version, error) bool) {
	wanted := true
	for i := range slices.Backward(state.rows) {
		row := &state.rows[i]
		if row.Deleted {
			continue
		}
		stored, err := r.storedVersion(row)
		if err == nil && !sameGroup(s.CompatibilityGroup, d.content.Metadata, stored.content.Metadata) {
			continue
		}
		var p *parsed
		if err == nil {
			p, err = r.parse(ctx, stored.text)
		}
		switch {
		case err == nil && wanted:
			wanted = yield(compat.Version{Number: row.Version, Schema: p.schema}, nil)
		case stored != nil && CodeOf(err) != 0:
			*unparseable = append(*unparseable, unparseableFinding(row.Version, err))
		case err != nil && wanted:
			yield(compat.Version{}, err)
			return
		case err != nil:
			return
		}
		if !s.level.Transitive() {
			return
		}
	}
}

// sameGroup reports whether two versions are compared: always, unless the config names a metadata property that keeps
// lines of versions apart.
func sameGroup(group string, a, b *Metadata) bool {
	if group == "" {
		return true
	}
	inA, hasA := property(a, group)
	inB, hasB := property(b, group)
	return hasA == hasB && inA == inB
}

func unparseableFinding(version int, err error) compat.Finding {
	return compat.Finding{
		Code: registeredUnparseable, Severity: compat.Error, Breaks: []compat.Relation{compat.Reference, compat.Semantic}, Version: version,
		Message: fmt.Sprintf("Version %d cannot be read, so nothing can be said to be compatible with it: %s", version, err),
		Hint:    "Delete that version, or set the subject's level to NONE for this registration.",
	}
}

func findingMessages(findings []compat.Finding) []string {
	var messages []string
	for _, f := range findings {
		messages = append(messages, fmt.Sprintf("{errorType:'%s', description:'%s'}", f.Code, f.Message))
	}
	return messages
}

// workError makes a comparison that is too large the mistake of whoever sent it.
func workError(err error) error {
	var work *compat.WorkError
	if errors.As(err, &work) {
		return &Error{Code: InvalidSchema, Message: work.Error(), cause: err}
	}
	return err
}
