"""The constants of sizing: each is used, and none that is used is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from advisor.rulebook.hardware import family_of
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import load
from advisor.rulebook.model_tables import model_tables

ROOT = Path(__file__).resolve().parents[2]
KNOWN = knowledge(load("safe").raw)
NAMED = re.compile(r'(?:numbers?[(\[]|constant=)"([a-z-]+)"')


def used() -> set[str]:
    """Ids that the code asks for by name, also where it chooses between several."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "advisor").rglob("*.py")]
    asked = {name for text in texts for name in NAMED.findall(text)}
    return asked | {name for name in KNOWN.sizing for text in texts if f'"{name}"' in text}


def test_every_constant_is_used_and_known() -> None:
    of_models = {entry["id"] for entry in model_tables()["constants"]}
    assert used() - of_models == set(KNOWN.sizing)


def test_own_figures_are_argued() -> None:
    for constant in KNOWN.sizing.values():
        assert constant.origin.source.startswith("https://") or len(constant.origin.because) >= 40


def test_regions_and_quotas_resolve() -> None:
    assert KNOWN.offers["us-east-1"].serverless_concurrency == 1000
    # The price list tells what is sold for hosting, where there is one.
    assert KNOWN.offers["us-east-1"].hosting is None
    assert KNOWN.offers["cn-north-1"].hosting == frozenset({"g4dn", "g5"})
    assert "g5" in KNOWN.offers["eu-west-1"].batch  # type: ignore[operator]
    # Taipei has hosting prices and no transform prices at all.
    assert KNOWN.offers["ap-east-2"].batch is None
    for entry in KNOWN.quotas:
        if entry.codes is not None:
            assert set(entry.codes) <= set(KNOWN.catalogue.types)
    for region, offer in KNOWN.offers.items():
        families = (offer.hosting or frozenset()) | (offer.batch or frozenset())
        assert families <= set(KNOWN.catalogue.families), region


def test_training_plans_reserve_the_families_of_the_service_model() -> None:
    loaders = pytest.importorskip("botocore.loaders")
    shapes = loaders.Loader().load_service_model("sagemaker", "service-2")["shapes"]
    reserved = {family_of(name) for name in shapes["ReservedCapacityInstanceType"]["enum"]}
    families = KNOWN.catalogue.families
    ours = {name for name in families if families[name].training_plans}
    # An older botocore knows fewer types.
    assert reserved <= ours
    assert {"p5e", "trn2"} <= ours
    assert not ours & {"g5", "m5", "inf2"}
