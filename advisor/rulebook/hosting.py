"""The rules of ``many_models.yaml``: ways to host several models, limits and preferences."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from advisor.model.errors import RulebookError
from advisor.model.options import OPTIONS, WAYS
from advisor.rulebook.types import Source

# What conditions read, with all values of each; models are a number, needs a set of features.
WORDS: Mapping[str, tuple[Any, ...]] = {
    "option": OPTIONS,
    "frameworks": ("one", "several", "unknown"),
    "accelerator": ("none", "gpu", "neuron"),
    "server": ("triton", "other", "unknown"),
    "streaming": (False, True),
    "warm": (False, True),
    "sizes": ("alike", "uneven"),
    "room": ("alone", "several", "unknown"),
    "together": ("fits", "exceeds"),
    "load": ("filling", "shared", "unknown"),
}
_BOUNDS = {"at_least": 0, "above": 1}  # what is added to make it the least number

Inputs: TypeAlias = Mapping[str, Any]
"""One value for each of ``WORDS``, ``models`` as a number and ``needs`` as a set of features."""


class HostingCondition(NamedTuple):
    """Parts that must all hold."""

    words: tuple[tuple[str, tuple[Any, ...]], ...]
    needs: frozenset[str]  # any of them; empty: whatever is needed
    least: int  # models
    most: int | None

    def holds(self, inputs: Inputs) -> bool:
        """Whether every part holds of the inputs."""
        models: int = inputs["models"]
        if models < self.least or (self.most is not None and models > self.most):
            return False
        if self.needs and not self.needs & inputs["needs"]:
            return False
        return all(inputs[name] in values for name, values in self.words)


class WayLimit(NamedTuple):
    """What rules a way out."""

    id: str
    title: str
    when: HostingCondition
    says: str
    origin: Source


class HostingWay(NamedTuple):
    """One way of hosting."""

    name: str  # one of advisor.model.options.WAYS
    title: str
    says: str
    limits: tuple[WayLimit, ...]
    origin: Source


class Preference(NamedTuple):
    """One row of the table: ways, best first, where its condition holds."""

    id: str
    asks: str
    when: HostingCondition
    then: tuple[str, ...]
    origin: Source


class Hosting(NamedTuple):
    """All ways by name, and the preferences in their order."""

    ways: Mapping[str, HostingWay]
    preferences: tuple[Preference, ...]


def compile_hosting(raw: Mapping[str, Any], features: set[str]) -> Mapping[str, Any]:
    """The same value, once every name in it is known.

    Raises:
        RulebookError: a way, feature, input or value does not exist, or the last preference is
            not one that always applies.
    """
    if tuple(sorted(each["way"] for each in raw["ways"])) != tuple(sorted(WAYS)):
        raise RulebookError(f"many_models.yaml: the ways must be {', '.join(WAYS)}")
    conditions = [limit for way in raw["ways"] for limit in way["limits"]]
    for entry in [*conditions, *raw["preferences"]]:
        for problem in _problems(entry["when"], features):
            raise RulebookError(f"many_models.yaml: {entry['id']}: {problem}")
        for name in entry.get("then", ()):
            if name not in WAYS:
                raise RulebookError(
                    f"many_models.yaml: {entry['id']}: the way {name!r} does not exist"
                )
    if raw["preferences"][-1]["when"]:
        raise RulebookError("many_models.yaml: the last preference must always apply")
    return raw


def _problems(when: Mapping[str, Any], features: set[str]) -> Iterator[str]:
    for name, value in when.items():
        if name == "needs":
            yield from (
                f"the feature {each!r} does not exist" for each in value if each not in features
            )
        elif name == "models":
            wrong = value.keys() - {*_BOUNDS, "at_most"}
            yield from (f"models takes no comparison {each!r}" for each in sorted(wrong))
        elif name not in WORDS:
            yield f"the input {name!r} does not exist"
        else:
            yield from (
                f"{name} does not take {each!r}"
                for each in _listed(value)
                if each not in WORDS[name]
            )


def hosting(raw: Mapping[str, Any]) -> Hosting:
    """The compiled rules as they are asked."""
    ways = {
        each["way"]: HostingWay(
            each["way"],
            each["title"],
            each["says"],
            tuple(
                WayLimit(
                    limit["id"],
                    limit["title"],
                    _condition(limit["when"]),
                    limit["says"],
                    _origin(limit),
                )
                for limit in each["limits"]
            ),
            _origin(each),
        )
        for each in raw["ways"]
    }
    rows = tuple(
        Preference(
            each["id"], each["asks"], _condition(each["when"]), tuple(each["then"]), _origin(each)
        )
        for each in raw["preferences"]
    )
    return Hosting(ways, rows)


def _condition(when: Mapping[str, Any]) -> HostingCondition:
    models: Mapping[str, int] = when.get("models", {})
    least = max(
        (models[name] + more for name, more in _BOUNDS.items() if name in models), default=0
    )
    words = tuple(
        (name, tuple(_listed(value)))
        for name, value in when.items()
        if name not in ("models", "needs")
    )
    return HostingCondition(words, frozenset(when.get("needs", ())), least, models.get("at_most"))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _origin(raw: Mapping[str, Any]) -> Source:
    return Source(
        because=raw["because"], source=raw["source"], as_of=raw["as_of"], since=raw["since"]
    )
