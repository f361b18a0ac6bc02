package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/collectors/snmp"
)

// discoverFlags are what a search is asked for on the command line.
type discoverFlags struct {
	exclude                   []string
	scopes, credentials, seen string
	port                      uint16
}

func newCollectDiscover(a *app) *cobra.Command {
	var f discoverFlags
	d := snmp.DefaultDiscovery()
	cmd := &cobra.Command{
		Use:   "discover [CIDR...]",
		Short: "Search ranges of addresses for SNMP devices and print targets for collect snmp",
		Long: `Search ranges of addresses for SNMP devices and print targets for collect snmp.

Every address is asked small questions with the credentials of --credentials, in their order or in
that of the address's scope, and with no others: communities are never guessed. With --scope only
what lies inside a scope is searched; without CIDR all of the scopes. JSON and CSV output is a
targets file, with credentials by name and no secrets:

  samdrift collect discover 10.46.0.0/16 --credentials credentials.yaml --output json > targets.json
  samdrift collect snmp --targets targets.json --credentials credentials.yaml`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, ranges []string) error {
			c, err := a.loadConfig()
			if err != nil {
				return err
			}
			if f.credentials == "" {
				f.credentials = beside(c.path, c.SNMP.Credentials)
			}
			if err := f.fill(&d, ranges); err != nil {
				return err
			}
			if d.LastGood, err = readLastGood(f.seen); err != nil {
				return err
			}
			d.Progress = a.progress("searching")
			start := time.Now()
			result, runErr := d.Run(cmd.Context())
			if runErr != nil && result.Looked == 0 {
				return runErr
			}
			a.say("looked at %d addresses with %d packets in %v: %d devices found", result.Looked, result.Packets, time.Since(start).Round(100*time.Millisecond), len(result.Found))
			if len(result.Locked) > 0 {
				a.say("%d more speak SNMPv3 but let none of the credentials in: %s", len(result.Locked), some(result.Locked, 20))
			}
			return errors.Join(runErr, writeLastGood(f.seen, d.LastGood, result.Found), a.print(rowsOf(result.Found), foundTable(a.output, result.Found)))
		},
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&f.exclude, "exclude", nil, "ranges or addresses that are left out")
	flags.StringVar(&f.scopes, "scope", "", "file with the scopes that may be searched, YAML")
	flags.StringVar(&f.credentials, "credentials", "", "file with the credentials to try, YAML (default: snmp.credentials in the configuration)")
	flags.StringVar(&f.seen, "state", "", "file that remembers which credential let us in where; it holds no secrets")
	flags.Uint16Var(&f.port, "port", 161, "port of ranges that are in no scope file")
	flags.IntVar(&d.Rate, "rate", d.Rate, "packets a second")
	flags.IntVar(&d.Rounds, "rounds", d.Rounds, "how often a silent address is asked with each credential")
	flags.DurationVar(&d.Timeout, "timeout", d.Timeout, "how long answers may take")
	flags.IntVar(&d.MaxAuthFailures, "max-auth-failures", d.MaxAuthFailures, "credentials that may fail on one address before the rest are not tried")
	flags.BoolVar(&d.Crawl, "crawl", false, "ask what is found for its neighbours (LLDP, CDP, ARP) and look at those inside the scope")
	flags.BoolVar(&d.Large, "yes-large", false, "more than 1,048,576 addresses (a /12) are meant")
	return cmd
}

// fill completes a search with the ranges and the files that the flags name.
func (f discoverFlags) fill(d *snmp.Discovery, ranges []string) error {
	wanted, err := parseRanges(ranges)
	if err != nil {
		return usageError{err}
	}
	excluded, err := parseRanges(f.exclude)
	if err != nil {
		return usageError{fmt.Errorf("--exclude: %w", err)}
	}
	switch {
	case f.credentials == "":
		return usageError{errors.New("no credentials to try: name a file with --credentials, or with snmp.credentials in the configuration")}
	case f.scopes == "" && len(wanted) == 0:
		return usageError{errors.New("nothing to search: name ranges such as 10.46.0.0/24, or a file with --scope")}
	case f.scopes == "" && d.Crawl:
		return usageError{errors.New("--crawl needs --scope, which tells how far it may go")}
	}
	if d.Credentials, err = readCredentials(f.credentials); err != nil {
		return err
	}
	if f.scopes == "" {
		d.Scopes = []snmp.Scope{{Name: strings.Join(ranges, " "), CIDRs: wanted, Port: f.port}}
	} else {
		file, err := os.Open(f.scopes)
		if err != nil {
			return fmt.Errorf("scopes: %w", err)
		}
		defer func() { _ = file.Close() }()
		if d.Scopes, err = snmp.ReadScopes(file, f.scopes); err != nil {
			return err
		}
		if len(wanted) > 0 {
			if d.Scopes, err = snmp.Narrow(d.Scopes, wanted); err != nil {
				return usageError{err}
			}
		}
	}
	for i := range d.Scopes {
		d.Scopes[i].Exclude = append(d.Scopes[i].Exclude, excluded...)
	}
	if err = d.Validate(); errors.Is(err, snmp.ErrLarge) {
		err = fmt.Errorf("%w: name smaller ranges, or say with --yes-large that you mean it", err)
	}
	if err != nil {
		return usageError{err}
	}
	return nil
}

func parseRanges(texts []string) ([]netip.Prefix, error) {
	var ranges []netip.Prefix
	var faults []error
	for _, text := range texts {
		r, err := snmp.ParseRange(text)
		ranges, faults = append(ranges, r), append(faults, err)
	}
	return ranges, errors.Join(faults...)
}

// readLastGood reads which credential worked at which address. A file that is not there yet is empty.
func readLastGood(path string) (map[string]string, error) {
	last := map[string]string{}
	if path == "" {
		return last, nil
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return last, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &last)
	}
	if err != nil {
		return nil, fmt.Errorf("--state %s: %w: remove the file to begin anew", path, err)
	}
	return last, nil
}

// writeLastGood adds what worked now, replacing the file in one step.
func writeLastGood(path string, last map[string]string, found []snmp.Found) error {
	if path == "" {
		return nil
	}
	for _, f := range found {
		last[f.Address] = f.Credential
	}
	data, err := json.MarshalIndent(last, "", "  ")
	if err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".state")
	if err != nil {
		return fmt.Errorf("--state: %w", err)
	}
	_, err = temporary.Write(append(data, '\n'))
	if err = errors.Join(err, temporary.Close()); err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("--state %s: %w", path, err), os.Remove(temporary.Name()))
	}
	return nil
}

// rowsOf gives a list that is never null, so that an empty outcome is a list too.
func rowsOf(found []snmp.Found) []snmp.Found { return append([]snmp.Found{}, found...) }

// foundTable is the outcome for people, or as CSV a targets file.
func foundTable(output string, found []snmp.Found) table {
	if output == "csv" {
		t := table{head: []string{"address", "municipality", "site", "version", "credential"}}
		for _, f := range found {
			t.rows = append(t.rows, []string{f.Address, f.Municipality, f.Site, f.Version, f.Credential})
		}
		return t
	}
	t := table{head: []string{"address", "name", "protocol", "credential", "finding", "description"}}
	for _, f := range found {
		finding := ""
		switch {
		case f.Seen.DefaultCommunity != nil && *f.Seen.DefaultCommunity:
			finding = "default community, not encrypted"
		case f.Version != snmp.Version3:
			finding = "not encrypted"
		}
		descr, _, _ := strings.Cut(f.Seen.SysDescr, "\n")
		if short := []rune(descr); len(short) > 60 {
			descr = string(short[:60]) + "…"
		}
		t.rows = append(t.rows, []string{f.Address, f.Seen.SysName, strings.Join(f.Seen.Protocols, " "), f.Credential, finding, descr})
	}
	return t
}

// some lists the first few of many.
func some(all []string, most int) string {
	if len(all) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(all[:most], ", "), len(all)-most)
	}
	return strings.Join(all, ", ")
}
