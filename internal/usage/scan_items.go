package usage

import (
	"errors"
	"path"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/par"
)

// batchSize is how many items are measured at a time, on all processors.
const batchSize = 256

// containers enters the folders of a component that hold items.
func (s *scan) containers(kind Kind) func(dir fsx.Folder, at string, e entry) error {
	return func(dir fsx.Folder, at string, e entry) error {
		if !e.Mode.IsDir() || !home.IsFolderName(e.name) {
			return s.other(dir, at, e, "")
		}
		s.count(kind, e.name, e, 0)
		return s.enter(dir, at, e, func(sub fsx.Folder) error { return s.items(sub, at, kind) })
	}
}

// items tells of the items in a folder, a batch at a time: it may hold a hundred
// thousand.
func (s *scan) items(dir fsx.Folder, at string, kind Kind) error {
	self, err := dir.Self()
	if err != nil {
		s.problem(at, err)
		return nil
	}
	var batch []entry
	err = read(dir, func(e entry) error {
		if batch = append(batch, e); len(batch) < batchSize {
			return nil
		}
		err := s.batch(dir, at, kind, self.Dev, batch)
		batch = batch[:0]
		return err
	})
	if errors.Is(err, s.ctx.Err()) && s.ctx.Err() != nil {
		return err
	}
	s.problem(at, err)
	return s.batch(dir, at, kind, self.Dev, batch)
}

func (s *scan) batch(dir fsx.Folder, at string, kind Kind, dev uint64, batch []entry) error {
	slices.SortFunc(batch, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	items := make([]*Item, len(batch))
	errs := par.Each(s.ctx, s.jobs, len(batch), func(i int) error {
		if id, ok := isItem(kind, batch[i]); ok {
			items[i] = s.newItem(kind, folderOf(at), batch[i].name, batch[i], s.measured(dir, batch[i]))
			items[i].id = id
			if batch[i].Dev != dev {
				items[i].err = fsx.ErrMount
			}
		}
		return nil
	})
	for i, e := range batch {
		if errs[i] != nil {
			return errs[i]
		}
		if items[i] != nil {
			s.to.item(items[i])
		} else if err := s.other(dir, path.Join(at, e.name), e, ""); err != nil {
			return err
		}
	}
	return s.ctx.Err()
}

// isItem reports whether something has the name and the type that Cargo gives to
// items of a kind.
func isItem(kind Kind, e entry) (id crate.ID, ok bool) {
	switch kind {
	case Archive:
		stem, isCrate := strings.CutSuffix(e.name, ".crate")
		id, err := home.ParseStem(stem)
		return id, isCrate && err == nil && e.Mode.IsRegular()
	case Source:
		id, err := home.ParseStem(e.name)
		return id, err == nil && e.Mode.IsDir()
	}
	return crate.ID{}, e.Mode.IsDir() && isShort(e.name)
}

// isShort: a checkout is named by the first digits of its commit, seven as a rule.
func isShort(name string) bool {
	return len(name) >= 4 && len(name) <= 40 && strings.Trim(name, "0123456789abcdef") == ""
}

func (s *scan) newItem(kind Kind, folder, name string, e entry, t *extent) *Item {
	item := &Item{Kind: kind, Folder: folder, Name: name, Size: t.size, links: t.links, err: t.err, Used: max(e.Modified.Unix(), t.used)}
	if kind == Archive {
		item.Used = max(e.Modified.Unix(), e.Accessed.Unix()) // read when it is unpacked or vendored
	}
	if t.mount || s.mounted(item.Path()) {
		item.err = fsx.ErrMount
	}
	return item
}

// mounted reports whether anything is mounted at the path of an item or below, or at
// the folder NAME that it is in. Containers mount what is above that.
func (s *scan) mounted(at string) bool {
	above := path.Dir(at)
	return s.mounts.Within(at) || strings.Count(above, "/") == 2 && slices.Contains(s.mounts, above)
}
