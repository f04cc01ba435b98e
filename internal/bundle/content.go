package bundle

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"cargohome/crate"
	"cargohome/internal/home"
	"cargohome/internal/redeflate"
)

// What the path of an archive has behind it in the tar if its content is there, or a patch.
const (
	contentSuffix = ".tar"
	patchSuffix   = ".tar.patch"
)

// Content is what an archive is made of again, and what is in a bundle in its place: its tar,
// or what makes that of the tar of another archive.
type Content struct {
	Size   int64          // of what is in the bundle, in bytes
	Sum    crate.Checksum // SHA-256 of that
	Recipe []byte         // that makes the archive of its tar; see [redeflate.Recipe]

	Base    string         // the name of the other archive, in the same folder; "" for none
	BaseSum crate.Checksum // SHA-256 of that
}

// Rebuild writes the archive of an entry that has a content, which is read; base is the tar
// of the archive that it is a patch for, and spend as for [redeflate.Rebuild]. Whether what is
// written is the archive its checksum has to say: no more may be taken than it has.
func (c *Content) Rebuild(w io.Writer, content io.Reader, base []byte, spend func(steps int64) error) error {
	recipe, err := redeflate.ParseRecipe(c.Recipe)
	if err != nil {
		return err
	}
	tar, err := c.Tar(content, base)
	if err != nil {
		return err
	}
	defer tar.Close()
	return redeflate.Rebuild(w, tar, recipe, spend)
}

// Tar returns what is in the archive, which is to be closed; content and base are as for
// Rebuild.
func (c *Content) Tar(content io.Reader, base []byte) (io.ReadCloser, error) {
	if c.Base == "" {
		return io.NopCloser(content), nil
	}
	tar, err := patched(content, base)
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(tar, MaxTar), tar}, nil
}

// Make writes the archive of an entry, of what is in the tar for it, which is read; base is as
// for [Content.Rebuild], and spend, as [Reader.Spend] is. Other than so many bytes as it has are an error that matches
// [ErrEntry]; of those the checksum is the caller's.
func (e *Entry) Make(ctx context.Context, w io.Writer, from io.Reader, base []byte, spend func(steps int64) error) error {
	l := &limited{ctx: ctx, w: w, entry: e}
	var err error
	if e.Content == nil {
		_, err = io.Copy(l, from)
	} else {
		err = e.Content.Rebuild(l, from, base, spend)
	}
	if err == nil && l.n < e.Size {
		err = fmt.Errorf("%w: of its content %d bytes are made, and it has %d", ErrEntry, l.n, e.Size)
	}
	return err
}

// limited takes no more than an archive has.
type limited struct {
	ctx   context.Context
	w     io.Writer
	entry *Entry
	n     int64
}

// Write implements io.Writer.
func (l *limited) Write(p []byte) (int, error) {
	if err := l.ctx.Err(); err != nil {
		return 0, err
	}
	if l.n += int64(len(p)); l.n > l.entry.Size {
		return 0, fmt.Errorf("%w: of its content more is made than the %d bytes that it has", ErrEntry, l.entry.Size)
	}
	return l.w.Write(p)
}

// maxContent is how many bytes the content of an archive of that size may have: one that is
// packed better is kept as it is, as it would be a bomb to whoever reads it.
func maxContent(archiveSize int64) int64 { return min(archiveSize*maxGrowth/2, maxFile) }

// checkContent refuses a content that no archive has.
func (e *Entry) checkContent() error {
	c := e.Content
	switch {
	case c == nil:
		return nil
	case !strings.HasPrefix(e.Path, home.CachePath+"/"):
		return unsound("it is no archive, and has a content")
	case e.Held:
		return unsound("it is held, and has a content")
	case (c.Base != "" || c.BaseSum != crate.Checksum{}) && !isArchive(c.Base):
		return unsound("it is made of %q, which is no archive", c.Base)
	case c.Size < 1:
		return unsound("its content has %d bytes", c.Size)
	case c.Size > maxContent(e.Size):
		return fmt.Errorf("%w: its content has %d bytes, which may be %d", ErrLimit, c.Size, maxContent(e.Size))
	}
	recipe, err := redeflate.ParseRecipe(c.Recipe)
	if err != nil {
		return unsound("%w", err)
	}
	if again, _ := recipe.AppendBinary(nil); !bytes.Equal(again, c.Recipe) {
		return unsound("its recipe is spelt otherwise than it is written")
	}
	return nil
}

// inTar is the entry as the tar has it.
func (e *Entry) inTar() *Entry {
	if e.Content == nil {
		return e
	}
	suffix := contentSuffix
	if e.Content.Base != "" {
		suffix = patchSuffix
	}
	return &Entry{Path: e.Path + suffix, Size: e.Content.Size, Sum: e.Content.Sum, Package: e.Package}
}

// text is a recipe as the manifest has it.
func (c *Content) text() string { return base64.StdEncoding.EncodeToString(c.Recipe) }

// parseContent reads what a line has of one, nil if it has none.
func parseContent(size int64, sum, recipe, base, baseSum string) (*Content, error) {
	if size == 0 && sum == "" && recipe == "" && base == "" && baseSum == "" {
		return nil, nil
	}
	c := &Content{Size: size, Base: base}
	var err error
	if c.Sum, err = crate.ParseChecksum(sum); err == nil {
		c.Recipe, err = base64.StdEncoding.Strict().DecodeString(recipe)
	}
	if err == nil && (base != "" || baseSum != "") {
		c.BaseSum, err = crate.ParseChecksum(baseSum)
	}
	return c, err
}
