package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
)

// comments finds what stands beside types and fields in the source.
type comments struct {
	root     string
	packages map[string]map[string]string // by path; of types by NAME, of fields by TYPE.NAME
}

func newComments(root string) *comments {
	return &comments{root, map[string]map[string]string{}}
}

// of returns the comment of a field, or with "" that of the type itself, as one line.
func (c *comments) of(t reflect.Type, field string) string {
	path, name := strings.TrimPrefix(t.PkgPath(), "cargohome/"), t.Name()
	if _, read := c.packages[path]; !read {
		c.packages[path] = c.read(filepath.Join(c.root, filepath.FromSlash(path)))
	}
	if field != "" {
		name += "." + field
	}
	return c.packages[path][name]
}

// read reads a package. What does not parse has no comments.
func (c *comments) read(dir string) map[string]string {
	found := map[string]string{}
	files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil || strings.HasSuffix(file, "_test.go") {
			continue
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if d, ok := n.(*ast.GenDecl); ok && d.Tok == token.TYPE {
				for _, spec := range d.Specs {
					addType(found, d, spec.(*ast.TypeSpec))
				}
			}
			return true
		})
	}
	return found
}

func addType(found map[string]string, d *ast.GenDecl, spec *ast.TypeSpec) {
	name := spec.Name.Name
	doc := spec.Doc
	if doc == nil {
		doc = d.Doc
	}
	found[name] = sentence(strings.TrimPrefix(line(doc), name+" is "))
	s, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, f := range s.Fields.List {
		text := line(f.Comment)
		if text == "" {
			text = line(f.Doc)
		}
		for _, n := range f.Names {
			found[name+"."+n.Name] = text
		}
	}
}

func line(c *ast.CommentGroup) string { return strings.Join(strings.Fields(c.Text()), " ") }

func sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
