"""Batch transform plans: how the input is cut, payload and concurrency, instances, keys."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.model.options import BATCH_TRANSFORM
from advisor.pipeline import advise
from tests.planned import batch, facts_of, parameters, planned, rules, setting, value
from tests.usages import figure


def job(**parts: Any) -> dict[str, Any]:
    return parameters(planned(BATCH_TRANSFORM, batch(**parts)), "CreateTransformJob")


# -- formats ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "split", "assemble", "media"),
    [
        ("csv", "Line", "Line", "text/csv"),
        ("jsonlines", "Line", "Line", "application/jsonlines"),
        ("recordio", "RecordIO", "None", "application/x-recordio"),
        ("tfrecord", "TFRecord", "None", "application/x-tfexample"),
        ("parquet", "Line", "Line", "text/csv"),
        ("other", "None", "None", None),
    ],
)
def test_a_format_decides_how_it_is_cut(
    form: str, split: str, assemble: str, media: str | None
) -> None:
    found = job(dataset={"format": form})
    assert found["TransformInput"]["SplitType"] == split
    assert found["TransformOutput"]["AssembleWith"] == assemble
    assert found["TransformInput"].get("ContentType") == media
    assert ("BatchStrategy" in found) == (split != "None")


def test_records_of_an_unknown_format_are_lines() -> None:
    found = planned(BATCH_TRANSFORM, batch(dataset={"records": "1M"}))
    assert value(found, "SplitType") == "Line"
    assert "assumed" in setting(found, "SplitType").because


def test_nothing_known_is_not_cut() -> None:
    assert job()["TransformInput"]["SplitType"] == "None"


@pytest.mark.parametrize(
    ("form", "joined"), [("csv", True), ("jsonlines", True), ("parquet", True), ("tfrecord", False)]
)
def test_join_needs_lines(form: str, joined: bool) -> None:
    found = job(dataset={"format": form, "join": True})
    assert ("DataProcessing" in found) == joined
    if joined:
        assert found["DataProcessing"] == {"JoinSource": "Input"}
        assert found["TransformOutput"]["Accept"] == found["TransformInput"]["ContentType"]


# -- payload and concurrency -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "payload", "concurrent"),
    [
        ("1 MB", 6, 4),  # one record of 1 MB: the default, 4 at once on 4 vCPUs
        ("5.4 MB", 6, 4),  # x 1.1 = 5.94
        ("5.5 MB", 7, 4),  # 6.05
        ("20 MB", 22, 4),  # 88 of 100 MB
        ("25 MB", 28, 3),  # 27.5; 84
        ("40 MB", 44, 2),
        ("80 MB", 88, 1),
        ("95 MB", 100, 1),  # 104.5 is above the bound
        ("1 GB", 100, 1),
    ],
)
def test_payload_times_concurrency(size: str, payload: int, concurrent: int) -> None:
    dataset = {"size": size, "records": "1", "format": "csv"}
    found = job(dataset=dataset, model={"measured_on": "ml.m5.xlarge"})
    assert (found["MaxPayloadInMB"], found["MaxConcurrentTransforms"]) == (payload, concurrent)
    assert found["MaxPayloadInMB"] * found["MaxConcurrentTransforms"] <= 100


def test_few_records_in_the_longest_time_leave_the_bound_of_a_payload() -> None:
    # 18,000 records of 100 ms x 2 fill 3600 s; one of up to 1 GB is more than a call carries.
    dataset = {"size": "1 GB", "records": "< 7410B"}
    assert job(dataset=dataset)["MaxPayloadInMB"] == 100


def test_an_object_that_is_not_cut_is_one_payload() -> None:
    # 1 GB in 64 files: 16 MB each, x 1.1 = 17.6.
    dataset = {"size": "1 GB", "files": "64", "format": "other"}
    assert job(dataset=dataset)["MaxPayloadInMB"] == 18


def test_an_online_request_is_one_object() -> None:
    assert job(requests={"payload": "10 MB"})["MaxPayloadInMB"] == 11


def test_one_request_at_a_time_on_a_gpu_unless_more_is_stated() -> None:
    assert job(model={"accelerator": "gpu"})["MaxConcurrentTransforms"] == 1
    stated = {"accelerator": "gpu", "concurrency": "8"}
    assert job(model=stated)["MaxConcurrentTransforms"] == 8


@pytest.mark.parametrize(
    ("processing", "timeout"),
    [
        (None, 600),
        ("1 s", 600),
        ("200 s", 600),
        ("400 s", 800),  # x 2, one record in a call since nothing is cut
        ("2 h", 3600),
    ],
)
def test_timeout_of_a_call(processing: str | None, timeout: int) -> None:
    requests = {} if processing is None else {"processing": processing}
    client = job(requests=requests)["ModelClientConfig"]
    assert client == {"InvocationsTimeoutInSeconds": timeout, "InvocationsMaxRetries": 3}


def test_timeout_counts_every_record_of_a_call() -> None:
    # 6 MB / 64 KB = 96 records x 10 s = 960 s, x 2 = 1,920 s.
    dataset = {"size": "64 MB", "records": "1k", "format": "csv"}
    workload = {"dataset": {**dataset, "size": "64000 KB"}, "requests": {"processing": "10 s"}}
    found = job(**workload)
    assert found["MaxPayloadInMB"] == 6
    assert found["ModelClientConfig"]["InvocationsTimeoutInSeconds"] == 1920


# -- instances -------------------------------------------------------------------------------------


def hours(deadline: str, files: str = "50") -> dict[str, Any]:
    """36M records at 1,000/s: 36,000 s on one instance, after a start of 300 s."""
    dataset = {"records": "36M", "format": "csv", "deadline": deadline, "files": files}
    return {"dataset": dataset, "model": {"throughput": "1000/s"}}


@pytest.mark.parametrize(
    ("deadline", "count", "job_hours"),
    [
        ("12 h", 1, 36_300 / 3600),
        ("36300 s", 1, 36_300 / 3600),
        ("36299 s", 2, 18_300 / 3600),
        ("1 h", 11, (36_000 / 11 + 300) / 3600),  # 36,000 / 3,300 = 10.9
    ],
)
def test_instances_for_the_deadline(deadline: str, count: int, job_hours: float) -> None:
    found = planned(BATCH_TRANSFORM, batch(**hours(deadline)))
    assert value(found, "InstanceCount") == count
    assert figure(found.usage, "job_hours") == pytest.approx(job_hours)
    assert rules(found) == set()


@pytest.mark.parametrize(
    ("deadline", "files", "count"),
    [
        ("1 h", "5", 5),  # one object on each
        ("10 min", "500", 100),  # 36,000 / 300 = 120, above the most a job may have
        ("4 min", "50", 1),  # shorter than the start
    ],
)
def test_a_deadline_that_cannot_be_met(deadline: str, files: str, count: int) -> None:
    found = planned(BATCH_TRANSFORM, batch(**hours(deadline, files)))
    assert value(found, "InstanceCount") == count
    assert rules(found) == {"deadline-missed"}


def test_one_instance_without_a_deadline() -> None:
    found = planned(
        BATCH_TRANSFORM, batch(dataset={"records": "36M"}, model={"throughput": "1k/s"})
    )
    assert value(found, "InstanceCount") == 1


def test_the_rate_follows_from_the_time_of_a_record() -> None:
    # m5.large: 2 at once / 10 ms = 200/s; 720,000 records = 3,600 s + 300 s.
    workload = batch(requests={"processing": "10 ms"}, dataset={"records": "720k"})
    found = planned(BATCH_TRANSFORM, workload)
    assert figure(found.usage, "job_hours") == pytest.approx(3900 / 3600)


def test_a_range_of_records_is_a_range_of_hours() -> None:
    workload = batch(dataset={"records": "36M..72M", "runs": "1/day"}, model={"throughput": "1k/s"})
    usage = planned(BATCH_TRANSFORM, workload).usage
    assert figure(usage, "job_hours") == pytest.approx([36_300 / 3600, 72_300 / 3600])
    assert figure(usage, "runs") == pytest.approx(365 / 12)


# -- keys, capture, volume -------------------------------------------------------------------------


def test_the_volume_key_only_where_there_is_no_local_disk() -> None:
    plain = job(needs=["kms"], deploy={"kms_key": "alias/ml"})
    assert plain["TransformResources"]["VolumeKmsKeyId"] == "alias/ml"
    assert plain["TransformOutput"]["KmsKeyId"] == "alias/ml"
    gpu = planned(BATCH_TRANSFORM, batch(needs=["kms"], model={"accelerator": "gpu"}))
    sent = parameters(gpu, "CreateTransformJob")
    assert "VolumeKmsKeyId" not in sent["TransformResources"]
    assert sent["TransformOutput"]["KmsKeyId"] == "alias/REPLACE-ME"
    assert "kms" in gpu.carried
    assert value(gpu, "VolumeKmsKeyId") == "not set"


def test_capture_has_a_structure_of_its_own() -> None:
    found = job(needs=["data-capture"], deploy={"bucket": "s3://data-of-ours"})
    assert found["DataCaptureConfig"] == {
        "DestinationS3Uri": "s3://data-of-ours/data-capture",
        "GenerateInferenceId": True,
    }
    keyed = job(needs=["data-capture", "kms"], deploy={"kms_key": "alias/ml"})
    assert keyed["DataCaptureConfig"]["KmsKeyId"] == "alias/ml"


def test_input_and_output_lie_apart() -> None:
    found = job(deploy={"bucket": "s3://data-of-ours/churn"})
    source = found["TransformInput"]["DataSource"]["S3DataSource"]
    assert source == {"S3DataType": "S3Prefix", "S3Uri": "s3://data-of-ours/churn/batch/input/"}
    assert found["TransformOutput"]["S3OutputPath"] == "s3://data-of-ours/churn/batch/output"


def test_tags_and_network() -> None:
    found = planned(BATCH_TRANSFORM, batch(owner="team-risk", needs=["vpc"]))
    tags = [{"Key": "owner", "Value": "team-risk"}]
    assert parameters(found, "CreateTransformJob")["Tags"] == tags
    assert "VpcConfig" in parameters(found, "CreateModel")
    assert "vpc" in found.carried


def test_each_run_needs_a_name_of_its_own() -> None:
    found = planned(BATCH_TRANSFORM, batch())
    assert found.invoke.parameters == {"TransformJobName": "case-run-1"}
    assert any("with a new TransformJobName" in note for note in found.invoke.notes)


def test_stated_bounds_of_the_fleet_hold_for_a_job() -> None:
    few = planned(BATCH_TRANSFORM, batch(deploy={"instances": {"min": "3"}}))
    assert value(few, "InstanceCount") == 3
    many = planned(BATCH_TRANSFORM, batch(deploy={"instances": {"min": "500"}}))
    assert value(many, "InstanceCount") == 100


# -- what one request holds ------------------------------------------------------------------------

_8B = "meta-llama/Llama-3.1-8B-Instruct"


@given(
    record=st.sampled_from(["100 B", "4 KB", "100 KB", "1 MB", "30 MB"]),
    time=st.sampled_from([None, "1 ms", "40 ms", "1 s", "20 s", "10 min", "1 h"]),
    form=st.sampled_from([None, "csv", "jsonlines", "recordio", "parquet", "other"]),
    model=st.sampled_from(
        [{}, {"accelerator": "gpu"}, {"kind": "xgboost"}, {"measured_on": "ml.m5.24xlarge"}]
        + [{"id": each} for each in (_8B, "BAAI/bge-m3", "openai/whisper-large-v3")]
        + [{"throughput": "3/s", "concurrency": "200"}]
    ),
)
def test_a_request_is_worked_off_within_its_time_out(
    record: str, time: str | None, form: str | None, model: dict[str, Any]
) -> None:
    dataset = {"size": record, "records": "1", "files": "1"} | ({"format": form} if form else {})
    found = planned(
        BATCH_TRANSFORM,
        batch(
            dataset=dataset, requests={"processing": time} if time else {}, model=model,
            region="us-east-1",
        ),
    )  # fmt: skip
    sent = parameters(found, "CreateTransformJob")
    facts = facts_of(batch(dataset=dataset, requests={"processing": time} if time else {}))
    size = facts.taken("dataset.record")
    together = 1
    if sent.get("BatchStrategy") == "MultiRecord":
        together = max(1, sent["MaxPayloadInMB"] * 1024 * 1024 // size)
    told = facts_of(batch(requests={"processing": time} if time else {}, model=model))
    seconds = told.taken("requests.processing") / 1e6
    if time is None and "throughput" in model:
        seconds = 200 / 3
    if time is not None or "id" not in model:
        assert together * seconds <= sent["ModelClientConfig"]["InvocationsTimeoutInSeconds"]
    assert sent["MaxPayloadInMB"] * sent["MaxConcurrentTransforms"] <= 100


def test_a_server_of_texts_takes_one_document_in_a_request() -> None:
    # One record of 4 KB in a request of 1 MB leaves room for as many at once as an instance takes.
    said = batch(
        region="us-east-1",
        requests={"tokens": {"input": "1k", "output": 300}},
        dataset={"records": "1M", "size": "4 GB"},
        model={"id": _8B, "engine": "vllm", "precision": "fp8"},
        deploy={"instance_type": "ml.g6e.2xlarge"},
    )
    found = planned(BATCH_TRANSFORM, said)
    sent = parameters(found, "CreateTransformJob")
    assert sent["BatchStrategy"] == "SingleRecord"
    assert sent["TransformInput"]["SplitType"] == "Line"
    assert sent["TransformInput"]["ContentType"] == "application/json"
    told = facts_of(said).workload.modelled
    assert told is not None
    assert told.on is not None
    assert sent["MaxConcurrentTransforms"] == told.on.concurrency == 100  # 100 MB / 1 MB
    assert sent["MaxPayloadInMB"] == 1


def test_many_slow_records_are_fewer_in_a_request() -> None:
    # 3,600 s / (20 s x 2) = 90 of 64 KB, in 5 MB 80; of 1 KB none of 1 MB, 1,024 of them, is left.
    dataset = {"records": "1k", "format": "csv"}
    slow = {"processing": "20 s"}
    some = job(dataset={**dataset, "size": "64000 KB"}, requests=slow)
    assert (some["MaxPayloadInMB"], some["BatchStrategy"]) == (5, "MultiRecord")
    assert some["ModelClientConfig"]["InvocationsTimeoutInSeconds"] == 3200  # 80 x 20 s x 2
    none = job(dataset={**dataset, "size": "1000 KB"}, requests=slow)
    assert (none["BatchStrategy"], none["TransformInput"]["ContentType"]) == (
        "SingleRecord",
        "text/csv",
    )


def test_a_sound_is_an_object_and_its_own_request() -> None:
    said = batch(dataset={"records": "1k"}, model={"id": "openai/whisper-large-v3"})
    assert (
        parameters(planned(BATCH_TRANSFORM, said), "CreateTransformJob")["TransformInput"][
            "SplitType"
        ]
        == "None"
    )


def test_nobody_waits_for_a_record_of_a_job() -> None:
    said = batch(region="us-east-1", dataset={"records": "1M"}, model={"id": _8B})
    types = {
        facts_of({**said, "requests": {"arrival": "batch", **more}}).workload.modelled.on  # type: ignore[union-attr]
        for more in ({}, {"answer": "1 s"}, {"answer": "1 h"})
    }
    assert len(types) == 1


@pytest.mark.parametrize("kind", ["speech", "diffusion", "vision", "forecast", "seq2seq"])
@pytest.mark.parametrize("data", [{"size": "1 GB"}, {"format": "csv"}, {"deadline": "6 h"}])
def test_no_usual_time_bounds_a_request_of_an_unknown_time(kind: str, data: dict[str, str]) -> None:
    said = batch(dataset={"records": "1M", **data}, model={"kind": kind, "size": "2 GB"})
    found = planned(BATCH_TRANSFORM, said)
    made = parameters(found, "CreateTransformJob")
    assert made["ModelClientConfig"]["InvocationsTimeoutInSeconds"] == 3600
    assert made.get("BatchStrategy") in (None, "SingleRecord")
    assert not any("100 ms" in each.because for each in found.settings)
    assert "100 ms" not in str(advise(facts_of(said).workload).decision)
