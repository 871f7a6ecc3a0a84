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
    instance_type          = "ml.m5.xlarge"
    initial_instance_count = 2
    managed_instance_scaling {
      status             = "ENABLED"
      min_instance_count = 1
      max_instance_count = 3
    }
  }
  execution_role_arn = "arn:aws:iam::123456789012:role/svc/ml"
}

resource "aws_sagemaker_endpoint" "this" {
  name                 = "churn"
  endpoint_config_name = aws_sagemaker_endpoint_configuration.this.name
}

resource "aws_appautoscaling_target" "this" {
  service_namespace  = "sagemaker"
  resource_id        = "inference-component/comp"
  scalable_dimension = "sagemaker:inference-component:DesiredCopyCount"
  min_capacity       = 0
  max_capacity       = 4
}

resource "aws_appautoscaling_policy" "this" {
  name               = "follow"
  service_namespace  = "sagemaker"
  resource_id        = "inference-component/comp"
  scalable_dimension = "sagemaker:inference-component:DesiredCopyCount"
  policy_type        = "TargetTrackingScaling"
  target_tracking_scaling_policy_configuration {
    target_value = 5
    predefined_metric_specification {
      predefined_metric_type = "SageMakerInferenceComponentInvocationsPerCopy"
    }
  }
}

resource "aws_appautoscaling_policy" "scalingpolicy2" {
  name               = "wake"
  service_namespace  = "sagemaker"
  resource_id        = "inference-component/comp"
  scalable_dimension = "sagemaker:inference-component:DesiredCopyCount"
  policy_type        = "StepScaling"
  step_scaling_policy_configuration {
    adjustment_type = "ChangeInCapacity"
    step_adjustment {
      metric_interval_lower_bound = 0
      scaling_adjustment          = 1
    }
  }
}
