"""Several models, or the containers of one, in; the way they are hosted, and its plan, out."""

from advisor.model.options import (
    INFERENCE_COMPONENTS,
    INFERENCE_PIPELINE,
    MULTI_CONTAINER,
    MULTI_MODEL,
    REAL_TIME,
)
from advisor.options import memory
from advisor.options.plan_builder import Draft, once

# Needs that ask for a form of hosting, also of a single model.
_ASKED = (
    MULTI_MODEL,
    MULTI_CONTAINER,
    INFERENCE_PIPELINE,
    INFERENCE_COMPONENTS,
    "tenant-isolation",
)


def concern(draft: Draft) -> bool:
    """True for several models, and where a need asks for a form of hosting."""
    return _any(draft) or (draft.option == REAL_TIME and draft.needs("scale-to-zero"))


@once
def _any(draft: Draft) -> bool:
    values = draft.facts.workload.values
    if "models" in values or "deploy.hosting" in values or memory.models(draft) > 1:
        return True
    return any(draft.needs(each) for each in _ASKED)
