package cli

import (
	"time"

	"github.com/spf13/cobra"

	"cargohome/internal/usage"
)

// ageFlags hide versions of registries by when they were published.
type ageFlags struct{ asOf, minAge string }

func (o *ageFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&o.asOf, "as-of", "", "hide versions published after `DATE`, such as 2026-01-31, that no lockfile names")
	flags.StringVar(&o.minAge, "min-age", "", "hide versions that are not `AGE` old, such as 7d, and that no lockfile names")
}

// before is when a version must have been published, zero if that does not matter.
func (o *ageFlags) before(now time.Time) (at time.Time, err error) {
	if o.asOf != "" {
		if at, err = parseAsOf(o.asOf); err != nil {
			return at, err
		}
	}
	if o.minAge == "" {
		return at, nil
	}
	age, err := usage.ParseAge(o.minAge)
	if err != nil {
		return at, usagef("--min-age: %w", err)
	}
	if old := now.Add(-age); at.IsZero() || old.Before(at) {
		at = old
	}
	return at, nil
}

// parseAsOf reads a day, of which all counts, or a time.
func parseAsOf(text string) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.AddDate(0, 0, 1).Add(-time.Nanosecond), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, usagef("--as-of: %q is no date such as 2026-01-31, nor a time such as 2026-01-31T12:00:00Z", text)
	}
	return at, nil
}
