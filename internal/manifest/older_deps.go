package manifest

// withVersions has what is inherited of a plain version be that version, as it is to cargo
// before 1.80 (util/toml, TomlWorkspaceDependency::resolve; since: a table that is merged).
func withVersions(m *tomlManifest) {
	m.Dependencies, m.DevDependencies, m.BuildDependencies = m.Dependencies.withVersions(), m.DevDependencies.withVersions(), m.BuildDependencies.withVersions()
	if m.Target == nil {
		return
	}
	target := make(map[string]*tomlPlatform, len(m.Target))
	for name, p := range m.Target {
		target[name] = &tomlPlatform{
			Dependencies:      p.Dependencies.withVersions(),
			DevDependencies:   p.DevDependencies.withVersions(),
			BuildDependencies: p.BuildDependencies.withVersions(),
		}
	}
	m.Target = target
}

func (all tomlDependencies) withVersions() tomlDependencies {
	if all == nil {
		return nil
	}
	plain := make(tomlDependencies, len(all))
	for name, d := range all {
		if plain[name] = d; d.wasSimple {
			detail := *d.tomlDetail
			detail.simple = true
			plain[name] = &tomlDependency{tomlDetail: &detail}
		}
	}
	return plain
}
