variable "config_name" {
  type    = string
  default = "ranker-2026-12"
}

resource "aws_sagemaker_endpoint" "ranker" {
  name                 = "ranker"
  endpoint_config_name = var.config_name

  deployment_config {
    blue_green_update_policy {
      traffic_routing_configuration {
        type                     = "CANARY"
        wait_interval_in_seconds = 600
        canary_size {
          type  = "CAPACITY_PERCENT"
          value = 30
        }
      }
      termination_wait_in_seconds          = 300
      maximum_execution_timeout_in_seconds = 3600
    }
    auto_rollback_configuration {
      alarms { alarm_name = "ranker-5xx" }
      alarms { alarm_name = "ranker-latency" }
    }
  }
}
