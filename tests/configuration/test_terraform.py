"""Terraform: variables, locals, .tfvars, modules, dynamic blocks, counts, JSON and plans."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.configuration.document import Document, Node, Reference, Resource
from advisor.configuration.source import SourceText
from advisor.configuration.terraform.folder import gather, known_region
from advisor.configuration.terraform.modules import read_modules
from advisor.configuration.terraform.plan import is_plan, read_plan
from advisor.gate.rules.service_walk import load_service
from advisor.gate.run import CheckReport, check
from advisor.gate.settings import CheckOptions

VARIANT = """\
resource "aws_sagemaker_endpoint_configuration" "c" {{
  {outer}
  production_variants {{
    variant_name           = "all"
    model_name             = "fraud"
    initial_instance_count = 1
    instance_type          = {value}
  }}
}}
"""


def read(**files: str) -> Document:
    sources = [SourceText(name.replace("__", "."), text) for name, text in files.items()]
    (found,) = read_modules({"": sources}, load_service())
    assert found.read.errors == ()
    assert found.read.document is not None
    return found.read.document


def configs(document: Document) -> list[Resource]:
    return [
        resource
        for world in document.worlds
        for resource in world.resources
        if resource.kind == "EndpointConfig"
    ]


def instance_type(value: str, rest: str = "", **files: str) -> Node:
    text = VARIANT.format(value=value, outer="") + rest
    (resource,) = configs(read(main__tf=text, **files))
    found: Node = resource.body.value["ProductionVariants"].items()[0].value["InstanceType"]
    return found


VARIABLES = """
variable "type" { default = "ml.m5.large" }
variable "open" {}
variable "nothing" { default = null }
variable "object" { default = { type = "ml.m5.large", sizes = ["a", "ml.c5.large"] } }
locals {
  type  = var.type
  twice = local.type
  loop  = local.pool
  pool  = local.loop
  map   = { small = "ml.m5.large" }
}
"""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('"ml.m5.large"', "ml.m5.large"),
        ("var.type", "ml.m5.large"),
        ('"${var.type}"', "ml.m5.large"),
        ("local.twice", "ml.m5.large"),
        ("var.object.type", "ml.m5.large"),
        ('var.object["type"]', "ml.m5.large"),
        ("var.object.sizes[1]", "ml.c5.large"),
        ("local.map.small", "ml.m5.large"),
        ('lookup(local.map, "small", "x")', "ml.m5.large"),
        ('join(".", ["ml", "m5", "large"])', "ml.m5.large"),
        ('lower("ML.M5.LARGE")', "ml.m5.large"),
        ('true ? "ml.m5.large" : "x"', "ml.m5.large"),
        ('coalesce("", var.type)', "ml.m5.large"),
        ('merge(local.map, { small = "x" }).small', "x"),
        ('split(",", "a,b")[1]', "b"),
        ('trimspace(" a ")', "a"),
        ("tostring(5)", "5"),
        ('tonumber("5")', 5),
        ("tonumber(5)", 5),
        ("tolist(var.object.sizes)[0]", "a"),
        ("sensitive(var.type)", "ml.m5.large"),
        ('merge(null, { type = "x" }).type', "x"),
        ('concat(["a"], ["b"])[1]', "b"),
        ('lookup(local.map, "none", "x")', "x"),
        ("length(var.object.sizes)", 2),
        ("length(local.map)", 1),
        ("[for x in var.object.sizes : x][1]", "ml.c5.large"),
        ('[for x in var.object.sizes : x if x != "a"][0]', "ml.c5.large"),
        ("[for i, x in var.object.sizes : i][1]", 1),
        ("{ for k, v in local.map : v => k }[var.type]", "small"),
        ('{ for x in var.object.sizes : x => "is-${x}" }.a', "is-a"),
        ("[for k, v in local.map : k][0]", "small"),
        ('format("%s-%d%%", "a", 5)', "a-5%"),
        ('element(["a", "b"], 3)', "b"),
        ("1 == 1.0", True),
        ('1 == "2"', False),
        ("null == null", True),
        ('null == "null"', False),
        ("-7 % 3", -1),  # the sign of the dividend, as terraform console has it
        ("7 % -3", 1),
        ('toset(["b", "a", "b"])[1]', "b"),
        ('length(toset(["b", "a", "b"]))', 2),
        ("[for k, v in { b = 1, a = 2 } : k][0]", "a"),
        ("keys(local.map)[0]", "small"),
        ("values(local.map)[0]", "ml.m5.large"),
        ("min(3, 5)", 3),
        ('max(3, "5")', 5),
        ('contains(["a"], "b")', False),
        ('contains(var.object.sizes, "a")', True),
        ('replace("a-b", "-", "_")', "a_b"),
        ('join("", var.object[*].type)', "ml.m5.large"),  # what is no list is one of one
        ('join("-", [{ a = 1 }, { a = 2 }].*.a)', "1-2"),
        ('join("-", local.map[*].small)', "ml.m5.large"),
        ("length(var.object.sizes[*])", 2),
        ("length(null[*])", 0),
        ("aws_sagemaker_model.m.name", Reference("aws_sagemaker_model.m", "name")),
        ("resource.aws_sagemaker_model.m.name", Reference("aws_sagemaker_model.m", "name")),
        ("aws_sagemaker_model.m[0].name", Reference("aws_sagemaker_model.m", "name")),
        ('aws_sagemaker_model.m["a"].name', Reference('aws_sagemaker_model.m["a"]', "name")),
        ("data.aws_x.y.name", Reference("data.aws_x.y", "name")),
    ],
)
def test_what_is_certain_is_followed(value: str, expected: object) -> None:
    assert instance_type(value, VARIABLES).value == expected


@pytest.mark.parametrize(
    "value",
    [
        "var.open",
        "var.nothing",
        "var.elsewhere",
        "local.loop",
        "local.elsewhere",
        "var.object.other",
        'replace("a-b", "/-/", "_")',
        'format("%05d", 5)',
        'format("%s-%s", "a")',
        "element([], 0)",
        "min(3, var.open)",
        'contains([var.open], "b")',
        "keys(var.open)",
        "values(var.open)",
        'var.open ? "a" : null',
        "each.value",
        "count.index",
        'file("x")',
        '1 == "1"',  # false, but for a type constraint that makes one type of both
        '1.0 == "1"',
        '"true" == true',
        "[for x in var.open : x][0]",
        "[for x in var.object.sizes : x if var.open][0]",
        "{ for x in var.object.sizes : x => x... }.a",
        "terraform.workspace",
        "aws_sagemaker_model.m[var.open].name",
        "aws_sagemaker_model.m[*].name",
        "var.open[*].name",
        "[[1], [2]].*[0]",
        "lower(var.open)",
        "lower(null)",
        'lower("a", "b")',
        'tonumber("many")',
        "tonumber(true)",
        "tolist()",
        "merge(var.object, var.open).type",
        "concat(var.object.sizes, var.open)[0]",
        'lookup(local.map, "none")',
        'lookup(var.open, "x", "y")',
        'coalesce(var.open, "x")',
        'coalesce("", null)',
        'join(",", var.open)',
        'split(var.open, "a,b")[0]',
        "length(var.open)",
        "md5(var.type)",
    ],
)
def test_what_is_not_certain_stays_unknown_and_may_be_null(value: str) -> None:
    node = instance_type(value, VARIABLES)
    assert node.kind == "unknown"
    assert node.value.maybe_absent


def test_a_value_points_at_the_place_where_it_is_written() -> None:
    node = instance_type("var.type", "", variables__tf=VARIABLES)
    assert (node.mark.file, node.mark.line) == ("variables.tf", 2)
    assert node.via == "default of variable type"
    assert node.key is not None
    assert (node.key.file, node.key.line) == ("main.tf", 7)


def test_tfvars_that_terraform_loads_by_itself_win_over_defaults() -> None:
    for name in ("terraform__tfvars", "a.auto__tfvars"):
        files = {name: 'type = "ml.c5.large"\n', "variables__tf": VARIABLES}
        assert instance_type("var.type", "", **files).value == "ml.c5.large"


def test_other_tfvars_are_looked_at_beside_the_defaults() -> None:
    text = VARIANT.format(value="var.type", outer="")
    document = read(main__tf=text, variables__tf=VARIABLES, prod__tfvars='type = "ml.g5.xlarge"\n')
    assert [world.when for world in document.worlds] == ["", "with prod.tfvars"]


FLAGS = """
variable "serverless" { type = bool }
variable "stage" { default = "test" }
"""


def worlds(value: str, outer: str = "", rest: str = FLAGS) -> dict[str, object]:
    found: dict[str, object] = {}
    for world in read(main__tf=VARIANT.format(value=value, outer=outer) + rest).worlds:
        for resource in world.resources:
            variant = resource.body.value["ProductionVariants"].items()[0]
            node = variant.value.get("InstanceType")
            found[world.when] = None if node is None else node.value
        if not world.resources:
            found[world.when] = "no resource"
    return found


def test_each_outcome_of_a_flag_is_looked_at() -> None:
    assert worlds('var.serverless ? null : "a"') == {
        "the defaults hold": None,
        "var.serverless is false": "a",
    }


def test_a_default_and_what_it_is_compared_with_are_looked_at() -> None:
    assert worlds('var.stage == "prod" ? "a" : "b"') == {
        "the defaults hold": "b",
        "var.stage is prod": "a",
    }


def test_a_count_of_nothing_is_no_resource() -> None:
    assert worlds('"a"', outer="count = var.serverless ? 1 : 0") == {
        "the defaults hold": "a",
        "var.serverless is false": "no resource",
    }


def test_conditions_in_locals_are_followed() -> None:
    rest = FLAGS + 'locals { is_prod = var.stage == "prod" }\n'
    assert worlds('local.is_prod ? "a" : "b"', rest=rest) == {
        "the defaults hold": "b",
        "var.stage is prod": "a",
    }


DYNAMIC = """\
resource "aws_sagemaker_endpoint_configuration" "c" {
  dynamic "production_variants" {
    for_each = OVER
    content {
      variant_name  = production_variants.key
      instance_type = production_variants.value
    }
  }
}
"""


def test_a_dynamic_block_is_made_for_each_element() -> None:
    (resource,) = configs(read(main__tf=DYNAMIC.replace("OVER", '{ a = "x", b = "y" }')))
    variants = resource.body.value["ProductionVariants"].items()
    names = [(v.value["VariantName"].value, v.value["InstanceType"].value) for v in variants]
    assert names == [("a", "x"), ("b", "y")]


def test_a_dynamic_block_over_something_unknown_is_unknown() -> None:
    for over in ("var.open", "[]"):
        (resource,) = configs(read(main__tf=DYNAMIC.replace("OVER", over) + VARIABLES))
        variants = resource.body.value.get("ProductionVariants")
        kinds = [item.kind for item in variants.items()] if variants is not None else []
        assert kinds == (["unknown"] if over == "var.open" else [])


def test_for_each_makes_an_instance_for_each_element() -> None:
    text = VARIANT.format(value="each.value", outer='for_each = { a = "x", b = "y" }')
    addresses = {r.address: r for r in configs(read(main__tf=text))}
    assert list(addresses) == [
        'aws_sagemaker_endpoint_configuration.c["a"]',
        'aws_sagemaker_endpoint_configuration.c["b"]',
    ]


def test_names_are_the_apis() -> None:
    text = """\
resource "aws_sagemaker_endpoint_configuration" "c" {
  name        = "x"
  kms_key_arn = "k"
  tags        = { team = "risk" }
  async_inference_config {
    output_config { s3_output_path = "s3://b/" }
  }
}
resource "aws_sagemaker_model" "m" {
  container { image = "a" }
  container { image = "b" }
  vpc_config {
    subnets            = ["s"]
    security_group_ids = ["g"]
  }
}
"""
    config, model = read(main__tf=text).worlds[0].resources
    assert set(config.body.value) == {
        "EndpointConfigName",
        "KmsKeyId",
        "Tags",
        "AsyncInferenceConfig",
    }
    tag = config.body.value["Tags"].items()[0].value
    assert (tag["Key"].value, tag["Value"].value) == ("team", "risk")
    output = config.body.value["AsyncInferenceConfig"].value["OutputConfig"].value
    assert output["S3OutputPath"].value == "s3://b/"
    assert len(model.body.value["Containers"].items()) == 2
    assert set(model.body.value["VpcConfig"].value) == {"Subnets", "SecurityGroupIds"}


@pytest.mark.parametrize(
    ("provider", "region"),
    [
        ('provider "aws" { region = "eu-west-1" }', "eu-west-1"),
        ('provider "aws" { region = var.r }\nvariable "r" { default = "eu-west-1" }', ""),
        ('provider "aws" {\n  alias = "x"\n  region = "eu-west-1"\n}', ""),
        ("", ""),
    ],
)
def test_the_region_is_known_where_the_provider_says_it(provider: str, region: str) -> None:
    folder, _ = gather([SourceText("main.tf", provider)])
    assert known_region(folder) == region


# Whole folders through the gate


def run(folder: Path, *named: str, **files: str) -> CheckReport:
    for name, text in files.items():
        path = folder / name.replace("___", "/").replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    paths = [str(folder / name) for name in named] or [str(folder)]
    return check(CheckOptions(paths=paths, as_of="2026-11-20"))


BAD = VARIANT.format(value='"ml.t3.medium"', outer="")
MODULE = (
    VARIANT.format(value="var.type", outer="") + 'variable "type" { default = "ml.t3.medium" }\n'
)


def test_a_module_is_judged_as_it_is_called(tmp_path: Path) -> None:
    call = 'module "m" {\n  source = "./modules/e"\n  type   = "TYPE"\n}\n'
    good = run(
        tmp_path, main__tf=call.replace("TYPE", "ml.m5.large"), modules___e___main__tf=MODULE
    )
    assert good.findings == ()
    bad = run(tmp_path, main__tf=call.replace("TYPE", "ml.t3.large"))
    (found,) = bad.findings
    assert found.file.endswith("main.tf")
    assert (found.line, found.via) == (3, "argument of module.m")


def test_a_module_that_nobody_calls_stands_alone(tmp_path: Path) -> None:
    (found,) = run(tmp_path, modules___e___main__tf=MODULE).findings
    assert found.via == "default of variable type"


def test_files_that_declare_the_same_are_read_one_by_one(tmp_path: Path) -> None:
    good = VARIANT.format(value='"ml.m5.large"', outer="")
    report = run(tmp_path, a__tf=BAD, b__tf=good, variables__tf='variable "x" {}\n')
    assert [Path(f.file).name for f in report.findings] == ["a.tf"]


def test_a_file_that_is_named_is_read_with_its_folder_and_judged_alone(tmp_path: Path) -> None:
    other = BAD.replace('"c"', '"d"')
    files = {
        "main__tf": VARIANT.format(value="var.type", outer=""),
        "variables__tf": 'variable "type" { default = "ml.m5.large" }\n',
        "other__tf": other,
    }
    assert run(tmp_path, "main.tf", **files).findings == ()
    assert len(run(tmp_path, "other.tf", **files).findings) == 1
    assert len(run(tmp_path, **files).findings) == 1


def test_a_model_behind_a_reference_does_not_hide_the_rest(tmp_path: Path) -> None:
    text = BAD.replace('"fraud"', "aws_sagemaker_model.m.name") + (
        'resource "aws_sagemaker_model" "m" {\n  execution_role_arn = var.role\n'
        "  primary_container {\n    image = var.image\n  }\n}\n"
        'variable "role" {}\nvariable "image" {}\n'
    )
    assert [f.rule for f in run(tmp_path, main__tf=text).findings] == ["instance-type"]


def test_json_syntax_is_the_same_tree(tmp_path: Path) -> None:
    table = {
        "variable": {"type": {"default": "ml.t3.medium"}},
        "resource": {
            "aws_sagemaker_endpoint_configuration": {
                "c": {
                    "name": 'x-${lower(var.type == "a" ? "B" : "C")}',
                    "production_variants": [
                        {
                            "model_name": "fraud",
                            "initial_instance_count": 1,
                            "instance_type": "${var.type}",
                        }
                    ],
                }
            }
        },
    }
    (found,) = run(tmp_path, main__tf__json=json.dumps(table, indent=2)).findings
    assert (found.rule, found.via) == ("instance-type", "default of variable type")
    assert found.line == 4


def test_scripts_in_terraform_are_told_as_not_read(tmp_path: Path) -> None:
    text = BAD + (
        'resource "null_resource" "x" {\n  provisioner "local-exec" {\n'
        "    command = <<E\naws sagemaker create-endpoint-config --name x\nE\n  }\n}\n"
    )
    assert "calls of the API in a script" in run(tmp_path, main__tf=text).unread[0]


PLAN = Path(__file__).parents[1] / "data" / "terraform-plan.json"


def test_a_plan_is_read_with_the_references_that_its_configuration_names(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(PLAN.read_text(encoding="utf-8"), encoding="utf-8")
    report = check(CheckOptions(paths=[str(path)], as_of="2026-11-20"))
    assert [(f.rule, f.address) for f in report.findings] == [
        ("scaling-minimum-zero", "aws_appautoscaling_target.t"),
        ("scaling-burstable", "aws_appautoscaling_target.t"),
        ("arn-as-name", "aws_sagemaker_endpoint.e"),
    ]
    assert report.resources == 4


def change(kind: str, after: object, **more: object) -> dict[str, object]:
    inner = {"actions": ["create"], "after": after, **more}
    return {"address": f"{kind}.x", "type": kind, "name": "x", "change": inner}


def planned(*changes: object, **more: object) -> list[Resource]:
    plan = {"format_version": "1.2", "resource_changes": list(changes), **more}
    document = read_plan(SourceText("plan.json", json.dumps(plan)), load_service())
    return list(document.worlds[0].resources)


CONFIGURATION = "aws_sagemaker_endpoint_configuration"
VARIANTS = [{"instance_type": "ml.m5.large", "initial_instance_count": 1, "model_name": "m"}]


def test_only_what_the_plan_leaves_standing_is_judged() -> None:
    after = {"name": "c", "production_variants": VARIANTS}
    assert len(planned(change(CONFIGURATION, after))) == 1
    assert planned(change(CONFIGURATION, None)) == []
    assert planned(change(CONFIGURATION, after, actions=["delete"])) == []
    assert len(planned(change(CONFIGURATION, after, actions=["delete", "create"]))) == 1
    assert planned(change("aws_s3_bucket", {"bucket": "b"})) == []
    assert planned({"address": "x"}, {"type": 5}, {"type": CONFIGURATION}) == []
    ecs = {"service_namespace": "ecs", "resource_id": "service/a/b", "max_capacity": 2}
    assert planned(change("aws_appautoscaling_target", ecs)) == []


@pytest.mark.parametrize("mask", [{}, {"production_variants": [{"serverless_config": []}]}])
def test_blocks_that_a_plan_writes_as_empty_lists_are_not_there(mask: dict[str, object]) -> None:
    variant = {**VARIANTS[0], "serverless_config": [], "routing_config": [], "variant_name": None}
    after = {"name": "c", "production_variants": [variant], "async_inference_config": []}
    (resource,) = planned(change(CONFIGURATION, after, after_unknown=mask))
    assert set(resource.body.value) == {"EndpointConfigName", "ProductionVariants"}
    (made,) = resource.body.value["ProductionVariants"].items()
    assert set(made.value) == {"InstanceType", "InitialInstanceCount", "ModelName"}


def test_what_is_known_only_after_apply_is_unknown() -> None:
    after = {"name": None, "production_variants": [{"instance_type": "ml.m5.large"}]}
    hidden = {"name": True, "production_variants": [{"model_name": True}], "arn": True}
    (resource,) = planned(change(CONFIGURATION, after, after_unknown=hidden))
    (variant,) = resource.body.value["ProductionVariants"].items()
    assert variant.value["ModelName"].kind == "unknown"
    assert resource.body.value["EndpointConfigName"].kind == "unknown"


def test_a_plan_names_references_also_within_modules() -> None:
    after = {"name": "c", "production_variants": [{"instance_type": "ml.m5.large"}]}
    hidden = {"production_variants": [{"model_name": True}]}
    entry = change(CONFIGURATION, after, after_unknown=hidden)
    entry["address"] = f"module.a[0].{CONFIGURATION}.x"
    model = {"references": ["aws_sagemaker_model.m.name", "aws_sagemaker_model.m"]}
    inner = {
        "address": f"{CONFIGURATION}.x",
        "type": CONFIGURATION,
        "expressions": {"production_variants": [{"model_name": model}]},
    }
    calls = {"a": {"module": {"resources": [inner]}}}
    (resource,) = planned(entry, configuration={"root_module": {"module_calls": calls}})
    (variant,) = resource.body.value["ProductionVariants"].items()
    # As the model's own address has it, without indexes.
    assert variant.value["ModelName"].value == Reference("module.a.aws_sagemaker_model.m", "name")


def test_an_empty_text_is_no_value_where_the_provider_says_so() -> None:
    empty = VARIANT.format(value='"ml.m5.large"', outer='  kms_key_arn = ""\n')
    empty = empty.replace('"fraud"', '""').replace('"all"', '""')
    (resource,) = configs(read(main__tf=empty))
    (variant,) = resource.body.value["ProductionVariants"].items()
    assert "KmsKeyId" not in resource.body.value
    assert not {"ModelName", "VariantName"} & variant.value.keys()


ECS = """\
resource "aws_appautoscaling_target" "api" {
  count              = 1
  max_capacity       = 4
  min_capacity       = 0
  resource_id        = "service/main/api"
  scalable_dimension = "ecs:service:DesiredCount"
  service_namespace  = "ecs"
  tags               = { team = "api" }
}

resource "aws_appautoscaling_policy" "api" {
  name               = "cpu"
  policy_type        = "TargetTrackingScaling"
  resource_id        = aws_appautoscaling_target.api[0].resource_id
  scalable_dimension = aws_appautoscaling_target.api[0].scalable_dimension
  service_namespace  = aws_appautoscaling_target.api[0].service_namespace
  target_tracking_scaling_policy_configuration {
    target_value = 60
    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}

resource "aws_sagemaker_model" "m" {
  execution_role_arn = "arn:aws:iam::123456789012:role/ml"
  primary_container {
    image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/m:1"
  }
}
"""


def test_the_scaling_of_other_services_is_passed_over(tmp_path: Path) -> None:
    # Also in a folder whose name says SageMaker: what counts stands in the file.
    folder = tmp_path / "SageMaker-sagemaker"
    folder.mkdir()
    (folder / "main.tf").write_text(ECS, encoding="utf-8")
    report = check(CheckOptions(paths=[str(folder)], as_of="2026-11-20"))
    assert (report.resources, report.findings) == (1, ())


def test_the_tags_of_a_scaling_target_are_a_map(tmp_path: Path) -> None:
    text = """\
resource "aws_appautoscaling_target" "t" {
  max_capacity       = 4
  min_capacity       = 1
  resource_id        = "endpoint/e/variant/v"
  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
  service_namespace  = "sagemaker"
  tags               = { team = "ml" }
}
"""
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    report = check(CheckOptions(paths=[str(tmp_path)], as_of="2026-11-20"))
    assert (report.resources, report.findings) == (1, ())


COUNTED = """\
locals {
  names = ["one", "two_b"]
}

resource "aws_sagemaker_model" "m" {
  count              = length(local.names)
  name               = local.names[count.index]
  execution_role_arn = "arn:aws:iam::123456789012:role/ml"
  primary_container {
    image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/m:1"
  }
}

resource "aws_sagemaker_endpoint_configuration" "c" {
  production_variants {
    variant_name = "a"
    model_name   = aws_sagemaker_model.m[1].arn
    serverless_config {
      memory_size_in_mb = 2048
      max_concurrency   = 5
    }
  }
}
"""


def test_count_makes_an_instance_for_each_number(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(COUNTED, encoding="utf-8")
    report = check(CheckOptions(paths=[str(tmp_path)], as_of="2026-11-20"))
    assert report.resources == 3
    found = [(finding.rule, finding.line, finding.address) for finding in report.findings]
    assert found == [
        ("wrong-form", 2, "aws_sagemaker_model.m[1]"),
        ("arn-as-name", 17, "aws_sagemaker_endpoint_configuration.c"),
    ]


def test_what_a_plan_leaves_empty_or_open_is_no_value(tmp_path: Path) -> None:
    step = {
        "metric_interval_lower_bound": "0",
        "metric_interval_upper_bound": "",
        "scaling_adjustment": 1,
    }
    policy = {
        "name": "wake",
        "policy_type": "StepScaling",
        "resource_id": "endpoint/e/variant/v",
        "scalable_dimension": "sagemaker:variant:DesiredInstanceCount",
        "service_namespace": "sagemaker",
        "alarm_arns": [],
        "step_scaling_policy_configuration": [
            {"adjustment_type": "ChangeInCapacity", "step_adjustment": [step]}
        ],
    }
    model = {
        "execution_role_arn": "arn:aws:iam::123456789012:role/ml",
        "primary_container": [{"image": None, "model_data_url": "s3://b/m.tar.gz"}],
    }
    hidden = {"primary_container": [{"container_hostname": True}]}
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.11.0",
        "planned_values": {},
        "resource_changes": [
            change("aws_appautoscaling_policy", policy),
            change("aws_sagemaker_model", model, after_unknown=hidden),
        ],
    }
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    report = check(CheckOptions(paths=[str(path)], as_of="2026-11-20"))
    assert [(finding.rule, finding.address) for finding in report.findings] == [
        ("container-empty", "aws_sagemaker_model.x")
    ]


SELECTED = """\
variable "stage" { type = string }
variable "tier" { default = "small" }
variable "memory" { default = { small = 2048, big = 7000 } }
locals {
  sizes = {
    dev  = { type = "ml.t3.large", count = 1 }
    prod = { type = "ml.m5.xlarge", count = 0 }
  }
}
resource "aws_sagemaker_endpoint_configuration" "c" {
  production_variants {
    model_name             = "m"
    instance_type          = local.sizes[var.stage].type
    initial_instance_count = local.sizes[var.stage].count
  }
}
resource "aws_sagemaker_endpoint_configuration" "d" {
  production_variants {
    model_name = "m"
    serverless_config {
      memory_size_in_mb = lookup(var.memory, var.tier, 1024)
      max_concurrency   = 4
    }
  }
}
"""


def test_each_entry_of_a_map_that_a_variable_selects_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(SELECTED, encoding="utf-8")
    report = check(CheckOptions(paths=[str(tmp_path)], as_of="2026-11-20"))
    assert [(finding.rule, finding.line, finding.when) for finding in report.findings] == [
        ("serverless-memory-size", 3, "var.stage is dev, var.tier is big"),
        ("instance-type", 6, "var.stage is dev"),
        ("out-of-range", 7, "var.stage is prod"),
    ]


OBJECTS = """\
variable "serverless" {
  type    = object({ memory = number, concurrency = number })
  default = { memory = null, concurrency = 0 }
}
resource "aws_sagemaker_endpoint_configuration" "c" {
  count = var.serverless.memory == null ? 1 : 0
  production_variants {
    model_name             = "m"
    instance_type          = "ml.m5.lrage"
    initial_instance_count = 1
  }
}
resource "aws_sagemaker_endpoint_configuration" "s" {
  count = var.serverless.memory != null ? 1 : 0
  production_variants {
    model_name    = "m"
    instance_type = "ml.m5.large"
    serverless_config {
      memory_size_in_mb = var.serverless.memory
      max_concurrency   = var.serverless.concurrency
    }
  }
}
"""


def test_an_attribute_that_is_compared_may_be_something_else(tmp_path: Path) -> None:
    # Whoever gives another object gives all of it: the default concurrency says nothing then.
    (tmp_path / "main.tf").write_text(OBJECTS, encoding="utf-8")
    report = check(CheckOptions(paths=[str(tmp_path)], as_of="2026-11-20"))
    assert [(finding.rule, finding.line, finding.when) for finding in report.findings] == [
        ("instance-type", 9, "the defaults hold"),
        ("serverless-on-instances", 17, "var.serverless.memory is something else"),
    ]


ENDED = {
    "address": "module.ml.aws_sagemaker_endpoint_configuration.c",
    "mode": "managed",
    "type": CONFIGURATION,
    "values": {
        "name": "c",
        "kms_key_arn": None,
        "production_variants": [{"variant_name": "v", "instance_type": "ml.m5.large"}],
    },
}


def ended(key: str, **more: object) -> list[Resource]:
    """What is read of the values that a plan ends with, or that a state holds."""
    values = {"root_module": {"child_modules": [{"resources": [ENDED]}]}}
    shown = {"format_version": "1.2", "terraform_version": "1.9.0", key: values, **more}
    source = SourceText("plan.json", json.dumps(shown))
    assert is_plan(source)
    return list(read_plan(source, load_service()).worlds[0].resources)


@pytest.mark.parametrize("key", ["planned_values", "values"])
def test_without_changes_the_values_that_stand_are_read(key: str) -> None:
    (resource,) = ended(key)
    assert resource.address == ENDED["address"]
    (variant,) = resource.body.value["ProductionVariants"].items()
    assert variant.value["InstanceType"].value == "ml.m5.large"
    assert "ModelName" not in variant.value
    assert "KmsKeyId" not in resource.body.value


def test_what_the_values_leave_out_and_the_configuration_refers_to_is_not_missing() -> None:
    expressions = {
        "kms_key_arn": {"references": ["var.key"]},
        "tags": {"references": ["local.tags"]},
        "production_variants": [
            {"model_name": {"references": ["aws_sagemaker_model.m.name", "aws_sagemaker_model.m"]}},
            "no block",
        ],
    }
    child = {
        "resources": [
            {"address": f"{CONFIGURATION}.c", "type": CONFIGURATION, "expressions": expressions}
        ]
    }
    configuration = {"root_module": {"module_calls": {"ml": {"module": child}}}}
    (resource,) = ended("planned_values", configuration=configuration)
    (variant,) = resource.body.value["ProductionVariants"].items()
    assert variant.value["ModelName"].value == Reference("module.ml.aws_sagemaker_model.m", "name")
    assert resource.body.value["Tags"].kind == "unknown"
    assert "KmsKeyId" not in resource.body.value  # null is known: there is none


@pytest.mark.parametrize("values", [3, [], {"root_module": 3}, {"root_module": [1, {"x": 3}]}])
def test_values_of_another_shape_hold_nothing(values: object) -> None:
    assert planned(planned_values=values) == []


ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 7, "", "x.y.z", [], {}, [[]], [{}], ["x"], [7], {"a": 1}]
)


@given(at=st.integers(0, 10**6), value=ODD)
@settings(max_examples=200, deadline=None)
def test_any_value_anywhere_in_a_plan_is_read(at: int, value: object) -> None:
    plan = json.loads(PLAN.read_text(encoding="utf-8"))
    slots: list[tuple[Any, Any]] = []
    pending: list[Any] = [plan]
    while pending:
        held = pending.pop()
        slots += [(held, key) for key in (held if isinstance(held, dict) else range(len(held)))]
        inner = held.values() if isinstance(held, dict) else held
        pending += [each for each in inner if isinstance(each, dict | list)]
    held, key = slots[at % len(slots)]
    held[key] = value
    report = check(CheckOptions(paths=["-"], as_of="2026-11-20", stdin=json.dumps(plan).encode()))
    assert report.configurations + len(report.errors) + report.ignored == 1


@pytest.mark.parametrize("other", ["one", "two"])
def test_scaling_targets_that_refer_to_themselves_or_in_a_circle_end(other: str) -> None:
    target = (
        'resource "aws_appautoscaling_target" "%s" {\n'
        "  min_capacity       = 1\n"
        "  max_capacity       = 0\n"
        "  service_namespace  = aws_appautoscaling_target.%s.service_namespace\n"
        '  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"\n'
        "}\n"
    )
    document = read(**{"main.tf": target % ("one", other) + target % ("two", "one")})
    assert [each.address for each in document.worlds[0].resources] == [
        "aws_appautoscaling_target.one",
        "aws_appautoscaling_target.two",
    ]
