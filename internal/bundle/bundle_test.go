package bundle_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"cargohome/crate"
	"cargohome/internal/bundle"
	"cargohome/internal/cargotest"
	"cargohome/internal/tarball"
)

var formats = []tarball.Format{tarball.Tar, tarball.Gzip, tarball.Zstd}

// contents is what files of a bundle hold, by path.
type contents map[string]string

// manifest returns one of all that c has.
func (c contents) manifest() *bundle.Manifest {
	m := &bundle.Manifest{Lockfiles: []bundle.Lockfile{{SHA256: lockSum}}}
	for path, data := range c {
		e := bundle.Entry{Path: path}
		if e.IsFile() {
			e.Size, e.Sum = int64(len(data)), crate.Sum([]byte(data))
		}
		m.Entries = append(m.Entries, e)
	}
	slices.SortFunc(m.Entries, func(a, b bundle.Entry) int { return bundle.Compare(a.Path, b.Path) })
	return m
}

// of returns what opens what a manifest has.
func (c contents) of(m *bundle.Manifest) func(i int) (io.ReadCloser, error) {
	return func(i int) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(c[m.Entries[i].Path])), nil }
}

const lockText = "# This file"

var lockSum = crate.Sum([]byte(lockText)).String()

// sample has files of all sizes, and of one the path is long.
func sample() contents {
	const src = "registry/src/" + cargotest.CratesIO + "/a-1.0.0/"
	c := contents{
		"registry/cache/" + cargotest.CratesIO + "/a-1.0.0.crate":               strings.Repeat("incompressible?", 1<<10),
		"registry/cache/" + cargotest.CratesIO + "/large-1.0.0+meta.crate":      strings.Repeat("0123456789", 600_000),
		"registry/index/" + cargotest.CratesIO + "/config.json":                 cargotest.ConfigJSON,
		"registry/index/" + cargotest.CratesIO + "/.cache/1/a":                  strings.Repeat("{}", 300_000),
		"git/db/dep-0123456789abcdef/HEAD":                                      bundle.GitHead,
		"git/db/dep-0123456789abcdef/refs/":                                     "",
		src + strings.Repeat("long/", 60) + "x":                                 "x",
		src + "empty":                                                           "",
		src + "empty.rs":                                                        "é",
		"cargohome/lockfiles/" + lockSum + ".lock":                              lockText,
		"git/checkouts/dep-0123456789abcdef/1234567/.git/refs/":                 "",
		"git/checkouts/dep-0123456789abcdef/1234567/" + strings.Repeat("é", 99): "é",
	}
	return c
}

func write(t *testing.T, c contents, m *bundle.Manifest, o bundle.WriteOptions) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := bundle.Write(t.Context(), &b, m, o, c.of(m)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// readAll reads a whole bundle.
func readAll(data []byte, o *bundle.Options) (*bundle.Manifest, contents, error) {
	r, err := bundle.NewReader(bytes.NewReader(data), o)
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	c := contents{}
	for {
		e, err := r.Next()
		if err == io.EOF {
			return r.Manifest, c, nil
		}
		if err != nil {
			return r.Manifest, c, err
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return r.Manifest, c, err
		}
		c[e.Path] = string(data)
	}
}

// What is written is read, in every format, and the bytes do not depend on who writes.
func TestWrite_read(t *testing.T) {
	want := sample()
	for _, f := range formats {
		var first []byte
		for _, jobs := range []int{1, 2, 7} {
			data := write(t, want, want.manifest(), bundle.WriteOptions{Options: tarball.Options{Format: f, Jobs: jobs}})
			if first == nil {
				first = data
			}
			if !bytes.Equal(first, data) {
				t.Errorf("%s: other bytes with %d jobs", f, jobs)
			}
		}
		m, got, err := readAll(first, nil)
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		if len(got) != len(want) || m.Container != string(f) {
			t.Errorf("%s: %d entries of %d, container %s", f, len(got), len(want), m.Container)
		}
		for path, data := range want {
			if got[path] != data {
				t.Errorf("%s: %s has %d bytes, not %d", f, path, len(got[path]), len(data))
			}
		}
		if f != tarball.Tar && len(first) < 6_000_000 {
			t.Errorf("%s: the archives were compressed again: %d bytes", f, len(first))
		}
	}
}

// A signature is read before the manifest is made anything of.
func TestWrite_signed(t *testing.T) {
	c := sample()
	var signed []byte
	sign := func(manifest []byte) ([]byte, error) { signed = manifest; return []byte("signature"), nil }
	data := write(t, c, c.manifest(), bundle.WriteOptions{Options: tarball.Options{Format: tarball.Tar}, Sign: sign})
	asked := false
	trust := func(manifest, signature []byte) error {
		asked = true
		if !bytes.Equal(manifest, signed) || string(signature) != "signature" {
			t.Errorf("asked about %q", signature)
		}
		return nil
	}
	if m, _, err := readAll(data, &bundle.Options{Trust: trust}); err != nil || !asked || m.Sum != crate.Sum(signed) {
		t.Errorf("%v, asked %v", err, asked)
	}
	errDistrust := errors.New("nobody knows that key")
	if _, _, err := readAll(data, &bundle.Options{Name: "b.tar", Trust: func(_, _ []byte) error { return errDistrust }}); !errors.Is(err, errDistrust) || !strings.HasPrefix(err.Error(), "b.tar: ") {
		t.Error(err)
	}
}

// What is held is in the manifest alone.
func TestWrite_delta(t *testing.T) {
	c := sample()
	m := c.manifest()
	m.Since = []string{strings.Repeat("0", 64)}
	for i := range m.Entries {
		m.Entries[i].Held = i%2 == 0
	}
	got, files, err := readAll(write(t, c, m, bundle.WriteOptions{Options: tarball.Options{Format: tarball.Tar}}), nil)
	if err != nil || len(files) != len(c)/2 || len(got.Entries) != len(c) || !got.IsDelta() {
		t.Errorf("%d of %d, %v", len(files), len(c), err)
	}
}

// Content that is not what the manifest says is not written.
func TestWrite_refused(t *testing.T) {
	const small, large = "registry/cache/" + cargotest.CratesIO + "/a-1.0.0.crate", "registry/cache/" + cargotest.CratesIO + "/large-1.0.0+meta.crate"
	for _, path := range []string{small, large} {
		for what, change := range map[string]func(string) string{
			"other":   func(s string) string { return "x" + s[1:] },
			"shorter": func(s string) string { return s[1:] },
		} {
			c := sample()
			m := c.manifest()
			c[path] = change(c[path])
			err := bundle.Write(t.Context(), io.Discard, m, bundle.WriteOptions{Options: tarball.Options{Format: tarball.Tar}}, c.of(m))
			refused, ok := errors.AsType[*bundle.Error](err)
			if !ok || refused.Entry != path || !errors.Is(err, bundle.ErrEntry) {
				t.Errorf("%s %s: %v", what, path, err)
			}
		}
	}
	c := sample()
	c["bin/cargo"] = ""
	m := c.manifest()
	if err := bundle.Write(t.Context(), io.Discard, m, bundle.WriteOptions{Options: tarball.Options{Format: tarball.Tar}}, c.of(m)); !errors.Is(err, bundle.ErrName) {
		t.Error(err)
	}
}

var errFull = errors.New("no space left")

// full takes so many bytes.
type full struct{ left int }

func (f *full) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

// What cannot be written is an error, wherever it ends.
func TestWrite_full(t *testing.T) {
	c := sample()
	for _, f := range formats {
		o := bundle.WriteOptions{Options: tarball.Options{Format: f, Jobs: 2}}
		m := c.manifest()
		whole := len(write(t, c, m, o))
		for _, room := range []int{0, 100, 600, whole / 2, whole - 1} {
			if err := bundle.Write(t.Context(), &full{room}, m, o, c.of(m)); !errors.Is(err, errFull) {
				t.Errorf("%s, %d bytes: %v", f, room, err)
			}
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	m := c.manifest()
	if err := bundle.Write(ctx, io.Discard, m, bundle.WriteOptions{Options: tarball.Options{Format: tarball.Tar}}, c.of(m)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// The rules of the tests make what the program makes.
func TestSample(t *testing.T) {
	b := cargotest.SampleBundle()
	m, got, err := readAll(b.Bytes(), nil)
	if err != nil {
		t.Fatal(err)
	}
	again := write(t, got, &bundle.Manifest{Entries: m.Entries}, bundle.WriteOptions{Options: tarball.Options{Format: tarball.Tar}})
	if !bytes.Equal(again, b.Bytes()) {
		t.Error("it is written otherwise")
	}
}

// Every hostile bundle is refused by its name, and what was handed on before is what the
// manifest says.
func TestReader_hostile(t *testing.T) {
	sound := map[string]string{}
	for _, e := range cargotest.SampleBundle().Entries {
		sound[e.Path] = e.Data
	}
	cases := cargotest.HostileBundles()
	if len(cases) < 60 {
		t.Errorf("only %d", len(cases))
	}
	seen := map[string]bool{}
	for _, h := range cases {
		_, got, err := readAll(h.Bytes(), &bundle.Options{Name: "evil.tar"})
		switch {
		case seen[h.Name]:
			t.Errorf("%s is there twice", h.Name)
		case err == nil || !strings.HasPrefix(err.Error(), "evil.tar: ") || !strings.Contains(err.Error(), h.Says):
			t.Errorf("%s: %v, want %q", h.Name, err, h.Says)
		}
		seen[h.Name] = true
		for path, data := range got {
			if sound[path] != data {
				t.Errorf("%s: handed on %s", h.Name, path)
			}
		}
	}
}

// A file that is cut off anywhere is refused.
func TestReader_cut(t *testing.T) {
	c := contents{"registry/index/" + cargotest.CratesIO + "/config.json": cargotest.ConfigJSON, "git/db/dep-0123456789abcdef/refs/": ""}
	for _, f := range formats {
		data := write(t, c, c.manifest(), bundle.WriteOptions{Options: tarball.Options{Format: f}})
		for n := range len(data) {
			if _, _, err := readAll(data[:n], nil); err == nil {
				t.Fatalf("%s: read with %d bytes of %d", f, n, len(data))
			}
		}
	}
}

// So is one with something behind it, which the error says.
func TestReader_more(t *testing.T) {
	c := contents{"registry/index/" + cargotest.CratesIO + "/config.json": cargotest.ConfigJSON}
	for _, f := range formats {
		data := write(t, c, c.manifest(), bundle.WriteOptions{Options: tarball.Options{Format: f}})
		for _, more := range []string{"x", strings.Repeat("x", 100)} {
			if _, _, err := readAll(append(slices.Clip(data), more...), nil); err == nil || !strings.Contains(err.Error(), "behind its") {
				t.Errorf("%s, with %d bytes more: %v", f, len(more), err)
			}
		}
	}
}

// A flipped bit anywhere behind the manifest is noticed; that is for a signature.
func TestReader_flipped(t *testing.T) {
	data := cargotest.SampleBundle().Bytes()
	for i := bytes.Index(data, []byte(bundle.GitHead)); i < len(data); i += 5 {
		data[i] ^= 1 << (i % 8)
		if _, _, err := readAll(data, nil); err == nil {
			t.Fatalf("byte %d is another", i)
		}
		data[i] ^= 1 << (i % 8)
	}
}

func FuzzParseManifest(f *testing.F) {
	f.Add([]byte(cargotest.SampleBundle().Manifest()))
	f.Add([]byte(cargotest.BundleHead + "\n"))
	f.Add([]byte(cargotest.SmallBundle(cargotest.SmallSample()).Manifest()))
	patched := cargotest.SmallSample()
	patched.Base, patched.BaseSum = "a-0.9.0.crate", lockSum
	f.Add([]byte(cargotest.SmallBundle(patched).Manifest()))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := bundle.ParseManifest(text)
		if err != nil {
			return
		}
		if again, err := m.Text(); err != nil || !bytes.Equal(again, text) {
			t.Errorf("%q is written as %q, %v", text, again, err)
		}
		for i := range m.Entries {
			e := &m.Entries[i]
			if strings.Contains("/"+e.Path, "/../") || strings.HasPrefix(e.Path, "/") || m.Find(e.Path) != e {
				t.Errorf("%q", e.Path)
			}
			_, _ = e.Kind(), e.Folder()
		}
	})
}

func FuzzReader(f *testing.F) {
	f.Add(cargotest.SampleBundle().Bytes())
	for _, h := range cargotest.HostileBundles() {
		if !strings.HasSuffix(h.Name, "bomb") {
			f.Add(h.Bytes())
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, got, err := readAll(data, nil)
		if err != nil {
			return
		}
		for i := range m.Entries {
			e := &m.Entries[i]
			if e.IsFile() && !e.Held && e.Sum != crate.Sum([]byte(got[e.Path])) {
				t.Errorf("%q was handed on", e.Path)
			}
		}
	})
}
