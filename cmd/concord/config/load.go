package config

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/concord-registry/concord/cmd/concord/suggest"
)

// ConfigFlag is the flag that names the YAML file; CONCORD_CONFIG does the same. It is not a setting itself: a file
// cannot name another.
const ConfigFlag = "config"

const configEnv = EnvPrefix + "CONFIG"

// Loader reads a Config from flags, variables and a file.
type Loader struct {
	config   *Config
	settings []*Setting
	flags    *pflag.FlagSet
	given    map[string]string // flags that were set, by name
}

// NewLoader returns a loader whose flags are added to flags.
func NewLoader(flags *pflag.FlagSet) *Loader {
	l := &Loader{config: new(Config), given: map[string]string{}}
	l.settings = newSettings(l.config)
	l.bind(flags)
	return l
}

// Settings lists every setting with its value and origin, grouped.
func (l *Loader) Settings() []*Setting { return l.settings }

func (l *Loader) bind(flags *pflag.FlagSet) {
	l.flags = flags
	flags.String(ConfigFlag, "", "YAML `file` with settings, named like these flags")
	for _, s := range l.settings {
		flag := flags.VarPF(&flagValue{s, l.given}, s.Name, "", s.Help)
		flag.DefValue = s.Default
		if s.IsBool() {
			flag.NoOptDefVal = "true"
		}
	}
}

// Load returns the settings in force. environ is a list of NAME=value. Everything that is wrong is reported, one error
// a line, not just the first.
func (l *Loader) Load(environ []string) (*Config, error) {
	file, where := l.file(environ)
	var errs []error
	if file == "" && where != "" {
		errs = append(errs, fmt.Errorf("%s: %w", where, errEmpty))
	} else if file != "" {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read the settings that %s names: %w", where, err)
		}
		errs = append(errs, l.loadFile(file, data))
	}
	errs = append(errs, l.loadEnv(environ), l.loadFlags())
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return l.config, nil
}

// file returns the YAML file to read and who named it; nobody when there is none to read.
func (l *Loader) file(environ []string) (file, where string) {
	if flag := l.flags.Lookup(ConfigFlag); flag.Changed {
		return flag.Value.String(), "--" + ConfigFlag
	}
	for _, entry := range environ {
		if name, value, _ := strings.Cut(entry, "="); name == configEnv {
			file, where = value, configEnv
		}
	}
	return file, where
}

func (l *Loader) loadFlags() error {
	var errs []error
	for _, s := range l.settings {
		if text, ok := l.given[s.Name]; ok {
			errs = append(errs, s.take(text, Origin{FromFlag, "--" + s.Name}))
		}
	}
	return errors.Join(errs...)
}

// loadEnv takes the variables that start with EnvPrefix. A variable that is there but empty counts: it is how a
// container clears a setting.
func (l *Loader) loadEnv(environ []string) error {
	byName := map[string]*Setting{}
	for _, s := range l.settings {
		byName[s.Env()] = s
	}
	var errs []error
	for _, entry := range slices.Sorted(slices.Values(environ)) {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, EnvPrefix) || name == configEnv || foreignEnv(name) {
			continue
		}
		s, ok := byName[name]
		if !ok {
			errs = append(errs, fmt.Errorf("unknown variable %s%s", name, suggest.Question(name, l.envNames())))
			continue
		}
		errs = append(errs, s.take(value, Origin{FromEnv, name}))
	}
	return errors.Join(errs...)
}

func (l *Loader) envNames() []string {
	names := []string{configEnv}
	for _, s := range l.settings {
		names = append(names, s.Env())
	}
	return names
}

func (l *Loader) names() []string {
	var names []string
	for _, s := range l.settings {
		names = append(names, s.Name)
	}
	return names
}

// serviceEnv are the variables that Kubernetes puts into every container of a namespace for a service called
// "concord" or "concord-something". They look like settings and are none.
var serviceEnv = regexp.MustCompile(`^CONCORD_([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$`)

// corpusEnv tells tests where labelled cases are (package corpustest).
const corpusEnv = EnvPrefix + "CORPUS"

func foreignEnv(name string) bool { return name == corpusEnv || serviceEnv.MatchString(name) }

// take sets the value from one place, and names that place when it is wrong.
func (s *Setting) take(text string, from Origin) error {
	if err := s.set(text); err != nil {
		if s.IsSecret() {
			err = errors.New("the value is not valid")
		}
		if from.Kind == FromFile {
			return fmt.Errorf("%s: %s: %w", from.Where, s.Name, err)
		}
		return fmt.Errorf("%s: %w", from.Where, err)
	}
	s.Origin = from
	return nil
}

// flagValue checks a flag while it is parsed and keeps its text; the value itself is set last, over file and variables.
type flagValue struct {
	setting *Setting
	given   map[string]string
}

func (f *flagValue) Set(text string) error {
	scratch := *f.setting
	scratch.field = newField(scratch.field)
	if err := scratch.set(text); err != nil {
		return err
	}
	f.given[f.setting.Name] = text
	return nil
}

func (f *flagValue) String() string {
	if f.setting == nil { // pflag asks the zero value
		return ""
	}
	return f.setting.Text()
}

func (f *flagValue) Type() string { return f.setting.Kind() }
