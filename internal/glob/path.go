package glob

import (
	"errors"
	"fmt"
	"strings"
)

// Path is a pattern for paths below a folder. It is safe for concurrent use.
type Path struct {
	parts   []*Part
	dirOnly bool // it ends in a slash
}

// maxParts bounds how deep a pattern reaches.
const maxParts = 64

// ParsePath reads a pattern of parts with '/' between; one at the end makes it match
// folders only. It must be relative and not lead out of the folder.
func ParsePath(text string) (*Path, error) {
	if strings.HasPrefix(text, "/") {
		return nil, errors.New("it must be relative to the package's folder")
	}
	p := &Path{dirOnly: strings.HasSuffix(text, "/")}
	for part := range strings.SplitSeq(text, "/") {
		switch part {
		case "", ".":
			continue
		case "..":
			return nil, errors.New("it leads out of the package's folder")
		}
		one, err := ParsePart(part)
		if err != nil {
			return nil, err
		}
		p.parts = append(p.parts, one)
	}
	switch {
	case len(p.parts) == 0:
		return nil, errors.New("it names no path")
	case len(p.parts) > maxParts:
		return nil, fmt.Errorf("it has more than %d parts", maxParts)
	}
	return p, nil
}

// Covers reports whether the pattern matches a file, '/'-separated, or a folder that the
// file is in, and in how many steps, each some nanoseconds, that was found. "**" at the end
// matches folders only, as in the glob crate.
func (p *Path) Covers(file string) (covers bool, steps int) {
	// at has the parts that may come next: those before it match what was seen.
	at := make([]bool, len(p.parts)+1)
	at[0] = true
	for rest, more := file, true; more && !covers; {
		var name string
		name, rest, more = strings.Cut(rest, "/")
		var n int
		covers, n = p.step(at, name, more)
		steps += n
	}
	return covers, steps
}

// step goes on by one name, and reports whether the pattern matches up to it.
func (p *Path) step(at []bool, name string, isFolder bool) (matches bool, steps int) {
	steps = len(p.parts)
	last := len(p.parts) - 1
	for i, part := range p.parts {
		if at[i] && part.Recursive && i < last {
			at[i+1] = true // it may stand for no folder
		}
	}
	for i := last; i >= 0; i-- {
		part := p.parts[i]
		switch {
		case !at[i]:
			continue
		case part.Recursive:
			at[i] = isFolder
			matches = matches || isFolder && i == last
			continue
		}
		at[i] = false
		fits, n := part.match(name)
		steps += n
		if fits {
			at[i+1] = true
			matches = matches || i == last && (isFolder || !p.dirOnly)
		}
	}
	at[len(p.parts)] = false
	return matches, steps
}
