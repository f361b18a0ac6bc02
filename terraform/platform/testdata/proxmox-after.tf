terraform {
  required_providers {
    proxmox = {
      source  = "registry.terraform.io/bpg/proxmox"
      version = "0.66.3"
    }
  }
}

provider "proxmox" {
}

resource "proxmox_virtual_environment_vm" "server_a1" {
  name          = "nyb-web-01"
  node_name     = "pve1"
  migrate       = true
  reboot        = false
  started       = true
  pool_id       = "nyborg"
  bios          = "seabios"
  on_boot       = true
  scsi_hardware = "virtio-scsi-single"

  cpu {
    cores   = 2
    sockets = 2
  }

  memory {
    dedicated = 8192
  }

  operating_system {
    type = "l26"
  }

  disk {
    interface    = "scsi0"
    datastore_id = "ceph1"
    size         = 40
  }

  network_device {
    bridge      = "vmbr0"
    model       = "virtio"
    mac_address = "BC:24:11:00:00:01"
  }
}
