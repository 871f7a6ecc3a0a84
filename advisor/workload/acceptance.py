"""Decisions of the user: a stated option, and findings accepted with a reason."""

from __future__ import annotations

from collections.abc import Iterable

from advisor.model.advice import Candidate
from advisor.model.workload import Finding, Workload


def decided_option(workload: Workload) -> str | None:
    """The option that a human chose, ``None`` without a stated decision."""
    option = workload.mapping("decision").get("option")
    return option if isinstance(option, str) else None


def decision_findings(
    workload: Workload, candidate: Candidate, rules_option: str | None, as_of: str
) -> tuple[Finding, ...]:
    """Findings about the decision: an error where it breaks a limit, a note where it differs.

    What only a value that is taken breaks is a warning.
    """
    decision = workload.mapping("decision")
    place = workload.place("decision")
    found = [
        Finding(
            "decision-breaks-limit",
            "error" if verdict.outcome == "broken" else "warning",
            f"the decision for {candidate.option} breaks {reason.rule}: {reason.text}",
            *place,
            f"Change decision.option, or change {verdict.fact}."
            if verdict.outcome == "broken"
            else f"State {' and '.join(reason.assumed) or verdict.fact}.",
            verdict.source,
        )
        for reason in candidate.standing.reasons
        if (verdict := reason.verdict) is not None and reason.kind != "bound"
    ]
    if rules_option != candidate.option:
        found.append(
            Finding(
                "decision-differs",
                "info",
                f"the rules would choose {rules_option or 'none of the four options'}, but"
                f" decision.option is {candidate.option}:"
                f" {decision.get('because', 'no reason given')}",
                *place,
            )
        )
    until = decision.get("until")
    if isinstance(until, str) and until < as_of:
        found.append(
            Finding(
                "decision-expired",
                "warning",
                f"the decision for {candidate.option} expired on {until}",
                *place,
                "Set decision.until to a later date, or remove decision.",
            )
        )
    return tuple(found)


def accept(
    workload: Workload, findings: Iterable[Finding], as_of: str
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Open findings, and those that the workload accepts with a reason.

    An acceptance that has expired accepts nothing; one that matches nothing is itself a finding.
    """
    accepted_rules = workload.mapping("accept")
    standing, accepted = [], []
    used = set()
    for finding in findings:
        entry = accepted_rules.get(finding.rule)
        if entry is None:
            standing.append(finding)
            continue
        used.add(finding.rule)
        until = entry.get("until")
        if until is not None and until < as_of:
            standing.append(finding)
            standing.append(_expired(workload, finding.rule, until))
        else:
            accepted.append(finding._replace(fix=_reason(entry)))
    standing += [_unused(workload, rule) for rule in accepted_rules if rule not in used]
    return tuple(standing), tuple(accepted)


def _reason(entry: dict[str, str]) -> str:
    parts = [f"accepted: {entry['because']}"]
    parts += [f"{key} {entry[key]}" for key in ("by", "until", "ticket") if key in entry]
    return ", ".join(parts)


def _expired(workload: Workload, rule: str, until: str) -> Finding:
    return Finding(
        "accept-expired",
        "warning",
        f"the acceptance of {rule} expired on {until}",
        *workload.place("accept"),
        f"Set accept.{rule}.until to a later date, or fix the finding.",
    )


def _unused(workload: Workload, rule: str) -> Finding:
    return Finding(
        "accept-unused",
        "warning",
        f"accept.{rule} matches no finding",
        *workload.place("accept"),
        f"Remove accept.{rule}, or correct the id.",
    )
