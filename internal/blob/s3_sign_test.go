package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// The examples of AWS ("Authenticating Requests: Using the Authorization Header"), with the
// options that requests are signed by.
func TestSign(t *testing.T) {
	keys := aws.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
	at := time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		method, path, body string
		header             map[string]string
		signature          string
	}{
		{"GET", "/test.txt", "", map[string]string{"Range": "bytes=0-9"}, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
		{"PUT", "/" + escapePath("test$file.text"), "Welcome to Amazon S3.", map[string]string{"Date": "Fri, 24 May 2013 00:00:00 GMT", "X-Amz-Storage-Class": "REDUCED_REDUNDANCY"}, "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
		{"GET", "/?lifecycle", "", nil, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
		{"GET", "/?" + queryText(map[string][]string{"prefix": {"J"}, "max-keys": {"2"}}), "", nil, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
	} {
		r, err := http.NewRequest(c.method, "https://examplebucket.s3.amazonaws.com"+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range c.header {
			r.Header.Set(name, value)
		}
		sum := sha256.Sum256([]byte(c.body))
		r.Header.Set("X-Amz-Content-Sha256", hex.EncodeToString(sum[:]))
		if err := newSigner().SignHTTP(t.Context(), keys, r, hex.EncodeToString(sum[:]), "s3", "us-east-1", at); err != nil {
			t.Fatal(err)
		}
		if got := r.Header.Get("Authorization"); !strings.HasSuffix(got, "Signature="+c.signature) {
			t.Errorf("%s %s: %s", c.method, c.path, got)
		}
	}
}

// Requests are signed with the session they belong to, and not at all without keys.
func TestSign_session(t *testing.T) {
	for _, keys := range []aws.Credentials{{}, {AccessKeyID: "id", SecretAccessKey: "secret", SessionToken: "session"}} {
		b := &bucket{name: "bucket", server: server{"https", "h"}, keys: keys, signer: newSigner()}
		r, err := b.request(t.Context(), &call{method: "GET", key: "x"}, "", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		authorization := r.Header.Get("Authorization")
		if r.Header.Get("X-Amz-Security-Token") != keys.SessionToken || strings.Contains(authorization, "/us-east-1/s3/") != keys.HasKeys() || strings.Contains(authorization, "x-amz-security-token") != keys.HasKeys() {
			t.Errorf("%q signs %v", authorization, r.Header)
		}
	}
}

// What is asked for is named as it is signed.
func TestAddress(t *testing.T) {
	for _, c := range []struct{ host, region, bucket, key, want string }{
		{"h:1", "us-east-1", "b-1", "a/x", "https://h:1/b-1/a/x"},
		{"h:1", "us-east-1", "b-1", "", "https://h:1/b-1/"},
		{"h", "auto", "b-1", "b+1%20 ü~!$&'()*,;=:@-._", "https://h/b-1/b%2B1%2520%20%C3%BC~%21%24%26%27%28%29%2A%2C%3B%3D%3A%40-._"},
		{"[::1]:9", "", "b-1", "x", "https://[::1]:9/b-1/x"},
		{"", "", "b-1", "x", "https://b-1.s3.amazonaws.com/x"},
		{"", "eu-west-1", "b-1", "x", "https://b-1.s3.dualstack.eu-west-1.amazonaws.com/x"},
		{"", "cn-north-1", "b-1", "x", "https://b-1.s3.dualstack.cn-north-1.amazonaws.com.cn/x"},
		{"", "eu-west-1", "b.1", "x", "https://s3.dualstack.eu-west-1.amazonaws.com/b.1/x"},
		{"", "eu-west-1", "B_1", "x", "https://s3.dualstack.eu-west-1.amazonaws.com/B_1/x"},
		{"s3.eu-west-1.amazonaws.com", "eu-west-1", "b-1", "x", "https://b-1.s3.eu-west-1.amazonaws.com/x"},
		{"amazonaws.com.example", "eu-west-1", "b-1", "x", "https://amazonaws.com.example/b-1/x"},
		{"storage.googleapis.com", "auto", "b-1", "x", "https://b-1.storage.googleapis.com/x"},
	} {
		b := &bucket{name: c.bucket, server: server{"https", c.host}, signer: newSigner()}
		r, err := b.request(t.Context(), &call{method: "GET", key: c.key}, c.region, time.Now())
		if err != nil || r.URL.String() != c.want || r.URL.EscapedPath() != "/"+strings.SplitN(c.want, "/", 4)[3] {
			t.Errorf("%+v is %v (%v)", c, r.URL, err)
		}
	}
}

func TestBucketNames(t *testing.T) {
	for name, ok := range map[string]bool{"bucket": true, "b.u-c.k3t": true, "Old_Bucket": true, "": false, "ab": false, "a..b": false, "-abc": false, "a b c": false, "a%b": false, "büc": false, "h:80": false, "a?b": false} {
		if isBucket(name) != ok {
			t.Errorf("%q: %v", name, !ok)
		}
	}
}

// AWS tells the region, which is asked then: once at a call, and the next asks there at once.
func TestRegion(t *testing.T) {
	for _, in := range []string{"eu-west-1", "elsewhere"} {
		var calls atomic.Int64
		hosts := make(chan string, 10)
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			hosts <- r.Host
			if n := calls.Add(1); in == "elsewhere" {
				w.Header().Set("X-Amz-Bucket-Region", "r-"+string(rune('a'+n)))
			} else if !strings.Contains(r.Header.Get("Authorization"), "/"+in+"/s3/") {
				w.Header().Set("X-Amz-Bucket-Region", in)
			} else {
				w.Header().Set("Last-Modified", "Fri, 27 Nov 2026 08:00:00 GMT")
				return
			}
			w.WriteHeader(http.StatusMovedPermanently)
		}))
		defer s.Close()
		b := &bucket{name: "bucket", server: server{scheme: "http"}, keys: aws.Credentials{AccessKeyID: "id", SecretAccessKey: "key"}, signer: newSigner(), transport: newTransport()}
		b.transport.Proxy = nil
		b.transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, s.Listener.Addr().String())
		}
		b.region.Store(new(string))
		_, err := b.Stat(t.Context(), "x")
		if calls.Load() != 2 || (err == nil) != (in == "eu-west-1") || err != nil && !strings.Contains(err.Error(), "the bucket is in the region r-c: set AWS_REGION") {
			t.Errorf("%d calls: %v", calls.Load(), err)
		}
		if first, second := <-hosts, <-hosts; first != "bucket.s3.amazonaws.com" || err == nil && second != "bucket.s3.dualstack.eu-west-1.amazonaws.com" {
			t.Errorf("%s and %s are asked", first, second)
		}
		if _, err := b.Stat(t.Context(), "x"); err == nil && calls.Load() != 3 {
			t.Errorf("the next takes %d calls", calls.Load()-2)
		}
		_ = b.Close()
	}
}

// Profiles are read as other programs read them.
func TestProfiles(t *testing.T) {
	const text = "\ufeff# mine\r\n[default]\r\naws_access_key_id=A\r\naws_secret_access_key = a/b+c==\r\n" +
		"; other\n[ other ]  # here\nAWS_ACCESS_KEY_ID = B ; id\naws_secret_access_key = s#x\naws_session_token = t=\n" +
		"#aws_session_token = no\n[half]\naws_access_key_id = C\n[program]\ncredential_process = /bin/false\n[open\naws_access_key_id = D\n"
	file := filepath.Join(t.TempDir(), "credentials")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for profile, want := range map[string]aws.Credentials{
		"": {AccessKeyID: "A", SecretAccessKey: "a/b+c=="}, "other": {AccessKeyID: "B", SecretAccessKey: "s#x", SessionToken: "t="},
		"half": {}, "program": {}, "open": {}, "none": {},
	} {
		got, err := keys(func(name string) string {
			return map[string]string{"AWS_PROFILE": profile, "AWS_SHARED_CREDENTIALS_FILE": file}[name]
		})
		if got != want || (err == nil) != want.HasKeys() {
			t.Errorf("%q: %q %v", profile, got.AccessKeyID, err)
		}
	}
}
