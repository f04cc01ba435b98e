package cargotest

// NotPortable skips a test of what is done by system calls alone, in a build without
// them: why says what that build cannot do.
func NotPortable(t interface {
	Helper()
	Skip(args ...any)
}, why string) {
	t.Helper()
	if Portable {
		t.Skip("the portable way: " + why)
	}
}
