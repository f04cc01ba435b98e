//go:build conform && unix

package conform

import (
	"errors"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"cargohome/internal/cargotest"
	"cargohome/internal/check"
)

// codesSeen are those of all findings there were.
var codesSeen sync.Map

// One thing at a time is wrong with a home, a vendor folder, a local registry, the
// configuration, a manifest or a lockfile: check says so if a cargo command fails for it, and
// never without. Every code it has comes up.
func TestCheck(t *testing.T) {
	sites := checkSites(t)
	t.Run("edits", func(t *testing.T) { checkEdits(t, sites) })
	t.Run("git", func(t *testing.T) { checkGit(t, siteNamed(t, sites, "vendor")) })
	t.Run("portable", func(t *testing.T) { checkPortable(t, siteNamed(t, sites, "vendor")) })
	t.Run("versions", func(t *testing.T) { checkVersions(t, siteNamed(t, sites, "vendor")) })
	t.Run("disk", func(t *testing.T) { checkFullDisk(t, sites) })
	if testing.Short() {
		return // what gates a change does not depend on what is drawn
	}
	t.Run("damage", func(t *testing.T) { checkDamage(t, sites) })
	t.Run("real", checkReal)
	t.Run("codes", func(t *testing.T) {
		for _, c := range check.Codes {
			if _, ok := codesSeen.Load(string(c.Code)); !ok {
				t.Errorf("nothing has the code %s", c.Code)
			}
		}
	})
}

// checkDamage damages in every way, at a few places of each site.
func checkDamage(t *testing.T, sites []*checkSite) {
	seed := checkSeed(t)
	for _, s := range sites {
		t.Run(s.name, func(t *testing.T) {
			t.Run("as it should be", (&checkCase{site: s}).test)
			for _, c := range s.damaged(t, seed) {
				t.Run(c.name, c.test)
			}
		})
	}
}

// damaged draws cases: of each kind of damage a few places.
func (s *checkSite) damaged(t *testing.T, seed uint64) (cases []*checkCase) {
	places := s.places()
	for _, d := range damages {
		left := placesEach()
		for _, at := range cargotest.NewLottery(seed, seedOf(s.name, d.name)).Perm(len(places)) {
			c := s.damage(d, places[at], seed)
			if err := c.fits(t); errors.Is(err, errUnfit) {
				continue
			} else if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			if cases, left = append(cases, c), left-1; left == 0 {
				break
			}
		}
	}
	return cases
}

// fits tries the harm.
func (c *checkCase) fits(t *testing.T) error {
	dir := filepath.Join(t.TempDir(), "site")
	defer os.RemoveAll(dir)
	return errors.Join(cargotest.CopyTree(c.site.dir, dir), c.harm(t, dir))
}

func (s *checkSite) damage(d damage, place string, seed uint64) *checkCase {
	return &checkCase{
		site: s, name: d.name + "_" + strings.ReplaceAll(place, "/", ":"), limited: d.limited,
		harm: func(_ *testing.T, dir string) error {
			return d.do(cargotest.NewLottery(seed, seedOf(d.name, place)), filepath.Join(dir, filepath.FromSlash(place)))
		},
	}
}

// checkSeed is drawn, or CARGOHOME_SEED to see the same again.
func checkSeed(t *testing.T) uint64 {
	t.Helper()
	seed := rand.Uint64()
	if text := os.Getenv("CARGOHOME_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("CARGOHOME_SEED=%d", seed)
	return seed
}

// placesEach is how many places each kind of damage is done at in each site.
func placesEach() int {
	if testing.Short() {
		return 1
	}
	return 3
}

func seedOf(texts ...string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(strings.Join(texts, "\x00")))
	return h.Sum64()
}
