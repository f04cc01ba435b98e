package usage_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"cargohome/internal/cargotest"
	"cargohome/internal/usage"
)

// A run that is to end does not wait for Cargo's database any longer, and says that it was
// interrupted, though all it has to do is to delete what it took out of the way.
func TestExecute_ended(t *testing.T) {
	h := cargotest.NewHome(t, t.TempDir())
	h.Add(cargotest.Crate{Name: "a", Version: "1.0.0"})
	h.Used("registry_crate", cargotest.CratesIO, "a-1.0.0.crate", 1)
	sel := all()
	sel.Kinds = []usage.Kind{usage.Archive}
	plan := newPlan(t, h.Dir, sel)
	db := h.LastUseDB()
	defer db.Close()
	if _, err := db.Exec("BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	began := time.Now()
	_, err := plan.Execute(ctx, &usage.ExecuteOptions{
		Removed: func(*usage.Removal) { cancel() }, Unlock: func() error { return nil }, Leftover: func(err error) { t.Errorf("left over: %v", err) },
	})
	if took := time.Since(began); !errors.Is(err, context.Canceled) || took > time.Second {
		t.Errorf("%v, in %v", err, took)
	}
}
