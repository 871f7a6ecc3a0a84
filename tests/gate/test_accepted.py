"""Everything that `advise` emits passes our own `check`, whatever the workload."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from advisor.gate.checks import load_checks
from advisor.gate.rules.accepted import accepted, refusals
from advisor.pipeline import advise
from advisor.rulebook.load import load
from advisor.rulebook.resolve import Rulebook
from tests.strategies import LEAVES, OTHERS, Document, documents, read

# A user's own addresses may contradict each other, and then `check` has to say so.
ADDRESSES = {"artifact", "bucket", "image", "kms_key", "role", "subnet", "topic", "alarm"}
OURS = tuple(
    path
    for path in OTHERS
    if LEAVES[path].form not in {*ADDRESSES, "security_group"}
    and LEAVES[path].kind not in ("variants", "models", "windows")
)


@settings(max_examples=200)
@given(documents(others=OURS))
def test_whatever_is_emitted_is_accepted(document: Document) -> None:
    answer = advise(read(document))
    if answer.chosen is None or answer.chosen.plan is None:
        return
    for request in answer.chosen.plan.requests:
        written = json.dumps(request.parameters)
        assert list(refusals(request.operation, written, answer.region or "")) == []


def test_a_value_that_check_refuses_is_named_with_its_workload(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The last of the sizes is refused where the gate's own list ends before it."""
    from advisor.gate.rules import accepted as module

    checks = dict(load_checks())
    check = checks["serverless-memory-size"]
    assert check.fault is not None
    fault = {"all": [{"field": "MemorySizeInMB", "not_in": [1024, 2048, 3072, 4096, 5120]}]}
    monkeypatch.setattr(module, "load_checks", lambda: {check.id: check._replace(fault=fault)})
    book: Rulebook = load("safe")
    count, refused = accepted(book)
    assert count > 1000
    assert {each.message.split(":")[1].strip() for each in refused} == {
        "check refuses CreateEndpointConfig of serverless"
    }
    # 5 GB and 256 MB of server need the sixth GB.
    assert refused[0].message.startswith("serverless-memory at 5 GB: ")
    assert "model: {memory: 5 GB}" in refused[0].workload
