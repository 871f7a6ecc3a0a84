"""Words that a shell completes: keys, ids, Regions and rules; read only when a shell asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator


def _settings() -> Iterator[str]:
    from advisor.workload.keys import keys

    return (f"{path}=" for path in keys())


def _varied() -> Iterable[str]:
    from advisor.compare.whatif import varied
    from advisor.rulebook.load import load

    return varied(load("safe"))


def _ids() -> Iterator[str]:
    from advisor.reference.catalogue import catalogue

    return (name for each in catalogue().entries for name in {each.id, each.name})


def _regions() -> Iterable[str]:
    from advisor.rulebook.load import known_regions

    return known_regions()


def _checks() -> Iterable[str]:
    from advisor.gate.checks import PROFILES, load_checks

    return (*load_checks(), *PROFILES)


def _examples() -> Iterable[str]:
    from advisor.reference.starter import examples

    return examples()


WORDS: dict[str, Callable[[], Iterable[str]]] = {
    "settings": _settings,
    "varied": _varied,
    "ids": _ids,
    "regions": _regions,
    "checks": _checks,
    "examples": _examples,
}
