package platform

import "runtime"

// Here returns the target of the machine that this runs on, "" if it has none that is
// known for certain.
func Here() string {
	arch := map[string]string{"amd64": "x86_64", "arm64": "aarch64", "386": "i686", "riscv64": "riscv64gc", "ppc64le": "powerpc64le", "s390x": "s390x", "loong64": "loongarch64"}[runtime.GOARCH]
	system := map[string]string{"linux": "unknown-linux-gnu", "darwin": "apple-darwin", "windows": "pc-windows-msvc", "freebsd": "unknown-freebsd", "netbsd": "unknown-netbsd"}[runtime.GOOS]
	if arch == "" || system == "" {
		return ""
	}
	return arch + "-" + system
}
