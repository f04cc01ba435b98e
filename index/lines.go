package index

import "bytes"

// findLine returns the entry of one version in an entry file. Only lines that
// hold the version's text at all are parsed, which presumes that nobody escapes
// digits; blank ones and those Cargo could not read are passed over. Of several
// with an equal version the last counts.
//
// A line that cannot be read but may be the one asked for is reported only if no
// other is found.
func findLine(data []byte, name, version string) (found Entry, err error) {
	err = ErrNoVersion
	var damage error
	needle := []byte(version)
	for line := range bytes.SplitSeq(data, []byte{'\n'}) {
		if !bytes.Contains(line, needle) {
			continue
		}
		switch e, bad := ParseEntry(line); {
		case bad != nil:
			damage = bad
		case e.Version == version && e.Name == name:
			found, err = e, nil
		}
	}
	if err != nil && damage != nil {
		return Entry{}, damage
	}
	return found, err
}
