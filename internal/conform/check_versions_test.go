//go:build conform && unix

package conform

import "testing"

// checkVersions: what the cargo of a version would not read, whichever is installed here.
func checkVersions(t *testing.T, site *checkSite) {
	lock := func(version string) func(*editor) { return replace1(lockFile, "version = 4\n", version) }
	edition := replace1(rootManifest, `edition = "2021"`, `edition = "2024"`)
	for _, c := range []struct {
		name, flag string
		do         func(*editor)
		found      bool
	}{
		{"lockfile 4, of its time", "--cargo=1.78", func(*editor) {}, false},
		{"lockfile 4, too early", "--cargo=1.77", func(*editor) {}, true},
		{"lockfile 3, of its time", "--cargo=1.56", lock("version = 3\n"), false},
		{"lockfile 3, too early", "--cargo=1.46", lock("version = 3\n"), true},
		{"edition 2024, of its time", "--cargo=1.85", edition, false},
		{"edition 2024, too early", "--cargo=1.84", edition, true},
		{"a version with a third part", "--cargo=1.77.2", func(*editor) {}, true},
		{"cargo itself", "--cargo=1.95", func(*editor) {}, false},
		{"a vendor folder of its time", "--compat=1.95", func(*editor) {}, false},
		{"a vendor folder without comments", "--compat=1.97", func(*editor) {}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			k := checkEdit{do: c.do, flags: []string{c.flag}}.of(site)
			if report, status, stderr := k.check(t); (status == 3) != c.found || status != 3 && status != 0 {
				t.Errorf("check ends with %d: %+v\n%s", status, report, stderr)
			}
		})
	}
}
