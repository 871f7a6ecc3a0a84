"""Modules: what a call makes of one, which scenarios there are, what belongs to a named file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from advisor.configuration.document import Node, Resource
from advisor.gate.run import CheckReport, check
from advisor.gate.settings import CheckOptions

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
MEMORY = [("error", "serverless-memory-size")]


def run(folder: Path, files: Mapping[str, str], *named: str, verbose: bool = False) -> CheckReport:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    paths = [str(folder / name) for name in named] or [str(folder)]
    return check(CheckOptions(paths=paths, as_of="2026-11-20", verbose=verbose, sift=True))


def loud(report: CheckReport) -> list[tuple[str, str]]:
    assert report.errors == ()
    return [(each.severity, each.rule) for each in report.findings if each.severity != "info"]


def serverless(memory: str, outer: str = "", name: str = "this") -> str:
    return f"""\
resource "aws_sagemaker_endpoint_configuration" "{name}" {{
  {outer}
  name_prefix = "spam"
  production_variants {{
    variant_name = "AllTraffic"
    model_name   = "spam"
    serverless_config {{
      max_concurrency   = 5
      memory_size_in_mb = {memory}
    }}
  }}
}}
"""


CONTAINERS = """\
variable "single" {
  default = DEFAULT
}
variable "chain" {
  default = DEFAULT
}
resource "aws_sagemaker_model" "m" {
  name               = "spam"
  execution_role_arn = "arn:aws:iam::123456789012:role/sm"
  dynamic "primary_container" {
    for_each = var.single == null ? [] : var.single
    content {
      image = primary_container.value.image
    }
  }
  dynamic "container" {
    for_each = var.chain == null ? [] : var.chain
    content {
      image = container.value.image
    }
  }
}
"""
SWITCHES = """\
variable "serverless" { default = false }
variable "capture" { default = false }
variable "shadow" { default = DEFAULT }
resource "aws_sagemaker_endpoint_configuration" "this" {
  name_prefix = "spam"
  production_variants {
    variant_name           = "a"
    model_name             = "m"
    instance_type          = var.serverless ? null : "ml.m5.large"
    initial_instance_count = var.serverless ? null : 1
    dynamic "serverless_config" {
      for_each = var.serverless ? [1] : []
      content {
        memory_size_in_mb = 2048
        max_concurrency   = 5
      }
    }
  }
  dynamic "production_variants" {
    for_each = var.serverless ? [] : ["b"]
    content {
      variant_name           = "b"
      model_name             = "other"
      initial_instance_count = 1
      instance_type          = "ml.m5.large"
    }
  }
  dynamic "shadow_production_variants" {
    for_each = var.shadow == "" || var.shadow == null ? [] : [var.shadow]
    content {
      variant_name           = "shadow"
      model_name             = shadow_production_variants.value
      initial_instance_count = 1
      instance_type          = "ml.m5.large"
    }
  }
  dynamic "data_capture_config" {
    for_each = var.capture ? [1] : []
    content {
      enable_capture              = true
      initial_sampling_percentage = 20
      destination_s3_uri          = "s3://spam-answers/x"
      capture_options { capture_mode = "Input" }
    }
  }
}
"""


def call(arguments: str, name: str = "m", source: str = "./m") -> str:
    return f'module "{name}" {{\n  source = "{source}"\n  {arguments}\n}}\n'


@pytest.mark.parametrize("default", ["null", "[]"])
@pytest.mark.parametrize("omitted", ["", "chain = null", "chain = []"])
def test_an_omitted_argument_is_its_default(tmp_path: Path, default: str, omitted: str) -> None:
    text = CONTAINERS.replace("DEFAULT", default)
    given = f'single = [{{ image = "{IMAGE}" }}]\n  {omitted}'
    assert loud(run(tmp_path, {"main.tf": call(given), "m/main.tf": text})) == []
    both = f'{given}\n  chain = [{{ image = "{IMAGE}" }}]'.replace(f"  {omitted}\n", "")
    found = loud(run(tmp_path, {"main.tf": call(both)}))
    assert found == [("error", "model-two-forms")]


@pytest.mark.parametrize("default", ["null", '""'])
def test_each_call_has_the_switches_that_it_sets(tmp_path: Path, default: str) -> None:
    # Each alone is right; a serverless variant that captures is not, nor two variants and a shadow.
    text = SWITCHES.replace("DEFAULT", default)
    each = call("serverless = true", "a") + call("capture = true", "b")
    assert loud(run(tmp_path, {"main.tf": each, "m/main.tf": text})) == []
    both = call("serverless = true\n  capture = true", "a")
    assert ("error", "serverless-capture") in loud(run(tmp_path, {"main.tf": both}))
    shadowed = call('shadow = "next"', "a")
    assert loud(run(tmp_path, {"main.tf": shadowed})) == [("error", "shadow-count")]


def test_a_reference_as_an_argument_means_a_resource_of_the_caller(tmp_path: Path) -> None:
    model = f"""\
resource "aws_sagemaker_model" "spam" {{
  name               = "spam"
  execution_role_arn = "arn:aws:iam::123456789012:role/sm"
  primary_container {{
    image = "{IMAGE}"
  }}
}}
"""
    module = serverless("2048").replace('"spam"\n    serv', "var.model\n    serv")
    module += 'variable "model" {}\n'
    files = {"main.tf": model + call("model = aws_sagemaker_model.spam.name"), "m/main.tf": module}
    assert loud(run(tmp_path, files)) == []
    for attribute, rule in (("arn", "arn-as-name"), ("role", "no-such-attribute")):
        files["main.tf"] = model + call(f"model = aws_sagemaker_model.spam.{attribute}")
        assert loud(run(tmp_path, files)) == [("error", rule)]
    files["main.tf"] = model + call("model = aws_sagemaker_model.ham.name")
    assert loud(run(tmp_path, files)) == [("warning", "no-such-reference")]


def test_beside_a_file_that_is_not_read_nothing_is_missing(tmp_path: Path) -> None:
    config = serverless("2048").replace(
        '"spam"\n    serv', "aws_sagemaker_model.spam.name\n    serv"
    )
    (tmp_path / "model.tf").write_text('resource "aws_sagemaker_model" "spam" {', encoding="utf-8")
    report = run(tmp_path, {"main.tf": config})
    assert [error.line for error in report.errors] == [1]
    assert report.findings == ()
    assert [text.partition("model.tf")[2] for text in report.unresolved] == [
        ":1 it could not be read"
    ]


@pytest.mark.parametrize(
    ("count", "rest"),
    [
        ('count = var.env == "local" ? 0 : 1', 'variable "env" { type = string }'),
        (
            'count = contains(["stage", "prod"], var.env) ? 1 : 0',
            'variable "env" { default = "d" }',
        ),
        ("count = length(var.subnets) > 0 ? 1 : 0", 'variable "subnets" { default = [] }'),
        ("count = data.aws_region.here.name == var.home ? 1 : 0", 'variable "home" {}'),
        ('count = terraform.workspace == "prod" && !var.off ? 1 : 0', 'variable "off" {}'),
        ("count = local.on ? 1 : 0", "locals {\n  on = !module.flags.off\n}"),
        ("count = var.many", 'variable "many" {}'),
        ("for_each = var.each", 'variable "each" {}'),
        ("for_each = var.on ? toset(var.each) : []", 'variable "each" {}\nvariable "on" {}'),
    ],
)
def test_no_resource_is_lost_over_a_number_that_is_open(
    tmp_path: Path, count: str, rest: str
) -> None:
    report = run(tmp_path, {"main.tf": serverless("5000", count) + rest + "\n"})
    assert loud(report) == MEMORY
    assert report.unresolved == ()


@pytest.mark.parametrize(
    ("value", "rest", "wrong"),
    [
        ('terraform.workspace == "x" ? 5000 : 2048', "", True),
        ("data.aws_x.y.z ? 2048 : 5000", "", True),
        ("var.a > 3 ? 2048 : 3072", 'variable "a" {}', False),
        # A text that is known in part decides where what is known decides.
        ('"${var.a}-prod" == "x-dev" ? 5000 : 2048', 'variable "a" {}', False),
        ('"prod-${var.a}" == "dev-x" ? 5000 : 2048', 'variable "a" {}', False),
        ('"prod-${var.a}" == "" ? 5000 : 2048', 'variable "a" {}', False),
        ('"prod-${var.a}" == "prod-x" ? 5000 : 2048', 'variable "a" {}', True),
        ('contains(["a", "b"], "prod-${var.a}") ? 5000 : 2048', 'variable "a" {}', False),
    ],
)
def test_an_open_comparison_is_tried_both_ways(
    tmp_path: Path, value: str, rest: str, wrong: bool
) -> None:
    report = run(tmp_path, {"main.tf": serverless(value) + rest + "\n"})
    assert loud(report) == (MEMORY if wrong else [])


def test_the_same_open_condition_has_one_answer(tmp_path: Path) -> None:
    # Both stand on data.aws_x.y.on: never 5000 and never an instance type beside serverless.
    text = serverless("local.on ? 2048 : (data.aws_x.y.on ? 5000 : 3072)")
    text += "locals {\n  on = data.aws_x.y.on\n}\n"
    assert loud(run(tmp_path, {"main.tf": text})) == []


VALIDATED = """\
variable "env" {
  default = "dev"
  validation {
    condition     = contains(["dev", "stage"], var.env)
    error_message = "No such environment."
  }
}
"""


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ('var.env == "prod" ? 5000 : 2048', False),
        ('var.env == "stage" ? 5000 : 2048', True),
        ('var.env == "dev" ? 2048 : var.env == "stage" ? 3072 : 5000', False),
    ],
)
def test_a_validation_excludes_scenarios(tmp_path: Path, value: str, wrong: bool) -> None:
    report = run(tmp_path, {"main.tf": serverless(value) + VALIDATED})
    assert loud(report) == (MEMORY if wrong else [])
    # Nor is it otherwise where a caller hands its own variable down.
    files = {
        "m/main.tf": serverless(value) + VALIDATED,
        "main.tf": call("env = var.stage") + 'variable "stage" { default = "dev" }\n',
    }
    assert loud(run(tmp_path / "called", files)) == (MEMORY if wrong else [])


def test_a_precondition_excludes_scenarios(tmp_path: Path) -> None:
    condition = 'precondition {\n      condition = var.env != "prod"\n    }'
    lifecycle = f"lifecycle {{\n    {condition}\n  }}"
    text = serverless('var.env == "prod" ? 5000 : 2048', lifecycle) + 'variable "env" {}\n'
    assert loud(run(tmp_path, {"main.tf": text})) == []


@pytest.mark.parametrize("name", ["environments/prod.tfvars", "envs/prod/terraform.tfvars"])
def test_values_in_folders_below_are_scenarios(tmp_path: Path, name: str) -> None:
    text = serverless("var.memory") + 'variable "memory" { default = 2048 }\n'
    files = {"main.tf": text, name: "memory = 5000\n"}
    for named in ("", "main.tf", name):
        (found,) = run(tmp_path, files, named).findings
        assert (found.rule, found.when) == ("serverless-memory-size", f"with {name}")
        assert found.file.endswith(name)


OPTIONAL = """\
variable "serverless" {
  type = object({
    memory      = optional(number, MEMORY)
    concurrency = optional(number)
  })
  default = null
}
"""


def test_an_optional_attribute_is_its_default(tmp_path: Path) -> None:
    for memory, wrong in (("5000", MEMORY), ("4096", [])):
        module = serverless("var.serverless.memory") + OPTIONAL.replace("MEMORY", memory)
        files = {"m/main.tf": module, "main.tf": call("serverless = {}")}
        assert loud(run(tmp_path, files)) == wrong


def test_a_null_for_a_variable_that_takes_none_is_its_default(tmp_path: Path) -> None:
    module = (
        serverless("var.memory") + 'variable "memory" {\n  default = 5000\n  nullable = NO\n}\n'
    )
    files = {"m/main.tf": module.replace("NO", "false"), "main.tf": call("memory = null")}
    assert loud(run(tmp_path, files)) == MEMORY
    files["m/main.tf"] = module.replace("NO", "true")
    assert ("error", "serverless-memory-size") not in loud(run(tmp_path, files))


# What belongs to a named file

TREE = {
    "modules/inner/main.tf": serverless("var.memory") + 'variable "memory" {}\n',
    "modules/outer/main.tf": call("memory = var.size", "inner", "../inner")
    + 'variable "size" {}\n',
    "live/prod/main.tf": call("size = 5000", "outer", "../../modules/outer"),
    "live/test/main.tf": call("size = 2048", "outer", "../../modules/outer"),
    "other/main.tf": serverless("1500"),
}


@pytest.mark.parametrize(
    "named",
    [
        "live/prod/main.tf",
        "live/prod",
        "live",
        "modules/outer",
        "modules/outer/main.tf",
        "modules/inner",
        "modules/inner/main.tf",
        "modules",
    ],
)
def test_module_caller_and_root_have_the_same_findings(tmp_path: Path, named: str) -> None:
    (found,) = run(tmp_path, TREE, named).findings
    assert found.rule == "serverless-memory-size"
    assert found.file.endswith("live/prod/main.tf")
    assert found.address == ("module.outer.module.inner.aws_sagemaker_endpoint_configuration.this")


def test_what_is_not_named_and_not_called_is_not_told(tmp_path: Path) -> None:
    assert run(tmp_path, TREE, "live/test/main.tf").findings == ()
    assert len(run(tmp_path, TREE).findings) == 2


def test_a_fault_of_a_module_is_told_once_and_says_who_calls_it_so(tmp_path: Path) -> None:
    module = serverless("var.big ? 5000 : 2048") + 'variable "big" { default = false }\n'
    files = {
        "m/main.tf": module,
        "a/main.tf": call("big = true", source="../m"),
        "b/main.tf": call("", source="../m"),
    }
    (found,) = run(tmp_path, files, "m").findings
    assert found.when.startswith("called from ")
    assert found.when.endswith("a/main.tf")
    files["b/main.tf"] = files["a/main.tf"]
    (found,) = run(tmp_path, files, "m").findings
    assert found.when == ""


@pytest.mark.parametrize("named", ["main.tf", "m", "m/main.tf", ""])
def test_what_the_reader_finds_in_a_module_is_told_with_its_caller(
    tmp_path: Path, named: str
) -> None:
    module = serverless("2048").replace('name_prefix = "spam"', "name_prefix {}")
    files = {"m/main.tf": module + 'variable "x" {}\n', "main.tf": call("x = 1")}
    found = run(tmp_path, files, named).findings
    assert [each.rule for each in found] == ["block-or-argument"]


def test_callers_that_the_project_excludes_do_not_count(tmp_path: Path) -> None:
    options = CheckOptions(paths=[str(tmp_path / "modules")], as_of="2026-11-20")
    run(tmp_path, TREE)
    excluding = options.project._replace(exclude=("*/live/*",))
    report = check(options._replace(project=excluding))
    assert loud(report) == []


# What was not checked is said


def test_every_resource_is_checked_or_named(tmp_path: Path) -> None:
    module = serverless("2048", "count = var.on ? 1 : 0") + serverless("2048", name="kept")
    files = {
        "m/main.tf": module + 'variable "on" { default = false }\n',
        "main.tf": call("") + call("", "far", "./far") + call("", "net", "terraform-aws/vpc/aws"),
        "z.tf": call("", "reg", "terraform-aws-modules/sagemaker/aws"),
    }
    report = run(tmp_path, files)
    assert report.resources == 1
    assert [text.rpartition("/main.tf")[2] for text in report.unresolved][:2] == [
        ":1 module.m.aws_sagemaker_endpoint_configuration.this: no scenario makes one",
        ":5 module.far: ./far is not followed",
    ]
    assert report.unresolved[2].endswith(
        "module.reg: terraform-aws-modules/sagemaker/aws is not followed"
    )
    assert len(report.unresolved) == 3


def test_a_module_without_sagemaker_is_here(tmp_path: Path) -> None:
    files = {
        "config/main.tf": 'output "memory" {\n  value = 5000\n}\n',
        "main.tf": call("", "config", "./config") + serverless("module.config.memory"),
    }
    report = run(tmp_path, files)
    assert (loud(report), report.unresolved) == (MEMORY, ())


def test_outputs_of_many_are_told_apart(tmp_path: Path) -> None:
    module = 'variable "memory" {}\noutput "memory" {\n  value = var.memory\n}\n'
    many = "for_each = { a = 2048, b = 5000 }\n  memory = each.value"
    calls = call(many)
    for key, wrong in (("a", []), ("b", MEMORY)):
        text = calls + serverless(f'module.m["{key}"].memory')
        assert loud(run(tmp_path, {"m/main.tf": module, "main.tf": text})) == wrong


def test_modules_that_call_each_other_end(tmp_path: Path) -> None:
    both = call("", "o", "../OTHER") + serverless("5000")
    files = {"a/main.tf": both.replace("OTHER", "b"), "b/main.tf": both.replace("OTHER", "a")}
    report = run(tmp_path, files)
    assert {each.rule for each in report.findings} == {"serverless-memory-size"}


def _memory(resource: Resource) -> Node | None:
    (variant,) = resource.body.items("ProductionVariants")
    return variant.at("ServerlessConfig", "MemorySizeInMB")


def test_verbose_keeps_the_values_of_each_scenario(tmp_path: Path) -> None:
    text = serverless("var.big ? 6144 : 2048") + 'variable "big" { type = bool }\n'
    assert run(tmp_path, {"main.tf": text}).read == ()
    (document,) = run(tmp_path, {"main.tf": text}, verbose=True).read
    found = {world.when: [_memory(each) for each in world.resources] for world in document.worlds}
    values = {when: [node.value for node in nodes if node] for when, nodes in found.items()}
    assert values == {"the defaults hold": [6144], "var.big is false": [2048]}
