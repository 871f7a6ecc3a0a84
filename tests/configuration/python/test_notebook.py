# ruff: noqa: E501 - programs as they are written
"""Notebooks: cells in order, magics left out, each value where the file has its line."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.configuration.python.notebook import read_notebook
from advisor.configuration.source import SourceText
from advisor.model.errors import InputError
from tests.configuration.python.test_calls import plain
from tests.fuzz.drive import drive


def notebook(*cells: str | list[str], kind: str = "code", **more: Any) -> str:
    listed: list[Any] = [
        {"cell_type": kind, "metadata": {}, "outputs": [], "source": cell} for cell in cells
    ]
    return json.dumps(
        {"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}, indent=1
    )


def calls(text: str) -> list[tuple[str, dict[str, Any]]]:
    found = read_notebook(SourceText("a.ipynb", text))
    resources = found.worlds[0].resources if found is not None else ()
    return [(each.address, plain(each.body)) for each in resources]


def test_cells_are_one_module_and_say_where() -> None:
    text = notebook(
        ["%pip install sagemaker\n", "!ls -l\n", "import boto3\n", "sm = boto3.client('sagemaker')"],
        "%%bash\naws s3 ls",
        ["name = 'm'\n", "files = !ls\n", "sm?\n", "if True:\n", "    %matplotlib inline\n", "    sm.create_model(ModelName=name)\n"],
        "this is no Python",
        ["sm.create_endpoint(\n", "    EndpointName='e',\n", ")"],
    )  # fmt: skip
    assert calls(text) == [
        ("cell 3: CreateModel", {"ModelName": "m"}),
        ("cell 5: CreateEndpoint", {"EndpointName": "e"}),
    ]
    found = read_notebook(SourceText("a.ipynb", text))
    assert found is not None
    value = found.worlds[0].resources[1].body.value["EndpointName"].mark
    line = text.split("\n")[value.line - 1]
    assert line[value.column - 1 :].startswith("'e'")


@pytest.mark.parametrize(
    "text",
    [
        notebook("sm.create_model(ModelName='m')", kind="markdown"),
        notebook("sm.create_model(ModelName='m')", kind="raw"),
        notebook("%%R\nsm.create_model(ModelName='m')"),
        notebook("sm.create_model(ModelName='m')", metadata={"kernelspec": {"language": "R"}}),
        '{"cells": null}', '{"cells": [null, 1, {}]}', '{"cells": [{"cell_type": "code", "source": [1, null]}]}',
        '{"cells": [{"cell_type": "code", "source": {"a": 1}}]}', "[]", "{}", "1", '"x"', "null",
    ],
)  # fmt: skip
def test_what_holds_no_calls(text: str) -> None:
    assert calls(text) == []


def test_the_old_form_of_notebooks() -> None:
    text = json.dumps(
        {
            "worksheets": [
                {"cells": [{"cell_type": "code", "input": "sm.create_model(ModelName='m')"}]}
            ]
        }
    )
    assert calls(text) == [("cell 1: CreateModel", {"ModelName": "m"})]


@pytest.mark.parametrize("text", ["", "{", "print('a')"])
def test_what_is_no_notebook_is_said(text: str) -> None:
    with pytest.raises(InputError):
        calls(text)


LINES = st.sampled_from(
    [
        "%magic",
        "!x",
        "x = 1",
        "",
        "  ",
        "if x:",
        "    y",
        "?",
        "x?",
        "'''",
        "%%time",
        "def f(:",
        "é = '漢'",
        "\t!z",
    ]
)


@given(st.lists(st.lists(LINES, max_size=5), max_size=4))
def test_no_cell_hides_another(cells: list[list[str]]) -> None:
    text = notebook(*("\n".join(lines) for lines in cells), "sm.create_model(ModelName='m')")
    assert calls(text)[-1][1] == {"ModelName": "m"}


def test_a_large_notebook_is_passed_over_or_bounded(tmp_path: Path) -> None:
    picture = {
        "cell_type": "code",
        "source": "x",
        "outputs": [{"data": {"image/png": "A" * 50_000_000}}],
    }
    (tmp_path / "a.ipynb").write_text(
        json.dumps(
            {
                "cells": [
                    picture,
                    {"cell_type": "code", "source": "import sagemaker\nm.deploy(1, 'ml.x')"},
                ]
            }
        )
    )
    start = time.process_time()
    for command in (("check", "."), ("check", "a.ipynb"), ("check", "--pass-over", "a.ipynb")):
        done = drive(tmp_path, command)
        assert not done.wrong, done.err
        assert "more than 32 MB" in done.out + done.err
    assert time.process_time() > start


def test_findings_name_the_cell_and_the_line(tmp_path: Path) -> None:
    text = notebook(
        "import boto3, sagemaker",
        "sm.create_endpoint_config(EndpointConfigName='e', ProductionVariants=[])",
    )
    (tmp_path / "a.ipynb").write_text(text)
    done = drive(tmp_path, ("check", "."))
    assert done.code == 0
    assert "a.ipynb:" in done.out
    assert "cell 2: CreateEndpointConfig" in done.out
