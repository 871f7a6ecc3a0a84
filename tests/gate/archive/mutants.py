"""Alters each fault of each layout of model archives in turn; a case of the layout must notice.

    python -m tests.gate.archive.mutants

The cases are those of ``tests/data/archives.yaml``. What survives is printed, and the exit code
is 1; so is what ``THE_SAME`` wrongly says to change no answer. A condition is negated as a whole
and part by part, and each part is left out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from advisor.gate.archive import framework
from advisor.gate.archive.contents import Archive, read_archive
from advisor.gate.archive.framework import Layout, layouts
from advisor.gate.archive.run import ArchiveJudge
from advisor.gate.checks import load_checks
from tests.archives import packed
from tests.gate.archive.test_layouts import CASES, contents

# Alterations that change no answer, and why.
THE_SAME = {
    "layout-xgboost: archive-no-model: all without {'any': ['**/*']}": (
        "only an empty archive has no file, and archive-empty is said of it instead"
    ),
    "layout-pytorch: archive-no-code: all without {'none': ['model.pt']}": (
        "of a model.pt that is the only file at the top, the part before says the same"
    ),
}


def altered(condition: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A condition with one alteration, and what it is."""
    yield f"not {dict(condition)}", {"not": dict(condition)}
    for word in ("all", "some"):
        parts = condition.get(word, [])
        for index, part in enumerate(parts):
            rest = [*parts[:index], *parts[index + 1 :]]
            if rest:
                yield f"{word} without {part}", {word: rest}
            for what, changed in altered(part):
                yield what, {word: [*parts[:index], changed, *parts[index + 1 :]]}


def mutants_of(layout: Layout) -> Iterator[tuple[str, Layout]]:
    """A layout with one fault altered, and what the alteration is."""
    for index, fault in enumerate(layout.faults):
        for what, condition in altered(fault.when):
            faults = list(layout.faults)
            faults[index] = fault._replace(when=condition)
            yield f"{layout.id}: {fault.check}: {what}", layout._replace(faults=tuple(faults))


def notice(mutant: Layout, archives: list[tuple[dict[str, Any], Archive]]) -> bool:
    """Whether a case is judged otherwise than it expects."""
    table = tuple(mutant if each.id == mutant.id else each for each in layouts())
    with patch.object(framework, "layouts", lambda: table):
        for case, archive in archives:
            found = ArchiveJudge(checks=load_checks(), framework=case["framework"]).findings(
                archive
            )
            said = sorted((each.rule, each.severity) for each in found)
            if said != sorted(case.get("findings", {}).items()):
                return True
    return False


def main(say: Callable[[str], object]) -> int:
    """Alter every fault; 1 when an alteration survives."""
    tried = survived = 0
    with TemporaryDirectory() as folder:
        read = [
            (case, read_archive(packed(Path(folder, f"{number}.tar.gz"), contents(case))))
            for number, case in enumerate(CASES)
        ]
    for layout in layouts():
        own = [each for each in read if framework.named(each[0]["framework"]) == layout]
        assert not notice(layout, own), f"the cases of {layout.id} fail without a change"
        for what, mutant in mutants_of(layout):
            tried += 1
            if notice(mutant, own) == (what in THE_SAME):
                survived += 1
                say(f"{what}\n")
    say(f"{tried} alterations, {survived} that no case notices\n")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main(sys.stdout.write))
