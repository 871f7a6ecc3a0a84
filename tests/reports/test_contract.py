"""No answer contradicts itself: published files, and files of a few facts as people state them."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.workload import read_workloads
from tests.contract import wrong
from tests.strategies import FEATURES

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([*(ROOT / "examples").glob("*.yaml"), *ROOT.glob("tests/cases/*/workload.yaml")])
PARTS: dict[str, list[Any]] = {
    "requests.answer": [
        "80 ms",
        "200 ms",
        "1 s",
        "3 s",
        "30 s",
        "10 min",
        "interactive",
        "relaxed",
        "later",
    ],
    "requests.processing": [
        "5 ms",
        "40 ms",
        "300 ms",
        "4 s",
        "50 s",
        "8 min",
        "short",
        "long",
        {"typical": "60 ms", "p99": "900 ms"},
        {"typical": "3 s", "max": "40 s"},
    ],
    "requests.payload": ["4 KB", "300 KB", "5 MB", "30 MB", "2 GB", "small", "large", "1 MB..8 MB"],
    "requests.response": ["2 KB", "5 MB", "20 MB"],
    "requests.cold_start": ["avoid", "tolerated", "3 s", "2 min"],
    "requests.streaming": [True],
    "traffic.pattern": [
        "sustained",
        "diurnal",
        "periodic",
        "intermittent",
        "spiky",
        "unpredictable",
    ],
    "traffic.peak": ["2/h", "3/min", "7/s", "120/s", "3000/s", "20k/s"],
    "traffic.volume": ["40/day", "9k/day", "3M/month", "400M/month", "12/week"],
    "traffic.active": ["8 h/day", "40 h/week", "1 h/week"],
    "traffic.concurrent": [2, 40, 500],
    "model.size": ["30 MB", "900 MB", "7 GB", "60 GB"],
    "model.memory": ["700 MB", "5 GB", "30 GB"],
    "model.accelerator": ["gpu", "none"],
    "model.parameters": ["60M", "1.5B", "8B"],
    "model.count": [3, 40, 2000],
    "model.framework": ["xgboost", "pytorch", "scikit-learn", "vllm"],
    "model.startup": ["4 s", "90 s"],
    "environment": ["test", "production"],
    "region": ["eu-west-1", "us-east-1", "ap-south-1"],
    "prefer": ["cost", "latency"],
    "budget": ["20 USD/month", "400 USD/month"],
    "needs": [["scale-to-zero"], ["vpc"], ["autoscaling"], ["multi-az"]],
}
RUN: dict[str, list[Any]] = {
    "dataset.records": ["50k", "3M", "80M"],
    "dataset.size": ["200 MB", "12 GB", "900 GB"],
    "dataset.runs": ["1/day", "1/week", "4/day", "2/month"],
    "dataset.deadline": ["30 min", "3 h", "20 h"],
    "dataset.format": ["csv", "parquet", "jsonlines", "other"],
    "dataset.files": [1, 40, 100000],
    "requests.processing": ["2 ms", "150 ms", "9 s", "short"],
    "model.size": ["30 MB", "7 GB"],
    "model.accelerator": ["gpu"],
    "budget": ["20 USD/month", "400 USD/month"],
}


def workload(seed: int) -> str:
    """A file of five facts, as people state them."""
    pick = random.Random(seed)
    batch = pick.random() < 0.2
    parts = RUN if batch else PARTS
    document: dict[str, Any] = {
        "name": f"w{seed}",
        "requests": {"arrival": "batch" if batch else "online"},
    }
    for path in pick.sample(sorted(parts), pick.choice([2, 3, 4, 5])):
        section, _, key = path.partition(".")
        value = pick.choice(parts[path])
        if key:
            document.setdefault(section, {})[key] = value
        else:
            document[section] = value
    return yaml.safe_dump(document, sort_keys=False)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_published(path: Path) -> None:
    text = path.read_bytes()
    for place in range(len(read_workloads(text, path.name, (), FEATURES))):
        assert wrong(text, place, again=False) == []


@pytest.mark.parametrize("seed", range(60))
def test_generated(seed: int) -> None:
    text = workload(seed)
    assert wrong(text.encode(), again=seed % 3 == 0) == [], text
