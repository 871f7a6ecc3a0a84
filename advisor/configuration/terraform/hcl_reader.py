"""HCL, the language of Terraform, to a tree with places.

Our own reader, because python-hcl2 keeps no places of values and takes a second for a file of 300
lines. It reads what python-hcl2 reads; a test compares the two on real files.
"""

from __future__ import annotations

from advisor.configuration.source import SourceText
from advisor.configuration.terraform.hcl_expressions import ExpressionReader
from advisor.configuration.terraform.hcl_tree import Attribute, Body, HclBlock


def read_hcl(source: SourceText) -> Body:
    """Read a file of Terraform's native syntax.

    Raises:
        InputError: bad syntax, or nesting or size beyond the bounds.
    """
    reader = HclReader(source)
    body = reader.body("")
    if reader.at < len(reader.text):
        raise reader.bad("expected a name here")
    return body


class HclReader(ExpressionReader):
    """Reads attributes and blocks."""

    def body(self, closing: str) -> Body:
        """Attributes and blocks up to a closing brace, or to the end of the text."""
        body = Body({}, [], [])
        self.deeper()
        while True:
            self.blank(lines=True)
            if self.at >= len(self.text) or (closing and self.peek(closing)):
                self.depth -= 1
                return body
            if not closing and self.peek("}"):
                return body
            self._item(body)

    def _item(self, body: Body) -> None:
        start = self.at
        name = self.name()
        mark = self.mark(start)
        self.blank()
        if self.peek("=") and not self.peek("=="):
            self.at += 1
            self.blank()
            attribute = Attribute(name, self.expression(), mark)
            if name in body.attributes:
                body.repeated.append((attribute, body.attributes[name]))
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
        body.blocks.append(HclBlock(name, tuple(labels), inner, mark))
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
