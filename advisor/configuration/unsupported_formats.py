"""Configurations in forms that are not read, recognised so that they can at least be named."""

from __future__ import annotations

import re

CODE = (".cs", ".go", ".ipynb", ".java", ".js", ".py", ".sh", ".ts")
"""Files that may hold calls of the API; nothing in them is run or read further."""
_WHAT = rb"(?:endpoint[_-]config|transform[_-]job|inference[_-]component)\b"
_IN_CODE = re.compile(
    rb"create[_-]"
    + _WHAT
    + rb"|\bCreate(?:EndpointConfig|TransformJob|InferenceComponent)(?:Command|Input|Request)\b"
    rb"|\bCfn(?:EndpointConfig|InferenceComponent)\b"
    rb"|\b(?:Serverless|Async)InferenceConfig\s*\("
)
_IN_DATA = re.compile(rb"\.create_" + _WHAT + rb"\s*\(|\bsagemaker[\s\\]+create-" + _WHAT)
_OTHER_PROVIDER = re.compile(r'"awscc_sagemaker_(?:endpoint_config|inference_component|model)"')


def in_code(data: bytes) -> str:
    """What a program, script or notebook holds that is not read; empty when there is nothing."""
    return "calls of the API in code" if _IN_CODE.search(data) else ""


def in_data(data: bytes) -> str:
    """The same of code inside a template, a workflow or another file of data."""
    return "calls of the API in code" if _IN_DATA.search(data) else ""


def in_terraform(text: str) -> str:
    """The same of scripts and of resources of another provider in a Terraform file."""
    if _IN_CODE.search(text.encode()):
        return "calls of the API in a script"
    return "resources of the provider awscc" if _OTHER_PROVIDER.search(text) else ""
