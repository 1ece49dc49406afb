package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/uuid"
	"go.etcd.io/bbolt"

	"github.com/concord-registry/concord/storage"
)

// compactBytes bounds one transaction of a copy, and so its memory.
const compactBytes = 4 << 20

// Compact rewrites a data file that no process has open, without the space that is not in use. Every entry is checked on
// its way: a damaged file is left as it is, with ErrCorrupt. The new file is read back before it takes the name of the old
// one, so that a crash at any moment leaves one of the two. step, which may be nil, is called for every entry, with how
// many there are at most; the sizes are those of the file before and after.
func Compact(ctx context.Context, path string, step func(done, total int)) (before, after int64, err error) {
	opt := fileOptions(defaultLockTimeout)
	opt.ReadOnly = true
	db, err := openFile(path, opt)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	info, err := os.Stat(path)
	if err != nil {
		return 0, 0, err
	}
	draft, err := newDraft(path)
	if err != nil {
		return 0, 0, err
	}
	defer os.Remove(draft)
	source := newStore(path, db, 0)
	if err := copyInto(ctx, source, draft, step); err != nil {
		return 0, 0, err
	}
	if err := CheckApart(ctx, draft); err != nil {
		return 0, 0, fmt.Errorf("the compacted copy does not read back; the file is as it was: %w", err)
	}
	small, err := os.Stat(draft)
	if err != nil {
		return 0, 0, err
	}
	if err := os.Chmod(draft, info.Mode().Perm()); err != nil {
		return 0, 0, err
	}
	if err := os.Rename(draft, path); err != nil {
		return 0, 0, err
	}
	return info.Size(), small.Size(), syncDir(filepath.Dir(path))
}

// newDraft makes an empty file beside a data file, under a name that the next start would sweep away.
func newDraft(path string) (string, error) {
	draft, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return "", err
	}
	return draft.Name(), draft.Close()
}

// copyInto copies every entry of a store into a new file, which it syncs and closes.
func copyInto(ctx context.Context, source *Store, path string, step func(done, total int)) (err error) {
	// Nobody needs a half-written copy, so it is synced once, at the end.
	target, err := bbolt.Open(path, 0o600, &bbolt.Options{FreelistType: bbolt.FreelistMapType, NoSync: true, NoGrowSync: true})
	if err != nil {
		return err
	}
	target.AllocSize = 1 << 20 // the file ends that close behind its last entry
	defer func() { err = errors.Join(err, target.Sync(), target.Close()) }()
	tx, err := source.db.Begin(false)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // only gives up the snapshot
	snapshot := source.snapshot(tx)
	defer snapshot.guard(&err)
	if err := source.recognise(&snapshot); err != nil {
		return err
	}
	total, err := snapshot.entriesAtMost()
	if err != nil {
		return err
	}
	c := &copier{ctx: ctx, target: target, total: total, step: step}
	defer c.giveUp()
	for _, tree := range layouts[Format].trees {
		if err := c.tree(&snapshot, tree); err != nil {
			return err
		}
	}
	if err := c.commit(); err != nil {
		return err
	}
	return settleHeads(target)
}

// entriesAtMost estimates the entries of the file from the totals that it keeps.
func (s *snapshot) entriesAtMost() (int, error) {
	c, err := s.counts()
	if err != nil {
		return 0, err
	}
	versions := 0
	for code := range typeCount {
		versions += c.live[code] + c.deleted[code]
	}
	return 2*versions + 4*c.schemas + 3*(c.subjects+c.deletedSubjects) + c.contexts + 16, nil
}

// copier writes entries to a new file, many in a transaction.
type copier struct {
	ctx         context.Context
	target      *bbolt.DB
	tx          *bbolt.Tx
	size        int // bytes of the transaction
	done, total int
	step        func(done, total int)
}

// tree copies what lies in one bucket of the newest layout.
func (c *copier) tree(source *snapshot, tree bucket) error {
	if err := c.begin(); err != nil {
		return err
	}
	into, err := c.tx.CreateBucket([]byte(bucketNames[tree]))
	if err != nil {
		return err
	}
	switch {
	case tree == metaBucket:
		err = c.kinds(source, tree)
		return errors.Join(err, c.begin(), putMeta(c.tx, formatKey, binary.BigEndian.AppendUint32(nil, Format)))
	case tree == contentBucket:
		if err := into.SetSequence(source.bucket(tree).Sequence()); err != nil {
			return err
		}
	case tree == indexBucket && !source.layout.has(tree):
		return c.index(source)
	}
	return c.kinds(source, tree)
}

// kinds copies every kind of entries that is to lie in a tree, all together in the order of their keys.
func (c *copier) kinds(source *snapshot, tree bucket) error {
	var places []*place
	for _, from := range source.layout.trees {
		if layouts[Format].has(from) && layouts[Format].tree[from] == tree {
			p := &place{snapshot: source, tree: from, cursor: source.bucket(from).Cursor()}
			p.move(p.cursor.First)
			places = append(places, p)
		}
	}
	for {
		least := leastOf(places)
		if least == nil {
			return nil
		}
		b := source.layout.kindOf(least.tree, least.key)
		if _, ok := unseal(b, least.key, least.value); !ok {
			return source.corrupt(b, least.key, "its checksum does not match")
		}
		if err := c.put(tree, least.key, least.value); err != nil {
			return err
		}
		least.move(least.cursor.Next)
	}
}

// place is where a copy of a tree has got to; its key is nil at the end.
type place struct {
	snapshot   *snapshot
	tree       bucket
	cursor     *bbolt.Cursor
	key, value []byte
}

func (p *place) move(step func() (key, value []byte)) {
	p.snapshot.inside = true
	p.key, p.value = step()
	p.snapshot.inside = false
}

// leastOf returns the place with the least key; nil when all are at their end.
func leastOf(places []*place) (least *place) {
	for _, p := range places {
		if p.key != nil && (least == nil || bytes.Compare(p.key, least.key) < 0) {
			least = p
		}
	}
	return least
}

// index makes the index that format 1 lacks from what it has.
func (c *copier) index(source *snapshot) error {
	return source.scan(guidBucket, nil, nil, func(key, _ []byte) (bool, error) {
		guid := key[:min(len(uuid.UUID{}), len(key))]
		context, id, ok := splitContextID(key[len(guid):])
		if !ok {
			return false, source.malformed(guidBucket, key)
		}
		value, err := source.idValue(context, id)
		if err != nil {
			return false, err
		}
		if value == nil {
			return false, source.corrupt(guidBucket, key, "the id it names is missing")
		}
		_, entry := layouts[Format].keyEntries(nil, context, storage.ContentKey{GUID: uuid.UUID(guid), Sum: value.sum})
		entry = appendNumber(entry, id)
		return true, c.put(indexBucket, entry, seal(indexBucket, entry, begin(0)))
	})
}

func (c *copier) begin() (err error) {
	if c.tx == nil {
		c.tx, err = c.target.Begin(true)
	}
	return err
}

func (c *copier) put(b bucket, key, value []byte) error {
	if err := c.begin(); err != nil {
		return err
	}
	into := c.tx.Bucket([]byte(bucketNames[b]))
	into.FillPercent = 1 // keys come in order, so no page that is left is inserted into
	if err := into.Put(key, value); err != nil {
		return err
	}
	c.done++
	if c.step != nil {
		c.step(c.done, c.total)
	}
	if c.size += len(key) + len(value); c.size < compactBytes {
		return nil
	}
	return errors.Join(c.commit(), c.ctx.Err())
}

// giveUp abandons a transaction that an error has left open; the file could not be closed otherwise.
func (c *copier) giveUp() {
	if c.tx != nil {
		_ = rollback(c.tx)
	}
}

func (c *copier) commit() error {
	if c.tx == nil {
		return nil
	}
	tx := c.tx
	c.tx, c.size = nil, 0
	return tx.Commit()
}
