//go:build e2e

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const mediaType = "application/vnd.schemaregistry.v1+json"

type request struct {
	method, path string
	body         []byte
}

func subject(i int) string { return fmt.Sprintf("topic-%010d-value", i) }

// schema is an ordinary record of about 600 bytes, whose names no other number has.
func schema(i int) string {
	return fmt.Sprintf(`{"type":"record","name":"Event%010d","namespace":"com.example.orders","doc":"What happened to an order.","fields":[`+
		`{"name":"order_id","type":{"type":"string","logicalType":"uuid"}},`+
		`{"name":"customer_id","type":"long"},`+
		`{"name":"status","type":{"type":"enum","name":"Status%010d","symbols":["NEW","PAID","SHIPPED","CANCELLED"],"default":"NEW"}},`+
		`{"name":"created_at","type":{"type":"long","logicalType":"timestamp-millis"}},`+
		`{"name":"tags","type":{"type":"map","values":"string"},"default":{}},`+
		`{"name":"coupon","type":["null","string"],"default":null}]}`, i, i)
}

func registration(i int) request {
	body, err := json.Marshal(map[string]string{"schema": schema(i)})
	if err != nil {
		panic(err) // a map of strings
	}
	return request{method: "POST", path: "/subjects/" + subject(i) + "/versions", body: body}
}

// result is what a load did to the server.
type result struct {
	answers int64
	took    time.Duration
	cpu     time.Duration // of the server
}

// rate is in answers per second.
func (r result) rate() float64 { return float64(r.answers) / r.took.Seconds() }

// cost is the server's processor time for an answer, in microseconds.
func (r result) cost() float64 {
	return float64(r.cpu.Nanoseconds()) / 1000 / float64(max(r.answers, 1))
}

// drive sends requests over some connections, which stay open: n of them, or as many as can be answered in dur.
func (s *server) drive(connections, n int, dur time.Duration, next func(i int) request) (result, error) {
	for len(s.clients) < connections {
		s.clients = append(s.clients, newClient())
	}
	var sent, answered atomic.Int64
	end := time.Now().Add(dur)
	return s.timed(&answered, func() error {
		return parallel(connections, func(k int) error {
			for {
				i := int(sent.Add(1)) - 1
				if n > 0 && i >= n || n == 0 && time.Now().After(end) {
					return nil
				}
				if err := s.send(s.clients[k], next(i)); err != nil {
					return err
				}
				answered.Add(1)
			}
		})
	})
}

// all lets every client send each requests, and returns how long each client took.
func (s *server) all(clients, each int, next func(i int) request) ([]time.Duration, result, error) {
	took := make([]time.Duration, clients)
	var answered atomic.Int64
	began := time.Now()
	r, err := s.timed(&answered, func() error {
		return parallel(clients, func(k int) error {
			client := newClient()
			defer client.CloseIdleConnections()
			for i := range each {
				if err := s.send(client, next(i)); err != nil {
					return err
				}
				answered.Add(1)
			}
			took[k] = time.Since(began)
			return nil
		})
	})
	return took, r, err
}

func (s *server) timed(answered *atomic.Int64, work func() error) (result, error) {
	cpu, began := s.cpu(), time.Now()
	err := work()
	return result{answered.Load(), time.Since(began), s.cpu() - cpu}, err
}

// parallel runs f in n goroutines and returns the first error.
func parallel(n int, f func(k int) error) error {
	var wg sync.WaitGroup
	errs := make(chan error, n)
	for k := range n {
		wg.Go(func() { errs <- f(k) })
	}
	wg.Wait()
	for range n {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

// newClient returns a client with one connection of its own.
func newClient() *http.Client {
	return &http.Client{Transport: &http.Transport{MaxConnsPerHost: 1, DisableCompression: true}, Timeout: time.Minute}
}

func (s *server) send(client *http.Client, r request) error {
	req, err := http.NewRequest(r.method, s.url+r.path, bytes.NewReader(r.body))
	if err != nil {
		return err
	}
	req.Header.Set("Accept", mediaType)
	if r.body != nil {
		req.Header.Set("Content-Type", mediaType)
	}
	answer, err := client.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(answer.Body)
		return fmt.Errorf("%s %s: %s %s", r.method, r.path, answer.Status, text)
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return err
}
