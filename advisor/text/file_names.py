"""Names of things as names of files, which every system takes and keeps apart.

Source: https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from advisor.text.digest import sha256

_REFUSED = re.compile(r'[\0-\x1f\x7f<>:"/\\|?*\ud800-\udfff]')
_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\..*)?",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST = 200  # bytes of a name that stays; systems take 255
_KEPT = 40  # letters of a name that does not
_DIGEST = 8  # digits


def file_names(names: Iterable[str]) -> dict[str, str]:
    """The name of the file for each name: the same whatever their order, and no two alike.

    A name stays as it is, unless a system refuses it (a device such as aux, a colon, a dot at the
    end), or another differs from it in case alone; then it is made safe, and its digest follows.
    """
    folded: dict[str, list[str]] = {}
    for name in sorted(set(names)):
        folded.setdefault(_folded(name), []).append(name)
    found: dict[str, str] = {}
    taken = set(folded)
    for alike in folded.values():
        for name in alike:
            found[name] = name
            if len(alike) > 1 or not _is_accepted(name):
                found[name] = _made_safe(name, taken)
                taken.add(found[name])
    return found


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())


def _is_accepted(name: str) -> bool:
    """Whether every system takes a name."""
    return not (
        name.strip(".") == ""
        or name[-1] in ". "
        or _REFUSED.search(name)
        or _DEVICE.fullmatch(name)
        or len(name.encode()) > _LONGEST
    )


def _made_safe(name: str, taken: set[str]) -> str:
    digest, length = sha256(name.encode("utf-8", "surrogatepass")), _DIGEST
    kept = _REFUSED.sub("-", _folded(name).replace(".", "-"))[:_KEPT]
    while f"{kept}-{digest[:length]}" in taken:
        length += 1
    return f"{kept}-{digest[:length]}"
