variable "subnets" {
  type    = list(string)
  default = ["subnet-0aa11bb22cc33dd44", "subnet-0ee55ff66aa77bb88"]
}

resource "aws_sagemaker_model" "sentiment" {
  name               = "sentiment-b"
  execution_role_arn = "arn:aws:iam::210987654321:role/ml/Hosting"

  primary_container {
    image          = "210987654321.dkr.ecr.eu-central-1.amazonaws.com/sentiment:2.4"
    model_data_url = "s3://acme-models/sentiment/b/model.tar.gz"
    environment = merge({
      OMP_NUM_THREADS = "2"
    }, {
      LOG_LEVEL = "info"
    })
  }

  vpc_config {
    subnets            = var.subnets
    security_group_ids = ["sg-01234567"]
  }
}

resource "aws_sagemaker_endpoint_configuration" "sentiment" {
  count       = 1
  name        = "sentiment-b"
  kms_key_arn = "arn:aws:kms:eu-central-1:210987654321:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f"

  production_variants {
    variant_name           = "AllTraffic"
    model_name             = aws_sagemaker_model.sentiment.arn
    instance_type          = "ml.m5.large"
    initial_instance_count = 2
  }
}
