//go:build e2e

// Command scale fills registries of several sizes and compares them: how fast they fill and start, the memory and the file that a
// schema takes, and what the usual requests cost at each size.
//
//	go run -tags e2e ./e2e/scale -at 1000,100000
//
// All registries are up at the same time and are measured in turn, a moment each, round after round, so that whatever else the
// machine does meets all of them alike. What is compared is the processor time of the server for a request: for each round
// the ratio to the first size. Figures are medians of the rounds. The rates are those of a client that is no match for the
// server.
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

// A request may cost this much more at a larger size than at the first one. The budget is for sizes up to budgetSize; what
// is beyond is shown without a verdict.
const (
	budget     = 1.20
	budgetSize = 100_000
)

func main() {
	at := flag.String("at", "1000,100000", "the numbers of schemas to measure at, rising")
	workers := flag.Int("workers", 16, "connections that measure, each with one request at a time")
	fillers := flag.Int("fillers", 128, "connections that fill")
	rounds := flag.Int("rounds", 12, "how often each size is measured")
	dur := flag.Duration("dur", 300*time.Millisecond, "how long each kind of read is measured in a round")
	news := flag.Int("new", 300, "how many schemas are registered in a round; few, so that the smallest registry stays small")
	storming := flag.Int("storm", 1000, "clients that start up at the same time, with 20 known schemas each; 0 for none")
	data := flag.String("data", "", "the folder for the data files; a temporary one when empty")
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
	b := &bench{dir: dir, workers: *workers, fillers: *fillers, rounds: *rounds, dur: *dur, news: *news}
	err = b.run(sizes, *storming)
	for _, r := range b.registries {
		r.stop()
	}
	os.RemoveAll(dir)
	if err != nil {
		log.Fatal(err)
	}
}

// bench is one run.
type bench struct {
	dir              string
	workers, fillers int
	rounds           int
	dur              time.Duration
	news             int
	registries       []*registry
}

// registry is a server and what is known of its content.
type registry struct {
	server
	size  int // its schemas are 0, 1, 2 …
	extra int // registered by measurements

	cells []cell
}

// cell is one figure with its name.
type cell struct{ name, text string }

func (r *registry) add(name, format string, args ...any) {
	r.cells = append(r.cells, cell{name, fmt.Sprintf(format, args...)})
}

func (b *bench) run(sizes []int, storming int) error {
	binary := filepath.Join(b.dir, "concord")
	if err := build(binary); err != nil {
		return err
	}
	for _, size := range sizes {
		r := &registry{server: server{binary: binary, data: filepath.Join(b.dir, fmt.Sprintf("%d.db", size))}, size: size}
		b.registries = append(b.registries, r)
		if err := b.fill(r); err != nil {
			return err
		}
		log.Printf("filled with %d", size)
	}
	comparisons, err := b.compare()
	if err != nil {
		return err
	}
	for _, r := range b.registries {
		r.add("anonymous memory after all requests, MB", "%d", r.anonymous()>>20)
	}
	b.print(comparisons)
	if storming > 0 {
		return storm(b.registries[len(b.registries)-1], storming)
	}
	return nil
}

// fill registers the schemas of a registry and starts it again.
func (b *bench) fill(r *registry) error {
	if _, err := r.restart(); err != nil {
		return err
	}
	filled, err := r.drive(b.fillers, r.size, 0, registration)
	if err != nil {
		return err
	}
	r.add(fmt.Sprintf("fill with %d clients, req/s", b.fillers), "%.0f", filled.rate())
	r.add(fmt.Sprintf("fill with %d clients, server's CPU µs each", b.fillers), "%.0f", filled.cost())
	info, err := os.Stat(r.data)
	if err != nil {
		return err
	}
	r.add("file, bytes per schema", "%d", info.Size()/int64(r.size))
	started, err := r.restart()
	if err != nil {
		return err
	}
	r.add("start until ready, ms", "%d", started.Milliseconds())
	r.add("anonymous memory after start, MB", "%d", r.anonymous()>>20)
	return nil
}

// comparison is what one kind of request was measured to do, in each round at each size.
type comparison struct {
	name   string
	rounds [][]result
}

// compare measures every kind of request at every size in turn. Every other round goes through the sizes backwards, so that
// none is always the one that comes after another.
func (b *bench) compare() ([]comparison, error) {
	comparisons := make([]comparison, len(kinds))
	for round := range b.rounds {
		for k, kind := range kinds {
			results := make([]result, len(b.registries))
			for i := range b.registries {
				if round%2 == 1 {
					i = len(b.registries) - 1 - i
				}
				r := b.registries[i]
				n, dur := 0, b.dur
				if kind.changes {
					n, dur = b.news, 0
				}
				var err error
				if results[i], err = r.drive(b.workers, n, dur, func(i int) request { return kind.make(r, i) }); err != nil {
					return nil, fmt.Errorf("%s: %w", kind.name, err)
				}
				if kind.changes {
					r.extra += n
				}
			}
			comparisons[k].name = kind.name
			comparisons[k].rounds = append(comparisons[k].rounds, results)
		}
	}
	return comparisons, nil
}

// median is the median of what f makes of the rounds.
func (c *comparison) median(f func(round []result) float64) float64 {
	var figures []float64
	for _, round := range c.rounds {
		figures = append(figures, f(round))
	}
	slices.Sort(figures)
	return (figures[(len(figures)-1)/2] + figures[len(figures)/2]) / 2
}

// ratio is how much more a request costs at a size than at the first one.
func (c *comparison) ratio(size int) float64 {
	return c.median(func(round []result) float64 { return round[size].cost() / round[0].cost() })
}

// kinds are the requests whose cost shall not depend on the size.
var kinds = []struct {
	name    string
	changes bool // the registry
	make    func(r *registry, i int) request
}{
	{"schema by id", false, func(r *registry, i int) request {
		// Ids are given in the order of arrival, which is about the order of the schemas.
		return request{method: "GET", path: fmt.Sprintf("/schemas/ids/%d", 1+r.pick(i))}
	}},
	{"latest version", false, func(r *registry, i int) request {
		return request{method: "GET", path: "/subjects/" + subject(r.pick(i)) + "/versions/latest"}
	}},
	{"lookup", false, func(r *registry, i int) request {
		q := registration(r.pick(i))
		q.path = strings.TrimSuffix(q.path, "/versions")
		return q
	}},
	{"register known", false, func(r *registry, i int) request { return registration(r.pick(i)) }},
	{"register new", true, func(r *registry, i int) request { return registration(extraFrom + r.extra + i) }},
}

// extraFrom is the first number of the schemas that measurements register.
const extraFrom = 1_000_000_000

// working is how many different schemas the measurements ask for: few enough to have been asked for before, at every size.
const working = 1000

// pick returns the i-th schema that is asked for: they lie all over the registry.
func (r *registry) pick(i int) int { return i % working * (r.size / min(working, r.size)) % r.size }

// print writes a table with a column for each size, and how each compares with the first.
func (b *bench) print(comparisons []comparison) {
	first := b.registries[0].size
	fmt.Print("| |")
	for _, r := range b.registries {
		fmt.Printf(" %d schemas |", r.size)
	}
	for _, r := range b.registries[1:] {
		fmt.Printf(" %d : %d |", r.size, first)
	}
	fmt.Printf(" budget |\n|---|%s---|\n", strings.Repeat("---|", 2*len(b.registries)-1))
	for row, c := range b.registries[0].cells {
		fmt.Printf("| %s |", c.name)
		for _, r := range b.registries {
			fmt.Printf(" %s |", r.cells[row].text)
		}
		fmt.Println(strings.Repeat(" |", len(b.registries)))
	}
	for _, c := range comparisons {
		fmt.Printf("| %s with %d clients, req/s |", c.name, b.workers)
		for i := range b.registries {
			fmt.Printf(" %.0f |", c.median(func(round []result) float64 { return round[i].rate() }))
		}
		fmt.Printf("%s\n| %s, server's CPU µs each |", strings.Repeat(" |", len(b.registries)), c.name)
		for i := range b.registries {
			fmt.Printf(" %.0f |", c.median(func(round []result) float64 { return round[i].cost() }))
		}
		verdict := "kept"
		for i, r := range b.registries[1:] {
			ratio := c.ratio(i + 1)
			fmt.Printf(" %.2f |", ratio)
			if r.size <= budgetSize && ratio > budget {
				verdict = "**missed**"
			}
		}
		fmt.Printf(" at most %.2f up to %d: %s |\n", budget, budgetSize, verdict)
	}
}

// storm lets many clients start up at the same time, each on its own connection, registering the same 20 known schemas.
func storm(r *registry, clients int) error {
	const each = 20
	slowest, all, err := r.all(clients, each, func(i int) request { return registration(i % r.size) })
	if err != nil {
		return fmt.Errorf("start-up storm: %w", err)
	}
	slices.Sort(slowest)
	fmt.Printf("\nStart-up storm at %d schemas: %d clients with %d known schemas each, %.0f req/s, %.0f µs of CPU each; half of the clients done after %d ms, the last after %d ms.\n",
		r.size, clients, each, all.rate(), all.cost(), slowest[len(slowest)/2].Milliseconds(), slowest[len(slowest)-1].Milliseconds())
	return nil
}
