"""The constants of sizing: each is used, and none that is used is missing."""

from __future__ import annotations

import re
from pathlib import Path

from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import load

ROOT = Path(__file__).resolve().parents[2]
KNOWN = knowledge(load("safe").raw)
NAMED = re.compile(r'(?:numbers?[(\[]|constant=)"([a-z-]+)"')


def used() -> set[str]:
    """Ids that the code asks for by name."""
    return {
        name
        for path in (ROOT / "advisor").rglob("*.py")
        for name in NAMED.findall(path.read_text(encoding="utf-8"))
    }


def test_every_constant_is_used_and_known() -> None:
    assert used() == set(KNOWN.sizing)


def test_own_figures_are_argued() -> None:
    for constant in KNOWN.sizing.values():
        assert constant.origin.source.startswith("https://") or len(constant.origin.because) >= 40


def test_regions_and_quotas_resolve() -> None:
    assert KNOWN.offers["us-east-1"].serverless_concurrency == 1000
    assert KNOWN.offers["us-east-1"].hosting is not None
    assert "g5" in KNOWN.offers["eu-west-1"].hosting  # type: ignore[operator]
    # Taipei has hosting prices and no transform prices at all.
    assert KNOWN.offers["ap-east-2"].batch is None
    for entry in KNOWN.quotas:
        if entry.codes is not None:
            assert set(entry.codes) <= set(KNOWN.catalogue.types)
    for region, offer in KNOWN.offers.items():
        families = (offer.hosting or frozenset()) | (offer.batch or frozenset())
        # m7g is priced and not in the API's list, which decides.
        assert families - {"m7g"} <= set(KNOWN.catalogue.families), region
