// Bench runs cargo and cargohome on the same work, in turn, and prints medians:
//
//	go run ./internal/bench -cargohome ./cargohome -corpus DIR [-runs N] [PROJECT...]
//
// DIR is what ./internal/corpus made; put it on tmpfs, as disks differ too much
// to compare. Each program vendors each project: cold, with registry/src there;
// cold with registry/src cleared, where cargo unpacks twice; and again with
// nothing changed. What a run needs removed is removed outside the time taken.
package main

import (
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
	runs := flag.Int("runs", 5, "runs of each program, of which the median counts")
	flag.Parse()
	b := &bench{runs: *runs}
	err := b.setup(*program, *corpus)
	if err == nil {
		err = b.measure(flag.Args())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type bench struct {
	runs    int
	program string
	corpus  string
	home    string
	work    string
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
	b.work = filepath.Join(b.corpus, "bench")
	return os.MkdirAll(b.work, 0o777)
}

// scenario is one kind of work; before brings about its beginning.
type scenario struct {
	name   string
	before func(b *bench, vendor string) error
}

var scenarios = []scenario{
	{"cold", func(b *bench, vendor string) error { return os.RemoveAll(vendor) }},
	{"src cleared", func(b *bench, vendor string) error {
		return errors.Join(os.RemoveAll(vendor), os.RemoveAll(filepath.Join(b.home, "registry", "src")))
	}},
	{"unchanged", func(b *bench, vendor string) error { return nil }},
}

func (b *bench) measure(projects []string) error {
	if len(projects) == 0 {
		projects = []string{"ripgrep", "starship", "nu"}
	}
	fmt.Println("| project | work | cargo | cargohome | faster | cargo peak | cargohome peak |")
	fmt.Println("| --- | --- | --- | --- | --- | --- | --- |")
	for _, project := range projects {
		if _, err := os.Stat(filepath.Join(b.corpus, "proj", project)); err != nil {
			fmt.Fprintf(os.Stderr, "bench: %s is not in the corpus, left out\n", project)
			continue
		}
		for _, s := range scenarios {
			if err := b.compare(project, s); err != nil {
				return fmt.Errorf("%s, %s: %w", project, s.name, err)
			}
		}
	}
	return nil
}

// sample is what one run took.
type sample struct {
	seconds float64
	peak    int64 // bytes
}

func (b *bench) compare(project string, s scenario) error {
	programs := [2][]string{
		{"cargo", "vendor", "--quiet", "--locked", "--offline"},
		{b.program, "vendor", "--quiet"},
	}
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
	cmd := exec.Command(program[0], append(program[1:], vendor)...)
	cmd.Dir = filepath.Join(b.corpus, "proj", project)
	cmd.Env = append(os.Environ(), "CARGO_HOME="+b.home)
	cmd.Stderr = os.Stderr
	began := time.Now()
	err := cmd.Run()
	return sample{time.Since(began).Seconds(), peakMemory(cmd.ProcessState)}, err
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
