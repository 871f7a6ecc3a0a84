"""The workloads of a run: does each still have its answer, do its configurations still fit it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from advisor.errors import InputError
from advisor.gate.checks import Check
from advisor.gate.document import Document, Resource, World
from advisor.gate.finding import ACCEPTED, Acceptance, Finding
from advisor.gate.intent import Comparison
from advisor.gate.locking import answer_of, lock_key, told
from advisor.gate.service import load_service
from advisor.gate.settings import Organisation, Pair, organisation_of
from advisor.gate.source import read_source
from advisor.gate.view import View
from advisor.model import Advice, Workload
from advisor.model import Finding as AdviceFinding

Answer = Mapping[str, object]


class Workloads:
    """Reads workloads, keeps the advice of those that a configuration belongs to."""

    def __init__(
        self, checks: Mapping[str, Check], as_of: str, region: str, lock: str = ""
    ) -> None:
        self.checks = checks
        self.as_of = as_of
        self.region = region
        self.lock = lock
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
        for workload in found:
            self.count += 1
            advice = advise(
                workload,
                limits=workload.text("limits") or organisation.limits or None,
                region=self.region or workload.text("region") or organisation.region or None,
                as_of=self.as_of,
            )
            self._judge(advice, organisation, locked)
            self.pairs += own_pairs(workload)
            if own_pairs(workload) or any(_same(pair.workload, path) for pair in pairs):
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
        old = locked.get(key)
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
            message = f"{first.file} is called {workload.name} too"
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
        return Finding(
            rule=rule,
            severity=check.severity,
            message=message,
            file=workload.file,
            line=stated.line,
            column=stated.column,
            address=workload.name,
            path=path,
            because=check.because,
            source=check.source,
            as_of=check.as_of,
            fix=check.fix,
        )

    # Configurations

    def compare(self, pair: Pair, documents: Mapping[str, Document]) -> None:
        """Compare one configuration with its workload."""
        path, _, address = pair.artifact.partition("#")
        document = documents.get(os.path.normpath(path)) or self._elsewhere(path, pair)
        advices = self._advices.get(os.path.normpath(pair.workload), [])
        if document is None:
            return
        for advice in advices:
            for world in document.worlds:
                comparison = Comparison(advice, self.checks, _views(world, advice.region or ""))
                for resource in world.resources:
                    if resource.kind in ("EndpointConfig", "TransformJob") and (
                        not address or address in (resource.address, resource.identity)
                    ):
                        self._add(comparison.findings(resource), advice.workload)

    def _add(self, findings: Iterator[Finding], workload: Workload) -> None:
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
                if _is_of(pair, finding):
                    for advice in self._advices.get(os.path.normpath(pair.workload), []):
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

    def _elsewhere(self, path: str, pair: Pair) -> Document | None:
        """A configuration that is not among the paths of the run."""
        from advisor.gate.reading import read_configuration, read_terraform
        from advisor.gate.tf_modules import read_modules

        try:
            if os.path.isdir(path) or path.endswith((".tf", ".tf.json")):
                folder = path if os.path.isdir(path) else os.path.dirname(path)
                files = sorted(
                    os.path.join(folder, name)
                    for name in os.listdir(folder or ".")
                    if name.endswith((".tf", ".tf.json", ".tfvars"))
                )
                sources, _ = read_terraform(files)
                for found in read_modules({folder: sources}, load_service()):
                    return found.read.document
                return None
            return read_configuration(read_source(path), load_service()).document
        except (InputError, OSError) as error:
            text = error.message if isinstance(error, InputError) else str(error.strerror)
            self.errors.append(
                InputError(f"{pair.where} names this file: {text}", file=path, hint="")
            )
            return None

    def used_acceptances(self) -> list[Finding]:
        """The findings without the word that an acceptance is unused, where the gate used it."""
        return [
            finding
            for finding in self.findings
            if not (
                finding.rule == "accept-unused"
                and any(
                    f"accept names {rule}," in finding.message
                    for rule in self._accepting.get(finding.file, ())
                )
            )
        ]


def _acceptance(entry: Mapping[str, str], workload: Workload) -> Acceptance:
    """An entry of ``accept:`` as the gate keeps it."""
    return Acceptance(**entry, where=f"{workload.file}:{workload.values['accept'].line}")


def _is_of(pair: Pair, finding: Finding) -> bool:
    """Whether a finding lies in the configuration of a pair, which may be a folder of Terraform."""
    path, _, address = pair.artifact.partition("#")
    places = (os.path.normpath(finding.file), os.path.dirname(finding.file) or ".")
    return os.path.normpath(path) in places and address in ("", finding.address)


def _worth_a_word(finding: AdviceFinding) -> bool:
    """Notes of an answer are for its reader; here only the one on a decision counts."""
    return finding.severity != "info" or finding.rule == "decision-differs"


def own_pairs(workload: Workload) -> list[Pair]:
    """``artifacts:`` of a workload, relative to its file."""
    base = os.path.dirname(workload.file)
    return [
        Pair(workload.file, os.path.normpath(os.path.join(base, str(path))), workload.file)
        for path in workload.mapping("artifacts").values()
    ]


def _same(one: str, other: str) -> bool:
    return os.path.normpath(one) == os.path.normpath(other)


def _views(world: World, region: str) -> Callable[[Resource], View]:
    """How a comparison sees a resource among those of one world."""
    return lambda resource: View(resource, world, load_service(), region, Organisation())
