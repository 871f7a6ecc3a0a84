"""Load tests before the deployment: a job for instances, one for serverless, how to run them."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator

from advisor.artifacts import Files, region_option
from advisor.artifacts.requests import kebab
from advisor.configuration.rulefiles import read_json_rules
from advisor.measurement.job import LoadTest, LoadTests, load_tests
from advisor.model.advice import Advice
from advisor.model.printable import printable
from advisor.text.markup import prose, table

FOLDER = "load-test"
_RESULT = "result-{option}.json"


def files(advice: Advice) -> Files:
    """``load-test/README.md`` and a folder of requests for each job; empty when none fits.

    Raises:
        InputError: no job can measure the answer.
    """
    if advice.chosen is None or advice.chosen.plan is None:
        return []
    found = load_tests(advice)
    done = [(f"{FOLDER}/README.md", "\n".join(_readme(advice, found)) + "\n")]
    for test in found.tests:
        for name, request in zip(_names(test), test.plan.requests, strict=True):
            text = json.dumps(request.parameters, indent=2, ensure_ascii=False)
            done.append((f"{FOLDER}/{name}", text + "\n"))
    return done


def command(advice: Advice, folder: str) -> str:
    """How the load tests are run stands in a file beside them."""
    return f"see {folder}/{FOLDER}/README.md"


def _names(test: LoadTest) -> list[str]:
    """Files of the requests of a test, in the order to run."""
    return [
        f"{test.option}/{number}-{kebab(request.operation)}.json"
        for number, request in enumerate(test.plan.requests, start=1)
    ]


def _readme(advice: Advice, found: LoadTests) -> Iterator[str]:
    workload = advice.workload
    yield f"# Load test of {prose(workload.name)}\n"
    kind = "benchmark" if any(map(_benchmark, found.tests)) else "classic"
    said = read_json_rules("service", "load_tests.json")["readme"][kind]
    yield said["does"]
    for note in found.notes:
        yield f"\n{prose(note)}"
    yield "\n## Run\n"
    yield said["run"]
    yield "\n```sh"
    for test in found.tests:
        yield from _commands(test, region_option(advice))
    yield "```\n"
    yield said["then"].format(result=_RESULT.format(option=found.tests[0].option))
    yield "\n```sh"
    file = shlex.quote(printable(workload.file))
    results = (f"DIR/{FOLDER}/{_RESULT.format(option=test.option)}" for test in found.tests)
    yield f"sm-advise {file} {' '.join(f'--measured {each}' for each in results)}"
    yield "```\n"
    yield "DIR is the folder of --output."
    for test in found.tests:
        yield from _explained(test)


def _commands(test: LoadTest, region: str) -> Iterator[str]:
    for name, request in zip(_names(test), test.plan.requests, strict=True):
        yield f"aws sagemaker {kebab(request.operation)}{region} --cli-input-json file://{name}"
        if request.operation == "CreateEndpoint":
            endpoint = request.parameters["EndpointName"]
            yield f"aws sagemaker wait endpoint-in-service{region} --endpoint-name {endpoint}"
    if _benchmark(test):
        job = test.plan.requests[-1].parameters["AIBenchmarkJobName"]
        yield f"aws sagemaker describe-ai-benchmark-job{region} --ai-benchmark-job-name {job}"
        return
    job = test.plan.requests[-1].parameters["JobName"]
    yield (
        f"aws sagemaker describe-inference-recommendations-job{region} --job-name {job} "
        f"> {_RESULT.format(option=test.option)}"
    )


def _benchmark(test: LoadTest) -> bool:
    return test.plan.requests[-1].operation == "CreateAIBenchmarkJob"


def _explained(test: LoadTest) -> Iterator[str]:
    """What is left to fill in, and the numbers with their arithmetic."""
    yield f"\n## {test.option}\n"
    places = dict.fromkeys(each for each in test.plan.findings if each.rule == "placeholder")
    for each in places:
        yield f"- {prose(each.message)}. {prose(each.fix)}"
    if places:
        yield ""
    rows = [
        (prose(each.name), prose(each.value), prose(each.because)) for each in test.plan.settings
    ]
    yield from table(("Field", "Value", "Because"), rows)
