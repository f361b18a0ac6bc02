
resource "terraform_data" "check_list" {
  input = {
    copy         = ["centre: manual_copy", "centre: manual_copy_proof", "centre: manual_start"]
    decommission = ["municipality: manual_wipe_source"]
    finalize     = ["both: manual_sign_off"]
    leave        = ["municipality: manual_users_out", "municipality: manual_shut_down", "municipality: manual_source_kept"]
    ready        = ["municipality: manual_restore_tried", "centre: manual_room_confirmed", "both: manual_way_back_agreed"]
    rollback     = ["centre: manual_stop_copy", "municipality: manual_start_source"]
    test         = ["both: manual_rehearse"]
  }
}
