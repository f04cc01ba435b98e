package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"cargohome/crate"
)

// Paths of what comes first in the tar. Neither is in the manifest.
const (
	ManifestPath  = "cargohome/bundle.jsonl"
	SignaturePath = ManifestPath + ".minisig"
)

const (
	plainFormat = 1
	smallFormat = 2 // has content in place of archives; the newest that is read
	writer      = 2 // 1: left_out in no order of texts, and units of a delta held in part
	madeBy      = "cargohome"
	maxHead     = 16 << 20 // of the manifest's first line, in bytes
	minPart     = 8        // so many there are at least for each part of that
	maxLine     = 1 << 20  // of an entry in the manifest
	minLine     = 96       // so many a manifest has at least for each of its entries, if there are
	manyEntries = 1 << 17  // more than that: as much is kept of one that says little as of others

	// MaxManifest is the size of the largest manifest that is read, in bytes: 100,000
	// archives and their index entries take 45 MiB.
	MaxManifest = 64 << 20
	// MaxSignature is the size of the largest signature that is read, in bytes.
	MaxSignature = 4 << 10
)

// Manifest says what a bundle holds.
type Manifest struct {
	Format       int          `json:"format"`                 // 1, or 2 if it may have content in place of archives
	MadeBy       string       `json:"made_by"`                // "cargohome"
	Writer       int          `json:"writer"`                 // grows when the same would make other bytes
	Container    string       `json:"container"`              // a tarball.Format
	Compressor   string       `json:"compressor,omitempty"`   // with its version and level
	Lockfiles    []Lockfile   `json:"lockfiles,omitempty"`    // sorted
	Registries   []Registry   `json:"registries,omitempty"`   // by name
	Repositories []Repository `json:"repositories,omitempty"` // by name
	LeftOut      []string     `json:"left_out,omitempty"`     // "NAME VERSION (SOURCE)", sorted since writer 2
	Since        []string     `json:"since,omitempty"`        // what a delta was packed against, sorted

	// Sum is the SHA-256 of the manifest, by which deltas name it: of one that was read or
	// written.
	Sum crate.Checksum `json:"-"`
	// Entries are what is in the tar, and what is held, sorted by path.
	Entries []Entry `json:"-"`
}

// Lockfile is one that a bundle was packed for.
type Lockfile struct {
	SHA256   string `json:"sha256"`   // of its bytes
	Packages int    `json:"packages"` // of other sources than paths
}

// Registry says which source the folder of a registry is for.
type Registry struct {
	Name   string `json:"name"`   // of the folder
	Source string `json:"source"` // as a lockfile has it
}

// LeftOutName is what a manifest calls a package that the bundle has no archive of.
func LeftOutName(id crate.ID) string {
	return fmt.Sprintf("%s %s (%s)", id.Name, id.Version, crate.Redact(id.Source.String()))
}

// CutLeftOut returns what is in such a name.
func CutLeftOut(text string) (name, version, source string) {
	name, rest, _ := strings.Cut(text, " ")
	version, source, _ = strings.Cut(rest, " ")
	return name, version, strings.TrimSuffix(strings.TrimPrefix(source, "("), ")")
}

// Repository says which repository a folder of git/db is of.
type Repository struct {
	Name    string   `json:"name"`          // of the folder
	URL     string   `json:"url,omitempty"` // that it is fetched from, without what is secret in it
	Commits []string `json:"commits"`       // sorted
}

// Text returns the manifest's text.
func (m *Manifest) Text() ([]byte, error) {
	head, err := encode(m)
	if err == nil {
		err = checkSize(head)
	}
	if err != nil {
		return nil, err
	}
	text := append(append(make([]byte, 0, len(head)+m.textSize()), head...), '\n')
	for i := range m.Entries {
		if text, err = m.Entries[i].appendLine(text); err != nil {
			return nil, err
		}
		if text = append(text, '\n'); len(text) > MaxManifest {
			return nil, fmt.Errorf("%w: its manifest has more than %d bytes", ErrLimit, MaxManifest)
		}
	}
	return text, checkCount(len(m.Entries), len(text))
}

// textSize is about how many bytes the lines of the entries have.
func (m *Manifest) textSize() (size int) {
	for i := range m.Entries {
		size += len(m.Entries[i].Path) + len(m.Entries[i].Package) + len(m.Entries[i].Link) + 160
	}
	return min(size, MaxManifest)
}

// ParseManifest reads the text of a manifest, which is that of [ManifestPath] in a home that
// a bundle was unpacked to. The error matches [ErrNotBundle], [ErrNewer], [ErrManifest],
// [ErrName] or [ErrLimit].
func ParseManifest(text []byte) (*Manifest, error) {
	head, rest, ended := bytes.Cut(text, []byte{'\n'})
	var version struct {
		Format int `json:"format"`
	}
	switch err := json.Unmarshal(head, &version); {
	case err != nil || version.Format < 1:
		return nil, ErrNotBundle
	case version.Format > smallFormat:
		return nil, fmt.Errorf("%w: %d", ErrNewer, version.Format)
	case !ended:
		return nil, unsound("its first line has no end")
	}
	if err := checkSize(head); err != nil {
		return nil, err
	}
	m := &Manifest{Sum: crate.Sum(text)}
	if err := parseLine(head, m); err != nil {
		return nil, unsound("line 1: %w", err)
	}
	if err := m.checkHead(); err != nil {
		return nil, err
	}
	count := bytes.Count(rest, []byte{'\n'})
	if err := checkCount(count, len(text)); err != nil {
		return nil, err
	}
	m.Entries = make([]Entry, 0, count)
	return m, m.parseEntries(rest)
}

// checkSize refuses a first line that would take many times its bytes in memory: as one of
// empty texts or objects, which no bundle has.
func checkSize(head []byte) error {
	if len(head) > maxHead || bytes.Count(head, []byte{','}) > len(head)/minPart {
		return fmt.Errorf("%w: the first line of its manifest has more than %d bytes, or parts of less than %d", ErrLimit, maxHead, minPart)
	}
	return nil
}

// checkCount refuses a manifest whose entries would take many times its bytes in memory: as of
// empty folders, which no bundle has so many of.
func checkCount(entries, size int) error {
	if entries > manyEntries && entries > size/minLine {
		return fmt.Errorf("%w: its manifest has more than %d entries, of less than %d bytes", ErrLimit, manyEntries, minLine)
	}
	return nil
}

// Check reports why a manifest could not be read if it was written, nil if it could.
func (m *Manifest) Check() error {
	err := m.checkHead()
	for i := range m.Entries {
		if err == nil {
			err = m.checkEntry(i)
		}
	}
	return err
}

func unsound(why string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrManifest, fmt.Errorf(why, args...))
}

func (m *Manifest) parseEntries(text []byte) error {
	for number := 2; len(text) > 0; number++ {
		line, rest, ended := bytes.Cut(text, []byte{'\n'})
		if !ended || len(line) > maxLine {
			return unsound("line %d has no end", number)
		}
		e, ok := plainEntry(line)
		if !ok {
			if err := parseLine(line, &e); err != nil {
				return unsound("line %d: %w", number, err)
			}
		}
		m.Entries = append(m.Entries, e)
		if err := m.checkEntry(len(m.Entries) - 1); err != nil {
			return err
		}
		text = rest
	}
	return nil
}

// parseLine reads one line, which has to be as it is written: then it says nothing twice,
// and nothing that is not known.
func parseLine(line []byte, into any) error {
	if err := json.Unmarshal(line, into); err != nil {
		return errors.New("it is not what belongs there")
	}
	again, err := encode(into)
	if err == nil && !bytes.Equal(again, line) {
		err = errors.New("it is spelt otherwise than it is written, or has what is not known")
	}
	return err
}

// checkEntry refuses an entry that may not stand where it does.
func (m *Manifest) checkEntry(i int) error {
	e := &m.Entries[i]
	if err := e.Check(); err != nil {
		return e.error(err)
	}
	if e.Content != nil && m.Format != smallFormat {
		return e.error(unsound("it has a content, which format %d has not", m.Format))
	}
	if e.Content != nil && e.Content.Base != "" && len(m.Since) == 0 {
		return e.error(unsound("it is made of another archive, and the bundle is no delta"))
	}
	if e.Held && len(m.Since) == 0 {
		return e.error(unsound("it is held, and the bundle is no delta"))
	}
	if e.Kind() == LockfileEntry && !m.isLockfile(e) {
		return e.error(unsound("it is none of the lockfiles that the bundle was packed for"))
	}
	if i == 0 {
		return nil
	}
	last := &m.Entries[i-1]
	switch order := Compare(last.Path, e.Path); {
	case order == 0:
		return e.error(unsound("it is there twice"))
	case order > 0:
		return e.error(unsound("it is not in order"))
	case !last.IsFolder() && strings.HasPrefix(e.Path, last.Path+"/"):
		return e.error(unsound("it lies in what is no folder"))
	}
	return nil
}

// isLockfile reports whether an entry is the lockfile that it is called after.
func (m *Manifest) isLockfile(e *Entry) bool {
	sum := e.Sum.String()
	_, found := slices.BinarySearchFunc(m.Lockfiles, sum, func(l Lockfile, sum string) int { return strings.Compare(l.SHA256, sum) })
	return found && path.Base(e.Path) == sum+".lock"
}

// checkHead looks at what the first line says.
func (m *Manifest) checkHead() error {
	for i, l := range m.Lockfiles {
		if _, err := crate.ParseChecksum(l.SHA256); err != nil || l.Packages < 0 || i > 0 && m.Lockfiles[i-1].SHA256 >= l.SHA256 {
			return unsound("lockfiles: %q with %d packages, or not in order", l.SHA256, l.Packages)
		}
	}
	if slices.Contains(m.LeftOut, "") {
		return unsound("left_out: a package has no name")
	}
	for _, sum := range m.Since {
		if _, err := crate.ParseChecksum(sum); err != nil {
			return unsound("since: %w", err)
		}
	}
	for i, r := range m.Registries {
		if !isFolderName(r.Name) || i > 0 && m.Registries[i-1].Name >= r.Name {
			return unsound("registries: %q is not the name of a folder, or not in order", r.Name)
		}
	}
	for i, r := range m.Repositories {
		if i > 0 && m.Repositories[i-1].Name >= r.Name {
			return unsound("repositories: %q is not in order", r.Name)
		}
		if !isFolderName(r.Name) || !areAscending(r.Commits) || slices.ContainsFunc(r.Commits, isNoCommit) {
			return unsound("repositories: %q with commits %q", r.Name, r.Commits)
		}
	}
	return nil
}

// areAscending reports whether texts are sorted, and none is there twice.
func areAscending(list []string) bool {
	for i := 1; i < len(list); i++ {
		if list[i-1] >= list[i] {
			return false
		}
	}
	return true
}

func isNoCommit(text string) bool { return !isHex(text, 40) }

// isHex reports whether a text is so many hexadecimal digits.
func isHex(text string, digits int) bool {
	return len(text) == digits && strings.Trim(text, "0123456789abcdef") == ""
}

// IsDelta reports whether the bundle lacks what others have.
func (m *Manifest) IsDelta() bool { return len(m.Since) > 0 }

// Source returns the source that the folder of a registry is for, "" if it is not known.
func (m *Manifest) Source(name string) string {
	i, found := slices.BinarySearchFunc(m.Registries, name, func(r Registry, name string) int { return strings.Compare(r.Name, name) })
	if !found {
		return ""
	}
	return m.Registries[i].Source
}

// Bytes returns how many bytes the entries have together, and how many of them are in
// the tar.
func (m *Manifest) Bytes() (all, packed int64) {
	for i := range m.Entries {
		e := &m.Entries[i]
		if all += e.Size; !e.Held {
			packed += e.Size
		}
	}
	return all, packed
}

// Find returns the entry of a path, nil if there is none.
func (m *Manifest) Find(path string) *Entry {
	i, found := m.place(path)
	if !found {
		return nil
	}
	return &m.Entries[i]
}

// place returns where the entry of a path is among the others.
func (m *Manifest) place(path string) (i int, found bool) {
	return slices.BinarySearchFunc(m.Entries, path, func(e Entry, path string) int { return Compare(e.Path, path) })
}
