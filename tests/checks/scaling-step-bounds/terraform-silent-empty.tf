resource "aws_sagemaker_model" "this" {
  name               = "churn"
  execution_role_arn = "arn:aws:iam::123456789012:role/svc/ml"
  primary_container {
    image          = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/churn:3"
    model_data_url = "s3://acme-models/churn/model.tar.gz"
  }
}

resource "aws_sagemaker_endpoint_configuration" "this" {
  name = "churn-v3"
  production_variants {
    variant_name           = "main"
    model_name             = aws_sagemaker_model.this.name
    instance_type          = "ml.m5.xlarge"
    initial_instance_count = 1
    initial_variant_weight = 1.0
  }
  async_inference_config {
    output_config {
      s3_output_path  = "s3://acme-out/a/"
      s3_failure_path = "s3://acme-out/f/"
    }
  }
}

resource "aws_sagemaker_endpoint" "this" {
  name                 = "churn"
  endpoint_config_name = aws_sagemaker_endpoint_configuration.this.name
}

resource "aws_appautoscaling_target" "this" {
  service_namespace  = "sagemaker"
  resource_id        = "endpoint/${aws_sagemaker_endpoint.this.name}/variant/main"
  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
  min_capacity       = 0
  max_capacity       = 4
}

resource "aws_appautoscaling_policy" "this" {
  name               = "wake"
  service_namespace  = "sagemaker"
  resource_id        = "endpoint/${aws_sagemaker_endpoint.this.name}/variant/main"
  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
  policy_type        = "StepScaling"
  step_scaling_policy_configuration {
    adjustment_type         = "ChangeInCapacity"
    metric_aggregation_type = "Average"
    cooldown                = 60
    step_adjustment {
      metric_interval_lower_bound = 0
      metric_interval_upper_bound = ""
      scaling_adjustment          = 1
    }
  }
}
