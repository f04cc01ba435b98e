package packagelist

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// keeps lists the paths that patterns match as an include list.
func keeps(t *testing.T, patterns []string, paths ...string) string {
	t.Helper()
	f, err := newFilter(patterns, nil, false, entriesOf("").Spend)
	if err != nil {
		t.Fatalf("%q: %v", patterns, err)
	}
	var kept []string
	for _, path := range paths {
		if f.keeps(path, false) {
			kept = append(kept, path)
		}
	}
	return strings.Join(kept, " ")
}

func Test_patterns(t *testing.T) {
	for _, test := range []struct{ name, patterns, paths, want string }{
		{"any_depth", "a", "a d/a a/x b ab", "a d/a a/x"},
		{"anchored", "/a", "a d/a a/x", "a a/x"},
		{"inner_slash_anchors", "d/a", "d/a e/d/a d/a/x", "d/a d/a/x"},
		{"folders_only", "a/", "a d/a a/x d/a/x", "a/x d/a/x"},
		{"last_wins", "a !d/a", "a d/a e/a", "a e/a"},
		{"itself_before_its_folder", "d !d/e d/e/f", "d/x d/e d/e/f d/e/g", "d/x d/e/f"},
		{"star_within_a_name", "d/*", "d/a d/a/b e/a", "d/a d/a/b"},
		{"star_does_not_cross", "/*.rs", "a.rs d/a.rs", "a.rs"},
		{"extension", "*.rs", "a.rs d/a.rs .rs a.rsx", "a.rs d/a.rs .rs"},
		{"double_star_inside", "a/**/b", "a/b a/x/b a/x/y/b ab xa/b", "a/b a/x/b a/x/y/b"},
		{"double_star_end", "a/**", "a a/b a/b/c", "a/b a/b/c"},
		{"double_star_start", "**/a/b", "a/b x/a/b xa/b", "a/b x/a/b"},
		{"double_star_twice", "**/**/a b/**/**/c", "a d/a b/c b/d/e/c", "a d/a b/c b/d/e/c"},
		{"double_star_alone", "**", "a b/c", "a b/c"},
		{"double_star_in_a_name", "a**b", "ab axb a/b", "ab axb"},
		{"question_is_one_byte", "? ???", "a ab abc é", "a abc"},
		{"class", "[a-c]x [!a]y", "ax dx ay by", "ax by"},
		{"class_may_be_a_slash", "d[!x]a", "d/a dya dxa", "d/a dya"},
		{"class_of_bytes", "[é][é]", "é a", "é"},
		{"class_range_replaced", "[a-z-b]", "a b c", "a b"},
		{"class_unclosed_is_text", "[a", "[a a", "[a"},
		{"class_with_bracket", "[]a]", "] a b", "] a"},
		{"braces", "{a,b}.rs", "a.rs b.rs c.rs", "a.rs b.rs"},
		{"braces_empty_branch_is_none", "a{,b}", "a ab", "ab"},
		{"braces_nested", "{a,{b,c}d}", "a bd cd c", "a bd cd"},
		{"comma_is_text", "a,b", "a a,b", "a,b"},
		{"escapes", `\#a \!b \*`, "#a !b * x", "#a !b *"},
		{"comment", "#a", "#a a", ""},
		{"slash_is_the_root_folder", "/", "a b/c", "a b/c"},
		{"empty_braces_are_it_too", "{}", "a b/c", "a b/c"},
		{"bang_alone_negates_all", "a !", "a b", ""},
		{"manifest_always", "x", "Cargo.toml Cargo.lock d/Cargo.lock", "Cargo.toml Cargo.lock"},
		{"dots_are_names", "./a ../b", "a b", ""},
		{"case", "A", "a A", "A"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := keeps(t, strings.Fields(test.patterns), strings.Fields(test.paths)...)
			if got != test.want {
				t.Errorf("patterns %s match %q, want %q", test.patterns, got, test.want)
			}
		})
	}
}

func Test_pattern_spaces(t *testing.T) {
	for _, test := range []struct{ pattern, want string }{
		{"a ", "a"}, {"a\t\u00a0\n", "a"}, {`a\ `, "a "}, {" a", " a"}, {"  ", ""}, {"", ""},
	} {
		var got string
		for _, path := range []string{"a", "a ", " a"} {
			got += keeps(t, []string{test.pattern}, path)
		}
		if got != test.want {
			t.Errorf("pattern %q matches %q, want %q", test.pattern, got, test.want)
		}
	}
}

func Test_pattern_errors(t *testing.T) {
	for _, test := range []struct {
		pattern string
		want    string
	}{
		{"a{b", `unclosed "{"`}, {"a}b", `"}" without "{"`}, {`a\`, "dangling"}, {`a\  `, "dangling"}, {"[z-a]", "invalid range"}, {"\xff", "UTF-8"},
		{strings.Repeat("{a", 500) + strings.Repeat("}", 500), "too deep"}, {strings.Repeat("a", maxPatternBytes+1), "more than"},
	} {
		_, err := parsePatterns([]string{"ok", test.pattern})
		var bad *PatternError
		if !errors.As(err, &bad) || bad.Pattern != test.pattern || !strings.Contains(err.Error(), test.want) {
			t.Errorf("pattern %.20q: %v, want a PatternError with %q", test.pattern, err, test.want)
		}
	}
	for _, lists := range [][2][]string{{{"a"}, {"{"}}, {{"{"}, {"a"}}, {nil, {"{"}}} {
		if _, err := newFilter(lists[0], lists[1], true, entriesOf("").Spend); err == nil {
			t.Errorf("include %q, exclude %q: no error", lists[0], lists[1])
		}
	}
}

// Matching takes linear time, whatever the pattern: the bound is far from what
// that takes on a busy machine, and farther from what backtracking would.
func Test_hostile_patterns_are_quick(t *testing.T) {
	path := strings.Repeat("a", 300) + "/" + strings.Repeat("a/", 20) + "b"
	start := time.Now()
	for _, pattern := range []string{
		strings.Repeat("*a", 200) + "*c?", strings.Repeat("**/a/", 100) + "*c?", strings.Repeat("{a,*}", 100) + "c?",
		strings.Repeat("[", 5000), strings.Repeat("?*", 200), strings.Repeat("{a,", 150) + strings.Repeat("}", 150) + "*?c?",
	} {
		keeps(t, []string{pattern}, path)
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("took %v", took)
	}
}

// And there is a bound on all of it.
func Test_work_on_patterns_is_bounded(t *testing.T) {
	l := entriesOf("")
	f, err := newFilter(nil, []string{"ax", strings.Repeat("*a", 1000) + "*b?"}, true, l.Spend)
	if err != nil {
		t.Fatal(err)
	}
	l.steps = 40 << 20
	path := strings.Repeat("a/", 1000)
	if f.keeps(path+"ax", false) {
		t.Error("excluded file kept")
	}
	f.keeps(path+"b", false)
	if !errors.Is(f.err, errNoSteps) {
		t.Errorf("error %v, want %v", f.err, errNoSteps)
	}
}

func Test_marker_hidden(t *testing.T) {
	for _, test := range []struct {
		text string
		want bool
	}{
		{"", false}, {"*", true}, {".*\r\n", true}, {"/.cargo-ok", true}, {".cargo-ok/", false}, {"*-ok\n!.cargo-ok", false},
		{"d/.cargo-ok", false}, {"**/.cargo-ok", true}, {"#*", false}, {"{.cargo-ok,x}", false}, {"[.]c*", true}, {"\ufeff*-ok", true},
		{"[z-a]\n\\\n*", true}, {".cargo-??", true},
	} {
		if got := ignoresMarker([]byte(test.text)); got != test.want {
			t.Errorf("%q hides .cargo-ok: %t, want %t", test.text, got, test.want)
		}
	}
}

// slowMatch is what a glob means, one token after the other.
func slowMatch(tokens []token, path string) bool {
	if len(tokens) == 0 {
		return path == ""
	}
	t, rest := tokens[0], tokens[1:]
	// from tries the rest after each prefix of the path that ok accepts.
	from := func(ok func(prefix string) bool) bool {
		for i := range len(path) + 1 {
			if ok(path[:i]) && slowMatch(rest, path[i:]) {
				return true
			}
		}
		return false
	}
	slashes := func(s string) bool { return strings.HasPrefix(s, "/") && strings.HasSuffix(s, "/") }
	switch t.op {
	case opText:
		return strings.HasPrefix(path, t.text) && slowMatch(rest, path[len(t.text):])
	case opByte:
		return path != "" && path[0] != '/' && slowMatch(rest, path[1:])
	case opClass:
		return path != "" && t.class[path[0]] && slowMatch(rest, path[1:])
	case opName:
		return from(func(s string) bool { return !strings.Contains(s, "/") })
	case opAnyFolders:
		return from(func(s string) bool { return s == "" || strings.HasSuffix(s, "/") })
	case opInside:
		return from(func(s string) bool { return strings.HasPrefix(s, "/") })
	case opBetween:
		return from(slashes)
	}
	empty := true
	for _, branch := range t.branches {
		if !isNothing(branch) {
			empty = false
			if slowMatch(append(branch[:len(branch):len(branch)], rest...), path) {
				return true
			}
		}
	}
	return empty && slowMatch(rest, path)
}

// isNothing says whether a branch is made of groups without branches only.
func isNothing(branch []token) bool {
	for _, t := range branch {
		if t.op != opOneOf {
			return false
		}
		for _, b := range t.branches {
			if !isNothing(b) {
				return false
			}
		}
	}
	return true
}

func Fuzz_pattern_is_what_it_means(f *testing.F) {
	for _, seed := range [][2]string{
		{"a", "d/a"}, {"/a/**/b", "a/x/b"}, {"{a,b*}c?", "bxc/"}, {"[!a-c]é", "xé"}, {`\{**`, "{x"}, {"{x,**/y}", "a/y"},
		{"a{,}", "a"}, {"**", ""}, {"[a-", "[a-"}, {"d/**/**/x", "d/x"}, {"*.rs", "a.rs"}, {"{{},a}", ""}, {"[\u00ff-\u0100]", "\xc3"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, line, path string) {
		if len(line) > 14 || len(path) > 14 {
			t.Skip()
		}
		p, err := parsePattern(line, braces)
		if err != nil || p.glob == nil {
			return
		}
		text := strings.TrimPrefix(line, "!")
		if line != text || strings.ContainsAny(line, " \t\n\v\f\r\u0085\u00a0/\\") {
			return // what is left of such a line is not seen from here
		}
		tokens, err := parseTokens(expandPattern(text, false), braces)
		if err != nil {
			t.Fatal(err)
		}
		want := slowMatch(tokens, path) || len(tokens) == 1 && tokens[0].op == opAnyFolders
		if got := p.glob.match(newCandidate(path)); got != want {
			t.Errorf("pattern %q, path %q: %t, want %t", line, path, got, want)
		}
	})
}
