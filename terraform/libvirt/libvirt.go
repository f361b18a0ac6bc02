// Package libvirt reads servers from a host with QEMU/KVM under libvirt as libvirt sees them itself: what
// the configuration of a move is written from, and what a move is verified against afterwards. It only
// reads. libvirt calls a server a domain.
package libvirt

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/digitalocean/go-libvirt"

	"github.com/samdrift/samdrift/terraform/platform"
)

// Login says which libvirt. It holds no secret: keys and certificates stand in files that it names.
type Login struct {
	// URI is libvirt's own kind of address, as checked by Validate: qemu:///system on the same machine,
	// qemu+ssh://user@host/system?keyfile=PATH&knownhosts=PATH, or qemu+tls://host/system?pkipath=FOLDER.
	URI string
}

// Platform is libvirt.
func (Login) Platform() platform.Platform { return platform.Libvirt{} }

// Environment is how the login reaches the provider.
func (l Login) Environment() map[string]string {
	return map[string]string{"LIBVIRT_DEFAULT_URI": l.URI}
}

// Validate reports why nothing can be reached by the URI.
func (l Login) Validate() error {
	_, _, err := l.dialer()
	return err
}

// Read gives every domain of the host, sorted by UUID. Asset is left empty: the inventory knows it.
func (l Login) Read(ctx context.Context) ([]platform.Machine, error) {
	machines, err := l.read(ctx)
	if err != nil {
		return nil, fmt.Errorf("libvirt %s: %w", l.URI, errors.Join(err, context.Cause(ctx)))
	}
	slices.SortFunc(machines, func(a, b platform.Machine) int { return strings.Compare(a.UUID, b.UUID) })
	return machines, nil
}

func (l Login) read(ctx context.Context) ([]platform.Machine, error) {
	dialer, address, err := l.dialer()
	if err != nil {
		return nil, err
	}
	line := &line{dialer: dialer}
	stop := context.AfterFunc(ctx, line.cut)
	defer stop()
	defer line.cut() // the client leaves it open when libvirt hangs up first
	client := libvirt.NewWithDialer(line)
	if err := client.ConnectToURI(address); err != nil {
		return nil, err
	}
	defer func() { _ = client.Disconnect() }() // all was read, or the error is told already
	host, err := client.ConnectGetHostname()
	if err != nil {
		return nil, err
	}
	domains, _, err := client.ConnectListAllDomains(1, libvirt.ConnectListDomainsActive|libvirt.ConnectListDomainsInactive)
	if err != nil {
		return nil, err
	}
	r := reader{client: client, host: host, users: map[string][]string{}}
	var seen []sight
	for _, d := range domains {
		s, err := r.look(d)
		if libvirt.IsNotFound(err) {
			continue // it went away while the others were read
		}
		if err != nil {
			return nil, fmt.Errorf("domain %q: %w", d.Name, err)
		}
		seen = append(seen, s)
	}
	var machines []platform.Machine
	for _, s := range seen {
		m := s.machine
		m.Concerns = s.concerns(r.users)
		machines = append(machines, m)
	}
	return machines, nil
}

// reader asks one host.
type reader struct {
	client *libvirt.Libvirt
	host   string
	users  map[string][]string // domains by the disk that they use
}

// sight is all that libvirt tells of a domain.
type sight struct {
	machine       platform.Machine
	now           domain            // as it runs, or would be started
	later         *platform.Machine // as it would be started next, when it runs and is kept
	paused, saved bool
	persistent    bool
	snapshots     int32
}

// look asks for one domain.
func (r *reader) look(d libvirt.Domain) (sight, error) {
	var s sight
	state, _, err := r.client.DomainGetState(d, 0)
	if err != nil {
		return s, err
	}
	autostart, err := r.client.DomainGetAutostart(d)
	if err != nil {
		return s, err
	}
	persistent, err := r.client.DomainIsPersistent(d)
	if err != nil {
		return s, err
	}
	saved, err := r.client.DomainHasManagedSaveImage(d, 0)
	if err != nil {
		return s, err
	}
	if s.snapshots, err = r.client.DomainSnapshotNum(d, 0); err != nil {
		return s, err
	}
	s.persistent, s.saved = persistent != 0, saved != 0
	s.paused = libvirt.DomainState(state) == libvirt.DomainPaused
	if s.now, s.machine, err = r.describe(d, 0); err != nil {
		return s, err
	}
	s.machine.On = libvirt.DomainState(state) == libvirt.DomainRunning
	s.machine.Settings["autostart"] = autostart != 0
	for _, disk := range s.machine.Disks {
		if disk.Label != "" && disk.Mode != "cdrom" {
			r.users[disk.Label] = append(r.users[disk.Label], s.machine.Name)
		}
	}
	if s.persistent && libvirt.DomainState(state) != libvirt.DomainShutoff {
		_, later, err := r.describe(d, libvirt.DomainXMLInactive)
		if err != nil {
			return s, err
		}
		s.later = &later
	}
	return s, nil
}

// describe gives a domain as libvirt describes it, and what that makes of it.
func (r *reader) describe(d libvirt.Domain, flags libvirt.DomainXMLFlags) (domain, platform.Machine, error) {
	text, err := r.client.DomainGetXMLDesc(d, flags)
	if err != nil {
		return domain{}, platform.Machine{}, err
	}
	parsed, err := parse(text)
	if err != nil {
		return domain{}, platform.Machine{}, err
	}
	m, err := parsed.machine(r.volume)
	m.Location.Cluster = r.host
	return parsed, m, err
}

// volume finds the volume that a disk is, in a pool by name or wherever a file lies. A file in no pool
// gives none.
func (r *reader) volume(source source) (volume, error) {
	var found libvirt.StorageVol
	var err error
	if source.Pool != "" {
		var pool libvirt.StoragePool
		if pool, err = r.client.StoragePoolLookupByName(source.Pool); err == nil {
			found, err = r.client.StorageVolLookupByName(pool, source.Volume)
		}
	} else {
		found, err = r.client.StorageVolLookupByPath(source.File)
	}
	var refused libvirt.Error
	if errors.As(err, &refused) && (refused.Code == uint32(libvirt.ErrNoStorageVol) || refused.Code == uint32(libvirt.ErrNoStoragePool)) {
		return volume{}, nil
	}
	if err != nil {
		return volume{}, err
	}
	_, capacity, _, err := r.client.StorageVolGetInfo(found)
	return volume{key: found.Key, pool: found.Pool, bytes: capacity}, err
}
