terraform {
  required_providers {
    libvirt = {
      source  = "registry.terraform.io/dmacvicar/libvirt"
      version = "0.8.3"
    }
  }
}

provider "libvirt" {
}

resource "libvirt_domain" "server_a1" {
  name        = "lab-01"
  vcpu        = 2
  memory      = 2048
  running     = true
  autostart   = true
  description = "the lab's"

  disk {
    volume_id = "/var/lib/libvirt/images/lab-01.qcow2"
  }

  disk {
    block_device = "/dev/vg0/data"
    scsi         = true
  }

  disk {
    file = "/srv/iso/debian.iso"
  }

  disk {
  }

  network_interface {
    network_name = "default"
    mac          = "52:54:00:00:00:01"
  }

  network_interface {
    bridge = "br0"
    mac    = "52:54:00:00:00:02"
  }

  network_interface {
    macvtap = "eth0"
    mac     = "52:54:00:00:00:03"
  }

  network_interface {
    mac = "52:54:00:00:00:04"
  }

  lifecycle {
    ignore_changes = [fw_cfg_name, type, qemu_agent]
  }
}
