"""The colours of words on a terminal, each with one meaning; no word means less without them."""

from __future__ import annotations

GOOD, DOUBT, BAD, QUIET, TITLE = "green", "yellow", "red", "dim", "bold"
TONES = {
    "recommended": GOOD,
    "assumed": DOUBT,
    "decided": GOOD,
    "none-fits": BAD,
    "chosen": GOOD,
    "open": DOUBT,
    "ranked lower": "",
    "ruled out": QUIET,
    "error": BAD,
    "warning": DOUBT,
    "info": QUIET,
}
_CODES = {TITLE: 1, QUIET: 2, BAD: 31, GOOD: 32, DOUBT: 33}


def painted(text: str, tone: str, *, colour: bool) -> str:
    """A text in a tone, as it stands without one or where there is no colour."""
    return f"\x1b[{_CODES[tone]}m{text}\x1b[0m" if colour and tone and text else text
