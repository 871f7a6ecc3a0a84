resource "aws_sagemaker_inference_component" "component" {
  name          = "fraud"
  endpoint_name = "fraud"
  variant_name  = "AllTraffic"
  runtime_config {
    copy_count = 1
  }
  specification {
    model_name = "fraud"
    compute_resource_requirements {
      min_memory_required_in_mb = 1024
    }
  }
  specifications {
    model_name = "fraud"
    compute_resource_requirements {
      min_memory_required_in_mb = 1024
    }
    instance_type = "ml.m5.large"
  }
}
