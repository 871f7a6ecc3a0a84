"""Checks of models: their containers among themselves, and with the endpoints that use them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from advisor.configuration.document import Node, Path, Resource, World
from advisor.gate.rules.instances import is_a
from advisor.gate.rules.view import Fault, View, containers, same_value, text_of, variants_of
from advisor.text.spelling import misspelt

Places = Iterator[tuple[Path, Node]]

LARGEST_ENVIRONMENT = 32 * 1024
"""Bytes of all keys and values of all containers together; see the check environment-too-large."""


def multi_model(model: Resource) -> Places:
    """Containers that load many models from one prefix."""
    for path, container in containers(model):
        mode = container.get("Mode")
        if mode is not None and text_of(mode) == "MultiModel":
            yield (*path, "Mode"), mode


def pipeline(model: Resource) -> Places:
    """A list of more than one container."""
    listed = model.body.get("Containers")
    if listed is not None and len(listed.items()) > 1:
        yield ("Containers",), listed


def direct(model: Resource) -> Node | None:
    """The mode of a multi-container model whose containers are called directly."""
    mode = model.body.at("InferenceExecutionConfig", "Mode")
    return mode if mode is not None and text_of(mode) == "Direct" else None


def _network(model: Resource) -> Places:
    node = model.body.get("VpcConfig")
    if node is not None and node.kind == "map":
        yield ("VpcConfig",), node


def _isolation(model: Resource) -> Places:
    node = model.body.get("EnableNetworkIsolation")
    if node is not None and (text_of(node) or "").lower() == "true":
        yield ("EnableNetworkIsolation",), node


def _private_registry(model: Resource) -> Places:
    for path, container in containers(model):
        mode = container.at("ImageConfig", "RepositoryAccessMode")
        if mode is not None and text_of(mode) == "Vpc":
            yield (*path, "ImageConfig", "RepositoryAccessMode"), mode


def _data_source(model: Resource) -> Places:
    for path, container in containers(model):
        node = container.get("ModelDataSource")
        if node is not None and node.kind == "map":
            yield (*path, "ModelDataSource"), node


def users(view: View) -> Iterator[tuple[Resource, Node]]:
    """The variants that serve the model in view, with their configurations."""
    yield from _served(view.world).get(view.resource.address, ())


@lru_cache(maxsize=1)
def _served(world: World) -> dict[str, list[tuple[Resource, Node]]]:
    """Address of each model -> the variants that serve it, with their configurations."""
    found: dict[str, list[tuple[Resource, Node]]] = {}
    for config in world.of_kind("EndpointConfig"):
        for _, variant in variants_of(config):
            model = world.meant_by(variant.get("ModelName"), "Model", "ModelName")
            if model is not None:
                found.setdefault(model.address, []).append((config, variant))
    return found


def for_serverless(what: Callable[[Resource], Places]) -> Callable[[View], Iterator[Fault]]:
    """A predicate: the model has something that its serverless endpoint does not support."""

    def predicate(view: View) -> Iterator[Fault]:
        for _, variant in users(view):
            serverless = variant.get("ServerlessConfig")
            if serverless is not None and serverless.kind == "map":
                for path, node in what(view.resource):
                    yield Fault(node, path, at_key=node.kind != "scalar", related=(serverless,))
                return

    return predicate


def for_batch(what: Callable[[Resource], Places]) -> Callable[[View], Iterator[Fault]]:
    """A predicate: the model has something that a transform job which uses it does not take."""

    def predicate(view: View) -> Iterator[Fault]:
        for job in view.world.of_kind("TransformJob"):
            used = view.world.meant_by(job.body.get("ModelName"), "Model", "ModelName")
            if used is not None and used.address == view.resource.address:
                for path, node in what(view.resource):
                    yield Fault(node, path, at_key=node.kind != "scalar")
                return

    return predicate


def host_names(view: View) -> Iterator[Fault]:
    """Containers that are called directly, or named in part, need a host name each of their own."""
    listed = [found for found in containers(view.resource) if found[0][0] == "Containers"]
    some = any(container.get("ContainerHostname") is not None for _, container in listed)
    if direct(view.resource) is None and not some:
        return
    nameless = [found for found in listed if found[1].get("ContainerHostname") is None]
    if nameless:
        path, container = nameless[0]
        message = (
            f"{len(nameless)} of {len(listed)} containers have no ContainerHostname; first this"
        )
        rest = tuple(other for _, other in nameless[1:])
        yield Fault(container, path, message, at_key=True, related=rest)
    seen: list[Node] = []
    for path, container in listed:
        name = container.get("ContainerHostname")
        if name is None:
            continue
        if any(same_value(name, other) for other in seen):
            message = f"two containers are called {text_of(name) or 'the same'}"
            yield Fault(name, (*path, "ContainerHostname"), message)
        seen.append(name)


def direct_on_gpu(view: View) -> Iterator[Fault]:
    """Containers that are called directly run on CPU instances only."""
    mode = direct(view.resource)
    if mode is not None:
        yield from _on_type(view, mode, ("InferenceExecutionConfig", "Mode"), "gpu")


def multi_model_on_gpus(view: View) -> Iterator[Fault]:
    """Many models on a type with several GPUs, which multi-model endpoints do not take."""
    for path, mode in multi_model(view.resource):
        yield from _on_type(view, mode, path, "several-gpus")


def multi_model_on_inferentia(view: View) -> Iterator[Fault]:
    """Many models, or several containers, on Inferentia 1."""
    for what in (multi_model, pipeline):
        for path, node in what(view.resource):
            yield from _on_type(view, node, path, "inferentia-1")
            return


def _on_type(view: View, node: Node, path: Path, property_name: str) -> Iterator[Fault]:
    for _, variant in users(view):
        instance = variant.get("InstanceType")
        text = text_of(instance)
        if instance is not None and text is not None and is_a(text, property_name):
            message = f"the variant that serves this model runs on {text}"
            yield Fault(node, path, message, at_key=node.kind != "scalar", related=(instance,))
            return


_FOR_GPU = re.compile(r":[^/]*(?<![a-z0-9])(?:gpu|cuda?\d{2,4})(?![a-z])")


def gpu_image(view: View) -> Iterator[Fault]:
    """An image whose tag says GPU, where every variant that is known has none."""
    bare = [
        "serverless" if variant.get("ServerlessConfig") is not None else str(text)
        for _, variant in users(view)
        for text in [text_of(variant.get("InstanceType"))]
        if variant.get("ServerlessConfig") is not None or (text and is_a(text, "no-gpu"))
    ]
    if not bare or len(bare) < sum(1 for _ in users(view)):
        return
    for path, node, text in _images(view.resource):
        if _FOR_GPU.search(text):
            where = "a serverless endpoint" if "serverless" in bare else bare[0]
            yield Fault(node, path, f"the image is for GPUs, but {where} has none")


def _images(model: Resource) -> Iterator[tuple[Path, Node, str]]:
    """The images of a model, and what is known of their texts."""
    for path, container in containers(model):
        node = container.get("Image")
        if node is not None and node.kind in ("scalar", "text"):
            pieces = node.value if node.kind == "text" else (str(node.value),)
            text = "".join(piece for piece in pieces if isinstance(piece, str))
            yield (*path, "Image"), node, text


_OF_FRAMEWORK = re.compile(
    r"/(?:huggingface-)?(?:pytorch|tensorflow|mxnet|autogluon)-inference[:-]"
)
_FOR_ARM = re.compile("graviton|arm64")


def other_processor(view: View) -> Iterator[Fault]:
    """An image of AWS's frameworks on a type whose processor is of the other kind."""
    for path, node, text in _images(view.resource):
        if _OF_FRAMEWORK.search(text):
            yield from _on_type(view, node, path, "x86" if _FOR_ARM.search(text) else "arm")


_TRITON = re.compile("triton", re.IGNORECASE)


def multi_model_server(view: View) -> Iterator[Fault]:
    """Many models on a GPU type with an image that is not Triton's."""
    for path, mode in multi_model(view.resource):
        _, container = next(each for each in containers(view.resource) if each[0] == path[:-1])
        image = text_of(container.get("Image"))
        if image is not None and not _TRITON.search(image):
            yield from _on_type(view, mode, path, "gpu")


_OWNER = re.compile(r"(?:arn:aws[a-z-]*:iam::(\d{12}):|(\d{12})\.dkr\.ecr)")
_OF_AWS = re.compile(
    r"/(?:.*(?:sagemaker|inference|training|tritonserver|djl-|neuronx?).*|xgboost|linear-learner|kmeans"
    r"|pca|knn|lda|ntm|blazingtext|object2vec|object-detection|image-classification|ipinsights"
    r"|factorization-machines|forecasting-deepar|randomcutforest|semantic-segmentation):"
)
"""How the repositories of AWS's own images are called."""


def foreign_image(view: View) -> Iterator[Fault]:
    """An image of another account than the role's on a serverless endpoint."""
    role = _OWNER.match(text_of(view.body.get("ExecutionRoleArn")) or "")
    for path, container in containers(view.resource) if role is not None else ():
        node = container.get("Image")
        text = text_of(node) or ""
        image = _OWNER.match(text)
        if node is None or image is None or role is None or image[2] == role[1]:
            continue
        serverless = [v for _, v in users(view) if v.get("ServerlessConfig") is not None]
        if serverless and not _OF_AWS.search(text):
            message = f"the image is of account {image[2]}; the model's role is of {role[1]}"
            yield Fault(node, (*path, "Image"), message, related=(serverless[0],))


def several_multi_model(view: View) -> Iterator[Fault]:
    """More than one container of a pipeline loads many models."""
    found = list(multi_model(view.resource))
    for path, node in found[1:]:
        yield Fault(node, path, related=(found[0][1],))


def large_environment(view: View) -> Iterator[Fault]:
    """The environments of all containers together are above the bound."""
    total = 0
    last: tuple[Path, Node] | None = None
    for path, container in containers(view.resource):
        environment = container.get("Environment")
        if environment is None or environment.kind != "map":
            continue
        last = (*path, "Environment"), environment
        for key, value in environment.value.items():
            total += len(key.encode()) + len((text_of(value) or "").encode())
    if last is not None and total > LARGEST_ENVIRONMENT:
        message = f"the environments have {total:,} bytes; expected at most {LARGEST_ENVIRONMENT:,}"
        yield Fault(last[1], last[0], message, at_key=True)


def empty_container(view: View) -> Iterator[Fault]:
    """A container that names neither an image nor a model package."""
    for path, container in containers(view.resource):
        hidden = any(key.startswith("Fn::") for key in container.value)  # a function makes more
        if (
            not hidden
            and not misspelt("Image", container.value, view.service.fields)
            and container.get("Image") is None
            and container.get("ModelPackageName") is None
        ):
            yield Fault(container, path, at_key=True)


serverless_multi_model = for_serverless(multi_model)
serverless_pipeline = for_serverless(pipeline)
serverless_vpc = for_serverless(_network)
serverless_isolation = for_serverless(_isolation)
serverless_registry = for_serverless(_private_registry)
serverless_data_source = for_serverless(_data_source)
batch_data_source = for_batch(_data_source)
