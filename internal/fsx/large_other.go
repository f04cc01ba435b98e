//go:build !linux

package fsx

const largeFile = 0 // sizes have 64 bits
