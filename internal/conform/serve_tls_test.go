//go:build conform

package conform

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cargohome/internal/cargotest"
)

// Variables in which cargo looks for who vouches for servers, and for the token of ours.
const caInfo, mirroredToken = "CARGO_HTTP_CAINFO", "CARGO_REGISTRIES_MIRRORED_SOURCES_TOKEN"

// writePEM writes what has a kind.
func writePEM(t *testing.T, path, kind string, der []byte) string {
	t.Helper()
	write(t, path, string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})))
	return path
}

// writeAuthority makes an authority that nobody knows, and a certificate of it for this machine.
func writeAuthority(t *testing.T) (authority, cert, key string) {
	t.Helper()
	dir := t.TempDir()
	var keys [2]*ecdsa.PrivateKey
	for i := range keys {
		made, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		keys[i] = made
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "an authority"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	server := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "a server"}, NotBefore: ca.NotBefore, NotAfter: ca.NotAfter,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	own, err := x509.CreateCertificate(rand.Reader, ca, ca, &keys[0].PublicKey, keys[0])
	if err != nil {
		t.Fatal(err)
	}
	signed, err := x509.CreateCertificate(rand.Reader, server, ca, &keys[1].PublicKey, keys[0])
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(keys[1])
	if err != nil {
		t.Fatal(err)
	}
	return writePEM(t, filepath.Join(dir, "ca.pem"), "CERTIFICATE", own), writePEM(t, filepath.Join(dir, "cert.pem"), "CERTIFICATE", signed),
		writePEM(t, filepath.Join(dir, "key.pem"), "PRIVATE KEY", private)
}

// Over TLS cargo takes packages from a server whose certificate is of an authority that it is told,
// with a token, and from no other; and says what is wrong with either.
func TestServe_TLS(t *testing.T) {
	h := cargotest.NewHome(t, filepath.Join(t.TempDir(), "home"))
	h.Add(cargotest.Crate{Name: "leaf", Version: "1.0.0+x"}, cargotest.Crate{Name: "mid", Version: "0.2.0", Deps: []cargotest.Dep{{Name: "leaf", Req: "1"}}})
	authority, cert, key := writeAuthority(t)
	tokens := filepath.Join(t.TempDir(), "tokens")
	write(t, tokens, "secret\n")
	server := startOwn(t, h.Dir, "--tls-cert", cert, "--tls-key", key, "--token-file", tokens)
	config := server.configuration(t)
	project := t.TempDir()
	write(t, filepath.Join(project, "Cargo.toml"), "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\nmid = \"0.2\"\n")
	write(t, filepath.Join(project, "src", "lib.rs"), "pub fn f() -> String { mid::describe() }\n")
	for _, c := range []struct {
		name, authority, token, says string
	}{
		{"no_authority", "", "secret", "SSL"}, {"no_token", authority, "", "no token found"}, {"wrong_token", authority, "other", "token rejected"}, {"both", authority, "secret", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			home := filepath.Join(t.TempDir(), "home")
			write(t, filepath.Join(home, "config.toml"), config)
			for name, value := range map[string]string{caInfo: c.authority, mirroredToken: c.token} {
				if t.Setenv(name, value); value == "" {
					_ = os.Unsetenv(name)
				}
			}
			_, stderr, err := command{project, home, []string{"cargo", "check", "--quiet"}}.run()
			if (err == nil) != (c.says == "") || !strings.Contains(stderr, c.says) {
				t.Errorf("cargo says %s (%v)", stderr, err)
			}
		})
	}
	if lock, err := os.ReadFile(filepath.Join(project, "Cargo.lock")); err != nil || !strings.Contains(string(lock), "registry+https://github.com/rust-lang/crates.io-index") {
		t.Errorf("the lockfile is %s (%v)", lock, err)
	}
}
