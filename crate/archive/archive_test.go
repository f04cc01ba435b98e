package archive_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/cargotest"
	"cargohome/internal/staging"
)

// What is wrong with the bytes comes in place of their end, and again after that.
func TestArchive_Open(t *testing.T) {
	data := cargotest.Gzip("x", tarOf(manifest))
	sum, other := crate.Sum(data), crate.Checksum{}
	for name, c := range map[string]struct {
		change func(*archive.Archive)
		want   error // in place of io.EOF
	}{
		"good":             {func(*archive.Archive) {}, nil},
		"unvouched":        {func(a *archive.Archive) { a.Checksum, a.Unvouched = other, true }, nil},
		"wrong_checksum":   {func(a *archive.Archive) { a.Checksum = other }, &archive.ChecksumError{Want: other, Got: sum}},
		"wrong_size":       {func(a *archive.Archive) { a.Size++ }, &archive.SizeError{Want: int64(len(data)) + 1, Got: int64(len(data))}},
		"unvouched_size":   {func(a *archive.Archive) { a.Unvouched, a.Size = true, 0 }, &archive.SizeError{Want: 0, Got: int64(len(data))}},
		"both_are_wrong":   {func(a *archive.Archive) { a.Checksum, a.Size = other, 1 }, &archive.ChecksumError{Want: other, Got: sum}},
		"not_to_be_redone": {func(a *archive.Archive) { a.Checksum, a.From = other, stream{a.From} }, &archive.ChecksumError{Want: other, Got: sum}},
	} {
		t.Run(name, func(t *testing.T) {
			a := archive.InMemory(hostileID, data)
			c.change(&a)
			r, err := a.Open()
			if err != nil {
				t.Fatal(err)
			}
			read, err := io.ReadAll(r)
			if !slices.Equal(read, data) || !sameError(err, c.want) {
				t.Errorf("%d bytes, %v; want %d, %v", len(read), err, len(data), c.want)
			}
			n, again := r.Read(make([]byte, 1))
			if n != 0 || again != err && !(err == nil && again == io.EOF) {
				t.Errorf("read again: %d, %v", n, again)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
			if err := a.Verify(t.Context()); !sameError(err, c.want) {
				t.Errorf("Verify: %v, want %v", err, c.want)
			}
		})
	}
}

// stream hides that an archive can be read once more.
type stream struct{ archive.Opener }

func (s stream) Open() (io.ReadCloser, error) {
	r, err := s.Opener.Open()
	return struct{ io.ReadCloser }{r}, err
}

func sameError(got, want error) bool {
	if got == nil || want == nil {
		return got == nil && want == nil
	}
	return got.Error() == want.Error()
}

// A file says what size it likes. One that is too large is not opened, and one that
// grows without end not read for long.
func TestArchive_MaxSize(t *testing.T) {
	a := archive.InMemory(hostileID, nil)
	a.Size = archive.MaxSize + 1
	if err := a.Verify(t.Context()); !matches(err, &archive.LimitError{}) || a.From.(*archive.Memory).Opened != 0 {
		t.Errorf("error is %v, opened %d times", err, a.From.(*archive.Memory).Opened)
	}
	if testing.Short() {
		t.Skip("takes long")
	}
	a = archive.Archive{From: endless{}, Unvouched: true}
	if err := a.Verify(t.Context()); !matches(err, &archive.LimitError{}) {
		t.Errorf("without end: %v", err)
	}
}

// endless are bytes that do not end.
type endless struct{}

func (endless) Open() (io.ReadCloser, error)     { return endless{}, nil }
func (endless) Read(p []byte) (n int, err error) { return len(p), nil }
func (endless) Close() error                     { return nil }

func TestPath(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "evil-1.0.0.crate")
	data := cargotest.Gzip("x", tarOf(manifest))
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	a := archive.InMemory(hostileID, data)
	a.From = archive.Path(path)
	if err := a.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{dir, path + "s"} {
		a.From = archive.Path(bad)
		if r, err := a.Open(); r != nil || err == nil {
			t.Errorf("%s: opened, %v", bad, err)
		}
	}
	full := errors.New("no more")
	defer staging.Inject(func(op staging.Op, at string) error {
		if op == staging.OpOpen && at == path {
			return full
		}
		return nil
	})()
	a.From = archive.Path(path)
	if err := a.Verify(t.Context()); !errors.Is(err, full) {
		t.Errorf("opening failed: %v", err)
	}
}

// However bad an archive is, it is opened once, and closed.
func TestArchive_is_opened_once(t *testing.T) {
	var u archive.Unpacker
	dir, made := t.TempDir(), 0
	t.Cleanup(func() { _ = staging.RemoveAll(dir) }) // its folders may not be for writing to
	unpack := func(a archive.Archive) error {
		made++
		tree, err := staging.NewWriter(filepath.Join(dir, strconv.Itoa(made)))
		if err != nil {
			t.Fatal(err)
		}
		_, err = u.Unpack(t.Context(), archive.InTree(tree), a, nil)
		return errors.Join(err, tree.Finish())
	}
	for _, h := range cargotest.HostileArchives() {
		if h.Heavy {
			continue
		}
		data := h.Archive()
		for name, spoil := range map[string]func(*archive.Archive){
			"as_promised": func(*archive.Archive) {},
			"unvouched":   func(a *archive.Archive) { a.Unvouched = true },
			"changed":     func(a *archive.Archive) { a.Checksum[0]++ },
			"truncated":   func(a *archive.Archive) { m := a.From.(*archive.Memory); m.Data = m.Data[:len(m.Data)/2] },
		} {
			for what, use := range map[string]func(archive.Archive) error{
				"Unpack": unpack,
				"Check":  func(a archive.Archive) error { _, err := u.Check(t.Context(), a); return err },
				"Verify": func(a archive.Archive) error { return a.Verify(t.Context()) },
			} {
				a := archive.InMemory(hostileID, data)
				spoil(&a)
				err := use(a)
				if m := a.From.(*archive.Memory); m.Opened != 1 || m.Closed != 1 {
					t.Errorf("%s of %s, %s: opened %d times, closed %d (%v)", what, h.Name, name, m.Opened, m.Closed, err)
				}
			}
		}
	}
}
