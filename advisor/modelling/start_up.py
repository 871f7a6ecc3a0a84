"""How long an instance with a large model takes to start, as an interval in seconds."""

from advisor.model.value import Value
from advisor.modelling.memory import Numbers


class StartUp(Value):
    """Seconds from the call that adds an instance until it answers, and what they consist of."""

    least: float
    most: float
    weights_least: float  # of it the fetch of the weights, beside that of the image
    weights_most: float
    loading_most: float  # of the container alone, whose weights are on the disk of the instance


def start_up(weights: int, image: int, numbers: Numbers, *, devices: int = 1) -> StartUp:
    """The start of an instance.

    Args:
        weights: bytes to fetch from S3; 0 where the container fetches them itself.
        image: compressed bytes of the image; 0 where it is cached.
        numbers: those of ``rules/models.yaml``.
        devices: of the type; the largest ones fetch faster.
    """
    mega, large = 1e6, devices >= numbers["start-devices-large"]
    fastest = numbers["start-weights-large" if large else "start-weights-most"]
    weights_least = weights / (fastest * mega)
    weights_most = weights / (numbers["start-weights-least"] * mega)
    image_least = image / (numbers["start-image-most"] * mega)
    image_most = image / (numbers["start-image-least"] * mega)
    return StartUp(
        least=numbers["start-other-least"] + max(image_least, weights_least),
        most=numbers["start-other-most"] + max(image_most, weights_most),
        weights_least=weights_least,
        weights_most=weights_most,
        loading_most=numbers["start-other-most"] + weights / (numbers["start-weights-most"] * mega),
    )
