
resource "terraform_data" "check_list" {
  input = {
    copy = [{
      owner = "centre"
      task  = "manual_copy"
      }, {
      owner = "centre"
      task  = "manual_copy_proof"
      }, {
      owner = "centre"
      task  = "manual_start"
    }]
    decommission = [{
      owner = "municipality"
      task  = "manual_wipe_source"
    }]
    finalize = [{
      owner = "both"
      task  = "manual_sign_off"
    }]
    leave = [{
      owner = "municipality"
      task  = "manual_users_out"
      }, {
      owner = "municipality"
      task  = "manual_shut_down"
      }, {
      owner = "municipality"
      task  = "manual_source_kept"
    }]
    ready = [{
      owner = "municipality"
      task  = "manual_restore_tried"
      }, {
      owner = "centre"
      task  = "manual_room_confirmed"
      }, {
      owner = "both"
      task  = "manual_way_back_agreed"
    }]
    rollback = [{
      owner = "centre"
      task  = "manual_stop_copy"
      }, {
      owner = "municipality"
      task  = "manual_start_source"
    }]
    test = [{
      owner = "both"
      task  = "manual_rehearse"
    }]
  }
}
