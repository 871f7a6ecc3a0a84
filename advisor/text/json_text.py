"""Bytes of a JSON file in, its object out, or an error with its place."""

from __future__ import annotations

from typing import Any

from advisor.model.errors import InputError


def json_object(data: bytes, file: str, hint: str) -> dict[str, Any]:
    """The object that a file holds.

    Args:
        data: of the file, UTF-8.
        file: how messages name it.
        hint: what to give instead of anything else.

    Raises:
        InputError: it is no JSON or no object, or holds a number of thousands of digits.
    """
    import json

    line = column = 0
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        message, line, column = f"this is not JSON: {error.msg}", error.lineno, error.colno
    except UnicodeDecodeError:
        message = "this is not JSON: it is no UTF-8 text"
    except RecursionError:
        message = "this is not JSON: its values are nested too deeply"
    except ValueError:  # how many digits a number may have is set for all of Python
        message = "a number of this JSON has too many digits"
    else:
        if isinstance(found, dict):
            return found
        message = "this is not a JSON object"
    raise InputError(message, file=file, line=line, column=column, hint=hint)
