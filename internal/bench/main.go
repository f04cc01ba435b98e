// Bench runs cargo and cargohome on the same work, in turn, and prints medians:
//
//	go run ./internal/bench -cargohome ./cargohome -corpus DIR [-git DIR] [-runs N] [PROJECT...]
//
// DIR is what ./internal/corpus made; put it on tmpfs, as disks differ too much
// to compare. Each program vendors each project: cold, with registry/src there;
// cold with registry/src cleared, where cargo unpacks twice; and again with
// nothing changed. What a run needs removed is removed outside the time taken.
//
// With -git, which has bare clones of bytecodealliance/regalloc2, rust-windowing/winit and
// rust-lang/cargo as regalloc2.git, winit.git and cargo.git, a project that depends
// on the three is vendored too, and its checkouts are restored.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

func main() {
	program := flag.String("cargohome", "./cargohome", "the program to measure")
	corpus := flag.String("corpus", "", "folder made by ./internal/corpus")
	git := flag.String("git", "", "folder of bare clones")
	runs := flag.Int("runs", 5, "runs of each program, of which the median counts")
	flag.Parse()
	b := &bench{runs: *runs}
	err := b.setup(*program, *corpus)
	if err == nil {
		err = b.measure(flag.Args())
	}
	if err == nil && *git != "" {
		err = b.measureGit(*git)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type bench struct {
	runs     int
	program  string
	corpus   string
	home     string
	projects string // folder that holds them
	work     string
	env      []string // for both programs
}

func (b *bench) setup(program, corpus string) (err error) {
	if corpus == "" {
		return errors.New("-corpus is missing")
	}
	if b.program, err = filepath.Abs(program); err != nil {
		return err
	}
	if b.corpus, err = filepath.Abs(corpus); err != nil {
		return err
	}
	b.home = filepath.Join(b.corpus, "home")
	b.projects = filepath.Join(b.corpus, "proj")
	b.work = filepath.Join(b.corpus, "bench")
	return os.MkdirAll(b.work, 0o777)
}

// scenario is one kind of work: before brings about its beginning, and the
// arguments, to which a folder to vendor into is added, make each program do it.
type scenario struct {
	name        string
	before      func(b *bench, vendor string) error
	cargo, ours []string
	noFolder    bool
}

var (
	cargoVendor = []string{"vendor", "--quiet", "--locked", "--offline"}
	ourVendor   = []string{"vendor", "--quiet"}
)

var scenarios = []scenario{
	{"cold", func(b *bench, vendor string) error { return os.RemoveAll(vendor) }, cargoVendor, ourVendor, false},
	{"src cleared", func(b *bench, vendor string) error {
		return errors.Join(os.RemoveAll(vendor), os.RemoveAll(filepath.Join(b.home, "registry", "src")))
	}, cargoVendor, ourVendor, false},
	{"unchanged", func(b *bench, vendor string) error { return nil }, cargoVendor, ourVendor, false},
}

func (b *bench) measure(projects []string) error {
	if len(projects) == 0 {
		projects = []string{"ripgrep", "starship", "nu"}
	}
	fmt.Println("| project | work | cargo | cargohome | faster | cargo peak | cargohome peak |")
	fmt.Println("| --- | --- | --- | --- | --- | --- | --- |")
	for _, project := range projects {
		if _, err := os.Stat(filepath.Join(b.projects, project)); err != nil {
			fmt.Fprintf(os.Stderr, "bench: %s is not in the corpus, left out\n", project)
			continue
		}
		if err := b.compareAll(project, scenarios); err != nil {
			return err
		}
	}
	return nil
}

// sample is what one run took.
type sample struct {
	seconds float64
	peak    int64 // bytes
}

func (b *bench) compareAll(project string, scenarios []scenario) error {
	for _, s := range scenarios {
		if err := b.compare(project, s); err != nil {
			return fmt.Errorf("%s, %s: %w", project, s.name, err)
		}
	}
	return nil
}

func (b *bench) compare(project string, s scenario) error {
	programs := [2][]string{append([]string{"cargo"}, s.cargo...), append([]string{b.program}, s.ours...)}
	var samples [2][]sample
	for range b.runs {
		for i, program := range programs {
			one, err := b.run(project, s, program)
			if err != nil {
				return err
			}
			samples[i] = append(samples[i], one)
		}
	}
	cargo, ours := median(samples[0]), median(samples[1])
	fmt.Printf("| %s | %s | %.2f s | %.2f s | %.1f × | %d MiB | %d MiB |\n", project, s.name,
		cargo.seconds, ours.seconds, cargo.seconds/ours.seconds, cargo.peak>>20, ours.peak>>20)
	return nil
}

func (b *bench) run(project string, s scenario, program []string) (sample, error) {
	vendor := filepath.Join(b.work, filepath.Base(program[0]))
	if err := s.before(b, vendor); err != nil {
		return sample{}, err
	}
	cmd := exec.Command(program[0], program[1:]...)
	if !s.noFolder {
		cmd.Args = append(cmd.Args, vendor)
	}
	cmd.Dir = filepath.Join(b.projects, project)
	cmd.Env = append(append(os.Environ(), "CARGO_HOME="+b.home), b.env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return sample{}, fmt.Errorf("%s: %w\n%s", program[0], err, stderr.Bytes())
	}
	return sample{time.Since(began).Seconds(), peakMemory(cmd.ProcessState)}, nil
}

// median takes both medians, each on its own.
func median(samples []sample) sample {
	var m sample
	slices.SortFunc(samples, func(a, b sample) int { return int(a.peak - b.peak) })
	m.peak = samples[len(samples)/2].peak
	slices.SortFunc(samples, func(a, b sample) int { return int(1e9 * (a.seconds - b.seconds)) })
	m.seconds = samples[len(samples)/2].seconds
	return m
}
