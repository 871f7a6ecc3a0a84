"""What holds for a run and for each file: ``pyproject.toml`` and ``.sm-advise.yaml`` together.

Both have the same keys, and what either extends counts with it. The nearest file wins, key by
key, and of ``quotas`` and ``accept`` entry by entry; in one folder ``pyproject.toml`` is nearer.
A policy on waivers only ever becomes stricter.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from advisor.gate.finding import Acceptance, Waiver
from advisor.gate.settings.settings_file import SettingsFile, read_toml_settings, read_yaml_settings
from advisor.model.errors import InputError
from advisor.model.value import Value
from advisor.model.workload import NO_SETTINGS, OwnSettings, Stated, Workload
from advisor.rulebook.source import ORGANISATION_FILE, PROJECT_FILE, is_outermost, upwards
from advisor.text.quantity_format import word

LOCK_FILE = "sm-advise.lock"
CONCURRENCY = "serverless-concurrency"
"""The key of ``quotas`` that is no instance type."""
MOST_EXTENDED = 10
NEVER = "never"


class Pair(Value):
    """A configuration that was made for a workload."""

    workload: str  # path
    artifact: str  # path, or path#address
    where: str  # who says so
    name: str = ""  # of the workload, in a file that holds several


def pair_of(workload: str, artifact: str, where: str) -> Pair:
    """A pair of a workload as people name it: a path, or path#name."""
    path, _, name = workload.partition("#")
    return Pair(workload=path, artifact=artifact, where=where, name=name)


class Project(Value):
    """What holds for a run: the settings that the folder of its first path has."""

    fail_on: str = ""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    region: str = ""  # of pyproject.toml
    baseline: str = ""
    accept: tuple[Waiver, ...] = ()  # the nearest first
    pairs: tuple[Pair, ...] = ()
    says: Mapping[str, str] = {}  # key -> the file that says it


class CheckOptions(Value):
    """What the caller of a run asks for."""

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
    verbose: bool = False  # the values of every scenario are wanted
    sift: bool = False  # named files that hold nothing of ours are passed over, too
    progress: Callable[[str], None] | None = None  # called with how far the run is, in words

    @property
    def configured_in(self) -> str:
        """The Region of every configuration; for a workload its own goes before that of a file."""
        return self.region or self.project.region

    def counted(self, paths: Sequence[str], what: str) -> Iterator[str]:
        """The paths one by one; of many the caller hears how far the run is."""
        for number, path in enumerate(paths):
            if self.progress and number % 100 == 99:
                self.progress(f"{number + 1:,} of {len(paths):,} {what}")
            yield path


class Organisation(Value):
    """What holds for the files of a folder."""

    region: str = ""  # where a file names none
    limits: str = ""
    owner: str = ""
    families: tuple[str, ...] = ()  # instance families that are allowed; empty: all
    needs: tuple[str, ...] = ()  # vpc, kms, data-capture, network-isolation
    subnets: tuple[str, ...] = ()  # empty: any
    tags: tuple[str, ...] = ()  # keys that every resource carries
    quotas: Mapping[str, int] = {}  # instance type, or 'serverless-concurrency' -> how many
    never_waived: Mapping[str, str] = {}  # rule -> the file that says so
    longest_waiver: int = 0  # days; 0: any
    inline_refused: str = ""  # the file that says that comments do not count
    says: Mapping[str, str] = {}  # key -> the file that says it
    files: tuple[str, ...] = ()  # all that count, those that are extended among them
    own: OwnSettings = NO_SETTINGS  # prices, and what AWS has published since


def read_project(folder: str) -> Project:
    """What holds for a run whose first path is in a folder.

    Raises:
        InputError: a file of settings cannot be read, or says what no such file can.
    """
    said = _said(folder)
    table, says = _merged(said)
    own = next((each for each in said if os.path.basename(each.path) == PROJECT_FILE), None)
    region = own.table.get("region", "") if own is not None else ""
    return Project(
        **_fields(table, "fail-on", "select", "ignore", "exclude"),
        region=region,
        baseline=_beside(says.get("baseline", ""), table.get("baseline", "")),
        accept=tuple(accepted for each in said for accepted in _accepted(each)),
        pairs=tuple(
            pair_of(_beside(where, each["workload"]), _beside(where, each["artifact"]), where)
            for where in [says.get("pairs", "")]
            for each in table.get("pairs", ())
        ),
        says={**says, "region": own.path} if own is not None and region else says,
    )


def _accepted(said: SettingsFile) -> Iterator[Waiver]:
    for pattern, rules in said.table.get("accept", {}).items():
        for rule, why in rules.items():
            line, column = said.place(("accept", pattern, rule))
            entry = {"because": why} if isinstance(why, str) else why
            texts = {key: str(value) for key, value in entry.items()}
            reason = Acceptance(**texts, where=f"{said.path}:{line}")
            found = Waiver(rule=rule, acceptance=reason, file=said.path, line=line, column=column)
            yield found._replace(pattern=pattern)


@cache
def organisation_of(folder: str) -> Organisation:
    """What holds for the files of a folder.

    Raises:
        InputError: a file of settings cannot be read, or says what no such file can.
    """
    here = os.path.abspath(folder or ".")
    above = os.path.dirname(here)
    if not is_outermost(here) and not any(
        os.path.isfile(os.path.join(here, name)) for name in (PROJECT_FILE, ORGANISATION_FILE)
    ):
        return organisation_of(above)  # so that each file is read once, not once a folder below it
    said = _said(folder)
    table, says = _merged(said)
    own = NO_SETTINGS
    if table.keys() & {"prices", "overlay"}:
        from advisor.gate.settings.own_settings import own_settings

        own = own_settings(said)
    lists = ("families", "needs", "subnets", "tags")
    return Organisation(
        **_fields(table, "region", "limits", "owner", "quotas", *lists),
        **_policy(said),
        says=says,
        files=tuple(each.path for each in said),
        own=own,
    )


def settled(
    workload: Workload, organisation: Organisation, flags: Collection[str] = ()
) -> Workload:
    """A workload with what settings say that changes its answer.

    Limits, Region and needs count where the workload says nothing of them.

    Args:
        workload: as its file says.
        organisation: what holds for the files of its folder.
        flags: ``limits`` and ``region``, where the command line chooses them.
    """
    own, texts = organisation.own, {"limits": organisation.limits, "region": organisation.region}
    added = {key: Stated(key, text, text, 0, 0) for key, text in texts.items() if text}
    for need in organisation.needs:
        added[f"needs.{need}"] = Stated(f"needs.{need}", "true", True, 0, 0)
    for key in (*workload.values, *flags):
        added.pop(key, None)
    if not added and own == NO_SETTINGS:
        return workload
    said = {key: each.value for key, each in added.items()}
    by_key = [organisation.says[key.partition(".")[0]] for key in said]
    files = list(dict.fromkeys([*by_key, *own.said.get("files", ())]))
    words = [*(f"{key} {word(value)}" for key, value in said.items()), own.words]
    own = own._replace(
        words=f"{', '.join(files)}: {', '.join(filter(None, words))}",
        said={**own.said, **said, "files": files},
    )
    return workload._replace(values={**workload.values, **added}, settings=own)


def _fields(table: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """The keys that a table has as fields of a tuple, lists as tuples."""
    return {
        key.replace("-", "_"): tuple(table[key]) if isinstance(table[key], list) else table[key]
        for key in keys
        if key in table
    }


def _policy(said: Sequence[SettingsFile]) -> dict[str, Any]:
    """The strictest of the policies on waivers: nobody loosens what a file farther away says."""
    policies = [(each.table["waivers"], each.path) for each in said if "waivers" in each.table]
    longest = [policy["longest_days"] for policy, _ in policies if policy.get("longest_days")]
    return {
        "never_waived": {
            rule: path for policy, path in policies for rule in policy.get("never", ())
        },
        "longest_waiver": int(min(longest, default=0)),
        "inline_refused": next(
            (path for policy, path in policies if not policy.get("inline", True)), ""
        ),
    }


def _merged(said: Sequence[SettingsFile]) -> tuple[dict[str, Any], dict[str, str]]:
    """Each key with its value and the nearest file that has it; quotas entry by entry."""
    table: dict[str, Any] = {}
    says: dict[str, str] = {}
    for each in reversed(said):
        for key, value in each.table.items():
            own = {name: int(most) for name, most in value.items()} if key == "quotas" else value
            table[key] = {**table.get(key, {}), **own} if key == "quotas" else own
            says[key] = each.path
    return table, says


def _said(folder: str) -> list[SettingsFile]:
    """The files that count in a folder, the nearest first, each before what it extends.

    Raises:
        InputError: one cannot be read, or says what no such file can.
    """
    found: list[SettingsFile] = []
    project = organisation = False
    for parent in upwards(folder):
        if not project:
            path = os.path.normpath(os.path.join(parent, PROJECT_FILE))
            table = read_toml_settings(path)
            project = table is not None
            found += _extended(table) if table is not None else ()
        path = os.path.normpath(os.path.join(parent, ORGANISATION_FILE))
        if not organisation and os.path.isfile(path):
            organisation = True
            found += _extended(read_yaml_settings(path))
    if any(said.table.keys() & {"region", "overlay"} for said in found):
        _require_regions(found)
    return found


def _require_regions(found: Sequence[SettingsFile]) -> None:
    """Refuse a misspelt Region; those that an overlay tells are none from here on."""
    from advisor.rulebook.load import TOLD_REGIONS, known_regions
    from advisor.rulebook.regions import require_region

    for said in found:
        TOLD_REGIONS.update(said.table.get("overlay", {}).get("regions", {}))
    for said in found:
        if "region" in said.table:
            at = said.place(("region",))
            require_region(said.table["region"], known_regions(), said.path, at)


def _extended(first: SettingsFile) -> Iterator[SettingsFile]:
    """A file and those that it extends."""
    said = first
    for _ in range(MOST_EXTENDED):
        yield said
        if not said.table.get("extends"):
            return
        path = _beside(said.path, said.table["extends"])
        try:
            said = read_yaml_settings(path)
        except InputError as error:
            error.hint = f"{said.path} extends it. {error.hint}".strip()
            raise
    message = f"this file extends more than {MOST_EXTENDED} files, or itself"
    raise first.error(("extends",), message, "shorten the chain of extends")


def _beside(file: str, path: str) -> str:
    """A path as the folder of a file sees it."""
    return os.path.normpath(os.path.join(os.path.dirname(file), path)) if path else ""


def lock_path(folder: str) -> str:
    """The nearest lock file from a folder upwards; without one, where it is to be."""
    own = os.path.join(folder, LOCK_FILE)
    paths = (os.path.join(parent, LOCK_FILE) for parent in upwards(folder))
    return os.path.normpath(next(filter(os.path.isfile, paths), own))
