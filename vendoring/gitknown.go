package vendoring

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"sync"

	"cargohome/crate"
	"cargohome/internal/compat"
	"cargohome/internal/fsx"
	"cargohome/internal/locate"
)

// copyRules is the number of the rules by which files are taken from a commit and
// manifests are written. It grows with each change of what is made of some commit, so
// that nothing is taken for unchanged that was made by others; TestCopyRules tells.
const copyRules = 1

// key is of what the files of a package depend on: the commit, which names its files and
// those of its submodules by their content, the package, and what is the same for all:
// our rules, whether cargo is a nightly one, the umask. There is also which registries
// cargo's configuration has; see [remark].
func (c *StatCache) key(p *locate.Package) crate.Checksum {
	about := fmt.Appendf(nil, "git\n%d\n%t\n%o\n%q\n%q\n%q\n",
		copyRules, c.manifests.Nightly, fsx.Umask(), p.From.String(), p.ID.Name, p.ID.Version)
	return byRule(sha256.Sum256(about), c.rule)
}

// byRule is the key of what is made of something by a rule: another one for each but the
// usual.
func byRule(key crate.Checksum, rule compat.Rule) crate.Checksum {
	if rule.IsUsual() {
		return key
	}
	return sha256.Sum256(fmt.Appendf(key[:], "\n1.%d\n", rule.Makes()))
}

// memo is what a package is remembered with; false for one that is not, as it comes from
// a directory source.
func (c *StatCache) memo(s *Step) (memo, bool) {
	switch {
	case len(s.Archives) > 0:
		return memo{byRule(*s.Checksum, c.rule), quoted(s.remarks)}, true
	case s.Commit != nil && s.out == nil:
		return memo{c.key(&s.Package), quoted(s.remarks)}, true
	}
	return memo{}, false
}

// remarksOn returns the registries that manifests asked for, in order.
func remarksOn(asked map[string]bool) (list []remark) {
	for _, name := range slices.Sorted(maps.Keys(asked)) {
		sign := byte(lacksRegistry)
		if asked[name] {
			sign = hasRegistry
		}
		list = append(list, remark{sign, name})
	}
	return list
}

func warnings(texts []string) (list []remark) {
	for _, text := range texts {
		list = append(list, remark{warns, text})
	}
	return list
}

// known is a package of a repository whose folder is as it was.
type known struct {
	Result
	warnings []string
}

// Known returns what tells of packages of repositories, before anybody looks what is in
// them, whether their folders are known to be unchanged; see [locate.Sources]. It is nil
// if c is.
func (c *StatCache) Known(a *Arrangement) func(*locate.Package) bool {
	if c == nil {
		return nil
	}
	folders := sync.OnceValue(func() map[crate.ID]string { // few projects have packages of repositories
		folders := map[crate.ID]string{}
		for i, p := range a.Packages {
			folders[p.ID] = a.Folders[i]
		}
		return folders
	})
	return func(p *locate.Package) bool { return c.knows(folders()[p.ID], p) }
}

// knows reports whether the folder of a package is as it was, and notes that.
func (c *StatCache) knows(folder string, of *locate.Package) bool {
	was, ok := c.old()[folder]
	if !ok {
		return false
	}
	remarks, ok := unquoted(was.remarks)
	if !ok || !c.agrees(remarks) {
		return false
	}
	p := provers.Get().(*prover)
	defer provers.Put(p)
	if !p.open(c.dest, folder, nil) {
		return false
	}
	defer p.end()
	looks, ok := p.look()
	if !ok || !c.recall(p, folder, c.key(of), looks) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known[folder] = known{looks.result(), warningsIn(remarks)}
	return true
}

// provers are for those who have none of their own.
var provers = sync.Pool{New: func() any { return &prover{} }}

// agrees reports whether cargo's configuration still has the same of the registries.
func (c *StatCache) agrees(remarks []remark) bool {
	for _, r := range remarks {
		if r.sign != warns && c.manifests.Knows(r.text) != (r.sign == hasRegistry) {
			return false
		}
	}
	return true
}

func warningsIn(remarks []remark) (texts []string) {
	for _, r := range remarks {
		if r.sign == warns {
			texts = append(texts, r.text)
		}
	}
	return texts
}

// recalled returns what is known of a folder.
func (c *StatCache) recalled(folder string) (known, bool) {
	if c == nil {
		return known{}, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.known[folder]
	return k, ok
}
