"""The two reasons why sm-advise cannot answer; everything else is an answer or a bug of ours."""

from __future__ import annotations


class InputError(Exception):
    """Something the user gave cannot be read: exit code 2.

    The message has one form: what is wrong, where it stands, what was expected and what to do.

    Args:
        message: what is wrong, in one sentence without a final stop.
        file: the path as the user gave it, ``-`` for standard input, or empty.
        line: 1-based line, 0 when the position is not known.
        column: 1-based column, 0 when the position is not known.
        hint: what was expected and what to do next; may be empty.

    Attributes:
        others: what else is wrong with the same input, in the order of the file.
    """

    others: tuple[InputError, ...] = ()

    def __init__(
        self, message: str, *, file: str = "", line: int = 0, column: int = 0, hint: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line
        self.column = column
        self.hint = hint

    def at(self) -> str:
        """``file:line:column`` as far as it is known."""
        where = self.file
        if self.line:
            where += f":{self.line}:{self.column}"
        return where

    def __str__(self) -> str:
        where = self.at()
        text = f"{where}: {self.message}" if where else self.message
        return f"{text}\n  {self.hint}" if self.hint else text


def not_installed(library: str, purpose: str) -> InputError:
    """The error for something that needs a library which cannot be imported."""
    return InputError(
        f"{purpose} needs {library}, and it is not installed",
        hint=f"install it: pip install {library}",
    )


class RulebookError(Exception):
    """The rules contradict themselves or cannot be read: exit code 2."""
