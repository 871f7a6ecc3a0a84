"""What a workload file may name is what AWS's service model takes: requests carry it unchanged."""

from __future__ import annotations

import re
import unicodedata

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.workload.forms import LETTERS, forms
from advisor.workload.keys import keys

SAGEMAKER = botocore.session.get_session().get_service_model("sagemaker")

# Form -> shapes of the service model that its texts are put into.
SHAPES = {
    "name": ("EndpointConfigName", "EndpointName", "ModelName", "TransformJobName"),
    "image": ("ContainerImage",),
    "artifact": ("Url", "S3ModelUri"),
    "bucket": ("DestinationS3Uri", "S3Uri"),
    "role": ("RoleArn",),
    "kms_key": ("KmsKeyId",),
    "subnet": ("SubnetId",),
    "security_group": ("SecurityGroupId",),
    "tag_key": ("TagKey",),
    "tag": ("TagValue",),
}
# Room that a request's own ending needs after what was stated.
ENDINGS = {"bucket": "/" + "x" * 120}


def python(pattern: str) -> str:
    r"""A pattern of the service model in Python's dialect, which lacks \p{…}.

    Without the combining marks that Python's letters leave out too.
    """
    return pattern.replace(r"\p{L}\p{Z}\p{N}", r"\w\s")


@pytest.mark.parametrize(
    ("form", "shape"), [(form, shape) for form, shapes in SHAPES.items() for shape in shapes]
)
@given(data=st.data())
def test_the_service_model_takes_every_text_of_a_form(
    form: str, shape: str, data: st.DataObject
) -> None:
    rule, bounds = forms()[form], SAGEMAKER.shape_for(shape).metadata
    text = data.draw(st.from_regex(rule.pattern, fullmatch=True))[: rule.longest]
    if not re.fullmatch(rule.pattern, text) or len(text) < rule.shortest:
        return
    text += ENDINGS.get(form, "")
    assert bounds.get("min", 0) <= len(text) <= bounds["max"]
    assert re.fullmatch(python(bounds["pattern"]), text)


@pytest.mark.parametrize("form", SHAPES)
def test_the_longest_text_of_a_form_is_short_enough(form: str) -> None:
    bounds = [SAGEMAKER.shape_for(shape).metadata["max"] for shape in SHAPES[form]]
    assert forms()[form].longest + len(ENDINGS.get(form, "")) <= min(bounds)


def test_the_letters_of_tags_are_letters_to_unicode() -> None:
    letters = re.findall(f"[{LETTERS}]", "".join(map(chr, range(0xFFFF))))
    assert {unicodedata.category(letter)[0] for letter in letters} == {"L"}


@pytest.mark.parametrize("enumeration", ["ProductionVariantInstanceType", "TransformInstanceType"])
def test_every_instance_type_of_the_service_model_may_be_named(enumeration: str) -> None:
    rule = forms()["instance"]
    for name in SAGEMAKER.shape_for(enumeration).metadata["enum"]:
        assert re.fullmatch(rule.pattern, name), name
        assert rule.shortest <= len(name) <= rule.longest


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("deploy.subnets", "Subnets"),
        ("deploy.security_groups", "SecurityGroupIds"),
        ("deploy.tags", "TagList"),
    ],
)
def test_a_list_may_be_as_long_as_the_service_model_takes(path: str, shape: str) -> None:
    key = keys()[path]
    assert key.most == SAGEMAKER.shape_for(shape).metadata["max"]


REGIONS = [
    name
    for partition in botocore.session.get_session().get_available_partitions()
    for name in botocore.session.get_session().get_available_regions("sagemaker", partition)
]


@pytest.mark.parametrize("region", [*REGIONS, "us-iso-east-1", "eusc-de-east-1", "us-isob-east-1"])
def test_every_region_may_be_named(region: str) -> None:
    assert re.fullmatch(forms()["region"].pattern, region)
