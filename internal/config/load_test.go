package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cargohome/internal/tomltext"
)

// tree writes files, given by slash path, below a new folder and returns that.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// load loads with the current folder p/q and the home h.
func load(t *testing.T, root string, env, args []string) (*Config, error) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(root, "p", "q"), 0o777); err != nil {
		t.Fatal(err)
	}
	return Load(Options{Cwd: filepath.Join(root, "p", "q"), Home: filepath.Join(root, "h"), Environ: env, Args: args})
}

// plain returns a value without its origins.
func plain(v *value) any {
	switch data := v.data.(type) {
	case []*value:
		list := []any{}
		for _, item := range data {
			list = append(list, plain(item))
		}
		return list
	case map[string]*value:
		table := map[string]any{}
		for name, item := range data {
			table[name] = plain(item)
		}
		return table
	case int64:
		return float64(data) // as JSON has it
	}
	return v.data
}

// mergeCase is a set of files and arguments; the conformance test gives the same
// to cargo.
type mergeCase struct {
	name  string
	files map[string]string
	args  []string
	want  map[string]any // nil: an error
	err   string         // part of it
}

var mergeCases = []mergeCase{
	{name: "deeper_wins", files: map[string]string{
		"p/q/.cargo/config.toml": "[a]\nx = 1\n", "p/.cargo/config.toml": "[a]\nx = 2\ny = 2\n", "h/config.toml": "[a]\nx = 3\ny = 3\nz = 3\n",
	}, want: map[string]any{"a": map[string]any{"x": 1., "y": 2., "z": 3.}}},
	{name: "scalar_changes_type", files: map[string]string{
		"p/q/.cargo/config.toml": "x = 'one'\n", "p/.cargo/config.toml": "x = 2\n",
	}, want: map[string]any{"x": "one"}},
	{name: "arrays_joined", files: map[string]string{
		"p/q/.cargo/config.toml": "x = ['deep']\n", "p/.cargo/config.toml": "x = ['mid']\n", "h/config.toml": "x = ['home']\n",
	}, args: []string{"x=['arg']"}, want: map[string]any{"x": []any{"home", "mid", "deep", "arg"}}},
	{name: "commands_not_joined", files: map[string]string{
		"p/q/.cargo/config.toml": "target.t.runner = ['deep', 'x']\n", "p/.cargo/config.toml": "target.t.runner = ['mid']\n",
	}, want: map[string]any{"target": map[string]any{"t": map[string]any{"runner": []any{"deep", "x"}}}}},
	{name: "array_against_string", files: map[string]string{
		"p/q/.cargo/config.toml": "x = ['a']\n", "p/.cargo/config.toml": "x = 'a'\n",
	}, err: "key x is an array in"},
	{name: "table_against_string", files: map[string]string{
		"p/q/.cargo/config.toml": "a.x = 'a'\n", "p/.cargo/config.toml": "a.x.y = 'a'\n",
	}, err: "key a.x is a string in"},
	{name: "old_name_wins", files: map[string]string{
		"p/.cargo/config.toml": "x = 1\n", "p/.cargo/config": "x = 2\n", "h/config": "y = 3\n",
	}, want: map[string]any{"x": 2., "y": 3.}},
	{name: "float_refused", files: map[string]string{"h/config.toml": "a.b = 1.5\n"}, err: "no floats"},
	{name: "date_refused", files: map[string]string{"h/config.toml": "a.b = 1979-05-27\n"}, err: "no dates"},
	{name: "bom_and_crlf", files: map[string]string{"h/config.toml": "\xef\xbb\xbfa = 1\r\n[b]\r\nc = 2\r\n"}, want: map[string]any{"a": 1., "b": map[string]any{"c": 2.}}},
	{name: "not_toml", files: map[string]string{"h/config.toml": "a = = 1\n"}, err: "config.toml: line 1, column 5: it is not valid TOML"},
	{name: "key_alone", files: map[string]string{"h/config.toml": "net\n"}, err: "config.toml: line 1, column 4: a key has no '=' and value behind it"},
	{name: "unquoted_token", files: map[string]string{"h/config.toml": "[registry]\ntoken = hush\n"}, err: "line 2, column 9"},
	{name: "defined_twice", files: map[string]string{"h/config.toml": "'x://u:hush@h' = 1\n'x://u:hush@h' = 1\n"}, err: "line 2, column 2: it defines a key twice"},
	{name: "secret_in_key", files: map[string]string{"h/config.toml": "'x://u:hush@h' = 1.5\n"}, err: "x://***@h"},
	{name: "include", files: map[string]string{
		"p/.cargo/config.toml": "include = ['a.toml', {path = 'sub/b.toml'}, {path = 'no.toml', optional = true}]\n[t]\nx = 'own'\n",
		"p/.cargo/a.toml":      "[t]\nx = 'a'\ny = 'a'\nz = 'a'\nl = ['a']\n",
		"p/.cargo/sub/b.toml":  "include = ['c.toml']\nt.y = 'b'\nt.l = ['b']\n",
		"p/.cargo/sub/c.toml":  "t.w = 'c'\nt.y = 'c'\n",
	}, want: map[string]any{"t": map[string]any{"x": "own", "y": "b", "z": "a", "w": "c", "l": []any{"a", "b"}}}},
	{name: "include_string_refused", files: map[string]string{
		"h/config.toml": "include = 'a.toml'\n", "h/a.toml": "x = 1\n",
	}, err: "not an array"},
	{name: "include_missing", files: map[string]string{"h/config.toml": "include = ['no.toml']\n"}, err: "no.toml"},
	{name: "include_extension", files: map[string]string{"h/config.toml": "include = ['a.txt']\n", "h/a.txt": ""}, err: "does not end in .toml"},
	{name: "include_no_stem", files: map[string]string{"h/config.toml": "include = ['.toml']\n", "h/.toml": ""}, err: "does not end in .toml"},
	{name: "include_glob", files: map[string]string{"h/config.toml": "include = ['*.toml']\n", "h/*.toml": ""}, err: "holds one of"},
	{name: "include_brace", files: map[string]string{"h/config.toml": "include = ['{a}.toml']\n", "h/{a}.toml": ""}, err: "holds one of"},
	{name: "include_of_wrong_type", files: map[string]string{"h/config.toml": "include = [1]\n"}, err: "include[0]: it is an integer"},
	{name: "include_optional_of_wrong_type", files: map[string]string{"h/config.toml": "include = [{path='a.toml',optional='x'}]\n"}, err: "not a boolean"},
	{name: "include_without_path", files: map[string]string{"h/config.toml": "include = [{optional=true}]\n"}, err: "no `path`"},
	{name: "include_cycle", files: map[string]string{"h/config.toml": "include = ['a.toml']\n", "h/a.toml": "include = ['config.toml']\n"}, err: "a second time"},
	{name: "include_twice", files: map[string]string{
		"h/config.toml": "include = ['a.toml', 'b.toml']\n", "h/a.toml": "include = ['c.toml']\n", "h/b.toml": "include = ['c.toml']\n", "h/c.toml": "x = 1\n",
	}, err: "a second time"},
	{name: "argument_is_strongest", files: map[string]string{"p/q/.cargo/config.toml": "a.x = 1\n"}, args: []string{"a.x=2", "a . y = 'z'", "a.x=3"}, want: map[string]any{"a": map[string]any{"x": 3., "y": "z"}}},
	{name: "argument_file", files: map[string]string{"p/q/my.cfg": "a.x = 1\ninclude = ['more.toml']\n", "p/q/more.toml": "a.x = 2\na.y = 2\n"}, args: []string{"my.cfg"}, want: map[string]any{"a": map[string]any{"x": 1., "y": 2.}}},
	{name: "argument_file_twice", files: map[string]string{"p/q/my.cfg": "a.x = 1\n"}, args: []string{"my.cfg", "my.cfg"}, err: "a second time"},
	{name: "argument_include", files: map[string]string{"p/q/more.toml": "a = 1\n"}, args: []string{"include=['more.toml']"}, want: map[string]any{"a": 1.}},
	{name: "toml_1_1", files: map[string]string{"p/q/.cargo/config.toml": "a = {\n  b = \"\\x41\\e\", # since cargo 1.94\n}\n"}, want: map[string]any{"a": map[string]any{"b": "A\x1b"}}},
	{name: "argument_quoted_key", args: []string{`a."b.c" = "d"`}, want: map[string]any{"a": map[string]any{"b.c": "d"}}},
	{name: "argument_array_of_tables_inline", args: []string{`a = [{b = 1}]`}, want: map[string]any{"a": []any{map[string]any{"b": 1.}}}},
	{name: "argument_lines_around", args: []string{"\n\na = 1\n\n"}, want: map[string]any{"a": 1.}},
	{name: "argument_inline_table", args: []string{"a={b=1}"}, err: "KEY=VALUE"},
	{name: "argument_header", args: []string{"[a]\nb=1"}, err: "KEY=VALUE"},
	{name: "argument_two", args: []string{"a.b=1\na.c=2"}, err: "KEY=VALUE"},
	{name: "argument_comment", args: []string{"a=1 # c"}, err: "KEY=VALUE"},
	{name: "argument_comment_before", args: []string{"# c\na=1"}, err: "KEY=VALUE"},
	{name: "argument_comment_after", args: []string{"a=1\n# c"}, want: map[string]any{"a": 1.}},
	{name: "argument_empty", args: []string{""}, err: "KEY=VALUE"},
	{name: "argument_no_value", args: []string{"a"}, err: "a"},
	{name: "argument_no_file", args: []string{"no/such.toml"}, err: "such.toml"},
	{name: "argument_token", args: []string{"registry.token='hush'"}, err: "secret"},
	{name: "argument_secret_key", args: []string{"registries.x.secret-key='hush'"}, err: "secret"},
}

func TestLoad_merge(t *testing.T) {
	for _, tt := range mergeCases {
		t.Run(tt.name, func(t *testing.T) {
			c, err := load(t, tree(t, tt.files), nil, tt.args)
			if tt.want == nil {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("got error %v, want one with %q", err, tt.err)
				}
				if strings.Contains(err.Error(), "hush") {
					t.Errorf("error %q shows a secret", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, plain(c.root)); diff != "" {
				t.Errorf("merged (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoad_home_among_ancestors_is_read_once(t *testing.T) {
	root := tree(t, map[string]string{"p/.cargo/config.toml": "x = ['once']\n"})
	c, err := Load(Options{Cwd: filepath.Join(root, "p"), Home: filepath.Join(root, "p", ".cargo")})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"x": []any{"once"}}, plain(c.root)); diff != "" {
		t.Error(diff)
	}
}

func TestLoad_warnings(t *testing.T) {
	root := tree(t, map[string]string{
		"p/.cargo/config": "", "p/.cargo/config.toml": "", "h/config": "", "h/credentials.toml": "not TOML",
	})
	c, err := load(t, root, []string{"cargo_term_color=never"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Term()
	want := []string{"both `" + root, "`" + filepath.Join(root, "h", "config") + "` is deprecated", "environment variables are expected"}
	if got := c.Warnings(); len(got) != len(want) {
		t.Fatalf("got warnings %q, want %d", got, len(want))
	}
	for i, w := range c.Warnings() {
		if !strings.HasPrefix(w, want[i]) {
			t.Errorf("warning %d is %q, want %q…", i, w, want[i])
		}
	}
}

func TestLoad_no_warning_for_symlink(t *testing.T) {
	root := tree(t, map[string]string{"p/.cargo/config.toml": "x = 1\n"})
	if err := os.Symlink("config.toml", filepath.Join(root, "p", ".cargo", "config")); err != nil {
		t.Skip(err)
	}
	c, err := load(t, root, nil, nil)
	if err != nil || len(c.Warnings()) > 0 {
		t.Errorf("got warnings %q, error %v, want none", c.Warnings(), err)
	}
}

func TestLoad_bounds(t *testing.T) {
	deep := strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1)
	chain := map[string]string{"h/config.toml": "include = ['1.toml']\n"}
	for i := range maxIncludes + 1 {
		chain["h/"+itoa(i+1)+".toml"] = "include = ['" + itoa(i+2) + ".toml']\n"
	}
	for name, files := range map[string]map[string]string{
		"nested_arrays": {"h/config.toml": "a = " + deep},
		"unclosed":      {"h/config.toml": "a = " + strings.Repeat("[", 200_000)},
		"after_quotes":  {"h/config.toml": `a = ["""\\""""""` + ", " + deep + "]"}, // the library takes six quotes for the end of a string
		"dotted_key":    {"h/config.toml": strings.Repeat("a.", maxKeyParts) + "a = 1"},
		"dotted_header": {"h/config.toml": "[" + strings.Repeat("a.", 100_000) + "a]"},
		"dotted_inline": {"h/config.toml": "x = {" + strings.Repeat("'a'.", maxKeyParts) + "a = 1}"},
		"large_file":    {"h/config.toml": strings.Repeat("#", MaxFileSize+1)},
		"include_chain": chain,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := load(t, tree(t, files), nil, nil); err == nil {
				t.Error("no error")
			}
		})
	}
}

func itoa(n int) string { return string(rune('0'+n/10)) + string(rune('0'+n%10)) }

func TestLoad_folder_in_place_of_file(t *testing.T) {
	root := tree(t, map[string]string{"p/.cargo/config.toml/x": ""})
	if _, err := load(t, root, nil, nil); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("got error %v", err)
	}
}

func TestTerm(t *testing.T) {
	tests := map[string]struct {
		file string
		env  []string
		args []string
		want Term
	}{
		"nothing":       {},
		"file":          {file: "[term]\ncolor='never'\nquiet=true\nverbose=false\nprogress.when='never'\n", want: Term{HasColor: true, Color: "never", Quiet: true, ProgressWhen: "never"}},
		"variable_wins": {file: "[term]\ncolor='never'\n", env: []string{"CARGO_TERM_COLOR=always", "CARGO_TERM_VERBOSE=true", "CARGO_TERM_PROGRESS_WHEN=auto"}, want: Term{HasColor: true, Color: "always", Verbose: true, ProgressWhen: "auto"}},
		"argument_wins": {file: "[term]\ncolor='never'\n", env: []string{"CARGO_TERM_COLOR=always"}, args: []string{"term.color='auto'"}, want: Term{HasColor: true, Color: "auto"}},
		"always_width":  {env: []string{"CARGO_TERM_PROGRESS_WHEN=always", "CARGO_TERM_PROGRESS_WIDTH=80"}, want: Term{ProgressWhen: "always", ProgressWidth: 80}},
		"integration":   {file: "term.progress.term-integration=true\n", want: Term{HasReports: true, Reports: true}},
		"empty_color":   {env: []string{"CARGO_TERM_COLOR="}, want: Term{HasColor: true}},
		"wrong_color":   {file: "[term]\ncolor='x'\nquiet=true\n", want: Term{HasColor: true, Color: "x", Quiet: true}}, // not cargo's reader that refuses it

		// Anything wrong, and all is passed over.
		"always_no_width":   {file: "term.quiet=true\n", env: []string{"CARGO_TERM_PROGRESS_WHEN=always"}},
		"wrong_when":        {file: "term.quiet=true\nterm.progress.when='x'\n"},
		"wrong_type":        {file: "term.color='never'\nterm.quiet='x'\n"},
		"wrong_variable":    {file: "term.color='never'\n", env: []string{"CARGO_TERM_QUIET=1"}},
		"empty_variable":    {file: "term.color='never'\n", env: []string{"CARGO_TERM_QUIET="}},
		"wrong_argument":    {file: "term.color='never'\n", args: []string{"term.verbose=1"}},
		"progress_no_dict":  {file: "term.color='never'\nterm.progress='never'\n"},
		"negative_width":    {file: "term.color='never'\nterm.progress.width=-1\n"},
		"wrong_hyperlinks":  {file: "term.color='never'\nterm.hyperlinks='x'\n"},
		"wrong_integration": {file: "term.color='never'\nterm.progress.term-integration=1\n"},
		"term_no_table":     {file: "term=1\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := load(t, tree(t, map[string]string{"h/config.toml": tt.file}), tt.env, tt.args)
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Term(); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

// FuzzParse: any text gives a tree or an error, and the scanner covers it.
func FuzzParse(f *testing.F) {
	for _, tt := range mergeCases {
		for _, text := range tt.files {
			f.Add([]byte(text))
		}
		for _, arg := range tt.args {
			f.Add([]byte(arg))
		}
	}
	f.Add([]byte("a = \"\"\"x\"\"\"\"\"\n'b' = '''\\'''\n[[c]]\n[c.'d\"']\n\"\\u0041\" = 1\nx={\n#]\n}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := parseTOML(text, origin{})
		_, _ = inlineArgument(string(text))
		if err != nil {
			return
		}
		body := strings.TrimPrefix(string(text), "\xef\xbb\xbf")
		checkStatements(t, body, v)
	})
}

// checkStatements: the statements of a valid text lie end to end and mention
// exactly the top-level keys there are.
func checkStatements(t *testing.T, text string, doc *value) {
	at, line := 0, 1
	mentioned := map[string]any{}
	var table []string
	for st := range tomltext.Statements(text) {
		if st.Start != at || st.Line != line {
			t.Fatalf("%q: statement starts at %d, line %d, want %d, line %d", text, st.Start, st.Line, at, line)
		}
		at, line = st.End, line+strings.Count(text[st.Start:st.End], "\n")
		switch st.Kind {
		case tomltext.Header, tomltext.ArrayHeader:
			table = st.Key
			mentioned[table[0]] = nil
		case tomltext.Name:
			if table == nil {
				mentioned[st.Key[0]] = nil
			}
		}
	}
	if at != len(text) {
		t.Fatalf("%q: statements end at %d of %d", text, at, len(text))
	}
	keys := map[string]any{}
	for k := range doc.table() {
		keys[k] = nil
	}
	if diff := cmp.Diff(keys, mentioned); diff != "" {
		t.Fatalf("%q: top-level keys (-want +got):\n%s", text, diff)
	}
}
