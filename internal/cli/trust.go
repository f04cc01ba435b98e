package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/spf13/cobra"

	"cargohome/internal/fsx"
	"cargohome/internal/signature"
	"cargohome/internal/ui"
)

// signatureExt is what the file of a signature is called behind the name of what it signs.
const signatureExt = ".minisig"

// trustFlags say who must have signed a bundle.
type trustFlags struct {
	keys    []string // as typed
	require bool
}

func (f *trustFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Var((*list)(&f.keys), "trust", "refuse what is not signed by the public key `PUB`, a file of minisign's or the key itself; repeatable, and one of them will do")
	flags.BoolVar(&f.require, "require-signature", false, "refuse what is not signed; which is so with --trust anyway, and for scripts whose list of keys may come out empty")
}

// trust is whether a bundle is to be believed, and why.
type trust struct {
	keys  []signature.Public
	by    string // the key that signed it, "" for none
	other error  // why a signature did not count

	text     []byte // of the signature beside it
	detached *signature.Reader
}

var errUnsigned = errors.New("the bundle is not signed")

// newTrust reads the keys, and the signature beside a bundle, if that is a file.
func (r *run) newTrust(f *trustFlags, file string) (*trust, error) {
	t := &trust{}
	for _, text := range f.keys {
		key, err := r.publicKey(text)
		if err != nil {
			return nil, err
		}
		t.keys = append(t.keys, key)
	}
	if len(t.keys) == 0 && f.require {
		return nil, usagef("--require-signature needs to know whose: add --trust PUB")
	}
	if len(t.keys) == 0 || file == "-" {
		return t, nil
	}
	var err error
	if t.text, err = fsx.ReadRegular(r.path(file+signatureExt), signature.MaxSize); errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return t, err
}

// publicKey reads a key that is given, or named.
func (r *run) publicKey(text string) (signature.Public, error) {
	if key, err := signature.ParsePublic(text); err == nil {
		return key, nil
	}
	data, err := fsx.ReadRegular(r.path(text), signature.MaxSize)
	if err != nil {
		return signature.Public{}, missing("public key", fmt.Errorf("public key: %w", err))
	}
	key, err := signature.ParsePublic(string(data))
	if err != nil {
		return key, fmt.Errorf("%s: %w", text, err)
	}
	return key, nil
}

// reader reads the bundle, for the signature that is beside it.
func (t *trust) reader(in io.Reader) io.Reader {
	if t.text == nil {
		return in
	}
	if t.detached, t.other = signature.NewReader(in, t.text, t.keys); t.other != nil {
		return in
	}
	return t.detached
}

// manifest looks at the signature of a bundle's manifest. One that is a forgery is refused
// at once; one by somebody else does not count.
func (t *trust) manifest(manifest, text []byte) error {
	if len(t.keys) == 0 {
		return nil
	}
	if text == nil {
		return t.need(errUnsigned)
	}
	key, err := signature.Verify(bytes.NewReader(manifest), text, t.keys)
	switch {
	case err == nil:
		t.by = key.ID()
		return nil
	case errors.Is(err, signature.ErrUntrusted):
		return t.need(err)
	}
	return err
}

// need is err, unless the signature beside the bundle is still to be looked at.
func (t *trust) need(err error) error {
	switch {
	case t.detached != nil:
		return nil
	case errors.Is(t.other, signature.ErrInvalid) || errors.Is(err, errUnsigned) && t.other != nil:
		err = t.other
	}
	return err
}

// distrusted advises about an error of opening a bundle.
func distrusted(err error) error {
	if errors.Is(err, errUnsigned) || errors.Is(err, signature.ErrUntrusted) {
		return ui.WithHint(err, "have it packed with --sign, or name the key of who signed it with --trust")
	}
	return err
}

// end looks at the signature beside the bundle, all of which was read.
func (t *trust) end() error {
	if t.detached == nil {
		return nil
	}
	key, err := t.detached.Check()
	if err == nil {
		t.by = key.ID()
	}
	return err
}
