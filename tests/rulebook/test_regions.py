"""A misspelt Region is refused wherever one is written, and the known ones near to it are named."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.compare.whatif import SweptRange, sweep
from advisor.gate.run import check
from advisor.gate.settings import CheckOptions
from advisor.model.errors import InputError
from advisor.model.workload import Workload
from advisor.pipeline import advise
from advisor.rulebook.load import known_regions
from advisor.rulebook.regions import meant
from advisor.workload import read_workloads

KNOWN = sorted(known_regions())
TEXT = "name: a\nrequests: {arrival: online}\n"
LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789-")


@st.composite
def misspelt(draw: st.DrawFn) -> tuple[str, str]:
    """A known Region, and what one edit makes of it that is no known Region."""
    region = draw(st.sampled_from(KNOWN))
    at = draw(st.integers(0, len(region) - 1))
    one, rest = region[at], region[at + 1 :]
    made = draw(
        st.sampled_from(["", rest[:1] + one, draw(LETTERS), one + draw(LETTERS)]).map(
            lambda middle: region[:at] + middle + (rest[1:] if middle == rest[:1] + one else rest)
        )
    )
    return region, made


def _refusal(text: str, changes: tuple[tuple[str, str], ...] = ()) -> InputError:
    with pytest.raises(InputError) as caught:
        read_workloads(text.encode(), "w.yaml", changes)
    return caught.value


def _workload(text: str = TEXT) -> Workload:
    (workload,) = read_workloads(text.encode(), "w.yaml")
    return workload


@given(misspelt())
def test_one_edit_of_a_known_region_names_it_wherever_it_is_written(pair: tuple[str, str]) -> None:
    region, written = pair
    if written in KNOWN:
        return
    assert region in meant(written, KNOWN)
    if written.replace("-", "") == region.replace("-", "") or written[:-1] in KNOWN:
        with suppress(InputError):  # only hyphens differ, or it is a zone of the Region
            assert _workload(f'{TEXT}region: "{written}"\n').text("region") in KNOWN
        return
    in_file = _refusal(f'{TEXT}region: "{written}"\n')
    assert (in_file.at(), in_file.message) == ("w.yaml:3:9", f"region: '{written}' is not a Region")
    by_set = _refusal(TEXT, (("region", f'"{written}"'),))
    with pytest.raises(InputError) as by_option:
        advise(_workload(), region=written)
    assert (by_set.at(), by_option.value.at()) == ("--set region", "--region")
    for error in (in_file, by_set, by_option.value):
        assert region in error.hint


@pytest.mark.parametrize("region", KNOWN)
def test_a_known_region_is_accepted(region: str) -> None:
    rules = {each.rule for each in advise(_workload(f"{TEXT}region: {region}\n")).findings}
    assert "region-unknown" not in rules


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("EU_WEST_1", ("eu-west-1",)),  # case and underscores count for nothing
        ("us-aest-1", ("us-east-1", "us-west-1")),  # letters swapped, or one replaced
        ("us-east-1a", ("us-east-1",)),  # the name of a zone
        ("eu-west-7", ("eu-west-1", "eu-west-2", "eu-west-3")),
        ("us-gov-wst-1", ("us-gov-west-1",)),
        ("cn-noth-1", ("cn-north-1",)),
        ("xx-nowhere-9", ()),
        ("eu-central-1", ()),
    ],
)
def test_the_nearest_are_named(written: str, named: tuple[str, ...]) -> None:
    assert meant(written, KNOWN) == named


def test_an_unknown_region_is_a_warning() -> None:
    advice = advise(_workload(f"{TEXT}region: xx-nowhere-9\n"))
    (found,) = [each for each in advice.findings if each.rule == "region-unknown"]
    assert (found.severity, found.line, found.column) == ("warning", 3, 1)
    rules = [each.rule for each in advise(_workload(), region="xx-nowhere-9").findings]
    assert "region-unknown" in rules


def test_an_image_or_key_with_a_misspelt_region_is_refused() -> None:
    image = "123456789012.dkr.ecr.eu-centrl-1.amazonaws.com/fraud:1"
    error = _refusal(f"{TEXT}model: {{image: {image}}}\n")
    assert error.at().startswith("w.yaml:3:")
    assert "eu-central-1" in error.hint


def test_a_swept_and_a_checked_region_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="us-est-1"):
        sweep(_workload(), "requests.payload", SweptRange("1 KB", "9 MB", 3), region="us-est-1")
    with pytest.raises(InputError, match="us-est-1") as caught:
        check(CheckOptions(paths=[str(tmp_path)], as_of="2026-11-30", region="us-est-1"))
    assert caught.value.at() == "--region"


def test_settings_with_a_misspelt_region_are_refused(tmp_path: Path) -> None:
    (tmp_path / ".sm-advise.yaml").write_text("limits: safe\nregion: us-est-1\n")
    path = tmp_path / "w.yaml"
    path.write_text(TEXT)
    with pytest.raises(InputError) as caught:
        check(CheckOptions(paths=[str(path)], as_of="2026-11-30"))
    assert caught.value.at().endswith(".sm-advise.yaml:2:1")
