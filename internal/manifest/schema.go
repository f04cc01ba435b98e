package manifest

import "cargohome/internal/tomltext"

// The types of this file are the tables of a Cargo.toml. Their fields stand in
// the order in which Cargo prints the keys; maps are printed sorted by key. A nil
// field is an absent key, an empty slice or map a present one.
// Source: cargo-util-schemas 0.13.0, src/manifest; spec 7.7.

type tomlManifest struct {
	CargoFeatures      []string                               `key:"cargo-features"`
	Package            *tomlPackage                           `key:"package"`
	Project            *tomlPackage                           `key:"project"` // the old name of package
	Badges             map[string]map[string]string           `key:"badges"`
	Features           map[featureName][]string               `key:"features"`
	Lib                *tomlTarget                            `key:"lib"`
	Bin                []*tomlTarget                          `key:"bin"`
	Example            []*tomlTarget                          `key:"example"`
	Test               []*tomlTarget                          `key:"test"`
	Bench              []*tomlTarget                          `key:"bench"`
	Dependencies       tomlDependencies                       `key:"dependencies"`
	DevDependencies    tomlDependencies                       `key:"dev-dependencies"`
	DevDependencies2   tomlDependencies                       `key:"dev_dependencies"`
	BuildDependencies  tomlDependencies                       `key:"build-dependencies"`
	BuildDependencies2 tomlDependencies                       `key:"build_dependencies"`
	Target             map[string]*tomlPlatform               `key:"target"`
	Lints              *tomlLints                             `key:"lints"`
	Hints              *tomlHints                             `key:"hints"`
	Workspace          *tomlWorkspace                         `key:"workspace"`
	Profile            map[profileName]*tomlProfile           `key:"profile"`
	Patch              map[string]map[packageName]*tomlDetail `key:"patch"`
	Replace            map[string]*tomlDetail                 `key:"replace"`
}

type tomlPackage struct {
	Edition       *inheritable[string]       `key:"edition"`
	RustVersion   *inheritable[rustVersion]  `key:"rust-version"`
	Name          *packageName               `key:"name"`
	Version       *inheritable[looseVersion] `key:"version"`
	Authors       *inheritable[[]string]     `key:"authors"`
	Build         *buildScript               `key:"build"`
	Metabuild     *stringList                `key:"metabuild"`
	DefaultTarget *string                    `key:"default-target"`
	ForcedTarget  *string                    `key:"forced-target"`
	Links         *string                    `key:"links"`
	Exclude       *inheritable[[]string]     `key:"exclude"`
	Include       *inheritable[[]string]     `key:"include"`
	Publish       *inheritable[boolOrList]   `key:"publish"`
	Workspace     *string                    `key:"workspace"`
	Teapot        *bool                      `key:"im-a-teapot"`
	Autolib       *bool                      `key:"autolib"`
	Autobins      *bool                      `key:"autobins"`
	Autoexamples  *bool                      `key:"autoexamples"`
	Autotests     *bool                      `key:"autotests"`
	Autobenches   *bool                      `key:"autobenches"`
	DefaultRun    *string                    `key:"default-run"`
	Description   *inheritable[string]       `key:"description"`
	Homepage      *inheritable[string]       `key:"homepage"`
	Documentation *inheritable[string]       `key:"documentation"`
	Readme        *inheritable[boolOrString] `key:"readme"`
	Keywords      *inheritable[[]string]     `key:"keywords"`
	Categories    *inheritable[[]string]     `key:"categories"`
	License       *inheritable[string]       `key:"license"`
	LicenseFile   *inheritable[string]       `key:"license-file"`
	Repository    *inheritable[string]       `key:"repository"`
	Resolver      *string                    `key:"resolver"`
	Metadata      *anyValue                  `key:"metadata"`
	Misplaced     *misplaced                 `key:"cargo-features"`
}

type tomlTarget struct {
	Name              *string  `key:"name"`
	CrateType         []string `key:"crate-type"`
	CrateType2        []string `key:"crate_type"`
	Path              *string  `key:"path"`
	Filename          *string  `key:"filename"`
	Test              *bool    `key:"test"`
	Doctest           *bool    `key:"doctest"`
	Bench             *bool    `key:"bench"`
	Doc               *bool    `key:"doc"`
	DocScrapeExamples *bool    `key:"doc-scrape-examples"`
	ProcMacro         *bool    `key:"proc-macro"`
	ProcMacro2        *bool    `key:"proc_macro"`
	Harness           *bool    `key:"harness"`
	RequiredFeatures  []string `key:"required-features"`
	Edition           *string  `key:"edition"`
}

type tomlDependencies map[packageName]*tomlDependency

// tomlDetail is a dependency that states everything itself: a version, or a table.
type tomlDetail struct {
	simple          bool         // only a version, printed as a string
	wasSimple       bool         // where it is inherited from, and nothing is added
	Version         *string      `key:"version"`
	Registry        *packageName `key:"registry"`
	RegistryIndex   *string      `key:"registry-index"`
	Path            *string      `key:"path"`
	Base            *packageName `key:"base"`
	Git             *string      `key:"git"`
	Branch          *string      `key:"branch"`
	Tag             *string      `key:"tag"`
	Rev             *string      `key:"rev"`
	Features        []string     `key:"features"`
	Optional        *bool        `key:"optional"`
	DefaultFeatures *bool        `key:"default-features"`
	DefaultFeature2 *bool        `key:"default_features"`
	Package         *packageName `key:"package"`
	Public          *bool        `key:"public"`
	Artifact        *stringList  `key:"artifact"`
	Lib             *bool        `key:"lib"`
	Target          *string      `key:"target"`
}

// tomlInherited is a dependency with `workspace = true`.
type tomlInherited struct {
	Workspace       *bool    `key:"workspace"`
	Features        []string `key:"features"`
	DefaultFeatures *bool    `key:"default-features"`
	DefaultFeature2 *bool    `key:"default_features"`
	Optional        *bool    `key:"optional"`
	Public          *bool    `key:"public"`
}

type tomlPlatform struct {
	Dependencies       tomlDependencies `key:"dependencies"`
	BuildDependencies  tomlDependencies `key:"build-dependencies"`
	BuildDependencies2 tomlDependencies `key:"build_dependencies"`
	DevDependencies    tomlDependencies `key:"dev-dependencies"`
	DevDependencies2   tomlDependencies `key:"dev_dependencies"`
}

type tomlHints struct {
	MostlyUnused *anyValue `key:"mostly-unused"`
}

type tomlWorkspace struct {
	Members        []string                    `key:"members"`
	Exclude        []string                    `key:"exclude"`
	DefaultMembers []string                    `key:"default-members"`
	Resolver       *string                     `key:"resolver"`
	Metadata       *anyValue                   `key:"metadata"`
	Package        *tomlShared                 `key:"package"`
	Dependencies   map[packageName]*tomlDetail `key:"dependencies"`
	Lints          toolLints                   `key:"lints"`
}

// tomlShared is [workspace.package].
type tomlShared struct {
	Version       *strictVersion               `key:"version"`
	Authors       []string                     `key:"authors"`
	Description   *string                      `key:"description"`
	Homepage      *string                      `key:"homepage"`
	Documentation *string                      `key:"documentation"`
	Readme        *boolOrString                `key:"readme"`
	Keywords      []string                     `key:"keywords"`
	Categories    []string                     `key:"categories"`
	License       *string                      `key:"license"`
	LicenseFile   *string                      `key:"license-file"`
	Repository    *string                      `key:"repository"`
	Publish       *boolOrList                  `key:"publish"`
	Edition       *string                      `key:"edition"`
	Badges        map[string]map[string]string `key:"badges"`
	Exclude       []string                     `key:"exclude"`
	Include       []string                     `key:"include"`
	RustVersion   *rustVersion                 `key:"rust-version"`
}

type tomlProfile struct {
	OptLevel         *optLevel                    `key:"opt-level"`
	Lto              *boolOrString                `key:"lto"`
	CodegenBackend   *string                      `key:"codegen-backend"`
	CodegenUnits     *uint32                      `key:"codegen-units"`
	Debug            *debugInfo                   `key:"debug"`
	SplitDebuginfo   *string                      `key:"split-debuginfo"`
	DebugAssertions  *bool                        `key:"debug-assertions"`
	Rpath            *bool                        `key:"rpath"`
	Panic            *string                      `key:"panic"`
	OverflowChecks   *bool                        `key:"overflow-checks"`
	Incremental      *bool                        `key:"incremental"`
	DirName          *string                      `key:"dir-name"`
	Inherits         *string                      `key:"inherits"`
	Strip            *boolOrString                `key:"strip"`
	Rustflags        []string                     `key:"rustflags"`
	Package          map[profileSpec]*tomlProfile `key:"package"`
	BuildOverride    *tomlProfile                 `key:"build-override"`
	TrimPaths        *anyValue                    `key:"trim-paths"`
	HintMostlyUnused *bool                        `key:"hint-mostly-unused"`
}

type toolLints map[string]map[string]*tomlLint

// tomlLints is [lints]: the lints of each tool, or `workspace = true`.
type tomlLints struct {
	inherits bool
	tools    toolLints
}

// tomlLint is one lint: a level, or a table.
type tomlLint struct {
	simple   bool // only a level, printed as a string
	level    string
	priority int8
	config   tomltext.Table // its other keys
}
