"""Workload files: what each key gives, in documents, from files and with ``--set``."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from advisor.model.errors import InputError
from advisor.model.workload import Interval, Window, Workload
from advisor.workload import read_file, read_workloads
from advisor.workload.keys import features, keys

ROOT = Path(__file__).resolve().parents[2]
MB, GB = 1024**2, 1024**3
MS, SECOND, HOUR = 1000, 1_000_000, 3_600_000_000
PER_SECOND = 84_000 * 730 * 3600  # base units of a rate: 84,000 in a request per month of 730 h

FULL = """\
schema: sm-advise/workload.v1
name: fraud-scoring
region: us-east-1
owner: team-risk
environment: production
requests:
  arrival: online
  payload: {typical: 20 KB, p99: 1 MB, max: 2 MB}
  response: 4 KB
  encoding: binary
  processing: {typical: 60 ms, max: long}
  answer: 250 ms
  streaming: false
  first_byte: 1 s
  tokens: {input: {typical: 1k, max: 8k}, output: 300..800}
  cold_start: avoid
traffic:
  pattern: intermittent
  peak: 20/s
  volume: 2M/month
  active: 8 h/day
  windows: [{days: mon-fri, hours: 8-18}, {hours: '0:30-2'}]
  timezone: Europe/Berlin
  concurrent: 30
dataset:
  size: 40 GB
  records: 10M
  format: csv
  files: 200
  deadline: 4 h
  runs: 1/day
  join: true
model:
  id: meta-llama/Llama-3.1-8B-Instruct
  kind: llm
  context: 10k
  engine: vllm
  size: 800 MB
  memory: 2 GB
  accelerator: none
  accelerator_memory: 20 GB
  parameters: 8B
  precision: bf16
  count: 300..600
  framework: xgboost
  framework_version: 3.0-5
  image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/fraud:1
  image_size: 3 GB
  artifact: s3://my-bucket/fraud/model.tar.gz
  environment: {LOG_LEVEL: info, WORKERS: "02"}
  startup: 40 s
  disk: 0 B
  measured_on: ml.m5.xlarge
  concurrency: 4
  throughput: 900/s
models:
  - {name: north, share: 20 %, framework: xgboost}
  - {name: south, size: 700 MB, artifact: s3://my-bucket/south/model.tar.gz}
needs: {vpc: true, data-capture: 5 %, kms: false}
prefer: cost
budget: 500 USD/month
deploy:
  role: arn:aws:iam::123456789012:role/sagemaker
  bucket: s3://my-bucket/fraud
  kms_key: alias/ml
  subnets: [subnet-1, subnet-2]
  security_groups: [sg-1]
  tags: {team: risk, cost-center: 4711}
  instance_type: ml.m5.xlarge
  instance_pools: 3
  volume: 100 GB
  hosting: multi-model
  instances: {min: 2, max: 6}
  version: 2026-11-20
  rollout:
    strategy: canary
    step: 10 %
    wait: 5 min
    terminate_wait: 0 s
    timeout: 1 h
    alarms: [fraud-errors, fraud p99]
  topics:
    alarms: arn:aws:sns:us-east-1:123456789012:ops
    success: arn:aws:sns:us-east-1:123456789012:done
    error: arn:aws:sns:us-east-1:123456789012:failed
  shadow:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/fraud:2
    artifact: s3://my-bucket/fraud/2/model.tar.gz
    environment: {LOG_LEVEL: debug}
    instance_type: ml.m5.large
    share: 50 %
  variants:
    - {name: challenger, weight: 0.25, artifact: s3://my-bucket/fraud/2/model.tar.gz}
    - name: third
limits: safe
decision: {option: real-time, because: p99 is contractual, by: jd, until: 2027-03-31}
accept:
  conflict: "measured twice"
  contested-limit: {because: tried, until: 2027-01-31, ticket: RISK-12}
artifacts: {endpoint_config: deploy/endpoint-config.json}
"""


def point(value: int) -> Interval:
    return Interval(value, value)


DECISION = {
    "option": "real-time",
    "because": "p99 is contractual",
    "by": "jd",
    "until": "2027-03-31",
}
WAIVER = {"because": "tried", "until": "2027-01-31", "ticket": "RISK-12"}
OF_EACH = {
    "environment": {"LOG_LEVEL": "info", "WORKERS": "02"},
    "id": "meta-llama/Llama-3.1-8B-Instruct",
    "kind": "llm",
    "context": point(10_000),
    "engine": "vllm",
    "size": point(800 * MB),
    "parameters": point(8 * 10**9),
    "precision": "bf16",
    "framework": "xgboost",
    "memory": point(2 * GB),
    "accelerator": "none",
    "accelerator_memory": point(20 * GB),
    "image_size": point(3 * GB),
    "startup": point(40 * SECOND),
    "disk": point(0),
}
VALUES: dict[str, Any] = {
    "schema": "sm-advise/workload.v1",
    "name": "fraud-scoring",
    "region": "us-east-1",
    "owner": "team-risk",
    "environment": "production",
    "requests.arrival": "online",
    "requests.payload.typical": point(20 * 1024),
    "requests.payload.p99": point(MB),
    "requests.payload.max": point(2 * MB),
    "requests.response": point(4 * 1024),
    "requests.encoding": "binary",
    "requests.processing.typical": point(60 * MS),
    "requests.processing.max": "long",
    "requests.answer": point(250 * MS),
    "requests.streaming": False,
    "requests.first_byte": point(SECOND),
    "requests.tokens.input.typical": point(1000),
    "requests.tokens.input.max": point(8000),
    "requests.tokens.output": Interval(300, 800),
    "requests.cold_start": "avoid",
    "traffic.pattern": "intermittent",
    "traffic.peak": point(20 * PER_SECOND),
    "traffic.volume": point(2_000_000 * 84_000),
    "traffic.active": point(7 * 8 * HOUR),  # of a week
    "traffic.windows": (
        Window(days=(0, 1, 2, 3, 4), start=480, end=1080),
        Window(days=(0, 1, 2, 3, 4, 5, 6), start=30, end=120),
    ),
    "traffic.timezone": "Europe/Berlin",
    "traffic.concurrent": point(30),
    "dataset.size": point(40 * GB),
    "dataset.records": point(10_000_000),
    "dataset.format": "csv",
    "dataset.files": point(200),
    "dataset.deadline": point(4 * HOUR),
    "dataset.runs": point(730 * 84_000 // 24),
    "dataset.join": True,
    "model.id": "meta-llama/Llama-3.1-8B-Instruct",
    "model.kind": "llm",
    "model.context": point(10_000),
    "model.engine": "vllm",
    "model.size": point(800 * MB),
    "model.memory": point(2 * GB),
    "model.accelerator": "none",
    "model.accelerator_memory": point(20 * GB),
    "model.parameters": point(8_000_000_000),
    "model.precision": "bf16",
    "model.count": Interval(300, 600),
    "model.framework": "xgboost",
    "model.framework_version": "3.0-5",
    "model.image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/fraud:1",
    "model.image_size": point(3 * GB),
    "model.artifact": "s3://my-bucket/fraud/model.tar.gz",
    "model.environment": {"LOG_LEVEL": "info", "WORKERS": "02"},
    "model.startup": point(40 * SECOND),
    "model.disk": point(0),
    "model.measured_on": "ml.m5.xlarge",
    "model.concurrency": point(4),
    "model.throughput": point(900 * PER_SECOND),
    # Each with what `model` states of one that says nothing else, as far as all must hold.
    "models": (
        {"name": "north", "share": point(20_000), **OF_EACH},
        {
            "name": "south",
            "artifact": "s3://my-bucket/south/model.tar.gz",
            **OF_EACH,
            "size": point(700 * MB),
        },
    ),
    "needs.data-capture": True,
    "needs.data-capture.share": point(5000),
    "needs.kms": False,
    "needs.vpc": True,
    "prefer": "cost",
    "budget": point(500_000_000),
    "deploy.role": "arn:aws:iam::123456789012:role/sagemaker",
    "deploy.bucket": "s3://my-bucket/fraud",
    "deploy.kms_key": "alias/ml",
    "deploy.subnets": ("subnet-1", "subnet-2"),
    "deploy.security_groups": ("sg-1",),
    "deploy.tags": {"cost-center": "4711", "team": "risk"},
    "deploy.instance_type": "ml.m5.xlarge",
    "deploy.instance_pools": point(3),
    "deploy.volume": point(100 * GB),
    "deploy.hosting": "multi-model",
    "deploy.instances.min": point(2),
    "deploy.instances.max": point(6),
    "deploy.version": "2026-11-20",
    "deploy.rollout.strategy": "canary",
    "deploy.rollout.step": "10 %",
    "deploy.rollout.wait": point(300_000_000),
    "deploy.rollout.terminate_wait": point(0),
    "deploy.rollout.timeout": point(3_600_000_000),
    "deploy.rollout.alarms": ("fraud-errors", "fraud p99"),
    "deploy.topics.alarms": "arn:aws:sns:us-east-1:123456789012:ops",
    "deploy.topics.success": "arn:aws:sns:us-east-1:123456789012:done",
    "deploy.topics.error": "arn:aws:sns:us-east-1:123456789012:failed",
    "deploy.shadow.image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/fraud:2",
    "deploy.shadow.artifact": "s3://my-bucket/fraud/2/model.tar.gz",
    "deploy.shadow.environment": {"LOG_LEVEL": "debug"},
    "deploy.shadow.instance_type": "ml.m5.large",
    "deploy.shadow.share": point(50_000),
    "deploy.variants": (
        {
            "name": "challenger",
            "artifact": "s3://my-bucket/fraud/2/model.tar.gz",
            "weight": "0.25",
        },
        {"name": "third"},
    ),
    "limits": "safe",
    "decision": DECISION,
    "accept.conflict": {"because": "measured twice"},
    "accept.contested-limit": WAIVER,
    "accept": {"conflict": {"because": "measured twice"}, "contested-limit": WAIVER},
    "artifacts": {"endpoint_config": "deploy/endpoint-config.json"},
}
SMALL = "name: a\nrequests:\n  arrival: online\n"


def read(text: str, *changes: tuple[str, str]) -> Workload:
    (workload,) = read_workloads(text.encode(), "w.yaml", changes)
    return workload


def values(text: str, *changes: tuple[str, str]) -> dict[str, Any]:
    return {path: stated.value for path, stated in read(text, *changes).values.items()}


def messages(text: str, *changes: tuple[str, str]) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_workloads(text.encode(), "w.yaml", changes)
    return [str(error).replace("\n  ", " | ") for error in (caught.value, *caught.value.others)]


def test_every_key_gives_its_value() -> None:
    assert values(FULL) == VALUES


def test_the_full_file_names_every_key() -> None:
    stated = VALUES.keys() | {f"decision.{part}" for part in DECISION}
    missing = {
        key.path
        for key in keys().values()
        if key.kind not in ("section", "needs")
        and not any(path == key.path or path.startswith(key.path + ".") for path in stated)
    }
    assert missing == {"model.config"}  # it names a file: tests/workload/test_named_models.py


def test_a_word_stands_for_the_first_key_below_it() -> None:
    short = SMALL + "deploy: {rollout: canary}\n"
    assert values(short)["deploy.rollout"] == "canary"
    changed = values(short, ("deploy.rollout.wait", "3 min"))
    assert changed["deploy.rollout.strategy"] == "canary"
    assert changed["deploy.rollout.wait"] == point(180_000_000)
    assert "deploy.rollout" not in changed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "variants: [{name: b}, {name: b}]",
            "32: deploy.variants: 'b' is repeated | write it once",
        ),
        (
            "variants: {name: b}",
            "20: deploy.variants: expected a list | write [{name: challenger, weight: 0.25}]",
        ),
        ("variants: []", "20: deploy.variants: the list has 0 items | write 1 to 9 items"),
        ("variants: [{weight: 0.5}]", "21: deploy.variants: name is missing | add name: …"),
        (
            "rollout: {step: 10}",
            (
                "26: deploy.rollout.step: '10' without quotes is a number | "
                "write a share such as 10 %, or 1 instance"
            ),
        ),
        (
            "rollout: blue",
            (
                "19: deploy.rollout: 'blue' is not an accepted word | "
                "write all-at-once, canary, linear or rolling"
            ),
        ),
        (
            "rollout: {step: half}",
            (
                "26: deploy.rollout.step: 'half' is not accepted | "
                "write a share such as 10 %, or 1 instance"
            ),
        ),
    ],
)
def test_what_a_rollout_and_variants_cannot_be(text: str, said: str) -> None:
    assert messages(f"{SMALL}deploy: {{{text}}}\n") == [f"w.yaml:4:{said}"]


def test_a_variable_is_the_text_that_is_written() -> None:
    text = SMALL + "model: {environment: {A: on, B: 1.0, C: 0123, D: '', E: 1e3, F: {unknown: 1}}}"
    with pytest.raises(InputError, match="write one text for F"):
        read(text)
    found = values(text.replace("F: {unknown: 1}", "F: ~x"))["model.environment"]
    assert found == {"A": "on", "B": "1.0", "C": "0123", "D": "", "E": "1e3", "F": "~x"}


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("{environment: {2X: a}}", "model.environment: '2X' is not accepted"),
        ("{environment: {A-B: a}}", "model.environment: 'A-B' is not accepted"),
        ("{environment: {A: }}", "model.environment.A: the value is missing"),
        (f"{{environment: {{A: {'v' * 1025}}}}}", "has 1025 characters; expected at most 1024"),
        ("{environment: [A]}", "model.environment: expected a mapping of keys"),
    ],
)
def test_what_a_variable_cannot_be(model: str, said: str) -> None:
    (message,) = messages(f"{SMALL}model: {model}\n")
    assert said in message
    assert "vvvv" not in message


def test_a_model_of_a_list_changes_some_of_the_variables_of_all() -> None:
    text = SMALL + (
        "model: {environment: {A: all, B: all}}\n"
        "models: [{name: one, environment: {B: own}}, {name: two}]\n"
    )
    one, two = values(text)["models"]
    assert one["environment"] == {"A": "all", "B": "own"}
    assert two["environment"] == {"A": "all", "B": "all"}


def full_document() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(FULL)
    for dated in (document["decision"], document["accept"]["contested-limit"]):
        dated["until"] = str(dated["until"])  # PyYAML reads a date
    document["deploy"]["version"] = str(document["deploy"]["version"])
    document["deploy"]["variants"][0]["weight"] = "0.25"  # and a number
    return document


def backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: backwards(inner) for key, inner in reversed(value.items())}
    return value


def test_values_come_in_one_order_whatever_that_of_the_file() -> None:
    document = full_document()
    document["accept"]["conflict"] = {"because": "measured twice", "by": "jd"}
    turned = backwards(document)
    assert list(turned) == [*reversed(document)]
    assert list(turned["model"]) == [*reversed(document["model"])]
    # A list, because two dicts are equal in any order.
    assert [*values(json.dumps(turned)).items()] == [*values(json.dumps(document)).items()]
    assert list(values(SMALL + "needs: [vpc, kms]")) == list(values(SMALL + "needs: [kms, vpc]"))


def test_what_is_stated_knows_its_text_and_the_place_of_its_key() -> None:
    stated = read(FULL).values
    payload = stated["requests.payload.max"]
    assert (payload.text, payload.line, payload.column) == ("2 MB", 8, 40)
    assert (stated["needs.vpc"].line, stated["needs.vpc"].column) == (59, 9)
    assert stated["needs.data-capture"].text == "5 %"
    waiver = stated["accept.contested-limit"]
    assert (waiver.text, waiver.line, waiver.column) == ("tried", 99, 3)


def test_a_workload_knows_its_name_its_file_and_its_bytes() -> None:
    workload = read(SMALL)
    assert (workload.name, workload.file) == ("a", "w.yaml")
    assert workload.sha256 == hashlib.sha256(SMALL.encode()).hexdigest()


def test_each_document_of_a_stream_is_a_workload_with_a_digest_of_its_own() -> None:
    other = SMALL.replace("a", "ü-not-yet", 0).replace("name: a", "name: b")
    first, second = read_workloads(f"# ä\n{SMALL}---\n{other}".encode(), "w.yaml")
    assert (first.name, second.name) == ("a", "b")
    assert first.sha256 == hashlib.sha256(SMALL.encode()).hexdigest()
    assert second.sha256 == hashlib.sha256(other.encode()).hexdigest()
    assert second.values["requests.arrival"].line == 8


def test_json_of_the_same_shape_is_the_same_workload() -> None:
    assert values(json.dumps(full_document(), indent=1)) == VALUES


def test_a_section_whose_keys_are_all_comments_says_nothing() -> None:
    text = SMALL + "traffic:\n  # peak: 20/s\nneeds:\ndeploy:\naccept:\nartifacts:\ndecision:\n"
    assert values(text) == {"name": "a", "requests.arrival": "online"}
    assert not read(text).needs_stated


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        ("[vpc, kms]", {"needs.kms": True, "needs.vpc": True}),
        ("[]", {}),
        ("{vpc: true, kms: false}", {"needs.kms": False, "needs.vpc": True}),
        ("{data-capture: true}", {"needs.data-capture": True}),
        (
            "{data-capture: 1 %..5 %}",
            {"needs.data-capture": True, "needs.data-capture.share": Interval(1000, 5000)},
        ),
    ],
)
def test_needs_are_a_list_or_a_mapping_and_complete(
    needs: str, expected: dict[str, object]
) -> None:
    text = f"{SMALL}needs: {needs}\n"
    assert {path: value for path, value in values(text).items() if "needs" in path} == expected
    assert read(text).needs_stated


def test_the_features_are_those_of_the_rules() -> None:
    rules = yaml.safe_load((ROOT / "rules" / "features.yaml").read_text(encoding="utf-8"))
    # One with a `fact` is needed when that fact is true, instead of being listed.
    assert [*features()] == [entry["id"] for entry in rules["features"] if "fact" not in entry]


def test_the_rules_may_bring_more_features() -> None:
    text = SMALL + "needs: [teleport]"
    (workload,) = read_workloads(text.encode(), "w.yaml", features=("vpc", "teleport"))
    assert workload.flag("needs.teleport")
    assert messages(text)[0].startswith("w.yaml:4:9: needs: the feature 'teleport' does not exist")


def test_every_error_of_every_document_is_told_in_order() -> None:
    text = "name: a_b\nrequests: {arrival: now, payload: 20}\n---\nname: b\nzap: 1\n"
    assert [message.partition(" |")[0] for message in messages(text)] == [
        "w.yaml:1:7: name: 'a_b' is not accepted",
        "w.yaml:2:21: requests.arrival: 'now' is not an accepted word",
        "w.yaml:2:35: requests.payload: '20' has no unit",
        "w.yaml:4:1: requests.arrival is missing",
        "w.yaml:5:1: 'zap' is not a key of a workload file",
    ]


@pytest.mark.parametrize(
    "text",
    ["streaming: true\n---\n{0}streaming: 'true'", "answer: later\n---\n{0}answer: nul"],
)
def test_a_value_seen_before_does_not_admit_its_like(text: str) -> None:
    start = SMALL + "  "
    assert len(messages(start + text.format(start))) == 1


def test_a_number_is_no_name_even_after_the_same_text_in_quotes() -> None:
    read(SMALL.replace("name: a", "name: '12'"))
    assert "'12' without quotes is a number" in messages(SMALL.replace("name: a", "name: 12"))[0]


LARGEST = "requests.payload.max"
TYPICAL = "requests.payload.typical"


@pytest.mark.parametrize(
    ("stated", "changes", "expected"),
    [
        ("", [("budget", "5 USD/month")], {"budget": point(5_000_000)}),
        ("budget: 9 USD/month", [("budget", "5 USD/month")], {"budget": point(5_000_000)}),
        ("", [("model.size", "> 2 MB")], {"model.size": Interval(2 * MB + 1, None)}),
        ("model:", [("model.size", "2 MB")], {"model.size": point(2 * MB)}),
        ("", [("model", "{size: 2 MB}")], {"model.size": point(2 * MB)}),
        ("model: {disk: 1 B}", [("model", "{size: 2 MB}")], {"model.size": point(2 * MB)}),
        (
            "model: {disk: 1 B}",
            [("model.size", "2 MB"), ("model.size", "3 MB")],
            {"model.disk": point(1), "model.size": point(3 * MB)},
        ),
        ("", [("needs", "[vpc]")], {"needs.vpc": True}),
        ("", [("needs.vpc", "true")], {"needs.vpc": True}),
        ("needs: [kms]", [("needs.vpc", "true")], {"needs.kms": True, "needs.vpc": True}),
        ("needs: [kms, vpc]", [("needs.vpc", "false")], {"needs.kms": True, "needs.vpc": False}),
        ("needs: {vpc: true}", [("needs.vpc", "false")], {"needs.vpc": False}),
        (
            "needs: [data-capture]",
            [("needs.data-capture", "5 %")],
            {"needs.data-capture": True, "needs.data-capture.share": point(5000)},
        ),
        (
            "deploy: {tags: {team: a}}",
            [("deploy.tags.team", "b"), ("deploy.tags.cost.center", "7")],
            {"deploy.tags": {"cost.center": "7", "team": "b"}},
        ),
        (
            "",
            [("accept.conflict", "why")],
            {"accept.conflict": {"because": "why"}, "accept": {"conflict": {"because": "why"}}},
        ),
        (
            "decision: {option: serverless}",
            [("decision.by", "jd")],
            {"decision": {"option": "serverless", "by": "jd"}},
        ),
        (
            "deploy: {instances: {max: 6}}",
            [("deploy.instances.min", "2")],
            {"deploy.instances.min": point(2), "deploy.instances.max": point(6)},
        ),
        ("x: &x {size: 1 B}\nmodel: *x", [("x", "null"), ("model.disk", "2 B")], None),
    ],
)
def test_a_change_counts_as_if_it_stood_in_the_file(
    stated: str, changes: list[tuple[str, str]], expected: dict[str, Any] | None
) -> None:
    if expected is None:
        assert messages(f"{SMALL}{stated}\n", *changes) == [
            "--set x: 'x' is not a key of a workload file | "
            "a workload file takes "
            + ", ".join(key.path for key in keys().values() if "." not in key.path)
        ]
        return
    found = values(f"{SMALL}{stated}\n", *changes)
    assert found == {"name": "a", "requests.arrival": "online"} | expected


@pytest.mark.parametrize(
    ("payload", "changes", "expected"),
    [
        ("2 MB", [(TYPICAL, "1 MB")], {LARGEST: point(2 * MB), TYPICAL: point(MB)}),
        ("large", [(TYPICAL, "1 MB")], {LARGEST: "large", TYPICAL: point(MB)}),
        ("2 MB", [(LARGEST, "1 MB")], {LARGEST: point(MB)}),
        ("{typical: 1 MB}", [(LARGEST, "2 MB")], {LARGEST: point(2 * MB), TYPICAL: point(MB)}),
        ("{typical: 1 MB}", [("requests.payload", "2 MB")], {"requests.payload": point(2 * MB)}),
        ("2 MB", [("requests.payload", "{typical: 1 MB}")], {TYPICAL: point(MB)}),
        ("2 MB", [("requests.payload", "small")], {"requests.payload": "small"}),
    ],
)
def test_one_quantity_counts_as_the_largest_beside_a_part_that_is_set(
    payload: str, changes: list[tuple[str, str]], expected: dict[str, Any]
) -> None:
    found = values(f"{SMALL}  payload: {payload}\n", *changes)
    assert {path: value for path, value in found.items() if "payload" in path} == expected


def test_a_change_does_not_turn_another_text_into_a_workload() -> None:
    assert messages("just text\n", ("name", "a")) == [
        "w.yaml:1:1: a workload file must have keys | write `name: …` first"
    ]


def test_a_value_that_is_set_stands_on_no_line() -> None:
    stated = read(SMALL, ("model.size", "2 MB")).values["model.size"]
    assert (stated.text, stated.line, stated.column) == ("2 MB", 0, 0)


def test_the_digest_is_that_of_the_file_whatever_is_set() -> None:
    assert read(SMALL, ("model.size", "2 MB")).sha256 == read(SMALL).sha256


def test_a_change_touches_only_what_it_names_and_not_what_shares_an_anchor() -> None:
    text = "name: a\nrequests: {arrival: online, payload: &x {max: 1 MB}, response: *x}\n"
    found = values(text, (LARGEST, "2 MB"))
    assert found[LARGEST] == point(2 * MB)
    assert found["requests.response.max"] == point(MB)


def test_changes_apply_to_every_document() -> None:
    both = read_workloads(f"{SMALL}---\n{SMALL}".encode(), "w.yaml", [("prefer", "cost")])
    assert [workload.text("prefer") for workload in both] == ["cost", "cost"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("payload", "2 MB"), "--set payload: 'payload' is not a key of a workload file"),
        (("model.size", "20"), "--set model.size: model.size: '20' has no unit"),
        (("model.size", ""), "--set model.size: model.size: the value is missing"),
        (("model.size", "null"), "--set model.size: model.size: the value is missing"),
        (("model.size", "{a: 1 B}"), "--set model.size: model.size: expected a single value"),
        (("model.size", "[1"), "--set model.size: this bracket is not closed, or a comma is"),
        (("model.size", "1 B\n---\n2 B"), "--set model.size: this is not one value"),
        (("model.size", "\x1b[31m"), "--set model.size: the value holds invisible characters"),
        (("model.size", "\udcff"), "--set model.size: the value holds invisible characters"),
        (("model.size.max", "1 B"), "--set model.size.max: model.size: expected a single value"),
        (("name.first", "b"), "--set name.first: name: expected a single value"),
        (("needs.warp", "true"), "--set needs.warp: needs: the feature 'warp' does not exist"),
        (("", "1"), "--set: '' is not a key path"),
        (("model.", "1"), "--set: 'model.' is not a key path"),
        (("mo\x1bdel", "1"), "--set: 'mo\\x1bdel' is not a key path"),
    ],
)
def test_a_change_that_cannot_be_read_is_refused_by_its_key(
    change: tuple[str, str], message: str
) -> None:
    assert messages(SMALL, change)[0].startswith(message)


# Files ------------------------------------------------------------------------------------------


def test_a_file_is_named_as_the_user_named_it(tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(SMALL, encoding="utf-8")
    (workload,) = read_file(str(path))
    assert workload.file == str(path)
    (workload,) = read_file(str(path), [("name", "b")])
    assert workload.name == "b"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing.yaml", "cannot be read: No such file or directory"),
        (".", "cannot be read: Is a directory"),
        ("nul\0.yaml", "cannot be read: embedded null byte"),
        ("", "cannot be read: No such file or directory"),
        ("x" * 5000, "cannot be read: File name too long"),
    ],
)
def test_a_path_that_holds_no_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, reason: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        read_file(name)
    assert caught.value.message == reason
    assert caught.value.hint


def test_a_file_without_permission_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")  # not by chmod: root may read every file

    monkeypatch.setattr("os.open", refuse)
    with pytest.raises(InputError) as caught:
        read_file("w.yaml")
    assert str(caught.value) == (
        "w.yaml: cannot be read: Permission denied\n  name a file that can be read"
    )


def test_a_pipe_that_nobody_writes_to_is_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(InputError, match="the file is empty"):
        read_file(str(path))


def test_a_pipe_is_read_until_its_writer_ends() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading), os.fdopen(writing, "wb") as stream:
        stream.write(SMALL.encode())
        stream.close()
        (workload,) = read_file(f"/dev/fd/{reading}")
    assert workload.name == "a"


def test_a_file_without_end_is_refused_after_a_megabyte() -> None:
    with pytest.raises(InputError, match="larger than 1 MB"):
        read_file("/dev/zero")


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SMALL.encode())))
    (workload,) = read_file("-")
    assert (workload.name, workload.file) == ("a", "-")


class Broken:
    def read(self, _size: int) -> bytes:
        raise OSError(9, "Bad file descriptor")


def closed() -> io.TextIOWrapper:
    stream = io.TextIOWrapper(io.BytesIO())
    stream.close()
    return stream


@pytest.mark.parametrize(
    ("stdin", "message"),
    [
        (None, "standard input is closed"),
        (SimpleNamespace(buffer=Broken()), "cannot be read: Bad file descriptor"),
        (closed(), "cannot be read: I/O operation on closed file"),
        (io.TextIOWrapper(io.BytesIO()), "the file is empty"),
    ],
)
def test_standard_input_that_gives_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, stdin: object, message: str
) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    with pytest.raises(InputError) as caught:
        read_file("-")
    assert str(caught.value).startswith(f"-: {message}")


# -- models by name ------------------------------------------------------------------------------

NAMED = """\
name: a
requests: {arrival: online}
model: {size: 1 GB}
models:
  - {name: one, size: 3 GB}
  - {name: two, memory: 5 GB}
"""


def test_a_list_of_models_says_how_many_and_how_large_the_largest_is() -> None:
    workload = read(NAMED)
    assert workload.interval("model.count") == point(2)
    assert workload.interval("model.size") == point(3 * GB)  # of one; two has 1 GB from model
    assert workload.interval("model.memory") == point(5 * GB)
    one, two = workload.values["models"].value
    assert (one["size"], two["size"]) == (point(3 * GB), point(GB))
    assert "memory" not in one
    assert workload.values["model.count"].line == 4


def test_what_all_models_say_may_be_less_than_what_model_says() -> None:
    smaller = NAMED.replace("memory: 5 GB", "size: 200 MB").replace("3 GB", "300 MB")
    assert read(smaller).interval("model.size") == point(300 * MB)


def test_a_framework_is_that_of_the_workload_where_all_models_have_it() -> None:
    same = NAMED.replace("size: 3 GB", "framework: xgboost").replace(
        "memory: 5 GB", "framework: xgboost"
    )
    assert read(same).text("model.framework") == "xgboost"
    other = same.replace("framework: xgboost}", "framework: lightgbm}", 1)
    assert read(other).text("model.framework") is None


def test_a_count_that_is_stated_stays() -> None:
    workload = read(NAMED.replace("size: 1 GB", "count: 7"))
    assert workload.interval("model.count") == point(7)


@pytest.mark.parametrize(
    ("models", "said"),
    [
        ("{name: one}", "models: expected a list"),
        ("[]", "the list has 0 items"),
        ("[one]", "expected a mapping of keys"),
        ("[{size: 1 GB}]", "models[1]: name is missing"),
        ("[{name: one}, {name: one}]", "models[2].name: two models have the name 'one'"),
        ("[{name: a_b}]", "models[1].name: 'a_b' is not accepted"),
        ("[{name: one, share: 101 %}]", "models[1].share: '101 %' is more than 100 %"),
        ("[{name: one, colour: red}]", "'colour' is not a key of models[1]"),
    ],
)
def test_a_list_of_models_that_is_wrong_says_where(models: str, said: str) -> None:
    with pytest.raises(InputError) as found:
        read(f"name: a\nrequests: {{arrival: online}}\nmodels: {models}\n")
    assert any(said in str(each) for each in (found.value, *found.value.others))


def test_two_hundred_models_may_be_named() -> None:
    names = [{"name": f"m{number}"} for number in range(201)]
    head = {"name": "a", "requests": {"arrival": "online"}}
    assert read(json.dumps({**head, "models": names[:200]})).interval("model.count") == point(200)
    with pytest.raises(InputError, match="the list has 201 items"):
        read(json.dumps({**head, "models": names}))
