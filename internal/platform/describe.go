package platform

// A description is what a target is by its parts.
type description struct {
	arch, os, env, abi, vendor, endian, width, panics string
	families, atomics, features                       []string
}

// cfgs returns what rustc says of such a target (rustc 1.95: default_configuration in
// compiler/rustc_session). debug_assertions is among it: cargo asks without a profile.
func (d *description) cfgs() []Cfg {
	cfgs := []Cfg{
		{Name: "debug_assertions"},
		pair("panic", d.panics),
		pair("target_abi", d.abi),
		pair("target_arch", d.arch),
		pair("target_endian", d.endian),
		pair("target_env", d.env),
		pair("target_os", d.os),
		pair("target_pointer_width", d.width),
		pair("target_vendor", d.vendor),
	}
	for _, family := range d.families {
		cfgs = append(cfgs, pair("target_family", family))
		if family == "unix" || family == "windows" {
			cfgs = append(cfgs, Cfg{Name: family})
		}
	}
	for _, width := range d.atomics {
		cfgs = append(cfgs, pair("target_has_atomic", width))
	}
	for _, feature := range d.features {
		cfgs = append(cfgs, pair("target_feature", feature))
	}
	return cfgs
}

func pair(name, value string) Cfg { return Cfg{name, value, true} }
