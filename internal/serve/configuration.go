package serve

import (
	"cargohome/crate"
	"cargohome/internal/config"
	"cargohome/internal/registry"
)

// Configuration is what makes cargo use registries that are served.
type Configuration struct {
	Text    string   // for .cargo/config.toml; "" if there is none
	Tokens  string   // what credentials.toml then has to have besides; "" for nothing
	Unknown []string // registries of which it is not known what they stand in for
	Hidden  []string // those whose URL has a secret, which is not to be told
}

// Configure returns the configuration for registries of a server at a URL, with the names that
// cargo's has for them; token is whether clients need one.
func Configure(list []registry.Recorded, names *registry.Names, url string, token bool) (c Configuration) {
	at := registry.Record{URL: url}
	var mirrors []config.Mirror
	for _, r := range list {
		text := r.Source.String()
		switch {
		case r.Source == (crate.SourceID{}):
			c.Unknown = append(c.Unknown, r.Name)
			continue
		case crate.Redact(text) != text:
			c.Hidden = append(c.Hidden, r.Name)
			continue
		}
		mirrors = append(mirrors, config.Mirror{Source: r.Source, Name: names.ConfiguredAs(r.Source), URL: at.IndexURL(r.Name), Token: token})
	}
	c.Text, c.Tokens = string(config.PrintMirrors(mirrors...)), config.PrintTokens(mirrors...)
	return c
}
