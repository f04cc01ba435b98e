//go:build unix

package cli_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/internal/cargotest"
)

// What each command prints as JSON is as its schema in docs says, of whatever comes of it.
func TestSchemas(t *testing.T) {
	s := newSample(t)
	s.validate(t, "tour", 0)
	s.validate(t, "version", 0, "version")
	s.validate(t, "targets", 0, "targets", "x86_64-*")
	s.validate(t, "check", 0, "check")
	s.validate(t, "vendor", 0, "vendor", "-n")
	s.validate(t, "vendor", 0, "vendor", "--platform", "x86_64-unknown-linux-gnu", "--exclude", "tests", "filtered")
	s.validate(t, "vendor", 0, "vendor")
	s.validate(t, "vendor", 0, "vendor", "-o", "vendor.tar.gz")
	s.validate(t, "reextract", 0, "reextract")
	s.validate(t, "reextract", 0, "reextract", "--force", "-n", "--lockfile-path", "Cargo.lock")
	s.validate(t, "verify", 0, "verify")
	s.validate(t, "explain", 0, "explain", "winnow-bell")
	s.validate(t, "size", 0, "size", "--top", "2", "--by", "crate", "--why", ".")
	s.validate(t, "home", 0, "home")
	s.validate(t, "relink", 0, "relink", "--for", "1.84")
	s.validate(t, "mirror", 0, "mirror", "../mirror", "--url", "https://example.com")
	s.validate(t, "pack", 0, "pack", "-o", "home.tar", "--with-lockfiles")
	s.validate(t, "pack", 0, "pack", "-o", "none.tar", "--since", "home.tar", "--platform", "x86_64-pc-windows-msvc")
	s.validate(t, "pack-list", 0, "pack", "--list", "home.tar")
	s.validate(t, "pack-diff", 0, "pack", "--diff", "home.tar", "none.tar")
	s.validate(t, "unpack", 0, "--cargo-home", "../new", "unpack", "home.tar")
	writeFile(t, filepath.Join(s.dir, "app", "small.tar"), string(cargotest.SmallBundle(cargotest.SmallSample()).Bytes()))
	s.validate(t, "pack-list", 0, "pack", "--list", "small.tar")
	s.validate(t, "clean-alone", 0, "clean")
	s.validate(t, "clean", 0, "clean", "--auto", "-n", "--keep", ".")
	s.validate(t, "clean", 0, "clean", "--ci", "Cargo.lock")
	s.spoil(t)
	s.validate(t, "failed", 1, "vendor", "elsewhere")
	s.validate(t, "failed", 1, "pack", "-o", "x.tar")
	s.validate(t, "check", 3, "check")
	s.validate(t, "verify", 3, "verify")
	s.validate(t, "reextract", 1, "reextract", "--lockfile-path", "Cargo.lock")
	s.validate(t, "clean", 1, "clean", "--auto", "--until-size", "1B")
}

// The same of git sources.
func TestSchemas_git(t *testing.T) {
	s := sample{dir: scenes["vendor"].build(t)}
	s.validate(t, "checkout", 0, "checkout", "-n")
	s.validate(t, "checkout", 0, "checkout")
	s.validate(t, "vendor", 0, "vendor")
	s.validate(t, "verify", 0, "verify")
	s.validate(t, "check", 3, "check")
	s.validate(t, "size", 0, "size", "--by", "repository")
	s.validate(t, "home", 0, "home")
	s.validate(t, "relink", 0, "relink", "-n", "--for", "1.84")
	s.validate(t, "pack", 0, "pack", "-o", "home.tar", "--with-checkouts", "--with-lockfiles")
	s.validate(t, "pack-list", 0, "pack", "--list", "home.tar")
	s.validate(t, "unpack", 0, "--cargo-home", "../new", "unpack", "home.tar")
	s.validate(t, "explain", 0, "explain", "dep")
	s.validate(t, "clean", 0, "clean", "--auto", "--thin-dbs", "--keep", ".")
	if err := os.RemoveAll(filepath.Join(s.dir, "home", "git", "db")); err != nil {
		t.Fatal(err)
	}
	s.validate(t, "failed", 1, "checkout")
	s.validate(t, "failed", 1, "vendor")
}

// spoil takes one archive away, and damages another.
func (s sample) spoil(t *testing.T) {
	t.Helper()
	archives, err := filepath.Glob(filepath.Join(s.dir, "home", "registry", "cache", cargotest.CratesIO, "*.crate"))
	if err != nil || len(archives) < 2 {
		t.Fatalf("archives are %q (%v)", archives, err)
	}
	if err := os.Remove(archives[0]); err != nil {
		t.Fatal(err)
	}
	writeFile(t, archives[1], "no archive")
}

func (s sample) validate(t *testing.T, name string, status int, args ...string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "schema", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var top, value map[string]any
	if err := json.Unmarshal(text, &top); err != nil {
		t.Fatal(err)
	}
	got, stdout, stderr := runRaw(t, s.dir, append(args, "--format", "json")...)
	if got != status {
		t.Errorf("%q ends with %d, want %d:\n%s", args, got, status, stderr)
	}
	if err := json.Unmarshal([]byte(stdout), &value); err != nil {
		t.Errorf("%q prints what is no object: %v\n%s", args, err, stdout)
		return
	}
	defs, _ := top["$defs"].(map[string]any)
	v := validator{defs: defs}
	v.check("", top, value)
	if len(v.wrong) > 0 {
		t.Errorf("%q is not as schema %s says: %s", args, name, strings.Join(v.wrong, "\n  "))
	}
}

// validator knows as much of JSON Schema as the schemas have.
type validator struct {
	defs  map[string]any
	wrong []string
}

func (v *validator) fault(at, format string, args ...any) {
	v.wrong = append(v.wrong, fmt.Sprintf("%s: ", at)+fmt.Sprintf(format, args...))
}

func (v *validator) check(at string, schema map[string]any, value any) {
	if ref, ok := schema["$ref"].(string); ok {
		schema = v.defs[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
	}
	if want, ok := schema["const"]; ok && want != value {
		v.fault(at, "%v, want %v", value, want)
	}
	switch value := value.(type) {
	case map[string]any:
		v.object(at, schema, value)
	case []any:
		v.is(at, schema, "array")
		for i, one := range value {
			v.check(fmt.Sprintf("%s[%d]", at, i), schema["items"].(map[string]any), one)
		}
	case string:
		v.is(at, schema, "string")
	case bool:
		v.is(at, schema, "boolean")
	case float64:
		if schema["const"] == nil {
			v.is(at, schema, "integer")
		}
		if value != float64(int64(value)) {
			v.fault(at, "%v is no integer", value)
		}
	default:
		v.fault(at, "%v", value)
	}
}

func (v *validator) is(at string, schema map[string]any, want string) {
	if schema["type"] != want {
		v.fault(at, "is %s, not %v", want, schema["type"])
	}
}

func (v *validator) object(at string, schema, value map[string]any) {
	v.is(at, schema, "object")
	properties, _ := schema["properties"].(map[string]any)
	required, _ := schema["required"].([]any)
	for _, name := range required {
		if _, there := value[name.(string)]; !there {
			v.fault(at, "%s is not there", name)
		}
	}
	for name, one := range value {
		member, known := properties[name].(map[string]any)
		if !known {
			member, known = schema["additionalProperties"].(map[string]any)
		}
		if !known {
			v.fault(at, "%s is there", name)
			continue
		}
		v.check(at+"."+name, member, one)
	}
}
