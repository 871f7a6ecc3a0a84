resource "aws_sagemaker_model" "model" {
  name               = "fraud"
  execution_role_arn = "arn:aws:iam::123456789012:role/sagemaker"
  primary_container {
    image = "registry.example.com/fraud:1"
    image_config {
      repository_access_mode = "Platform"
      repository_auth_config {
        repository_credentials_provider_arn = "arn:aws:lambda:us-east-1:123456789012:function:login"
      }
    }
  }
}
