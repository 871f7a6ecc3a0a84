"""A model by its id, as ``explain`` prints it."""

from __future__ import annotations

import pytest

from advisor.model.errors import InputError
from advisor.reference.model_card import model_card


def test_a_language_model_has_sizes_and_types_that_hold_it() -> None:
    card = model_card("llama-3.1-8b-instruct")
    told = {each.label: each.text for each in card.details}
    assert card.id == "meta-llama/Llama-3.1-8B-Instruct"
    assert told["Weights"].startswith("15 GB bf16, 7.48 GB fp8")
    assert told["Cache"].startswith("128 KB a token")
    types = [each.text for each in card.details if each.label == "On"]
    # Of 22.35 GiB of an L4 0.9 x 22.35 - 14.96 - 1.4 = 3.76 GiB hold 30,792 tokens of 128 KiB.
    assert any("ml.g6.2xlarge: one request of 30,792 tokens" in each for each in types)


def test_what_others_measured_stands_beside_what_is_modelled() -> None:
    card = model_card("Qwen/Qwen3-32B")
    (told,) = [each.text for each in card.details if each.label == "Measured"]
    # Of 18 rows on ml.g5.12xlarge the nearest to 500 in, 250 out and full: 619, 240 and 32.
    assert told.startswith(
        "ml.g5.12xlarge (bf16, degree 4), 619 in and 240 out, 32 in flight, vllm 0.11 to 0.17:"
        " TPOT 56 ms, answer 13.4 s (modelled: TPOT 83.9 ms); aws-samples/"
    )
    # TGI 1.0 and compiled devices are outside of what is modelled.
    old = [each.text for each in model_card("Llama-2-7b-hf").details if each.label == "Measured"]
    assert len(old) == 5
    assert not any("modelled" in each for each in old)
    assert not [each for each in model_card("phi-4").details if each.label == "Measured"]


def test_an_encoder_has_sizes_alone() -> None:
    labels = {each.label for each in model_card("BAAI/bge-base-en-v1.5").details}
    assert labels == {"Parameters", "Weights", "Context"}


def test_an_unknown_id_names_the_nearest() -> None:
    with pytest.raises(InputError, match="no model is known"):
        model_card("BAAI/bge-base")


@pytest.mark.parametrize("name", ["openai/whisper-tiny", "microsoft/resnet-50", "flan-t5-base"])
def test_a_model_without_a_formula_says_what_to_measure(name: str) -> None:
    told = {each.label: each.text for each in model_card(name).details}
    assert "requests.processing" in told["Time"]
    assert "active" not in told["Parameters"]


def test_a_model_of_your_own_data_has_no_size() -> None:
    (told,) = [each for each in model_card("xgboost").details if each.label == "Weights"]
    assert told.text == "those of your archive; state model.size"
