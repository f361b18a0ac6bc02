package agent

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
)

// Parse reads one document. Unknown fields, other versions, values out of range and anything after
// the document are errors that say where they stand: a document that is read half would be taken
// for a whole host.
func Parse(r io.Reader) (Document, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return Document{}, fmt.Errorf("read agent document: %w", err)
	}
	if len(data) > MaxBytes {
		return Document{}, fmt.Errorf("agent document is larger than %d MB: check that one host's document was sent, not a collection of them", MaxBytes>>20)
	}
	// The version is read first, so that a document of another version is named as such and not
	// refused for its first new field.
	var head struct {
		Version *int `json:"version"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return Document{}, at(data, offsetOf(err, int64(len(data))), err)
	}
	if head.Version == nil {
		return Document{}, errors.New(`agent document has no "version": it was not written by samdrift-agent`)
	}
	if *head.Version != Version {
		return Document{}, fmt.Errorf("agent document has version %d, this samdrift reads %d: use an agent of the same release", *head.Version, Version)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var d Document
	if err := decoder.Decode(&d); err != nil {
		return Document{}, at(data, offsetOf(err, decoder.InputOffset()), err)
	}
	if err := d.Validate(); err != nil {
		return Document{}, fmt.Errorf("agent document of host %q: %w", d.Identity.Hostname, err)
	}
	return d, nil
}

// Validate reports every value that no host can have.
func (d Document) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if d.Identity.Hostname == "" {
		fault("identity.hostname is empty")
	}
	if d.TakenAt.IsZero() {
		fault("taken_at is missing")
	}
	if d.Hardware.VCPUs < 0 || d.Hardware.Sockets < 0 || d.Hardware.MemoryBytes < 0 {
		fault("hardware has a negative size")
	}
	if !slices.Contains([]string{"", RoleGuest, RoleHost, RolePhysical}, d.Virtual.Role) {
		fault("virtual.role is %q, want %s, %s or %s", d.Virtual.Role, RoleGuest, RoleHost, RolePhysical)
	}
	for i, k := range d.Disks {
		if k.Bytes < 0 {
			fault("disks[%d] %q has %d bytes", i, k.Name, k.Bytes)
		}
	}
	for i, f := range d.FileSystems {
		if f.TotalBytes < 0 || f.UsedBytes < 0 || f.UsedBytes > f.TotalBytes {
			fault("file_systems[%d] %q uses %d of %d bytes", i, f.Mount, f.UsedBytes, f.TotalBytes)
		}
	}
	for i, n := range d.NICs {
		if n.MAC != "" {
			if _, err := net.ParseMAC(n.MAC); err != nil {
				fault("nics[%d] %q: mac %q is no hardware address", i, n.Name, n.MAC)
			}
		}
		for _, a := range n.Addresses {
			if _, err := netip.ParsePrefix(a); err != nil {
				fault("nics[%d] %q: address %q, want one like 10.1.10.21/24", i, n.Name, a)
			}
		}
	}
	for i, l := range d.Listeners {
		if l.Port < 1 || l.Port > 65535 {
			fault("listeners[%d]: port %d is outside 1-65535", i, l.Port)
		}
	}
	for i, f := range d.Flows {
		if err := f.validate(); err != nil {
			fault("flows[%d]: %w", i, err)
		}
	}
	if d.Usage != nil {
		for _, p := range []float64{d.Usage.CPUP50, d.Usage.CPUP95, d.Usage.MemoryP50, d.Usage.MemoryP95} {
			if p < 0 || p > 100 {
				fault("usage holds %g percent", p)
			}
		}
	}
	return errors.Join(faults...)
}

func (f Flow) validate() error {
	if f.Direction != Inbound && f.Direction != Outbound {
		return fmt.Errorf("direction is %q, want %s or %s", f.Direction, Inbound, Outbound)
	}
	for _, ip := range []string{f.LocalIP, f.PeerIP} {
		if _, err := netip.ParseAddr(ip); err != nil {
			return fmt.Errorf("%q is no IP address", ip)
		}
	}
	if f.Port < 1 || f.Port > 65535 {
		return fmt.Errorf("port %d is outside 1-65535", f.Port)
	}
	if f.BytesPerDay < 0 {
		return fmt.Errorf("bytes_per_day is %d", f.BytesPerDay)
	}
	return nil
}

// offsetOf gives the byte at which a JSON error stands, where it tells.
func offsetOf(err error, otherwise int64) int64 {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return syntax.Offset
	case errors.As(err, &kind):
		return kind.Offset
	}
	return otherwise
}

// at adds line and column, both from 1, to an error.
func at(data []byte, offset int64, err error) error {
	before := data[:min(max(offset, 0), int64(len(data)))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return fmt.Errorf("agent document line %d column %d: %w", line, column, err)
}
