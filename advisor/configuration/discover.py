"""Paths → names of workloads, configurations and archives; the other files are counted."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping

from advisor.configuration.api.service import operation_in
from advisor.configuration.document import Document
from advisor.configuration.files import is_archive, is_terraform
from advisor.configuration.source import LARGEST_PLAN, LARGEST_TEMPLATE, too_large
from advisor.model.errors import InputError
from advisor.model.value import Value
from advisor.text.written import JOURNAL

CODE = (".cs", ".go", ".ipynb", ".java", ".js", ".py", ".sh", ".ts")
"""Files that may hold calls of the API; nothing in them is run."""
_WHAT = rb"(?:endpoint[_-]config|transform[_-]job|inference[_-]component)\b"
_IN_CODE = re.compile(
    rb"create[_-]"
    + _WHAT
    + rb"|\bCreate(?:EndpointConfig|TransformJob|InferenceComponent)(?:Command|Input|Request)\b"
    rb"|\bCfn(?:EndpointConfig|InferenceComponent)\b|\baws[_-]sagemaker[_-]alpha\b"
    rb"|\b(?:Serverless|Async)InferenceConfig\s*\("
)
_IN_ANY_CODE = (b"ndpoint", b"ransform", b"nference", b"agemaker")
"""Of these, each match has one: that is looked for first, in a tenth of the time."""
_IN_DATA = re.compile(rb"\.create_" + _WHAT + rb"\s*\(|\bsagemaker[\s\\]+create-" + _WHAT)


_CDK = "constructs of the CDK; run `cdk synth`, and check cdk.out"

_IN_PYTHON = re.compile(
    rb"\b(?:create_(?:model|endpoint|endpoint_config|transform_job|inference_component)|update_endpoint"
    rb"|register_scalable_target|put_scaling_policy|put_scheduled_action|deploy|transformer|Transformer)"
    rb"[ \t]*\("
)


def in_code(data: bytes) -> str:
    """What a program, script or notebook holds that is not read; empty when there is nothing."""
    found = _IN_CODE.search(data) if any(each in data for each in _IN_ANY_CODE) else None
    if found is None:
        return ""
    return _CDK if found[0].startswith((b"Cfn", b"aws")) else "calls of the API in code"


def in_data(data: bytes) -> str:
    """The same of code inside a template, a workflow or another file of data."""
    return "calls of the API in code" if b"create" in data and _IN_DATA.search(data) else ""


def in_terraform(text: str) -> str:
    """The same of scripts in a Terraform file."""
    return "calls of the API in a script" if in_code(text.encode("utf-8", "replace")) else ""


STDIN = "-"
_DEEPEST_CHART = 4
"""Folders of templates within a chart."""
MOST_FILES = 500_000
"""Files in all folders together; a tree of more is not walked to its end."""
PASSED_OVER = frozenset(
    {".git", ".hg", ".svn", ".terraform", ".tox", ".venv", "__pycache__", "node_modules", "venv"}
)

DATA = (".json", ".yaml", ".yml", ".template")
_WORKLOAD_NAMES = ("workload.yaml", "workload.yml")
_WORKLOAD_ENDS = (".workload.yaml", ".workload.yml")

# Each alternative begins with a letter, not a group: that makes the search three times as fast.
_OURS = re.compile(
    rb"AWS(?:::SageMaker::|::ApplicationAutoScaling::|/SageMaker)|/aws/sagemaker/|aws(?:cc)?_sagemaker_"
    rb"|Endpoint(?:Config)?Name|ProductionVariant|PrimaryContainer|Transform(?:JobName|Input)"
    rb"|Inference(?:ComponentName|RouterName|Specification)"
    rb"|Model(?:Variants|Package|Name[\"']?[ \t]*:)"
    rb"|DesiredWeightsAndCapacities|TrafficPattern|AIWorkloadConfig|OptimizationJobName"
    rb"|sagemaker:(?:variant|inference-component):|SageMaker(?:Variant|Inference)"
    rb"|BlueGreenUpdatePolicy|RollingUpdatePolicy|InvocationTimeoutSeconds|sm-advise/"
    rb"|apiVersion[\"']?\s*:\s*[\"']?(?:sagemaker|applicationautoscaling)\.services\.k8s\.aws/"
)
_WORKLOAD_MARK = re.compile(
    rb"""^[ \t]*["']?schema["']?[ \t]*:\s*["']?sm-advise/workload""", re.MULTILINE
)
_WORDS = rb"name|requests|traffic|dataset|models?|deploy|budget|prefer|needs"
_SECTIONS = re.compile(rb"""^["']?(%b)["']?[ \t]*:""" % _WORDS, re.MULTILINE)
_SECTIONS_IN_BRACES = re.compile(rb"""[{,]\s*["']?(%b)["']?\s*:""" % _WORDS)
_ARRIVAL = re.compile(rb"""\barrival["']?[ \t]*:""")
_SOME_SECTIONS = 3
"""Keys of a workload, name and requests among them, that a file has that was meant to be one."""
_HCL = re.compile(
    rb"""^(?:data|locals|module|provider|resource|terraform|variable)\b[^:=\n]*\{""", re.MULTILINE
)
_IN_LARGE_FILES = re.compile(rb"aws(?:cc)?_sagemaker_|Type[\"']?\s*:\s*[\"']?AWS::SageMaker::")
"""Requests are small: of a large file only a plan or a template is ours, no service model."""


class FoundFiles(Value):
    """What there is to read, each path as the user would write it."""

    workloads: tuple[str, ...]
    configurations: tuple[str, ...]
    folders: Mapping[str, tuple[str, ...]]  # of Terraform: folder -> its files
    named: frozenset[str]  # files that were named themselves, not found in a folder
    ignored: int  # files that are neither
    unread: tuple[str, ...]  # files that hold configurations in a form that is not read
    errors: tuple[InputError, ...]
    archives: tuple[str, ...]  # of models; only where they were named
    is_excluded: Callable[[str], bool]  # whether the project leaves a file out
    programs: Mapping[str, Document]  # what those of the configurations that are programs hold

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that is read."""
        terraform = (file for files in self.folders.values() for file in files)
        return (*self.workloads, *self.configurations, *self.archives, *terraform)


def discover(
    paths: Iterable[str],
    exclude: Iterable[str] = (),
    progress: Callable[[str], None] | None = None,
    sift: bool = False,
    base: str = "",
) -> FoundFiles:
    """Sort the files of paths (files, folders, patterns) into what is read and what is not.

    A file that was named is read whatever it holds; with ``sift`` it is passed over like a file
    of a folder when it holds nothing of ours. What ``exclude`` names is as written on the command
    line, or as the folder of ``base`` (the project's file) sees it.
    """
    sorter = _Sorter(tuple(exclude), base)
    named: set[str] = set()
    for path in _expanded(paths, sorter.errors):
        if os.path.isdir(path):
            for count, file in enumerate(files_below(path, sorter.errors)):
                sorter.sort(file)
                if progress and count % 1000 == 999:
                    progress(f"{count + 1:,} files looked at")
        elif path not in named:
            named.add(path)
            if sift and os.path.isfile(path):
                sorter.sort(path)
            else:
                sorter.take(path)
    return sorter.found(frozenset(named))


def _expanded(paths: Iterable[str], errors: list[InputError]) -> Iterator[str]:
    for path in paths:
        if not os.path.lexists(path) and re.search(r"[*?\[]", path):
            import glob

            matches = sorted(glob.glob(path, recursive=True))
            if not matches:
                errors.append(InputError("the pattern matches nothing", file=path))
            yield from matches
        else:
            yield path


def files_below(folder: str, errors: list[InputError]) -> Iterator[str]:
    """The files of a folder, in order; links to folders are not followed: none is a loop."""
    pending, count = [folder], 0
    while pending:
        current = pending.pop()
        try:
            with os.scandir(current) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            errors.append(InputError(f"cannot be read: {error.strerror}", file=current))
            continue
        inner: list[str] = []
        for entry in entries:
            path = entry.path.removeprefix("./")
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in PASSED_OVER:
                    inner.append(path)
                continue
            if not (entry.is_file(follow_symlinks=False) or os.path.isfile(path)):
                continue  # a pipe, a device, a link to nothing or to a folder
            count += 1
            if count > MOST_FILES:
                errors.append(InputError(f"more than {MOST_FILES:,} files", file=folder))
                return
            yield path
        pending += reversed(inner)


class _Sorter:
    """Gathers files one by one until all are sorted."""

    def __init__(self, exclude: tuple[str, ...], base: str) -> None:
        self.exclude = exclude
        self.base = base
        self.workloads: list[str] = []
        self.configurations: list[str] = []
        self.archives: list[str] = []
        self.folders: dict[str, list[str]] = {}
        self.programs: dict[str, Document] = {}
        self.unread: list[str] = []
        self._rendered: set[tuple[str, str]] = set()  # folder and tool of which it is told
        self.errors: list[InputError] = []
        self.ignored = 0

    def found(self, named: frozenset[str]) -> FoundFiles:
        """What was sorted so far."""
        names = ("workloads", "configurations", "archives", "unread", "errors")
        return FoundFiles(
            **{name: tuple(getattr(self, name)) for name in names},
            folders={folder: tuple(files) for folder, files in self.folders.items()},
            named=named,
            ignored=self.ignored,
            is_excluded=self._excluded,
            programs=self.programs,
        )

    def take(self, path: str) -> None:
        """Sort a file that was named; what it is, its reader finds out."""
        name = os.path.basename(path)
        if is_terraform(name):
            self._terraform(path)
        elif name in _WORKLOAD_NAMES or name.endswith(_WORKLOAD_ENDS):
            self.workloads.append(path)
        elif name.endswith(CODE):
            self._code(path)
        elif is_archive(path):
            self.archives.append(path)
        else:
            head = _content(path, LARGEST_TEMPLATE)
            self._note(path, in_data(head or b""))
            if self._is_chart(path, head or b""):
                self.ignored += 1
                return
            ours = head is not None and (name.endswith(DATA) or "." not in name)
            if head is not None and ours and (_is_workload(head) or looks_like_workload(head)):
                self.workloads.append(path)
            else:
                self.configurations.append(path)

    def sort(self, path: str) -> None:
        """Sort a file that stood in a folder."""
        name = os.path.basename(path)
        if self._excluded(path):
            self.ignored += 1
        elif name in _WORKLOAD_NAMES or name.endswith(_WORKLOAD_ENDS):
            self.workloads.append(path)
        elif is_terraform(name):
            self._terraform(path)
        elif name.endswith(DATA) and not name.startswith(".sm-advise"):
            self._data(path)
        elif not name.endswith(CODE) or not self._is_noted(path):
            self.ignored += 1
            if name == JOURNAL:
                self._note(path, "some files here are of another plan: run advise --output again")

    def _code(self, path: str) -> None:
        """A program that was named: one that holds nothing is an error of its reader."""
        if not self._is_noted(path):
            self.configurations.append(path)

    def _is_noted(self, path: str) -> bool:
        """Whether a program holds something: bodies of requests, or what is not read and told."""
        is_notebook = path.endswith(".ipynb")  # which holds pictures too
        data = _content(path, LARGEST_PLAN if is_notebook else LARGEST_TEMPLATE)
        if data is None and is_notebook and os.path.isfile(path):
            self._note(path, f"more than {LARGEST_PLAN >> 20} MB, or unreadable")
            self.ignored += 1
            return True
        data = data or b""
        note = in_code(data)
        held = _requests_of(path, data) if _may_be_read(path, data) else None
        if held is not None:
            self.configurations.append(path)
            self.programs[path] = held
            return True
        self._note(path, note)
        self.ignored += bool(note)
        return bool(note)

    def _note(self, path: str, note: str, folder: str = "") -> None:
        """Tell what is not read; what a tool renders, once for its folder."""
        rendered = (folder or os.path.dirname(path), note)
        if note and rendered not in self._rendered:
            self.unread.append(f"{path}: {note}")
            if folder or note == _CDK:
                self._rendered.add(rendered)

    def _is_chart(self, path: str, data: bytes) -> bool:
        """Whether a file is a template of a Helm chart with something of ours, which is told."""
        if b"{{" not in data or not (_OURS.search(data) or b"sagemaker" in data.lower()):
            return False
        folder = os.path.dirname(path)
        for _ in range(_DEEPEST_CHART):
            folder, below = os.path.dirname(folder), os.path.basename(folder)
            if below == "templates" and os.path.isfile(os.path.join(folder, "Chart.yaml")):
                from shlex import quote

                command = f"helm template {quote(folder or '.')} | sm-advise check -"
                self._note(path, f"templates of a Helm chart; run `{command}`", folder or ".")
                return True
        return False

    def _excluded(self, path: str) -> bool:
        if not self.exclude:
            return False
        from fnmatch import fnmatch

        from advisor.configuration.source import seen_from

        seen = {path, seen_from(self.base, path)} if self.base else {path}
        return any(fnmatch(each, pattern) for pattern in self.exclude for each in seen)

    def _terraform(self, path: str) -> None:
        self.folders.setdefault(os.path.dirname(path), []).append(path)

    def _data(self, path: str) -> None:
        data = _content(path, LARGEST_TEMPLATE)
        if data is None:
            self._large(path)
            return
        self._note(path, in_data(data))
        if self._is_chart(path, data):
            self.ignored += 1
        elif _is_workload(data):
            self.workloads.append(path)
        elif _OURS.search(data) or operation_in(os.path.basename(path)):
            self.configurations.append(path)
        else:
            self.ignored += 1
            if looks_like_workload(data):
                self._note(path, "looks like a workload, and lacks name or requests.arrival")

    def _large(self, path: str) -> None:
        """A file that cannot be read, or is above the bound: only a plan may be larger."""
        try:
            size = os.stat(path).st_size
        except OSError:
            self.ignored += 1  # it vanished between the listing and now
            return
        if not os.access(path, os.R_OK):
            error = InputError(f"cannot be read: {os.strerror(errno.EACCES)}", file=path)
            self.errors.append(error)
        elif not _mentions_sagemaker(path):
            self.ignored += 1
        elif path.endswith(".json") and size <= LARGEST_PLAN:
            self.configurations.append(path)
        else:
            self.errors.append(too_large(path, LARGEST_TEMPLATE))


def _may_be_read(path: str, data: bytes) -> bool:
    """Whether the words of a program allow that it holds a request: few files are parsed."""
    if path.endswith(".sh"):
        return b"--cli-input-json" in data
    ours = path.endswith((".py", ".ipynb")) and (b"sagemaker" in data or b"SageMaker" in data)
    return ours and _IN_PYTHON.search(data) is not None


def _requests_of(path: str, data: bytes) -> Document | None:
    """What a program holds that is read; ``None`` where it cannot be, or is nothing."""
    from advisor.configuration.reading import read_code
    from advisor.configuration.source import decode

    try:
        return read_code(decode(path, data))
    except InputError:
        return None


def nothing_to_check(path: str) -> InputError:
    """The error for a file that was named and holds nothing of ours."""
    return InputError(
        "this file has nothing to check",
        file=path,
        hint="it reads workloads, requests, CloudFormation, Terraform, Kubernetes, code and model"
        f" archives: {', '.join(DATA)}, .tf, .tfvars, .py, .ipynb, .sh, .tar.gz",
    )


def place_of_stdin(found: FoundFiles, data: bytes) -> FoundFiles:
    """What was found, with standard input among what its content makes it."""
    if STDIN not in found.configurations:
        return found
    others = tuple(path for path in found.configurations if path != STDIN)
    if _is_workload(data) or looks_like_workload(data):
        return found._replace(workloads=(*found.workloads, STDIN), configurations=others)
    if data.lstrip()[:1] != b"{" and _HCL.search(data):
        return found._replace(folders={**found.folders, STDIN: (STDIN,)}, configurations=others)
    return found


def _is_workload(data: bytes) -> bool:
    """Whether a file has the keys that every workload has, or says that it is one."""
    if b"arrival" in data and _ARRIVAL.search(data) and {b"name", b"requests"} <= _sections(data):
        return True
    return b"sm-advise/workload" in data and _WORKLOAD_MARK.search(data) is not None


def looks_like_workload(data: bytes) -> bool:
    """Whether a file has a few sections of a workload, requests among them."""
    if b"requests" not in data or (b"traffic" not in data and b"arrival" not in data):
        return False
    found = _sections(data)
    return b"requests" in found and len(found) >= _SOME_SECTIONS


def _sections(data: bytes) -> set[bytes]:
    """The keys of a workload that stand in a file as its own."""
    in_braces = data.lstrip()[:1] in (b"{", b"[")
    return set((_SECTIONS_IN_BRACES if in_braces else _SECTIONS).findall(data))


def _content(path: str, limit: int) -> bytes | None:
    """The bytes of a file; ``None`` when it is no plain file, unreadable, or above the bound."""
    try:
        said = os.stat(path)
        if not stat.S_ISREG(said.st_mode) or said.st_size > limit:
            return None
        with open(
            path, "rb", buffering=0
        ) as stream:  # a buffer of the bound costs more than a file
            data = stream.read(said.st_size + 1)
            if not data or len(data) != said.st_size:  # it grows, or its system states no size
                data += stream.read(limit + 1 - len(data))
    except OSError:
        return None
    return data if len(data) <= limit else None


def _mentions_sagemaker(path: str) -> bool:
    """Whether a large file is about SageMaker, in bounded memory."""
    before = b""
    try:
        with open(path, "rb") as stream:
            while chunk := stream.read(1 << 20):
                if _IN_LARGE_FILES.search(before + chunk):
                    return True
                before = chunk[-64:]
    except OSError:
        return False
    return False
