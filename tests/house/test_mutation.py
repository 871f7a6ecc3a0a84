"""The mutator makes the slips that it says, and its lists name what there is."""

from __future__ import annotations

import ast

import pytest

from tests.mutation.areas import AREAS, ROOT, equivalent, slips
from tests.mutation.mutator import mutants


@pytest.mark.parametrize(
    ("source", "changes"),
    [
        ("a < b", ["a <= b", "a >= b"]),
        ("a == b", ["a != b"]),
        ("a <= b < c", ["a < b < c", "a <= b <= c"]),
        ("a + b", ["a - b"]),
        ("f'{a}' + b", []),
        ("a and b", ["a or b", "b", "a"]),
        ("not a", ["a"]),
        ("b if a else c", ["c if a else b"]),
        ("min(a, b)", ["max(a, b)"]),
        ("f(a, b)", ["f(b, a)"]),
        ("f(a=b)", ["f()"]),
        ("sorted(a)", ["sorted(a, reverse=True)", "list(a)"]),
        ("sorted(a, reverse=True)", ["sorted(a)", "list(a)", "False"]),
        ("[a for a in b if c]", ["for a in b"]),
        ("a['key']", ["'key?'"]),
        ("f('a sentence')", []),
        ("return a", ["return None"]),
        ("break", ["continue"]),
        ("a += b", ["pass"]),
        ("f(a)", ["pass"]),
        ("raise Error('a') from b", ["pass"]),
        ("x: int = a", []),
        ("assert a < b", []),
        ("x = 60", ["61", "59", "3600"]),
        ("x = 1024", ["1025", "1023", "1000"]),
        ("x = True", ["False"]),
    ],
)
def test_a_line_has_the_mutants_that_it_should(source: str, changes: list[str]) -> None:
    loop = f"while x:\n    {source}"
    tree = ast.parse(f"def f():\n    {source}" if "return" in source else loop)
    before = ast.unparse(tree)
    made = [each.what.partition(" -> ")[2] for each in mutants(tree)]
    assert set(changes) <= set(made)
    assert len([each for each in made if each not in changes]) <= 1  # of the line around it
    assert ast.unparse(tree) == before


def test_a_mutant_is_named_by_its_function_and_not_by_its_line() -> None:
    tree = ast.parse("class C:\n    def f(self):\n        return 1 + x\n")
    found = [(each.key, each.line) for each in mutants(tree)]
    assert ("C.f: 1 + x -> 1 - x", 3) in found


def test_each_area_has_modules_and_judges() -> None:
    for name, area in AREAS.items():
        assert area.sources(), name
        assert area.judges(), name


def test_a_slip_that_was_written_down_is_in_its_module_once() -> None:
    for slip in slips():
        text = (ROOT / "advisor" / slip["module"]).read_text(encoding="utf-8")
        assert text.count(slip["old"]) == 1, slip
        assert slip["new"] != slip["old"]
        assert slip["area"] in AREAS


def test_an_equivalent_mutant_exists_and_has_a_reason() -> None:
    for (module, change), reason in equivalent().items():
        tree = ast.parse((ROOT / "advisor" / module).read_text(encoding="utf-8"))
        assert change in {each.key for each in mutants(tree)}, (module, change)
        assert len(reason.split()) > 3, reason
