// Package house has nothing but tests: of how the program is built, so that it stays so.
package house
