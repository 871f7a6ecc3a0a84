"""A number, a Region, a family, a component, a feature changed in one place: commands agree.

Each test edits a copy of ``rules/`` and runs the program beside it: the package is linked into the
folder, so that it reads the copy, and no Python is edited.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from advisor.reference.page import written

ROOT = Path(__file__).resolve().parents[2]
TIERS = "tiers: [1 GB, 2 GB, 3 GB, 4 GB, 5 GB, 6 GB]"
TEN = "tiers: [1 GB, 2 GB, 3 GB, 4 GB, 5 GB, 6 GB, 7 GB, 8 GB, 9 GB, 10 GB]"
IN_GAPS = """\
name: fraud
requests: {arrival: online, payload: 20 KB, processing: 300 ms, cold_start: tolerated}
traffic: {pattern: intermittent}
"""


class Done(NamedTuple):
    code: int
    out: str
    err: str


class Copy:
    """A folder with the package, a copy of the rules, and the files of a user."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rules = folder / "rules"
        shutil.copytree(ROOT / "rules", self.rules)
        (folder / "advisor").symlink_to(ROOT / "advisor", target_is_directory=True)

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.rules / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, (file, old)
        path.write_text(text.replace(old, new), encoding="utf-8")

    def workload(self, text: str) -> None:
        (self.folder / "workload.yaml").write_text(text, encoding="utf-8")

    def run(self, *arguments: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "advisor", *arguments],
            cwd=self.folder,
            env={**os.environ, "XDG_CACHE_HOME": str(self.folder / "cache"), "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    def answer(self) -> dict[str, Any]:
        """The answer; its requests are written to out/ and pass the gate."""
        done = self.run("advise", "workload.yaml", "--format", "json", "--output", "out")
        assert done.code == 0, done.err
        checked = self.run("check", "out")
        assert checked.code == 0, checked.out
        answer: dict[str, Any] = json.loads(done.out)
        return answer

    def verified(self) -> str:
        done = self.run("rules", "verify", "--limits", "safe")
        assert done.code == 0, done.out + done.err
        return done.out

    def reference(self) -> str:
        """The reference page as it would be written anew."""
        return written((self.rules / "README.md").read_text(encoding="utf-8"), self.rules)


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def request(copy: Copy, name: str) -> Any:
    (path,) = (copy.folder / "out").glob(f"*-{name}.json")
    return json.loads(path.read_text(encoding="utf-8"))


# -- serverless memory -----------------------------------------------------------------------------


def test_tiers_of_serverless_memory(copy: Copy) -> None:
    copy.edit("options/serverless.yaml", TIERS, TEN)
    # 8,500 MB loaded + 256 MB server = 8,756 MB, above 8 x 1,024 = 8,192 and within 9,216.
    copy.workload(IN_GAPS + "model: {size: 100 MB, memory: 8500 MB}\n")
    assert copy.answer()["recommendation"]["option"] == "serverless"
    config = request(copy, "create-endpoint-config")
    serverless = config["ProductionVariants"][0]["ServerlessConfig"]
    assert serverless["MemorySizeInMB"] == 9216
    serverless["MemorySizeInMB"] = 9000
    (copy.folder / "9000.json").write_text(json.dumps(config), encoding="utf-8")
    refused = copy.run("check", "9000.json", "--format", "json")
    (finding,) = json.loads(refused.out)["findings"]
    assert finding["rule"] == "serverless-memory-size"
    assert finding["message"].endswith("6144, 7168, 8192, 9216, 10240")
    note = "MemorySizeInMB ends at 6144 in AWS's service model; the limit, 10240, is used"
    assert note in copy.verified()
    page = copy.reference()
    assert "model.loaded at most 10 GB" in page
    assert (
        "| `quota-serverless-memory` | Memory size in MB per serverless endpoint | 10240 |" in page
    )


def test_fewer_tiers_of_serverless_memory(copy: Copy) -> None:
    """The limit also holds where AWS's service model takes more."""
    copy.edit("options/serverless.yaml", TIERS, "tiers: [1 GB, 2 GB]")
    copy.workload(IN_GAPS + "model: {size: 100 MB, memory: 3 GB}\n")
    answer = copy.answer()
    assert answer["recommendation"]["option"] == "real-time"
    serverless = {"MemorySizeInMB": 3072, "MaxConcurrency": 5}
    variant = {"VariantName": "a", "ModelName": "m", "ServerlessConfig": serverless}
    config = {"EndpointConfigName": "a", "ProductionVariants": [variant]}
    (copy.folder / "3072.json").write_text(json.dumps(config), encoding="utf-8")
    assert "is not one of 1024, 2048" in copy.run("check", "3072.json").out


def test_concurrency_of_serverless(copy: Copy) -> None:
    copy.edit("options/serverless.yaml", "at_most: 200\n", "at_most: 400\n")
    text = IN_GAPS.replace("intermittent", "intermittent, concurrent: 390")
    copy.workload(text + "model: {size: 100 MB}\nneeds: [provisioned-concurrency]\n")
    copy.answer()
    config = request(copy, "create-endpoint-config")["ProductionVariants"][0]["ServerlessConfig"]
    assert 390 <= config["ProvisionedConcurrency"] <= config["MaxConcurrency"] == 400
    copy.verified()


def test_a_check_that_holds_an_old_number_is_found(copy: Copy) -> None:
    copy.edit("options/serverless.yaml", TIERS, TEN)
    path = "checks/serverless.yaml"
    copy.edit(path, "not_in: {tiers: serverless-memory}", "not_in: [1024, 2048, 3072]")
    done = copy.run("rules", "verify", "--limits", "safe")
    assert done.code == 2
    assert "FAILED accepted: serverless-memory at" in done.out
    assert "model: {memory: " in done.out  # the witness


# -- Regions ---------------------------------------------------------------------------------------

REGION = "  eu-west-9:\n    hosting: {gpu: [], neuron: [], graviton: []}\n    batch: {gpu: []}\n"


@pytest.mark.parametrize("serverless", [True, False])
@pytest.mark.parametrize("prices", [True, False])
def test_a_region(copy: Copy, serverless: bool, prices: bool) -> None:
    offer = REGION.replace(":\n", ":\n    serverless_concurrency: 700\n", 1)
    copy.edit(
        "regions.yaml", "  il-central-1:\n", f"{offer if serverless else REGION}  il-central-1:\n"
    )
    if prices:
        text = (copy.rules / "prices/eu-west-1.json").read_text(encoding="utf-8")
        new = text.replace('"region": "eu-west-1"', '"region": "eu-west-9"')
        (copy.rules / "prices/eu-west-9.json").write_text(new, encoding="utf-8")
    copy.workload(IN_GAPS + "region: eu-west-9\nmodel: {size: 100 MB}\n")
    answer = copy.answer()
    (option,) = (each for each in answer["options"] if each["option"] == "serverless")
    (verdict,) = (each for each in option["verdicts"] if each["rule"] == "serverless-region")
    assert verdict["outcome"] == ("met" if serverless else "broken")
    assert answer["recommendation"]["option"] == ("serverless" if serverless else "real-time")
    template = (
        'provider "aws" {\n  region = "eu-west-9"\n}\n'
        'resource "aws_sagemaker_endpoint_configuration" "a" {\n  production_variants {\n'
        '    variant_name = "a"\n    model_name   = "m"\n    serverless_config {\n'
        "      memory_size_in_mb = 1024\n      max_concurrency   = 5\n    }\n  }\n}\n"
    )
    (copy.folder / "main.tf").write_text(template, encoding="utf-8")
    found = copy.run("check", "main.tf").out
    assert ("region-without-serverless" in found) is not serverless
    shown = copy.run("prices", "show", "--region", "eu-west-9")
    assert (shown.code == 0) is prices
    copy.verified()
    assert "eu-west-9" in copy.run("explain", "regions").out


# -- instance types --------------------------------------------------------------------------------

SOURCE = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html"


def add_type(copy: Copy, row: str) -> None:
    path = copy.rules / "instances.csv"
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + f"\n{row}\n", encoding="utf-8")


def test_a_family_and_a_type_of_it(copy: Copy) -> None:
    path = copy.rules / "families.csv"
    origin = f'"Like m5, four generations later.",{SOURCE},2026-11-17,0.2'
    row = f'm9i,"General purpose, x86",general,0,true,,true,{origin},false\n'
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\n" + row, encoding="utf-8")
    add_type(copy, "ml.m9i.large,2,8192,none,,0,,x86_64,false,,true,karpenter-2026")
    copy.edit(
        "prices/us-east-1.json",
        '"hosting": {\n',
        '"hosting": {\n      "ml.m9i.large": ["0.01", 0],\n',
    )
    text = IN_GAPS.replace("intermittent", "sustained, peak: 2/s")
    copy.workload(text + "region: us-east-1\nmodel: {size: 100 MB}\n")
    answer = copy.answer()
    variant = request(copy, "create-endpoint-config")["ProductionVariants"][0]
    assert (answer["recommendation"]["option"], variant["InstanceType"]) == (
        "real-time",
        "ml.m9i.large",
    )
    assert "ml.m9i.large" in copy.run("prices", "show", "--region", "us-east-1").out
    assert "ml.m9i.large is not in AWS's service model; it is accepted" in copy.verified()
    assert "General purpose" in copy.run("explain", "ml.m9i.large").out


def test_a_type_without_its_family_is_named(copy: Copy) -> None:
    add_type(copy, "ml.m9i.large,2,8192,none,,0,,x86_64,false,,true,karpenter-2026")
    copy.workload(IN_GAPS)
    for command in (("workload.yaml",), ("check", "workload.yaml"), ("rules", "verify")):
        done = copy.run(*command)
        assert done.code == 2, done
        assert "instances.csv: ml.m9i.large: families.csv has no family 'm9i'" in done.err
        assert "the nearest is m" in done.err


# -- prices ----------------------------------------------------------------------------------------


def test_a_component_that_is_priced_like_another(copy: Copy) -> None:
    entry = {
        "component": "hosting-flexible",
        "usage_type": "(?:[A-Z0-9]+-)?Flex:(ml\\.[a-z0-9-]+\\.[a-z0-9-]+)",
        "attributes": {"component": "Flexible"},
        "key": "instance-type",
    }
    copy.edit(
        "prices/price-list.json", '"charges": [\n', f'"charges": [\n    {json.dumps(entry)},\n'
    )
    flexible = '"prices": {\n    "hosting-flexible": {"ml.m5.large": ["0.07", 0]},\n'
    copy.edit("prices/us-east-1.json", '"prices": {\n', flexible)
    shown = copy.run("prices", "show", "--region", "us-east-1", "--component", "hosting-flexible")
    assert shown.code == 0, shown.err
    assert "hosting-flexible, an hour" in shown.out
    assert "0.07" in shown.out
    copy.verified()


# -- features --------------------------------------------------------------------------------------

FEATURE = f"""
  - id: answer-cache
    title: Cache of answers
    because: Answers that were given before are given again without the model.
    source: {SOURCE}
    as_of: 2026-11-17
    since: "0.2"
    support:
      real-time: supported
      asynchronous: supported
      serverless: unsupported
      batch-transform: not-applicable
"""


def test_a_feature(copy: Copy) -> None:
    path = copy.rules / "features.yaml"
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + FEATURE, encoding="utf-8")
    copy.workload(IN_GAPS + "model: {size: 100 MB}\nneeds: [answer-cache]\n")
    answer = copy.answer()
    assert answer["recommendation"]["option"] == "real-time"
    (option,) = (each for each in answer["options"] if each["option"] == "serverless")
    broken = [each["rule"] for each in option["verdicts"] if each["outcome"] == "broken"]
    assert broken == ["serverless-answer-cache"]
    assert '"answer-cache"' in copy.run("schema", "workload").out
    assert "Cache of answers" in copy.run("explain", "answer-cache").out
    assert "answer-cache" in copy.reference()
    copy.verified()
