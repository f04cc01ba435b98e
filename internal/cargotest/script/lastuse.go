package script

import (
	"fmt"

	"github.com/rogpeppe/go-internal/testscript"
)

func init() {
	Commands["used"] = positive(cmdUsed)
	Commands["lastuses"] = positive(cmdLastUses)
}

// cmdUsed notes in Cargo's database of last uses that something was used at a time, in
// Unix seconds. TABLE is one of the database's: registry_index, registry_crate,
// registry_src, git_db or git_checkout.
//
//	used SECONDS TABLE FOLDER [NAME]
func cmdUsed(ts *testscript.TestScript, args []string) {
	if len(args) == 3 {
		args = append(args, "")
	}
	if len(args) != 4 {
		ts.Fatalf("usage: used SECONDS TABLE FOLDER [NAME]")
	}
	scriptHome(ts).Used(args[1], registryFolder(args[2]), args[3], int64(number(ts, args[0])))
}

// cmdLastUses prints the rows of the database, to compare them with `cmp stdout FILE`.
//
//	lastuses
func cmdLastUses(ts *testscript.TestScript, _ []string) {
	for _, row := range scriptHome(ts).LastUses() {
		_, err := fmt.Fprintln(ts.Stdout(), row)
		ts.Check(err)
	}
}
