"""Own prices, and what AWS published since: what is refused and where, and what it changes."""

from __future__ import annotations

import json
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from advisor.cli import run
from advisor.gate.settings import organisation_of
from advisor.rulebook.source import has_settings

SOURCE = "https://aws.amazon.com/new"
ORIGIN = {"source": SOURCE, "as_of": "2026-11-28"}
TOLD = f"your settings, 2026-11-28, {SOURCE}"
# cold_start: avoid leaves serverless out, so real-time is taken: what is priced by the hour.
WORKLOAD = """schema: sm-advise/workload.v1
name: w
region: us-east-1
requests: {arrival: online, payload: 1 MB, processing: 100 ms, cold_start: avoid}
traffic: {pattern: sustained, peak: 5/s, volume: 1M/month}
model: {size: 800 MB, memory: 2 GB, accelerator: none}
"""


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    Path("w.yaml").write_text(WORKLOAD, encoding="utf-8")


def settings(said: dict[str, Any], path: str = ".sm-advise.yaml") -> None:
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).write_text(yaml.safe_dump(said), encoding="utf-8")
    organisation_of.cache_clear()
    has_settings.cache_clear()


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, str]:
    """Standard output and standard error."""
    capsys.readouterr()
    run([*arguments])
    found = capsys.readouterr()
    return found.out, found.err


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(told(capsys, "w.yaml", "--format", "json", *arguments)[0])
    return found


def option(advice: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in advice["options"] if each["option"] == name)
    return found


def chosen(advice: dict[str, Any]) -> dict[str, Any]:
    return option(advice, advice["recommendation"]["option"])


def usd(advice: dict[str, Any]) -> Decimal:
    return Decimal(chosen(advice)["monthly_cost"]["usd_low"])


# -- Prices --------------------------------------------------------------------------------------


@given(st.decimals(0, 99, places=2).map(lambda share: f"{share:f}"))
def test_a_discount_changes_the_money_and_no_choice(share: str) -> None:
    from advisor.model.workload import OwnSettings
    from advisor.pipeline import advise
    from advisor.workload import read_workloads

    (workload,) = read_workloads(WORKLOAD.encode(), "w.yaml")
    discount = share if Decimal(share) else ""
    before = advise(workload)
    after = advise(workload._replace(settings=OwnSettings(discount=discount)))
    assert before.decision == after.decision
    assert before.chosen is not None
    assert after.chosen is not None
    assert before.chosen.plan == after.chosen.plan
    one, other = before.chosen.cost, after.chosen.cost
    assert one is not None
    assert other is not None
    # Each line is less the same share, but for rounding to the millionth of a USD.
    expected = Decimal(one.usd_low or 0) * (100 - Decimal(share)) / 100
    assert abs(Decimal(other.usd_low or 0) - expected) <= Decimal("0.00001")
    assert any("discount of your settings" in note for note in other.notes) is bool(discount)


@pytest.mark.parametrize("command", ["advise", "compare", "whatif", "diff"])
def test_a_discount_is_read_by_every_command_and_shown_in_the_last_line(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("v.yaml").write_text(WORKLOAD.replace("5/s", "500/s"), encoding="utf-8")
    arguments = {
        "advise": ["w.yaml"],
        "compare": ["compare", "w.yaml"],
        "whatif": ["whatif", "w.yaml", "traffic.volume"],
        "diff": ["diff", "w.yaml", "v.yaml"],
    }[command]
    plain, _ = told(capsys, *arguments)
    settings({"prices": {"discount": "50 %"}})
    text, error = told(capsys, *arguments)
    assert error == ""
    assert text != plain
    assert ".sm-advise.yaml: discount 50 %" in " ".join(text.split("\n\n")[-1].split())
    value = json.loads(told(capsys, *arguments, "--format", "json")[0])
    said = {"files": [".sm-advise.yaml"], "prices": {"discount": "50 %"}}
    holder = value["workloads"][0]["new"] if command == "diff" else value.get("inputs", value)
    assert holder["settings"] == said


def test_a_snapshot_of_the_settings_goes_before_the_cache(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = "ml.m5.xlarge"  # stated, so that no price chooses another one
    asked = ("--set", f"deploy.instance_type={kind}")
    snapshot = {
        "schema": "sm-advise/prices.v1",
        "region": "us-east-1",
        "date": "2026-11-30",
        "sources": [{"basis": "price-list", "source": "mine", "as_of": "2026-11-30"}],
        "prices": {"hosting": {kind: ["1", 0]}, "data": {"in": ["1", 0], "out": ["1", 0]}},
    }
    monkeypatch.setenv("XDG_CACHE_HOME", "filled")
    for folder, price in (("filled/sm-advise/prices", "3"), ("own", "1")):
        Path(folder).mkdir(parents=True)
        snapshot["prices"]["hosting"] = {kind: [price, 0]}  # type: ignore[index]
        Path(folder, "us-east-1.json").write_text(json.dumps(snapshot), encoding="utf-8")
    assert chosen(answer(capsys, *asked))["monthly_cost"]["items"][0]["unit_price_usd"] == "3"
    for path in ("own", "own/us-east-1.json"):
        settings({"prices": {"snapshot": path}})
        found = answer(capsys, *asked)
        assert chosen(found)["monthly_cost"]["items"][0]["unit_price_usd"] == "1"
        assert found["inputs"]["prices"] == "2026-11-30"
    # A file of one Region says nothing of another.
    other = answer(capsys, "--region", "eu-west-1")
    assert other["inputs"]["prices"] != "2026-11-30"


def test_money_gates_of_a_check_count_the_discount(capsys: pytest.CaptureFixture[str]) -> None:
    cost = usd(answer(capsys))
    budget = WORKLOAD + f"budget: {cost * Decimal('0.9'):.2f} USD/month\n"
    Path("w.yaml").write_text(budget, encoding="utf-8")
    assert "over-budget" in told(capsys, "check", "w.yaml")[0]
    settings({"prices": {"discount": "20 %"}})
    assert "over-budget" not in told(capsys, "check", "w.yaml")[0]


# -- Overlays ------------------------------------------------------------------------------------


def test_a_limit_of_the_settings_is_judged_and_shown_with_its_origin(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = WORKLOAD.replace("payload: 1 MB", "payload: 28 MB")
    Path("w.yaml").write_text(text, encoding="utf-8")
    before = answer(capsys)  # 28 MB, or 37.3 MB as base64, are above both documented bounds
    assert option(before, "real-time")["eligible"] is False
    settings({"overlay": {"limits": {"real-time-payload": {"value": "40 MB", **ORIGIN}}}})
    after = answer(capsys)
    verdicts = option(after, "real-time")["verdicts"]
    found = next(each for each in verdicts if each["rule"] == "real-time-payload")
    assert (found["outcome"], found["bound"], found["source"]) == ("met", "40 MB", TOLD)
    assert found["as_of"] == "2026-11-28"
    assert before["tool"]["rules"] != after["tool"]["rules"]
    explained, _ = told(capsys, "explain", "real-time-payload", "w.yaml")
    assert "40 MB" in explained
    assert TOLD in " ".join(explained.split())
    assert TOLD in " ".join(told(capsys, "w.yaml")[0].split())
    # Later, without the settings, nothing of it is left.
    Path(".sm-advise.yaml").unlink()
    organisation_of.cache_clear()
    has_settings.cache_clear()
    assert answer(capsys) == before


def test_an_instance_type_a_region_and_a_price_of_yesterday(
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings(
        {
            "overlay": {
                "instance_types": {
                    "ml.m9i.large": {"vcpu": 2, "memory": "8 GB", "like": "m7i", **ORIGIN}
                },
                "regions": {"ap-east-3": {"serverless_concurrency": 500, **ORIGIN}},
                "prices": {"ap-east-3/hosting/ml.m9i.large": {"value": 0.125, **ORIGIN}},
            }
        }
    )
    # 1 instance x 730 h x 0.125 = 91.25 USD; production would take two.
    asked = ("--region", "ap-east-3", "--set", "deploy.instance_type=ml.m9i.large")
    found = answer(capsys, *asked)
    item = chosen(found)["monthly_cost"]["items"][0]
    assert (item["name"], item["unit_price_usd"]) == ("Instances ml.m9i.large", "0.125")
    assert (item["source"], item["basis"]) == (TOLD, "settings")
    hours = Decimal(item["quantity"])
    assert Decimal(item["usd_low"]) == hours * Decimal("0.125")
    assert not any(each["rule"] == "instance-unknown" for each in found["findings"])
    serverless = option(found, "serverless")["verdicts"]
    assert all(each["outcome"] != "broken" for each in serverless if "region" in each["rule"])


def test_a_check_takes_a_type_that_the_settings_tell(capsys: pytest.CaptureFixture[str]) -> None:
    """Told with a price in its Region, it is known and sold there; without one it is not sold."""
    variant = {"VariantName": "a", "ModelName": "m", "InitialInstanceCount": 1}
    config = {
        "EndpointConfigName": "x",
        "ProductionVariants": [{**variant, "InstanceType": "ml.m9i.large"}],
    }
    Path("config.json").write_text(json.dumps(config), encoding="utf-8")
    command = ["check", "config.json", "--region", "us-east-1", "--format", "json"]

    def rules() -> set[str]:
        return {each["rule"] for each in json.loads(told(capsys, *command)[0])["findings"]}

    assert "instance-type" in rules()
    kinds = {"instance_types": {"ml.m9i.large": {"vcpu": 2, "memory": "8 GB", "like": "m7i"}}}
    kinds["instance_types"]["ml.m9i.large"].update(ORIGIN)
    settings({"overlay": kinds})
    assert "instance-type" not in rules()
    price = {"us-east-1/hosting/ml.m9i.large": {"value": 0.125, **ORIGIN}}
    before = rules()
    settings({"overlay": {**kinds, "prices": price}})
    assert before - rules() == {"region-without-family"}


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "limit misspelt": (
        {"limits": {"real-time-paylod": {"value": "30 MB", **ORIGIN}}},
        "there is no limit 'real-time-paylod'",
        "did you mean real-time-payload?",
    ),
    "no unit": ({"limits": {"real-time-payload": {"value": "30", **ORIGIN}}}, "'30'", ""),
    "a range": ({"limits": {"real-time-payload": {"value": "> 3 MB", **ORIGIN}}}, "a range", ""),
    "one of a list": (
        {"limits": {"serverless-memory": {"value": "8 GB", **ORIGIN}}},
        "serverless-memory has 8 GB",
        "write a list",
    ),
    "a list for one": (
        {"limits": {"real-time-payload": {"value": ["8 MB"], **ORIGIN}}},
        "real-time-payload has",
        "write one value",
    ),
    "falling tiers": (
        {"limits": {"serverless-memory": {"value": ["8 GB", "1 GB"], **ORIGIN}}},
        "ascend",
        "",
    ),
    "no such day": (
        {"regions": {"ap-east-3": {"source": SOURCE, "as_of": "2026-02-30"}}},
        "there is no day 2026-02-30",
        "write as_of: 2026-11-28",
    ),
    "family misspelt": (
        {"instance_types": {"ml.m9i.large": {"vcpu": 2, "memory": "8 GB", "like": "m7", **ORIGIN}}},
        "there is no family 'm7'",
        "",
    ),
    "a new family": (
        {"instance_types": {"ml.m9i.large": {"vcpu": 2, "memory": "8 GB", **ORIGIN}}},
        "there is no family 'm9i'",
        "",
    ),
    "no size": (
        {"instance_types": {"ml.m7i.large": {"vcpu": 2, "memory": "much", **ORIGIN}}},
        "'much' is no size",
        "",
    ),
    "a Region misspelt": (
        {"prices": {"us-eats-1/hosting/ml.m5.large": {"value": "1", **ORIGIN}}},
        "there is no Region 'us-eats-1'",
        "did you mean us-east-1?",
    ),
    "no code of a Region": (
        {"regions": {"Hong Kong": ORIGIN}},
        "'Hong Kong' is not the code of a Region",
        "us-east-1",
    ),
    "a component misspelt": (
        {"prices": {"us-east-1/hostin/ml.m5.large": {"value": "1", **ORIGIN}}},
        "there is no component of prices 'hostin'",
        "did you mean hosting?",
    ),
    "a type misspelt": (
        {"prices": {"us-east-1/hosting/ml.m5.larg": {"value": "1", **ORIGIN}}},
        "there is no instance type 'ml.m5.larg'",
        "did you mean ml.m5.large?",
    ),
    "no such memory": (
        {"prices": {"us-east-1/serverless/409": {"value": "1", **ORIGIN}}},
        "there is no price of this component for '409'",
        "",
    ),
    "no such direction": (
        {"prices": {"us-east-1/data/inn": {"value": "1", **ORIGIN}}},
        "there is no price of this component for 'inn'",
        "did you mean in?",
    ),
    "no price": (
        {"prices": {"us-east-1/hosting/ml.m5.large": {"value": "free", **ORIGIN}}},
        "free is no price",
        "write USD as a decimal",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_entry_that_does_not_fit_the_rules_is_refused_at_its_place(
    case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    overlay, message, hint = REFUSED[case]
    # A sound entry beside it is not blamed.
    sound = {"limits": {"serverless-payload": {"value": "5 MB", **ORIGIN}}}
    merged = {
        kind: {**sound.get(kind, {}), **overlay.get(kind, {})} for kind in {**sound, **overlay}
    }
    settings({"overlay": merged})
    text = Path(".sm-advise.yaml").read_text(encoding="utf-8")
    (kind,) = overlay
    (name,) = overlay[kind]
    line = next(n for n, each in enumerate(text.splitlines(), 1) if each.strip() == f"{name}:")
    for command in (["w.yaml"], ["check", "w.yaml"], ["compare", "w.yaml"]):
        capsys.readouterr()
        assert run(command) == 2
        error = capsys.readouterr().err
        assert f"error: .sm-advise.yaml:{line}:5: " in error
        assert message in error
        assert hint in error


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"prices": {"discount": "112 %"}}, "less than 100 %"),
        ({"prices": {"discount": 12}}, "a text"),
        ({"prices": {"snapshot": "nowhere"}}, "there is no nowhere"),
        ({"overlay": {"limits": {"real-time-payload": {"value": "9 MB"}}}}, "has no source"),
        ({"overlay": {"limit": {}}}, "did you mean limits?"),
    ],
)
def test_what_no_settings_can_say_is_refused(
    said: dict[str, Any], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings(said)
    assert run(["w.yaml"]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.startswith("error: .sm-advise.yaml:")


# -- What counts where ---------------------------------------------------------------------------


def test_a_flag_goes_before_the_workload_and_the_workload_before_the_settings(
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings({"region": "eu-west-1", "limits": "latest"})
    assert answer(capsys)["inputs"]["region"] == "us-east-1"
    without = WORKLOAD.replace("region: us-east-1\n", "")
    Path("w.yaml").write_text(without, encoding="utf-8")
    inputs = answer(capsys)["inputs"]
    assert (inputs["region"], inputs["limits"]) == ("eu-west-1", "latest")
    assert inputs["settings"] == {
        "files": [".sm-advise.yaml"],
        "limits": "latest",
        "region": "eu-west-1",
    }
    inputs = answer(capsys, "--region", "us-west-2", "--limits", "safe")["inputs"]
    assert (inputs["region"], inputs["limits"]) == ("us-west-2", "safe")
    assert "settings" not in inputs


@pytest.mark.parametrize("region", ["ap-east-3", "us-east-9", "eu-west-4"])
def test_a_region_that_the_settings_tell_is_no_misspelling(
    region: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each is a letter away from a known one; without the settings it is refused."""
    text = WORKLOAD.replace("us-east-1", region)
    Path("w.yaml").write_text(text, encoding="utf-8")
    Path("v.yaml").write_text(text.replace("5/s", "6/s"), encoding="utf-8")
    commands = [
        ["w.yaml"],
        ["compare", "w.yaml"],
        ["whatif", "w.yaml", "traffic.volume"],
        ["diff", "w.yaml", "v.yaml"],
        ["explain", "real-time", "w.yaml"],
        ["check", "w.yaml"],
        ["check", ".", "--region", region],
    ]
    assert run(["w.yaml"]) == 2
    settings({"region": region, "overlay": {"regions": {region: ORIGIN}}})
    capsys.readouterr()
    for command in commands:
        assert run(command) == 0, command
        assert capsys.readouterr().err == ""


def test_each_entry_of_the_nearest_file_wins(capsys: pytest.CaptureFixture[str]) -> None:
    del capsys
    far = {"value": "7 MB", **ORIGIN}
    near = {"value": "8 MB", **ORIGIN}
    limits = {"real-time-payload": far, "real-time-response": far}
    settings({"prices": {"discount": "10 %"}, "overlay": {"limits": limits}})
    Path("own").mkdir()
    settings(
        {"prices": {"snapshot": "../own"}, "overlay": {"limits": {"real-time-payload": near}}},
        "team/.sm-advise.yaml",
    )
    # The nearest file of a kind counts alone; what it extends counts with it.
    said = yaml.safe_load(Path("team/.sm-advise.yaml").read_text(encoding="utf-8"))
    settings({**said, "extends": "../.sm-advise.yaml"}, "team/.sm-advise.yaml")
    own = organisation_of("team").own
    assert (own.discount, own.snapshot) == ("10", "own")
    values = {name: each["value"] for name, each in json.loads(own.overlay)["limits"].items()}
    assert values == {"real-time-payload": "8 MB", "real-time-response": "7 MB"}
    assert own.said["files"] == [".sm-advise.yaml", "team/.sm-advise.yaml"]


def test_settings_add_findings_to_an_answer(capsys: pytest.CaptureFixture[str]) -> None:
    settings({"families": ["c5"]})
    found = answer(capsys)
    (finding,) = (each for each in found["findings"] if each["rule"] == "family-not-allowed")
    assert finding["severity"] == "warning"
    assert finding["fix"]
    assert "settings" not in found["inputs"]  # it changes no answer
    settings({"families": ["c5", "c6i", "m5", "m6i", "m7i", "t2"]})
    assert not any(e["rule"] == "family-not-allowed" for e in answer(capsys)["findings"])


def test_settings_that_say_nothing_of_answers_change_no_byte(
    capsys: pytest.CaptureFixture[str],
) -> None:
    runs = (["w.yaml"], ["w.yaml", "--format", "json"], ["compare", "w.yaml", "--format", "json"])
    before = [told(capsys, *each) for each in runs]
    settings({"owner": "team-risk", "fail-on": "warning"})
    assert [told(capsys, *each) for each in runs] == before


def test_a_needed_feature_of_the_settings_is_one_of_the_workload(
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings({"needs": ["vpc"]})
    found = answer(capsys)
    assert found["inputs"]["settings"]["needs.vpc"] is True
    assert any(each["fact"] == "needs.vpc" and each["value"] for each in found["facts"])
    assert "VpcConfig" in json.dumps(found["requests"])


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ('[tool.sm-advise]\nlimits = "latest"\n', True),
        ('[tool."sm-advise"]\nlimits = "latest"\n', True),
        ('[tool]\nsm-advise = {limits = "latest"}\n', True),
        ('[tool]\nsm-advise.limits = "latest"\n', True),
        ('[project.scripts]\nsm-advise = "advisor.cli:main"\n', False),
        ('[project]\ndependencies = ["sm-advise"]\n', False),
    ],
)
def test_a_pyproject_counts_where_it_has_a_table_of_ours(
    text: str, ours: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("pyproject.toml").write_text(text, encoding="utf-8")
    has_settings.cache_clear()
    assert has_settings(".") is ours
    assert answer(capsys)["inputs"]["limits"] == ("latest" if ours else "safe")


def test_a_revision_is_answered_under_the_settings_of_today(
    capsys: pytest.CaptureFixture[str],
) -> None:
    git = ["git", "-c", "user.email=a@b.c", "-c", "user.name=a"]
    for arguments in (["init", "-q"], ["add", "w.yaml"], ["commit", "-qm", "x"]):
        subprocess.run([*git, *arguments], check=True)
    settings({"prices": {"discount": "12 %"}})
    assert told(capsys, "diff", "w.yaml", "--rev", "HEAD") == ("", "")
    assert told(capsys, "diff", "HEAD:w.yaml", "w.yaml") == ("", "")


# -- The lock ------------------------------------------------------------------------------------


def test_a_lock_keeps_the_prices_and_tells_when_they_alone_moved_an_answer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["check", "w.yaml", "--write-lock"]) == 0
    lock = json.loads(Path("sm-advise.lock").read_text(encoding="utf-8"))
    (kept,) = lock["workloads"].values()
    assert kept["snapshot"]["region"] == "us-east-1"
    assert len(kept["snapshot"]["digest"]) == 12
    assert (kept["snapshot"]["own"], kept["snapshot"]["discount"]) == (False, "")
    assert "decision-changed" not in told(capsys, "check", "w.yaml")[0]
    kept["instance_type"] = "ml.c5.large"
    for changed, words in (
        ({"digest": "0123456789ab"}, "(0123456789ab), are of"),
        ({"own": True}, ", your own, are of"),
        ({"discount": "12"}, ", less 12 %, are of"),
    ):
        one = {**kept, "snapshot": {**kept["snapshot"], **changed}}
        table = {**lock, "workloads": dict.fromkeys(lock["workloads"], one)}
        Path("sm-advise.lock").write_text(json.dumps(table), encoding="utf-8")
        text = " ".join(told(capsys, "check", "w.yaml")[0].split())
        assert "decision-changed" in text
        assert words in text
        assert "and alone moved it" in text
    # Another Region, or a stated type, moves it too: then the prices are not alone.
    text = WORKLOAD + "deploy: {instance_type: ml.m5.xlarge}\n"
    Path("w.yaml").write_text(text, encoding="utf-8")
    text = told(capsys, "check", "w.yaml")[0]
    assert "decision-changed" in text
    assert "alone moved it" not in text
    Path("w.yaml").write_text(WORKLOAD, encoding="utf-8")
    # A lock of an earlier release has no snapshot: nothing is said of prices of the same day.
    one = {key: value for key, value in kept.items() if key != "snapshot"}
    table = {**lock, "workloads": dict.fromkeys(lock["workloads"], one)}
    Path("sm-advise.lock").write_text(json.dumps(table), encoding="utf-8")
    assert "the prices were" not in told(capsys, "check", "w.yaml")[0]
