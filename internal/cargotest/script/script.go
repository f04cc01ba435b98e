// Package script makes the fixtures of package cargotest available to testscript
// files.
package script

import (
	"cmp"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"cargohome/internal/cargotest"
	"cargohome/internal/redeflate"
)

// Commands are for testscript.Params.Cmds. They work on the Cargo home
// $CARGO_HOME, or $WORK/home where that is not set, and none can be negated.
//
// Every DEP is NAME[@REQ] followed by any of these; target comes last:
//
//	,as=NAME ,dev ,build ,optional ,no-default ,features=A+B ,registry=URL
//	,path ,'git=URL[?branch=B]#COMMIT' ,target=cfg(windows)
//
// A '#' needs the quotes: it would begin a comment. REQ is the exact version
// for path and git.
//
// What is not a fixture's doing is done with testscript's own commands: a
// missing archive is `rm $CARGO_HOME/registry/cache/NAME/x-1.0.0.crate`, a
// missing index `rm $CARGO_HOME/registry/index`, and a Cargo.lock that no Cargo
// writes is a file of the script.
var Commands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"crate":       positive(cmdCrate),
	"commitindex": positive(cmdCommitIndex),
	"repo":        positive(cmdRepo),
	"oldlayout":   positive(cmdOldLayout),
	"project":     positive(cmdProject),
	"lock":        positive(cmdLock),
	"tree":        positive(cmdTree),
	"corrupt":     positive(cmdCorrupt),
	"mtime":       positive(cmdMtime),
	"waitfor":     positive(cmdWaitFor),
	"sleep":       positive(cmdSleep),
	"sparse":      positive(cmdSparse),
	"freeport":    positive(cmdFreePort),
}

func positive(f func(ts *testscript.TestScript, args []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg {
			ts.Fatalf("this command cannot be negated")
		}
		f(ts, args)
	}
}

func scriptHome(ts *testscript.TestScript) *cargotest.Home {
	return cargotest.NewHome(ts, cmp.Or(ts.Getenv("CARGO_HOME"), filepath.Join(ts.Getenv("WORK"), "home")))
}

// cmdCrate adds a crate to a registry of the home, its archive and its index
// line; the same version again replaces both.
//
//	crate [-registry FOLDER] [-local DIR] [-files DIR] [-bare] [-feature NAME=A+B]...
//	      [-links NAME] [-encoder N] [-yanked] [-published TIME] [-cksum HEX] [-noarchive] [-noindex]
//	      [-corrupt|-truncate|-empty] NAME VERSION [DEP...]
//
// -registry names the registry's folder, crates.io's sparse one if not given;
// crates.io-git and crates.io-old stand for those. -local puts the crate into a
// local registry instead. -encoder is the number of the [redeflate.Encoder] that makes the
// archive. -files adds the files of a folder, executable ones
// with mode 0755; with -bare they are all there is. -cksum is what the index says, whatever the archive is.
// -corrupt leaves an archive with one bit wrong, -truncate half of it, -empty
// nothing of it; the index then has the checksum of the sound one.
func cmdCrate(ts *testscript.TestScript, args []string) {
	var c cargotest.Crate
	opt := options{ts: ts}
	registry, local, files := opt.text("-registry"), opt.text("-local"), opt.text("-files")
	cksum, links, published := opt.text("-cksum"), opt.text("-links"), opt.text("-published")
	features, encoder := opt.list("-feature"), opt.text("-encoder")
	yanked, noArchive, noIndex, bare := opt.flag("-yanked"), opt.flag("-noarchive"), opt.flag("-noindex"), opt.flag("-bare")
	damage := opt.oneOf("-corrupt", "-truncate", "-empty")
	args = opt.parse(args)
	if len(args) < 2 {
		ts.Fatalf("usage: crate [options] NAME VERSION [DEP...]")
	}
	c.Name, c.Version, c.Deps = args[0], args[1], parseDeps(ts, args[2:])
	c.NoDefaults = *bare
	c.Links, c.Yanked, c.Published, c.Features = *links, *yanked, *published, parseFeatures(*features)
	if *encoder != "" {
		n, err := strconv.Atoi(*encoder)
		ts.Check(err)
		c.Encoder = redeflate.Encoder(n)
	}
	if *files != "" {
		c.Files = readFiles(ts, ts.MkAbs(*files))
	}
	if *local != "" {
		cargotest.AddLocal(ts, ts.MkAbs(*local), c)
		return
	}
	r := scriptHome(ts).Registry(registryFolder(*registry))
	if !*noArchive {
		r.AddArchive(c.Stem(), damaged(c.Archive(), *damage))
	}
	if !*noIndex {
		r.AddLine(c.Name, c.IndexLine(*cksum))
	}
}

func registryFolder(name string) string {
	switch name {
	case "":
		return cargotest.CratesIO
	case "crates.io-old":
		return cargotest.CratesIOOld
	case "crates.io-git":
		return cargotest.CratesIOGit
	}
	return name
}

// cmdCommitIndex makes the index of a registry, which has its crates, one of
// the git protocol.
//
//	commitindex [FOLDER]
func cmdCommitIndex(ts *testscript.TestScript, args []string) {
	scriptHome(ts).Registry(registryFolder(cmp.Or(strings.Join(args, " "), "crates.io-git"))).CommitIndex()
}

// cmdRepo commits the files of a folder to the repository git/db/NAME, which is
// made if need be and says that it was fetched from URL. $COMMIT becomes the
// commit's id, $SHORT the first seven digits of it. With an empty URL it does not
// say. With -submodule there is one at PATH, with -link a symbolic link.
//
//	repo [-submodule PATH=COMMIT]... [-link PATH=TARGET]... NAME URL DIR
func cmdRepo(ts *testscript.TestScript, args []string) {
	opt := options{ts: ts}
	submodules, links := opt.list("-submodule"), opt.list("-link")
	if args = opt.parse(args); len(args) != 3 {
		ts.Fatalf("usage: repo [-submodule PATH=COMMIT]... [-link PATH=TARGET]... NAME URL DIR")
	}
	files := map[string][]byte{}
	for _, s := range *submodules {
		path, commit, _ := strings.Cut(s, "=")
		files[path] = []byte("@ " + commit)
	}
	for _, l := range *links {
		path, target, _ := strings.Cut(l, "=")
		files[path] = []byte("-> " + target)
	}
	for _, f := range readFiles(ts, ts.MkAbs(args[2])) {
		files[f.Path] = []byte(f.Content)
	}
	id := scriptHome(ts).AddRepository(args[0], args[1], files)
	ts.Setenv("COMMIT", id)
	ts.Setenv("SHORT", id[:7])
}

// cmdOldLayout makes a submodule in git/checkouts/NAME/SHORT, which has one of its own,
// what Cargos up to 1.93 leave; see [cargotest.Home.OldSubmodule].
//
//	oldlayout [-modules] NAME/SHORT PATH URL
func cmdOldLayout(ts *testscript.TestScript, args []string) {
	opt := options{ts: ts}
	modules := opt.flag("-modules")
	if args = opt.parse(args); len(args) != 3 {
		ts.Fatalf("usage: oldlayout [-modules] NAME/SHORT PATH URL")
	}
	scriptHome(ts).OldSubmodule(args[0], args[1], args[2], *modules)
}

// cmdProject writes Cargo.toml, src/main.rs and Cargo.lock for a program with
// these dependencies, locked with what the home's index has; for each path
// dependency its library as well.
//
//	project [-v N] [-name NAME] [-registry URL=FOLDER]... DIR [DEP...]
//
// -v is the version of the lockfile. -name, if not given, is that of the folder.
// -registry says where a registry that DEPs name is in the home.
func cmdProject(ts *testscript.TestScript, args []string) {
	dir, p := scriptProject(ts, args)
	scriptHome(ts).WriteProject(dir, p)
}

// cmdLock writes only the Cargo.lock that project would, beside a Cargo.toml of
// the script's own.
//
//	lock [-v N] [-name NAME] [-registry URL=FOLDER]... DIR [DEP...]
func cmdLock(ts *testscript.TestScript, args []string) {
	dir, p := scriptProject(ts, args)
	scriptHome(ts).WriteLock(dir, p)
}

func scriptProject(ts *testscript.TestScript, args []string) (string, cargotest.Project) {
	opt := options{ts: ts}
	version, name, registries := opt.text("-v"), opt.text("-name"), opt.list("-registry")
	args = opt.parse(args)
	if len(args) < 1 {
		ts.Fatalf("usage: project|lock [options] DIR [DEP...]")
	}
	dir := ts.MkAbs(args[0])
	p := cargotest.Project{Name: cmp.Or(*name, filepath.Base(dir)), Deps: parseDeps(ts, args[1:]), Registries: map[string]string{}}
	if *version != "" {
		p.LockVersion = number(ts, *version)
	}
	for _, r := range *registries {
		i := strings.LastIndexByte(r, '=')
		if i < 0 {
			ts.Fatalf("-registry %s: want URL=FOLDER", r)
		}
		p.Registries[r[:i]] = r[i+1:]
	}
	return dir, p
}

// cmdTree prints the listing of a folder, see [cargotest.Tree], to compare it with
// `cmp stdout FILE`.
//
//	tree DIR
func cmdTree(ts *testscript.TestScript, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: tree DIR")
	}
	text, err := cargotest.Tree(ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = ts.Stdout().Write([]byte(text))
	ts.Check(err)
}

// cmdCorrupt damages files and leaves their times alone: one bit in the middle
// becomes wrong, or half of the file is left, or nothing of it.
//
//	corrupt [-truncate|-empty] FILE...
func cmdCorrupt(ts *testscript.TestScript, args []string) {
	opt := options{ts: ts}
	how := opt.oneOf("-truncate", "-empty")
	for _, file := range opt.parse(args) {
		file = ts.MkAbs(file)
		info, err := os.Stat(file)
		ts.Check(err)
		data, err := os.ReadFile(file)
		ts.Check(err)
		ts.Check(os.WriteFile(file, damaged(data, cmp.Or(*how, "-corrupt")), 0o666))
		ts.Check(os.Chtimes(file, info.ModTime(), info.ModTime()))
	}
}

func damaged(data []byte, how string) []byte {
	switch how {
	case "-corrupt":
		data[len(data)/2] ^= 1
	case "-truncate":
		data = data[:len(data)/2]
	case "-empty":
		data = nil
	}
	return data
}

// cmdMtime sets the modification time of files or folders, in Unix seconds.
//
//	mtime SECONDS FILE...
func cmdMtime(ts *testscript.TestScript, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: mtime SECONDS FILE...")
	}
	when := time.Unix(int64(number(ts, args[0])), 0)
	for _, file := range args[1:] {
		ts.Check(os.Chtimes(ts.MkAbs(file), when, when))
	}
}

// cmdWaitFor waits until a file is there, up to ten seconds.
//
//	waitfor FILE
func cmdWaitFor(ts *testscript.TestScript, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: waitfor FILE")
	}
	file := ts.MkAbs(args[0])
	for range 1000 {
		if _, err := os.Stat(file); err == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%s does not appear", file)
}

func number(ts *testscript.TestScript, s string) int {
	n, err := strconv.Atoi(s)
	ts.Check(err)
	return n
}

// cmdSleep waits.
//
//	sleep DURATION
func cmdSleep(ts *testscript.TestScript, args []string) {
	d, err := time.ParseDuration(strings.Join(args, " "))
	ts.Check(err)
	time.Sleep(d)
}

// cmdSparse makes a file, or one that is there, so many bytes long; they are zero and
// take no space.
//
//	sparse SIZE FILE
func cmdSparse(ts *testscript.TestScript, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: sparse SIZE FILE")
	}
	size, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	f, err := os.OpenFile(ts.MkAbs(args[1]), os.O_WRONLY|os.O_CREATE, 0o666)
	ts.Check(err)
	defer f.Close()
	ts.Check(f.Truncate(size))
}
