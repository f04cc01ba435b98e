package usage

import (
	"path"
	"slices"
	"strings"

	"cargohome/internal/fsx"
)

// Cargo builds in the home where its configuration says so, and for scripts without
// (cargo 1.95: default_build_dir): in build/xx/yyyyyyyyyyyyyy, of which the digits are
// those of a hash, unless it is told another place.

// buildRoot is where that is if nothing else is configured.
const buildRoot = "build"

// isBuildRoot reports whether a folder holds build folders, or is one.
func (s *scan) isBuildRoot(at string) bool {
	return at == buildRoot || slices.Contains(s.builds, at) || slices.Contains(s.builds, ".") && isHex(at, 2)
}

// leadsToBuilds reports whether such a folder lies below.
func (s *scan) leadsToBuilds(at string) bool {
	return slices.ContainsFunc(s.builds, func(root string) bool { return strings.HasPrefix(root, at+"/") })
}

func isHex(name string, digits int) bool {
	return len(name) == digits && strings.Trim(name, "0123456789abcdef") == ""
}

// elsewhere is for what lies in the home and is not known by its name.
func (s *scan) elsewhere(dir fsx.Folder, at string, e entry) error {
	switch {
	case e.Mode.IsDir() && s.isBuildRoot(at):
		return s.builtIn(dir, at, "", e)
	case e.Mode.IsDir() && s.leadsToBuilds(at):
		return s.inside(dir, at, e, own, s.elsewhere)
	}
	return s.other(dir, at, e, "")
}

// builtIn tells of a build folder, or of those in a folder. All that lies between
// belongs to them.
func (s *scan) builtIn(dir fsx.Folder, root, name string, e entry) error {
	sub, err := dir.Open(e.name)
	if err != nil {
		s.problem(path.Join(root, name), err)
		return nil
	}
	defer sub.Close()
	depth := 0
	if name != "" {
		depth = strings.Count(name, "/") + 1
	}
	if isBuilt(sub) || depth > 0 && isHex(e.name, 14) {
		t := measure(s.ctx, sub)
		item := s.newItem(Build, root, name, e, t)
		item.Used = max(item.Used, t.newest)
		s.to.item(item)
		return s.ctx.Err()
	}
	if depth == 2 {
		return s.partOfBuilds(dir, path.Join(root, name), e)
	}
	s.count(Build, "", e, 0)
	return s.each(sub, path.Join(root, name), func(dir fsx.Folder, at string, e entry) error {
		if !e.Mode.IsDir() {
			return s.partOfBuilds(dir, at, e)
		}
		return s.builtIn(dir, root, strings.TrimPrefix(at, root+"/"), e)
	})
}

// partOfBuilds is for what is no build folder, among those.
func (s *scan) partOfBuilds(dir fsx.Folder, at string, e entry) error {
	t := s.measured(dir, e)
	s.problem(at, t.err)
	s.to.part(Build, "", t.size, t.links, 0)
	return s.ctx.Err()
}

// isBuilt reports whether a folder has what Cargo puts into each that it builds in.
func isBuilt(f fsx.Folder) bool {
	for _, name := range []string{".rustc_info.json", "CACHEDIR.TAG"} {
		if e, err := f.Stat(name); err == nil && e.Mode.IsRegular() {
			return true
		}
	}
	return false
}
