"""What holds of the engine for every workload: its answer, unknowns, changes and bytes."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from advisor.engine.answer import answer
from advisor.engine.conflicts import conflicts
from advisor.engine.decide import decide, status
from advisor.engine.decision_cells import Neighbourhood
from advisor.engine.facts import Facts
from advisor.engine.sensitivity import decisive_unknowns, fixes, would_change
from advisor.engine.verdicts import eligible, verdicts
from advisor.model.advice import WouldChange
from advisor.model.workload import Interval, Workload
from advisor.pipeline import advise
from advisor.reports import Context, renderer
from advisor.rulebook.cache import rules_directory
from advisor.rulebook.load import compiled, load
from advisor.rulebook.model_tables import model_tables
from advisor.rulebook.resolve import Rulebook, resolve
from advisor.rulebook.types import INFINITY, RULED_OUT, UNSET
from advisor.text.quantity import WEEK, parse, show
from advisor.workload import read_workloads
from tests.strategies import (
    FACTS,
    FEATURES,
    OTHERS,
    Document,
    as_yaml,
    documents,
    put,
    read,
    values,
)

ROOT = Path(__file__).resolve().parents[2]
BARE = documents(others=("limits",))  # nothing but what rules read, and which bounds count
SUFFIXES = (".typical", ".p99", ".max")
EXACT_BELOW = 10**17  # base units; beyond, a text may not name a value exactly
# Facts that replace another way to the same derived fact once they are stated, so that stating them
# can move what the other way had settled: measured concurrency wins over rate times time, the
# described data set over the request body, and weights over a stated memory that cannot hold them.
REPLACING = {
    "traffic.concurrent",
    "dataset.size",
    "dataset.records",
    "model.parameters",
    "model.precision",
}


def around(workload: Workload, book: Rulebook | None = None) -> Neighbourhood:
    return Neighbourhood(Facts(book or load(workload.text("limits") or "safe"), workload))


def option(document: Document, *changes: tuple[str, str]) -> str | None:
    """The answer of the rules when changes are made as ``--set`` makes them."""
    return answer(around(read(document, changes)), None).rules_option


def as_set(value: Any) -> str:
    """A value of a document as the VALUE of ``--set``."""
    return json.dumps(value)


def free(document: Document) -> list[str]:
    """Single facts of which a document says nothing."""
    stated = read(document).values
    return [
        path
        for path in FACTS
        if path != "needs" and not any(f"{each}.".startswith(f"{path}.") for each in stated)
    ]


def single(path: str) -> st.SearchStrategy[Any]:
    """A value of one fact; a mapping of typical and largest states two."""
    return values(path).filter(lambda value: not isinstance(value, dict))


# -- the answer ------------------------------------------------------------------------------------


@given(documents())
def test_every_workload_gets_an_answer_that_breaks_nothing(document: Document) -> None:
    workload = read(document)
    advice = advise(workload, as_of="2026-11-20")
    decision = advice.decision
    rules = around(workload).option
    if advice.model is not None and not advice.model.held:
        rules = None  # no type that is sold holds the model: no limit and no question says so
    assert decision.rules_option == rules
    assert (decision.status == "none-fits") == (decision.option is None)
    chosen = {each.option: each for each in advice.candidates}.get(rules or "")
    if chosen is None:
        assert all(
            each.status == "ruled-out"
            for each in advice.candidates
            if each.option in decision.leaf_options
        )
    else:
        outcomes = {verdict.outcome for verdict in chosen.verdicts}
        assert "broken" not in outcomes
        assert chosen.eligible is not False
        assert ("contested" in outcomes) <= decision.contested or decision.status == "decided"
    told = {finding.rule for finding in (*advice.findings, *advice.accepted)}
    assert decision.contested <= ("contested-limit" in told)


@given(BARE)
def test_verdicts_agree_with_the_answer(document: Document) -> None:
    """What the stated facts settle, the point cannot contradict."""
    facts = Facts(load(), read(document))
    for entry in facts.book.options:
        at_point = status(entry, facts.book.needs, facts.point)
        found = verdicts(entry, facts)
        if eligible(found) is False:
            assert at_point == RULED_OUT
        if eligible(found) is True:
            assert at_point != RULED_OUT
        if not any(verdict.outcome == "unknown" for verdict in found):
            assert (eligible(found) is False) == (at_point == RULED_OUT)


@given(BARE)
def test_the_assumed_point_lies_in_what_was_stated(document: Document) -> None:
    facts = Facts(load(), read(document))
    for fact in facts.book.facts:
        value = facts.point[fact.variable]
        low, high = facts.low[fact.variable], facts.high[fact.variable]
        if fact.discrete:
            assert value == UNSET or low >> value & 1
        elif value != UNSET and facts.stated >> fact.variable & 1:
            assert low <= value <= high
    for formula in facts.book.formulas:
        assert facts.point[formula.variable] == formula.value(facts.point)


@given(BARE)
def test_to_state_all_that_was_assumed_changes_nothing(document: Document) -> None:
    workload = read(document)
    decision = answer(around(workload), None)
    assumed = [
        (fact.fact, as_set(fact.value)) for fact in decision.facts if fact.origin != "stated"
    ]
    assert len({fact for fact, _ in assumed}) == len(assumed)
    assert option(document, *assumed) == decision.rules_option


@given(BARE)
def test_the_facts_that_are_listed_replay_the_answer(document: Document) -> None:
    decision = answer(around(read(document)), None)
    replayed: Document = {"name": "replayed", "needs": {}}
    if "limits" in document:
        replayed["limits"] = document["limits"]
    for fact in decision.facts:
        # The share of a need is listed with it; what is derived follows again from what is stated.
        if not fact.fact.endswith(".share") and fact.origin != "derived":
            put(replayed, fact.fact, fact.value)
    assert answer(around(read(replayed)), None).rules_option == decision.rules_option


@given(documents())
def test_every_verdict_and_step_names_a_rule(document: Document) -> None:
    advice = advise(read(document))
    book = load(advice.limits)
    for candidate in advice.candidates:
        features = {f"{candidate.option}-{feature.id}" for feature in book.features}
        limits = {limit.id for limit in book.option[candidate.option].limits}
        assert {verdict.rule for verdict in candidate.verdicts} <= features | limits
        assert all(verdict.source and verdict.as_of for verdict in candidate.verdicts)
    assert advice.decision.path[0].question == book.start.id
    assert {step.question for step in advice.decision.path} <= set(book.questions)


# -- unknowns --------------------------------------------------------------------------------------


@given(BARE)
def test_each_outcome_of_an_unknown_is_what_it_says(document: Document) -> None:
    for unknown in answer(around(read(document)), None).unknowns:
        for value, expected in unknown.outcomes.items():
            assert option(document, (unknown.fact, value)) == expected, (unknown, value)


def _spoken() -> Rulebook:
    """The rules, with every fact that has stated words named by these."""
    raw = deepcopy(compiled(rules_directory()))
    named = {word["fact"] for word in raw["words"] if word.get("stated")}
    for fact in raw["facts"]:
        if fact["id"] in named:
            fact["say"] = "words"
    book = resolve(raw, "safe")
    book.model_tables = model_tables
    return book


SPOKEN = _spoken()


@given(documents(others=()))
def test_an_outcome_under_a_word_is_what_stating_the_word_gives(document: Document) -> None:
    for unknown in decisive_unknowns(around(read(document), SPOKEN)):
        for value, expected in unknown.outcomes.items():
            if (unknown.fact, value) in SPOKEN.words:
                stated = around(read(document, [(unknown.fact, value)]), SPOKEN)
                assert stated.option == expected, (unknown, value)


@given(BARE, st.data())
def test_no_other_unstated_fact_changes_the_answer(document: Document, data: st.DataObject) -> None:
    here = around(read(document))
    listed = {unknown.fact for unknown in decisive_unknowns(here)}
    others = [path for path in free(document) if path not in listed]
    assume(others)
    paths = st.lists(st.sampled_from(others), unique=True, min_size=1, max_size=6)
    for path in data.draw(paths):
        value = data.draw(single(path))
        assert option(document, (path, as_set(value))) == here.option, (path, value)


@given(BARE, st.data())
def test_no_other_value_of_a_range_changes_the_answer(
    document: Document, data: st.DataObject
) -> None:
    workload = read(document)
    here = around(workload)
    listed = {unknown.fact for unknown in decisive_unknowns(here)}
    ranges = [
        handle
        for handle in here.handles()
        if handle.stated and not here.pinned(handle) and handle.id not in listed
    ]
    for handle in ranges:
        low, high = here.possible(handle)
        most = WEEK if handle.id == "traffic.active" else EXACT_BELOW
        low, high = max(low, handle.fact.least), min(high, most)
        if low <= high:
            value = data.draw(st.integers(low, high))
            text = show(Interval(value, value), handle.fact.kind)
            assert option(document, (handle.id, text)) == here.option, (handle.id, text)


@given(documents(), st.data())
def test_what_no_rule_reads_changes_no_answer(document: Document, data: st.DataObject) -> None:
    before = around(read(document)).option
    # What names a model tells its size and its device, which the rules read.
    named = ("limits", "requests.tokens", "model.id", "model.context", "model.kind", "model.engine")
    paths = [each for each in OTHERS if not each.startswith(named)]
    path = data.draw(st.sampled_from(paths))
    changed = json.loads(json.dumps(document))
    put(changed, path, data.draw(values(path)))
    assume(read(changed).held)  # a model of so many tokens may be on no type of the Region
    assume(read(changed).text("region") == read(document).text("region"))  # an address may tell it
    assert around(read(changed)).option == before


@given(BARE, st.data())
def test_learning_a_fact_moves_only_what_was_unknown(
    document: Document, data: st.DataObject
) -> None:
    paths = [path for path in free(document) if path not in REPLACING]
    assume(paths)
    path = data.draw(st.sampled_from(paths))
    before = Facts(load(), read(document))
    after = Facts(load(), read(document, [(path, as_set(data.draw(single(path))))]))
    assume(len(conflicts(after)) <= len(conflicts(before)))
    for entry in before.book.options:
        learnt = {verdict.rule: verdict.outcome for verdict in verdicts(entry, after)}
        for verdict in verdicts(entry, before):
            if verdict.outcome != "unknown":
                assert learnt.get(verdict.rule, "met") in (verdict.outcome, "met"), verdict
        known = {verdict.rule for verdict in verdicts(entry, before)}
        assert all(outcome != "broken" for rule, outcome in learnt.items() if rule not in known)


# -- changes ---------------------------------------------------------------------------------------

FORGETFUL = resolve(load().raw, "safe")


@given(BARE, st.data())
def test_what_is_remembered_is_what_would_be_found_anew(
    document: Document, data: st.DataObject
) -> None:
    changed = json.loads(json.dumps(document))
    path = data.draw(st.sampled_from(FACTS))
    put(changed, path, data.draw(values(path)))
    for each in (read(document), read(changed)):
        FORGETFUL.answers.clear()
        FORGETFUL.found.clear()
        known, anew = around(each, load("safe")), around(each, FORGETFUL)
        assert decisive_unknowns(known) == decisive_unknowns(anew)
        assert would_change(known) == would_change(anew)


@given(BARE, st.data())
def test_an_answer_is_that_of_the_whole_rulebook(document: Document, data: st.DataObject) -> None:
    here = around(read(document), load("safe"))
    handle = data.draw(st.sampled_from(list(here.handles())))
    for cell in here.cells(handle):
        bounds = (cell.low, cell.high) if not handle.fact.discrete else (cell.low & -cell.low, 0)
        point = here.facts.moved(dict.fromkeys(handle.variables, bounds))
        assert here.answer(handle.variables, *bounds) == decide(here.book, point)


def just_before(change: WouldChange, here: Neighbourhood) -> str | None:
    """The value next to a change, on the side of what is stated; ``None`` where there is none."""
    base = change.fact
    for suffix in SUFFIXES:
        base = base.removesuffix(suffix)
    if base.startswith("needs.") or here.book.fact[base].discrete:
        return None
    kind = here.book.fact[base].kind
    if change.to[0] not in "<>":
        return None  # a word; `test_each_outcome…` puts those in
    low, high = parse(change.to, kind)
    value = (low or 0) - 1 if high is None else high + 1
    return show(Interval(value, value), kind) if value < EXACT_BELOW else None


@given(BARE)
def test_a_change_holds_at_its_value_and_not_just_before(document: Document) -> None:
    here = around(read(document))
    unknown = {each.fact for each in decisive_unknowns(here)}
    if here.facts.workload.modelled is not None:
        return  # what a model tells moves with what is stated: tests/reports/test_contract.py
    for change in would_change(here):
        assert change.option != here.option
        assert option(document, (change.fact, change.to)) == change.option, change
        before = just_before(change, here)
        if before is not None and change.fact not in unknown:
            assert option(document, (change.fact, before)) == here.option, (change, before)


@given(BARE, st.data())
def test_no_nearer_value_of_a_stated_number_changes_the_answer(
    document: Document, data: st.DataObject
) -> None:
    """Any value between the stated one and the change, on its side, keeps the answer."""
    here = around(read(document))
    changes = {change.fact: change for change in would_change(here)}
    if here.facts.workload.modelled is not None:
        return
    for handle in here.handles():
        if not here.pinned(handle) or handle.fact.discrete or handle.id not in changes:
            continue
        stated, _ = here.possible(handle)
        low, high = parse(changes[handle.id].to, handle.fact.kind)
        edge = (low or 1) - 1 if high is None else high + 1
        between = sorted((stated, min(edge, EXACT_BELOW)))
        if between[0] >= handle.fact.least:
            value = data.draw(st.integers(*between))
            text = show(Interval(value, value), handle.fact.kind)
            assert option(document, (handle.id, text)) == here.option, (handle.id, text)


# Facts with which hardly an option fits: above every bound of a request, a model or a start.
TOO_MUCH = (
    {"requests.payload": "2 GB"},
    {"requests.processing": "3 h"},
    {"model.size": "600 GB", "requests.arrival": "online"},
    {"model.startup": "2 h", "requests.arrival": "online"},
    {"requests.streaming": True, "requests.first_byte": "2 min", "model.accelerator": "gpu"},
    {"needs": ["notifications"], "requests.processing": "2 h"},
    {"needs": ["provisioned-concurrency", "vpc"]},
)


@given(BARE, st.sampled_from(TOO_MUCH))
def test_each_fix_gives_its_option(document: Document, much: dict[str, Any]) -> None:
    for path, value in much.items():
        put(document, path, value)
    here = around(read(document))
    assume(here.facts.workload.held)  # else no fix of an option makes a type hold the model
    if here.option is not None:
        return
    for fix in fixes(here):
        changes = [(change.fact, change.to) for change in fix.changes]
        assert option(document, *changes) == fix.option, fix
        assert 1 <= len(changes) <= 2


@given(BARE, st.data())
def test_more_of_what_is_bounded_above_never_helps(document: Document, data: st.DataObject) -> None:
    facts = Facts(load(), read(document))
    book = facts.book
    stated = [
        fact.variable
        for fact in book.base_facts
        if facts.stated >> fact.variable & 1 and not fact.discrete
    ]
    for entry in book.options:
        if status(entry, book.needs, facts.point) != RULED_OUT:
            continue
        upper = {
            limit.variable
            for limit in entry.limits
            if not limit.discrete and limit.bound.admits.high < INFINITY
        }
        upper |= {source for variable in upper for source in book.facts[variable].derived_from}
        upper -= {book.index["dataset.records"], book.index["dataset.files"]}  # fewer is more
        for variable in upper.intersection(stated):
            more = facts.point[variable] + data.draw(st.integers(1, 10**14))
            point = facts.moved({variable: (more, more)})
            assert status(entry, book.needs, point) == RULED_OUT, (entry.id, variable)


# -- one answer, whatever was asked before ---------------------------------------------------------


FRESH = load().raw


@given(BARE)
def test_what_was_answered_before_changes_nothing(document: Document) -> None:
    workload = read(document)
    used, fresh = load("safe"), resolve(FRESH, "safe")
    assert answer(around(workload, used), None) == answer(around(workload, fresh), None)
    for entry in used.options:
        assert verdicts(entry, Facts(used, workload)) == verdicts(entry, Facts(fresh, workload))


def shuffled(document: Document, seed: random.Random) -> Document:
    """The same document with the keys of every mapping in another order."""
    keys = list(document)
    seed.shuffle(keys)
    return {
        key: shuffled(document[key], seed) if isinstance(document[key], dict) else document[key]
        for key in keys
    }


def without_place(value: Any) -> Any:
    """An answer without what names a place or the bytes of the file."""
    if isinstance(value, dict):
        return {
            key: without_place(each)
            for key, each in value.items()
            if key not in ("line", "column", "sha256")
        }
    if isinstance(value, str):
        return re.sub(r" \(lines \d+ and \d+\)", "", value)
    return [without_place(each) for each in value] if isinstance(value, list) else value


@given(documents(), st.randoms(use_true_random=False))
def test_order_and_comments_change_no_answer(document: Document, seed: random.Random) -> None:
    text = as_yaml(document)
    commented = "# first\n" + as_yaml(shuffled(document, seed)).replace("\n", "  # why\n")
    first, second = (
        json.loads(renderer("json")([advise(read_text(each))], Context()))
        for each in (text, commented)
    )
    assert without_place(first) == without_place(second)


def read_text(text: str) -> Workload:
    (workload,) = read_workloads(text.encode(), "workload.yaml", (), FEATURES)
    return workload


# -- one process like another ----------------------------------------------------------------------


def answers_of_a_process(files: list[str], cwd: Path, **environment: str) -> bytes:
    """What the command prints for some files, in an environment of its own."""
    run = subprocess.run(
        [sys.executable, "-m", "advisor", *files, "--format", "json", "--as-of", "2026-11-20"],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        check=False,
    )
    assert run.returncode in (0, 1), run.stderr.decode()  # 1: among the files one fits nowhere
    return run.stdout


def test_no_environment_changes_a_byte(tmp_path: Path) -> None:
    files = [str(path) for path in sorted((ROOT / "tests" / "cases").glob("*/workload.yaml"))[::4]]
    expected = answers_of_a_process(files, ROOT, PYTHONHASHSEED="0", TZ="UTC", LC_ALL="C")
    assert len(json.loads(expected)) == len(files)
    for cwd, environment in (
        (ROOT, {"PYTHONHASHSEED": "1"}),
        (ROOT, {"PYTHONHASHSEED": "4242", "TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8"}),
        (tmp_path, {"TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}),
        (tmp_path, {"XDG_CACHE_HOME": str(tmp_path), "PYTHONUTF8": "1"}),  # rules compiled anew
        (tmp_path, {"XDG_CACHE_HOME": str(tmp_path), "PYTHONOPTIMIZE": "1"}),
    ):
        assert answers_of_a_process(files, cwd, **environment) == expected, environment
    alone = [json.loads(answers_of_a_process([file], ROOT)) for file in files[::5]]
    assert alone == json.loads(expected)[::5]
