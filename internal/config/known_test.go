package config

import (
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
		always, compiling := cfg.Check("T", false)
		for _, c := range []struct {
			err  error
			want string
		}{{always, want.always}, {compiling, want.compiling}} {
			if (c.err == nil) != (c.want == nothing) || c.err != nil && !strings.Contains(c.err.Error(), c.want) {
				t.Errorf("%s: %v, want %q", text, c.err, c.want)
			}
		}
	}
	cfg, err := load(t, tree(t, nil), []string{"CARGO_TERM_UNICODE=x"}, nil)
	if _, compiling := cfg.Check("T", false); err != nil || compiling == nil || !strings.Contains(compiling.Error(), "CARGO_TERM_UNICODE") {
		t.Errorf("of the environment: %v, %v", compiling, err)
	}
}
