package ui

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cargohome/crate"
	"cargohome/internal/lastuse"
	"cargohome/internal/locate"
	"cargohome/internal/mirror"
	"cargohome/internal/platform"
	"cargohome/internal/reextract"
	"cargohome/internal/registry"
	"cargohome/internal/usage"
	"cargohome/vendoring"
)

var update = flag.Bool("update", false, "rewrite the golden files that differ")

// evil is what nothing is printed of as it is.
const evil = "a\x1b]0;owned\x07\u202eb"

// secret is a URL that is printed without its password, but for a configuration.
const secret = "https://u:hunter2@example.com/x"

func some[T any](v T) *T { return &v }

// results are one of each kind of result, by the name of its golden file.
var results = map[string]Result{
	"vendor":            vendored(true, false),
	"vendor_dry_run":    vendored(false, true),
	"vendor_nothing":    &Vendored{Destination: "vendor", Packages: []VendoredPackage{}, made: true},
	"vendor_config":     &Vendored{Destination: "vendor", Packages: []VendoredPackage{{Name: "a"}}, Config: "[source]\n", Configured: true, DryRun: true},
	"checkout":          restored(false),
	"checkout_dry_run":  restored(true),
	"reextract":         unpacked(false),
	"reextract_dry_run": unpacked(true),
	"size":              sizes(),
	"size_top":          largest(),
	"clean":             cleaned(false),
	"clean_dry_run":     cleaned(true),
	"mirror":            mirroredSome(false),
	"mirror_dry_run":    mirroredSome(true),
	"targets":           targets(false),
	"targets_cfg":       targets(true),
	"clean_ci": &Cleaned{Home: "/home", Before: usage.Size{Allocated: 4096}, After: usage.Size{Allocated: 4096}, Parts: []CleanedPart{}, Items: []RemovedItem{},
		Keep: &KeptLockfiles{Lockfiles: []string{"Cargo.lock"}, Unlocked: []string{"b"}}, CachePaths: []string{"/home/.crates.toml", "/home/bin/" + evil}, Proxies: []string{"cargo", "rustc"}},
}

// TestPrint compares what is printed of results with golden files: as text, with
// --verbose, with --quiet, and as JSON. To rewrite them: go test ./internal/ui -update.
func TestPrint(t *testing.T) {
	time.Local = time.UTC
	for name, result := range results {
		t.Run(name, func(t *testing.T) {
			var all strings.Builder
			stdout, stderr := printed(t, result, Settings{})
			fmt.Fprintf(&all, "-- stderr --\n%s-- stdout --\n%s", stderr, stdout)
			stdout, stderr = printed(t, result, Settings{Quiet: true})
			fmt.Fprintf(&all, "-- --quiet: both --\n%s%s", stderr, stdout)
			_, stderr = printed(t, result, Settings{Verbose: true})
			fmt.Fprintf(&all, "-- --verbose: stderr --\n%s", stderr)
			stdout, _ = printed(t, result, Settings{JSON: true})
			fmt.Fprintf(&all, "-- --format json: stdout --\n%s", stdout)
			golden(t, name, all.String())
		})
	}
}

func printed(t *testing.T, r Result, s Settings) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	p := New(t.Context(), &out, &errs, Environment{})
	p.Configure(s)
	if err := p.Print(r); err != nil {
		t.Fatal(err)
	}
	return out.String(), errs.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	want, err := os.ReadFile(path)
	if *update && string(want) != got {
		err = os.WriteFile(path, []byte(got), 0o666)
		want = []byte(got)
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func id(name, version, source string) crate.ID {
	s, err := crate.ParseSourceID(source)
	if err != nil {
		panic(err)
	}
	return crate.ID{Name: name, Version: version, Source: s}
}

const cratesIO = "registry+https://github.com/rust-lang/crates.io-index"

func vendored(made, dryRun bool) *Vendored {
	a, b := id("serde", "1.0.219", cratesIO), id("b", "0.1.0", "git+"+secret+"?rev=1#0123456789012345678901234567890123456789")
	v := &Vendored{
		Destination: "third/" + evil, DryRun: dryRun, Removed: []string{"old-1.0.0"}, Took: 1230 * time.Millisecond, made: made,
		Config: TOML("[source.x]\ngit = \"" + secret + "\"\n"),
		Packages: []VendoredPackage{
			{Name: "b", Version: "0.1.0", Source: crate.Redact(b.Source.String()), Folder: "b", id: b},
			{Name: "serde", Version: "1.0.219", Source: cratesIO, Checksum: strings.Repeat("5f", 32), Folder: "serde", id: a, archive: 79_000},
		},
	}
	if made {
		v.Packages[0].Files, v.Packages[0].Bytes, v.Packages[0].Action = some(3), some(int64(3000)), vendoring.Kept
		v.Packages[1].Files, v.Packages[1].Bytes, v.Packages[1].Action = some(20), some(int64(250_000)), vendoring.Written
	}
	return v
}

func mirroredSome(dryRun bool) *Mirrored {
	a, b := id("serde", "1.0.219", cratesIO), id("b", "0.1.0", cratesIO)
	v := &Mirrored{
		Destination: "m/" + evil, DryRun: dryRun, Layout: registry.Sparse, URL: "http://h", Removed: []string{"old v1.0.0"}, Hidden: 2, Took: 1230 * time.Millisecond,
		Config: TOML("[source.crates-io]\nreplace-with = \"mirrored-sources\"\n"),
		Registries: []MirroredRegistry{{Name: "crates-io", Source: cratesIO, Versions: []MirroredVersion{
			{"b", "0.1.0", strings.Repeat("ab", 32), 1000, true, false, mirror.Kept, b},
			{"serde", "1.0.219", strings.Repeat("5f", 32), 79_000, false, true, mirror.Added, a},
		}}, {Name: "empty", Versions: []MirroredVersion{}}},
		LeftOut: []MirrorGap{newMirrorGap(registry.LeftOut{Registry: "crates-io", ID: id("c", "1.0.0", cratesIO), Path: "/home/" + evil, Err: locate.ErrEmpty})},
	}
	return v
}

func restored(dryRun bool) *Restored {
	v := &Restored{DryRun: dryRun, Took: 50 * time.Millisecond, Checkouts: []RestoredCheckout{
		{Sources: []string{"git+https://example.com/a#0123"}, Dir: "/home/git/checkouts/a-0123456789abcdef/0123", State: "absent", Files: 1},
		{Sources: []string{"git+https://example.com/b?branch=" + evil + "#4567"}, Dir: "/home/git/checkouts/b-0123456789abcdef/4567", State: "broken", Why: "has no .cargo-ok", Files: 41},
		{Sources: []string{"git+https://example.com/c#89ab"}, Dir: "/home/git/checkouts/c-0123456789abcdef/89ab", State: "present", Files: 3},
	}, Behind: []BehindRepository{{"git+https://example.com/a#0123", "/home/git/db/a-fedcba9876543210", "it has not the commit"}}}
	for i := range v.Checkouts {
		if !dryRun {
			v.Checkouts[i].Action = []string{"restored", "restored", "kept"}[i]
		}
	}
	return v
}

func unpacked(dryRun bool) *Unpacked {
	pkg := func(name string, size int64, state reextract.State) UnpackedPackage {
		return UnpackedPackage{Name: name, Version: "1.0.0", Archive: "/home/registry/cache/r/" + name + "-1.0.0.crate", Dir: "/home/registry/src/r/" + name + "-1.0.0", State: state,
			id: crate.ID{Name: name, Version: "1.0.0"}, archive: size, chosen: state == reextract.Absent || state == reextract.Broken}
	}
	v := &Unpacked{DryRun: dryRun, Took: 2 * time.Second, Missing: []MissingPackage{{Name: "gone", Version: "2.0.0", Source: cratesIO, Reason: "missing archive"}}, Packages: []UnpackedPackage{
		pkg("absent", 10, reextract.Absent), pkg("broken", 2000, reextract.Broken), pkg("odd", 1, reextract.Absent), pkg("present", 1, reextract.Present), pkg("unknown", 1, reextract.Unknown)}}
	v.Packages[1].Why, v.Packages[4].Why = "has no .cargo-ok", evil
	if dryRun {
		return v
	}
	for i, res := range []*reextract.Result{{Files: 3, Bytes: 50, Voucher: locate.ByIndex}, {Files: 9, Bytes: 5000}, {Err: errors.New("it is " + evil)}, nil, nil} {
		v.Packages[i].became(res)
	}
	return v
}

func targets(cfgs bool) *Targets {
	return &Targets{Rustc: "1.95.0 (0123456789 2026-04-01)", Cfgs: cfgs, Targets: []*platform.Target{
		{Name: "x86_64-unknown-linux-gnu", Tier: 1, Host: true, Std: true, Cfgs: []platform.Cfg{{Name: "unix"}, {Name: "target_os", Value: "linux", Pair: true}}},
		{Name: "x86_64-unknown-none", Tier: 2, Std: true},
		{Name: "z80-unknown-none", Tier: 3},
	}}
}

func size2(apparent int64) usage.Size {
	return usage.Size{Apparent: apparent, Allocated: (apparent + 4095) &^ 4095}
}

func total(n int, apparent int64) usage.Total { return usage.Total{Count: n, Size: size2(apparent)} }

func sizes() *Sizes {
	return &Sizes{
		Home: "/home/" + evil, Total: size2(5 << 30), Elsewhere: some(size2(1 << 20)), Binaries: total(3, 40<<20),
		Registries: []usage.Registry{{Name: "index.crates.io-0123456789abcdef", Index: total(1, 1<<20), Archives: total(20, 2<<20), Sources: total(19, 1<<30)}},
		Git:        usage.Git{Databases: total(2, 3<<20), Checkouts: total(1, 1<<20)}, Own: size2(100), Build: some(total(4, 3<<30)), Leftovers: some(total(1, 5)),
		Other:    Others{total(22, 7), []usage.Stranger{{Path: evil, Size: size2(3), Why: "a link"}, {Path: "notes", Size: size2(4)}}},
		Problems: []Problem{{"registry/secret", "permission denied"}}, unseen: 1,
	}
}

func largest() *Sizes {
	groups := []usage.Group{
		{Name: "serde 1.0.0", Total: total(2, 1<<20), Used: 1_699_963_200, From: lastuse.Cargo, NeededBy: []string{"a/Cargo.lock", "b"}},
		{Name: evil, Total: total(1, 1<<10), Used: 1_600_000_000, From: lastuse.Files},
	}
	return &Sizes{Home: "/home", Total: size2(2 << 20), Registries: []usage.Registry{}, LastUse: lastuse.Cargo, By: "version", Groups: groups, Crates: groups[:1], Why: true}
}

func cleaned(dryRun bool) *Cleaned {
	v := &Cleaned{
		DryRun: dryRun, Home: "/home", Before: size2(3 << 30), After: size2(1 << 30), Short: 5000, Limit: "1GB", Took: 90 * time.Millisecond,
		Parts: []CleanedPart{{usage.Source, 2, size2(2 << 30), size2(1 << 30), 3}, {usage.Index, 1, size2(1 << 20), size2(1 << 10), 1}, {usage.Archive, 0, size2(9), size2(9), 1}},
		Items: []RemovedItem{
			{Kind: usage.Archive, Path: "registry/cache/r/a-1.0.0.crate", Size: size2(900), Reason: "expensive: downloaded again when it is needed", Expensive: true, LastUse: 1_699_963_200, From: lastuse.Cargo},
			{Kind: usage.Source, Path: "registry/src/r/" + evil, Size: size2(9000), Reason: "unpacked again from its archive", LastUse: 1_600_000_000, From: lastuse.Files},
		},
		Spared: []Problem{{"git/db/x-0123456789abcdef", "another repository reads its objects"}}, Unknown: []string{"Cargo.lock: it is damaged"},
		Moved:    []MovedCommits{{"git/db/sub-0123456789abcdef", []string{"0123"}, []string{"git/checkouts/a-0123456789abcdef/0123"}, ""}},
		Thinned:  []ThinRepository{{"git/db/t-0123456789abcdef", []string{"0123", "4567"}, size2(90_000), nil, ""}, {"git/db/u-0123456789abcdef", []string{"89ab"}, size2(5000), nil, "it would not become smaller"}},
		Problems: []Problem{{"git/secret", "permission denied"}},
	}
	if dryRun {
		v.Thinned[1].Error = ""
		return v
	}
	v.Items[0].Action, v.Items[1].Action, v.Items[1].Error = "removed", "failed", "it is busy"
	v.Thinned[0].After = some(size2(9000))
	return v
}
