"""The characters of a file: from its bytes, and as places that an error can point to."""

from __future__ import annotations

import re

from advisor.model.errors import InputError

# Control characters, and those that change the direction of the text around them, as the inside of
# a character class: what a person sees would not be what the program reads, and a terminal would
# obey what is printed.
UNSEEN_ASCII = r"\x00-\x08\x0b-\x1f\x7f"
UNSEEN = (
    UNSEEN_ASCII + r"-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff"
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
)
UNSEEN_HINT = "remove it: it is invisible and changes how the text around it is read"
_LINE_BREAK = "\r\n?|[\n\x85\u2028\u2029]"  # as YAML counts lines


def decode(data: bytes, file: str) -> str:
    """UTF-8, with or without a byte order mark, as text.

    Raises:
        InputError: a byte is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode()
        message, hint = (
            f"byte 0x{error.object[error.start]:02X} is not UTF-8",
            "save the file as UTF-8",
        )
        raise error_in(before, len(before), message, file, hint) from None


def error_in(text: str, index: int, message: str, file: str, hint: str = "") -> InputError:
    """An error at a character of a text.

    Args:
        text: the whole file, or as much of it as stands before the character.
        index: of the character, from 0.
        message: what is wrong.
        file: how messages name the file.
        hint: what to do.
    """
    line, start = 1, 0
    for found in re.compile(_LINE_BREAK).finditer(text, 0, index):
        line, start = line + 1, found.end()
    return InputError(message, file=file, line=line, column=index - start + 1, hint=hint)


def refuse_unseen(text: str, file: str, characters: str = UNSEEN) -> None:
    """Refuse characters, stated as the inside of a character class; a carriage return may stand.

    Raises:
        InputError: the first one that the text holds.
    """
    found = re.search(rf"(?!\r)[{characters}]", text)
    if found:
        message = f"the character U+{ord(found[0]):04X} is not allowed"
        raise error_in(text, found.start(), message, file, UNSEEN_HINT)
