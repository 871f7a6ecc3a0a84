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
      K0 = "x"
      K1 = "x"
      K2 = "x"
      K3 = "x"
      K4 = "x"
      K5 = "x"
      K6 = "x"
      K7 = "x"
      K8 = "x"
      K9 = "x"
      K10 = "x"
      K11 = "x"
      K12 = "x"
      K13 = "x"
      K14 = "x"
      K15 = "x"
      K16 = "x"
      K17 = "x"
      K18 = "x"
      K19 = "x"
      K20 = "x"
      K21 = "x"
      K22 = "x"
      K23 = "x"
      K24 = "x"
      K25 = "x"
      K26 = "x"
      K27 = "x"
      K28 = "x"
      K29 = "x"
      K30 = "x"
      K31 = "x"
      K32 = "x"
      K33 = "x"
      K34 = "x"
      K35 = "x"
      K36 = "x"
      K37 = "x"
      K38 = "x"
      K39 = "x"
      K40 = "x"
      K41 = "x"
      K42 = "x"
      K43 = "x"
      K44 = "x"
      K45 = "x"
      K46 = "x"
      K47 = "x"
      K48 = "x"
      K49 = "x"
      K50 = "x"
      K51 = "x"
      K52 = "x"
      K53 = "x"
      K54 = "x"
      K55 = "x"
      K56 = "x"
      K57 = "x"
      K58 = "x"
      K59 = "x"
      K60 = "x"
      K61 = "x"
      K62 = "x"
      K63 = "x"
      K64 = "x"
      K65 = "x"
      K66 = "x"
      K67 = "x"
      K68 = "x"
      K69 = "x"
      K70 = "x"
      K71 = "x"
      K72 = "x"
      K73 = "x"
      K74 = "x"
      K75 = "x"
      K76 = "x"
      K77 = "x"
      K78 = "x"
      K79 = "x"
      K80 = "x"
      K81 = "x"
      K82 = "x"
      K83 = "x"
      K84 = "x"
      K85 = "x"
      K86 = "x"
      K87 = "x"
      K88 = "x"
      K89 = "x"
      K90 = "x"
      K91 = "x"
      K92 = "x"
      K93 = "x"
      K94 = "x"
      K95 = "x"
      K96 = "x"
      K97 = "x"
      K98 = "x"
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
    model_name             = aws_sagemaker_model.sentiment.name
    instance_type          = "ml.m5.large"
    initial_instance_count = 2
  }
}
