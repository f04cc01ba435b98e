package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestProgress has the clock of a bubble: work of 64 steps of 40 ms each, and a message
// in the midst of it.
func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		p := &Printer{stderr: &out, terminal: true}
		p.StartProgress("Vendoring", 64)
		for i := range 64 {
			time.Sleep(40 * time.Millisecond)
			p.Advance(1)
			if i == 31 {
				p.Warning("look")
			}
		}
		p.Advance(1) // one more than was told
		p.StopProgress()
		p.StopProgress()

		const blank = "                                                           " // 59 columns
		drawings := strings.Split(out.String(), "\r")
		want := []string{"",
			"   Vendoring   1% [                              ]  [0s:2s]",
			"   Vendoring   6% [>                             ]  [0s:2s]",
			"   Vendoring  10% [==>                           ]  [0s:2s]",
		}
		if diff := cmp.Diff(want, drawings[:len(want)]); diff != "" {
			t.Error(diff)
		}
		want = []string{
			"   Vendoring  48% [=============>                ]  [1s:1s]", blank, "warning: look\n",
			"   Vendoring  53% [==============>               ]  [1s:1s]",
		}
		if diff := cmp.Diff(want, drawings[11:11+len(want)]); diff != "" {
			t.Error(diff, drawings)
		}
		want = []string{"   Vendoring  95% [===========================>  ]  [2s:0s]", blank, ""}
		if diff := cmp.Diff(want, drawings[len(drawings)-len(want):]); diff != "" {
			t.Error(diff, drawings)
		}
	})
}

// Bytes are told, in no more columns than a terminal has.
func TestProgress_bytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		p := &Printer{stderr: &out, terminal: true}
		p.StartBytes("Packing", 4<<30)
		for range 3 {
			time.Sleep(40 * time.Second)
			p.Advance(1023 << 20)
		}
		want := []string{"",
			"     Packing  24% [===>                ]  1023.0 MiB/4.0 GiB  [40s:2m0s]",
			"     Packing  49% [========>           ]  2.0 GiB/4.0 GiB  [1m20s:1m20s]",
			"     Packing  74% [=============>      ]  3.0 GiB/4.0 GiB  [2m0s:40s]   ",
		}
		if diff := cmp.Diff(want, strings.Split(out.String(), "\r")); diff != "" {
			t.Error(diff)
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
			p.StartProgress("Removing", 0)
			p.Advance(1)
			p.StopProgress()
			if out.Len() > 0 {
				t.Errorf("%q", out.String())
			}
		})
	}
}
