package client

import (
	"context"
	"net/url"
	"strconv"
)

// Found is what a registry finds; the totals count what is not listed too.
type Found struct {
	TotalSubjects int            `json:"totalSubjects"`
	Subjects      []FoundSubject `json:"subjects"`
	TotalFields   int            `json:"totalFields"`
	Fields        []FoundField   `json:"fields"`
}

// FoundSubject is a subject with its latest version.
type FoundSubject struct {
	Subject string `json:"subject"`
	Type    string `json:"type"`
	Latest  int    `json:"latest"`
	ID      int    `json:"id"`
	Level   string `json:"level"` // in force
	Mode    string `json:"mode"`
	Owner   string `json:"owner,omitempty"`
}

// FoundField is a field of a subject's latest version.
type FoundField struct {
	Subject string `json:"subject"`
	Version int    `json:"version"`
	Path    string `json:"path"`
	Type    string `json:"type"`
	Doc     string `json:"doc,omitempty"`
}

// Search looks for subjects and fields; context may be empty for all. It is Concord's own: other registries have none.
func (c *Client) Search(ctx context.Context, text, context string, limit int) (*Found, error) {
	query := url.Values{"q": {text}, "limit": {strconv.Itoa(limit)}}
	if context != "" {
		query.Set("context", context)
	}
	var found Found
	if err := c.Get(ctx, "/api/search?"+query.Encode(), &found); err != nil {
		return nil, err
	}
	return &found, nil
}
