terraform {
  required_version = ">= 1.5"
}

variable "stage" {
  type    = string
  default = "prod"
}

variable "image" { type = string }

locals {
  prefix = "ranker-${var.stage}"
  sizes = {
    dev  = { type = "ml.m5.large", count = 1 }
    prod = { type = "ml.c6i.2xlarge", count = 3 }
  }
  size    = local.sizes[var.stage]
  capture = ["Input", "Output"]
}

resource "aws_sagemaker_model" "ranker" {
  name               = "${local.prefix}-model"
  execution_role_arn = aws_iam_role.hosting.arn

  primary_container {
    image          = var.image
    model_data_url = "s3://acme-models/ranker/model.tar.gz"
    environment = {
      LOG_LEVEL = var.stage == "prod" ? "warning" : "debug"
    }
  }
}

resource "aws_sagemaker_endpoint_configuration" "ranker" {
  name_prefix = "${local.prefix}-"

  production_variants {
    variant_name                                      = "blue"
    model_name                                        = aws_sagemaker_model.ranker.name
    instance_type                                     = local.size.type
    initial_instance_count                            = local.size.count
    initial_variant_weight                            = 1
    volume_size_in_gb                                 = 40
    container_startup_health_check_timeout_in_seconds = 600
    model_data_download_timeout_in_seconds            = 900

    routing_config {
      routing_strategy = "LEAST_OUTSTANDING_REQUESTS"
    }
  }

  data_capture_config {
    enable_capture              = true
    initial_sampling_percentage = 101
    destination_s3_uri          = "s3://acme-ml-capture/ranker"

    dynamic "capture_options" {
      for_each = toset(local.capture)
      content {
        capture_mode = capture_options.value
      }
    }
  }

  tags = {
    team = "search"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_sagemaker_endpoint" "ranker" {
  name                 = local.prefix
  endpoint_config_name = aws_sagemaker_endpoint_configuration.ranker.name
}

resource "aws_appautoscaling_target" "ranker" {
  service_namespace  = "sagemaker"
  resource_id        = "endpoint/${aws_sagemaker_endpoint.ranker.name}/variant/blue"
  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
  min_capacity       = 2
  max_capacity       = 9
}

resource "aws_appautoscaling_policy" "ranker" {
  name               = "per-instance"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.ranker.service_namespace
  resource_id        = aws_appautoscaling_target.ranker.resource_id
  scalable_dimension = aws_appautoscaling_target.ranker.scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value       = 450
    scale_in_cooldown  = 600
    scale_out_cooldown = 60

    predefined_metric_specification {
      predefined_metric_type = "SageMakerVariantInvocationsPerInstance"
    }
  }
}
