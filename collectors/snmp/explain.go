package snmp

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/inventory"
)

// snmpUnknownContexts is what a device reports for a context it does not have (RFC 3413).
const snmpUnknownContexts = ".1.3.6.1.6.3.12.1.5.0"

// explain turns an error of gosnmp into what a technician needs: what is wrong and how to mend it.
func (s *session) explain(packet *gosnmp.SnmpPacket, err error) *trouble {
	user := s.target.Credentials.User
	refused := func(format string, args ...any) *trouble {
		return &trouble{inventory.StatusRefused, fmt.Sprintf(format, args...)}
	}
	switch {
	case s.wire.report == usmUnknownUser || errors.Is(err, gosnmp.ErrUnknownUsername):
		return refused("the device knows no SNMPv3 user %q: create the user on the device or correct credentials.user", user)
	case s.wire.report == usmWrongDigest || errors.Is(err, gosnmp.ErrWrongDigest):
		return refused("the device refuses the signature of SNMPv3 user %q: auth_password or auth_protocol (%s) is wrong",
			user, or(s.target.Credentials.AuthProtocol, "sha256"))
	case s.wire.report == usmDecryptionError || errors.Is(err, gosnmp.ErrDecryption):
		return refused("the device cannot decrypt what SNMPv3 user %q sends: priv_password or priv_protocol (%s) is wrong; for Cisco with SHA-1 or MD5 try aes256c",
			user, or(s.target.Credentials.PrivProtocol, "aes256"))
	case s.wire.report == usmUnsupportedLevel || errors.Is(err, gosnmp.ErrUnknownSecurityLevel):
		return refused("the device does not allow SNMPv3 user %q at security level %s: correct security_level and the passwords",
			user, s.target.Credentials.level())
	case packet != nil && len(packet.Variables) == 1 && packet.Variables[0].Name == snmpUnknownContexts:
		return refused("the device has no SNMPv3 context %q: correct context", s.target.Context)
	case errors.Is(err, syscall.ECONNREFUSED):
		return &trouble{inventory.StatusUnreachable, fmt.Sprintf("nothing listens at %s: SNMP is switched off on the device, or the port is wrong", s.target.Address)}
	case isSilence(err) && s.target.version() == Version3 && !s.health.answered.Load() && s.engineID() != "":
		return refused("the device answers SNMPv3 but not user %q: priv_password or priv_protocol (%s) is wrong, or it has no context %q",
			user, or(s.target.Credentials.PrivProtocol, "aes256"), s.target.Context)
	case isSilence(err):
		return &trouble{inventory.StatusUnreachable, s.silence()}
	}
	return &trouble{inventory.StatusFailed, fmt.Sprintf("%s answers, but not in readable SNMP (%s): check that the port is an SNMP agent's, and its firmware",
		s.target.Address, brief(err))}
}

// silence explains why nothing came back. Devices keep silent on a wrong community.
func (s *session) silence() string {
	tries := s.client.Retries + 1
	if s.health.answered.Load() {
		return fmt.Sprintf("the device stopped answering (%d tries from %v)", tries, s.config.Timeout)
	}
	secret := "the community is wrong (devices keep silent then)"
	if s.target.version() == Version3 {
		secret = "it does not speak SNMPv3"
	}
	return fmt.Sprintf("no answer from %s in %d tries from %v: it is off, a firewall is between, its access list lacks this collector, or %s",
		s.target.Address, tries, s.config.Timeout, secret)
}

// isSilence tells whether an error means that nothing came back in time.
func isSilence(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.Is(err, gosnmp.ErrMaxRetriesExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

// brief gives the first line of an error: gosnmp adds whole stacks to panics it caught.
func brief(err error) string {
	text, _, _ := strings.Cut(err.Error(), " Stack:")
	text, _, _ = strings.Cut(text, "\n")
	return clean([]byte(text), 200)
}

func or(text, otherwise string) string {
	if text != "" {
		return text
	}
	return otherwise
}
