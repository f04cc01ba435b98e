package vendoring

import (
	"strconv"

	"cargohome/crate"
	"cargohome/internal/locate"
)

// ProcMacros returns what tells of packages with archives whether their libraries are
// procedural macros, which no index says, as far as that is remembered of their folders.
// It is nil if c is.
func (c *StatCache) ProcMacros(steps []Step) func(*locate.Package) (is, known bool) {
	if c == nil {
		return nil
	}
	folders := map[crate.ID]string{}
	for i := range steps {
		folders[steps[i].ID] = steps[i].Folder
	}
	return func(p *locate.Package) (is, known bool) {
		was, ok := c.old()[folders[p.ID]]
		if !ok || p.Checksum == nil || was.key != *p.Checksum {
			return false, false
		}
		remarks, _ := unquoted(was.remarks)
		for _, r := range remarks {
			if r.sign == isMacro {
				return r.text == strconv.FormatBool(true), true
			}
		}
		return false, false
	}
}

// NoteProcMacro has a stat cache remember of a package with an archive whether its library
// is a procedural macro. It is for before the step is written.
func (s *Step) NoteProcMacro(is bool) {
	s.remarks = []remark{{isMacro, strconv.FormatBool(is)}}
}

// remark adds to what is remembered of a folder what was found out now.
func (c *StatCache) remark(s *Step) {
	if len(s.remarks) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.fresh[s.Folder]
	n.remarks = quoted(s.remarks)
	if n.instead.key == n.key {
		n.instead.remarks = n.remarks
	}
	c.fresh[s.Folder] = n
}
