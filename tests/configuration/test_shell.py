"""Bodies of the AWS CLI in scripts: read where they stand, and what the shell fills in unknown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.configuration.document import PARTIAL, Document, walk
from advisor.configuration.shell import read_script
from advisor.configuration.source import SourceText
from advisor.gate.run import CheckReport, check
from advisor.gate.settings import CheckOptions

BODY = '{"ModelName": "m", "PrimaryContainer": {"Image": "i", "Mode": "SingleModel"}}'
CALL = "aws sagemaker create-model --cli-input-json "
FORMS = {
    "quoted": f"{CALL}'{BODY}'\n",
    "equals": f"aws sagemaker create-model --cli-input-json='{BODY}'\n",
    "lines": f"aws --profile x \\\n  sagemaker create-model \\\n  --cli-input-json \\\n '{BODY}'\n",
    "substituted": f'{CALL}"$(cat <<EOF\n{BODY}\nEOF\n)"\n',
    "input": f"{CALL}file:///dev/stdin <<'EOF'\n{BODY}\nEOF\n",
    "file before": f"cat > m.json <<EOF\n{BODY}\nEOF\n{CALL}file://m.json\n",
    "file after": f"cat <<-'END' > \"m.json\"\n{BODY}\n\tEND\n{CALL}file://m.json\n",
    "tee": f"tee m.json <<EOF\n{BODY}\nEOF\n{CALL}'file://m.json' --region x\n",
}


def read(text: str) -> Document | None:
    return read_script(SourceText("x.sh", text))


def run(path: Path) -> CheckReport:
    return check(CheckOptions(paths=[str(path)], as_of="2026-11-20"))


@pytest.mark.parametrize("form", FORMS)
def test_a_body_is_read_where_it_stands(form: str) -> None:
    text = "#!/bin/sh\n" + FORMS[form]
    document = read(text)
    assert document is not None
    [resource] = document.worlds[0].resources
    lines = text.split("\n")
    for _, node in walk(resource.body):
        if node.kind == "scalar":
            begins = lines[node.mark.line - 1][node.mark.column - 1 :]
            assert begins.startswith(json.dumps(node.value))
    assert (resource.kind, document.unread) == ("Model", ())
    assert (PARTIAL in resource.lifecycle) == (form == "tee")


def test_escaped_quotes_keep_their_columns() -> None:
    text = CALL + '"' + BODY.replace('"', '\\"') + '"\n'
    document = read(text)
    assert document is not None
    mode = document.worlds[0].resources[0].body.at("PrimaryContainer", "Mode")
    assert mode is not None
    assert (mode.value, text[mode.mark.column - 1 :][:13]) == ("SingleModel", '"SingleModel\\')


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ('"$NAME"', "unknown"),
        ('"${NAME}"', "unknown"),
        ('"a-$NAME"', "text"),
        ('"a-$(date +%s)-b"', "text"),
        ("$NAME", "unknown"),
        ("$N", "unknown"),
        ("`date`", "unknown"),
    ],
)
def test_what_the_shell_fills_in_is_not_known(written: str, kind: str) -> None:
    body = BODY.replace('"m"', written)
    document = read(f"cat > m.json <<EOF\n{body}\nEOF\n{CALL}file://m.json\n")
    assert document is not None
    body_read = document.worlds[0].resources[0].body
    assert (body_read.value["ModelName"].kind, body_read.value["PrimaryContainer"].kind) == (
        kind,
        "map",
    )


def test_a_list_with_a_member_of_the_shell_is_not_known() -> None:
    body = BODY.replace("}}", '}, "Tags": [$TAGS]}').replace('"PrimaryContainer"', '"Containers"')
    document = read(f"cat > m.json <<EOF\n{body}\nEOF\n{CALL}file://m.json\n")
    assert document is not None
    assert document.worlds[0].resources[0].body.value["Tags"].kind == "unknown"


def test_a_splice_and_another_option_leave_a_value_open() -> None:
    spliced = BODY.replace('"m"', '"\'"$NAME"\'"')
    document = read(f"{CALL}'{spliced}'\n{CALL}'{BODY}' --model-name other\n")
    assert document is not None
    kinds = [each.body.value["ModelName"].kind for each in document.worlds[0].resources]
    assert kinds == ["unknown", "unknown"]


@pytest.mark.parametrize(
    "text",
    [
        f"# {FORMS['quoted']}",
        f"{CALL}file://elsewhere.json\n",
        f"{CALL}'{{broken'\n",
        f"{CALL}'{BODY}\n",
        f"{CALL}'[1]'\n",
        FORMS["file before"].replace(' "m"', "$N"),
        f'{CALL}"$(cat <<EOF\n{BODY}\n',
        f"aws sagemaker list-models --cli-input-json '{BODY}'\n",
        (
            "aws application-autoscaling register-scalable-target --cli-input-json"
            ' \'{"ServiceNamespace": "ecs", "ResourceId": "x", "ScalableDimension": "y"}\'\n'
        ),
        CALL,
        "",
    ],
)
def test_what_is_no_body_of_ours_makes_nothing(text: str) -> None:
    assert read(text) is None


def test_findings_in_code_are_warnings_unless_the_file_is_named(tmp_path: Path) -> None:
    wrong = BODY.replace("SingleModel", "SingelModel")
    path = tmp_path / "deploy.sh"
    path.write_text(f"{CALL}'{wrong}'\naws sagemaker create-endpoint-config --x\n")
    told = f"{path}: calls of the API in code"
    for where, severity in ((tmp_path, "warning"), (path, "error")):
        report = run(where)
        found = [each for each in report.findings if each.rule == "unknown-value"]
        assert [(each.line, each.severity) for each in found] == [(1, severity)]
        assert (report.unread, report.errors, report.configurations) == ((told,), (), 1)
    path.write_text(f"{CALL}'{wrong}' # sm-advise: accept unknown-value: shows a mistake\n")
    states = {each.rule: each.status for each in run(path).findings}
    assert states["unknown-value"] == "accepted"


_PIECES = [
    *FORMS.values(),
    CALL,
    "'",
    '"',
    "$(",
    "${",
    "<<EOF\n",
    "EOF\n",
    "\\",
    "{",
    "}",
    "#",
    "\n",
]


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_odd_scripts_are_read_or_left(text: str) -> None:
    document = read(text)
    assert document is None or document.worlds[0].resources
