package blob_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"cargohome/internal/blob"
	"cargohome/internal/cargotest"
)

// rounds is how often many do something at once.
const rounds = 20

// alternate is one of two stores, in turn.
type alternate struct {
	blob.Store
	other blob.Store
	calls atomic.Int64
}

func (a *alternate) PutIf(ctx context.Context, name, tag string, c *blob.Content) (string, error) {
	if a.calls.Add(1)%2 == 0 {
		return a.other.PutIf(ctx, name, tag, c)
	}
	return a.Store.PutIf(ctx, name, tag, c)
}

const secret = "do-not-print-me"

func noSecret(t *testing.T, err error) {
	t.Helper()
	if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), secret) {
		t.Errorf("an error shows a secret: %v", err)
	}
}

// openServer opens the store of a server that answers so.
func openServer(t *testing.T, answer http.HandlerFunc) blob.Store {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	environment := map[string]string{"AWS_ENDPOINT_URL": server.URL, "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": secret}
	s, err := blob.Open("s3://bucket/at", func(name string) string { return environment[name] })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// What a server refuses is said by name, and no key with it.
func TestS3_errors(t *testing.T) {
	for _, c := range []struct {
		status    int
		code      string
		put, open error  // that is matched, nil for none of ours
		says      string // of both
	}{
		{403, "AccessDenied", nil, nil, "access is denied (AccessDenied)"},
		{403, "SignatureDoesNotMatch", nil, nil, "access is denied (SignatureDoesNotMatch)"},
		{404, "NoSuchBucket", nil, nil, "there is no such bucket"},
		{404, "NoSuchKey", blob.ErrChanged, blob.ErrNotFound, "s3://bucket/at/x: "},
		{412, "PreconditionFailed", blob.ErrChanged, nil, "s3://bucket/at/x: "},
		{409, "ConditionalRequestConflict", blob.ErrChanged, nil, "s3://bucket/at/x: "},
	} {
		s := openServer(t, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte("<Error><Code>" + c.code + "</Code><Message>no</Message></Error>"))
		})
		_, put := s.PutIf(t.Context(), "x", "tag", text("x"))
		_, _, open := s.Open(t.Context(), "x")
		for want, err := range map[error]error{c.put: put, c.open: open} {
			if err == nil || want != nil && !errors.Is(err, want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%d %s is %v", c.status, c.code, err)
			} else {
				noSecret(t, err)
			}
		}
	}
}

// What may pass is tried again, and the end of that is an error.
func TestS3_again(t *testing.T) {
	var calls atomic.Int64
	ill := int64(3)
	s := openServer(t, func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) <= ill {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("ETag", `"tag"`)
	})
	if tag, err := s.PutNew(t.Context(), "x", text("x")); err != nil || tag != "tag" || calls.Load() != 4 {
		t.Errorf("after %d calls: %q, %v", calls.Load(), tag, err)
	}
	calls.Store(0)
	ill = 1000
	if _, err := s.PutNew(t.Context(), "x", text("x")); err == nil || calls.Load() > 5 {
		t.Errorf("after %d calls: %v", calls.Load(), err)
	}
}

// Of a conflict is not known what comes of the other, which may fail.
func TestS3_conflict(t *testing.T) {
	var calls atomic.Int64
	s := openServer(t, func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 1 {
			w.WriteHeader(http.StatusConflict)
			_, _ = w.Write([]byte("<Error><Code>ConditionalRequestConflict</Code></Error>"))
			return
		}
		w.Header().Set("ETag", `"tag"`)
	})
	if tag, err := s.PutNew(t.Context(), "x", text("x")); err != nil || tag != "tag" {
		t.Errorf("%q, %v", tag, err)
	}
}

// An object that breaks off is not taken for whole, and a list that names what cannot be an
// object does not lead anywhere.
func TestS3_hostile(t *testing.T) {
	s := openServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"tag"`)
		w.Header().Set("Last-Modified", "Fri, 27 Nov 2026 08:00:00 GMT")
		if r.URL.Query().Has("list-type") {
			_, _ = w.Write([]byte("<ListBucketResult><Contents><Key>at/../../x</Key></Contents><Contents><Key>other/x</Key></Contents><Contents><Key>at/a/b</Key><Size>1</Size></Contents></ListBucketResult>"))
			return
		}
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte("short"))
	})
	if data, _, err := blob.ReadAll(t.Context(), s, "x", 1000); err == nil {
		t.Errorf("%q is all", data)
	}
	for info, err := range s.List(t.Context(), "") {
		if err != nil || info.Name != "a/b" {
			t.Errorf("listed is %+v (%v)", info, err)
		}
	}
}

// Keys come from the file of a profile, of which no line is shown.
func TestS3_profile(t *testing.T) {
	var authorization string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		authorization = r.Header.Get("Authorization")
		w.WriteHeader(http.StatusNotFound)
	}))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "credentials")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	environment := map[string]string{"AWS_ENDPOINT_URL": server.URL, "AWS_SHARED_CREDENTIALS_FILE": file, "AWS_PROFILE": "mine"}
	open := func() (blob.Store, error) {
		return blob.Open("s3://bucket", func(name string) string { return environment[name] })
	}
	write("[mine]\naws_access_key_id = KEYID\naws_secret_access_key = " + secret + "\n")
	s, err := open()
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Stat(t.Context(), "x")
	if !errors.Is(err, blob.ErrNotFound) || !strings.Contains(authorization, "Credential=KEYID/") {
		t.Errorf("asked as %q: %v", authorization, err)
	}
	write("[mine\n" + secret + "\n")
	if _, err := open(); err == nil {
		t.Error("what is no profile is one")
	} else {
		noSecret(t, err)
	}
}

// liar is a store that lets everybody win.
type liar struct {
	blob.Store
	creators bool
}

func (l *liar) PutNew(ctx context.Context, name string, c *blob.Content) (string, error) {
	tag, err := l.Store.PutNew(ctx, name, c)
	if l.creators && errors.Is(err, blob.ErrExists) {
		return tag, nil
	}
	return tag, err
}

func (l *liar) PutIf(ctx context.Context, name, tag string, c *blob.Content) (string, error) {
	tag, err := l.Store.PutIf(ctx, name, tag, c)
	if errors.Is(err, blob.ErrChanged) {
		return tag, nil
	}
	return tag, err
}

func TestProbe(t *testing.T) {
	cargotest.NotPortable(t, "folders are not locked, so nothing can be replaced")
	for _, creators := range []bool{false, true} {
		if err := blob.Probe(t.Context(), &liar{openFolder(t, t.TempDir()), creators}, "p-"); !errors.Is(err, blob.ErrUnsafe) {
			t.Errorf("%v", err)
		}
	}
}
