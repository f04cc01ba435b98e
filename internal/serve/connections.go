package serve

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// connections are those that are open, and bounded: where one is too many, that is closed
// which has been without a request longest, or if all have one, the one too many.
type connections struct {
	metrics *Metrics
	limit   int

	mu   sync.Mutex
	open map[net.Conn]*connection
}

// connection is one of them.
type connection struct {
	busy atomic.Int64 // requests that are being answered
	last atomic.Int64 // when the last ended, or it was opened
}

type connectionKey struct{}

// context is http.Server.ConnContext.
func (c *connections) context(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, c.add(conn))
}

func (c *connections) add(conn net.Conn) *connection {
	c.mu.Lock()
	defer c.mu.Unlock()
	made := &connection{}
	made.last.Store(time.Now().UnixNano())
	if len(c.open) >= c.limit && !c.drop() {
		c.end(conn)
		return made
	}
	c.open[conn] = made
	c.metrics.connections.Store(int64(len(c.open)))
	return made
}

// drop closes the connection that is needed least, and reports whether there is one: not if
// all are busy.
func (c *connections) drop() bool {
	var idle net.Conn
	var since int64
	for conn, of := range c.open {
		if last := of.last.Load(); of.busy.Load() == 0 && (idle == nil || last < since) {
			idle, since = conn, last
		}
	}
	if idle == nil {
		return false
	}
	delete(c.open, idle)
	c.end(idle)
	return true
}

// end closes a connection without a word, for which the client would have to listen.
func (c *connections) end(conn net.Conn) {
	c.metrics.dropped.Add(1)
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	_ = conn.Close()
}

// turn is http.Server.ConnState.
func (c *connections) turn(conn net.Conn, state http.ConnState) {
	if state == http.StateClosed || state == http.StateHijacked {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.open, conn)
		c.metrics.connections.Store(int64(len(c.open)))
	}
}

// during has connections be busy while their requests are answered.
func (c *connections) during(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if of, ok := r.Context().Value(connectionKey{}).(*connection); ok {
			of.busy.Add(1)
			defer func() {
				of.last.Store(time.Now().UnixNano())
				of.busy.Add(-1)
			}()
		}
		h.ServeHTTP(w, r)
	})
}
