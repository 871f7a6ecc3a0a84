"""Builds the pages for people into build/docs/: what docs/ holds, and a page for each rule.

The sources are laid out as in the repository, so that a link leads to the same page in both.
Without the generator (the extra `docs`), ``sources`` alone still works.
"""

from __future__ import annotations

import logging
import re
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from advisor import HOME, PAGES
from advisor.reference.catalogue import KINDS, RulebookIndex, catalogue
from advisor.reference.explain import as_page
from advisor.reference.flowchart import read_chart, svg_drawing
from advisor.reference.page import MARK
from advisor.text.markup import code, prose

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / "build" / "docs"
_COPIED = (
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "docs",
    "examples",
    "rules/prices/sources",
)
_FENCED = re.compile(r"(^```.*?^```$|`[^`\n]+`)", re.DOTALL | re.MULTILINE)
# What GitHub may escape, and Python-Markdown does not know as escaped.
_ESCAPED = {"\\<": "&lt;", "\\~": "&#126;", "\\$": "&#36;"}


def main(folder: Path = BUILT) -> int:
    """Build the site; 1 when a link is lost, 2 when the generator is missing."""
    if find_spec("properdocs") is None:
        print("the generator is missing: run pip install '.[docs]'", file=sys.stderr)
        return 2
    built(sources(folder.with_name(f"{folder.name}-sources")), folder)
    print(f"wrote {folder / 'index.html'}")
    return 0


def built(pages: Path, folder: Path) -> None:
    """Build a site from its Markdown.

    Raises:
        SystemExit: the generator warns, such as of a lost link.
    """
    from properdocs.commands.build import build
    from properdocs.config import load_config

    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    places = {"docs_dir": str(pages), "site_dir": str(folder)}
    urls = {"site_url": f"{PAGES}/", "repo_url": HOME}
    build(load_config(str(ROOT / "properdocs.yml"), **places, **urls))


def sources(folder: Path) -> Path:
    """Write the Markdown of every page below a folder that it makes again.

    Raises:
        RulebookError: a rule file cannot be read.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for name in _COPIED:
        from_, to = ROOT / name, folder / name
        to.parent.mkdir(parents=True, exist_ok=True)
        if from_.is_dir():
            shutil.copytree(from_, to)
        else:
            shutil.copy(from_, to)
    shutil.copy(ROOT / "README.md", folder / "index.md")
    known = catalogue()
    for name in {each.id for each in (*known.entries, *known.keys)}:
        page = folder / "rules" / f"{name}.md"
        text = as_page(known.find(name), known)
        page.write_text(f"{text}\n[All rules and checks](README.md)\n", encoding="utf-8")
    (folder / "rules" / "flowchart.svg").write_text(svg_drawing(read_chart()), encoding="utf-8")
    head = (ROOT / "rules" / "README.md").read_text(encoding="utf-8").partition(MARK)[0]
    index = head.replace("The rest of this page is written by `make docs`.\n", "") + _index(known)
    (folder / "rules" / "README.md").write_text(index, encoding="utf-8")
    for page in folder.rglob("*.md"):
        page.write_text(readable(page.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


def readable(text: str) -> str:
    """Markdown of GitHub as Python-Markdown reads it: escapes outside of code become entities."""
    parts = _FENCED.split(text)
    for index in range(0, len(parts), 2):
        for escaped, entity in _ESCAPED.items():
            parts[index] = parts[index].replace(escaped, entity)
    return "".join(parts)


def _index(known: RulebookIndex) -> str:
    """A list for each kind of entry, under the headings of rules/README.md."""
    lines = ["## The flowchart", "", "![The questions and their answers](flowchart.svg)", ""]
    for kind, title in KINDS.items():
        entries = {each.id: each for each in known.of_kind(kind)}.values()
        lines += [f"## {title}", ""]
        lines += [f"- [{code(each.id)}]({each.id}.md) {prose(each.title)}" for each in entries]
        lines += [""]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
