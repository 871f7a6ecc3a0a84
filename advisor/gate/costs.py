"""Configurations as they stand → what they cost in a month, without a workload.

What a configuration leaves open stays a range, or has no price, and says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from advisor.catalogue.price_snapshot import Folder, Prices
from advisor.configuration.discover import discover, place_of_stdin
from advisor.configuration.document import REQUESTS, Document, Node, Resource, World
from advisor.gate.configurations import read_configurations
from advisor.gate.intent.capacity import (
    NO_TRAFFIC,
    Counts,
    fleet_cost,
    option_of,
    scaled_between,
    spanning,
    types_of,
    whole_number,
    why_hidden,
)
from advisor.gate.intent.pairing import CONFIG
from advisor.gate.rules.scaling import CONCURRENCY
from advisor.gate.rules.service_walk import load_service
from advisor.gate.rules.view import View, same_value, text_of, variants_of
from advisor.gate.settings import CheckOptions, Organisation
from advisor.model.advice import Cost
from advisor.model.errors import InputError
from advisor.model.options import BATCH_TRANSFORM, SERVERLESS
from advisor.model.usage import (
    UNKNOWN,
    JobUsage,
    Quantity,
    ServerlessUsage,
    Traffic,
    between,
    known,
)
from advisor.model.value import Value
from advisor.model.workload import Interval
from advisor.pricing.amounts import product, sum_of, total_of, usd
from advisor.pricing.monthly import EXCLUDED, cost
from advisor.pricing.plan_cost import prices_under
from advisor.text.money_format import UNKNOWN as NO_MONEY
from advisor.text.money_format import a_month, figure, money
from advisor.text.quantity import MONTH_HOURS, RATE_PER_MONTH, QuantityError, parse, show

_SECOND = 1_000_000
_MILLION = Decimal(1_000_000)
_KINDS = {
    "requests.processing": "time",
    "requests.payload": "size",
    "requests.response": "size",
    "traffic.volume": "rate",
}
_UNITS = {"time": _SECOND, "rate": RATE_PER_MONTH}  # base units in that of a usage
_WORK = ("traffic.volume", "requests.processing")
USED = tuple(_KINDS)
"""Keys of a workload that tell how every endpoint is used."""


class StatedUse(Value):
    """What is said of the use of each endpoint and job."""

    hours: Decimal | None = None  # of a month that it exists; all, for an endpoint, where None
    values: Mapping[str, Interval] = {}  # by key of ``USED``

    def quantity(self, key: str) -> Quantity:
        """A stated value, as a usage has it: requests a month, bytes, seconds."""
        stated = self.values.get(key)
        return UNKNOWN if stated is None else between(stated, _UNITS.get(_KINDS[key], 1))

    @property
    def traffic(self) -> Traffic:
        """What comes to an endpoint; bodies and requests that nobody stated are not counted."""
        fields = {"requests": "traffic.volume", "bytes_in": "requests.payload"}
        fields["bytes_out"] = "requests.response"
        return NO_TRAFFIC._replace(
            **{field: self.quantity(key) for field, key in fields.items() if key in self.values}
        )

    def words(self) -> dict[str, str]:
        """The same by key, as a workload file would write it."""
        found = {key: show(value, _KINDS[key]) for key, value in self.values.items()}
        return found if self.hours is None else {**found, "hours": str(self.hours)}


def stated_use(changes: Sequence[tuple[str, str]], hours: Decimal | None) -> StatedUse:
    """The use that ``--set`` and ``--hours`` state.

    Raises:
        InputError: a key is none that a price depends on, or a value is none of its kind.
    """
    values = {}
    for key, text in changes:
        if key not in _KINDS:
            hint = f"The price of a configuration depends on {', '.join(USED)}."
            raise InputError(f"--set {key}: not known here", hint=hint)
        try:
            values[key] = parse(text, _KINDS[key])
        except QuantityError as error:
            raise InputError(f"--set {key}: {error}") from error
    return StatedUse(hours=hours, values=values)


class ConfiguredCost(Value):
    """What one variant, or one transform job, costs in a month."""

    file: str
    line: int
    address: str
    part: str  # name of a variant; empty for a job
    option: str  # empty where the configuration leaves it open
    runs_on: str  # 2 to 10 x ml.g5.xlarge
    region: str  # whose prices count
    cost: Cost
    when: str = ""  # the scenario in which it is so; empty for every one
    open: tuple[str, ...] = ()  # what the range comes from, or why there is no price
    unit_usd: str | None = None  # of one unit of use, where use decides
    unit: str = ""  # hour of one instance; million requests of 1 s

    @property
    def nameless(self) -> str:
        """What stands for a name."""
        return "job" if self.option == BATCH_TRANSFORM else "variant"

    @property
    def notes(self) -> tuple[str, ...]:
        """What is open, and the scenario, in sentences."""
        return (*([f"only where {self.when}"] if self.when else ()), *self.open)

    @property
    def money(self) -> str:
        """Its cost in words: 83.95; 40.00 per million requests of 1 s; unknown."""
        if self.unit_usd is None or self.cost.usd_high is not None:
            return money(self.cost)
        hourly = self.option == BATCH_TRANSFORM  # of which a tenth of a cent counts
        used = f"{self.unit_usd if hourly else figure(self.unit_usd)} per {self.unit}"
        stands = Decimal(self.cost.usd_low or 0)
        return f"{figure(stands)} and {used}" if stands else used


class ConfiguredCosts(Value):
    """The costs of all configurations of a run; while a price is missing, of the others."""

    rows: tuple[ConfiguredCost, ...]
    usd_low: str
    usd_high: str | None  # ``None`` where nothing bounds it, or a price is missing
    use: StatedUse
    prices_date: str
    own_prices: tuple[str, ...]  # what else is to be said of them, in words
    unread: tuple[str, ...]
    errors: tuple[InputError, ...]
    usd_estimate: None = None

    @property
    def words(self) -> str:
        """The total in a sentence."""
        used = sum(1 for each in self.rows if each.unit_usd and each.cost.usd_high is None)
        more = [f"{used} paid for by use"] * bool(used)
        more += [f"{self.unpriced} without a price"] * bool(self.unpriced)
        least = f">= {figure(self.usd_low)}" if Decimal(self.usd_low) else "an unknown amount of"
        if not more:
            return a_month(self)
        return f"{least} USD a month ({', '.join(more)})"

    @property
    def total(self) -> Cost:
        """The total, without its items."""
        return _NO_PRICE._replace(usd_low=self.usd_low, usd_high=self.usd_high)

    @property
    def basis(self) -> str:
        """Whose prices these are, and what they leave out."""
        regions = ", ".join(dict.fromkeys(row.region for row in self.rows))
        prices = "; ".join((f"prices of {regions} of {self.prices_date}", *self.own_prices))
        return f"On demand, months of {MONTH_HOURS} h, {prices}. {EXCLUDED}"

    @property
    def unpriced(self) -> int:
        """How many rows have no price."""
        return sum(1 for each in self.rows if each.money == NO_MONEY)


def configured_costs(
    options: CheckOptions, use: StatedUse, own_prices: Folder | None = None
) -> ConfiguredCosts:
    """Price every endpoint configuration and transform job of a run.

    Args:
        options: its paths, Region and settings.
        use: what is stated of the use of each endpoint.
        own_prices: folder of the user's price snapshots.

    Raises:
        InputError: a setting cannot be read; files that cannot are in the result.
    """
    exclude, base = options.project.exclude, options.project.says.get("exclude", "")
    found = place_of_stdin(discover(options.paths, exclude, base=base), options.stdin)
    read = read_configurations(found, options)
    rows: list[ConfiguredCost] = []
    lows, highs, dates, said = [], list[Decimal | None](), [""], list[str]()
    for document, region, organisation in read.read:
        prices = prices_under(organisation.own, region or None, own_prices)
        pricing = _Pricing(
            document=document, region=region, prices=prices, use=use, organisation=organisation
        )
        # A request that was named is read with those beside it, and priced by itself.
        beside = document.dialect in REQUESTS and found.named
        worlds = [
            [row for row in pricing.costs(world) if not beside or row.file in found.configurations]
            for world in document.worlds
        ]
        if not any(worlds):
            continue
        dates.append(prices.date or "")
        said += (organisation.own.words, "" if region else "no Region is stated")
        rows += _merged(worlds, [world.when for world in document.worlds])
        ends = [_ends(each) for each in worlds]
        lows.append(min(low for low, _ in ends))
        most = [high for _, high in ends if high is not None]
        highs.append(max(most) if len(most) == len(ends) else None)
    high = sum_of(highs)
    return ConfiguredCosts(
        rows=tuple(rows),
        usd_low=usd(total_of(lows)),
        usd_high=None if high is None else usd(high),
        use=use,
        prices_date=max(dates),
        own_prices=tuple(dict.fromkeys(filter(None, said))),
        unread=(*found.unread, *read.unread),
        errors=(*found.errors, *read.errors),
    )


class _Pricing(Value):
    """What one document is priced with."""

    document: Document
    region: str
    prices: Prices
    use: StatedUse
    organisation: Organisation

    def costs(self, world: World) -> Iterator[ConfiguredCost]:
        """The costs in one scenario of the document."""
        service, ends = load_service(), dict[int, list[Resource]]()
        for endpoint in world.of_kind("Endpoint"):
            config = world.meant_by(endpoint.body.get("EndpointConfigName"), *CONFIG)
            ends.setdefault(id(config), []).append(endpoint)
        for resource in world.resources:
            view = View(
                resource=resource,
                world=world,
                service=service,
                region=self.region,
                organisation=self.organisation,
            )
            if resource.kind == "TransformJob":
                yield self._row(view, resource.body, resource.address)
            if resource.kind != "EndpointConfig":
                continue
            on = ends.get(id(resource), [])
            for each in on or (None,):
                address = each.address if each is not None and len(on) > 1 else resource.address
                for number, (_, variant) in enumerate(variants_of(resource)):
                    # The requests of an endpoint are its variants' together.
                    yield self._row(view, variant, address, each, first=not number)

    def _row(
        self, view: View, node: Node, at: str, on: Resource | None = None, *, first: bool = True
    ) -> ConfiguredCost:
        option = option_of(view.resource, node)
        use = self.use if first else self.use._replace(values={})
        part = _Part(view, node, on, use, self.prices)
        priced = _PRICED_BY.get(option, _fleet)(part)
        mark, items = node.place, priced.cost.items
        lacking = [item.name for item in items if item.unit_price_usd is None]
        missing = (f"no price is known for {', '.join(lacking)}",) if lacking else ()
        return ConfiguredCost(
            file=mark.file,
            line=mark.line,
            address=at,
            part=text_of(node.get("VariantName")) or "",
            option=option,
            region=self.region or self.prices.region,
            runs_on=priced.runs_on,
            cost=priced.cost,
            open=(*priced.open, *missing),
            unit_usd=priced.unit_usd,
            unit=priced.unit,
        )


class _Part(NamedTuple):
    """A variant or the body of a job, and what it is priced with."""

    view: View
    node: Node
    endpoint: Resource | None  # that has the configuration
    use: StatedUse
    prices: Prices


class _Priced(Value):
    """One variant or job with its price."""

    runs_on: str
    cost: Cost
    open: tuple[str, ...] = ()
    unit_usd: str | None = None
    unit: str = ""


_NO_PRICE = Cost(usd_low=None, usd_high=None, complete=False, basis="unknown", items=())


def _fleet(part: _Part) -> _Priced:
    """Instances for the hours that the endpoint exists, as many as its scaling allows."""
    view, variant, endpoint, use, prices = part
    option = option_of(view.resource, variant)
    types, why = types_of(variant)
    if not types or not option:
        why = why or "AsyncInferenceConfig or ServerlessConfig is not known here"
        return _Priced(runs_on="", cost=_NO_PRICE, open=(why,))
    found = scaled_between(view, variant, endpoint=endpoint)
    number = whole_number(_count(part))
    counts, notes = found or Counts(number, number), []
    if counts.least is None or counts.most is None:
        field = "InitialInstanceCount" if found is None else "what scales it"
        notes.append(f"the number of instances is open: {field} is not known here")
    elif counts.least != counts.most:
        notes.append(f"{counts.least} to {counts.most} instances, as its scaling allows")
    volume = variant.get("VolumeSizeInGB")
    if volume is not None and whole_number(volume) is None:
        notes.append("VolumeSizeInGB is not known here, and not counted")
    if len(types) > 1:
        notes.append("InstancePools: from the cheapest of its types to the dearest")
    ends = dict.fromkeys("?" if end is None else str(end) for end in counts)
    share = 1 if use.hours is None else use.hours / MONTH_HOURS
    return _Priced(
        runs_on=f"{' to '.join(ends)} x {' or '.join(types)}",
        cost=fleet_cost(variant, option, counts, prices, use.traffic, open_share=share),
        open=tuple(notes),
    )


def _count(part: _Part) -> Node | None:
    """The number of instances: that of an endpoint as AWS describes it, else the initial one."""
    described = () if part.endpoint is None else part.endpoint.body.items("ProductionVariants")
    name = part.node.get("VariantName")
    told = next((each for each in described if same_value(each.get("VariantName"), name)), None)
    return (told or part.node).get("CurrentInstanceCount" if told else "InitialInstanceCount")


def _serverless(part: _Part) -> _Priced:
    """What its requests take, and the environments that are kept warm all the time."""
    view, variant, endpoint, use, prices = part
    config = variant.get("ServerlessConfig")
    node = None if config is None else config.get("MemorySizeInMB")
    memory = whole_number(node)
    if config is None or memory is None:
        return _Priced(runs_on="", cost=_NO_PRICE, open=(why_hidden(node, "MemorySizeInMB"),))
    said = config.get("ProvisionedConcurrency")
    number = 0 if said is None else whole_number(said)
    counts = scaled_between(view, variant, CONCURRENCY, endpoint) or Counts(number, number)
    notes = []
    if counts.least != counts.most:
        notes.append(f"{counts.least} to {counts.most} provisioned, as its scaling allows")
    elif counts.least is None:
        notes.append("ProvisionedConcurrency is not known here")
    traffic, lacking = use.traffic, [key for key in _WORK if key not in use.values]
    if lacking:  # nothing else bounds what requests cost
        traffic = traffic._replace(requests=use.quantity("traffic.volume"))
        notes.append(f"requests are paid for by their time: state {' and '.join(lacking)}")
    usage = ServerlessUsage(
        memory_mb=memory,
        traffic=traffic,
        seconds=use.quantity("requests.processing"),
        provisioned_hours=None if use.hours is None else known(use.hours),
    )
    costs = [cost(SERVERLESS, usage._replace(provisioned=each or 0), prices) for each in counts]
    whole = spanning(costs)
    if counts.most is None:
        whole = whole._replace(usd_high=None)
    at = use.values.get("requests.processing") or Interval(_SECOND, _SECOND)
    price, end = prices.lookup("serverless", str(memory)), at.high or at.low or _SECOND
    each = None if price is None else product(Decimal(price.usd), _MILLION * end / _SECOND)
    warm = "" if not counts.most else f", {counts.most} provisioned"
    return _Priced(
        runs_on=f"{memory} MB{warm}",
        cost=whole,
        open=tuple(notes),
        unit_usd=None if each is None else usd(each),
        unit=f"million requests of {show(Interval(end, end), 'time')}",
    )


def _job(part: _Part) -> _Priced:
    """Instances for as long as the jobs of a month run."""
    _, body, _, use, prices = part
    held = body.get("TransformResources") or body
    types, why = types_of(held)
    number = whole_number(held.get("InstanceCount"))
    if not types:
        return _Priced(runs_on="", cost=_NO_PRICE, open=(why,))
    usage = JobUsage(
        instance_type=types[0],
        count=UNKNOWN if number is None else known(number),
        job_hours=UNKNOWN if use.hours is None else known(use.hours),
        runs=known(1),
    )
    notes = [] if use.hours is not None else ["a job is paid for as long as it runs: --hours"]
    if number is None:
        hidden = why_hidden(held.get("InstanceCount"), "InstanceCount")
        notes.append(f"the number of instances is open: {hidden}")
    price = prices.lookup("batch-transform", types[0])
    return _Priced(
        runs_on=f"{'?' if number is None else number} x {types[0]}",
        cost=cost(BATCH_TRANSFORM, usage, prices),
        open=tuple(notes),
        unit_usd=None if price is None else price.usd,
        unit="hour of one instance",
    )


_PRICED_BY = {BATCH_TRANSFORM: _job, SERVERLESS: _serverless}


def _merged(
    worlds: Sequence[Sequence[ConfiguredCost]], names: Sequence[str]
) -> Iterator[ConfiguredCost]:
    """Each cost once, with the scenarios in which it is so."""
    found: dict[tuple[ConfiguredCost, int], list[str]] = {}
    for rows, name in zip(worlds, names, strict=True):
        seen = Counter[ConfiguredCost]()
        for row in rows:  # those that are alike in one scenario are paid for one by one
            seen[row] += 1
            found.setdefault((row, seen[row]), []).append(name)
    for (row, _), whens in found.items():
        yield row if len(whens) == len(worlds) else row._replace(when=" or ".join(whens))


def _ends(rows: Sequence[ConfiguredCost]) -> tuple[Decimal, Decimal | None]:
    """What the rows of one scenario add up to, those without a price left out of the low end."""
    lows = [Decimal(each.cost.usd_low or 0) for each in rows]
    highs = [None if each.cost.usd_high is None else Decimal(each.cost.usd_high) for each in rows]
    return total_of(lows), sum_of(highs)
