package object

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/klauspost/compress/zlib"
)

// PackAll writes all objects of the repository as one pack. They are not inflated: what is
// stored as a difference stays one, and of an object that several packs have the first counts,
// as with reading. So they are not checked either; whoever gets them names them by their
// content. The error matches [ErrDamaged] if a pack cannot be what git wrote.
func (db *DB) PackAll(ctx context.Context, to io.Writer) error {
	u := &union{db: db, ctx: ctx, at: map[plumbing.Hash]int64{}, dec: newDecoder(), hash: sha1.New()}
	if err := u.list(); err != nil {
		return err
	}
	u.to = bufio.NewWriterSize(to, 64<<10)
	if err := u.write(binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), uint32(len(u.at)))); err != nil {
		return err
	}
	for _, add := range u.adds {
		if err := cmp.Or(ctx.Err(), add()); err != nil {
			return err
		}
	}
	if _, err := u.to.Write(u.hash.Sum(nil)); err != nil {
		return err
	}
	return u.to.Flush()
}

// union is a pack of all that several have.
type union struct {
	db   *DB
	ctx  context.Context
	at   map[plumbing.Hash]int64 // where each object begins; 0 as long as it is not written
	adds []func() error          // write what a pack, or a folder, has that none before it has

	to     *bufio.Writer
	hash   hash.Hash
	offset int64
	dec    *decoder
}

// list finds out which objects there are.
func (u *union) list() error {
	for _, dir := range u.db.dirs {
		for _, p := range dir.packs {
			entries, err := p.entries()
			if err != nil {
				return err
			}
			fresh := make([]bool, len(entries))
			for i, e := range entries {
				fresh[i] = u.isNew(e.name)
			}
			u.adds = append(u.adds, func() error { return u.addPack(p, entries, fresh) })
		}
		loose, err := dir.looseNames()
		if err != nil {
			return err
		}
		loose = slices.DeleteFunc(loose, func(h plumbing.Hash) bool { return !u.isNew(h) })
		u.adds = append(u.adds, func() error { return u.addLoose(loose) })
	}
	if len(u.at) > maxReachable {
		return &LimitError{"objects of a repository", maxReachable}
	}
	return nil
}

func (u *union) isNew(h plumbing.Hash) bool {
	_, there := u.at[h]
	if !there {
		u.at[h] = 0
	}
	return !there
}

// entryAt is where an object begins.
type entryAt struct {
	name   plumbing.Hash
	offset int64
}

// entries lists what a pack has, in order.
func (p *pack) entries() ([]entryAt, error) {
	all, err := p.inOrder()
	if err != nil {
		return nil, err
	}
	list := make([]entryAt, len(all))
	for i, o := range all {
		list[i].offset = o.offset
		if err := p.nameAt(o.number, &list[i].name); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// addPack adds the entries of a pack that are new.
func (u *union) addPack(p *pack, entries []entryAt, fresh []bool) error {
	file, err := p.open()
	if err != nil {
		return err
	}
	byOffset := make(map[int64]plumbing.Hash, len(entries))
	for i, e := range entries {
		byOffset[e.offset] = e.name
		end := file.size - int64(plumbingHashSize)
		if i+1 < len(entries) {
			end = entries[i+1].offset
		}
		if !fresh[i] {
			continue
		}
		if err := cmp.Or(u.ctx.Err(), u.addEntry(file, e, end, byOffset)); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

// addEntry copies an entry. A base lies elsewhere in the new pack, but before it still.
func (u *union) addEntry(file *packFile, e entryAt, end int64, byOffset map[int64]plumbing.Hash) error {
	if err := u.db.budget.Spend(max(end-e.offset, 0)); err != nil {
		return err
	}
	h, err := u.dec.readHead(file, e.offset)
	if err != nil {
		return damaged(unexpected(err))
	}
	head, start := entryHead(h.typ, int(h.size)), u.offset
	switch h.typ {
	case plumbing.OFSDeltaObject:
		name, ok := byOffset[h.base]
		if !ok || u.at[name] == 0 {
			return fmt.Errorf("%w: a delta's base is no object", errPack)
		}
		head = appendDistance(head, start-u.at[name])
	case plumbing.REFDeltaObject: // gitoxide finds no base by name in the pack that it reads
		switch at, ok := u.at[h.ref]; {
		case !ok:
			return fmt.Errorf("%w: a delta's base is missing", errPack)
		case at != 0:
			head = appendDistance(entryHead(plumbing.OFSDeltaObject, int(h.size)), start-at)
		default:
			head = append(head, h.ref[:]...)
		}
	}
	u.at[e.name] = start
	data := u.dec.part.at - int64(u.dec.src.Buffered())
	if data > end {
		return fmt.Errorf("%w: its index has an object within another", errPack)
	}
	if err := u.write(head); err != nil {
		return err
	}
	return u.copy(io.NewSectionReader(file, data, end-data))
}

// appendDistance appends what readBase reads.
func appendDistance(head []byte, distance int64) []byte {
	text := []byte{byte(distance & 0x7f)}
	for distance >>= 7; distance > 0; distance >>= 7 {
		distance--
		text = append(text, byte(distance&0x7f)|0x80)
	}
	slices.Reverse(text)
	return append(head, text...)
}

// addLoose adds objects that lie in files of their own, of which the heads are others.
func (u *union) addLoose(names []plumbing.Hash) error {
	z := zlib.NewWriter(io.Discard)
	for _, h := range names {
		u.at[h] = u.offset
		var written error
		err := u.db.any(u.ctx, h, func(typ plumbing.ObjectType, data []byte) {
			written = u.write(entryHead(typ, len(data)))
			z.Reset(unionWriter{u})
			if _, err := z.Write(data); written == nil {
				written = err
			}
			if err := z.Close(); written == nil {
				written = err
			}
		})
		if err := cmp.Or(err, written, u.ctx.Err()); err != nil {
			return err
		}
	}
	return nil
}

type unionWriter struct{ *union }

func (w unionWriter) Write(b []byte) (int, error) { return len(b), w.write(b) }

func (u *union) write(b []byte) error {
	u.hash.Write(b)
	u.offset += int64(len(b))
	_, err := u.to.Write(b)
	return err
}

func (u *union) copy(from io.Reader) error {
	n, err := io.Copy(struct{ io.Writer }{io.MultiWriter(u.to, u.hash)}, from)
	u.offset += n
	return err
}

// looseNames lists the objects that lie in files of their own.
func (d *objectDir) looseNames() (names []plumbing.Hash, err error) {
	err = d.eachLoose(func(folder, file string) error {
		names = append(names, plumbing.NewHash(folder+file))
		return nil
	})
	return names, err
}
