"""The whole gate: paths → documents → findings → waivers → report. Read this first."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from advisor.configuration.discover import STDIN, Found, discover, place_of_stdin
from advisor.configuration.document import Document
from advisor.configuration.reading import Read, read_configuration, read_terraform
from advisor.configuration.source import LARGEST_PLAN, Source, decode, read_source
from advisor.gate.affected import Touched, only_touched
from advisor.gate.archive.pairing import Archives
from advisor.gate.checks import Check, load_checks
from advisor.gate.finding import OPEN, Finding, in_order
from advisor.gate.judge import Judge
from advisor.gate.service_walk import load_service
from advisor.gate.settings import Organisation, Pair, Project, organisation_of, pair_of
from advisor.gate.triage import standing
from advisor.gate.waivers import Waiver, comments_of
from advisor.model.errors import InputError
from advisor.model.value import Value

if TYPE_CHECKING:
    from advisor.gate.workloads import Workloads


class Request(Value):
    """What the caller wants to know."""

    paths: Sequence[str]
    as_of: str  # YYYY-MM-DD
    project: Project = Project()
    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    workload: str = ""  # the one that every configuration is compared with
    baseline: str = ""
    lock: str = ""  # the lock file, which names workloads as its folder sees them
    relock: bool = False  # the lock is about to be written: nothing is compared with it
    region: str = ""
    framework: str = ""  # that model archives are checked for; empty: as stated or recognised
    changed: frozenset[str] | None = None  # real paths of changed files; None: all count
    stdin: bytes = b""
    sift: bool = False  # named files that hold nothing of ours are passed over, too
    progress: Callable[[str], None] | None = None  # called with how far the run is, in words


class Report(Value):
    """What the gate found. ``sources`` are the files in which findings lie, for their excerpts."""

    findings: tuple[Finding, ...]
    errors: tuple[InputError, ...]
    unread: tuple[str, ...]
    workloads: int
    configurations: int
    resources: int
    ignored: int
    over: int  # entries of the baseline that are gone
    as_of: str
    checks: Mapping[str, Check]
    sources: Mapping[str, Source]
    files: tuple[str, ...]  # that were looked at
    answers: Mapping[str, Mapping[str, object]]  # workload -> what a lock file keeps of it
    archives: int = 0

    def open(self, severity: str) -> int:
        """How many findings of a severity stand."""
        return sum(1 for f in self.findings if f.severity == severity and f.status == OPEN)


def check(request: Request) -> Report:
    """Check everything that the request's paths hold.

    Raises:
        InputError: a setting or the baseline cannot be read; files that cannot are in the report.
    """
    project = request.project
    found = discover(
        request.paths,
        project.exclude,
        request.progress,
        request.sift,
        base=project.says.get("exclude", ""),
    )
    found = place_of_stdin(found, request.stdin)
    pairs = _looked_at(project.pairs, found)
    if request.changed is not None:
        touched = Touched(request.changed)
        pairs = touched.pairs(pairs)
        if not (request.workload and touched.file(request.workload.partition("#")[0])):
            found = only_touched(found, touched)
    request = request._replace(project=project._replace(pairs=tuple(pairs)))
    return _Run(request, found).report()


def _looked_at(pairs: Sequence[Pair], found: Found) -> list[Pair]:
    """The pairs of which a side is among what was found."""
    if not pairs:
        return []
    seen = {os.path.realpath(path or ".") for path in (*_files(found), *found.folders)}
    return [
        pair
        for pair in pairs
        if seen & {os.path.realpath(pair.workload), os.path.realpath(pair.artifact.split("#")[0])}
    ]


def _files(found: Found) -> list[str]:
    """Every file that is read."""
    terraform = (file for files in found.folders.values() for file in files)
    return [*found.workloads, *found.configurations, *found.archives, *terraform]


class _Run:
    """One run: what was read, found and could not be read so far."""

    def __init__(self, request: Request, found: Found) -> None:
        self.request = request
        self.found = found
        self.checks = load_checks()
        self.service = load_service()
        self.findings: list[Finding] = []
        self.comments: dict[str, list[Waiver]] = {}
        self.errors = list(found.errors)
        self.unread = list(found.unread)
        self.sources: dict[str, Source] = {}
        self.documents: dict[str, Document] = {}
        self.kept: set[str] = set()  # paths of configurations that belong to a workload
        self.ignored = found.ignored
        self.configurations = 0
        self.resources = 0

    def report(self) -> Report:
        """Read and judge everything."""
        named = self._pairs()
        workloads = self._workloads(named)
        pairs = [*named, *(workloads.pairs if workloads else ())]
        self.kept = {os.path.normpath(pair.artifact.partition("#")[0]) for pair in pairs}
        for path in self._counted(self.found.configurations, "configurations"):
            self._file(path)
        self._terraform()
        archives = Archives(self.found.archives, pairs)
        checked = archives.check(self.checks, self.request.framework, workloads, self.documents)
        self.findings += checked.findings
        self.errors += checked.errors
        self.unread += checked.unread
        if workloads is not None:
            for pair in archives.other_pairs:
                workloads.compare(pair, self.documents)
            self.errors += workloads.errors
            self.findings = workloads.accepting(self.findings, pairs)
            self.findings += workloads.used_acceptances()
        files = tuple(_files(self.found))
        stand = standing(self.findings, self.comments, self.checks, self.request, files)
        self._remember((), {finding.file for finding in stand.findings if finding.line})
        return Report(
            tuple(sorted(stand.findings, key=in_order)),
            _each_once(self.errors),
            tuple(dict.fromkeys(self.unread)),
            workloads.count if workloads else 0,
            self.configurations,
            self.resources,
            self.ignored,
            stand.over,
            self.request.as_of,
            self.checks,
            self.sources,
            files,
            workloads.answers if workloads else {},
            checked.archives,
        )

    def _counted(self, paths: Sequence[str], what: str) -> Iterator[str]:
        """The paths one by one; of many the caller hears how far the run is."""
        for number, path in enumerate(paths):
            if self.request.progress and number % 100 == 99:
                self.request.progress(f"{number + 1:,} of {len(paths):,} {what}")
            yield path

    # Configurations

    def _file(self, path: str) -> None:
        try:
            source = self._source(path)
            organisation = organisation_of(os.path.dirname(path))
            region = self.request.region or organisation.region
            read = read_configuration(source, self.service, region)
        except InputError as error:
            self.errors.append(error)
            return
        if read.document is None or not _holds_something(read.document):
            self._nothing(path, read)
            return
        self._judge(read, organisation, region, path)

    def _source(self, path: str) -> Source:
        if path == STDIN:
            return decode(STDIN, self.request.stdin)
        return read_source(path, limit=LARGEST_PLAN)

    def _nothing(self, path: str, read: Read) -> None:
        self.ignored += 1
        if read.document is not None:
            self.unread += [f"{path}: {note}" for note in read.document.unread]
        if self.request.sift and path != STDIN:
            return
        noted = any(note.startswith(f"{path}: ") for note in self.unread)
        if path in self.found.named and not noted:
            self.errors.append(
                InputError(
                    "this file has nothing to check",
                    file=path,
                    hint="it reads workloads, SageMaker requests, CloudFormation and Terraform",
                )
            )

    def _judge(self, read: Read, organisation: Organisation, region: str, path: str) -> None:
        assert read.document is not None
        judge = Judge(self.checks, self.service, self.request.select, region, organisation)
        findings = judge.findings(read.document)
        if organisation.owner:
            findings = [finding._replace(owner=organisation.owner) for finding in findings]
        self.findings += findings
        self.configurations += 1
        self.resources += max((len(world.resources) for world in read.document.worlds), default=0)
        self.unread += [f"{path}: {note}" for note in read.document.unread]
        self._remember(read.sources, {finding.file for finding in findings})
        for name in (path, *(source.file for source in read.sources)):
            if os.path.normpath(name or ".") in self.kept:
                self.documents[os.path.normpath(name or ".")] = read.document

    def _remember(self, sources: Sequence[Source], with_findings: set[str]) -> None:
        """Keep the texts that excerpts and waivers need; the others are let go."""
        for source in sources:
            comments = list(comments_of(source))
            if comments:
                self.comments[source.file] = comments
            if comments or source.file in with_findings:
                self.sources[source.file] = source
        for file in with_findings - self.sources.keys():
            try:
                self.sources[file] = read_source(file)
            except InputError:
                continue  # a parameter file that vanished: the finding stands without an excerpt

    def _terraform(self) -> None:
        if not self.found.folders:
            return
        from advisor.configuration.terraform.modules import read_modules

        folders: dict[str, list[Source]] = {}
        for folder, files in self.found.folders.items():
            if folder == STDIN:
                folders[folder] = [self._source(STDIN)]
                continue
            named = [file for file in files if file in self.found.named]
            listed = _whole_folder(folder, files) if named else files
            folders[folder], errors = read_terraform(listed)
            self.errors += [error for error in errors if error.file in files]
        wanted = {file for files in self.found.folders.values() for file in files}
        before = self.configurations
        for terraform in read_modules(folders, self.service):
            self.unread += terraform.unread
            read = terraform.read
            self.errors += [error for error in read.errors if error.file in wanted]
            document = read.document
            if document is None or not _holds_something(document):
                continue
            if not any(source.file in wanted for source in read.sources):
                continue
            folder = os.path.dirname(read.sources[0].file)
            organisation = organisation_of(folder)
            region = self.request.region or terraform.region or organisation.region
            self._judge(read, organisation, region, document.file)
        self.findings = [f for f in self.findings if f.file in wanted or not _is_terraform(f.file)]
        for file in [f for f in self.comments if f not in wanted and _is_terraform(f)]:
            del self.comments[file]
        if self.configurations == before:
            self.ignored += sum(len(files) for files in self.found.folders.values())

    # Workloads, and what was made for them

    def _pairs(self) -> list[Pair]:
        """What the caller and the project say belongs together."""
        pairs = list(self.request.project.pairs)
        if self.request.workload:
            folders = (folder or "." for folder in self.found.folders)
            pairs += [
                pair_of(self.request.workload, path, "--workload")
                for path in (*self.found.configurations, *folders, *self.found.archives)
            ]
        return pairs

    def _workloads(self, pairs: list[Pair]) -> Workloads | None:
        """The workloads that were found or are named by a pair; ``None`` when there is none."""
        extra = {pair.workload for pair in pairs} - set(self.found.workloads)
        named = [*self.found.workloads, *sorted(extra)]
        if not named:
            return None
        from advisor.gate.lockfile import read_lock
        from advisor.gate.workloads import Workloads

        request = self.request
        archives = self.found.archives
        workloads = Workloads(self.checks, request.as_of, request.region, request.lock, archives)
        locked = read_lock(request.lock) if request.lock and not request.relock else {}
        for path in self._counted(named, "workloads"):
            data = self.request.stdin if path == STDIN else None
            workloads.read(path, data, pairs, locked)
        return workloads


def _each_once(errors: Sequence[InputError]) -> tuple[InputError, ...]:
    return tuple({str(error): error for error in errors}.values())


def _holds_something(document: Document) -> bool:
    return bool(document.faults) or any(world.resources for world in document.worlds)


def _is_terraform(file: str) -> bool:
    return file.endswith((".tf", ".tf.json", ".tfvars", ".tfvars.json"))


def _whole_folder(folder: str, files: Sequence[str]) -> list[str]:
    """The Terraform files of a folder, also those that were not named: they belong together."""
    try:
        names = sorted(os.listdir(folder or "."))
    except OSError:
        return list(files)
    together = [
        os.path.join(folder, name) if folder else name for name in names if _is_terraform(name)
    ]
    return list(dict.fromkeys([*files, *together]))
