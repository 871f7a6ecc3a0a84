"""The same Terraform written otherwise: in locals, modules, counts, several files, JSON, a plan.

Each rewrite takes the files of a folder and gives files that deploy the same. They edit the text at
the places that the tree of the reader names, and know nothing of what the gate looks for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from advisor.configuration.source import SourceText
from advisor.configuration.terraform import hcl_tree as hcl
from advisor.configuration.terraform.hcl_expressions import read_hcl

Files = Mapping[str, str]
Rewrite = Callable[[str, int], Files]

_META = ("count", "for_each", "depends_on", "provider")
_ADDRESS = re.compile(r"\b(aws_\w+)\.([\w-]+)")


class Literal(NamedTuple):
    """A value as it is written, and where: offsets into the text."""

    start: int
    end: int
    text: str


def blocks_of(text: str) -> list[tuple[hcl.HclBlock, str]]:
    """The blocks of a file, each with its text."""
    body = read_hcl(SourceText("main.tf", text))
    lines = text.splitlines(keepends=True)
    starts = [block.mark.line - 1 for block in body.blocks] + [len(lines)]
    return [
        (block, "".join(lines[start:end]))
        for block, start, end in zip(body.blocks, starts, starts[1:], strict=False)
    ]


def literals_of(text: str) -> list[Literal]:
    """The values of arguments of resources that stand alone on the rest of their line."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found: list[Literal] = []
    for block, _ in blocks_of(text):
        if block.type != "resource":
            continue
        for attribute in _attributes(block.body):
            value = attribute.value
            if not isinstance(value, hcl.Literal) or value.value is None:
                continue
            start = starts[value.mark.line - 1] + value.mark.column - 1
            written = text[start : start + value.mark.width]
            if text[start + value.mark.width : start + value.mark.width + 1] in ("\n", ""):
                found.append(Literal(start, start + value.mark.width, written))
    return found


def _attributes(body: hcl.Body) -> Iterator[hcl.Attribute]:
    for name, attribute in body.attributes.items():
        if name not in _META:
            yield attribute
    for block in body.blocks:
        if block.type != "lifecycle":
            yield from _attributes(block.body)


def replaced(text: str, chosen: int, name: Callable[[int], str]) -> tuple[str, list[str]]:
    """The text with some values named otherwise, and these values; ``chosen`` is a bit for each."""
    values: list[str] = []
    found = [each for n, each in enumerate(literals_of(text)) if chosen >> (n % 24) & 1]
    for literal in reversed(found):
        values.append(literal.text)
        text = text[: literal.start] + name(len(values) - 1) + text[literal.end :]
    return text, values


def in_locals(text: str, chosen: int) -> Files:
    """Values in locals, every second through another local."""
    text, values = replaced(text, chosen, lambda n: f"local.v{n}")
    lines = [
        f"  v{n} = local.w{n}\n  w{n} = {v}\n" if n % 2 else f"  v{n} = {v}\n"
        for n, v in enumerate(values)
    ]
    return {"main.tf": text, "locals.tf": f"locals {{\n{''.join(lines)}}}\n"}


def in_values(text: str, chosen: int) -> Files:
    """Values in terraform.tfvars."""
    text, values = replaced(text, chosen, lambda n: f"var.v{n}")
    declared = "".join(f'variable "v{n}" {{}}\n' for n in range(len(values)))
    given = "".join(f"v{n} = {v}\n" for n, v in enumerate(values))
    return {"main.tf": text, "variables.tf": declared, "terraform.tfvars": given}


def in_module(text: str, chosen: int) -> Files:
    """All in a module; values as arguments, as omitted arguments, and through an object."""
    text, values = replaced(text, chosen, lambda n: f"var.o.v{n}" if n % 3 == 2 else f"var.v{n}")
    own, given, members, kinds = "", "", "", ""
    for n, value in enumerate(values):
        if n % 3 == 0:
            own += f'variable "v{n}" {{\n  default = null\n}}\n'
            given += f"  v{n} = {value}\n"
        elif n % 3 == 1:
            own += f'variable "v{n}" {{\n  default = {value}\n}}\n'
        else:
            members += f"    v{n} = {value}\n"
            kinds += f"    v{n} = any\n"
    own += f'variable "o" {{\n  type = object({{\n{kinds}  }})\n}}\n'
    call = f'module "m" {{\n  source = "./m"\n{given}  o = {{\n{members}  }}\n}}\n'
    return {"m/main.tf": text, "m/variables.tf": own, "main.tf": call}


def in_nested_modules(text: str, chosen: int) -> Files:
    """All in a module of a module; values are handed down from the root's tfvars."""
    text, values = replaced(text, chosen, lambda n: f"var.v{n}")
    declared = "".join(f'variable "v{n}" {{}}\n' for n in range(len(values)))
    handed = "".join(f"  v{n} = var.v{n}\n" for n in range(len(values)))

    def call(name: str, source: str) -> str:
        return f'module "{name}" {{\n  source = "{source}"\n{handed}}}\n'

    return {
        "modules/inner/main.tf": text + declared,
        "modules/outer/main.tf": call("inner", "../inner") + declared,
        "live/main.tf": call("outer", "../modules/outer") + declared,
        "live/terraform.tfvars": "".join(f"v{n} = {v}\n" for n, v in enumerate(values)),
    }


def in_two_modules(text: str, chosen: int) -> Files:
    """Models in one module, the rest in another, which is handed the outputs of the first."""
    first = second = ""
    for block, written in blocks_of(text):
        models = block.labels[:1] == ("aws_sagemaker_model",)
        shared = block.type in ("locals", "variable", "provider", "terraform")
        first += written if models or shared else ""
        second += "" if models else written
    handed = sorted(set(re.findall(r"\baws_sagemaker_model\.[\w-]+\.\w+", second)))
    names = {each: each.replace(".", "_") for each in handed}
    for each, name in names.items():
        second = re.sub(rf"\b{re.escape(each)}\b", f"var.{name}", second)
        first += f'output "{name}" {{\n  value = {each}\n}}\n'
        second += f'variable "{name}" {{}}\n'
    given = "".join(f"  {name} = module.models.{name}\n" for name in names.values())
    root = 'module "models" {\n  source = "./models"\n}\n'
    root += f'module "rest" {{\n  source = "./rest"\n{given}}}\n'
    return {"main.tf": root, "models/main.tf": first, "rest/main.tf": second}


def counted(text: str, chosen: int) -> Files:
    """Every resource with a count of one, or for each of one key; references follow."""
    index = {
        ".".join(block.labels): '["k"]' if number % 2 else "[0]"
        for number, (block, _) in enumerate(blocks_of(text))
        if block.type == "resource" and not {"count", "for_each"} & set(block.body.attributes)
    }
    made = ""
    for block, written in blocks_of(text):
        body = _ADDRESS.sub(lambda found: found[0] + index.get(found[0], ""), written)
        key = index.get(".".join(block.labels)) if block.type == "resource" else None
        if key is not None:
            head, _, rest = body.partition("{")
            many = 'for_each = toset(["k"])' if key == '["k"]' else "count = local.on ? 1 : 0"
            body = f"{head}{{\n  {many}{rest if rest.startswith(chr(10)) else chr(10) + rest}"
        made += body
    return {"main.tf": made, "on.tf": "locals {\n  on = true\n}\n"}


def in_files(text: str, chosen: int) -> Files:
    """A file for each block."""
    return {f"part-{n:02}.tf": written for n, (_, written) in enumerate(blocks_of(text))}


def as_json(text: str, chosen: int) -> Files:
    """In the JSON syntax."""
    table: dict[str, Any] = {}
    for block, _ in blocks_of(text):
        holder = table.setdefault(block.type, {} if block.labels else [])
        if not block.labels:
            holder.append(_json_body(block.body))
            continue
        for label in block.labels[:-1]:
            holder = holder.setdefault(label, {})
        holder[block.labels[-1]] = _json_body(block.body)
    return {"main.tf.json": json.dumps(table, indent=2, ensure_ascii=False)}


def _json_body(body: hcl.Body) -> dict[str, Any]:
    made: dict[str, Any] = {name: json_of(a.value) for name, a in body.attributes.items()}
    if "ignore_changes" in made:  # names, which JSON writes as texts without a place
        made["ignore_changes"] = [item[2:-1] for item in made["ignore_changes"]]
    for block in body.blocks:
        inner = _json_body(block.body)
        if block.labels:
            made.setdefault(block.type, []).append({block.labels[0]: inner})
        else:
            made.setdefault(block.type, []).append(inner)
    return made


class NotSaidError(Exception):
    """A rewrite that cannot say an expression."""


def json_of(expression: Any) -> Any:
    """An expression as JSON: values as they are, the rest as a text with a place."""
    match expression:
        case hcl.Literal(value=str(value)):
            return value.replace("${", "$${").replace("%{", "%%{")
        case hcl.Literal(value=value):
            return value
        case hcl.Listing(items=items):
            return [json_of(item) for item in items]
        case hcl.Mapping(pairs=pairs):
            return {str(json_of(key)): json_of(value) for key, value in pairs}
        case hcl.Interpolation(parts=parts):
            return "".join(p if isinstance(p, str) else f"${{{name_of(p)}}}" for p in parts)
        case _:
            return f"${{{name_of(expression)}}}"


def name_of(expression: Any) -> str:
    """A name with its steps, as it is written."""
    if not isinstance(expression, hcl.Traversal):
        raise NotSaidError
    made = expression.root
    for step in expression.steps:
        if isinstance(step, str):
            made += f".{step}"
        elif isinstance(step, hcl.Literal):
            made += f"[{json.dumps(step.value)}]"
        else:
            raise NotSaidError
    return made


def as_plan(text: str, chosen: int) -> Files:
    """What ``terraform show -json`` would say of it, in a module where ``chosen`` is odd."""
    module = "module.m." if chosen % 2 else ""
    changes, resources = [], []
    for block, _ in blocks_of(text):
        if block.type != "resource" or len(block.labels) != 2:
            raise NotSaidError
        values, hidden, expressions = _planned(block.body)
        address = ".".join(block.labels)
        kind, name = block.labels
        change = {"actions": ["create"], "after": values, "after_unknown": hidden}
        entry = {"type": kind, "name": name, "mode": "managed"}
        changes.append({**entry, "address": module + address, "change": change})
        resources.append({**entry, "address": address, "expressions": expressions})
    inside: dict[str, Any] = {"resources": resources}
    if module:
        inside = {"module_calls": {"m": {"source": "./m", "module": inside}}}
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {},
        "resource_changes": changes,
        "configuration": {"root_module": inside},
    }
    return {"plan.json": json.dumps(plan, indent=2)}


def _planned(body: hcl.Body) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Values, what is known after apply only, and the expressions, of a block."""
    values: dict[str, Any] = {}
    hidden: dict[str, Any] = {}
    expressions: dict[str, Any] = {}
    for name, attribute in body.attributes.items():
        if name in _META:
            raise NotSaidError
        value = attribute.value
        if isinstance(value, hcl.Traversal):
            written = name_of(value)
            references = [written, written.rpartition(".")[0]]
            hidden[name], expressions[name] = True, {"references": references}
            continue
        values[name] = plain(value)
        expressions[name] = {"constant_value": values[name]}
    for block in body.blocks:
        if block.labels or block.type in ("lifecycle", "provisioner"):
            raise NotSaidError
        for table, made in zip((values, hidden, expressions), _planned(block.body), strict=True):
            table.setdefault(block.type, []).append(made)
    return values, hidden, expressions


def plain(expression: Any) -> Any:
    """The value of an expression that is known before the deployment."""
    match expression:
        case hcl.Literal(value=value):
            return value
        case hcl.Listing(items=items):
            return [plain(item) for item in items]
        case hcl.Mapping(pairs=pairs):
            return {str(plain(key)): plain(value) for key, value in pairs}
        case _:
            raise NotSaidError


REWRITES: Mapping[str, Rewrite] = {
    each.__name__: each
    for each in (
        in_locals,
        in_values,
        in_module,
        in_nested_modules,
        in_two_modules,
        counted,
        in_files,
        as_json,
        as_plan,
    )
}
