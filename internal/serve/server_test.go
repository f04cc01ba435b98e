package serve_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"cargohome/internal/serve"
)

// newCertificate makes one for this machine, signed by itself.
func newCertificate(t *testing.T) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// HTTP/2 is spoken over TLS, and without it to those who know, and 200 requests go on at once
// on one connection (S12).
func TestServer_HTTP2(t *testing.T) {
	certificate := newCertificate(t)
	overTLS := newRunning(t, newHeldHome(t), func(s *serve.Server) { s.Certificate = func() *tls.Certificate { return certificate } })
	overTLS.base = strings.Replace(overTLS.base, "http:", "https:", 1)
	plain := newRunning(t, newHeldHome(t), nil)
	for name, s := range map[string]*running{"tls": overTLS, "h2c": plain} {
		t.Run(name, func(t *testing.T) {
			protocols := new(http.Protocols)
			protocols.SetHTTP2(name == "tls")
			protocols.SetUnencryptedHTTP2(name == "h2c")
			transport := &http.Transport{Protocols: protocols, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
			defer transport.CloseIdleConnections()
			client := &http.Client{Transport: transport}
			ask(t, client, s.base+"index/config.json") // the connection is made
			var wg sync.WaitGroup
			for range 200 {
				wg.Go(func() { ask(t, client, s.base+s.archive) })
			}
			wg.Wait()
			if text := ask(t, client, strings.TrimSuffix(s.base, "crates-io/")+"metrics"); !strings.Contains(text, "cargohome_connections 1\n") {
				t.Errorf("it took more than a connection:\n%s", text)
			}
		})
	}
	if text := ask(t, http.DefaultClient, plain.base+"index/config.json"); !strings.Contains(text, `"http://127.0.0.1:`) {
		t.Errorf("without TLS config.json is %s", text)
	}
}

func ask(t *testing.T, client *http.Client, url string) string {
	r, err := client.Get(url)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != 200 || r.ProtoMajor != 2 && client != http.DefaultClient {
		t.Errorf("%s: %s, status %d (%v)", url, r.Proto, r.StatusCode, err)
	}
	return string(body)
}

// When it is to end, what is being answered is answered, and nobody else is let in.
func TestServer_stop(t *testing.T) {
	m, began, goOn := &serve.Metrics{}, make(chan struct{}), make(chan struct{})
	var once sync.Once
	o := &serve.Options{Tokens: func() *serve.Tokens {
		once.Do(func() { close(began); <-goOn })
		return nil
	}}
	s := &serve.Server{Handler: serve.NewHandler(o, m)}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, []net.Listener{l}) }()
	answered := make(chan string, 1)
	go func() { answered <- ask(t, http.DefaultClient, "http://"+l.Addr().String()+"/metrics") }()
	<-began
	stop()
	for {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			break
		}
		_ = conn.Close()
		time.Sleep(time.Millisecond)
	}
	close(goOn)
	if text := <-answered; !strings.Contains(text, "cargohome_requests_in_flight 1\n") {
		t.Errorf("it is answered by %q", text)
	}
	if err := <-ended; err != nil {
		t.Errorf("it ends with %v", err)
	}
}
