//go:build e2e

// Command scale fills a registry with more and more schemas and shows what that does to it: how fast it fills and starts, the
// memory and the file that a schema takes, and the rates of the usual requests at each size.
//
//	go run -tags e2e ./e2e/scale -at 1000,100000,1000000
//
// Rates are those of this machine and of a client that is no match for the server; CPU is the server's own, and what to
// compare between sizes where other work runs beside it.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	at := flag.String("at", "1000,100000", "the numbers of schemas to measure at, rising")
	workers := flag.Int("workers", 16, "connections that measure, each with one request at a time")
	fillers := flag.Int("fillers", 128, "connections that fill")
	dur := flag.Duration("dur", 2*time.Second, "how long each rate is measured")
	storming := flag.Int("storm", 1000, "clients that start up at the same time, with 20 known schemas each; 0 for none")
	data := flag.String("data", "", "the folder for the data file; a temporary one when empty")
	flag.Parse()
	log.SetFlags(0)
	var sizes []int
	for text := range strings.SplitSeq(*at, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 100 || len(sizes) > 0 && n <= sizes[len(sizes)-1] {
			log.Fatalf("scale: -at %s is no list of rising numbers from 100 on", *at)
		}
		sizes = append(sizes, n)
	}
	dir, err := os.MkdirTemp(*data, "concord-scale-")
	if err != nil {
		log.Fatal(err)
	}
	b := &bench{dir: dir, workers: *workers, fillers: *fillers, dur: *dur}
	err = b.run(sizes, *storming)
	b.stop()
	os.RemoveAll(dir)
	if err != nil {
		log.Fatal(err)
	}
}

// bench is one run: a server and what is known of its content.
type bench struct {
	*server
	dir              string
	workers, fillers int
	dur              time.Duration
	filled           int // schemas; those before it are 0, 1, 2 …
	extra            int // registered by measurements
}

func (b *bench) run(sizes []int, storming int) error {
	if err := build(filepath.Join(b.dir, "concord")); err != nil {
		return err
	}
	if _, err := b.restart(); err != nil {
		return err
	}
	var columns []column
	for _, size := range sizes {
		c, err := b.measure(size)
		if err != nil {
			return err
		}
		columns = append(columns, c)
		log.Printf("measured at %d", size)
	}
	print(columns)
	if storming > 0 {
		return b.storm(storming)
	}
	return nil
}

// column is what was measured at one size.
type column struct {
	size  int
	cells []cell
}

// cell is one figure with its name.
type cell struct{ name, text string }

func (b *bench) measure(size int) (column, error) {
	c := column{size: size}
	add := func(name, format string, args ...any) {
		c.cells = append(c.cells, cell{name, fmt.Sprintf(format, args...)})
	}
	n := size - b.filled
	r, err := b.drive(b.fillers, n, 0, func(i int) request { return registration(b.filled + i) })
	if err != nil {
		return c, err
	}
	b.filled = size
	add("fill, req/s", "%.0f", r.rate)
	add("fill, server's CPU µs each", "%.0f", r.cpu)
	info, err := os.Stat(filepath.Join(b.dir, "concord.db"))
	if err != nil {
		return c, err
	}
	add("file, bytes per schema", "%d", info.Size()/int64(size+b.extra))
	started, err := b.restart()
	if err != nil {
		return c, err
	}
	add("start until ready, ms", "%d", started.Milliseconds())
	add("anonymous memory after start, MB", "%d", b.anonymous()>>20)
	for _, kind := range kinds {
		r, err := b.drive(b.workers, 0, b.dur, func(i int) request { return kind.make(b, i) })
		if err != nil {
			return c, fmt.Errorf("%s: %w", kind.name, err)
		}
		add(kind.name+", req/s", "%.0f", r.rate)
		add(kind.name+", server's CPU µs each", "%.0f", r.cpu)
	}
	add("anonymous memory after all of these, MB", "%d", b.anonymous()>>20)
	return c, nil
}

// kinds are the requests whose rates shall not depend on the size.
var kinds = []struct {
	name string
	make func(b *bench, i int) request
}{
	{"schema by id", func(b *bench, i int) request {
		// Ids are given in the order of arrival, which is about the order of the schemas.
		return request{method: "GET", path: fmt.Sprintf("/schemas/ids/%d", 1+b.pick(i))}
	}},
	{"latest version", func(b *bench, i int) request {
		return request{method: "GET", path: "/subjects/" + subject(b.pick(i)) + "/versions/latest"}
	}},
	{"lookup", func(b *bench, i int) request {
		r := registration(b.pick(i))
		r.path = strings.TrimSuffix(r.path, "/versions")
		return r
	}},
	{"register known", func(b *bench, i int) request { return registration(b.pick(i)) }},
	{"register new", func(b *bench, i int) request {
		b.extra = max(b.extra, i+1)
		return registration(extraFrom + b.filled*1000 + i)
	}},
}

// extraFrom is the first number of the schemas that measurements register.
const extraFrom = 1_000_000_000

// working is how many different schemas the measurements ask for: few enough to have been asked for before, at every size.
const working = 1000

// pick returns the i-th schema that is asked for: they lie all over the registry.
func (b *bench) pick(i int) int { return i % working * (b.filled / min(working, b.filled)) % b.filled }

func print(columns []column) {
	fmt.Print("| |")
	for _, c := range columns {
		fmt.Printf(" %d schemas |", c.size)
	}
	fmt.Printf("\n|---|%s\n", strings.Repeat("---|", len(columns)))
	for row := range columns[0].cells {
		fmt.Printf("| %s |", columns[0].cells[row].name)
		for _, c := range columns {
			fmt.Printf(" %s |", c.cells[row].text)
		}
		fmt.Println()
	}
}

// storm lets many clients start up at the same time, each on its own connection, registering the same 20 known schemas.
func (b *bench) storm(clients int) error {
	const each = 20
	slowest, r, err := b.all(clients, each, func(i int) request { return registration(i % b.filled) })
	if err != nil {
		return fmt.Errorf("start-up storm: %w", err)
	}
	slices.Sort(slowest)
	fmt.Printf("\nStart-up storm at %d schemas: %d clients with %d known schemas each, %.0f req/s, %.0f µs of CPU each; half of the clients done after %d ms, the last after %d ms.\n",
		b.filled, clients, each, r.rate, r.cpu, slowest[len(slowest)/2].Milliseconds(), slowest[len(slowest)-1].Milliseconds())
	return nil
}
