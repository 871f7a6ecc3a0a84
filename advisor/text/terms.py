"""Bounds on each kind of file, and how strictly it is read."""

from __future__ import annotations


class Terms:
    """Bounds on one kind of file.

    Attributes:
        deepest: lists and mappings within each other.
        most_bytes: size of the file.
        most_values: values of a stream, what an alias repeats counted each time; keys do not count.
        strict: whether foreign tags, repeated anchors and invisible characters are refused.
        hint: what is said of a file that is too deep or too large.
    """

    __slots__ = ("deepest", "hint", "most_bytes", "most_values", "strict")

    def __init__(
        self, *, deepest: int, most_bytes: int, most_values: int, strict: bool, hint: str
    ) -> None:
        self.deepest, self.most_bytes, self.most_values = deepest, most_bytes, most_values
        self.strict, self.hint = strict, hint


WORKLOAD = Terms(
    deepest=50,
    most_bytes=1 << 20,
    most_values=50_000,
    strict=True,
    hint="make it smaller: a workload file needs three levels and a few kilobytes",
)
# CloudFormation takes at most 1 MB; twice that leaves room for comments and indentation. The
# deepest endpoint configuration has 8 levels, a template around it a few more.
CONFIGURATION = Terms(
    deepest=100,
    most_bytes=2 << 20,
    most_values=200_000,
    strict=False,
    hint="split the file, or exclude it",
)
