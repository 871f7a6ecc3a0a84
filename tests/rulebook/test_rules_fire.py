"""Every rule fires on one side of its bound and is silent on the other: the folders of rules/.

A folder has the rule's id (``word-FACT-WORD`` for a word, ``conflict-…`` for a contradiction) and
holds workloads, each with its arithmetic in the first line:

* ``fires.yaml`` and ``silent.yaml``, at the bound and the smallest step beyond; further ways to
  fire or be silent have a suffix;
* ``fires-latest.yaml`` and ``silent-latest.yaml`` at the newest bound of a contested limit;
* ``elsewhere….yaml``, one for each part of the rule's `when`: beyond the bound where it does not
  hold;
* ``expected.yaml`` for a feature the options that lack it; for a word, which has no outcome of its
  own, the rule through which it is seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.engine.facts import Facts
from advisor.model.advice import Advice, Candidate
from advisor.model.options import OPTIONS
from advisor.model.workload import Finding, Interval, Stated, Workload
from advisor.pipeline import advise
from advisor.rulebook.load import load
from advisor.rulebook.types import Condition, Limit
from advisor.text.quantity import parse
from advisor.workload import read_file

CASES = Path(__file__).parents[1] / "rules"
FOLDERS = {path.name: path for path in sorted(CASES.iterdir()) if path.is_dir()}

BOOK = load("safe")
LIMITS = BOOK.limit
FEATURES = {
    feature.id: feature
    for feature in BOOK.features
    if any(support.outcome == "unsupported" for support in feature.support.values())
}
QUESTIONS = BOOK.questions
CAUTIONS = {caution.id: caution for caution in BOOK.cautions()}
OUTSIDE = {outside.id: outside for outside in BOOK.outside()}
WORDS = {f"word-{fact}-{name}": word for (fact, name), word in BOOK.words.items()}
# Kinds of contradictions have no ids of their own: what the finding says of each.
CONFLICTS = {
    "conflict-payload": "above requests.payload.",
    "conflict-response": "above requests.response.",
    "conflict-processing": "above requests.processing.",
    "conflict-processing-answer": "requests.processing…longer than requests.answer,",
    "conflict-first-byte-answer": "requests.first_byte is",
    "conflict-memory-archive": "below model.size,",
    "conflict-peak-mean": "below the mean of the volume",
    "conflict-zero-startup": "scale-to-zero, but model.startup takes",
    "conflict-zero-cold-start": "scale-to-zero, but requests.cold_start accepts only",
    "conflict-accelerator-memory": "model.accelerator is none",
    "conflict-models-count": "but models lists",
    "conflict-models-shares": "the shares of models add up to",
}
KINDS: tuple[Iterable[str], ...] = (
    LIMITS,
    FEATURES,
    QUESTIONS,
    CAUTIONS,
    OUTSIDE,
    WORDS,
    CONFLICTS,
)

# Outcome of a contested limit in the modes safe and latest, by the bound that a file lies at.
CONTESTED = {
    "silent": ("met", "met"),
    "fires": ("contested", "met"),
    "silent-latest": ("contested", "met"),
    "fires-latest": ("broken", "broken"),
}


def files(kind: Iterable[str]) -> list[Any]:
    """The workloads of all rules of a kind, as parameters."""
    return [
        pytest.param(path, id=f"{rule}/{path.stem}")
        for rule in kind
        if rule in FOLDERS
        for path in sorted(FOLDERS[rule].glob("*.yaml"))
        if path.stem != "expected"
    ]


def read(path: Path) -> Workload:
    (workload,) = read_file(str(path))
    return workload


def fires(path: Path) -> bool:
    return path.stem.startswith("fires")


def contested(limit: Limit) -> bool:
    return limit.newest != limit.bound


def parts(when: Condition | None) -> int:
    """How many conditions a `when` joins."""
    return 0 if when is None else len(when.parts) or 1


def candidate(advice: Advice, option: str) -> Candidate:
    return advice.candidates[OPTIONS.index(option)]


def outcomes(found: Candidate) -> dict[str, str]:
    return {verdict.rule: verdict.outcome for verdict in found.verdicts}


def expectations(folder: Path) -> dict[str, Any]:
    found = yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


# -- every rule has its cases, and every case its rule ---------------------------------------------


def test_every_rule_has_a_folder_and_every_folder_a_rule() -> None:
    rules = [rule for kind in KINDS for rule in kind]
    assert len(rules) == len(set(rules)), "two rules share a folder"
    assert set(FOLDERS) == set(rules)


@pytest.mark.parametrize("folder", FOLDERS.values(), ids=FOLDERS)
def test_a_folder_has_its_files(folder: Path) -> None:
    rule = folder.name
    found = {path.stem for path in folder.iterdir() if path.suffix == ".yaml"}
    wanted = {"fires", "silent"}
    if rule in LIMITS and contested(LIMITS[rule]):
        wanted |= CONTESTED.keys()
    if rule in WORDS or rule in FEATURES:
        wanted.add("expected")
    assert wanted <= found
    judged = LIMITS.get(rule) or CAUTIONS.get(rule)
    aside = {stem for stem in found if stem.startswith("elsewhere")}
    assert len(aside) == (parts(judged.when) if judged else 0)
    assert all(stem.startswith(("fires", "silent")) for stem in found - aside - {"expected"})
    for stem in found:
        text = (folder / f"{stem}.yaml").read_text(encoding="utf-8")
        assert text.startswith("# "), f"{stem}.yaml does not say why"


# -- limits and features ---------------------------------------------------------------------------


def expected_outcome(limit: Limit, path: Path, limits: str) -> str:
    if not contested(limit):
        beyond = "late" if limit.late else "broken"
        return beyond if fires(path) else "met"
    side = path.stem.partition("-")[0]
    if path.stem.endswith("-latest"):
        side += "-latest"
    return CONTESTED[side][("safe", "latest").index(limits)]


@pytest.mark.parametrize("limits", ["safe", "latest"])
@pytest.mark.parametrize("path", files(LIMITS))
def test_a_limit_and_nothing_else_of_its_option(path: Path, limits: str) -> None:
    limit = LIMITS[path.parent.name]
    judged = candidate(advise(read(path), limits=limits), limit.option)
    found = outcomes(judged)
    if path.stem.startswith("elsewhere"):
        assert limit.id not in found
        return
    expected = expected_outcome(limit, path, limits)
    assert found.pop(limit.id) == expected
    assert not {"broken", "contested", "late"} & set(found.values())
    assert (judged.eligible is False) == (expected == "broken")


@pytest.mark.parametrize("path", files(FEATURES))
def test_a_feature_rules_out_the_options_that_lack_it(path: Path) -> None:
    rule = path.parent.name
    advice = advise(read(path), limits="safe")
    verdicts = {option: outcomes(candidate(advice, option)) for option in OPTIONS}
    said = {option: found.get(f"{option}-{rule}") for option, found in verdicts.items()}
    if not fires(path):
        assert set(said.values()) == {None}
        return
    lacking = {option for option, outcome in said.items() if outcome == "broken"}
    assert lacking == set(expectations(path.parent)["lack"])
    assert None not in said.values()
    assert all(candidate(advice, option).eligible is False for option in lacking)


# -- questions -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", files(QUESTIONS))
def test_a_question_is_reached_and_answered(path: Path) -> None:
    steps = {step.question: step for step in advise(read(path)).decision.path}
    assert steps[path.parent.name].taken is fires(path)


# -- cautions, and what lies outside ---------------------------------------------------------------


def decided(workload: Workload, option: str) -> Workload:
    """The workload with its decision changed to an option."""
    record = {**workload.mapping("decision"), "option": option}
    stated = Stated("decision", option, record, 0, 0)
    return workload._replace(values={**workload.values, "decision": stated})


@pytest.mark.parametrize("path", files(CAUTIONS))
def test_a_caution_is_said_of_its_options_only(path: Path) -> None:
    caution = CAUTIONS[path.parent.name]
    workload = read(path)
    assert workload.mapping("decision")["option"] in caution.options
    for option in OPTIONS:
        findings = advise(decided(workload, option), limits="safe").findings
        found = [finding.severity for finding in findings if finding.rule == caution.id]
        said = fires(path) and option in caution.options
        assert found == ([caution.severity] if said else []), option


@pytest.mark.parametrize("path", files(OUTSIDE))
def test_what_lies_outside_is_named_where_it_serves(path: Path) -> None:
    outside = OUTSIDE[path.parent.name]
    advice = advise(read(path), limits="safe")
    assert (outside.id in [each.id for each in advice.consider]) == fires(path)
    if outside.applies == "none-fits":
        assert (advice.decision.option is None) == (path.stem != "silent-fits")


# -- contradictions --------------------------------------------------------------------------------


def conflicting(advice: Advice) -> list[Finding]:
    return [finding for finding in advice.findings if finding.rule == "conflict"]


@pytest.mark.parametrize("path", files(CONFLICTS))
def test_a_contradiction_is_found_once_and_by_its_kind(path: Path) -> None:
    found = conflicting(advise(read(path), limits="safe"))
    if not fires(path):
        assert found == []
        return
    (finding,) = found
    kinds = [
        kind
        for kind, phrase in CONFLICTS.items()
        if all(part in finding.message for part in phrase.split("…"))
    ]
    assert kinds == [path.parent.name]
    assert finding.severity == "warning"
    assert finding.line > 0


# -- words -----------------------------------------------------------------------------------------


def seen(advice: Advice, expected: dict[str, Any]) -> str | bool:
    """What the rule that an expectation names says: a limit's outcome, or a question's answer."""
    if "limit" in expected:
        limit = LIMITS[expected["limit"]]
        return outcomes(candidate(advice, limit.option))[limit.id]
    (step,) = [each for each in advice.decision.path if each.question == expected["question"]]
    return step.taken if "taken" in expected else step.answer


@pytest.mark.parametrize("path", files(WORDS))
def test_a_word_is_seen_through_the_rule_that_reads_it(path: Path) -> None:
    word = WORDS[path.parent.name]
    expected = expectations(path.parent)["cases"][path.stem]
    workload = read(path)
    assert (workload.text(word.fact) == word.id) == (word.stated and fires(path))
    (outcome,) = [expected[key] for key in ("outcome", "answer", "taken") if key in expected]
    assert seen(advise(workload, limits="safe"), expected) == outcome


@pytest.mark.parametrize("rule", WORDS)
def test_the_two_sides_of_a_word_differ(rule: str) -> None:
    cases = expectations(FOLDERS[rule])["cases"]
    for stem, expected in cases.items():
        if stem.startswith("fires"):
            other = cases[stem.replace("fires", "silent")]
            assert other.keys() == expected.keys()
            assert other != expected


@pytest.mark.parametrize("limits", ["safe", "latest"])
@pytest.mark.parametrize("rule", [rule for rule, word in WORDS.items() if word.stated])
def test_a_stated_word_is_the_range_that_it_stands_for(rule: str, limits: str) -> None:
    word, expected = WORDS[rule], expectations(FOLDERS[rule])
    means = expected["means"]
    if limits == "latest":
        means = expected.get("means_latest", means)
    facts = Facts(load(limits), read(FOLDERS[rule] / "fires.yaml"))
    low, high = parse(means, BOOK.fact[word.fact].kind)
    assert facts.interval(word.fact) == Interval(low or 0, high)
