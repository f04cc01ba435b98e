package archive_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/cargotest"
	"cargohome/internal/staging"
)

// downloaded is an archive as it lies in registry/cache. The package and the checksum
// would be those of a lockfile.
func downloaded(dir string, data []byte) archive.Archive {
	path := filepath.Join(dir, "hello-1.0.0.crate")
	if err := os.WriteFile(path, data, 0o666); err != nil {
		panic(err)
	}
	id := crate.ID{Name: "hello", Version: "1.0.0"}
	return archive.Archive{ID: id, From: archive.Path(path), Size: int64(len(data)), Checksum: crate.Sum(data)}
}

// What is vendored of an archive becomes a folder.
func ExampleUnpacker_Unpack() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	hello := cargotest.Crate{Name: "hello", Version: "1.0.0", Files: []cargotest.File{{Path: ".gitignore", Content: "target\n"}}}
	a := downloaded(dir, hello.Archive())

	var u archive.Unpacker // good for any number of archives, one after another
	tree, err := staging.NewWriter(filepath.Join(dir, "hello"))
	if err != nil {
		panic(err)
	}
	contents, err := u.Unpack(context.Background(), archive.InTree(tree), a, archive.Vendored)
	if finished := tree.Finish(); err != nil || finished != nil {
		panic(fmt.Sprint(err, finished))
	}
	for _, f := range contents.Files {
		fmt.Printf("%.8s %3d %s\n", f.Sum, f.Size, f.Path)
	}
	// Output:
	// 65dfc24d  94 .cargo_vcs_info.json
	// f1077115 717 Cargo.toml
	// 0386d552  60 Cargo.toml.orig
	// ff6a6d45  83 src/lib.rs
}

// All that is wrong with an archive is found in one run, whoever promised its checksum.
func ExampleUnpacker_Check() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	tar := cargotest.Entry(cargotest.Header{Name: "hello-1.0.0/../x"}, "evil")
	tar = append(tar, cargotest.Entry(cargotest.Header{Name: "hello-1.0.0/link", Type: '2', Link: "/etc/passwd"}, "")...)
	a := downloaded(dir, cargotest.Gzip("", append(tar, cargotest.EndOfTar...)))

	var u archive.Unpacker
	report, err := u.Check(context.Background(), a)
	if err != nil {
		panic(err)
	}
	for _, fault := range report.Faults {
		fmt.Println(fault)
	}
	// Output:
	// entry "hello-1.0.0/../x" has a path that cannot be unpacked: it climbs
	// entry "hello-1.0.0/link" is neither a file nor a folder: it is a symbolic link
	// entry "hello-1.0.0/Cargo.toml" is not the manifest of the package: there is none
}
