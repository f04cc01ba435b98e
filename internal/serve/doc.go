// Package serve is a registry of what is held, live, over HTTP: what the layout sparse of a
// mirror is to any web server (package registry), with what files cannot do.
//
//	/                                 a page of what is held, which searches
//	/NAME/crates/CRATE/VERSION        a page of a crate, of one of its versions if that is named
//	/git                              a page of the repositories
//	/page.css, .js, .svg              what pages have besides
//	/NAME/index/config.json           where archives and searches are, and whether a token is
//	                                  needed
//	/NAME/index/PATH                  the lines of the versions of a crate that are held
//	/NAME/crates/CRATE/STEM.crate     archives
//	/NAME/api/v1/crates?q=TEXT        what `cargo search` asks
//	/git/NAME/info/refs               repositories of a home, by what their folders are called, in
//	/git/NAME/git-upload-pack         git's smart protocol
//	/healthz                          whether it is there
//	/metrics                          what it did, as Prometheus reads it
//
// NAME is that of a registry, such as crates-io. All is read-only.
//
// # What Cargo needs
//
// What is not held is 404 and nothing else: for 410 and 451 cargo 1.96 gives up where 1.95
// looks on, and 403 ends each. What cannot be read now is 503, which cargo asks for again.
// Entry files have an ETag, made of their text alone so that servers of the same agree, and a
// time; either is answered by 304, and cargo sends the one or the other. They are compressed
// for who can read that; archives never are, as cargo takes their bytes for what it hashes. A
// '+' in a version comes as it is, or escaped. config.json is asked for without a token first:
// with one needed that is 401, which has cargo send it, and with it the answer must say
// "auth-required", or no other request has it (cargo 1.95: http_remote.rs).
//
// # Repositories
//
// A client of git gets all that a repository of git/db has, whatever of it is wanted, as one
// pack that is copied from those which are there: nothing is compressed, and no history walked.
// Any commit may be asked for by its id. Branches are those that Cargo has fetched. That is
// version 0 of the protocol, which libgit2, gitoxide and git itself speak; the files of a
// repository as they are, the dumb protocol, are of use to git alone.
//
// # Pages
//
// Pages are made here as HTML, and a script that comes along only saves to load them: it searches
// as one types, copies, and waits for what is not known yet. Every text on them is from outside,
// and is escaped by what writes it; what nobody would see in it is written out (package visible).
// They have nothing from elsewhere, and the policy that goes with them forbids it. Names are listed
// by folders alone; of each crate on the page one archive is read, and all of its archives when its
// own page is asked for, as when Cargo asks. They are written by a few functions, as html/template
// adds 2.5 MB to the program, and 0.35 ms to the start of every command.
//
// # What is refused
//
// No path of a request ever becomes a path of a file: its parts are looked for among the names
// that are held. Requests, their paths and headers, and the time that they may take are
// bounded. Where there are too many connections the one goes that was idle longest.
package serve
