"""Proposals and their rules in plain words: how good, what stays open and why, what each setting does. Never glued."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, pgettext_lazy

from taawun.ground.words.formats import format_distance_km, format_number
from taawun.ground.words.units import format_amount
from taawun.practice.aid.matching_rules import Setting
from taawun.practice.aid.models import Proposal, UnmetNeed
from taawun.practice.aid.queries.learning import Learnt, Record

STALE_REASONS = {
    "claimed": _lazy("Somebody took it meanwhile"),
    "closed": _lazy("It was taken off the board meanwhile, or is done"),
    "expired": _lazy("It has run out meanwhile"),
    "changed": _lazy("It was changed meanwhile"),
    "impossible": _lazy("These two can't be brought together any more"),
}
STATES = {
    "open": pgettext_lazy("proposed matches", "To decide"),
    "accepted": pgettext_lazy("proposed matches", "Asked"),
    "rejected": pgettext_lazy("proposed matches", "Said no"),
    "stale": pgettext_lazy("proposed matches", "Too late"),
    "unmet": pgettext_lazy("proposed matches", "Not met"),
}
ORDERS = {
    "urgent": _lazy("Most urgent first"),
    "near": _lazy("Nearest first"),
    "kind": _lazy("By kind"),
    "giver": _lazy("By giver"),
    "new": _lazy("New ones first"),
}
SECTIONS = {
    "near": _lazy("How near"),
    "fits": _lazy("How well it fits"),
    "fair": _lazy("So that it is not always the same people"),
    "sure": _lazy("How sure it is"),
    "board": _lazy("The whole board at once"),
}
# What each setting is called, and what it does.
SETTINGS = {
    "distance_points": (_lazy("Points for next door"), _lazy("Everything else is measured by this.")),
    "distance_half_km": (_lazy("Half as many points at"), _lazy("The smaller this is, the more short ways count.")),
    "same_area_points": (
        _lazy("Points for the same area"),
        _lazy("Where only the name of the area is known, and no distance."),
    ),
    "radius_km": (_lazy("How far help may travel"), _lazy("The whole board proposes nothing further apart than this.")),
    "fit_points": (_lazy("Points for covering all of it"), _lazy("An offer that covers a part gets a part of them.")),
    "time_points": (
        _lazy("Points when the times meet"),
        _lazy("As many are taken away when they never do. One hour together is enough."),
    ),
    "language_points": (_lazy("Points for a shared language"), _lazy("Nothing is taken away where none is known.")),
    "urgency_points": (
        _lazy("Points for each step of urgency"),
        _lazy("For who looks for something to do: urgent needs come first."),
    ),
    "waiting_points_per_day": (
        _lazy("Points for each day a need has waited"),
        _lazy("For who looks for something to do: long waiting needs come first."),
    ),
    "fairness_points": (
        _lazy("Points away for who has just helped"),
        _lazy("Once for the first time in 30 days, twice more for the second, three times more for the third."),
    ),
    "fairness_points_most": (_lazy("At most so many points away"), _lazy("However often somebody has helped.")),
    "evenness_km": (
        _lazy("How much further, so that somebody has one task less"),
        _lazy("For the whole board: the second task of one giver weighs this much, the third twice as much, and so on."),
    ),
    "step_km": (
        _lazy("Ways that count as equally long"),
        _lazy("Where ways differ by less than this, whoever has helped less is asked."),
    ),
    "experience_points": (_lazy("Points for who has helped before"), _lazy("Small, so that new people are asked too.")),
    "experience_half_count": (
        _lazy("Half of them after"),
        _lazy("So many times of helping bring half of these points."),
    ),
    "learns": (
        _lazy("Learn from what went wrong"),
        _lazy("Old offers that were gone, kinds that often did not work out. Nobody is shown as unreliable."),
    ),
    "success_points": (
        _lazy("Points for help that is sure to arrive"),
        _lazy("What is less likely to arrive gets fewer."),
    ),
    "stale_points_per_day": (
        _lazy("Points away for each day of an offer's age"),
        _lazy("Counted from when it was posted or last confirmed."),
    ),
    "age_days_most": (_lazy("Age counts up to"), _lazy("Older than this makes no more difference.")),
    "candidates_each": (
        _lazy("Offers looked at for each need, at first"),
        _lazy("More finds slightly shorter ways and takes longer."),
    ),
    "keep_km": (
        _lazy("Keep a pair that was shown, unless another is nearer by"),
        _lazy("So that a new proposal changes little of what you have looked at."),
    ),
}


def number_with_unit(value: Decimal, setting: Setting) -> str:
    """Return a setting's value as people say it."""
    shown = {"count": format_number(value.normalize() if value % 1 else int(value))}
    number = int(value) if value == int(value) else 2
    match setting.unit:
        case "points":
            return ngettext("%(count)s point", "%(count)s points", number) % shown
        case "km":
            return _("%(distance)s km") % {"distance": shown["count"]}
        case "days":
            return ngettext("%(count)s day", "%(count)s days", number) % shown
        case "tasks":
            return ngettext("%(count)s time", "%(count)s times", number) % shown
        case "offers":
            return ngettext("%(count)s offer", "%(count)s offers", number) % shown
    return _("Yes") if value else _("No")


def certificate(facts: Mapping[str, Any]) -> str:
    """Return how good the proposal is: what no other plan could do better, and by how much one might."""
    if facts.get("gap") is None:
        return _("No other plan meets more, and none that meets as much has better ways.")
    most = {"percent": _percent(int(facts["gap_millionths"]))}
    if facts["gap"] == "travel":
        return (
            _("No other plan meets more. One with better ways may exist: at most %(percent)s better is possible.")
            % most
        )
    if str(facts["gap"]).startswith("met"):
        return _("A plan that meets a little more may exist: at most %(percent)s better is possible.") % most
    return _("A slightly better plan may exist: at most %(percent)s better is possible.") % most


def _percent(millionths: int) -> str:
    # Two places behind the point, rounded up: what is said to be the most must be.
    hundredths = -(-millionths // 100)
    return _("%(number)s %%") % {"number": format_number(Decimal(hundredths) / 100)}


def summary(facts: Mapping[str, Any]) -> list[str]:
    """Return what the proposal does, in sentences: what is met, the ways, how good it is."""
    said = [_met(facts)]
    if facts.get("matches"):
        ways = {"count": format_number(facts["matches"]), "distance": format_distance_km(facts["travel_m"] / 1000)}
        said.append(
            ngettext("%(count)s way, %(distance)s.", "%(count)s ways, %(distance)s in all.", facts["matches"]) % ways
        )
        said.append(certificate(facts))
    if facts.get("unknown"):
        number = {"count": format_number(facts["unknown"])}
        said.append(
            ngettext(
                "How far %(count)s of them is, is not known.",
                "How far %(count)s of them are, is not known.",
                facts["unknown"],
            )
            % number
        )
    if facts.get("complete") is False:
        said.append(_("It was cut short: what is left may still find an offer. Propose again when these are decided."))
    return said


def _met(facts: Mapping[str, Any]) -> str:
    counts = {name: format_number(facts.get(name, 0)) for name in ("requests", "whole", "part", "unmet")}
    return (
        ngettext(
            "%(requests)s open need: %(whole)s met in full, %(part)s in part, %(unmet)s not met.",
            "%(requests)s open needs: %(whole)s met in full, %(part)s in part, %(unmet)s not met.",
            facts.get("requests", 0),
        )
        % counts
    )


def since(proposal: Proposal) -> str:
    """Return what changed since the proposal before; nothing where there was none."""
    changed = proposal.facts.get("since")
    if not changed:
        return ""
    counts = {name: format_number(changed[name]) for name in ("kept", "new", "over", "gave_way")}
    return (
        _(
            "Since the last proposal: %(kept)s pairs as before, %(new)s new, %(over)s are over, "
            "%(gave_way)s gave way to better ones."
        )
        % counts
    )


def why_unmet(unmet: UnmetNeed, radius_km: Decimal) -> str:
    """Return why a need stays open, as a sentence that helps to do something about it."""
    unit = unmet.request.unit
    match unmet.reason:
        case "nobody":
            return _("Nobody offers this.")
        case "other_unit":
            return _("It is offered, but counted in another unit.")
        case "too_far":
            return _("The nearest offer is %(distance)s away, further than help may travel (%(limit)s).") % {
                "distance": format_distance_km((unmet.nearest_m or 0) / 1000),
                "limit": format_distance_km(float(radius_km)),
            }
        case "no_time":
            return _("Whoever offers this near enough is not free at that time.")
        case "too_small":
            return _("It must come from one giver whole, and the largest offer near enough is %(largest)s.") % {
                "largest": format_amount(unmet.largest or 0, unit)
            }
        case "not_these":
            return _("Those who could were asked before, or somebody said no to the pair.")
        case "unchecked":
            return _("Nobody has looked at it yet. Look at it first.")
    return _("What is offered near enough goes to others in this proposal.")


def decided(accepted: int, stale: int, queued: int, before: int) -> list[str]:
    """Return what became of a decision, in sentences."""
    said = []
    if queued:
        said.append(
            ngettext("%(count)s giver is being asked.", "%(count)s givers are being asked.", queued)
            % {"count": format_number(queued)}
        )
    elif accepted or not before:
        said.append(
            ngettext("%(count)s giver is asked.", "%(count)s givers are asked.", accepted)
            % {"count": format_number(accepted)}
        )
    if stale:
        said.append(
            ngettext(
                "%(count)s pair came too late and was left out: see “Too late”.",
                "%(count)s pairs came too late and were left out: see “Too late”.",
                stale,
            )
            % {"count": format_number(stale)}
        )
    if before:
        said.append(
            ngettext("%(count)s pair had been decided before.", "%(count)s pairs had been decided before.", before)
            % {"count": format_number(before)}
        )
    return said


def usual(setting: Setting) -> str:
    """Return what a setting usually is and between what it may lie."""
    return _("Usually %(usual)s; from %(least)s to %(most)s.") % {
        "usual": number_with_unit(setting.default, setting),
        "least": number_with_unit(setting.least, setting),
        "most": number_with_unit(setting.most, setting),
    }


# Four offers of bread that a need might find: how they are ranked shows what the rules do.
EXAMPLES = {
    "a": _lazy("Next door, offered nine days ago"),
    "b": _lazy("Four kilometres away, offered today, speaks your language"),
    "c": _lazy("One kilometre away, somebody who has helped four times this month"),
    "d": _lazy("One kilometre away, somebody new, only a part of it"),
}


def learnt(found: Learnt) -> list[str]:
    """Return what the circle's history taught, in sentences about offers and never about a person."""
    said = []
    ages = (
        _lazy("up to two days old"),
        _lazy("up to a week old"),
        _lazy("up to two weeks old"),
        _lazy("up to a month old"),
        _lazy("older"),
    )
    for age, tally in zip(ages, found.history.bands, strict=True):
        seen = round(tally.good + tally.bad)
        if seen:
            counts = {"age": age, "there": format_number(round(tally.good)), "seen": format_number(seen)}
            said.append(
                ngettext(
                    "Offers %(age)s: %(there)s of %(seen)s was still there.",
                    "Offers %(age)s: %(there)s of %(seen)s were still there.",
                    seen,
                )
                % counts
            )
    late = found.outcomes.get("late", 0)
    if late:
        said.append(
            ngettext("%(count)s hand-over was late.", "%(count)s hand-overs were late.", late)
            % {"count": format_number(late)}
        )
    missed = found.outcomes.get("not_there", 0)
    if missed:
        said.append(
            ngettext("%(count)s time nobody was there.", "%(count)s times nobody was there.", missed)
            % {"count": format_number(missed)}
        )
    return said


def own_record(found: Record) -> list[str]:
    """Return somebody's own record, to herself."""
    counts = {"happened": found.happened, "late": found.late, "could_not": found.could_not, "silent": found.silent}
    shown = {name: format_number(number) for name, number in counts.items()}
    said = [
        ngettext("%(happened)s promise was kept.", "%(happened)s promises were kept.", found.happened) % shown,
    ]
    if found.late:
        said.append(ngettext("%(late)s of them late.", "%(late)s of them late.", found.late) % shown)
    if found.could_not:
        said.append(
            ngettext(
                "%(could_not)s time it could not be done after all.",
                "%(could_not)s times it could not be done after all.",
                found.could_not,
            )
            % shown
        )
    if found.silent:
        said.append(
            ngettext(
                "%(silent)s promise was let go after a long silence.",
                "%(silent)s promises were let go after a long silence.",
                found.silent,
            )
            % shown
        )
    return said
