"""Addresses in S3 that a job reads and writes, over generated buckets and keys."""

from __future__ import annotations

import json
from collections.abc import Iterator

from hypothesis import assume, given
from hypothesis import strategies as st

from advisor.configuration.discover import STDIN
from advisor.gate.run import check
from advisor.gate.settings import CheckOptions

RULES = ("s3-bucket-name", "s3-wildcard", "s3-double-slash")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
BUCKETS = st.from_regex(r"[a-z0-9][a-z0-9-]{1,20}[a-z0-9](\.[a-z0-9]{1,10})?", fullmatch=True)
PARTS = st.lists(st.text(LETTERS + "-_.=", min_size=1, max_size=8), min_size=1, max_size=4)


def found(address: str) -> Iterator[tuple[str, str]]:
    job = {
        "TransformJobName": "score",
        "ModelName": "churn",
        "TransformInput": {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": address}}
        },
        "TransformOutput": {"S3OutputPath": "s3://acme-answers/out/"},
        "TransformResources": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1},
    }
    options = CheckOptions(paths=[STDIN], as_of="2026-12-01", stdin=json.dumps(job).encode())
    return ((f.rule, f.severity) for f in check(options).findings if f.rule in RULES)


@given(BUCKETS, PARTS)
def test_a_legal_address_has_no_finding(bucket: str, parts: list[str]) -> None:
    assert list(found(f"s3://{bucket}/{'/'.join(parts)}/")) == []


@given(BUCKETS, PARTS, st.sampled_from("!@+: ~,;'"), st.integers(1, 5))
def test_a_letter_that_no_bucket_has(bucket: str, parts: list[str], bad: str, at: int) -> None:
    address = f"s3://{bucket[:at]}{bad}{bucket[at:]}/{'/'.join(parts)}"
    assert list(found(address)) == [("s3-bucket-name", "error")]


@given(BUCKETS, PARTS)
def test_a_capital_is_a_warning(bucket: str, parts: list[str]) -> None:
    assume(any(letter.islower() for letter in bucket))
    named = bucket.capitalize() if bucket[0].islower() else f"{bucket}X"
    assume(not named.replace(".", "").isupper() and any(map(str.islower, named)))
    assert list(found(f"s3://{named}/{'/'.join(parts)}")) == [("s3-bucket-name", "warning")]


@given(BUCKETS, PARTS, st.integers(0, 3))
def test_an_asterisk_in_a_key(bucket: str, parts: list[str], where: int) -> None:
    parts.insert(min(where, len(parts)), "*.csv")
    assert list(found(f"s3://{bucket}/{'/'.join(parts)}")) == [("s3-wildcard", "error")]


@given(BUCKETS, PARTS, st.integers(0, 3))
def test_an_empty_folder(bucket: str, parts: list[str], where: int) -> None:
    parts.insert(min(where, len(parts) - 1), "")
    assert list(found(f"s3://{bucket}/{'/'.join(parts)}")) == [("s3-double-slash", "warning")]
