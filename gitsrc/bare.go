package gitsrc

import (
	"fmt"
	"strings"

	"cargohome/gitsrc/object"
	"cargohome/internal/staging"
)

// bare is what a repository consists of besides its objects. Cargo needs no more of it.
type bare struct {
	urls    []string           // that it was fetched from, for [object.Remotes]
	commit  string             // that is said to have been
	shallow []byte             // commits that lack their parents, nil for none
	refs    []object.Reference // none if the history is not whole
}

// bareConfig is what Cargo's libgit2 gives to a bare repository.
const bareConfig = "[core]\n\tbare = true\n\trepositoryformatversion = 0\n"

// write writes it, with config as its configuration, into a folder of a tree, "" for that
// itself, in which objects are put besides.
func (b *bare) write(to *staging.Writer, at, config string) error {
	if at != "" {
		at += "/"
	}
	for _, sub := range []string{"refs/heads", "refs/tags", "objects/info", "objects/pack"} {
		if err := to.Mkdir(at+sub, 0o777); err != nil {
			return err
		}
	}
	for name, text := range b.files(config) {
		if err := to.WriteFile(at+name, 0o666, []byte(text)); err != nil {
			return err
		}
	}
	return nil
}

func (b *bare) files(config string) map[string]string {
	var fetched, packed strings.Builder
	for _, url := range b.urls {
		fmt.Fprintf(&fetched, "%s\tnot-for-merge\t%s\n", b.commit, url)
	}
	for _, ref := range b.refs {
		fmt.Fprintf(&packed, "%s %s\n", ref.ID, ref.Name)
	}
	files := map[string]string{"HEAD": "ref: refs/heads/master\n", "config": config, "FETCH_HEAD": fetched.String()}
	if b.shallow != nil {
		files["shallow"] = string(b.shallow)
	}
	if packed.Len() > 0 {
		files["packed-refs"] = packed.String()
	}
	return files
}
