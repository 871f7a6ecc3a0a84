locals {
  bucket = "acme-ocr"
  name   = "ocr"
}

resource "aws_sns_topic" "ocr" {
  for_each = toset(["done", "failed"])
  name     = "ocr-${each.key}"
}

resource "aws_sagemaker_model" "ocr" {
  name               = local.name
  execution_role_arn = "arn:aws:iam::210987654321:role/ml/Hosting"
  primary_container {
    image          = "210987654321.dkr.ecr.eu-central-1.amazonaws.com/ocr:11"
    model_data_url = "s3://${local.bucket}/models/ocr.tar.gz"
  }
}

resource "aws_sagemaker_endpoint_configuration" "ocr" {
  name = "${local.name}-async"
  production_variants {
    variant_name           = "gpu"
    model_name             = aws_sagemaker_model.ocr.name
    instance_type          = "ml.g4dn.xlarge"
    initial_instance_count = 1
  }
  async_inference_config {
    client_config {
      max_concurrent_invocations_per_instance = 4
    }
    output_config {
      s3_output_path  = "s3://${local.bucket}/answers/"
      s3_failure_path = "s3://${local.bucket}/failed/"
      notification_config {
        success_topic = aws_sns_topic.ocr["done"].arn
        error_topic   = aws_sns_topic.ocr["failed"].arn
      }
    }
  }
}

resource "aws_sagemaker_endpoint" "ocr" {
  name                 = local.name
  endpoint_config_name = aws_sagemaker_endpoint_configuration.ocr.name
}

resource "aws_appautoscaling_target" "ocr" {
  service_namespace  = "sagemaker"
  resource_id        = format("endpoint/%s/variant/gpu", aws_sagemaker_endpoint.ocr.name)
  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
  min_capacity       = 0
  max_capacity       = 6
}

resource "aws_appautoscaling_policy" "wake" {
  name               = "wake"
  policy_type        = "StepScaling"
  service_namespace  = "sagemaker"
  resource_id        = aws_appautoscaling_target.ocr.resource_id
  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
  step_scaling_policy_configuration {
    adjustment_type         = "ChangeInCapacity"
    metric_aggregation_type = "Average"
    cooldown                = 300
    step_adjustment {
      metric_interval_lower_bound = 0
      scaling_adjustment          = 1
    }
  }
}

resource "aws_appautoscaling_policy" "backlog" {
  name               = "backlog"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = "sagemaker"
  resource_id        = aws_appautoscaling_target.ocr.resource_id
  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
  target_tracking_scaling_policy_configuration {
    target_value = 5
    customized_metric_specification {
      metric_name = "ApproximateBacklogSizePerInstance"
      namespace   = "AWS/SageMaker"
      statistic   = "Average"
      dimensions {
        name  = "EndpointName"
        value = aws_sagemaker_endpoint.ocr.name
      }
    }
  }
}
