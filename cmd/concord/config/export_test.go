package config

import "github.com/spf13/pflag"

// NewLoaderOf returns a loader for a struct of settings that only tests have.
func NewLoaderOf(config any, flags *pflag.FlagSet) *Loader {
	l := &Loader{config: new(Config), given: map[string]string{}}
	l.settings = newSettings(config)
	l.bind(flags)
	return l
}

// LoadText reads a file that is only in memory.
func (l *Loader) LoadText(name string, text []byte) (*Config, error) {
	if err := l.loadFile(name, text); err != nil {
		return nil, err
	}
	return l.config, nil
}
