package script

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"cargohome/internal/cargotest"
)

// options reads the options of a script command; unlike package flag's, an
// error ends the script and nothing is printed.
type options struct {
	ts    cargotest.T
	takes map[string]func(value string)
	flags map[string]func()
}

func (o *options) text(name string) *string {
	var s string
	o.take(name, func(value string) { s = value })
	return &s
}

func (o *options) list(name string) *[]string {
	var l []string
	o.take(name, func(value string) { l = append(l, value) })
	return &l
}

func (o *options) flag(name string) *bool {
	s := o.oneOf(name)
	b := false
	o.flags[name] = func() { b, *s = true, name }
	return &b
}

func (o *options) oneOf(names ...string) *string {
	var s string
	for _, name := range names {
		if o.flags == nil {
			o.flags = map[string]func(){}
		}
		o.flags[name] = func() { s = name }
	}
	return &s
}

func (o *options) take(name string, f func(string)) {
	if o.takes == nil {
		o.takes = map[string]func(string){}
	}
	o.takes[name] = f
}

// parse returns the arguments behind the options.
func (o *options) parse(args []string) []string {
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		if set, ok := o.flags[args[0]]; ok {
			set()
			args = args[1:]
		} else if take, ok := o.takes[args[0]]; ok && len(args) > 1 {
			take(args[1])
			args = args[2:]
		} else {
			o.ts.Fatalf("unknown option %s, or its value is missing", args[0])
		}
	}
	return args
}

func parseDeps(t cargotest.T, specs []string) []cargotest.Dep {
	deps := make([]cargotest.Dep, len(specs))
	for i, spec := range specs {
		deps[i] = parseDep(t, spec)
	}
	return deps
}

// parseDep reads the syntax that [Commands] documents.
func parseDep(t cargotest.T, spec string) cargotest.Dep {
	spec, target, _ := strings.Cut(spec, ",target=")
	spec, opts, _ := strings.Cut(spec, ",")
	name, req, _ := strings.Cut(spec, "@")
	d := cargotest.Dep{Name: name, Req: req, Target: target}
	for opt := range strings.SplitSeq(opts, ",") {
		setOption(t, &d, opt)
	}
	return d
}

func setOption(t cargotest.T, d *cargotest.Dep, opt string) {
	key, value, _ := strings.Cut(opt, "=")
	switch key {
	case "":
	case "dev", "build":
		d.Kind = key
	case "optional":
		d.Optional = true
	case "no-default":
		d.NoDefaults = true
	case "path":
		d.Path = true
	case "as":
		d.As = value
	case "features":
		d.Features = strings.Split(value, "+")
	case "registry":
		d.Registry = value
	case "git":
		d.Git = value
	default:
		t.Fatalf("dependency %s: unknown option %q", d.Name, opt)
	}
}

// parseFeatures reads NAME=A+B of each.
func parseFeatures(specs []string) map[string][]string {
	features := map[string][]string{}
	for _, spec := range specs {
		name, values, _ := strings.Cut(spec, "=")
		features[name] = strings.FieldsFunc(values, func(r rune) bool { return r == '+' })
	}
	return features
}

// readFiles makes archive entries of a folder's files, in order of path.
func readFiles(t cargotest.T, dir string) []cargotest.File {
	var files []cargotest.File
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		f := cargotest.File{Path: filepath.ToSlash(rel), Content: string(data)}
		if info.Mode()&0o111 != 0 {
			f.Mode = 0o755
		}
		files = append(files, f)
		return err
	})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return files
}
