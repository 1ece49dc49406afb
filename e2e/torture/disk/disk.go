//go:build e2e && linux

// Package disk is a file system of one directory whose power can be cut, and which can fail in the other ways that disks
// do. It keeps what was synced, and nobody knows what of the rest: that is all POSIX promises.
//
// It must run in another process than the one that maps its files into memory: a page that is missing there is read here,
// and a Go program that waits for itself waits for ever.
package disk

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// Image is what lies on a disk: the files by name.
type Image map[string][]byte

// Faults are the ways in which a disk fails. The zero value is a disk without faults.
type Faults struct {
	// Sync is what a sync answers; not 0, it also forgets the writes that it should have made durable, as Linux does after it
	// has reported that they failed.
	Sync syscall.Errno
	// Spared is how many syncs succeed before that.
	Spared int
	// Read is what a read answers that the system has not cached; see Forget.
	Read syscall.Errno
	// Write is what a write answers.
	Write syscall.Errno
	// Short lets each write take half of what it is given.
	Short bool
	// Delay is how long each sync takes.
	Delay time.Duration
	// Full refuses writes to places that nothing was written to before.
	Full bool
}

// Disk is a mounted file system. Its methods are safe for concurrent use.
type Disk struct {
	Dir string // where it is mounted

	server *fuse.Server
	root   *root

	mu     sync.Mutex
	off    bool // the power is cut
	names  map[string]*file
	stored map[string]*file // the names that survive a cut
	moves  []move           // not yet synced, oldest first
	faults Faults
	files  uint64 // made so far
	syncs  int
	writes int
}

// move is a change of names, which is stored as a whole or not at all.
type move map[string]*file // nil: the name is gone

// Mount mounts a disk with files on it in an empty directory. Without /dev/fuse or the right to mount, the error wraps
// errors.ErrUnsupported.
func Mount(dir string, image Image) (*Disk, error) {
	if _, err := os.Stat("/dev/fuse"); err != nil {
		return nil, fmt.Errorf("%w: this machine has no FUSE: %w", errors.ErrUnsupported, err)
	}
	d := &Disk{Dir: dir, names: map[string]*file{}, stored: map[string]*file{}}
	for name, data := range image {
		d.names[name] = d.newFile(data)
	}
	maps.Copy(d.stored, d.names)
	d.root = &root{disk: d}
	server, err := fs.Mount(dir, d.root, &fs.Options{
		MountOptions: fuse.MountOptions{DirectMountStrict: true, FsName: "disk", DisableXAttrs: true, MaxWrite: 1 << 20},
	})
	if err != nil {
		return nil, fmt.Errorf("%w: cannot mount a FUSE file system: %w", errors.ErrUnsupported, err)
	}
	d.server = server
	return d, nil
}

// Unmount gives the directory back. No process may have a file of it open.
func (d *Disk) Unmount() error {
	var err error
	for range 100 { // a process that was killed may still be on its way out
		if err = d.server.Unmount(); err == nil {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return fmt.Errorf("unmount %s: %w", d.Dir, err)
}

// Set makes the disk fail from now on; the zero value mends it.
func (d *Disk) Set(f Faults) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = f
}

// Forget makes the system forget what it has cached of the files behind their first two pages, which the server has locked in
// memory, so that it reads it again.
func (d *Disk) Forget() error {
	var failed syscall.Errno
	for _, child := range d.root.Children() {
		if errno := child.NotifyContent(2*block, 0); errno != 0 {
			failed = errno
		}
	}
	if failed != 0 {
		return failed
	}
	return nil
}

// Work returns how many writes and syncs the disk has done.
func (d *Disk) Work() (writes, syncs int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.writes, d.syncs
}

// Cut cuts the power: from now on everything fails. It returns what is on the disk when the power is back. Of what was not
// synced, each sector is there or not, or there in part, and later writes may be there without earlier ones; names change
// in their order, as with a journal.
func (d *Disk) Cut(random *rand.Rand) Image {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.off = true
	kept := random.IntN(len(d.moves) + 1)
	for _, m := range d.moves[:kept] {
		m.apply(d.stored)
	}
	d.moves = nil
	image := Image{}
	for name, f := range d.stored {
		f.tear(random)
		image[name] = f.stored
	}
	return image
}

// Image is what is on the disk when everything was synced.
func (d *Disk) Image() Image {
	d.mu.Lock()
	defer d.mu.Unlock()
	image := Image{}
	for name, f := range d.names {
		image[name] = slices.Clone(f.seen)
	}
	return image
}

func (d *Disk) newFile(data []byte) *file {
	d.files++
	f := &file{number: 1 + d.files, seen: slices.Clone(data), stored: slices.Clone(data), blocks: map[int64]bool{}} // 1 is the directory
	f.allocate(0, int64(len(data)), false)
	return f
}

func (m move) apply(names map[string]*file) {
	for name, f := range m {
		if f == nil {
			delete(names, name)
		} else {
			names[name] = f
		}
	}
}

// rename changes names at once, to be stored by the next sync of the directory. The caller holds the lock.
func (d *Disk) rename(m move) {
	m.apply(d.names)
	d.moves = append(d.moves, m)
}

// failure is what every operation answers without power. The caller holds the lock.
func (d *Disk) failure() syscall.Errno {
	if d.off {
		return syscall.EIO
	}
	return 0
}

// sync runs f, which makes durable what was written when the sync began, in the time that a sync takes.
func (d *Disk) sync(begin func(), end func(forget bool)) syscall.Errno {
	d.mu.Lock()
	faults := d.faults
	if d.faults.Spared > 0 {
		d.faults.Spared--
		faults.Sync = 0
	}
	begin()
	d.mu.Unlock()
	time.Sleep(faults.Delay)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.off {
		return syscall.EIO
	}
	d.syncs++
	end(faults.Sync != 0)
	return faults.Sync
}
