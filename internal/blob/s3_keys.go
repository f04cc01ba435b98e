package blob

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"cargohome/internal/fsx"
)

// maxProfiles is what a file of profiles may have, in bytes.
const maxProfiles = 1 << 20

// keys finds those of who asks. Without any nothing is signed.
func keys(environment func(name string) string) (none aws.Credentials, err error) {
	id, secret := environment("AWS_ACCESS_KEY_ID"), environment("AWS_SECRET_ACCESS_KEY")
	switch {
	case id != "" && secret != "":
		return aws.Credentials{AccessKeyID: id, SecretAccessKey: secret, SessionToken: environment("AWS_SESSION_TOKEN")}, nil
	case id != "" || secret != "":
		return none, errors.New("of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY one is set, and the other is not")
	}
	file, profile := environment("AWS_SHARED_CREDENTIALS_FILE"), environment("AWS_PROFILE")
	named := file != "" || profile != ""
	if file == "" {
		file = filepath.Join(environment("HOME"), ".aws", "credentials")
	}
	if _, err := os.Stat(file); err != nil && !named {
		return none, nil
	}
	if profile == "" {
		profile = "default"
	}
	return profileKeys(file, profile)
}

// profileKeys reads the keys of a profile. The error shows no line of the file.
func profileKeys(file, profile string) (none aws.Credentials, err error) {
	text, err := fsx.ReadRegular(file, maxProfiles)
	if err != nil {
		return none, unreadable(file, profile)
	}
	has := section(string(text), profile)
	found := aws.Credentials{AccessKeyID: has["aws_access_key_id"], SecretAccessKey: has["aws_secret_access_key"], SessionToken: has["aws_session_token"]}
	if !found.HasKeys() {
		return none, unreadable(file, profile)
	}
	return found, nil
}

func unreadable(file, profile string) error {
	return fmt.Errorf("profile %q of %s: its keys cannot be read", profile, file)
}

// section reads the settings below [name], of which the last of a name counts. Comments are
// lines that begin with '#' or ';', and what comes after one of these and a space (AWS SDKs
// and Tools Reference: format of the credentials file).
func section(text, name string) map[string]string {
	has, inside := map[string]string{}, false
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		line = uncommented(strings.TrimSpace(line))
		if head, ok := strings.CutPrefix(line, "["); ok {
			head, closed := strings.CutSuffix(head, "]")
			inside = closed && strings.TrimSpace(head) == name
		} else if key, value, ok := strings.Cut(line, "="); ok && inside {
			has[strings.ToLower(strings.TrimSpace(key))] = strings.TrimSpace(value)
		}
	}
	return has
}

func uncommented(line string) string {
	if strings.HasPrefix(line, "#") || strings.HasPrefix(line, ";") {
		return ""
	}
	for _, mark := range []string{" #", " ;", "\t#", "\t;"} {
		line, _, _ = strings.Cut(line, mark)
	}
	return strings.TrimSpace(line)
}
