"""CreateInferenceRecommendationsJob: a load test of the configurations that a plan may run on."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from advisor.model.advice import Parameters, Plan, Request
from advisor.model.options import SERVERLESS
from advisor.model.usage import ServerlessUsage, Usage
from advisor.options import containers, endpoint, instances, memory, names, placeholders
from advisor.options import invocation as call
from advisor.options import load as loads
from advisor.options.load import Load, seconds, sentence
from advisor.options.plan_builder import NOT_CALLED, Draft
from advisor.rulebook.hardware import Instance

_OTHER, _LEARNING = "OTHER", "MACHINE_LEARNING"
_VERSION = re.compile(r"(?<![\w.])[0-9]\.[A-Za-z0-9.-]{1,8}(?!\S)")
_LONGEST_NAME = 64


def plan(
    draft: Draft,
    sized: Usage,
    prices: Mapping[str, int] | None,
    frameworks: Mapping[str, tuple[str, str, str]],
) -> Plan:
    """CreateModel and the job, with the reason of every number among the settings.

    A load test with the stated traffic where anything is stated of it, else the service's own list
    of types.

    Args:
        draft: of real-time or serverless inference, the two that a job measures.
        sized: usage of the plan to measure.
        prices: millionths of a USD an hour of the types that the Region sells.
        frameworks: as the job names them, with domain and nearest model, by a word of the workload.
    """
    work = loads.known(draft)
    # One model, whatever else shares its endpoint: that is all that a job can load.
    kind = None if isinstance(sized, ServerlessUsage) else sized.instance_type
    model = containers.create_model(draft, draft.knowledge.catalogue.types[kind] if kind else None)
    config: Parameters = {"ModelName": model.parameters["ModelName"]}
    body: Parameters = {
        "JobType": "Advanced",
        "RoleArn": model.parameters["ExecutionRoleArn"],
        "InputConfig": config,
    }
    config["ContainerConfig"] = _container(draft, frameworks)
    if isinstance(sized, ServerlessUsage):
        tested = _serverless(draft, sized)
    else:
        tested = _types(draft, sized.instance_type, prices)
    known = (work.peak, work.concurrent, work.processing_s, work.answer_s)
    if all(each is None for each in known):
        _default(draft, body, tested)
    else:
        _advanced(draft, work, body, tested)
    _network_and_key(draft, config, body, model)
    if "Tags" in model.parameters:
        body["Tags"] = model.parameters["Tags"]
    name = names.versioned(f"{draft.facts.workload.name}-test", body)[:_LONGEST_NAME]
    draft.set("JobName", name, "A job name is used once, so a changed job needs a new name.")
    job = Request(
        service="sagemaker",
        operation="CreateInferenceRecommendationsJob",
        parameters={"JobName": name, **body},
    )
    return draft.plan((model, job), NOT_CALLED, (), sized)


def _container(draft: Draft, frameworks: Mapping[str, tuple[str, str, str]]) -> Parameters:
    stated = (draft.text("model.framework") or "").lower()
    found = next((entry for word, entry in frameworks.items() if word in stated), None)
    framework, domain, nearest = found or (_OTHER, _LEARNING, "")
    done: Parameters = {"Domain": domain, "Task": _OTHER, "Framework": framework}
    why = f"Stated as {stated}."
    why = why if found else "The job has no value for the stated framework, or none is stated."
    draft.set("Framework", framework, why)
    draft.set("Domain", domain, "Derived from the framework; replace it by the model's task.")
    draft.set("Task", _OTHER, "The workload file does not state the model's task; name it.")
    version = _VERSION.search(stated)
    if version is not None:
        done["FrameworkVersion"] = version.group()
    if nearest:
        done["NearestModelName"] = nearest
    media, why = call.content_type(draft), "The format that the framework's container takes."
    if media is None:
        media = "application/octet-stream"
        why = "The format is unknown; name the format of the payload."
    draft.set("SupportedContentTypes", media, why)
    done["PayloadConfig"] = {
        "SamplePayloadUrl": placeholders.location(
            draft, "load-test/payload.tar.gz", "SamplePayloadUrl"
        ),
        "SupportedContentTypes": [media],
    }
    return done


def _types(draft: Draft, chosen: str, prices: Mapping[str, int] | None) -> list[Parameters]:
    """The chosen type, then the next ones that fit; only the stated one where it is stated."""
    need = memory.need(draft)
    most = draft.number("load-test-candidates")
    first = draft.knowledge.catalogue.get(chosen)
    found = [] if first is None or _is_burstable(first) else [chosen]
    stated = draft.text("deploy.instance_type")
    because = "stated under deploy, so only this type is measured"
    if stated is None or not found:
        others = instances.types_for(draft, prices).alternatives(need)
        found += [each.type for each in others if each.type != chosen and not _is_burstable(each)]
        because = f"{need.text}; the type of the plan and the cheapest of the next classes that fit"
    if first is not None and _is_burstable(first):
        because += f"; {chosen} is burstable, and jobs take no burstable types"
    found = found[:most]
    constant = "" if len(found) == 1 else "load-test-candidates"
    tested = ", ".join(found)
    draft.set("EndpointConfigurations", tested, sentence(because), constant=constant)
    return [{"InstanceType": name} for name in found]


def _is_burstable(instance: Instance) -> bool:
    return instance.family.group == "burstable"


def _serverless(draft: Draft, sized: ServerlessUsage) -> list[Parameters]:
    """The memory size of the plan and the next one."""
    size, at_once = sized.memory_mb, sized.max_concurrency
    tiers = draft.number("serverless-memory-tiers")
    sizes = [size, *[tier for tier in tiers if tier > size][:1]]
    draft.set(
        "EndpointConfigurations",
        " and ".join(f"{each} MB" for each in sizes),
        "The size of the plan, and the next one, whose vCPUs are in proportion: where it is faster "
        "by as much as it is larger, it costs the same.",
    )
    return [
        {"ServerlessConfig": {"MemorySizeInMB": each, "MaxConcurrency": at_once}} for each in sizes
    ]


def _default(draft: Draft, body: Parameters, tested: list[Parameters]) -> None:
    """A job of the service's own making, on the types of the plan."""
    body["JobType"] = "Default"
    container = body["InputConfig"]["ContainerConfig"]
    container["SupportedEndpointType"] = "RealTime"
    if draft.option == SERVERLESS:
        container["SupportedEndpointType"] = "Serverless"
    else:
        container["SupportedInstanceTypes"] = [each["InstanceType"] for each in tested]
    because = "Neither traffic nor times are stated, so SageMaker generates its own load."
    draft.set("JobType", "Default", because)


def _advanced(draft: Draft, work: Load, body: Parameters, tested: list[Parameters]) -> None:
    config = body["InputConfig"]
    draft.set("JobType", "Advanced", "A load test with the stated traffic and times.")
    invocations = _invocations(draft, work)
    at_once = tested[0].get("ServerlessConfig", {}).get("MaxConcurrency")
    stairs = _stairs(draft, work, invocations) if at_once is None else _within(draft, at_once)
    length = stairs["DurationInSeconds"]
    parallel = min(len(tested), draft.number("load-test-parallel"))
    config["JobDurationInSeconds"] = _duration(draft, length, len(tested), parallel)
    config["TrafficPattern"] = {"TrafficType": "STAIRS", "Stairs": stairs}
    config["ResourceLimit"] = {"MaxNumberOfTests": len(tested), "MaxParallelOfTests": parallel}
    config["EndpointConfigurations"] = tested
    body["StoppingConditions"] = {"MaxInvocations": invocations, "FlatInvocations": "Stop"}
    limit, percentile = _latency_ms(draft, work), f"P{draft.number('load-test-percentile')}"
    if limit is not None:
        late = {"Percentile": percentile, "ValueInMilliseconds": limit}
        body["StoppingConditions"]["ModelLatencyThresholds"] = [late]


def _invocations(draft: Draft, work: Load) -> int:
    """Requests a minute up to which the test measures."""
    most = int(draft.number("load-test-invocations-most"))
    if work.peak is None:
        draft.set(
            "MaxInvocations", most, "No peak is stated.", constant="load-test-invocations-most"
        )
        return most
    safety, least = draft.number("safety-factor"), draft.number("load-test-invocations-least")
    wanted = math.ceil(round(work.peak * 60 / safety, 6))
    chosen = int(max(least, min(most, wanted)))
    because = f"{work.peak_text} x 60 / {safety} = {wanted:,} a minute, as {safety} is planned for"
    constant = "load-test-invocations-most"
    if wanted > most:
        because += f", at most {most:,}"
    elif wanted < least:
        because += f", at least {least}"
        constant = "load-test-invocations-least"
    draft.set("MaxInvocations", chosen, sentence(because), constant=constant)
    return chosen


def _stairs(draft: Draft, work: Load, invocations: int) -> Parameters:
    """Users that are added step by step up to those that carry the load."""
    each, step = draft.number("load-test-users-per-step"), draft.number("load-test-step")
    least, most = draft.number("load-test-users-default"), draft.number("load-test-traffic-most")
    needed, why = _users(work, invocations)
    users = max(least, needed)
    why += f", at least {least} users" if needed < least else ""
    steps = int(min(most // step, math.ceil(users / each)))
    why += f"; {steps} steps of {each} make {steps * each}"
    if steps * each < users:
        why += ", the maximum of one test, so a faster type may not reach its highest rate"
    draft.set("NumberOfSteps", steps, sentence(why), constant="load-test-users-default")
    return _lasting(draft, steps, each)


def _within(draft: Draft, at_once: int) -> Parameters:
    """Users that a serverless endpoint does not throttle."""
    step, most = draft.number("load-test-step"), draft.number("load-test-traffic-most")
    each = min(draft.number("load-test-users-per-step"), at_once)
    steps = int(min(most // step, at_once // each))
    because = f"{steps} x {each} users, as {at_once} requests at once are not throttled."
    draft.set("NumberOfSteps", steps, because, constant="load-test-users-per-step")
    return _lasting(draft, steps, each)


def _lasting(draft: Draft, steps: int, each: int) -> Parameters:
    step = draft.number("load-test-step")
    because = f"{steps} steps x {step} s."
    draft.set("DurationInSeconds", steps * step, because, constant="load-test-step")
    return {"DurationInSeconds": steps * step, "NumberOfSteps": steps, "UsersPerStep": each}


def _users(work: Load, invocations: int) -> tuple[int, str]:
    """Virtual users that are all waiting for an answer, with the arithmetic; 0 when unknown."""
    if work.concurrent is not None:
        return work.concurrent, f"{work.concurrent:,} requests in progress as stated"
    if work.processing_s is None:
        return 0, "the time of a request is not stated"
    needed = math.ceil(round(invocations / 60 * work.processing_s, 6))
    return needed, f"{invocations:,} a minute x {seconds(work.processing_s)} = {needed:,} users"


def _duration(draft: Draft, length: int, tests: int, parallel: int) -> int:
    """Seconds that all tests take: rounds of endpoints that start, then answer."""
    start: float = draft.number("instance-start") + endpoint.start_s(draft)
    rounds, most = math.ceil(tests / parallel), int(draft.number("load-test-job-most"))
    wanted = math.ceil(rounds * (length + start))
    because = (
        f"{rounds} x ({length} s of traffic + {seconds(start)} to start) = {wanted} s, with "
        f"{parallel} of {tests} tests at once, at most {most} s"
    )
    chosen = min(most, wanted)
    draft.set("JobDurationInSeconds", chosen, sentence(because), constant="load-test-parallel")
    return chosen


def _latency_ms(draft: Draft, work: Load) -> int | None:
    """Milliseconds at which the test stops: the answer time, else the longest one stated."""
    limit, why = work.answer_s, "the answer time"
    if limit is None:
        limit, why = work.slowest_s, "the longest stated time of a request"
    if limit is None:
        return None
    value = max(1, min(2**31 - 1, int(limit * 1000)))
    percentile = draft.number("load-test-percentile")
    because = f"{why}, {seconds(limit)}: {percentile} of 100 requests must be answered in it"
    draft.set("ValueInMilliseconds", value, sentence(because), constant="load-test-percentile")
    return value


def _network_and_key(draft: Draft, config: Parameters, body: Parameters, model: Request) -> None:
    """The network of the model, and the key of the endpoint's volumes and of the job's output."""
    network = model.parameters.get("VpcConfig")
    if network is not None:
        config["VpcConfig"] = network
    key = placeholders.kms_key(draft)
    if key is not None:
        if draft.option != SERVERLESS:
            config["VolumeKmsKeyId"] = key
        body["OutputConfig"] = {"KmsKeyId": key}
        because = "Encrypts the volumes and the output; the role needs kms:CreateGrant."
        draft.set("KmsKeyId", key, because)
