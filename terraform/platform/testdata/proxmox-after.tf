terraform {
  required_providers {
    proxmox = {
      source  = "registry.terraform.io/bpg/proxmox"
      version = "0.106.0"
    }
  }
}

provider "proxmox" {
}

resource "proxmox_virtual_environment_vm" "server_a1" {
  name                                 = "nyb-web-01"
  node_name                            = "pve1"
  pool_id                              = "nyborg"
  migrate                              = true
  reboot_after_update                  = false
  purge_on_destroy                     = false
  delete_unreferenced_disks_on_destroy = false

  disk {
    interface    = "scsi0"
    datastore_id = "ceph1"
    size         = 40
    iothread     = true
  }

  disk {
    interface    = "scsi1"
    datastore_id = "ceph2"
    size         = 200
    discard      = "on"

    speed {
      read = 100
    }
  }

  network_device {
    bridge      = "vmbr0"
    model       = "virtio"
    mac_address = "BC:24:11:00:00:01"
    vlan_id     = 20
    firewall    = true
  }

  network_device {
    bridge      = "vmbr1"
    model       = "e1000"
    mac_address = "BC:24:11:00:00:02"
  }

  lifecycle {
    ignore_changes = [acpi, agent, amd_sev, audio_device, bios, boot_order, cdrom, cpu, description, efi_disk, hook_script_file_id, hostpci, hotplug, initialization, keyboard_layout, kvm_arguments, machine, memory, name, numa, on_boot, operating_system, protection, rng, scsi_hardware, serial_device, smbios, started, startup, tablet_device, tags, template, tpm_state, usb, vga, virtiofs, watchdog]
  }
}
