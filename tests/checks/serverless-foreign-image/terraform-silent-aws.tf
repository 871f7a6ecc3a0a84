resource "aws_sagemaker_model" "this" {
  name               = "churn"
  execution_role_arn = "arn:aws:iam::123456789012:role/svc/ml"
  primary_container {
    image          = "763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-inference:2.1-cpu-py310"
    model_data_url = "s3://acme-models/churn/model.tar.gz"
  }
}

resource "aws_sagemaker_endpoint_configuration" "this" {
  name = "churn-v3"
  production_variants {
    variant_name = "main"
    model_name   = aws_sagemaker_model.this.name
    serverless_config {
      memory_size_in_mb = 2048
      max_concurrency   = 10
    }
  }
}

resource "aws_sagemaker_endpoint" "this" {
  name                 = "churn"
  endpoint_config_name = aws_sagemaker_endpoint_configuration.this.name
}
