package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/operand"
	"github.com/concord-registry/concord/formats"
)

// settingView is a config or mode: a subject's own, and what is in force.
type settingView struct {
	Subject string         `json:"subject,omitempty"`
	Own     *client.Config `json:"own,omitempty"`
	InForce *client.Config `json:"inForce"`
}

func (m *Main) getConfigCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config [SUBJECT]",
		Short: "Show the compatibility level and what else is configured",
		Long:  "Show the config of a subject, of a context (\":.payments:\"), or without an argument of the whole registry: its own, and what is in force.",
		Example: `  concord get config
  concord get config orders-value -o json`,
		Args: argsBetween(0, 1, "one subject at most"),
	}
	return m.getter(cmd, dataFormats, func(ctx context.Context, c *client.Client, output string, args []string) error {
		view := settingView{Subject: strings.Join(args, "")}
		var err error
		if view.Subject != "" {
			if view.Own, err = c.Config(ctx, view.Subject, false); err != nil {
				return err
			}
		}
		if view.InForce, err = c.Config(ctx, view.Subject, true); err != nil {
			return err
		}
		return printData(m.Stdout, output, view, func(w io.Writer) error {
			own := map[string]string{}
			if view.Own != nil {
				if own, err = settings(view.Own); err != nil {
					return err
				}
			}
			inForce, err := settings(view.InForce)
			if err != nil {
				return err
			}
			t := newTable("SETTING", "VALUE", "SET ON")
			for _, name := range slices.Sorted(maps.Keys(inForce)) {
				from := "above"
				switch {
				case view.Subject == "":
					from = "the registry"
				case own[name] != "":
					from = view.Subject
				}
				t.add(name, inForce[name], from)
			}
			return t.write(w)
		})
	})
}

// settings are the members of a config as text.
func settings(config *client.Config) (map[string]string, error) {
	text, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &members); err != nil {
		return nil, err
	}
	out := map[string]string{}
	for name, value := range members {
		out[name] = strings.Trim(string(value), `"`)
	}
	return out, nil
}

// modeView is `get mode`.
type modeView struct {
	Subject string `json:"subject,omitempty"`
	Own     string `json:"own,omitempty"`
	InForce string `json:"inForce"`
}

func (m *Main) getModeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "mode [SUBJECT]",
		Short: "Show whether a subject takes writes",
		Long:  "Show the mode of a subject, of a context (\":.payments:\"), or without an argument of the whole registry: its own, and what is in force.",
		Example: `  concord get mode
  concord get mode orders-value`,
		Args: argsBetween(0, 1, "one subject at most"),
	}
	return m.getter(cmd, dataFormats, func(ctx context.Context, c *client.Client, output string, args []string) error {
		view := modeView{Subject: strings.Join(args, "")}
		var err error
		if view.InForce, err = c.Mode(ctx, view.Subject, true); err != nil {
			return err
		}
		if view.Subject != "" {
			if view.Own, err = c.Mode(ctx, view.Subject, false); err != nil {
				return err
			}
		}
		return printData(m.Stdout, output, view, func(w io.Writer) error {
			from := "the registry"
			switch {
			case view.Own != "":
				from = view.Subject
			case view.Subject != "":
				from = "above"
			}
			t := newTable("MODE", "SET ON")
			t.add(view.InForce, from)
			return t.write(w)
		})
	})
}

// refsView is `get refs`.
type refsView struct {
	Subject    string                  `json:"subject"`
	Version    int                     `json:"version"`
	RefersTo   []formats.Reference     `json:"refersTo"`
	ReferredBy []client.SubjectVersion `json:"referredBy"`
}

func (m *Main) getRefsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "refs NAME[@VERSION]",
		Short: "Show what a version refers to, and what refers to it",
		Example: `  concord get refs money
  concord get refs orders-value@2 -o json`,
		Args: argsBetween(1, 1, "the name of a subject"),
	}
	return m.getter(cmd, dataFormats, func(ctx context.Context, c *client.Client, output string, args []string) error {
		v, err := operand.Registered(ctx, c, args[0])
		if err != nil {
			return err
		}
		view := refsView{Subject: v.Subject, Version: v.Version, RefersTo: []formats.Reference{}, ReferredBy: []client.SubjectVersion{}}
		view.RefersTo = append(view.RefersTo, v.References...)
		referrers, err := c.Referrers(ctx, v.Subject, v.Version, false)
		if err != nil {
			return err
		}
		view.ReferredBy = append(view.ReferredBy, referrers...)
		return printData(m.Stdout, output, view, func(w io.Writer) error {
			t := newTable("DIRECTION", "VERSION", "NAME")
			for _, ref := range view.RefersTo {
				t.add("refers to", fmt.Sprintf("%s@%d", ref.Subject, ref.Version), ref.Name)
			}
			for _, by := range view.ReferredBy {
				t.add("is referred to by", fmt.Sprintf("%s@%d", by.Subject, by.Version), "")
			}
			return t.write(w)
		})
	})
}
