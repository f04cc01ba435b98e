package manifest_test

import (
	"testing"

	"cargohome/internal/manifest"
)

func TestMayBeProcMacro(t *testing.T) {
	const head = "[package]\nname = \"a\"\nversion = \"1.0.0\"\n"
	for text, macro := range map[string]bool{
		head:                                                         false,
		head + "[lib]\nproc-macro = true\n":                          true,
		head + "[lib]\nproc_macro = true\n":                          true,
		head + "[lib]\nproc-macro = false\n":                         false,
		head + "[lib]\ncrate-type = [\"proc-macro\"]\n":              true,
		head + "[lib]\n\"proc\\u002dmacro\" = true\n":                true,
		"lib.proc-macro = true\n" + head:                             true,
		head + "[dependencies]\nproc-macro2 = \"1\"\n":               false,
		head + "[dependencies]\nproc-macro2 = \"1\"\n# proc-macro\n": false,
	} {
		m, err := manifest.Parse(text)
		if err != nil || m.ProcMacro != macro || m.Name != "a" {
			t.Errorf("%q is %+v, %v", text, m, err)
		}
		if macro && !manifest.MayBeProcMacro(text) {
			t.Errorf("%q is passed over", text)
		}
	}
	if manifest.MayBeProcMacro(head + "[dependencies]\nproc-macro2 = \"1\"\nproc-macro-error = \"1\"\n") {
		t.Error("what needs proc-macro2 is read")
	}
}
