"""The workloads of a run: does each still have its answer, do its configurations still fit it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from advisor.configuration.discover import STDIN, FoundFiles
from advisor.configuration.document import Document
from advisor.gate.checks import Check
from advisor.gate.finding import ACCEPTED, OPEN, Acceptance, GateFinding, together
from advisor.gate.intent import pairing
from advisor.gate.intent.comparison import WorkloadFit
from advisor.gate.policy.lockfile import answer_of, lock_key, read_lock, told
from advisor.gate.rules.instances import family
from advisor.gate.rules.service_walk import load_service
from advisor.gate.rules.view import View
from advisor.gate.settings import (
    CONCURRENCY,
    CheckOptions,
    Organisation,
    Pair,
    organisation_of,
    settled,
)
from advisor.model.advice import Advice
from advisor.model.errors import InputError
from advisor.model.options import SERVERLESS
from advisor.model.usage import FleetUsage, ServerlessUsage, Usage
from advisor.model.value import Value
from advisor.model.workload import Finding, Workload


class _Asking(Value):
    """What is the same for every workload of a run."""

    options: CheckOptions
    checks: Mapping[str, Check]
    pairs: Sequence[Pair]  # that were named
    found: FoundFiles
    beside: set[str]  # folders in or below which there is a configuration
    locked: Mapping[str, Mapping[str, object]]  # workload -> the answer that people agreed to


def answer_workloads(
    paths: Sequence[str],
    options: CheckOptions,
    checks: Mapping[str, Check],
    pairs: Sequence[Pair],
    found: FoundFiles,
) -> pairing.AnsweredWorkloads:
    """Answer every workload, and note what was made for it.

    Raises:
        InputError: the lock file, or an organisation's file, cannot be read.
    """
    locked = read_lock(options.lock) if options.lock and not options.relock else {}
    asking = _Asking(
        options=options,
        checks=checks,
        pairs=pairs,
        found=found,
        beside=pairing.with_those_above(
            (*map(os.path.dirname, found.configurations), *found.folders)
        ),
        locked=locked,
    )
    parts = [_answered(path, asking) for path in options.counted(paths, "workloads")]
    whole = together(pairing.AnsweredWorkloads, parts)
    findings = (*whole.findings, *_duplicates(whole.workloads, checks))
    return whole._replace(findings=findings)


def _answered(path: str, asking: _Asking) -> pairing.AnsweredWorkloads:
    """The workloads of one file; their advice only where something was made for them."""
    from advisor.pipeline import advise
    from advisor.workload import read_file, read_workloads

    organisation = organisation_of(os.path.dirname(path))
    try:
        found = read_workloads(asking.options.stdin, path) if path == STDIN else read_file(path)
    except InputError as error:
        errors = (error, *error.others)
        error.others = ()  # each stands for itself from here on
        return pairing.AnsweredWorkloads(errors=errors)
    beside = os.path.dirname(os.path.normpath(path)) or "."
    named = beside in asking.beside or any(
        os.path.normpath(pair.workload) == os.path.normpath(path) for pair in asking.pairs
    )
    findings: list[GateFinding] = []
    pairs: list[Pair] = []
    kept: list[Advice] = []
    answers: dict[str, Mapping[str, object]] = {}
    flags = ("region",) if asking.options.region else ()
    workloads = tuple(settled(each, organisation, flags) for each in found)
    for workload in workloads:
        advice = advise(workload, region=asking.options.region or None, as_of=asking.options.as_of)
        key = lock_key(asking.options.lock, workload.file, workload.name)
        answers[key] = answer_of(advice)
        told_of = [
            *_of_answer(advice, organisation, asking.checks),
            *_of_lock(workload, key, answers[key], asking),
        ]
        findings += [each._replace(owner=_owner(workload)) for each in told_of]
        own = [
            *pairing.own_pairs(workload),
            *pairing.pairs_by_artifact(workload, asking.found.archives),
        ]
        pairs += own
        if own or named:
            kept.append(advice)
    return pairing.AnsweredWorkloads(
        workloads=workloads,
        findings=tuple(findings),
        pairs=tuple(pairs),
        advices={os.path.normpath(path): tuple(kept)} if kept else {},
        answers=answers,
    )


def _of_answer(
    advice: Advice, organisation: Organisation, checks: Mapping[str, Check]
) -> Iterator[GateFinding]:
    """What the answer itself has to say, and the organisation of it."""
    workload = advice.workload
    for each in advice.findings:
        # Notes of an answer are for its reader; here only the one on a decision counts.
        if each.severity != "info" or each.rule == "decision-differs":
            yield _as_gate_finding(each, checks)
    accept = workload.mapping("accept")
    for each in advice.accepted:
        why = _acceptance(accept[each.rule], workload)
        accepted = _as_gate_finding(each, checks)
        yield accepted._replace(status=ACCEPTED, acceptance=why, fix="")
    if advice.decision.option is None:
        told_of = _at(checks["no-answer"], workload, "requests", advice.summary)
        if advice.decision.unknowns:  # one of them, stated, may give an answer
            told_of = told_of._replace(severity="warning")
        yield told_of
    for rule, message in beyond(advice, organisation):
        # A warning: nothing is configured yet, and deploy.instance_type can choose otherwise.
        told_of = _at(checks[rule], workload, "deploy.instance_type", message)
        yield told_of._replace(severity="warning")


def _of_lock(
    workload: Workload, key: str, answer: Mapping[str, object], asking: _Asking
) -> Iterator[GateFinding]:
    """That an answer is not the one that people agreed to."""
    old = asking.locked.get(key)
    if old is not None:
        message = told(old, answer)
        if message:
            yield _at(asking.checks["decision-changed"], workload, "name", message)
    elif asking.locked and workload.file != STDIN:
        check = asking.checks["answer-not-locked"]
        yield _at(check, workload, "name", f"{key} is not locked")


def _duplicates(
    workloads: Iterable[Workload], checks: Mapping[str, Check]
) -> Iterator[GateFinding]:
    """Workloads of a name that an earlier one has in the same Region and environment."""
    names: dict[tuple[str, str, str], Workload] = {}
    for workload in workloads:
        region, environment = workload.text("region") or "", workload.text("environment") or ""
        first = names.setdefault((workload.name, region, environment), workload)
        if first is not workload:
            message = f"{first.file} has the name {workload.name} too"
            found = _at(checks["duplicate-name"], workload, "name", message)
            yield found._replace(owner=_owner(workload))


def notes_of_unpaired(
    workloads: Mapping[str, list[Workload]], checks: Mapping[str, Check]
) -> Iterator[GateFinding]:
    """That nothing of the run was compared with a workload."""
    for each in chain.from_iterable(workloads.values()):
        message = f"no configuration here is compared with {each.name}"
        yield _at(checks["workload-unpaired"], each, "name", message)._replace(owner=_owner(each))


def _owner(workload: Workload) -> str:
    """Who owns a workload: as it says itself, else as its organisation does."""
    return workload.text("owner") or organisation_of(os.path.dirname(workload.file)).owner


def _as_gate_finding(finding: Finding, checks: Mapping[str, Check]) -> GateFinding:
    """A finding of the answer as one of the gate."""
    check = checks.get(finding.rule)
    return GateFinding(**finding._asdict(), because=check.because if check else "")


def _at(check: Check, workload: Workload, path: str, message: str) -> GateFinding:
    """A finding at a key of a workload; at its name where the key is not stated."""
    stated = workload.values.get(path) or workload.values["name"]
    found = check.finding(message, workload.file, stated.line, stated.column)
    return found._replace(address=workload.name, path=path)


# Configurations


def compare_pairs(
    pairs: Iterable[Pair],
    answered: pairing.AnsweredWorkloads,
    documents: Mapping[str, Document],
    checks: Mapping[str, Check],
) -> tuple[list[pairing.OfWorkload], list[InputError]]:
    """Compare each configuration with its workload; a pair that means nothing is an error."""
    compared: list[pairing.OfWorkload] = []
    errors: list[InputError] = []
    for pair in pairs:
        try:
            advices = pairing.meant(pair, answered)
            made = list(pairing.resources_of(pair, pairing.documents_of(pair, documents)))
        except InputError as error:
            errors.append(error)
            continue
        organisation = organisation_of(os.path.dirname(pair.workload))
        for advice in advices:
            region, service = advice.region or "", load_service()
            for world, resource in made:
                view = View(
                    resource=resource,
                    world=world,
                    service=service,
                    region=region,
                    organisation=organisation,
                )
                findings = WorkloadFit(advice, checks, view).findings()
                compared.append(
                    pairing.OfWorkload(workload=advice.workload, findings=tuple(findings))
                )
    return compared, errors


def with_acceptances(
    answered: pairing.AnsweredWorkloads,
    of_workloads: Iterable[pairing.OfWorkload],
    configured: Iterable[GateFinding],
    pairs: Sequence[Pair],
) -> list[GateFinding]:
    """All findings of a run, with the reasons that workloads give for accepting them.

    Args:
        answered: the workloads and their own findings.
        of_workloads: findings of what was made for one; each is told once.
        configured: findings of configurations and archives by themselves.
        pairs: which of these were made for which workload.
    """
    own = list(answered.findings)
    known = {_known_by(finding) for finding in own}
    for each in of_workloads:
        new = [finding for finding in each.findings if _known_by(finding) not in known]
        known.update(map(_known_by, new))
        owner = each.workload.text("owner") or ""
        own += [_accepted(finding._replace(owner=owner), each.workload) for finding in new]
    result = [_accepted_by_pairs(finding, pairs, answered) for finding in configured]
    used = {
        (finding.acceptance.where.rpartition(":")[0], finding.rule)
        for finding in (*result, *own)
        if finding.acceptance is not None and finding.status == OPEN
    }
    # An answer calls an acceptance unused that the gate has a use for.
    needless = {(file, f"accept.{rule}") for file, rule in used}
    return result + [
        each
        for each in own
        if each.rule != "accept-unused"
        or (each.file, each.message.partition(" ")[0]) not in needless
    ]


def _known_by(finding: GateFinding) -> tuple[str, str, int, str]:
    return finding.rule, finding.file, finding.line, finding.message


def _accepted_by_pairs(
    finding: GateFinding, pairs: Sequence[Pair], answered: pairing.AnsweredWorkloads
) -> GateFinding:
    """A finding of a configuration, with what the workloads that it was made for accept."""
    for pair in pairs:
        for advice in answered.advices.get(os.path.normpath(pair.workload), ()):
            if pairing.is_of(pair, finding) and pair.name in ("", advice.workload.name):
                finding = _accepted(finding, advice.workload)
    return finding


def _accepted(finding: GateFinding, workload: Workload) -> GateFinding:
    """A finding with the reason that a workload gives for it, which may be over by now."""
    entry = workload.mapping("accept").get(finding.rule)
    if entry is None or finding.acceptance is not None:
        return finding
    return finding._replace(acceptance=_acceptance(entry, workload))


def _acceptance(entry: Mapping[str, str], workload: Workload) -> Acceptance:
    """An entry of ``accept:`` as the gate keeps it."""
    return Acceptance(**entry, where=f"{workload.file}:{workload.values['accept'].line}")


def beyond(advice: Advice, organisation: Organisation) -> Iterator[tuple[str, str]]:
    """Rule and message for what an answer's plan takes and the organisation does not have."""
    chosen = advice.chosen
    if chosen is None or chosen.plan is None:
        return
    usage = chosen.plan.usage
    instance_type = usage.instance_type or ""
    allowed = organisation.families
    if instance_type and allowed and family(instance_type) not in allowed:
        message = f"the plan takes {instance_type}; allowed: {', '.join(allowed)}"
        yield "family-not-allowed", message
    name = CONCURRENCY if chosen.option == SERVERLESS else instance_type
    wanted, quota = _most(usage), organisation.quotas.get(name)
    if quota is not None and wanted is not None and wanted > quota:
        yield "above-quota", f"the plan takes {wanted} of {name}; the account's quota is {quota}"


def _most(usage: Usage) -> int | None:
    """The most instances, or requests at once, that a plan may take; ``None`` where it is open."""
    if isinstance(usage, ServerlessUsage):
        return usage.max_concurrency
    if isinstance(usage, FleetUsage) and usage.maximum is not None:
        return usage.maximum
    most = usage.count.high
    return most if isinstance(most, int) else None
