package blob_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cargohome/internal/blob"
)

// refuse answers as S3 does.
func refuse(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>no</Message></Error>", code)
}

// hangUp ends a connection without an answer.
func hangUp(w http.ResponseWriter) {
	if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
		_ = c.Close()
	}
}

// Objects come with what they are served with, and on their condition.
func TestS3_headers(t *testing.T) {
	var got http.Header
	var length []string
	s := openServer(t, func(w http.ResponseWriter, r *http.Request) {
		got, length = r.Header, append(length, fmt.Sprint(r.ContentLength, r.TransferEncoding))
	})
	index := text("x\n")
	index.Type, index.Cache = "text/plain", "no-cache"
	for _, c := range []struct {
		put  func() (string, error)
		want map[string]string
	}{
		{func() (string, error) { return s.PutNew(t.Context(), "x", text("")) }, map[string]string{
			"Content-Type": "application/octet-stream", "Cache-Control": "", "If-None-Match": "*", "If-Match": "",
			"X-Amz-Content-Sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		}},
		{func() (string, error) { return s.PutIf(t.Context(), "x", "a-2", index) }, map[string]string{
			"Content-Type": "text/plain", "Cache-Control": "no-cache", "If-None-Match": "", "If-Match": `"a-2"`,
			"X-Amz-Content-Sha256": "73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac",
		}},
	} {
		if _, err := c.put(); err != nil {
			t.Fatal(err)
		}
		for name, value := range c.want {
			if got.Get(name) != value {
				t.Errorf("%s is %q, not %q", name, got.Get(name), value)
			}
		}
	}
	if fmt.Sprint(length) != "[0 [] 2 []]" {
		t.Errorf("lengths are %v", length)
	}
}

// Of what goes wrong is tried again what may pass.
func TestS3_attempts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int // 0 for none
		code   string
		calls  int64
	}{
		{429, "", 3}, {500, "InternalError", 3}, {502, "", 3}, {503, "SlowDown", 3}, {504, "", 3}, {400, "RequestTimeout", 3}, {0, "", 3},
		{400, "InvalidArgument", 1}, {403, "AccessDenied", 1}, {404, "NoSuchKey", 1}, {405, "", 1}, {501, "NotImplemented", 1},
	} {
		t.Run(fmt.Sprint(c.status, c.code), func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int64
			s := openServer(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case calls.Add(1) == 3:
					w.Header().Set("Last-Modified", "Fri, 27 Nov 2026 08:00:00 GMT")
				case c.status == 0:
					hangUp(w)
				default:
					refuse(w, c.status, c.code)
				}
			})
			r, _, err := s.Open(t.Context(), "x")
			if err == nil {
				_ = r.Close()
			}
			if calls.Load() != c.calls || (err == nil) != (c.calls == 3) {
				t.Errorf("%d %s: %d calls, %v", c.status, c.code, calls.Load(), err)
			}
		})
	}
}

// A list that breaks off is read again.
func TestS3_list_again(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	s := openServer(t, func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 1 {
			w.Header().Set("Content-Length", "1000")
		}
		_, _ = w.Write([]byte("<ListBucketResult><Contents><Key>at/a</Key></Contents></ListBucketResult>"))
	})
	var got []string
	for info, err := range s.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, info.Name)
	}
	if len(got) != 1 || calls.Load() != 2 {
		t.Errorf("%q after %d calls", got, calls.Load())
	}
}

// When an answer is lost the put is made again, and a condition that is broken by then is
// looked at: who broke it may be the one who asks.
func TestS3_lost(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		says  string
		there func(w http.ResponseWriter, mark string)
		put   error // nil: it is done
	}{
		{"our object", func(w http.ResponseWriter, mark string) { w.Header().Set("X-Amz-Meta-Cargohome-Put", mark) }, nil},
		{"another's", func(w http.ResponseWriter, mark string) { w.Header().Set("X-Amz-Meta-Cargohome-Put", mark+"X") }, blob.ErrExists},
		{"one that bears no mark", func(w http.ResponseWriter, mark string) {}, blob.ErrExists},
		{"none, by now", func(w http.ResponseWriter, mark string) { w.WriteHeader(http.StatusNotFound) }, blob.ErrExists},
		{"what may not be seen", func(w http.ResponseWriter, mark string) { w.WriteHeader(http.StatusForbidden) }, errors.New("access is denied (Forbidden)")},
	} {
		for _, lose := range []func(w http.ResponseWriter){hangUp, func(w http.ResponseWriter) { refuse(w, 500, "InternalError") }} {
			t.Run(c.says, func(t *testing.T) {
				t.Parallel()
				var puts atomic.Int64
				var mark atomic.Value
				s := openServer(t, func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("ETag", `"tag"`)
					w.Header().Set("Last-Modified", "Fri, 27 Nov 2026 08:00:00 GMT")
					switch {
					case r.Method == http.MethodHead:
						c.there(w, mark.Load().(string))
					case puts.Add(1)%2 == 1:
						mark.Store(r.Header.Get("X-Amz-Meta-Cargohome-Put"))
						lose(w)
					case r.Header.Get("X-Amz-Meta-Cargohome-Put") != mark.Load():
						t.Error("the mark changes")
					default:
						refuse(w, http.StatusPreconditionFailed, "PreconditionFailed")
					}
				})
				check := func(tag string, err, want error) {
					t.Helper()
					if want == nil && (err != nil || tag != "tag") || want != nil && (err == nil || !errors.Is(err, want) && !strings.Contains(err.Error(), want.Error())) {
						t.Errorf("there is %s: %q, %v", c.says, tag, err)
					}
				}
				tag, err := s.PutNew(t.Context(), "x", text("x"))
				check(tag, err, c.put)
				tag, err = s.PutIf(t.Context(), "x", "old", text("x"))
				if c.put == blob.ErrExists {
					check(tag, err, blob.ErrChanged)
				} else {
					check(tag, err, c.put)
				}
			})
		}
	}
}

// A condition that is broken at once is another's doing, and nothing is looked at.
func TestS3_answered(t *testing.T) {
	t.Parallel()
	s := openServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPut {
			t.Errorf("%s is asked", r.Method)
		}
		refuse(w, http.StatusPreconditionFailed, "PreconditionFailed")
	})
	if _, err := s.PutNew(t.Context(), "x", text("x")); !errors.Is(err, blob.ErrExists) {
		t.Error(err)
	}
}

// No answer leads to another server, and one that names the region is said.
func TestS3_redirect(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer other.Close()
	for region, says := range map[string]string{
		"eu-west-1": "the bucket is in the region eu-west-1: set AWS_REGION to that",
		"":          "the store sends elsewhere (301), which is not followed", "evil.example/": "the store sends elsewhere (301)",
		"us-east-1": "the store sends elsewhere (301)",
	} {
		var calls atomic.Int64
		s := openServer(t, func(w http.ResponseWriter, r *http.Request) {
			calls.Add(1)
			w.Header().Set("Location", other.URL)
			w.Header().Set("X-Amz-Bucket-Region", region)
			w.WriteHeader(http.StatusMovedPermanently)
		})
		if _, err := s.Stat(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), says) || calls.Load() != 1 {
			t.Errorf("of region %q, after %d calls: %v", region, calls.Load(), err)
		}
	}
	if asked.Load() != 0 {
		t.Error("another server is asked")
	}
}

// A clock that is wrong is said to be.
func TestS3_skew(t *testing.T) {
	t.Parallel()
	s := openServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
		refuse(w, http.StatusForbidden, "RequestTimeTooSkewed")
	})
	_, put := s.PutNew(t.Context(), "x", text("x"))
	_, stat := s.Stat(t.Context(), "x") // to which the answer has no code
	for _, err := range []error{put, stat} {
		if err == nil || !strings.Contains(err.Error(), "the clocks of this machine and of the store are 1h0m") {
			t.Error(err)
		}
	}
}

// What a server says is shown as text, and only so much of it.
func TestS3_hostile_errors(t *testing.T) {
	t.Parallel()
	for body, says := range map[string]string{
		"<Error><Code>a&#10;b</Code></Error>":                                                           "the store answers 418",
		"<Error><Code>\x1b[31mX</Code></Error>":                                                         "the store answers 418",
		"<Error><Code>X</Code><Message>a&#10;b&#27;</Message></Error>":                                  "",
		"<Error><Code>X</Code><Message>a&#10;&#x202e;b</Message></Error>":                               `the store answers 418 (X): "a\n\u202eb"`,
		"<Error><Code>X</Code><Message>" + strings.Repeat("m", 60<<10) + "</Message></Error>":           "mmm",
		"<Error><Code>X</Code><Message>" + strings.Repeat("m", 70<<10) + "</Message></Error>":           "the store answers 418",
		`<!DOCTYPE x [<!ENTITY a "` + strings.Repeat("a", 1000) + `">]><Error><Code>&a;</Code></Error>`: "the store answers 418",
		strings.Repeat("<a>", 20_000):                                                                   "the store answers 418",
		"<html><body>Bad gateway":                                                                       "the store answers 418",
		"<Error><Code>" + strings.Repeat("X", 1000) + "</Code></Error>":                                 "the store answers 418",
	} {
		s := openServer(t, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusTeapot)
			_, _ = w.Write([]byte(body))
		})
		_, err := s.PutNew(t.Context(), "x", text("x"))
		if err == nil || !strings.Contains(err.Error(), says) || len(err.Error()) > 500 || strings.ContainsAny(err.Error(), "\x1b\n") {
			t.Errorf("%.60q is %v", body, err)
		}
	}
}

// Lists that do not end, or are none, end as an error.
func TestS3_hostile_lists(t *testing.T) {
	t.Parallel()
	const object = "<Contents><Key>at/%[1]s</Key><Size>1</Size></Contents>"
	more := func(token, objects string) string {
		return "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>" + token + "</NextContinuationToken>" + objects + "</ListBucketResult>"
	}
	for name, c := range map[string]struct {
		page func(call int64) string
		says string
	}{
		"no token":  {func(int64) string { return more("", fmt.Sprintf(object, "a")) }, "does not say how it goes on"},
		"one token": {func(int64) string { return more("t", "") }, "does not say how it goes on"},
		"circle":    {func(n int64) string { return more(fmt.Sprint(n%2), fmt.Sprintf(object, string(rune('a'+n%2)))) }, `not in order at "a"`},
		"again":     {func(n int64) string { return more(fmt.Sprint(n), fmt.Sprintf(object, "a")) }, `not in order at "a"`},
		"nothing":   {func(n int64) string { return more(fmt.Sprint(n), "") }, "does not end"},
		"others":    {func(n int64) string { return more(fmt.Sprint(n), fmt.Sprintf(object, "../a")) }, "does not end"},
		"many":      {func(int64) string { return more("", strings.Repeat("<Contents/>", 1001)) }, "more than the 1000"},
		"long":      {func(int64) string { return more("", strings.Repeat(" ", 8<<20)) }, "the answer of the store is too long"},
		"deep":      {func(int64) string { return more("", strings.Repeat("<a>", 20_000)) }, "cannot be read"},
		"no list":   {func(int64) string { return "<Error><Code>X</Code></Error>" }, "cannot be read"},
		"no XML":    {func(int64) string { return "\x00" }, "cannot be read"},
		"empty":     {func(int64) string { return "" }, "cannot be read"},
		"negative": {func(int64) string {
			return "<ListBucketResult><Contents><Key>at/a</Key><Size>-1</Size></Contents></ListBucketResult>"
		}, "not in order"},
		"wrong escapes": {func(int64) string {
			return "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>at/%zz</Key></Contents></ListBucketResult>"
		}, "not escaped"},
	} {
		var calls atomic.Int64
		s := openServer(t, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(c.page(calls.Add(1)))) })
		var last error
		for _, last = range s.List(t.Context(), "") {
		}
		if last == nil || !strings.Contains(last.Error(), c.says) {
			t.Errorf("%s: %v", name, last)
		}
	}
}
