//go:build e2e && linux

package disk

import (
	"context"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// root is the directory.
type root struct {
	fs.Inode
	disk *Disk
}

// node is a file as FUSE knows it.
type node struct {
	fs.Inode
	disk *Disk
	file *file
}

var (
	_ fs.NodeLookuper  = (*root)(nil)
	_ fs.NodeReaddirer = (*root)(nil)
	_ fs.NodeCreater   = (*root)(nil)
	_ fs.NodeLinker    = (*root)(nil)
	_ fs.NodeUnlinker  = (*root)(nil)
	_ fs.NodeRenamer   = (*root)(nil)
	_ fs.NodeFsyncer   = (*root)(nil)
	_ fs.NodeStatfser  = (*root)(nil)

	_ fs.NodeGetattrer = (*node)(nil)
	_ fs.NodeSetattrer = (*node)(nil)
	_ fs.NodeOpener    = (*node)(nil)
	_ fs.NodeReader    = (*node)(nil)
	_ fs.NodeWriter    = (*node)(nil)
	_ fs.NodeFsyncer   = (*node)(nil)
	_ fs.NodeStatfser  = (*node)(nil)
)

// entry makes the inode of a file, or finds the one that it has: all names of a file share one, and so what the kernel caches.
func (r *root) entry(ctx context.Context, f *file, out *fuse.EntryOut) *fs.Inode {
	n := &node{disk: r.disk, file: f}
	n.attributes(&out.Attr)
	return r.NewInode(ctx, n, fs.StableAttr{Mode: syscall.S_IFREG, Ino: f.number})
}

func (n *node) attributes(a *fuse.Attr) {
	a.Mode = syscall.S_IFREG | 0o600
	a.Size = uint64(len(n.file.seen))
	a.Blocks = uint64(len(n.file.blocks) * block / 512)
	a.Nlink = 1
}

func (r *root) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	r.disk.mu.Lock()
	defer r.disk.mu.Unlock()
	if errno := r.disk.failure(); errno != 0 {
		return nil, errno
	}
	f := r.disk.names[name]
	if f == nil {
		return nil, syscall.ENOENT
	}
	return r.entry(ctx, f, out), 0
}

func (r *root) Readdir(context.Context) (fs.DirStream, syscall.Errno) {
	r.disk.mu.Lock()
	defer r.disk.mu.Unlock()
	var entries []fuse.DirEntry
	for name := range r.disk.names {
		entries = append(entries, fuse.DirEntry{Name: name, Mode: syscall.S_IFREG})
	}
	return fs.NewListDirStream(entries), r.disk.failure()
}

func (r *root) Create(ctx context.Context, name string, _, _ uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	r.disk.mu.Lock()
	defer r.disk.mu.Unlock()
	if errno := r.disk.failure(); errno != 0 {
		return nil, nil, 0, errno
	}
	f := r.disk.newFile(nil)
	r.disk.rename(move{name: f})
	return r.entry(ctx, f, out), nil, fuse.FOPEN_KEEP_CACHE, 0
}

func (r *root) Link(ctx context.Context, target fs.InodeEmbedder, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	r.disk.mu.Lock()
	defer r.disk.mu.Unlock()
	if errno := r.disk.failure(); errno != 0 {
		return nil, errno
	}
	if r.disk.names[name] != nil {
		return nil, syscall.EEXIST
	}
	f := target.(*node).file
	r.disk.rename(move{name: f})
	return r.entry(ctx, f, out), 0
}

func (r *root) Unlink(_ context.Context, name string) syscall.Errno {
	r.disk.mu.Lock()
	defer r.disk.mu.Unlock()
	if errno := r.disk.failure(); errno != 0 {
		return errno
	}
	r.disk.rename(move{name: nil})
	return 0
}

func (r *root) Rename(_ context.Context, name string, _ fs.InodeEmbedder, newName string, _ uint32) syscall.Errno {
	r.disk.mu.Lock()
	defer r.disk.mu.Unlock()
	if errno := r.disk.failure(); errno != 0 {
		return errno
	}
	r.disk.rename(move{name: nil, newName: r.disk.names[name]})
	return 0
}

func (r *root) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	n := 0
	return r.disk.sync(func() { n = len(r.disk.moves) }, func(forget bool) {
		n = min(n, len(r.disk.moves))
		if !forget {
			for _, m := range r.disk.moves[:n] {
				m.apply(r.disk.stored)
			}
		}
		r.disk.moves = r.disk.moves[n:]
	})
}

func (r *root) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	return r.disk.statfs(out)
}
func (n *node) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	return n.disk.statfs(out)
}

func (d *Disk) statfs(out *fuse.StatfsOut) syscall.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	*out = fuse.StatfsOut{Bsize: block, Frsize: block, Blocks: 1 << 30 / block, NameLen: 255}
	if !d.faults.Full {
		out.Bfree, out.Bavail = out.Blocks, out.Blocks
	}
	return d.failure()
}

func (n *node) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	n.attributes(&out.Attr)
	return n.disk.failure()
}

func (n *node) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	if errno := n.disk.failure(); errno != 0 {
		return errno
	}
	if size, ok := in.GetSize(); ok {
		n.file.resize(int64(size))
	}
	n.attributes(&out.Attr)
	return 0
}

func (n *node) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	return nil, fuse.FOPEN_KEEP_CACHE, n.disk.failure()
}

func (n *node) Read(_ context.Context, _ fs.FileHandle, dest []byte, offset int64) (fuse.ReadResult, syscall.Errno) {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	if errno := n.disk.failure(); errno != 0 {
		return nil, errno
	}
	if errno := n.disk.faults.Read; errno != 0 {
		return nil, errno
	}
	if offset >= int64(len(n.file.seen)) {
		return fuse.ReadResultData(nil), 0
	}
	return fuse.ReadResultData(dest[:copy(dest, n.file.seen[offset:])]), 0
}

func (n *node) Write(_ context.Context, _ fs.FileHandle, data []byte, offset int64) (uint32, syscall.Errno) {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	if errno := n.disk.failure(); errno != 0 {
		return 0, errno
	}
	faults := n.disk.faults
	if faults.Write != 0 {
		return 0, faults.Write
	}
	if faults.Short && len(data) > 1 {
		data = data[:len(data)/2]
	}
	length := n.file.allocate(offset, int64(len(data)), faults.Full)
	if length == 0 {
		return 0, syscall.ENOSPC
	}
	n.file.write(offset, data[:length])
	n.disk.writes++
	return uint32(length), 0
}

func (n *node) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	pending := 0
	return n.disk.sync(func() { pending = len(n.file.pending) }, func(forget bool) { n.file.settle(pending, forget) })
}
