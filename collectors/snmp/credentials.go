package snmp

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"
)

// Credential is a way in that several devices share, under a name that stands in targets files and
// in what discovery finds, so that the secret itself stands in one place.
type Credential struct {
	Name        string
	Version     string // 1, 2c or 3; default 2c, or 3 with a user
	Community   Secret
	Credentials Credentials
	Context     string
}

// target gives the device at an address as this credential reaches it.
func (c Credential) target(address string) Target {
	return Target{Address: address, Version: c.Version, Community: c.Community, Credentials: c.Credentials, Context: c.Context, Credential: c.Name}
}

// ReadCredentials reads a YAML file with the key credentials: a list of named credentials, in the
// order in which discovery tries them. All faults come at once as "name:line:column: text".
func ReadCredentials(r io.Reader, name string) ([]Credential, error) {
	var document yaml.Node
	if err := yaml.NewDecoder(r).Decode(&document); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%s:1:1: no credential in the file: want a list under the key credentials", name)
		}
		return nil, fmt.Errorf("%s: %s", name, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	list, faults := listUnder("credentials", resolved(document.Content[0]))
	var all []Credential
	names := map[string]bool{}
	for _, item := range list {
		c, wrong := credentialFrom(resolved(item), filepath.Dir(name))
		if len(wrong) == 0 && names[c.Name] {
			wrong = append(wrong, faultAt(item, "credential %q stands twice", c.Name))
		}
		names[c.Name] = true
		all, faults = append(all, c), append(faults, wrong...)
	}
	if len(all) == 0 && len(faults) == 0 {
		faults = append(faults, &fault{1, 1, "no credential in the file"})
	}
	return all, inFile(name, faults)
}

// inFile joins faults as "name:line:column: text".
func inFile(name string, faults []*fault) error {
	texts := make([]error, len(faults))
	for i, f := range faults {
		texts[i] = fmt.Errorf("%s:%d:%d: %s", name, f.line, f.column, f.text)
	}
	return errors.Join(texts...)
}

// listUnder gives the list that a document holds under its only key.
func listUnder(key string, root *yaml.Node) ([]*yaml.Node, []*fault) {
	if root.Kind != yaml.MappingNode || len(root.Content) != 2 || root.Content[0].Value != key {
		return nil, []*fault{faultAt(root, "want the one key %s here", key)}
	}
	list := resolved(root.Content[1])
	if list.Kind != yaml.SequenceNode {
		return nil, []*fault{faultAt(list, "want a list of %s", key)}
	}
	return list.Content, nil
}

func credentialFrom(n *yaml.Node, dir string) (Credential, []*fault) {
	var c Credential
	texts := map[string]*string{"name": &c.Name, "version": &c.Version, "context": &c.Context}
	faults := fill(n, dir, texts, map[string]*Secret{"community": &c.Community}, userFields(&c.Credentials, dir))
	if len(faults) > 0 {
		return c, faults
	}
	if c.Name == "" {
		faults = append(faults, faultAt(n, "name is missing"))
	}
	if err := c.target("address").validateAccess(); err != nil {
		faults = append(faults, faultAt(n, "%s", strings.ReplaceAll(err.Error(), "\n", "; ")))
	}
	return c, faults
}

// Resolve gives the targets with the credentials that they name filled in. A target that names one
// that is not known is an error.
func Resolve(targets []Target, credentials []Credential) ([]Target, error) {
	named := map[string]Credential{}
	for _, c := range credentials {
		named[c.Name] = c
	}
	var faults []error
	whole := make([]Target, len(targets))
	for i, t := range targets {
		whole[i] = t
		if t.Credential == "" {
			continue
		}
		c, ok := named[t.Credential]
		switch {
		case !ok && len(credentials) == 0:
			faults = append(faults, fmt.Errorf("target %s names credential %q: name the file that holds it with --credentials or snmp.credentials", t.Label(), t.Credential))
		case !ok:
			faults = append(faults, fmt.Errorf("target %s names credential %q, which is not in the credentials file", t.Label(), t.Credential))
		default:
			whole[i].Community, whole[i].Credentials = c.Community, c.Credentials
			if t.Version == "" {
				whole[i].Version = c.Version
			}
			whole[i].Context = or(t.Context, c.Context)
		}
	}
	return whole, errors.Join(faults...)
}
