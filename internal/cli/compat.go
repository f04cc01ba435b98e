package cli

import (
	"github.com/spf13/pflag"

	"cargohome/internal/compat"
)

// ruleFlag is a --compat.
type ruleFlag struct{ compat.Rule }

func (f *ruleFlag) register(flags *pflag.FlagSet, use string) {
	flags.Var(f, "compat", use+" cargo `VERSION` makes, 1.70 or newer, or stable-1, which never changes")
}

// Set implements pflag.Value.
func (f *ruleFlag) Set(text string) (err error) {
	f.Rule, err = compat.Parse(text)
	return err
}

// String implements pflag.Value; it is empty where nothing was asked for.
func (f *ruleFlag) String() string {
	if f.Rule == (compat.Rule{}) {
		return ""
	}
	return f.Rule.String()
}

// Type implements pflag.Value.
func (*ruleFlag) Type() string { return "version" }
