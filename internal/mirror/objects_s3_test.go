//go:build conform

package mirror

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"cargohome/internal/blob"
	"cargohome/internal/cargotest"
)

// buckets is a real S3 server, which tells times in seconds.
func buckets(t *testing.T) *bench {
	environment := cargotest.StartS3(t)
	var stores atomic.Int64
	stride := 1
	if testing.Short() {
		stride = 7
	}
	return &bench{func(t *testing.T) blob.Store {
		url := fmt.Sprintf("s3://%s/store/%d", cargotest.S3Bucket, stores.Add(1))
		s, err := blob.Open(url, func(name string) string { return environment[name] })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}, 4 * time.Second, 200 * time.Millisecond, stride}
}

func TestS3_faults(t *testing.T)   { buckets(t).faults(t) }
func TestS3_at_once(t *testing.T)  { buckets(t).atOnce(t, 15*time.Second) }
func TestS3_together(t *testing.T) { buckets(t).together(t) }
func TestS3_recorded(t *testing.T) { buckets(t).recordedMeanwhile(t) }
func TestS3_leases(t *testing.T)   { buckets(t).leases(t) }
func TestS3_suspend(t *testing.T)  { buckets(t).suspended(t) }

func TestS3_replicas(t *testing.T) {
	long := 5 * time.Minute
	if testing.Short() {
		long = 20 * time.Second
	}
	buckets(t).replicas(t, long)
}
