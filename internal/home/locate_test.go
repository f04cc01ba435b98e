package home

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestLocate(t *testing.T) {
	type env = map[string]string
	for _, tt := range []struct {
		name       string
		goos, flag string
		dir        string
		env        env
		account    string
		want       string
	}{
		{"flag_beats_all", "linux", "/f", "/w", env{"CARGO_HOME": "/c", "HOME": "/h"}, "/p", "/f"},
		{"flag_relative", "linux", "f", "/w", nil, "/p", "/w/f"},
		{"variable", "linux", "", "/w", env{"CARGO_HOME": "/c", "HOME": "/h"}, "/p", "/c"},
		{"variable_kept_as_it_is", "linux", "", "/w", env{"CARGO_HOME": "/c/../d//"}, "/p", "/c/../d//"},
		{"variable_relative", "linux", "", "/w", env{"CARGO_HOME": "../c/./d"}, "/p", "/w/../c/./d"},
		{"variable_relative_to_root", "linux", "", "/", env{"CARGO_HOME": "c"}, "/p", "/c"},
		{"variable_empty", "linux", "", "/w", env{"CARGO_HOME": "", "HOME": "/h"}, "/p", "/h/.cargo"},
		{"home", "darwin", "", "/w", env{"HOME": "/h"}, "/p", "/h/.cargo"},
		{"home_slash", "linux", "", "/w", env{"HOME": "/"}, "/p", "/.cargo"},
		{"home_relative", "linux", "", "/w", env{"HOME": "h"}, "/p", "/w/h/.cargo"},
		{"home_empty", "linux", "", "/w", env{"HOME": ""}, "/p", "/p/.cargo"},
		{"home_unset", "linux", "", "/w", nil, "/p", "/p/.cargo"},
		{"profile_not_on_unix", "linux", "", "/w", env{"USERPROFILE": `/u`}, "/p", "/p/.cargo"},
		{"none", "linux", "", "/w", nil, "", ""},

		{"windows_profile", "windows", "", `C:\w`, env{"USERPROFILE": `C:\Users\u`, "HOME": `C:\h`}, `C:\p`, `C:\Users\u\.cargo`},
		{"windows_home_not_used", "windows", "", `C:\w`, env{"HOME": `C:\h`}, `C:\p`, `C:\p\.cargo`},
		{"windows_profile_empty", "windows", "", `C:\w`, env{"USERPROFILE": ""}, `C:\p`, `C:\p\.cargo`},
		{"windows_drive", "windows", "", `C:\w`, env{"CARGO_HOME": `D:/c`}, `C:\p`, `D:/c`},
		{"windows_share", "windows", "", `C:\w`, env{"CARGO_HOME": `\\s\h\c`}, `C:\p`, `\\s\h\c`},
		{"windows_relative", "windows", "", `C:\w`, env{"CARGO_HOME": `c\d`}, `C:\p`, `C:\w\c\d`},
		{"windows_relative_to_root", "windows", "", `C:\`, env{"CARGO_HOME": `c`}, `C:\p`, `C:\c`},
		{"windows_rooted", "windows", "", `C:\w`, env{"CARGO_HOME": `\c`}, `C:\p`, `C:\c`},
		{"windows_rooted_on_share", "windows", "", `\\s\h\w`, env{"CARGO_HOME": `/c`}, `C:\p`, `\\s\h/c`},
		{"windows_relative_to_drive", "windows", "", `C:\w`, env{"CARGO_HOME": `D:c`}, `C:\p`, `D:c`},
		{"windows_verbatim", "windows", "", `C:\w`, env{"CARGO_HOME": `\\?\D:\c`}, `C:\p`, `\\?\D:\c`},
		{"windows_below_verbatim", "windows", `..\c/d`, `\\?\C:\w\x`, nil, `C:\p`, `\\?\C:\w\c\d`},
		{"windows_none", "windows", "", `C:\w`, nil, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Locate(&LocateOptions{
				Flag:     tt.flag,
				Env:      func(k string) (string, bool) { v, ok := tt.env[k]; return v, ok },
				GOOS:     tt.goos,
				Dir:      tt.dir,
				UserHome: func() (string, error) { return tt.account, nil },
			})
			if got != tt.want || (err != nil) != (tt.want == "") {
				t.Errorf("Locate = %q, %v, want %q", got, err, tt.want)
			}
			if err != nil && !errors.Is(err, ErrNoHome) {
				t.Errorf("error %v, want ErrNoHome", err)
			}
		})
	}
}

func TestLocate_process(t *testing.T) {
	t.Chdir(t.TempDir())
	cwd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("CARGO_HOME", "x")
	if got, err := Locate(nil); got != filepath.Join(cwd, "x") || err != nil {
		t.Errorf("Locate = %q, %v, want %q", got, err, filepath.Join(cwd, "x"))
	}
}
