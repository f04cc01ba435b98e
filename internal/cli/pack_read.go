package cli

import (
	"fmt"
	"os"

	"cargohome/internal/bundle"
	"cargohome/internal/fsx"
	"cargohome/internal/ui"
)

// loadBundle reads a bundle, or a list of one, from its first byte to its last.
func (r *run) loadBundle(name string) (*bundle.Manifest, error) {
	if name == "-" {
		return bundle.Load(os.Stdin, &bundle.Options{Name: "stdin"})
	}
	file, err := os.Open(r.path(name))
	if err != nil {
		return nil, missing("bundle", err)
	}
	defer file.Close()
	return bundle.Load(file, &bundle.Options{Name: name})
}

// openShelf opens an old bundle for taking archives from it, if it is one for that.
func (r *run) openShelf(j *packJob, old string) {
	file, _, err := fsx.OpenRegular(r.path(old)) // a pipe has nothing more to say
	if err != nil {
		return
	}
	if shelf := shelfOf(file); shelf != nil {
		j.shelf, j.olds = append(j.shelf, shelf), append(j.olds, file)
		return
	}
	_ = file.Close() // which was only read
}

func shelfOf(file *os.File) *bundle.Shelf {
	at, size := regular(file)
	b, err := bundle.NewReader(file, nil)
	if err != nil || at == nil {
		return nil
	}
	defer b.Close()
	shelf, err := b.Shelf(at, size)
	if err != nil {
		return nil
	}
	return shelf
}

// close closes the old bundles.
func (j *packJob) close() {
	for _, old := range j.olds {
		_ = old.Close() // which was only read
	}
}

// listBundle prints what is in a bundle.
func (r *run) listBundle(name string) error {
	m, err := r.loadBundle(name)
	if err != nil {
		return err
	}
	text, err := m.Text()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return r.out.Print(&ui.BundleListed{Bundle: name, Content: ui.NewContent(m), Entries: m.Entries, Text: text})
}

// diffBundles prints what changed from one to another.
func (r *run) diffBundles(from, to string) error {
	a, err := r.loadBundle(from)
	if err != nil {
		return err
	}
	b, err := r.loadBundle(to)
	if err != nil {
		return err
	}
	return r.out.Print(&ui.BundleDiff{From: from, To: to, Changes: append([]bundle.Change{}, bundle.Diff(a, b)...)})
}
