"""Checks of where things are: Regions and partitions, and S3 places that collide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from advisor.catalogue.regions import AT_HOME, partition_of, place_of
from advisor.configuration.document import Node, Path, walk
from advisor.gate.rules.predicates.endpoint import instance_types
from advisor.gate.rules.view import Fault, View, known_text, text_of
from advisor.text.spelling import listed

_FREE = frozenset({"Environment", "Tags"})
"""Fields whose texts are the user's own: they may name things anywhere."""


def _places(view: View) -> Iterator[tuple[Path, Node, str, str, str]]:
    """Path, value, partition, Region and service of everything that names its Region."""
    for path, node in walk(view.body):
        written = node.kind == "scalar" and isinstance(node.value, str) and _FREE.isdisjoint(path)
        place = place_of(node.value) if written else None
        if place is not None:
            yield path, node, place.partition, place.region, place.service


def misspelt_region(view: View) -> Iterator[Fault]:
    """An ARN or an image whose Region is a letter or two away from a known one."""
    for path, node, region, near in _strange_regions(view):
        if near:
            right = str(node.value).replace(region, near[0]) if len(near) == 1 else ""
            message = f"{region!r} is not a Region; did you mean {listed(near)}?"
            yield Fault(node, path, message, suggestion=right)


def unknown_region(view: View) -> Iterator[Fault]:
    """A Region that no list names, where it is written, or else that of the whole configuration."""
    for path, node, region, near in _strange_regions(view):
        if not near:
            message = f"{region} is not a Region that sm-advise knows"
            yield Fault(node, path, message)
            return


def _strange_regions(view: View) -> Iterator[tuple[Path, Node, str, tuple[str, ...]]]:
    """The Regions of ARNs and images, and of the whole, that are not known; the known ones near."""
    named = [(path, node, region) for path, node, _, region, _ in _places(view) if region]
    if view.region:
        named.append(((), view.body, view.region))
    for path, node, region in named:
        known = _known()
        if region not in known:
            from advisor.rulebook.regions import meant  # only once something is wrong

            yield path, node, region, meant(region, known)


def _known() -> Mapping[str, Mapping[str, Any]]:
    """The Regions of the rules with what each offers; most configurations name none."""
    from advisor.rulebook.load import known_regions

    return known_regions()


def other_region(view: View) -> Iterator[Fault]:
    """An image, topic or key in another Region than the endpoint, or than the other things here."""
    home = view.region
    first: Node | None = None
    if not home:
        home, first = _of_models(view)
    for path, node, _, region, service in _places(view):
        if service not in AT_HOME or not region:
            continue
        if not home:
            home, first = region, node
        elif region != home:
            related = (first,) if first is not None else ()
            message = f"this is in {region}; the rest is in {home}"
            yield Fault(node, path, message, related=related)


def _of_models(view: View) -> tuple[str, Node | None]:
    """The Region of the images that the configuration's models name, and one of them."""
    if view.resource.kind != "EndpointConfig":
        return "", None
    for _, variant in view.variants():
        model = view.model_of(variant)
        found = _places(view._replace(resource=model)) if model is not None else ()
        for _, node, _, region, service in found:
            if service == "ecr":
                return region, node
    return "", None


_IDS = (("Subnets", "subnet-"), ("SecurityGroupIds", "sg-"))


def network_ids(view: View) -> Iterator[Fault]:
    """Ids of subnets and security groups that do not begin as they do."""
    for field, beginning in _IDS:
        for index, node in enumerate(view.body.items("VpcConfig", field)):
            text = text_of(node)
            if text is not None and not text.startswith(beginning):
                message = f"{text!r} in {field}; expected an id that begins with {beginning}"
                yield Fault(node, ("VpcConfig", field, index), message)


def other_partition(view: View) -> Iterator[Fault]:
    """ARNs of two partitions in one request: China and GovCloud share nothing with the rest."""
    home = partition_of(view.region) if view.region else ""
    for path, node, partition, _, _ in _places(view):
        if not home:
            home = partition
        elif partition != home:
            yield Fault(node, path, f"this is in the partition {partition}; the rest is in {home}")


def _home(view: View) -> str:
    """Where a configuration or job is deployed, else where its image, key or topic is."""
    if view.region:
        return view.region
    own = (region for *_, region, service in _places(view) if service in AT_HOME and region)
    return _of_models(view)[0] or next(own, "")


def region_without_type(view: View) -> Iterator[Fault]:
    """An instance type that the price list of the Region does not have."""
    home, types = _home(view), list(instance_types(view.resource))
    if not home or not types:
        return
    from advisor.gate.rules.named_types import judged  # reads the prices of the Region

    yield from judged(view, types, "unsold", home)


def region_without_serverless(view: View) -> Iterator[Fault]:
    """A serverless variant in a Region that the guide does not name."""
    home = _home(view)
    offer = _known().get(home) if home else None
    if offer is None or "serverless_concurrency" in offer:
        return
    for path, variant in view.variants():
        node = variant.get("ServerlessConfig")
        if node is not None and node.kind == "map":
            message = f"AWS does not list {home} for serverless inference"
            yield Fault(node, (*path, "ServerlessConfig"), message, at_key=True)


def _addresses(view: View) -> Iterator[tuple[Path, Node, str, str]]:
    """Path, value, bucket and key of every address in S3, with ``HIDDEN`` for what is not known."""
    for path, node in walk(view.body):
        text = known_text(node)
        if text.startswith("s3://") and _FREE.isdisjoint(path):
            bucket, _, key = text.removeprefix("s3://").partition("/")
            yield path, node, bucket, key


_LEGAL = re.compile(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_OF_OLD = re.compile(r"[A-Za-z0-9._-]{3,255}")
_NOT_A_NAME = (
    re.compile(  # what is to be filled in, such as BUCKET or b, or the ARN of an access point
        r".*[\0<>{}\[\]$%].*|[A-Z0-9_-]*|.{1,2}|arn:[a-z-]+:s3[a-z-]*:[a-z0-9-]+:.*", re.DOTALL
    )
)


def impossible_bucket(view: View) -> Iterator[Fault]:
    """A bucket whose name S3 does not allow; what is no name is left alone."""
    for path, node, bucket, _ in _addresses(view):
        if not _LEGAL.fullmatch(bucket) and not _NOT_A_NAME.fullmatch(bucket):
            severity = "warning" if _OF_OLD.fullmatch(bucket) else "error"
            yield Fault(node, path, f"no bucket is called {bucket!r}", severity=severity)


_READ = ("S3Uri", "ModelDataUrl", "ArtifactUrl", "InputLocation")


def wildcard(view: View) -> Iterator[Fault]:
    """An asterisk in the address of something that is read."""
    for path, node, _, key in _addresses(view):
        if path[-1] in _READ and "*" in key:
            severity = "" if view.resource.kind == "TransformJob" else "warning"
            message = f"{path[-1]} has *, which S3 takes for a part of a key"
            yield Fault(node, path, message, severity=severity)


def double_slash(view: View) -> Iterator[Fault]:
    """Two slashes in a key, or before it."""
    for path, node, bucket, key in _addresses(view):
        if bucket and (key.startswith("/") or "//" in key):
            yield Fault(node, path, f"{path[-1]} has // in its key")


def _prefix(node: Node | None) -> str | None:
    text = text_of(node)
    return text.rstrip("/") + "/" if text is not None and text.startswith("s3://") else None


def writes_to_input(view: View) -> Iterator[Fault]:
    """A transform job whose results land among its input."""
    source = view.body.at("TransformInput", "DataSource", "S3DataSource", "S3Uri")
    target = view.body.at("TransformOutput", "S3OutputPath")
    read, written_to = _prefix(source), _prefix(target)
    if target is None or source is None or read is None or written_to is None:
        return
    if written_to == read or written_to.startswith(read):
        yield Fault(target, ("TransformOutput", "S3OutputPath"), related=(source,))


def shared_output(view: View) -> Iterator[Fault]:
    """Results, failures and captured data that go to one and the same place."""
    seen: list[tuple[Node, str]] = []
    for path in (
        ("AsyncInferenceConfig", "OutputConfig", "S3OutputPath"),
        ("AsyncInferenceConfig", "OutputConfig", "S3FailurePath"),
        ("DataCaptureConfig", "DestinationS3Uri"),
    ):
        node = view.body.at(*path)
        place = _prefix(node)
        if node is None or place is None:
            continue
        twin = next((other for other, text in seen if text == place), None)
        if twin is not None:
            yield Fault(node, path, related=(twin,))
        seen.append((node, place))
