"""Configurations are read from values: texts with names, wherever these come from."""

from __future__ import annotations

import builtins
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.configuration.document import Document
from advisor.configuration.files import parameter_sources, read_source, read_sources
from advisor.configuration.reading import read_configuration
from advisor.configuration.source import SourceText
from advisor.configuration.terraform.modules import read_modules
from advisor.gate.checks import load_checks
from advisor.gate.finding import GateFinding
from advisor.gate.rules.judge import Judge
from advisor.gate.rules.service_walk import load_service
from advisor.model.errors import InputError

CORPUS = Path(__file__).parent.parent / "corpus"
FILES = sorted(
    path for folder in ("cloudformation", "json") for path in (CORPUS / folder).iterdir()
)[::8]
FOLDERS = sorted(path for path in (CORPUS / "terraform").iterdir() if path.suffix == ".tf")[::8]

TEMPLATE = """\
Parameters:
  Memory: {Type: Number, Default: 3072}
Resources:
  Config:
    Type: AWS::SageMaker::EndpointConfig
    Properties:
      ProductionVariants:
        - VariantName: all
          ModelName: m
          ServerlessConfig: {MemorySizeInMB: !Ref Memory, MaxConcurrency: 5}
"""
MAIN = """\
variable "memory" {}
resource "aws_sagemaker_endpoint_configuration" "c" {
  production_variants {
    model_name   = "m"
    variant_name = "all"
    serverless_config {
      memory_size_in_mb = var.memory
      max_concurrency   = 5
    }
  }
}
"""


def findings(document: Document | None) -> list[GateFinding]:
    judge = Judge(checks=load_checks(), service=load_service())
    return judge.findings(document) if document is not None else []


def read(sources: Iterable[SourceText], beside: Iterable[SourceText] = ()) -> list[GateFinding]:
    """The findings of a text, or of the texts of a folder."""
    first, *others = sources
    if first.file.endswith(".tf"):
        modules = read_modules({os.path.dirname(first.file): [first, *others]}, load_service())
        return [each for module in modules for each in findings(module.read.document)]
    return findings(read_configuration(first, load_service(), beside=beside).document)


def outcome(source: SourceText, beside: Iterable[SourceText] = ()) -> list[tuple[str, ...]]:
    """What is found, by rule, message and place; or why a text cannot be read."""
    try:
        found = read([source], beside)
    except InputError as error:
        return [("", error.message, str(error.line), str(error.column))]
    return [(each.rule, each.message, str(each.line), str(each.column)) for each in found]


def forbid_files(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any, **named: Any) -> NoReturn:
        raise AssertionError(f"a reader looks at the disk: {arguments}")

    monkeypatch.setattr(builtins, "open", refuse)
    for name in ("listdir", "scandir", "stat", "lstat"):
        monkeypatch.setattr(os, name, refuse)


@pytest.mark.parametrize("path", [*FILES, *FOLDERS], ids=lambda path: path.name[:60])
def test_a_text_is_read_without_the_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once from the file, which also loads rules; then the same text under another name."""
    source = read_source(str(path))
    expected = outcome(source, parameter_sources(str(path)))
    with monkeypatch.context() as patched:
        forbid_files(patched)
        found = outcome(SourceText(os.path.join("memory", path.name), source.text))
    assert found == expected


def wrong_sizes(found: Iterable[GateFinding]) -> list[str]:
    return [each.value for each in found if each.path.endswith("MemorySizeInMB")]


@given(st.integers(min_value=1, max_value=10_000))
def test_what_stands_beside_a_text_comes_as_texts(memory: int) -> None:
    """Serverless endpoints take six sizes: 1024 MB times 1 to 6."""
    wrong = [] if memory in range(1024, 6145, 1024) else [str(memory)]
    template = SourceText("memory/t.yaml", TEMPLATE)
    values = SourceText("memory/t-config.json", json.dumps({"Parameters": {"Memory": str(memory)}}))
    assert wrong_sizes(read([template], [values])) == wrong
    main = SourceText("memory/main.tf", MAIN)
    for name, text in (
        ("terraform.tfvars", f"memory = {memory}"),
        ("terraform.tfvars.json", json.dumps({"memory": memory})),
    ):
        assert wrong_sizes(read([main, SourceText(f"memory/{name}", text)])) == wrong


def test_parameter_files_are_read_only_by_a_template_with_parameters() -> None:
    asked: list[str] = []

    def beside() -> Iterator[SourceText]:
        asked.append("t-config.json")
        yield SourceText("t-config.json", "{}")

    no_parameters = TEMPLATE.partition("Resources:")[2].replace("!Ref Memory", "100")
    template = SourceText("t.yaml", f"Resources:{no_parameters}")
    assert wrong_sizes(read([template], beside())) == ["100"]
    assert asked == []
    read([SourceText("t.yaml", TEMPLATE)], beside())
    assert asked == ["t-config.json"]


def test_files_that_cannot_be_read_are_errors_or_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.tf").write_text(MAIN, encoding="utf-8")
    (tmp_path / "b.tf").write_bytes(b"\xff")
    (tmp_path / "t-config.json").write_bytes(b"\xff")
    (tmp_path / "u-config.json").write_text("{}", encoding="utf-8")
    sources, errors = read_sources(str(tmp_path / name) for name in ("a.tf", "b.tf", "c.tf"))
    assert [os.path.basename(source.file) for source in sources] == ["a.tf"]
    assert [os.path.basename(error.file) for error in errors] == ["b.tf", "c.tf"]
    beside = parameter_sources(str(tmp_path / "t.yaml"))
    assert [os.path.basename(source.file) for source in beside] == ["u-config.json"]
    assert list(parameter_sources(str(tmp_path / "gone" / "t.yaml"))) == []
