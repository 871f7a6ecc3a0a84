"""The workloads of a run: does each still have its answer, do its configurations still fit it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from advisor.configuration.api.spelling import nearest
from advisor.configuration.document import Document, Resource, World
from advisor.gate.archive.pairing import pairs_by_artifact
from advisor.gate.checks import Check
from advisor.gate.finding import ACCEPTED, Acceptance, Finding
from advisor.gate.intent import Comparison
from advisor.gate.lockfile import answer_of, lock_key, told
from advisor.gate.organisation_policy import beyond
from advisor.gate.pairing import documents_at, is_of, own_pairs, resources_of
from advisor.gate.service_walk import load_service
from advisor.gate.settings import Organisation, Pair, organisation_of
from advisor.gate.view import View
from advisor.model.advice import Advice
from advisor.model.errors import InputError
from advisor.model.workload import Finding as AdviceFinding
from advisor.model.workload import Stated, Workload

Answer = Mapping[str, object]


class Workloads:
    """Reads workloads, keeps the advice of those that a configuration belongs to."""

    def __init__(
        self,
        checks: Mapping[str, Check],
        as_of: str,
        region: str,
        lock: str = "",
        archives: Sequence[str] = (),
    ) -> None:
        self.checks = checks
        self.as_of = as_of
        self.region = region
        self.lock = lock
        self.archives = archives
        self.findings: list[Finding] = []
        self.errors: list[InputError] = []
        self.answers: dict[str, Answer] = {}
        self.pairs: list[Pair] = []
        self.count = 0
        self._advices: dict[str, list[Advice]] = {}
        self._names: dict[tuple[str, str, str], Workload] = {}
        self._accepting: dict[str, set[str]] = {}

    def read(
        self, path: str, data: bytes | None, pairs: Sequence[Pair], locked: Mapping[str, Answer]
    ) -> None:
        """Read a file, ask for its answers, and note what was made for it."""
        from advisor.pipeline import advise
        from advisor.workload import read_file, read_workloads

        organisation = organisation_of(os.path.dirname(path))
        try:
            found = read_file(path) if data is None else read_workloads(data, path)
        except InputError as error:
            self.errors += [error, *error.others]
            error.others = ()  # each stands for itself from here on
            return
        kept: list[Advice] = []
        for workload in (needing(each, organisation) for each in found):
            self.count += 1
            advice = advise(
                workload,
                limits=workload.text("limits") or organisation.limits or None,
                region=self.region or workload.text("region") or organisation.region or None,
                as_of=self.as_of,
            )
            self._judge(advice, organisation, locked)
            own = [*own_pairs(workload), *pairs_by_artifact(workload, self.archives)]
            self.pairs += own
            if own or any(_same(pair.workload, path) for pair in pairs):
                kept.append(advice)
        if kept:
            self._advices[os.path.normpath(path)] = kept

    def _judge(
        self, advice: Advice, organisation: Organisation, locked: Mapping[str, Answer]
    ) -> None:
        workload = advice.workload
        owner = workload.text("owner") or organisation.owner
        answer = answer_of(advice)
        key = lock_key(self.lock, workload.file, workload.name)
        self.answers[key] = answer
        found = [self._of_advice(each) for each in advice.findings if _worth_a_word(each)]
        accept = workload.mapping("accept")
        for each in advice.accepted:
            why = _acceptance(accept[each.rule], workload)
            accepted = self._of_advice(each)
            found.append(accepted._replace(status=ACCEPTED, acceptance=why, fix=""))
        if advice.decision.option is None:
            found.append(self._plain("no-answer", workload, "requests", advice.summary))
        for rule, message in beyond(advice, organisation):
            # A warning: nothing is configured yet, and deploy.instance_type can choose otherwise.
            told_of = self._plain(rule, workload, "deploy.instance_type", message)
            found.append(told_of._replace(severity="warning"))
        old = locked.get(key)
        if locked and old is None and workload.file != "-":
            found.append(self._plain("answer-not-locked", workload, "name", f"{key} is not locked"))
        if old is not None:
            message = told(old, answer)
            if message:
                found.append(self._plain("decision-changed", workload, "name", message))
        found += self._duplicate(workload)
        self.findings += [finding._replace(owner=owner) for finding in found]

    def _duplicate(self, workload: Workload) -> Iterator[Finding]:
        """Another workload of the run that has the name in the same Region and environment."""
        place = (
            workload.name,
            workload.text("region") or "",
            workload.text("environment") or "",
        )
        first = self._names.setdefault(place, workload)
        if first is not workload:
            message = f"{first.file} has the name {workload.name} too"
            yield self._plain("duplicate-name", workload, "name", message)

    def _of_advice(self, finding: AdviceFinding) -> Finding:
        """A finding of the answer as one of the gate."""
        check = self.checks.get(finding.rule)
        return Finding(
            rule=finding.rule,
            severity=finding.severity,
            message=finding.message,
            file=finding.file,
            line=finding.line,
            column=finding.column,
            because=check.because if check else "",
            source=finding.source,
            fix=finding.fix,
        )

    def _plain(self, rule: str, workload: Workload, path: str, message: str) -> Finding:
        check = self.checks[rule]
        stated = workload.values.get(path) or workload.values["name"]
        found = check.finding(message, workload.file, stated.line, stated.column)
        return found._replace(address=workload.name, path=path)

    # Configurations

    def compare(self, pair: Pair, documents: Mapping[str, Document]) -> None:
        """Compare one configuration with its workload."""
        try:
            advices = self.meant(pair)
            made = list(resources_of(pair, self.documents(pair, documents)))
        except InputError as error:
            self.errors.append(error)
            return
        organisation = organisation_of(os.path.dirname(pair.workload))
        for advice in advices:
            for world, resource in made:
                view = _views(world, advice.region or "", organisation)
                comparison = Comparison(advice, self.checks, view)
                self.add(comparison.findings(resource), advice.workload)

    def documents(self, pair: Pair, known: Mapping[str, Document]) -> list[Document]:
        """The configuration of a pair, read now when it is not among those of the run.

        Raises:
            InputError: it cannot be read.
        """
        path = pair.artifact.partition("#")[0]
        found = known.get(os.path.normpath(path))
        return [found] if found else self._elsewhere(path, pair)

    def meant(self, pair: Pair) -> list[Advice]:
        """The workload of a pair; none where its file could not be read.

        Raises:
            InputError: the file holds several, or none of the name.
        """
        advices = self._advices.get(os.path.normpath(pair.workload), [])
        names = [advice.workload.name for advice in advices]
        if pair.name and advices and pair.name not in names:
            near = nearest(pair.name, names)
            hint = f"did you mean {near}?" if near else f"there is {', '.join(names)}"
            raise InputError(
                f"no workload here has the name {pair.name}", file=pair.workload, hint=hint
            )
        if not pair.name and len(advices) > 1:
            raise InputError(
                f"this file holds {len(advices)} workloads, and {pair.where} names none of them",
                file=pair.workload,
                hint=f"name one: {pair.workload}#{names[0]}",
            )
        return [each for each in advices if pair.name in ("", each.workload.name)]

    def add(self, findings: Iterator[Finding], workload: Workload) -> None:
        """Keep findings of something that was made for a workload, which may accept them."""
        known = {(f.rule, f.file, f.line, f.message) for f in self.findings}
        for finding in findings:
            if (finding.rule, finding.file, finding.line, finding.message) not in known:
                owned = finding._replace(owner=workload.text("owner") or "")
                self.findings.append(self._accepted(owned, workload))

    def accepting(self, findings: Iterable[Finding], pairs: Sequence[Pair]) -> list[Finding]:
        """Findings of configurations, with what the workload that they belong to accepts."""
        result = []
        for finding in findings:
            for pair in pairs:
                for advice in self._advices.get(os.path.normpath(pair.workload), ()):
                    if is_of(pair, finding) and pair.name in ("", advice.workload.name):
                        finding = self._accepted(finding, advice.workload)  # noqa: PLW2901
            result.append(finding)
        return result

    def _accepted(self, finding: Finding, workload: Workload) -> Finding:
        """A finding with the reason that a workload gives for it, which may be over by now."""
        entry = workload.mapping("accept").get(finding.rule)
        if entry is None or finding.acceptance is not None:
            return finding
        self._accepting.setdefault(workload.file, set()).add(finding.rule)
        return finding._replace(acceptance=_acceptance(entry, workload))

    def _elsewhere(self, path: str, pair: Pair) -> list[Document]:
        """A configuration that is not among the paths of the run.

        Raises:
            InputError: it cannot be read.
        """
        try:
            return documents_at(path)
        except InputError as error:
            message = f"{pair.where} names this file: {error.message}"
            raise InputError(message, file=path, hint=error.hint) from None

    def used_acceptances(self) -> list[Finding]:
        """The findings without the word that an acceptance is unused, where the gate used it."""
        return [
            finding
            for finding in self.findings
            if not (
                finding.rule == "accept-unused"
                and any(
                    finding.message.startswith(f"accept.{rule} ")
                    for rule in self._accepting.get(finding.file, ())
                )
            )
        ]


def _acceptance(entry: Mapping[str, str], workload: Workload) -> Acceptance:
    """An entry of ``accept:`` as the gate keeps it."""
    return Acceptance(**entry, where=f"{workload.file}:{workload.values['accept'].line}")


def _worth_a_word(finding: AdviceFinding) -> bool:
    """Notes of an answer are for its reader; here only the one on a decision counts."""
    return finding.severity != "info" or finding.rule == "decision-differs"


def _same(one: str, other: str) -> bool:
    return os.path.normpath(one) == os.path.normpath(other)


def _views(world: World, region: str, organisation: Organisation) -> Callable[[Resource], View]:
    """How a comparison sees a resource among those of one world."""
    return lambda resource: View(resource, world, load_service(), region, organisation)


def needing(workload: Workload, organisation: Organisation) -> Workload:
    """A workload that also needs what its organisation does, where it says nothing of it."""
    added = {
        path: Stated(path, "true", True, 0, 0)
        for path in (f"needs.{need}" for need in organisation.needs)
        if path not in workload.values
    }
    return workload._replace(values={**workload.values, **added}) if added else workload
