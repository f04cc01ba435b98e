package check

import (
	"path/filepath"

	"cargohome/internal/compat"
	"cargohome/internal/config"
)

// lockPath takes the lockfile that the configuration names for that of the project, if the
// cargo that is meant does; if not, others do.
func (c *checker) lockPath(p *project) {
	path, err := c.Config.LockfilePath()
	if compat.Of(c.minor()).Has(compat.LockPath) {
		if err != nil {
			c.find(Finding{Code: ConfigBroken, Reason: err.Error(), Remedy: Remedy{Kind: Configure}})
		} else if path != "" {
			p.path = path
		}
		return
	}
	if path != "" && filepath.Clean(path) != p.path {
		c.report.Notes = append(c.report.Notes, config.ReadElsewhere(p.path, path))
	}
}
