package platform

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Cfg is something that may hold on a target: a name, or a name with a value. It is
// comparable.
type Cfg struct {
	Name  string // such as unix, or target_os
	Value string // if Pair; may be empty then
	Pair  bool   // whether it has a value
}

// ErrCfg is matched by the error for a text that is none.
var ErrCfg = errors.New("neither NAME nor NAME=\"VALUE\"")

// ParseCfg reads NAME or NAME="VALUE", as rustc prints it and takes it for --cfg. The
// error matches [ErrCfg].
func ParseCfg(text string) (Cfg, error) {
	p := parser{rest: text}
	p.step()
	e := p.cfg()
	if e == nil || p.token != "" {
		return Cfg{}, fmt.Errorf("%q is %w", text, ErrCfg)
	}
	if e.op != "" { // a constant is a name here
		return Cfg{Name: e.op}, nil
	}
	return e.cfg, nil
}

// String is how rustc prints it.
func (c Cfg) String() string {
	if c.Pair {
		return c.Name + `="` + c.Value + `"`
	}
	return c.Name
}

// MarshalText returns how rustc prints it.
func (c Cfg) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// compare has a bare name before those with values.
func (c Cfg) compare(o Cfg) int {
	if n := strings.Compare(c.Name, o.Name); n != 0 || c.Pair == o.Pair {
		return cmp.Or(n, strings.Compare(c.Value, o.Value))
	}
	if c.Pair {
		return 1
	}
	return -1
}

// A Target is what programs are built for. It is not to be changed, and safe for
// concurrent use.
type Target struct {
	Name string `json:"name"`       // the triple, or the stem of the file that describes it
	Tier int    `json:"tier"`       // 1 to 3, of the Rust project's support; 0 if that is not known
	Host bool   `json:"host_tools"` // whether there are a rustc and a cargo that run on it
	Std  bool   `json:"std"`        // whether there is a standard library for it
	Cfgs []Cfg  `json:"cfg"`        // what holds, sorted; as JSON, how rustc prints it
	File string `json:"-"`          // that describes it, "" for one of rustc's own
}

// newTarget sorts the cfgs, which may be there several times.
func newTarget(name string, cfgs []Cfg) *Target {
	slices.SortFunc(cfgs, Cfg.compare)
	return &Target{Name: name, Cfgs: slices.Compact(cfgs)}
}

// Has reports whether c holds on the target.
func (t *Target) Has(c Cfg) bool {
	_, ok := slices.BinarySearchFunc(t.Cfgs, c, Cfg.compare)
	return ok
}
