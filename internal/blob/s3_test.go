//go:build conform

package blob_test

import (
	"errors"
	"strings"
	"testing"

	"cargohome/internal/blob"
	"cargohome/internal/cargotest"
)

// A real server does what every store has to do.
func TestS3(t *testing.T) {
	environment := cargotest.StartS3(t)
	open := func(url string, environment map[string]string) blob.Store {
		s, err := blob.Open(url, func(name string) string { return environment[name] })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	for _, url := range []string{"s3://" + cargotest.S3Bucket, "s3://" + cargotest.S3Bucket + "/some/where"} {
		t.Run(url, func(t *testing.T) { testStore(t, open(url, environment)) })
	}
	t.Run("denied", func(t *testing.T) {
		if _, err := open("s3://nothing-here", environment).Stat(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), "no such bucket") && !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("without a bucket: %v", err)
		}
		if _, err := open("s3://nothing-here", environment).PutNew(t.Context(), "x", text("x")); err == nil || !strings.Contains(err.Error(), "no such bucket") {
			t.Errorf("without a bucket: %v", err)
		}
		wrong := map[string]string{"AWS_ENDPOINT_URL": environment["AWS_ENDPOINT_URL"], "AWS_ACCESS_KEY_ID": "test-id", "AWS_SECRET_ACCESS_KEY": secret}
		_, err := open("s3://"+cargotest.S3Bucket, wrong).PutNew(t.Context(), "x", text("x"))
		if err == nil || !strings.Contains(err.Error(), "access is denied (SignatureDoesNotMatch)") {
			t.Errorf("with wrong keys: %v", err)
		} else {
			noSecret(t, err)
		}
	})
}
