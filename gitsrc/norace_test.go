//go:build !race

package gitsrc

const slowed = 1
