//go:build unix

package cli_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"cargohome/internal/cargotest"
)

// serving is a server in a process of its own.
type serving struct {
	cmd    *exec.Cmd
	stderr *bufio.Reader
	url    string
}

// startServing starts one of a home in a folder, with files that it inherits.
func startServing(t *testing.T, dir string, files []*os.File, command string) *serving {
	t.Helper()
	home := cargotest.NewHome(t, filepath.Join(dir, "home"))
	home.Add(cargotest.Crate{Name: "a", Version: "1.0.0"})
	args := strings.Fields(command)
	s := &serving{cmd: exec.Command(args[0], args[1:]...)}
	s.cmd.Env, s.cmd.Dir, s.cmd.ExtraFiles = environ(dir), dir, files
	pipe, err := s.cmd.StderrPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.cmd.Process.Kill() })
	s.stderr = bufio.NewReader(pipe)
	line := s.waitFor(t, "Serving")
	s.url = line[strings.LastIndex(line, " ")+1:]
	return s
}

// waitFor reads lines until one has a text.
func (s *serving) waitFor(t *testing.T, text string) string {
	t.Helper()
	for {
		line, err := s.stderr.ReadString('\n')
		if err != nil {
			t.Fatalf("it ends before it says %q: %v", text, err)
		}
		if strings.Contains(line, text) {
			return strings.TrimSpace(line)
		}
	}
}

// end ends it as a service is ended.
func (s *serving) end(t *testing.T) {
	t.Helper()
	_ = s.cmd.Process.Signal(os.Interrupt)
	_, _ = io.Copy(io.Discard, s.stderr)
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("it ends with %v", err)
	}
}

// writeCertificate writes a certificate of this machine, and its key.
func writeCertificate(t *testing.T, dir string, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotAfter: time.Now().Add(time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: certificate}, "key.pem": {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// The certificate and the tokens are read again on SIGHUP; what cannot be read stays as it was.
func TestServe_hangup(t *testing.T) {
	dir := t.TempDir()
	writeCertificate(t, dir, 1)
	tokens := filepath.Join(dir, "tokens")
	if err := os.WriteFile(tokens, []byte("one\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := startServing(t, dir, nil, "cargohome serve --listen 127.0.0.1:0 --tls-cert cert.pem --tls-key key.pem --token-file tokens")
	s.checkTLS(t, 1, "one", 200)
	writeCertificate(t, dir, 2)
	if err := os.WriteFile(tokens, []byte("two\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.checkTLS(t, 1, "one", 200)
	_ = s.cmd.Process.Signal(syscall.SIGHUP)
	s.waitFor(t, "Reread")
	s.checkTLS(t, 2, "one", 401)
	s.checkTLS(t, 2, "two", 200)
	if err := os.WriteFile(tokens, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_ = s.cmd.Process.Signal(syscall.SIGHUP)
	s.waitFor(t, "there is no token in it")
	s.checkTLS(t, 2, "two", 200)
	pipe := filepath.Join(dir, "cert.pem") // which nobody waits for
	if err := errors.Join(os.Remove(pipe), syscall.Mkfifo(pipe, 0o600)); err != nil {
		t.Fatal(err)
	}
	_ = s.cmd.Process.Signal(syscall.SIGHUP)
	s.waitFor(t, "it is not a regular file")
	s.checkTLS(t, 2, "two", 200)
	if err := errors.Join(os.Remove(pipe), os.WriteFile(pipe, nil, 0o600), os.Truncate(pipe, 1<<30)); err != nil {
		t.Fatal(err)
	}
	_ = s.cmd.Process.Signal(syscall.SIGHUP)
	s.waitFor(t, "it is too large")
	s.end(t)
}

func (s *serving) checkTLS(t *testing.T, serial int64, token string, status int) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
	r, err := http.NewRequest(http.MethodGet, s.url+"/crates-io/index/config.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", token)
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if got := response.TLS.PeerCertificates[0].SerialNumber.Int64(); got != serial || response.StatusCode != status {
		t.Errorf("certificate %d, status %d; not %d and %d", got, response.StatusCode, serial, status)
	}
}

// Systemd passes a socket, which the first client may have waited at, and is told when all is
// ready, and when it ends.
func TestServe_activated(t *testing.T) {
	dir := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	socket, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	states, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, "notify"), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer states.Close()
	s := startServing(t, dir, []*os.File{socket}, "activated serve --listen 127.0.0.1:1")
	isState(t, states, "READY=1")
	response, err := http.Get(fmt.Sprintf("http://%s/crates-io/index/1/a", l.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != 200 || s.url != "http://"+l.Addr().String() {
		t.Errorf("status %d, at %s", response.StatusCode, s.url)
	}
	s.end(t)
	isState(t, states, "STOPPING=1")
}

// activated is the program as systemd starts it for a socket: it names the process.
func activated() {
	for name, value := range map[string]string{"LISTEN_PID": strconv.Itoa(os.Getpid()), "LISTEN_FDS": "1", "NOTIFY_SOCKET": "notify"} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(runMain())
}

func isState(t *testing.T, states *net.UnixConn, want string) {
	t.Helper()
	_ = states.SetReadDeadline(time.Now().Add(10 * time.Second))
	buf := make([]byte, 100)
	n, err := states.Read(buf)
	if string(buf[:n]) != want {
		t.Errorf("systemd is told %q (%v)", buf[:n], err)
	}
}
