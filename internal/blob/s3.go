package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// bucket is a store in a bucket.
type bucket struct {
	name      string
	prefix    string // of all keys, with a '/' at the end; "" for none
	server    server
	region    atomic.Pointer[string] // that it is asked in; AWS may tell another than was said
	keys      aws.Credentials        // none: nothing is signed
	signer    *v4.Signer
	transport *http.Transport
}

// openBucket opens the store at BUCKET/PREFIX.
func openBucket(place string, environment func(name string) string) (Store, error) {
	name, prefix, _ := strings.Cut(place, "/")
	prefix = strings.Trim(prefix, "/")
	if strings.Contains(name, "@") {
		return nil, errors.New("the URL of a bucket may hold no keys: they are taken from the environment")
	}
	switch {
	case !isBucket(name):
		return nil, fmt.Errorf("%s%s: %q is no name of a bucket: it has 3 to 255 letters, digits, dots and dashes, as in s3://BUCKET/PREFIX", schemeS3, place, name)
	case prefix != "" && !isName(prefix):
		return nil, fmt.Errorf("%s%s: %q is no prefix for names, as in s3://BUCKET/PREFIX", schemeS3, place, prefix)
	}
	b := &bucket{name: name, signer: newSigner(), transport: newTransport()}
	if prefix != "" {
		b.prefix = prefix + "/"
	}
	server, region, err := connection(environment)
	if err == nil {
		b.keys, err = keys(environment)
	}
	if err != nil {
		return nil, &Error{Store: b.String(), Err: err}
	}
	b.server = server
	b.region.Store(&region)
	return b, nil
}

func (b *bucket) String() string { return strings.TrimSuffix(schemeS3+b.name+"/"+b.prefix, "/") }

func (b *bucket) Close() error {
	b.transport.CloseIdleConnections()
	return nil
}

func (b *bucket) key(name string) (string, error) {
	if !isName(name) {
		return "", ErrName
	}
	return b.prefix + name, nil
}

// do makes a call about an object that ends after some time.
func (b *bucket) do(ctx context.Context, within time.Duration, name string, c *call) (*http.Response, error) {
	key, err := b.key(name)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, within, errStalled)
	defer cancel()
	c.key = key
	return b.send(ctx, c)
}

func (b *bucket) Stat(ctx context.Context, name string) (Info, error) {
	answer, err := b.do(ctx, patience, name, &call{method: http.MethodHead})
	if err != nil {
		return Info{}, b.error(ctx, name, err, errConflict)
	}
	info, err := describe(name, answer)
	return info, b.error(ctx, name, err, nil)
}

func (b *bucket) Open(ctx context.Context, name string) (io.ReadCloser, Info, error) {
	key, err := b.key(name)
	if err != nil {
		return nil, Info{}, b.error(ctx, name, err, nil)
	}
	within, cancel := context.WithCancelCause(ctx)
	r := &patient{cancel: cancel, timer: time.AfterFunc(patience, func() { cancel(errStalled) }), ctx: within}
	answer, err := b.send(within, &call{method: http.MethodGet, key: key, stream: true})
	if err != nil {
		r.stop()
		return nil, Info{}, b.error(ctx, name, err, errConflict)
	}
	r.body = answer.Body
	info, err := describe(name, answer)
	if err != nil {
		_ = r.Close()
		return nil, Info{}, b.error(ctx, name, err, nil)
	}
	return r, info, nil
}

// describe reads what the head of an answer says of an object.
func describe(name string, answer *http.Response) (Info, error) {
	modified, err := http.ParseTime(answer.Header.Get("Last-Modified"))
	if err != nil {
		return Info{}, errors.New("the store does not say when the object was modified")
	}
	return Info{name, answer.ContentLength, tagOf(answer), modified}, nil
}

// tagOf is the tag that an answer gives.
func tagOf(answer *http.Response) string { return strings.Trim(answer.Header.Get("ETag"), `"`) }

func (b *bucket) Delete(ctx context.Context, name string) error {
	_, err := b.do(ctx, patience, name, &call{method: http.MethodDelete})
	if err = b.error(ctx, name, err, errConflict); errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
