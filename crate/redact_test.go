package crate_test

import (
	"strconv"
	"strings"
	"testing"

	"cargohome/crate"
)

// redactions are URLs, and what is shown of them.
var redactions = map[string]string{
	"https://user:secret@h/x":      "https://***@h/x",
	"registry+https://token@h/x":   "registry+https://***@h/x",
	"ssh://git@github.com/a/b":     "ssh://git@github.com/a/b",
	"https://h/x@y":                "https://h/x@y",
	"https://a@b:c@h":              "https://***@h",
	"git@host:path":                "git@host:path",
	"https://git:secret@h/x":       "https://***@h/x",
	"sparse+https://u:p@h:1/i/?q#": "sparse+https://***@h:1/i/?***#",

	// Passwords that should have been encoded.
	"git+https://u:hunter2/x@h/r#0123":   "git+https://***@h/r#0123",
	"https://u:pass?word@h/r":            "https://***@h/r",
	"https://u:pass#word@h/r":            "https://***@h/r",
	"https://u?word@h/r":                 "https://***@h/r",
	"https://u#word@h/r":                 "https://***@h/r",
	"https://u:80/x@h/r":                 "https://***@h/r",
	"https://u:pass word@h/r":            "https://***@h/r",
	"https://u:p\"q@h/r":                 "https://***@h/r",
	"https://u:p@q@h/r?branch=x#@secret": "https://***@secret",

	// Odd forms, some of which parsers mend.
	"https:u:p@h":                 "https:***@h",
	"x://u:p@h":                   "x://***@h",
	"sparse+https:u:hunter2@h/":   "sparse+https:***@h/",
	"https:/u:p@h/x":              "https:/***@h/x",
	"https:///u:p@h/x":            "https:///***@h/x",
	`https:\\u:p@h\x`:             `https:\\***@h\x`,
	`https:/\u:p@h`:               `https:/\***@h`,
	`https://h\@evil/x`:           `https://***@evil/x`,
	"//u:p@h/x":                   "//***@h/x",
	"u:p@h/x":                     "u:***@h/x",
	"user:p@h/x":                  "user:***@h/x",
	"HTTPS://u:p@h":               "HTTPS://***@h",
	"git+git+https://u:p@h":       "git+git+https://***@h",
	"ht\ttps://u:p@h":             "ht\ttps://***@h",
	"https://u:p\n@h":             "https://***@h",
	"dep 1.0.0 (git+https:u:p@h)": "dep 1.0.0 (git+https:***@h)",

	// Queries: the reference of a git source is what one looks for.
	"https://h/x?token=abc":                       "https://h/x?token=***",
	"https://h/x?token=abc&branch=a%2Fb&x=&y":     "https://h/x?token=***&branch=a%2Fb&x=&***",
	"git+https://h/x?branch=main#0123456":         "git+https://h/x?branch=main#0123456",
	"git+https://h/x?rev=abc":                     "git+https://h/x?rev=abc",
	"https://h/x#access_token=abc":                "https://h/x#access_token=***",
	"https://u:p@h/x?key=a@b":                     "https://***@b",
	"https://***@h/x?token=***":                   "https://***@h/x?token=***",
	"git+https://u:p@h/r?token=t&tag=v1#01234567": "git+https://***@h/r?token=***&tag=v1#01234567",

	// Remotes as ssh has them, parameters of a path, and what is like an '@'.
	"git@secret@h:r":                 "***@h:r",
	"u@secret@h:r@x":                 "***@h:r@x",
	"dir/a@b@c:x":                    "dir/a@b@c:x",
	"https://h/x;token=abc/y;k=v?q=": "https://h/x;token=***/y;k=***?q=",
	"https://h/x;v;a=":               "https://h/x;v;a=",
	"https://u:p\uff20h/r":           "https://***\uff20h/r",
	"https://u:p\ufe6bh/r?branch=x":  "https://***\ufe6bh/r?branch=x",

	// What is no URL, and what has nothing to hide.
	"file:///srv/job@2/repo":   "file:///srv/job@2/repo",
	"path+file:///a@b":         "path+file:///a@b",
	"file://u:p@h/x":           "file://***@h/x",
	`C:\work\a@b`:              `C:\work\a@b`,
	"/srv/x:y@z/dir":           "/srv/x:y@z/dir",
	"/srv/https:u:p@h/x":       "/srv/https:***@h/x",
	"serde@1.0.0":              "serde@1.0.0",
	"vendor/@h-0123456789":     "vendor/@h-0123456789",
	"":                         "",
	"https://h/x":              "https://h/x",
	"https://[::1]:80/x":       "https://[::1]:80/x",
	"https://h/a/@scope/x":     "https://h/a/@scope/x",
	"https://u:p@[::1]:80/x@y": "https://***@y",
}

func TestRedact(t *testing.T) {
	for in, want := range redactions {
		got := crate.Redact(in)
		if got != want {
			t.Errorf("Redact(%q) = %q, want %q", in, got, want)
		}
		if again := crate.Redact(got); again != got {
			t.Errorf("Redact(%q) = %q the second time", got, again)
		}
	}
}

func TestRedactText(t *testing.T) {
	for in, want := range map[string]string{
		`dep v1 (https://u:p@h/x#0123): no commit`:             `dep v1 (https://***@h/x#0123): no commit`,
		`package "https://u:hunter2@h/#foo": invalid name`:     `package "https://***@h/#foo": invalid name`,
		`source "sparse+//u:hunter2@h/r" is not a URL`:         `source "sparse+//***@h/r" is not a URL`,
		`--by is "//u:hunter2@h/r"; it may be`:                 `--by is "//***@h/r"; it may be`,
		`open "/a//b/c": no such file`:                         `open "/a//b/c": no such file`,
		`package "https://u:hun\"ter 2@h/": invalid name`:      `package "https://***@h/": invalid name`,
		"of registry `sparse+https://u:p@h/` and more":         "of registry `sparse+https://***@h/` and more",
		"https://a:b@c, https://d:e@f\n  https://g:h@i/?j=k":   "https://***@c, https://***@f\n  https://***@i/?j=***",
		`there is no package serde@1 at 10:20, see a@b`:        `there is no package serde@1 at 10:20, see a@b`,
		`x "git+https://h/x?branch=main" y "?token=z" z=1`:     `x "git+https://h/x?branch=main" y "?token=z" z=1`,
		`an open "quote https://u:p@h`:                         `an open "quote https://***@h`,
		`it's https://u:p@h's`:                                 `it's https://***@h's`,
		`a note (see https://h/x?token=abc) that goes on`:      `a note (see https://h/x?token=*** that goes on`,
		"/home/a@b/Cargo.lock: line 3: url https://u@h is odd": "/home/a@b/Cargo.lock: line 3: url https://***@h is odd",
	} {
		if got := crate.RedactText(in); got != want {
			t.Errorf("RedactText(%q) = %q, want %q", in, got, want)
		}
	}
}

// However a URL is spelt, nothing before its last '@' is shown if that is where its user
// info ends.
func FuzzRedact(f *testing.F) {
	f.Add("https", "://", "u:", "h/x")
	f.Add("sparse+https", ":", "u/?#", "h")
	f.Fuzz(func(t *testing.T, scheme, slashes, user, rest string) {
		const secret = "hunter2"
		if strings.Trim(slashes, `:/\`) != "" || !strings.HasPrefix(slashes, ":") || strings.Contains(scheme+user+rest, secret) {
			return
		}
		if len(scheme) < 2 || strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz+") != "" || scheme[0] == '+' || strings.HasSuffix(scheme, "file") {
			return
		}
		url := scheme + slashes + user + ":" + secret + "@" + rest
		for _, got := range []string{crate.Redact(url), crate.RedactText("in " + strconv.Quote(url))} {
			if strings.Contains(got, secret) {
				t.Fatalf("%q is shown as %q", url, got)
			}
		}
	})
}
