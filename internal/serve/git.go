package serve

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"cargohome/gitsrc/object"
	"cargohome/internal/home"
)

// Paths below /git/NAME, of git's smart protocol (gitprotocol-http(5)).
const (
	gitFolder = "git"
	gitRefs   = "info/refs"
	gitUpload = "git-upload-pack"
)

// maxWants bounds what a client says that it wants and has, in bytes.
const maxWants = 4 << 20

// gitAbilities are what the server can do. That any commit may be asked for by its id is what
// cargo needs for a locked one. Gitoxide wants acknowledgements in detail, of which there are
// none, as nothing that a client has is of interest, and tags with what they name, as comes all.
const gitAbilities = "multi_ack_detailed include-tag side-band-64k ofs-delta allow-tip-sha1-in-want allow-reachable-sha1-in-want no-progress agent=cargohome"

// isGit takes a path of git's apart. No registry has any that is like it.
func isGit(path string) (name, what string, ok bool) {
	folder, rest, _ := strings.Cut(path, "/")
	name, what, _ = strings.Cut(rest, "/")
	name = strings.TrimSuffix(name, ".git")
	return name, what, folder == gitFolder && home.IsFolderName(name) && (what == gitRefs || what == gitUpload)
}

// git answers what is asked of a repository.
func (h *Handler) git(a *answer, r *http.Request, name, what string) {
	a.kind = "git"
	db, err := h.openRepository(name)
	if err != nil {
		h.fail(a, err)
		return
	}
	defer db.Close()
	a.Header().Set("Cache-Control", "no-cache")
	switch {
	case what == gitRefs && r.Method != http.MethodPost && r.URL.Query().Get("service") == gitUpload:
		err = h.advertise(a, r, db)
	case what == gitUpload && r.Method == http.MethodPost:
		err = h.upload(a, r, db)
	default:
		err = fs.ErrNotExist // the protocol without an end that can be named is not spoken
	}
	if err != nil && a.status == 0 {
		h.fail(a, err)
	}
}

// openRepository opens the first of that name.
func (h *Handler) openRepository(name string) (*object.DB, error) {
	for _, dir := range h.o.Homes {
		db, err := object.OpenDB(filepath.Join(dir, filepath.FromSlash(home.DBPath), name), dir, object.NewBudget())
		if !errors.Is(err, object.ErrNoDB) {
			return db, err
		}
	}
	return nil, fs.ErrNotExist
}

// advertise lists what there is.
func (h *Handler) advertise(a *answer, r *http.Request, db *object.DB) error {
	refs, err := advertised(r.Context(), db)
	if err != nil {
		return err
	}
	a.Header().Set("Content-Type", "application/x-git-upload-pack-advertisement")
	w := bufio.NewWriter(a)
	packet(w, "# service="+gitUpload+"\n")
	w.WriteString("0000")
	if len(refs) == 0 {
		refs = []object.Reference{{Name: "capabilities^{}", ID: strings.Repeat("0", 40)}}
	}
	for i, ref := range refs {
		line := ref.ID + " " + ref.Name
		if i == 0 {
			line += "\x00" + gitAbilities
		}
		packet(w, line+"\n")
	}
	w.WriteString("0000")
	return w.Flush()
}

// advertised are the references as those have them who were fetched from: what Cargo keeps
// below refs/remotes/origin were branches there (cargo 1.95: GitRemote::fetch).
func advertised(ctx context.Context, db *object.DB) (list []object.Reference, err error) {
	refs, err := db.References(ctx)
	if err != nil {
		return nil, err
	}
	const origin, heads = "refs/remotes/origin/", "refs/heads/"
	byName := map[string]string{}
	var names []string
	add := func(name, id string) {
		if _, there := byName[name]; !there {
			names = append(names, name)
		}
		byName[name] = id
	}
	for _, ref := range refs {
		switch branch, isRemote := strings.CutPrefix(ref.Name, origin); {
		case isRemote && branch == "HEAD":
			list = append(list, object.Reference{Name: "HEAD", ID: ref.ID})
		case isRemote:
			add(heads+branch, ref.ID)
		default:
			add(ref.Name, ref.ID)
		}
	}
	if head, err := db.Head(); err == nil && len(list) == 0 && db.Has(head.String()) {
		list = append(list, object.Reference{Name: "HEAD", ID: head.String()})
	}
	for _, name := range names {
		list = append(list, object.Reference{Name: name, ID: byName[name]})
	}
	return list, nil
}

// packet writes a line of the protocol; the writer keeps the error.
func packet(w *bufio.Writer, line string) { fmt.Fprintf(w, "%04x%s", len(line)+4, line) }

// wanted is what a client asks for.
type wanted struct {
	any, sideBand, done bool
	missing             string // what is not here
}

// upload sends the repository, whole: whatever the client has already, it gets again.
func (h *Handler) upload(a *answer, r *http.Request, db *object.DB) error {
	body := io.Reader(http.MaxBytesReader(a, r.Body, maxWants))
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(body)
		if err != nil {
			fail(a, http.StatusBadRequest, "the request is no gzip")
			return nil
		}
		body = io.LimitReader(z, maxWants)
	}
	want, err := readWanted(bufio.NewReader(body), db)
	if err != nil {
		fail(a, http.StatusBadRequest, "it is not what git sends")
		return nil
	}
	a.Header().Set("Content-Type", "application/x-git-upload-pack-result")
	w := bufio.NewWriterSize(a, 64<<10)
	switch {
	case want.missing != "":
		packet(w, "ERR upload-pack: not our ref "+want.missing)
	case want.any:
		packet(w, "NAK\n")
	}
	if !want.any || !want.done || want.missing != "" {
		return w.Flush()
	}
	to := io.Writer(&patient{a: a, w: w})
	if want.sideBand {
		to = &sideBand{to}
	}
	if err := db.PackAll(r.Context(), to); err != nil {
		h.o.Trouble(fmt.Errorf("%s: %w", db.Dir(), err))
		panic(http.ErrAbortHandler) // so that nobody takes it for the whole
	}
	if want.sideBand {
		w.WriteString("0000")
	}
	return w.Flush()
}

// readWanted reads what a client wants, up to its "done", or the end.
func readWanted(in *bufio.Reader, db *object.DB) (want wanted, err error) {
	for {
		line, err := readPacket(in)
		if err == io.EOF {
			return want, nil
		}
		if err != nil {
			return want, err
		}
		verb, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		id, abilities, _ := strings.Cut(rest, " ")
		switch verb {
		case "want":
			if want.any = true; !db.Has(id) && want.missing == "" {
				want.missing = fmt.Sprintf("%q", id[:min(len(id), 64)])
			}
			want.sideBand = want.sideBand || strings.Contains(" "+abilities+" ", " side-band-64k ")
		case "done":
			want.done = true
			return want, nil
		case "", "have":
		default:
			return want, errors.New("not a request that can be answered")
		}
	}
}

// readPacket reads a line; "" is what ends a list of them.
func readPacket(in *bufio.Reader) (string, error) {
	var size [4]byte
	if _, err := io.ReadFull(in, size[:]); err != nil {
		return "", err
	}
	n, err := strconv.ParseUint(string(size[:]), 16, 16)
	if err != nil || n > 0 && n < 4 {
		return "", errors.New("not a line of the protocol")
	}
	line := make([]byte, max(n, 4)-4)
	if _, err := io.ReadFull(in, line); err != nil {
		return "", io.ErrUnexpectedEOF
	}
	return string(line), nil
}

// patient waits for a client as long as that takes something.
type patient struct {
	a       *answer
	w       io.Writer
	written int
}

func (p *patient) Write(b []byte) (int, error) {
	if p.written -= len(b); p.written < 0 {
		p.written = slowest * int(patience/time.Second)
		_ = http.NewResponseController(p.a).SetWriteDeadline(time.Now().Add(2 * patience)) // where that can be set
	}
	return p.w.Write(b)
}

// sideBand sends data as the first of the protocol's bands.
type sideBand struct{ to io.Writer }

func (s *sideBand) Write(b []byte) (n int, err error) {
	const most = 65520 - 5
	for len(b) > 0 {
		piece := b[:min(len(b), most)]
		if _, err := fmt.Fprintf(s.to, "%04x\x01%s", len(piece)+5, piece); err != nil {
			return n, err
		}
		n, b = n+len(piece), b[len(piece):]
	}
	return n, nil
}

// basicToken is the password of a header Authorization as git sends it.
func basicToken(authorization string) (token string, ok bool) {
	text, ok := strings.CutPrefix(authorization, "Basic ")
	if !ok {
		return "", false
	}
	pair, err := base64.StdEncoding.DecodeString(text)
	_, token, ok = strings.Cut(string(pair), ":")
	return token, ok && err == nil
}
