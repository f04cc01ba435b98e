package manifest_test

import (
	"slices"
	"strings"
	"testing"

	"cargohome/internal/manifest"
)

func TestTargets(t *testing.T) {
	const head = "[package]\nname = \"a-b\"\nversion = \"1.0.0\"\nedition = \"2021\"\n"
	for _, tt := range []struct{ manifest, files, want string }{
		{head, "src/lib.rs build.rs tests/t.rs tests/u/main.rs tests/v/x.rs benches/b.rs examples/e.rs src/bin/c.rs src/main.rs",
			"library src/lib.rs, binary src/main.rs, binary src/bin/c.rs, example examples/e.rs, test tests/t.rs, test tests/u/main.rs, benchmark benches/b.rs, build script build.rs"},
		{head + "build = \"x/build.rs\"\n[lib]\npath = \"./y/../lib.rs\"\n[[bench]]\nname = \"gone\"\n[[test]]\nname = \"n\"\npath = \"n.rs\"\n", "lib.rs",
			"library lib.rs, test n.rs, build script x/build.rs"},
		{head + "build = false\nautobins = false\n", "build.rs src/main.rs", ""},
		{"[package]\nname = \"a-b\"\n[lib]\nname = \"x\"\n[[bin]]\nname = \"a-b\"\n[[test]]\nname = \"t\"\n[[bench]]\nname = \"gone\"\n", "src/x.rs src/main.rs tests/t.rs", "library src/x.rs sought, binary src/main.rs sought, test tests/t.rs sought"},
		{head + "[features]\na = [\n]\n[dependencies.x]\nversion = \"1\"\n[target.'cfg(unix)'.dependencies]\ny = \"1\"\n [lib] # here\npath = \"x.rs\"\n", "x.rs", "library x.rs"},
		{"[package]\nname = \"a-b\"\nedition.workspace = true\n[workspace.package]\nedition = \"2021\"\n", "build.rs", "build script build.rs"},
		{head + "[features]\na = [\n]\n[\"lib\"]\npath = \"x.rs\"\n", "x.rs", "library x.rs"},
		{head + "[features]\na = [\n]\n[ lib ]\npath = \"x.rs\"\n", "x.rs", "library x.rs"},
		{head + "description = \"\"\"\n[features]\n\"\"\"\nbuild = \"x.rs\"\n", "x.rs", "build script x.rs"},
	} {
		targets, err := manifest.Targets(tt.manifest, strings.Fields(tt.files))
		if err != nil {
			t.Errorf("%s: %v", tt.manifest, err)
			continue
		}
		var got []string
		for _, target := range targets {
			text := string(target.Kind) + " " + target.Path
			if target.Sought {
				text += " sought"
			}
			got = append(got, text)
		}
		want := slices.DeleteFunc(strings.Split(tt.want, ", "), func(s string) bool { return s == "" })
		if slices.Sort(got); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
			t.Errorf("%s\nwith %s: %q, want %q", tt.manifest, tt.files, got, tt.want)
		}
	}
	for _, text := range []string{"", "x", head + "readme.workspace = true\n[workspace]\n", head + "[[bin]]\nname = \"gone\"\n"} {
		if targets, err := manifest.Targets(text, nil); err == nil {
			t.Errorf("%q: %v, want an error", text, targets)
		}
	}
}
