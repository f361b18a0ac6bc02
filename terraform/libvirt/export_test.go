package libvirt

import "github.com/samdrift/samdrift/terraform/platform"

// Describe translates libvirt's description of a domain none of whose disks lies in a pool.
func Describe(text string) (platform.Machine, error) {
	d, err := parse(text)
	if err != nil {
		return platform.Machine{}, err
	}
	return d.machine(func(source) (volume, error) { return volume{}, nil })
}
