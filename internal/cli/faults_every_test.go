//go:build conform

package cli_test

import "testing"

func everyFault() bool { return !testing.Short() }
