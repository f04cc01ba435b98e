package serve

import (
	"fmt"
	"net"
	"os"
	"strconv"
)

// Activated returns the listeners that systemd has opened for this process, none if it has
// not (sd_listen_fds(3)). They take the place of an address to listen on.
func Activated(lookup func(string) (string, bool)) (list []net.Listener, err error) {
	const first = 3 // descriptor
	pid, _ := lookup("LISTEN_PID")
	fds, _ := lookup("LISTEN_FDS")
	n, err := strconv.Atoi(fds)
	if err != nil || n < 1 || pid != strconv.Itoa(os.Getpid()) {
		return nil, nil
	}
	for fd := first; fd < first+n; fd++ {
		file := os.NewFile(uintptr(fd), "LISTEN_FD_"+strconv.Itoa(fd))
		l, err := net.FileListener(file)
		_ = file.Close() // the listener has a descriptor of its own
		if err != nil {
			return nil, fmt.Errorf("socket %d of systemd: %w", fd-first, err)
		}
		list = append(list, l)
	}
	return list, nil
}

// Notify tells systemd that the server is ready, or what else happens, if it wants to know
// (sd_notify(3)).
func Notify(lookup func(string) (string, bool), state string) {
	at, _ := lookup("NOTIFY_SOCKET")
	if at == "" {
		return
	}
	conn, err := net.Dial("unixgram", at)
	if err != nil {
		return // it will see that nothing came
	}
	_, _ = conn.Write([]byte(state))
	_ = conn.Close()
}
