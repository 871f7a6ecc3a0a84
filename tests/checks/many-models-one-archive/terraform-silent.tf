resource "aws_sagemaker_model" "model" {
  name               = "fraud"
  execution_role_arn = "arn:aws:iam::123456789012:role/sagemaker"
  primary_container {
    image          = "123456789012.dkr.ecr.us-east-1.amazonaws.com/fraud:1"
    model_data_url = "s3://models/fraud/"
    mode           = "MultiModel"
  }
}
