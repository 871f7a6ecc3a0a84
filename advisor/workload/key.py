"""One key of a workload file and its accepted values."""

from advisor.model.value import Value


class Key(Value):
    """The accepted values of one key path.

    ``kind`` is a kind of quantity (``quantity.KINDS``), ``word``, ``flag``, ``text`` (of a
    form), ``texts`` (a list of them), ``named`` (a mapping of free names to them), ``needs``,
    ``record`` (a mapping that is kept together), ``models``, ``variants``, ``windows``, ``waivers``
    or ``section``.
    """

    path: str
    kind: str
    about: str
    example: str = ""
    words: tuple[str, ...] = ()  # accepted instead of a number; all there is for a `word`
    parts: tuple[str, ...] = ()  # typical, p99, max: a quantity may be split into them
    form: str = ""  # of advisor.workload.forms.forms
    least: int = 1  # base units that a stated point must reach
    most: int | None = None  # base units, or items of a list
    exact: bool = False  # one number, no range
    short_for: str = ""  # of a `word`: the name of the key below for which it stands
    required: str = ""  # what to do when it is not stated; empty where it need not be
