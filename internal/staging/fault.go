package staging

// Op names a kind of call that changes, or opens, something on disk.
type Op string

// The calls that can be made to fail.
const (
	OpMkdir  Op = "mkdir"
	OpOpen   Op = "open"   // of a file that is made, a folder, or an archive
	OpWrite  Op = "write"  // of one piece
	OpTime   Op = "utimes" // of a file
	OpMode   Op = "chmod"
	OpLink   Op = "link" // symbolic or hard
	OpSync   Op = "fsync"
	OpRename Op = "rename"
	OpSwap   Op = "exchange" // of two names
	OpRemove Op = "remove"   // of a file or a whole tree
)

// fault is asked before each call; nil but in tests.
var fault func(op Op, path string) error

// Inject makes f be asked before each call that this package makes, and each that
// is announced with [Point]: an error it returns is that of the call, which then is
// not made. It is for tests, which may also end the process in f. f is called by
// many goroutines. The function returned ends this.
func Inject(f func(op Op, path string) error) (restore func()) {
	old := fault
	fault = f
	return func() { fault = old }
}

// Point is a fault point: it is called before a call that other packages make.
func Point(op Op, path string) error {
	if fault == nil {
		return nil
	}
	return fault(op, path)
}
