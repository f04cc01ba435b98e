package object

import (
	"strings"

	"cargohome/internal/fsx"
)

const maxRemotesFile = 1 << 20 // bytes of FETCH_HEAD and of config that are read

// Remotes returns the URLs that the repository in dir says it was fetched from,
// without duplicates, in the order found: those of FETCH_HEAD, then those of the
// remotes in its configuration. A folder without a repository has none. The URLs
// may hold user info.
//
// FETCH_HEAD has git's form of them, without a slash or ".git" at the end, which
// Cargo's comparison of URLs disregards as well.
func Remotes(dir string) []string {
	root, _, err := openGitDir(dir)
	if err != nil {
		return nil
	}
	defer root.Close()
	var urls []string
	if data, err := fsx.ReadRegularIn(root, "FETCH_HEAD", maxRemotesFile); err == nil {
		urls = fetchHeadURLs(data)
	}
	if data, err := fsx.ReadRegularIn(root, "config", maxRemotesFile); err == nil {
		urls = append(urls, configURLs(data)...)
	}
	return unique(urls)
}

// fetchHeadURLs: lines are "OBJECT TAB [not-for-merge] TAB [WHAT of ]URL".
func fetchHeadURLs(data []byte) (urls []string) {
	for line := range strings.Lines(string(data)) {
		fields := strings.SplitN(strings.TrimRight(line, "\r\n"), "\t", 3)
		if len(fields) < 3 {
			continue
		}
		url := fields[2]
		if i := strings.LastIndex(url, "' of "); i >= 0 {
			url = url[i+len("' of "):]
		}
		urls = append(urls, url)
	}
	return urls
}

// configURLs reads `url = …` under `[remote "…"]`, up to what makes no sense.
func configURLs(data []byte) (urls []string) {
	_ = ParseConfig(string(data), func(section, _, key, value string) error {
		if section == "remote" && key == "url" {
			urls = append(urls, value)
		}
		return nil
	})
	return urls
}

func unique(list []string) (kept []string) {
	seen := map[string]bool{}
	for _, s := range list {
		if !seen[s] {
			kept = append(kept, s)
		}
		seen[s] = true
	}
	return kept
}
