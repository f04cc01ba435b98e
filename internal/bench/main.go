// Bench runs cargo, cargohome and the floor on the same work, in turn, and prints
// medians:
//
//	go run ./internal/bench -cargohome ./cargohome -corpus DIR [-git DIR] [flags] [PROJECT...]
//
// DIR is what ./internal/corpus made. Each project gets a home of its own with only
// its archives and index entries, so that no program has more to do than another, and
// the corpus stays as it is. What a run needs gone is removed outside the time taken.
// All files are in the page cache.
//
// The floor is testdata/floor.c, the least that vendoring must do, as tight as C
// allows; see there. It takes part where there is a C compiler with libdeflate and
// OpenSSL. That of verifying is ./hashfiles, which reads and hashes the same files.
//
// With -git, which has bare clones of bytecodealliance/regalloc2, rust-windowing/winit
// and rust-lang/cargo as regalloc2.git, winit.git and cargo.git, a project that depends
// on the three is vendored too, and its checkouts are restored. How cost grows is shown
// by a home of 10,000 crates that is made up.
//
// Everything happens below -work, by default on tmpfs, as disks differ too much to
// compare. With -disk the same is measured there too, and reported apart. Nothing is
// deleted on disk before the end, as ext4 is many times slower at making files after
// many were deleted: five runs of everything take some 70 GiB; -cases takes less.
//
// The tables go to stdout, fit for the README; -json has minima and maxima too.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"syscall"
)

// options are the flags.
type options struct {
	cargohome, cargo, corpus, git, work, disk string
	json, cpuProfiles, memProfiles            string
	cases                                     *regexp.Regexp
	runs                                      int
	list                                      bool
	projects                                  []string
}

func parseFlags() (o options) {
	flag.StringVar(&o.cargohome, "cargohome", "./cargohome", "the `PROGRAM` to measure")
	flag.StringVar(&o.cargo, "cargo", "", "the cargo to measure it against (default: what rustup runs, or that in PATH)")
	flag.StringVar(&o.corpus, "corpus", "", "`DIR` made by ./internal/corpus; without it only the made-up home is measured")
	flag.StringVar(&o.git, "git", "", "`DIR` of bare clones")
	flag.StringVar(&o.work, "work", "", "work in `DIR` (default: a folder in /dev/shm, or where temporary files go)")
	flag.StringVar(&o.disk, "disk", "", "measure in `DIR` as well")
	flag.StringVar(&o.json, "json", "", "write the results to `FILE`")
	flag.StringVar(&o.cpuProfiles, "cpuprofile", "", "run each case once more for a CPU profile in `DIR`")
	flag.StringVar(&o.memProfiles, "memprofile", "", "run each case once more for an allocation profile in `DIR`")
	cases := flag.String("cases", "", "only the cases whose `REGEXP` matches \"PROJECT CASE\", as -list prints it")
	flag.IntVar(&o.runs, "runs", 5, "measure `N` runs of each program")
	flag.BoolVar(&o.list, "list", false, "print the cases, and do nothing")
	flag.Parse()
	var err error
	if o.cases, err = regexp.Compile(*cases); err != nil {
		fmt.Fprintln(os.Stderr, "bench: -cases:", err)
		os.Exit(2)
	}
	o.runs = max(o.runs, 1)
	if o.projects = flag.Args(); len(o.projects) == 0 {
		o.projects = []string{"ripgrep", "starship", "nu"}
	}
	return o
}

func main() {
	opts := parseFlags()
	if opts.list {
		list(&opts)
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, &opts); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

// bench is one run of this program.
type bench struct {
	opts   *options
	tools  tools
	report report
}

// run measures everything, and reports what was measured up to an error, too.
func run(ctx context.Context, opts *options) (err error) {
	memory, err := newPlace(opts.work)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, memory.close()) }()
	b := &bench{opts: opts}
	if err := b.tools.prepare(ctx, opts, memory.dir, b.note); err != nil {
		return err
	}
	if err := b.report.begin(&b.tools, opts); err != nil {
		return err
	}
	if l := load(); l > 0.5*float64(runtime.GOMAXPROCS(0)) {
		b.note("the machine is busy (load average %.1f): times mean little", l)
	}
	err = b.measureMemory(ctx, memory)
	if err == nil && opts.disk != "" {
		err = b.measureDisk(ctx, opts.disk)
	}
	return errors.Join(err, b.report.write(os.Stdout, opts.json))
}

// measureMemory measures everything in the main place.
func (b *bench) measureMemory(ctx context.Context, p *place) error {
	b.report.place(p)
	if err := b.measureStart(ctx, p); err != nil {
		return err
	}
	if err := b.measureProjects(ctx, p); err != nil {
		return err
	}
	return b.measureSynthetic(ctx, p)
}

// measureDisk leaves out what says nothing about disks.
func (b *bench) measureDisk(ctx context.Context, dir string) (err error) {
	p, err := newPlace(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	b.report.place(p)
	return b.measureProjects(ctx, p)
}

// measureProjects measures the projects of the corpus and that with git packages.
func (b *bench) measureProjects(ctx context.Context, p *place) error {
	for _, project := range b.opts.projects {
		if err := b.measureProject(ctx, p, project); err != nil {
			return err
		}
	}
	if b.opts.git == "" {
		return nil
	}
	return b.measureGit(ctx, p, b.opts.git)
}

// note tells of something that a reader of the numbers ought to know.
func (b *bench) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	fmt.Fprintln(os.Stderr, "bench:", text)
	b.report.Notes = append(b.report.Notes, text)
}

// list prints the names of all cases that would run.
func list(opts *options) {
	show := func(scene string, cases []work) {
		for _, w := range cases {
			if opts.wants(scene, w) {
				fmt.Println(caseName(scene, w))
			}
		}
	}
	show(startScene, startCases)
	for _, project := range opts.projects {
		show(project, projectCases)
	}
	if opts.git != "" {
		show(gitScene, gitCases)
	}
	for _, n := range sizes {
		show(syntheticScene(n), syntheticCases)
	}
}

func (o *options) wants(scene string, w work) bool {
	return o.cases.MatchString(caseName(scene, w))
}

func caseName(scene string, w work) string { return scene + " " + w.name }
