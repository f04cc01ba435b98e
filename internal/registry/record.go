package registry

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/fsx"
)

// RecordFile is what a folder has that is a mirror.
const RecordFile = "cargohome-mirror.json"

const maxRecord = 1 << 20 // bytes

// Record says what a mirror is. The zero Record is that of a folder that is none.
type Record struct {
	Layout     Layout     // of all registries
	URL        string     // where a web server has the mirror, without a '/' at the end
	Registries []Recorded // by name
}

// Recorded is a registry of a mirror.
type Recorded struct {
	Name   string         // of its folder
	Source crate.SourceID // zero if it is not known
}

// recordText is a record as it is written.
type recordText struct {
	Format     int            `json:"format"`
	Layout     Layout         `json:"layout"`
	URL        string         `json:"url,omitempty"`
	Registries []recordedText `json:"registries"`
}

type recordedText struct {
	Name   string `json:"name"`
	Source string `json:"source,omitempty"`
}

// ErrNotMirror is matched by the error for a folder that has other things than a mirror.
var ErrNotMirror = errors.New("it is not a mirror")

// ReadRecord reads the record of the mirror in dir. The error matches fs.ErrNotExist if it
// has none.
func ReadRecord(dir string) (Record, error) {
	path := filepath.Join(dir, RecordFile)
	folder, err := fsx.OpenFolder(dir)
	if err != nil {
		return Record{}, err
	}
	defer folder.Close()
	text, err := folder.ReadRegular(RecordFile, maxRecord)
	if errors.Is(err, fs.ErrNotExist) {
		return Record{}, err
	}
	var r Record
	if err == nil {
		r, err = parseRecord(text)
	}
	if err != nil {
		return Record{}, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

func parseRecord(text []byte) (r Record, err error) {
	var t recordText
	switch err := json.Unmarshal(text, &t); {
	case err != nil || t.Format < 1:
		return r, ErrNotMirror
	case t.Format > 1:
		return r, fmt.Errorf("format %d is of a newer cargohome", t.Format)
	}
	if r.Layout, err = ParseLayout(string(t.Layout)); err != nil {
		return r, err
	}
	if t.URL != "" {
		if r.URL, err = ParseURL(t.URL); err != nil {
			return r, err
		}
	}
	for _, reg := range t.Registries {
		recorded, err := reg.parse()
		if err != nil {
			return r, fmt.Errorf("registry %q: %w", reg.Name, err)
		}
		if r.find(reg.Name) != nil {
			return r, fmt.Errorf("registry %q is there twice", reg.Name)
		}
		r.Registries = append(r.Registries, recorded)
	}
	return r, nil
}

func (t recordedText) parse() (Recorded, error) {
	if !isName(t.Name) {
		return Recorded{}, crate.ErrName
	}
	r := Recorded{Name: t.Name}
	if t.Source == "" {
		return r, nil
	}
	var err error
	if r.Source, err = crate.ParseSourceID(t.Source); err == nil && !r.Source.IsRegistry() {
		err = errors.New("its source is no registry")
	}
	return r, err
}

// Text is the record as it is written.
func (r Record) Text() []byte {
	t := recordText{1, r.Layout, r.URL, []recordedText{}}
	for _, reg := range r.Registries {
		text := recordedText{Name: reg.Name}
		if reg.Source != (crate.SourceID{}) {
			text.Source = reg.Source.String()
		}
		t.Registries = append(t.Registries, text)
	}
	text, err := json.Marshal(t)
	if err != nil {
		panic(err) // of texts there is none
	}
	return append(text, '\n')
}

// IndexURL is where cargo finds the index of a registry, as its configuration is to have it.
func (r Record) IndexURL(name string) string {
	return "sparse+" + r.URL + "/" + name + "/" + IndexFolder + "/"
}

// Add adds registries that others have recorded. The error is that of a name that another
// has.
func (r *Record) Add(others []Recorded) error {
	for _, other := range others {
		mine := r.find(other.Name)
		switch {
		case mine == nil:
			r.Registries = append(r.Registries, other)
		case mine.Source == crate.SourceID{}:
			mine.Source = other.Source
		case other.Source != crate.SourceID{} && !sameSource(mine.Source, other.Source):
			return fmt.Errorf("registry %s is another one by now: %s in place of %s", other.Name, other.Source.Display(), mine.Source.Display())
		}
	}
	slices.SortFunc(r.Registries, func(a, b Recorded) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

func (r Record) find(name string) *Recorded {
	i := slices.IndexFunc(r.Registries, func(reg Recorded) bool { return reg.Name == name })
	if i < 0 {
		return nil
	}
	return &r.Registries[i]
}

// ParseURL reads where a mirror is served, as cargo is to be told: no '/' is left at its
// end. It has no user info, as everybody reads it, and no query.
func ParseURL(text string) (string, error) {
	url := strings.TrimRight(text, "/")
	src, err := crate.NewRegistrySource("sparse+" + url + "/")
	switch {
	case err != nil || !strings.HasPrefix(url, "http://") && !strings.HasPrefix(url, "https://"):
		return "", fmt.Errorf("%q is no URL of a web server", crate.Redact(text))
	case strings.ContainsFunc(url, isOdd) || crate.Redact(url) != url || src.Host() == "":
		return "", fmt.Errorf("%q cannot be the URL of a mirror: it may have no user info, query or fragment", crate.Redact(text))
	}
	return url, nil
}

// isOdd reports whether a character means something to others than a web server: to cargo in
// a template, or in JSON and TOML.
func isOdd(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`@?#{}\"`, r) }
