package usage

import (
	"os"
	"path/filepath"

	"cargohome/internal/home"
)

// cacheNames are what a cache of CI holds, as far as it is there. Sources and
// checkouts take longer to bring back than to make anew; credentials are nobody's.
var cacheNames = []string{".crates.toml", ".crates2.json", home.BinPath, home.IndexPath, home.CachePath, home.DBPath}

// CachePaths returns the paths in a home that a cache of CI is to hold, absolute, and the
// names of rustup's proxies in bin. Those are left out: they are of the machine's rustup,
// and where a cache brings back others it no longer works.
func CachePaths(dir string) (paths, proxies []string) {
	for _, name := range cacheNames {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if _, err := os.Lstat(path); err != nil {
			continue
		}
		if name == home.BinPath {
			var own []string
			if own, proxies = home.Binaries(path); len(proxies) > 0 {
				for _, binary := range own {
					paths = append(paths, filepath.Join(path, binary))
				}
				continue
			}
		}
		paths = append(paths, path)
	}
	return paths, proxies
}
