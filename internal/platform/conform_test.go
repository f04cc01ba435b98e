//go:build conform

package platform_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"cargohome/internal/platform"
)

// rustc runs the compiler that the table is from.
func rustc(t *testing.T, env []string, args ...string) string {
	t.Helper()
	cmd := exec.Command("rustc", args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("rustc %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}

func needRustc(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("rustc"); err != nil {
		t.Skip("rustc is not installed")
	}
	if version := strings.TrimSpace(rustc(t, nil, "--version")); version != "rustc "+platform.Rustc() {
		t.Skipf("the table is from rustc %s, and this is %s", platform.Rustc(), version)
	}
}

// TestTargets_are_those_of_rustc compares the table and what is read from the description
// of each target. The latter has not the features of the processor that follow from its
// name.
func TestTargets_are_those_of_rustc(t *testing.T) {
	needRustc(t)
	names := strings.Fields(rustc(t, nil, "--print", "target-list"))
	slices.Sort(names)
	for i, target := range platform.Targets(nil) {
		if names[i] != target.Name {
			t.Fatalf("target %d is %s, not %s", i, target.Name, names[i])
		}
		want := strings.Fields(strings.ReplaceAll(rustc(t, nil, "--print", "cfg", "--target", target.Name), " ", "_"))
		sameCfgs(t, target, want)
		spec := rustc(t, []string{"RUSTC_BOOTSTRAP=1"}, "-Z", "unstable-options", "--print", "target-spec-json", "--target", target.Name)
		read, err := platform.ReadSpec("dir/"+target.Name+".json", []byte(spec))
		if err != nil {
			t.Fatal(err)
		}
		ofFeature := func(c string) bool { return strings.HasPrefix(c, "target_feature") }
		read.Cfgs = slices.DeleteFunc(slices.Clone(read.Cfgs), func(c platform.Cfg) bool { return ofFeature(c.String()) })
		sameCfgs(t, read, slices.DeleteFunc(want, ofFeature))
	}
}

func sameCfgs(t *testing.T, target *platform.Target, want []string) {
	t.Helper()
	var got []string
	for _, c := range target.Cfgs {
		got = append(got, c.String())
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s has\n%s\nwant\n%s", target.Name, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestFlags_are_those_of_rustc: flags change what rustc prints as they change a target.
func TestFlags_are_those_of_rustc(t *testing.T) {
	needRustc(t)
	for _, text := range []string{
		"--cfg tokio_unstable", `--cfg=a="b" --cfg c`, "-C panic=abort", "-Cpanic=abort", "--codegen=panic=abort", "-C debug-assertions=off",
		"-C debug-assertions=on", "-C debug_assertions", "-C target-feature=-sse2", "-Ctarget-feature=+crt-static", "-g --cfg x -C codegen-units=1",
	} {
		flags := strings.Fields(text)
		f, err := platform.ParseFlags(flags)
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Fields(rustc(t, nil, append([]string{"--print", "cfg", "--target", "x86_64-unknown-linux-gnu"}, flags...)...))
		t.Run(text, func(t *testing.T) { sameCfgs(t, linux(t).With(f), want) })
	}
}
