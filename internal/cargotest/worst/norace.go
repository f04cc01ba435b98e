//go:build !race

package worst

const slowed = 1
