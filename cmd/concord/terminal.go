package main

import (
	"bufio"
	"errors"
	"fmt"
	"strings"
)

// colorModes are the values of --color.
var colorModes = []string{"auto", "always", "never"}

// style writes in colour, or does not.
type style struct{ on bool }

// styleOf returns the style for a stream: colours on a terminal only, never with NO_COLOR or for a TERM that has none, and
// as --color says before all else.
func (m *Main) styleOf(stream any) style {
	switch m.color {
	case "always":
		return style{true}
	case "never":
		return style{false}
	}
	return style{isTerminal(stream) && m.Getenv("NO_COLOR") == "" && m.Getenv("TERM") != "dumb"}
}

func (s style) wrap(code, text string) string {
	if !s.on || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s style) red(text string) string    { return s.wrap("31", text) }
func (s style) green(text string) string  { return s.wrap("32", text) }
func (s style) yellow(text string) string { return s.wrap("33", text) }
func (s style) bold(text string) string   { return s.wrap("1", text) }
func (s style) dim(text string) string    { return s.wrap("2", text) }

// errDeclined ends a command that a person did not confirm.
var errDeclined = errors.New("nothing was done")

// confirm asks whether to go on, unless the answer was given with --yes. Without a terminal there is nobody to ask, and the
// command ends with a hint at that flag.
func (m *Main) confirm(question string, yes bool) error {
	if yes {
		return nil
	}
	if !isTerminal(m.Stdin) || !isTerminal(m.Stderr) {
		return misused(errors.New("this needs a confirmation, and there is no terminal to ask on: pass --yes"))
	}
	fmt.Fprintf(m.Stderr, "%s [y/N] ", question)
	answer, _ := bufio.NewReader(m.Stdin).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return errDeclined
}
