terraform {
  required_providers {
    azurerm = {
      source  = "registry.terraform.io/hashicorp/azurerm"
      version = "5.2.0"
    }
  }
}

provider "azurerm" {
  features {
  }
}

resource "azurerm_windows_virtual_machine" "server_a1" {
  name                  = "nyb-web-01"
  resource_group_name   = "nyborg"
  location              = "northeurope"
  network_interface_ids = ["/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/nyborg/providers/Microsoft.Network/networkInterfaces/nyb-web-01"]
  os_managed_disk_id    = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/nyborg/providers/Microsoft.Compute/disks/nyb-web-01-os"
  size                  = "Standard_D2s_v5"
  zone                  = "1"

  os_disk {
    caching = "ReadWrite"
  }

  lifecycle {
    ignore_changes = all
  }
}
