package script

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdFreePort finds an address of this machine that nobody listens on.
//
//	freeport NAME
//
// The variable NAME is HOST:PORT.
func cmdFreePort(ts *testscript.TestScript, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], l.Addr().String())
	ts.Check(l.Close())
}

// Get is a program that asks a web server for something, and waits for it to be there.
//
//	get [NAME:VALUE]... URL
//
// The body is printed on stdout, status and headers on stderr. It fails for what is no success.
func Get() int {
	last := len(os.Args) - 1
	r, err := http.NewRequest(http.MethodGet, os.Args[last], nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for _, header := range os.Args[1:last] {
		name, value, _ := strings.Cut(header, ":")
		r.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(r)
	for range 300 {
		if err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
		response, err = http.DefaultClient.Do(r)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer response.Body.Close()
	fmt.Fprintln(os.Stderr, response.Proto, response.StatusCode)
	_ = response.Header.Write(os.Stderr)
	if _, err := io.Copy(os.Stdout, response.Body); err != nil || response.StatusCode >= 300 {
		return 1
	}
	return 0
}
