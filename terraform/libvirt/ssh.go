package libvirt

import (
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// overSSH reaches a libvirt's socket through its host's SSH. The client's own way would leave a connection
// open after each reading.
type overSSH struct {
	address, user       string // host:port
	keyfile, knownHosts string
	socket              string // on the host
}

// sshTimeout is how long a host may take to let somebody in.
const sshTimeout = 20 * time.Second

// Dial opens the connection.
func (s overSSH) Dial() (net.Conn, error) {
	text, err := os.ReadFile(s.keyfile)
	if err != nil {
		return nil, fmt.Errorf("keyfile: %w", err)
	}
	key, err := ssh.ParsePrivateKey(text)
	if err != nil {
		return nil, fmt.Errorf("keyfile %s: %w", s.keyfile, err)
	}
	known, err := knownhosts.New(s.knownHosts)
	if err != nil {
		return nil, fmt.Errorf("knownhosts: %w", err)
	}
	wire, err := net.DialTimeout("tcp", s.address, sshTimeout)
	if err != nil {
		return nil, err
	}
	client, err := s.login(wire, &ssh.ClientConfig{User: s.user, Auth: []ssh.AuthMethod{ssh.PublicKeys(key)}, HostKeyCallback: known})
	if err != nil {
		return nil, errors.Join(err, wire.Close())
	}
	conn, err := client.Dial("unix", s.socket)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("socket %s on %s: %w", s.socket, s.address, err), client.Close())
	}
	return tunnel{Conn: conn, client: client}, nil
}

// login is let in within sshTimeout, or not at all.
func (s overSSH) login(wire net.Conn, config *ssh.ClientConfig) (*ssh.Client, error) {
	if err := wire.SetDeadline(time.Now().Add(sshTimeout)); err != nil {
		return nil, err
	}
	conn, channels, requests, err := ssh.NewClientConn(wire, s.address, config)
	if err != nil {
		return nil, err
	}
	return ssh.NewClient(conn, channels, requests), wire.SetDeadline(time.Time{})
}

// tunnel is a connection that ends with the SSH it goes through.
type tunnel struct {
	net.Conn
	client *ssh.Client
}

// Close ends both.
func (t tunnel) Close() error {
	return errors.Join(t.Conn.Close(), t.client.Close())
}
