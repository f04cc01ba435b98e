package cli

import (
	"crypto/tls"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"

	"cargohome/internal/fsx"
	"cargohome/internal/serve"
)

// secrets are what a server is known by, and who knows it: files, read at the start and on
// SIGHUP. Paths are "" for what is not wanted.
type secrets struct {
	cert, key, tokens string
	current           currentSecrets
}

type currentSecrets struct {
	certificateOf atomic.Pointer[tls.Certificate]
	tokensOf      atomic.Pointer[serve.Tokens]
}

func (c *currentSecrets) certificate() *tls.Certificate { return c.certificateOf.Load() }
func (c *currentSecrets) tokens() *serve.Tokens         { return c.tokensOf.Load() }

const maxSecret = 1 << 20 // bytes of a file of tokens, of a certificate with its chain, or of a key

// read reads all files, and takes what is in them if all can be read.
func (s *secrets) read() error {
	var certificate *tls.Certificate
	var tokens *serve.Tokens
	if s.cert != "" {
		var err error
		if certificate, err = readCertificate(s.cert, s.key); err != nil {
			return fmt.Errorf("certificate %s and key %s: %w", s.cert, s.key, err)
		}
	}
	if s.tokens != "" {
		text, err := fsx.ReadRegular(s.tokens, maxSecret)
		if err != nil {
			return err
		}
		if tokens, err = serve.ParseTokens(string(text)); err != nil {
			return fmt.Errorf("%s: %w", s.tokens, err)
		}
	}
	s.current.certificateOf.Store(certificate)
	s.current.tokensOf.Store(tokens)
	return nil
}

func readCertificate(cert, key string) (*tls.Certificate, error) {
	chain, err := fsx.ReadRegular(cert, maxSecret)
	if err != nil {
		return nil, err
	}
	private, err := fsx.ReadRegular(key, maxSecret)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(chain, private)
	return &pair, err
}

// onHangup reads the secrets again at each SIGHUP, until stop is called. What cannot be read
// stays as it was.
func (r *run) onHangup(s *secrets) (stop func()) {
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	var done sync.WaitGroup
	done.Go(func() {
		for range hangups {
			if err := s.read(); err != nil {
				r.out.Trouble(err)
				continue
			}
			r.out.Status("Reread", "certificate and tokens")
		}
	})
	return func() {
		signal.Stop(hangups)
		close(hangups)
		done.Wait()
	}
}
