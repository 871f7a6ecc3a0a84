"""Our reader of HCL reads what python-hcl2 reads, keeps places, and refuses the rest with one."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from advisor.configuration.files import read_source
from advisor.configuration.source import SourceText
from advisor.configuration.terraform import hcl_tree as hcl
from advisor.configuration.terraform.hcl_expressions import read_hcl
from advisor.model.errors import InputError

hcl2 = pytest.importorskip("hcl2")

CORPUS = Path(__file__).parents[1] / "corpus" / "terraform"

SYNTAX = """\
variable "a" {
  type    = list(object({ x = optional(string, "q") }))
  default = { b = 1, "c" = true, d = null, (var.x) = "y" }
}
resource "t" "n" {
  name  = "x-${var.a}-y" # a comment
  plain = "s\\"q\\n\\\\ $${kept} %%{kept}"
  list  = [1, 2.5, "x", var.z, ]
  test  = var.a ? 1 : "b"
  sum   = 1 + 2 * 3 - -4 / 5 % 6
  minus = -1
  call  = merge({ a = 1 }, local.b, [for x in var.y : x if x != ""])
  index = var.a[0].b["c"]
  splat = [aws.x.*.y, aws.x[*].y, aws.x[0].y]
  many  = { for k, v in var.y : k => v... }
  logic = !var.a && (var.b || var.c) && 1 >= 2 && 3 != 4
  nest  = "${var.b ? "yes-${var.c}" : "no"}"
  multi = {
    one = 1
    two : "2",
    three = [
      "a", /* inside */
      "b"
    ]
  }
  block {
    x = 1
  }
  block {
    x = 2
  }
  dynamic "z" {
    for_each = var.q
    content {
      y = z.value
    }
  }
}
// the end
"""


def spelt(expression: Any) -> str:
    """An expression of ours as HCL."""
    match expression:
        case hcl.Literal():
            return json.dumps(expression.value, ensure_ascii=False)
        case hcl.Interpolation():
            parts = [p if isinstance(p, str) else "${" + spelt(p) + "}" for p in expression.parts]
            return '"' + "".join(parts) + '"'
        case hcl.Traversal():
            return expression.root + steps(expression.steps)
        case hcl.Access():
            return spelt(expression.base) + steps(expression.steps)
        case hcl.FunctionCall():
            return expression.name + "".join(map(spelt, expression.arguments))
        case hcl.Listing():
            return "[" + "".join(map(spelt, expression.items)) + "]"
        case hcl.Mapping():
            pairs = [key(k) + spelt(v) for k, v in expression.pairs]
            return "{" + "".join(pairs) + "}"
        case hcl.Conditional():
            return spelt(expression.test) + "?" + spelt(expression.yes) + spelt(expression.no)
        case hcl.Operation():
            first, *rest = map(spelt, expression.operands)
            return first + expression.operator + rest[0] if rest else expression.operator + first
        case _:
            return "FOR"  # read, and its parts not kept: compared up to here


def key(expression: Any) -> str:
    plain = isinstance(expression, hcl.Literal) and isinstance(expression.value, str)
    return str(expression.value) if plain else spelt(expression)


def steps(items: tuple[Any, ...]) -> str:
    return "".join(f".{item}" if isinstance(item, str) else f"[{spelt(item)}]" for item in items)


def tokens(text: str) -> str:
    """Both spellings reduced to what a reader must agree on."""
    text = text.partition("FOR")[0] if "FOR" in text else re.split(r"[\[{]for\b", text)[0]
    text = text.replace("$$", "").replace("%%", "%")  # an escape is two signs, its value is one
    text = text.replace(".*", "[*]").replace("[*]", "*").replace("${", "").replace('"', "")
    return re.sub(r"['\s(),=:{}\[\].\\]+", "", text)


def compare(body: hcl.Body, theirs: dict[str, Any], where: str) -> int:
    """Compare a body with python-hcl2's; the number of values that were compared."""
    count = 0
    blocks: dict[str, list[hcl.HclBlock]] = {}
    for block in body.blocks:
        blocks.setdefault(block.type, []).append(block)
    own = {*body.attributes, *blocks}
    assert own == {name for name in theirs if not name.startswith("__")}, where
    for name, attribute in body.attributes.items():
        count += 1
        other = theirs[name]
        place = f"{where}.{name}"
        if isinstance(attribute.value, hcl.Literal) and not isinstance(attribute.value.value, str):
            assert attribute.value.value == other, place
        elif "<<" not in str(other):
            assert tokens(spelt(attribute.value)) == tokens(said(other)), place
    for kind, mine in blocks.items():
        for block, other in zip(mine, theirs[kind], strict=True):
            inner = other
            for label in block.labels:
                inner = inner.get(json.dumps(label), inner.get(label))
            count += compare(block.body, inner, f"{where}.{kind}.{'.'.join(block.labels)}")
    return count


def said(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + "".join(f"{k}{said(v)}" for k, v in value.items() if k[:2] != "__") + "}"
    if isinstance(value, list):
        return "[" + "".join(map(said, value)) + "]"
    return value if isinstance(value, str) else json.dumps(value)


def test_it_reads_the_syntax_as_python_hcl2_does() -> None:
    import io

    ours = read_hcl(SourceText("main.tf", SYNTAX))
    assert compare(ours, hcl2.load(io.StringIO(SYNTAX)), "main.tf") == 19


@pytest.mark.parametrize(
    "path",
    sorted(CORPUS.rglob("*.tf"), key=str),
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_it_reads_real_files_as_python_hcl2_does(path: Path) -> None:
    try:
        with path.open(encoding="utf-8") as stream:
            theirs = hcl2.load(stream)
    except Exception:  # noqa: BLE001 - lark raises its own kinds
        with pytest.raises(InputError):
            read_hcl(read_source(str(path)))
        return
    assert compare(read_hcl(read_source(str(path))), theirs, path.name) > 0


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("a = [1,", 1, 8, "expected a name"),
        ('a = "x\n', 1, 5, 'closing " is missing'),
        ("b {\n  a = 1\n", 1, 1, "} of the block"),
        ("a = <<E\nfoo\n", 1, 5, "a line with E, is missing"),
        ("x = 1 2\n", 1, 7, "end of the line"),
        ("}\n", 1, 1, "expected a name"),
        ('a = "\\q"\n', 1, 6, "backslash"),
        ("a = {b 1}\n", 1, 8, "expected ="),
        ("a = var.x ? 1\n", 2, 1, "second part of a conditional"),
        ("a = f(1 2)\n", 1, 9, "a comma or )"),
        ('a = "\\UFFFFFFFF"\n', 1, 6, "no character"),
        ('a = "%{ if x"\n', 1, 6, "} of this directive"),
        ("a = " + "[" * 200, 1, 104, "more than 100 levels"),
    ],
)
def test_what_is_no_hcl_is_refused_with_a_place(
    text: str, line: int, column: int, message: str
) -> None:
    with pytest.raises(InputError, match="not valid HCL") as caught:
        read_hcl(SourceText("main.tf", text))
    assert (caught.value.line, caught.value.column) == (line, column)
    assert message in str(caught.value)


def test_every_value_has_its_place() -> None:
    body = read_hcl(
        SourceText("main.tf", 'a {\n  b   = "x"\n  c = [\n    1,\n    two.x,\n  ]\n}\n')
    )
    block = body.blocks[0].body
    assert block.attributes["b"].mark[1:] == (2, 3, 1)
    assert block.attributes["b"].value.mark[1:] == (2, 9, 3)
    listing = block.attributes["c"].value
    assert isinstance(listing, hcl.Listing)
    assert [item.mark[1:3] for item in listing.items] == [(4, 5), (5, 5)]


# What `terraform validate` of 1.11.4 takes: white space between the steps of a name means nothing.
@pytest.mark.parametrize(
    ("spaced", "plain"),
    [
        ("var. role", "var.role"),
        ("var .role", "var.role"),
        ("local.o. x . y", "local.o.x.y"),
        ("local.l [0]", "local.l[0]"),
        ("local.l. 0", "local.l.0"),
        ("local.l [*].x", "local.l[*].x"),
        ("local.l. *", "local.l.*"),
        ("local.l[0] /* why */ .x", "local.l[0].x"),
        ('upper ("a")', 'upper("a")'),
        ("[local.l\n [0]\n, 1]", "[local.l[0], 1]"),
        ("f(local.l ...)", "f(local.l...)"),
    ],
)
def test_white_space_between_the_steps_of_a_name_means_nothing(spaced: str, plain: str) -> None:
    one, other = (read_hcl(SourceText("main.tf", f"v = {text}\n")) for text in (spaced, plain))
    assert spelt(one.attributes["v"].value) == spelt(other.attributes["v"].value)


TERRAFORM = shutil.which("terraform")
BITS = (
    *(
        " ",
        "\n",
        "\t",
        "/* c */",
        "# c\n",
        '"',
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ".",
        "..",
        "...",
        "=",
    ),
    *(
        "==",
        "!",
        "-",
        "+",
        "?",
        ":",
        ",",
        "${",
        "%{",
        "$${",
        "<<E\nx\nE\n",
        "<<-E\n x\n E\n",
        "var.x",
    ),
    *(
        "null",
        "1.5e3",
        "for",
        "if",
        "in",
        "=>",
        "*",
        "[*]",
        "a::b(1)",
        "é",
        '"%{ if true }a%{ endif }"',
    ),
    *(
        "\\n",
        "0x1",
        "&&",
        "||",
        "%",
        "<",
        "${~ a ~}",
        "{ a = 1, b : 2 }",
        "{ (a) = 1 }",
        "{ a.b = 1}",
    ),
    *("(\na\n)", "[\n]", "a ? b : c", "!a", "- 1", "//", '"\\u00e9"', "one {}", "one { a = 1 }\n"),
)


@pytest.mark.skipif(TERRAFORM is None, reason="terraform is not installed")
@settings(
    max_examples=2, deadline=None, phases=[Phase.generate], suppress_health_check=[*HealthCheck]
)
@given(seed=st.integers(0, 2**32))
def test_it_reads_whatever_terraform_reads(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # Real files with a token or two put in, taken out or replaced; each example starts terraform.
    folder, choose = tmp_path_factory.mktemp("fmt"), Random(seed)
    texts = [SYNTAX, *(path.read_text(encoding="utf-8") for path in CORPUS.rglob("*.tf"))]
    for number in range(300):
        blocks = choose.choice(texts).split("\n}\n")
        start = choose.randrange(len(blocks))
        parts = re.findall(r"[\w-]+|\S|\s+", "\n}\n".join(blocks[start : start + 2]) + "\n}\n")
        for _ in range(choose.randint(1, 2)):
            at = choose.randrange(len(parts))
            parts[at : at + choose.randint(0, 1)] = [choose.choice(("", *BITS))]
        (folder / f"f{number}.tf").write_text("".join(parts), encoding="utf-8")
    assert TERRAFORM is not None
    options = ["-write=false", "-list=false", "-no-color"]
    run = subprocess.run(
        [TERRAFORM, "fmt", *options, str(folder)], capture_output=True, text=True, check=False
    )
    refused = set(re.findall(r"on \S*?(f\d+\.tf) line", run.stdout + run.stderr))
    assert len(refused) < 290
    for path in sorted(folder.iterdir()):
        # A number right after a name is two tokens to Terraform's scanner and one name to ours.
        if path.name not in refused and "1.5e3" not in path.read_text(encoding="utf-8"):
            read_hcl(read_source(str(path)))


def test_a_heredoc_loses_its_indentation_only_when_told() -> None:
    text = "a = <<-E\n    one\n      two\n  E\nb = <<E\n  kept\nE\n"
    body = read_hcl(SourceText("main.tf", text))
    values = {name: item.value for name, item in body.attributes.items()}
    assert isinstance(values["a"], hcl.Literal)
    assert values["a"].value == "one\n  two\n"
    assert isinstance(values["b"], hcl.Literal)
    assert values["b"].value == "  kept\n"


def test_a_text_may_hold_escapes_and_places() -> None:
    text = 'a = "\\u00e9\\n\\"$x%"\nb = "$${x} %%{y} ${~ z ~}"\nc = "%{ if x }y%{ endif }"\n'
    values = {
        name: item.value for name, item in read_hcl(SourceText("main.tf", text)).attributes.items()
    }
    escaped, places, directive = values.values()
    assert isinstance(escaped, hcl.Literal)
    assert escaped.value == 'é\n"$x%'
    assert isinstance(places, hcl.Interpolation)
    assert isinstance(directive, hcl.Interpolation)
    spelled = [part if isinstance(part, str) else spelt(part) for part in places.parts]
    assert spelled == ["${x} %{y} ", "z"]
    assert [isinstance(part, hcl.Opaque) for part in directive.parts] == [True, False, True]


@pytest.mark.parametrize("operator", ["+", "&&", "==", "*"])
def test_a_long_row_of_operators_is_refused_as_deep(operator: str) -> None:
    row = f" {operator} ".join(["1"] * 2_000)
    with pytest.raises(InputError, match="more than 100 levels"):
        read_hcl(SourceText("main.tf", f"locals {{\n  a = {row}\n}}\n"))
    read_hcl(SourceText("main.tf", f"locals {{\n  a = {row[: 60 * (len(operator) + 3) + 1]}\n}}\n"))
