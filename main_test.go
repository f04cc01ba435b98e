//go:build unix

package main

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"cargohome/internal/cargotest"
)

func TestMain(m *testing.M) {
	if os.Getenv("CARGOHOME_TEST_ABORT") != "" {
		abortAsSuch()
		go panic("in nobody's hands")
		time.Sleep(time.Minute)
	}
	if os.Getenv("CARGOHOME_TEST_RUN") != "" {
		main()
	}
	os.Exit(m.Run())
}

// An abort of the runtime has not the status of a wrong command line.
func TestAbort(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "CARGOHOME_TEST_ABORT=1")
	cmd.Dir = t.TempDir()
	var exit *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &exit) {
		t.Fatalf("error is %v, want an abort", err)
	}
	if status := exit.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != syscall.SIGABRT || status.CoreDump() {
		t.Errorf("it ended by %v, want SIGABRT without a core", exit)
	}
}

// What a server sends unasked is not printed.
func TestUnasked(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = http.ReadRequest(bufio.NewReader(conn))
			_, _ = conn.Write([]byte("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\nunasked"))
		}
	}()
	cmd := exec.Command(os.Args[0], "mirror", "m", "--from", "s3://bucket/x")
	cmd.Env = append(os.Environ(), "CARGOHOME_TEST_RUN=1", "AWS_ENDPOINT_URL=http://"+listener.Addr().String(), "HOME="+t.TempDir())
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	if text := string(out); err == nil || !strings.Contains(text, "Forbidden") || strings.Contains(text, "unasked") || strings.Contains(text, "nsolicited") {
		t.Errorf("it says (%v)\n%s", err, out)
	}
}

// Whoever stops reading the messages, such as head(1), does not end a run that changes
// things where it is.
func TestBrokenPipe(t *testing.T) {
	h := cargotest.NewHome(t, t.TempDir())
	h.Add(cargotest.Crate{Name: "a", Version: "1.0.0"}, cargotest.Crate{Name: "b", Version: "1.0.0"})
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	_ = r.Close()
	cmd := exec.Command(os.Args[0], "--cargo-home", h.Dir, "reextract", "-v")
	cmd.Env = append(os.Environ(), "CARGOHOME_TEST_RUN=1")
	cmd.Stderr = w
	if err := cmd.Run(); err != nil {
		t.Error(err)
	}
	found, err := filepath.Glob(filepath.Join(h.Dir, "registry", "src", "*", "*"))
	if len(found) != 2 || err != nil {
		t.Errorf("there are %q, %v, want two sources", found, err)
	}
	if left, _ := filepath.Glob(filepath.Join(h.Dir, "registry", "src", ".cargohome-tmp-*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
