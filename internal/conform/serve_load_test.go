//go:build conform

package conform

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"cargohome/internal/cargotest"
	"cargohome/internal/lockfile"
)

// own is a server of ours.
type own struct {
	url    string
	stdout string // path
	pid    int
}

// startOwn starts a server of a home.
func startOwn(t *testing.T, home string, flags ...string) *own {
	t.Helper()
	cmd := exec.Command(binary, append([]string{"serve", "--cargo-home", home, "--listen", "127.0.0.1:0"}, flags...)...)
	cmd.Env = append(os.Environ(), "CARGO_HOME="+home)
	s := &own{stdout: filepath.Join(t.TempDir(), "stdout")}
	stdout, err := os.Create(s.stdout)
	if err != nil {
		t.Fatal(err)
	}
	defer stdout.Close()
	cmd.Stdout = stdout
	stderr, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if _, at, ok := strings.Cut(lines.Text(), " at "); ok {
			s.url = at
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, stderr) }()
	s.pid = cmd.Process.Pid
	return s
}

// memory is the most that the server has had.
func (s *own) memory() string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid))
	_, peak, _ := strings.Cut(string(text), "VmHWM:")
	peak, _, _ = strings.Cut(peak, "\n")
	return strings.TrimSpace(peak)
}

// configuration is what the server prints for cargo, when it is there.
func (s *own) configuration(t *testing.T) string {
	t.Helper()
	for range 500 {
		if text, err := os.ReadFile(s.stdout); err == nil && len(text) > 0 {
			return string(text)
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("no configuration is printed")
	return ""
}

// filesVariable has the program of the tests serve a folder by Go's own server of files.
const filesVariable = "CARGOHOME_TEST_FILES"

// serveFiles says where it serves a folder, and does that until nobody listens.
func serveFiles(dir string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println("http://" + l.Addr().String())
	go func() { panic(http.Serve(l, http.FileServer(http.Dir(dir)))) }()
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

// startFiles starts Go's server of files in a process of its own.
func startFiles(t *testing.T, dir string) (url string, pid int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), filesVariable+"="+dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	url, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(url), cmd.Process.Pid
}

// cpuOf is the time of processors that a process has taken, in seconds.
func cpuOf(pid int) float64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return float64(user+system) / 100 // ticks of proc_pid_stat(5)
}

// startNginx starts nginx with as many workers as there are processors; the URL is "" where there
// is none.
func startNginx(t *testing.T, dir string) (url string) {
	t.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		t.Log("there is no nginx to compare with: apt-get install nginx-light")
		return ""
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address, at := l.Addr().String(), t.TempDir()
	_ = l.Close()
	user := ""
	if os.Getuid() == 0 {
		user = "user root;"
	}
	write(t, filepath.Join(at, "nginx.conf"), user+`worker_processes auto; daemon off; pid nginx.pid; error_log stderr; events { worker_connections 1024; }
http { access_log off; sendfile on; tcp_nopush on; types {} server { listen `+address+`; root `+dir+`; }
	client_body_temp_path a; proxy_temp_path b; fastcgi_temp_path c; uwsgi_temp_path d; scgi_temp_path e; }`)
	cmd := exec.Command(program, "-p", at, "-c", filepath.Join(at, "nginx.conf"))
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	for range 200 {
		if conn, err := net.Dial("tcp", address); err == nil {
			_ = conn.Close()
			return "http://" + address
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("nginx does not listen")
	return ""
}

// archivesOf are the names of crates and of the files of a project's archives that a home has.
func archivesOf(t *testing.T, project, cache string) (list [][2]string) {
	t.Helper()
	lock, err := lockfile.Read(filepath.Join(project, "Cargo.lock"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range lock.Packages {
		file := p.ID.Stem() + ".crate"
		if _, err := os.Stat(filepath.Join(cache, file)); err == nil && p.ID.Source.IsCratesIO() {
			list = append(list, [2]string{p.ID.Name, file})
		}
	}
	if len(list) == 0 {
		t.Skip("there are no archives to get")
	}
	if testing.Short() {
		list = list[:min(len(list), 200)]
	}
	return list
}

// Sixty-four clients get all archives of a large project at once, about as fast as from Go's own
// server of files, which looks at nothing.
func TestServe_load(t *testing.T) {
	home := filepath.Join(corpus(t), "home")
	cache := filepath.Join(home, "registry", "cache", cargotest.CratesIO)
	list := archivesOf(t, filepath.Join(corpus(t), "proj", "nu"), cache)
	server := startOwn(t, home)
	own := urls(list, func(name, file string) string { return server.url + "/crates-io/crates/" + name + "/" + file })
	files, filesPID := startFiles(t, cache)
	names, others := []string{"Go's files"}, []string{files}
	if nginx := startNginx(t, cache); nginx != "" {
		names, others = append(names, "nginx"), append(others, nginx)
	}
	began := time.Now()
	getAll(t, own, 1)
	t.Logf("each archive is read, and got once, in %v; %s of memory", time.Since(began).Round(time.Millisecond), server.memory())
	ratios, before, beforeFiles := make([][]float64, len(others)), cpuOf(server.pid), cpuOf(filesPID)
	for range 5 {
		ours := getAll(t, own, 64).Seconds()
		line := fmt.Sprintf("%d archives by 64 clients: serve %.2f s", len(list), ours)
		for i, other := range others {
			theirs := getAll(t, urls(list, func(_, file string) string { return other + "/" + file }), 64).Seconds()
			line += fmt.Sprintf(", %s %.2f s", names[i], theirs)
			ratios[i] = append(ratios[i], theirs/ours)
		}
		t.Log(line)
	}
	for i, name := range names {
		slices.Sort(ratios[i])
		t.Logf("%.2f of %s", ratios[i][2], name)
	}
	ours, theirs := cpuOf(server.pid)-before, cpuOf(filesPID)-beforeFiles
	t.Logf("of processors it took %.2f s, Go's files %.2f s: %.2f; at most %s of memory", ours, theirs, theirs/ours, server.memory())
	// With few and small archives, beside tests of other packages, this tells of the machine as well.
	least := 0.9
	if testing.Short() {
		least = 0.4
	}
	if max(ratios[0][2], theirs/ours) < least {
		t.Errorf("it has %.2f of what Go's server of files does", ratios[0][2])
	}
}

func urls(list [][2]string, url func(name, file string) string) (all []string) {
	for _, a := range list {
		all = append(all, url(a[0], a[1]))
	}
	return all
}

// getAll has clients get all URLs each, and returns how long that took.
func getAll(t *testing.T, urls []string, clients int) time.Duration {
	t.Helper()
	began := time.Now()
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for _, url := range urls {
				r, err := client.Get(url)
				if err != nil {
					t.Error(err)
					return
				}
				_, err = io.Copy(io.Discard, r.Body)
				_ = r.Body.Close()
				if err != nil || r.StatusCode != 200 {
					t.Errorf("%s: status %d (%v)", url, r.StatusCode, err)
					return
				}
			}
		})
	}
	wg.Wait()
	return time.Since(began)
}

// A home of 100,000 archives is served at once: nothing is read before it is asked for; nor does the
// page of all that read more than it shows.
func TestServe_start(t *testing.T) {
	h := cargotest.NewHome(t, filepath.Join(t.TempDir(), "home"))
	h.Add(cargotest.Crate{Name: "held", Version: "1.0.0"})
	for i := range 50 {
		h.Add(cargotest.Crate{Name: fmt.Sprint("a", i), Version: "1.0.0"}, cargotest.Crate{Name: fmt.Sprint("a", i), Version: "1.1.0"})
	}
	registry := h.Registry(cargotest.CratesIO)
	for i := range 20_000 {
		for v := range 5 {
			if err := os.WriteFile(registry.ArchivePath(fmt.Sprintf("crate%d-1.%d.0", i, v)), []byte("x"), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, path := range []string{"/crates-io/index/he/ld/held", "/", "/?q=held"} {
		began := time.Now()
		server := startOwn(t, h.Dir)
		started := time.Since(began)
		getAll(t, []string{server.url + path}, 1)
		first, cpu := time.Since(began)-started, cpuOf(server.pid)
		began = time.Now()
		getAll(t, []string{server.url + path}, 1)
		t.Logf("100,000 archives: started in %v, %s took %v at first, then %v; in all %.2f s of processors, %s of memory", started, path, first, time.Since(began), cpu, server.memory())
		if started+first > time.Second {
			t.Errorf("it starts in %v, and answers %s after %v", started, path, first)
		}
		if cpu > 0.2 {
			t.Errorf("start and %s take %.2f s of processors", path, cpu)
		}
	}
}
