package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/samdrift/samdrift/inventory"
)

// app holds what every command shares: its streams and the global flags.
type app struct {
	streams
	dir      string
	config   string
	output   string
	asOf     string
	logLevel string
}

// newRoot builds the command tree.
func newRoot(s streams) *cobra.Command {
	a := &app{streams: s}
	root := &cobra.Command{
		Use:           "samdrift",
		Short:         "Plan and watch the gathering of municipal IT operations in regional centres",
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if f := cmd.Flag("output"); f != nil && !slices.Contains(outputs, a.output) {
				return usageError{fmt.Errorf("--output %q is none of %s", a.output, strings.Join(outputs, ", "))}
			}
			if _, err := inventory.ParseDate(a.asOf); err != nil {
				return usageError{fmt.Errorf("--as-of: %w", err)}
			}
			return nil
		},
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.dir, "dir", "", "data directory (default: dir in the configuration, else "+defaultDir()+")")
	flags.StringVar(&a.config, "config", "", "configuration file (default: samdrift.yaml in the working directory, if there is one)")
	flags.StringVarP(&a.output, "output", "o", "table", "how data is printed: "+strings.Join(outputs, ", "))
	flags.StringVar(&a.asOf, "as-of", "", "the date that planning, scoring and reports take as today (YYYY-MM-DD)")
	flags.StringVar(&a.logLevel, "log-level", "warn", "what is logged to stderr: debug, info, warn, error")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(
		newDemo(a), newServe(a), newCollect(a), newInventory(a), newGap(a), newPlan(a),
		newTerraform(a), newReport(a), newDashboards(a), newCheckConfig(a), newVersion(a), newMan(),
	)
	strictArgs(root)
	return root
}

// strictArgs makes every command refuse words it would otherwise ignore, as a usage error.
func strictArgs(cmd *cobra.Command) {
	check := cmd.Args
	if check == nil {
		check = cobra.NoArgs
	}
	if cmd.HasSubCommands() && cmd.RunE == nil {
		cmd.Args = cobra.ArbitraryArgs
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			text := fmt.Sprintf("unknown command %q for %q", args[0], cmd.CommandPath())
			if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
				text += ": did you mean " + strings.Join(near, " or ") + "?"
			}
			return usageError{fmt.Errorf("%s", text)}
		}
		cmd.SuggestionsMinimumDistance = 2
	} else {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return usageError{err}
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		strictArgs(sub)
	}
}

// logger writes to stderr at the level asked for.
func (a *app) logger() (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(a.logLevel)); err != nil {
		return nil, usageError{fmt.Errorf("--log-level %q is none of debug, info, warn, error", a.logLevel)}
	}
	return slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: level})), nil
}

// defaultDir is where data lies when nothing else is said: the user's own data folder.
func defaultDir() string {
	if base := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(base) {
		return filepath.Join(base, "samdrift")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "samdrift-data"
	}
	return filepath.Join(home, ".local", "share", "samdrift")
}

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version and what it was built with",
		RunE: func(*cobra.Command, []string) error {
			v := readVersion()
			return a.print(v, table{head: []string{"version", "go"}, rows: [][]string{{v.Version, v.Go}}})
		},
	}
}

type versionInfo struct {
	Version string `json:"version"`
	Go      string `json:"go"`
}

// readVersion reads what the Go toolchain wrote into the binary.
func readVersion() versionInfo {
	v := versionInfo{Version: "unknown"}
	if info, ok := debug.ReadBuildInfo(); ok {
		v.Version, v.Go = info.Main.Version, info.GoVersion
	}
	return v
}

func newMan() *cobra.Command {
	return &cobra.Command{
		Use:   "man FOLDER",
		Short: "Write the man pages into a folder",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true
			return doc.GenManTree(root, &doc.GenManHeader{Title: "SAMDRIFT", Section: "1", Source: "samdrift"}, args[0])
		},
	}
}
