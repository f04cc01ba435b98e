package cargotest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// S3Server is what [StartS3] starts, and S3Bucket the bucket that it has.
const (
	S3Server = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"
	S3Bucket = "bucket"
)

// StartS3 starts an S3 server that keeps its objects in a folder, and returns the variables by
// which programs find it and may write to [S3Bucket]. It ends with the test. Where the
// server cannot be had the test is skipped.
func StartS3(t *testing.T) (environment map[string]string) {
	t.Helper()
	program := installS3(t)
	data := t.TempDir()
	if err := os.Mkdir(filepath.Join(data, S3Bucket), 0o777); err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	cmd := exec.Command(program, "--port", address, "posix", data)
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY=test-id", "ROOT_SECRET_KEY=test-secret-key")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	waitFor(t, address)
	return map[string]string{
		"AWS_ENDPOINT_URL": "http://" + address, "AWS_REGION": "us-east-1",
		"AWS_ACCESS_KEY_ID": "test-id", "AWS_SECRET_ACCESS_KEY": "test-secret-key",
	}
}

// installS3 builds the server once, where CARGOHOME_VERSITYGW does not name one.
func installS3(t *testing.T) (program string) {
	t.Helper()
	if program = os.Getenv("CARGOHOME_VERSITYGW"); program != "" {
		return program
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skipf("there is no S3 server to test with, as there is nowhere to keep it: %v", err)
	}
	dir := filepath.Join(cache, "cargohome-test")
	if program, err = exec.LookPath(filepath.Join(dir, "versitygw")); err == nil {
		return program
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "install", S3Server)
	cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), "GOBIN="+dir, "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("there is no S3 server to test with: go install %s: %v\n%s", S3Server, err, out)
	}
	return filepath.Join(dir, "versitygw")
}

// freeAddress is one that nobody listened on a moment ago.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func waitFor(t *testing.T, address string) {
	t.Helper()
	for range 300 {
		if c, err := net.Dial("tcp", address); err == nil {
			_ = c.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal(fmt.Errorf("nothing answers at %s", address))
}
