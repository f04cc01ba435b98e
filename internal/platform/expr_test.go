package platform_test

import (
	"errors"
	"strings"
	"testing"

	"cargohome/internal/platform"
)

func linux(t *testing.T) *platform.Target {
	t.Helper()
	targets, err := platform.Find("x86_64-unknown-linux-gnu")
	if err != nil {
		t.Fatal(err)
	}
	return targets[0]
}

func TestParse(t *testing.T) {
	target := linux(t)
	for text, want := range map[string]bool{
		"x86_64-unknown-linux-gnu":  true,
		"x86_64-unknown-linux-musl": false,
		"":                          false,
		"thumbv8m.main-none-eabi":   false,
		"cfg(unix)":                 true,
		"cfg(windows)":              false,
		"cfg( unix )":               true,
		"cfg(r#unix)":               true,
		`cfg(target_os = "linux")`:  true,
		`cfg(target_os="linux")`:    true,
		`cfg(target_os = " linux")`: false,
		`cfg(target_abi = "")`:      true,
		`cfg(unix = "")`:            false,
		"cfg(target_os)":            false,
		"cfg(all())":                true,
		"cfg(any())":                false,
		"cfg(all(unix,))":           true,
		`cfg(all(unix, not(target_env = "musl")))`: true,
		"cfg(any(windows, all(unix, not(any()))))": true,
		"cfg(not(unix))":                 false,
		"cfg(true)":                      true,
		"cfg(false)":                     false,
		"cfg(r#true)":                    true,
		`cfg(true = "x")`:                false,
		"cfg(r#all)":                     false,
		"cfg(tokio_unstable)":            false,
		`cfg(feature = "x")`:             false,
		"cfg(test)":                      false,
		"cfg(debug_assertions)":          true,
		"cfg(proc_macro)":                false,
		`cfg(panic = "unwind")`:          true,
		`cfg(target_feature = "sse2")`:   true,
		`cfg(target_has_atomic = "ptr")`: true,
		"cfg(not(not(unix)))":            true,
		"cfg(" + strings.Repeat("not(", 128) + "unix" + strings.Repeat(")", 129): true,
	} {
		p, err := platform.Parse(text)
		if err != nil {
			t.Errorf("Parse(%q): %v", text, err)
			continue
		}
		if got := p.Matches(target); got != want || p.String() != text {
			t.Errorf("%q matches: %v, want %v", p, got, want)
		}
	}
	if !(platform.Platform{}).Matches(target) {
		t.Error("no platform does not match")
	}
}

func TestParse_refusals(t *testing.T) {
	for _, text := range []string{
		"cfg()", "cfg(", "cfg(unix", "unix)", "cfg(unix))", "cfg(unix windows)", "cfg(unix, windows)", "cfg(not())", "cfg(not(a, b))", "cfg(not(unix,))",
		"cfg(all)", "cfg(any(a b))", "cfg(all(,))", `cfg(a = b)`, `cfg(a = "b)`, `cfg("a")`, "cfg(1a)", "cfg(r#1)", "cfg(r#)", "cfg(a-b)", "cfg(a\t)", "cfg(ä)",
		"a b", "a/b", "not(unix)", "cfg(" + strings.Repeat("not(", 129) + "unix" + strings.Repeat(")", 130),
		"cfg(any(" + strings.Repeat("a,", 4096) + "))",
	} {
		if _, err := platform.Parse(text); !errors.Is(err, platform.ErrSyntax) {
			t.Errorf("Parse(%q) = %v, want ErrSyntax", text, err)
		}
	}
}
