package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/samdrift/samdrift/terraform/platform"
	"github.com/samdrift/samdrift/terraform/vcenter"
)

// sources are the places that servers are read from, by the names that terraform.agreements uses.
type sources struct {
	VCenters map[string]vCenter `yaml:"vcenters"`
}

// read fetches the secrets of all. A name that stands in two sections is a fault: no mapping could tell
// which of them it means.
func (s sources) read(base string) (map[string]platform.Source, error) {
	all := map[string]platform.Source{}
	err := errors.Join(
		section(all, "vcenters", s.VCenters, base),
	)
	return all, err
}

// login is a source as it stands in the file.
type login interface {
	source(base string) (platform.Source, error)
}

// section adds what one section of the file describes.
func section[L login](all map[string]platform.Source, title string, described map[string]L, base string) error {
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(described)) {
		source, err := described[name].source(base)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s.%s: %w", title, name, err))
		}
		if other, taken := all[name]; taken {
			faults = append(faults, fmt.Errorf("%s.%s: the name stands for something on %s too: give one of them another", title, name, other.Platform().Name()))
			continue
		}
		all[name] = source
	}
	return errors.Join(faults...)
}

type vCenter struct {
	Server   string `yaml:"server"` // host, or host:port
	User     secret `yaml:"user"`
	Password secret `yaml:"password"`
	Insecure bool   `yaml:"insecure"` // accept a certificate that nobody vouches for: labs only
}

func (v vCenter) source(base string) (platform.Source, error) {
	user, userErr := v.User.read(base)
	password, passwordErr := v.Password.read(base)
	var missing error
	if v.Server == "" {
		missing = errors.New("server is missing")
	}
	return vcenter.Login{Server: v.Server, User: user, Password: password, Insecure: v.Insecure}, errors.Join(missing, userErr, passwordErr)
}
