package object

import (
	"fmt"
	"slices"
	"strings"
)

// plainKeys are what libgit2 and git write into the configuration of a repository that they
// make, each true or false, beside the version (libgit2 1.9: repository.c, repo_init_config).
var plainKeys = []string{"bare", "filemode", "ignorecase", "logallrefupdates", "precomposeunicode", "symlinks"}

// lookAtConfig looks at the configuration of a bare repository. The error matches
// [ErrDamaged] if libgit2 would not open the repository for it; it is errMore if there is
// more than it writes itself.
func lookAtConfig(data []byte) error {
	if err := checkSettings(string(data)); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return ParseConfig(string(data), func(section, sub, key, value string) error {
		isCore := section == "core" && sub == ""
		isPlain := slices.Contains(plainKeys, key) && slices.Contains([]string{"true", "false"}, strings.ToLower(value))
		if !isCore || !isPlain && key != "repositoryformatversion" {
			return errMore
		}
		return nil
	})
}
