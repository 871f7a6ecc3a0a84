resource "aws_sagemaker_model" "this" {
  name               = "churn"
  execution_role_arn = "arn:aws:iam::123456789012:role/svc/ml"
  primary_container {
    image          = "007439368137.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-tritonserver:23.12-py3"
    model_data_url = "s3://acme-models/churn/"
    mode           = "MultiModel"
  }
}

resource "aws_sagemaker_endpoint_configuration" "this" {
  name = "churn-v3"
  production_variants {
    variant_name           = "main"
    model_name             = aws_sagemaker_model.this.name
    instance_type          = "ml.g5.xlarge"
    initial_instance_count = 2
    initial_variant_weight = 1.0
  }
}

resource "aws_sagemaker_endpoint" "this" {
  name                 = "churn"
  endpoint_config_name = aws_sagemaker_endpoint_configuration.this.name
}
