package cli_test

import (
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cargohome/internal/ui"
)

// The pictures in docs are what is printed on a terminal, but for numbers, which are of the
// day and the disk. With -update they are drawn anew (make pictures).
func TestPictures(t *testing.T) {
	for name, text := range map[string]string{"size": sizeOnTerminal(t), "progress": progressOnTerminal(t)} {
		path := filepath.Join("..", "..", "docs", "pictures", name+".svg")
		want := drawn(text)
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil || withoutNumbers(string(got)) != withoutNumbers(want) {
			t.Errorf("%s is out of date (%v): make pictures", path, err)
		}
	}
}

// withoutNumbers is a picture without what differs from one disk to another.
func withoutNumbers(svg string) string {
	return regexp.MustCompile(` +|width="[0-9]+"|viewBox="[^"]*"|[0-9.]+ ([KMG]i)?B|[0-9]+s left|=+|[0-9]{4}-[0-9]{2}-[0-9]{2}`).ReplaceAllString(svg, "")
}

// sizeOnTerminal is what size prints of the sample.
func sizeOnTerminal(t *testing.T) string {
	t.Helper()
	s := newSample(t)
	mustRun(t, s.dir, "reextract")
	p := openTerminal(t)
	text := p.on(t, 130, s.dir, "size", "--top", "3")
	home := filepath.Join(s.dir, "home")
	return "$ cargohome size --top 3\n" + strings.ReplaceAll(text, home, fmt.Sprintf("%-*s", len(home), "~/.cargo"))
}

// progressOnTerminal is how the line looks when half of the work is done.
func progressOnTerminal(t *testing.T) string {
	t.Helper()
	p := openTerminal(t)
	if err := unix.IoctlSetWinsize(int(p.tty.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 100}); err != nil {
		t.Fatal(err)
	}
	out := ui.New(t.Context(), io.Discard, p.tty, ui.NewEnvironment(func(string) (string, bool) { return "", false }))
	out.StartProgress(ui.Work{Verb: "Vendoring", Things: 800, Bytes: 147 << 20})
	time.Sleep(600 * time.Millisecond)
	out.Advance(412, 80<<20)
	return "$ cargohome vendor\n" + strings.Trim(p.read(t), "\r")
}

// The size of a character in a picture, and of what is around the text, in pixels.
const charWidth, lineHeight, margin = 8.4, 18, 14

// drawn is a text as a picture of a terminal.
func drawn(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	longest := 0
	for _, line := range lines {
		longest = max(longest, len([]rune(line)))
	}
	var b strings.Builder
	width, height := int(float64(longest)*charWidth)+2*margin, len(lines)*lineHeight+2*margin
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d">`+"\n", width, height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" rx="6" fill="#1d1f21"/>`+"\n", width, height)
	b.WriteString(`<g font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#d7dae0" xml:space="preserve">` + "\n")
	for i, line := range lines {
		fmt.Fprintf(&b, `<text x="%d" y="%d" xml:space="preserve">%s</text>`+"\n", margin, margin+(i+1)*lineHeight-4, html.EscapeString(line))
	}
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}
