terraform {
  required_providers {
    vsphere = {
      source  = "registry.terraform.io/hashicorp/vsphere"
      version = "1.26.0"
    }
  }
}

provider "vsphere" {
}

data "vsphere_datacenter" "dc0" {
  name = "DC"
}

data "vsphere_resource_pool" "pool0" {
  name          = "Nyborg/Resources"
  datacenter_id = data.vsphere_datacenter.dc0.id
}

data "vsphere_datastore" "ds0" {
  name          = "nyb-ds1"
  datacenter_id = data.vsphere_datacenter.dc0.id
}

data "vsphere_network" "net0" {
  name          = "Server-20"
  datacenter_id = data.vsphere_datacenter.dc0.id
}

import {
  to = vsphere_virtual_machine.server_a1
  id = "/DC/vm/Nyborg/nyb-esdh-01"
}

resource "vsphere_virtual_machine" "server_a1" {
  name                 = "nyb-esdh-01"
  resource_pool_id     = data.vsphere_resource_pool.pool0.id
  datastore_id         = data.vsphere_datastore.ds0.id
  folder               = "Nyborg"
  num_cpus             = 4
  num_cores_per_socket = 2
  memory               = 16384
  guest_id             = "windows2019srv_64Guest"
  firmware             = "efi"
  annotation           = "Ejer: $${file(\"/etc/passwd\")}"
  hardware_version     = 19
  sync_time_with_host  = false

  network_interface {
    network_id   = data.vsphere_network.net0.id
    adapter_type = "vmxnet3"
  }

  disk {
    label            = "disk0"
    size             = 80
    unit_number      = 0
    thin_provisioned = true
    eagerly_scrub    = false
    disk_mode        = "persistent"
    disk_sharing     = "sharingNone"
    keep_on_remove   = true
  }


  lifecycle {
    ignore_changes = [tags, custom_attributes]
  }
}

data "vsphere_resource_pool" "pool1" {
  name          = "Nyborg/Resources/Produktion"
  datacenter_id = data.vsphere_datacenter.dc0.id
}

data "vsphere_datastore" "ds1" {
  name          = "nyb-ds2"
  datacenter_id = data.vsphere_datacenter.dc0.id
}

data "vsphere_network" "net1" {
  name          = "Backup-30"
  datacenter_id = data.vsphere_datacenter.dc0.id
}

import {
  to = vsphere_virtual_machine.server_a2
  id = "/DC/vm/Nyborg/nyb-esdh-02"
}

resource "vsphere_virtual_machine" "server_a2" {
  name                 = "nyb-esdh-02"
  resource_pool_id     = data.vsphere_resource_pool.pool1.id
  datastore_id         = data.vsphere_datastore.ds0.id
  folder               = "Nyborg"
  num_cpus             = 4
  num_cores_per_socket = 2
  memory               = 16384
  guest_id             = "windows2019srv_64Guest"
  firmware             = "efi"
  annotation           = "Ejer: $${file(\"/etc/passwd\")}"
  hardware_version     = 19
  sync_time_with_host  = false

  network_interface {
    network_id   = data.vsphere_network.net0.id
    adapter_type = "vmxnet3"
  }

  network_interface {
    network_id     = data.vsphere_network.net1.id
    adapter_type   = "e1000e"
    use_static_mac = true
    mac_address    = "00:50:56:00:00:03"
  }

  disk {
    label            = "disk0"
    size             = 80
    unit_number      = 0
    thin_provisioned = true
    eagerly_scrub    = false
    disk_mode        = "persistent"
    disk_sharing     = "sharingNone"
    keep_on_remove   = true
  }

  disk {
    label            = "disk1"
    size             = 500
    unit_number      = 15
    thin_provisioned = false
    eagerly_scrub    = true
    disk_mode        = "persistent"
    disk_sharing     = "sharingNone"
    keep_on_remove   = true
    datastore_id     = data.vsphere_datastore.ds1.id
  }


  lifecycle {
    ignore_changes = [tags, custom_attributes]
  }
}
