package serve

import (
	"io"
	"net/http"
)

// answer is a response, of which it is known what was sent.
type answer struct {
	http.ResponseWriter
	kind   string // of what was asked for, as it is counted
	status int
	bytes  int64
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (a *answer) Write(b []byte) (int, error) {
	a.begin()
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err
}

// ReadFrom has the system send files by itself, where it can.
func (a *answer) ReadFrom(from io.Reader) (n int64, err error) {
	a.begin()
	if to, ok := a.ResponseWriter.(io.ReaderFrom); ok {
		n, err = to.ReadFrom(from)
	} else {
		n, err = io.Copy(struct{ io.Writer }{a.ResponseWriter}, from)
	}
	a.bytes += n
	return n, err
}

func (a *answer) begin() {
	if a.status == 0 {
		a.status = http.StatusOK
	}
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
