//go:build conform && unix

package conform

import (
	"strings"

	"cargohome/internal/cargotest"
)

// winLine is the cache file of a package that has no dependencies, and features at the end.
const winLine = "home/registry/index/" + cargotest.CratesIO + "/.cache/3/w/win"

// lineEdits change what an index says of a package, or the file that it is in.
var lineEdits = func() (edits []checkEdit) {
	for name, oldnew := range map[string][2]string{
		"features that turn on nothing":       {`"features":{}`, `"features":{"a":["b"]}`},
		"features that turn on each other":    {`"features":{}`, `"features":{"a":[],"b":["a"]}`},
		"features that are null":              {`"features":{}`, `"features":null`},
		"features that are no list":           {`"features":{}`, `"features":{"a":"b"}`},
		"features of a newer cargo":           {`"features":{}`, `"features":{},"features2":{"a":["dep:b"]}`},
		"features of a newer cargo, null":     {`"features":{}`, `"features":{},"features2":null`},
		"no features":                         {`"features":{}`, `"feature":{}`},
		"dependencies that are null":          {`"deps":[]`, `"deps":null`},
		"no dependencies":                     {`"deps":[]`, `"dep":[]`},
		"a dependency more":                   {`"deps":[]`, `"deps":[{"name":"leaf","req":"^1"}]`},
		"a dependency for tests":              {`"deps":[]`, `"deps":[{"name":"nobody","req":"^1","kind":"dev"}]`},
		"an optional one for tests":           {`"deps":[]`, `"deps":[{"name":"leaf","req":"^1","optional":true,"kind":"dev"}]`},
		"an optional one":                     {`"deps":[]`, `"deps":[{"name":"leaf","req":"^1","optional":true}]`},
		"one without a requirement":           {`"deps":[]`, `"deps":[{"name":"leaf","kind":"dev"}]`},
		"one with an empty requirement":       {`"deps":[]`, `"deps":[{"name":"leaf","req":"","kind":"dev"}]`},
		"one with a requirement that is none": {`"deps":[]`, `"deps":[{"name":"leaf","req":"^^1","kind":"dev"}]`},
		"one for a platform that is none":     {`"deps":[]`, `"deps":[{"name":"leaf","req":"1","kind":"dev","target":"cfg(("}]`},
		"one of a registry that is none":      {`"deps":[]`, `"deps":[{"name":"leaf","req":"1","kind":"dev","registry":"x"}]`},
		"one of a kind that is none":          {`"deps":[]`, `"deps":[{"name":"leaf","req":"1","kind":"x","optional":true}]`},
		"one that is optional or not":         {`"deps":[]`, `"deps":[{"name":"leaf","req":"1","kind":"dev","optional":null}]`},
		"one with features that are null":     {`"deps":[]`, `"deps":[{"name":"leaf","req":"1","kind":"dev","features":null}]`},
		"one with empty features":             {`"deps":[]`, `"deps":[{"name":"leaf","req":"1","kind":"dev","features":[""]}]`},
		"one that is public":                  {`"deps":[]`, `"deps":[{"name":"leaf","req":"1","kind":"dev","public":1}]`},
		"one with a name twice":               {`"deps":[]`, `"deps":[{"name":"leaf","name":"leaf","req":"1","kind":"dev"}]`},
		"one with unknown members":            {`"deps":[]`, `"deps":[{"name":"leaf","req":"1","kind":"dev","x":1,"x":2}]`},
		"unknown members":                     {`"deps":[]`, `"deps":[],"new":{"x":[1,2.5e3]},"new":1`},
		"links twice":                         {`"deps":[]`, `"deps":[],"links":null,"links":null`},
		"links that are a number":             {`"deps":[]`, `"deps":[],"links":5`},
		"a library that it links":             {`"deps":[]`, `"deps":[],"links":"z"`},
		"a rust version":                      {`"deps":[]`, `"deps":[],"rust_version":"1.60"`},
		"a rust version that is none":         {`"deps":[]`, `"deps":[],"rust_version":"1.x"`},
		"a rust version with a mark":          {`"deps":[]`, `"deps":[],"rust_version":"^1.60"`},
		"a time":                              {`"deps":[]`, `"deps":[],"pubtime":"2025-11-12T19:30:12Z"`},
		"a time that is none":                 {`"deps":[]`, `"deps":[],"pubtime":"2025-11-12"`},
		"a name in capitals":                  {`"name":"win"`, `"name":"WIN"`},
		"a name with an escape":               {`"name":"win"`, `"name":"w\u0069n"`},
		"another name":                        {`"name":"win"`, `"name":"one"`},
		"another version":                     {`"vers":"0.0.1"`, `"vers":"0.0.2"`},
		"a version with more":                 {`"vers":"0.0.1"`, `"vers":"0.0.1+x"`},
		"a version that is none":              {`"vers":"0.0.1"`, `"vers":"0.1"`},
		"no checksum":                         {`"cksum":`, `"sum":`},
		"a checksum that is null":             {`"cksum":"`, `"cksum":null,"x":"`},
		"a short checksum":                    {`"cksum":"`, `"cksum":"","x":"`},
		"yanked or not":                       {`"yanked":false`, `"yanked":null`},
		"yanked, a text":                      {`"yanked":false`, `"yanked":"false"`},
		"schema 2":                            {`"yanked":false`, `"yanked":false,"v":2`},
		"schema null":                         {`"yanked":false`, `"yanked":false,"v":null`},
		"schema -1":                           {`"yanked":false`, `"yanked":false,"v":-1`},
		"a comma at the end":                  {`"yanked":false`, `"yanked":false,`},
		"space":                               {`"yanked":false`, "\n \"yanked\" :\tfalse "},
		"a version more that is none":         {"\x000.0.1\x00", "\x000.0\x00x\x000.0.1\x00"},
		"a version more with no line":         {"\x000.0.1\x00", "\x000.0.0\x00x\x000.0.1\x00"},
		"the same twice, the first wrong":     {"\x000.0.1\x00", "\x000.0.1\x00x\x000.0.1\x00"},
		"of another version":                  {"\x000.0.1\x00", "\x000.0.2\x00"},
		"of a version with more":              {"\x000.0.1\x00", "\x000.0.1+x\x00"},
		"a head of another cargo":             {"\x03\x02\x00\x00\x00", "\x02\x02\x00\x00\x00"},
		"a head of another schema":            {"\x03\x02\x00\x00\x00", "\x03\x01\x00\x00\x00"},
		"made of what is no text":             {"\x03\x02\x00\x00\x00", "\x03\x02\x00\x00\x00\xff"},
	} {
		edits = append(edits, checkEdit{sites: "sparse,sparse cold", name: "line: " + name, do: replace1(winLine, oldnew[0], oldnew[1])})
	}
	edits = append(edits,
		checkEdit{sites: "sparse", name: "a version at the end", do: add1(winLine, "1.0.0")},
		checkEdit{sites: "sparse", name: "a version at the end, with its end", do: add1(winLine, "1.0.0\x00")},
		checkEdit{sites: "sparse", name: "a line without its end", do: func(e *editor) { e.write(winLine, strings.TrimSuffix(e.read(winLine), "\x00")) }},
		checkEdit{sites: "sparse", name: "NULs at the end", do: add1(winLine, "\x00\x00")},
	)
	const localLine = "local/index/3/w/win"
	for name, do := range map[string]func(e *editor){
		"a line more that is none":    add1(localLine, "x\n"),
		"a line again with less":      add1(localLine, `{"name":"win","vers":"0.0.1"}`+"\n"),
		"a line again":                func(e *editor) { e.add(localLine, e.read(localLine)) },
		"line ends of Windows":        func(e *editor) { e.replace(localLine, "\n", "\r\n") },
		"another checksum":            replace1(localLine, `"cksum":"`, `"cksum":"0`),
		"a line that is yanked":       replace1(localLine, `"yanked":false`, `"yanked":true`),
		"a config.json":               write1("local/index/config.json", "x"),
		"a name in capitals":          move1(localLine, "local/index/3/w/WIN"),
		"an archive in capitals":      move1("local/win-0.0.1.crate", "local/WIN-0.0.1.crate"),
		"an archive more":             write1("local/x-1.0.0.crate", "x"),
		"the index of another layout": move1("local/index/3", "local/index/three"),
	} {
		edits = append(edits, checkEdit{sites: "local registry,local registry cold", name: "local: " + name, do: do})
	}
	for name, text := range map[string]string{
		"empty": "", "null": "null", "a list": "[]", "not a text": `{"dl":1}`, "null for a text": `{"dl":null}`, "an empty text": `{"dl":""}`, "twice": `{"dl":"a","dl":"b"}`,
		"more": `{"dl":"a","x":{"y":[]}}`, "an API": `{"dl":"a","api":null}`, "an API that is none": `{"dl":"a","api":5}`, "a token": `{"dl":"a","auth-required":true}`,
		"a token or not": `{"dl":"a","auth-required":null}`, "no token, a text": `{"dl":"a","auth-required":"false"}`, "more behind": `{"dl":"a"}x`, "space": " \n{\"dl\" : \"a\"}\r\n",
		"a mark": "\ufeff{\"dl\":\"a\"}", "an escape": `{"\u0064l":"a"}`, "no text": "{\"dl\":\"\xff\"}", "single quotes": `{'dl':'a'}`,
	} {
		edits = append(edits, checkEdit{sites: "sparse,sparse cold", name: "config.json: " + name, do: write1("home/registry/index/"+cargotest.CratesIO+"/config.json", text)})
	}
	return edits
}()
