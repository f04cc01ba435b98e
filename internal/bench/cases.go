package main

import (
	"context"
	"slices"
)

// work is one kind of work that several programs do. In arguments and paths,
// $HOME is the Cargo home, $VENDOR a folder of the program's own, $TAR a file of its own
// beside that, $BUNDLE one that all of them have, $LOCK the lockfile, $ARCHIVES a file that lists the archives it needs, and
// $CARGOHOME the program that is measured.
type work struct {
	name  string
	gone  []string // what is not there when a run begins
	again bool     // what a run finds is what the same program's last run left
	runs  int      // if it takes so little time that there must be more

	// second says that each run is the second of two, of which the first is not measured.
	second bool

	before []string // arguments of cargohome for a run that makes what all of them find

	// Arguments of each program; one without takes no part.
	cargo, cargohome, floor []string
	hash                    []string // of hashfiles, which then is the floor
	// pipe is the floor as a command for the shell, which wants the tool.
	pipe, tool string
}

const (
	vendorDir = "$VENDOR"
	sources   = "$HOME/registry/src"
	checkouts = "$HOME/git/checkouts"
)

var (
	cargoVendor = []string{"vendor", "--quiet", "--locked", "--offline", vendorDir}
	cargoFetch  = []string{"fetch", "--quiet", "--locked", "--offline"}
	vendor      = []string{"vendor", "--quiet", vendorDir}
	vendorNew   = []string{"vendor", "--quiet", "--no-stat-cache", vendorDir}
	floorVendor = []string{"$ARCHIVES", vendorDir, "$THREADS"}
)

// ofFolder is a pipe that begins with a tar of the vendor folder. The first run, which
// does not count, makes that.
const ofFolder = `test -d "$VENDOR" || "$CARGOHOME" vendor --quiet "$VENDOR" && tar --sort=name -c -C "$VENDOR" . | `

// ofBundle is the same with what is in a bundle.
const ofBundle = `test -d "$VENDOR" || { "$CARGOHOME" pack --quiet -o "$TAR.tar" && mkdir "$VENDOR" && tar -xf "$TAR.tar" -C "$VENDOR"; } && ` +
	`tar --sort=name -c -C "$VENDOR" . `

// startScene has what is the same in every project.
const startScene = "start-up"

var startCases = []work{
	{name: "--version", runs: 20, cargo: []string{"--version"}, cargohome: []string{"--version"}},
}

// againCases find the folder that an earlier run made.
var againCases = []work{
	{ // every byte verified
		name: "vendor, unchanged", again: true,
		cargo: cargoVendor, cargohome: vendorNew,
	},
	{
		name: "vendor, unchanged, stat cache", again: true,
		cargo: cargoVendor, cargohome: vendor,
	},
	{
		name: "vendor, after a cold run", gone: []string{vendorDir}, second: true,
		cargo: cargoVendor, cargohome: vendor,
	},
}

var projectCases = slices.Concat([]work{
	{
		name: "vendor, cold", gone: []string{vendorDir},
		cargo: cargoVendor, cargohome: vendor, floor: floorVendor,
	},
	{ // as caches of CI leave it: cargo unpacks twice
		name: "vendor, src cleared", gone: []string{vendorDir, sources},
		cargo: cargoVendor, cargohome: vendor, floor: floorVendor,
	},
}, againCases, []work{
	{
		name: "reextract", gone: []string{sources},
		cargo: cargoFetch, cargohome: []string{"reextract", "--quiet"},
	},
	{
		name: "verify sources", before: []string{"reextract", "--quiet"},
		cargohome: []string{"verify", "--quiet", "sources"}, hash: []string{sources},
	},
	{
		name: "verify sources, plainly", before: []string{"reextract", "--quiet"},
		cargohome: []string{"verify", "--quiet", "sources"}, hash: []string{"-plain", sources},
	},
	{ // beside it a folder that is there already is packed
		name:      "vendor, tar.gz",
		cargohome: []string{"vendor", "--quiet", "--output", "$TAR.tar.gz"}, pipe: ofFolder + `pigz -6 >"$TAR.tar.gz"`, tool: "pigz",
	},
	{
		name:      "vendor, tar.zst",
		cargohome: []string{"vendor", "--quiet", "--output", "$TAR.tar.zst"}, pipe: ofFolder + `zstd -q -T0 -3 -f -o "$TAR.tar.zst"`, tool: "zstd",
	},
	{ // beside it a tar of the same files, of which nothing is verified
		name: "pack, .tar", runs: 10,
		cargohome: []string{"pack", "--quiet", "-o", "$TAR.tar"}, pipe: ofBundle + `>"$TAR.tar"`, tool: "tar",
	},
	{ // at the level of ours
		name: "pack, .tar.zst", runs: 10,
		cargohome: []string{"pack", "--quiet", "--exact-archives", "-o", "$TAR.tar.zst"}, pipe: ofBundle + `| zstd -q -T0 -2 -f -o "$TAR.tar.zst"`, tool: "zstd",
	},
	{
		name: "vendor --dry-run", gone: []string{vendorDir}, runs: 20,
		cargohome: []string{"vendor", "--quiet", "--dry-run", vendorDir},
	},
	{ // what is built is worked out, and how much is left out
		name: "vendor --dry-run, filtered", before: []string{"reextract", "--quiet"}, gone: []string{vendorDir}, runs: 20,
		cargohome: []string{"vendor", "--quiet", "--dry-run", "--platform", "x86_64-unknown-linux-gnu", vendorDir},
	},
	{
		name: "check", before: []string{"reextract", "--quiet"}, runs: 20,
		cargohome: []string{"check", "--quiet"},
	},
}, unpackCases)

// measureStart needs neither home nor project.
func (b *bench) measureStart(ctx context.Context, p *place) error {
	s, err := newScene(p, startScene)
	if err != nil {
		return err
	}
	return b.measureCases(ctx, s, startCases)
}

// measureCases runs all of the cases that are wanted, and discards the scene.
func (b *bench) measureCases(ctx context.Context, s *scene, cases []work) error {
	for _, w := range cases {
		if !b.opts.wants(s.name, w) {
			continue
		}
		if err := b.measure(ctx, s, w); err != nil {
			return err
		}
	}
	return s.place.discard(s.dir)
}

// wantsAny reports whether the scene is worth making.
func (o *options) wantsAny(scene string, cases []work) bool {
	for _, w := range cases {
		if o.wants(scene, w) {
			return true
		}
	}
	return false
}
