data "aws_iam_role" "sagemaker" {
  name = "sagemaker"
}

resource "aws_sns_topic" "done" {
  name = "done"
}

resource "aws_sagemaker_model" "model" {
  name               = "fraud"
  execution_role_arn = data.aws_iam_role.sagemaker.name
  primary_container {
    image          = "123456789012.dkr.ecr.us-east-1.amazonaws.com/fraud:1"
    model_data_url = "s3://models/fraud/model.tar.gz"
  }
}

resource "aws_sagemaker_endpoint_configuration" "config" {
  production_variants {
    variant_name           = "AllTraffic"
    model_name             = aws_sagemaker_model.model.name
    instance_type          = "ml.m5.large"
    initial_instance_count = 1
  }
  async_inference_config {
    output_config {
      s3_output_path = "s3://models/fraud/out"
      notification_config {
        success_topic = aws_sns_topic.done.name
      }
    }
  }
}
