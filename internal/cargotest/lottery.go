package cargotest

import "math/rand/v2"

// Lottery draws by chance. The same two seeds draw the same.
type Lottery struct{ *rand.Rand }

// NewLottery returns a lottery of two seeds.
func NewLottery(seed, round uint64) Lottery { return Lottery{rand.New(rand.NewPCG(seed, round))} }

// Chance is true in so many of a hundred cases.
func (l Lottery) Chance(percent int) bool { return l.IntN(100) < percent }

// Pick draws one of several.
func Pick[T any](l Lottery, of ...T) T { return of[l.IntN(len(of))] }
