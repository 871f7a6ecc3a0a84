resource "aws_sagemaker_model" "speech" {
  execution_role_arn = "role/sm"
  primary_container {
    image          = "763104351884.dkr.ecr.us-east-1.amazonaws.com/huggingface-pytorch-inference:2.6-gpu-py312"
    model_data_url = "s3://models/speech/model.zip"
  }
}

resource "aws_sagemaker_endpoint_configuration" "speech" {
  production_variants {
    variant_name           = "one two"
    model_name             = aws_sagemaker_model.spech.name
    instance_type          = "ml.c5.xlarge"
    initial_instance_count = 1
  }
  async_inference_config {
    output_config {
      s3_output_path = "https://bucket/out"
      notification_config {
        success_topic = "arn:aws:sns:eu-west-1:123456789012:done"
      }
    }
    client_config {
      max_concurrent_invocations_per_instance = 1001
    }
  }
  kms_key = "alias/key"
}
