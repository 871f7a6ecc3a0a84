"""Model archives → findings: read as a stream, never extracted, against what containers expect."""

from __future__ import annotations

from advisor.gate.finding import GateFinding
from advisor.gate.intent.pairing import OfWorkload
from advisor.model.errors import InputError
from advisor.model.value import Value


class CheckedArchives(Value):
    """What came of one archive, or of several together."""

    findings: tuple[GateFinding, ...] = ()  # of archives that belong to no workload
    of_workloads: tuple[OfWorkload, ...] = ()  # of the others
    errors: tuple[InputError, ...] = ()
    unread: tuple[str, ...] = ()
    archives: int = 0
