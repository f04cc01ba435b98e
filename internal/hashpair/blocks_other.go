//go:build !amd64 || portable

package hashpair

func fast() bool { return false }

func blocks(a, b *[8]uint32, p, q *byte, n int) { panic("hashpair: not here") }
