package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/project"
)

// remoteFlags are the flags of every command that talks to a registry; each falls back to its variable.
type remoteFlags struct{ client.Options }

func (f *remoteFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.URL, "registry", "", "`URL` of the registry, or unix:/path/to/socket ($SCHEMA_REGISTRY_URL)")
	flags.StringVar(&f.User, "user", "", "`name:password` for basic authentication ($SCHEMA_REGISTRY_BASIC_AUTH)")
	flags.StringVar(&f.Token, "token", "", "bearer `token` ($SCHEMA_REGISTRY_TOKEN)")
	flags.StringVar(&f.CACert, "cacert", "", "PEM `file` of the authorities to trust ($SCHEMA_REGISTRY_CACERT)")
	flags.StringVar(&f.Cert, "cert", "", "PEM `file` of the client's certificate ($SCHEMA_REGISTRY_CERT)")
	flags.StringVar(&f.Key, "key", "", "PEM `file` of the client's key ($SCHEMA_REGISTRY_KEY)")
	flags.DurationVar(&f.Timeout, "timeout", 30*time.Second, "give up on a request after this long")
}

// fill takes what no flag says from the environment.
func (f *remoteFlags) fill(m *Main) {
	for name, field := range map[string]*string{
		"registry": &f.URL, "user": &f.User, "token": &f.Token, "cacert": &f.CACert, "cert": &f.Cert, "key": &f.Key,
	} {
		if *field == "" {
			*field = m.Getenv(client.Variables[name])
		}
	}
}

// connect returns the client of the registry that the flags name, else SCHEMA_REGISTRY_URL, else the concord.yaml of the
// working directory. It does not ask the registry anything yet.
func (f *remoteFlags) connect(m *Main) (*client.Client, error) {
	f.fill(m)
	if f.URL == "" {
		if p, err := project.Load("."); err == nil {
			f.URL = p.Config.Registry
		}
	}
	if f.URL == "" {
		return nil, misused(errors.New("which registry? pass --registry URL, or set SCHEMA_REGISTRY_URL"))
	}
	c, err := client.New(f.Options)
	return c, misused(err)
}

// completionPatience is how long a shell waits for names from a registry.
const completionPatience = time.Second

// maxCompletions is how many names a shell is offered.
const maxCompletions = 200

// completeSubject offers the registry's subjects for the first n arguments, if it answers quickly.
func (f *remoteFlags) completeSubject(m *Main, n int) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(args) >= n {
			return nil, cobra.ShellCompDirectiveDefault
		}
		names := f.subjects(cmd.Context(), m, begun)
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeOperand offers subjects beside files.
func (f *remoteFlags) completeOperand(m *Main, n int) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(args) >= n {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return f.subjects(cmd.Context(), m, begun), cobra.ShellCompDirectiveDefault
	}
}

func (f *remoteFlags) subjects(ctx context.Context, m *Main, begun string) []string {
	c, err := f.connect(m)
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, completionPatience)
	defer cancel()
	names, err := c.Subjects(ctx, begun, false)
	if err != nil {
		return nil
	}
	return names[:min(len(names), maxCompletions)]
}
