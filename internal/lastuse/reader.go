package lastuse

import (
	"context"
	"database/sql"
	"fmt"
)

// queryer is a connection or a transaction.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// reader reads tables, up to the bounds for all of them.
type reader struct {
	from  queryer
	rows  int
	names int
}

// each calls f for the rows of a table: with one column that has a number, the name,
// and another column that has a number.
func (r *reader) each(ctx context.Context, table Table, first, last string, f func(first int64, name string, last int64)) error {
	rows, err := r.from.QueryContext(ctx, fmt.Sprintf("SELECT %s, name, %s FROM %s", first, last, table))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var a, b int64
		var name sql.RawBytes
		if err := rows.Scan(&a, &name, &b); err != nil {
			return fmt.Errorf("%w: %w", ErrForeign, err)
		}
		r.rows, r.names = r.rows+1, r.names+len(name)
		if len(name) > maxName || r.rows > maxRows || r.names > maxNames {
			return fmt.Errorf("%w: it has too many names, or too long ones", ErrForeign)
		}
		f(a, string(name), b)
	}
	return rows.Err()
}

// folders reads the names of a table of parents, by their numbers.
func (r *reader) folders(ctx context.Context, parent Table) (map[int64]string, error) {
	names := map[int64]string{}
	err := r.each(ctx, parent, "id", "timestamp", func(id int64, name string, _ int64) { names[id] = name })
	return names, err
}
