"""Money, times and shares as tables show them: few digits, one form in every report."""

from __future__ import annotations

from advisor.costs.money import short
from advisor.model import Cost, Latency
from advisor.rounding import about

UNKNOWN = "—"


def compact(text: str) -> str:
    """An amount without cents where they do not matter: 3,806, 336.53, 0.01."""
    shown = short(text)
    return shown.partition(".")[0] if "," in shown else shown


def between(low: str | None, high: str | None, sign: str = "-") -> str:
    """A range of amounts; ``>=`` where nothing bounds it above, a dash where nothing is known."""
    if low is None:
        return UNKNOWN
    if high is None:
        return f">={compact(low)}"
    one, other = compact(low), compact(high)
    return one if one == other else f"{one}{sign}{other}"


def monthly(cost: Cost | None) -> str:
    """A monthly cost in USD."""
    return UNKNOWN if cost is None else between(cost.usd_low, cost.usd_high)


def per_thousand(share: tuple[str | None, str | None] | None) -> str:
    """USD per 1,000 requests in three digits."""
    if share is None or share[0] is None:
        return UNKNOWN
    low = _three(share[0])
    if share[1] is None:
        return f">={low}"
    high = _three(share[1])
    return low if low == high else f"{low}-{high}"


def _three(text: str) -> str:
    number = float(text)
    if number >= 1000:
        return f"{number:,.0f}"
    shown = f"{number:.3g}"
    return f"{number:.6f}".rstrip("0").rstrip(".") if "e" in shown else shown


def milliseconds(time: float | None) -> str:
    """A time that is given in milliseconds."""
    return UNKNOWN if time is None else about(time * 1000, "time")


def share(part: float | None) -> str:
    """A share in percent."""
    if part is None:
        return UNKNOWN
    percent = part * 100
    return f"{percent:.3g} %" if percent >= 0.01 or percent == 0 else "<0.01 %"


def busy(part: float) -> str:
    """How busy one environment or worker is; beyond one, how many are."""
    return f"{share(part)} busy" if part < 1 else f"{part:.3g} at once"


def cold(latency: Latency | None) -> str:
    """The share of requests that start cold."""
    return UNKNOWN if latency is None else share(latency.cold_start_share)
