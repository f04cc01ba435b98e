// Package ui prints what a run has to say: its result, as text or JSON, and what people
// are told meanwhile.
//
//	flags ─▶ a call of the package that does the work ─▶ its plan, what came of it
//	                                                            │ NewVendored, NewCleaned, …
//	                                                            ▼
//	                                   a [Result], a struct that is plain data
//	                                                            │ Printer.Print
//	                     ┌──────────────────────────────────────┼─────────────────┐
//	                     ▼                                      ▼                 ▼
//	       stderr: what was done, in lines     stdout: text, or the struct as JSON   Err: what failed
//
// # What goes where
//
//   - stdout is data: the result. It is text, or with --format json one object whose first
//     member is "format", a number that changes when a member is taken out or changes its
//     meaning. What is not known is left out; sizes are in bytes, times in Unix seconds.
//   - stderr is for people, in the forms that cargo uses: a right-aligned verb and its
//     subject, or "error:", "warning:", "note:", "help:" and a text in lower case without
//     a full stop. It is the same whatever the format of the result.
//   - One line tells what was done. A line for each package is for --verbose; of lists in
//     warnings only the first twenty things are named.
//   - Progress is shown on a terminal only, and stays nowhere.
//   - --quiet leaves errors and what to do about them, and data; but not the configuration
//     that vendor prints, as with cargo.
//   - Meaning never rests on colour.
//
// # Texts from outside
//
// Names, paths, URLs and the words of other programs can be made to command a terminal,
// to show something other than they are, or to look like a message of ours. In whatever
// is printed, such characters are escaped (as Go does; in JSON and TOML as these do), lines
// behind the first are set off, and what may be a secret in a URL is hidden. The one
// exception is the TOML that Cargo needs whole; see [TOML].
//
// # How a run ends
//
// Whoever reads the output may take their time as long as the run is not to end, and a
// moment for each text from then on. A result that cannot be printed is a failure, which
// says what was done all the same; see [Printer.Achieved].
package ui
