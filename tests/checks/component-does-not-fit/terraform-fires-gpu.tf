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

resource "aws_sagemaker_inference_component" "this" {
  inference_component_name = "comp"
  endpoint_name            = aws_sagemaker_endpoint.this.name
  variant_name             = "main"
  specification {
    model_name = aws_sagemaker_model.this.name
    compute_resource_requirements {
      min_memory_required_in_mb              = 1024
      number_of_cpu_cores_required           = 1
      number_of_accelerator_devices_required = 1
    }
  }
  runtime_config {
    copy_count = 1
  }
}
