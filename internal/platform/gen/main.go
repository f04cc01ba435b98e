// Gen writes targets.txt, the table of internal/platform, from what the rustc in the
// PATH says. It takes the stable rustc of the release that cargohome follows:
//
//	go generate ./internal/platform
//
// It stops at a cfg that the table has no column for.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"slices"
	"strings"
)

const output = "targets.txt"

const preamble = `# What rustc says of its targets; written by "go generate ./internal/platform".
# The columns are described in table.go.
`

func main() {
	log.SetFlags(0)
	text, err := table()
	if err == nil {
		err = os.WriteFile(output, text, 0o644)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func table() ([]byte, error) {
	version, err := rustc("--version")
	if err != nil {
		return nil, err
	}
	names, err := rustc("--print", "target-list")
	if err != nil {
		return nil, err
	}
	var rows bytes.Buffer
	features := map[string]int{} // by the words of the line
	for _, name := range slices.Sorted(strings.FieldsSeq(names)) {
		t, err := describe(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		key := strings.Join(t["target_feature"], " ")
		if _, ok := features[key]; !ok {
			features[key] = len(features)
		}
		fmt.Fprintf(&rows, "%s %s %d\n", name, t.columns(), features[key])
	}
	lines := make([]string, len(features))
	for words, i := range features {
		lines[i] = strings.TrimSpace(fmt.Sprintf("features %d %s", i, words)) + "\n"
	}
	return []byte(preamble + version + strings.Join(lines, "") + rows.String()), nil
}

func rustc(args ...string) (string, error) {
	cmd := exec.Command("rustc", args...)
	cmd.Env = append(os.Environ(), "RUSTC_BOOTSTRAP=1")
	if args[0] == "--print" {
		cmd.Env = os.Environ() // else it prints what only a nightly knows
	}
	out, err := cmd.Output()
	return string(out), err
}

// target has the values of each key that `rustc --print cfg` prints, those of bare names
// being "", and the words of the columns tier and tools under those names.
type target map[string][]string

func describe(name string) (target, error) {
	cfgs, err := rustc("--print", "cfg", "--target", name)
	if err != nil {
		return nil, err
	}
	t := target{}
	for line := range strings.Lines(cfgs) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		t[key] = append(t[key], strings.Trim(value, `"`))
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	return t, t.support(name)
}

// names are those with a column of their own, in its order.
var names = []string{"tier", "tools", "target_arch", "target_os", "target_env", "target_abi", "target_vendor", "target_family",
	"target_endian", "target_pointer_width", "panic", "target_has_atomic"}

// derived are those that others bring with them.
var derived = []string{"debug_assertions", "unix", "windows", "target_feature"}

func (t target) check() error {
	for key := range t {
		if !slices.Contains(names, key) && !slices.Contains(derived, key) {
			return fmt.Errorf("there is no column for the cfg %q", key)
		}
	}
	return nil
}

// support adds the tier and what there is, which only rustc's own description has.
func (t target) support(name string) error {
	text, err := rustc("-Z", "unstable-options", "--print", "target-spec-json", "--target", name)
	if err != nil {
		return err
	}
	var spec struct {
		Metadata struct {
			Tier      int
			HostTools bool `json:"host_tools"`
			Std       bool
		}
	}
	if err := json.Unmarshal([]byte(text), &spec); err != nil {
		return err
	}
	tools := "-"
	if spec.Metadata.Std {
		tools = "std"
	}
	if spec.Metadata.HostTools {
		tools = "host"
	}
	t["tier"], t["tools"] = []string{fmt.Sprint(spec.Metadata.Tier)}, []string{tools}
	return nil
}

func (t target) columns() string {
	columns := make([]string, len(names))
	for i, name := range names {
		columns[i] = strings.Join(t[name], ",")
		if columns[i] == "" {
			columns[i] = "-"
		}
	}
	return strings.Join(columns, " ")
}
