package client

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// Version is a version of a subject, or what an id stands for (then Subject and Version may be empty), as a registry
// answers it.
type Version struct {
	Subject    string              `json:"subject,omitempty"`
	Version    int                 `json:"version,omitempty"`
	ID         int                 `json:"id,omitempty"`
	GUID       string              `json:"guid,omitempty"`
	Type       formats.Type        `json:"schemaType"` // never empty: registries leave it out for Avro, Client fills it in
	References []formats.Reference `json:"references,omitempty"`
	Metadata   *storage.Metadata   `json:"metadata,omitempty"`
	RuleSet    *storage.RuleSet    `json:"ruleSet,omitempty"`
	Schema     string              `json:"schema"`
	Time       int64               `json:"ts,omitempty"` // milliseconds since 1970; 0 where the registry does not tell
	Deleted    bool                `json:"deleted,omitempty"`
	By         storage.Registrant  `json:"registeredBy,omitzero"` // who registered it; filled in by Registrants
}

// Registration is the body of a registration, a look-up and a check.
type Registration struct {
	Schema     string              `json:"schema"`
	Type       formats.Type        `json:"schemaType,omitempty"`
	References []formats.Reference `json:"references,omitempty"`
	Metadata   *storage.Metadata   `json:"metadata,omitempty"`
	RuleSet    *storage.RuleSet    `json:"ruleSet,omitempty"`
	ID         int                 `json:"id,omitempty"`      // only in mode IMPORT
	Version    int                 `json:"version,omitempty"` // likewise
}

// SubjectVersion names a version.
type SubjectVersion struct {
	Subject string `json:"subject"`
	Version int    `json:"version"`
}

// Config is the config of a subject, a context or the whole registry.
type Config struct {
	Alias         string `json:"alias,omitempty"`
	Normalize     *bool  `json:"normalize,omitempty"`
	Level         string `json:"compatibilityLevel,omitempty"`
	Group         string `json:"compatibilityGroup,omitempty"`
	Policy        string `json:"compatibilityPolicy,omitempty"` // STRICT or LENIENT
	VerdictPolicy string `json:"verdictPolicy,omitempty"`       // what rejects, see compat.Policy; only Concord has it
	// Others are the members that this program does not interpret, as they were answered.
	Others map[string]json.RawMessage `json:"-"`
}

// Latest selects the newest live version where a version is asked for.
const Latest = "latest"

// Escape returns a subject or a context as one segment of a path.
func Escape(name string) string {
	escaped := url.PathEscape(name)
	if strings.Trim(escaped, ".") == "" {
		// Segments of dots mean folders, and are resolved on the way.
		return strings.ReplaceAll(escaped, ".", "%2E")
	}
	return escaped
}

// pageSize is how many rows a list is asked for at a time.
const pageSize = 1000

// all reads a list page by page, because registries cut long ones off, and at fewer rows than they are asked for. It ends with a
// page without a row that is new: a registry that knows no pages answers the whole list each time.
func all[T any](ctx context.Context, c *Client, path string, query url.Values) ([]T, error) {
	var list []T
	seen := map[[sha256.Size]byte]bool{}
	for offset := 0; ; {
		query.Set("offset", strconv.Itoa(offset))
		query.Set("limit", strconv.Itoa(pageSize))
		var page []json.RawMessage
		if err := c.Get(ctx, path+"?"+query.Encode(), &page); err != nil {
			return nil, err
		}
		if page == nil {
			return nil, c.otherwise("it sent null for a list")
		}
		before := len(list)
		for _, row := range page {
			key := sha256.Sum256(row)
			if seen[key] {
				continue
			}
			seen[key] = true
			var v T
			if err := json.Unmarshal(row, &v); err != nil {
				return nil, fmt.Errorf("%s: %w", c.name, err)
			}
			list = append(list, v)
		}
		if len(list) == before || len(page) > pageSize {
			return list, nil
		}
		offset += len(page)
	}
}

// otherwise is the error about an answer that is JSON, and none that a registry gives: many servers answer any path with some.
func (c *Client) otherwise(how string) error {
	return fmt.Errorf("%s does not answer as a schema registry does: %s", c.name, how)
}

func flag(query url.Values, name string, set bool) {
	if set {
		query.Set(name, "true")
	}
}

// EveryContext is the prefix that selects the subjects of all contexts.
const EveryContext = ":*:"

// Subjects lists the subjects that start with a prefix; see EveryContext.
func (c *Client) Subjects(ctx context.Context, prefix string, deleted bool) ([]string, error) {
	query := url.Values{"subjectPrefix": {prefix}}
	flag(query, "deleted", deleted)
	return all[string](ctx, c, "/subjects", query)
}

// Schemas lists the versions of all subjects that start with a prefix, with their texts.
func (c *Client) Schemas(ctx context.Context, prefix string, latestOnly, deleted bool) ([]*Version, error) {
	query := url.Values{"subjectPrefix": {prefix}}
	flag(query, "latestOnly", latestOnly)
	flag(query, "deleted", deleted)
	list, err := all[*Version](ctx, c, "/schemas", query)
	for _, v := range list {
		v.complete()
	}
	return list, err
}

func (v *Version) complete() {
	if v.Type == "" {
		v.Type = formats.Avro
	}
}

// Contexts lists the contexts; the default one is ".".
func (c *Client) Contexts(ctx context.Context) ([]string, error) {
	return all[string](ctx, c, "/contexts", url.Values{})
}

// Versions lists the version numbers of a subject, in order.
func (c *Client) Versions(ctx context.Context, subject string, deleted bool) ([]int, error) {
	query := url.Values{}
	flag(query, "deleted", deleted)
	return all[int](ctx, c, "/subjects/"+Escape(subject)+"/versions", query)
}

// Version reads a version of a subject by its number, or Latest.
func (c *Client) Version(ctx context.Context, subject, version string, deleted bool) (*Version, error) {
	path := "/subjects/" + Escape(subject) + "/versions/" + url.PathEscape(version)
	if deleted {
		path += "?deleted=true"
	}
	v := &Version{}
	err := c.Get(ctx, path, v)
	if err == nil && v.Version < 1 {
		err = c.otherwise("it names no version")
	}
	v.complete()
	return v, err
}

// Registrants fills in who registered versions of a subject, where the registry tells: other registries know nothing of it,
// each in its way, and nobody is the worse for not being told.
func (c *Client) Registrants(ctx context.Context, subject string, versions []*Version) error {
	var described struct {
		Versions []struct {
			Version int                `json:"version"`
			By      storage.Registrant `json:"registeredBy"`
		} `json:"versions"`
	}
	if err := c.Get(ctx, "/api/subjects/"+Escape(subject), &described); err != nil {
		return ctx.Err()
	}
	by := map[int]storage.Registrant{}
	for _, v := range described.Versions {
		by[v.Version] = v.By
	}
	for _, v := range versions {
		v.By = by[v.Version]
	}
	return nil
}

// ByID reads what an id stands for. subject, which may be empty, names the context it is looked up in.
func (c *Client) ByID(ctx context.Context, id int, subject string) (*Version, error) {
	path := "/schemas/ids/" + strconv.Itoa(id)
	if subject != "" {
		path += "?" + url.Values{"subject": {subject}}.Encode()
	}
	v := &Version{}
	err := c.Get(ctx, path, v)
	v.complete()
	v.ID = id
	return v, err
}

// ByGUID reads what a guid stands for.
func (c *Client) ByGUID(ctx context.Context, guid string) (*Version, error) {
	v := &Version{}
	err := c.Get(ctx, "/schemas/guids/"+url.PathEscape(guid), v)
	v.complete()
	v.GUID = guid
	return v, err
}

// VersionsOfID lists the versions that have an id.
func (c *Client) VersionsOfID(ctx context.Context, id int, subject string, deleted bool) ([]SubjectVersion, error) {
	query := url.Values{}
	flag(query, "deleted", deleted)
	if subject != "" {
		query.Set("subject", subject)
	}
	return all[SubjectVersion](ctx, c, "/schemas/ids/"+strconv.Itoa(id)+"/versions", query)
}

// Referrers lists the versions that refer to a version. Deleted ones count, where the registry tells them, if deleted.
func (c *Client) Referrers(ctx context.Context, subject string, version int, deleted bool) ([]SubjectVersion, error) {
	query := url.Values{}
	flag(query, "deleted", deleted)
	ids, err := all[int](ctx, c, "/subjects/"+Escape(subject)+"/versions/"+strconv.Itoa(version)+"/referencedby", query)
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, nil
	}
	contexts, err := c.contextsFrom(ctx, subject)
	if err != nil {
		return nil, err
	}
	var list []SubjectVersion
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		// The ids are those of every context, and each means something of its own in each.
		for _, context := range contexts {
			owners, err := c.VersionsOfID(ctx, id, context, deleted)
			if err != nil && !IsMissing(err) {
				return nil, err
			}
			if owners, err = c.referring(ctx, owners, subject, version); err != nil {
				return nil, err
			}
			list = append(list, owners...)
		}
	}
	return list, nil
}

// referring keeps the versions that refer to one of a subject.
func (c *Client) referring(ctx context.Context, owners []SubjectVersion, subject string, version int) (list []SubjectVersion, err error) {
	for _, owner := range owners {
		v, err := c.Version(ctx, owner.Subject, strconv.Itoa(owner.Version), true)
		if err != nil {
			return nil, err
		}
		context, _ := storage.SplitSubject(owner.Subject)
		for _, ref := range v.References {
			if storage.ReferredSubject(context, ref.Subject) == subject && ref.Version == version {
				list = append(list, owner)
				break
			}
		}
	}
	return list, nil
}

// contextsFrom lists all contexts as subjects to look up ids in, that of a subject first.
func (c *Client) contextsFrom(ctx context.Context, subject string) ([]string, error) {
	names, err := c.Contexts(ctx)
	if err != nil && !IsUnknown(err) { // a registry without contexts has one
		return nil, err
	}
	own, _ := storage.SplitSubject(subject)
	list := []string{subject}
	for _, name := range names {
		if name != own {
			list = append(list, ":"+name+":")
		}
	}
	return list, nil
}

// Lookup finds the version of a subject that a schema was registered as.
func (c *Client) Lookup(ctx context.Context, subject string, r Registration, normalize, deleted bool) (*Version, error) {
	query := url.Values{}
	flag(query, "normalize", normalize)
	flag(query, "deleted", deleted)
	v := &Version{}
	err := c.Send(ctx, http.MethodPost, "/subjects/"+Escape(subject)+"?"+query.Encode(), r, v)
	if err == nil && (v.ID < 1 || v.Version < 1) {
		err = c.otherwise("it names no version and no id")
	}
	v.complete()
	return v, err
}

// Register registers a schema. Where it is there already, that version is the answer. Registries other than this one may
// answer the id alone.
func (c *Client) Register(ctx context.Context, subject string, r Registration, normalize bool) (*Version, error) {
	query := url.Values{}
	flag(query, "normalize", normalize)
	v := &Version{}
	err := c.Send(ctx, http.MethodPost, "/subjects/"+Escape(subject)+"/versions?"+query.Encode(), r, v)
	if err == nil && v.ID < 1 {
		err = c.otherwise("it names no id")
	}
	v.Subject = subject
	v.complete()
	return v, err
}

// DeleteSubject deletes every version of a subject, softly or (what is deleted softly) for good, and returns their numbers.
func (c *Client) DeleteSubject(ctx context.Context, subject string, permanent bool) (versions []int, err error) {
	query := url.Values{}
	flag(query, "permanent", permanent)
	err = c.Send(ctx, http.MethodDelete, "/subjects/"+Escape(subject)+"?"+query.Encode(), nil, &versions)
	return versions, err
}

// DeleteVersion deletes one version, likewise.
func (c *Client) DeleteVersion(ctx context.Context, subject string, version int, permanent bool) error {
	query := url.Values{}
	flag(query, "permanent", permanent)
	return c.Send(ctx, http.MethodDelete, fmt.Sprintf("/subjects/%s/versions/%d?%s", Escape(subject), version, query.Encode()), nil, nil)
}
