"""What the settings lay over the rules: every limit can be told anew, and nothing else moves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from advisor.model.errors import RulebookError
from advisor.rulebook.cache import rules_directory
from advisor.rulebook.compile import compile_rules
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.overlay import COMPARED
from advisor.rulebook.resolve import resolve

ORIGIN = {"source": "your settings, 2026-11-28, https://aws.amazon.com/new", "as_of": "2026-11-28"}
RULES = Path(rules_directory())
SHIPPED = compile_rules(RULES)
LIMITS = {limit["id"]: limit for option in SHIPPED["options"] for limit in option["limits"]}


def laid(**kinds: Any) -> dict[str, Any]:
    return compile_rules(RULES, json.dumps(kinds))


def written(limit: dict[str, Any]) -> Any:
    """The bound of a limit as its file writes it."""
    bound = limit[next(key for key in COMPARED if key in limit)]
    return [f"{size >> 30} GB" for size in bound] if "tiers" in limit else bound


def test_each_limit_can_be_told_anew_and_keeps_all_but_its_origin() -> None:
    """The same bounds again: what is compiled differs in reason, source, day and other bounds."""
    told = {name: {"value": written(limit), **ORIGIN} for name, limit in LIMITS.items()}
    found = laid(limits=told)
    moved = {"because", "source", "as_of", "also", "model"}
    for option in found["options"]:
        for limit in option["limits"]:
            shipped = LIMITS[limit["id"]]
            assert limit.keys() - moved == shipped.keys() - moved
            assert all(limit[key] == shipped[key] for key in limit.keys() - moved), limit["id"]
            assert (limit["source"], limit["as_of"]) == tuple(ORIGIN.values())
            assert limit["also"] == []
            documented = [shipped, *shipped["also"]]
            assert ("model" in limit) is any("model" in each for each in documented)
            assert "settings" in limit["because"]
    # The most time of an asynchronous call is that of the second document, which is not told here.
    rest = [key for key in SHIPPED if key not in ("digest", "options", "sizing")]
    assert {key: found[key] for key in rest} == {key: SHIPPED[key] for key in rest}
    assert found["digest"] != SHIPPED["digest"]


@pytest.mark.parametrize("limits", ["safe", "latest"])
def test_a_told_bound_is_the_only_one_in_both_modes(limits: str) -> None:
    found = laid(limits={"real-time-payload": {"value": "40 MB", **ORIGIN}})
    limit = resolve(found, limits).limit["real-time-payload"]
    assert limit.bound == limit.newest
    assert limit.bound.admits.high == 40 * 1024 * 1024
    assert limit.also == ()


def test_a_told_field_moves_what_refers_to_it() -> None:
    """Provisioned concurrency and others are written ``{limit: serverless-concurrency}``."""
    found = laid(limits={"serverless-concurrency": {"value": 300, **ORIGIN}})
    shipped = json.dumps(SHIPPED["quotas"]) + json.dumps(SHIPPED["sizing"])
    told = json.dumps(found["quotas"]) + json.dumps(found["sizing"])
    refers = "{limit: serverless-concurrency}" in "".join(
        (RULES / name).read_text(encoding="utf-8") for name in ("quotas.yaml", "sizing.yaml")
    )
    assert (told != shipped) is refers


def test_an_instance_type_has_what_is_told_of_it() -> None:
    found = laid(
        instance_types={
            "ml.g9.xlarge": {
                "vcpu": 4,
                "memory": "16 GB",
                "accelerator": "gpu",
                "accelerator_model": "L5",
                "accelerator_count": 1,
                "accelerator_memory": "24 GB",
                "batch_transform": True,
                "like": "g6",
                **ORIGIN,
            }
        }
    )
    catalogue = knowledge(found).catalogue
    made = catalogue.get("ml.g9.xlarge")
    assert made is not None
    # 16 GB are 16,384 MiB, 24 GB are 24,576 MiB.
    assert (made.vcpu, made.memory_mib, made.accelerator_total_mib) == (4, 16384, 24576)
    assert (made.accelerator, made.in_transform, made.arch) == ("gpu", True, "x86_64")
    assert (made.family.id, made.family.group) == ("g9", catalogue.families["g6"].group)
    assert made.source == ORIGIN["source"]
    assert made in catalogue.candidates("gpu")
    assert len(found["instances"]) == len(SHIPPED["instances"]) + 1


def test_a_region_is_one_of_the_words_and_of_the_limits() -> None:
    """With serverless concurrency, serverless endpoints exist there; without, they do not."""
    regions = {
        "ap-east-3": {"serverless_concurrency": 500, **ORIGIN},
        "ap-east-4": ORIGIN,
    }
    found = laid(regions=regions)
    words = next(fact for fact in found["facts"] if fact["id"] == "region")["words"]
    mask = next(
        limit["bound"]["mask"]
        for option in found["options"]
        for limit in option["limits"]
        if limit["id"] == "serverless-region"
    )
    assert [bool(mask >> words.index(each) & 1) for each in regions] == [True, False]


@pytest.mark.parametrize("name", ["real-time-paylod", "Real_Time_Payload", "realtime-payload"])
def test_a_misspelt_limit_is_told_with_the_nearest(name: str) -> None:
    with pytest.raises(RulebookError, match="did you mean real-time-payload"):
        laid(limits={name: {"value": "8 MB", **ORIGIN}})
