package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestProgress has the clock of a bubble: work of 64 steps of 40 ms each, and a message
// in the midst of it. Nothing is drawn at first, as by cargo, and nothing is left.
func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		p := &Printer{stderr: &out, terminal: true}
		p.StartProgress(Work{"Restoring", 64, 0})
		for i := range 64 {
			time.Sleep(40 * time.Millisecond)
			p.Advance(1, 0)
			if i == 31 {
				p.Warning("look")
			}
		}
		p.Advance(1, 0) // one more than was told
		p.StopProgress()
		p.StopProgress()

		drawings := strings.Split(strings.ReplaceAll(out.String(), "\r\r", "\r"), "\r")
		want := []string{"",
			"   Restoring [====>                    ] 13/64, 2s left",
			"   Restoring [=====>                   ] 16/64, 1s left",
			"   Restoring [======>                  ] 19/64, 1s left",
		}
		if diff := cmp.Diff(want, drawings[:len(want)]); diff != "" {
			t.Error(diff)
		}
		want = []string{
			"   Restoring [===========>             ] 31/64, 1s left", "\x1b[Kwarning: look\n",
			"   Restoring [============>            ] 34/64, 1s left",
		}
		if diff := cmp.Diff(want, drawings[7:7+len(want)]); diff != "" {
			t.Error(diff, drawings)
		}
		want = []string{"   Restoring [======================>  ] 61/64, 0s left", "\x1b[K"}
		if diff := cmp.Diff(want, drawings[len(drawings)-len(want):]); diff != "" {
			t.Error(diff, drawings)
		}
	})
}

// Things, bytes and time are told, and in a narrow terminal as much of that as fits, which
// the bar does always.
func TestProgress_width(t *testing.T) {
	for width, want := range map[int]string{
		120: "     Packing [=====>                   ] 4/40, 1.0 GiB of 4.0 GiB, 2m0s left",
		80:  "     Packing [=====>                   ] 4/40, 1.0 GiB of 4.0 GiB, 2m0s left",
		60:  "     Packing [=>      ] 4/40, 1.0 GiB of 4.0 GiB, 2m0s left",
		40:  "     Packing [=>      ] 4/40, 2m0s left",
		30:  "     Packing [=>       ] 4/40",
		20:  "",
	} {
		g := &progress{work: Work{"Packing", 40, 4 << 30}, things: 4, bytes: 1 << 30, width: func() int { return width }}
		got := g.line(g.part(), 40*time.Second)
		if got != want {
			t.Errorf("by %d columns: %q, want %q", width, got, want)
		}
		if len(got) >= width {
			t.Errorf("by %d columns there are %d", width, len(got))
		}
	}
}

// The terminal itself is told, and that it is over, as cargo does it.
func TestProgress_reports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		p := &Printer{stderr: &out, terminal: true, osc: true}
		p.StartProgress(Work{"Packing", 0, 4 << 30})
		time.Sleep(time.Second)
		p.Advance(0, 1<<30)
		p.Status("Packing", "x")
		p.StopProgress()
		want := "\r     Packing [=====>                   ] 1.0 GiB of 4.0 GiB, 3s left\x1b]9;4;1;25\x1b\\\r\r\x1b[K     Packing x\n\x1b]9;4;0;0\x1b\\"
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Error(diff)
		}
		out.Reset()
		p.settings.Reports = new(bool)
		p.StartProgress(Work{"Packing", 0, 4 << 30})
		time.Sleep(time.Second)
		p.Advance(0, 1<<30)
		p.StopProgress()
		if strings.Contains(out.String(), "\x1b]") {
			t.Errorf("%q", out.String())
		}
	})
}

// TestProgress_none: nothing is drawn where nobody looks, nor of work without steps.
func TestProgress_none(t *testing.T) {
	for name, p := range map[string]*Printer{
		"no terminal": {},
		"quiet":       {terminal: true, settings: Settings{Quiet: true}},
		"turned off":  {terminal: true, settings: Settings{NoProgress: true}},
		"no steps":    {terminal: true},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			p.stderr = &out
			p.StartProgress(Work{"Removing", 0, 0})
			p.Advance(1, 0)
			p.StopProgress()
			if out.Len() > 0 {
				t.Errorf("%q", out.String())
			}
		})
	}
}
