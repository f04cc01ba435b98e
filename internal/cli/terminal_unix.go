//go:build unix

package cli

// terminalPath is the terminal that whoever runs the program sits at.
const terminalPath = "/dev/tty"
