package serve

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Metrics count what a server does. The zero value has counted nothing. It is safe for
// concurrent use.
type Metrics struct {
	inFlight, connections, dropped atomic.Int64
	archives, archiveBytes         atomic.Int64
	leftOut                        atomic.Int64

	mu       sync.Mutex
	requests map[request]*requests
}

// request is what requests are counted by.
type request struct {
	kind   string
	status int
}

type requests struct {
	count, bytes int64
	took         time.Duration
}

// Read counts an archive that was read to find out whether it is what it should be.
func (m *Metrics) Read(bytes int64) {
	m.archives.Add(1)
	m.archiveBytes.Add(bytes)
}

// LeftOut counts what is there and not held.
func (m *Metrics) LeftOut() { m.leftOut.Add(1) }

func (m *Metrics) count(a *answer, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.requests == nil {
		m.requests = map[request]*requests{}
	}
	of := request{a.kind, a.status}
	r := m.requests[of]
	if r == nil {
		r = &requests{}
		m.requests[of] = r
	}
	r.count, r.bytes, r.took = r.count+1, r.bytes+a.bytes, r.took+took
}

// text is what was counted, in the format of Prometheus.
func (m *Metrics) text() []byte {
	var b bytes.Buffer
	metric := func(name, kind, help string) {
		fmt.Fprintf(&b, "# HELP cargohome_%s %s\n# TYPE cargohome_%[1]s %[3]s\n", name, help, kind)
	}
	single := func(name, kind, help string, value int64) {
		metric(name, kind, help)
		fmt.Fprintf(&b, "cargohome_%s %d\n", name, value)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []request
	for of := range m.requests {
		all = append(all, of)
	}
	slices.SortFunc(all, func(a, b request) int { return cmp.Or(cmp.Compare(a.kind, b.kind), a.status-b.status) })
	for _, of := range []struct {
		name, help string
		value      func(*requests) any
	}{
		{"requests_total", "Requests that were answered.", func(r *requests) any { return r.count }},
		{"response_bytes_total", "Bytes of bodies that were sent.", func(r *requests) any { return r.bytes }},
		{"request_seconds_total", "Time that requests took.", func(r *requests) any { return r.took.Seconds() }},
	} {
		metric(of.name, "counter", of.help)
		for _, key := range all {
			fmt.Fprintf(&b, "cargohome_%s{kind=%q,code=\"%d\"} %v\n", of.name, key.kind, key.status, of.value(m.requests[key]))
		}
	}
	single("requests_in_flight", "gauge", "Requests that are being answered.", m.inFlight.Load())
	single("connections", "gauge", "Connections that are open.", m.connections.Load())
	single("connections_dropped_total", "counter", "Connections that were closed as there were too many.", m.dropped.Load())
	single("archives_read_total", "counter", "Archives that were read before they were served.", m.archives.Load())
	single("archives_read_bytes_total", "counter", "Bytes of those.", m.archiveBytes.Load())
	single("left_out_total", "counter", "Archives that were found not to be what they should be.", m.leftOut.Load())
	return b.Bytes()
}
