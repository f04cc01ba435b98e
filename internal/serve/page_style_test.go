package serve_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Whatever is to be read stands out from what is behind it: by 4.5 to 1, and what only surrounds by
// 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11), in light, in dark and on paper.
func TestPage_contrast(t *testing.T) {
	text, err := os.ReadFile("page.css")
	if err != nil {
		t.Fatal(err)
	}
	schemes := regexp.MustCompile(`:root \{[^}]*\}`).FindAllString(string(text), -1)
	if len(schemes) != 3 {
		t.Fatalf("there are %d schemes of colours", len(schemes))
	}
	for _, scheme := range schemes {
		colours := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(scheme, -1) {
			colours[m[1]] = m[2]
		}
		for _, behind := range []string{"page", "box"} {
			for front, least := range map[string]float64{"text": 4.5, "soft": 4.5, "link": 4.5, "mark": 4.5, "focus": 3} {
				if colours[front] == "" && front == "focus" {
					continue // of paper there is none
				}
				if got := contrast(t, colours[front], colours[behind]); got < least {
					t.Errorf("--%s on --%s has a contrast of %.2f, in %s", front, behind, got, scheme)
				}
			}
		}
	}
	rest := regexp.MustCompile(`--[a-z]+: #[0-9a-f]{6};`).ReplaceAllString(string(text), "")
	if regexp.MustCompile(`#[0-9a-f]{3,8}\b[^{]*;|rgb|url\(|@import`).MatchString(rest) {
		t.Errorf("there are colours without a name, or something from elsewhere")
	}
	for _, needed := range []string{":focus-visible", "prefers-color-scheme: dark", "@media print"} {
		if !strings.Contains(string(text), needed) {
			t.Errorf("it has no %s", needed)
		}
	}
}

// contrast is the ratio of WCAG 2.2.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, colour string) (sum float64) {
	t.Helper()
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			sum += weight * c / 12.92
		} else {
			sum += weight * math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return sum
}
