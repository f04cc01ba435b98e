//go:build conform && unix

package conform

import "strings"

const (
	winRecord   = "vendor/win/.cargo-checksum.json"
	winManifest = "vendor/win/Cargo.toml"
)

// vendoredEdits change packages in a vendor folder, and what is on record of them.
var vendoredEdits = func() (edits []checkEdit) {
	for name, do := range map[string]func(e *editor){
		"a file more on record":         replace1(winRecord, `{"files":{`, `{"files":{"nothing":"00",`),
		"a file of another checksum":    replace1(winRecord, `"src/lib.rs":"`, `"src/lib.rs":"0`),
		"a file outside":                replace1(winRecord, `"files":{`, `"files":{"../../app/Cargo.lock":"00",`),
		"an absolute file":              replace1(winRecord, `"files":{`, `"files":{"/etc/hostname":"00",`),
		"a checksum in capitals":        upperSums,
		"files twice":                   replace1(winRecord, `{"files":{`, `{"files":{},"files":{`),
		"files that are a list":         write1(winRecord, `{"files":[],"package":null}`),
		"files that are null":           write1(winRecord, `{"files":null,"package":null}`),
		"a file that is null":           replace1(winRecord, `{"files":{`, `{"files":{"src/lib.rs":null,`),
		"a file twice":                  replace1(winRecord, `{"files":{`, `{"files":{"src/lib.rs":"00",`),
		"a file above":                  replace1(winRecord, `{"files":{`, `{"files":{"../x":"00",`),
		"a file with an absolute path":  replace1(winRecord, `{"files":{`, `{"files":{"/etc/hostname":"00",`),
		"a folder on record":            replace1(winRecord, `{"files":{`, `{"files":{"src":"00",`),
		"unknown members":               replace1(winRecord, `{"files":{`, `{"x":1,"x":2,"files":{`),
		"a package that is null":        replace1(winRecord, `"package":"`, `"package":null,"x":"`),
		"a package that is a number":    replace1(winRecord, `"package":"`, `"package":5,"x":"`),
		"a package twice":               replace1(winRecord, `"package":"`, `"package":"0","package":"`),
		"a package that is empty":       replace1(winRecord, `"package":"`, `"package":"","x":"`),
		"a package in capitals":         upperPackage,
		"more behind":                   add1(winRecord, "x"),
		"space behind":                  add1(winRecord, " \n"),
		"a mark before":                 func(e *editor) { e.write(winRecord, "\ufeff"+e.read(winRecord)) },
		"a record that is a list":       write1(winRecord, "[]"),
		"a record that is no text":      write1(winRecord, "{\"files\":{},\"package\":\"\xff\"}"),
		"nothing on record":             func(e *editor) { e.cutFiles(winRecord) },
		"a file that is not on record":  write1("vendor/win/src/more.rs", "x"),
		"a file changed":                add1("vendor/win/src/lib.rs", "\n"),
		"a file changed, and on record": func(e *editor) { e.add("vendor/win/src/lib.rs", "\n"); e.record("vendor/win") },
		"a file as a link": func(e *editor) {
			e.move("vendor/win/src/lib.rs", "vendor/x")
			e.link("../../x", "vendor/win/src/lib.rs")
		},
		"a package as a link":        func(e *editor) { e.move("vendor/win", "elsewhere"); e.link("../elsewhere", "vendor/win") },
		"the folder as a link":       func(e *editor) { e.move("vendor", "elsewhere"); e.link("elsewhere", "vendor") },
		"a link to nothing beside":   func(e *editor) { e.link("nothing", "vendor/x") },
		"a file beside":              write1("vendor/x", ""),
		"the name of a folder":       move1("vendor/win", "vendor/other"),
		"two folders of one package": func(e *editor) { e.copy("vendor/win", "vendor/other") },
		"two folders, the later wrong": func(e *editor) {
			e.copy("vendor/win", "vendor/other")
			e.replace("vendor/other/.cargo-checksum.json", `"package":"`, `"package":"0`)
		},
		"two folders, the earlier wrong": func(e *editor) {
			e.copy("vendor/win", "vendor/other")
			e.replace(winRecord, `"package":"`, `"package":"0`)
		},
		"a manifest as a link outside": func(e *editor) { e.move(winManifest, "x"); e.link(e.path("x"), winManifest) },
		"a record as a link outside":   func(e *editor) { e.move(winRecord, "x"); e.link(e.path("x"), winRecord) },
		"a library as a link outside": func(e *editor) {
			e.move("vendor/win/src/lib.rs", "x")
			e.link(e.path("x"), "vendor/win/src/lib.rs")
		},
		"sources as a link outside":         func(e *editor) { e.move("vendor/win/src", "x"); e.link(e.path("x"), "vendor/win/src") },
		"a hidden folder":                   move1("vendor/win", "vendor/.win"),
		"a broken folder that nobody needs": func(e *editor) { e.write("vendor/x/Cargo.toml", "x"); e.write("vendor/x/.cargo-checksum.json", "{}") },
		"a folder that nobody needs": func(e *editor) {
			e.write("vendor/x/Cargo.toml", "[package]\nname = \"x\"\nversion = \"1.0.0\"\n")
			e.write("vendor/x/src/lib.rs", "")
			e.write("vendor/x/.cargo-checksum.json", `{"files":{}}`)
		},
		"a folder without a target": func(e *editor) {
			e.write("vendor/x/Cargo.toml", "[package]\nname = \"x\"\nversion = \"1.0.0\"\n")
			e.write("vendor/x/.cargo-checksum.json", `{"files":{}}`)
		},
	} {
		edits = append(edits, checkEdit{sites: "vendor", name: "vendored: " + name, do: do})
	}
	for name, oldnew := range map[string][2]string{
		"no TOML":                   {"[package]", "[package"},
		"no text":                   {"[package]", "# \xff\n[package]"},
		"a mark before":             {"[package]", "\ufeff[package]"},
		"a workspace":               {"[package]", "[workspace]\n[x]"},
		"a workspace too":           {"[package]", "[workspace]\n[package]"},
		"no name":                   {"name = \"win\"\nversion", "version"},
		"another name":              {"name = \"win\"\nversion", "name = \"one\"\nversion"},
		"a name that is none":       {"name = \"win\"\nversion", "name = \"w n\"\nversion"},
		"no version":                {"version = \"0.0.1\"\n", ""},
		"a version that is none":    {"version = \"0.0.1\"", "version = \"0.1\""},
		"a version with more":       {"version = \"0.0.1\"", "version = \"0.0.1+x\""},
		"an edition that is none":   {"[package]", "[package]\nedition = \"2020\""},
		"an edition of a later one": {"[package]", "[package]\nedition = \"2027\""},
		"unknown keys":              {"[package]", "x = 1\n[package]\ny = 2"},
		"a key twice":               {"[package]", "[package]\ndescription = \"a\"\ndescription = \"b\""},
		"a wrong type":              {"[package]", "[package]\ndescription = 5"},
		"features of cargo's":       {"[package]", "cargo-features = [\"none\"]\n[package]"},
		"inheritance":               {"[package]", "[package]\ndescription.workspace = true"},
		"links without a script":    {"[package]", "[package]\nlinks = \"z\""},
		"a build script not there":  {"[package]", "[package]\nbuild = \"build.rs\""},
		"a library not there":       {"[package]", "[lib]\npath = \"src/none.rs\"\n[package]"},
		"a dependency more":         {"[package]", "[dependencies]\nleaf = \"1\"\n[package]"},
		"a dependency by a path":    {"[package]", "[dependencies]\nleaf = { path = \"../leaf\" }\n[package]"},
		"a dependency that is none": {"[package]", "[dependencies]\nleaf = \"one\"\n[package]"},
		"a dependency for tests":    {"[package]", "[dev-dependencies]\nnobody = \"1\"\n[package]"},
		"a feature of nothing":      {"[package]", "[features]\na = [\"b\"]\n[package]"},
		"a patch":                   {"[package]", "[patch.crates-io]\nx = { path = \"x\" }\n[package]"},
		"a profile":                 {"[package]", "[profile.dev]\nopt-level = 9\n[package]"},
	} {
		edits = append(edits, checkEdit{sites: "vendor", name: "vendored manifest: " + name, do: func(e *editor) {
			e.replace(winManifest, oldnew[0], oldnew[1])
			e.record("vendor/win")
		}})
	}
	return edits
}()

func upperSums(e *editor) {
	text := e.read(winRecord)
	head, tail, _ := strings.Cut(text, `"package"`)
	for _, name := range []string{"src/lib.rs", "Cargo.toml"} {
		before, sum, ok := strings.Cut(head, `"`+name+`":"`)
		if ok {
			head = before + `"` + name + `":"` + strings.ToUpper(sum[:64]) + sum[64:]
		}
	}
	e.write(winRecord, head+`"package"`+tail)
}

func upperPackage(e *editor) {
	head, sum, _ := strings.Cut(e.read(winRecord), `"package":"`)
	e.write(winRecord, head+`"package":"`+strings.ToUpper(sum[:64])+sum[64:])
}

// cutFiles leaves no file on record.
func (e *editor) cutFiles(name string) {
	_, tail, _ := strings.Cut(e.read(name), "}")
	e.write(name, `{"files":{}`+tail)
}
