package serve

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/internal/home"
)

// Repository is one that is served.
type Repository struct {
	Name string   // of its folder, and below /git
	URLs []string // that it says it was fetched from, as far as git's configuration can have them
}

// Repositories lists those of some homes, in order of their names.
func Repositories(homes []string) (list []Repository) {
	seen := map[string]bool{}
	for _, dir := range homes {
		dbs := filepath.Join(dir, filepath.FromSlash(home.DBPath))
		entries, _ := os.ReadDir(dbs) // one that cannot be listed has nothing to show
		for _, e := range entries {
			if !home.IsFolderName(e.Name()) || seen[e.Name()] {
				continue
			}
			seen[e.Name()] = true
			urls := slices.DeleteFunc(object.Remotes(filepath.Join(dbs, e.Name())), isOddURL)
			list = append(list, Repository{e.Name(), urls})
		}
	}
	slices.SortFunc(list, func(a, b Repository) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// isOddURL reports whether a URL cannot be shown, or means more than itself in a configuration.
func isOddURL(url string) bool {
	odd := func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"\#;`, r) }
	return url == "" || strings.ContainsFunc(url, odd) || crate.Redact(url) != url
}

// GitConfig is the configuration of git that makes it, and cargo, fetch repositories from the
// server at a URL.
func GitConfig(list []Repository, at string) string {
	var b strings.Builder
	for _, r := range list {
		if len(r.URLs) == 0 {
			continue
		}
		b.WriteString("[url \"" + at + "/" + gitFolder + "/" + r.Name + "\"]\n")
		for _, url := range r.URLs {
			b.WriteString("    insteadOf = " + url + "\n")
		}
	}
	return b.String()
}
