package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/terraform/azure"
	"github.com/samdrift/samdrift/terraform/libvirt"
	"github.com/samdrift/samdrift/terraform/platform"
	"github.com/samdrift/samdrift/terraform/proxmox"
	"github.com/samdrift/samdrift/terraform/vcenter"
)

// sources are the places that servers are read from, by the names that terraform.agreements uses.
type sources struct {
	VCenters map[string]vCenter           `yaml:"vcenters"`
	Proxmox  map[string]proxmoxCluster    `yaml:"proxmox"`
	Libvirt  map[string]libvirtHost       `yaml:"libvirt"`
	Azure    map[string]azureSubscription `yaml:"azure"`
}

// read fetches the secrets of all. A name that stands in two sections is a fault: no mapping could tell
// which of them it means.
func (s sources) read(base string) (map[string]platform.Source, error) {
	all := map[string]platform.Source{}
	err := errors.Join(
		section(all, "vcenters", s.VCenters, base),
		section(all, "proxmox", s.Proxmox, base),
		section(all, "libvirt", s.Libvirt, base),
		section(all, "azure", s.Azure, base),
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
			for _, fault := range strings.Split(err.Error(), "\n") {
				faults = append(faults, fmt.Errorf("%s.%s: %s", title, name, fault))
			}
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
	return vcenter.Login{Server: v.Server, User: user, Password: password, Insecure: v.Insecure},
		errors.Join(unset("server", v.Server), userErr, passwordErr)
}

type proxmoxCluster struct {
	Server   string `yaml:"server"` // one node: host, or host:port
	TokenID  string `yaml:"token_id"`
	Token    secret `yaml:"token"`
	Insecure bool   `yaml:"insecure"` // accept a certificate that nobody vouches for: labs only
}

func (c proxmoxCluster) source(base string) (platform.Source, error) {
	token, err := c.Token.read(base)
	return proxmox.Login{Server: c.Server, TokenID: c.TokenID, TokenSecret: token, Insecure: c.Insecure},
		errors.Join(unset("server", c.Server), unset("token_id", c.TokenID), err)
}

type libvirtHost struct {
	URI string `yaml:"uri"` // as libvirt has it; keys and certificates stand in files that it names
}

func (h libvirtHost) source(string) (platform.Source, error) {
	l := libvirt.Login{URI: h.URI}
	return l, l.Validate()
}

type azureSubscription struct {
	Tenant       string `yaml:"tenant"` // id of the directory
	Subscription string `yaml:"subscription"`
	ClientID     string `yaml:"client_id"` // of the app registration
	ClientSecret secret `yaml:"client_secret"`
}

func (s azureSubscription) source(base string) (platform.Source, error) {
	password, err := s.ClientSecret.read(base)
	return azure.Login{Tenant: s.Tenant, Subscription: s.Subscription, ClientID: s.ClientID, ClientSecret: password},
		errors.Join(unset("tenant", s.Tenant), unset("subscription", s.Subscription), unset("client_id", s.ClientID), err)
}

// unset is the fault of a setting that must stand in the file.
func unset(name, value string) error {
	if value == "" {
		return fmt.Errorf("%s is missing", name)
	}
	return nil
}
