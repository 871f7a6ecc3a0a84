resource "aws_sagemaker_endpoint_configuration" "config" {
  name = "fraud-1"
  production_variants {
    variant_name           = "AllTraffic"
    instance_type          = "ml.m5.large"
    initial_instance_count = 1
  }
}
