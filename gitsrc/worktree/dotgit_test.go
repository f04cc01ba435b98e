package worktree

import (
	"testing"

	"cargohome/gitsrc/object"
)

// What is noted of submodules is read again as it is in .gitmodules, and is nothing else.
func TestLayer_initialized(t *testing.T) {
	const modules = "[submodule \"a]\\\"b\"]\n\tpath = p\n\turl = \"../x;\\\"y\"\n\tupdate = Rebase\n" +
		"[submodule \"c\"]\n\tpath = q\n\turl = \"u\\n[core]\\nsshCommand = x\"\n[submodule \"d\"]\n\turl = file:///d\n\tupdate = none\n"
	mods, err := parseModules(modules)
	if err != nil {
		t.Fatal(err)
	}
	l := &Layer{URL: "https://example.org/top/repo", modules: mods}
	got := map[string]string{}
	err = object.ParseConfig(l.initialized(), func(section, name, key, value string) error {
		got[section+" "+name+" "+key] = value
		return nil
	})
	want := map[string]string{
		`submodule a]"b url`: "https://example.org/top/x;%22y", `submodule a]"b update`: "rebase", "submodule d url": "file:///d", "submodule d update": "none",
	}
	if err != nil || len(got) != len(want) {
		t.Errorf("%v, %q", err, got)
	}
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s is %q, not %q", key, got[key], value)
		}
	}
}
