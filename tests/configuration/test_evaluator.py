"""Expressions come to what Terraform's own console says, or to nothing that is known."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from advisor.configuration.document import Node
from advisor.configuration.source import SourceText
from advisor.configuration.terraform.folder import gather, variable_values
from advisor.configuration.terraform.hcl_expressions import HclReader
from advisor.configuration.terraform.hcl_values import Evaluator

REFUSED = "refused"
TERRAFORM = shutil.which("terraform")
needs_terraform = pytest.mark.skipif(TERRAFORM is None, reason="terraform is not installed")

FOLDER = """\
variable "type" { default = "ml.m5.large" }
variable "count_" { default = 3 }
variable "on" { default = true }
variable "off" { default = false }
variable "empty" { default = "" }
variable "names" { default = ["b", "a", "c"] }
variable "sizes" { default = { small = 2048, big = 6144 } }
locals {
  type   = upper(var.type)
  nested = { a = { b = [1, 2, { c = "deep" }] } }
}
"""

TEXTS = st.sampled_from(
    ['"a"', '"ml.m5.large"', '""', "var.type", "var.empty", "local.type", '"x-${var.type}-y"']
)
NUMBERS = st.sampled_from(["0", "1", "2", "3", "-1", "2.5", "var.count_", "var.sizes.small"])
TRUTHS = st.sampled_from(["true", "false", "var.on", "var.off"])
LISTS = st.sampled_from(["var.names", '["a", "d"]', '["z"]', "[for x in var.names : upper(x)]"])
MAPS = st.sampled_from(
    ["var.sizes", "{ small = 1 }", "{ for k, v in var.sizes : upper(k) => v + 1 }"]
)


def expressions() -> st.SearchStrategy[str]:
    """Expressions of each type from those of a smaller one."""
    texts, numbers, truths, lists, maps = TEXTS, NUMBERS, TRUTHS, LISTS, MAPS
    for _ in range(2):
        texts, numbers, truths, lists, maps = (
            st.one_of(
                texts,
                st.builds("lower({})".format, texts),
                st.builds("({} ? {} : {})".format, truths, texts, texts),
                st.builds('join("-", {})'.format, lists),
                st.builds('replace({}, "a", {})'.format, texts, texts),
                st.builds('format("%s/%s", {}, {})'.format, texts, numbers),
                st.builds("element({}, {})".format, lists, st.sampled_from(["0", "1", "5"])),
                st.builds("coalesce({}, {})".format, texts, texts),
                st.builds("try(local.nested.a.x, {})".format, texts),
                st.builds("try(local.nested.a.b[{}].c, {})".format, numbers, texts),
                st.builds("one([for x in {} : x if x == {}])".format, lists, texts),
                st.builds('"${{{}}}+${{{}}}"'.format, texts, numbers),
            ),
            st.one_of(
                numbers,
                st.builds("length({})".format, st.one_of(lists, maps)),
                st.builds("({} + {})".format, numbers, numbers),
                st.builds("({} - {} * {})".format, numbers, numbers, numbers),
                st.builds("({} % 4)".format, numbers),
                st.builds("max({}, {})".format, numbers, numbers),
                st.builds("min({}, {})".format, numbers, numbers),
                st.builds('lookup({}, "small", {})'.format, maps, numbers),
                st.builds("({} ? {} : {})".format, truths, numbers, numbers),
            ),
            st.one_of(
                truths,
                st.builds("({} == {})".format, texts, texts),
                st.builds("({} != {})".format, numbers, numbers),
                st.builds("({} >= {})".format, numbers, numbers),
                st.builds("(!{} && {})".format, truths, truths),
                st.builds("({} || {})".format, truths, truths),
                st.builds("contains({}, {})".format, lists, texts),
                st.builds("startswith({}, {})".format, texts, texts),
                st.builds("endswith({}, {})".format, texts, texts),
                st.builds("can(local.nested.a.b[{}].c)".format, numbers),
            ),
            st.one_of(
                lists,
                st.builds("concat({}, {})".format, lists, lists),
                st.builds("[for x in {} : x if x != {}]".format, lists, texts),
                st.builds("keys({})".format, maps),
                st.builds("compact({})".format, lists),
                st.builds("flatten([{}, [[{}]]])".format, lists, texts),
                st.builds('split("-", {})'.format, texts),
                st.builds("sort({})".format, lists),
            ),
            st.one_of(
                maps,
                st.builds("merge({}, {})".format, maps, maps),
                st.builds("{{ a = {}, b = {} }}".format, numbers, numbers),
            ),
        )
    return st.one_of(texts, numbers, truths, lists, maps)


def ours(text: str) -> Node:
    folder, errors = gather([SourceText("main.tf", FOLDER)])
    assert errors == []
    evaluator = Evaluator(variable_values(folder, {}, "module.m"), folder.local_values)
    return evaluator.value(HclReader(SourceText("console", text)).expression())


def known(node: Node) -> Any:
    """The plain value; raises where a part is not known."""
    if node.kind == "list":
        return [known(item) for item in node.value]
    if node.kind == "map":
        return {key: known(value) for key, value in node.value.items()}
    if node.kind != "scalar":
        raise LookupError(node)
    return node.value


def console(folder: Path, texts: list[str]) -> list[Any]:
    """What Terraform says of each."""
    (folder / "main.tf").write_text(FOLDER, encoding="utf-8")
    assert TERRAFORM is not None
    tried = ", ".join(f'try({text}, "{REFUSED}")' for text in texts)
    run = subprocess.run(
        [TERRAFORM, "console"],
        cwd=folder,
        input=f"jsonencode([{tried}])\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    found: list[Any] = json.loads(json.loads(run.stdout.splitlines()[-1]))
    return found


@needs_terraform
@settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.generate],  # each example starts terraform
    suppress_health_check=list(HealthCheck),
)
@given(texts=st.lists(expressions(), min_size=60, max_size=90))
def test_what_is_known_is_what_terraform_says(
    texts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, followed = tmp_path_factory.mktemp("console"), 0
    for text, theirs in zip(texts, console(folder, texts), strict=True):
        try:
            mine = known(ours(text))
        except LookupError:
            continue  # what is not followed is unknown, never wrong
        followed += 1
        if theirs != REFUSED:  # what Terraform refuses deploys nothing
            assert mine == theirs, text
    assert followed > len(texts) / 2
