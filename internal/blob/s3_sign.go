package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// newSigner makes signatures of S3's kind, in which paths are escaped once (AWS Signature
// Version 4: S3 does not normalize paths).
func newSigner() *v4.Signer {
	return v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
}

// request is a call as it is sent: signed, if there are keys, with the checksum of its body.
func (b *bucket) request(ctx context.Context, c *call, region string, now time.Time) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, c.method, b.address(c, region), nil)
	if err != nil {
		return nil, err
	}
	if c.header != nil {
		r.Header = c.header.Clone()
	}
	r.Header.Set("User-Agent", "cargohome")
	sum := sha256.Sum256(nil)
	if c.body != nil {
		sum = c.body.Sum
		attach(r, c.body)
	}
	hexSum := hex.EncodeToString(sum[:])
	r.Header.Set("X-Amz-Content-Sha256", hexSum)
	if b.keys.AccessKeyID == "" {
		return r, nil
	}
	if region == "" {
		region = awsRegion
	}
	return r, b.signer.SignHTTP(ctx, b.keys, r, hexSum, "s3", region, now)
}

// attach gives a request its body, which can be read again.
func attach(r *http.Request, c *Content) {
	r.ContentLength, r.Body = c.Size, http.NoBody
	if c.Size > 0 {
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(c.reader()), nil }
		r.Body, _ = r.GetBody()
	}
}

// address is the URL of what is asked for.
func (b *bucket) address(c *call, region string) string {
	host, path := b.server.in(region), "/"
	if b.server.virtual(b.name) {
		host = b.name + "." + host
	} else {
		path += b.name + "/"
	}
	u := b.server.scheme + "://" + host + path + escapePath(c.key)
	if len(c.query) > 0 {
		u += "?" + queryText(c.query)
	}
	return u
}

// queryText is a query in the order, and with the escapes, that signatures have.
func queryText(query url.Values) string { return strings.ReplaceAll(query.Encode(), "+", "%20") }

// escapePath escapes all bytes but those that need not be, and '/' (AWS: UriEncode).
func escapePath(key string) string {
	var s strings.Builder
	for i := range len(key) {
		switch c := key[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~/", c) >= 0:
			s.WriteByte(c)
		default:
			fmt.Fprintf(&s, "%%%02X", c)
		}
	}
	return s.String()
}
