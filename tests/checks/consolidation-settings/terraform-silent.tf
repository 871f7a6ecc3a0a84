resource "aws_sagemaker_endpoint_configuration" "config" {
  name               = "fraud-1"
  execution_role_arn = "arn:aws:iam::123456789012:role/sagemaker"
  production_variants {
    variant_name           = "AllTraffic"
    instance_type          = "ml.m5.large"
    initial_instance_count = 1
    managed_instance_scaling {
      status             = "ENABLED"
      min_instance_count = 1
      max_instance_count = 4
      scale_in_policy {
        strategy          = "CONSOLIDATION"
        maximum_step_size = 2
      }
    }
  }
}
