package main

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/concord-registry/concord/cmd/concord/client"
)

// remoteFlags are the flags of every command that talks to a registry; each falls back to its variable.
type remoteFlags struct{ client.Options }

func (f *remoteFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.URL, "registry", "", "`URL` of the registry ($SCHEMA_REGISTRY_URL)")
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
