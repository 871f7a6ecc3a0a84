resource "aws_sagemaker_model" "model" {
  name               = "fraud"
  execution_role_arn = "arn:aws:iam::123456789012:role/sagemaker"
  primary_container {
    image = "registry.example.com/fraud:1"
    image_config {
      repository_access_mode = "Vpc"
    }
  }
  vpc_config {
    security_group_ids = ["sg-0a1b2c3d"]
    subnets            = ["subnet-0a1b2c3d", "subnet-1a2b3c4d"]
  }
}
