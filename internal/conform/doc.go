// Package conform holds the tests that decide "as cargo does" by running the
// real cargo on the same input and comparing what both made. They are built
// with the tag "conform", need cargo, and skip with a reason what else they lack:
// `make conform` fetches the real projects they want.
package conform
