"""Checks of language models against the library that sizes them, AWS's lists, and open values."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.catalogue.models import KnownModel
from advisor.configuration.discover import STDIN
from advisor.configuration.rulefiles import read_json_rules
from advisor.gate.checks import load_checks
from advisor.gate.finding import GateFinding
from advisor.gate.run import check
from advisor.gate.settings import CheckOptions
from advisor.modelling import memory
from advisor.rulebook.hardware import GPU, Instance
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import load
from advisor.workload.model_files import known_models

DATA = Path(__file__).parent.parent / "data"
RULES = {
    each["id"]
    for each in (vars(entry) for entry in load_checks().values())
    if each["each"] == ("Served",)
}
IMAGES = "763104351884.dkr.ecr.us-east-1.amazonaws.com"
LMI = f"{IMAGES}/djl-inference:0.33.0-lmi15.0.0-cu128"
MODELS = known_models()
TYPES = knowledge(load().raw).catalogue
GENERATIVE = [each for each in map(MODELS.find, MODELS.ids) if each.geometry.generates]
GPUS = [
    each
    for each in map(TYPES.get, TYPES.types)
    if each is not None
    and each.accelerator == GPU
    and MODELS.accelerator(each.accelerator_model, each.accelerator_memory_mib) is not None
]


def found(
    environment: Mapping[str, str], instance: str, image: str = LMI, **variant: Any
) -> list[GateFinding]:
    """What the eleven checks find of one model on one type."""
    return list(of_pairs([(environment, instance)], image, **variant))


def of_pairs(
    pairs: list[tuple[Mapping[str, str], str]], image: str = LMI, **variant: Any
) -> Iterator[GateFinding]:
    """The same of several, in one file."""
    role = "arn:aws:iam::123456789012:role/sm"
    requests: list[dict[str, Any]] = []
    for number, (environment, instance) in enumerate(pairs):
        container = {"Image": image, "Environment": dict(environment)}
        requests.append(
            {
                "ModelName": f"m{number}",
                "ExecutionRoleArn": role,
                "PrimaryContainer": container,
            }
        )
        served: dict[str, Any] = {
            "VariantName": "a",
            "ModelName": f"m{number}",
            "InstanceType": instance,
        }
        served |= {"InitialInstanceCount": 1, **variant}
        requests.append({"EndpointConfigName": f"c{number}", "ProductionVariants": [served]})
    text = json.dumps(requests).encode()
    report = check(CheckOptions(paths=[STDIN], as_of="2026-11-30", stdin=text))
    assert not report.errors
    return (each for each in report.findings if each.rule in RULES)


def test_there_are_twelve() -> None:
    assert len(RULES) == 13


# -- against the library -------------------------------------------------------------------------


def fits(
    model: KnownModel, instance: Instance, degree: int | None, context: int
) -> list[memory.Fit]:
    """What the library says at a degree, or at each valid one."""
    device = MODELS.accelerator(instance.accelerator_model, instance.accelerator_memory_mib)
    assert device is not None
    valid = memory.degrees(model.geometry, instance.accelerator_count or 0)
    precision = model.geometry.dtype if model.geometry.dtype != "fp32" else "fp16"
    return [
        memory.fit(
            model.geometry,
            precision,
            device,
            degree=each,
            context=context,
            numbers=MODELS.numbers,
        )
        for each in ((degree,) if degree in valid else valid)
    ]


@settings(max_examples=150, deadline=None)
@given(
    model=st.sampled_from(GENERATIVE),
    instance=st.sampled_from(GPUS),
    degree=st.sampled_from([None, 1, 2, 3, 4, 5, 8, 16]),
    context=st.integers(1, 300_000),
)
def test_the_checks_say_what_the_library_says(
    model: KnownModel, instance: Instance, degree: int | None, context: int
) -> None:
    environment = {"HF_MODEL_ID": model.id, "OPTION_MAX_MODEL_LEN": str(context)}
    if degree is not None:
        environment["OPTION_TENSOR_PARALLEL_DEGREE"] = str(degree)
    told = fits(model, instance, degree, context)
    answers = {each.fits for each in told}
    holds = [memory.longest_tokens(model.geometry, each.room.high) for each in told]
    longest = None if None in holds else max(each or 0 for each in holds)
    findings = found(environment, instance.type)
    severities = {(each.rule, each.severity) for each in findings}

    too_large = answers == {memory.NO}
    beyond = not too_large and longest is not None and context > longest
    tight = memory.OPEN in answers and memory.YES not in answers and not beyond
    assert (("model-does-not-fit", "error") in severities) == too_large
    assert (("context-beyond-memory", "error") in severities) == beyond
    assert (("model-fit-tight", "warning") in severities) == tight

    devices = instance.accelerator_count or 0
    impossible = degree is not None and degree not in memory.degrees(model.geometry, devices)
    assert (("tensor-parallel-invalid", "error") in severities) == impossible
    most = model.geometry.context
    assert (("context-beyond-model", "error") in severities) == bool(most and context > most)


@settings(max_examples=60, deadline=None)
@given(model=st.sampled_from(GENERATIVE), instance=st.sampled_from(GPUS))
def test_the_type_and_the_degree_that_are_proposed_hold_the_model(
    model: KnownModel, instance: Instance
) -> None:
    environment = {"HF_MODEL_ID": model.id, "OPTION_MAX_MODEL_LEN": "4096"}
    for each in found(environment, instance.type):
        if each.rule == "model-does-not-fit" and "cheapest" in each.message:
            *_, name, _, _, _, _, degree = each.message.replace(",", "").split()
            again = {**environment, "OPTION_TENSOR_PARALLEL_DEGREE": degree}
            rules = {other.rule for other in found(again, name)}
            assert not rules & {"model-does-not-fit", "model-fit-tight", "tensor-parallel-invalid"}


# -- silence -------------------------------------------------------------------------------------

NAMES = st.one_of(
    st.from_regex(r"[a-z]{2,9}/[A-Za-z]{2,9}-(7|13|70|405)B(-Instruct)?", fullmatch=True),
    st.sampled_from(GENERATIVE).map(lambda model: f"acme/{model.id.rpartition('/')[2]}"),
    st.sampled_from(["/opt/ml/model", "s3://models/llama-70b/", "", "70B"]),
)


@settings(max_examples=60, deadline=None)
@given(name=NAMES, instance=st.sampled_from(GPUS), context=st.integers(1, 10**9))
def test_a_model_that_no_table_has_is_not_guessed(
    name: str, instance: Instance, context: int
) -> None:
    environment = {"HF_MODEL_ID": name, "OPTION_MAX_MODEL_LEN": str(context)}
    assert found(environment, instance.type) == []


@pytest.mark.parametrize("instance", ["ml.m99.large", "ml.g5", "", "ml.trn2.48xlarge"])
def test_a_type_that_is_not_known_is_not_judged(instance: str) -> None:
    environment = {"HF_MODEL_ID": "Qwen/Qwen3-32B", "OPTION_TENSOR_PARALLEL_DEGREE": "3"}
    assert {each.rule for each in found(environment, instance)} <= {"startup-timeout-short"}


WORDS = st.text(max_size=12) | st.sampled_from(
    ["-1", "1e9", "nan", "inf", "max", "0", "٣", "9" * 40]
)


@settings(max_examples=150, deadline=None)
@given(
    engine=st.sampled_from(sorted(read_json_rules("service", "containers.json")["engines"])),
    data=st.data(),
    instance=st.sampled_from(
        ["ml.g5.12xlarge", "ml.m5.xlarge", "ml.p4d.24xlarge", "ml.inf2.xlarge"]
    ),
)
def test_no_value_of_a_variable_is_beyond_us(
    engine: str, data: st.DataObject, instance: str
) -> None:
    entry = read_json_rules("service", "containers.json")["engines"][engine]
    environment = {entry["keys"]["model"]["names"][0]: "Qwen/Qwen3-8B"}
    for role, key in entry["keys"].items():
        if role != "model" and data.draw(st.booleans(), label=role):
            environment[data.draw(st.sampled_from(key["names"]))] = data.draw(WORDS)
    for each in found(environment, instance, f"{IMAGES}/{entry['images'][0]}:1"):
        assert "{" not in each.message
        assert each.line


MEMORY = frozenset({"model-does-not-fit", "context-beyond-memory"})
FIELDS = ("HF_MODEL_ID", "OPTION_TENSOR_PARALLEL_DEGREE", "OPTION_MAX_MODEL_LEN", "OPTION_DTYPE")
TERRAFORM = """\
variable "open" {{ type = string }}
resource "aws_sagemaker_model" "m" {{
  name               = "m"
  execution_role_arn = "arn:aws:iam::123456789012:role/sm"
  primary_container {{
    image       = "{image}"
    environment = {{ {environment} }}
  }}
}}
resource "aws_sagemaker_endpoint_configuration" "c" {{
  name = "c"
  production_variants {{
    variant_name           = "a"
    model_name             = aws_sagemaker_model.m.name
    instance_type          = {instance}
    initial_instance_count = 1
  }}
}}
"""


def errors(values: Mapping[str, str], hidden: frozenset[str], folder: Path) -> set[str]:
    """The errors of a module in which some values are those of a variable without a default."""
    written = {key: "var.open" if key in hidden else f'"{text}"' for key, text in values.items()}
    instance = written.pop("type")
    environment = ", ".join(f"{key} = {text}" for key, text in written.items())
    text = TERRAFORM.format(image=LMI, environment=environment, instance=instance)
    (folder / "main.tf").write_text(text, encoding="utf-8")
    report = check(CheckOptions(paths=[str(folder)], as_of="2026-11-30"))
    assert not report.errors
    return {each.rule for each in report.findings if each.severity == "error"} & RULES


@settings(max_examples=60, deadline=None)
@given(
    model=st.sampled_from(GENERATIVE),
    instance=st.sampled_from([*GPUS, TYPES.types["ml.m5.xlarge"]]),
    degree=st.sampled_from(["1", "2", "3", "8", "max"]),
    context=st.integers(1, 300_000),
    dtype=st.sampled_from(["bf16", "fp16", "fp32", "auto"]),
    hidden=st.frozensets(st.sampled_from([*FIELDS, "type"]), min_size=1),
)
def test_an_open_value_is_never_held_against_a_configuration(
    model: KnownModel,
    instance: Instance,
    degree: str,
    context: int,
    dtype: str,
    hidden: frozenset[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    texts = (model.id, degree, str(context), dtype)
    values = {**dict(zip(FIELDS, texts, strict=True)), "type": instance.type}
    before = errors(values, frozenset(), tmp_path_factory.mktemp("written"))
    after = errors(values, hidden, tmp_path_factory.mktemp("open"))
    assert after - MEMORY <= before
    assert not after & MEMORY or before & MEMORY
    if "type" in hidden:
        assert not after
    if "HF_MODEL_ID" in hidden:
        assert after <= {"tensor-parallel-invalid"}


# -- what AWS lists ------------------------------------------------------------------------------


def listed() -> list[tuple[str, str]]:
    """Models of AWS's hub, each with a type that AWS lists for it."""
    text = (DATA / "jumpstart.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return [(row["model"], each) for row in rows for each in row["types"].split()]


@pytest.mark.parametrize(
    ("image", "variables"),
    [
        (LMI, {}),
        (LMI, {"OPTION_TENSOR_PARALLEL_DEGREE": "max"}),
        (f"{IMAGES}/huggingface-pytorch-tgi-inference:2.4.0-tgi3.0.1-gpu-py311-cu124", {}),
    ],
)
def test_no_type_that_aws_lists_is_too_small(image: str, variables: dict[str, str]) -> None:
    pairs = listed()
    assert len(pairs) > 250
    wrong = [
        each.message
        for each in of_pairs([({"HF_MODEL_ID": m, **variables}, t) for m, t in pairs], image)
        if each.rule == "model-does-not-fit"
    ]
    assert wrong == []


# -- the text ------------------------------------------------------------------------------------


def test_the_finding_gives_the_figures_and_what_holds_the_model() -> None:
    # 70.55e9 parameters of 2 bytes are 141.1 GB = 131 GiB; 22,888 MiB are 22.4 GiB.
    environment = {
        "HF_MODEL_ID": "meta-llama/Llama-3.1-70B-Instruct",
        "OPTION_TENSOR_PARALLEL_DEGREE": "3",
        "OPTION_MAX_MODEL_LEN": "8192",
    }
    variant: dict[str, Any] = {"ContainerStartupHealthCheckTimeoutInSeconds": 60}
    texts = {each.rule: each.message for each in found(environment, "ml.g5.2xlarge", **variant)}
    assert texts["model-does-not-fit"].startswith(
        "meta-llama/Llama-3.1-70B-Instruct needs 131 GiB for its weights in bf16; ml.g5.2xlarge "
        "has one device of 22.4 GiB; the cheapest type that holds it is ml."
    )
    assert texts["tensor-parallel-invalid"] == (
        "OPTION_TENSOR_PARALLEL_DEGREE is 3; ml.g5.2xlarge has one device of 22.4 GiB; "
        "meta-llama/Llama-3.1-70B-Instruct can be split over 1, 2, 4, 8 of them"
    )
    # 85 s + 141.1 GB / 213 MB/s = 747 s; 200 s + 141.1 GB / 98 MB/s = 1,640 s.
    assert texts["startup-timeout-short"] == (
        "ContainerStartupHealthCheckTimeoutInSeconds is 60 s; meta-llama/Llama-3.1-70B-Instruct "
        "needs 747 to 1640 s"
    )
    assert set(texts) == {
        "model-does-not-fit",
        "tensor-parallel-invalid",
        "startup-timeout-short",
        "gated-model",
    }
