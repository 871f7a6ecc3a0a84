"""The map in docs/ is what the imports say, and the house keeps its size and direction."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.draw_house import PAGE, PICTURE, circles, draw, needed, read, written

ROOT = Path(__file__).resolve().parents[2]
HOUSE = read()


def test_picture_and_table_are_current() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert written(page, HOUSE) == page, "run make docs"
    assert draw(HOUSE) == PICTURE.read_text(encoding="utf-8"), "run make docs"


def test_the_picture_does_not_depend_on_the_order_of_a_set() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "draw_house.py", "--check"],
        env={"PYTHONHASHSEED": "7"},
        check=False,
    )
    assert done.returncode == 0


def test_a_page_without_its_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="needs the lines"):
        written("# The house\n", HOUSE)


def test_the_house_has_few_rooms_and_arrows() -> None:
    beside = [name for name in ("bench", "scripts") if (ROOT / name).is_dir()]
    assert len(HOUSE.rooms) + len(beside) <= 24
    assert sum(map(len, HOUSE.rooms.values())) <= 120
    assert {name for row in HOUSE.rows for name in row} == set(HOUSE.rooms)


def test_every_arrow_leads_down() -> None:
    row = {name: number for number, names in enumerate(HOUSE.rows) for name in names}
    assert not {(a, b) for a, used in HOUSE.rooms.items() for b in used if row[a] >= row[b]}


def test_no_import_goes_round_whether_lazy_or_for_types() -> None:
    assert circles(HOUSE.rooms) == []
    assert circles(HOUSE.modules) == []


def test_a_room_says_what_goes_in_and_what_comes_out() -> None:
    for room, sentence in HOUSE.sentences.items():
        said = sentence.split()
        # Nothing goes into model: it holds what flows through the others.
        assert room == "model" or {"in", "out"} <= {word.strip(",.:;") for word in said}, room


def test_tests_mirror_the_rooms() -> None:
    """A folder of tests is a room, or it is this one; at the top stands what has no room."""
    folders = {path.parent.relative_to(ROOT / "tests") for path in ROOT.glob("tests/**/test_*.py")}
    rooms = {folder.parts[0] for folder in folders if folder.parts} - {"house"}
    assert rooms <= set(HOUSE.rooms)
    assert set(HOUSE.rooms) - rooms <= {"pipeline"}
    for folder in folders:
        inner = folder.parts[1:]
        assert not inner or ROOT.joinpath("advisor", *folder.parts).is_dir(), folder
    top = {path.name for path in ROOT.glob("tests/test_*.py")}
    assert top == {
        "test_agreement.py",
        "test_aws.py",
        "test_contradictions.py",
        "test_pipeline.py",
    }


def test_a_circle_is_found_and_an_arrow_that_follows_is_not_needed(tmp_path: Path) -> None:
    texts = {
        "__init__.py": "",
        "cli/__init__.py": "'''A in, b out.'''\nFORMATS = {'x': 'advisor.low.late'}\n",
        "mid/__init__.py": "'''A in, b out.'''\n",
        "mid/one.py": "def f():\n    from advisor.mid import two\n",
        "mid/two.py": (
            "from typing import TYPE_CHECKING\nimport advisor.low.late\n"
            "if TYPE_CHECKING:\n    from advisor.mid.one import f\n"
        ),
        "low/__init__.py": "'''A in, b out.\n\nMore.'''\n",
        "low/late.py": "",
    }
    for name, text in texts.items():
        path = tmp_path / "advisor" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    layers = '[[tool.importlinter.contracts]]\nlayers = ["cli", "mid", "low"]\n'
    (tmp_path / "pyproject.toml").write_text(layers, encoding="utf-8")
    house = read(tmp_path)
    assert house.rooms == {"cli": {"low"}, "mid": {"low"}, "low": set()}
    assert house.sentences["low"] == "A in, b out."
    assert house.rows == (("cli",), ("mid",), ("low",))
    assert circles(house.modules) == [["advisor.mid.one", "advisor.mid.two"]]
    assert circles(house.rooms) == []
    # cli -> low follows once cli imports mid: one arrow leads to the same room.
    assert needed({"cli": {"mid", "low"}, "mid": {"low"}, "low": set()}) == [
        ("cli", "mid"),
        ("mid", "low"),
    ]
