package redeflate

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"testing"

	"cargohome/internal/inflate"
)

// header is that of Cargo: with a name, no time, XFL 2 and system 255.
var header = append([]byte{0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 2, 255}, "a-1.0.0.crate\x00"...)

// archiveOf returns an archive as that encoder makes it.
func archiveOf(t testing.TB, kind Encoder, tar []byte) []byte {
	b := append(slices.Clone(header), deflated(t, kind, tar)...)
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(tar))
	return binary.LittleEndian.AppendUint32(b, uint32(len(tar)))
}

// recognised checks that a recipe makes the archive, also after it was written and read.
func recognised(t *testing.T, archive, tar []byte) Recipe {
	t.Helper()
	r, err := Recognise(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	written, _ := r.AppendBinary(nil)
	if r, err = ParseRecipe(written); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := Rebuild(&out, bytes.NewReader(tar), r, nil); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), archive) {
		t.Errorf("%v: the archive is not the same", r.Encoder)
	}
	return r
}

// tellTale is an input of which each encoder makes something else.
func tellTale(t testing.TB) []byte {
	for seed := uint64(1); seed < 1000; seed++ {
		tar := anyInput(seed, 64<<10)
		made := map[string]bool{}
		for _, kind := range order {
			made[string(deflated(t, kind, tar))] = true
		}
		if len(made) == len(order) && len(tar) > 20_000 {
			return tar
		}
	}
	t.Fatal("no input tells the encoders apart")
	return nil
}

func TestRecognise(t *testing.T) {
	tar := tellTale(t)
	for _, kind := range order {
		if r := recognised(t, archiveOf(t, kind, tar), tar); r.Encoder != kind || len(r.Rest) > 0 || !bytes.Equal(r.Header, header) {
			t.Errorf("%v with a rest of %d bytes, want %v", r.Encoder, len(r.Rest), kind)
		}
	}
}

// What is different at the end of an archive goes into its recipe.
func TestRecognise_rest(t *testing.T) {
	tar := bytes.Repeat(tellTale(t), 5)
	for _, more := range []string{"x", strings.Repeat("\x00", 512)} {
		archive := append(archiveOf(t, Zlib, tar), more...)
		if r := recognised(t, archive, tar); r.Encoder != Zlib || string(r.Rest) != more {
			t.Errorf("%v with a rest of %q", r.Encoder, r.Rest)
		}
	}
}

// An archive whose last block is somehow different is rebuilt up to there: here by the bits
// that fill its last byte, which are nobody's.
func TestRecognise_lastBlock(t *testing.T) {
	for seed := uint64(1); seed < 100; seed++ {
		tar := append(tellTale(t), noise(int(seed))...)
		archive := archiveOf(t, Miniz, tar)
		last := len(archive) - 9
		archive[last] ^= 0x80
		var z inflate.Reader
		z.Reset(bytes.NewReader(archive))
		if got, err := io.ReadAll(&z); err != nil || !bytes.Equal(got, tar) {
			continue // the bit was one of a code
		}
		if r := recognised(t, archive, tar); r.Encoder != Miniz || !bytes.Equal(r.Rest, archive[last:]) {
			t.Errorf("%v with a rest of %x, want %x", r.Encoder, r.Rest, archive[last:])
		}
		return
	}
	t.Error("no archive ends within a byte")
}

func TestRecognise_unknown(t *testing.T) {
	tar := tellTale(t)
	var std bytes.Buffer
	z, _ := gzip.NewWriterLevel(&std, 9)
	z.Write(tar)
	z.Close()
	good := archiveOf(t, Miniz, tar)
	longName := slices.Concat(good[:10], bytes.Repeat([]byte("a"), MaxHeader), good[10:])
	damaged := slices.Clone(good)
	damaged[len(damaged)-1]++
	for _, c := range []struct {
		name    string
		archive []byte
		want    error
	}{
		{"another encoder", std.Bytes(), ErrUnknown},
		{"long name", longName, ErrUnknown},
		{"damaged", damaged, inflate.ErrChecksum},
		{"cut off", good[:len(good)/2], io.ErrUnexpectedEOF},
		{"empty", nil, ErrUnknown},
		{"not gzip", bytes.Repeat([]byte{1}, 1000), inflate.ErrHeader},
		{"another method", slices.Concat(good[:2], []byte{7}, good[3:]), inflate.ErrHeader},
	} {
		if r, err := Recognise(bytes.NewReader(c.archive), int64(len(c.archive))); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, %v; want %v", c.name, r.Encoder, err, c.want)
		}
	}
}

// Every recipe that is refused is so by name, and none that is read asks for much.
func TestParseRecipe(t *testing.T) {
	written := func(r Recipe) []byte { b, _ := r.AppendBinary(nil); return b }
	good := Recipe{Encoder: Miniz, Header: header, Kept: 12345, Rest: []byte("rest")}
	for _, c := range []struct {
		recipe []byte
		want   string
	}{
		{nil, "it ends too early"},
		{[]byte{recipeFormat}, "it ends too early"},
		{slices.Concat([]byte{9}, written(good)[1:]), "format 9 is not known"},
		{written(Recipe{}), "encoder 0 is not known"},
		{written(Recipe{Encoder: 6}), "encoder 6 is not known"},
		{written(Recipe{Encoder: Zlib, Header: make([]byte, MaxHeader+1)}), "a header of 1025 bytes, more than 1024"},
		{written(Recipe{Encoder: Zlib, Rest: make([]byte, MaxRest+1)}), "a rest of 65537 bytes, more than 65536"},
		{written(Recipe{Encoder: Zlib, Kept: -1}), "a size of 18446744073709551615 bytes"},
		{written(good)[:20], "its header ends too early"},
		{written(good)[:len(written(good))-1], "its rest ends too early"},
		{append(written(good), 0), "1 bytes too many"},
	} {
		if r, err := ParseRecipe(c.recipe); !errors.Is(err, ErrRecipe) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, %v; want %s", r, err, c.want)
		}
	}
}

func FuzzParseRecipe(f *testing.F) {
	good, _ := Recipe{Encoder: Zlib, Header: header, Kept: 300, Rest: []byte("rest")}.AppendBinary(nil)
	f.Add(good)
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ParseRecipe(b)
		if err != nil {
			if !errors.Is(err, ErrRecipe) {
				t.Error(err)
			}
			return
		}
		again, _ := r.AppendBinary(nil)
		if same, err := ParseRecipe(again); err != nil || same.Kept != r.Kept || !bytes.Equal(same.Rest, r.Rest) {
			t.Errorf("%v, %v; want %v", same, err, r)
		}
		if err := Rebuild(io.Discard, strings.NewReader("tar"), r, nil); err != nil && err != ErrTar {
			t.Error(err)
		}
	})
}

// A tar of another size is noticed, and so is a recipe that nobody parsed.
func TestRebuild_refuses(t *testing.T) {
	tar := tellTale(t)
	r := recognised(t, archiveOf(t, Zlib, tar), tar)
	for _, other := range [][]byte{nil, tar[:len(tar)/2], append(slices.Clone(tar), tar...)} {
		if err := Rebuild(io.Discard, bytes.NewReader(other), r, nil); err != ErrTar {
			t.Errorf("a tar of %d bytes: %v", len(other), err)
		}
	}
	r.Encoder = 77
	if err := Rebuild(io.Discard, bytes.NewReader(tar), r, nil); !errors.Is(err, ErrRecipe) {
		t.Error(err)
	}
}

// An error of the writer ends the work at once.
func TestRebuild_writer(t *testing.T) {
	tar := &repeated{piece: noise(90_001), left: 1 << 30} // nothing of it comes twice in reach
	full := errors.New("full")
	for _, kind := range order {
		for _, after := range []int{0, 1, 50_000, 500_000} {
			if err := Rebuild(&failing{after, full}, tar, Recipe{Encoder: kind, Kept: 1 << 50}, nil); err != full {
				t.Errorf("%v after %d bytes: %v", kind, after, err)
			}
		}
	}
}

type failing struct {
	after int
	err   error
}

func (f *failing) Write(p []byte) (int, error) {
	if f.after -= len(p); f.after < 0 {
		return 0, f.err
	}
	return len(p), nil
}
