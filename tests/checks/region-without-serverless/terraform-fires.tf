resource "aws_sagemaker_endpoint_configuration" "config" {
  name = "fraud-1"
  production_variants {
    variant_name = "AllTraffic"
    model_name   = "fraud"
    serverless_config {
      memory_size_in_mb = 2048
      max_concurrency   = 5
    }
  }
}
