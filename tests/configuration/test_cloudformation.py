"""CloudFormation templates: functions, conditions, parameters, where they are certain."""

from __future__ import annotations

import json
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from advisor.configuration.cloudformation.template import read_template
from advisor.configuration.document import Document, Node, Reference
from advisor.configuration.source import SourceText
from advisor.configuration.yaml_nodes import read_yaml
from advisor.gate.run import CheckReport, check
from advisor.gate.settings import CheckOptions


def read(text: str, region: str = "") -> Document:
    node = read_yaml(SourceText("template.yaml", textwrap.dedent(text))).documents[0]
    return read_template("template.yaml", node, (), region)


def config(value: str, rest: str = "") -> str:
    """A template whose one variant has a value as its instance type."""
    return f"""\
{textwrap.dedent(rest)}
Resources:
  Model:
    Type: AWS::SageMaker::Model
    Properties: {{PrimaryContainer: {{Image: i}}}}
  Config:
    Type: AWS::SageMaker::EndpointConfig
    Properties:
      ProductionVariants:
        - VariantName: all
          InstanceType: {value}
"""


def instance_type(text: str, region: str = "") -> Node:
    world = read(text, region).worlds[0]
    resource = world.find("Config")
    assert resource is not None
    variant = resource.body.value["ProductionVariants"].items()[0]
    found: Node = variant.value["InstanceType"]
    return found


PARAMETERS = """
Parameters:
  Type: {Type: String, Default: ml.m5.large}
  Open: {Type: String}
  Empty: {Type: String, Default: ""}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /types/fraud}
  Several: {Type: CommaDelimitedList, Default: "ml.m5.large, ml.c5.large"}
  NoType: {Type: String, Default: None}
Mappings:
  Sizes: {eu-west-1: {small: ml.m5.large}, us-east-1: {small: ml.c5.large}}
"""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("ml.m5.large", "ml.m5.large"),
        ("!Ref Type", "ml.m5.large"),
        ("{Ref: Type}", "ml.m5.large"),
        ("!Sub '${Type}'", "ml.m5.large"),
        ("!Sub ['ml.${Size}', {Size: m5.large}]", "ml.m5.large"),
        ("!Sub 'ml.${!x}'", "ml.${x}"),
        ("!Join [., [ml, m5, large]]", "ml.m5.large"),
        ("!Select [1, [a, ml.m5.large]]", "ml.m5.large"),
        ("!Select [1, !Ref Several]", "ml.c5.large"),
        ("!Select [0, !Split [',', 'ml.m5.large,x']]", "ml.m5.large"),
        ("!FindInMap [Sizes, eu-west-1, small]", "ml.m5.large"),
        ("!FindInMap [Sizes, !Ref 'AWS::Region', small]", "ml.c5.large"),
        ("!GetAtt Model.ModelName", Reference("Model", "ModelName")),
        ("!GetAtt [Model, ModelName]", Reference("Model", "ModelName")),
        ("!Sub '${Model.ModelName}'", Reference("Model", "ModelName")),
        ("!Ref Model", Reference("Model", "Ref")),
    ],
)
def test_what_is_certain_is_followed(value: str, expected: Any) -> None:
    assert instance_type(config(value, PARAMETERS), "us-east-1").value == expected


@pytest.mark.parametrize(
    "value",
    [
        "!Ref Open",
        "!Ref Empty",
        "!Ref NoType",
        "!Ref Stored",
        "!Ref 'AWS::AccountId'",
        "!ImportValue other-stack",
        "!FindInMap [Sizes, !Ref 'AWS::Region', small]",
        "!FindInMap [Sizes, eu-west-1, large]",
        "!Select [7, !Ref Several]",
        "!Transform {Name: Macro}",
        "'{{resolve:ssm:/types/fraud}}'",
        "!GetAZs ''",
    ],
)
def test_what_is_not_certain_stays_unknown(value: str) -> None:
    assert instance_type(config(value, PARAMETERS)).kind == "unknown"


def test_a_text_with_a_hole_keeps_what_is_known_of_it() -> None:
    node = instance_type(config("!Sub 'ml.${Open}.large'", PARAMETERS))
    assert node.kind == "text"
    assert node.value[0] == "ml."
    assert node.value[2] == ".large"


def test_a_value_points_at_the_place_where_it_is_written() -> None:
    node = instance_type(config("!Ref Type", PARAMETERS))
    assert node.via == "default of parameter Type"
    assert (node.mark.line, node.mark.column) == (3, 33)
    assert node.key is not None
    assert node.key.line == 21  # ten lines of parameters, ten of resources before it


CONDITIONS = """
Parameters:
  Stage: {Type: String}
  Size: {Type: String, Default: small, AllowedValues: [small, large]}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsTest: !Equals [!Ref Stage, test]
  IsBig: !And [!Condition IsProd, !Equals [large, !Ref Size]]
  IsOther: !Not [!Or [!Condition IsProd, !Condition IsTest]]
"""


def worlds(value: str) -> list[tuple[str, Any]]:
    found = []
    for world in read(config(value, CONDITIONS)).worlds:
        resource = world.find("Config")
        assert resource is not None
        variant = resource.body.value["ProductionVariants"].items()[0]
        node = variant.value.get("InstanceType")
        found.append((world.when, None if node is None else node.value))
    return found


def test_each_outcome_of_the_conditions_is_looked_at_once() -> None:
    assert worlds("!If [IsProd, a, b]") == [("IsProd is true", "a"), ("IsProd is false", "b")]


def test_conditions_on_one_parameter_go_together() -> None:
    # Of the four combinations one is impossible: no stage is both prod and test.
    found = worlds("!If [IsProd, a, !If [IsTest, b, !Ref 'AWS::NoValue']]")
    assert sorted(found, key=str) == [
        ("IsProd is false, IsTest is false", None),
        ("IsProd is false, IsTest is true", "b"),
        ("IsProd is true, IsTest is false", "a"),
    ]


def test_conditions_on_conditions_are_followed() -> None:
    assert dict(worlds("!If [IsBig, a, !If [IsOther, b, c]]")) == {
        "IsBig is true, IsOther is false": "a",
        "IsBig is false, IsOther is true": "b",
        "IsBig is false, IsOther is false": "c",
    }


def test_a_condition_that_nothing_settles_leaves_the_value_open() -> None:
    rest = "Conditions: {X: !Equals [!ImportValue a, b]}"
    (world,) = read(config("!If [X, a, b]", rest)).worlds
    resource = world.find("Config")
    assert resource is not None
    node = resource.body.value["ProductionVariants"].items()[0].value["InstanceType"]
    assert node.kind == "unknown"
    assert node.value.maybe_absent


def test_a_resource_that_a_condition_leaves_out_is_not_there() -> None:
    text = config("ml.m5.large", CONDITIONS).replace(
        "Type: AWS::SageMaker::EndpointConfig",
        "Type: AWS::SageMaker::EndpointConfig\n    Condition: IsProd",
    )
    kinds = {w.when: {r.identity for r in w.resources} for w in read(text).worlds}
    assert kinds == {"IsProd is true": {"Model", "Config"}, "IsProd is false": {"Model"}}


SWAPPED = """\
Parameters: {Stage: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Stage, prod]}
Resources:
  Config:
    Type: AWS::SageMaker::EndpointConfig
    Properties:
      ProductionVariants:
        - VariantName: all
          ModelName: fraud
          InstanceType: !If [IsProd, ml.m5.large, !Ref "AWS::NoValue"]
          InitialInstanceCount: !If [IsProd, 1, !Ref "AWS::NoValue"]
          ServerlessConfig: !If [IsProd, BRANCHES]
"""
SERVERLESS = "{MaxConcurrency: 5, MemorySizeInMB: 2048}"


def checked(tmp_path: Path, text: str, **files: str) -> CheckReport:
    for name, content in files.items():
        (tmp_path / name.replace("__", "-").replace("_json", ".json")).write_text(content)
    path = tmp_path / "template.yaml"
    path.write_text(text, encoding="utf-8")
    return check(CheckOptions(paths=[str(path)], as_of="2026-11-20"))


def test_two_forms_behind_one_condition_are_no_finding(tmp_path: Path) -> None:
    right = SWAPPED.replace("BRANCHES", f'!Ref "AWS::NoValue", {SERVERLESS}')
    assert checked(tmp_path, right).findings == ()


def test_swapped_branches_are_found_in_both_worlds(tmp_path: Path) -> None:
    wrong = SWAPPED.replace("BRANCHES", f'{SERVERLESS}, !Ref "AWS::NoValue"')
    found = {(f.rule, f.line, f.when) for f in checked(tmp_path, wrong).findings}
    assert found == {
        ("serverless-on-instances", 10, "IsProd is true"),
        ("no-capacity", 8, "IsProd is false"),
    }


PARAMETER_FILE = """\
Parameters:
  Type: {Type: String}
  Count: {Type: Number, Default: 1}
Resources:
  Config:
    Type: AWS::SageMaker::EndpointConfig
    Properties:
      ProductionVariants:
        - {VariantName: a, ModelName: m, InstanceType: !Ref Type, InitialInstanceCount: !Ref Count}
"""


@pytest.mark.parametrize(
    "content",
    [
        '{"Parameters": {"Type": "ml.t3.medium", "Count": "2"}}',
        '[{"ParameterKey": "Type",\n "ParameterValue": "ml.t3.medium"}]',
    ],
)
def test_parameter_files_beside_a_template_are_followed(tmp_path: Path, content: str) -> None:
    (found,) = checked(tmp_path, PARAMETER_FILE, prod__config_json=content).findings
    assert found.rule == "instance-type"
    assert found.file.endswith("prod-config.json")
    assert found.via == "Type in prod-config.json"
    assert found.when == "with prod-config.json"


def test_a_parameter_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    for content in (
        '{"Parameters": {"Other": "x"}}',
        "no json",
        "[1]",
        '{"Parameters": {"Type": []}}',
    ):
        assert checked(tmp_path, PARAMETER_FILE, prod__config_json=content).findings == ()


def test_a_reference_compares_as_a_reference(tmp_path: Path) -> None:
    text = """\
        Resources:
          One: {Type: AWS::SageMaker::Model, Properties: {PrimaryContainer: {Image: i}}}
          Two: {Type: AWS::SageMaker::Model, Properties: {PrimaryContainer: {Image: i}}}
          Config:
            Type: AWS::SageMaker::EndpointConfig
            Properties:
              ProductionVariants:
                - {VariantName: a, ModelName: !GetAtt One.ModelName, SETTINGS}
                - {VariantName: b, ModelName: !GetAtt MODEL.ModelName, SETTINGS}
        """
    text = text.replace("SETTINGS", "InstanceType: ml.m5.large, InitialInstanceCount: 1")
    same = checked(tmp_path, textwrap.dedent(text).replace("MODEL", "One"))
    assert [(f.rule, f.line) for f in same.findings] == [("alike-variants", 9)]
    assert checked(tmp_path, textwrap.dedent(text).replace("MODEL", "Two")).findings == ()


def test_custom_resources_and_loops_are_told_as_not_read(tmp_path: Path) -> None:
    text = """\
        Resources:
          Custom:
            Type: Custom::Endpoint
            Properties: {ProductionVariants: [{VariantName: a}]}
          Fn::ForEach::Models:
            [X, {Ref: Open}, {"Config${X}": {Type: AWS::SageMaker::EndpointConfig}}]
        """
    report = checked(tmp_path, textwrap.dedent(text))
    assert [note.split(": ", 1)[1] for note in report.unread] == [
        "Resources.Custom: a custom resource holds an endpoint configuration",
        "Resources.Fn::ForEach::Models: a loop makes resources",
    ]


def test_a_sam_template_is_a_template(tmp_path: Path) -> None:
    text = config("ml.t3.medium", "Transform: AWS::Serverless-2016-10-31")
    text = text.replace(
        "VariantName: all",
        "VariantName: all\n          ModelName: m\n          InitialInstanceCount: 1",
    )
    assert [f.rule for f in checked(tmp_path, text).findings] == ["instance-type"]


REPEATED = """\
Parameters:
  A: {Type: String}
  A: {Type: String}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: {Path: /, Path: /}
  Config:
    Type: AWS::SageMaker::EndpointConfig
    Properties:
      ProductionVariants:
        - {VariantName: v, VariantName: w, ModelName: m, InstanceType: ml.m5.large}
      KmsKeyId: alias/a
      KmsKeyId: alias/b
  Config:
    Type: AWS::IAM::Role
    Properties: {Path: /, Path: /}
"""


def test_a_repeated_key_counts_where_something_of_ours_is_lost(tmp_path: Path) -> None:
    report = checked(tmp_path, REPEATED)
    lines = [f.line for f in report.findings if f.rule == "repeated-key"]
    assert lines[0] == 3
    assert 15 in lines  # the second Config
    assert not {7, 17} & set(lines)


def test_many_resources_that_refer_to_each_other_take_bounded_time(tmp_path: Path) -> None:
    # 5,000 resources take about a second; looked up one by one, they took minutes.
    resources: dict[str, Any] = {}
    for number in range(1000):
        name = f"endpoint-{number}"
        resource_id = f"endpoint/{name}/variant/a"
        variant = {"VariantName": "a", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        variant["ModelName"] = {"Fn::GetAtt": [f"M{number}", "ModelName"]}
        scaled = {
            "ServiceNamespace": "sagemaker",
            "ResourceId": resource_id,
            "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        }
        tracking = {
            "TargetValue": 5,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
            },
        }
        made: dict[str, tuple[str, dict[str, Any]]] = {
            "M": (
                "SageMaker::Model",
                {"Containers": [{"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/m:1"}]},
            ),
            "C": ("SageMaker::EndpointConfig", {"ProductionVariants": [variant]}),
            "E": (
                "SageMaker::Endpoint",
                {
                    "EndpointName": name,
                    "EndpointConfigName": {"Fn::GetAtt": [f"C{number}", "EndpointConfigName"]},
                },
            ),
            "T": (
                "ApplicationAutoScaling::ScalableTarget",
                {**scaled, "MinCapacity": 1, "MaxCapacity": 2},
            ),
            "P": (
                "ApplicationAutoScaling::ScalingPolicy",
                {
                    **scaled,
                    "PolicyName": "p",
                    "PolicyType": "TargetTrackingScaling",
                    "TargetTrackingScalingPolicyConfiguration": tracking,
                },
            ),
        }
        for letter, (kind, properties) in made.items():
            resources[f"{letter}{number}"] = {"Type": f"AWS::{kind}", "Properties": properties}
    path = tmp_path / "template.json"
    path.write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    start = time.perf_counter()
    report = check(CheckOptions(paths=[str(path)], as_of="2026-11-20"))
    assert (report.resources, report.findings) == (5000, ())
    assert time.perf_counter() - start < 20


SELECTED = """\
Parameters:
  Stage: {Type: String, Default: prod, AllowedValues: [dev, prod, lab]}
Mappings:
  Size:
    dev: {Type: ml.t3.large, Count: 1}
    prod: {Type: ml.m5.large, Count: 0}
    old: {Type: no-such-type, Count: 1}
Resources:
  Config:
    Type: AWS::SageMaker::EndpointConfig
    Properties:
      ProductionVariants:
        - VariantName: a
          ModelName: m
          InstanceType: !FindInMap [Size, !Ref Stage, Type]
          InitialInstanceCount: !FindInMap [Size, !Ref Stage, Count]
"""


def test_each_entry_of_a_mapping_that_a_parameter_selects_is_looked_at(tmp_path: Path) -> None:
    # The entry old is not among the values that the parameter allows.
    path = tmp_path / "template.yaml"
    path.write_text(SELECTED, encoding="utf-8")
    report = check(CheckOptions(paths=[str(path)], as_of="2026-11-20"))
    assert [(finding.rule, finding.line, finding.when) for finding in report.findings] == [
        ("instance-type", 5, "Stage is dev"),
        ("out-of-range", 6, "Stage is prod"),
    ]


LOOPS = """
Transform: AWS::LanguageExtensions
Parameters:
  Names: {Type: CommaDelimitedList, Default: "Blue,Green"}
  Open: {Type: CommaDelimitedList}
Resources:
  Fn::ForEach::Configs:
    - Name
    - OVER
    - Config${Name}:
        Type: AWS::SageMaker::EndpointConfig
        Properties:
          ProductionVariants:
            - VariantName: !Ref Name
              ModelName: !Sub "model-${Name}"
              InstanceType: ml.m5.large
              InitialInstanceCount: 1
"""


def variants(document: Document) -> dict[str, tuple[object, object]]:
    """Address -> name and model of its one variant."""
    found = {}
    for resource in document.worlds[0].resources:
        (variant,) = resource.body.value["ProductionVariants"].items()
        values = variant.value["VariantName"].value, variant.value["ModelName"].value
        found[resource.address] = values
    return found


@pytest.mark.parametrize("over", ["[Blue, Green]", "!Ref Names"])
def test_a_loop_makes_its_resources(over: str) -> None:
    document = read(LOOPS.replace("OVER", over))
    assert variants(document) == {
        "Resources.ConfigBlue": ("Blue", "model-Blue"),
        "Resources.ConfigGreen": ("Green", "model-Green"),
    }
    assert document.unread == ()


@pytest.mark.parametrize("over", ["!Ref Open", "!Ref Nowhere", "[!Ref Open]", "!Split [',', x]"])
def test_a_loop_over_something_open_is_not_read_and_said_so(over: str) -> None:
    document = read(LOOPS.replace("OVER", over))
    assert variants(document) == {}
    assert document.unread == ("Resources.Fn::ForEach::Configs: a loop makes resources",)


def test_a_loop_within_a_loop_makes_every_pair() -> None:
    body = textwrap.indent(
        LOOPS.partition("Resources:\n")[2].replace("OVER", "!Ref Names"), " " * 8
    )
    outer = body.replace("Config${Name}", "C${Stage}${Name}").replace("model-", "${Stage}-")
    text = LOOPS.partition("  Fn::")[0] + (
        f"  Fn::ForEach::Stages:\n    - Stage\n    - [Dev, Prod]\n    -\n{outer}"
    )
    assert variants(read(text)) == {
        "Resources.CDevBlue": ("Blue", "Dev-Blue"),
        "Resources.CDevGreen": ("Green", "Dev-Green"),
        "Resources.CProdBlue": ("Blue", "Prod-Blue"),
        "Resources.CProdGreen": ("Green", "Prod-Green"),
    }


def test_loops_that_make_too_much_stay_unread_in_time() -> None:
    numbers = ", ".join(f"N{number}" for number in range(300))
    inner = "{Type: AWS::SageMaker::Model, Properties: {}}"
    for depth in range(6):
        inner = (
            f"{{'Fn::ForEach::L{depth}': [I{depth}, [{numbers}], {{'M${{I{depth}}}': {inner}}}]}}"
        )
    start = time.process_time()
    document = read(f"Resources: {inner}\n")
    assert time.process_time() - start < 5
    assert any("a loop makes resources" in note for note in document.unread)


def test_what_is_amiss_in_a_loop_is_found_where_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    text = LOOPS.replace("OVER", "[Blue, Green]").replace("Count: 1", "Count: 0")
    path.write_text(text, encoding="utf-8")
    report = check(CheckOptions(paths=[str(path)], as_of="2026-11-20"))
    assert [(each.rule, each.line) for each in report.findings] == [("out-of-range", 17)]
