package usage

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// sizeWords is cargo's (cargo 1.95: parse_human_size).
var sizeWords = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^([0-9]+(\.[0-9])?) ?(b|kb|mb|gb|kib|mib|gib)?$`)
})

var sizeUnits = map[string]float64{"b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30}

// ParseSize reads a size in bytes, in the words of `cargo clean gc`: a number with one
// decimal at most and a unit, without which it has no decimal.
func ParseSize(s string) (int64, error) {
	parts := sizeWords().FindStringSubmatch(s)
	if parts == nil || parts[3] == "" && parts[2] != "" {
		return 0, fmt.Errorf("%q is no size: write a number with B, kB, MB, GB, kiB, MiB or GiB, such as 5GB", s)
	}
	unit := strings.ToLower(parts[3])
	if unit == "" {
		unit = "b"
	}
	number, err := strconv.ParseFloat(parts[1], 64)
	if bytes := number * sizeUnits[unit]; err == nil && bytes < math.MaxInt64 {
		return int64(bytes), nil
	}
	return 0, fmt.Errorf("the size %q is too large", s)
}

const day = 24 * time.Hour

// ageUnits are cargo's words (cargo 1.95: maybe_parse_time_span), and short ones. "m"
// is not one: it could be minutes or months.
var ageUnits = map[string]time.Duration{
	"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": day, "week": 7 * day, "month": 2_629_746 * time.Second,
	"s": time.Second, "h": time.Hour, "d": day, "w": 7 * day,
}

// ParseAge reads a span of time, in the words of `cargo clean gc`, as "1 month".
func ParseAge(s string) (time.Duration, error) {
	digits := strings.TrimLeft(s, "0123456789")
	number, err := strconv.ParseInt(s[:len(s)-len(digits)], 10, 64)
	unit := strings.TrimPrefix(digits, " ")
	if ageUnits[unit] == 0 && len(unit) > 2 {
		unit = strings.TrimSuffix(unit, "s")
	}
	if length := ageUnits[unit]; err == nil && length > 0 && number <= int64(math.MaxInt64/length) {
		return time.Duration(number) * length, nil
	}
	return 0, fmt.Errorf("%q is no age: write N seconds, minutes, hours, days, weeks or months, such as 30 days or 30d", s)
}
