package worktree

import (
	"cmp"
	"fmt"
	"runtime"
	"strings"
	"unicode"

	"cargohome/crate"
	"cargohome/internal/staging"

	"github.com/go-git/go-git/v5/plumbing/format/index"
)

// checkoutConfig is the configuration Cargo's libgit2 gives to a clone of a
// repository in git/db, of which %s is the URL.
const checkoutConfig = `[core]
	bare = false
	repositoryformatversion = 0
	filemode = %t
	logallrefupdates = true
	autocrlf = false
[remote "origin"]
	url = %s
	fetch = +refs/heads/*:refs/remotes/origin/*
[branch "master"]
	remote = origin
	merge = refs/heads/master
`

// writeGit makes the ".git" of a work tree, as far as Cargo and git need it.
func (l *Layer) writeGit(to *staging.Writer, dir string, idx *index.Index) error {
	for _, sub := range []string{"objects/info", "objects/pack", "refs/heads", "refs/tags"} {
		if err := to.Mkdir(dir+"/"+sub, 0o777); err != nil {
			return err
		}
	}
	if err := l.DB.Link(to, dir+"/objects"); err != nil {
		return err
	}
	index, err := encodeIndex(idx)
	if err != nil {
		return err
	}
	files := map[string][]byte{
		"HEAD":              []byte("ref: refs/heads/master\n"),
		"refs/heads/master": []byte(l.Commit + "\n"),
		"config":            []byte(fmt.Sprintf(checkoutConfig, runtime.GOOS != "windows", configValue(crate.NewDirectorySource(l.DB.Dir()).URL())) + l.initialized()),
		"index":             index,
	}
	if data, err := l.DB.Shallow(); err == nil {
		files["shallow"] = data
	}
	for name, data := range files {
		if err := to.WriteFile(dir+"/"+name, 0o666, data); err != nil {
			return err
		}
	}
	return nil
}

// writeBareGit makes one of no more than Cargo asks for (proved.md, 3), with objects from
// elsewhere.
func (l *Layer) writeBareGit(to *staging.Writer, dir string, idx *index.Index, objects string) error {
	for _, sub := range []string{"objects/info", "refs"} {
		if err := to.Mkdir(dir+"/"+sub, 0o777); err != nil {
			return err
		}
	}
	index, err := encodeIndex(idx)
	if err != nil {
		return err
	}
	for _, file := range []struct {
		name string
		data []byte
	}{{"HEAD", []byte(l.Commit + "\n")}, {"index", index}, {"objects/info/alternates", []byte(objects + "\n")}} {
		if err := to.WriteFile(dir+"/"+file.name, 0o666, file.data); err != nil {
			return err
		}
	}
	return nil
}

// initialized is what libgit2 notes of submodules (submodule.c, git_submodule_init). Cargo up
// to 1.83 has it noted whenever it finds a checkout, and cannot where that is not writable;
// nobody reads the URLs. What takes escapes that git would read otherwise is not noted.
func (l *Layer) initialized() string {
	var b strings.Builder
	for _, m := range l.modules {
		url := m.url
		if joined, err := submoduleURL(l.URL, url); l.URL != "" && err == nil {
			url = joined
		}
		if strings.ContainsFunc(m.name+url, unicode.IsControl) {
			continue
		}
		escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace
		fmt.Fprintf(&b, "[submodule \"%s\"]\n\turl = \"%s\"\n", escape(m.name), escape(url))
		if update := m.update; update != "" || m.skip {
			fmt.Fprintf(&b, "\tupdate = %s\n", cmp.Or(update, "none"))
		}
	}
	return b.String()
}

// configValue quotes a value that a git configuration would read otherwise. URLs
// of files have no quotes and no backslashes.
func configValue(v string) string {
	if strings.ContainsAny(v, ";#") {
		return `"` + v + `"`
	}
	return v
}
