"""The aws CLI's own parser and a local stand-in of the service judge the requests of every example.

The CLI reads each file through ``--cli-input-json``, checks it against its service model and sends
it to moto. moto knows fewer instance types than AWS and checks less: a refusal is accepted only
where it names a type that moto does not know, and what it accepts proves only the parsing.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from advisor.artifacts import recommendations_job
from advisor.artifacts.requests import files
from advisor.pipeline import advise
from advisor.workload import read_file

# moto imports botocore, which must come before the copy that the aws CLI brings in its place.
moto_server = pytest.importorskip("moto.server", reason="moto's server is not installed")
clidriver = pytest.importorskip("awscli.clidriver", reason="the aws CLI is not installed")

ROOT = Path(__file__).parents[2]
WORKLOADS = sorted(
    [*(ROOT / "examples").glob("*.yaml"), *(ROOT / "tests/cases").glob("*/workload.yaml")]
)
SERVICES = {"register-scalable-target": "application-autoscaling"}
SERVICES |= {"put-scaling-policy": "application-autoscaling", "put-metric-alarm": "cloudwatch"}
SERVICES["create-topic"] = "sns"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """Address of a moto server on this machine."""
    server = moto_server.ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Credentials that open nothing, and no configuration of the user's."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PAGER", "")


@cache
def driver() -> Any:
    """The CLI, made once: that takes longer than a call."""
    return clidriver.create_clidriver()


def call(endpoint: str, file: Path) -> tuple[int, str]:
    """Run the aws CLI on one request file in this process; exit code and what it said."""
    operation = file.stem.split("-", 1)[1]
    arguments = [SERVICES.get(operation, "sagemaker"), operation]
    arguments += ["--cli-input-json", f"file://{file}", "--endpoint-url", endpoint]
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        code = driver().main(arguments)
    return int(code), said.getvalue()


def unknown_to_moto(request: dict[str, Any], said: str) -> bool:
    """Whether moto complains of an instance type, or a variant for components, new to it."""
    if any("ModelName" not in each for each in request.get("ProductionVariants", [])):
        return True
    if "InstanceType" not in said and "instanceType" not in said:
        return False
    types = {v.get("InstanceType") for v in request.get("ProductionVariants", [])}
    types.add(request.get("TransformResources", {}).get("InstanceType"))
    return any(kind and kind in said for kind in types)


@pytest.mark.parametrize("path", WORKLOADS, ids=lambda p: p.parent.name + "/" + p.stem)
def test_the_aws_cli_takes_every_request(path: Path, endpoint: str, tmp_path: Path) -> None:
    for workload in read_file(str(path)):
        unmade = False  # what follows refers to what moto did not make: it is parsed, and no more
        for name, content in files(advise(workload)):
            file = tmp_path / name
            file.write_text(content, encoding="utf-8")
            code, said = call(endpoint, file)
            if code != 0:
                assert "Parameter validation failed" not in said, f"{name}: {said}"
                assert unmade or unknown_to_moto(json.loads(content), said), f"{name}: {said}"
                unmade = True


@pytest.mark.parametrize("name", ["fraud-scoring", "pricing-tool", "support-chat"])
def test_the_aws_cli_takes_every_load_test(name: str, endpoint: str, tmp_path: Path) -> None:
    """moto makes the model and knows no such jobs; the CLI has parsed the job by then."""
    (workload,) = read_file(str(ROOT / "examples" / f"{name}.yaml"))
    for path, content in recommendations_job.files(advise(workload)):
        if path.endswith(".json"):
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
            code, said = call(endpoint, file)
            assert "Parameter validation failed" not in said, f"{path}: {said}"
            assert code == 0 or "create-model" not in path, f"{path}: {said}"


def test_the_judge_sees_a_wrong_request(endpoint: str, tmp_path: Path) -> None:
    """The CLI refuses a field of another type; so the test above can fail."""
    file = tmp_path / "1-create-endpoint-config.json"
    file.write_text('{"EndpointConfigName": "x", "ProductionVariants": "many"}', encoding="utf-8")
    code, said = call(endpoint, file)
    assert code != 0
    assert "Invalid type for parameter ProductionVariants" in said
