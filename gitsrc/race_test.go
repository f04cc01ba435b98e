//go:build race

package gitsrc

// slowed is how much longer all takes with the race detector.
const slowed = 10
