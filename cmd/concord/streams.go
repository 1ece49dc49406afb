package main

import (
	"fmt"
	"io"
	"os"
)

// maxInput is the most that is read from a file or from standard input for one schema or message, in bytes.
const maxInput = 64 << 20

// readInput reads a file; "-" is standard input.
func (m *Main) readInput(name string) ([]byte, error) {
	var in io.Reader = m.Stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		in = file
	}
	data, err := io.ReadAll(io.LimitReader(in, maxInput+1))
	if err == nil && len(data) > maxInput {
		err = fmt.Errorf("%s is larger than %d MiB", name, maxInput>>20)
	}
	return data, err
}

// writeOutput writes to a file, whole or not at all; "-" is standard output.
func (m *Main) writeOutput(name string, write func(w io.Writer) error) error {
	if name == "-" {
		return write(m.Stdout)
	}
	// Beside the file, so that renaming it is one step; of a name that nobody has.
	temporary := fmt.Sprintf("%s.%d.tmp", name, os.Getpid())
	file, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer os.Remove(temporary) // fails when all went well, because it was renamed
	if err := write(file); err != nil {
		_ = file.Close()
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(temporary, name)
}
