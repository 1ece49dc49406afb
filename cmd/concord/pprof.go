package main

import (
	"context"
	"net/http"
	"net/http/pprof"
)

// openPprof serves the profiles of the Go runtime on an address of their own, which the settings keep to this machine.
func (s *server) openPprof(ctx context.Context) error {
	address := s.cfg.Operations.PprofListen
	if address == "" {
		return nil
	}
	l, err := listen(ctx, "pprof-listen", address, 0)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	s.pprof = &http.Server{Handler: mux, ReadHeaderTimeout: s.cfg.Timeouts.Header}
	s.log.Info("profiles", "url", urlOf(l)+"/debug/pprof/")
	go func() {
		if err := s.pprof.Serve(l); err != http.ErrServerClosed {
			s.log.Error("profiles ended", "err", err)
		}
	}()
	return nil
}
