variable "lake" {
  default = "acme-lake"
}

resource "aws_sfn_state_machine" "nightly" {
  name     = "nightly"
  role_arn = aws_iam_role.nightly.arn

  definition = jsonencode({
    StartAt = "Propensity"
    States = {
      Propensity = {
        Type     = "Task"
        Resource = "arn:aws:states:::sagemaker:createTransformJob.sync"
        Parameters = {
          "TransformJobName.$"    = "$$.Execution.Name"
          ModelName               = "propensity"
          MaxConcurrentTransforms = 8
          MaxPayloadInMB          = 10
          BatchStrategy           = "MultiRecord"
          ModelClientConfig = {
            InvocationsTimeoutInSeconds = 1200
            InvocationsMaxRetries       = 1
          }
          TransformInput = {
            DataSource = {
              S3DataSource = {
                S3DataType = "S3Prefix"
                S3Uri      = "s3://${var.lake}/customers/2026-11-20/"
              }
            }
            ContentType     = "text/csv"
            CompressionType = "None"
            SplitType       = "Line"
          }
          TransformOutput = {
            S3OutputPath = "s3://${var.lake}/propensity/2026-11-20/"
            Accept       = "text/csv"
            AssembleWith = "Line"
          }
          DataProcessing = {
            InputFilter  = "$[1:]"
            OutputFilter = "$[0,-1]"
            JoinSource   = "Input"
          }
          TransformResources = {
            InstanceType  = "ml.m5.4xlarge"
            InstanceCount = 6
          }
        }
        End = true
      }
    }
  })
}
