package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// signer returns what puts the credentials into a request.
func (o Options) signer(inURL *url.Userinfo) func(*http.Request) {
	return func(r *http.Request) {
		if inURL != nil {
			password, _ := inURL.Password()
			r.SetBasicAuth(inURL.Username(), password)
		}
		if name, password, ok := strings.Cut(o.User, ":"); ok {
			r.SetBasicAuth(name, password)
		}
		if o.Token != "" {
			r.Header.Set("Authorization", "Bearer "+o.Token)
		}
	}
}

// maxRefusal bounds the body of an error.
const maxRefusal = 64 << 10

// Download returns the body of an answer that is no JSON, which the caller closes, and its length; -1 when it is not known.
// It may take as long as ctx allows, however short the timeout of other requests is.
func (c *Client) Download(ctx context.Context, path string) (io.ReadCloser, int64, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return nil, 0, err
	}
	request.Header.Set("User-Agent", "concord")
	c.sign(request)
	response, err := (&http.Client{Transport: c.transport}).Do(request)
	if err != nil {
		return nil, 0, Explain(c.name, err)
	}
	if response.StatusCode == http.StatusOK {
		return response.Body, response.ContentLength, nil
	}
	defer response.Body.Close()
	var answer struct {
		Code    int    `json:"error_code"`
		Message string `json:"message"`
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxRefusal))
	if err != nil || json.Unmarshal(text, &answer) != nil || answer.Message == "" {
		return nil, 0, &Refusal{Message: fmt.Sprintf("%s answered %d", c.name, response.StatusCode), Status: response.StatusCode}
	}
	return nil, 0, &Refusal{Message: fmt.Sprintf("%s (%d)", answer.Message, answer.Code), Status: response.StatusCode}
}
