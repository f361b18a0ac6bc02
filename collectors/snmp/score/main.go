// Command score tells how well the collector reads devices that others have recorded: it serves every
// recording of a folder on loopback, collects it over SNMP as `samdrift collect snmp` does, and
// compares what comes out with the facts that are asserted for it.
//
// The folder holds `recordings/` with `expected/` (rich: all tables asserted) and `detect/` with
// detect.json (thin: platform only). Run it as
//
//	go run ./collectors/snmp/score --data FOLDER [--only id,id] [--wrong] [--output json]
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "score:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("score", flag.ContinueOnError)
	data := flags.String("data", "../shared/snmp", "folder of recordings and facts")
	only := flags.String("only", "", "score these recordings only, by id, separated by commas")
	wrong := flags.Bool("wrong", false, "list every value that is missing or wrong")
	output := flags.String("output", "text", "text or json")
	if err := flags.Parse(args); err != nil {
		return err
	}
	cases, err := readCases(*data, strings.FieldsFunc(*only, func(r rune) bool { return r == ',' }))
	if err != nil {
		return err
	}
	records, err := collect(ctx, cases)
	if err != nil {
		return err
	}
	s := newScore()
	for _, c := range cases {
		s.judge(c, records[c.key()])
	}
	if *output == "json" {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(s.rows())
	}
	return s.print(out, *wrong)
}
