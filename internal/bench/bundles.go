package main

// unpackCases put into a new home what was packed of the project's. Their floor knows
// nothing of checksums.
var unpackCases = []work{
	{
		name: "unpack, .tar", gone: []string{vendorDir}, before: []string{"pack", "--quiet", "--output", "$BUNDLE.tar"},
		cargohome: []string{"unpack", "--quiet", "--cargo-home", vendorDir, "$BUNDLE.tar"},
		pipe:      `mkdir "$VENDOR" && tar -x -C "$VENDOR" -f "$BUNDLE.tar"`, tool: "tar",
	},
	{
		name: "unpack, .tar.zst", gone: []string{vendorDir}, before: []string{"pack", "--quiet", "--exact-archives", "--output", "$BUNDLE.tar.zst"},
		cargohome: []string{"unpack", "--quiet", "--cargo-home", vendorDir, "$BUNDLE.tar.zst"},
		pipe:      `mkdir "$VENDOR" && zstd -q -d -c "$BUNDLE.tar.zst" | tar -x -C "$VENDOR"`, tool: "zstd",
	},
}
