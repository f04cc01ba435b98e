package usage

import (
	"context"

	"cargohome/internal/lastuse"
)

// Each walks the home in dir once, and calls do with each item, those of one folder one
// after the other; it returns what could not be looked at, and how many of that there are
// in all. Nothing but a batch of names is kept. The error is that of the home itself, or
// of ctx.
func Each(ctx context.Context, dir string, jobs int, do func(*Item)) (problems []Problem, all int, err error) {
	e := &each{meter: newMeter(&MeasureOptions{}), do: do}
	if err := walk(ctx, dir, jobs, nil, e); err != nil {
		return nil, 0, err
	}
	return e.report.Problems, e.report.Unseen, nil
}

// each tells of the items of a walk.
type each struct {
	*meter
	do func(*Item)
}

func (e *each) item(i *Item) {
	e.meter.item(i)
	e.do(i)
}

// Last returns when the item was used, as the database has it, or else its files.
func (i *Item) Last(uses *lastuse.Uses) (int64, lastuse.Origin) { return uses.Last(i.use(), i.Used) }
