package manifest

import (
	"errors"
	"fmt"
	"strings"
)

// A featureCheck holds what the [features] of a package may speak of (cargo 1.95:
// core/summary.rs, build_feature_map).
type featureCheck struct {
	features map[featureName][]string
	optional map[string]bool // every dependency, and whether one of its entries is optional
	listed   map[string]bool // the dependencies named with "dep:", which so have no feature
	used     map[string]bool // the dependencies that a feature turns on
}

func checkFeatureTable(m *tomlManifest) error {
	c := featureCheck{m.Features, map[string]bool{}, map[string]bool{}, map[string]bool{}}
	for table := range m.dependencyTables() {
		for name, d := range table {
			c.optional[string(name)] = c.optional[string(name)] || isTrue(d.Optional)
		}
	}
	c.survey()
	for feature, values := range m.Features {
		for _, v := range values {
			if err := c.value(v); err != nil {
				return fmt.Errorf("feature %q includes %q: %w", feature, v, err)
			}
		}
	}
	for name, optional := range c.optional {
		if optional && !c.used[name] && !c.implicit(name) {
			return fmt.Errorf("optional dependency %q is in no feature", name)
		}
	}
	return nil
}

func (c *featureCheck) survey() {
	for _, values := range c.features {
		for _, v := range values {
			dep, _, slash := strings.Cut(v, "/")
			if slash {
				c.used[strings.TrimSuffix(dep, "?")] = true
			} else if name, ok := strings.CutPrefix(v, "dep:"); ok {
				c.listed[name], c.used[name] = true, true
			}
		}
	}
}

// implicit reports whether the dependency has a feature of its own name that
// nobody wrote.
func (c *featureCheck) implicit(name string) bool {
	_, taken := c.features[featureName(name)]
	return c.optional[name] && !taken && !c.listed[name]
}

func (c *featureCheck) value(v string) error {
	if dep, feature, slash := strings.Cut(v, "/"); slash {
		return c.dependencyFeature(dep, feature)
	}
	name, isDep := strings.CutPrefix(v, "dep:")
	if isDep && c.optional[name] || !isDep && c.implicit(name) {
		return nil
	}
	if _, ok := c.features[featureName(v)]; ok && !isDep {
		return nil
	}
	return errors.New("it is neither a feature nor an optional dependency")
}

func (c *featureCheck) dependencyFeature(dep, feature string) error {
	name, weak := strings.CutSuffix(dep, "?")
	optional, ok := c.optional[name]
	switch {
	case strings.Contains(feature, "/") || strings.HasPrefix(name, "dep:"):
		return errors.New("it has a slash too many")
	case !ok || weak && !optional:
		return errors.New("it is of no such dependency")
	}
	return nil
}
