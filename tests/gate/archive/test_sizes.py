"""Model archives against what their workload says and against where they are deployed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from advisor.configuration.reading import read_configuration
from advisor.configuration.source import SourceText
from advisor.gate.archive.contents import Archive
from advisor.gate.archive.members_checks import (
    MemoryRoom,
    configured_rooms,
    planned_rooms,
    room_faults,
    stated_faults,
)
from advisor.gate.archive.tar_members import TarMember
from advisor.gate.rules.service_walk import load_service
from advisor.model.workload import Workload
from advisor.pipeline import advise
from advisor.workload import read_workloads

GB = 1024**3
MB = 1024**2


def workload(model: str, more: str = "") -> Workload:
    text = f"name: x\nrequests: {{arrival: online}}\nmodel: {{{model}}}\n{more}"
    (found,) = read_workloads(text.encode(), "w.yaml")
    return found


def archive(*sizes: int, packed: int = 1, code: int = 0, complete: bool = True) -> Archive:
    """An archive with weights of these sizes in bytes and a script."""
    files = [TarMember(f"{number}.bin", "file", size) for number, size in enumerate(sizes)]
    script = TarMember("code/inference.py", "file", code)
    return Archive(
        file="model.tar.gz",
        packed=packed,
        members=(*files, script),
        problems=(),
        complete=complete,
    )


def checks_of(found: Archive, room: MemoryRoom, model: str = "framework: pytorch") -> list[str]:
    return [fault.check for fault in room_faults(found, workload(model), [room])]


# -- room ------------------------------------------------------------------------------------------


def test_disk_holds_weights_code_and_scratch_space_to_the_byte() -> None:
    room = MemoryRoom("there", 5 * GB, None)
    assert checks_of(archive(4 * GB, code=GB), room) == []
    assert checks_of(archive(4 * GB, code=GB + 1), room) == ["archive-exceeds-disk"]
    assert checks_of(archive(3 * GB, code=GB), room, "disk: 1 GB") == []
    assert checks_of(archive(3 * GB, code=GB + 1), room, "disk: 1 GB") == ["archive-exceeds-disk"]


def test_memory_holds_weights_without_code() -> None:
    room = MemoryRoom("there", None, 2 * GB)
    assert checks_of(archive(GB, GB, code=GB), room) == []
    assert checks_of(archive(GB, GB + 1), room) == ["archive-exceeds-memory"]


def test_what_is_not_known_is_no_fault() -> None:
    assert checks_of(archive(900 * GB), MemoryRoom("there", None, None)) == []
    assert checks_of(archive(900 * GB, complete=False), MemoryRoom("there", 1, 1)) == []


def test_a_message_names_sizes_and_place() -> None:
    found = room_faults(
        archive(6 * GB), workload("disk: 1 GB"), [MemoryRoom("m5 of the plan", 5 * GB, 4 * GB)]
    )
    assert [fault.message for fault in found] == [
        "6 GB unpacked and 1 GB of scratch space; m5 of the plan has 5 GB of disk",
        "6 GB of model files; m5 of the plan has 4 GB of memory",
    ]


# -- where it goes: the plan -----------------------------------------------------------------------

REAL_TIME = """\
region: us-east-1
deploy: {instance_type: %s}
decision: {option: real-time, because: "p99 is contractual", by: jd}
"""


def planned(model: str, more: str) -> list[MemoryRoom]:
    return list(planned_rooms(advise(workload(model, more))))


def test_the_plan_of_an_endpoint_has_the_default_volume_or_the_one_it_asks_for() -> None:
    # 40 GB and a fifth more are 48 GB; ml.m5.4xlarge has 64 GB of memory.
    rooms = planned("size: 1 GB", REAL_TIME % "ml.m5.4xlarge")
    assert rooms == [MemoryRoom("ml.m5.4xlarge of the plan", 30 * GB, 64 * GB)]
    rooms = planned("size: 40 GB, memory: 40 GB", REAL_TIME % "ml.m5.4xlarge")
    assert rooms == [MemoryRoom("ml.m5.4xlarge of the plan", 48 * GB, 64 * GB)]


def test_local_disks_are_not_judged() -> None:
    (room,) = planned("size: 1 GB, accelerator: gpu", REAL_TIME % "ml.g5.xlarge")
    assert room.disk is None
    assert room.memory == 22888 * MB  # of the device, which is more than the 16 GB beside it


def test_the_plan_of_a_serverless_endpoint_has_5_gb_and_its_memory() -> None:
    more = (
        "traffic: {pattern: intermittent, peak: 1/s}\n"
        "decision: {option: serverless, because: x, by: jd}\n"
    )
    (room,) = planned("size: 1 GB, memory: 1.5 GB", more)
    assert room.where == "the serverless endpoint of the plan"
    assert room.disk == 5 * GB
    assert room.memory is not None
    assert room.memory % (1024 * MB) == 0


def test_the_plan_of_a_transform_job_has_30_gb() -> None:
    text = (
        b"name: x\nrequests: {arrival: batch}\ndataset: {size: 1 GB, records: 1M}\n"
        b"model: {size: 1 GB}\ndeploy: {instance_type: ml.m5.xlarge}\n"
    )
    (found,) = read_workloads(text, "w.yaml")
    assert list(planned_rooms(advise(found))) == [
        MemoryRoom("ml.m5.xlarge of the plan", 30 * GB, 16 * GB)
    ]


# -- where it goes: configurations -----------------------------------------------------------------


def configured(body: object) -> list[MemoryRoom]:
    source = SourceText("config.json", json.dumps(body))
    document = read_configuration(source, load_service()).document
    assert document is not None
    return list(configured_rooms(document.worlds[0].resources))


def variant(**fields: object) -> dict[str, object]:
    return {
        "EndpointConfigName": "c",
        "ProductionVariants": [{"VariantName": "v", "ModelName": "m", **fields}],
    }


@pytest.mark.parametrize(
    ("fields", "rooms"),
    [
        ({"InstanceType": "ml.m5.large"}, [(30 * GB, 8 * GB)]),
        ({"InstanceType": "ml.m5.large", "VolumeSizeInGB": 8}, [(8 * GB, 8 * GB)]),
        ({"InstanceType": "ml.g5.xlarge", "VolumeSizeInGB": 8}, [(None, 22888 * MB)]),
        ({"InstanceType": "ml.x9.large"}, [(None, None)]),
        ({"ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 1}}, [(5 * GB, 2 * GB)]),
        ({"ServerlessConfig": {"MaxConcurrency": 1}}, [(5 * GB, None)]),
        ({}, []),
    ],
)
def test_a_configuration_says_how_much_room_there_is(
    fields: dict[str, object], rooms: list[tuple[int | None, int | None]]
) -> None:
    assert [(each.disk, each.memory) for each in configured(variant(**fields))] == rooms


@pytest.mark.parametrize(
    ("type_name", "disk"), [("ml.m5.large", 30 * GB), ("ml.g4dn.xlarge", None)]
)
def test_a_transform_job_has_30_gb_or_local_disks(type_name: str, disk: int | None) -> None:
    body = {
        "TransformJobName": "j",
        "ModelName": "m",
        "TransformInput": {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://b/i"}}
        },
        "TransformOutput": {"S3OutputPath": "s3://b/o"},
        "TransformResources": {"InstanceType": type_name, "InstanceCount": 1},
    }
    (room,) = configured(body)
    assert room.disk == disk


def test_a_value_behind_a_parameter_is_not_known() -> None:
    text = (
        "Parameters: {Size: {Type: Number}}\n"
        "Resources:\n  C:\n    Type: AWS::SageMaker::EndpointConfig\n    Properties:\n"
        "      ProductionVariants:\n"
        "        - {VariantName: a, ModelName: m, InstanceType: ml.m5.large,\n"
        "           VolumeSizeInGB: !Ref Size}\n"
    )
    document = read_configuration(SourceText("t.yaml", text), load_service()).document
    assert document is not None
    assert [room.disk for room in configured_rooms(document.worlds[0].resources)] == [None]


# -- what the workload says ------------------------------------------------------------------------


def stated(model: str, found: Archive) -> list[str]:
    return [fault.message for fault in stated_faults(found, workload(model))]


def test_a_tenth_above_the_stated_size_is_no_finding_and_a_byte_more_is() -> None:
    assert stated("size: 100 MB", archive(1, packed=110 * MB)) == []
    (message,) = stated("size: 100 MB", archive(300 * MB, packed=110 * MB + 1))
    assert message == "model.size is 100 MB (w.yaml:3), but the archive has 110 MB, 300 MB unpacked"


def test_a_size_that_is_stated_as_a_range_counts_with_its_end() -> None:
    assert stated("size: 50 MB..100 MB", archive(1, packed=110 * MB)) == []
    assert len(stated("size: 50 MB..100 MB", archive(1, packed=111 * MB))) == 1
    assert stated("size: '>50 MB'", archive(1, packed=111 * GB)) == []
    assert stated("memory: 1 GB", archive(1, packed=111 * GB)) == []


def test_size_and_scratch_space_hold_what_is_unpacked() -> None:
    # (100 + 100) MB and a tenth are 220 MB.
    assert stated("size: 100 MB, disk: 100 MB", archive(220 * MB)) == []
    (message,) = stated("size: 100 MB, disk: 100 MB", archive(220 * MB + 1))
    said = "model.size is 100 MB (w.yaml:3) and model.disk 100 MB"
    assert message == f"{said}, but the archive has 220 MB unpacked"
    assert len(stated("size: 100 MB", archive(110 * MB + 1))) == 1
    assert stated("size: 100 MB", archive(110 * MB)) == []


def test_an_archive_that_was_not_read_to_its_end_has_no_size() -> None:
    assert stated("size: 1 MB", archive(GB, packed=GB, complete=False)) == []


def test_the_bounds_are_those_of_the_rules(tmp_path: Path) -> None:
    from advisor.gate.archive.members_checks import _bound

    assert _bound("serverless-disk") == 5 * GB
    assert _bound("batch-transform-volume") == 30 * GB
    assert _bound("volume-default") == 30 * GB
