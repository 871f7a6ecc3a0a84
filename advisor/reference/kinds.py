"""The details of each kind of entry, besides reason and source."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from advisor.model.options import OPTIONS
from advisor.reference.entry import Detail, Entry
from advisor.reference.sentences import bound, bounds, condition, hosting_condition, listed, value
from advisor.text.quantity import FORMS as QUANTITIES
from advisor.workload.forms import forms
from advisor.workload.keys import Key, keys

Raw = Mapping[str, Any]


def _rows(*rows: tuple[str, str]) -> Callable[[Raw], Iterator[Detail]]:
    """Details that a rule file holds as they are: their labels, and the keys or texts with keys.

    What an entry does not have is left out.
    """

    def describe(raw: Raw) -> Iterator[Detail]:
        for label, key in rows:
            said = key.format(**raw) if "{" in key else raw.get(key)
            each = said if isinstance(said, list | dict) else [said] if said else []
            told = ", ".join(e["id"] if isinstance(e, dict) else str(e) for e in each)
            if told:
                yield Detail(label, told)

    return describe


_ends = _rows(("Fix", "fix"), ("Consider", "consider"))


def limit(raw: Raw) -> Iterator[Detail]:
    """The bound in force, when it applies, and every other bound that is documented."""
    yield Detail("Bound", f"{raw['fact']} {bound(raw)}")
    if "when" in raw:
        yield Detail("When", condition(raw["when"]))
    for other in raw.get("also", ()):
        newest = " (the newest, in force with --limits latest)" if other.get("newest") else ""
        text = f"{bound(other)}{newest}. {other['because']}"
        yield Detail("Also", text, other["source"], other["as_of"])
    if "fix" in raw:
        yield Detail("Fix", raw["fix"], raw["fix_source"])


def way_limit(raw: Raw) -> Iterator[Detail]:
    """The condition under which it rules its form out."""
    yield Detail("Rules out", raw["way"])
    yield Detail("When", hosting_condition(raw["when"]))
    yield Detail("Says", raw["says"])


def preference(raw: Raw) -> Iterator[Detail]:
    """The condition, and the forms that it prefers."""
    yield Detail("Holds", f"when {hosting_condition(raw['when'])}" if raw["when"] else "always")
    yield Detail("Prefers", ", ".join(raw["then"]))


def question(raw: Raw) -> Iterator[Detail]:
    """What it reads and where it leads."""
    yield Detail("Reads", condition(raw["when"]))
    for side, answer in (("then", "Yes"), ("otherwise", "No")):
        yield Detail(answer, target(raw[side]))
        if isinstance(raw[side], Mapping):
            for name, why in raw[side].get("not", {}).items():
                yield Detail(f"{answer}, not", f"{name}: {why}")
    if raw.get("faq"):
        yield Detail("From", "one of the four questions of the hosting FAQ")


def target(raw: Any) -> str:
    """Where an answer leads: another question, or options, best first."""
    return f"question {raw}" if isinstance(raw, str) else ", ".join(raw["options"])


def fact(raw: Raw) -> Iterator[Detail]:
    """Its kind, its assumed value and its ordinary range."""
    words = raw.get("words")
    yield Detail("Kind", f"one of {listed(words)}" if isinstance(words, list) else raw["kind"])
    yield from _assumptions(raw)
    if "ordinary" in raw:
        yield Detail("Ordinary", f"{value(raw['ordinary'])}; a value outside is unusual")
    if "unfavourable" in raw:
        yield Detail("Range", f"of a closed range the {raw['unfavourable']} end is taken")
    if "changeable" in raw:
        yield Detail("Change", f"weight {raw['changeable']} (1 is easy) among the fixes")


def _assumptions(raw: Raw) -> Iterator[Detail]:
    assumed = raw.get("assume")
    if assumed is None:
        yield Detail("Assumed", "nothing; it has no value until someone states it")
    elif not isinstance(assumed, list):
        yield Detail("Assumed", value(assumed))
    else:
        for each in assumed:
            when = f"when {condition(each['when'])}: " if "when" in each else ""
            taken = value(each["value"]) if "value" in each else f"from {each['follows']}"
            yield Detail("Assumed", f"{when}{taken}. {each['because']}")


def word(raw: Raw) -> Iterator[Detail]:
    """The interval it stands for."""
    yield Detail("Means", f"{raw['fact']} {bounds(raw)}")
    told = "the workload file accepts it" if raw.get("stated") else "only the rules use the name"
    yield Detail("Use", told)


def feature(raw: Raw) -> Iterator[Detail]:
    """The support by each option."""
    if "fact" in raw:
        yield Detail("Needed", f"when {raw['fact']} is true")
    for name in OPTIONS:
        each = raw["support"][name]
        each = {"is": each} if isinstance(each, str) else each
        note = f". {each['note']}" if "note" in each else ""
        source, as_of = each.get("source", ""), each.get("as_of", "")
        yield Detail(name, f"{each['is']}{note}", source, as_of)


def caution(raw: Raw) -> Iterator[Detail]:
    """When it warns and what it says."""
    when = f", when {condition(raw['when'])}" if "when" in raw else ""
    yield from _rows(("Options", "options"), ("Hosted as", "ways"))(raw)
    yield Detail("Sound", f"{raw['fact']} {bound(raw)}{when}")
    yield Detail(raw["severity"].capitalize(), raw["says"])
    yield from _ends(raw)


def consider(raw: Raw) -> Iterator[Detail]:
    """When it is shown."""
    shown = {
        "none-fits": "when no option fits",
        "poor-fit": "with a recommendation",
        "both": "when no option fits, and with a recommendation",
    }
    yield Detail("Shown", f"{shown[raw['applies']]}, if {condition(raw['when'])}")


def quota(raw: Raw) -> Iterator[Detail]:
    """Its code and the values that were published or seen."""
    yield from _rows(("Options", "options"), ("Code", "code"))(raw)
    if "default" in raw:
        yield Detail("Default", value(raw["default"]))
    if "default_in_region" in raw:
        yield Detail("Default", "by Region; see rules/regions.yaml")
    if "seen" in raw:
        yield Detail("Seen", f"{raw['seen']} on new accounts", raw["seen_source"])
    for name, code in raw.get("codes", {}).items():
        yield Detail("Code", f"{code} for {name}")


def constant(raw: Raw) -> Iterator[Detail]:
    """The figure with its unit."""
    unit = f" {raw['unit']}" if "unit" in raw else ""
    yield Detail("Value", f"{value(raw['value'])}{unit}")


def family(raw: Raw) -> Iterator[Detail]:
    """What sizing does with a family of instance types."""
    yield Detail("Class", raw["class"])
    chosen = (
        "sizing may choose it"
        if raw["choose"] == "true"
        else "only when deploy.instance_type states it"
    )
    yield Detail("Sizing", f"{chosen}, number {raw['order']} of its class")
    if raw["lacks"]:
        yield Detail("Lacks", ", ".join(raw["lacks"].split()))
    if raw["training_plans"] == "true":
        yield Detail("Capacity", "SageMaker training plans reserve it for endpoints")


def check(raw: Raw) -> Iterator[Detail]:
    """The kinds it reads, and the rules of other tools that say the same or the opposite."""
    yield Detail("Severity", raw["severity"])
    for label, key in (("Reads", "applies_to"), ("Written as", "dialects"), ("Profile", "profile")):
        if key in raw:
            yield Detail(label, value(raw[key]))
    yield from _rows(("Instead of", "instead_of"))(raw)
    if "linters" in raw:
        asked = ", ".join(raw["linters"])
        yield Detail(
            "Asked for by", f"{asked}: accept that finding there, and name this check as the reason"
        )
    yield from _ends(raw)


def error(raw: Raw) -> Iterator[Detail]:
    """Its messages, with dots for what differs, and what is behind it."""
    yield from _rows(("Read in", "when"))(raw)
    for says in raw["says"]:
        yield Detail("Says", re.sub(r"\*|\{[a-z]+\}", "…", says))
    yield from _rows(("Behind it", "behind"), ("Fix", "fix"))(raw)


def layout(raw: Raw) -> Iterator[Detail]:
    """Its names, and the faults of an archive with another layout."""
    yield from _rows(("Called", "names"), ("Images", "images"))(raw)
    yield Detail("Begins", "at the top" if raw["root"] == "archive" else "at the top or below")
    for fault in raw["faults"]:
        but = f", unless {' or '.join(fault['unless'])} says otherwise" if "unless" in fault else ""
        yield Detail("Wrong", f"{fault['check']}: {fault['says']}{but}")


def setting(raw: Raw) -> Iterator[Detail]:
    """The fact it carries, its option and its default."""
    yield Detail("Setting", raw["setting"])
    yield Detail("Carries", f"{raw['fact']}; a lower setting is option-broken")
    yield Detail("Of", raw.get("option", "every option on instances"))
    if "default" in raw:
        yield Detail("Default", value(raw["default"]))


_ALL: tuple[Callable[[Raw], Iterator[Detail]], ...] = (
    *(limit, question, way_limit, preference, fact, word, feature, caution, consider),
    *(quota, constant, family, check, error, layout, setting),
)
DESCRIBERS = {each.__name__.replace("_", "-"): each for each in _ALL} | {
    "finding": _rows(("Severity", "severity"), ("Fix", "fix"), ("Consider", "consider")),
    "option": _rows(("Is", "summary"), ("Limits", "limits")),
    "way": _rows(("Is", "says"), ("Stated as", "deploy.hosting: {way}"), ("Limits", "limits")),
    "derived-fact": _rows(("Kind", "kind"), ("From", "from")),
    "regions": _rows(("Regions", "regions")),
}
"""Kind of an entry -> what describes it: the function of its name, where that takes more."""


def key_details(key: Key) -> tuple[Detail, ...]:
    """The values of a key, with an example."""
    takes = []
    if key.kind in QUANTITIES:
        takes.append(QUANTITIES[key.kind])
    if key.kind == "flag":
        takes.append("true or false")
    if key.form:
        takes.append(forms()[key.form].says)
    if key.words:
        takes.append(listed(key.words))
    details = [Detail("Key", key.about)]
    if takes:
        details.append(Detail("Write", "; or ".join(takes)))
    if key.parts:
        details.append(Detail("Parts", ", ".join(key.parts)))
    return tuple(details)


def with_forms(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Facts that are keys of the file: the accepted values before the details of the rules."""
    known = keys()
    return tuple(
        each._replace(details=(*key_details(known[each.id]), *each.details))
        if each.kind == "fact" and each.id in known
        else each
        for each in entries
    )


def key_entries() -> tuple[Entry, ...]:
    """Every key as an entry of its own; no rule stands behind it."""
    return tuple(
        Entry(
            id=key.path,
            kind="key",
            title=key.about,
            details=key_details(key)[1:],
            raw={"id": key.path},
        )
        for key in keys().values()
    )
