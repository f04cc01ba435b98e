package blob

import (
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"time"
)

const (
	maxRefusal = 64 << 10         // bytes that are read of an answer that is no success
	maxSkew    = 15 * time.Minute // that clocks may be apart (S3 API: RequestTimeTooSkewed)
)

// errConflict is the error for a condition where none was set.
var errConflict = errors.New("the store reports a conflict")

// refusal is an answer that is no success.
type refusal struct {
	status        int
	code, message string        // "" if it does not say
	region        string        // where the bucket is, "" if it does not say
	asked         string        // the region that was asked
	apart         time.Duration // the store's clock and that of this machine
}

func (r *refusal) Error() string {
	text := fmt.Sprintf("the store answers %d", r.status)
	if r.code != "" {
		text += " (" + r.code + ")"
	}
	if r.message != "" {
		text += fmt.Sprintf(": %.300q", r.message)
	}
	return text
}

// refused reads a refusal, and closes it. What is no XML, or too long, says nothing.
func refused(answer *http.Response, asked string) *refusal {
	defer answer.Body.Close()
	r := &refusal{status: answer.StatusCode, region: answer.Header.Get("X-Amz-Bucket-Region"), asked: asked}
	if at, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
		r.apart = time.Since(at).Abs().Round(time.Second)
	}
	var body struct{ Code, Message, Region string }
	text, err := readText(answer.Body, maxRefusal)
	if err == nil && xml.Unmarshal(text, &body) == nil {
		r.message = body.Message
		if made(body.Code, letter+".") && len(body.Code) <= 100 {
			r.code = body.Code
		}
		if r.region == "" {
			r.region = body.Region
		}
	}
	if !isRegion(r.region) {
		r.region = ""
	}
	return r
}

// refusalOf is the refusal that an error is, or one of status 0.
func refusalOf(err error) *refusal {
	r := &refusal{}
	errors.As(err, &r)
	return r
}

func statusOf(err error) int { return refusalOf(err).status }

// elsewhere reports whether the bucket is in another region than was asked. Answers to HEAD
// have no code, which would say so of a status 400.
func (r *refusal) elsewhere() bool {
	switch r.status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect, http.StatusBadRequest:
		return r.region != "" && r.region != r.asked
	}
	return false
}

// skewed reports whether it was refused for the time in the signature.
func (r *refusal) skewed() bool {
	return r.code == "RequestTimeTooSkewed" || r.code == "" && r.status == http.StatusForbidden && r.apart > maxSkew
}

// move takes the region that AWS says. Other servers are where they were said to be.
func (b *bucket) move(err error) bool {
	r := refusalOf(err)
	if b.server.host != "" || !r.elsewhere() {
		return false
	}
	b.region.Store(&r.region)
	return true
}

// error says what went wrong in our words, conflict if that is what a condition came to.
func (b *bucket) error(ctx context.Context, name string, err, conflict error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if r := refusalOf(err); r.status != 0 {
		err = r.ours(conflict)
	}
	return &Error{b.String(), name, err}
}

func (r *refusal) ours(conflict error) error {
	switch {
	case r.code == "NoSuchBucket":
		return errors.New("there is no such bucket")
	case r.code == "XAmzContentSHA256Mismatch":
		return ErrContent
	case r.status == http.StatusPreconditionFailed, r.status == http.StatusConflict:
		return conflict
	case r.status == http.StatusNotFound:
		return ErrNotFound
	case r.skewed():
		return fmt.Errorf("the clocks of this machine and of the store are %v apart: set that which is wrong", r.apart)
	case r.elsewhere():
		return fmt.Errorf("the bucket is in the region %s: set AWS_REGION to that", r.region)
	case r.status/100 == 3:
		return fmt.Errorf("the store sends elsewhere (%d), which is not followed: set AWS_ENDPOINT_URL to where the bucket is", r.status)
	case r.status == http.StatusForbidden, r.status == http.StatusUnauthorized:
		return fmt.Errorf("access is denied (%s): the keys are those of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or of a profile", cmp.Or(r.code, http.StatusText(r.status)))
	}
	return r
}
