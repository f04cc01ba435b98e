package blob

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"time"

	"cargohome/internal/par"
)

const (
	slowest = 64 << 10         // bytes that must go in a second
	backoff = time.Second / 10 // after a conflict, the first time
)

// markHeader has a text by which a writer knows its own object again.
const markHeader = "X-Amz-Meta-Cargohome-Put"

func (b *bucket) PutNew(ctx context.Context, name string, c *Content) (tag string, err error) {
	put := newPut(c, "If-None-Match", "*")
	for wait := backoff; ; wait *= 2 {
		tag, err = b.put(ctx, name, put)
		// Another is about to create it, and may yet fail (S3 API: ConditionalRequestConflict).
		if statusOf(err) != http.StatusConflict || wait > patience/4 {
			return tag, b.error(ctx, name, err, ErrExists)
		}
		if err := par.Sleep(ctx, wait); err != nil {
			return "", err
		}
	}
}

func (b *bucket) PutIf(ctx context.Context, name, tag string, c *Content) (now string, err error) {
	now, err = b.put(ctx, name, newPut(c, "If-Match", `"`+tag+`"`))
	if err = b.error(ctx, name, err, ErrChanged); errors.Is(err, ErrNotFound) {
		err = &Error{b.String(), name, ErrChanged}
	}
	return now, err
}

// newPut is the call that puts an object on a condition.
func newPut(c *Content, condition, value string) *call {
	header := http.Header{condition: {value}, markHeader: {rand.Text()}, "Content-Type": {cmp.Or(c.Type, "application/octet-stream")}}
	if c.Cache != "" {
		header.Set("Cache-Control", c.Cache)
	}
	return &call{method: http.MethodPut, header: header, body: c}
}

// put makes such a call. The error is that of the store.
func (b *bucket) put(ctx context.Context, name string, put *call) (tag string, err error) {
	within := patience + time.Duration(put.body.Size/slowest)*time.Second
	answer, err := b.do(ctx, within, name, put)
	if statusOf(err) == http.StatusPreconditionFailed && put.unsure {
		answer, err = b.landed(ctx, name, put, err)
	}
	if err != nil {
		return "", err
	}
	return tagOf(answer), nil
}

// landed looks whose object is there. When no answer came of a call, and the same call then
// finds its condition broken, it may have broken it itself, by the first try: then it is done.
// Without that look a writer would take what it wrote for another's, as of a lock that it has
// and waits for. Contents tell nothing: another may have put the same.
func (b *bucket) landed(ctx context.Context, name string, put *call, broken error) (*http.Response, error) {
	answer, err := b.do(ctx, patience, name, &call{method: http.MethodHead})
	switch {
	case statusOf(err) == http.StatusNotFound:
		return nil, broken
	case err == nil && answer.Header.Get(markHeader) != put.header.Get(markHeader):
		return nil, broken
	}
	return answer, err
}
