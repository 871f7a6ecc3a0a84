"""Which framework a model archive is for: as someone says, else by what is in it."""

from __future__ import annotations

import re
from typing import NamedTuple

from advisor.gate.archive.layouts import Layout, Names, example, holds, layouts
from advisor.model.errors import InputError
from advisor.text.spelling import nearest


class Framework(NamedTuple):
    """A layout to check for, if any, and what is to be said of how it was found."""

    layout: Layout | None
    note: str = ""  # a message for archive-framework
    differs: str = ""  # a message for archive-framework-differs
    own_image: bool = False  # an image of the user's own may look elsewhere


def named(text: str) -> Layout | None:
    """The layout that a name such as ``PyTorch 2.1`` means; ``None`` when it is not known."""
    word = _word(text)
    return next((each for each in layouts() if word in each.names), None)


def required(text: str) -> Layout:
    """The layout that ``--framework`` names.

    Raises:
        InputError: no framework that is known is called so.
    """
    found = named(text)
    if found is not None:
        return found
    known = [name for each in layouts() for name in each.names]
    near = nearest(_word(text), known)
    hint = f"did you mean {near}? " if near else ""
    hint += f"it is one of {', '.join(each.names[0] for each in layouts())}"
    raise InputError(f"sm-advise knows no layout for {text}", hint=hint)


def recognised(names: Names) -> tuple[Layout, str] | None:
    """The layout that the files tell of, and a file that tells so."""
    for each in layouts():
        if holds(each.known_by, names):
            return each, example(each.known_by, names)
    return None


def framework_of(names: Names, given: str, stated: str, image: str) -> Framework:
    """The framework of an archive.

    Args:
        names: what is in it.
        given: of ``--framework``; it is not doubted.
        stated: model.framework of the workload.
        image: model.image of the workload.

    Raises:
        InputError: ``given`` is not known.
    """
    if given:
        return Framework(required(given))
    seen = recognised(names)
    by_image = _of_image(image)
    own_image = bool(image) and by_image is None
    layout = named(stated) if stated else by_image
    if layout is not None:
        return Framework(layout, differs=_differs(layout, seen, names), own_image=own_image)
    if stated or own_image:
        what = stated or "an image of your own"
        return Framework(None, f"sm-advise knows no layout for {what}, so it was not checked")
    if seen is None:
        return Framework(
            None, "no framework is stated or recognised, so the layout was not checked"
        )
    found, file = seen
    return Framework(found, f"checked as {found.title}, recognised by {file}")


def _of_image(image: str) -> Layout | None:
    """The layout for which AWS provides an image."""
    repository = image.rpartition("/")[2].partition(":")[0]
    return next(
        (each for each in layouts() if any(part in repository for part in each.images)), None
    )


def _differs(layout: Layout, seen: tuple[Layout, str] | None, names: Names) -> str:
    """What is to be said when the files are another framework's, and none of the stated one's."""
    if seen is None or seen[0] is layout or holds(layout.known_by, names) is not False:
        return ""
    found, file = seen
    if holds({"any": ["code/inference.py"]}, names):
        return ""  # code of one's own loads what it likes
    return f"{layout.title} is stated, but {file} belongs to {found.title}"


def _word(text: str) -> str:
    """A name without case, blanks, signs, and the version behind it."""
    return re.sub(r"[^a-z]", "", re.split(r"[\s:=<>~@-]*v?\d", text.lower().strip())[0])
