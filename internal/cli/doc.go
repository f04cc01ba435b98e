// Package cli is the command line: each command has a file that turns flags into one call
// of the package that does the work, and hands what came of it to package ui, which prints
// it. Only exit.go knows exit statuses.
//
//	cli.go, flags.go, help.go    the program, flags of all commands, help
//	vendor.go, clean.go, …       a command each; vendor_config.go, clean_select.go, … are parts of one
//	project.go, locks.go         flags of several commands: which project, which locks, what is rebuilt
//	home.go, sources.go,         what they share: the Cargo home and cargo's configuration, where
//	needs.go                     packages are read from, what lockfiles need
//	exit.go, interrupt.go        how a run ends
//
// # Bounds
//
// Whatever is read may have been made to exhaust whoever reads it. No input of 10 MB
// takes more than 20 seconds of a processor, or 512 MiB of memory for as many workers as
// there are processors on a small machine. Each kind has its bounds; what exceeds one is
// an error that names it.
//
//	input                bounds, in bytes where nothing is said          10 MB or the largest take        test
//	lockfile             64 Mi; 2 Mi values, 1.25 Mi parts of the names  6 s, 360 MiB                     lockfile.TestHunt,
//	                     of all keys, 256 Ki tables, names 255, sources                                   TestParse_refusals
//	                     4 Ki, 768 Ki dependencies; linear, also in
//	                     one line
//	manifest             1 Mi; 32 levels, 512 Ki parts of names          1 s, 150 MiB a worker            manifest.TestHunt
//	manifests of a       64 Ki, 16 Mi together; 64 Mi of paths under     20 s, 420 MiB                    manifest.TestLimits
//	workspace            its patterns
//	configuration        256 Ki, 1 Mi together; 256 files, 80 levels     4 s, 25 MiB                      config.TestHunt
//	archive              2 Gi; unpacked 512 Mi or 20 times as much,      0.4 s a 512 Mi, 500 KiB a        crate hostile table,
//	                     256 Ki entries, 32 Ki folders, 16 Mi of paths   worker and the paths             script vendor_bounds
//	index entries        128 Mi a file, 32 Mi in git; 127 levels         the file a worker                index.TestLookup_many
//	platforms            4 Ki parts each, 256 Ki in a lockfile's          4 s, 50 MiB                         resolve.TestResolve_many_platforms
//	                     packages
//	store of objects     entry files twice what was listed and 4 Mi,     128 Mi of entry files at a time  registry.TestReplica_large
//	                     128 Mi at most
//	pages of serve       16 times the lines of crates at a time: 256 Mi  350 MiB                          serve.TestPages_memory
//	file of a target     1 Mi                                            25 MiB                           script vendor_bounds
//	package, filtered    32 Mi a file of its code, 32 Mi for the        20 s, 100 MiB a worker            vendoring.TestStep_Leave_bounds,
//	                     names in all; 128 steps for exclusions a byte                                    filter.TestFilter_targets_bounds
//	                     of a path and 64 more; 1 Ki platforms
//	package of a vendor  what its archive may unpack to; its record      0.4 s a 512 Mi, 256 KiB a        vendoring.TestUnchanged
//	folder               64 Mi                                           worker and the record
//	directory source     2 Gi and 256 Ki files a package; record 64 Mi   256 KiB a worker and the record  script vendor_bounds
//	stat cache           64 Mi                                           as much again                    vendoring.TestParseStatCache_counts
//	Cargo's database     1 Gi; a million rows, 64 Mi of names, values    10 s at most, 210 MiB            lastuse.TestRead_foreign
//	                     64 Ki; SQLite 64 Mi; read for 10 s
//	folders of --keep    5 Mi folders, 256 deep                          200 bytes a folder               project.TestSearch_bounds
//	bundle               manifest 64 Mi; archives 2 Gi, index entries    0.3 s a 512 Mi, the manifest     bundle.TestReader_hostile
//	                     32 Mi, other files 4 Gi; 200 times the file     twice and 64 Mi
//	                     and 64 Mi in all
//	archives that it     2 Gi steps, and 768 for each byte of the file;  20 s, 192 MiB                    bundle.TestReader_Spend,
//	has the content of   to pack them 512 for each byte of an archive                                     redeflate.TestRecognise_steps
//	a home               400 deep                                        200 bytes an item                usage.TestMeasure_deep
//	git                  the package comment of gitsrc/object has it      20 s, 320 MiB                    TestWorst, of three packages
//
// The hunts look by themselves for what costs most: CARGOHOME_HUNT=10m makes them do so
// for ten minutes each. A run that only reads ends within a second of being interrupted,
// wherever it is; see interruption.
package cli
