package snmp

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// ReadTargets reads targets from YAML (a list, or a mapping with the key targets) or, when name ends
// in .csv, from CSV with a header line. It is strict: unknown keys and columns are errors, and all
// faults come at once as "name:line:column: text". Secrets may be {env: NAME} or {file: PATH} in
// both; a relative PATH is looked up beside the file.
func ReadTargets(r io.Reader, name string) ([]Target, error) {
	read := readYAML
	if strings.EqualFold(filepath.Ext(name), ".csv") {
		read = readCSV
	}
	targets, faults := read(r, filepath.Dir(name))
	if len(faults) > 0 {
		return nil, inFile(name, faults)
	}
	if len(targets) == 0 {
		return nil, fmt.Errorf("%s:1:1: no target in the file: write at least one address", name)
	}
	return targets, nil
}

// fault is something wrong at a place of a file.
type fault struct {
	line, column int
	text         string
}

func (f *fault) Error() string { return fmt.Sprintf("line %d column %d: %s", f.line, f.column, f.text) }

func faultAt(n *yaml.Node, format string, args ...any) *fault {
	return &fault{max(n.Line, 1), max(n.Column, 1), fmt.Sprintf(format, args...)}
}

func readYAML(r io.Reader, dir string) ([]Target, []*fault) {
	var document yaml.Node
	switch err := yaml.NewDecoder(r).Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		line := 1
		text := strings.TrimPrefix(err.Error(), "yaml: ")
		if _, scanErr := fmt.Sscanf(text, "line %d:", &line); scanErr == nil {
			_, text, _ = strings.Cut(text, ": ")
		}
		return nil, []*fault{{line, 1, text}}
	}
	root := resolved(document.Content[0])
	if root.Kind == yaml.MappingNode {
		list := (*yaml.Node)(nil)
		for i := 0; i < len(root.Content); i += 2 {
			if key := root.Content[i]; key.Value != "targets" {
				return nil, []*fault{faultAt(key, "unknown key %q: want targets", key.Value)}
			}
			list = resolved(root.Content[i+1])
		}
		if list == nil {
			return nil, nil
		}
		root = list
	}
	if root.Kind != yaml.SequenceNode {
		return nil, []*fault{faultAt(root, "want a list of targets")}
	}
	var targets []Target
	var faults []*fault
	for _, item := range root.Content {
		t, wrong := targetFrom(resolved(item), dir)
		targets, faults = append(targets, t), append(faults, wrong...)
	}
	return targets, faults
}

// UnmarshalYAML reads a target as strictly as ReadTargets does, for targets inside another file.
func (t *Target) UnmarshalYAML(n *yaml.Node) error {
	got, faults := targetFrom(n, "")
	if len(faults) > 0 {
		errs := make([]error, len(faults))
		for i, f := range faults {
			errs[i] = f
		}
		return errors.Join(errs...)
	}
	*t = got
	return nil
}

// targetFrom reads one target from a YAML mapping and validates it.
func targetFrom(n *yaml.Node, dir string) (Target, []*fault) {
	var t Target
	texts := map[string]*string{
		"name": &t.Name, "address": &t.Address, "municipality": &t.Municipality, "site": &t.Site,
		"version": &t.Version, "context": &t.Context, "credential": &t.Credential,
	}
	user := userFields(&t.Credentials, dir)
	faults := fill(n, dir, texts, map[string]*Secret{"community": &t.Community}, func(key string, value *yaml.Node) []*fault {
		if key == seenKey {
			return []*fault{}
		}
		return user(key, value)
	})
	if len(faults) > 0 {
		return t, faults
	}
	err := t.Validate()
	if t.Credential != "" {
		// Its access is checked when the credential is known.
		err = t.validatePlace()
		if t.Community != "" || t.Credentials != (Credentials{}) {
			err = errors.Join(err, fmt.Errorf("credential %q is named and access given too: want one of them", t.Credential))
		}
	}
	if err != nil {
		faults = append(faults, faultAt(n, "%s", strings.ReplaceAll(err.Error(), "\n", "; ")))
	}
	return t, faults
}

// seenKey is where discovery tells in a targets file what it saw; it is for people.
const seenKey = "seen"

// userFields reads the mapping of an SNMPv3 user under the key credentials.
func userFields(c *Credentials, dir string) func(string, *yaml.Node) []*fault {
	texts := map[string]*string{
		"user": &c.User, "security_level": &c.SecurityLevel,
		"auth_protocol": &c.AuthProtocol, "priv_protocol": &c.PrivProtocol,
	}
	secrets := map[string]*Secret{"auth_password": &c.AuthPassword, "priv_password": &c.PrivPassword}
	return func(key string, value *yaml.Node) []*fault {
		if key != "credentials" {
			return nil
		}
		return append([]*fault{}, fill(value, dir, texts, secrets, nil)...)
	}
}

// fill puts the values of a YAML mapping where its keys say. A key in none of the maps goes to
// nested, which gives nil for a key it does not know either.
func fill(n *yaml.Node, dir string, texts map[string]*string, secrets map[string]*Secret, nested func(string, *yaml.Node) []*fault) []*fault {
	if n.Kind != yaml.MappingNode {
		return []*fault{faultAt(n, "want keys and values here, such as address: 10.0.0.1:161")}
	}
	var faults []*fault
	seen := map[string]bool{}
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], resolved(n.Content[i+1])
		if seen[key.Value] {
			faults = append(faults, faultAt(key, "key %q stands twice", key.Value))
		}
		seen[key.Value] = true
		if secret, ok := secrets[key.Value]; ok {
			got, err := secretFrom(value, dir)
			if f := (*fault)(nil); errors.As(err, &f) {
				faults = append(faults, f)
			}
			*secret = got
			continue
		}
		if text, ok := texts[key.Value]; ok {
			if value.Kind != yaml.ScalarNode {
				faults = append(faults, faultAt(value, "%s is a text", key.Value))
			}
			*text = value.Value
			continue
		}
		var inner []*fault
		if nested != nil {
			inner = nested(key.Value, value)
		}
		if inner == nil {
			faults = append(faults, faultAt(key, "unknown key %q", key.Value))
		}
		faults = append(faults, inner...)
	}
	return faults
}

// csvColumns are the columns a targets CSV may have, in the order the documentation gives them.
var csvColumns = []string{
	"name", "address", "municipality", "site", "version", "community", "user", "security_level",
	"auth_protocol", "auth_password", "priv_protocol", "priv_password", "context", "credential",
}

func readCSV(r io.Reader, dir string) ([]Target, []*fault) {
	buffered := bufio.NewReader(r)
	if mark, err := buffered.Peek(3); err == nil && string(mark) == "\ufeff" { // Excel writes one
		_, _ = buffered.Discard(3)
	}
	if first, err := buffered.Peek(1); err != nil || len(first) == 0 {
		return nil, nil
	}
	c := csv.NewReader(buffered)
	c.TrimLeadingSpace = true
	if head, _ := buffered.Peek(256); strings.Contains(strings.SplitN(string(head), "\n", 2)[0], ";") {
		c.Comma = ';' // Danish Excel
	}
	header, err := c.Read()
	if err != nil {
		return nil, []*fault{csvFault(err)}
	}
	var faults []*fault
	for i, name := range header {
		line, column := c.FieldPos(i)
		header[i] = strings.TrimSpace(name)
		if !slices.Contains(csvColumns, header[i]) {
			faults = append(faults, &fault{line, column, fmt.Sprintf("unknown column %q: want some of %s", header[i], strings.Join(csvColumns, ", "))})
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	var targets []Target
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			return targets, faults
		}
		if err != nil {
			return nil, append(faults, csvFault(err))
		}
		t, wrong := targetFrom(rowNode(c, header, row), dir)
		targets, faults = append(targets, t), append(faults, wrong...)
	}
}

func csvFault(err error) *fault {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return &fault{parse.Line, max(parse.Column, 1), parse.Err.Error()}
	}
	return &fault{1, 1, err.Error()}
}

// rowNode makes a CSV row the YAML mapping it stands for, so that both are read by the same rules.
// Empty cells are left out; a cell may hold {env: NAME} or {file: PATH} where a secret is wanted.
func rowNode(c *csv.Reader, header, row []string) *yaml.Node {
	line, _ := c.FieldPos(0)
	target := &yaml.Node{Kind: yaml.MappingNode, Line: line, Column: 1}
	user := &yaml.Node{Kind: yaml.MappingNode, Line: line, Column: 1}
	for i, text := range row {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		line, column := c.FieldPos(i)
		scalar := func(s string) *yaml.Node {
			return &yaml.Node{Kind: yaml.ScalarNode, Value: s, Line: line, Column: column}
		}
		value := scalar(text)
		for _, kind := range []string{"env", "file"} {
			if inner, ok := strings.CutPrefix(text, "{"+kind+":"); ok && strings.HasSuffix(inner, "}") {
				inner = strings.TrimSpace(strings.TrimSuffix(inner, "}"))
				value = &yaml.Node{Kind: yaml.MappingNode, Line: line, Column: column, Content: []*yaml.Node{scalar(kind), scalar(inner)}}
			}
		}
		into := target
		switch header[i] {
		case "user", "security_level", "auth_protocol", "auth_password", "priv_protocol", "priv_password":
			into = user
		}
		into.Content = append(into.Content, scalar(header[i]), value)
	}
	if len(user.Content) > 0 {
		key := &yaml.Node{Kind: yaml.ScalarNode, Value: "credentials", Line: line, Column: 1}
		target.Content = append(target.Content, key, user)
	}
	return target
}
