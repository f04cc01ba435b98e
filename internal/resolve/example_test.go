package resolve_test

import (
	"fmt"
	"log"

	"cargohome/internal/lockfile"
	"cargohome/internal/platform"
	"cargohome/internal/resolve"
)

const exampleLock = `version = 4

[[package]]
name = "app"
version = "0.1.0"
dependencies = ["log", "winapi"]

[[package]]
name = "log"
version = "0.4.33"

[[package]]
name = "winapi"
version = "0.3.9"
`

// What a project needs on Linux, of all that its lockfile has.
func ExampleGraph_Resolve() {
	lock, err := lockfile.Parse("Cargo.lock", []byte(exampleLock))
	if err != nil {
		log.Fatal(err)
	}
	graph, err := resolve.New(lock, []resolve.Package{
		{
			Features: map[string][]string{"default": {"log/std"}},
			Dependencies: []resolve.Dependency{
				{Name: "log", Package: "log", Requirement: "0.4"},
				{Name: "winapi", Package: "winapi", Requirement: "0.3", Platform: "cfg(windows)"},
			},
		},
		{Features: map[string][]string{"std": nil}},
		{},
	})
	if err != nil {
		log.Fatal(err)
	}
	linux, err := platform.Find("x86_64-unknown-linux-gnu")
	if err != nil {
		log.Fatal(err)
	}
	app := []int{0}
	res, err := graph.Resolve(&resolve.Workspace{Members: app, Default: app, Resolver: 2}, &resolve.Request{
		Targets: linux, Hosts: linux, Kinds: resolve.AllKinds,
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, u := range res.Uses {
		fmt.Println(lock.Packages[u.Package].ID, u.Features)
	}
	// Output:
	// app v0.1.0 [default]
	// log v0.4.33 [std]
}
