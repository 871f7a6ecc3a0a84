variable "memory" {
  description = "MB"
  default     = 3072
}

variable "models" {
  type = map(string)
  default = {
    faq = "s3://acme-models/faq/model.tar.gz"
  }
}

resource "aws_sagemaker_model" "small" {
  for_each           = var.models
  name               = each.key
  execution_role_arn = data.aws_iam_role.hosting.arn

  primary_container {
    image          = data.aws_sagemaker_prebuilt_ecr_image.xgboost.registry_path
    model_data_url = each.value
  }
}

resource "aws_sagemaker_endpoint_configuration" "small" {
  for_each = var.models
  name     = "${each.key}-serverless"

  production_variants {
    variant_name = "only"
    model_name   = aws_sagemaker_model.small[each.key].name

    serverless_config {
      memory_size_in_mb       = var.memory
      max_concurrency         = 25
      provisioned_concurrency = 5
    }
  }
}

data "aws_iam_role" "hosting" { name = "hosting" }

data "aws_sagemaker_prebuilt_ecr_image" "xgboost" {
  repository_name = "sagemaker-xgboost"
  image_tag       = "1.7-1"
}
