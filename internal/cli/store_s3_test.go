//go:build conform

package cli_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cargohome/internal/blob"
	"cargohome/internal/cargotest"
)

// bucketRun is a run of the program that knows an S3 server.
func bucketRun(dir string, environment map[string]string, args ...string) *exec.Cmd {
	cmd := exec.Command("cargohome", args...)
	cmd.Dir, cmd.Env = filepath.Join(dir, "app"), environ(dir)
	for name, value := range environment {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// Runs that write to a bucket and prune it are killed at any time, two at once: each line that
// is listed has its archive, and the next run makes all of it.
func TestS3_kills(t *testing.T) {
	environment := cargotest.StartS3(t)
	dir := scenes["mirror_new"].build(t)
	home := cargotest.NewHome(t, filepath.Join(dir, "home"))
	home.Add(cargotest.Crate{Name: "a", Version: "2.0.0"}, cargotest.Crate{Name: "c", Version: "1.0.0"})
	const url = "s3://" + cargotest.S3Bucket + "/held"
	s, err := blob.Open(url, func(name string) string { return environment[name] })
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	kills := 100
	if testing.Short() {
		kills = 10
	}
	for n := range kills {
		var cmds []*exec.Cmd
		for _, args := range [][]string{{"mirror", url}, {"mirror", url, "--prune"}} {
			cmd := bucketRun(dir, environment, args...)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			cmds = append(cmds, cmd)
		}
		time.Sleep(time.Duration(rand.Int64N(int64(120 * time.Millisecond))))
		for _, cmd := range cmds {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
		checkStored(t, n, s)
	}
	if out, err := bucketRun(dir, environment, "mirror", url).CombinedOutput(); err != nil {
		t.Errorf("the next run: %v\n%s", err, out)
	}
	if got := checkStored(t, kills, s); got != 4 {
		t.Errorf("%d versions are listed", got)
	}
	if out, err := bucketRun(dir, environment, "mirror", "m", "--from", url).CombinedOutput(); err != nil || !bytes.Contains(out, []byte("Mirrored 4 packages")) {
		t.Errorf("from it: %v\n%s", err, out)
	}
	checkMirrors(t, "from the bucket", dir)
}

// checkStored: for each line that a store has there is its archive.
func checkStored(t *testing.T, round int, s blob.Store) (versions int) {
	t.Helper()
	for info, err := range s.List(t.Context(), "crates-io/index/") {
		if err != nil {
			t.Fatal(err)
		}
		text, _, err := blob.ReadAll(t.Context(), s, info.Name, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(text) {
			var e struct{ Cksum string }
			if err := json.Unmarshal(line, &e); err != nil {
				t.Errorf("%s has a line %q", info.Name, line)
			}
			if e.Cksum == "" {
				continue // of config.json
			}
			versions++
			archive, _, err := blob.ReadAll(t.Context(), s, "crates-io/sha256/"+e.Cksum+".crate", 1<<20)
			if err != nil || cargotest.Checksum(archive) != e.Cksum {
				t.Errorf("round %d: %s is listed, and of the archive there is %q (%v)", round, line, archive, err)
			}
		}
	}
	return versions
}

// What a server refuses is said, and no key with it.
func TestS3_refused(t *testing.T) {
	environment := cargotest.StartS3(t)
	dir := scenes["mirror_new"].build(t)
	for says, change := range map[string]map[string]string{
		"access is denied (SignatureDoesNotMatch)":                                {"AWS_SECRET_ACCESS_KEY": "not-to-be-shown"},
		"of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY one is set":               {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "not-to-be-shown"},
		"AWS_ENDPOINT_URL is to be a URL of the form https://HOST[:PORT]":         {"AWS_ENDPOINT_URL": "https://not:to-be-shown@h"},
		"profile \"not-there\" of /nobody/.aws/credentials: its keys cannot be r": {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_PROFILE": "not-there", "HOME": "/nobody"},
	} {
		with := map[string]string{}
		for _, m := range []map[string]string{environment, change} {
			for name, value := range m {
				with[name] = value
			}
		}
		out, err := bucketRun(dir, with, "mirror", "s3://"+cargotest.S3Bucket).CombinedOutput()
		if err == nil || !strings.Contains(string(out), says) || strings.Contains(string(out), "to-be-shown") {
			t.Errorf("%q is not said (%v):\n%s", says, err, out)
		}
	}
}
