package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/concord-registry/concord/cmd/concord/config"
	"github.com/concord-registry/concord/cmd/concord/words"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/httpapi"
	"github.com/concord-registry/concord/httpapi/accesslog"
	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/registry/catalog"
	"github.com/concord-registry/concord/registry/usage"
	"github.com/concord-registry/concord/storage"
	"github.com/concord-registry/concord/storage/backup"
	"github.com/concord-registry/concord/web"
)

// server is a registry with its data file open and its address bound.
type server struct {
	cfg          *config.Config
	stdout       io.Writer
	log          *slog.Logger
	requests     *lineBuffer // the lines about requests
	store        storage.Store
	registry     *registry.Registry
	catalog      *catalog.Catalog
	api          *httpapi.Server
	listener     net.Listener
	pprof        *http.Server // nil when it is off
	backups      *backup.Keeper
	background   sync.WaitGroup     // what runs beside the requests
	stop         context.CancelFunc // ends it
	notifySocket string
	damage       error // of the data file, which is why it is not open
}

// openServer binds the addresses first and opens the data file last, so that a server that cannot listen leaves no file
// behind. Nothing is answered before run.
func openServer(ctx context.Context, cfg *config.Config, stdout, stderr io.Writer) (_ *server, err error) {
	s := &server{cfg: cfg, stdout: stdout, log: slog.New(logHandler(stderr, cfg.Log)), requests: newLineBuffer(stderr)}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	s.listener, err = listen(ctx, "listen", cfg.Server.Listen, cfg.Limits.Connections)
	if err != nil {
		return nil, err
	}
	if err := s.openPprof(ctx); err != nil {
		return nil, err
	}
	if err := s.openData(); isDamage(err) {
		s.damage = err
	} else if err != nil {
		return nil, err
	}
	return s, nil
}

// openData opens the data file and what works on it.
func (s *server) openData() error {
	store, err := openStore(s.cfg)
	if err != nil {
		return err
	}
	s.store = store
	rules := newEngine(s.cfg)
	s.registry = newRegistry(s.store, rules, s.cfg)
	s.catalog = catalog.New(catalog.Options{Store: store, Registry: s.registry, Engine: rules})
	s.backups = newKeeper(store, s.cfg, s.log)
	s.api, err = newAPI(s.registry, s.catalog, rules, s.backups, s.cfg, s.log, accessLog(s.requests, s.cfg.Log))
	return err
}

// errStopped ends a server that was told to stop twice.
var errStopped = errors.New("stopped at once by a second signal; requests in flight were cut off, what was acknowledged is stored")

// run serves until a signal or the end of ctx, and closes everything.
func (s *server) run(ctx context.Context) error {
	if s.damage != nil {
		stopped, err := s.quarantine(ctx, s.damage)
		if err == nil && !stopped {
			err = s.resume(ctx)
		}
		if err != nil || stopped {
			return errors.Join(err, s.close())
		}
	}
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
	defer signal.Stop(signals)

	s.startBackground()
	served := make(chan error, 1)
	go func() { served <- s.api.Serve(s.listener) }()
	if err := s.announce(ctx); err != nil {
		return errors.Join(err, s.close())
	}
	delay := time.Duration(0)
	select {
	case err := <-served:
		return errors.Join(err, s.close())
	case <-ctx.Done():
	case sig := <-signals:
		s.log.Info("stopping", "signal", sig.String())
		if sig != os.Interrupt { // a person at a terminal does not want to wait
			delay = s.cfg.Timeouts.ShutdownDelay
		}
	}
	drained := make(chan struct{})
	go func() { s.drain(delay); close(drained) }()
	select {
	case <-signals:
		s.requests.Flush()
		return errStopped
	case <-drained:
		return s.close()
	}
}

// announce prints the one line a person needs, and tells systemd.
func (s *server) announce(ctx context.Context) error {
	counts, err := s.registry.Counts(ctx)
	if err != nil {
		return fmt.Errorf("count what is in %s: %w", s.cfg.Server.Data, err)
	}
	url, data := urlOf(s.listener), s.cfg.Server.Data
	if s.cfg.Log.Format == "json" {
		slog.New(slog.NewJSONHandler(s.stdout, nil)).Info("serving", "url", url, "data", data,
			"subjects", counts.Subjects, "schemas", counts.Schemas, "version", buildOf().Version)
	} else {
		fmt.Fprintf(s.stdout, "concord %s serves %s from %s: %s, %s\n", buildOf().Version, url, data,
			words.Counted(counts.Subjects, "subject"), words.Counted(counts.Schemas, "schema"))
	}
	return notifySystemd(s.notifySocket, "READY=1")
}

// drain turns readiness off, goes on serving for delay, and then lets the requests in flight finish.
func (s *server) drain(delay time.Duration) {
	s.api.SetNotReady("the server is shutting down")
	if err := notifySystemd(s.notifySocket, "STOPPING=1"); err != nil {
		s.log.Warn("stopping", "err", err)
	}
	time.Sleep(delay)
	ctx, cancel := context.WithTimeout(context.Background(), s.cfg.Timeouts.Shutdown)
	defer cancel()
	if err := s.api.Shutdown(ctx); err != nil {
		s.log.Warn("requests in flight were cut off", "after", s.cfg.Timeouts.Shutdown, "err", err)
	}
}

func (s *server) startBackground() {
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.background.Go(func() { s.backups.Run(ctx) })
	s.background.Go(func() { s.catalog.Run(ctx) })
	room := roomForGarbage()
	s.background.Go(func() {
		<-ctx.Done()
		room()
	})
}

// close gives back whatever was opened.
func (s *server) close() error {
	var errs []error
	if s.stop != nil {
		s.stop()
		s.background.Wait()
	}
	if s.pprof != nil {
		errs = append(errs, s.pprof.Close())
	}
	if s.listener != nil {
		if err := s.listener.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	s.requests.Flush()
	return errors.Join(errs...)
}

func newEngine(cfg *config.Config) *engine.Engine {
	return engine.Default(formats.Limits{
		Bytes: int(cfg.Limits.SchemaSize),
		Depth: cfg.Limits.SchemaDepth,
		Nodes: cfg.Limits.SchemaNodes,
	})
}

func newRegistry(store storage.Store, rules *engine.Engine, cfg *config.Config) *registry.Registry {
	return registry.New(store, rules, registry.Options{
		Level:         cfg.Compatibility.Level,
		Policy:        cfg.Compatibility.Policy,
		ModeImmutable: !cfg.Answers.ModeMutability,
		MaxReferences: cfg.Limits.References,
		CacheBytes:    int(cfg.Limits.CachedSchema * 7 / 8),
	})
}

func newKeeper(store backup.Source, cfg *config.Config, log *slog.Logger) *backup.Keeper {
	beside := filepath.Dir(cfg.Server.Data)
	directory := cfg.Backups.Directory
	if directory == "" {
		directory = filepath.Join(beside, "backups")
	}
	return backup.NewKeeper(store, backup.Options{
		Schedule: cfg.Backups.Schedule, Keep: cfg.Backups.Keep, Directory: directory, Spool: beside,
		Program: buildOf().Version, Logger: log,
	})
}

func newAPI(r *registry.Registry, c *catalog.Catalog, rules *engine.Engine, backups httpapi.Backups, cfg *config.Config, log *slog.Logger, requests *accesslog.Log) (*httpapi.Server, error) {
	build := buildOf()
	seen := usage.New()
	pages, err := newPages(r, c, rules, seen, cfg)
	if err != nil {
		return nil, err
	}
	return httpapi.New(httpapi.Options{
		Registry:          r,
		Catalog:           c,
		Usage:             seen,
		UI:                pages,
		BasePath:          string(cfg.Pages.BasePath),
		Logger:            log,
		AccessLog:         requests,
		Shape:             httpapi.Shape(cfg.Answers.Shape),
		IncompatibleCode:  cfg.Answers.IncompatibleCode,
		BodyLimit:         int64(cfg.Limits.BodySize),
		HeaderLimit:       int(cfg.Limits.HeaderSize),
		ReadHeaderTimeout: cfg.Timeouts.Header,
		ReadTimeout:       cfg.Timeouts.Read,
		WriteTimeout:      cfg.Timeouts.Write,
		IdleTimeout:       cfg.Timeouts.Idle,
		Version:           build.Version,
		Commit:            build.Commit,
		ClusterID:         cfg.Answers.ClusterID,
		ReportedVersion:   cfg.Answers.Version,
		NoGzip:            !cfg.Answers.Gzip,
		Backups:           backups,
		MinDiskFree:       int64(cfg.Operations.MinDiskFree),
	}), nil
}

// newPages returns what people see in a browser; nil when it is turned off.
func newPages(r *registry.Registry, c *catalog.Catalog, rules *engine.Engine, seen *usage.Tracker, cfg *config.Config) (http.Handler, error) {
	if !cfg.Pages.UI {
		return nil, nil
	}
	return web.New(web.Options{
		Registry: r,
		Catalog:  c,
		Engine:   rules,
		Usage:    seen,
		Describe: httpapi.Describe,
		BasePath: string(cfg.Pages.BasePath),
		Dev:      cfg.Pages.Dev,
		Version:  buildOf().Version,
	})
}
