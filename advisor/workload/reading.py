"""The values and errors of one document so far, and how a mapping with named parts is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from advisor.model.errors import InputError
from advisor.model.workload import Finding, Stated
from advisor.text.yaml_reader import (
    MappingNode,
    ScalarNode,
    SequenceNode,
    YamlNode,
    entries,
    error_at,
    is_nothing,
)
from advisor.workload.forms import Form, RefusedError, fits, forms, service_table
from advisor.workload.keys import Key
from advisor.workload.keys import features as of_rules
from advisor.workload.values import read_text, scalar, single

if TYPE_CHECKING:
    from advisor.model.geometry import Geometry

Pairs = dict[str, tuple[ScalarNode, YamlNode]]


class Reading:
    """Collects everything about one document, so that all errors are told at once."""

    __slots__ = (
        "_features",
        "errors",
        "file",
        "needs_stated",
        "notes",
        "refused",
        "shapes",
        "values",
    )

    def __init__(self, file: str, features: Collection[str] | None) -> None:
        self.file = file
        self._features = features
        self.values: dict[str, Stated] = {}
        self.errors: list[InputError] = []
        self.notes: list[Finding] = []  # on keys that were read under another name
        self.needs_stated = False
        self.shapes: dict[str, Geometry] = {}  # by the path of a model's configuration
        self.refused: set[str] = set()  # key paths that are stated and wrong

    @property
    def features(self) -> Collection[str]:
        """The names that ``needs`` takes."""
        return of_rules() if self._features is None else self._features

    def state(self, path: str, text: str, value: Any, node: YamlNode) -> None:
        """Note a value at the place of a node: of its key, or of the item of a list."""
        mark = node.start_mark
        self.values[path] = Stated(path, text, value, mark.line + 1, mark.column + 1)

    def refuse(self, path: str, node: YamlNode, refusal: RefusedError) -> None:
        """Note that the value of a key is wrong."""
        self.refused.add(path)
        message = f"{path}: {refusal.problem}" if path else refusal.problem
        self.errors.append(error_at(node, message, self.file, refusal.hint))

    def refuse_stated(self, said: Stated, message: str, hint: str) -> None:
        """Note that a value that was read contradicts another."""
        self.errors.append(
            InputError(message, file=self.file, line=said.line, column=said.column, hint=hint)
        )

    def note(self, rule: str, line: int, column: int, message: str, fix: str = "") -> None:
        """Note what is good to know of how a place was read."""
        self.notes.append(Finding(rule, "info", message, self.file, line, column, fix))

    def in_order(self) -> list[InputError]:
        """The errors as they stand in the file."""
        return sorted(self.errors, key=lambda error: (error.line, error.column))

    def pairs(
        self, path: str, node: YamlNode, hint: str, known: AbstractSet[str] = frozenset()
    ) -> Pairs:
        """Entries of a mapping; none, and an error, when it is no sound mapping.

        What others call one of the ``known`` keys, those that it takes, is read as it.
        """
        if known and not isinstance(node, MappingNode):
            node = self._familiar(path, node, known)
        if not isinstance(node, MappingNode):
            problem = "expected a mapping of keys" if path else "a workload file must have keys"
            if isinstance(node, SequenceNode) and path:
                hint += ", without hyphens or brackets"
            if isinstance(node, ScalarNode) and path:
                from advisor.workload.spelling import explain_value  # only once something is wrong

                hint = explain_value(path, node.value) or hint
            self.refuse(path, node, RefusedError(problem, hint))
            return {}
        found, wrong = self._entries(node)
        if known and (wrong is not None or not found.keys() <= known):
            found, wrong = self._entries(self._familiar(path, node, known))
        if wrong is not None:
            self.refused.add(path)
            self.errors.append(wrong)
        return found

    def _entries(self, node: MappingNode) -> tuple[Pairs, InputError | None]:
        try:
            return entries(node, self.file), None
        except InputError as error:
            return {}, error

    def _familiar(self, path: str, node: Any, known: AbstractSet[str]) -> Any:
        """The node under the keys that are meant, with a note of each that is called otherwise."""
        from advisor.workload.other_keys import as_keys  # only once something is odd

        found, said = as_keys(path, node, known)
        for mark, text in said:
            self.note("read-as", mark.line + 1, mark.column + 1, text)
        return found

    def items(self, key: Key, node: YamlNode, hint: str = "") -> list[YamlNode] | None:
        """The items of a list, where there is one; too many or none of them are refused."""
        if not isinstance(node, SequenceNode):
            refusal = RefusedError("expected a list", hint or f"write [{key.example}]")
            self.refuse(key.path, node, refusal)
            return None
        if not 1 <= len(node.value) <= (key.most or 1):
            problem = f"the list has {len(node.value)} items"
            self.refuse(key.path, node, RefusedError(problem, f"write 1 to {key.most} items"))
        found: list[YamlNode] = node.value
        return found

    def refuse_keys(self, path: str, found: Pairs, known: Iterable[str]) -> None:
        """Note every key that does not exist in this mapping."""
        siblings = tuple(known)
        for name, (node, value) in found.items():
            if name not in siblings:
                quoted = repr(name) if len(name) <= 40 else repr(name[:39] + "…")
                message = f"{quoted} is not a key of {path or 'a workload file'}"
                from advisor.workload.spelling import explain_key  # only once something is wrong

                text = value.value if isinstance(value, ScalarNode) else ""
                hint = explain_key(name, path, siblings, text)
                self.errors.append(error_at(node, message, self.file, hint))


def read_record(
    reading: Reading, path: str, record: YamlNode, parts: Iterable[Key]
) -> dict[str, Any]:
    """A mapping with a fixed set of texts, words and quantities, by name.

    A part that cannot be read is refused and left out, and so is an unknown part.
    """
    names = {part.path.rpartition(".")[2]: part for part in parts}
    needed = next(name for name, part in names.items() if part.required)
    pairs = reading.pairs(path, record, f"write {{{needed}: …}}", names.keys())
    found: dict[str, Any] = {}
    for name, part in names.items():
        if name not in pairs:
            continue
        if part.kind == "named":
            found[name] = named(reading, part, f"{path}.{name}", pairs[name][1])
            continue
        try:
            found[name] = scalar(part, pairs[name][1])
        except RefusedError as refusal:
            reading.refuse(f"{path}.{name}", pairs[name][1], refusal)
    reading.refuse_keys(path, pairs, names)
    if needed not in pairs and path not in reading.refused:
        reading.refuse(path, record, RefusedError(f"{needed} is missing", names[needed].required))
    return found


def named(reading: Reading, key: Key, path: str, node: YamlNode) -> dict[str, str]:
    """A mapping of free names to texts, sorted by name; what cannot be read is left out."""
    form = forms()[key.form]
    found, pairs = {}, reading.pairs(path, node, f"write {{name: {key.example}}}")
    wrong: YamlNode
    for name, (name_node, value) in sorted(pairs.items()):
        at, wrong = path, name_node
        try:
            at, wrong = f"{path}.{read_text(forms()[form.names], name_node)}", value
            text = single(value, f"write one text for {name}")
            found[name] = _unrepeated(form, name, text) if form.guarded else read_text(form, text)
        except RefusedError as refusal:
            reading.refuse(at, wrong, refusal)
    if len(pairs) > (key.most or 0):
        problem = f"the mapping has {len(pairs)} entries"
        reading.refuse(path, node, RefusedError(problem, f"write {key.most} or fewer"))
    return found


def _unrepeated(form: Form, name: str, node: ScalarNode) -> str:
    """A text as it is written, number or not; what is wrong with it is said without it.

    Raises:
        RefusedError: it has another form, or looks like a secret.
    """
    from advisor.text.secrets import HINT, secret  # few files state variables

    what = secret(service_table("secrets.json"), name, node.value)
    if what:
        raise RefusedError(
            f"the value looks like {what}, and everyone who reads this sees it", HINT
        )
    if is_nothing(node) and not node.style:
        raise RefusedError("the value is missing", "write '' for an empty text, or remove the key")
    if not fits(form, node.value):
        size = len(node.value)
        problem = "the value holds invisible characters"
        if size > form.longest:
            problem = f"the value has {size} characters; expected at most {form.longest}"
        raise RefusedError(problem, f"write {form.says}")
    text: str = node.value
    return text
