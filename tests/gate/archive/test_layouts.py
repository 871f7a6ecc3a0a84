"""Layouts of model archives: each framework good and bad, as data/archives.yaml says."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from advisor.gate.archive.contents import Archive, read_archive
from advisor.gate.archive.framework import (
    LayoutFault,
    Names,
    expression,
    framework_of,
    holds,
    layouts,
    named,
    names_of,
    recognised,
    required,
)
from advisor.gate.archive.run import ArchiveJudge
from advisor.gate.archive.tar_members import TarMember
from advisor.gate.checks import load_checks
from advisor.gate.finding import GateFinding
from advisor.model.errors import InputError
from tests.archives import TORCHSCRIPT, packed

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / "data" / "archives.yaml").read_text(encoding="utf-8")
)
GOOD = [case for case in CASES if not case.get("findings")]
ABOUT_FRAMEWORK = {"archive-framework", "archive-framework-differs"}


def contents(case: dict[str, Any]) -> dict[str, bytes]:
    members = case["members"]
    if isinstance(members, list):
        return dict.fromkeys(members, b"x")
    return {
        name: TORCHSCRIPT if text == "script" else text.encode() for name, text in members.items()
    }


def findings(path: str, framework: str = "") -> list[GateFinding]:
    return list(
        ArchiveJudge(checks=load_checks(), framework=framework).findings(read_archive(path))
    )


def case_id(case: dict[str, Any]) -> str:
    return f"{case['framework']}: {case['name']}"


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_a_layout_has_the_findings_that_are_listed(case: dict[str, Any], tmp_path: Path) -> None:
    path = packed(tmp_path / "model.tar.gz", contents(case))
    found = findings(path, case["framework"])
    assert {each.rule: each.severity for each in found} == case.get("findings", {})
    assert len({each.rule for each in found}) == len(found)
    layout = named(case["framework"])
    assert layout is not None
    assert all(each.source == layout.source for each in found)
    assert all(each.message.startswith(f"{layout.title}: ") for each in found)


@given(st.sampled_from(GOOD), st.randoms(use_true_random=False))
def test_the_order_of_members_does_not_matter(case: dict[str, Any], order: random.Random) -> None:
    members = [
        TarMember(name, "file", len(data), holds="TorchScript" if data == TORCHSCRIPT else "")
        for name, data in contents(case).items()
    ]
    order.shuffle(members)
    prefix = order.choice(["", "./"])
    named_so = tuple(each._replace(name=prefix + each.name) for each in members)
    archive = Archive(file="model.tar.gz", packed=1, members=named_so, problems=(), complete=True)
    assert (
        list(ArchiveJudge(checks=load_checks(), framework=case["framework"]).findings(archive))
        == []
    )


NAME = st.sampled_from(
    [
        "model",
        "code",
        "1",
        "inference.py",
        "model.pth",
        "config.json",
        "saved_model.pb",
        "..",
        "",
        "._a",
        "a\n\x1b",
        "\udcff",
    ]
)
KINDS = ("file", "directory", "symlink", "hard link", "device", "FIFO", "other")
TREE = st.lists(
    st.builds(
        TarMember,
        name=st.lists(NAME, min_size=1, max_size=4).map("/".join),
        kind=st.sampled_from(
            ["file", "directory", "symlink", "hard link", "device", "FIFO", "other"]
        ),
        size=st.integers(0, 2**40),
        mode=st.integers(0, 0o7777),
        target=st.lists(NAME, max_size=3).map("/".join),
        holds=st.sampled_from(["", "gzip", "tar", "TorchScript", "a Git LFS pointer"]),
    ),
    max_size=12,
)


@given(TREE, st.sampled_from(["", *(each.names[0] for each in layouts())]), st.booleans())
def test_no_tree_of_members_crashes_a_check(
    members: list[TarMember], framework: str, complete: bool
) -> None:
    archive = Archive(
        file="model.tar.gz", packed=1, members=tuple(members), problems=(), complete=complete
    )
    for found in ArchiveJudge(checks=load_checks(), framework=framework).findings(archive):
        assert found.file == "model.tar.gz"
        found.message.encode()  # what no encoding can write is escaped
        found.address.encode()


@pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.id)
def test_every_layout_and_every_fault_has_a_case(layout: Any) -> None:
    cases = [case for case in CASES if named(case["framework"]) is layout]
    assert any(not case.get("findings") for case in cases)
    raised = {rule for case in cases for rule in case.get("findings", {})}
    assert {fault.check for fault in layout.faults} <= raised
    assert {fault.check for fault in layout.faults} <= load_checks().keys()


def test_names_and_images_mean_one_layout() -> None:
    for words in ([each.names for each in layouts()], [each.images for each in layouts()]):
        assert max(Counter(word for group in words for word in group).values()) == 1


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ("PyTorch 2.1", "layout-pytorch"),
        ("pytorch==2.0.1", "layout-pytorch"),
        ("scikit-learn 1.2-1", "layout-scikit-learn"),
        ("Hugging Face", "layout-huggingface"),
        ("tensorflow-serving v2", "layout-tensorflow"),
        ("xgboost:1.7-1", "layout-xgboost"),
        ("TF", "layout-tensorflow"),
    ],
)
def test_a_framework_is_found_by_many_names(text: str, layout: str) -> None:
    found = named(text)
    assert found is not None
    assert found.id == layout


def test_a_framework_that_is_not_known_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="sm-advise knows no layout for pytroch") as caught:
        required("pytroch")
    assert caught.value.hint.startswith("did you mean pytorch? it is one of triton, ")


RECOGNISED = {
    "resnet/config.pbtxt": "layout-triton",
    "x/serving.properties": "layout-djl",
    "MAR-INF/MANIFEST.json": "layout-torchserve",
    "1/saved_model.pb": "layout-tensorflow",
    "a-symbol.json": "layout-mxnet",
    "xgboost-model": "layout-xgboost",
    "a/b.pth": "layout-pytorch",
    "model.joblib": "layout-scikit-learn",
}


@pytest.mark.parametrize(("file", "layout"), RECOGNISED.items())
def test_a_framework_is_recognised_by_a_file(file: str, layout: str) -> None:
    found = recognised(Names([file], [], complete=True))
    assert found is not None
    assert (found[0].id, found[1]) == (layout, file)


def test_weights_alone_are_not_hugging_face() -> None:
    assert recognised(Names(["model.safetensors"], [], complete=True)) is None
    found = recognised(Names(["config.json", "model.safetensors"], [], complete=True))
    assert found is not None
    assert found[0].id == "layout-huggingface"


def names(*files: str, complete: bool = True) -> Names:
    return Names(files, [], complete)


PREBUILT = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.1-cpu"
OWN = "123456789012.dkr.ecr.us-east-1.amazonaws.com/fraud:1"


def test_what_is_given_wins_over_what_is_stated_over_the_image_over_the_content() -> None:
    files = names("model.joblib", "code/inference.py")
    for given_, stated, image, title, note in (
        ("mxnet", "pytorch", PREBUILT, "MXNet", ""),
        ("", "xgboost", PREBUILT, "XGBoost", ""),
        ("", "", PREBUILT, "PyTorch", ""),
        ("", "", "", "scikit-learn", "checked as scikit-learn, recognised by model.joblib"),
    ):
        found = framework_of(files, given_, stated, image)
        assert found.layout is not None
        assert (found.layout.title, found.note) == (title, note)


def test_what_is_not_known_is_not_checked_and_that_is_told() -> None:
    files = names("model.txt")
    for stated, image, note in (
        ("", "", "no framework is stated or recognised, so the layout was not checked"),
        ("lightgbm", "", "sm-advise knows no layout for lightgbm, so it was not checked"),
        ("", OWN, "sm-advise knows no layout for an image of your own, so it was not checked"),
    ):
        found = framework_of(files, "", stated, image)
        assert (found.layout, found.note) == (None, note)


def test_another_framework_than_the_stated_one_is_told() -> None:
    found = framework_of(names("1/saved_model.pb"), "", "pytorch", "")
    assert found.differs == "PyTorch is stated, but 1/saved_model.pb belongs to TensorFlow Serving"
    assert (
        framework_of(names("1/saved_model.pb", "code/inference.py"), "", "pytorch", "").differs
        == ""
    )
    assert framework_of(names("model.bin"), "", "pytorch", "").differs == ""


def test_an_image_of_ones_own_makes_an_error_a_warning(tmp_path: Path) -> None:
    files = names("model.joblib")
    assert framework_of(files, "", "sklearn", OWN).own_image
    assert not framework_of(files, "", "sklearn", "").own_image
    assert not framework_of(files, "", "pytorch", PREBUILT).own_image


@pytest.mark.parametrize(
    ("pattern", "fits", "fails"),
    [
        ("*.pt", ["a.pt", ".pt"], ["b/a.pt", "a.pth"]),
        ("**/*.pt", ["a.pt", "b/c/a.pt"], ["a.ptx"]),
        ("code/**", ["code/a", "code/b/c"], ["code", "code/"]),
        (
            "<version>/saved_model.pb",
            ["1/saved_model.pb", "007/saved_model.pb"],
            ["v1/saved_model.pb"],
        ),
        ("*/<version>/", ["a/1/"], ["1/", "a/b/1/"]),
        ("*", ["a", "a\nb"], ["a/b"]),
        ("a+(b).pb", ["a+(b).pb"], ["aab.pb"]),
    ],
)
def test_a_pattern_matches_whole_names(pattern: str, fits: list[str], fails: list[str]) -> None:
    assert all(expression(pattern).fullmatch(name) for name in fits)
    assert not any(expression(pattern).fullmatch(name) for name in fails)


@pytest.mark.parametrize(
    ("condition", "files", "whole", "part"),
    [
        ({"any": ["a"]}, ["a"], True, True),
        ({"any": ["a"]}, ["b"], False, None),
        ({"none": ["a"]}, ["b"], True, None),
        ({"none": ["a"]}, ["a"], False, False),
        ({"one": ["*"]}, ["a"], True, None),
        ({"one": ["*"]}, ["a", "b"], False, False),
        ({"one": ["*"]}, [], False, None),
        ({"several": ["*"]}, ["a", "b"], True, True),
        ({"several": ["*"]}, ["a"], False, None),
        ({"only": ["a"]}, ["a"], True, None),
        ({"only": ["a"]}, ["a", "b"], False, False),
        ({"torchscript": ["a"]}, ["a"], False, None),
        ({"not": {"any": ["a"]}}, ["b"], True, None),
        ({"all": [{"any": ["a"]}, {"none": ["b"]}]}, ["a"], True, None),
        ({"all": [{"any": ["a"]}, {"none": ["b"]}]}, ["b"], False, False),
        ({"some": [{"any": ["a"]}, {"none": ["b"]}]}, ["a", "b"], True, True),
        ({"some": [{"any": ["a"]}, {"none": ["b"]}]}, ["b"], False, None),
    ],
)
def test_what_was_not_read_leaves_a_condition_open(
    condition: dict[str, Any], files: list[str], whole: bool, part: bool | None
) -> None:
    assert holds(condition, names(*files)) is whole
    assert holds(condition, names(*files, complete=False)) is part


@pytest.mark.parametrize(
    ("unless", "environment", "excused"),
    [
        ({}, {"A": "x"}, False),
        ({}, None, False),
        ({"A": "."}, {}, False),
        ({"A": "."}, {"A": ""}, False),
        ({"A": "."}, {"A": "x"}, True),
        ({"A": "."}, {"B": "x"}, False),
        ({"A": "^s3://", "B": "."}, {"A": "/opt/ml/model/code"}, False),
        ({"A": "^s3://", "B": "."}, {"A": "/opt", "B": "x"}, True),
        ({"A": "^s3://"}, {"A": None}, True),  # nobody knows
        ({"A": "^s3://"}, None, True),
    ],
)
def test_what_a_container_is_told_excuses_a_fault(
    unless: dict[str, str], environment: dict[str, str | None] | None, excused: bool
) -> None:
    assert LayoutFault("x", {}, "", unless=unless).excused(environment) is excused


def test_an_archive_that_is_cut_off_lacks_nothing_for_sure(tmp_path: Path) -> None:
    path = tmp_path / "model.tar.gz"
    packed(path, {"model.pth": bytes(range(256)) * 40, "code/inference.py": b"x"})
    path.write_bytes(path.read_bytes()[:-60])
    assert {each.rule for each in findings(str(path), "pytorch")} == {"archive-truncated"}


def test_folders_are_those_that_names_tell_of(tmp_path: Path) -> None:
    archive = read_archive(packed(tmp_path / "m.tar.gz", ["a/b/c", "./d/", "e"]))
    assert names_of(archive).folders == ("a/", "a/b/", "d/")
