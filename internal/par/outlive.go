package par

import (
	"context"
	"time"
)

// Outlive returns a context that ends so long after ctx, for what has to be put in order
// then. The caller calls stop when that is done.
func Outlive(ctx context.Context, by time.Duration) (longer context.Context, stop func()) {
	longer, end := context.WithCancel(context.WithoutCancel(ctx))
	forget := context.AfterFunc(ctx, func() { time.AfterFunc(by, end) })
	return longer, func() {
		forget()
		end()
	}
}
