"""The four options, and the ways to host several models: their names."""

BATCH_TRANSFORM = "batch-transform"

ASYNCHRONOUS = "asynchronous"

SERVERLESS = "serverless"

REAL_TIME = "real-time"

OPTIONS = (BATCH_TRANSFORM, ASYNCHRONOUS, SERVERLESS, REAL_TIME)

ENDPOINT_EACH = "endpoint-each"

MULTI_MODEL = "multi-model"

MULTI_CONTAINER = "multi-container"

INFERENCE_PIPELINE = "inference-pipeline"

INFERENCE_COMPONENTS = "inference-components"

# How several models, or containers, are hosted: the ways of rules/many_models.yaml.
WAYS = (ENDPOINT_EACH, MULTI_MODEL, MULTI_CONTAINER, INFERENCE_PIPELINE, INFERENCE_COMPONENTS)
