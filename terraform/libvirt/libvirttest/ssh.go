package libvirttest

import (
	"bytes"
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/samdrift/samdrift/terraform/libvirt"
)

// OverSSH gives a login to the world through an SSH server of the test's own, with a key, and counts the
// connections that are open.
func (w *World) OverSSH(t testing.TB) (libvirt.Login, *Host) {
	t.Helper()
	h := &Host{config: &ssh.ServerConfig{}}
	hostKey, userKey := key(t, ""), key(t, filepath.Join(w.dir, "key"))
	h.config.AddHostKey(hostKey)
	h.config.PublicKeyCallback = func(_ ssh.ConnMetadata, offered ssh.PublicKey) (*ssh.Permissions, error) {
		if !bytes.Equal(offered.Marshal(), userKey.PublicKey().Marshal()) {
			return nil, errors.New("not this key")
		}
		return nil, nil
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.work.Go(func() { h.serve(listener) })
	t.Cleanup(func() { _ = listener.Close(); h.work.Wait() })
	known := knownhosts.Line([]string{listener.Addr().String()}, hostKey.PublicKey())
	file := filepath.Join(w.dir, "known_hosts")
	if err := os.WriteFile(file, []byte(known+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	query := url.Values{"keyfile": {filepath.Join(w.dir, "key")}, "knownhosts": {file}, "socket": {filepath.Join(w.dir, "libvirt-sock")}}
	return libvirt.Login{URI: fmt.Sprintf("qemu+ssh://samdrift@%s/system?%s", listener.Addr(), query.Encode())}, h
}

// key makes a key, and keeps it in a file where one is named.
func key(t testing.TB, file string) ssh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	if file == "" {
		return signer
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	return signer
}

// Host is an SSH server that lets its users reach Unix sockets, and nothing else.
type Host struct {
	config *ssh.ServerConfig
	work   sync.WaitGroup

	mu         sync.Mutex
	open, ever int
}

// Connections tells how many are open, and how many there have been.
func (h *Host) Connections() (open, ever int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.open, h.ever
}

func (h *Host) count(open, ever int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open += open
	h.ever += ever
}

func (h *Host) serve(listener net.Listener) {
	for {
		wire, err := listener.Accept()
		if err != nil {
			return // the test is over
		}
		h.work.Go(func() {
			h.count(1, 1)
			defer h.count(-1, 0)
			defer func() { _ = wire.Close() }()
			_, channels, requests, err := ssh.NewServerConn(wire, h.config)
			if err != nil {
				return // somebody without the key
			}
			h.work.Go(func() { ssh.DiscardRequests(requests) })
			for c := range channels {
				forward(c)
			}
		})
	}
}

// forward connects a channel with the socket that it asks for, until one of them ends.
func forward(asked ssh.NewChannel) {
	var target struct {
		Path     string
		Reserved string
		Number   uint32
	}
	if err := ssh.Unmarshal(asked.ExtraData(), &target); asked.ChannelType() != "direct-streamlocal@openssh.com" || err != nil {
		_ = asked.Reject(ssh.UnknownChannelType, "sockets only")
		return
	}
	socket, err := net.Dial("unix", target.Path)
	if err != nil {
		_ = asked.Reject(ssh.ConnectionFailed, err.Error())
		return
	}
	channel, requests, err := asked.Accept()
	if err != nil {
		_ = socket.Close()
		return
	}
	var ways sync.WaitGroup
	ways.Go(func() { ssh.DiscardRequests(requests) })
	ways.Go(func() { _, _ = io.Copy(channel, socket); _ = channel.Close() })
	ways.Go(func() { _, _ = io.Copy(socket, channel); _ = socket.Close() })
	ways.Wait()
}
