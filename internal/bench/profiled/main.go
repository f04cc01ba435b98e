// Profiled is cargohome with a profiler around it, so that the program itself needs
// none:
//
//	profiled [-cpu FILE] [-mem FILE] -- ARGUMENT...
//
// FILE is for `go tool pprof`: samples of the CPU, and all that was allocated.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"

	"cargohome/internal/cli"
)

func main() {
	cpu := flag.String("cpu", "", "write a CPU profile to `FILE`")
	mem := flag.String("mem", "", "write an allocation profile to `FILE`")
	flag.Parse()
	status, err := run(*cpu, *mem, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "profiled:", err)
		os.Exit(1)
	}
	os.Exit(status)
}

func run(cpu, mem string, args []string) (status int, err error) {
	if cpu != "" {
		f, err := os.Create(cpu)
		if err != nil {
			return 0, err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return 0, err
		}
	}
	sys := cli.OS()
	sys.Args = append([]string{"cargohome"}, args...)
	status = cli.Main(context.Background(), sys)
	pprof.StopCPUProfile()
	if mem == "" {
		return status, nil
	}
	return status, writeAllocations(mem)
}

func writeAllocations(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	runtime.GC() // the profile is as of the last one
	return errors.Join(pprof.Lookup("allocs").WriteTo(f, 0), f.Close())
}
