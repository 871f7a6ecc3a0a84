"""One mapping with named parts: a decision, a waiver, a variant, a model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from advisor.text.quantity import KINDS
from advisor.text.yaml_reader import YamlNode
from advisor.workload.forms import forms
from advisor.workload.key import Key
from advisor.workload.reading import Reading
from advisor.workload.values import RefusedError, read_quantity, read_text, read_word, single


def read_record(
    reading: Reading, path: str, record: YamlNode, parts: Iterable[Key]
) -> dict[str, Any]:
    """A mapping with a fixed set of texts, words and quantities, by name.

    A part that cannot be read is refused and left out, and so is an unknown part.
    """
    names = {part.path.rpartition(".")[2]: part for part in parts}
    needed = next(name for name, part in names.items() if part.required)
    pairs = reading.pairs(path, record, f"write {{{needed}: …}}")
    found: dict[str, Any] = {}
    for name, part in names.items():
        if name not in pairs:
            continue
        try:
            node = single(pairs[name][1], f"write {name}: {part.example or part.words[0]}")
            if part.kind == "word":
                found[name] = read_word(part, node.value)
            elif part.kind in KINDS:
                found[name] = read_quantity(part, node.value)
            else:
                found[name] = read_text(forms()[part.form], node)
        except RefusedError as refusal:
            reading.refuse(f"{path}.{name}", pairs[name][1], refusal)
    reading.refuse_keys(path, pairs, names)
    if needed not in pairs and path not in reading.refused:
        reading.refuse(path, record, RefusedError(f"{needed} is missing", names[needed].required))
    return found
