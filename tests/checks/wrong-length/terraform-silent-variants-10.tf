resource "aws_sagemaker_endpoint_configuration" "config" {
  name = "fraud-1"
  production_variants {
    variant_name           = "v0"
    model_name             = "model-0"
    instance_type          = "ml.m5.large"
    initial_instance_count = 1
  }
  production_variants {
    variant_name           = "v1"
    model_name             = "model-1"
    instance_type          = "ml.m5.large"
    initial_instance_count = 1
  }
  production_variants {
    variant_name           = "v2"
    model_name             = "model-2"
    instance_type          = "ml.m5.large"
    initial_instance_count = 1
  }
  production_variants {
    variant_name           = "v3"
    model_name             = "model-3"
    instance_type          = "ml.m5.large"
    initial_instance_count = 1
  }
  production_variants {
    variant_name           = "v4"
    model_name             = "model-4"
    instance_type          = "ml.m5.large"
    initial_instance_count = 1
  }
  production_variants {
    variant_name           = "v5"
    model_name             = "model-5"
    instance_type          = "ml.m5.large"
    initial_instance_count = 1
  }
  production_variants {
    variant_name           = "v6"
    model_name             = "model-6"
    instance_type          = "ml.m5.large"
    initial_instance_count = 1
  }
  production_variants {
    variant_name           = "v7"
    model_name             = "model-7"
    instance_type          = "ml.m5.large"
    initial_instance_count = 1
  }
  production_variants {
    variant_name           = "v8"
    model_name             = "model-8"
    instance_type          = "ml.m5.large"
    initial_instance_count = 1
  }
  production_variants {
    variant_name           = "v9"
    model_name             = "model-9"
    instance_type          = "ml.m5.large"
    initial_instance_count = 1
  }
}
