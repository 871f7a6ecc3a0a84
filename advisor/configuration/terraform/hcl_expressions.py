"""Expressions, attributes and blocks of HCL, the language of Terraform, to a tree with places.

Our own reader, because python-hcl2 keeps no places of values and takes a second for a file of 300
lines. It reads what python-hcl2 reads; a test compares the two on real files.
"""

from __future__ import annotations

import re
from typing import Any

from advisor.configuration.document import Mark
from advisor.configuration.source import DEEPEST, MOST_VALUES, SourceText
from advisor.configuration.terraform import hcl_tree as hcl
from advisor.configuration.yaml_nodes import Repeated
from advisor.model.errors import InputError

NAME = re.compile(r"[^\W\d][\w-]*")
_BLANK = re.compile(r"(?:[ \t\r]+|#[^\n]*|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_ALL_BLANK = re.compile(r"(?:\s+|#[^\n]*|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
HEREDOC = re.compile(r"<<(-?)([^\W\d][\w-]*)[ \t\r]*\n")
_ESCAPE = re.compile(r"\\(?:([nrt\"\\])|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_PLAIN = re.compile(r'[^"\\$%\n]+')
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_NUMBER = re.compile(r"\d{1,40}(?:\.\d{1,40})?(?:[eE][+-]?\d{1,4})?")
_DIGITS = re.compile(r"\d+")
_OPERATOR = re.compile(r"&&|\|\||==|!=|<=|>=|[<>+\-*/%]")
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}
_STRENGTH = {
    operator: strength
    for strength, operators in enumerate(("||", "&&", "== !=", "< > <= >=", "+ -", "* / %"), 1)
    for operator in operators.split()
}


class HclReader:
    """Reads expressions, attributes and blocks; ``end`` cuts the text short."""

    def __init__(self, source: SourceText, at: int = 0, end: int | None = None) -> None:
        self.source = source
        self.text = source.text if end is None else source.text[:end]
        self.at = at
        self.depth = 0
        self.count = 0

    def bad(self, what: str, at: int | None = None) -> InputError:
        """An error at the place where the reader stands, or at another."""
        return self.source.error(f"this is not valid HCL: {what}", self.at if at is None else at)

    def mark(self, start: int, end: int | None = None) -> Mark:
        """The place of a stretch of text that ends where the reader stands."""
        line, column = self.source.position(start)
        stop = self.at if end is None else end
        newline = self.text.find("\n", start, stop)
        return Mark(
            self.source.file, line, column, max(1, (stop if newline < 0 else newline) - start)
        )

    def blank(self, lines: bool = False) -> None:
        """Pass over white space and comments, line ends only when told."""
        found = (_ALL_BLANK if lines else _BLANK).match(self.text, self.at)
        if found:
            self.at = found.end()

    def peek(self, text: str) -> bool:
        """Whether a text stands here."""
        return self.text.startswith(text, self.at)

    def passes(self, text: str) -> bool:
        """Pass over a text where it stands here; whether it does."""
        found = self.peek(text)
        self.at += len(text) * found
        return found

    def take(self, text: str, what: str = "") -> None:
        """Pass over a text that must stand here."""
        if not self.passes(text):
            raise self.bad(f"expected {what or repr(text)} here")

    def name(self) -> str:
        """Pass over a name that must stand here."""
        found = NAME.match(self.text, self.at)
        if not found:
            raise self.bad("expected a name here")
        self.at = found.end()
        return found[0]

    def deeper(self) -> None:
        """Count a level and a value, both bounded."""
        self.depth += 1
        self.count += 1
        if self.depth > DEEPEST or self.count > MOST_VALUES:
            raise self.bad(f"more than {DEEPEST} levels or {MOST_VALUES:,} values")

    def quoted(self) -> hcl.Expression:
        """A text in quotes."""
        start = self.at
        self.at += 1
        parts: list[Any] = []
        while True:
            if self.at >= len(self.text) or self.text[self.at] == "\n":
                raise self.bad('the closing " is missing', start)
            if self.text[self.at] == '"':
                self.at += 1
                return self._whole(parts, start)
            if not self.place(parts):
                parts.append(self._piece())

    def _piece(self) -> str:
        """The next stretch of a quoted text that has no place in it."""
        plain = _PLAIN.match(self.text, self.at)
        if plain:
            self.at = plain.end()
            return plain[0]
        if self.text[self.at] != "\\":
            self.at += 1
            return self.text[self.at - 1]
        found = _ESCAPE.match(self.text, self.at)
        if not found:
            raise self.bad("a backslash here needs n, r, t, a quote, a backslash or u")
        self.at = found.end()
        if found[1]:
            return _ESCAPED[found[1]]
        number = int(found[2] or found[3], 16)
        if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
            raise self.bad("this escape is no character", found.start())
        return chr(number)

    def place(self, parts: list[Any]) -> bool:
        """Read ``${…}`` or ``%{…}`` where one stands here; ``$${`` is a text."""
        for sign in "$%":
            if self.passes(sign * 2 + "{"):
                parts.append(sign + "{")
                return True
            if self.peek(sign + "{"):
                start = self.at
                self.at += 2
                self.passes("~")
                self.blank(lines=True)
                if sign == "%":
                    parts.append(self._directive(start))
                else:
                    parts.append(self.expression(lines=True))
                    self.blank(lines=True)
                    self.passes("~")
                    self.take("}", "} after the expression")
                return True
        return False

    def _directive(self, start: int) -> hcl.Expression:
        """Pass over ``%{ if … }`` and its kin."""
        end = self.text.find("}", self.at)
        if end < 0:
            raise self.bad("the } of this directive is missing", start)
        self.at = end + 1
        return hcl.Opaque("a template directive", self.mark(start))

    def heredoc(self, found: re.Match[str]) -> hcl.Expression:
        """A text that ends at a line with its own word."""
        start = self.at
        ending = re.compile(rf"^[ \t]*{re.escape(found[2])}[ \t\r]*$", re.MULTILINE)
        stop = ending.search(self.text, found.end())
        if not stop:
            raise self.bad(f"the end of this text, a line with {found[2]}, is missing")
        parts: list[Any] = []
        inner = HclReader(self.source, found.end(), stop.start())
        inner.depth, inner.count = self.depth, self.count
        while inner.at < len(inner.text):
            if not inner.place(parts):
                following = [
                    at for sign in "$%" if (at := inner.text.find(sign, inner.at + 1)) >= 0
                ]
                end = min(following, default=len(inner.text))
                parts.append(inner.text[inner.at : end])
                inner.at = end
        self.count = inner.count
        self.at = stop.end()
        expression = self._whole(parts, start)
        return _dedented(expression) if found[1] else expression

    def _whole(self, parts: list[Any], start: int) -> hcl.Expression:
        """Pieces as one literal where they are all text, else as a template."""
        merged: list[Any] = []
        for part in parts:
            if isinstance(part, str) and merged and isinstance(merged[-1], str):
                merged[-1] += part
            else:
                merged.append(part)
        if not merged or (len(merged) == 1 and isinstance(merged[0], str)):
            return hcl.Literal(merged[0] if merged else "", self.mark(start))
        return hcl.Interpolation(tuple(merged), self.mark(start))

    def expression(self, strength: int = 0, lines: bool = False) -> hcl.Expression:
        """An expression; ``lines`` where line ends are white space."""
        start = self.at
        depth = self.depth
        self.deeper()
        left = self._unary(lines)
        while True:
            self.blank(lines)
            found = _OPERATOR.match(self.text, self.at)
            if not found or _STRENGTH[found[0]] <= strength:
                break
            self.deeper()  # the left side of each operator is one level deeper than the next
            self.at = found.end()
            self.blank(lines=True)
            right = self.expression(_STRENGTH[found[0]], lines)
            left = hcl.Operation(found[0], (left, right), self.mark(start))
        if strength == 0 and self.peek("?"):
            left = self._choice(left, start, lines)
        self.depth = depth
        return left

    def _choice(self, test: hcl.Expression, start: int, lines: bool) -> hcl.Expression:
        self.at += 1
        yes = self._spaced(lines)
        self.take(":", "the second part of a conditional, after :,")
        self.blank(lines=True)
        no = self.expression(lines=lines)
        return hcl.Conditional(test, yes, no, self.mark(start))

    def _unary(self, lines: bool) -> hcl.Expression:
        start = self.at
        if self.peek("!") or self.peek("-"):
            operator = self.text[self.at]
            self.at += 1
            self.blank(lines)
            self.deeper()
            operand = self._unary(lines)
            self.depth -= 1
            if (
                operator == "-"
                and isinstance(operand, hcl.Literal)
                and type(operand.value) in (int, float)
            ):
                return hcl.Literal(-operand.value, self.mark(start))
            return hcl.Operation(operator, (operand,), self.mark(start))
        return self._steps(self._term(), start, lines)

    def _ahead(self, text: str, lines: bool = False) -> bool:
        """Pass over white space where a text stands after it; whether it does."""
        before = self.at
        self.blank(lines)
        if self.peek(text):
            return True
        self.at = before
        return False

    def _term(self) -> hcl.Expression:
        start = self.at
        here = self.text[self.at : self.at + 1]
        if here == '"':
            return self.quoted()
        if here == "(":
            self.at += 1
            inner = self._spaced()
            self.take(")")
            return inner
        if here == "[":
            return self._listing()
        if here == "{":
            return self._mapping()
        heredoc = HEREDOC.match(self.text, self.at)
        if heredoc:
            return self.heredoc(heredoc)
        number = _NUMBER.match(self.text, self.at)
        if number:
            self.at = number.end()
            text = number[0]
            value = int(text) if text.isdigit() else float(text)
            return hcl.Literal(value, self.mark(start))
        return self._named(self.name(), start)

    def _named(self, name: str, start: int) -> hcl.Expression:
        if name in _WORDS:
            return hcl.Literal(_WORDS[name], self.mark(start))
        while self.passes("::"):
            name += "::" + self.name()
        if self._ahead("("):
            self.at += 1
            return hcl.FunctionCall(name, self._items(")"), self.mark(start))
        return hcl.Traversal(name, (), self.mark(start))

    def _items(self, closing: str) -> tuple[hcl.Expression, ...]:
        """Expressions with commas between them, up to a closing bracket; calls may spread one."""
        items: list[hcl.Expression] = []
        self.blank(lines=True)
        while not self.peek(closing):
            items.append(self._spaced())
            if closing == ")" and self.passes("..."):
                self.blank(lines=True)
            if not self.peek(closing):
                self.take(",", f"a comma or {closing}")
                self.blank(lines=True)
        self.at += 1
        return tuple(items)

    def _steps(self, base: hcl.Expression, start: int, lines: bool) -> hcl.Expression:
        steps: list[Any] = []
        while True:
            if self._ahead(".", lines) and not self.peek("..."):
                self.at += 1
                self.blank(lines)
                if self.passes("*"):
                    steps.append("*")
                    continue
                index = _DIGITS.match(self.text, self.at)
                if index:
                    self.at = index.end()
                    steps.append(hcl.Literal(int(index[0]), self.mark(index.start())))
                else:
                    steps.append(self.name())
            elif self._ahead("[", lines):
                steps.append(self._index())
            else:
                break
        if not steps:
            return base
        if isinstance(base, hcl.Traversal):
            return hcl.Traversal(base.root, tuple(steps), self.mark(start))
        return hcl.Access(base, tuple(steps), self.mark(start))

    def _index(self) -> Any:
        self.at += 1
        self.blank(lines=True)
        if self.passes("*"):
            self.blank(lines=True)
            self.take("]")
            return "*"
        inner = self._spaced()
        self.take("]")
        return inner

    def _listing(self) -> hcl.Expression:
        start = self.at
        self.at += 1
        self.blank(lines=True)
        if self._is_for():
            return self._for("]", start)
        return hcl.Listing(self._items("]"), self.mark(start))

    def _mapping(self) -> hcl.Expression:
        start = self.at
        self.at += 1
        pairs: list[tuple[hcl.Expression, hcl.Expression]] = []
        self.blank(lines=True)
        if self._is_for():
            return self._for("}", start)
        while not self.peek("}"):
            key = self._key()
            self.blank()
            if not (self.passes("=") or self.passes(":")):
                raise self.bad("expected = here")
            self.blank(lines=True)
            pairs.append((key, self.expression()))
            self.blank()
            if not (self.passes(",") or self.peek("\n") or self.peek("}")):
                raise self.bad("expected a comma or the end of the line here")
            self.blank(lines=True)
        self.at += 1
        return hcl.Mapping(tuple(pairs), self.mark(start))

    def _key(self) -> hcl.Expression:
        """A key: a bare name is a text, everything else an expression."""
        start = self.at
        found = NAME.match(self.text, self.at)
        if found:
            self.at = found.end()
            if not any(map(self._ahead, ".([")):
                return hcl.Literal(found[0], self.mark(start))
            self.at = start
        return self.expression()

    def _is_for(self) -> bool:
        found = NAME.match(self.text, self.at)
        return found is not None and found[0] == "for"

    def _for(self, closing: str, start: int) -> hcl.Expression:
        """A ``for`` expression, up to its closing bracket."""
        self.name()
        names = [self._spaced_name()]
        if self.passes(","):
            names.append(self._spaced_name())
        if self.name() != "in":
            raise self.bad("expected in here")
        over = self._spaced()
        self.take(":")
        first = self._spaced()
        second = self._after("=>")
        grouped = self.passes("...")
        self.blank(lines=True)
        condition = self._after("if")
        self.take(closing)
        key, value = (None, first) if second is None else (first, second)
        return hcl.For(
            names=tuple(names),
            over=over,
            key=key,
            value=value,
            condition=condition,
            grouped=grouped,
            mark=self.mark(start),
        )

    def _spaced_name(self) -> str:
        self.blank(lines=True)
        name = self.name()
        self.blank(lines=True)
        return name

    def _spaced(self, lines: bool = True) -> hcl.Expression:
        """An expression with the white space around it."""
        self.blank(lines=True)
        expression = self.expression(lines=lines)
        self.blank(lines=True)
        return expression

    def _after(self, word: str) -> hcl.Expression | None:
        """The expression after a word; ``None`` when the word is not there."""
        return self._spaced() if self.passes(word) else None

    def body(self, closing: str) -> hcl.Body:
        """Attributes and blocks up to a closing brace, or to the end of the text."""
        body = hcl.Body({}, [], [])
        self.deeper()
        while True:
            self.blank(lines=True)
            if self.at >= len(self.text) or (closing and self.peek(closing)):
                self.depth -= 1
                return body
            if not closing and self.peek("}"):
                return body
            self._item(body)

    def _item(self, body: hcl.Body) -> None:
        start = self.at
        name = self.name()
        mark = self.mark(start)
        self.blank()
        if self.peek("=") and not self.peek("=="):
            self.at += 1
            self.blank()
            attribute = hcl.Attribute(name, self.expression(), mark)
            if name in body.attributes:
                first = body.attributes[name].mark
                body.repeated.append(Repeated(key=name, mark=mark, first=first))
            body.attributes[name] = attribute
            self._line_end()
            return
        labels: list[str] = []
        while not self.peek("{"):
            labels.append(self._label())
            self.blank()
        self.at += 1
        inner = self.body("}")
        if self.at >= len(self.text):
            raise self.bad("the } of the block that starts here is missing", start)
        self.take("}")
        body.blocks.append(hcl.HclBlock(name, tuple(labels), inner, mark))
        self._line_end()

    def _label(self) -> str:
        if not self.peek('"'):
            return self.name()
        self.at += 1
        end = self.text.find('"', self.at)
        if end < 0 or "\n" in self.text[self.at : end]:
            raise self.bad('a closing " is expected')
        label = self.text[self.at : end]
        self.at = end + 1
        return label

    def _line_end(self) -> None:
        self.blank()
        if self.at < len(self.text) and self.text[self.at] not in "\n}":
            raise self.bad("expected the end of the line here")


def read_hcl(source: SourceText) -> hcl.Body:
    """Read a file of Terraform's native syntax.

    Raises:
        InputError: bad syntax, or nesting or size beyond the bounds.
    """
    reader = HclReader(source)
    body = reader.body("")
    if reader.at < len(reader.text):
        raise reader.bad("expected a name here")
    return body


def _dedented(expression: hcl.Expression) -> hcl.Expression:
    """What ``<<-`` does: the indentation of the least indented line is taken from every line."""
    if not isinstance(expression, hcl.Literal):
        return expression
    lines = expression.value.split("\n")
    least = min((len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()), default=0)
    return hcl.Literal("\n".join(line[least:] for line in lines), expression.mark)
