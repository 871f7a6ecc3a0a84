"""The values of the flow from facts to the answer, in their order."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from advisor.model.value import Value
from advisor.model.workload import Finding, Workload

if TYPE_CHECKING:  # a check makes no plan
    from advisor.model.usage import Usage
    from advisor.model.workload import Modelled

Parameters: TypeAlias = dict[str, Any]


class Fact(NamedTuple):
    """One fact as the answer used it."""

    fact: str
    value: str | bool | int | float  # as a workload file would write it
    origin: str  # stated | measured | derived | assumed
    line: int = 0
    column: int = 0
    because: str = ""


class Verdict(NamedTuple):
    """The verdict of one limit or feature on one option, from the stated facts alone."""

    rule: str
    title: str
    outcome: str  # met | broken | contested | unknown | conditional | unclear
    fact: str
    value: str  # empty when not stated
    bound: str
    margin: float | None  # bound over value (value over bound for a lower bound); 1 is at the limit
    note: str  # condition, or what each source says, when there is something to say
    source: str
    as_of: str
    broken_by: str = ""  # for contested: the bound in force that is not met


class Reason(Value):
    """One thing that makes an option stand as it does."""

    kind: str  # limit | bound (AWS documents disagree) | need | question | fact | decision
    rule: str  # id of the limit, need or question; key path of the fact
    text: str
    value: str  # what was judged: 61 s, assumed 30 s, needed; of a question its answer
    assumed: tuple[str, ...]  # the unstated facts that it rests on
    verdict: Verdict | None  # of a limit or need

    def without_verdict(self) -> dict[str, Any]:
        """The fields by name, but for the verdict, which is among those of the option."""
        fields = self._asdict()
        del fields["verdict"]
        return fields


class Standing(Value):
    """How one option stands; the first reason is the one to name."""

    standing: str  # chosen | open | ranked-lower | ruled-out
    reasons: tuple[Reason, ...]


def yes_no(holds: bool) -> str:
    """An answer to a question."""
    return "yes" if holds else "no"


class Step(Value):
    """One question of the flowchart as it was answered."""

    question: str
    asks: str
    answer: str  # yes | no | unknown: what the stated facts say; empty where it was not asked
    taken: bool  # which way the path went
    assumed: bool
    facts: dict[str, Any]
    leads_to: tuple[str, ...]  # the next question, or the leaf's options in order; or nothing
    because: str
    source: str
    as_of: str

    @property
    def way(self) -> str:
        """The way taken: yes or no."""
        return yes_no(self.taken)


class Setting(NamedTuple):
    """One number or name of a plan, with the formula and inputs it comes from."""

    name: str
    value: Any
    because: str
    source: str = ""


class CostItem(Value):
    """One line of a monthly cost. Decimal texts; ``None`` where a price is not known."""

    name: str
    quantity: str
    unit: str
    unit_price_usd: str | None
    usd_low: str | None
    usd_high: str | None
    basis: str  # how strong the price is, and where it comes from
    source: str
    as_of: str
    usd_estimate: str | None = None  # as that of the whole


class OtherHours(Value):
    """What the same plan costs in other hours than those planned; ends as those of the cost."""

    hours: str  # a month
    usd_low: str | None
    usd_high: str | None
    usd_estimate: str | None
    items: tuple[CostItem, ...]
    note: str  # how that comes about, since no request of the plan does it


class Cost(Value):
    """Monthly cost of one option. ``complete`` is false while a price is missing.

    Where facts that nobody stated decide the cost, the ends are those that the stated facts leave,
    and the estimate is the cost at the assumed point.
    """

    usd_low: str | None
    usd_high: str | None
    complete: bool
    basis: str
    items: tuple[CostItem, ...]
    widest: str = ""  # the unstated fact that widens the range most
    notes: tuple[str, ...] = ()
    usd_estimate: str | None = None
    estimate_rests_on: tuple[str, ...] = ()  # facts that nothing bounds, the weightiest first
    a_run: str = ""  # USD of one run of a job, where nothing bounds how many there are
    part_time: OtherHours | None = None  # where hours are stated, and saving them saves money
    always_on: OtherHours | None = None  # where scheduled actions save money


class Latency(Value):
    """Expected answer times in milliseconds; ``None`` where nothing supports a number."""

    p50_ms: float | None
    p99_ms: float | None
    cold_start_share: float | None
    basis: str  # measured | modelled | unknown, and why
    notes: tuple[str, ...] = ()


def quota_request(code: str, wanted: int, region: str | None = None) -> str:
    """The call of the aws CLI that asks for so much of a quota of SageMaker."""
    place = f" --region {region}" if region is not None else ""
    return (
        f"aws service-quotas request-service-quota-increase{place} --service-code sagemaker "
        f"--quota-code {code} --desired-value {wanted}"
    )


class Quota(Value):
    """An account quota to look at before deploying."""

    name: str
    code: str | None
    wanted: int | None
    default: int | None
    note: str
    source: str
    as_of: str
    ask: str | None = None  # the call that asks for what is wanted, where the code is known


class Request(Value):
    """One AWS request, ready for ``aws SERVICE OPERATION --cli-input-json``."""

    service: str  # sagemaker | application-autoscaling | cloudwatch | sns
    operation: str  # CreateEndpointConfig
    parameters: Parameters


class Invoke(Value):
    """How the caller must call what was deployed."""

    operation: str
    parameters: Parameters
    client_timeout_s: int | None
    notes: tuple[str, ...]


class Plan(Value):
    """One option made concrete for this workload; ``carried`` are the needs its requests carry.

    Of an option that is only compared with the recommended one, what its cost depends on: settings
    and usage, and neither requests nor a call nor quotas.
    """

    option: str
    settings: tuple[Setting, ...]
    requests: tuple[Request, ...]
    invoke: Invoke
    quotas: tuple[Quota, ...]
    findings: tuple[Finding, ...]
    carried: frozenset[str]
    usage: "Usage"  # what cost and latency follow from
    hosting: str = ""  # how several models are hosted, where that was a question
    sized: str = "stated"  # | assumed | not-sized: what the number of instances rests on
    rests_on: tuple[str, ...] = ()  # the unstated facts behind it
    fallback_types: tuple[str, ...] = ()  # for when AWS has none of the plan's type, in order


class Candidate(Value):
    """One option with everything known about it."""

    option: str
    title: str
    eligible: bool | None  # None: open on what was stated
    status: str  # clear | contested | ruled-out, at the assumed point
    verdicts: tuple[Verdict, ...]
    plan: Plan | None
    cost: Cost | None
    latency: Latency | None
    standing: Standing


class DecisiveUnknown(Value):
    """A fact not pinned down that alone would change the answer."""

    fact: str
    remote: bool
    assumed: str
    outcomes: Mapping[str, str | None]  # value as the file accepts it -> option


class CostOutcome(Value):
    """The answer, what it runs on and its monthly cost at one value of a fact."""

    value: str  # as the file accepts it
    option: str | None
    runs_on: str | None  # 2 x ml.m5.large
    cost: Cost | None


class CostUnknown(Value):
    """A fact not stated that moves the size or the cost of the answer."""

    fact: str
    assumed: str
    outcomes: tuple[CostOutcome, ...]


class WouldChange(Value):
    """The nearest value of a stated fact at which another option is chosen."""

    fact: str
    to: str
    option: str | None
    breaks: tuple[str, ...] = ()  # other stated facts that do not hold with it

    @property
    def leads(self) -> str:
        """The option, and what else the change breaks, in a few words."""
        broken = f" (breaks {', '.join(self.breaks)})" if self.breaks else ""
        return (self.option or "none fits") + broken


class Change(Value):
    """One edit of the workload file."""

    fact: str
    to: str


class Fix(Value):
    """Changes that would make an option fit when none does, nearest first."""

    changes: tuple[Change, ...]
    option: str
    advice: str  # names what it breaks
    source: str
    breaks: tuple[str, ...] = ()  # other stated facts that do not hold with it


class Consider(Value):
    """Something outside the four options that fits, with its reason and source."""

    id: str
    title: str
    because: str
    source: str
    as_of: str


class Decision(Value):
    """The answer of the rules: the path, the choice, and what would move it."""

    option: str | None
    status: str  # recommended | assumed | decided | none-fits
    rules_option: str | None  # what the rules would have chosen, when a human decided
    contested: bool
    leaf: str
    leaf_options: tuple[str, ...]
    path: tuple[Step, ...]
    not_asked: tuple[Step, ...]  # the questions that the path does not meet
    facts: tuple[Fact, ...]
    unknowns: tuple[DecisiveUnknown, ...]
    would_change: tuple[WouldChange, ...]
    fixes: tuple[Fix, ...]


class Advice(Value):
    """Everything about one workload; reports and artifacts print it and compute nothing."""

    workload: Workload
    limits: str  # safe | latest
    region: str | None
    changes: Mapping[str, str]  # --set
    rules_digest: str
    prices_date: str | None
    decision: Decision
    summary: str
    candidates: tuple[Candidate, ...]  # in the order of OPTIONS
    consider: tuple[Consider, ...]
    findings: tuple[Finding, ...]
    accepted: tuple[Finding, ...]
    as_of: str
    cost_unknowns: tuple[CostUnknown, ...] | None = None  # None: nobody asked for them
    model: "Modelled | None" = None  # what the named model tells

    @property
    def chosen(self) -> Candidate | None:
        """The candidate of the recommended option, ``None`` when none fits."""
        for candidate in self.candidates:
            if candidate.option == self.decision.option:
                return candidate
        return None
