"""Every artifact of any workload passes every judge, and gives the same requests."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings

from advisor.pipeline import advise
from tests import strategies
from tests.artifacts import judges, stand_in
from tests.artifacts.generated import generated
from tests.artifacts.plans import advices, hostile
from tests.artifacts.programs import Judge, MissingError

_SAMPLE = [*advices()[::4], *generated(16, seed=10_000)]
# The slow ones judge fewer: each second, fifth, …; the aws CLI needs a second for each call.
_EACH = {"cfn-lint": 2, "terraform validate": 5, "moto over HTTP": 5}


@pytest.mark.parametrize(
    ("judge", "step"),
    [
        pytest.param(judge, _EACH.get(name, 1), id=f"{dialect}: {name}")
        for dialect, name, judge in judges.JUDGES
        if judge is not stand_in.deployed_by_shell
    ],
)
def test_a_sample_passes(judge: Judge, step: int) -> None:
    """`make artifacts` judges hundreds."""
    try:
        faults = judge(_SAMPLE[::step])
    except MissingError as error:
        pytest.skip(str(error))
    assert faults == []


def test_a_foreign_account_is_noticed() -> None:
    advice = hostile(advices()[0], ["arn:aws:kms:us-east-1:210987654321:key/0", "999999999999"])
    faults = judges.names_nobody([advice])
    for name in ("deploy.sh", "deploy.py", "main.tf", "template.yaml", "1-create-model.json"):
        assert sum(f": {name}: " in fault for fault in faults) >= 2, name


@given(strategies.documents())
@settings(max_examples=60)
def test_any_workload(document: dict[str, Any]) -> None:
    """Whatever the schema admits comes out of each dialect as it went in."""
    advice = advise(strategies.read(document))
    assume(advice.chosen is not None)
    assert judges.read_back_from_cloudformation([advice]) == []
    assert judges.read_back_from_terraform([advice]) == []
    assert judges.compiled_by_python([advice]) == []
    assert judges.sent_by_boto3([advice]) == []
