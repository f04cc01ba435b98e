package platform

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// spec is the part of a target's JSON file that decides on cfgs. What is absent has the
// default of rustc 1.95 (compiler/rustc_target, TargetOptions).
type spec struct {
	Arch           string          `json:"arch"`
	OS             string          `json:"os"`
	Env            string          `json:"env"`
	Abi            string          `json:"abi"`
	Vendor         string          `json:"vendor"`
	Families       json.RawMessage `json:"target-family"` // a text, or a list of them
	Endian         string          `json:"target-endian"`
	Width          json.RawMessage `json:"target-pointer-width"` // a number; a text for older rustcs
	MinAtomicWidth *uint64         `json:"min-atomic-width"`
	MaxAtomicWidth *uint64         `json:"max-atomic-width"`
	AtomicCAS      *bool           `json:"atomic-cas"`
	PanicStrategy  string          `json:"panic-strategy"`
	Features       string          `json:"features"` // "+sse,-avx"
}

// ReadSpec reads the JSON file that describes a target for rustc; file is its path. The
// name of the target is the file's, without its ending. Of the features of the processor
// only those are known that the file names: what follows from the name of a processor, or
// from one another, takes rustc.
func ReadSpec(file string, data []byte) (*Target, error) {
	s := spec{OS: "none", Vendor: "unknown", Endian: "little", PanicStrategy: "unwind"}
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("target %q: %w", file, err)
	}
	width, err := s.width()
	if err != nil {
		return nil, fmt.Errorf("target %q: %w", file, err)
	}
	families, err := s.families()
	if err != nil {
		return nil, fmt.Errorf("target %q: %w", file, err)
	}
	d := description{
		arch: s.Arch, os: s.OS, env: s.Env, abi: s.Abi, vendor: s.Vendor, families: families, endian: s.Endian,
		width: strconv.FormatUint(width, 10), panics: s.PanicStrategy, atomics: s.atomics(width), features: s.features(),
	}
	name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	t := newTarget(name, d.cfgs())
	t.File = file
	return t, nil
}

func (s *spec) width() (uint64, error) {
	width, err := strconv.ParseUint(strings.Trim(string(s.Width), `"`), 10, 16)
	if err != nil || s.Arch == "" {
		return 0, fmt.Errorf("it lacks one of arch, target-pointer-width")
	}
	return width, nil
}

func (s *spec) families() (families []string, err error) {
	if len(s.Families) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(s.Families, &families); err == nil {
		return families, nil
	}
	families = make([]string, 1)
	return families, json.Unmarshal(s.Families, &families[0])
}

// atomics returns the widths, in bits, of what can be compared and swapped.
func (s *spec) atomics(pointer uint64) []string {
	low, high := uint64(8), pointer
	if s.MinAtomicWidth != nil {
		low = *s.MinAtomicWidth
	}
	if s.MaxAtomicWidth != nil {
		high = *s.MaxAtomicWidth
	}
	var widths []string
	for _, w := range []uint64{8, 16, 32, 64, 128} {
		if w < low || high < w || s.AtomicCAS != nil && !*s.AtomicCAS {
			continue
		}
		widths = append(widths, strconv.FormatUint(w, 10))
		if w == pointer {
			widths = append(widths, "ptr")
		}
	}
	return widths
}

func (s *spec) features() []string {
	var features []string
	for word := range strings.SplitSeq(s.Features, ",") {
		name, on := strings.CutPrefix(strings.TrimSpace(word), "+")
		if !on {
			name = strings.TrimPrefix(name, "-")
			features = slices.DeleteFunc(features, func(f string) bool { return f == name })
			continue
		}
		features = append(features, name)
	}
	return features
}
