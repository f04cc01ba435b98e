//go:build conform

package redeflate

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestEncoders compares with the real encoders, which testdata/encoders has from their
// crates. CARGOHOME_REDEFLATE_INPUTS is how many inputs each is given, _SEED the first:
//
//	CARGOHOME_REDEFLATE_INPUTS=1000000 go test -tags conform -timeout 0 ./internal/redeflate -run TestEncoders -v
//
// takes a processor an hour.
func TestEncoders(t *testing.T) {
	real := startEncoders(t)
	inputs, seed := number(t, "CARGOHOME_REDEFLATE_INPUTS", 2000), number(t, "CARGOHOME_REDEFLATE_SEED", 1)
	total := 0
	for i := range inputs {
		plain := anyInput(uint64(seed+i), mostly(seed+i))
		total += len(plain)
		for _, kind := range order {
			piece := 0
			if kind != ZlibRs05 { // the one to which it may matter
				piece = i % 4 * 512 << (i % 5)
			}
			want := real.deflate(t, kind, plain, piece)
			if got := deflated(t, kind, plain); !bytes.Equal(got, want) {
				t.Errorf("seed %d, %d bytes, %v: %d bytes, want %d", seed+i, len(plain), kind, len(got), len(want))
			}
		}
	}
	t.Logf("%d inputs, %d bytes", inputs, total)
}

var update = flag.Bool("update", false, "write testdata/golden.txt")

// mostly returns how long an input may be: short, but for some around the end of a window,
// and a few of up to 4 MiB.
func mostly(seed int) int {
	switch {
	case seed%4096 == 1:
		return 4 << 20
	case seed%256 == 0:
		return 200 << 10
	case seed%16 == 1:
		return 64 << 10
	}
	return 4 << 10
}

// TestGolden_real compares the golden sums with the real encoders.
func TestGolden_real(t *testing.T) {
	real := startEncoders(t)
	var b strings.Builder
	inputs := goldenInputs()
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		for _, kind := range order {
			fmt.Fprintf(&b, "%s %d %x\n", name, kind, sha256.Sum256(real.deflate(t, kind, inputs[name], 0)))
		}
	}
	if *update {
		if err := os.WriteFile("testdata/golden.txt", []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if golden, err := os.ReadFile("testdata/golden.txt"); err != nil || string(golden) != b.String() {
		t.Errorf("testdata/golden.txt is not what the encoders make: %v", err)
	}
}

func number(t *testing.T, name string, otherwise int) int {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// encoders is the program in testdata/encoders.
type encoders struct {
	to   *bufio.Writer
	from *bufio.Reader
}

func startEncoders(t *testing.T) *encoders {
	for _, tool := range []string{"cargo", "cc"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	dir := os.Getenv("CARGOHOME_REDEFLATE_TARGET")
	if dir == "" {
		dir = t.TempDir()
	}
	if err := os.CopyFS(dir, os.DirFS("testdata/encoders")); err != nil && !os.IsExist(err) {
		t.Fatal(err)
	}
	build := exec.Command("cargo", "build", "--release", "--quiet", "--target-dir", "target")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(filepath.Join(dir, "target/release/encoders"))
	to, _ := cmd.StdinPipe()
	from, _ := cmd.StdoutPipe()
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { to.Close(); cmd.Wait() })
	return &encoders{bufio.NewWriterSize(to, 1<<16), bufio.NewReaderSize(from, 1<<16)}
}

func (e *encoders) deflate(t *testing.T, kind Encoder, plain []byte, piece int) []byte {
	head := binary.LittleEndian.AppendUint32([]byte{byte(kind)}, uint32(piece))
	e.to.Write(binary.LittleEndian.AppendUint32(head, uint32(len(plain))))
	e.to.Write(plain)
	if err := e.to.Flush(); err != nil {
		t.Fatal(err)
	}
	var size [4]byte
	if _, err := io.ReadFull(e.from, size[:]); err != nil {
		t.Fatal(err)
	}
	out := make([]byte, binary.LittleEndian.Uint32(size[:]))
	if _, err := io.ReadFull(e.from, out); err != nil {
		t.Fatal(err)
	}
	return out
}
