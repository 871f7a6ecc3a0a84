"""One file of settings, in YAML or TOML: what it says, where, and why it is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from advisor.configuration.document import Node, Path
from advisor.configuration.files import read_source
from advisor.configuration.rulefiles import read_json_rules
from advisor.configuration.source import SourceText, decode
from advisor.model.errors import InputError
from advisor.model.value import Value
from advisor.rulebook.source import mentions_us

Schema = Mapping[str, Any]


def accepts(schema: Schema, value: Any) -> bool:
    """Whether a value of JSON's types keeps a schema; other keywords than these say nothing."""
    return all(
        keeps(schema[keyword], value, schema)
        for keyword, keeps in KEYWORDS.items()
        if keyword in schema
    )


def is_of_type(name: str, value: Any) -> bool:
    """Whether a value is of one of JSON Schema's types; 4.0 is an integer, true is none."""
    if isinstance(value, bool):
        return name == "boolean"
    if isinstance(value, float) and name == "integer":
        return value.is_integer()
    return isinstance(value, _TYPES[name])


_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "array": list,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "object": dict,
    "string": str,
}


def _members(_: Any, value: Any, schema: Schema) -> bool:
    """Whether each member of a mapping keeps what is said of its key."""
    if not isinstance(value, dict):
        return True
    named = schema.get("properties", {})
    for key, each in value.items():
        said = [named[key]] if key in named else []
        patterns = schema.get("patternProperties", {})
        said += [patterns[pattern] for pattern in patterns if re.search(pattern, key)]
        other = schema.get("additionalProperties", True)
        if not said and other is False:
            return False
        said = said or ([] if isinstance(other, bool) else [other])
        if not all(accepts(one, each) for one in said):
            return False
    return True


def _type(names: str | list[str], value: Any, _: Schema) -> bool:
    return any(is_of_type(name, value) for name in ([names] if isinstance(names, str) else names))


KEYWORDS: Mapping[str, Callable[[Any, Any, Schema], bool]] = {
    "type": _type,
    "enum": lambda words, value, _: value in words,
    "pattern": lambda regex, value, _: (
        not isinstance(value, str) or re.search(regex, value) is not None
    ),
    "minimum": lambda least, value, _: not is_of_type("number", value) or value >= least,
    "maximum": lambda most, value, _: not is_of_type("number", value) or value <= most,
    "required": lambda keys, value, _: not isinstance(value, dict) or value.keys() >= set(keys),
    "items": lambda schema, value, _: (
        not isinstance(value, list) or all(accepts(schema, each) for each in value)
    ),
    "additionalProperties": _members,
    "properties": lambda named, value, schema: (
        "additionalProperties" in schema or _members(named, value, schema)
    ),
}
"""The keywords that the walk knows: what each says of a value, the schema around it at hand."""


Places = Callable[[Path], tuple[int, int]]
"""Line and column of what stands at a path; 0 where nobody knows."""

_HEADER = re.compile(r"^\s*\[+([^\[\],=]*)\]+\s*(?:#.*)?$")
_OURS = re.compile(r"""\s*["']?tool["']?\s*(?:$|\.\s*["']?sm-advise\b)""")
_LONGEST_KEY = 500  # letters of a key that is looked for; of a longer one its table has the place
_POSITION = re.compile(r"line (\d+), column (\d+)")


class SettingsFile(Value):
    """What one file says. It keeps rules/schema/settings.schema.json."""

    path: str
    table: Mapping[str, Any]
    place: Places

    def error(self, at: Path, message: str, hint: str = "") -> InputError:
        """An error about what stands at a path of the file."""
        line, column = self.place(at)
        return InputError(message, file=self.path, line=line, column=column, hint=hint)


def read_yaml_settings(path: str) -> SettingsFile:
    """The settings of a YAML file.

    Raises:
        InputError: it cannot be read, repeats a key, or does not keep the schema.
    """
    from advisor.configuration.terraform.plan import plain
    from advisor.configuration.yaml_nodes import read_yaml

    parsed = read_yaml(read_source(path))
    for again in parsed.repeated:
        message = f"the key {again.key} is repeated"
        hint = f"line {again.first.line} has the same key: keep one of them"
        raise InputError(
            message, file=path, line=again.mark.line, column=again.mark.column, hint=hint
        )
    if not parsed.documents:
        return SettingsFile(path=path, table={}, place=lambda _: (0, 0))
    root = parsed.documents[0]
    return _kept(path, plain(root), lambda at: _place_in_yaml(root, at), ": ")


def read_toml_settings(path: str) -> SettingsFile | None:
    """The settings of ``[tool.sm-advise]``; ``None`` where a file has no such table.

    Raises:
        InputError: it is not TOML, or does not keep the schema.
    """
    try:
        with open(path, "rb") as stream:
            data = stream.read()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as error:
        hint = "make it readable: it may have settings under [tool.sm-advise]"
        message = f"cannot be read: {error.strerror}"
        raise InputError(message, file=path, hint=hint) from error
    if not mentions_us(data):
        return None
    source = decode(path, data)
    table = _toml(source).get("tool", {})
    if not isinstance(table, dict) or "sm-advise" not in table:
        return None
    lines = _own_lines(source.text)
    return _kept(path, _as_json(table["sm-advise"]), lambda at: _place_in_toml(lines, at), " = ")


def _toml(source: SourceText) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(source.text)
    except RecursionError:
        line = column = 0
    except tomllib.TOMLDecodeError as error:
        # Only newer Pythons give the place as numbers.
        found = _POSITION.search(str(error))
        line, column = (int(found[1]), int(found[2])) if found else (0, 0)
    hint = "correct its syntax; it has settings under [tool.sm-advise]"
    message = "this is not valid TOML"
    raise InputError(message, file=source.file, line=line, column=column, hint=hint)


def _as_json(value: Any) -> Any:
    """TOML's dates and times as texts; everything else as it is."""
    if isinstance(value, dict):
        return {key: _as_json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_as_json(each) for each in value]
    return value if isinstance(value, str | int | float) else str(value)


def _kept(path: str, value: Any, place: Places, equals: str) -> SettingsFile:
    """The file, unless the schema or the list of rules has something against it."""
    file = SettingsFile(path=path, table=value, place=place)
    if not accepts(read_json_rules("schema", "settings.schema.json"), value):
        raise _refused(file, equals)
    _require_rules(path, value, place)
    return file


def _refused(file: SettingsFile, equals: str) -> InputError:
    """All that is wrong with a file, in its order."""
    from advisor.gate.settings.schema_words import refusals

    schema = read_json_rules("schema", "settings.schema.json")
    if not isinstance(file.table, dict):
        hint = "write one setting a line; sm-advise schema settings prints them"
        return file.error((), "settings are a mapping of keys and values", hint)
    found = refusals(schema, file.table, equals)
    errors = [file.error(refusal.path, refusal.message, refusal.hint) for refusal in found]
    first, *others = sorted(errors, key=lambda error: (error.line, error.column))
    first.others = tuple(others)
    return first


def _require_rules(path: str, table: Mapping[str, Any], place: Places) -> None:
    """Refuse the name of a rule that does not exist.

    Raises:
        InputError: there is one.
    """
    from advisor.gate.checks import PROFILES, require_known

    names: list[tuple[Path, Any]] = [((key,), table.get(key, ())) for key in ("select", "ignore")]
    names.append((("waivers", "never"), table.get("waivers", {}).get("never", ())))
    names += [(("accept", pattern), rules) for pattern, rules in table.get("accept", {}).items()]
    for at, rules in names:
        for index, rule in enumerate(rules):
            step = index if isinstance(rules, list) else rule
            try:
                require_known((rule,), PROFILES if at[0] in ("select", "ignore") else (), path)
            except InputError as error:
                error.line, error.column = place((*at, step))
                raise


def _place_in_yaml(node: Node, path: Path) -> tuple[int, int]:
    """The key of what stands at a path, or the item of a list."""
    for step in path:
        node = node.value[step]
    return node.place.line, node.place.column


def _own_lines(text: str) -> list[str]:
    """The lines of a TOML file, those of other tables left blank."""
    lines, ours = [], True
    for line in text.splitlines():
        header = _HEADER.match(line)
        if header:
            ours = _OURS.match(header[1]) is not None
        lines.append(line if ours else "")
    return lines


def _place_in_toml(lines: list[str], path: Path) -> tuple[int, int]:
    """The last key of a path, each searched for from the one before: tomllib has no places."""
    at = _key_from(lines, "sm-advise", (1, 1))
    for step in path:
        if isinstance(step, str):
            at = _key_from(lines, step, at)
    return at


def _key_from(lines: list[str], key: str, at: tuple[int, int]) -> tuple[int, int]:
    """The next place at which a text stands as a key, bare or in quotes; else where it began."""
    if len(key) > _LONGEST_KEY:
        return at
    spelt = re.escape(key)
    as_key = re.compile(rf"""(?:(?<![\w-]){spelt}|"{spelt}"|'{spelt}')(?=\s*[=.\]])""")
    for number, text in enumerate(lines[at[0] - 1 :], at[0]):
        found = as_key.search(text, at[1] - 1 if number == at[0] else 0)
        if found:
            return number, found.start() + 1
    return at
