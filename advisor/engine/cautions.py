"""Cautions of the chosen option, and services outside the four options."""

from __future__ import annotations

from advisor.engine.facts import Facts
from advisor.model.advice import Consider
from advisor.model.workload import Finding
from advisor.rulebook.formulas import UNITS
from advisor.rulebook.types import INFINITY, UNSET, Caution, FactEntry, Outside
from advisor.text.quantity_format import about


def cautions(
    facts: Facts, option: str, way: str = ""
) -> tuple[tuple[Finding, ...], frozenset[str]]:
    """The cautions that stated facts certainly raise, and the entries of consider.yaml they name.

    Args:
        facts: of the workload.
        option: the chosen one.
        way: how its plan hosts several models; empty where there is one.
    """
    found = []
    consider: set[str] = set()
    told = facts.workload.modelled
    on = told is not None and (told.on or any(each.on for _, each in told.members))
    first = facts.book.index["requests.first_byte"] if on else None
    for caution in facts.book.cautions():
        if caution.variable == first:  # modelled, so it is checked
            continue
        if caution.ways and way not in caution.ways:
            continue
        if option in caution.options and _raised(caution, facts):
            found.append(_finding(caution, facts))
            consider.update(caution.consider)
    return tuple(found), frozenset(consider)


def _raised(caution: Caution, facts: Facts) -> bool:
    low, high = facts.low[caution.variable], facts.high[caution.variable]
    if caution.sound.has_all(low, high) is not False:
        return False
    return caution.when is None or caution.when.possible(facts.low, facts.high) is True


def _finding(caution: Caution, facts: Facts) -> Finding:
    """The finding, placed at the stated fact that raised it."""
    workload = facts.workload
    entry = facts.book.facts[caution.variable]
    names = [facts.book.facts[v].id for v in entry.derived_from] or [entry.id]
    name = next((each for each in names if workload.stated(each) is not None), names[0])
    return _placed(caution, workload.place(name), _figure(entry, facts))


def _figure(entry: FactEntry, facts: Facts) -> str:
    """The value of a derived fact, which the file does not hold."""
    value = facts.point[entry.variable]
    if not entry.derived_from or entry.discrete or not 0 < value < INFINITY:
        return ""
    return f"{entry.title}: {about(value / UNITS.get(entry.id, 1), entry.kind)}."


def _placed(caution: Caution, place: tuple[str, int, int], figure: str) -> Finding:
    says = f"{caution.says} {figure}" if figure else caution.says
    return Finding(caution.id, caution.severity, says, *place, caution.fix, caution.origin.source)


def consider(facts: Facts, none_fits: bool, named: frozenset[str]) -> tuple[Consider, ...]:
    """Entries that apply: every one where no option fits, else those for a poor fit or named.

    A word that nobody states or assumes is the last of its fact, which stands for every other.
    """
    wanted = "none-fits" if none_fits else "poor-fit"
    point = [
        low.bit_length() - 1 if value == UNSET and fact.discrete else value
        for fact, low, value in zip(facts.book.facts, facts.low, facts.point, strict=True)
    ]
    return tuple(
        _entry(outside)
        for outside in facts.book.outside()
        if outside.id in named or (outside.applies in (wanted, "both") and outside.when.test(point))
    )


def _entry(outside: Outside) -> Consider:
    origin = outside.origin
    return Consider(
        id=outside.id,
        title=outside.title,
        because=origin.because,
        source=origin.source,
        as_of=origin.as_of,
    )
