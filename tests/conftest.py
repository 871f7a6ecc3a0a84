"""Hypothesis profiles (``--hypothesis-profile=thorough`` for a long run) and golden files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# Runs give the same verdict each time, and a machine under load fails nothing.
settings.register_profile(
    "modest",
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "thorough",
    max_examples=10_000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("modest")


@pytest.fixture(autouse=True)
def _settings_of_this_test() -> None:
    """Settings are remembered by folder, and a test may have stood in a folder of the same name."""
    settings = sys.modules.get("advisor.gate.settings")
    if settings is not None:
        settings.organisation_of.cache_clear()
    load = sys.modules.get("advisor.rulebook.load")
    if load is not None:
        load.TOLD_REGIONS.clear()
    source = sys.modules.get("advisor.rulebook.source")
    if source is not None:
        source.has_settings.cache_clear()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="Write what is rendered now into the golden files; review the difference.",
    )


class Work:
    """How many calls of Python functions were made: what something costs, on any machine."""

    calls = 0

    def count(self, _frame: FrameType, event: str, _argument: Any) -> None:
        self.calls += event == "call"


@pytest.fixture
def work() -> Callable[[], AbstractContextManager[Work]]:
    """Counts the work that is done within a ``with``."""

    @contextmanager
    def counted() -> Iterator[Work]:
        found, before = Work(), sys.getprofile()
        sys.setprofile(found.count)
        try:
            yield found
        finally:
            sys.setprofile(before)

    return counted


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compares a rendered text with its golden file, or writes that with ``--update-golden``."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"{path} is missing: pytest --update-golden writes it"
        assert text == path.read_text(encoding="utf-8"), "pytest --update-golden, then review"

    return compare
