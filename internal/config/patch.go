package config

// Patched reports whether [patch] of the configuration puts a folder in the place of a
// package with that name: the lockfile then has it without a source, and no manifest
// speaks of it (cargo 1.95: registry_patches).
func (c *Config) Patched(name string) bool {
	sources, err := c.findTable(newKey("patch"))
	if err != nil {
		return false
	}
	for _, source := range sources {
		for key, patch := range source.table() {
			called := key
			if v := patch.table()["package"]; v != nil {
				called, _ = v.data.(string)
			}
			if called == name && patch.table()["path"] != nil {
				return true
			}
		}
	}
	return false
}
