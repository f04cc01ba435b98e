package blob

import (
	"context"
	"errors"
	"io"
	"time"
)

const patience = time.Minute // for a call, or the next byte of an object

var errStalled = errors.New("the store has sent nothing for a minute")

// patient reads a body, until no more comes of it.
type patient struct {
	ctx    context.Context // of the request
	cancel context.CancelCauseFunc
	timer  *time.Timer
	body   io.ReadCloser
}

func (p *patient) Read(buf []byte) (int, error) {
	n, err := p.body.Read(buf)
	p.timer.Reset(patience)
	if err != nil && err != io.EOF && p.ctx.Err() != nil {
		err = context.Cause(p.ctx)
	}
	return n, err
}

func (p *patient) stop() {
	p.timer.Stop()
	p.cancel(nil)
}

func (p *patient) Close() error {
	err := p.body.Close()
	p.stop()
	return err
}
