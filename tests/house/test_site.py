"""The site of the pages: a page for each rule, no lost link, and nothing from the network."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

import pytest

from advisor import PAGES
from advisor.reference.catalogue import catalogue
from scripts.build_docs import readable, sources
from tests.cli.command import ROOT, called

needs_generator = pytest.mark.skipif(
    find_spec("properdocs") is None, reason="the generator of the extra `docs` is missing"
)
KNOWN = catalogue()
LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
ELSEWHERE = re.compile(r"(?:https?:)?//")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sources(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def site(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = building(pages, folder)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def building(pages: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """In a process of its own: the generator warns in ways that a test would take for errors."""
    code = "import sys; from pathlib import Path; from scripts.build_docs import built; "
    return subprocess.run(
        [sys.executable, "-c", code + "built(*map(Path, sys.argv[1:]))", pages, folder],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


class Loads(HTMLParser):
    """What a browser fetches to show a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in LOADED and given.get("rel") != "canonical":
            self.found.append(given.get(LOADED[tag]) or "")


def test_every_rule_check_and_key_has_the_page_that_explain_prints(pages: Path) -> None:
    names = {each.id for each in (*KNOWN.entries, *KNOWN.keys)}
    assert {path.stem for path in (pages / "rules").glob("*.md")} == names | {"README"}
    for name in ("serverless-payload", "transform-payload", "requests.payload", "small", "vpc"):
        text = (pages / "rules" / f"{name}.md").read_text(encoding="utf-8")
        assert text.startswith(readable(called("explain", name, "--format", "markdown").out))


def test_every_rule_and_check_is_in_the_list(pages: Path) -> None:
    text = (pages / "rules" / "README.md").read_text(encoding="utf-8")
    assert [each.id for each in KNOWN.entries if f"]({each.id}.md)" not in text] == []


def test_what_uses_a_rule_links_to_a_page(pages: Path) -> None:
    for path in (pages / "rules").glob("*.md"):
        for link in re.findall(r"\]\(([^):]+\.md)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / link).exists(), f"{path.name}: {link}"


def test_sarif_leads_to_the_page_of_each_rule(pages: Path, tmp_path: Path) -> None:
    wrong = {"EndpointConfigName": "c", "ProductionVariants": [{
        "VariantName": "v", "ModelName": "m",
        "ServerlessConfig": {"MemorySizeInMB": 8192, "MaxConcurrency": 500},
    }]}  # fmt: skip
    (tmp_path / "c.json").write_text(json.dumps(wrong), encoding="utf-8")
    workload = "name: w\nrequests: {arrival: online, payload: 2 GB}\nbudget: 1 USD/month\n"
    (tmp_path / "workload.yaml").write_text(workload, encoding="utf-8")
    log = json.loads(called("check", str(tmp_path), "--format", "sarif", "--no-progress").out)
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert len(rules) > 2
    for each in rules:
        assert each["helpUri"] == f"{PAGES}/rules/{each['id']}.html"
        assert (pages / "rules" / f"{each['id']}.md").exists()


@needs_generator
def test_the_site_has_a_page_of_each_source(pages: Path, site: Path) -> None:
    for path in pages.rglob("*.md"):
        page = path.relative_to(pages).with_suffix(".html")
        assert (site / (page.with_name("index.html") if page.stem == "README" else page)).exists()


@needs_generator
def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    """Scripts, styles, pictures and fonts; a link that a reader follows may lead anywhere."""
    seen = 0
    for path in site.rglob("*.html"):
        for each in Loads(path.read_text(encoding="utf-8")).found:
            assert not ELSEWHERE.match(each), f"{path.name}: {each}"
            seen += 1
    assert seen > 1000
    for path in site.rglob("*.css"):
        for each in re.findall(r"url\(['\"]?([^)'\"]+)|@import", path.read_text(encoding="utf-8")):
            assert each
            assert not ELSEWHERE.match(each), f"{path.name}: {each}"


@needs_generator
@pytest.mark.parametrize("link", ["lost.md", "docs/start.md#lost", "rules/lost.md"])
def test_a_lost_link_or_anchor_ends_the_build(link: str, pages: Path, tmp_path: Path) -> None:
    shutil.copytree(pages, tmp_path / "pages")
    with (tmp_path / "pages" / "index.md").open("a", encoding="utf-8") as page:
        page.write(f"[this]({link})\n")
    done = building(tmp_path / "pages", tmp_path / "site")
    assert done.returncode != 0
    assert "lost" in done.stderr


def test_escapes_that_the_generator_does_not_know_become_entities() -> None:
    text = "\\<=4 MB, 5 \\$ and `\\<` stay\n\n```sh\n\\<\n```\n"
    assert readable(text) == "&lt;=4 MB, 5 &#36; and `\\<` stay\n\n```sh\n\\<\n```\n"
