"""terraform takes the files, and the reader of `check` finds the plan's requests in them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from advisor.artifacts.hcl_text import Block, document, quoted
from advisor.artifacts.terraform import FILE, files, stack
from advisor.artifacts.variables import Variable
from advisor.configuration.reading import read_configuration
from advisor.configuration.source import SourceText
from advisor.configuration.terraform.modules import read_modules
from advisor.gate.rules.service_walk import load_service
from advisor.model.advice import Advice
from tests.artifacts.plans import (
    HOSTILE,
    HOSTILE_SAMPLES,
    advices,
    hostile,
    named,
    placeholders,
    plan_of,
    versioned,
)
from tests.artifacts.read_back import Known, found, in_order, known, plain, wanted
from tests.artifacts.test_cloudformation import Loader

TERRAFORM = shutil.which("terraform")
needs_terraform = pytest.mark.skipif(TERRAFORM is None, reason="terraform is not installed")
ALARM = """\
resource "aws_cloudwatch_metric_alarm" "wake" {
  alarm_name          = "${var.name}-wake"
  alarm_description   = "Requests wait because there is no instance"
  alarm_actions       = [aws_appautoscaling_policy.step.arn]
  metric_name         = "HasBacklogWithoutCapacity"
  namespace           = "AWS/SageMaker"
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 2
  datapoints_to_alarm = 2
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "missing"

  dimensions = {
    EndpointName = aws_sagemaker_endpoint.this.name
  }
}
"""
LISTS = ("subnet_ids", "security_group_ids")


def given_values(advice: Advice) -> dict[str, Any]:
    """A value for every variable: the placeholder, or one that it needs to be valid."""
    values: dict[str, Any] = dict(placeholders(plan_of(advice).requests))
    keys = (each.parameters.get("KmsKeyId") for each in plan_of(advice).requests)
    values["kms_key_arn"] = next(filter(None, keys), values.get("kms_key_id"))
    for name in LISTS:
        if name in values:
            values[name] = values[name].split(",")
    values["schedule_expression"] = "rate(1 day)"
    values["scheduler_role_arn"] = "arn:aws:iam::123456789012:role/scheduler"
    texts = dict(files(advice))
    declared = texts.get("variables.tf", "")
    return {key: value for key, value in values.items() if f'variable "{key}"' in declared}


def world_of(advice: Advice) -> Any:
    """The folder as `check` reads it, with a value for each variable."""
    texts = [*files(advice), ("terraform.tfvars", document_of(given_values(advice)))]
    sources = [SourceText(name, text) for name, text in texts if name != FILE]
    (read,) = read_modules({"": sources}, load_service())
    assert read.read.errors == ()
    assert read.read.document is not None
    assert read.read.document.faults == ()
    (world,) = read.read.document.worlds
    return world


def known_of(advice: Advice) -> Known:
    """What the resources of main.tf are called; a stack makes the others."""
    heads = re.findall(r'^resource "(.*)" "(.*)" {$', dict(files(advice))["main.tf"], re.MULTILINE)
    made = [".".join(head) for head in heads if head[0] != "aws_cloudformation_stack"]
    stacked = stack(advice, plan_of(advice).requests)
    others = () if stacked is None else stacked.requests
    return known(made, [each for each in plan_of(advice).requests if each not in others])


def read_back(advice: Advice) -> list[tuple[str, dict[str, Any]]]:
    """What `check` finds in the folder, and in the template of a stack where there is one."""
    made = found(world_of(advice), known_of(advice))
    stacked = stack(advice, plan_of(advice).requests)
    if stacked is None:
        return made
    values = placeholders(plan_of(advice).requests)
    given = {
        name: values[each.name] if isinstance(each, Variable) else each
        for name, each in stacked.given.items()
    }
    text = json.dumps({"Parameters": given})
    beside = [SourceText("endpoint.template-config.json", text)]
    read = read_configuration(SourceText(FILE, stacked.text), load_service(), beside=beside)
    assert read.document is not None
    assert read.document.faults == ()
    identities = list(yaml.load(stacked.text, Loader)["Resources"])  # noqa: S506 - tags as data
    names = known(identities, stacked.requests)
    return in_order([*made, *found(read.document.worlds[-1], names)])


def document_of(values: dict[str, Any]) -> str:
    """A file of values for variables."""
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())


@pytest.mark.parametrize("advice", advices(), ids=lambda advice: advice.workload.name)
def test_check_reads_the_requests_back(advice: Advice) -> None:
    assert read_back(advice) == wanted(plan_of(advice).requests)


@pytest.mark.parametrize("advice", advices(), ids=lambda advice: advice.workload.name)
def test_no_placeholder_is_left_and_every_variable_is_used(advice: Advice) -> None:
    texts = dict(files(advice))
    whole = "".join(texts.values())
    assert "replace-me" not in whole.lower()
    assert "000000000000" not in whole
    assert "subnet-0000" not in whole
    for name in given_values(advice):
        assert f"var.{name}" in texts["main.tf"]


@given(st.lists(HOSTILE, min_size=1, max_size=4, unique=True))
def test_a_value_stays_the_text_that_it_is(texts: list[str]) -> None:
    advice = hostile(named("call-transcripts"), texts)
    world = world_of(advice)
    (model,) = (each for each in world.resources if each.kind == "Model")
    body = plain(model.body, world, {})
    assert body["PrimaryContainer"]["Environment"] == {text: text for text in texts}
    tags = [{"Key": text, "Value": text[::-1] + text} for text in texts]
    assert sorted(body["Tags"], key=repr) == sorted(tags, key=repr)


@needs_terraform
def test_terraform_reads_the_texts_that_were_written(tmp_path: Path) -> None:
    texts = [a + b for a in ("", "$", "%", "$$", "x") for b in HOSTILE_SAMPLES]
    output = Block('output "texts"', {"value": texts})
    (tmp_path / "main.tf").write_text(document([output]), encoding="utf-8")
    terraform("apply", "-auto-approve", "-input=false", folder=tmp_path)
    said = terraform("output", "-json", "texts", folder=tmp_path)
    assert json.loads(said) == texts


@needs_terraform
def test_the_scheduled_call_is_the_request(tmp_path: Path) -> None:
    """Evaluated by terraform, with a value for what the expression refers to."""
    advice = hostile(named("nightly-churn-scores"), ["<b>&", "${a}", '"', "\\u003c"])
    request = plan_of(advice).requests[1].parameters
    main = dict(files(advice))["main.tf"]
    expression = main.partition(" input = ")[2].rpartition("\n  }\n}")[0]
    expression = expression.replace("aws_sagemaker_model.this.name", quoted(request["ModelName"]))
    expression = expression.replace("var.bucket", '"REPLACE-ME"')
    text = f'output "input" {{\n  value = {expression}\n}}\n'
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    terraform("apply", "-auto-approve", "-input=false", folder=tmp_path)
    said = json.loads(terraform("output", "-json", "input", folder=tmp_path))
    name = "nightly-churn-scores-<aws.scheduler.execution-id>"
    assert f'"{name}"' in said
    assert json.loads(said) == {**request, "TransformJobName": name}


def test_the_wake_alarm_calls_the_step_policy() -> None:
    """`check` reads no alarms, so the block is written out here."""
    texts = dict(files(named("call-transcripts")))
    assert ALARM in texts["main.tf"]


def test_alarms_that_roll_back_stand_before_the_endpoint() -> None:
    """The endpoint refers to them, so they must not refer to it."""
    main = dict(files(named("canary-of-two")))["main.tf"]
    watching = main.partition('"rollback_errors" {')[2].partition("\n}\n")[0]
    assert "EndpointName       = var.name" in watching
    assert "EndpointConfigName = aws_sagemaker_endpoint_configuration.this.name" in watching
    told = main.partition('"client_errors" {')[2].partition("\n}\n")[0]
    assert "EndpointName = aws_sagemaker_endpoint.this.name" in told
    assert "alarm_actions       = [aws_sns_topic.alarms.arn]" in told
    assert "alarm_name = aws_cloudwatch_metric_alarm.rollback_errors.alarm_name" in main


def test_what_an_update_does_to_a_scaled_endpoint_is_told() -> None:
    """Version 5.100 of the provider has no RetainAllVariantProperties."""
    told = (
        "  # The provider cannot keep the count that autoscaling has set: an update starts with\n"
    )
    assert told in dict(files(named("call-transcripts")))["main.tf"]
    assert told not in dict(files(named("fraud-scoring")))["main.tf"]


def test_a_name_follows_from_what_can_be_replaced_without_the_file() -> None:
    """Variables of a model enter its name, and that of a configuration which names it."""
    main = dict(files(named("canary-of-two")))["main.tf"]
    model, config = re.findall(r'^  name += "\$\{var.name\}-(\$.*)"$', main, re.MULTILINE)[:2]
    assert re.fullmatch(
        r'\$\{substr\(sha256\(jsonencode\(\["[0-9a-f]{8}", var.image_uri, var.model_data_url, '
        r"var.execution_role_arn\]\)\), 0, 8\)\}",
        model,
    ), model
    assert ", aws_sagemaker_model.this.name, " in config
    for name in ("var.instance_count", "var.instance_type"):
        assert name in config


def test_every_variable_of_what_is_replaced_enters_its_name() -> None:
    """So that no change asks AWS for a name that is taken."""
    for advice in advices():
        main = dict(files(advice))["main.tf"]
        for block in re.split(r"(?m)^}$", main):
            head = re.search(r'resource "(aws_sagemaker_(?:model|endpoint_configuration))"', block)
            if head is not None:
                name, rest = re.split(r"(?m)^(?=  name)", block, maxsplit=1)[1].split("\n", 1)
                used = set(re.findall(r"var\.[a-z0-9_]+", rest + block.partition("  name")[0]))
                assert used <= set(re.findall(r"var\.[a-z0-9_]+", name)), block


def test_a_module_holds_no_provider_and_begins_every_name_with_its_own() -> None:
    """So that a root can call it twice."""
    for advice in advices():
        texts = dict(files(advice))
        text = "".join(texts.values())
        assert 'provider "aws"' not in text
        if FILE not in texts:  # a stack names what it makes
            own = re.findall(r"^  (?:alarm_)?name +=(.*)$", texts["main.tf"], re.MULTILINE)
            assert all("var.name" in each or "hours-" in each for each in own), own


def test_an_endpoint_in_production_is_not_destroyed() -> None:
    assert "prevent_destroy = true" in dict(files(named("fraud-scoring")))["main.tf"]
    assert "prevent_destroy" not in dict(files(named("pricing-tool")))["main.tf"]


def test_what_a_reader_tunes_is_a_variable_with_the_value_of_the_plan() -> None:
    declared = dict(files(named("pricing-tool")))["variables.tf"]
    blocks = dict(re.findall(r'variable "(\w+)" {\n(.*?)\n}\n', declared, re.DOTALL))
    assert re.search(r"default += 2048$", blocks["memory_mb"], re.MULTILINE)
    assert "contains([1024, 2048, 3072, 4096, 5120, 6144], var.memory_mb)" in blocks["memory_mb"]
    assert re.search(r"default += 2$", blocks["max_concurrency"], re.MULTILINE)
    assert "default" not in blocks["image_uri"]  # a placeholder is asked for


def test_another_version_gives_other_names() -> None:
    old, new = (dict(files(versioned(v)))["main.tf"] for v in ("2026-11-20", "2026-11-27"))
    pairs = zip(old.splitlines(), new.splitlines(), strict=True)
    changed = [left.split()[0] for left, right in pairs if left != right]
    assert changed == ["name", "version", "name", "version"]


@needs_terraform
def test_terraform_computes_names_that_aws_takes(tmp_path: Path) -> None:
    """As long as the longest name that a workload may have, and other ones for other values."""
    main = dict(files(named("canary-of-two")))["main.tf"]
    name = re.search(r'^  name += (".*var.image_uri.*")$', main, re.MULTILINE)
    assert name is not None
    found = set()
    for image in ("a", "b"):
        text = name[1].replace("var.image_uri", quoted(image))
        for key in ("execution_role_arn", "model_data_url"):
            text = text.replace(f"var.{key}", '"x"')
        text = text.replace("var.name", '"canary-of-two"')
        (tmp_path / "main.tf").write_text(f'output "name" {{\n  value = {text}\n}}\n')
        terraform("apply", "-auto-approve", "-input=false", folder=tmp_path)
        found.add(json.loads(terraform("output", "-json", "name", folder=tmp_path)))
    assert len(found) == 2
    assert all(re.fullmatch(r"canary-of-two-[0-9a-f]{8}", each) for each in found)


def terraform(*arguments: str, folder: Path) -> str:
    """What terraform answers; fails the test when it refuses."""
    result = subprocess.run(
        [str(TERRAFORM), *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_a_key_that_is_no_arn_is_asked_for() -> None:
    """The provider refuses an alias as the key of a configuration."""
    advice = named("call-transcripts")
    texts = dict(files(advice))
    assert "kms_key_arn = var.kms_key_arn" in texts["main.tf"]
    assert "kms_key_id      = var.kms_key_arn" in texts["main.tf"]
    assert "ARN of the KMS key" in texts["variables.tf"]


def test_the_key_of_a_stack_and_of_a_topic_is_one_variable() -> None:
    texts = dict(files(named("watched-components")))
    assert "kms_master_key_id = var.kms_key_arn" in texts["main.tf"]
    assert re.search(r"KmsKeyId += var\.kms_key_arn$", texts["main.tf"], re.MULTILINE)
    assert texts["variables.tf"].count("kms_key") == 1


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("${a}", '"$${a}"'),
        ("$${a}", '"$\\u0024{a}"'),
        ("%{a}", '"%%{a}"'),
        ('"\\\n', '"\\"\\\\\\n"'),
        ("é", '"é"'),
        ("\x7f", '"\\u007f"'),
    ],
)
def test_texts_are_escaped(text: str, written: str) -> None:
    assert quoted(text) == written


STATE = {
    "version": 4,
    "terraform_version": "1.11.0",
    "serial": 1,
    "lineage": "a",
    "outputs": {},
    "resources": [
        {
            "mode": "managed",
            "type": "aws_sagemaker_endpoint",
            "name": "this",
            "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
            "instances": [
                {
                    "schema_version": 0,
                    "attributes": {
                        "arn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint/canary-of-two",
                        "deployment_config": [],
                        "endpoint_config_name": "old",
                        "id": "canary-of-two",
                        "name": "canary-of-two",
                        "tags": None,
                        "tags_all": {},
                    },
                    "sensitive_attributes": [],
                }
            ],
        }
    ],
}


@needs_terraform
@pytest.mark.skipif(
    not Path(os.environ.get("TF_CLI_CONFIG_FILE", "")).is_file(), reason="there is no provider here"
)
def test_what_would_replace_an_endpoint_is_said_and_refused(tmp_path: Path) -> None:
    """The real provider plans over a state with an endpoint that has no rollout.

    A canary is adopted in place; alarms that turn it back, and another name, replace the endpoint,
    which `prevent_destroy` refuses.
    """
    for path, text in files(named("canary-of-two")):
        (tmp_path / path).write_text(text, encoding="utf-8")
    main = (tmp_path / "main.tf").read_text(encoding="utf-8")
    assert "The provider replaces an endpoint that stands without these alarms." in main
    offline: dict[str, Any] = {"region": "us-east-1", "access_key": "x", "secret_key": "x"}
    offline |= {
        f"skip_{each}": True
        for each in ("credentials_validation", "metadata_api_check", "requesting_account_id")
    }
    (tmp_path / "provider.tf").write_text(document([Block('provider "aws"', offline)]))
    (tmp_path / "terraform.tfstate").write_text(json.dumps(STATE), encoding="utf-8")
    values = {**given_values(named("canary-of-two"))}
    values["kms_key_arn"] = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d"
    (tmp_path / "terraform.tfvars").write_text(document_of(values), encoding="utf-8")
    terraform("init", "-input=false", folder=tmp_path)

    def planned(*more: str) -> subprocess.CompletedProcess[str]:
        command = [str(TERRAFORM), "plan", "-refresh=false", "-input=false", "-no-color", *more]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    with_alarms = planned()
    assert "auto_rollback_configuration { # forces replacement" in with_alarms.stdout
    assert "Instance cannot be destroyed" in with_alarms.stderr
    alone = re.sub(r"(?ms)^    auto_rollback_configuration \{\n.*?^    \}\n", "", main)
    (tmp_path / "main.tf").write_text(alone, encoding="utf-8")
    canary = planned()
    assert "aws_sagemaker_endpoint.this will be updated in-place" in canary.stdout, canary.stderr
    assert "0 to destroy" in canary.stdout
    assert "Instance cannot be destroyed" in planned("-var", "name=other").stderr
