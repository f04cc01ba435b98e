package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// Limits of a server.
const (
	maxHeader      = 16 << 10 // bytes of all headers of a request, beside 4 KiB that net/http allows
	maxConnections = 1024
	maxStreams     = 256              // of a connection of HTTP/2; cargo has 200
	headerTime     = 10 * time.Second // in which the headers must come
	idleTime       = 2 * time.Minute  // after which a connection is closed
	stopTime       = 10 * time.Second // that answers have to end when the server stops
)

// Server serves a [Handler].
type Server struct {
	Handler *Handler // that answers
	// Certificate returns that of the server, for TLS; nil for none.
	Certificate func() *tls.Certificate
	// Connections are how many there may be; 0 for 1024.
	Connections int
}

// Serve answers those who connect, until ctx ends: then nobody else is let in, and what is
// being answered has ten seconds to end. It closes the listeners. The error is that of a
// listener, nil if ctx ended.
func (s *Server) Serve(ctx context.Context, listeners []net.Listener) error {
	server := s.newHTTP()
	ended := make(chan error, len(listeners))
	for _, l := range listeners {
		go func() {
			if server.TLSConfig != nil {
				ended <- server.ServeTLS(l, "", "")
			} else {
				ended <- server.Serve(l)
			}
		}()
	}
	var err error
	left := len(listeners)
	select {
	case err = <-ended:
		left--
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	if server.Shutdown(stopping) != nil {
		_ = server.Close() // who has not ended by now is slow
	}
	for range left {
		<-ended
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func (s *Server) newHTTP() *http.Server {
	c := &connections{metrics: s.Handler.Metrics, limit: s.Connections, open: map[net.Conn]*connection{}}
	if c.limit == 0 {
		c.limit = maxConnections
	}
	server := &http.Server{
		Handler: c.during(s.Handler), ConnState: c.turn, ConnContext: c.context,
		MaxHeaderBytes: maxHeader, ReadHeaderTimeout: headerTime, ReadTimeout: patience, WriteTimeout: patience, IdleTimeout: idleTime,
		Protocols: new(http.Protocols), HTTP2: &http.HTTP2Config{MaxConcurrentStreams: maxStreams},
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     log.New(io.Discard, "", 0), // of clients that know no better
	}
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetHTTP2(true)
	server.Protocols.SetUnencryptedHTTP2(true)
	if s.Certificate != nil {
		server.TLSConfig = &tls.Config{
			MinVersion:     tls.VersionTLS12,
			GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return s.Certificate(), nil },
		}
	}
	return server
}
