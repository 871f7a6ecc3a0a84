"""Choices of parameters, variables or files under which a document has to be looked at."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import chain, islice, product
from math import prod
from typing import TypeVar

from advisor.configuration.document import Document, Node, Resource, World, unknown
from advisor.configuration.rulefiles import of_fields

MOST_WORLDS = 32
"""Different outcomes of a document's conditions that are looked at; further ones are not."""
MOST_CHOICES = 256
"""Combinations of values that are tried to find them; of more, each value once beside the usual."""

COMPARED = "a value that conditions compare with"
"""What brings a value into a world that nobody gave and that only a condition names."""

Value = TypeVar("Value")
Outcome = TypeVar("Outcome")


def outcomes(
    candidates: Mapping[str, Sequence[Value]], outcome: Callable[[Mapping[str, Value]], Outcome]
) -> Iterator[tuple[Mapping[str, Value], Outcome]]:
    """Each different outcome once, with the first choice of values that leads to it.

    Args:
        candidates: name -> the values worth trying, the usual one first.
        outcome: what a choice leads to; hashable.
    """
    seen: set[Outcome] = set()
    for choice in islice(_choices(candidates), MOST_CHOICES):
        result = outcome(choice)
        if result not in seen:
            seen.add(result)
            yield choice, result
            if len(seen) >= MOST_WORLDS:
                return


def _choices(candidates: Mapping[str, Sequence[Value]]) -> Iterator[Mapping[str, Value]]:
    """Every combination; where they are too many, the usual one and each single change of it."""
    names = list(candidates)
    if prod(len(candidates[name]) for name in names) <= MOST_CHOICES:
        for values in product(*(candidates[name] for name in names)):
            yield dict(zip(names, values, strict=True))
        return
    usual = {name: candidates[name][0] for name in names}
    yield usual
    for name in names:
        for value in candidates[name][1:]:
            yield {**usual, name: value}


def settled(node: Node) -> Node:
    """The same value, with what only a condition names as unknown.

    ``count = var.type == "none" ? 0 : 1`` says what happens for a type of none; it does not say
    that anybody gives it.
    """
    if node.via == COMPARED:
        return unknown(node.via, node.mark).under(node.key)
    return node.within(settled)


def scene(documents: Sequence[Document], whole: bool) -> Document:
    """The requests of several files as one document, so that one finds what another names.

    Args:
        documents: of requests, one a file.
        whole: whether nothing beside them may make a resource that they name.
    """
    resources = [each for document in documents for each in document.worlds[0].resources]
    return Document(
        file=documents[0].file,
        dialect=documents[0].dialect,
        worlds=tuple(_worlds(resources, whole)),
        unread=tuple(chain.from_iterable(document.unread for document in documents)),
        faults=tuple(chain.from_iterable(document.faults for document in documents)),
    )


def _worlds(resources: Sequence[Resource], whole: bool) -> Iterator[World]:
    """One world; where files have resources of one name, one world for each of these files.

    To a file belong the others whose names are most like its own: ``prod-model.json`` to
    ``prod-config.json``.
    """
    named: dict[Hashable, list[Resource]] = {}
    by_file: dict[str, list[Resource]] = {}
    for each in resources:
        named.setdefault(_known_by(each), []).append(each)
        by_file.setdefault(each.mark.file, []).append(each)
    twice = [held for held in named.values() if len(held) > 1]
    if not twice:
        yield World("", tuple(resources), whole=whole)
        return
    rivals = {id(each) for held in twice for each in held}
    for count, (file, nth, own) in enumerate(_choices_of(twice)):
        words = f"with {os.path.basename(file)}" + f", number {nth}" * (nth > 1)
        if count >= MOST_WORLDS:  # of very many, each file by itself
            alone = by_file[file]
            inside = [each for each in alone if id(each) in own or id(each) not in rivals]
            yield World(words, tuple(inside))
            continue
        others = (held for held in twice if own.isdisjoint(map(id, held)))
        chosen = own.union(id(_most_alike(file, held)) for held in others)
        left = {each.mark.file for held in twice for each in held if id(each) not in chosen}
        inside = [
            each
            for each in resources
            if id(each) in chosen
            or (id(each) not in rivals and (each.mark.file == file or each.mark.file not in left))
        ]
        yield World(words, tuple(inside), whole=whole)


def _choices_of(twice: Sequence[Sequence[Resource]]) -> Iterator[tuple[str, int, set[int]]]:
    """File, number and ids of resources: two of a name within a file are two choices as well."""
    choices: dict[tuple[str, int], set[int]] = {}
    for held in twice:
        seen: Counter[str] = Counter()
        for each in held:
            seen[each.mark.file] += 1
            choices.setdefault((each.mark.file, seen[each.mark.file]), set()).add(id(each))
    return ((file, nth, own) for (file, nth), own in choices.items())


def _most_alike(file: str, held: Sequence[Resource]) -> Resource:
    """The first resource whose file shares most words of its name with a file."""
    words = set(_WORDS.findall(os.path.basename(file)))
    return max(held, key=lambda each: len(words & {*_WORDS.findall(each.mark.file)}))


_WORDS = re.compile(r"[A-Za-z]+|\d+")


def _known_by(resource: Resource) -> Hashable:
    """Kind and name, where both are known; else something that no other resource has."""
    fields = of_fields("known_by").get(resource.kind, ())
    nodes = [resource.body.get(field) for field in fields]
    texts = [str(node.value) for node in nodes if node is not None and node.kind == "scalar"]
    return (resource.kind, *texts) if texts and len(texts) == len(fields) else id(resource)
