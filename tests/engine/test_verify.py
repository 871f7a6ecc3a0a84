"""The proofs hold for the shipped rules, and each seeded defect is caught, with a witness."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from advisor.engine import decide as engine
from advisor.engine.decide import decide, status, walk
from advisor.engine.facts import Facts
from advisor.engine.verify import CLAIMS, Problem, verify
from advisor.engine.verify.claims import _regions
from advisor.engine.verify.entries import agrees_with_model
from advisor.engine.verify.paths import closed, leaves
from advisor.engine.verify.space import Box, Space
from advisor.engine.verify.witness import Witness
from advisor.model.errors import RulebookError
from advisor.model.options import OPTIONS
from advisor.rulebook.compile import compile_rules
from advisor.rulebook.resolve import Rulebook, resolve
from advisor.rulebook.source import read_rules, service_table
from advisor.rulebook.types import CLEAR, RULED_OUT
from advisor.workload import read_workloads

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "rules"
SMALL = Path(__file__).resolve().parents[1] / "rulebooks" / "small"
SHIPPED = compile_rules(RULES)
SERVICE = service_table(RULES)
assert SERVICE is not None

Rules = dict[str, Any]
Damage = Callable[[Rules], None]


def question(rules: Rules, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        each for each in rules["flowchart"]["questions"] if each["id"] == name
    )
    return found


def limit(rules: Rules, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        each for option in rules["options"] for each in option["limits"] if each["id"] == name
    )
    return found


def fact(rules: Rules, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in rules["facts"] if each["id"] == name)
    return found


def problems(damage: Damage, limits: str = "safe") -> tuple[Rules, list[Problem]]:
    """A damaged copy of the shipped rules, and what is wrong with it."""
    rules = copy.deepcopy(SHIPPED)
    damage(rules)
    return rules, list(verify(rules, limits, SERVICE).problems)


def read_back(rules: Rules, problem: Problem, limits: str = "safe") -> tuple[Rulebook, Facts]:
    """A witness as the real reader and the engine read it."""
    names = [feature["id"] for feature in rules["features"]]
    (workload,) = read_workloads(problem.witness.encode(), "witness.yaml", (), names)
    book = resolve(closed(rules), limits)
    return book, Facts(book, workload)


def last_step(book: Rulebook, facts: Facts, name: str) -> str:
    """``id-then`` or ``id-otherwise``: how a workload answers a question, when it meets it."""
    asked = book.start
    while asked.id != name:
        target = asked.then if asked.when.test(facts.point) else asked.otherwise
        assert isinstance(target, str), f"ends before {name}"
        asked = book.questions[target]
    return f"{name}-{'then' if asked.when.test(facts.point) else 'otherwise'}"


# -- the shipped rules -----------------------------------------------------------------------------


@pytest.mark.parametrize("limits", ["safe", "latest"])
@pytest.mark.parametrize("folder", [RULES, SMALL], ids=["shipped", "small"])
def test_every_claim_holds(folder: Path, limits: str) -> None:
    report = verify(compile_rules(folder), limits, service_table(folder))
    assert report.holds, report.problems
    assert set(report.proved) == set(CLAIMS)
    assert all(report.proved.values())
    # A job wants its input beforehand, and only the question that asks for that names it.
    assert report.notes == ("batch-transform-arrival: the flowchart never lets it matter",)


def test_both_proofs_take_little_work(work: Callable[[], Any]) -> None:
    """They make five million calls, in 1 s; a step that looks at all pairs would make many more."""
    with work() as done:
        for limits in ("safe", "latest"):
            verify(SHIPPED, limits, SERVICE)
    assert 0 < done.calls < 8_000_000


# Facts about starts, which the proofs take as free: no workload needs to have each combination.
FREE = ("start.", "wait.", "answer.", "serverless.", "answer-is-")


def boxes(space: Space) -> Iterator[Box]:
    for leaf in leaves(space):
        yield from leaf.boxes
        yield from _regions(space, leaf)


@pytest.mark.parametrize("limits", ["safe", "latest"])
@pytest.mark.parametrize("folder", [RULES, SMALL], ids=["shipped", "small"])
def test_every_witness_read_back_lies_in_its_box(folder: Path, limits: str) -> None:
    compiled = compile_rules(folder)
    space, book = Space(compiled, limits), resolve(compiled, limits)
    names = [feature["id"] for feature in compiled["features"]]
    looked_at = 0
    for box in boxes(space):
        witness = Witness(space, box)
        if witness.real:
            looked_at += 1
            (workload,) = read_workloads(witness.text.encode(), "witness.yaml", (), names)
            facts = Facts(book, workload)
            for variable, allowed in box.items():
                if variable.startswith(FREE):
                    continue
                assert allowed >> cell(space, facts, variable) & 1, (witness.text, variable)
    assert looked_at > 90


def cell(space: Space, facts: Facts, variable: str) -> int:
    """The cell of a variable in which a workload's point lies."""
    book = facts.book
    if variable.startswith("needs."):
        needed = facts.point[book.needs] & book.feature[variable[len("needs.") :]].bit
        return int(needed != 0)
    value = facts.point[book.index[variable]]
    if variable in space.domains:
        return value
    return next(
        number for number, (low, high) in enumerate(space.cells[variable]) if low <= value <= high
    )


# -- total -----------------------------------------------------------------------------------------


def test_a_leaf_that_is_missing_is_a_gap() -> None:
    def damage(rules: Rules) -> None:
        question(rules, "streaming")["then"] = {"options": []}

    rules, found = problems(damage)
    (problem,) = [each for each in found if each.claim == "total"]
    assert problem.message == "streaming-then leads to no option"
    book, facts = read_back(rules, problem)
    assert last_step(book, facts, "streaming") == "streaming-then"
    assert decide(book, facts.point) is None


def test_a_branch_that_is_missing_is_a_gap() -> None:
    def damage(rules: Rules) -> None:
        del question(rules, "cold-start")["otherwise"]

    rules, found = problems(damage)
    (problem,) = [each for each in found if each.claim == "total"]
    assert problem.message == "cold-start-otherwise leads to no option"
    book, facts = read_back(rules, problem)
    assert last_step(book, facts, "cold-start") == "cold-start-otherwise"


def test_a_cycle_is_a_gap() -> None:
    def damage(rules: Rules) -> None:
        question(rules, "gaps")["otherwise"] = "streaming"

    rules, found = problems(damage)
    (problem,) = [each for each in found if each.claim == "total"]
    assert problem.message == "gaps-otherwise: back to streaming leads to no option"
    book, facts = read_back(rules, problem)
    assert last_step(book, facts, "gaps") == "gaps-otherwise"


def test_a_flowchart_that_ignores_a_limit_leaves_a_workload_without_an_answer() -> None:
    """Nobody asks for the size of the request any more, and the leaf lacks what would take it."""

    def damage(rules: Rules) -> None:
        question(rules, "synchronous")["when"] = ["within", "real-time-processing"]
        question(rules, "gaps")["otherwise"] = {"options": ["real-time", "serverless"]}

    rules, found = problems(damage)
    assert {each.claim for each in found} == {"total"}
    problem = found[0]
    assert problem.message.startswith("at gaps-otherwise no option is chosen although asynchronous")
    book, facts = read_back(rules, problem)
    assert walk(book, facts.point).leaf.id == "gaps-otherwise"
    assert decide(book, facts.point) is None
    assert status(book.option["asynchronous"], book.needs, facts.point) != RULED_OUT
    payload = facts.taken("wire.payload")
    assert payload > 6 * 1024**2  # what the question would have asked


def test_a_leaf_that_gives_no_reason_against_an_option_is_incomplete() -> None:
    def damage(rules: Rules) -> None:
        del question(rules, "strict-latency")["then"]["not"]["serverless"]

    rules, found = problems(damage)
    (problem,) = found
    assert problem.claim == "total"
    book, facts = read_back(rules, problem)
    assert walk(book, facts.point).leaf.id == "strict-latency-then"
    assert decide(book, facts.point) is None
    assert status(book.option["serverless"], book.needs, facts.point) != RULED_OUT


# -- sound -----------------------------------------------------------------------------------------


def test_an_engine_that_skips_a_limit_is_unsound(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = engine.status

    def careless(option: Any, needs: int, point: Any) -> int:
        answer = honest(option, needs, point)
        return CLEAR if option.id == "serverless" else answer

    monkeypatch.setattr(engine, "status", careless)
    found = [each for each in verify(SHIPPED, "safe").problems if each.claim == "sound"]
    assert found
    monkeypatch.setattr(engine, "status", honest)
    for problem in found:
        if "answer: 1 s" in problem.witness:  # it rests on a start, which the proofs take as free
            continue
        book, facts = read_back(SHIPPED, problem)
        leaf = walk(book, facts.point).leaf
        assert problem.message.startswith(f"at {leaf.id} the engine answers serverless, the rules")
        assert problem.message.endswith(f" {decide(book, facts.point)}")
        assert honest(book.option["serverless"], book.needs, facts.point) != CLEAR


def test_an_engine_that_takes_the_last_option_is_unsound(monkeypatch: pytest.MonkeyPatch) -> None:
    def backwards(book: Rulebook, point: Any) -> str | None:
        return next(
            (
                name
                for name in reversed(engine.walk(book, point).leaf.options)
                if engine.status(book.option[name], book.needs, point) != RULED_OUT
            ),
            None,
        )

    monkeypatch.setattr(engine, "decide", backwards)
    assert {each.claim for each in verify(SHIPPED, "safe").problems} == {"sound"}


# -- alive -----------------------------------------------------------------------------------------


def test_a_question_that_only_one_answer_reaches_is_dead() -> None:
    """Who reaches it has been asked the same before."""

    def damage(rules: Rules) -> None:
        question(rules, "many-models")["when"] = question(rules, "strict-latency")["when"]

    _, found = problems(damage)
    messages = [each.message for each in found if each.claim == "alive"]
    assert "the question many-models is never answered yes" in messages
    assert "question: many-models" in [each.witness for each in found]


def test_an_option_that_nothing_leads_to_is_dead() -> None:
    def damage(rules: Rules) -> None:
        for each in rules["flowchart"]["questions"]:
            for side in ("then", "otherwise"):
                if isinstance(each[side], dict) and "serverless" in each[side]["options"]:
                    each[side]["options"].remove("serverless")
                    each[side].setdefault("not", {})["serverless"] = "It is not looked at."

    _, found = problems(damage)
    assert ("alive", "serverless is never chosen") in [(each.claim, each.message) for each in found]


def test_a_leaf_at_which_nothing_can_be_chosen_is_dead() -> None:
    """Only real-time streams; with that taken from the leaf, nothing is left to choose."""

    def damage(rules: Rules) -> None:
        everything = dict.fromkeys(OPTIONS, "It is not looked at.")
        question(rules, "streaming")["then"] = {"options": ["asynchronous"], "not": everything}

    _, found = problems(damage)
    assert [(each.claim, each.message) for each in found] == [
        ("alive", "no option is ever chosen at streaming-then")
    ]


def test_a_limit_that_another_one_hides_is_dead() -> None:
    """Nothing above 3 GB gets as far as the bound of 6 GB on the same fact."""

    def damage(rules: Rules) -> None:
        template = limit(rules, "serverless-memory")
        stricter = {"id": "serverless-memory-too", "bound": {"at_most": 3 << 30}, "model": None}
        option = next(each for each in rules["options"] if each["option"] == "serverless")
        option["limits"].append({**template, **stricter})

    _, found = problems(damage)
    assert [(each.claim, each.message) for each in found] == [
        ("alive", "serverless-memory is never the only thing that rules serverless out")
    ]


def test_a_fact_that_nothing_reads_is_dead() -> None:
    def damage(rules: Rules) -> None:
        rules["facts"].append({**fact(rules, "requests.answer"), "id": "requests.colour"})
        rules["derived"].append({**rules["derived"][0], "id": "wire.colour"})

    _, found = problems(damage)
    assert [(each.claim, each.message) for each in found] == [
        ("alive", "the derived fact wire.colour is read by nothing"),
        ("alive", "the fact requests.colour is read by nothing"),
    ]


def test_an_assumption_needs_an_alternative_without_a_condition() -> None:
    def damage(rules: Rules) -> None:
        fact(rules, "requests.cold_start")["assume"].pop()

    _, found = problems(damage)
    assert [(each.claim, each.message) for each in found] == [
        ("alive", "requests.cold_start: the last alternative of its assumption has a condition")
    ]


# -- monotone --------------------------------------------------------------------------------------


def at_least(name: str, least: int, **more: Any) -> Damage:
    """A lower bound on the fact of a limit, beside its upper one."""

    def damage(rules: Rules) -> None:
        template = limit(rules, name)
        option = next(each for each in rules["options"] if template in each["limits"])
        lower: dict[str, Any] = {
            "id": f"{name}-least",
            "bound": {"at_least": least},
            "also": [],
            "model": None,
        }
        option["limits"].append({**template, "at_least": least, **lower, **more})

    return damage


def test_a_lower_bound_beside_an_upper_one_is_not_monotone() -> None:
    rules, found = problems(at_least("serverless-payload", 1024))
    (problem,) = [each for each in found if each.claim == "monotone"]
    assert problem.message == "serverless: raising wire.payload turns it from ruled out to usable"
    book, facts = read_back(rules, problem)
    ruled_out, usable = (
        status(book.option["serverless"], book.needs, facts.moved({payload(book): (size, size)}))
        for size in (facts.taken("requests.payload"), 2048)
    )
    assert ruled_out == RULED_OUT
    assert usable != RULED_OUT


def payload(book: Rulebook) -> int:
    return book.index["requests.payload"]


def test_a_lower_bound_under_a_condition_is_not_monotone_either() -> None:
    streamed = ["one", "requests.streaming", 0b10, True]
    rules, found = problems(at_least("real-time-payload", 1024, when=streamed))
    (problem,) = [each for each in found if each.claim == "monotone"]
    _, facts = read_back(rules, problem)
    assert facts.taken("requests.streaming") is True
    assert facts.taken("wire.payload") < 1024


# -- consistent ------------------------------------------------------------------------------------


def test_two_limits_that_nothing_can_meet_contradict_each_other() -> None:
    _, found = problems(at_least("serverless-processing", 61_000_000))
    claims = {(each.claim, each.message) for each in found}
    told = "the limits of serverless contradict each other: no input meets all of them"
    assert ("consistent", told) in claims
    assert ("alive", "serverless is never chosen") in claims


@pytest.mark.parametrize(
    ("name", "bound", "message"),
    [
        # 30 MB in force and 25 MB as the newest page says
        ("real-time-payload", 30 << 20, "above the newest documented one"),
        # 2 h in force and 1 h as the newest page says
        ("asynchronous-processing", 7200 * 10**6, "above the newest documented one"),
    ],
)
def test_a_limit_loosened_beyond_its_newest_bound_is_inconsistent(
    name: str, bound: int, message: str
) -> None:
    def damage(rules: Rules) -> None:
        limit(rules, name)["bound"] = {"at_most": bound}

    _, found = problems(damage)
    told = [each.message for each in found if each.claim == "consistent"]
    assert f"{name}: the bound in force lies {message}" in told
    # With the newest bound in force there is nothing to compare the older one with.
    assert any(each.claim == "consistent" for each in problems(damage, "latest")[1])


def modelled() -> list[str]:
    """Limits that name a field of AWS's API model."""
    return [
        each["id"]
        for option in SHIPPED["options"]
        for each in option["limits"]
        if any("model" in bound for bound in (each, *each["also"]))
    ]


def test_the_limits_that_the_api_states_name_its_fields() -> None:
    assert set(modelled()) == {
        "asynchronous-processing",
        "asynchronous-startup",
        "batch-transform-pipeline-containers",
        "batch-transform-processing",
        "batch-transform-record",
        "real-time-containers",
        "real-time-payload",
        "real-time-pipeline-containers",
        "real-time-response",
        "real-time-startup",
        "serverless-concurrency",
        "serverless-memory",
    }


# The API model has no maximum of it: the bound stands in the description of the field.
DESCRIBED_ONLY = "batch-transform-record"


@pytest.mark.parametrize("name", [name for name in modelled() if name != DESCRIBED_ONLY])
def test_a_limit_that_ends_elsewhere_than_the_api_model_is_noted(name: str) -> None:
    rules = copy.deepcopy(SHIPPED)
    entry = limit(rules, name)
    bound = next(each for each in (entry, *entry["also"]) if "model" in each)
    bound["bound"] = {"at_most": bound["bound"]["at_most"] + bound["model"]["unit"]}
    told = list(agrees_with_model(rules, SERVICE, {"consistent": 0}))
    notes = [message for message, is_problem in told if not is_problem]
    assert notes
    for note in notes:
        assert note.startswith(f"{name}: ")
        assert note.endswith(" is used")
    # Of several limits of one field, all have to move together.
    for problem in (message for message, is_problem in told if is_problem):
        assert name in problem
        assert problem.endswith("at different values")


def test_a_field_that_the_api_model_lacks_is_inconsistent() -> None:
    def damage(rules: Rules) -> None:
        limit(rules, "serverless-memory")["model"]["path"] = "ProductionVariants.MemorySizeInGB"

    _, (problem,) = problems(damage)
    assert problem.message == (
        "serverless-memory: AWS's service model has no field CreateEndpointConfig"
        " ProductionVariants.MemorySizeInGB"
    )


def test_a_word_that_nothing_satisfies_is_inconsistent() -> None:
    def damage(rules: Rules) -> None:
        word = next(each for each in rules["words"] if each["id"] == "interactive")
        word["bounds"] = {"at_least": 2_000_000, "at_most": 1_000_000}

    _, found = problems(damage)
    assert ("consistent", "the word interactive of requests.answer is empty") in [
        (each.claim, each.message) for each in found
    ]


def test_an_id_that_does_not_resolve_is_inconsistent() -> None:
    def damage(rules: Rules) -> None:
        question(rules, "synchronous")["when"] = ["within", "real-time-colour"]

    _, (problem,) = problems(damage)
    assert (problem.claim, problem.message) == (
        "consistent",
        "the limit 'real-time-colour' does not exist",
    )


# -- sourced ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["because", "source", "as_of", "since"])
@pytest.mark.parametrize(
    ("kind", "name"),
    [("limit", "serverless-memory"), ("question", "gaps"), ("fact", "model.memory")],
)
def test_an_entry_without_its_source_is_told(kind: str, name: str, key: str) -> None:
    find = {"limit": limit, "question": question, "fact": fact}[kind]

    def damage(rules: Rules) -> None:
        del find(rules, name)[key]

    _, found = problems(damage)
    assert [(each.claim, each.message) for each in found] == [("sourced", f"{name} has no {key}")]


def test_another_bound_without_its_source_is_told() -> None:
    def damage(rules: Rules) -> None:
        del limit(rules, "serverless-payload")["also"][0]["source"]

    _, found = problems(damage)
    assert [each.message for each in found] == ["another bound of serverless-payload has no source"]


def test_a_contest_of_one_source_with_itself_is_told() -> None:
    def damage(rules: Rules) -> None:
        entry = limit(rules, "real-time-payload")
        entry["also"][0]["source"] = entry["source"]

    _, found = problems(damage)
    assert [each.message for each in found] == [
        "real-time-payload is contested, but only one source is named"
    ]


# -- from the files on -----------------------------------------------------------------------------


def edited(tmp_path: Path, name: str, old: str, new: str) -> Path:
    """A copy of the small rulebook with one text replaced."""
    folder = tmp_path / "rules"
    shutil.copytree(SMALL, folder)
    text = (folder / name).read_text(encoding="utf-8")
    assert text.count(old) >= 1, (name, old)
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def test_a_defect_in_a_file_is_caught_as_well(tmp_path: Path) -> None:
    folder = edited(
        tmp_path, "flowchart.yaml", "    then: {options: [real-time, serverless]}\n", ""
    )
    report = verify(compile_rules(folder), "safe")
    assert [(each.claim, each.message) for each in report.problems] == [
        ("total", "streaming-then leads to no option")
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("flowchart.yaml", "requests.arrival: batch", "requests.colour: red", "does not exist"),
        ("flowchart.yaml", "requests.arrival: batch", "requests.arrival: red", "not take 'red'"),
        ("flowchart.yaml", "{is: busy}", "{more_than: busy}", "'more_than'"),
        ("flowchart.yaml", "otherwise: streaming", "otherwise: nowhere", "does not exist"),
        ("flowchart.yaml", "[asynchronous, real-time]", "[lambda]", "option 'lambda' does not"),
        ("words.yaml", "at_least: 40 %", "at_least: 40 s", "'40 s' for load.busy-share"),
        ("words.yaml", "at_most: 10/h", "at_most: 1/h..10/h", "is a range; write one value"),
        ("options/serverless.yaml", "at_most: 4 B", "at_most: 4", "wire.payload: '4' has no unit"),
        ("options/serverless.yaml", "at_most: 4 B", "at_most: {limit: nothing}",
         "the bound must be a value"),
        ("options/serverless.yaml", "at_most: 4 B", "exactly: 4 B", "expected at_most"),
        ("options/serverless.yaml", "fact: wire.payload", "fact: wire.color", "does not exist"),
        ("options/serverless.yaml", "option: serverless", "option: other", "option is 'other'"),
        ("options/real_time.yaml", "when: {requests.streaming: false}", "when: {needs.wings: true}",
         "the feature 'wings' does not exist"),
        ("assumptions.yaml", "kind: size", "kind: size, kind: time", "the key 'kind' is repeated"),
        ("features.yaml", "  - id: vpc", "  - id: [vpc", "this bracket is not closed"),
    ],
)  # fmt: skip
def test_rules_that_do_not_resolve_are_refused_with_their_place(
    tmp_path: Path, name: str, old: str, new: str, message: str
) -> None:
    folder = edited(tmp_path, name, old, new)
    with pytest.raises(RulebookError) as caught:
        resolve(compile_rules(folder), "safe")
    assert message in str(caught.value)


def test_a_file_that_is_missing_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(SMALL, folder)
    (folder / "words.yaml").unlink()
    with pytest.raises(RulebookError, match=r"words\.yaml"):
        compile_rules(folder)


# -- other ways to write a rule --------------------------------------------------------------------


def sound_with(damage: Damage) -> list[str]:
    """What is wrong with rules that are written otherwise; the engine must read them alike."""
    return [each.message for limits in ("safe", "latest") for each in problems(damage, limits)[1]]


def test_a_need_that_a_fact_asks_for_is_that_fact() -> None:
    def damage(rules: Rules) -> None:
        question(rules, "streaming")["when"] = ["need", "response-streaming", True]

    assert sound_with(damage) == []


def test_a_question_may_ask_whether_a_word_is_in_a_limit() -> None:
    def damage(rules: Rules) -> None:
        listed = ["listed", "region", "serverless-region", True]
        gaps = question(rules, "gaps")
        gaps["when"] = ["all", [gaps["when"], listed]]

    assert sound_with(damage) == []


@pytest.mark.parametrize("name", ["serverless-accelerator", "real-time-containers"])
def test_a_question_may_ask_whether_any_limit_is_met(name: str) -> None:
    """A limit of words; a limit that applies only where a feature is needed."""

    def damage(rules: Rules) -> None:
        gaps = question(rules, "gaps")
        gaps["when"] = ["all", [gaps["when"], ["within", name]]]

    assert sound_with(damage) == []


def test_a_question_may_ask_for_a_limit_under_several_conditions() -> None:
    def damage(rules: Rules) -> None:
        entry = limit(rules, "real-time-containers")
        streamed = ["one", "requests.streaming", 0b10, True]
        entry["when"] = ["all", [entry["when"], ["any", [streamed, ["need", "vpc", True]]]]]
        gaps = question(rules, "gaps")
        gaps["when"] = ["all", [gaps["when"], ["within", "real-time-containers"]]]

    assert sound_with(damage) == []


def test_a_limit_may_not_depend_on_a_number() -> None:
    def damage(rules: Rules) -> None:
        number = ["in", "model.count", {"at_most": 3}]
        limit(rules, "real-time-payload")["when"] = number

    _, (problem,) = problems(damage)
    assert problem.message == "a limit's `when` may only read words, flags and needs"


def test_a_list_of_words_may_be_a_limit_and_a_question() -> None:
    """``within`` a limit of words, and a limit that excludes words."""

    def damage(rules: Rules) -> None:
        question(rules, "synchronous")["when"] = ["within", "serverless-accelerator"]
        entry = limit(rules, "serverless-accelerator")
        del entry["one_of"]
        entry["not_in"] = ["gpu", "neuron"]

    rules = copy.deepcopy(SHIPPED)
    damage(rules)
    book = resolve(rules, "safe")
    assert book.limit["serverless-accelerator"].bound.text == "not gpu or neuron"
    for accelerator, expected in (("none", True), ("gpu", False)):
        text = f"name: a\nrequests: {{arrival: online}}\nmodel: {{accelerator: {accelerator}}}\n"
        (workload,) = read_workloads(text.encode(), "workload.yaml")
        point = Facts(book, workload).point
        assert book.questions["synchronous"].when.test(point) is expected


def test_the_compiled_form_is_json() -> None:
    assert json.loads(json.dumps(SHIPPED)) == SHIPPED
    assert read_rules(RULES / "words.yaml")["words"]
