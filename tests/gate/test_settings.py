"""Settings: one set of keys and one schema for both files, what is refused, how they combine."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from advisor.cli import run
from advisor.configuration.document import Path as Steps
from advisor.configuration.rulefiles import of_fields, read_json_rules
from advisor.gate.finding import SEVERITIES
from advisor.gate.settings import CONCURRENCY, NEVER, Pair, organisation_of, read_project
from advisor.gate.settings.schema_words import refusals
from advisor.gate.settings.settings_file import (
    KEYWORDS,
    SettingsFile,
    accepts,
    read_toml_settings,
    read_yaml_settings,
)
from advisor.model.errors import InputError

SCHEMA: dict[str, Any] = read_json_rules("schema", "settings.schema.json")
ANNOTATIONS = {"$schema", "$id", "title", "description", "examples", "patternErrorMessage"}


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    organisation_of.cache_clear()


def schemas(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A schema and all within it."""
    yield schema
    for holder in ("properties", "patternProperties"):
        for each in schema.get(holder, {}).values():
            yield from schemas(each)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from schemas(schema[key])


def test_the_walk_knows_each_keyword_of_the_schema() -> None:
    used = {keyword for schema in schemas(SCHEMA) for keyword in schema}
    assert used - ANNOTATIONS - {"patternProperties"} <= set(KEYWORDS)
    # What stands beside additionalProperties is walked with it.
    for schema in schemas(SCHEMA):
        assert "patternProperties" not in schema or "additionalProperties" in schema


def test_each_setting_is_described_and_its_examples_are_accepted() -> None:
    for schema in schemas(SCHEMA):
        for example in schema.get("examples", ()):
            assert accepts(schema, example), example
    for name, schema in SCHEMA["properties"].items():
        assert schema["description"].endswith("."), name
        assert schema["examples"], name


def test_the_words_of_the_schema_are_those_of_the_program() -> None:
    named = SCHEMA["properties"]
    assert named["fail-on"]["enum"] == [*SEVERITIES, NEVER]
    assert named["needs"]["items"]["enum"] == list(of_fields("needs"))
    assert list(named["quotas"]["properties"]) == [CONCURRENCY]
    # An empty Region is none.
    workload = read_json_rules("schema", "workload.schema.json")["properties"]["region"]["pattern"]
    assert named["region"]["pattern"].replace("(?:|", "(?:", 1) == workload


# -- The walk and jsonschema ---------------------------------------------------------------------

WORDS = st.text(st.characters(whitelist_categories=["L"], whitelist_characters=" .-"), max_size=9)
ANY = st.recursive(
    st.booleans() | st.integers(-9, 9) | st.sampled_from([0.5, 4.0, -1.0]) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that keep a schema."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of([_values(each, schema) for each in types])


def _values(name: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if name == "string":
        accepted = WORDS.filter(lambda text: accepts(schema, text))
        return st.sampled_from([x for x in schema["examples"] if isinstance(x, str)]) | accepted
    if name == "array":
        return st.lists(values(schema["items"]), max_size=3)
    if name == "object":
        required = {key: values(schema["properties"][key]) for key in schema.get("required", ())}
        known = schema.get("properties", {})
        named = {key: values(each) for key, each in known.items() if key not in required}
        fixed = st.fixed_dictionaries(required, optional=named)
        other = schema.get("additionalProperties")
        if "patternProperties" in schema:
            other = next(iter(schema["patternProperties"].values()))
            keys: st.SearchStrategy[str] = st.sampled_from(["ml.m5.large", "ml.g5.xlarge"])
        else:
            keys = WORDS
        if not isinstance(other, dict):
            return fixed
        more = st.dictionaries(keys.filter(lambda key: key not in known), values(other), max_size=2)
        return st.builds(lambda one, two: {**two, **one}, fixed, more)
    return {"boolean": st.booleans(), "integer": st.integers(0, 9), "number": st.integers(0, 9)}[
        name
    ]


VALID = values(SCHEMA)


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """Settings of which one value, or one key, is another."""
    settings: dict[str, Any] = json.loads(json.dumps(draw(VALID.filter(bool))))
    holder: Any = settings
    while True:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = draw(st.sampled_from(keys))
        inside = holder[key]
        if not (isinstance(inside, dict | list) and inside and draw(st.booleans())):
            break
        holder = inside
    if isinstance(holder, dict) and draw(st.booleans()):
        holder[draw(st.sampled_from([f"{key}s", str(key)[1:], "x"]))] = holder.pop(key)
    else:
        holder[key] = draw(ANY)
    return settings


@given(VALID)
def test_what_keeps_the_schema_is_accepted(settings: dict[str, Any]) -> None:
    assert accepts(SCHEMA, settings)
    assert Draft202012Validator(SCHEMA).is_valid(settings)


@given(mutated() | ANY)
def test_the_walk_accepts_what_jsonschema_accepts(settings: Any) -> None:
    valid = Draft202012Validator(SCHEMA).is_valid(settings)
    assert accepts(SCHEMA, settings) == valid
    assert valid or refusals(SCHEMA, settings)


# -- What is refused, and where ------------------------------------------------------------------


def toml(value: Any) -> str:
    """A value as TOML writes it, on one line."""
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key, ensure_ascii=False)} = {toml(v)}" for key, v in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def as_toml(settings: dict[str, Any]) -> str:
    """The settings below a table of somebody else that has the same keys."""
    lines = [f"{json.dumps(key, ensure_ascii=False)} = {toml(v)}" for key, v in settings.items()]
    return "\n".join(["[tool.other]", *lines, "[tool.sm-advise]", *lines, ""])


def as_yaml(settings: dict[str, Any]) -> str:
    lines = [
        f"{json.dumps(key, ensure_ascii=False)}: {json.dumps(v, ensure_ascii=False)}"
        for key, v in settings.items()
    ]
    return "".join(f"{line}\n" for line in lines)


def stands_at(text: str, line: int, column: int, step: object) -> bool:
    """Whether a key stands at a place."""
    return text.splitlines()[line - 1][column - 1 :].startswith((f'"{step}"', str(step)))


@pytest.mark.parametrize("syntax", ["yaml", "toml"])
def test_each_refusal_names_the_place_of_its_key(
    syntax: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("settings") / f"file.{syntax}"
    read = read_yaml_settings if syntax == "yaml" else read_toml_settings

    @given(mutated().filter(lambda settings: not accepts(SCHEMA, settings)))
    def holds(settings: dict[str, Any]) -> None:
        text = as_yaml(settings) if syntax == "yaml" else as_toml(settings)
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError) as caught:
            read(str(path))
        errors = [caught.value, *caught.value.others]
        told = {(error.message, error.line, error.column) for error in errors}
        first = 1 if syntax == "yaml" else len(settings) + 3
        expected = refusals(SCHEMA, settings, ": " if syntax == "yaml" else " = ")
        assert {message for message, _, _ in told} == {each.message for each in expected}
        assert all(error.hint for error in errors)
        for refusal in expected:
            places = {at[1:] for at in told if at[0] == refusal.message}
            assert any(_is_place(text, at, refusal.path, first) for at in places), refusal

    holds()


def _is_place(text: str, at: tuple[int, int], path: Steps, first: int) -> bool:
    """Whether a place is that of the last key of a path, or of the item of a list."""
    keys = [step for step in path if isinstance(step, str)]
    line = next(n for n in range(first, 99) if stands_at(text, n, 1, keys[0]))
    return at[0] == line and (isinstance(path[-1], int) or stands_at(text, *at, keys[-1]))


def checked(capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Exit code and standard error of a check of the current folder."""
    return run(["check", "."]), capsys.readouterr().err


def test_all_that_is_wrong_is_told_in_the_order_of_the_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path(".sm-advise.yaml").write_text("familys: [m5]\nneeds: [vcp]\nlimits:\n", encoding="utf-8")
    told = (
        "error: .sm-advise.yaml:1:1: there is no setting familys\n"
        "  did you mean families?\n"
        "error: .sm-advise.yaml:2:9: needs[0] takes one of vpc, network-isolation, kms,"
        " data-capture, not vcp\n"
        "  did you mean vpc?\n"
        "error: .sm-advise.yaml:3:1: limits has no value\n"
        '  write limits: "latest"\n'
    )
    assert checked(capsys) == (2, told)


def test_an_example_is_written_in_the_syntax_of_the_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = '[tool.sm-advise]\nfail-on = "error"\n\n[tool.sm-advise.quotas]\n"ml.m5.large" = "x"\n'
    Path("pyproject.toml").write_text(text, encoding="utf-8")
    assert checked(capsys)[1] == (
        'error: pyproject.toml:5:1: quotas."ml.m5.large" takes a whole number of at least 0,'
        ' not x\n  write "ml.m5.large" = 4\n'
    )


def test_a_repeated_text_reaches_the_terminal_as_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path(".sm-advise.yaml").write_text('limits: "\\e[31m\\nerror: x"\n', encoding="utf-8")
    error = checked(capsys)[1]
    assert "\x1b" not in error
    assert error.count("error:") == 2
    assert error.count("\n") == 2


def test_a_project_that_only_mentions_us_has_no_settings() -> None:
    Path("pyproject.toml").write_text(
        '# tool.sm-advise = 5\n[project]\ndependencies = ["sm-advise"]\n', encoding="utf-8"
    )
    assert read_project(".") == read_project("/")


def test_without_jsonschema_a_wrong_file_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(".sm-advise.yaml").write_text("limits: safest\n", encoding="utf-8")
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    code, error = checked(capsys)
    assert code == 2
    assert "pip install jsonschema" in error


def test_a_walk_that_refuses_what_jsonschema_accepts_is_a_bug_of_ours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(".sm-advise.yaml").write_text("limits: safe\n", encoding="utf-8")
    monkeypatch.setattr("advisor.gate.settings.settings_file.accepts", lambda *_: False)
    assert checked(capsys)[0] == 3


CONFIG = (
    '{"EndpointConfigName": "x", "ProductionVariants": [{"VariantName": "a", "ModelName": "m",'
    ' "InstanceType": "ml.t3.large", "InitialInstanceCount": 0}]}'
)


def without_names(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings with a rule that exists wherever one is named, and without other files."""
    found = {key: value for key, value in settings.items() if key != "extends"}
    for key in found.keys() & {"select", "ignore"}:
        found[key] = ["out-of-range"]
    if found.get("waivers", {}).get("never"):
        found["waivers"] = {**found["waivers"], "never": ["out-of-range"]}
    if "accept" in found:
        reasons = {
            pattern: [*rules.values(), "known"] for pattern, rules in found["accept"].items()
        }
        found["accept"] = {pattern: {"out-of-range": why[0]} for pattern, why in reasons.items()}
    return found


@pytest.mark.parametrize("file", [".sm-advise.yaml", "pyproject.toml"])
def test_settings_that_are_accepted_never_break_a_check(file: str) -> None:
    Path("config.json").write_text(CONFIG, encoding="utf-8")

    @given(VALID)
    def holds(settings: dict[str, Any]) -> None:
        written(file, without_names(settings))
        organisation_of.cache_clear()
        assert run(["check", ".", "--show-config"]) in (0, 2)
        assert run(["check", "."]) in (0, 1, 2)

    holds()


# -- How the files combine -----------------------------------------------------------------------

KEYS: dict[str, Any] = {
    "schema": "sm-advise/settings.v1",
    "fail-on": "warning",
    "select": ["production"],
    "ignore": ["instance-type"],
    "exclude": ["x/*"],
    "baseline": "known.json",
    "pairs": [{"workload": "w.yaml#a", "artifact": "c.json"}],
    "accept": {"*.json": {"out-of-range": {"because": "known", "ticket": 12}}},
    "region": "eu-west-1",
    "limits": "latest",
    "owner": "risk",
    "families": ["m5"],
    "needs": ["vpc"],
    "subnets": ["subnet-1"],
    "tags": ["team"],
    "quotas": {"ml.m5.large": 2},
    "waivers": {"never": ["out-of-range"], "longest_days": 9, "inline": False},
    "prices": {"discount": "12 %"},
    "overlay": {
        "regions": {"ap-east-3": {"source": "https://aws.amazon.com/new", "as_of": "2026-11-28"}}
    },
}


def written(path: str, settings: dict[str, Any]) -> None:
    Path(path).parent.mkdir(exist_ok=True)
    text = as_yaml(settings) if path.endswith(".yaml") else as_toml(settings)
    Path(path).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("file", [".sm-advise.yaml", "pyproject.toml"])
def test_each_key_counts_in_both_files(file: str) -> None:
    assert KEYS.keys() | {"extends"} == SCHEMA["properties"].keys()
    path = f"team/{file}"
    written(path, KEYS)
    project, organisation = read_project("team"), organisation_of("team")
    assert (project.fail_on, project.select, project.ignore, project.exclude) == (
        "warning",
        ("production",),
        ("instance-type",),
        ("x/*",),
    )
    assert project.baseline == "team/known.json"
    assert project.pairs == (
        Pair(workload="team/w.yaml", artifact="team/c.json", where=path, name="a"),
    )
    (accepted,) = project.accept
    assert (accepted.pattern, accepted.rule) == ("*.json", "out-of-range")
    assert (accepted.acceptance.because, accepted.acceptance.ticket) == ("known", "12")
    assert accepted.acceptance.where == f"{path}:{accepted.line}"
    assert project.region == ("" if file.endswith(".yaml") else "eu-west-1")
    assert tuple(organisation._asdict().values())[:8] == (
        "eu-west-1",
        "latest",
        "risk",
        ("m5",),
        ("vpc",),
        ("subnet-1",),
        ("team",),
        {"ml.m5.large": 2},
    )
    assert organisation.never_waived == {"out-of-range": path}
    assert (organisation.longest_waiver, organisation.inline_refused) == (9, path)
    assert (organisation.own.discount, organisation.own.said["files"]) == ("12", [path])
    assert "ap-east-3" in organisation.own.overlay


@pytest.mark.parametrize(
    ("near", "far"),
    [
        ("team/pyproject.toml", "./.sm-advise.yaml"),
        ("team/.sm-advise.yaml", "./pyproject.toml"),
        ("team/pyproject.toml", "team/.sm-advise.yaml"),
    ],
)
def test_the_nearest_file_wins_and_a_policy_on_waivers_only_becomes_stricter(
    near: str, far: str
) -> None:
    written(
        far,
        {
            "owner": "platform",
            "limits": "latest",
            "quotas": {"ml.m5.large": 2, "ml.g5.xlarge": 1},
            "accept": {"*": {"out-of-range": "far"}},
            "waivers": {"never": ["no-capacity"], "longest_days": 30, "inline": False},
        },
    )
    written(
        near,
        {
            "owner": "team",
            "quotas": {"ml.m5.large": 9},
            "accept": {"*": {"out-of-range": "near"}},
            "waivers": {"never": [], "longest_days": 90, "inline": True},
        },
    )
    found = organisation_of("team")
    assert (found.owner, found.limits) == ("team", "latest")
    assert found.quotas == {"ml.m5.large": 9, "ml.g5.xlarge": 1}
    assert [each.acceptance.because for each in read_project("team").accept] == ["near", "far"]
    far = far.removeprefix("./")
    assert found.never_waived == {"no-capacity": str(Path(far))}
    assert (found.longest_waiver, found.inline_refused) == (30, far)
    assert found.says == {
        "owner": near,
        "limits": far,
        "quotas": near,
        "accept": near,
        "waivers": near,
    }


def test_a_pyproject_extends_a_file_too() -> None:
    written("platform/facts.yaml", {"families": ["m5"], "owner": "platform"})
    written("team/pyproject.toml", {"extends": "../platform/facts.yaml", "owner": "team"})
    found = organisation_of("team/deep")
    assert (found.families, found.owner) == (("m5",), "team")
    assert found.files == ("team/pyproject.toml", "platform/facts.yaml")
    assert isinstance(read_toml_settings("team/pyproject.toml"), SettingsFile)
