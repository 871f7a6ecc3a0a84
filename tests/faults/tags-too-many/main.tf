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
  tags = {
    k0 = "v"
    k1 = "v"
    k2 = "v"
    k3 = "v"
    k4 = "v"
    k5 = "v"
    k6 = "v"
    k7 = "v"
    k8 = "v"
    k9 = "v"
    k10 = "v"
    k11 = "v"
    k12 = "v"
    k13 = "v"
    k14 = "v"
    k15 = "v"
    k16 = "v"
    k17 = "v"
    k18 = "v"
    k19 = "v"
    k20 = "v"
    k21 = "v"
    k22 = "v"
    k23 = "v"
    k24 = "v"
    k25 = "v"
    k26 = "v"
    k27 = "v"
    k28 = "v"
    k29 = "v"
    k30 = "v"
    k31 = "v"
    k32 = "v"
    k33 = "v"
    k34 = "v"
    k35 = "v"
    k36 = "v"
    k37 = "v"
    k38 = "v"
    k39 = "v"
    k40 = "v"
    k41 = "v"
    k42 = "v"
    k43 = "v"
    k44 = "v"
    k45 = "v"
    k46 = "v"
    k47 = "v"
    k48 = "v"
    k49 = "v"
    k50 = "v"
  }
  count       = 1
  name        = "sentiment-b"
  kms_key_arn = "arn:aws:kms:eu-central-1:210987654321:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f"

  production_variants {
    variant_name           = "AllTraffic"
    model_name             = aws_sagemaker_model.sentiment.name
    instance_type          = "ml.m5.large"
    initial_instance_count = 2
  }
}
