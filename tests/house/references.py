"""Which names of advisor/ the program reaches: from its command line, its library and scripts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = [
    *sorted(ROOT.glob("scripts/*.py")),
    *sorted(ROOT.glob("bench/*.py")),
    ROOT / "hatch_build.py",
]

Name = tuple[str, str]  # module, and a name at its top; empty for what the module does on import


class Module(NamedTuple):
    """A module as its top-level names with the code that defines each."""

    name: str
    code: dict[str, list[ast.AST]]
    imports: dict[str, Name]  # a name that is bound by an import anywhere -> what it means


def unreached() -> list[str]:
    """Public names at the top of advisor's modules that nothing but tests can reach."""
    modules = {name: _module(name, path) for name, path in _paths().items()}
    programs = [_module(path.stem, path) for path in PROGRAMS]
    words = {word for module in (*modules.values(), *programs) for word in _words(module)}
    for checks in (ROOT / "rules" / "checks").glob("*.yaml"):  # what a check in Python is called
        words |= set(re.findall(r"^ +python: \w+\.(\w+)$", checks.read_text("utf-8"), re.MULTILINE))
    reached: set[Name] = set()
    library = modules["advisor"].imports.values()
    waiting: list[Name] = [("advisor.cli", "main"), ("advisor", "__all__"), *library]
    for program in programs:
        for code in program.code.values():
            waiting += _meant(program, code, modules, words)
    while waiting:
        name = waiting.pop()
        if name[0] not in modules or name in reached:
            continue
        module = modules[name[0]]
        reached.add(name)
        waiting += [(module.name, "")]
        waiting += _meant(module, module.code.get(name[1], []), modules, words)
        waiting += [module.imports[name[1]]] if name[1] in module.imports else []
    return sorted(
        f"{module.name}.{name}"
        for module in modules.values()
        for name in module.code
        if not name.startswith("_") and name and (module.name, name) not in reached
    )


def _paths() -> dict[str, Path]:
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted((ROOT / "advisor").rglob("*.py"))
    }


def _module(name: str, path: Path) -> Module:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    code: dict[str, list[ast.AST]] = {"": []}
    for statement in tree.body:
        for defined in _defined(statement) or [""]:
            code.setdefault(defined, []).append(statement)
        if any(_registers(each) for each in getattr(statement, "decorator_list", ())):
            code[""].append(statement)
    return Module(name, code, dict(_imports(tree)))


def _defined(statement: ast.stmt) -> list[str]:
    """The names that a statement at the top of a module defines."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Assign):
        return [each.id for each in statement.targets if isinstance(each, ast.Name)]
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return [statement.target.id]
    return []


def _registers(decorator: ast.expr) -> bool:
    """Whether a decorator hands a function to somebody who calls it: a command to its group."""
    return not isinstance(decorator, ast.Name)


def _imports(tree: ast.Module) -> Iterator[tuple[str, Name]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield alias.asname or alias.name, (node.module, alias.name)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0], (alias.name, "")


def _words(module: Module) -> Iterator[str]:
    """Texts and attributes by which a name can be looked up while the program runs."""
    for code in module.code.values():
        for statement in code:
            for node in ast.walk(statement):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value
                elif isinstance(node, ast.Attribute):
                    yield node.attr


def _meant(
    module: Module, code: list[ast.AST], modules: dict[str, Module], words: set[str]
) -> Iterator[Name]:
    """The names that code refers to."""
    for statement in code:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name):
                yield module.imports.get(node.id, (module.name, node.id))
            elif isinstance(node, ast.FunctionDef):
                yield module.name, node.name
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                holder, inside = module.imports.get(node.value.id, ("", ""))
                yield f"{holder}.{inside}".removesuffix("."), node.attr
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from _looked_up(node.value, modules, words)
            elif isinstance(node, ast.ImportFrom | ast.Import):
                for alias in node.names:
                    holder = getattr(node, "module", None) or alias.name
                    yield from ((holder, ""), (f"{holder}.{alias.name}", ""))


def _looked_up(text: str, modules: dict[str, Module], words: set[str]) -> Iterator[Name]:
    """What a text takes from the modules that it names, or whose names it begins."""
    if not text.startswith("advisor."):
        return
    for name, module in modules.items():
        if name == text or (text[-1] in "_." and name.startswith(text)):
            yield from ((name, each) for each in module.code if each in words)
