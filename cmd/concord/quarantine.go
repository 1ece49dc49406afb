package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/concord-registry/concord/cmd/concord/config"
	"github.com/concord-registry/concord/storage"
)

// quarantinePoll is how often a server in quarantine looks whether somebody has put another data file in place.
const quarantinePoll = time.Second

// quarantineMessage is what everybody is told in quarantine. What is wrong with the file stands in the log.
const quarantineMessage = "This registry is in quarantine: its data file is damaged, and nothing is answered rather than something wrong. " +
	"The log of the server says what is damaged and what to do; once a backup is restored in its place, the server goes on by itself."

// quarantine answers for a registry whose data file is damaged, until there is another one, which it opens, or until the
// server is stopped, which it reports. A process that ended here would be started again by its supervisor, again and
// again, with nobody there to say why and nothing to look into. The file is neither open nor locked meanwhile.
func (s *server) quarantine(ctx context.Context, damage error) (stopped bool, err error) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
	defer signal.Stop(signals)
	s.log.Error("the data file is damaged; nothing is served", "file", s.cfg.Server.Data, "err", damage)
	if _, err := fmt.Fprintf(s.stdout, "concord %s is in quarantine at %s because %s is damaged; see standard error\n", buildOf().Version, urlOf(s.listener), s.cfg.Server.Data); err != nil {
		return false, err
	}
	// Supervisors would take silence for a start that hangs.
	if err := notifySystemd(s.notifySocket, "READY=1\nSTATUS=in quarantine: the data file is damaged"); err != nil {
		return false, err
	}
	server := &http.Server{Handler: http.HandlerFunc(answerQuarantine), ReadHeaderTimeout: s.cfg.Timeouts.Header, ReadTimeout: s.cfg.Timeouts.Read, WriteTimeout: s.cfg.Timeouts.Write}
	served := make(chan error, 1)
	go func() { served <- server.Serve(s.listener) }()
	stopped, err = s.awaitFile(ctx, signals, served)
	return stopped, errors.Join(err, server.Close())
}

// awaitFile returns when a data file that can be opened is in place; the server then has it open.
func (s *server) awaitFile(ctx context.Context, signals <-chan os.Signal, served <-chan error) (stopped bool, err error) {
	ticker := time.NewTicker(quarantinePoll)
	defer ticker.Stop()
	last := fingerprint(s.cfg.Server.Data)
	for {
		select {
		case err := <-served:
			return false, err
		case <-ctx.Done():
			return true, nil
		case <-signals:
			return true, nil
		case <-ticker.C:
		}
		now := fingerprint(s.cfg.Server.Data)
		if now == last || now == "" { // without a file, opening would begin an empty registry, which nobody has asked for
			continue
		}
		last = now
		err := s.openData()
		if err == nil {
			s.log.Info("the data file was replaced and is whole", "file", s.cfg.Server.Data)
			return false, nil
		}
		s.log.Error("the new data file cannot be used either", "file", s.cfg.Server.Data, "err", err)
	}
}

// fingerprint tells a file from another one in its place; empty when there is none.
func fingerprint(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	return fmt.Sprint(info.Size(), info.ModTime().UnixNano())
}

// resume listens again after a quarantine.
func (s *server) resume(ctx context.Context) (err error) {
	address := s.cfg.Server.Listen
	if network, _ := address.Network(); network == "tcp" {
		address = config.Address(s.listener.Addr().String()) // the port, where any would do, is known by now
	}
	s.listener, err = listen(ctx, "listen", address, s.cfg.Limits.Connections)
	return err
}

func answerQuarantine(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/health/live" {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"status":"live"}`) // a probe that is gone needs no answer
		return
	}
	w.Header().Set("Content-Type", "application/vnd.schemaregistry.v1+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusServiceUnavailable)
	_ = json.NewEncoder(w).Encode(map[string]any{"error_code": http.StatusServiceUnavailable, "message": quarantineMessage})
}

// isDamage reports whether a data file is what keeps a server from starting, rather than a setting.
func isDamage(err error) bool { return errors.Is(err, storage.ErrCorrupt) }
