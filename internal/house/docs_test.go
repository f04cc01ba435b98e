package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Every package has a comment, in one file of its, and whatever it exports says what it is: for a field that is
// its unit, its order, and when it is nil. Of test fixtures nothing is asked.
func TestDocs(t *testing.T) {
	for _, pkg := range packages(t) {
		if strings.HasPrefix(pkg.name, "internal/cargotest") {
			continue
		}
		files, err := filepath.Glob(filepath.Join(pkg.dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		set, comments := token.NewFileSet(), 0
		for _, path := range files {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(set, path, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			if file.Doc != nil {
				comments++
			}
			for _, name := range undocumented(set, file) {
				t.Errorf("%s: %s has no comment", set.Position(name.Pos()), name.Name)
			}
		}
		if comments != 1 {
			t.Errorf("package %s has %d comments", pkg.name, comments)
		}
	}
}

// undocumented returns the exported names of a file that have no comment. A group of
// constants or variables may have one for all; an embedded field has that of its type.
func undocumented(set *token.FileSet, file *ast.File) (names []*ast.Ident) {
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Doc == nil && d.Name.IsExported() && isSeen(d) {
				names = append(names, d.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				names = append(names, undocumentedSpec(set, d, spec)...)
			}
		}
	}
	return names
}

// plainMethods have the meaning that their names have everywhere.
var plainMethods = []string{"Error", "Unwrap", "Is", "String"}

// isSeen reports whether a function is part of what go doc prints, and not one that
// everybody knows.
func isSeen(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	of := d.Recv.List[0].Type
	for {
		switch x := of.(type) {
		case *ast.StarExpr:
			of = x.X
		case *ast.IndexExpr:
			of = x.X
		case *ast.Ident:
			return x.IsExported() && !slices.Contains(plainMethods, d.Name.Name)
		default:
			return true
		}
	}
}

func undocumentedSpec(set *token.FileSet, d *ast.GenDecl, spec ast.Spec) (names []*ast.Ident) {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		if !s.Name.IsExported() {
			return nil
		}
		if d.Doc == nil && s.Doc == nil {
			names = append(names, s.Name)
		}
		if s.Comment != nil { // behind the fields, all on one line
			return names
		}
		ast.Inspect(s.Type, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FieldList:
				names = append(names, undocumentedFields(set, n.List)...)
			case *ast.FuncType:
				return false // names of parameters need none
			}
			return true
		})
	case *ast.ValueSpec:
		if d.Doc == nil && s.Doc == nil && s.Comment == nil {
			names = exported(s.Names)
		}
	}
	return names
}

// undocumentedFields: what is said above one may name those that follow it, up to a blank
// line.
func undocumentedFields(set *token.FileSet, fields []*ast.Field) (names []*ast.Ident) {
	said, end := "", 0
	for _, f := range fields {
		switch begin := set.Position(f.Pos()).Line; {
		case f.Doc != nil:
			said = f.Doc.Text()
		case begin > end+1:
			said = ""
		}
		end = set.Position(f.End()).Line
		if f.Doc == nil && f.Comment == nil {
			names = append(names, slices.DeleteFunc(exported(f.Names), func(n *ast.Ident) bool { return strings.Contains(said, n.Name) })...)
		}
	}
	return names
}

func exported(names []*ast.Ident) []*ast.Ident {
	return slices.DeleteFunc(slices.Clone(names), func(n *ast.Ident) bool { return !n.IsExported() })
}
