"""The monthly cost of one option, item by item: quantities times unit prices, and their sum."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TypeAlias

from advisor.catalogue.price_snapshot import Prices
from advisor.model.advice import Cost, CostItem
from advisor.model.usage import Number, ServerlessUsage, Usage
from advisor.model.value import Value
from advisor.pricing.amounts import amount, decimal, product, quotient, read, sum_of, total_of, usd
from advisor.pricing.cost_lines import Line, lines, pinned, varying
from advisor.text.money_format import basis_in_words
from advisor.text.quantity import MONTH_HOURS
from advisor.text.quantity_format import percent

EXCLUDED = "Not included: Amazon S3, data transfer, logs and metrics, image storage, taxes."

# The fact of the workload file that decides a quantity, unless the plan names another in `origins`.
_ORIGINS = {
    "requests": "traffic.volume",
    "seconds": "requests.processing",
    "bytes_in": "requests.payload",
    "bytes_out": "requests.response",
    "count": "traffic.peak",
    "instance_hours": "traffic.volume",
    "job_hours": "dataset.records",
    "runs": "dataset.runs",
}


class Total(Value):
    """What the lines add up to; ``low`` is ``None`` while a price is missing."""

    low: Decimal | None
    high: Decimal | None  # None also where nothing bounds a quantity
    assumed: bool = False  # whether it follows from what is assumed

    @property
    def middle(self) -> Decimal | None:
        """The middle of the range that a fleet which scales leaves open; ``None`` without ends."""
        return _middle(self.low, self.high)

    @property
    def usd_low(self) -> str | None:
        """The low end as decimal text."""
        return None if self.low is None else usd(self.low)

    @property
    def usd_high(self) -> str | None:
        """The high end as decimal text."""
        return None if self.high is None else usd(self.high)

    @property
    def usd_estimate(self) -> str | None:
        """The middle as decimal text, where it follows from what is assumed."""
        middle = self.middle if self.assumed else None
        return None if middle is None else usd(middle)


# Of one line, rounded to the millionth of a USD in which items are added up.
_Amounts: TypeAlias = tuple[Decimal | None, Decimal | None]

_NOTHING = Decimal(0)
# The same lines come back from one workload to the next, and to write an item takes longest.
_written: dict[Line, tuple[_Amounts, CostItem]] = {}
_MOST_WRITTEN = 4096


def cost(option: str, usage: Usage, prices: Prices) -> Cost:
    """The monthly cost of ``option`` on demand, as far as its quantities are known."""
    rows = lines(option, usage, prices)
    written = [_write(row) for row in rows]
    whole = _sum_up([amounts for amounts, _ in written])
    warm = provisioning_note(usage, prices) if isinstance(usage, ServerlessUsage) else ""
    return Cost(
        usd_low=None if whole.low is None else usd(whole.low),
        usd_high=None if whole.high is None else usd(whole.high),
        complete=whole.low is not None,
        basis=", ".join(sorted({row.price.basis for row in rows if row.price is not None})),
        items=tuple(item for _, item in written),
        widest=_widest(option, usage, prices, whole),
        notes=(*([warm] if warm else []), *_notes(option, rows, prices)),
    )


def total(option: str, usage: Usage, prices: Prices) -> Total:
    """The sum alone, for sweeps and break-even points."""
    whole = _sum_up([_amounts(row) for row in lines(option, usage, prices)])
    return whole._replace(assumed=True) if _assumed(usage) else whole


def estimated(found: Cost, option: str, assumed: Usage, prices: Prices) -> Cost:
    """A cost with what it is at the assumed point, and the facts that this rests on.

    A fact weighs as much as the lines that it decides cost beyond what is certain. Where nothing is
    assumed, the cost is returned as it is; where something stays without bound, with its fact.
    """
    facts = _assumed(assumed)
    if not facts:
        return found
    rows = {(row.name, row.unit): row for row in lines(option, assumed, prices)}
    weights: dict[str, Decimal] = dict.fromkeys(facts.values(), _NOTHING)
    items, parts = [], []
    for item in found.items:
        row = rows.get((item.name, item.unit))  # a line that comes to nothing is left out
        middle = _NOTHING if row is None else _middle(*_amounts(row))
        if middle is None:  # what no assumption bounds is what there is to state
            open_above = Total(low=_NOTHING, high=None)
            return found._replace(widest=_widest(option, assumed, prices, open_above))
        parts.append(middle)
        if row is not None and item.usd_low != item.usd_high:
            beyond = middle - Decimal(item.usd_low or 0)
            for fact in {facts[key] for key in row.keys if key in facts}:
                weights[fact] += beyond
        exact = item.usd_low == item.usd_high
        items.append(item if exact else item._replace(usd_estimate=usd(middle)))
    heaviest = sorted(weights, key=lambda fact: -weights[fact])
    return found._replace(
        items=tuple(items),
        usd_estimate=usd(total_of(parts)),
        estimate_rests_on=tuple(fact for fact in heaviest if weights[fact] > 0),
    )


def _assumed(usage: Usage) -> Mapping[str, str]:
    """Quantity -> fact, of the quantities that follow from what is assumed."""
    if usage.parts:
        parts = (_assumed(part.usage) for part in usage.parts)
        return {key: fact for part in parts for key, fact in part.items()}
    return usage.assumed


def _sum_up(amounts: list[_Amounts]) -> Total:
    """Add amounts that are rounded first, so that printed items add up to the printed total."""
    return Total(low=sum_of(low for low, _ in amounts), high=sum_of(high for _, high in amounts))


def _amounts(row: Line) -> _Amounts:
    if row.price is None:
        return None, None
    unit = Decimal(row.price.usd)
    low, high = row.quantity
    least = amount(product(low, unit))
    if high is low:
        return least, least
    return least, None if high is None else amount(product(high, unit))


def _middle(low: Decimal | None, high: Decimal | None) -> Decimal | None:
    if low is None or high is None:
        return None
    return low if low is high else (low + high) / 2


def _write(row: Line) -> tuple[_Amounts, CostItem]:
    """The amounts of a line and its item."""
    found = _written.get(row)
    if found is None:
        if len(_written) >= _MOST_WRITTEN:
            _written.clear()
        amounts = _amounts(row)
        found = _written[row] = amounts, _item(row, amounts)
    return found


def _item(row: Line, amounts: _Amounts) -> CostItem:
    low, high = amounts
    price = row.price
    text = None if low is None else usd(low)
    return CostItem(
        name=row.name,
        quantity=row.quantity.text(),
        unit=row.unit,
        unit_price_usd=None if price is None else price.usd,
        usd_low=text,
        usd_high=text if high is low else None if high is None else usd(high),
        basis="unknown" if price is None else price.basis,
        source="" if price is None else price.source,
        as_of="" if price is None else price.as_of,
    )


def _widest(option: str, usage: Usage, prices: Prices, whole: Total) -> str:
    """The fact whose range widens the cost most: pinned to its low end, it leaves least."""
    if whole.low is None or whole.low == whole.high:
        return ""
    quantities = varying(usage)
    if whole.high is None:
        # Whatever is pinned, an end that nothing bounds is what widens it most.
        unbounded = (name for name, each in quantities.items() if each.high is None)
        return next((_origin(usage, name) for name in unbounded), "")
    gains: dict[str, Decimal] = {}
    for name, each in quantities.items():
        found = read(name, each)
        if found.low != found.high:
            less = total(option, pinned(usage, name, found.low), prices)
            gains[_origin(usage, name)] = _narrowed(whole, less)
    best = max(gains, key=lambda origin: gains[origin], default="")
    return best if best and gains[best] > 0 else ""


def _origin(usage: Usage, name: str) -> str:
    """The fact of the workload file that decides a quantity."""
    return usage.origins.get(name, _ORIGINS[name])


def _narrowed(whole: Total, pinned: Total) -> Decimal:
    """By how much a range narrows when a quantity is pinned."""
    assert whole.low is not None
    assert whole.high is not None
    assert pinned.low is not None
    assert pinned.high is not None
    return (whole.high - whole.low) - (pinned.high - pinned.low)


def _notes(option: str, rows: tuple[Line, ...], prices: Prices) -> Iterator[str]:
    if not prices.stated:
        yield f"The Region is not stated: prices of {prices.region}."
    missing, unbounded, lent = [], [], []
    for row in rows:
        if row.price is None:
            missing.append(row.name)
        elif row.price.stand_in:
            lent.append(row.price)
        if row.quantity.high is None:
            unbounded.append(row.name)
    if missing:
        yield f"No price is known in {prices.region} for: {', '.join(missing)}."
    if unbounded:
        yield f"No upper bound is stated for: {', '.join(unbounded)}."
    if lent:
        yield f"{len(lent)} of {len(rows)} prices are estimates."
        yield from dict.fromkeys(
            f"{basis_in_words(price.basis)}: {price.because}" for price in lent
        )
    if lent or missing:
        yield f"To read the current prices: sm-advise prices refresh --region {prices.region}"
    yield from prices.notes(option)
    yield EXCLUDED


def provisioning_threshold(kept_warm: Number, on_demand: Number, running: Number) -> Decimal | None:
    """Busy share of a level above which provisioning it is cheaper; ``None`` when it never is.

    Args:
        kept_warm: USD per second of provisioned concurrency (usage).
        on_demand: USD per second of a request on demand.
        running: USD per second of a request on provisioned concurrency (duration).
    """
    saved = total_of((decimal(on_demand), decimal(running).copy_negate()))
    return quotient(decimal(kept_warm), saved) if saved > 0 else None


def provisioning_note(usage: ServerlessUsage, prices: Prices) -> str:
    """How many of the provisioned environments cost less than requests on demand would.

    The marginal rule: a level is worth its price while it is busy for more than idle / (on demand -
    running) of the time. Empty where a price or the load is not known.
    """
    if not usage.provisioned:
        return ""
    memory = str(usage.memory_mb)
    kept_warm, running, on_demand = (
        prices.lookup(component, memory)
        for component in (
            "provisioned-concurrency-usage",
            "provisioned-concurrency-duration",
            "serverless",
        )
    )
    requests, seconds = usage.traffic.requests.exact, usage.seconds.exact
    if kept_warm is None or running is None or on_demand is None:
        return ""
    if requests is None or seconds is None:
        return ""
    threshold = provisioning_threshold(kept_warm.usd, on_demand.usd, running.usd)
    active_s = MONTH_HOURS * 3600 * float(usage.traffic.active_share)
    load, count = float(requests) * float(seconds) / active_s, usage.provisioned
    worth = 0
    if threshold is not None:
        from advisor.modelling.queueing.cold_starts import provisioned_levels

        worth = provisioned_levels(load, float(threshold), count)
    share = (
        "" if threshold is None else f", busy for more than {percent(float(threshold))} of the time"
    )
    return (
        f"Of {count} provisioned, {worth} cost less than on demand{share}; what more they cost is"
        " the price of warm starts."
    )
