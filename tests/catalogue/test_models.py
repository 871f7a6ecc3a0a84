"""Models by id and accelerators by instance type, from the tables of rules/."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.catalogue.models import Models
from advisor.model.errors import InputError
from advisor.rulebook.cache import rules_directory
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import compiled
from advisor.rulebook.model_tables import compile_model_tables, model_tables
from advisor.workload.model_files import known_models

MODELS = known_models()


def plain(name: str) -> str:
    """A name without what joins its words."""
    return "".join(each for each in name if each.isalnum())


def test_the_table_has_its_models_and_devices() -> None:
    tables = model_tables()
    assert (len(tables["models"]), len(tables["accelerators"])) == (204, 19)
    fresh = compile_model_tables(rules_directory())
    assert {key: tables[key] for key in fresh} == fresh


@given(st.sampled_from(MODELS.ids), st.sampled_from([str.upper, str.lower, str.title, str]))
def test_case_does_not_count(name: str, spelt: object) -> None:
    assert callable(spelt)
    assert MODELS.find(f" {spelt(name)} ").id == name


@given(st.sampled_from(MODELS.ids))
def test_an_owner_may_be_left_out_where_the_name_is_of_one_model(name: str) -> None:
    short = name.rpartition("/")[2]
    same = [each for each in MODELS.ids if each.rpartition("/")[2].lower() == short.lower()]
    if len(same) == 1:
        assert MODELS.find(short).id == name


def test_a_name_of_two_owners_lists_both() -> None:
    row = dict(model_tables()["models"][0])
    two = [{**row, "id": "one/same"}, {**row, "id": "two/same"}]
    models = Models({**model_tables(), "models": two})
    assert models.find("two/same").id == "two/same"
    with pytest.raises(InputError, match="'same' is the name of 2 models") as caught:
        models.find("same")
    assert caught.value.hint == "Write one/same or two/same."


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("llama 3.1 8b", "meta-llama/Llama-3.1-8B-Instruct"),
        ("Llama-3.1-8B", "meta-llama/Llama-3.1-8B-Instruct"),
        ("llama3.1:8b", "meta-llama/Llama-3.1-8B-Instruct"),
        ("meta-llama/Meta-Llama-3.1-8B-Instruct", "meta-llama/Llama-3.1-8B-Instruct"),
        ("llama 2 7b chat", "meta-llama/Llama-2-7b-chat-hf"),
        ("mixtral 8x7b instruct", "mistralai/Mixtral-8x7B-Instruct-v0.1"),
        ("qwen3 8b", "Qwen/Qwen3-8B"),
        ("gemma-3-27b", "google/gemma-3-27b-it"),
        ("bert base uncased", "google-bert/bert-base-uncased"),
    ],
)
def test_a_name_without_an_owner_may_be_written_loosely(written: str, meant: str) -> None:
    assert MODELS.find(written).id == meant


@given(st.sampled_from(MODELS.ids), st.sampled_from([" ", "_", "", "."]))
def test_signs_between_words_never_lead_to_another_model(name: str, joint: str) -> None:
    written = name.rpartition("/")[2].replace("-", joint)
    with contextlib.suppress(InputError):  # of several models
        assert MODELS.find(written).id == name


def test_a_name_that_several_models_go_on_from_lists_them() -> None:
    with pytest.raises(InputError, match="is the name of 3 models") as caught:
        MODELS.find("mistral 7b")
    assert caught.value.hint.count("mistralai/Mistral-7B-Instruct-v0.") == 3


def test_nothing_is_offered_where_nothing_is_near() -> None:
    with pytest.raises(InputError) as caught:
        MODELS.find("~")
    assert "nearest" not in caught.value.hint


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("lama-3.1-8b", "meta-llama/Llama-3.1-8B-Instruct"),
        ("mixtral", "mistralai/Mixtral-8x7B-Instruct-v0.1"),
        ("qwen3 8bb", "Qwen/Qwen3-8B"),
        ("meta-llama/Llama-3.1-8B", "meta-llama/Llama-3.1-8B-Instruct"),
        ("gemma-3-27b-instruct", "google/gemma-3-27b-it"),
        ("mistralai/mistral-7b", "mistralai/Mistral-7B-Instruct-v0.2"),
    ],
)
def test_three_nearest_ids_are_offered(written: str, meant: str) -> None:
    with pytest.raises(InputError, match="no model is known as") as caught:
        MODELS.find(written)
    assert meant in caught.value.hint
    assert caught.value.hint.count("/") == 3
    assert caught.value.hint.endswith("Give model.config, the path of the model's config.json.")


@given(st.text(max_size=200))
def test_any_other_text_is_refused(name: str) -> None:
    if name.strip().lower() not in {each.lower() for each in MODELS.ids}:
        with contextlib.suppress(InputError):
            found = MODELS.find(name).id.lower().rpartition("/")[2]
            assert plain(found).startswith(plain(name.rpartition("/")[2].lower()))


def test_a_row_as_a_value() -> None:
    found = MODELS.find("deepseek-r1")
    assert (found.family, found.gated, found.geometry.dtype) == ("deepseek-v3", False, "fp8")
    assert found.source
    assert found.as_of == "2026-11-30"
    assert found.geometry.latent
    assert MODELS.find("llama-3.1-8b-instruct").gated
    assert MODELS.find("xgboost").geometry.parameters == 0
    assert not MODELS.find("bge-m3").geometry.generates


def test_two_sizes_of_one_name_are_told_apart_by_memory() -> None:
    smaller, larger = MODELS.accelerator("a100", 40960), MODELS.accelerator("a100", 81920)
    assert smaller is not None
    assert larger is not None
    assert (smaller.id, larger.id) == ("a100-40", "a100-80")
    assert MODELS.accelerator("a100", 1) is None
    assert MODELS.accelerator("", None) is None
    assert MODELS.accelerator("tpu", 1) is None


def test_every_type_with_an_accelerator_that_is_named_has_its_row() -> None:
    types = knowledge(compiled(rules_directory())).catalogue.types.values()
    named = [each for each in types if each.accelerator_model]
    assert len(named) > 50
    for each in named:
        found = MODELS.accelerator(each.accelerator_model, each.accelerator_memory_mib)
        assert found is not None, each.type
        assert each.accelerator_memory_mib in (None, found.memory_mib), each.type


def test_rates_are_in_base_units() -> None:
    card = MODELS.accelerator("rtx-pro-server-6000", None)
    assert card is not None
    assert (card.bandwidth, card.bandwidth_high) == (1597e9, 1792e9)
    assert (card.flops_bf16, card.flops_fp4, card.link_bandwidth) == (467.8e12, 1871.2e12, 64e9)
