package snmp

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/gosnmp/gosnmp"
)

// Target is one device to collect. The same address may stand several times with different
// communities, users or contexts: those are different devices.
type Target struct {
	Name         string      `yaml:"name,omitempty"`         // how people call it; shown instead of the address
	Address      string      `yaml:"address"`                // host:port; the port may be left out (161)
	Municipality string      `yaml:"municipality,omitempty"` // three-digit code
	Site         string      `yaml:"site,omitempty"`         // slug
	Version      string      `yaml:"version,omitempty"`      // 1, 2c or 3; default 2c, or 3 when credentials are given
	Community    Secret      `yaml:"community,omitempty"`    // for versions 1 and 2c
	Credentials  Credentials `yaml:"credentials,omitempty"`  // for version 3
	Context      string      `yaml:"context,omitempty"`      // SNMPv3 context name
	Credential   string      `yaml:"credential,omitempty"`   // name of a Credential instead of community and credentials, see Resolve
}

// Credentials are those of an SNMPv3 user (USM, RFC 3414).
type Credentials struct {
	User          string `yaml:"user"`
	SecurityLevel string `yaml:"security_level,omitempty"` // noAuthNoPriv, authNoPriv, authPriv; default: what the passwords allow
	AuthProtocol  string `yaml:"auth_protocol,omitempty"`  // md5, sha, sha224, sha256 (default), sha384, sha512
	AuthPassword  Secret `yaml:"auth_password,omitempty"`
	PrivProtocol  string `yaml:"priv_protocol,omitempty"` // des, aes, aes192, aes256 (default), aes192c, aes256c (Cisco's key extension)
	PrivPassword  Secret `yaml:"priv_password,omitempty"`
}

// The SNMP versions as targets name them.
const (
	Version1  = "1"
	Version2c = "2c"
	Version3  = "3"
)

// The security levels of SNMPv3.
const (
	NoAuthNoPriv = "noAuthNoPriv"
	AuthNoPriv   = "authNoPriv"
	AuthPriv     = "authPriv"
)

// Label is the name that people know the target by: its name, else its address.
func (t Target) Label() string {
	if t.Name != "" {
		return t.Name
	}
	return t.Address
}

// version gives the version with the default filled in.
func (t Target) version() string {
	switch {
	case t.Version != "":
		return t.Version
	case t.Credentials != Credentials{}:
		return Version3
	}
	return Version2c
}

// level gives the security level with the default filled in.
func (c Credentials) level() string {
	switch {
	case c.SecurityLevel != "":
		return c.SecurityLevel
	case c.PrivPassword != "":
		return AuthPriv
	case c.AuthPassword != "":
		return AuthNoPriv
	}
	return NoAuthNoPriv
}

// hostPort splits the address; the default port is 161.
func (t Target) hostPort() (host string, port uint16, err error) {
	address := t.Address
	if !strings.Contains(address, ":") || net.ParseIP(address) != nil || strings.HasSuffix(address, "]") {
		address = net.JoinHostPort(strings.Trim(address, "[]"), "161")
	}
	host, text, err := net.SplitHostPort(address)
	if err != nil || host == "" {
		return "", 0, fmt.Errorf("address %q is not host:port, such as 10.0.0.1:161 or [fd00::1]:161", t.Address)
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		return "", 0, fmt.Errorf("address %q: port %q is not a number from 1 to 65535", t.Address, text)
	}
	return host, uint16(n), nil
}

// Validate reports every fault of the target.
func (t Target) Validate() error {
	return errors.Join(t.validatePlace(), t.validateAccess())
}

// validatePlace reports every fault of where the device is and what it is called.
func (t Target) validatePlace() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if t.Address == "" {
		fault("address is missing")
	} else if _, _, err := t.hostPort(); err != nil {
		faults = append(faults, err)
	}
	if strings.HasPrefix(t.Name, "#") {
		fault("name %q begins with #, which is kept for unnamed devices behind one address", t.Name)
	}
	if n, err := strconv.Atoi(t.Municipality); t.Municipality != "" && (err != nil || len(t.Municipality) != 3 || n <= 0) {
		fault("municipality %q is not a three-digit code such as 461", t.Municipality)
	}
	return errors.Join(faults...)
}

// validateAccess reports every fault of what lets the collector in.
func (t Target) validateAccess() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	switch v := t.version(); v {
	case Version1, Version2c:
		// gosnmp writes the length of a community as one byte.
		if t.Community == "" {
			fault("community is missing: SNMPv%s needs one, SNMPv3 needs credentials", v)
		} else if len(t.Community) > 127 {
			fault("community is %d bytes long, at most 127 can be sent", len(t.Community))
		}
		if t.Credentials != (Credentials{}) {
			fault("credentials are for version 3, this target has version %s", v)
		}
		if t.Context != "" {
			fault("context %q is for version 3, this target has version %s", t.Context, v)
		}
	case Version3:
		if t.Community != "" {
			fault("community is for versions 1 and 2c, this target has version 3")
		}
		faults = append(faults, t.Credentials.validate()...)
	default:
		fault("version %q is none of 1, 2c, 3", v)
	}
	return errors.Join(faults...)
}

func (c Credentials) validate() []error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if c.User == "" {
		fault("credentials: user is missing")
	}
	level := c.level()
	if level != NoAuthNoPriv && level != AuthNoPriv && level != AuthPriv {
		fault("credentials: security_level %q is none of noAuthNoPriv, authNoPriv, authPriv", level)
		return faults
	}
	check := func(kind, name string, known bool, password Secret) {
		if !known {
			fault("credentials: %s_protocol %q is not known", kind, name)
		}
		if len(password) < 8 {
			fault("credentials: %s_password has %d characters, SNMPv3 wants at least 8", kind, len(password))
		}
	}
	if level != NoAuthNoPriv {
		_, known := authProtocols[protocolName(c.AuthProtocol)]
		check("auth", c.AuthProtocol, known, c.AuthPassword)
	}
	if level == AuthPriv {
		_, known := privProtocols[protocolName(c.PrivProtocol)]
		check("priv", c.PrivProtocol, known, c.PrivPassword)
	}
	return faults
}

var separators = strings.NewReplacer("-", "", "_", "")

// protocolName makes "SHA-256", "sha_256" and "sha256" one.
func protocolName(name string) string {
	return separators.Replace(strings.ToLower(name))
}

var authProtocols = map[string]gosnmp.SnmpV3AuthProtocol{
	"":    gosnmp.SHA256,
	"md5": gosnmp.MD5, "sha": gosnmp.SHA, "sha1": gosnmp.SHA,
	"sha224": gosnmp.SHA224, "sha256": gosnmp.SHA256, "sha384": gosnmp.SHA384, "sha512": gosnmp.SHA512,
}

// The kinds with a final c extend short digests the way Cisco and most vendors do (Reeder); without
// it Blumenthal's draft is followed, as net-snmp does. They differ only with MD5, SHA-1 and SHA-224.
var privProtocols = map[string]gosnmp.SnmpV3PrivProtocol{
	"":    gosnmp.AES256,
	"des": gosnmp.DES, "aes": gosnmp.AES, "aes128": gosnmp.AES,
	"aes192": gosnmp.AES192, "aes256": gosnmp.AES256,
	"aes192c": gosnmp.AES192C, "aes256c": gosnmp.AES256C,
}
