//go:build conform

package cli_test

const everyFault = true
