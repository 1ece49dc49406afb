//go:build e2e && linux

package disk

import (
	"math/rand/v2"
	"slices"
)

// Sizes of a disk: it stores whole sectors, and gives space in blocks.
const (
	sector = 512
	block  = 4096
)

// file is one file: as programs see it, and as it is on the disk.
type file struct {
	number  uint64
	seen    []byte
	stored  []byte
	pending []change       // not yet synced, oldest first
	blocks  map[int64]bool // that take up space
}

// change is a write, or, without data, a new size.
type change struct {
	offset int64
	data   []byte
	size   int64
}

// allocate takes up the blocks of a place and returns how many of its bytes have one; with full, no further block is given.
func (f *file) allocate(offset, length int64, full bool) int64 {
	for at := offset / block * block; at < offset+length; at += block {
		if full && !f.blocks[at] {
			return max(0, at-offset)
		}
		f.blocks[at] = true
	}
	return length
}

func (f *file) write(offset int64, data []byte) {
	data = slices.Clone(data)
	f.seen = put(f.seen, offset, data)
	f.pending = append(f.pending, change{offset: offset, data: data})
}

func (f *file) resize(size int64) {
	f.seen = resize(f.seen, size)
	f.pending = append(f.pending, change{size: size})
}

// settle makes the first n pending changes durable, or forgets them.
func (f *file) settle(n int, forget bool) {
	n = min(n, len(f.pending))
	if !forget {
		for _, c := range f.pending[:n] {
			if c.data == nil {
				f.stored = resize(f.stored, c.size)
			} else {
				f.stored = put(f.stored, c.offset, c.data)
			}
		}
	}
	f.pending = slices.Delete(f.pending, 0, n)
}

// tear stores a random part of what was not synced.
func (f *file) tear(random *rand.Rand) {
	likely := random.Float64()
	sizes := 0
	for _, c := range f.pending {
		if c.data == nil {
			sizes++
		}
	}
	sizes = random.IntN(sizes + 1)
	for _, c := range f.pending {
		if c.data == nil {
			if sizes > 0 {
				f.stored = resize(f.stored, c.size)
				sizes--
			}
			continue
		}
		for from := c.offset; from < c.offset+int64(len(c.data)); {
			to := min(from/sector*sector+sector, c.offset+int64(len(c.data)))
			if random.Float64() < likely {
				piece := c.data[from-c.offset : to-c.offset]
				if random.IntN(8) == 0 {
					piece = piece[:random.IntN(len(piece)+1)]
				}
				f.stored = put(f.stored, from, piece)
			}
			from = to
		}
	}
	f.pending = nil
}

func put(data []byte, offset int64, piece []byte) []byte {
	if end := offset + int64(len(piece)); end > int64(len(data)) {
		data = resize(data, end)
	}
	copy(data[offset:], piece)
	return data
}

func resize(data []byte, size int64) []byte {
	if size <= int64(len(data)) {
		return slices.Clip(data[:size]) // what is cut off comes back as zeros
	}
	return append(data, make([]byte, size-int64(len(data)))...)
}
