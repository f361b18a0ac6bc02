package azure

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
)

// What the resource manager answers, as far as it is used: encoding/json finds its names in any case.
type (
	reference struct{ ID string }

	server struct {
		ID, Name, Location string
		Zones              []string
		Plan               *struct{ Publisher, Product string }
		Resources          []reference // extensions
		Properties         struct {
			VMID                                          string
			AvailabilitySet, VirtualMachineScaleSet, Host *reference
			Priority                                      string
			HardwareProfile                               struct {
				VMSize           string
				VMSizeProperties struct{ VCPUsAvailable int }
			}
			StorageProfile struct {
				OSDisk    osDisk
				DataDisks []dataDisk
			}
			NetworkProfile  struct{ NetworkInterfaces []reference }
			SecurityProfile struct {
				SecurityType string
				UEFISettings struct{ VTPMEnabled bool }
			}
			InstanceView status // only in the list of statuses
		}
	}

	status struct {
		HyperVGeneration string
		Statuses         []struct{ Code string }
	}

	osDisk struct {
		attached
		OSType             string
		DiffDiskSettings   *struct{ Option string }
		EncryptionSettings *struct{ Enabled bool }
	}

	dataDisk struct {
		attached
		LUN int
	}

	attached struct {
		Name, Caching string
		DiskSizeGB    int64
		ManagedDisk   *reference
		VHD           *struct{ URI string }
	}

	disk struct {
		ID         string
		SKU        struct{ Name string }
		Properties struct {
			DiskSizeGB                   int64
			MaxShares                    int
			HyperVGeneration             string
			EncryptionSettingsCollection *struct{ Enabled bool }
			Encryption                   struct{ DiskEncryptionSetID string }
		}
	}

	card struct {
		ID         string
		Properties struct {
			MACAddress       string
			IPConfigurations []struct {
				Properties struct {
					PrivateIPAllocationMethod string
					Subnet, PublicIPAddress   *reference
				}
			}
		}
	}

	publicAddress struct {
		ID         string
		Properties struct{ IPAddress string }
	}

	lock struct {
		ID, Name   string
		Properties struct{ Level string }
	}

	sku struct {
		ResourceType, Name string
		Capabilities       []struct{ Name, Value string }
	}
)

// size is what a server of a size has.
type size struct {
	cpus     int
	memoryMB int64
}

// subscription is all that is read of one. Maps are by key, sizes by region and name.
type subscription struct {
	servers     []server
	statuses    map[string]status
	disks       map[string]disk
	cards       map[string]card
	addresses   map[string]string
	locks       map[string][]lock // by what they lock
	locksUnread error             // the login may not read locks
	sizes       map[[2]string]size
}

// The versions of the lists. Servers are asked for in the version that the provider asks for, so that both
// see the same.
const (
	versionServers   = "2024-03-01"
	versionDisks     = "2023-04-02"
	versionNetwork   = "2023-09-01"
	versionLocks     = "2020-05-01"
	versionSizes     = "2021-07-01"
	locksOf          = "/providers/microsoft.authorization/locks/"
	virtualMachines  = "Microsoft.Compute/virtualMachines"
	managedDisks     = "Microsoft.Compute/disks"
	networkCards     = "Microsoft.Network/networkInterfaces"
	publicAddresses  = "Microsoft.Network/publicIPAddresses"
	managementLocks  = "Microsoft.Authorization/locks"
	availableSKUs    = "Microsoft.Compute/skus"
	availabilitySets = "Microsoft.Compute/availabilitySets"
)

func version(v string) url.Values { return url.Values{"api-version": {v}} }

// read asks for each kind of thing once, and for the sizes of each region that servers are in.
func (s *subscription) read(ctx context.Context, c *client) error {
	var err error
	if s.servers, err = list[server](ctx, c, virtualMachines, version(versionServers)); err != nil {
		return err
	}
	running := version(versionServers)
	running.Set("statusOnly", "true")
	told, err := list[server](ctx, c, virtualMachines, running)
	if err != nil {
		return err
	}
	disks, err := list[disk](ctx, c, managedDisks, version(versionDisks))
	if err != nil {
		return err
	}
	cards, err := list[card](ctx, c, networkCards, version(versionNetwork))
	if err != nil {
		return err
	}
	addresses, err := list[publicAddress](ctx, c, publicAddresses, version(versionNetwork))
	if err != nil {
		return err
	}
	s.statuses, s.disks, s.cards, s.addresses = map[string]status{}, map[string]disk{}, map[string]card{}, map[string]string{}
	for _, t := range told {
		s.statuses[key(t.ID)] = t.Properties.InstanceView
	}
	for _, d := range disks {
		s.disks[key(d.ID)] = d
	}
	for _, n := range cards {
		s.cards[key(n.ID)] = n
	}
	for _, a := range addresses {
		s.addresses[key(a.ID)] = a.Properties.IPAddress
	}
	if err := s.readLocks(ctx, c); err != nil {
		return err
	}
	return s.readSizes(ctx, c)
}

// readLocks reads locks if the login may.
func (s *subscription) readLocks(ctx context.Context, c *client) error {
	locks, err := list[lock](ctx, c, managementLocks, version(versionLocks))
	var no *refused
	if errors.As(err, &no) && no.code == http.StatusForbidden {
		s.locksUnread = err
		return nil
	}
	s.locks = map[string][]lock{}
	for _, l := range locks {
		if i := strings.LastIndex(key(l.ID), locksOf); i >= 0 {
			s.locks[key(l.ID)[:i]] = append(s.locks[key(l.ID)[:i]], l)
		}
	}
	return err
}

// readSizes looks up what the sizes of servers stand for.
func (s *subscription) readSizes(ctx context.Context, c *client) error {
	s.sizes = map[[2]string]size{}
	read := map[string]bool{}
	for _, vm := range s.servers {
		where := region(vm.Location)
		if read[where] {
			continue
		}
		read[where] = true
		query := version(versionSizes)
		query.Set("$filter", fmt.Sprintf("location eq '%s'", where))
		skus, err := list[sku](ctx, c, availableSKUs, query)
		if err != nil {
			return err
		}
		for _, k := range skus {
			if strings.EqualFold(k.ResourceType, "virtualMachines") {
				s.sizes[[2]string{where, strings.ToLower(k.Name)}] = k.size()
			}
		}
	}
	return nil
}

// size reads a size's capabilities; what is not told is zero. Some sizes let a server have fewer of its
// CPUs than they hold.
func (k sku) size() size {
	told := map[string]float64{}
	for _, c := range k.Capabilities {
		if n, err := strconv.ParseFloat(c.Value, 64); err == nil {
			told[c.Name] = n
		}
	}
	cpus := told["vCPUs"]
	if fewer := told["vCPUsAvailable"]; fewer > 0 {
		cpus = fewer
	}
	return size{cpus: int(cpus), memoryMB: int64(told["MemoryGB"] * 1024)}
}

// region is how the provider writes a region: "North Europe" is northeurope.
func region(name string) string { return strings.ToLower(strings.ReplaceAll(name, " ", "")) }

// key makes ids comparable: Azure gives one thing's id in differing case.
func key(id string) string { return strings.ToLower(strings.TrimRight(id, "/")) }

// canonical writes the id of a resource of a kind in the case that the provider accepts. Names in it stay
// as they are.
func canonical(id, kind string) (string, *arm.ResourceID, error) {
	r, err := arm.ParseResourceID(id)
	if err != nil {
		return "", nil, err
	}
	if !strings.EqualFold(r.ResourceType.String(), kind) || r.Name == "" || r.Parent.ResourceType.String() != arm.ResourceGroupResourceType.String() {
		return "", nil, fmt.Errorf("%q is no id of a resource of kind %s", id, kind)
	}
	return fmt.Sprintf("/subscriptions/%s/resourceGroups/%s/providers/%s/%s", r.SubscriptionID, r.ResourceGroupName, kind, r.Name), r, nil
}
