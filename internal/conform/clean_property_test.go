//go:build conform

package conform

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cargohome/internal/cargotest"
)

// Whatever is selected, in whatever state a home is: a kept project that could be
// vendored, checked out and built by cargo, can be afterwards.
func TestClean_keeps_what_works(t *testing.T) {
	needCargo(t)
	rounds := 300
	if testing.Short() {
		rounds = 60
	}
	if text := os.Getenv("CARGOHOME_WORLDS"); text != "" { // 2,000 take an hour of two processors
		fmt.Sscan(text, &rounds)
	}
	seed := rand.Uint64()
	var next, refused, worked atomic.Int64
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			for round := next.Add(1); round <= int64(rounds) && !t.Failed(); round = next.Add(1) {
				r := &propertyRound{T: t, seed: seed, round: uint64(round), l: cargotest.NewLottery(seed, uint64(round))}
				r.play(&refused, &worked)
			}
		})
	}
	workers.Wait()
	t.Logf("seed %d: of %d rounds %d were refused; %d projects worked before", seed, rounds, refused.Load(), worked.Load())
}

type propertyRound struct {
	*testing.T
	seed, round uint64
	l           cargotest.Lottery
	dir         string
	world       *cargotest.World
}

// Fatalf must not end a goroutine that is not the test's own.
func (r *propertyRound) Fatalf(format string, args ...any) {
	r.Errorf("seed %d/%d: %s", r.seed, r.round, fmt.Sprintf(format, args...))
	panic(errGivenUp)
}

var errGivenUp = fmt.Errorf("the round is given up")

func (r *propertyRound) play(refused, worked *atomic.Int64) {
	defer func() {
		if p := recover(); p != nil && p != errGivenUp {
			panic(p)
		}
	}()
	dir, err := os.MkdirTemp("", "clean-property-")
	if err != nil {
		r.Fatalf("%v", err)
	}
	defer func() {
		if !r.Failed() || os.Getenv("CARGOHOME_KEEP_FAILED") == "" {
			os.RemoveAll(dir)
		}
	}()
	r.dir, r.world = dir, cargotest.NewWorld(r, r.l, dir)
	r.fill()
	r.world.Age()
	kept, args := r.selection()
	r.builds(kept) // cargo makes anew what it does not like, and fails now and then
	before := r.works(kept)
	worked.Add(int64(len(before)))
	log, err := r.clean(args)
	if err != nil {
		refused.Add(1)
	}
	after := r.works(kept)
	for what := range before {
		if _, ok := after[what]; !ok {
			r.Errorf("seed %d/%d in %s: after %q (%v) this does not work any more: %s\n%s", r.seed, r.round, dir, args, err, what, log)
		}
	}
}

// fill has sources unpacked and commits checked out, by cargo or by us.
func (r *propertyRound) fill() {
	if r.l.Chance(25) {
		for _, p := range r.world.Projects {
			r.runs(p.Dir, "cargo", "fetch", "--offline", "--locked")
		}
		return
	}
	r.runs(r.dir, binary, "reextract")
	for _, p := range r.world.Projects {
		r.runs(p.Dir, binary, "checkout")
	}
}

// builds returns which of the projects cargo builds.
func (r *propertyRound) builds(kept []cargotest.DrawnProject) map[string]bool {
	done := map[string]bool{}
	target := filepath.Join(r.dir, "target")
	for _, p := range kept {
		if _, ok := r.runs(p.Dir, "cargo", "check", "--offline", "--locked", "--quiet", "--target-dir", target); ok {
			done["build in "+p.Dir] = true
		}
		os.RemoveAll(target)
	}
	return done
}

// works returns what works of kept projects.
func (r *propertyRound) works(kept []cargotest.DrawnProject) map[string]bool {
	done := r.builds(kept)
	for _, p := range kept {
		for _, command := range []string{"vendor", "checkout"} {
			if _, ok := r.runs(p.Dir, binary, command, "--dry-run"); ok {
				done[command+" in "+p.Dir] = true
			}
		}
	}
	return done
}

// runs runs a program in a folder, within a minute.
func (r *propertyRound) runs(dir, program string, args ...string) (log string, ok bool) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CARGO_HOME="+r.world.Home.Dir, "CARGO_TERM_COLOR=never", "CARGO_INCREMENTAL=0")
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

// selection draws what is kept, and the arguments of clean.
func (r *propertyRound) selection() (kept []cargotest.DrawnProject, args []string) {
	keep := "--keep"
	args = []string{"clean"}
	if r.l.Chance(20) {
		keep = "--ci"
	} else {
		args = append(args, r.flags()...)
	}
	if r.l.Chance(30) {
		return r.world.Projects, append(args, keep, filepath.Join(r.dir, "src"))
	}
	kept = r.world.Projects[:1+r.l.IntN(len(r.world.Projects))]
	for _, p := range kept {
		args = append(args, keep, cargotest.Pick(r.l, p.Name, p.Lock()))
	}
	return kept, args
}

func (r *propertyRound) flags() (args []string) {
	for _, flag := range []string{"--src", "--checkouts", "--archives", "--index", "--dbs", "--auto", "--auto-expensive", "--orphans", "--broken", "--thin-dbs"} {
		if r.l.Chance(35) {
			args = append(args, flag)
		}
	}
	for _, narrow := range [][]string{
		{"--package", "a"}, {"--registry", "index.crates.io"}, {"--keep-versions", "1"}, {"--older-than", "0 seconds"},
		{"--until-size", fmt.Sprint(r.l.IntN(300), "kB")},
	} {
		if r.l.Chance(12) {
			args = append(args, narrow...)
		}
	}
	return args
}

// clean runs clean, now and then while somebody has the database of last uses.
func (r *propertyRound) clean(args []string) (log string, err error) {
	if r.l.Chance(15) {
		release := r.occupyDatabase()
		time.AfterFunc(time.Duration(r.l.IntN(400))*time.Millisecond, release)
		defer release()
	}
	log, ok := r.runs(r.dir, binary, args...)
	if !ok {
		err = fmt.Errorf("it failed")
	}
	if strings.Contains(log, "panic") {
		r.Fatalf("%q: %s", args, log)
	}
	return log, err
}

// occupyDatabase locks the database until release is called, which may be often.
func (r *propertyRound) occupyDatabase() (release func()) {
	db := r.world.Home.LastUseDB()
	if _, err := db.Exec("BEGIN EXCLUSIVE"); err != nil {
		db.Close()
		return func() {}
	}
	return sync.OnceFunc(func() {
		_, _ = db.Exec("ROLLBACK")
		db.Close()
	})
}
