"""Every rule file keeps its schema, every entry says why and since when, every name resolves."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from advisor.model.options import OPTIONS
from advisor.rulebook.source import read_rules

RULES = Path(__file__).resolve().parents[2] / "rules"
SCHEMAS = {
    path.name: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((RULES / "schema").glob("*.schema.json"))
}
REGISTRY: Registry[Any] = Registry().with_resources(
    (name, DRAFT202012.create_resource(schema)) for name, schema in SCHEMAS.items()
)
OPTION_FILES = [f"options/{name.replace('-', '_')}.yaml" for name in OPTIONS]
FILES = [
    *OPTION_FILES,
    "assumptions.yaml",
    "cautions.yaml",
    "consider.yaml",
    "errors.yaml",
    "features.yaml",
    "findings.yaml",
    "flowchart.yaml",
    "archives.yaml",
    "keys.yaml",
    "many_models.yaml",
    "models.yaml",
    "questions.yaml",
    "quotas.yaml",
    "regions.yaml",
    "sizing.yaml",
    "words.yaml",
]
DOCUMENTS: dict[str, Any] = {name: read_rules(RULES / name) for name in FILES}

LAST_READ = date(2026, 12, 1)  # when the sources were last read; moves with the rules
SHORTEST_ARGUMENT = 40  # characters; what a figure of our own is argued with


def schema_of(name: str) -> str:
    return ("options" if name in OPTION_FILES else Path(name).stem) + ".schema.json"


def complaints(document: Any, name: str) -> list[str]:
    """What the schema of a rule file has against a document."""
    validator = Draft202012Validator(SCHEMAS[schema_of(name)], registry=REGISTRY)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def mappings(node: Any) -> Iterator[dict[str, Any]]:
    """All mappings of a document, outermost first."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from mappings(value)
    elif isinstance(node, list):
        for value in node:
            yield from mappings(value)


def entries(name: str) -> list[dict[str, Any]]:
    """The mappings of a file that stand for a rule: those with an id or an option of their own."""
    return [node for node in mappings(DOCUMENTS[name]) if "since" in node]


def named(name: str, key: str) -> dict[str, dict[str, Any]]:
    return {entry["id"]: entry for entry in DOCUMENTS[name][key]}


LIMITS = {each["id"]: each for name in OPTION_FILES for each in DOCUMENTS[name]["limits"]}
FEATURES = named("features.yaml", "features")
CAUTIONS = named("cautions.yaml", "cautions")
CONSIDER = named("consider.yaml", "consider")
QUOTAS = named("quotas.yaml", "quotas")
QUESTIONS = named("flowchart.yaml", "questions")
REGIONS = DOCUMENTS["regions.yaml"]["regions"]
FACTS = {each["id"] for key in ("facts", "derived") for each in DOCUMENTS["assumptions.yaml"][key]}


# -- schemas ---------------------------------------------------------------------------------------


def test_every_rule_file_is_looked_at() -> None:
    found = {path.relative_to(RULES).as_posix() for path in RULES.glob("*.yaml")}
    found |= {path.relative_to(RULES).as_posix() for path in RULES.glob("options/*.yaml")}
    assert found == set(FILES)


@pytest.mark.parametrize("name", sorted({schema_of(name) for name in FILES}))
def test_a_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    open_objects = [
        node
        for node in mappings(SCHEMAS[name])
        if node.get("type") == "object" and "additionalProperties" not in node
    ]
    assert open_objects == []


@pytest.mark.parametrize("name", FILES)
def test_a_rule_file_keeps_its_schema(name: str) -> None:
    assert complaints(DOCUMENTS[name], name) == []


def without(key: str) -> Callable[[dict[str, Any]], None]:
    def damage(entry: dict[str, Any]) -> None:
        del entry[key]

    return damage


def with_value(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def damage(entry: dict[str, Any]) -> None:
        entry[key] = value

    return damage


def key(path: str, **fields: Any) -> Callable[[dict[str, Any]], None]:
    """One key of a workload file with other fields; without those that are none."""

    def damage(document: dict[str, Any]) -> None:
        (entry,) = (each for each in document["keys"] if each["path"] == path)
        entry.update(fields)
        for name in [name for name, value in fields.items() if value is None]:
            del entry[name]

    return damage


FIRST = {
    "cautions.yaml": lambda document: document["cautions"][0],
    "consider.yaml": lambda document: document["consider"][0],
    "errors.yaml": lambda document: document["errors"][0],
    "features.yaml": lambda document: document["features"][0],
    "findings.yaml": lambda document: document["findings"][0],
    "flowchart.yaml": lambda document: document["questions"][0],
    "many_models.yaml": lambda document: document["ways"][0],
    "options/serverless.yaml": lambda document: document["limits"][0],
    "archives.yaml": lambda document: document["layouts"][0],
    "keys.yaml": lambda document: document,
    "questions.yaml": lambda document: document,
    "quotas.yaml": lambda document: document["quotas"][0],
    "regions.yaml": lambda document: document,
    "words.yaml": lambda document: document["words"][0],
}


@pytest.mark.parametrize("name", sorted(FIRST))
@pytest.mark.parametrize(
    "damage",
    [
        without("because"),
        without("source"),
        without("as_of"),
        without("since"),
        with_value("because", "so"),
        with_value("source", "http://docs.aws.amazon.com/"),
        with_value("source", "a colleague"),
        with_value("as_of", "2026-13-01"),
        with_value("since", "soon"),
        with_value("id", "Two Words"),
        with_value("owner", "nobody"),
    ],
    ids=[
        "no-because", "no-source", "no-as-of", "no-since", "because-too-short", "plain-http",
        "not-an-address", "no-such-month", "no-release", "id-with-blank", "unknown-key",
    ],
)  # fmt: skip
def test_a_schema_refuses_a_damaged_entry(
    name: str, damage: Callable[[dict[str, Any]], None]
) -> None:
    document = copy.deepcopy(DOCUMENTS[name])
    damage(FIRST[name](document))
    assert complaints(document, name)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("options/serverless.yaml", without("at_most")),  # no bound
        ("options/serverless.yaml", with_value("at_least", "1 KB")),  # two bounds
        ("options/serverless.yaml", with_value("at_most", "four")),
        ("options/serverless.yaml", with_value("when", {"requests.payload": {"above": "1 MB"}})),
        ("options/serverless.yaml", without("fix_source")),
        ("cautions.yaml", with_value("severity", "error")),  # a caution never rules out
        ("consider.yaml", with_value("when", {"requests.payload": {"more_than": "1 MB"}})),
        ("errors.yaml", with_value("says", ["* and nothing else"])),
        ("errors.yaml", without("behind")),
        ("features.yaml", with_value("support", {"real-time": "supported"})),
        ("quotas.yaml", without("seen_source")),
        ("keys.yaml", key("requests.payload", kind="sizes")),
        ("keys.yaml", key("requests.payload", least=1)),  # the default
        ("keys.yaml", key("requests.payload", most="many")),
        ("keys.yaml", key("requests.payload", owner="nobody")),
        ("keys.yaml", key("name", form=None)),  # a text of no form
        ("keys.yaml", key("deploy.subnets", most=None)),  # a list without end
        ("keys.yaml", key("models", each=None)),  # items of which nothing may be said
        ("keys.yaml", key("name", about=None)),
    ],
)
def test_a_schema_refuses_what_a_rule_cannot_mean(
    name: str, damage: Callable[[dict[str, Any]], None]
) -> None:
    document = copy.deepcopy(DOCUMENTS[name])
    damage(FIRST[name](document))
    assert complaints(document, name)


def test_a_condition_or_an_open_question_needs_a_note() -> None:
    for outcome in ("conditional", "unclear"):
        document = copy.deepcopy(DOCUMENTS["features.yaml"])
        document["features"][0]["support"]["real-time"] = {
            "is": outcome,
            "source": "https://docs.aws.amazon.com/",
        }
        assert complaints(document, "features.yaml")


# -- entries ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_every_entry_is_titled_and_dated(name: str) -> None:
    assert entries(name)
    for entry in entries(name):
        assert entry.get("title") or entry.get("asks"), entry
        assert date.fromisoformat(entry["as_of"]) <= LAST_READ, entry


@pytest.mark.parametrize("name", FILES)
def test_a_figure_of_our_own_is_argued(name: str) -> None:
    assert not [
        entry.get("id")
        for entry in entries(name)
        if entry["source"] == "sm-advise" and len(entry["because"]) < SHORTEST_ARGUMENT
    ]


def test_ids_are_unique_over_all_files() -> None:
    apart = {"words.yaml", "assumptions.yaml"}  # a word belongs to its fact; facts are key paths
    ids = [
        entry.get("id") or entry["option"]
        for name in FILES
        if name not in apart
        for entry in entries(name)
    ]
    assert len(ids) == len(set(ids)), sorted({each for each in ids if ids.count(each) > 1})


def test_words_are_unique_for_their_fact_and_facts_are_unique() -> None:
    words = [(word["fact"], word["id"]) for word in DOCUMENTS["words.yaml"]["words"]]
    assert len(words) == len(set(words))
    document = DOCUMENTS["assumptions.yaml"]
    assert len(FACTS) == len(document["facts"]) + len(document["derived"])


@pytest.mark.parametrize("name", OPTION_FILES)
def test_the_limits_of_an_option_carry_its_name(name: str) -> None:
    option = DOCUMENTS[name]["option"]
    assert name == f"options/{option.replace('-', '_')}.yaml"
    assert all(limit["id"].startswith(f"{option}-") for limit in DOCUMENTS[name]["limits"])


def test_a_contested_limit_names_two_sources() -> None:
    contested = {
        name: limit
        for name, limit in LIMITS.items()
        if any(other.get("newest") for other in limit.get("also", ()))
    }
    assert set(contested) == {
        "real-time-payload",
        "real-time-response",
        "asynchronous-processing",
        "real-time-model-size",
        "asynchronous-model-size",
    }
    for limit in contested.values():
        sources = {limit["source"], *(other["source"] for other in limit["also"])}
        assert len(sources) >= 2, limit["id"]


# -- names -----------------------------------------------------------------------------------------


FACT_GROUPS = {name.partition(".")[0] for name in FACTS} | {"needs"}


def names_read(node: Any) -> set[str]:
    """Facts and needs that bounds and conditions read."""
    found = set()
    for mapping in mappings(node):
        for key, value in mapping.items():
            if key == "fact":
                found.add(value)
            elif key in FACTS or (key.partition(".")[0] in FACT_GROUPS and "." in key):
                found.add(key)
    return found


# Questions ask for keys of the workload file; tests/reference/test_questions.py looks at them.
@pytest.mark.parametrize("name", sorted({*FILES} - {"regions.yaml", "questions.yaml"}))
def test_rules_read_facts_and_features_that_exist(name: str) -> None:
    assert names_read(DOCUMENTS[name]) <= FACTS | {f"needs.{feature}" for feature in FEATURES}


@pytest.mark.parametrize("name", FILES)
def test_rules_name_limits_that_exist(name: str) -> None:
    found = {
        mapping[key]
        for mapping in mappings(DOCUMENTS[name])
        for key in ("limit", "within")
        if key in mapping
    }
    assert found <= LIMITS.keys()


def test_every_feature_answers_for_every_option() -> None:
    assert all(set(feature["support"]) == set(OPTIONS) for feature in FEATURES.values())


def test_cautions_name_entries_to_consider_that_exist() -> None:
    named_there = {each for caution in CAUTIONS.values() for each in caution.get("consider", ())}
    assert named_there <= CONSIDER.keys()
    assert named_there


def test_questions_lead_to_questions_and_every_one_is_asked() -> None:
    targets = [DOCUMENTS["flowchart.yaml"]["start"]]
    targets += [
        question[side]
        for question in QUESTIONS.values()
        for side in ("then", "otherwise")
        if isinstance(question[side], str)
    ]
    assert set(targets) == set(QUESTIONS)


# -- one truth in two places -----------------------------------------------------------------------


def test_aws_names_21_regions_of_serverless_inference() -> None:
    """1,000 requests at once in eight of them and 500 in thirteen."""
    published = [region.get("serverless_concurrency") for region in REGIONS.values()]
    assert sorted(filter(None, published)) == [500] * 13 + [1000] * 8


# -- the bounds the contract promises --------------------------------------------------------------

# limit -> bound in force, newest documented bound (product promise: safe and latest)
PROMISED = {
    "real-time-payload": ("6 MB", "25 MB"),
    "real-time-response": ("6 MB", "25 MB"),
    "real-time-processing": ("60 s", "60 s"),
    "real-time-streamed-processing": ("8 min", "8 min"),
    "real-time-first-byte": ("60 s", "60 s"),
    "asynchronous-payload": ("1 GB", "1 GB"),
    "asynchronous-processing": ("15 min", "1 h"),
    "batch-transform-record": ("100 MB", "100 MB"),
    "batch-transform-processing": ("3600 s", "3600 s"),
    "serverless-payload": ("4 MB", "4 MB"),
    "serverless-response": ("4 MB", "4 MB"),
    "serverless-processing": ("60 s", "60 s"),
    "serverless-concurrency": (200, 200),
}


@pytest.mark.parametrize("name", PROMISED)
def test_bounds_are_the_promised_ones(name: str) -> None:
    limit = LIMITS[name]
    newest = next((each for each in limit.get("also", ()) if each.get("newest")), limit)
    assert (limit["at_most"], newest["at_most"]) == PROMISED[name]


def test_the_memory_sizes_of_serverless_are_the_promised_ones() -> None:
    assert LIMITS["serverless-memory"]["tiers"] == [f"{number} GB" for number in range(1, 7)]
