"""What people type: each with the plain spelling that it stands for, or with its refusal."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.model.errors import InputError
from advisor.text.quantity import KINDS, QuantityError, TooLargeError, parse
from advisor.workload import read_workloads
from advisor.workload.familiar import parse_any, spellings
from advisor.workload.keys import features, keys

SMALL = "name: a\nrequests: {arrival: online}\n"

# Key -> text as typed -> the same in the plain spelling.
SAME: dict[str, dict[str, str]] = {
    "requests.payload": {
        "400mb": "400 MB",
        "400 megabytes": "400 MB",
        "400 Megabyte": "400 MB",
        "0.4 GB": "0.4 GB",
        ".4 GB": "0.4 GB",
        "0,4 GB": "0.4 GB",
        "20k": "20 KB",
        "4M": "4 MB",
        "1,000 KB": "1000 KB",
        "1_000 KB": "1000 KB",
        "1 000 KB": "1000 KB",
        "1.000.000 B": "1000000 B",
        "1e6 B": "1000000 B",
        "half a megabyte": "0.5 MB",
        "up to 4 MB": "<=4 MB",
        "at most 4 MB": "<=4 MB",
        "max 4 MB": "<=4 MB",
        "4 MB max": "<=4 MB",
        "≤ 4 MB": "<=4 MB",
        "under 4 MB": "<4 MB",
        "at least 4 MB": ">=4 MB",
        "4 MB or more": ">=4 MB",
        "4MB+": ">=4 MB",
        "over 4 MB": ">4 MB",
        "about 4 MB": "4 MB",
        "~4 MB": "4 MB",
        "ca. 4 MB": "4 MB",
        "between 1 and 4 MB": "1 MB..4 MB",
        "from 1 to 4 MB": "1 MB..4 MB",
        "1…4 MB": "1 MB..4 MB",
        "500 KB - 1 MB": "500 KB..1 MB",
        "4 MB per request": "4 MB",
        "big": "large",
        "Large": "large",
        "tiny": "small",
    },
    "requests.processing": {
        "3 minutes": "3 min",
        "3 mins.": "3 min",
        "1h30m": "90 min",
        "1 hour and 30 minutes": "90 min",
        "2m30s": "150 s",
        "1:30 h": "90 min",
        "1:30:00": "90 min",
        "PT5M": "5 min",
        "half an hour": "30 min",
        "an hour": "1 h",
        "less than a second": "<1 s",
        "within 5 s": "<=5 s",
        "5-10s": "5 s..10 s",
        "5 to 10 seconds": "5 s..10 s",
        "no longer than 5 s": "<=5 s",
        "500 µs": "500 us",
        "1 week": "7 d",
        "500 MS": "500 ms",
        "fast": "short",
        "slow": "long",
    },
    "requests.answer": {
        "asap": "interactive",
        "real-time": "interactive",
        "overnight": "later",
        "p99 < 250 ms": "<250 ms",
        "250 ms (p99)": "250 ms",
    },
    "requests.cold_start": {
        "no": "avoid",
        "false": "avoid",
        "never": "avoid",
        "not acceptable": "avoid",
        "0": "avoid",
        "yes": "tolerated",
        "ok": "tolerated",
        "tolerate": "tolerated",
        "up to 30 s": "<=30 s",
    },
    "traffic.peak": {
        "20 rps": "20/s",
        "20RPS": "20/s",
        "20 tps": "20/s",
        "20 qps": "20/s",
        "20 rpm": "20/min",
        "20 req/s": "20/s",
        "20 r/s": "20/s",
        "20 Hz": "20/s",
        "20 requests per second": "20/s",
        "20 images per minute": "20/min",
        "500 daily": "500/day",
        "500 requests a day": "500/day",
        "about 500 a day": "500/day",
        "500 per night": "500/day",
        "10k-20k/day": "10k/day..20k/day",
        "500-1k/day": "500/day..1k/day",
        "every 5 minutes": "12/h",
        "1 per 5 minutes": "12/h",
        "twice a day": "2/day",
        "3 times a week": "3/week",
        "up to 1000/h": "<=1000/h",
    },
    "traffic.volume": {
        "1 million/month": "1M/month",
        "1,000,000 per month": "1M/month",
        "2 mio per month": "2M/month",
        "2 bn a year": "2B/year",
        "1.5k per day": "1.5k/day",
        "100 to 200 per day": "100/day..200/day",
    },
    "dataset.runs": {"nightly": "1/day", "weekly": "1/week", "every 6 hours": "4/day"},
    "traffic.active": {
        "8 hours a day": "8 h/day",
        "8h/d": "8 h/day",
        "160 hours per month": "160 h/month",
        "24/7": "168 h/week",
        "always on": "168 h/week",
        "around the clock": "168 h/week",
        "office hours": "40 h/week",
        "25 %": "42 h/week",
        "8 h/weekday": "40 h/week",
    },
    "traffic.windows": {
        "office hours": "business hours",
        "Business-Hours": "business hours",
        "Mon-Fri 9-17": "[{days: mon-fri, hours: 9-17}]",
        "weekdays 9am-5pm": "[{days: mon-fri, hours: 9-17}]",
        "9:00 - 17:30 on weekdays": "[{days: mon-fri, hours: '9:00-17:30'}]",
        "Monday to Friday 9 to 17": "[{days: mon-fri, hours: 9-17}]",
        "[mon-fri 9-17, sat 10-14]": "[{days: mon-fri, hours: 9-17}, {days: sat, hours: 10-14}]",
        "{days: mon-fri, hours: 9-17}": "[{days: mon-fri, hours: 9-17}]",
        "[{days: Weekend, hours: 8pm-2am}]": "[{days: sat-sun, hours: 20-2}]",
        "22-6": "[{hours: 22-6}]",
        "mon-fri 9-17, sat 10-14": "[{days: mon-fri, hours: 9-17}, {days: sat, hours: 10-14}]",
    },
    "traffic.timezone": {
        "US/Pacific": "US/Pacific",
        "berlin": "Europe/Berlin",
        "europe/berlin": "Europe/Berlin",
        "New York": "America/New_York",
        "PST": "America/Los_Angeles",
        "utc": "UTC",
        "UTC+2": "Etc/GMT-2",
    },
    "traffic.concurrent": {"30 requests": "30", "30 in parallel": "30"},
    "dataset.format": {
        "jsonl": "jsonlines",
        "ndjson": "jsonlines",
        "JSON Lines": "jsonlines",
        "text/csv": "csv",
        ".csv": "csv",
        "TFRecords": "tfrecord",
        "images": "other",
    },
    "dataset.records": {"20M rows": "20M", "10,000": "10000", "10_000": "10000", "2 mio": "2M"},
    "model.parameters": {
        "8 billion": "8B",
        "8bn": "8B",
        "7B params": "7B",
        "70b": "70B",
        "1T": "1000B",
        "8e9": "8B",
        "1.5k": "1500",
    },
    "model.count": {"3 models": "3", "two": "2", "300-600": "300..600", "300+": ">=300"},
    "model.size": {"15G": "15 GB", "15 gigs": "15 GB", "huge": "large"},
    "model.precision": {
        "half": "fp16",
        "float16": "fp16",
        "torch.float16": "fp16",
        "BF16": "bf16",
        "int 8": "int8",
        "8bit": "int8",
        "4-bit": "int4",
        "full precision": "fp32",
    },
    "model.accelerator": {
        "nvidia": "gpu",
        "GPU": "gpu",
        "1 GPU": "gpu",
        "T4": "gpu",
        "a10g": "gpu",
        "CPU only": "none",
        "no": "none",
        "inferentia2": "neuron",
    },
    "model.framework": {
        "torch": "pytorch",
        "PyTorch 2.1": "pytorch 2.1",
        "sklearn": "scikit-learn",
        "xgb": "xgboost",
        "tf": "tensorflow",
        "Hugging Face": "huggingface",
        "HF": "huggingface",
        "vLLM": "vllm",
        "our-own-server": "our-own-server",
    },
    "region": {
        "Frankfurt": "eu-central-1",
        "us-east1": "us-east-1",
        "US_EAST_1": "us-east-1",
        "EU (Ireland)": "eu-west-1",
        "US East (N. Virginia)": "us-east-1",
        "eu-central-1a": "eu-central-1",
    },
    "budget": {
        "$500/month": "500 USD/month",
        "500$/month": "500 USD/month",
        "US$ 500 per month": "500 USD/month",
        "USD 500/mo": "500 USD/month",
        "500 dollars a month": "500 USD/month",
        "$1,000/month": "1000 USD/month",
        "$1.5k a month": "1500 USD/month",
        "$6000/year": "500 USD/month",
        "up to $500/month": "<=500 USD/month",
    },
    "requests.streaming": {"yes": "true", "on": "true", "y": "true", "no": "false", "Off": "false"},
    "requests.arrival": {"real-time": "online", "async": "online", "offline": "batch"},
    "traffic.pattern": {"steady": "sustained", "bursty": "spiky", "office hours": "periodic"},
    "prefer": {"cheapest": "cost", "low latency": "latency"},
    "environment": {"prod": "production", "staging": "test"},
    "decision": {"{option: async}": "{option: asynchronous}"},
    "deploy.instance_type": {"m5.xlarge": "ml.m5.xlarge", "ML.G5.2XLARGE": "ml.g5.2xlarge"},
    "deploy.shadow.share": {"50 percent": "50 %", "half": "50 %"},
    "needs": {
        "vpc": "[vpc]",
        "vpc, kms": "[vpc, kms]",
        "none": "[]",
        "[VPC, data capture]": "[vpc, data-capture]",
        "[encryption, a/b testing]": "[kms, multiple-variants]",
        "{vpc: yes, kms: no}": "{vpc: true, kms: false}",
    },
}

# Key, text as typed, what is wrong with it, what to do.
REFUSED = [
    ("requests.payload", "4 Mb", "'4 Mb' counts bits", "write bytes"),
    ("requests.payload", "4 megabits", "'4 megabits' counts bits", "write bytes"),
    ("requests.payload", "1,5 MB", "'1,5 MB' has a comma, which may mark", "write a point"),
    ("requests.payload", "5 s", "'5 s' is a time, and a size is expected", "write it like 20 KB"),
    ("requests.payload", "20", "'20' has no unit", "write 20 KB, 20 MB or 20 GB"),
    ("model.size", "7B", "'7B' would be that many bytes", "or its parameters: 7B"),
    ("requests.processing", "60 ms avg", "speaks of one of several values", "write typical, p99"),
    ("traffic.peak", "500 TPM", "may count tokens or transactions", "such as 20/min"),
    ("requests.payload", "unknown", "'unknown' says nothing", "remove the key"),
    ("requests.payload", "medium", "'medium' is not a size", "large, small"),
    ("requests.processing", "5m", "'5m' may be minutes or months", "write 5 min"),
    ("requests.processing", "1:30", "may be hours or minutes", "write 1h30m or 1m30s"),
    ("requests.processing", "200", "'200' has no unit", "write 200 ms, 200 s or 200 min"),
    ("requests.processing", "20 rps", "'20 rps' is a rate, and a time is expected", "250 ms"),
    ("requests.processing", "10-5 s", "'10-5 s' is not a time", "5 min..15 min"),
    ("requests.answer", "no hurry", "has several meanings", "write relaxed or later"),
    ("traffic.peak", "20/m", "'20/m' may be a minute or a month", "write 20/min or 20/month"),
    ("traffic.peak", "20", "'20' names no time", "write 20/s, 20/min, 20/h, 20/day or 20/month"),
    ("traffic.peak", "20 users", "counts users, and a rate counts requests", "such as 20/s"),
    ("traffic.peak", "2000 tokens/s", "counts tokens, and a rate counts", "such as 20/s"),
    ("traffic.volume", "2 million", "'2 million' names no time", "write 2M/day"),
    ("traffic.volume", "1m/month", "may mean millions or thousandths", "write 1M/month"),
    ("traffic.active", "8 h", "may be of a day or of a week", "write 8 h/day or 8 h/week"),
    ("traffic.active", "9-17", "is a window", "write windows: [{hours: 9-17}]"),
    ("traffic.active", "5 days a week", "says days", "write the hours"),
    ("traffic.windows", "9-5 weekdays", "9-5 may end in the afternoon", "write 9-17, or 9-24 and"),
    (
        "traffic.windows",
        "weekdays",
        "'weekdays' names no hours",
        "write mon-fri 9-17, or business hours",
    ),
    ("traffic.timezone", "IST", "several meanings", "write Asia/Kolkata, Europe/Dublin or"),
    ("traffic.timezone", "Europe/Berln", "is not a time zone", "did you mean Europe/Berlin?"),
    ("traffic.concurrent", "30 users", "counts users", "write the requests in progress"),
    ("dataset.format", "json", "several meanings", "write jsonlines or other"),
    ("model.parameters", "8 GB", "'8 GB' is a size, and a count is expected", "8B"),
    ("model.parameters", "125m", "may mean millions or thousandths", "write 125M"),
    ("model.precision", "16bit", "several meanings", "write fp16 or bf16"),
    ("model.accelerator", "yes", "several meanings", "write gpu or neuron"),
    ("model.framework", "pytroch", "'pytroch' is no known framework", "Write framework: pytorch"),
    ("model.framework", "tensorlfow", "is no known framework", "did you mean tensorflow?"),
    ("region", "us-east", "is not a Region", "did you mean us-east-1 or us-east-2?"),
    ("region", "eu", "several meanings", "write eu-central-1 or eu-west-1"),
    ("budget", "$500", "'$500' names no period", "write 500 USD/month or 500 USD/year"),
    ("budget", "500 usd", "names no period", "write 500 USD/month or 500 USD/year"),
    ("budget", "500", "names no currency", "write 500 USD/month, if it is US dollars a month"),
    ("budget", "EUR 500", "is in another currency", "write it in US dollars"),
    ("budget", "500 €/month", "is in another currency", "write it in US dollars"),
    ("budget", "unlimited", "says nothing", "remove the key"),
    ("requests.streaming", "maybe", "is not true or false", "write true or false"),
    ("deploy.shadow.share", "0.5", "has no unit", "write it with its sign: 5 %"),
    ("needs", "[gpu]", "the feature 'gpu' does not exist", "write model: {accelerator: gpu}"),
    ("needs", "[monitoring]", "several meanings", "write model-monitor or alarms"),
    ("traffic", "20/s", "expected a mapping", "traffic: {peak: 20/s} or traffic: {volume: 20/s}"),
    ("model", "400 MB", "expected a mapping", "Write model: {size: 400 MB}"),
    ("model", "torch", "expected a mapping", "Write model: {framework: torch}"),
    ("requests", "5/s", "expected a mapping", "Write traffic: {peak: 5/s}"),
    ("requests", "online", "expected a mapping", "Write requests: {arrival: online}"),
]

# Key that does not exist, its value, the lines to paste.
KEYS = [
    ("latency", "200 ms", "requests: {answer: 200 ms} or requests: {processing: 200 ms}"),
    ("latency", "soon", "it like requests: {answer: 250 ms} or requests: {processing: 400 ms}"),
    ("max_latency", "1 s", "requests: {answer: 1 s} or requests: {processing: 1 s}"),
    ("timeout", "30 s", "requests: {answer: 30 s} or requests: {processing: 30 s}"),
    ("sla", "300 ms", "requests: {answer: 300 ms}"),
    ("gpu", "true", "model: {accelerator: gpu}"),
    ("gpu", "T4", "model: {accelerator: T4}"),
    ("gpu", "false", "model: {accelerator: false}"),
    ("users", "500", "traffic: {concurrent: 500}"),
    ("type", "batch", "requests: {arrival: batch} or decision: {option: batch}"),
    ("type", "ml.m5.xlarge", "deploy: {instance_type: ml.m5.xlarge}"),
    ("type", "xgboost", "model: {framework: xgboost}"),
    ("rps", "20", "traffic: {peak: 20/s}"),
    ("rps", "20 rps", "traffic: {peak: 20 rps}"),
    ("traffic.rps", "20", "peak: 20/s"),
    ("throughput", "20/s", "traffic: {peak: 20/s} or model: {throughput: 20/s}"),
    ("memory", "4 GB", "model: {memory: 4 GB}"),
    (
        "instance",
        "m5.xlarge",
        "deploy: {instance_type: m5.xlarge} or model: {measured_on: m5.xlarge}",
    ),
    ("model_size", "400 MB", "model: {size: 400 MB}"),
    ("modelSize", "400 MB", "model: {size: 400 MB}"),
    ("concurrency", "10", "traffic: {concurrent: 10} or model: {concurrency: 10}"),
    ("batch", "true", "requests: {arrival: batch}"),
    ("frequency", "1/day", "traffic: {volume: 1/day} or dataset: {runs: 1/day}"),
    ("cost", "500", "budget: 500 USD/month"),
    ("input_size", "2 MB", "requests: {payload: 2 MB}"),
    ("payload", "2 MB", "requests: {payload: 2 MB}"),
    ("requests.size", "2 MB", "payload: 2 MB"),
    ("requests.payloads", "2 MB", "payload: 2 MB"),
    ("requests.coldStart", "avoid", "cold_start: avoid"),
    ("requests.cold-start", "avoid", "cold_start: avoid"),
    ("requests.peak", "20/s", "traffic: {peak: 20/s}"),
    ("deploy.instanceType", "ml.m5.xlarge", "instance_type: ml.m5.xlarge"),
    ("deploy.count", "2", "instances: {min: 2}"),
    ("latency_ms", "200", "requests: {answer: 200 ms} or requests: {processing: 200 ms}"),
    ("memoryGb", "4", "model: {memory: 4 GB}"),
    ("payload_size_mb", "5", "requests: {payload: 5 MB}"),
    ("budget_usd", "500", "budget: 500 USD/month"),
    ("max_payload_size", "5 MB", "requests: {payload: 5 MB}"),
    ("num_gpus", "2", "model: {accelerator: gpu}"),
    ("requests.payload.maximum", "2 MB", "max: 2 MB"),
    ("requests.payload.avg", "20 KB", "typical: 20 KB"),
    ("traffic.avg_rps", "5", "volume: 5/s"),
    ("traffic.max", "20/s", "peak: 20/s"),
    ("env", "prod", "environment: prod"),
    ("vpc", "true", "needs: [vpc]"),
    ("hours", "9-17", "traffic: {windows: 9-17}"),
]


def values(path: str, text: str) -> dict[str, Any]:
    (workload,) = read_workloads(SMALL.encode(), "w.yaml", [(path, text)])
    return {name: stated.value for name, stated in workload.values.items()}


def refusal(data: str, changes: list[tuple[str, str]]) -> InputError:
    with pytest.raises(InputError) as caught:
        read_workloads(data.encode(), "w.yaml", changes)
    return caught.value


def in_file(path: str, text: str) -> str:
    """A workload file that states one more fact."""
    *sections, name = path.split(".")
    if sections[:1] == ["requests"]:
        inner = f"{{{name}: {text}}}" if len(sections) == 2 else text
        name = sections[1] if len(sections) == 2 else name
        return f"name: a\nrequests:\n  arrival: online\n  {name}: {inner}\n"
    line = f"{name}: {text}" if path != "requests" else ""
    for section in reversed(sections):
        line = f"{section}:\n  " + line.replace("\n", "\n  ")
    return (f"{SMALL}{line}\n") if line else f"name: a\nrequests: {text}\n"


@pytest.mark.parametrize(
    ("path", "typed", "plainly"),
    [(path, typed, plainly) for path, row in SAME.items() for typed, plainly in row.items()],
)
def test_what_has_one_meaning_is_taken(path: str, typed: str, plainly: str) -> None:
    assert values(path, typed) == values(path, plainly)


@pytest.mark.parametrize(("path", "typed", "problem", "hint"), REFUSED)
def test_what_has_no_one_meaning_says_why_and_what_to_write(
    path: str, typed: str, problem: str, hint: str
) -> None:
    error = refusal(SMALL, [(path, typed)])
    assert problem in error.message
    assert hint in error.hint


@pytest.mark.parametrize(("path", "typed", "lines"), KEYS)
def test_a_wrong_key_prints_the_lines_to_paste(path: str, typed: str, lines: str) -> None:
    error = refusal(SMALL, [(path, typed)])
    assert error.message.startswith(f"{path.rpartition('.')[2]!r} is not a key of ")
    assert error.hint.endswith(f"? Write {lines}")


@pytest.mark.parametrize(
    ("path", "typed"), [(row[0], row[1]) for row in (*REFUSED, *KEYS) if row[1][0] not in "[{"]
)
def test_a_file_and_an_option_are_told_the_same(path: str, typed: str) -> None:
    when_set = refusal(SMALL, [(path, typed)])
    in_a_file = refusal(in_file(path, typed), [])
    assert (when_set.message, when_set.hint) == (in_a_file.message, in_a_file.hint)
    assert when_set.file == f"--set {path}"
    assert in_a_file.line


@pytest.mark.parametrize("path", [path for path, key in keys().items() if key.kind == "word"])
@given(data=st.data())
def test_case_and_what_joins_words_never_matter(path: str, data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(keys()[path].words))
    typed = data.draw(st.sampled_from([word, word.upper(), word.replace("-", " ").title()]))
    if path.startswith("decision."):
        assert values("decision", f"{{option: {typed}}}") == values(
            "decision", f"{{option: {word}}}"
        )
    else:
        assert values(path, typed) == values(path, word)


def word_rows() -> list[tuple[str, str, str]]:
    """Key, another spelling and the plain one, of all that the table has with one meaning."""
    named = {path.rpartition(".")[2]: path for path, key in keys().items() if key.kind != "named"}
    named |= {"size": "model.size", "flag": "dataset.join", "option": "decision.option"}
    return [
        (named[name], typed, meant)
        for name, row in spellings()["words"].items()
        if name in named and name != "needs"
        for typed, meant in row.items()
        if isinstance(meant, str)
    ]


@pytest.mark.parametrize(("path", "typed", "meant"), word_rows())
def test_every_word_of_the_table_gives_the_value_of_its_plain_spelling(
    path: str, typed: str, meant: str
) -> None:
    assert values(path, f"{typed}") == values(path, meant)


def test_every_need_of_the_table_is_a_feature_or_a_line_to_paste() -> None:
    for meant in spellings()["words"]["needs"].values():
        for each in [meant] if isinstance(meant, str) else meant:
            assert each in features() or each.partition(": ")[0] in keys(), each


def test_every_key_of_the_table_leads_to_a_key() -> None:
    later = {"requests.tokens", "model.id"}  # skipped until they are keys
    for name, meant in spellings()["keys"].items():
        assert {each.partition(": ")[0] for each in meant} <= keys().keys() | later, name


@given(st.integers(1, 999), st.sampled_from(["", " "]), st.data())
def test_every_name_of_a_unit_gives_the_value_of_the_unit(
    number: int, blank: str, data: st.DataObject
) -> None:
    kind = data.draw(st.sampled_from(["size", "time", "count"]))
    name, meant = data.draw(st.sampled_from(sorted(spellings()["units"][kind].items())))
    factor, _, unit = meant.rpartition(" ")
    plainly = f"{number * int(factor or 1)} {unit}".strip()
    found = None
    with suppress(ValueError):
        found = parse_any(f"{number}{blank}{name}", kind)
    assert found == parse(plainly, kind)


@given(st.integers(1, 999), st.sampled_from(sorted(KINDS)), st.data())
def test_every_sign_in_words_is_the_sign(number: int, kind: str, data: st.DataObject) -> None:
    unit = data.draw(st.sampled_from(sorted(unit for unit in KINDS[kind] if unit)))
    said, sign = data.draw(
        st.sampled_from(
            [("up to", "<="), ("at least", ">="), ("more than", ">"), ("under", "<"), ("~", "")]
        )
    )
    said, plainly = f"{said} {number} {unit}", f"{sign}{number} {unit}"
    try:
        meant = parse(plainly, kind)
    except TooLargeError as error:  # 999 B/min: refused in words as well, with the same largest
        with pytest.raises(TooLargeError, match=re.escape(error.hint)):
            parse_any(said, kind)
    else:
        assert parse_any(said, kind) == meant


PIECES = "1|2.5|1,000|e9| |..|-|to|/|per|a|half|up to|h|m|s|MB|k|day|month|usd|$|rps|every|9:30|%"
TYPED = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="0123456789.,:/-+<>=~ %$kKMGBbhms", max_size=16),
    st.lists(
        st.sampled_from(PIECES.split("|")),
        max_size=7,
    ).map("".join),
)


@given(TYPED, st.sampled_from(sorted(KINDS)))
def test_whatever_is_typed_is_a_quantity_or_refused(typed: str, kind: str) -> None:
    with suppress(QuantityError):
        low, high = parse_any(typed, kind)
        assert low is None or high is None or 0 <= low <= high


@given(TYPED, st.sampled_from([path for path, key in keys().items() if key.kind != "section"]))
def test_whatever_is_typed_for_a_key_is_taken_or_refused(typed: str, path: str) -> None:
    for name in (path, path.rpartition(".")[2] + "x", f"{typed[:20]}x"):
        with suppress(InputError):
            read_workloads(SMALL.encode(), "w.yaml", [(name, typed)])
