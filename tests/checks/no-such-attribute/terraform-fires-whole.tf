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
  endpoint_config_name = aws_sagemaker_endpoint_configuration.config
}
