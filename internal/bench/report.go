package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Names of the programs, in the report.
const (
	cargo     = "cargo"
	cargohome = "cargohome"
	floor     = "floor"
)

// report is everything that was measured. It is written as JSON; the key "format"
// changes when the meaning of another does.
type report struct {
	Format   int            `json:"format"`
	Date     string         `json:"date"`
	Machine  machine        `json:"machine"`
	Versions versions       `json:"versions"`
	Runs     int            `json:"runs"`
	Places   []*placeReport `json:"places"`
	Notes    []string       `json:"notes,omitempty"` // what was left out, and what else matters
}

type machine struct {
	System     string `json:"system"`
	CPU        string `json:"cpu"`
	Processors int    `json:"processors"` // used
}

// placeReport is what was measured in one place.
type placeReport struct {
	Kind       string   `json:"kind"` // "memory" or "disk"
	FileSystem string   `json:"file_system"`
	Results    []result `json:"results"`
}

// result is one case.
type result struct {
	Project  string                  `json:"project"`
	Work     string                  `json:"work"`
	Crates   int                     `json:"crates,omitempty"` // where that is what varies
	Programs map[string]*measurement `json:"programs"`
	// How many times the time of cargohome the others' are.
	Ratios map[string]float64 `json:"ratios,omitempty"`
}

// measurement is of one program.
type measurement struct {
	Runs    int   `json:"runs"`
	Seconds stats `json:"seconds"`
	CPU     stats `json:"cpu_seconds"`
	Peak    stats `json:"peak_bytes"`
}

type stats struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

func (r *report) begin(t *tools, opts *options) (err error) {
	r.Format, r.Runs = 1, opts.runs
	r.Date = time.Now().Format(time.DateOnly)
	r.Machine = machine{runtime.GOOS + "/" + runtime.GOARCH, cpuModel(), runtime.GOMAXPROCS(0)}
	r.Versions, err = t.versions()
	return err
}

// place begins the results of one.
func (r *report) place(p *place) {
	r.Places = append(r.Places, &placeReport{Kind: p.kind(), FileSystem: p.fileSystem, Results: []result{}})
}

// add adds a result to those of the last place.
func (r *report) add(s *scene, w work, samples map[string][]sample) {
	one := result{Project: s.name, Work: w.name, Crates: s.crates, Programs: map[string]*measurement{}, Ratios: map[string]float64{}}
	for name, list := range samples {
		one.Programs[name] = newMeasurement(list)
	}
	ours := one.Programs[cargohome]
	for name, m := range one.Programs {
		if m != ours && ours != nil {
			one.Ratios[name] = m.Seconds.Median / ours.Seconds.Median
		}
	}
	last := r.Places[len(r.Places)-1]
	last.Results = append(last.Results, one)
}

func newMeasurement(samples []sample) *measurement {
	of := func(field func(sample) float64) stats {
		values := make([]float64, len(samples))
		for i, s := range samples {
			values[i] = field(s)
		}
		return newStats(values)
	}
	return &measurement{
		Runs:    len(samples),
		Seconds: of(func(s sample) float64 { return s.Seconds }),
		CPU:     of(func(s sample) float64 { return s.CPU }),
		Peak:    of(func(s sample) float64 { return s.Peak }),
	}
}

// newStats: each median is taken on its own, so those of one program need not be of
// the same run.
func newStats(values []float64) stats {
	slices.Sort(values)
	n := len(values)
	return stats{(values[(n-1)/2] + values[n/2]) / 2, values[0], values[n-1]}
}

// write prints the tables, and writes the JSON to a file unless that is "".
func (r *report) write(w io.Writer, file string) error {
	_, err := io.WriteString(w, r.text())
	if file == "" {
		return err
	}
	data, jsonErr := json.MarshalIndent(r, "", "  ")
	if jsonErr != nil {
		return jsonErr
	}
	return errors.Join(err, os.WriteFile(file, append(data, '\n'), 0o666))
}

// text is Markdown.
func (r *report) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s; %s, built by %s; %s, %d processors; %s\n", r.Versions.Cargo, r.Versions.Cargohome, r.Versions.Go,
		r.Machine.CPU, r.Machine.Processors, r.Date)
	for _, p := range r.Places {
		if len(p.Results) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s, medians of %d runs of each program in turn, of more where a run is short:\n", p.where(), r.Runs)
		b.WriteString(p.projectTable())
		b.WriteString(p.growthTable())
	}
	return b.String()
}

func (p *placeReport) where() string {
	if p.Kind == "memory" {
		return "In memory (" + p.FileSystem + ")"
	}
	return "On disk (" + p.FileSystem + ")"
}

const (
	projectHead = "\n| project | work | cargo | cargohome | faster | floor | to the floor | CPU¹ | peak memory¹ |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
	projectFoot = "\n¹ of cargo / of cargohome\n"
	growthHead  = "\n| crates | work | time | per crate | CPU | peak memory |\n| --- | --- | --- | --- | --- | --- |\n"
)

// projectTable has one line for each case but those that show growth.
func (p *placeReport) projectTable() string {
	var b strings.Builder
	for _, r := range p.Results {
		if r.Crates == 0 {
			b.WriteString(r.projectLine())
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return projectHead + b.String() + projectFoot
}

func (r *result) projectLine() string {
	theirs, ours := r.Programs[cargo], r.Programs[cargohome]
	faster, toFloor := "–", "–"
	if ratio := r.Ratios[cargo]; ratio > 0 {
		faster = fmt.Sprintf("%.1f ×", ratio)
	}
	if ratio := r.Ratios[floor]; ratio > 0 {
		toFloor = fmt.Sprintf("%.2f ×", 1/ratio)
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s | %s | %s / %s | %s / %s |\n", r.Project, r.Work,
		theirs.seconds(), ours.seconds(), faster, r.Programs[floor].seconds(), toFloor,
		theirs.cpu(), ours.cpu(), theirs.peak(), ours.peak())
}

// growthTable shows what a crate costs as there are more.
func (p *placeReport) growthTable() string {
	var b strings.Builder
	for _, r := range p.Results {
		m := r.Programs[cargohome]
		if r.Crates == 0 || m == nil {
			continue
		}
		fmt.Fprintf(&b, "| %d | %s | %s | %.0f µs | %s | %s |\n", r.Crates, r.Work, m.seconds(),
			1e6*m.Seconds.Median/float64(r.Crates), m.cpu(), m.peak())
	}
	if b.Len() == 0 {
		return ""
	}
	return growthHead + b.String()
}

// A program that took no part has dashes.

func (m *measurement) seconds() string {
	if m == nil {
		return "–"
	}
	return duration(m.Seconds.Median)
}

func (m *measurement) cpu() string {
	if m == nil {
		return "–"
	}
	return duration(m.CPU.Median)
}

func (m *measurement) peak() string {
	if m == nil {
		return "–"
	}
	return fmt.Sprintf("%.0f MiB", m.Peak.Median/(1<<20))
}

func duration(seconds float64) string {
	switch {
	case seconds < 0.01:
		return fmt.Sprintf("%.1f ms", 1e3*seconds)
	case seconds < 0.1:
		return fmt.Sprintf("%.0f ms", 1e3*seconds)
	}
	return fmt.Sprintf("%.2f s", seconds)
}
