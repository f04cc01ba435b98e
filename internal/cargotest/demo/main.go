// Demo makes a small Cargo home and a project that builds from it, to try
// things on without a network:
//
//	go run ./internal/cargotest/demo DIR
//	cd DIR/project
//	CARGO_HOME=DIR/home cargo run --offline --frozen
package main

import (
	"fmt"
	"os"

	"cargohome/internal/cargotest"
)

type terminal struct{}

func (terminal) Fatalf(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "error: "+format+"\n", args...)
	os.Exit(1)
}

func main() {
	if len(os.Args) != 2 {
		terminal{}.Fatalf("usage: demo DIR")
	}
	cargotest.WriteDemo(terminal{}, os.Args[1])
}
