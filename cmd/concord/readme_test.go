package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheTourInTheREADMEIsTrue runs every command of the README's console blocks against a fresh server, in order, and
// compares what it prints.
func TestTheTourInTheREADMEIsTrue(t *testing.T) {
	if help, err := exec.Command("sh", "-c", "curl --help all").Output(); err != nil || !strings.Contains(string(help), "--json") {
		t.Skip("the tour is written for a shell and curl 7.82 or newer")
	}
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	url := startServer(t, "--data", filepath.Join(t.TempDir(), "tour.db"))
	steps := consoleSteps(string(readme))
	if len(steps) < 5 {
		t.Fatalf("the README has %d commands to try", len(steps))
	}
	for _, step := range steps {
		command := strings.ReplaceAll(step.command, "http://localhost:8081", url)
		shell := exec.Command("sh", "-c", command)
		shell.Env = append(os.Environ(), "no_proxy=*")
		got, err := shell.Output()
		if err != nil {
			t.Fatalf("$ %s\n%v", command, err)
		}
		if got := string(bytes.TrimRight(got, "\n")); got != step.output {
			t.Errorf("$ %s\ngot  %s\nwant %s", step.command, got, step.output)
		}
	}
}

type consoleStep struct{ command, output string }

// consoleSteps finds the commands, which start with "$ ", and what is said to follow them.
func consoleSteps(markdown string) []consoleStep {
	var steps []consoleStep
	for _, block := range strings.Split(markdown, "```console\n")[1:] {
		block, _, _ = strings.Cut(block, "```")
		for _, text := range strings.Split("\n"+block, "\n$ ")[1:] {
			command, output, _ := strings.Cut(text, "\n")
			steps = append(steps, consoleStep{command, strings.TrimRight(output, "\n")})
		}
	}
	return steps
}
