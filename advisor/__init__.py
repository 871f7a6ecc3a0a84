"""Which Amazon SageMaker inference option serves a workload, and why.

``from advisor import advise, Workload`` gives the same answer as the command: typed, frozen values,
no printing, no exit, no clock, no environment, no network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from advisor.model.advice import Advice
    from advisor.model.workload import Workload
    from advisor.pipeline import advise
    from advisor.workload import read_file, read_workloads

__version__ = "0.1.0"
HOME = "https://github.com/sm-advise/sm-advise"
PAGES = "https://sm-advise.github.io/sm-advise"  # what `make docs` builds of a release
__all__ = ["Advice", "Workload", "__version__", "advise", "read_file", "read_workloads"]

_HOMES = {
    "Advice": "advisor.model.advice",
    "Workload": "advisor.model.workload",
    "advise": "advisor.pipeline",
    "read_file": "advisor.workload",
    "read_workloads": "advisor.workload",
}


def __getattr__(name: str) -> Any:
    """Import on first use: a start-up imports only what it uses."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'advisor' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)
