package blob

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"time"

	"cargohome/internal/par"
)

const (
	attempts   = 5 // at a call
	firstPause = time.Second / 5
	lastPause  = time.Second // before another attempt; up to half of a pause is left to chance
	maxAnswer  = 8 << 20     // bytes of a page of a list, of 1,000 keys of 1 KiB that are escaped
)

// call is what is asked of a bucket. It may be asked several times: what it does is done
// once, by its condition, or the same twice.
type call struct {
	method string
	key    string // "" for the bucket itself
	query  url.Values
	header http.Header
	body   *Content // nil for none
	stream bool     // the body of the answer is for the caller, who closes it

	text   []byte // that came, unless it streams
	unsure bool   // whether an attempt that was given up may have done it
}

// send makes a call, and makes it again where that may help. The answer is one of success.
// While nobody has told AWS's region, an answer does, and it is asked there: once.
func (b *bucket) send(ctx context.Context, c *call) (*http.Response, error) {
	moved := false
	for n, wait := 1, firstPause; ; {
		answer, err := b.attempt(ctx, c)
		switch {
		case err == nil:
			return answer, nil
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case !moved && b.move(err):
			moved = true
			continue
		case n == attempts || !passes(err):
			return nil, err
		}
		c.unsure = true
		if par.Sleep(ctx, wait/2+rand.N(wait/2)) != nil {
			return nil, context.Cause(ctx)
		}
		n, wait = n+1, min(2*wait, lastPause)
	}
}

// attempt makes a call once. Nothing that the store says leads anywhere else.
func (b *bucket) attempt(ctx context.Context, c *call) (*http.Response, error) {
	region := *b.region.Load()
	r, err := b.request(ctx, c, region, time.Now())
	if err != nil {
		return nil, err
	}
	answer, err := b.transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusNoContent {
		return nil, refused(answer, region)
	}
	if c.stream {
		return answer, nil
	}
	defer answer.Body.Close()
	c.text, err = readText(answer.Body, maxAnswer)
	return answer, err
}

var errLong = errors.New("the answer of the store is too long")

// readText reads a text of at most limit bytes.
func readText(r io.Reader, limit int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, limit+1))
	if int64(len(text)) > limit {
		return text[:limit], fmt.Errorf("%w: more than %d bytes", errLong, limit)
	}
	return text, err
}

// passes reports whether what went wrong may be over in a moment.
func passes(err error) bool {
	if r := refusalOf(err); r.status != 0 {
		switch r.status {
		case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return true
		}
		return r.code == "RequestTimeout" || r.code == "SlowDown"
	}
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var name *net.DNSError
	forGood := errors.As(err, &certificate) || errors.As(err, &record) || errors.As(err, &name) && name.IsNotFound
	return !forGood && !errors.Is(err, errLong)
}
