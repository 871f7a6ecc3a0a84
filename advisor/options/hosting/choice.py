"""The way in which several models are hosted: limits eliminate, the table prefers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from advisor.model.options import ENDPOINT_EACH, INFERENCE_PIPELINE, MULTI_CONTAINER
from advisor.model.usage import FleetUsage, Usage
from advisor.options.hosting import models as named
from advisor.options.hosting.inputs import HostingInputs
from advisor.options.load import counted, sentence
from advisor.options.plan_builder import Draft
from advisor.rulebook.hosting import Hosting, Inputs, Preference, WayLimit, hosting
from advisor.text.money_format import figure
from advisor.text.quantity import MONTH_HOURS

_MILLIONTHS = 1_000_000
_known: dict[str, Hosting] = {}


class Choice(NamedTuple):
    """What the rules say of one set of inputs."""

    way: str | None  # the first of the row that is not ruled out; None: none serves
    row: Preference
    number: int  # of the row, from 1
    against: Mapping[str, tuple[WayLimit, ...]]  # what rules each way out


def rules(draft: Draft) -> Hosting:
    """The rules of hosting, read once for each set of rules."""
    digest = draft.facts.book.digest
    if digest not in _known:
        _known[digest] = hosting(draft.facts.book.raw["hosting"])
    return _known[digest]


def choose(table: Hosting, inputs: Inputs) -> Choice:
    """The way that the first row which holds prefers among those that no limit rules out."""
    against = {
        name: tuple(limit for limit in way.limits if limit.when.holds(inputs))
        for name, way in table.ways.items()
    }
    for number, row in enumerate(table.preferences, start=1):
        if row.when.holds(inputs):
            way = next((name for name in row.then if not against[name]), None)
            return Choice(way, row, number, against)
    raise AssertionError("the last preference always applies: compiling makes sure of it")


def tell(
    draft: Draft,
    table: Hosting,
    known: HostingInputs,
    found: Choice,
    prices: Mapping[str, int] | None,
) -> None:
    """Note the way with its reason, and for every other why it lost or what it would cost."""
    way, row = draft.way, found.row
    stated = draft.text("deploy.hosting")
    why = row.origin.because
    if stated is not None:
        why = f"stated under deploy; the rules would take {found.way or 'none'}. {why}"
    count = counted(named.count(draft), "model")
    if way in (MULTI_CONTAINER, INFERENCE_PIPELINE):
        count = counted(len(named.containers(draft)), "container")
    load = f"; {known.load_text}" if known.load_text else ""
    because = f"{table.ways[way].title} ({count}{load}): {why[0].lower()}{why[1:]}"
    because += f" Question {found.number} ({row.id}): {row.asks} Yes."
    draft.set("Hosting", way, because, source=row.origin.source)
    for name, other in table.ways.items():
        if name == way:
            continue
        reasons = found.against[name]
        if reasons:
            text = "; ".join(reason.says for reason in reasons)
            source = reasons[0].origin.source
            draft.set(f"Not {name}", "ruled out", sentence(text), source=source)
        elif name in row.then or name == ENDPOINT_EACH:
            draft.set(f"Not {name}", _instead(draft, name, known, prices), other.says)


def _instead(
    draft: Draft, name: str, known: HostingInputs, prices: Mapping[str, int] | None
) -> str:
    """What an endpoint for each model would cost; the rank of another way."""
    if name != ENDPOINT_EACH or not known.apart:
        return "ranks after it"
    fleet = " + ".join(f"{count:,} x {name}" for name, count in known.apart)
    cost = apart_usd(known, prices)
    text = f"{counted(named.count(draft), 'endpoint')}: {fleet}"
    return text if cost is None else f"{text}, {figure(cost)} USD a month"


def apart_usd(known: HostingInputs, prices: Mapping[str, int] | None) -> float | None:
    """Instances of an endpoint for each model in a month; ``None`` without every price."""
    parts = [(({} if prices is None else prices).get(name), count) for name, count in known.apart]
    if not parts or any(price is None for price, _ in parts):
        return None
    return sum((price or 0) * count for price, count in parts) * MONTH_HOURS / _MILLIONTHS


def compare(
    draft: Draft, known: HostingInputs, made: Usage, prices: Mapping[str, int] | None
) -> None:
    """Say it where an endpoint for each model would have a cheaper fleet than the shared one."""
    if not isinstance(made, FleetUsage) or made.minimum == 0:
        return
    apart = apart_usd(known, prices)
    price = ({} if prices is None else prices).get(made.instance_type)
    if apart is None or price is None:
        return
    shared = made.instances * price * MONTH_HOURS / _MILLIONTHS
    if apart < shared:
        draft.find(
            "hosting-cheaper",
            "info",
            f"instances for one endpoint per model cost {figure(apart)} USD a month, "
            f"{draft.way} costs {figure(shared)}",
            path="models",
            fix="State deploy.hosting: endpoint-each, unless one endpoint is worth the difference.",
        )


def complain(draft: Draft, found: Choice) -> None:
    """Findings about a way that is used although a limit is against it."""
    asked = draft.text("deploy.hosting")
    path = "deploy.hosting" if asked is not None else "model.count"
    for limit in found.against[draft.way]:
        draft.find(
            "hosting-ruled-out",
            "error",
            f"{draft.way} does not work here: {limit.says} ({limit.id})",
            path=path,
            fix="State another form in deploy.hosting, or change the fact that rules it out.",
        )
    if asked is not None and found.way not in (None, asked) and not found.against[asked]:
        draft.find(
            "hosting-differs",
            "info",
            f"the rules prefer {found.way}: {found.row.asks.lower()} yes",
            path=path,
        )
