package proxmox_test

import (
	"net/http"

	"github.com/samdrift/samdrift/terraform/proxmox/proxmoxtest"
)

// estate is three running servers on pve1 as three kinds of people make them: a Linux server with most of
// what the dialogue offers, a Windows server with UEFI and TPM, and one made on the command line with
// next to nothing set.
func estate() []proxmoxtest.Server {
	return []proxmoxtest.Server{linux(), windows(), bare()}
}

func linux() proxmoxtest.Server {
	return proxmoxtest.Server{ID: 100, Node: "pve1", Pool: "nyborg", Running: true, Config: map[string]string{
		"agent": "enabled=1,fstrim_cloned_disks=1", "balloon": "0", "boot": "order=scsi0;ide2;net0", "cores": "2", "cpu": "x86-64-v2-AES",
		"description": "Webserver\nDrift: IT", "ide2": "none,media=cdrom", "keyboard": "da", "memory": "8192",
		"meta": "creation-qemu=8.1.5,ctime=1720234045", "name": "nyb-web-01",
		"net0": "virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1,tag=20", "net1": "e1000=BC:24:11:00:00:02,bridge=vmbr1,link_down=1,mtu=1400,queues=4,rate=12.5,trunks=30;40",
		"numa": "0", "onboot": "1", "ostype": "l26", "protection": "1",
		"scsi0": "ceph1:vm-100-disk-0,discard=on,iothread=1,size=40G,ssd=1", "scsi10": "ceph1:vm-100-disk-2,size=1T",
		"scsi2":  "ceph1:vm-100-disk-1,aio=native,backup=0,cache=writeback,iops_wr_max=500,mbps_rd=100,replicate=0,serial=a1,size=200G",
		"scsihw": "virtio-scsi-single", "serial0": "socket", "smbios1": "base64=1,manufacturer=Tnlib3Jn,uuid=03F72037-6d9e-46cd-8ea9-01f8cc736134",
		"sockets": "2", "startup": "order=2,up=30", "tags": "nyborg;web", "vga": "qxl,memory=32", "vmgenid": "d8364c27-171a-4f63-a31a-439a3374ff41",
	}}
}

func windows() proxmoxtest.Server {
	return proxmoxtest.Server{ID: 101, Node: "pve1", Pool: "nyborg", Running: true, HA: "started", Config: map[string]string{
		"bios": "ovmf", "boot": "order=sata0", "cores": "4", "cpu": "host,flags=+aes", "efidisk0": "ceph1:vm-101-disk-0,efitype=4m,pre-enrolled-keys=1,size=528K",
		"hotplug": "disk,network,usb,memory,cpu", "ide2": "ceph1:vm-101-cloudinit,media=cdrom,size=4M", "ipconfig0": "ip=10.20.0.11/24,gw=10.20.0.1",
		"ciuser": "admin", "cipassword": "**********", "sshkeys": "ssh-ed25519%20AAAAC3NzaC1lZDI1NTE5AAAAI%20drift%40nyborg", "nameserver": "10.20.0.2",
		"localtime": "1", "machine": "pc-q35-8.1", "memory": "16384", "name": "nyb-app-01", "numa": "1",
		"net0": "virtio=BC:24:11:00:00:03,bridge=vmbr0,tag=20", "ostype": "win11", "sata0": "ceph1:101/vm-101-disk-2.qcow2,size=100G",
		"smbios1": "uuid=6c305acb-a6b6-4cdd-a431-129be2dda0cf", "tablet": "0", "tpmstate0": "ceph1:vm-101-disk-1,size=4M,version=v2.0", "vcpus": "2",
		"watchdog": "model=i6300esb,action=reset",
	}}
}

func bare() proxmoxtest.Server {
	return proxmoxtest.Server{ID: 102, Node: "pve1", Running: true, Agent: http.StatusInternalServerError, Config: map[string]string{
		"net0": "virtio=BC:24:11:00:00:04,bridge=vmbr0", "virtio0": "ceph1:vm-102-disk-0,size=8G", "smbios1": "uuid=53704878-ec92-4e5e-9387-d2826499f8bf",
	}}
}
