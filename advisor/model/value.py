"""What the values that flow through the program derive from: frozen, and cheap to define."""

from typing import Any, NoReturn, Self, TypeVar, dataclass_transform

K = TypeVar("K")
V = TypeVar("V")
_FEW = 12
"""Values of a class after which compiling its constructor costs less than doing without."""
_made: dict[type, int] = {}  # values of each class so far, as far as _FEW


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Value:
    """A frozen value whose annotated names are its fields, given by name.

    An answer imports a hundred of these, makes half of them, and most only a few times. So
    ``__init__`` is compiled when a class turns out to be made often: a dataclass or a named tuple
    would compile it with the class. Values that are made by the thousand, or that something is
    remembered by, stay named tuples, which are made in half the time and hashed in a fifth; hence
    both are copied and listed by the same names, ``_replace`` and ``_asdict``.
    """

    def __init_subclass__(cls) -> None:
        # A class never takes what was compiled for the fields of the class it derives from.
        cls.__init__ = Value.__init__  # type: ignore[method-assign]

    def __init__(self, **named: Any) -> None:
        made = type(self)
        times = _made[made] = _made.get(made, 0) + 1
        if times > _FEW:
            made.__init__ = _initialiser(made)  # type: ignore[method-assign]
            made.__init__(self, **named)
            return
        held = {}
        for name in _fields(made):
            if name not in named and not hasattr(made, name):
                raise TypeError(f"{made.__name__} needs {name}")
            held[name] = named.pop(name) if name in named else getattr(made, name)
        if named:
            raise TypeError(f"{made.__name__} has no field {', '.join(named)}")
        object.__setattr__(self, "__dict__", held)

    def _replace(self, **changes: Any) -> Self:
        """A copy in which the named fields hold other values.

        Raises:
            TypeError: there is no field of that name.
        """
        return type(self)(**{**self.__dict__, **changes})

    def _asdict(self) -> dict[str, Any]:
        """The fields by name, in their order."""
        return dict(self.__dict__)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: make another with _replace()")

    def __delattr__(self, name: str) -> NoReturn:
        self.__setattr__(name, None)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        held = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__name__}({held})"


class Memo(dict[K, V]):
    """What was found before, by what it was found from; it starts again empty when it is full.

    Args:
        most: entries that it holds at the most.
    """

    __slots__ = ("most",)

    def __init__(self, most: int = 20_000) -> None:
        self.most = most

    def __setitem__(self, key: K, value: V) -> None:
        if len(self) >= self.most:
            self.clear()
        super().__setitem__(key, value)


def _fields(made: type[Value]) -> list[str]:
    """The names of the fields: those of the class, after those of the values it derives from."""
    own = list(made.__annotations__)
    base = made.__base__
    return own if base is Value or base is None else [*_fields(base), *own]


def _initialiser(made: type[Value]) -> Any:
    """The ``__init__`` of one class: the fields become the value's dictionary, in their order."""
    names = _fields(made)
    taken = [f"{name}=made.{name}" if hasattr(made, name) else name for name in names]
    held = ", ".join(f"{name!r}: {name}" for name in names)
    code = f"def __init__(self, *, {', '.join(taken)}): set(self, '__dict__', {{{held}}})"
    space: dict[str, Any] = {"made": made, "set": object.__setattr__}
    exec(code, space)  # noqa: S102 - of the names of a class of ours, as named tuples do
    return space["__init__"]
