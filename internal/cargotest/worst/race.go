//go:build race

package worst

// slowed is how much longer all takes with the race detector.
const slowed = 10
