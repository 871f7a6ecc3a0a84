"""The compiled rules with every symbol replaced by a number, for one limits mode."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from advisor.model.advice import Verdict
from advisor.model.value import Memo
from advisor.rulebook.cells import (
    Outcomes,
    Reach,
    bit_set,
    dependents,
    form_cuts,
    limit_cuts,
    merge_cuts,
    only_with_needs,
    triggers,
    word_classes,
)
from advisor.rulebook.entries import features
from advisor.rulebook.fact_entries import (
    MEAN_PROCESSING,
    NEEDS,
    SAID,
    TAIL_PROCESSING,
    TIMES,
    TYPICAL_PROCESSING,
    fact_entries,
    load_rules,
)
from advisor.rulebook.formulas import Formula, formulas, mean_rate
from advisor.rulebook.note_entries import caution_entry, outside_entry
from advisor.rulebook.option_entries import option_entry, questions
from advisor.rulebook.starts import KEPT_WARM, constants, starts
from advisor.rulebook.symbols import Symbols
from advisor.rulebook.types import UNSET, Caution, Condition, Outside


class Rulebook:
    """Every rule that decides, and the tables that make asking fast.

    ``variables`` are the facts in a fixed order, then the times of one request, the set of needed
    features (bits) and the derived facts.
    """

    def __init__(self, compiled: Mapping[str, Any], limits: str) -> None:
        self.limits = limits
        self.digest: str = compiled["digest"]
        self.raw = compiled
        self.index = _variables(compiled)
        self.features = features(compiled["features"])
        self.symbols = Symbols(compiled, limits, self.index, self.features)
        self.words = self.symbols.words
        self.facts = fact_entries(compiled, self.symbols)
        self.options = [
            option_entry(entry, self.symbols, {fact.id: fact for fact in self.facts})
            for entry in compiled["options"]
        ]
        self.questions = questions(compiled["flowchart"], self.symbols)
        self.start = self.questions[compiled["flowchart"]["start"]]
        precision = next(each for each in compiled["facts"] if each["id"] == "model.precision")
        self.bits: Mapping[str, int] = precision["bits"]  # of one parameter, by precision
        # Read when a model is named: of the rules in use, whatever the overlay.
        self.model_tables: Callable[[], Mapping[str, Any]] = dict
        self.near: float = precision["factor"]  # of size over parameters
        self.bits_of = [self.bits[word] for word in precision["words"]]
        self.formulas: tuple[Formula, ...] = formulas(self.index, self.features, self.bits_of)
        if KEPT_WARM in self.index:
            constants_known = constants(compiled["sizing"])
            self.fits_one = constants_known.fits_one
            self.formulas += starts(
                self.index, constants_known, self.words["requests.cold_start", "tolerated"].low
            )
        self._name()
        self._prepare()
        self._cautions: tuple[Caution, ...] | None = None
        self._outside: tuple[Outside, ...] | None = None
        self.answers: Memo[Any, Any] = Memo()  # of advisor.engine.sensitivity
        self.found: Memo[Any, Any] = Memo()
        self.relevance: Memo[Any, Any] = Memo()  # of advisor.engine.decision_cells
        self._reaches: dict[tuple[tuple[int, ...], int], Reach] = {}
        self.verdicts: Memo[Any, Verdict] = Memo()  # of advisor.engine.verdicts

    def _name(self) -> None:
        """Entries by id, and the variables that the engine asks for by name."""
        self.feature = {feature.id: feature for feature in self.features}
        self.need_bits = {f"needs.{feature.id}": feature.bit for feature in self.features}
        self.features_by_fact = tuple(feature for feature in self.features if feature.fact)
        self.fact = {fact.id: fact for fact in self.facts}
        self.option = {option.id: option for option in self.options}
        self.limit = {limit.id: limit for option in self.options for limit in option.limits}
        self.needs = self.index[NEEDS]
        self.processing = self.index["requests.processing"]
        self.typical_processing = self.index[TYPICAL_PROCESSING]
        self.tail = self.index[TAIL_PROCESSING]
        self.mean = self.index[MEAN_PROCESSING]
        self.times = (self.processing, self.typical_processing, self.tail, self.mean)
        self.time_bits = bit_set(self.times)
        self.load = load_rules(self.raw, self.index)
        self.load_facts = frozenset((*self.load.places, self.load.pattern, *self.times))
        self.load_bits = bit_set(self.load_facts)
        self.size = self.index["model.size"]
        self.parameters = self.index["model.parameters"]
        self.precision = self.index["model.precision"]
        self.weight_bits = bit_set((self.size, self.parameters, self.precision))
        self.loaded = self.index["model.loaded"]
        self.said = self.index[SAID]
        self.answer = self.index.get("requests.answer", -1)
        self.kept_warm = self.index.get(KEPT_WARM, -1)
        spoken = ("requests.answer", "requests.cold_start") if KEPT_WARM in self.index else ()
        self.spoken = bit_set(self.index[name] for name in spoken)  # whether it is stated counts

    def _prepare(self) -> None:
        """Tables that make a point, find its cells and tell what depends on what."""
        self.base_facts = self.facts[: self.typical_processing]
        self.stated_first = (*range(len(self.base_facts)), self.typical_processing, self.tail)
        self.template_low = [fact.low for fact in self.facts]
        self.template_high = [fact.high for fact in self.facts]
        self.template_point = [
            fact.assume[0].value if len(fact.assume) == 1 else UNSET for fact in self.facts
        ]
        for fact in self.base_facts:
            if fact.assume and fact.assume[0].follows >= 0:
                value = self.template_point[fact.assume[0].follows]
                active = self.template_point[self.load.active]
                self.template_point[fact.variable] = fact.assume[0].times * mean_rate(value, active)
        self.conditional_facts = [fact for fact in self.base_facts if len(fact.assume) > 1]
        self.conditional_bits = bit_set(fact.variable for fact in self.conditional_facts)
        self.conditional_reads = [
            (fact, bit_set(triggers([fact]))) for fact in self.conditional_facts
        ]
        self.assumption_cuts = [
            cut
            for fact in self.conditional_facts
            for alternative in fact.assume
            if alternative.when is not None
            for cut in form_cuts(alternative.when.form)
        ]
        self.assumption_bits = self.conditional_bits | self.load.bits | 1 << self.mean
        self._triggers: dict[int, int] = {}
        self.dependents = dependents(self.formulas, len(self.index))
        inputs = {variable for formula in self.formulas for variable in formula.inputs}
        self.classes = word_classes(
            self.base_facts, self._conditions(), self.limit.values(), inputs
        )
        self.cuts = self._cuts()
        read = {variable for each in self._conditions() for variable, _ in form_cuts(each.form)}
        self.only_with = only_with_needs(self.limit.values(), read)
        again = {*self.load.places, *self.times, self.size}
        again.update(fact.variable for fact in self.conditional_facts)
        self.reassumed = [each for each in self.formulas if not again.isdisjoint(each.inputs)]
        apart = [each for each in self.formulas if again.isdisjoint(each.inputs)]
        self.dependents_apart = dependents(apart, len(self.index))
        asked = (self.load.active, self.load.peak, self.load.volume)
        self.pattern_cuts = [(each, self.cuts[each]) for each in asked if each in self.cuts]
        judged = set().union(
            *(question.when.variables for question in self.questions.values()),
            *(limit.reads for limit in self.limit.values()),
        )
        # What rules read of a load, and what only the assumed pattern reads.
        self.load_read = judged.intersection((*asked, self.load.concurrent, self.processing))
        self.pattern_only = set(asked) - judged
        self.all_cuts = self._all_cuts()
        self.place_cuts = [
            [] if fact.discrete else cuts
            for fact, cuts in zip(self.facts, self.all_cuts, strict=True)
        ]
        self.partners = self._partners()
        self.outcomes = Outcomes(self.needs, self.questions.values(), self.options)

    def _cuts(self) -> dict[int, tuple[int, ...]]:
        """The values of a variable at which any rule can change its result."""
        parts = [form_cuts(condition.form) for condition in self._conditions()]
        parts += [limit_cuts(limit) for limit in self.limit.values()]
        return merge_cuts(parts)

    def _partners(self) -> list[int]:
        """Of each variable the numbers (bits) from whose values its cuts are solved."""
        done = [0] * len(self.facts)
        largest_of = self.index["model.loaded"]  # bounds each of its inputs apart
        groups = [set(f.inputs) for f in self.formulas if f.variable != largest_of]
        groups.append({*self.load.places, *self.times})
        # The size follows from these.
        groups.append({self.parameters, self.precision, self.index["model.disk"]})
        for group in groups:
            numbers = bit_set(each for each in group if not self.facts[each].discrete)
            for variable in group:
                done[variable] |= numbers & ~(1 << variable)
        return done

    def triggers(self, unstated: int) -> int:
        """Variables (bits) that what is assumed of some unstated facts (bits) depends on."""
        known = self._triggers.get(unstated)
        if known is None:
            facts = [fact for fact in self.conditional_facts if unstated >> fact.variable & 1]
            known = self._triggers[unstated] = bit_set(triggers(facts))
        return known

    def reach(self, variables: tuple[int, ...], unstated: int) -> Reach:
        """What setting some variables can move, when some facts (bits) have an assumed value."""
        key = variables, unstated
        known = self._reaches.get(key)
        if known is None:
            assumed = [fact for fact in self.conditional_facts if unstated >> fact.variable & 1]
            known = self._reaches[key] = Reach(
                variables,
                assumed,
                outcomes=self.outcomes,
                options=self.option,
                dependents=self.dependents,
                load=self.load_facts,
                weighed=(frozenset({self.parameters, self.precision}), self.size),
            )
        return known

    def _all_cuts(self) -> list[list[int]]:
        """Every cut of each variable, also those of the facts that it alone decides, sorted."""
        cuts: list[set[int]] = [set(self.cuts.get(fact.variable, ())) for fact in self.facts]
        for formula in self.formulas:
            of, whole = formula.share
            for variable in formula.inputs:
                cuts[variable] |= cuts[formula.variable]
                cuts[variable].update(cut // whole * of for cut in cuts[formula.variable])
        return [sorted(each) for each in cuts]

    def _conditions(self) -> Iterator[Condition]:
        """Every condition that can change an answer."""
        for question in self.questions.values():
            yield question.when
        for limit in self.limit.values():
            if limit.when is not None:
                yield limit.when
        for fact in self.conditional_facts:
            for alternative in fact.assume:
                if alternative.when is not None:
                    yield alternative.when

    def cautions(self) -> tuple[Caution, ...]:
        """The warnings, resolved when first asked for."""
        if self._cautions is None:
            self._cautions = tuple(caution_entry(raw, self.symbols) for raw in self.raw["cautions"])
        return self._cautions

    def outside(self) -> tuple[Outside, ...]:
        """What lies outside the four options, resolved when first asked for."""
        if self._outside is None:
            self._outside = tuple(outside_entry(raw, self.symbols) for raw in self.raw["consider"])
        return self._outside


def _variables(compiled: Mapping[str, Any]) -> dict[str, int]:
    """Facts in the order of the file, the times of a request, needed features, derived facts."""
    names = [entry["id"] for entry in compiled["facts"]]
    names += [*TIMES, NEEDS, SAID]
    names += [entry["id"] for entry in compiled["derived"]]
    return {name: number for number, name in enumerate(names)}


def resolve(compiled: Mapping[str, Any], limits: str) -> Rulebook:
    """A rulebook for ``safe`` or ``latest``.

    Raises:
        RulebookError: an id does not resolve.
    """
    return Rulebook(compiled, limits)
