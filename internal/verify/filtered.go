package verify

import (
	"cargohome/internal/filter"
	"cargohome/vendoring"
)

// filterOf returns the filter with which a folder was vendored, by what its record says
// under "$comment", and false if it says nothing of the kind. So a filtered folder is held
// against what its filter leaves of the package.
func filterOf(comment string) (f vendoring.Filter, ok bool) {
	mark, ok := vendoring.ParseMark(comment)
	if !ok {
		return f, false
	}
	f.Stub = mark.Stub
	for i, e := range mark.Exclude {
		if i > 0 && e == mark.Exclude[i-1] {
			continue // another pattern of the same word
		}
		read, ok := exclusion(e)
		if !ok {
			return f, false
		}
		for _, p := range read.Paths {
			f.Exclude = append(f.Exclude, &vendoring.Exclusion{Text: read.Text, Path: p, Yields: read.Yields(), Preset: read.Preset()})
		}
	}
	return f, true
}

func exclusion(e vendoring.Marked) (filter.Exclusion, bool) {
	if e.Preset {
		return filter.Preset(e.Text)
	}
	read, err := filter.ParseExclusion(e.Text)
	return read, err == nil
}
