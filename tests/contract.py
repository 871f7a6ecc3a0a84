"""No answer contradicts itself, judged from what it prints: predicates over the JSON of ``advise``.

Each reads an answer and what the file states, and yields what it finds wrong. None of them knows
how an answer is made: the words are those of the contract.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from advisor.compare.cost_unknowns import weighed
from advisor.model.advice import Advice
from advisor.model.errors import InputError
from advisor.model.workload import Workload
from advisor.pipeline import advise
from advisor.reports import Context, renderer
from advisor.workload import read_workloads
from tests.strategies import FEATURES

ROOT = Path(__file__).resolve().parents[1]
MONTH_S = 730 * 3600
SENT = ("InstanceType", "MemorySizeInMB", "MaxConcurrency", "InitialInstanceCount")
MONEY = r"\d[\d,]*\.\d\d"
UNITS = {
    "ms": 1e-3,
    "s": 1,
    "min": 60,
    "h": 3600,
    "day": 86400,
    "d": 86400,
    "week": 604800,
    "month": MONTH_S,
    "year": MONTH_S * 12,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "B": 1e9,
}


# Facts from which another is assumed once they are stated: the pattern of the traffic, and a 99th
# percentile of the answer. To state one says more than what is assumed of it.
HINTS = {"requests.answer", "requests.cold_start"}
HINTS |= {f"traffic.{each}" for each in ("active", "peak", "volume")}


class Answer(NamedTuple):
    """One answer in the formats that are compared, and how to ask again."""

    json: dict[str, Any]
    text: str
    markdown: str
    ask: Callable[[list[tuple[str, str]]], dict[str, Any] | None]

    @property
    def facts(self) -> dict[str, dict[str, Any]]:
        return {each["fact"]: each for each in self.json["facts"]}

    def stated(self, name: str) -> Any:
        fact = self.facts.get(name)
        return fact["value"] if fact and fact["origin"] == "stated" else None

    @property
    def chosen(self) -> dict[str, Any] | None:
        return next((each for each in self.json["options"] if each["chosen"]), None)

    @property
    def rules(self) -> set[str]:
        return {each["rule"] for each in (*self.json["findings"], *self.json["accepted"])}


def number(text: Any, kind: str = "time") -> float | None:
    """Seconds, a rate in 1/s, or a count, of one quantity without a range."""
    found = re.fullmatch(r"([\d.]+) ?([kMGB]?)(?:/(\w+)| ?(ms|s|min|h|d))?", str(text))
    if found is None:
        return None
    value = float(found[1]) * (UNITS[found[2]] if found[2] else 1)
    if found[3]:
        return value / UNITS[found[3]]
    return value * (UNITS[found[4]] if found[4] else 1) if kind != "count" else value


@cache
def vcpus() -> dict[str, int]:
    text = (ROOT / "rules" / "instances.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["instance_type"]: int(row["vcpu"]) for row in rows if row["vcpu"]}


def settings(option: dict[str, Any]) -> dict[str, Any]:
    return {each["name"]: each["value"] for each in option["plan"]["settings"]}


def mean_time(answer: Answer) -> float | None:
    for name in ("requests.processing.typical", "requests.processing"):
        if name in answer.facts:
            return number(answer.facts[name]["value"])
    return None


def peak_within_fleet(answer: Answer) -> Iterator[str]:
    """Peak rate times mean time is at most what the fleet holds, unless it is not sized."""
    chosen, peak, mean = answer.chosen, number(answer.stated("traffic.peak")), mean_time(answer)
    if chosen is None or peak is None or mean is None or chosen["option"] == "batch-transform":
        return
    unsized = answer.json["recommendation"]["sized"] == "not-sized"
    if unsized or "fleet-bounded" in answer.rules or "model.throughput" in answer.facts:
        return
    told, need = settings(chosen), peak * mean
    need /= told.get("Endpoints", 1)
    if chosen["option"] == "serverless":
        if told["MaxConcurrency"] < min(need, 200) * 0.99:
            yield f"{need:.1f} in progress, at most {told['MaxConcurrency']} at once"
    elif chosen["option"] == "real-time" and "InstanceType" in told:
        most = max(told["InitialInstanceCount"], told.get("MaxCapacity", 0))
        one = float(number(answer.stated("model.concurrency"), "count") or 1)
        if "gpu" not in str(answer.facts.get("model.accelerator", {}).get("value")):
            one = max(one, vcpus().get(told["InstanceType"], 1))
            if need > most * one * 1.01:
                yield f"{need:.1f} in progress, {most} x {told['InstanceType']} holds {most * one}"


def deadline_is_met(answer: Answer) -> Iterator[str]:
    """A run ends by its deadline and before the next."""
    chosen = answer.chosen
    if chosen is None or chosen["option"] != "batch-transform" or chosen["monthly_cost"] is None:
        return
    runs = number(answer.stated("dataset.runs"))
    hours = [each for each in chosen["monthly_cost"]["items"] if "hour" in each["unit"]]
    count = settings(chosen).get("InstanceCount")
    if not runs or not hours or not count or answer.rules & {"deadline-missed", "not-sized"}:
        return
    found = re.fullmatch(r"[\d.]+", str(hours[0]["quantity"]))
    if found is None:
        return
    one = float(found[0]) * 3600 / (runs * MONTH_S) / count
    for name, most in (("deadline", number(answer.stated("dataset.deadline"))), ("runs", 1 / runs)):
        if most is not None and one > most * 1.01:
            yield f"a run of {one:.0f} s breaks {name} {most:.0f} s"


def budget_is_judged(answer: Answer) -> Iterator[str]:
    """A budget that the cost breaks, or cannot be shown to keep, is a finding, and no other is."""
    budget, chosen = answer.stated("budget"), answer.chosen
    if budget is None or chosen is None or chosen["monthly_cost"] is None:
        return
    most = float(re.findall(r"[\d.]+", str(budget))[-1])
    cost = chosen["monthly_cost"]
    low, high, estimate = (cost[f"usd_{end}"] for end in ("low", "high", "estimate"))
    about = estimate or high
    over = "over-budget" in answer.rules
    unproven = "budget-not-proven" in answer.rules
    if about is not None and float(about) > most * 1.0001 and not over and not unproven:
        yield f"{about} is above {most}, unsaid"
    if over and high is not None and float(high) <= most:
        yield f"{high} is within {most}, yet over budget"
    if (low is None or (high is None and estimate is None)) and not over and not unproven:
        yield "the cost has no end, and the budget passes"


def answer_time_is_kept(answer: Answer) -> Iterator[str]:
    """A p99 of its own that misses the stated answer is a finding."""
    wanted, chosen = number(answer.stated("requests.answer")), answer.chosen
    if wanted is None or chosen is None or not chosen["latency"]:
        return
    late = chosen["latency"]["p99_ms"]
    rules = {"answer-missed", "start-too-late", "conflict"}
    if late is not None and late > wanted * 1010 and not answer.rules & rules:
        yield f"p99 {late} ms misses {wanted} s, unsaid"
    if late is not None and late <= wanted * 1000 and "answer-missed" in answer.rules:
        yield f"p99 {late} ms keeps {wanted} s, yet missed"
    half = chosen["latency"]["p50_ms"]
    if late is not None and half is not None and half > late:
        yield "p50 above p99"


def headline_and_findings(answer: Answer) -> Iterator[str]:
    first, chosen = answer.json["recommendation"], answer.chosen
    plausible = [each for each in answer.json["decisive_unknowns"] if not each["remote"]]
    if first["status"] == "recommended" and plausible:
        yield "recommended, with a plausible unknown"
    if first["status"] == "assumed" and not plausible:
        yield "assumed, with no plausible unknown"
    for each in answer.json["decisive_unknowns"]:
        own = each["outcomes"].get(each["assumed"], first["option"])
        if own != first["option"] and first["status"] != "decided" and each["fact"] not in HINTS:
            yield f"{each['fact']} {each['assumed']}, as assumed, gives another option"
    if (chosen is None) != (first["status"] == "none-fits") or (
        chosen is not None and chosen["option"] != first["option"]
    ):
        yield "two answers"
    line = answer.text.splitlines()[0]
    errors = [each for each in answer.json["findings"] if each["severity"] == "error"]
    if chosen is not None and bool(errors) != bool(re.search(r"\berrors?\b", line)):
        yield f"line 1 and {len(errors)} errors"
    if first["status"] == "recommended" and (first.get("sized") == "not-sized") != (
        "not sized" in line
    ):
        yield "not sized, and line 1"


def size_is_told(answer: Answer) -> Iterator[str]:
    """`sized` names facts that nobody stated; the text names them too."""
    first = answer.json["recommendation"]
    names = first.get("sized_rests_on") or []
    if answer.chosen is not None and (first["sized"] == "stated") != (not names):
        yield f"sized {first['sized']} rests on {names}"
    for name in names:
        if answer.stated(name) is not None:
            yield f"{name} is stated, and said to be assumed"
        value = str(answer.facts[name]["value"]) if name in answer.facts else name
        if name not in answer.text and value not in answer.text:
            yield f"{name} is not in the text"


def assumed_is_listed(answer: Answer) -> Iterator[str]:
    """What plan and estimate rest on stands among the facts."""
    chosen, assumed = (
        answer.chosen,
        {name for name, each in answer.facts.items() if each["origin"] != "stated"},
    )
    if chosen is None:
        return
    cost = chosen["monthly_cost"] or {}
    for name in cost.get("estimate_rests_on") or []:
        if not any(each == name or each.startswith(name + ".") for each in answer.facts):
            yield f"the estimate rests on {name}, which is not listed"
    for each in (chosen["plan"] or {}).get("settings", []):
        if "assumed" in each["because"] and not assumed:
            yield f"{each['name']} is assumed of nothing"


def no_cost_without_plan(answer: Answer) -> Iterator[str]:
    for each in answer.json["options"]:
        name, cost = each["option"], each["monthly_cost"]
        if cost is not None and (each["plan"] is None or each["standing"] == "ruled-out"):
            yield f"{name} has a price and no plan"
        if each["eligible"] is False and each["standing"] not in ("ruled-out", "chosen"):
            yield f"{name} is not eligible and {each['standing']}"
        if each["standing"] != "chosen" and not each["reasons"]:
            yield f"{name} stands {each['standing']} without a reason"
        if cost is None:
            continue
        ends = [cost[f"usd_{end}"] for end in ("low", "estimate", "high")]
        known = [float(end) for end in ends if end is not None]
        if known != sorted(known) or any(end < 0 for end in known):
            yield f"{name}: {ends}"
        total = sum(float(item["usd_low"]) for item in cost["items"] if item["usd_low"] is not None)
        if cost["usd_low"] is not None and abs(total - float(cost["usd_low"])) > 0.01:
            yield f"{name}: items {total}, sum {cost['usd_low']}"
        if (
            each["chosen"]
            and answer.json["recommendation"]["sized"] == "not-sized"
            and cost["complete"]
        ):
            yield "a complete cost of no size"


def cents(usd: str) -> str:
    return f"{Decimal(usd).quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def money_is_one(answer: Answer) -> Iterator[str]:
    """The chosen option's price is the same in text and Markdown, and a lower bound says so."""
    chosen = answer.chosen
    if chosen is None or chosen["monthly_cost"] is None:
        return
    cost = chosen["monthly_cost"]
    low, high, estimate = (cost[f"usd_{end}"] for end in ("low", "high", "estimate"))
    if low is None or (high is None and estimate is None and not float(low)):
        wanted = "unknown"
    elif estimate is not None:
        wanted = f"about {cents(estimate)}"
    elif high is None:
        wanted = f">= {cents(low)}"
    else:
        wanted = "-".join(dict.fromkeys((cents(low), cents(high))))
    if 0 < float(estimate or low or 1) < 0.01:
        return  # more digits
    figure = f"{MONEY}-{MONEY}|(?:about |>= )?{MONEY}|unknown|-"
    row = re.search(rf"^{chosen['option']} +({figure})  ", answer.text, re.MULTILINE)
    if row is None or row[1] != wanted:
        yield f"text has {row and row[1]}, JSON {wanted}"
    if f"| {wanted} |" not in answer.markdown.replace("\\", ""):
        yield f"Markdown lacks {wanted}"


def requests_are_the_plan(answer: Answer) -> Iterator[str]:
    """The requests to AWS carry the numbers of the plan, and quotas ask for them."""
    chosen = answer.chosen
    if chosen is None or chosen["plan"] is None:
        return
    sent = json.dumps(answer.json["requests"])
    for name, value in settings(chosen).items():
        if name in SENT and f'"{name}": {json.dumps(value)}' not in sent:
            yield f"{name} {value} is not sent"
    work, wait = (
        mean_time(answer),
        answer.json["invoke"] and answer.json["invoke"]["client_timeout_s"],
    )
    if chosen["option"] in ("real-time", "serverless") and work and wait and wait < work:
        yield f"the client waits {wait} s for {work} s of work"


def prices_of_findings(answer: Answer) -> Iterator[str]:
    """A price in a finding about money is one of the table of options."""
    chosen = answer.chosen
    if chosen is None:
        return
    table = {
        f"{float(each['monthly_cost'][key]):,.2f}"
        for each in answer.json["options"]
        if each["monthly_cost"]
        for key in ("usd_low", "usd_estimate", "usd_high")
        if each["monthly_cost"][key] is not None
    }
    for finding in answer.json["findings"]:
        if finding["rule"] in ("over-budget", "budget-not-proven"):
            for figure in re.findall(MONEY, finding["message"]):
                if figure not in table:
                    yield f"{finding['rule']} says {figure}"


def quoted(value: Any) -> str:
    text = str(value)
    return text.lower() if text in ("True", "False", "true", "false") else f'"{text}"'


def outcomes_hold(answer: Answer) -> Iterator[str]:
    """Each unknown's value leads to the option, and to the cost, that is promised of it."""
    for unknown in answer.json["decisive_unknowns"]:
        for value, option in unknown["outcomes"].items():
            again = answer.ask([(unknown["fact"], quoted(value))])
            found = option if again is None else again["recommendation"]["option"]
            if found != option:
                yield f"{unknown['fact']} {value}: {option}, but {found}"
    for unknown in answer.json["cost_unknowns"] or ():
        for told in unknown["outcomes"]:
            again = answer.ask([(unknown["fact"], quoted(told["value"]))])
            if again is None:
                continue
            cost = next((each["monthly_cost"] for each in again["options"] if each["chosen"]), None)
            found = (
                again["recommendation"]["option"],
                cost and cost["usd_estimate"],
                cost and cost["usd_low"],
            )
            if found != (told["option"], told["usd_estimate"], told["usd_low"]):
                yield f"{unknown['fact']} {told['value']}: {told}, but {found}"


def changes_hold(answer: Answer) -> Iterator[str]:
    """A change or a fix leads to its option, and what it breaks is said."""
    before = {each["message"] for each in answer.json["findings"] if each["rule"] == "conflict"}
    told = [([each], each) for each in answer.json["would_change"]]
    told += [(each["changes"], each) for each in answer.json["fixes"]]
    for changes, each in told:
        again = answer.ask([(change["fact"], quoted(change["to"])) for change in changes])
        if again is None:
            yield f"{changes} is refused"
            continue
        if again["recommendation"]["option"] != each["option"]:
            yield f"{changes}: {each['option']}, but {again['recommendation']['option']}"
        new = [
            f["message"]
            for f in again["findings"]
            if f["rule"] == "conflict" and f["message"] not in before
        ]
        if new and not each["breaks"]:
            yield f"{changes} breaks unsaid: {new[0]}"
    for first in (answer.json["would_change"][:1], answer.json["fixes"][:1]):
        if first and first[0]["breaks"] and len(told) > 1:
            yield f"the first change breaks {first[0]['breaks']}"


def errors_rest_on_facts(answer: Answer) -> Iterator[str]:
    """An error about the design stays, whatever else is stated."""
    money = {"over-budget", "budget-not-proven", "conflict"}
    errors = {f["rule"] for f in answer.json["findings"] if f["severity"] == "error"} - money
    tries = {
        "requests.processing": ["1 ms", "20 s"],
        "requests.payload": ["1 KB"],
        "model.size": ["1 MB"],
        "model.memory": ["100 MB"],
        "requests.cold_start": ["tolerated"],
        "model.precision": ["int8"],
        "traffic.peak": ["1/h"],
        "traffic.volume": ["1/day"],
        "model.concurrency": ["64"],
        "requests.encoding": ["binary"],
        "model.startup": ["1 s"],
    }
    for name, values in tries.items() if errors else ():
        if any(
            each == name or each.startswith(name + ".")
            for each in answer.facts
            if answer.facts[each]["origin"] == "stated"
        ):
            continue
        for value in values:
            again = answer.ask([(name, quoted(value))])
            if again is None or again["recommendation"]["option"] is None:
                continue
            left = {f["rule"] for f in again["findings"]}
            if errors - left and "conflict" not in left:
                yield f"{errors - left} goes with {name} {value}"


def assumed_may_be_stated(answer: Answer) -> Iterator[str]:
    """Stating an assumed value does not move the option."""
    first = answer.json["recommendation"]["option"]
    for name, fact in answer.facts.items():
        if fact["origin"] != "assumed" or fact["value"] is None or name in HINTS:
            continue
        again = answer.ask([(name, quoted(fact["value"]))])
        if again is None or again["recommendation"]["option"] != first:
            yield f"{name} {fact['value']} stated: {again and again['recommendation']['option']}"


def more_load_costs_no_less(answer: Answer) -> Iterator[str]:
    """Three times a stated rate, on the same option, is no smaller fleet."""
    peak, chosen = answer.stated("traffic.peak"), answer.chosen
    value = re.fullmatch(r"([\d.]+)([kM]?/\w+)", str(peak))
    if value is None or chosen is None or chosen["plan"] is None:
        return
    again = answer.ask([("traffic.peak", quoted(f"{float(value[1]) * 3:g}{value[2]}"))])
    new = again and next((each for each in again["options"] if each["chosen"]), None)
    if not new or new["option"] != chosen["option"] or new["plan"] is None:
        return
    one, two = settings(chosen), settings(new)
    if one.get("InstanceType") == two.get("InstanceType"):
        for name in ("InitialInstanceCount", "MaxConcurrency", "MaxCapacity"):
            if name in one and name in two and two[name] < one[name]:
                yield f"{name} {one[name]} at {peak}, {two[name]} at three times that"


SAYS = (
    peak_within_fleet,
    deadline_is_met,
    budget_is_judged,
    answer_time_is_kept,
    headline_and_findings,
    size_is_told,
    assumed_is_listed,
    no_cost_without_plan,
    money_is_one,
    requests_are_the_plan,
    prices_of_findings,
)
ASKS = (
    outcomes_hold,
    changes_hold,
    errors_rest_on_facts,
    assumed_may_be_stated,
    more_load_costs_no_less,
)


# -- answers ---------------------------------------------------------------------------------------


def shown(advice: Advice, form: str, *, verbose: bool = False) -> str:
    return "".join(renderer(form)([advice], Context(width=200, verbose=verbose)))


def answer_to(text: bytes, place: int = 0, *, weigh: bool = False, verbose: bool = False) -> Answer:
    def read(changes: list[tuple[str, str]]) -> Workload:
        return read_workloads(text, "w.yaml", changes, FEATURES)[place]

    def ask(changes: list[tuple[str, str]]) -> dict[str, Any] | None:
        try:
            found = advise(read(changes), as_of="2026-11-20")
        except InputError:
            return None
        return json.loads(shown(found, "json"))  # type: ignore[no-any-return]

    advice = advise(read([]), as_of="2026-11-20")
    if weigh:
        advice = weighed(advice)
    told = shown(advice, "text", verbose=verbose)
    return Answer(json.loads(shown(advice, "json")), told, shown(advice, "markdown"), ask)


def wrong(text: bytes, place: int = 0, *, again: bool) -> list[str]:
    answer = answer_to(text, place, weigh=again)
    return [
        f"{says.__name__}: {found}"
        for says in (SAYS + ASKS if again else SAYS)
        for found in says(answer)
    ]
