resource "aws_sagemaker_model" "chain" {
  name               = "tokenise-then-score"
  execution_role_arn = var.role_arn

  container {
    container_hostname = "tokeniser"
    image              = "${var.registry}/tok:1"
  }

  container {
    container_hostname = "scorer"
    image              = "${var.registry}/score:1"
    model_data_url     = "s3://acme-models/score.tar.gz"
  }

  inference_execution_config {
    mode = "Direct"
  }
}

variable "registry" {}
variable "role_arn" {}
