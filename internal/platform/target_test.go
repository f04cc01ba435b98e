package platform_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"cargohome/internal/platform"
)

func TestFind(t *testing.T) {
	for pattern, want := range map[string]int{"x86_64-unknown-linux-gnu": 1, "*": 320, "x86_64-*-linux-gnu": 1, "i?86-unknown-linux-gnu": 2} {
		found, err := platform.Find(pattern)
		if err != nil || len(found) != want {
			t.Errorf("Find(%q) finds %d (%v), want %d", pattern, len(found), err, want)
		}
		if !slices.IsSortedFunc(found, func(a, b *platform.Target) int { return strings.Compare(a.Name, b.Name) }) {
			t.Errorf("Find(%q) is not sorted", pattern)
		}
	}
	for pattern, nearest := range map[string]string{
		"x86_64-unknown-linux-gun": "x86_64-unknown-linux-gnu", "X86_64-Unknown-Linux-GNU": "x86_64-unknown-linux-gnu",
		"x86_64-linux": "x86_64-unknown-linux-gnu", "x86_64-unknown-linux": "x86_64-unknown-linux-gnu", "aarch64-darwin": "aarch64-apple-darwin",
		"x86_64-windows-gn": "x86_64-pc-windows-gnu", "linux": "*linux*", "host": platform.Here(),
		"aarch64-apple-darwn*": "aarch64-apple-darwin", "pdp11": "", "*-nothing-of-the-kind": "",
	} {
		_, err := platform.Find(pattern)
		unknown, ok := errors.AsType[*platform.UnknownError](err)
		if !ok || !errors.Is(err, platform.ErrUnknown) || unknown.Nearest != nearest {
			t.Errorf("Find(%q) = %v, want ErrUnknown and %q", pattern, err, nearest)
		}
	}
	if _, err := platform.Find("[a"); err == nil {
		t.Error("a broken pattern is taken")
	}
}

func TestTargets(t *testing.T) {
	first := platform.Targets(func(t *platform.Target) bool { return t.Tier == 1 })
	if len(first) < 8 || !slices.ContainsFunc(first, func(t *platform.Target) bool { return t.Name == "x86_64-pc-windows-msvc" && t.Host && t.Std }) {
		t.Errorf("tier 1 has %d targets", len(first))
	}
	if !strings.HasPrefix(platform.Rustc(), "1.") {
		t.Errorf("the table is from rustc %q", platform.Rustc())
	}
}

func TestFlags(t *testing.T) {
	for flags, changes := range map[string]string{
		"":                              "",
		"--cfg tokio_unstable -g":       "+tokio_unstable",
		`--cfg=a --cfg b="c"`:           `+a +b="c"`,
		"-C panic=abort":                `-panic="unwind" +panic="abort"`,
		"-Cpanic=abort":                 `-panic="unwind" +panic="abort"`,
		"--codegen panic=abort":         `-panic="unwind" +panic="abort"`,
		"-C target-feature=+avx2,-sse2": `-target_feature="sse2" +target_feature="avx2"`,
		"-Ctarget_feature=+avx2":        `+target_feature="avx2"`,
		"-C debug-assertions=off":       "-debug_assertions",
		"-C debug-assertions":           "",
		"-C link-arg=--cfg -C":          "",
		"--cfg unix":                    "",
	} {
		f, err := platform.ParseFlags(strings.Fields(flags))
		if err != nil {
			t.Errorf("%q: %v", flags, err)
			continue
		}
		before := linux(t)
		if got := difference(before, before.With(f)); got != changes {
			t.Errorf("%q changes %q, want %q", flags, got, changes)
		}
	}
	for _, flags := range []string{"--cfg", "--cfg=", "--cfg=a=b", `--cfg=a="b"c`, "--cfg=1"} {
		if _, err := platform.ParseFlags([]string{flags}); !errors.Is(err, platform.ErrCfg) {
			t.Errorf("%q: %v, want ErrCfg", flags, err)
		}
	}
}

func difference(before, after *platform.Target) string {
	var changes []string
	for _, c := range before.Cfgs {
		if !after.Has(c) {
			changes = append(changes, "-"+c.String())
		}
	}
	for _, c := range after.Cfgs {
		if !before.Has(c) {
			changes = append(changes, "+"+c.String())
		}
	}
	return strings.Join(changes, " ")
}

func TestReadSpec(t *testing.T) {
	target, err := platform.ReadSpec("/x/my-board.json", []byte(`{"arch": "arm", "llvm-target": "thumbv7em-none-eabi", "target-pointer-width": "32",
		"max-atomic-width": 32, "features": "+vfp4,-d32,+neon,-neon", "target-family": "unix", "panic-strategy": "abort", "data-layout": "e"}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range target.Cfgs {
		got = append(got, c.String())
	}
	want := `debug_assertions panic="abort" target_abi="" target_arch="arm" target_endian="little" target_env="" target_family="unix" target_feature="vfp4" ` +
		`target_has_atomic="16" target_has_atomic="32" target_has_atomic="8" target_has_atomic="ptr" target_os="none" target_pointer_width="32" target_vendor="unknown" unix`
	if target.Name != "my-board" || strings.Join(got, " ") != want {
		t.Errorf("%s is %s\nwant %s", target.Name, strings.Join(got, " "), want)
	}
	for _, text := range []string{``, `{}`, `{"arch": "x"}`, `{"arch": 1, "target-pointer-width": 32}`, `{"arch": "x", "target-pointer-width": "wide"}`,
		`{"arch": "x", "target-pointer-width": 32, "target-family": 1}`} {
		if _, err := platform.ReadSpec("a.json", []byte(text)); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}
