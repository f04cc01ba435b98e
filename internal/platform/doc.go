// Package platform knows for which machines a dependency is meant, without rustc.
//
// A dependency under [target.PLATFORM.dependencies] counts where its platform does
// (cargo 1.95: the cargo-platform crate 0.3):
//
//	platform = triple                            x86_64-pc-windows-gnu: the target of that name
//	         | "cfg(" expr ")"
//	expr     = "all(" list ")" | "any(" list ")" | "not(" expr ")"
//	         | "true" | "false"
//	         | name                              unix
//	         | name "=" '"' value '"'            target_os = "linux"
//	list     = [ expr { "," expr } [ "," ] ]
//
// Which names and values hold on a target is what `rustc --print cfg` says. A table of
// that for every target that rustc knows is part of the program ([Targets]); for others
// there is the JSON file that rustc itself would read ([ReadSpec]). What a build adds, as
// --cfg and some -C flags do, is applied on top ([Target.With]). All else is false, so
// what build scripts set, and names such as tokio_unstable or loom that people pass to
// rustc: cargo does not know them either.
package platform

//go:generate go run ./gen
