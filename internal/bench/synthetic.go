package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"cargohome/internal/cargotest"
	"cargohome/internal/par"
)

// sizes are the numbers of crates that growth is shown with. All are in one home.
var sizes = []int{1_000, 3_000, 10_000}

func syntheticScene(n int) string { return fmt.Sprint("synthetic ", n) }

var syntheticCases = []work{
	{name: "vendor, cold", gone: []string{vendorDir}, cargohome: ofLock("vendor", vendorDir)},
	{name: "vendor, unchanged", again: true, cargohome: ofLock("vendor", "--no-stat-cache", vendorDir)},
	{name: "reextract", gone: []string{sources}, cargohome: ofLock("reextract")},
	{name: "vendor --dry-run", gone: []string{vendorDir}, cargohome: ofLock("vendor", "--dry-run", vendorDir)},
}

func ofLock(args ...string) []string { return append(args, "--quiet", "--lockfile-path", "$LOCK") }

// measureSynthetic makes the home if any of the cases is wanted.
func (b *bench) measureSynthetic(ctx context.Context, p *place) error {
	most := 0
	for _, n := range sizes {
		if b.opts.wantsAny(syntheticScene(n), syntheticCases) {
			most = n
		}
	}
	if most == 0 {
		return nil
	}
	fmt.Fprintf(os.Stderr, "bench: making a home of %d crates\n", most)
	home := filepath.Join(p.dir, "synthetic-home")
	locked, err := makeCrates(ctx, home, most)
	if err != nil {
		return err
	}
	for _, n := range sizes {
		if n > most {
			break
		}
		if err := b.measureGrowth(ctx, p, home, locked[:n]); err != nil {
			return err
		}
	}
	return p.discard(home)
}

func (b *bench) measureGrowth(ctx context.Context, p *place, home string, locked []cargotest.Locked) error {
	s, err := newScene(p, syntheticScene(len(locked)))
	if err != nil {
		return err
	}
	s.home, s.crates = home, len(locked)
	if err := os.WriteFile(filepath.Join(s.project, "Cargo.lock"), []byte(growthLock(locked)), 0o666); err != nil {
		return err
	}
	return b.measureCases(ctx, s, syntheticCases)
}

// growthLock is the lockfile of a package that depends on all others.
func growthLock(locked []cargotest.Locked) string {
	root := cargotest.Locked{Ref: cargotest.Ref{Name: "growth", Version: "0.1.0"}}
	for _, l := range locked {
		root.Deps = append(root.Deps, l.Ref)
	}
	return cargotest.LockText(4, append([]cargotest.Locked{root}, locked...))
}

// makeCrates makes a home of n crates.
func makeCrates(ctx context.Context, dir string, n int) (locked []cargotest.Locked, err error) {
	defer recoverFailure(&err)
	registry := cargotest.NewHome(thrower{}, dir).Registry(cargotest.CratesIO)
	locked = make([]cargotest.Locked, n)
	errs := par.Do(ctx, 0, n, newArchiver, func(a *archiver, i int) (err error) {
		defer recoverFailure(&err)
		locked[i], err = a.add(registry, syntheticCrate(i))
		return err
	})
	return locked, errors.Join(errs...)
}

// thrower gives up on a fixture by a panic, which recoverFailure makes an error again:
// the fixtures are made for tests, which can be ended anywhere.
type thrower struct{}

type failure struct{ error }

func (thrower) Fatalf(format string, args ...any) { panic(failure{fmt.Errorf(format, args...)}) }

func recoverFailure(err *error) {
	switch f := recover().(type) {
	case nil:
	case failure:
		*err = f.error
	default:
		panic(f)
	}
}

// archiver makes archives, reusing what it allocates. It compresses less than Cargo
// does, which would take minutes.
type archiver struct {
	gz *gzip.Writer
	b  bytes.Buffer
}

func newArchiver() *archiver { return &archiver{gz: gzip.NewWriter(nil)} }

func (a *archiver) add(r *cargotest.Registry, c cargotest.Crate) (locked cargotest.Locked, err error) {
	a.b.Reset()
	a.gz.Reset(&a.b)
	a.gz.Name = c.Stem() + ".crate"
	if _, err := a.gz.Write(c.Tar()); err != nil {
		return locked, err
	}
	if err := a.gz.Close(); err != nil {
		return locked, err
	}
	sum := cargotest.Checksum(a.b.Bytes())
	r.AddArchive(c.Stem(), a.b.Bytes())
	c.Files = nil // the line does not need them, and computing it would compress them
	r.AddLine(c.Name, c.IndexLine(sum))
	ref := cargotest.Ref{Name: c.Name, Version: c.Version, Source: cargotest.CratesIOSource}
	return cargotest.Locked{Ref: ref, Checksum: sum}, nil
}

// syntheticCrate has, beside what all crates have, four files of 1 to 20 KiB.
func syntheticCrate(i int) cargotest.Crate {
	random := rand.New(rand.NewPCG(uint64(i), 0))
	c := cargotest.Crate{Name: fmt.Sprintf("crate-%05d", i), Version: fmt.Sprintf("1.%d.0", i%7)}
	for _, path := range []string{"README.md", "src/item.rs", "src/parse/mod.rs", "tests/all.rs"} {
		c.Files = append(c.Files, cargotest.File{Path: path, Content: prose(random, 1<<10+random.IntN(19<<10))})
	}
	return c
}

var words = strings.Fields(`pub fn let mut match self Self impl for in if else return use crate mod struct enum const static
	where Some None Ok Err String Vec Option Result usize u8 i64 bool str -> => :: == != && || {} () [] <T> &self
	value index buffer length reader writer parse error offset token stream state next push insert 0 1 0x7f "text"`)

// prose is about as compressible as source text: to a fifth.
func prose(random *rand.Rand, size int) string {
	var b strings.Builder
	for b.Len() < size {
		for range 3 + random.IntN(9) {
			b.WriteString(words[random.IntN(len(words))])
			b.WriteByte(' ')
		}
		b.WriteString(";\n        "[:2+random.IntN(8)])
	}
	return b.String()[:size]
}
