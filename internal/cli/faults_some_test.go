//go:build !conform

package cli_test

// everyFault says whether all faults and kills are tried, or some.
func everyFault() bool { return false }
