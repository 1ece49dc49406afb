//go:build e2e && linux

package process

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Memory is what the server holds, in bytes.
type Memory struct {
	Resident  int64
	Peak      int64 // the highest Resident since the start or ResetPeak
	Anonymous int64 // the part of Resident that no file backs
}

// Memory reads what the server holds now.
func (s *Server) Memory() (m Memory, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.PID))
	if err != nil {
		return m, err
	}
	for name, to := range map[string]*int64{"VmRSS": &m.Resident, "VmHWM": &m.Peak, "RssAnon": &m.Anonymous} {
		match := regexp.MustCompile(`(?m)^` + name + `:\s+(\d+) kB$`).FindSubmatch(status)
		if match == nil {
			return m, fmt.Errorf("no %s in %s", name, status)
		}
		kb, _ := strconv.ParseInt(string(match[1]), 10, 64) // digits
		*to = kb << 10
	}
	return m, nil
}

// ResetPeak forgets the highest memory (proc(5), clear_refs).
func (s *Server) ResetPeak() error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", s.PID), []byte("5"), 0)
}

// Worked is the processor time that the server has used so far, exact to 10 ms.
func (s *Server) Worked() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.PID))
	if err != nil {
		return 0, err
	}
	// Fields 14 and 15 count from the process's name, which is in parentheses, in ticks of 10 ms (proc(5)).
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	var ticks int64
	for _, field := range fields[11:13] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil
}

// Waited is how long the threads of the server and of this process, which asks it, were ready to run and had no processor, all
// together; zero where the kernel does not count that (/proc/PID/schedstat).
func (s *Server) Waited() time.Duration {
	var sum int64
	for _, process := range []string{strconv.Itoa(s.PID), "self"} {
		threads, _ := filepath.Glob("/proc/" + process + "/task/*/schedstat")
		for _, thread := range threads {
			line, err := os.ReadFile(thread) // one that has ended meanwhile is gone
			if fields := strings.Fields(string(line)); err == nil && len(fields) > 1 {
				n, _ := strconv.ParseInt(fields[1], 10, 64)
				sum += n
			}
		}
	}
	return time.Duration(sum)
}

// Descriptors counts the files and connections that the server has open.
func (s *Server) Descriptors() (int, error) {
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.PID))
	return len(open), err
}
