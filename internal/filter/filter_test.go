package filter

import (
	"slices"
	"strings"
	"testing"

	"cargohome/crate"
	"cargohome/internal/platform"
)

func none(string, func(string) bool) ([]string, error) { return nil, nil }

// What cargo-vendor-filterer 0.5.18 expands, and no more than targets of its tiers.
func TestFilter_targets(t *testing.T) {
	for _, tt := range []struct {
		f    Filter
		has  string
		not  string
		many bool
	}{
		{Filter{}, "", "", false},
		{Filter{Platforms: []string{"x86_64-unknown-linux-gnu"}}, "x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu", false},
		{Filter{Platforms: []string{"*-unknown-linux-gnu"}, Tier: 2}, "s390x-unknown-linux-gnu", "x86_64-unknown-linux-musl", true},
		{Filter{Platforms: []string{"*-unknown-linux-gnu", "wasm32-wasip1"}, Tier: 1}, "wasm32-wasip1", "s390x-unknown-linux-gnu", true},
		{Filter{Tier: 1}, "x86_64-pc-windows-msvc", "x86_64-unknown-freebsd", true},
		{Filter{Tier: 2}, "wasm32-unknown-unknown", "x86_64-unknown-redox", true},
	} {
		m, err := tt.f.Machines(none)
		if err != nil {
			t.Errorf("%+v: %v", tt.f, err)
			continue
		}
		var names []string
		for _, target := range m.Targets {
			names = append(names, target.Name)
		}
		if tt.has != "" && !slices.Contains(names, tt.has) || slices.Contains(names, tt.not) || tt.many != (len(names) > 1) || len(m.Hosts()) < len(m.Targets) {
			t.Errorf("%+v: %v", tt.f, names)
		}
	}
}

// Targets are looked up for a bounded number of names, and each counts once.
func TestFilter_targets_bounds(t *testing.T) {
	all := slices.Repeat([]string{"*"}, maxPlatforms)
	f := Filter{Platforms: all}
	if m, err := f.Machines(none); err != nil || len(m.Targets) != len(platform.Targets(nil)) {
		t.Errorf("%d targets, %v", len(m.Targets), err)
	}
	f.Platforms = append(all, "*")
	if _, err := f.Machines(none); err == nil || !strings.Contains(err.Error(), "more than 1024 platforms") {
		t.Errorf("got the error %v", err)
	}
}

// A target has what rustc is told for it, and what is asked for.
func TestFilter_targets_flags(t *testing.T) {
	f := Filter{Platforms: []string{"x86_64-unknown-linux-gnu", "x86_64-pc-windows-gnu"}, Cfgs: []string{"loom"}}
	m, err := f.Machines(func(triple string, on func(string) bool) ([]string, error) {
		if on("cfg(windows)") {
			return []string{"--cfg", "flagged"}, nil
		}
		return nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range m.Targets {
		windows := strings.Contains(target.Name, "windows")
		if !target.Has(platform.Cfg{Name: "loom"}) || target.Has(platform.Cfg{Name: "flagged"}) != windows {
			t.Errorf("%s has %v", target.Name, target.Cfgs)
		}
	}
}

// What does the building are the targets, and those that are named or else this machine;
// each once.
func TestFilter_hosts(t *testing.T) {
	const linux, windows, mac = "x86_64-unknown-linux-gnu", "x86_64-pc-windows-gnu", "aarch64-apple-darwin"
	for _, tt := range []struct {
		f    Filter
		want []string
	}{
		{Filter{Hosts: []string{linux}}, nil},
		{Filter{Platforms: []string{windows}, Hosts: []string{linux, mac}}, []string{mac, windows, linux}},
		{Filter{Platforms: []string{windows, linux}, Hosts: []string{linux}}, []string{windows, linux}},
		{Filter{Platforms: []string{platform.Here()}}, []string{platform.Here()}},
	} {
		m, err := tt.f.Machines(none)
		if got := names(m.Hosts()); err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%+v is built by %q (%v), want %q", tt.f, got, err, tt.want)
		}
	}
}

func TestExclusion_Matches(t *testing.T) {
	id := crate.ID{Name: "hex", Version: "0.3.2"}
	for text, want := range map[string]bool{"hex#x": true, "*#x": true, "hex-0.3.2#x": true, "hex@0.3.2#x": true, "hex@0.4.0#x": false, "he#x": false, "he*#x": true, "h?x-*#x": true, "*-1#x": false} {
		e, err := ParseExclusion(text)
		if err != nil || e.Matches(id, "hex-0.3.2") != want {
			t.Errorf("%s: %v, %v", text, e.Matches(id, "hex-0.3.2"), err)
		}
	}
	for _, word := range Presets() {
		if e, ok := Preset(word); !ok || !e.Preset() || !e.Yields() || !e.Matches(id, "hex") {
			t.Errorf("%s: %+v, %v", word, e, ok)
		}
	}
}
