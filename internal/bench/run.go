package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// program is one that takes part in a case.
type program struct {
	name string
	path string
	args []string
}

// sample is what one run took, as package launch has it.
type sample struct {
	Seconds, CPU, Peak float64
}

// programs returns who takes part in the work, in the order of their turns.
func (t *tools) programs(w work) (list []program) {
	for _, p := range []program{{cargo, t.cargo, w.cargo}, {cargohome, t.cargohome, w.cargohome}, {floor, t.floor, w.floor}, {floor, t.hash, w.hash}} {
		if p.path != "" && p.args != nil {
			list = append(list, p)
		}
	}
	if shell, err := exec.LookPath("sh"); w.pipe != "" && err == nil && found(w.tool) {
		list = append(list, program{floor, shell, []string{"-c", w.pipe}})
	}
	return list
}

func found(tool string) bool {
	_, err := exec.LookPath(tool)
	return err == nil
}

// measure has every program do the work, in turn, and adds the result to the report.
// The first runs do not count: they bring files into the page cache, and make what
// later runs find.
func (b *bench) measure(ctx context.Context, s *scene, w work) error {
	fmt.Fprintf(os.Stderr, "bench: %s: %s\n", s.place.kind(), caseName(s.name, w))
	s.cargohome = b.tools.cargohome
	programs := b.tools.programs(w)
	if w.before != nil {
		if _, err := b.tools.start(ctx, s, program{cargohome, b.tools.cargohome, w.before}); err != nil {
			return fmt.Errorf("%s: %w", caseName(s.name, w), err)
		}
	}
	if _, err := b.turns(ctx, s, w, programs, warmUps(w)); err != nil {
		return err
	}
	samples, err := b.turns(ctx, s, w, programs, max(w.runs, b.opts.runs))
	if err != nil {
		return err
	}
	if err := b.profile(ctx, s, w); err != nil {
		return err
	}
	b.report.add(s, w, samples)
	return b.clear(s, w, programs)
}

// warmUps: a stat cache trusts a file only when it has grown older than the clock can
// tell, so the run that made the folder may not be the one to go by.
func warmUps(w work) int {
	if w.again {
		return 2
	}
	return 1
}

// turns returns the samples by the program's name.
func (b *bench) turns(ctx context.Context, s *scene, w work, programs []program, n int) (map[string][]sample, error) {
	samples := map[string][]sample{}
	for range n {
		for _, p := range programs {
			one, err := b.run(ctx, s, w, p)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", caseName(s.name, w), p.name, err)
			}
			samples[p.name] = append(samples[p.name], one)
		}
	}
	return samples, nil
}

// run is one run. What the next one would have to remove goes at once, as it takes
// memory.
func (b *bench) run(ctx context.Context, s *scene, w work, p program) (sample, error) {
	if err := s.remove(w, p); err != nil {
		return sample{}, err
	}
	if w.second {
		if _, err := b.tools.start(ctx, s, p); err != nil {
			return sample{}, err
		}
	}
	if !s.place.inMemory() {
		flushDisks() // what was written before is not this run's
	}
	one, err := b.tools.start(ctx, s, p)
	if err != nil {
		return sample{}, err
	}
	return one, s.remove(w, p)
}

// start runs the program, by way of launch.
func (t *tools) start(ctx context.Context, s *scene, p program) (one sample, err error) {
	cmd := exec.CommandContext(ctx, t.launch, append([]string{p.path}, s.expandAll(p, p.args)...)...)
	cmd.Dir, cmd.Env = s.project, t.environ(s)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return one, fmt.Errorf("%w\n%s", err, stderr.Bytes())
	}
	return one, json.Unmarshal(out, &one)
}

// environ is what all programs get. Cargo finds the compiler of its own toolchain.
func (t *tools) environ(s *scene) []string {
	env := append(os.Environ(), "CARGO_HOME="+s.home)
	if t.cargo != "" {
		env = append(env, "PATH="+filepath.Dir(t.cargo)+string(filepath.ListSeparator)+os.Getenv("PATH"))
	}
	return append(env, s.env...)
}

// remove brings about the beginning of a run.
func (s *scene) remove(w work, p program) error {
	for _, path := range s.expandAll(p, w.gone) {
		if err := s.place.discard(path); err != nil {
			return err
		}
	}
	return nil
}

// clear removes what the case made.
func (b *bench) clear(s *scene, w work, programs []program) error {
	var errs []error
	for _, p := range programs {
		for _, path := range []string{vendorDir, "$TAR.tar", "$TAR.tar.gz", "$TAR.tar.zst", "$BUNDLE.tar", "$BUNDLE.tar.zst"} {
			errs = append(errs, s.place.discard(s.expand(p, path)))
		}
	}
	return errors.Join(errs...)
}

func (s *scene) expandAll(p program, texts []string) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = s.expand(p, text)
	}
	return out
}

// expand puts in what arguments and paths of work stand for.
func (s *scene) expand(p program, text string) string {
	return os.Expand(text, func(name string) string {
		switch name {
		case "HOME":
			return s.home
		case "VENDOR":
			return filepath.Join(s.dir, "vendor-"+p.name)
		case "TAR":
			return filepath.Join(s.dir, "vendor-"+p.name)
		case "BUNDLE":
			return filepath.Join(s.dir, "bundle")
		case "CARGOHOME":
			return s.cargohome
		case "LOCK":
			return filepath.Join(s.project, "Cargo.lock")
		case "ARCHIVES":
			return s.archives
		case "THREADS":
			return strconv.Itoa(runtime.GOMAXPROCS(0))
		}
		return ""
	})
}

// profile has cargohome do the work once more, under a profiler.
func (b *bench) profile(ctx context.Context, s *scene, w work) error {
	if b.tools.profiled == "" {
		return nil
	}
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" ,/", r) {
			return '-'
		}
		return r
	}, s.place.kind()+" "+caseName(s.name, w))
	p := program{name: cargohome, path: b.tools.profiled}
	for kind, dir := range map[string]string{"cpu": b.opts.cpuProfiles, "mem": b.opts.memProfiles} {
		if dir == "" {
			continue
		}
		file, err := filepath.Abs(filepath.Join(dir, name+"."+kind+".pprof"))
		if err != nil {
			return err
		}
		p.args = append(p.args, "-"+kind, file)
	}
	p.args = append(append(p.args, "--"), w.cargohome...)
	_, err := b.run(ctx, s, w, p)
	return err
}
