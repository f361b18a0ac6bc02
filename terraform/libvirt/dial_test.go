package libvirt_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/terraform/libvirt"
)

func TestURI(t *testing.T) {
	for uri, want := range map[string]string{
		"qemu:///system":                                             "",
		"qemu+unix:///session?socket=/run/x":                         "",
		"qemu+ssh://u@h/system?keyfile=k&knownhosts=f":               "",
		"qemu+ssh://u@h:2222/system?keyfile=k&knownhosts=f&socket=s": "",
		"qemu+tls://h:1/system?pkipath=/etc/pki":                     "",
		"":                                                           "want one of QEMU/KVM",
		"xen:///system":                                              "want one of QEMU/KVM",
		"qemu+tcp://h/system":                                        "want qemu:///",
		"qemu+ssh://u@h/system":                                      "the keyfile and the knownhosts file",
		"qemu+ssh://h/system?keyfile=k&knownhosts=f":                 "name the user",
		"qemu+ssh://u:h3mmelig@h/system?keyfile=k&knownhosts=f":      "holds a password",
		"qemu+ssh://u@h/system?keyfile=k&knownhosts=f&no_verify=1":   "no_verify is not understood",
		"qemu+tls://h/system":                                        "pkipath",
		"qemu:///system?mode":                                        "mode is not understood",
		"%":                                                          "is none",
	} {
		err := libvirt.Login{URI: uri}.Validate()
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one about %q", uri, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "h3mmelig") {
			t.Errorf("%q: error %q tells the password", uri, err)
		}
	}
}

func TestReadFails(t *testing.T) {
	dir := t.TempDir()
	listener, err := net.Listen("unix", filepath.Join(dir, "mute"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	soon, stop := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer stop()
	at := func(socket string) libvirt.Login {
		return libvirt.Login{URI: "qemu+unix:///system?socket=" + filepath.Join(dir, socket)}
	}
	for name, tt := range map[string]struct {
		ctx   context.Context
		login libvirt.Login
		want  error
	}{
		"nobody there":               {t.Context(), at("nobody"), nil},
		"one that does not answer":   {soon, at("mute"), context.DeadlineExceeded},
		"stopped before it began":    {cancelled, at("mute"), context.Canceled},
		"an address that means none": {t.Context(), libvirt.Login{URI: "xen:///"}, nil},
	} {
		_, err := tt.login.Read(tt.ctx)
		if err == nil || tt.want != nil && !errors.Is(err, tt.want) || !strings.Contains(err.Error(), "libvirt "+tt.login.URI) {
			t.Errorf("%s: error %v, want %v with the address", name, err, tt.want)
		}
	}
}

// Whatever a libvirt says, it is translated or refused.
func FuzzDescription(f *testing.F) {
	const uuid = "<uuid>4223a9d1-7a49-4d5e-9d7b-52d2d1d0a001</uuid>"
	f.Add("<domain>" + uuid + "<memory unit='KiB'>1024</memory><vcpu>1</vcpu></domain>")
	f.Add("<domain>" + uuid + "<memory unit='KiB'>1024</memory><vcpu>1</vcpu><devices><disk type='file' device='cdrom'/><disk/><interface type='direct'/></devices></domain>")
	f.Add("<domain>" + uuid + "<memory>1</memory><vcpu>1</vcpu></domain>")
	f.Add("<domain")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := libvirt.Describe(text)
		if err == nil && (m.UUID == "" || m.CPUs < 1 || m.Cores < 1) {
			t.Errorf("half a server of %q: %+v", text, m)
		}
	})
}
