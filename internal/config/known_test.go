package config

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// What Cargo gives up over, in each command or where it compiles, and what it takes.
func TestCheck(t *testing.T) {
	const nothing = ""
	for text, want := range map[string]struct{ always, compiling string }{
		"":                           {},
		"net = 5":                    {}, // read where something is fetched
		"build = 5":                  {"key build is an integer", nothing},
		"build.target-dir = 5":       {"key build.target-dir is an integer, not a string", nothing},
		"build.target = [5]":         {"key build.target has an integer", nothing},
		"build.rustflags = \"-C x\"": {},
		"build.jobs = 99999999999":   {"build.jobs", nothing},
		"build.jobs = \"default\"":   {},
		"build.jobs = -1":            {},
		"build.jobs = 0":             {nothing, "neither a number of jobs"},
		"build.jobs = \"x\"":         {nothing, "neither a number of jobs"},
		"build.build-dir = \"{workspace-root}/{workspace-path-hash}\"": {},
		"build.build-dir = \"{x}\"":                                    {"in braces", nothing},
		"build.warnings = \"x\"":                                       {"none of warn, allow, deny", nothing},
		"term.progress = \"auto\"":                                     {nothing, "key term.progress is a string, not a table"},
		"term.progress.when = \"always\"":                              {nothing, "needs a width"},
		"term.progress = { when = \"always\", width = 9 }":             {},
		"http.ssl-version.min = \"tlsv1.2\"":                           {},
		"http.ssl-version.min = 5":                                     {"http.ssl-version.min is an integer", nothing},
		"http.timeout = -1":                                            {"not from 0", nothing},
		"env.X = \"y\"":                                                {},
		"env.X = { value = \"y\", force = true }":                      {},
		"env.X = { value = \"y\", force = 1 }":                         {"[env] has an integer for force of X", nothing},
		"env.X = { force = true }":                                     {"[env] has no text for X", nothing},
		"env.X = \"a\\u0000\"":                                         {"[env] has no text for X", nothing},
		"env.CARGO_HOME = \"y\"":                                       {"CARGO_HOME", nothing},
		"target.x.runner = 5":                                          {"target.x.runner", nothing},
		"target.x.rustdocflags = 5":                                    {},
		"target.T.z = 5":                                               {"target.T.z", nothing},
		"target.x.z = 5":                                               {},
		"target.T.z.rustc-link-lib = 5":                                {"rustc-link-lib is an integer, not a list", nothing},
		"target.T.z.rustc-link-lib = [\"z\"]":                          {},
		"profile = 5":                                                  {nothing, "key profile is an integer"},
		"profile.dev.opt-level = \"s\"":                                {},
		"profile.dev.opt-level = 9":                                    {nothing, "profile.dev.opt-level"},
		"profile.dev.debug = \"limited\"":                              {},
		"profile.dev.package.x.debug = \"x\"":                          {nothing, "profile.dev.package.x.debug"},
		"profile.dev.build-override.lto = 5":                           {nothing, "profile.dev.build-override.lto"},
		"profile.x.debug = \"x\"":                                      {},
		"profile.release.panic = \"x\"":                                {nothing, "none of unwind, abort"},
		"profile.test.opt-level = 9":                                   {},
		"profile.dev.dir-name = \"x\"":                                 {nothing, "which cargo does not allow"},
		"profile.dev.lto = \"true\"":                                   {nothing, "which cargo does not allow"},
		"profile.dev.package.x.panic = \"abort\"":                      {nothing, "which is for whole profiles"},
		"profile.dev.build-override.package.x.debug = 1":               {nothing, "which is for whole profiles"},
		"profile.dev.trim-paths = \"none\"":                            {nothing, "for a nightly cargo"},
	} {
		cfg, err := load(t, tree(t, map[string]string{"p/q/.cargo/config.toml": text}), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		checks(t, cfg, text, want.always, want.compiling)
	}
	for variable, want := range map[string]struct{ always, compiling string }{
		"CARGO_TERM_UNICODE=x":                         {nothing, "CARGO_TERM_UNICODE"},
		"CARGO_PROFILE_DEV_BUILD_OVERRIDE_OPT_LEVEL=x": {nothing, "CARGO_PROFILE_DEV_BUILD_OVERRIDE_OPT_LEVEL"},
		"CARGO_PROFILE_DEV_BUILD_OVERRIDE_PANIC=abort": {nothing, "for whole profiles"},
		"CARGO_PROFILE_DEV_BUILD_OVERRIDE_OPT_LEVEL=1": {},
		"CARGO_HTTP_SSL_VERSION_MIN=tlsv1.0":           {"CARGO_HTTP_SSL_VERSION_MIN", nothing},
		"CARGO_HTTP_SSL_VERSION=tlsv1.0":               {},
	} {
		cfg, err := load(t, tree(t, nil), []string{variable}, nil)
		if err != nil {
			t.Fatal(err)
		}
		checks(t, cfg, variable, want.always, want.compiling)
	}
}

// checks compares what [Config.Check] says with parts of it, "" for nothing.
func checks(t *testing.T, cfg *Config, name string, wants ...string) {
	t.Helper()
	always, compiling := cfg.Check("T", false)
	for i, err := range []error{always, compiling} {
		if (err == nil) != (wants[i] == "") || err != nil && !strings.Contains(err.Error(), wants[i]) {
			t.Errorf("%s: %v, want %q", name, err, wants[i])
		}
	}
}

// What cargo builds with, for and in.
func TestConfig_build(t *testing.T) {
	for text, want := range map[string][]string{
		"target = \" a b \"": {"a b"}, "target = \"\"": {""}, "target = [\"a\", \" b\"]": {"a", "b"}, "target = []": nil, "": nil,
	} {
		cfg, err := load(t, tree(t, map[string]string{"p/q/.cargo/config.toml": "[build]\n" + text}), nil, nil)
		if got := cfg.Targets(); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v; want %q", text, got, err, want)
		}
	}
	root := tree(t, map[string]string{"p/q/.cargo/config.toml": "build.rustc-wrapper = \"\"\nbuild.build-dir = \"{workspace-root}/x/{workspace-path-hash}/y\"\n"})
	cfg, err := load(t, root, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	env := func(name string) (string, bool) { return "", name == "RUSTC" }
	if got, want := cfg.Programs(env), map[string]string{"RUSTC": ""}; !maps.Equal(got, want) {
		t.Errorf("Programs: %q, want %q", got, want)
	}
	for workspace, want := range map[string]string{"": "", "/w": "/w/x"} {
		if got, err := cfg.BuildRoot("/h", workspace); err != nil || got != want {
			t.Errorf("BuildRoot of %q: %q, %v; want %q", workspace, got, err, want)
		}
	}
}
