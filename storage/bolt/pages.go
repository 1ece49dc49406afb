package bolt

import (
	"encoding/binary"
	"fmt"
	"os"

	"github.com/concord-registry/concord/storage"
)

// verifyPages makes sure of what bbolt believes without asking: that a page which says that it goes on for some pages lies within
// the file with all of them, and that a leaf has as many entries as it says. bbolt's own check, and the commit that gives up
// the page, count its pages one by one, and a flipped bit makes them billions; and a flipped bit in the number of entries makes
// some vanish without a trace. The free list must have been read.
func (s *snapshot) verifyPages() error {
	file, err := os.Open(s.path)
	if err != nil {
		return err
	}
	defer file.Close()
	s.inside = true
	id, why, err := s.faultyPage(file)
	s.inside = false
	if err != nil || why == "" {
		return err
	}
	return fmt.Errorf("%w: %s, page %d: %s; %s", storage.ErrCorrupt, s.path, id, why, restoreAdvice)
}

// faultyPage returns the first page that is not as it must be, and why; no reason when all are.
func (s *snapshot) faultyPage(file *os.File) (id int, why string, err error) {
	const heads = 2 // they are one page each, whatever they say
	size := s.tx.DB().Info().PageSize
	var data []byte
	for id, behind := heads, 0; ; id += 1 + behind {
		page, err := s.tx.Page(id)
		if err != nil || page == nil { // behind the last page
			return 0, "", err
		}
		if behind = page.OverflowCount; page.Type == "free" {
			behind = 0
		}
		if last, err := s.tx.Page(id + behind); err != nil || last == nil {
			return id, fmt.Sprintf("it says that %d more pages belong to it, and the file does not have them", behind), err
		}
		if page.Type != "leaf" {
			continue
		}
		if whole := (1 + behind) * size; cap(data) < whole {
			data = make([]byte, whole)
		}
		data = data[:(1+behind)*size]
		if _, err := file.ReadAt(data, int64(id)*int64(size)); err != nil {
			return 0, "", err
		}
		if _, ok := leafEnd(data); !ok || page.Count == 0 { // an empty bucket has no page of its own
			return id, fmt.Sprintf("it does not have the %d entries that it says", page.Count), nil
		}
	}
}

// leafEnd returns where the entries of a leaf end. bbolt writes the places and lengths of all of them first, and then one
// behind the other, so that their number is told by where the first one is. A bucket that is small lies in its entry as a leaf
// of its own, which fills it.
func leafEnd(page []byte) (end int, ok bool) {
	const header, element, numberAt, isBucket, bucketHeader = 16, 16, 10, 1, 16
	if len(page) < header {
		return 0, false
	}
	number := func(at int) int { return int(binary.NativeEndian.Uint32(page[at:])) }
	count := int(binary.NativeEndian.Uint16(page[numberAt:]))
	end = header + element*count
	if end > len(page) {
		return 0, false
	}
	for at := header; at < header+element*count; at += element {
		flags, place, key, value := number(at), number(at+4), number(at+8), number(at+12)
		if at+place != end || key > len(page)-end || value > len(page)-end-key {
			return 0, false
		}
		end += key + value
		if flags&isBucket == 0 {
			continue
		}
		content := page[end-value : end]
		if len(content) < bucketHeader {
			return 0, false
		}
		if root := binary.NativeEndian.Uint64(content); root != 0 {
			continue
		}
		if inner, ok := leafEnd(content[bucketHeader:]); !ok || inner != len(content)-bucketHeader {
			return 0, false
		}
	}
	return end, true
}
