package recording

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/samdrift/samdrift/collectors/simulated/responder"
)

// Suffix is how the files of recordings end.
const Suffix = ".snmprec"

// Device is a recorded device with its contexts: agents that answer to communities of their own on
// the device's address, as Cisco's switches do for each VLAN.
type Device struct {
	ID     string // the community
	Agents []*responder.Agent
}

// Open reads `<id>.snmprec` in a folder, and its contexts `<id>@<context>.snmprec`.
func Open(folder, id string) (*Device, error) {
	contexts, err := filepath.Glob(filepath.Join(folder, id+"@*"+Suffix))
	if err != nil {
		return nil, err
	}
	slices.Sort(contexts)
	d := &Device{ID: id}
	for _, path := range append([]string{filepath.Join(folder, id+Suffix)}, contexts...) {
		agent, err := open(path)
		if err != nil {
			return nil, err
		}
		d.Agents = append(d.Agents, agent)
	}
	return d, nil
}

func open(path string) (*responder.Agent, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	rec, err := Read(bufio.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	community := strings.TrimSuffix(filepath.Base(path), Suffix)
	return &responder.Agent{View: rec.View, V1: community, V2c: community}, nil
}

// Serve answers for the device until ctx ends, then closes the socket. It returns nil when ctx ended.
func (d *Device) Serve(ctx context.Context, conn net.PacketConn) error {
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	buffer := make([]byte, 8192)
	for {
		n, from, err := conn.ReadFrom(buffer)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("recording %s on %s: socket was closed by someone else: %w", d.ID, conn.LocalAddr(), err)
		case err != nil:
			continue
		}
		for _, agent := range d.Agents {
			if answer := agent.Answer(buffer[:n], time.Time{}); answer != nil {
				// A lost answer is the asker's to ask for again.
				_, _ = conn.WriteTo(answer, from)
				break
			}
		}
	}
}
