package client

import (
	"context"
	"encoding/json"
	"net/http"
)

// UnmarshalJSON reads a config and keeps what it does not know.
func (c *Config) UnmarshalJSON(data []byte) error {
	type plain Config
	if err := json.Unmarshal(data, (*plain)(c)); err != nil {
		return err
	}
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal(data, &members); err != nil {
		return err
	}
	for _, known := range []string{"alias", "normalize", "compatibilityLevel", "compatibility", "compatibilityGroup", "compatibilityPolicy", "verdictPolicy"} {
		delete(members, known)
	}
	if len(members) > 0 {
		c.Others = members
	}
	return nil
}

// MarshalJSON writes all members of a config.
func (c Config) MarshalJSON() ([]byte, error) {
	type plain Config
	known, err := json.Marshal(plain(c))
	if err != nil || len(c.Others) == 0 {
		return known, err
	}
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal(known, &members); err != nil {
		return nil, err
	}
	for name, value := range c.Others {
		members[name] = value
	}
	return json.Marshal(members)
}

// owned is the path of a config or mode: of a subject, of a context (":.name:"), or of the whole registry.
func owned(kind, subject string) string {
	if subject == "" {
		return "/" + kind
	}
	return "/" + kind + "/" + Escape(subject)
}

// Config reads a config: the subject's own (nil when it has none), or what is in force for it.
func (c *Client) Config(ctx context.Context, subject string, inForce bool) (*Config, error) {
	path := owned("config", subject)
	if inForce && subject != "" {
		path += "?defaultToGlobal=true"
	}
	config := &Config{}
	err := c.Get(ctx, path, config)
	switch {
	case IsMissing(err) && !inForce:
		return nil, nil
	case IsMissing(err) && subject != "": // a registry that knows no defaultToGlobal
		return c.Config(ctx, "", true)
	}
	return config, err
}

// SetConfig changes the given members of a config; nil takes one away. The level is called "compatibility".
func (c *Client) SetConfig(ctx context.Context, subject string, members map[string]any) error {
	return c.Send(ctx, http.MethodPut, owned("config", subject), members, nil)
}

// DeleteConfig takes a config away, so that the one above it applies.
func (c *Client) DeleteConfig(ctx context.Context, subject string) error {
	return c.Send(ctx, http.MethodDelete, owned("config", subject), nil, nil)
}

// Mode reads a mode: the subject's own ("" when it has none), or what is in force for it.
func (c *Client) Mode(ctx context.Context, subject string, inForce bool) (string, error) {
	path := owned("mode", subject)
	if inForce && subject != "" {
		path += "?defaultToGlobal=true"
	}
	var answer struct {
		Mode string `json:"mode"`
	}
	err := c.Get(ctx, path, &answer)
	switch {
	case IsUnknown(err) && !inForce:
		return "", nil
	case IsUnknown(err) && subject != "":
		return c.Mode(ctx, "", true)
	}
	return answer.Mode, err
}

// SetMode sets a mode. force is needed for IMPORT where there are schemas.
func (c *Client) SetMode(ctx context.Context, subject, mode string, force bool) error {
	path := owned("mode", subject)
	if force {
		path += "?force=true"
	}
	return c.Send(ctx, http.MethodPut, path, map[string]string{"mode": mode}, nil)
}

// DeleteMode takes a mode away, so that the one above it applies.
func (c *Client) DeleteMode(ctx context.Context, subject string) error {
	return c.Send(ctx, http.MethodDelete, owned("mode", subject), nil, nil)
}
