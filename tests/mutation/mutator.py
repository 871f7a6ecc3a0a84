"""A module's source in, its mutants out: one small slip each, of the kind that people make.

A mutant is the tree with one node changed, and it is changed back when the next one is asked for.
What a reader sees alone stays as it is: docstrings, annotations, sentences, messages of errors.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, NamedTuple

SAID = (ast.JoinedStr, ast.FormattedValue, ast.Raise, ast.Assert)
"""What holds words for people: nothing in it is changed."""

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
NAMED = {"min": "max", "max": "min", "any": "all", "all": "any", "sum": "max"}
ATTRIBUTES = {"ceil": "floor", "floor": "ceil", "append": "remove"}
UNITS = {1000: 1024, 1024: 1000, 60: 3600, 3600: 60, 24: 12, 730: 720, 8: 1, 100: 1}


class Mutant(NamedTuple):
    """A change: where it is, what it makes of what, and the function that holds it."""

    line: int
    what: str
    inside: str
    """The function's name with its classes', "" at the top of the module."""

    @property
    def key(self) -> str:
        """The change without its line, which moves with any other change of the module."""
        return f"{self.inside}: {self.what}"


class Place(NamedTuple):
    """A node, and where its parent holds it."""

    node: ast.AST
    parent: ast.AST
    field: str
    at: int | None
    inside: str

    def put(self, node: Any) -> None:
        """Replace the node in its parent."""
        if self.at is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.at] = node


def mutants(tree: ast.Module) -> Iterator[Mutant]:
    """Each mutant in turn: the tree is that mutant until the next one is asked for."""
    for place in list(_places(tree, "")):
        for new in _others(place):
            where = place.node if hasattr(place.node, "lineno") else place.parent
            ast.copy_location(new, where)
            place.put(ast.fix_missing_locations(new))
            what = f"{_shown(place.node)} -> {_shown(new)}"
            yield Mutant(getattr(where, "lineno", 0), what, place.inside)
            place.put(place.node)


def _shown(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 70 else f"{text[:50]} … {text[-18:]}"


def _places(parent: ast.AST, inside: str) -> Iterator[Place]:
    """Every node that may be changed, in the order of the source."""
    for field, value in ast.iter_fields(parent):
        if field in ("annotation", "returns", "decorator_list", "bases"):
            continue
        nodes = value if isinstance(value, list) else [value]
        for index, node in enumerate(nodes):
            if not isinstance(node, ast.AST) or isinstance(node, SAID[:2]):
                continue
            if _is_of_types_only(node) or (field == "body" and _is_field(parent, node)):
                continue
            named = isinstance(node, ast.FunctionDef | ast.ClassDef)
            within = f"{inside}.{node.name}".strip(".") if named else inside  # type: ignore[attr-defined]
            yield Place(node, parent, field, index if isinstance(value, list) else None, within)
            if not isinstance(node, SAID):
                yield from _places(node, within)


def _is_field(parent: ast.AST, node: ast.AST) -> bool:
    """Whether this is a class's own field: a process that has the class keeps what it was."""
    return isinstance(parent, ast.ClassDef) and not isinstance(node, ast.FunctionDef | ast.ClassDef)


def _is_of_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _others(place: Place) -> Iterator[ast.AST]:
    """What a node may become."""
    node = place.node
    if isinstance(node, ast.stmt):
        yield from _other_statements(node)
    elif isinstance(node, ast.expr):
        yield from _other_expressions(node, place)
    elif isinstance(node, ast.comprehension):
        for index in range(len(node.ifs)):
            rest = [*node.ifs[:index], *node.ifs[index + 1 :]]
            yield ast.comprehension(node.target, node.iter, rest, node.is_async)


def _other_statements(node: ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.Expr(value=ast.Call() | ast.YieldFrom() | ast.Yield()):
            yield ast.Pass()
        case ast.AugAssign() | ast.Raise() | ast.Delete():
            yield ast.Pass()
        case ast.Assign(targets=[ast.Subscript() | ast.Attribute()]):
            yield ast.Pass()
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.If(test=test, body=body, orelse=orelse):
            yield ast.If(ast.Constant(value=False), body, orelse)
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.Try(body=body, orelse=orelse, finalbody=last) if node.handlers:
            yield ast.If(ast.Constant(value=True), [*body, *orelse, *last], [])
        case ast.For(target=target, iter=over, body=body, orelse=orelse):
            late = ast.Slice(ast.Constant(1), None, None)
            listed = ast.Call(ast.Name("list", ast.Load()), [over], [])
            yield ast.For(target, ast.Subscript(listed, late, ast.Load()), body, orelse)
        case _:
            pass


def _other_expressions(node: ast.expr, place: Place) -> Iterator[ast.AST]:
    match node:
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.Constant(value=value):
            yield from _other_constants(value, place)
        case ast.Call():
            yield from _other_calls(node)
        case ast.Tuple(elts=elements, ctx=ast.Load()) | ast.List(elts=elements, ctx=ast.Load()):
            if len(elements) > 1 and place.field in ("value", "iter", "args", "comparators"):
                for left_out in (elements[0], elements[-1]):
                    rest = [each for each in elements if each is not left_out]
                    yield type(node)(rest, ast.Load())
        case _:
            yield from _other_operators(node)


def _other_operators(node: ast.expr) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            for other in COMPARED[type(op)]:
                yield ast.Compare(left, [other()], [right])
        case ast.Compare(left=left, ops=[first, *more], comparators=compared):
            yield ast.Compare(left, [COMPARED[type(first)][0](), *more], compared)
            yield ast.Compare(left, [first, *(COMPARED[type(op)][0]() for op in more)], compared)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in COMPUTED:
            if not (_is_text(left) or _is_text(right)):
                yield ast.BinOp(left, COMPUTED[type(op)](), right)
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            for index in range(len(values)):
                rest = [*values[:index], *values[index + 1 :]]
                yield ast.BoolOp(op, rest) if len(rest) > 1 else rest[0]
        case _:
            pass


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_text(node.left) or _is_text(node.right)
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _other_constants(value: object, place: Place) -> Iterator[ast.Constant]:
    """One more and one less, the unit that is often taken for it, and the other truth."""
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)
        yield ast.Constant(value - 1)
        if value in UNITS:
            yield ast.Constant(UNITS[int(value)])
    elif isinstance(value, str) and value:
        keyed = isinstance(place.parent, ast.Subscript | ast.Compare)
        if keyed or (isinstance(place.parent, ast.Set | ast.Tuple) and value.islower()):
            yield ast.Constant(f"{value}?")


def _other_calls(node: ast.Call) -> Iterator[ast.AST]:
    function, arguments, keywords = node.func, node.args, node.keywords
    if isinstance(function, ast.Name) and function.id in NAMED:
        yield ast.Call(ast.Name(NAMED[function.id], ast.Load()), arguments, keywords)
    if isinstance(function, ast.Attribute) and function.attr in ATTRIBUTES:
        other = ast.Attribute(function.value, ATTRIBUTES[function.attr], ast.Load())
        yield ast.Call(other, arguments, keywords)
    if isinstance(function, ast.Name) and function.id == "sorted":
        backwards = ast.keyword("reverse", ast.Constant(value=True))
        kept = [each for each in keywords if each.arg != "reverse"]
        yield ast.Call(function, arguments, [*kept, *([backwards] * (kept == keywords))])
        yield ast.Call(ast.Name("list", ast.Load()), arguments, [])
    even = isinstance(function, ast.Name) and function.id in (*NAMED, "isinstance")
    starred = any(isinstance(each, ast.Starred) for each in arguments)
    if len(arguments) == 2 and not even and not starred:
        yield ast.Call(function, arguments[::-1], keywords)
    for index, each in enumerate(keywords):
        if each.arg and not isinstance(each.value, ast.JoinedStr):
            yield ast.Call(function, arguments, [*keywords[:index], *keywords[index + 1 :]])
