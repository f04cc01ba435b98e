package cargotest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strings"
)

// entry is an index line, its fields in the order of crates.io (spec 3.6).
type entry struct {
	Name      string              `json:"name"`
	Vers      string              `json:"vers"`
	Deps      []entryDep          `json:"deps"`
	Cksum     string              `json:"cksum"`
	Features  map[string][]string `json:"features"`
	Features2 map[string][]string `json:"features2,omitempty"`
	Yanked    bool                `json:"yanked"`
	Links     string              `json:"links,omitempty"`
	V         int                 `json:"v,omitempty"`
	Pubtime   string              `json:"pubtime,omitempty"`
}

type entryDep struct {
	Name            string   `json:"name"`
	Req             string   `json:"req"`
	Features        []string `json:"features"`
	Optional        bool     `json:"optional"`
	DefaultFeatures bool     `json:"default_features"`
	Target          *string  `json:"target"`
	Kind            string   `json:"kind"`
	Registry        *string  `json:"registry,omitempty"`
	Package         *string  `json:"package,omitempty"`
}

// IndexLine returns the crate's line in an index, without line feed. The empty
// checksum means that of the archive.
func (c Crate) IndexLine(cksum string) []byte {
	if cksum == "" {
		cksum = c.Checksum() // which takes making the archive
	}
	e := entry{Name: c.Name, Vers: c.Version, Deps: []entryDep{}, Cksum: cksum, Yanked: c.Yanked, Links: c.Links, Pubtime: c.Published}
	e.Features, e.Features2 = splitFeatures(c.Features)
	if e.Features2 != nil {
		e.V = 2
	}
	for _, d := range c.Deps {
		e.Deps = append(e.Deps, d.entry())
	}
	line, err := json.Marshal(e)
	if err != nil {
		panic(err) // nothing in an entry can fail
	}
	return line
}

func (d Dep) entry() entryDep {
	e := entryDep{Name: d.key(), Req: d.req(), Features: append([]string{}, d.Features...), Optional: d.Optional,
		DefaultFeatures: !d.NoDefaults, Kind: d.kind()}
	if d.Target != "" {
		e.Target = &d.Target
	}
	if d.As != "" {
		e.Package = &d.Name
	}
	if d.Registry != "" {
		e.Registry = &d.Registry
	}
	return e
}

// splitFeatures keeps the newer syntax apart, which old Cargos must not see.
func splitFeatures(all map[string][]string) (plain, newer map[string][]string) {
	plain = map[string][]string{}
	for name, values := range all {
		if text := strings.Join(values, " "); strings.Contains(text, "dep:") || strings.Contains(text, "?/") {
			if newer == nil {
				newer = map[string][]string{}
			}
			newer[name] = values
		} else {
			plain[name] = values
		}
	}
	return plain, newer
}

// IndexPath is where the entry of a crate stands below the root of an index
// (spec 3.1), with slashes.
func IndexPath(name string) string {
	name = strings.ToLower(name)
	switch len(name) {
	case 1:
		return "1/" + name
	case 2:
		return "2/" + name
	case 3:
		return "3/" + name[:1] + "/" + name
	}
	return name[:2] + "/" + name[2:4] + "/" + name
}

// CacheFile returns a file of the index cache (spec 3.4): format 3, index
// schema 2, the version string, then each line behind its version.
func CacheFile(version string, lines [][]byte) []byte {
	b := bytes.NewBufferString("\x03\x02\x00\x00\x00" + version + "\x00")
	for _, line := range lines {
		b.WriteString(lineVersion(line))
		b.WriteByte(0)
		b.Write(line)
		b.WriteByte(0)
	}
	return b.Bytes()
}

func lineVersion(line []byte) string {
	var e entry
	if err := json.Unmarshal(line, &e); err != nil {
		panic(err) // lines are IndexLine's
	}
	return e.Vers
}

// cachedLines reads back a file that CacheFile made; none has no lines.
func cachedLines(t T, file string) [][]byte {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	check(t, err)
	parts := bytes.Split(data, []byte{0})[4:] // three NULs of the schema, one behind the version string
	var lines [][]byte
	for i := 1; i < len(parts); i += 2 {
		lines = append(lines, parts[i])
	}
	return lines
}

// upsert replaces the line of the same version, or appends.
func upsert(lines [][]byte, line []byte) [][]byte {
	for i := range lines {
		if lineVersion(lines[i]) == lineVersion(line) {
			lines[i] = line
			return lines
		}
	}
	return append(lines, line)
}
