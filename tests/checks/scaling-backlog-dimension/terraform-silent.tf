resource "aws_sagemaker_model" "model" {
  name               = "fraud"
  execution_role_arn = "arn:aws:iam::123456789012:role/sagemaker"
  primary_container {
    image          = "123456789012.dkr.ecr.us-east-1.amazonaws.com/fraud:1"
    model_data_url = "s3://models/fraud/model.tar.gz"
  }
}

resource "aws_sagemaker_endpoint_configuration" "config" {
  name = "fraud-1"
  production_variants {
    variant_name           = "AllTraffic"
    model_name             = aws_sagemaker_model.model.name
    instance_type          = "ml.m5.large"
    initial_instance_count = 1
  }
  async_inference_config {
    output_config {
      s3_output_path  = "s3://answers/ok/"
      s3_failure_path = "s3://answers/failed/"
    }
  }
}

resource "aws_sagemaker_endpoint" "endpoint" {
  name                 = "fraud"
  endpoint_config_name = aws_sagemaker_endpoint_configuration.config.name
}

resource "aws_appautoscaling_target" "target" {
  service_namespace  = "sagemaker"
  resource_id        = "endpoint/${aws_sagemaker_endpoint.endpoint.name}/variant/AllTraffic"
  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
  min_capacity       = 1
  max_capacity       = 4
}

resource "aws_appautoscaling_policy" "policy" {
  name               = "backlog"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = "sagemaker"
  resource_id        = "endpoint/${aws_sagemaker_endpoint.endpoint.name}/variant/AllTraffic"
  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
  target_tracking_scaling_policy_configuration {
    target_value = 5
    customized_metric_specification {
      metric_name = "ApproximateBacklogSizePerInstance"
      namespace   = "AWS/SageMaker"
      dimensions {
        name  = "EndpointName"
        value = "fraud"
      }
      statistic = "Average"
    }
  }
}
