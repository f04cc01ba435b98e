package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"cargohome/internal/fsx"
	"cargohome/internal/signature"
	"cargohome/internal/staging"
	"cargohome/internal/ui"
)

// signFlags say with which key a bundle is signed.
type signFlags struct {
	key          string // as typed, "" for none
	passphraseFD int    // -1 if it is to be asked for
}

func (f *signFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.key, "sign", "", "sign with the secret `KEY`, a file of minisign's: the manifest in the bundle, and the bundle in FILE"+signatureExt)
	flags.IntVar(&f.passphraseFD, "passphrase-fd", -1, "read the passphrase of the key from the open file number `N`, its first line, and do not ask for it")
	flags.Lookup("passphrase-fd").DefValue = "0" // nothing to tell in the help
}

// Comments that are signed, which say what was.
const (
	manifestComment = "manifest of a bundle of cargohome"
	bundleComment   = "bundle of cargohome"
)

// newSigner reads the key, nil if there is none. The passphrase is never an argument, as
// those are seen by all.
func (r *run) newSigner(ctx context.Context, f *signFlags) (*signature.Secret, error) {
	if f.key == "" {
		if f.passphraseFD >= 0 {
			return nil, usagef("--passphrase-fd is for --sign")
		}
		return nil, nil
	}
	text, err := fsx.ReadRegular(r.path(f.key), signature.MaxSize)
	if err != nil {
		return nil, missing("secret key", fmt.Errorf("secret key: %w", err))
	}
	key, err := signature.ParseSecret(text, func() (string, error) {
		if f.passphraseFD >= 0 {
			return readPassphrase(f.passphraseFD)
		}
		return r.askPassphrase(ctx, f.key)
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.key, err)
	}
	return key, nil
}

// signManifest signs what comes first in a bundle; nil if there is no key.
func signManifest(key *signature.Secret) func(manifest []byte) ([]byte, error) {
	if key == nil {
		return nil
	}
	return func(manifest []byte) ([]byte, error) { return key.Sign(bytes.NewReader(manifest), manifestComment) }
}

// signStaged signs a bundle that has not got its name yet, in a file that belongs beside it.
func signStaged(ctx context.Context, key *signature.Secret, staged *staging.Replacement, path string) (*staging.Replacement, error) {
	file, err := staged.Open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := key.Sign(file, bundleComment)
	if err != nil {
		return nil, err
	}
	return staging.NewReplacement(ctx, path+signatureExt, text)
}

// readPassphrase reads the first line of an open file.
func readPassphrase(fd int) (string, error) {
	file := os.NewFile(uintptr(fd), "passphrase")
	if file == nil {
		return "", fmt.Errorf("--passphrase-fd: there is no file number %d", fd)
	}
	line, err := bufio.NewReader(io.LimitReader(file, signature.MaxSize)).ReadString('\n')
	if err != nil && err != io.EOF {
		return "", fmt.Errorf("--passphrase-fd: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// askPassphrase asks at the terminal, which shows nothing of it, whatever stdin is.
func (r *run) askPassphrase(ctx context.Context, key string) (string, error) {
	tty, err := os.OpenFile(terminalPath, os.O_RDWR, 0)
	if err != nil {
		return "", ui.WithHint(errors.New("the key has a passphrase, and there is no terminal to ask for it"), "let it be read by --passphrase-fd N")
	}
	defer tty.Close()
	fd := int(tty.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(r.out.Stderr(), "Passphrase of %q: ", key)
	type answer struct {
		text []byte
		err  error
	}
	answered := make(chan answer, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		answered <- answer{text, err}
	}()
	select {
	case a := <-answered:
		fmt.Fprintln(r.out.Stderr())
		return string(a.text), a.err
	case <-ctx.Done():
		return "", errors.Join(ctx.Err(), term.Restore(fd, before))
	}
}
