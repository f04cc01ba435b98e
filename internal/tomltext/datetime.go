package tomltext

import "strings"

// printDatetime returns a TOML date or time, as written, in the form in which
// Cargo prints it: with T and Z, with seconds, and without zeros at the end of a
// fraction, which has nine digits at most.
func printDatetime(s string) string {
	date, clock := "", s
	if len(s) >= len("2006-01-02") && s[4] == '-' {
		date, clock = s[:10], strings.TrimLeft(s[10:], "Tt ")
	}
	clock, zone := cutZone(clock)
	if clock == "" {
		return date
	}
	if date != "" {
		date += "T"
	}
	return date + printClock(clock) + zone
}

func cutZone(clock string) (rest, zone string) {
	i := strings.IndexAny(clock, "Zz+-")
	if i < 0 {
		return clock, ""
	}
	switch zone = clock[i:]; zone {
	case "z", "Z":
		zone = "Z"
	case "-00:00":
		zone = "+00:00"
	}
	return clock[:i], zone
}

func printClock(clock string) string {
	clock, fraction, _ := strings.Cut(clock, ".")
	if len(clock) == len("15:04") {
		clock += ":00"
	}
	fraction = strings.TrimRight(fraction[:min(len(fraction), 9)], "0")
	if fraction == "" {
		return clock
	}
	return clock + "." + fraction
}
