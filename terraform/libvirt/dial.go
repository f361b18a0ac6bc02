package libvirt

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/digitalocean/go-libvirt"
	"github.com/digitalocean/go-libvirt/socket"
	"github.com/digitalocean/go-libvirt/socket/dialers"
)

// defaultSocket is where libvirt listens when nobody says otherwise.
const defaultSocket = "/var/run/libvirt/libvirt-sock"

// dialer gives what reaches the libvirt of the URI, and what that libvirt itself calls what is asked for.
// Parameters are those of the provider, so that both reach the same. The provider runs in a home of its
// own, and so finds no key, known host or certificate that the URI does not name.
func (l Login) dialer() (socket.Dialer, libvirt.ConnectURI, error) {
	u, err := url.Parse(l.URI)
	if err != nil {
		return nil, "", fmt.Errorf("uri %q is none", l.URI)
	}
	driver, transport, stated := strings.Cut(u.Scheme, "+")
	if !stated && u.Host == "" {
		transport = "unix"
	}
	if driver != "qemu" {
		return nil, "", fmt.Errorf("uri %q: want one of QEMU/KVM, such as qemu:///system", u.Redacted())
	}
	if _, secret := u.User.Password(); secret {
		return nil, "", fmt.Errorf("uri %q holds a password: log in with a key, and name its file with keyfile", u.Redacted())
	}
	address := libvirt.ConnectURI((&url.URL{Scheme: driver, Path: u.Path}).String())
	q := u.Query()
	only := func(names ...string) error {
		for name := range q {
			if !slices.Contains(names, name) {
				return fmt.Errorf("uri %q: %s is not understood, want %q", l.URI, name, names)
			}
		}
		return nil
	}
	switch transport {
	case "unix":
		return dialers.NewLocal(dialers.WithSocket(cmp.Or(q.Get("socket"), defaultSocket))), address, only("socket")
	case "ssh":
		if u.User.Username() == "" || q.Get("keyfile") == "" || q.Get("knownhosts") == "" {
			err = fmt.Errorf("uri %q: name the user, the keyfile and the knownhosts file", l.URI)
		}
		through := overSSH{address: net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "22")), user: u.User.Username(),
			keyfile: q.Get("keyfile"), knownHosts: q.Get("knownhosts"), socket: cmp.Or(q.Get("socket"), defaultSocket)}
		return through, address, errors.Join(err, only("keyfile", "knownhosts", "socket"))
	case "tls":
		if q.Get("pkipath") == "" {
			return nil, "", fmt.Errorf("uri %q: name the folder of the certificates with pkipath", l.URI)
		}
		options := []dialers.TLSOption{dialers.UsePKIPath(q.Get("pkipath"))}
		if u.Port() != "" {
			options = append(options, dialers.UseTLSPort(u.Port()))
		}
		return dialers.NewTLS(u.Hostname(), options...), address, only("pkipath")
	}
	return nil, "", fmt.Errorf("uri %q: want qemu:///, qemu+unix:///, qemu+ssh:// or qemu+tls://", l.URI)
}

// line is a connection that can be cut from outside: the client itself would wait for ever for a libvirt
// that does not answer.
type line struct {
	dialer socket.Dialer
	mu     sync.Mutex
	conn   net.Conn
	gone   bool
}

// Dial opens the connection.
func (l *line) Dial() (net.Conn, error) {
	conn, err := l.dialer.Dial()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn = conn
	if l.gone {
		return nil, errors.Join(net.ErrClosed, conn.Close())
	}
	return conn, nil
}

// cut ends the connection, and whatever is waited for over it.
func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.gone = true
	if l.conn != nil {
		_ = l.conn.Close() // what is being read fails, which is the aim
	}
}
