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
  name      = "lab-01"
  vcpu      = 2
  memory    = 2048
  running   = true
  autostart = true
  machine   = "q35"

  disk {
    volume_id = "/var/lib/libvirt/images/lab-01.qcow2"
  }

  network_interface {
    network_name = "default"
    mac          = "52:54:00:00:00:01"
  }

  network_interface {
    bridge = "br0"
    mac    = "52:54:00:00:00:02"
  }

  lifecycle {
    ignore_changes = [fw_cfg_name, type]
  }
}
