package ui

import (
	"encoding/json"
	"fmt"
	"time"

	"cargohome/crate"
	"cargohome/internal/registry"
	"cargohome/internal/serve"
	"cargohome/internal/visible"
)

// Served is where registries are served.
type Served struct {
	Format     Format1          `json:"format"`           // 1
	URL        string           `json:"url"`              // of the server
	Registries []ServedRegistry `json:"registries"`       // by name
	Config     TOML             `json:"config,omitempty"` // that makes cargo use them

	Repositories []ServedRepository `json:"repositories,omitempty"` // by name
	GitConfig    string             `json:"git_config,omitempty"`   // that makes git, and cargo, fetch from them
}

// ServedRegistry is one that is served.
type ServedRegistry struct {
	Name   string `json:"name"`             // below the URL
	Source string `json:"source,omitempty"` // as lockfiles have it, if it is known
	Index  string `json:"index"`            // its URL, as cargo's configuration has it
}

// ServedRepository is a repository that is served.
type ServedRepository struct {
	Name string   `json:"name"`           // of its folder
	URLs []string `json:"urls,omitempty"` // that it was fetched from
}

// AddRepositories adds what is served of git.
func (v *Served) AddRepositories(list []serve.Repository) {
	for _, r := range list {
		v.Repositories = append(v.Repositories, ServedRepository(r))
	}
	v.GitConfig = serve.GitConfig(list, v.URL)
}

// Add adds a registry, whose index has a URL.
func (v *Served) Add(r registry.Recorded, index string) {
	s := ServedRegistry{Name: r.Name, Index: index}
	if r.Source != (crate.SourceID{}) {
		s.Source = crate.Redact(r.Source.String())
	}
	v.Registries = append(v.Registries, s)
}

func (v *Served) summarize(p *Printer) {
	if v.Registries == nil {
		v.Registries = []ServedRegistry{}
		p.Note("nothing is held yet")
	}
	for _, r := range v.Registries {
		p.Detail("Registry", "%s at %s/%s", r.Name, v.URL, r.Name)
	}
	what := plural(len(v.Registries), "registry", "registries")
	if n := len(v.Repositories); n > 0 {
		what += " and " + plural(n, "repository", "repositories")
	}
	p.Status("Serving", "%s at %s", what, v.URL)
}

func (v *Served) writeText(p *Printer) error {
	if v.GitConfig != "" {
		p.remark("To fetch repositories from it, add this to the .gitconfig of your home:\n\n" + v.GitConfig)
	}
	if p.settings.Quiet || v.Config == "" {
		return nil // as with mirror
	}
	p.remark("To use it, add this to .cargo/config.toml of a project, or for all to that of a Cargo home:\n")
	return p.writeTOML(v.Config)
}

// LeftOut tells of what is there and not served.
func (p *Printer) LeftOut(l registry.LeftOut) {
	if l.Registry == "" {
		p.Trouble(l.Err)
		return
	}
	p.Warning(fmt.Sprintf("not served: %v", newMirrorGap(l).err))
}

// Trouble tells of what is not as it should be, while work goes on.
func (p *Printer) Trouble(err error) { p.line(yellow, "warning", ": "+err.Error()) }

// RequestLog returns what prints requests, as "text" or "json", one a line.
func (p *Printer) RequestLog(format string) func(*serve.Event) {
	if format == "json" {
		return func(e *serve.Event) { p.remarkAlways(requestJSON(e)) }
	}
	return func(e *serve.Event) {
		p.remarkAlways(fmt.Sprintf("%s %s %s %s %d %d %s %q", e.Time.UTC().Format(time.RFC3339), e.Client, e.Method, e.Path,
			e.Status, e.Bytes, e.Took.Round(time.Microsecond), e.Agent))
	}
}

func requestJSON(e *serve.Event) string {
	text, err := json.Marshal(struct {
		Time     string  `json:"time"`
		Client   string  `json:"client"`
		Method   string  `json:"method"`
		Path     string  `json:"path"`
		Protocol string  `json:"protocol"`
		Agent    string  `json:"agent"`
		Status   int     `json:"status"`
		Bytes    int64   `json:"bytes"`
		Seconds  float64 `json:"seconds"`
	}{e.Time.UTC().Format(time.RFC3339Nano), e.Client, e.Method, e.Path, e.Protocol, e.Agent, e.Status, e.Bytes, e.Took.Seconds()})
	if err != nil {
		panic(err) // of texts and numbers there is none
	}
	return visible.As(string(text), visible.JSON)
}

// remarkAlways prints a line that was asked for.
func (p *Printer) remarkAlways(text string) { p.line("", "", text) }
