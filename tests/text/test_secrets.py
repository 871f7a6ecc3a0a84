"""Secrets in variables are refused at their place and never repeated."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.text import secrets
from advisor.workload.forms import service_table
from tests.cli.command import called

NAMES = [
    *("PASSWORD", "DB_PASSWORD", "PGPASSWORD", "dbPassword", "MYSQL_PWD", "REDIS_PASS", "SECRET"),
    *("CLIENT_SECRET", "clientSecret", "TOKEN", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "authToken"),
    *("HF_API_TOKEN", "API_KEY", "apiKey", "OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY"),
    *("AWS_SESSION_TOKEN", "PRIVATE_KEY", "SIGNING_KEY", "TOKEN_2", "DB_PASSPHRASE", "CREDENTIALS"),
]
HARMLESS = [
    *("TOKENIZERS_PARALLELISM", "MAX_TOKENS", "SECRET_ARN", "SECRET_NAME", "PASSWORD_FILE"),
    *(
        "TOKEN_LIMIT",
        "MAX_BATCH_PREFILL_TOKENS",
        "EOS_TOKEN",
        "PAD_TOKEN",
        "STOP_TOKEN",
        "LOG_LEVEL",
    ),
    *("SORT_KEY", "S3_KEY", "KEYBOARD", "PASSENGERS", "COMPASS", "OLDPWD", "API_KEY_NAME"),
    *("SECRETS_PATH", "TOKEN_URL", "USE_AUTH_TOKEN", "ACCESS_KEY_ID_FILE", "PARTITION_KEY"),
]


def secret(name: str, value: str) -> str:
    return secrets.secret(service_table("secrets.json"), name, value)


SHAPES = st.one_of(
    st.from_regex(r"\A(AKIA|ASIA)[A-Z0-9]{16}\Z"),
    st.from_regex(r"\Ahf_[A-Za-z0-9]{34}\Z"),
    st.from_regex(r"\Ask-(proj-)?[A-Za-z0-9]{24,40}\Z"),
    st.from_regex(r"\Agh[pousr]_[A-Za-z0-9]{36}\Z"),
    st.from_regex(r"\Axox[abps]-[0-9]{10}-[A-Za-z0-9]{16}\Z"),
    st.from_regex(r"\Apostgres://[a-z]{1,8}:[a-z0-9]{1,8}@[a-z]{1,8}/db\Z"),
    st.just("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----"),
)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_says_secret(name: str) -> None:
    assert secret(name, "swordfish")
    assert not secret(name, "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1b2c3")
    assert not secret(name, "{{resolve:secretsmanager:db:SecretString:password}}")
    assert not secret(name, "/run/secrets/db")
    assert not secret(name, "")


@pytest.mark.parametrize("name", HARMLESS)
def test_a_name_that_only_sounds_so(name: str) -> None:
    assert not secret(name, "swordfish")


@pytest.mark.parametrize(
    "value",
    [
        *("info", "1.0", "meta-llama/Meta-Llama-3.1-8B-Instruct", "/opt/ml/model", "us-east-1"),
        *("0e9e39f249a16976918f6564b8830bc894c89659", "a1b2c3d4-0000-1111-2222-a1b2c3d4e5f6"),
        *("s3://my-bucket/Some/Path/To/Model-v2/weights.tar.gz", "https://example.com/v1?x=1"),
        '{"task": "text-classification", "batchSize": 8, "useHalfPrecision": true}',
        "com.example.inference.handlers.ImageClassificationHandlerV2",
    ],
)
def test_a_value_that_is_none(value: str) -> None:
    assert not secret("CONFIG", value)


@given(SHAPES, st.sampled_from(["", "prefix ", "key="]))
def test_a_value_with_the_shape_of_a_key_is_one_whatever_the_name(value: str, before: str) -> None:
    assert secret("CONFIG", before + value)


@given(st.sampled_from(["model", "models", "variant", "shadow"]), SHAPES, st.booleans())
def test_a_secret_is_refused_at_its_place_and_not_repeated(
    where: str, value: str, verbose: bool
) -> None:
    variables = f"{{LOG_LEVEL: info, CONFIG: {json.dumps(value)}}}"
    parts = {
        "model": f"model: {{environment: {variables}}}",
        "models": f"models: [{{name: one, environment: {variables}}}]",
        "variant": f"deploy: {{variants: [{{name: b, environment: {variables}}}]}}",
        "shadow": f"deploy: {{shadow: {{environment: {variables}}}}}",
    }
    text = f"name: a\nrequests: {{arrival: online}}\n{parts[where]}\n"
    column = parts[where].index("CONFIG: ") + len("CONFIG: ") + 1
    done = called("-", *(["-v"] if verbose else ["--format", "json"]), typed=text)
    said = done.out + done.err
    assert done.code == 2, said
    assert f"3:{column}" in said
    assert "Secrets Manager" in said
    assert "environment.CONFIG" in said
    assert value[:24] not in said


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_the_check_names_the_variable_alone(form: str, tmp_path: Path) -> None:
    container = {"Image": "i", "Environment": {"DB_PASSWORD": "swordfish"}}
    body = {"ModelName": "m", "PrimaryContainer": container}
    (tmp_path / "create-model.json").write_text(json.dumps(body), encoding="utf-8")
    done = called("check", str(tmp_path), "--format", form)
    assert "secret-in-environment" in done.out
    assert "DB_PASSWORD looks like a secret" in done.out
    assert "swordfish" not in done.out + done.err
