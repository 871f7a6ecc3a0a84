"""Workloads in the gate: their own answers, the configurations made for them, the lock file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from advisor.gate.finding import ACCEPTED, OPEN, GateFinding
from advisor.gate.policy.baseline import baseline_text
from advisor.gate.policy.lockfile import lock_text, merged
from advisor.gate.run import CheckReport, check
from advisor.gate.settings import CheckOptions, Pair, Project, organisation_of
from advisor.model.errors import InputError

AS_OF = "2026-11-20"

WORKLOAD = """\
schema: sm-advise/workload.v1
name: fraud
owner: team-risk
region: us-east-1
requests:
  arrival: online
  payload: 20 KB
  processing: 100 ms
  response: 1 KB
  cold_start: tolerated
traffic:
  pattern: intermittent
  peak: 50/s
model:
  size: 800 MB
  memory: 1.5 GB
"""
SERVERLESS = {"MemorySizeInMB": 3072, "MaxConcurrency": 20}


def config(**changes: object) -> dict[str, object]:
    variant = {"VariantName": "all", "ModelName": "fraud", "ServerlessConfig": SERVERLESS}
    return {"EndpointConfigName": "fraud-1", "ProductionVariants": [{**variant, **changes}]}


def run(folder: Path, text: str, body: object, **options: object) -> CheckReport:
    (folder / "fraud.workload.yaml").write_text(text, encoding="utf-8")
    (folder / "config.json").write_text(json.dumps(body, indent=1), encoding="utf-8")
    paths = [str(folder / "config.json")]
    settings = {"workload": str(folder / "fraud.workload.yaml"), **options}
    return check(CheckOptions(paths=paths, as_of=AS_OF, **settings))  # type: ignore[arg-type]


def of_rule(report: CheckReport, rule: str) -> list[GateFinding]:
    return [finding for finding in report.findings if finding.rule == rule]


def messages(report: CheckReport) -> list[str]:
    return [finding.message for finding in of_rule(report, "option-broken")]


def test_a_configuration_that_fits_its_workload_has_no_finding(tmp_path: Path) -> None:
    report = run(tmp_path, WORKLOAD, config())
    assert report.findings == ()
    assert (report.workloads, report.configurations) == (1, 1)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        # A limit: serverless takes 4 MB.
        ("payload: 20 KB", "payload: 9 MB", "serverless does not carry requests.payload 9 MB"),
        # A need that serverless does not support.
        ("model:\n", "needs: [vpc]\nmodel:\n", "serverless does not support vpc"),
        # 3072 MB are below 4 GB.
        ("memory: 1.5 GB", "memory: 4 GB", "MemorySizeInMB is 3072, model.loaded is 4 GB"),
        # 300/s times 0.1 s are 30 requests in progress, above 20.
        ("peak: 50/s", "peak: 300/s", "MaxConcurrency is 20, load.in-flight is 30"),
        # A need that a field would carry.
        ("model:\n", "needs: [kms]\nmodel:\n", "there is no KmsKeyId"),
    ],
)
def test_what_the_workload_outgrows_is_an_error_with_both_places(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    report = run(tmp_path, WORKLOAD.replace(old, new), config())
    (found,) = [f for f in of_rule(report, "option-broken") if words in f.message]
    assert found.severity == "error"
    assert "fraud.workload.yaml" in found.message
    assert found.file.endswith("config.json")
    assert found.owner == "team-risk"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"InstanceType": "ml.m5.large", "InitialInstanceCount": 1}, None),
        # 4 GiB of ml.c5.large against 5 GB.
        ({"InstanceType": "ml.c5.large", "InitialInstanceCount": 1}, "does not fit: ml.c5.large"),
        ({"InstanceType": "ml.m5.large", "InitialInstanceCount": 1, "VolumeSizeInGB": 1}, None),
    ],
)
def test_instances_are_held_against_the_model(
    tmp_path: Path, changes: dict[str, object], words: str | None
) -> None:
    workload = WORKLOAD.replace("memory: 1.5 GB", "memory: 5 GB")
    body = config(ServerlessConfig=None, **changes)
    body["ProductionVariants"] = [
        {k: v for k, v in body["ProductionVariants"][0].items() if v is not None}  # type: ignore[index]
    ]
    found = messages(run(tmp_path, workload, body))
    assert bool(found) is (words is not None)
    assert words is None or words in found[0]


@pytest.mark.parametrize(
    ("need", "beside", "words"),
    [
        ("shadow-testing", {}, "there is no ShadowProductionVariants"),
        ("shadow-testing", {"ShadowProductionVariants": ["b"]}, None),
        ("multiple-variants", {}, "there is no second variant in ProductionVariants"),
        ("multiple-variants", {"ProductionVariants": ["a", "b"]}, None),
    ],
)
def test_variants_that_are_needed_stand_in_the_configuration(
    tmp_path: Path, need: str, beside: dict[str, list[str]], words: str | None
) -> None:
    instances = {"InstanceType": "ml.m5.large", "InitialInstanceCount": 2}
    variants = {"ProductionVariants": ["a"], **beside}
    body: dict[str, object] = {"EndpointConfigName": "fraud-1"}
    for kind, names in variants.items():
        body[kind] = [{"VariantName": n, "ModelName": f"fraud-{n}", **instances} for n in names]
    workload = WORKLOAD.replace("model:\n", f"needs: [{need}]\nmodel:\n", 1)
    found = messages(run(tmp_path, workload, body))
    assert [words in each for each in found] == ([True] if words else [])  # type: ignore[operator]


@pytest.mark.parametrize(
    ("need", "named", "words"),
    [
        ("inference-components", True, "there is no variant without ModelName"),
        ("inference-components", False, None),
        ("scale-to-zero", True, "with ManagedInstanceScaling from 0"),
        ("scale-to-zero", False, None),
    ],
)
def test_components_need_a_variant_without_a_model(
    tmp_path: Path, need: str, named: bool, words: str | None
) -> None:
    variant: dict[str, object] = {
        "VariantName": "a",
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 2,
    }
    body: dict[str, object] = {"EndpointConfigName": "fraud-1", "ProductionVariants": [variant]}
    if named:
        variant["ModelName"] = "fraud-1"
    else:
        body["ExecutionRoleArn"] = "arn:aws:iam::123456789012:role/fraud"
    text = WORKLOAD.replace("model:\n", f"needs: [{need}]\nmodel:\n", 1)
    found = [each for each in messages(run(tmp_path, text, body)) if need in each]
    assert [words in each for each in found] == ([True] if words else [])  # type: ignore[operator]


@pytest.mark.parametrize("need", ["inference-pipeline", "multi-container"])
@pytest.mark.parametrize("listed", [False, True])
def test_several_containers_need_a_list_of_them(tmp_path: Path, need: str, listed: bool) -> None:
    containers = [{"ContainerHostname": each, "Image": f"1.dkr/{each}"} for each in ("a", "b")]
    mode = {"multi-container": "Direct"}.get(need, "Serial")
    several = {"Containers": containers, "InferenceExecutionConfig": {"Mode": mode}}
    model: dict[str, object] = {
        "ModelName": "fraud-1",
        "ExecutionRoleArn": "arn:aws:iam::123456789012:role/fraud",
        **(several if listed else {"PrimaryContainer": {"Image": "1.dkr/a"}}),
    }
    instances = {"InstanceType": "ml.m5.large", "InitialInstanceCount": 2}
    variant = {"VariantName": "a", "ModelName": "fraud-1", **instances}
    config = {"EndpointConfigName": "fraud-1", "ProductionVariants": [variant]}
    text = WORKLOAD.replace("model:\n", f"needs: [{need}]\nmodel:\n", 1)
    found = [each for each in messages(run(tmp_path, text, [model, config])) if need in each]
    assert ["there is no Containers" in each for each in found] == ([] if listed else [True])


def test_a_transform_job_is_held_against_its_data(tmp_path: Path) -> None:
    workload = """\
name: scores
requests: {arrival: batch, processing: 700 s}
dataset: {size: 100 GB, records: 10k, format: csv}
"""
    job = {
        "TransformJobName": "scores",
        "ModelName": "scores",
        "TransformInput": {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://in/"}},
            "SplitType": "Line",
        },
        "TransformOutput": {"S3OutputPath": "s3://out/", "AssembleWith": "Line"},
        "TransformResources": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1},
    }
    found = messages(run(tmp_path, workload, job))
    # 100 GB over 10,000 records are 10.24 MB each, above the default payload of 6 MB.
    assert any("MaxPayloadInMB is 6 by default" in message for message in found)
    # 700 s are above the default timeout of 600 s.
    assert any("InvocationsTimeoutInSeconds is 600 by default" in message for message in found)


INSTANCES = {
    "VariantName": "all",
    "ModelName": "fraud",
    "InstanceType": "ml.m5.large",
    "InitialInstanceCount": 2,
}


def test_another_first_option_is_a_note_that_a_decision_silences(tmp_path: Path) -> None:
    body = {"EndpointConfigName": "fraud-1", "ProductionVariants": [INSTANCES]}
    (found,) = of_rule(run(tmp_path, WORKLOAD, body), "option-differs")
    assert (found.severity, found.suggestion) == ("info", "serverless")
    decided = WORKLOAD + 'decision: {option: real-time, because: "p99 is contractual"}\n'
    assert of_rule(run(tmp_path, decided, body), "option-differs") == []


def test_a_configuration_of_another_option_than_was_decided_on_is_a_note(tmp_path: Path) -> None:
    decided = WORKLOAD + 'decision: {option: real-time, because: "p99 is contractual"}\n'
    (found,) = of_rule(run(tmp_path, decided, config()), "option-differs")
    assert found.severity == "info"
    assert found.message.startswith("real-time was decided on (")
    assert found.message.endswith("fraud.workload.yaml:17); this is serverless")


AT_MOST_200 = "budget: 200 USD/month\n"  # ml.m5.large: 0.115 USD x 730 h = 83.95 USD a month each


def scaling(least: int) -> dict[str, object]:
    return {
        "ServiceNamespace": "sagemaker",
        "ResourceId": "endpoint/fraud/variant/all",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        "MinCapacity": least,
        "MaxCapacity": 4,
    }


ENDPOINT = {"EndpointName": "fraud", "EndpointConfigName": "fraud-1"}


@pytest.mark.parametrize(
    ("count", "more", "usd"),
    [
        (2, [ENDPOINT, scaling(2)], None),  # 167.90
        (3, [ENDPOINT, scaling(3)], "3 x ml.m5.large cost 251.85 USD a month, above the budget ("),
        (3, [ENDPOINT, scaling(1)], None),
        (1, [ENDPOINT, scaling(3)], "3 x ml.m5.large cost 251.85 USD"),
        # A target may stand in a file of its own; one instance is there whatever it says.
        (3, [], None),
    ],
)
def test_the_instances_that_stay_are_held_against_the_budget(
    tmp_path: Path, count: int, more: list[dict[str, object]], usd: str | None
) -> None:
    variant = {**INSTANCES, "InitialInstanceCount": count}
    body = {"EndpointConfigName": "fraud-1", "ProductionVariants": [variant]}
    found = messages(run(tmp_path, WORKLOAD + AT_MOST_200, [body, *more]))
    assert bool(found) is (usd is not None)
    assert usd is None or usd in found[0]


VARIANT_OF_3 = """\
Resources:
  C:
    Type: AWS::SageMaker::EndpointConfig
    Properties:
      ProductionVariants:
        - VariantName: all
          ModelName: m
          InstanceType: ml.m5.large
          InitialInstanceCount: 3
"""
TF_OF_3 = """\
resource "aws_sagemaker_endpoint_configuration" "c" {
  production_variants {
    model_name             = "m"
    instance_type          = "ml.m5.large"
    initial_instance_count = 3
  }
}
"""


@pytest.mark.parametrize(
    ("name", "text", "line"), [("t.yaml", VARIANT_OF_3, 8), ("main.tf", TF_OF_3, 4)]
)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("", "3 x ml.m5.large cost 251.85 USD a month, above the budget"),
        # 60 s are the bound unless the answer is a stream, and nothing says so.
        ("processing: 2 min", "(real-time-processing), with requests.streaming false, as nothing"),
        ("accelerator: gpu", "ml.m5.large has no gpu, which the model needs"),
        ("memory: 9 GB", "ml.m5.large has 8 GB, model.loaded is 9 GB"),
        ("payload: 30 MB", "real-time does not carry requests.payload 30 MB"),
    ],
)
def test_templates_and_terraform_are_held_against_the_workload(
    tmp_path: Path, name: str, text: str, line: int, change: str, words: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    workload = tmp_path / "fraud.workload.yaml"
    old = {"processing": "processing: 100 ms", "accelerator": "size: 800 MB"}
    old |= {"memory": "memory: 1.5 GB", "payload": "payload: 20 KB"}
    key = change.partition(":")[0]
    said = WORKLOAD.replace(old[key], change) if change else WORKLOAD + AT_MOST_200
    workload.write_text(said, encoding="utf-8")
    report = check(CheckOptions(paths=[str(tmp_path / name)], as_of=AS_OF, workload=str(workload)))
    (found,) = [f for f in of_rule(report, "option-broken") if words in f.message]
    assert found.line == line
    assert f"{workload}:" in found.message  # and the line there


@pytest.mark.parametrize(
    ("peak", "measured_on", "more", "broken"),
    [
        # 3 instances at 100/s each are 300/s.
        ("300/s", "ml.m5.large", "", False),
        ("301/s", "ml.m5.large", "", True),
        ("301/s", "ml.m5.xlarge", "", False),  # measured on another type: nobody knows
        ("301/s..900/s", "ml.m5.large", "", True),
        ("200/s..900/s", "ml.m5.large", "", False),
        ("500/s", "ml.m5.large", "min_instance_count = 1\n      max_instance_count = 5", False),
        ("501/s", "ml.m5.large", "min_instance_count = 1\n      max_instance_count = 5", True),
    ],
)
def test_a_peak_above_what_the_instances_were_measured_to_serve_is_an_error(
    tmp_path: Path, peak: str, measured_on: str, more: str, broken: bool
) -> None:
    managed = f'managed_instance_scaling {{\n      status = "ENABLED"\n      {more}\n    }}\n  }}'
    text = TF_OF_3.replace("  }\n}", f"    {managed}\n}}") if more else TF_OF_3
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    said = WORKLOAD.replace("peak: 50/s", f"peak: {peak}")
    said += f"  measured_on: {measured_on}\n  throughput: 100/s\n"
    workload = tmp_path / "fraud.workload.yaml"
    workload.write_text(said, encoding="utf-8")
    report = check(
        CheckOptions(paths=[str(tmp_path / "main.tf")], as_of=AS_OF, workload=str(workload))
    )
    found = [m for m in messages(report) if "x ml.m5.large serve 100/s each, traffic.peak is" in m]
    assert bool(found) == broken


@pytest.mark.parametrize(
    ("count", "more", "broken"),
    [
        (1, "", True),
        (2, "", False),
        (2, "min_instance_count = 1\n      max_instance_count = 5", True),
        (1, "min_instance_count = 2\n      max_instance_count = 5", False),
    ],
)
def test_one_instance_stands_in_one_zone(
    tmp_path: Path, count: int, more: str, broken: bool
) -> None:
    managed = f'managed_instance_scaling {{\n      status = "ENABLED"\n      {more}\n    }}\n  }}'
    text = TF_OF_3.replace("  }\n}", f"    {managed}\n}}") if more else TF_OF_3
    text = text.replace("count = 3", f"count = {count}")
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    workload = tmp_path / "fraud.workload.yaml"
    said = WORKLOAD.replace("model:\n", "needs: [multi-az]\nmodel:\n")
    workload.write_text(said, encoding="utf-8")
    report = check(
        CheckOptions(paths=[str(tmp_path / "main.tf")], as_of=AS_OF, workload=str(workload))
    )
    found = [f for f in of_rule(report, "option-broken") if "multi-az is needed" in f.message]
    assert bool(found) == broken
    assert all(each.source.startswith("https://docs.aws.amazon.com/") for each in found)


@pytest.mark.parametrize(
    ("payload", "limits", "severity"),
    [
        ("6 MB", "safe", None),
        ("7 MB", "safe", "warning"),  # 25 MB by the newest page, 6 MB by the API's model
        ("25 MB", "safe", "warning"),
        ("26 MB", "safe", "error"),
        ("7 MB", "latest", None),
        ("26 MB", "latest", "error"),
    ],
)
def test_what_only_the_newest_bound_grants_is_a_warning(
    tmp_path: Path, payload: str, limits: str, severity: str | None
) -> None:
    body = {"EndpointConfigName": "fraud-1", "ProductionVariants": [INSTANCES]}
    text = WORKLOAD.replace("payload: 20 KB", f"payload: {payload}") + f"limits: {limits}\n"
    found = of_rule(run(tmp_path, text, body), "option-broken")
    assert [each.severity for each in found] == ([severity] if severity else [])
    assert severity != "warning" or "every source grants 6 MB" in found[0].message


def test_what_streams_may_take_longer(tmp_path: Path) -> None:
    body = {"EndpointConfigName": "fraud-1", "ProductionVariants": [INSTANCES]}
    text = WORKLOAD.replace("processing: 100 ms", "processing: 2 min\n  streaming: true")
    assert messages(run(tmp_path, text, body)) == []


def test_a_decision_does_not_silence_what_is_broken(tmp_path: Path) -> None:
    text = WORKLOAD.replace("memory: 1.5 GB", "memory: 4 GB")
    text += 'decision: {option: serverless, because: "we like it"}\n'
    assert messages(run(tmp_path, text, config()))


def test_the_workload_names_its_configurations(tmp_path: Path) -> None:
    text = WORKLOAD.replace("memory: 1.5 GB", "memory: 4 GB")
    text += "artifacts: {endpoint_config: deploy/config.json}\n"
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "config.json").write_text(json.dumps(config()))
    path = tmp_path / "fraud.workload.yaml"
    path.write_text(text, encoding="utf-8")
    alone = check(
        CheckOptions(paths=[str(path)], as_of=AS_OF)
    )  # the configuration is not among the paths
    assert len(messages(alone)) == 1
    both = check(CheckOptions(paths=[str(tmp_path)], as_of=AS_OF))
    assert len(messages(both)) == 1


def test_an_address_chooses_one_of_several(tmp_path: Path) -> None:
    small = config(ServerlessConfig={"MemorySizeInMB": 1024, "MaxConcurrency": 20})
    (tmp_path / "both.json").write_text(json.dumps([config(), small]))
    for address, count in (("#[0]", 0), ("#[1]", 1), ("", 1)):
        text = WORKLOAD + f'artifacts: {{endpoint_config: "both.json{address}"}}\n'
        path = tmp_path / "fraud.workload.yaml"
        path.write_text(text, encoding="utf-8")
        assert len(messages(check(CheckOptions(paths=[str(path)], as_of=AS_OF)))) == count


def test_a_named_configuration_that_is_missing_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "fraud.workload.yaml"
    path.write_text(WORKLOAD + "artifacts: {endpoint_config: gone.json}\n", encoding="utf-8")
    (error,) = check(CheckOptions(paths=[str(path)], as_of=AS_OF)).errors
    assert "fraud.workload.yaml names this file" in error.message


def test_pyproject_pairs_a_configuration_with_its_workload(tmp_path: Path) -> None:
    workload = tmp_path / "fraud.workload.yaml"
    pair = Pair(
        workload=str(workload), artifact=str(tmp_path / "config.json"), where="pyproject.toml"
    )
    text = WORKLOAD.replace("memory: 1.5 GB", "memory: 4 GB")
    report = run(tmp_path, text, config(), workload="", project=Project(pairs=(pair,)))
    assert len(messages(report)) == 1


SEVERAL = (
    "name: small\nrequests: {arrival: online, payload: 20 KB}\nmodel: {memory: 1 GB}\n"
    "artifacts: {endpoint_config: 'both.json#[0]'}\n---\n"
    "name: large\nrequests: {arrival: online, payload: 20 KB}\nmodel: {memory: 4 GB}\n"
    "artifacts: {endpoint_config: 'both.json#[1]'}\n"
)


def test_each_workload_of_a_file_has_its_own_configuration(tmp_path: Path) -> None:
    large = config(ServerlessConfig={**SERVERLESS, "MemorySizeInMB": 6144})
    path = tmp_path / "workload.yaml"
    path.write_text(SEVERAL, encoding="utf-8")
    for bodies, count in (([config(), large], 0), ([large, config()], 1)):
        (tmp_path / "both.json").write_text(json.dumps(bodies), encoding="utf-8")
        assert len(messages(check(CheckOptions(paths=[str(path)], as_of=AS_OF)))) == count


@pytest.mark.parametrize(
    ("name", "count", "complaint"),
    [
        ("#small", 0, ""),
        ("#large", 1, ""),
        ("#larg", 0, "no workload here has the name larg\n  did you mean large?"),
        ("", 0, "this file holds 2 workloads, and --workload names none of them"),
    ],
)
def test_one_of_several_workloads_is_named(
    tmp_path: Path, name: str, count: int, complaint: str
) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(SEVERAL.replace("artifacts", "# artifacts"), encoding="utf-8")
    (tmp_path / "c.json").write_text(json.dumps(config()), encoding="utf-8")
    report = check(
        CheckOptions(paths=[str(tmp_path / "c.json")], as_of=AS_OF, workload=f"{path}{name}")
    )
    assert len(messages(report)) == count
    assert complaint in "".join(map(str, report.errors))
    assert bool(report.errors) == bool(complaint)


@pytest.mark.parametrize(
    ("address", "hint"),
    [
        ("#CreateEndpointConfg", "did you mean CreateEndpointConfig?"),
        ("#nothing.like.it", "there is CreateEndpointConfig"),
    ],
)
def test_an_address_where_nothing_is_is_an_error(tmp_path: Path, address: str, hint: str) -> None:
    (tmp_path / "c.json").write_text(json.dumps(config()), encoding="utf-8")
    path = tmp_path / "workload.yaml"
    text = WORKLOAD + f'artifacts: {{endpoint_config: "c.json{address}"}}\n'
    path.write_text(text, encoding="utf-8")
    for paths in ([str(path)], [str(tmp_path)]):
        (error,) = check(CheckOptions(paths=paths, as_of=AS_OF)).errors
        assert "and it is not there" in error.message
        assert (error.file, error.hint) == (str(tmp_path / "c.json"), hint)


def test_what_an_organisation_needs_its_workloads_need(tmp_path: Path) -> None:
    text = "schema: sm-advise/organisation.v1\nneeds: [vpc]\n"
    (tmp_path / ".sm-advise.yaml").write_text(text, encoding="utf-8")
    report = run(tmp_path, WORKLOAD, config())
    (message,) = messages(report)
    place = f"({tmp_path / '.sm-advise.yaml'})"
    assert message == f"serverless does not support vpc, which is needed {place}"
    (answer,) = report.answers.values()
    assert answer["option"] == "real-time"
    # A workload that says it does not need it knows better.
    organisation_of.cache_clear()
    own = WORKLOAD.replace("model:\n", "needs: {vpc: false}\nmodel:\n")
    assert messages(run(tmp_path, own, config())) == []


@pytest.mark.parametrize(
    ("said", "rule", "message"),
    [
        ("families: [c5]", "family-not-allowed", "the plan takes ml.c6i.large; allowed: c5"),
        ("families: [c5, c6i]", "", ""),
        # Real-time for what needs a VPC: two instances in production, so one is too few.
        ("quotas: {ml.c6i.large: 1}", "above-quota", "of ml.c6i.large; the account's quota is 1"),
        ("quotas: {ml.c6i.large: 500}", "", ""),
        ("quotas: {ml.c5.large: 0, serverless-concurrency: 0}", "", ""),
    ],
)
def test_a_plan_stays_within_what_the_organisation_has(
    tmp_path: Path, said: str, rule: str, message: str
) -> None:
    (tmp_path / ".sm-advise.yaml").write_text(said + "\n", encoding="utf-8")
    path = tmp_path / "workload.yaml"
    path.write_text(WORKLOAD.replace("model:\n", "needs: [vpc]\nmodel:\n"), encoding="utf-8")
    report = check(CheckOptions(paths=[str(path)], as_of=AS_OF))
    found = [f for f in report.findings if f.rule in ("family-not-allowed", "above-quota")]
    assert [(f.rule, f.severity) for f in found] == ([(rule, "warning")] if rule else [])
    assert not found or message in found[0].message


def test_a_quota_of_serverless_concurrency_binds_the_plan(tmp_path: Path) -> None:
    path = tmp_path / "workload.yaml"
    path.write_text(WORKLOAD, encoding="utf-8")
    # 50/s of 100 ms are 5 in progress; the plan allows more, so that none is refused.
    for quota, count in ((5, 1), (200, 0)):
        organisation_of.cache_clear()
        text = f"quotas: {{serverless-concurrency: {quota}}}\n"
        (tmp_path / ".sm-advise.yaml").write_text(text, encoding="utf-8")
        assert (
            len(of_rule(check(CheckOptions(paths=[str(path)], as_of=AS_OF)), "above-quota"))
            == count
        )


def test_a_template_and_terraform_are_compared_too(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(
        "Resources:\n  C:\n    Type: AWS::SageMaker::EndpointConfig\n    Properties:\n"
        "      ProductionVariants:\n        - VariantName: a\n          ModelName: m\n"
        "          ServerlessConfig: {MemorySizeInMB: 1024, MaxConcurrency: 20}\n"
    )
    (tmp_path / "main.tf").write_text(
        'resource "aws_sagemaker_endpoint_configuration" "c" {\n  production_variants {\n'
        '    model_name = "m"\n    serverless_config {\n      memory_size_in_mb = 1024\n'
        "      max_concurrency = 20\n    }\n  }\n}\n"
    )
    workload = tmp_path / "fraud.workload.yaml"
    workload.write_text(WORKLOAD, encoding="utf-8")
    report = check(CheckOptions(paths=[str(tmp_path)], as_of=AS_OF, workload=str(workload)))
    places = {(Path(f.file).name, f.line) for f in of_rule(report, "option-broken")}
    assert places == {("t.yaml", 8), ("main.tf", 5)}


def test_the_model_of_the_document_says_whether_it_is_in_a_vpc(tmp_path: Path) -> None:
    text = WORKLOAD.replace("model:\n", "needs: [vpc]\nmodel:\n", 1)
    model = {
        "ModelName": "fraud",
        "ExecutionRoleArn": "arn:aws:iam::123456789012:role/sagemaker",
        "PrimaryContainer": {"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/x:1"},
    }
    body = {"EndpointConfigName": "fraud-1", "ProductionVariants": [INSTANCES]}
    assert any("there is no VpcConfig" in m for m in messages(run(tmp_path, text, [model, body])))
    model["VpcConfig"] = {"SecurityGroupIds": ["sg-0a1b2c3d"], "Subnets": ["subnet-0a1b2c3d"]}
    assert messages(run(tmp_path, text, [model, body])) == []
    assert messages(run(tmp_path, text, body)) == []  # the model is not here: nobody knows


@pytest.mark.parametrize(
    ("isolation", "capture", "absent"),
    [
        (None, None, {"EnableNetworkIsolation", "DataCaptureConfig"}),
        (False, False, {"EnableNetworkIsolation", "DataCaptureConfig"}),
        (True, True, set()),
    ],
)
def test_a_need_is_not_carried_by_what_is_switched_off(
    tmp_path: Path, isolation: bool | None, capture: bool | None, absent: set[str]
) -> None:
    text = WORKLOAD.replace("model:\n", "needs: [network-isolation, data-capture]\nmodel:\n", 1)
    model: dict[str, object] = {
        "ModelName": "fraud",
        "ExecutionRoleArn": "arn:aws:iam::123456789012:role/sagemaker",
        "PrimaryContainer": {"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/x:1"},
    }
    body: dict[str, object] = {"EndpointConfigName": "fraud-1", "ProductionVariants": [INSTANCES]}
    if isolation is not None:
        model["EnableNetworkIsolation"] = isolation
        body["DataCaptureConfig"] = {
            "EnableCapture": capture,
            "InitialSamplingPercentage": 5,
            "DestinationS3Uri": "s3://captured/",
            "CaptureOptions": [{"CaptureMode": "Input"}],
        }
    found = {m.rpartition(" ")[2] for m in messages(run(tmp_path, text, [model, body]))}
    assert found == absent


def test_the_workload_accepts_what_is_broken(tmp_path: Path) -> None:
    text = WORKLOAD.replace("memory: 1.5 GB", "memory: 4 GB")
    text += 'accept: {option-broken: {because: "pilot", until: 2027-01-31, ticket: RISK-1}}\n'
    report = run(tmp_path, text, config())
    (found,) = of_rule(report, "option-broken")
    assert found.status == ACCEPTED
    assert found.acceptance is not None
    assert (found.acceptance.because, found.acceptance.ticket) == ("pilot", "RISK-1")
    assert of_rule(report, "accept-unused") == []


@pytest.mark.parametrize(
    ("until", "rules"),
    [
        ("2026-11-20", {("serverless-memory-size", ACCEPTED)}),
        ("2026-11-19", {("serverless-memory-size", OPEN), ("waiver-expired", OPEN)}),
    ],
)
def test_the_workload_accepts_what_is_found_in_its_configurations(
    tmp_path: Path, until: str, rules: set[tuple[str, str]]
) -> None:
    entry = f"{{because: JSON has no comments, until: {until}}}"
    text = WORKLOAD + f"accept: {{serverless-memory-size: {entry}}}\n"
    text += 'artifacts: {endpoint_config: "config.json#[0]"}\n'
    odd = config(ServerlessConfig={**SERVERLESS, "MemorySizeInMB": 3000})
    report = run(tmp_path, text, [odd, odd], workload="")
    path = str(tmp_path / "fraud.workload.yaml")
    report = check(CheckOptions(paths=[path, str(tmp_path / "config.json")], as_of=AS_OF))
    first = {(f.rule, f.status) for f in report.findings if f.address in ("[0]", "")}
    assert first == rules
    # The other configuration of the file is not this workload's.
    (other,) = [f for f in of_rule(report, "serverless-memory-size") if f.address != "[0]"]
    assert other.status == OPEN


def test_an_acceptance_that_nothing_uses_is_told(tmp_path: Path) -> None:
    report = run(tmp_path, WORKLOAD + 'accept: {option-broken: "pilot"}\n', config())
    assert [f.rule for f in report.findings] == ["accept-unused"]


def test_no_answer_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "workload.yaml"
    path.write_text(
        "name: x\nrequests: {arrival: online, payload: 5 GB, answer: 100 ms}\n", encoding="utf-8"
    )
    (found,) = of_rule(check(CheckOptions(paths=[str(path)], as_of=AS_OF)), "no-answer")
    assert (found.severity, found.line) == ("error", 1)
    # At the smaller payloads of the range real-time inference fits: 25 MB at most.
    range_of = "name: x\nrequests: {arrival: online, streaming: true, payload: 10 MB..30 MB}\n"
    path.write_text(range_of, encoding="utf-8")
    (found,) = of_rule(check(CheckOptions(paths=[str(path)], as_of=AS_OF)), "no-answer")
    assert found.severity == "warning"


def test_a_duplicate_name_is_a_finding(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "workload.yaml").write_text(WORKLOAD, encoding="utf-8")
    other = WORKLOAD.replace("us-east-1", "eu-west-1")
    (tmp_path / "c.workload.yaml").write_text(other, encoding="utf-8")
    (found,) = of_rule(check(CheckOptions(paths=[str(tmp_path)], as_of=AS_OF)), "duplicate-name")
    assert found.file.endswith("b/workload.yaml")
    assert "a/workload.yaml has the name fraud too" in found.message


def locked(folder: Path) -> tuple[str, dict[str, object]]:
    """The path of a lock of WORKLOAD's answer that is not written yet, and that answer."""
    lock = str(folder / "sm-advise.lock")
    report = run(folder, WORKLOAD, config(), lock=lock, relock=True)
    assert list(report.answers) == ["fraud.workload.yaml#fraud"]  # as the lock's folder sees it
    return lock, dict(report.answers["fraud.workload.yaml#fraud"])


def moved_from(folder: Path, lock: str, answer: dict[str, object], text: str) -> list[str]:
    """What is said of a workload whose answer was locked."""
    Path(lock).write_text(lock_text({"fraud.workload.yaml#fraud": answer}), encoding="utf-8")
    found = of_rule(run(folder, text, config(), lock=lock), "decision-changed")
    return [finding.message for finding in found]


def test_a_lock_keeps_the_answer_until_something_moves_it(tmp_path: Path) -> None:
    lock, answer = locked(tmp_path)
    assert moved_from(tmp_path, lock, answer, WORKLOAD) == []
    text = WORKLOAD.replace("payload: 20 KB", "payload: 9 MB")
    (message,) = moved_from(tmp_path, lock, answer, text)
    assert "option was serverless, is " in message
    assert "requests.payload was 20 KB, is 9 MB" in message
    assert "serverless-payload breaks at 9 MB (bound 4 MB)" in message
    assert "rules" not in message


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"option": "real-time", "rules": "sha256:other"},
            "option was real-time, is serverless: the rules have changed since",
        ),
        (
            {"option": "real-time", "against": {"serverless-payload": "20 KB (bound 10 KB)"}},
            "serverless-payload no longer breaks, as at 20 KB (bound 10 KB)",
        ),
        (
            {"option": "real-time", "path": {"cold-start": "no, by requests.cold_start avoid"}},
            "the question cold-start was answered no, by requests.cold_start avoid; it is yes",
        ),
        (
            {"option": "real-time", "assumed": {"requests.answer": "1 s"}},
            "requests.answer was assumed to be 1 s, is assumed to be ",
        ),
        ({"memory_mb": 6144, "prices": "2020-01-31"}, "the prices were of 2020-01-31, are of "),
        ({"memory_mb": 6144, "sized": "A guess."}, "memory in MB was 6144, is "),
        ({"memory_mb": 6144, "sized": "A guess."}, "then: A guess. Now: "),
    ],
)
def test_a_moved_answer_names_what_moved_it(
    tmp_path: Path, changes: dict[str, object], words: str
) -> None:
    lock, answer = locked(tmp_path)
    (message,) = moved_from(tmp_path, lock, {**answer, **changes}, WORKLOAD)
    assert words in message


def test_a_lock_without_a_key_says_nothing_of_it(tmp_path: Path) -> None:
    lock, answer = locked(tmp_path)
    del answer["memory_mb"]
    assert moved_from(tmp_path, lock, answer, WORKLOAD) == []


def test_a_workload_that_the_lock_does_not_know_is_a_note(tmp_path: Path) -> None:
    lock, answer = locked(tmp_path)
    for known, count in (({"other.yaml#x": answer}, 1), ({"fraud.workload.yaml#fraud": answer}, 0)):
        Path(lock).write_text(lock_text(known), encoding="utf-8")
        found = of_rule(run(tmp_path, WORKLOAD, config(), lock=lock), "answer-not-locked")
        assert len(found) == count
        assert all(each.severity == "info" and each.line == 2 for each in found)
    Path(lock).unlink()
    assert run(tmp_path, WORKLOAD, config(), lock=lock).findings == ()


def test_writing_a_lock_keeps_the_answers_of_files_that_were_not_read(tmp_path: Path) -> None:
    lock, answer = locked(tmp_path)
    (tmp_path / "other.yaml").write_text("", encoding="utf-8")
    known = dict.fromkeys(("other.yaml#a", "gone.yaml#b", "fraud.workload.yaml#old"), answer)
    Path(lock).write_text(lock_text(known), encoding="utf-8")
    names = list(merged(lock, {"fraud.workload.yaml#fraud": answer}))
    assert names == ["other.yaml#a", "fraud.workload.yaml#fraud"]


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": "other", "workloads": {}}', "{}"])
def test_a_file_that_is_no_lock_is_refused(tmp_path: Path, text: str) -> None:
    lock = tmp_path / "sm-advise.lock"
    lock.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"this is no sm-advise/lock\.v1"):
        run(tmp_path, WORKLOAD, config(), lock=str(lock))
    with pytest.raises(InputError, match="cannot be read"):
        run(tmp_path, WORKLOAD, config(), lock=str(tmp_path))


def test_a_configuration_outside_the_paths_is_read_for_its_workload(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    small = config(ServerlessConfig={**SERVERLESS, "MemorySizeInMB": 1024})
    (tmp_path / "elsewhere" / "c.json").write_text(json.dumps(small), encoding="utf-8")
    (tmp_path / "elsewhere" / "main.tf").write_text(
        'resource "aws_sagemaker_endpoint_configuration" "c" {\n'
        '  name = "fraud-1"\n  production_variants {\n    model_name = "fraud"\n'
        '    variant_name = "all"\n    serverless_config {\n      memory_size_in_mb = 1024\n'
        "      max_concurrency = 20\n    }\n  }\n}\n",
        encoding="utf-8",
    )
    workload = tmp_path / "workload.yaml"
    for artifact in ("elsewhere/c.json", "elsewhere/main.tf", "elsewhere"):
        workload.write_text(
            f"{WORKLOAD}artifacts: {{endpoint_config: {artifact}}}\n", encoding="utf-8"
        )
        report = check(CheckOptions(paths=[str(workload)], as_of=AS_OF))
        assert of_rule(report, "option-broken"), artifact


@pytest.mark.parametrize("values", ["terraform.tfvars", "terraform.tfvars.json"])
def test_a_folder_outside_the_paths_is_read_with_its_values(tmp_path: Path, values: str) -> None:
    """3072 MB by default hold the model's 1.5 GB; the 1024 MB that the values set do not."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "main.tf").write_text(
        'variable "memory" {\n  default = 3072\n}\n'
        'resource "aws_sagemaker_endpoint_configuration" "c" {\n'
        '  name = "fraud-1"\n  production_variants {\n    model_name = "fraud"\n'
        '    variant_name = "all"\n    serverless_config {\n'
        "      memory_size_in_mb = var.memory\n      max_concurrency = 20\n    }\n  }\n}\n",
        encoding="utf-8",
    )
    workload = tmp_path / "workload.yaml"
    text = f"{WORKLOAD}artifacts: {{endpoint_config: elsewhere}}\n"
    workload.write_text(text, encoding="utf-8")
    assert messages(check(CheckOptions(paths=[str(workload)], as_of=AS_OF))) == []
    given = '{"memory": 1024}' if values.endswith(".json") else "memory = 1024"
    (folder / values).write_text(given, encoding="utf-8")
    (message,) = messages(check(CheckOptions(paths=[str(workload)], as_of=AS_OF)))
    assert "MemorySizeInMB is 1024, model.loaded is 1.5 GB" in message


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ("never: [option-broken]", "forbids a waiver of option-broken"),
        ("longest_days: 30", "option-broken is accepted for more than 30 days"),
        ("longest_days: 90", ""),
    ],
)
def test_an_organisation_limits_what_a_workload_accepts(
    tmp_path: Path, rules: str, message: str
) -> None:
    (tmp_path / ".sm-advise.yaml").write_text(f"waivers: {{{rules}}}\n", encoding="utf-8")
    text = WORKLOAD + "accept: {option-broken: {because: tried, until: 2027-01-31}}\n"
    report = run(tmp_path, text, config(ServerlessConfig={**SERVERLESS, "MemorySizeInMB": 1024}))
    (broken,) = of_rule(report, "option-broken")
    told = [finding.message for finding in of_rule(report, "waiver-not-allowed")]
    assert broken.counts == bool(message)
    assert len(told) == bool(message)
    assert all(message in each for each in told)


def test_what_may_not_be_waived_is_not_in_a_baseline_either(tmp_path: Path) -> None:
    broken = config(ServerlessConfig={**SERVERLESS, "MemorySizeInMB": 1024})
    baseline = tmp_path / "baseline.json"
    report = run(tmp_path, WORKLOAD, broken)
    baseline.write_text(baseline_text(report.findings, str(baseline)), encoding="utf-8")
    (found,) = of_rule(run(tmp_path, WORKLOAD, broken, baseline=str(baseline)), "option-broken")
    assert not found.counts
    never = "waivers: {never: [option-broken]}\n"
    (tmp_path / ".sm-advise.yaml").write_text(never, encoding="utf-8")
    organisation_of.cache_clear()
    (found,) = of_rule(run(tmp_path, WORKLOAD, broken, baseline=str(baseline)), "option-broken")
    assert found.counts


# Configurations that nobody names


def beside(folder: Path, text: str, **files: object) -> CheckReport:
    (folder / "fraud.workload.yaml").write_text(text, encoding="utf-8")
    for name, body in files.items():
        path = folder / name.replace("__", "/").replace("_json", ".json").replace("_tf", ".tf")
        path.parent.mkdir(exist_ok=True)
        path.write_text(body if isinstance(body, str) else json.dumps(body), encoding="utf-8")
    return check(CheckOptions(paths=[str(folder)], as_of=AS_OF))


TOO_LARGE = WORKLOAD.replace("payload: 20 KB", "payload: 9 MB")  # serverless takes 4 MB


def called(name: str) -> dict[str, object]:
    return {**config(), "EndpointConfigName": name}


@pytest.mark.parametrize(
    ("name", "paired"),
    [
        ("fraud", True),
        ("fraud-882fb5ac", True),
        ("fraud-prod-config-2", True),
        ("Fraud", True),
        ("fraud-scoring", False),  # that may be another workload's
        ("anti-fraud", False),
        ("fraudster", False),
    ],
)
def test_a_configuration_of_its_name_is_compared(tmp_path: Path, name: str, paired: bool) -> None:
    for place in ("config_json", "deploy__config_json"):
        report = beside(tmp_path, TOO_LARGE, **{place: called(name)})
        assert bool(messages(report)) is paired
        assert bool(of_rule(report, "workload-unpaired")) is not paired
        (tmp_path / place.replace("__", "/").replace("_json", ".json")).unlink()


def test_the_name_of_its_endpoint_tells_as_well(tmp_path: Path) -> None:
    endpoint = {"EndpointName": "fraud", "EndpointConfigName": "x-1"}
    report = beside(tmp_path, TOO_LARGE, a_json=called("x-1"), b_json=endpoint)
    assert len(messages(report)) == 1


def test_a_label_in_terraform_tells_as_well(tmp_path: Path) -> None:
    text = (
        'resource "aws_sagemaker_endpoint_configuration" "fraud_config" {\n'
        "  production_variants {\n"
        '    model_name = "m"\n    variant_name = "v"\n'
        "    serverless_config {\n      memory_size_in_mb = 2048\n      max_concurrency = 5\n"
        "    }\n  }\n}\n"
    )
    assert len(messages(beside(tmp_path, TOO_LARGE, main_tf=text))) >= 1
    assert not messages(beside(tmp_path, TOO_LARGE, main_tf=text.replace("fraud_", "other_")))


def test_a_workload_with_a_pair_of_its_own_is_compared_with_no_other(tmp_path: Path) -> None:
    (tmp_path / "own.json").write_text(json.dumps(config(ServerlessConfig=SERVERLESS)))
    text = TOO_LARGE + "artifacts: {endpoint_config: own.json}\n"
    report = beside(tmp_path, text, other_json=called("fraud-2"))
    assert {Path(each.file).name for each in of_rule(report, "option-broken")} == {"own.json"}
    assert not of_rule(report, "workload-unpaired")


def test_a_run_without_configurations_has_no_note_on_pairs(tmp_path: Path) -> None:
    assert not of_rule(beside(tmp_path, WORKLOAD), "workload-unpaired")


@pytest.mark.parametrize(
    ("instance_type", "count", "words"),
    [
        # ml.m5.24xlarge: 5.53 USD x 730 h = 4036.90 USD a month each, twice.
        ("ml.m5.24xlarge", 2, "2 x ml.m5.24xlarge cost 8,073.80 USD a month; the plan of fraud is"),
        ("ml.t2.medium", 1, ""),
    ],
)
def test_a_configuration_that_costs_more_than_the_plan_is_told_without_a_budget(
    tmp_path: Path, instance_type: str, count: int, words: str
) -> None:
    variant = {
        "VariantName": "all",
        "ModelName": "m",
        "InstanceType": instance_type,
        "InitialInstanceCount": count,
    }
    body = {"EndpointConfigName": "fraud-1", "ProductionVariants": [variant]}
    text = WORKLOAD + "prefer: latency\ndecision: {option: real-time, because: latency}\n"
    endpoint = {"EndpointName": "fraud", "EndpointConfigName": "fraud-1"}
    report = beside(tmp_path, text, a_json=body, b_json=endpoint)
    found = of_rule(report, "costs-more-than-plan")
    assert [each.severity for each in found] == ["warning"] * bool(words)
    assert all(each.message.startswith(words) for each in found)
    # A finding on the budget says it already.
    over = beside(tmp_path, text + "budget: 50 USD/month\n", a_json=body, b_json=endpoint)
    assert not (words and of_rule(over, "costs-more-than-plan"))
