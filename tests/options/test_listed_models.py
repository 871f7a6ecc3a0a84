"""Every key of ``model`` may stand in an item of ``models``, and sizing reads each model's own."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.engine.facts import Facts
from advisor.model.options import REAL_TIME
from advisor.model.workload import Interval
from advisor.options import hosting
from advisor.options.hosting.models import members
from advisor.options.memory import need
from advisor.options.plan_builder import Basis, Draft
from advisor.pipeline import advise
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import load
from advisor.workload.keys import keys
from tests.strategies import Document, read, value_of

PARTS = {
    path: key for path, key in keys("models").items() if path not in ("name", "share", "count")
}


def draft(document: Document) -> Draft:
    book = load()
    found = Draft(REAL_TIME, Basis(Facts(book, read(document)), knowledge(book.raw)))
    assert hosting.concern(found) == ("models" in document)
    return found


def online(**parts: Any) -> Document:
    return {"name": "many", "requests": {"arrival": "online"}, **parts}


def test_a_model_of_a_list_takes_every_key_of_model() -> None:
    of_model = {
        key.path.removeprefix("model.") for key in keys().values() if key.path.startswith("model.")
    }
    assert set(keys("models")) == of_model | {"name", "share"}


models = st.fixed_dictionaries(
    {},
    optional={
        path: value_of(key) for path, key in PARTS.items() if path not in ("config", "context")
    },
)


@given(models, models, models)
def test_each_model_is_sized_by_its_own_values(
    first: Document, second: Document, default: Document
) -> None:
    """As a workload of that model alone, with what ``model`` says where it is silent."""
    document = online(model=default, models=[{"name": "a", **first}, {"name": "b", **second}])
    default = {path: value for path, value in default.items() if path != "artifact"}
    found = members(draft(document))
    for member, own in zip(found, (first, second), strict=True):
        alone = read(online(model={**default, **own}))
        for path in PARTS:
            if path in ("artifact", "environment"):  # below a shared prefix; added to those of all
                continue
            one, other = (
                each.values.get(f"model.{path}")
                for each in (member.draft.facts.workload.as_stated, alone)
            )
            assert (one and one.value) == (other and other.value), path
        assert need(member.draft) == need(
            Draft(REAL_TIME, Basis(Facts(load(), alone), member.draft.knowledge))
        )
    advise(read(document))


@pytest.mark.parametrize(
    ("models", "expected"),
    [
        # 20B x 2 bytes are heavier than 4B x 2.
        ([{"parameters": "4B"}, {"parameters": "20B"}], {"parameters": 20 * 10**9}),
        # 8B in fp32 are 32 GB, 12B in int8 are 12 GB.
        (
            [{"parameters": "8B", "precision": "fp32"}, {"parameters": "12B", "precision": "int8"}],
            {"parameters": 8 * 10**9, "precision": "fp32"},
        ),
        # 20 GB are more than 1B x 4 bytes: nothing is divided by the parameters of another model.
        ([{"size": "20 GB"}, {"parameters": "1B"}], {"size": 20 * 1024**3, "parameters": None}),
        ([{"accelerator": "none"}, {"accelerator": "gpu"}], {"accelerator": "gpu"}),
        ([{"startup": "1 min"}, {"startup": "5 min"}], {"startup": 300 * 10**6}),
        ([{"disk": "2 GB"}, {}], {"disk": 2 * 1024**3}),
        ([{"framework": "vllm"}, {"framework": "xgboost"}], {"framework": None}),
    ],
)
def test_what_a_list_says_of_all(models: list[Document], expected: Document) -> None:
    workload = read(online(models=[{"name": f"m-{n}", **each} for n, each in enumerate(models)]))
    for name, value in expected.items():
        found = workload.values.get(f"model.{name}")
        stated = found.value if found is not None else None
        assert (stated.high if isinstance(stated, Interval) else stated) == value


def test_models_alike_are_numbered_and_share_their_part() -> None:
    workload = read(online(models=[{"name": "a", "count": 3, "share": "30 %"}, {"name": "b"}]))
    listed = workload.values["models"].value
    assert [each["name"] for each in listed] == ["a-1", "a-2", "a-3", "b"]
    assert [each["share"].high for each in listed[:3]] == [10_000] * 3
    assert workload.values["model.count"].value == (4, 4)
