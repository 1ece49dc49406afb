package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// openTerminal returns a terminal, and what reads what is written to it.
func openTerminal(t *testing.T) (terminal, screen *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		t.Skipf("this machine gives no pseudo-terminal: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = screen.Close() })
	number, err := unix.IoctlGetInt(int(screen.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(int(screen.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return terminal, screen
}

func TestABarTellsHowFarACommandIsOnATerminalAlone(t *testing.T) {
	run := func(stderr io.Writer) {
		m := &Main{Stderr: stderr}
		step, done := m.progress(3, "importing")
		step()
		time.Sleep(150 * time.Millisecond) // what is over at once shows no bar
		step()
		done()
		copied, finish := m.progressBytes(1000, "backup")
		time.Sleep(150 * time.Millisecond)
		fmt.Fprintf(copied, "%500d", 0)
		finish()
	}

	terminal, screen := openTerminal(t)
	shown := make(chan []byte)
	go func() {
		all, _ := io.ReadAll(screen) // ends with an error when the terminal is closed
		shown <- all
	}()
	run(terminal)
	_ = terminal.Close()
	text := <-shown
	for _, want := range []string{"importing  66%", "(2/3)", "backup  50%"} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("the terminal does not show %q: %q", want, text)
		}
	}
	if lines := bytes.Split(text, []byte("\r")); len(bytes.TrimSpace(lines[len(lines)-1])) > 0 {
		t.Errorf("the bar is not taken away: %q", lines[len(lines)-1])
	}

	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	run(writer)
	_ = writer.Close()
	if text, _ := io.ReadAll(reader); len(text) > 0 {
		t.Errorf("a pipe gets a bar: %q", text)
	}
}
