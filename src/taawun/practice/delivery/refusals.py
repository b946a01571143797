"""The sentences of this room's refusals."""

from django.utils.translation import gettext_lazy as _

from taawun.ground.values import refusal

refusal.register(
    {
        "room.unknown": _("Room is counted in boxes, litres, seats and kilograms."),
        "room.amount": _("Write a whole number from 0 to %(limit)s."),
        "needs.unknown": _("Choose what it needs from the list."),
        "hours.both": _("Write both hours, from and until, or neither."),
        "hours.backwards": _("The end is before the beginning. Choose a later end."),
        "rest.minutes": _("Write how long the break is: from 0 to 480 minutes."),
        "rest.times": _("Write between which hours the break lies."),
        "rest.fits": _("The break does not fit between these hours. Make it shorter, or the span longer."),
        "depot.name": _("Give the depot a name, for example Food bank, Mill Road."),
        "depot.place": _("Say where the depot is: an area, or a position."),
        "depot.too_many": _("At most %(limit)s depots are possible. End one first."),
        "carrier.too_many": _("At most %(limit)s carriers are possible. End one first."),
        "carrier.already": _("They carry with this vehicle already. Change that entry instead."),
        "carrier.vehicle": _("Choose what they carry with from the list."),
        "carrier.place": _("Choose where the round begins and ends from the list."),
        "carrier.limit": _("Write a whole number from 1 to %(limit)s, or leave it empty for no limit."),
        "carrier.pair": _("Choose somebody else: two different people go together."),
        "carrier.may_carry": _("Choose what they may carry from the list."),
        "carrier.own_vetting": _("Another coordinator has to say this about you."),
        "carrier.has_runs": _(
            "There are promised rounds of this carrier. Drop out of them first, or wait until they are done."
        ),
        "preferences.range": _("Write a whole number from %(least)s to %(most)s."),
        "plan.past": _("This day is past. Choose today or a later day."),
        "plan.too_far": _("Choose a day within the next %(limit)s days."),
        "plan.goal": _("Choose between shortest and even."),
        "plan.depot": _("Choose depots from the list."),
        "plan.carrier": _("Choose carriers from the list, who are not on this day already."),
        "plan.unknown": _("Choose from the list."),
        "plan.closed": _("This day is closed and can't be changed any more."),
        "plan.going_on": _("The rounds are being planned at this moment. Wait, or say that it is good enough."),
        "plan.not_now": _("This can't be done with the plan as it is now."),
        "plan.changed": _("Somebody else has changed this plan in the meantime. See what is new, then do it again."),
        "plan.nothing_to_add": _(
            "None of these can be added: they are on a plan already, taken, or not possible on this day."
        ),
        "plan.no_carriers": _("Nobody carries on this day yet. Add a carrier first."),
        "plan.no_stops": _("There is nothing to carry yet. Add needs first."),
        "plan.no_depot": _("Say from which depot the goods come. Choose at least one."),
        "plan.seconds": _("Choose from 1 to 600 seconds."),
        "plan.nothing_to_promise": _("There is no planned round with stops to promise. Plan first."),
        "run.over": _("This round is over."),
        "run.told": _("This carrier was told already. She can drop out of the round instead."),
        "run.not_promise": _("This round was promised already."),
        "run.not_start": _("Only a promised round can be started, and only once."),
        "run.not_finish": _("Only a promised round can be finished."),
        "run.not_cancel": _("This round is over."),
        "run.not_promised": _("This round was not promised yet. Take the carrier out of the plan instead."),
        "run.needs_pair": _("Round %(number)s needs a second person. Say who goes along, then promise it."),
        "run.not_vetted": _(
            "Round %(number)s has medicine or cash on it, and its carrier may not carry that. Move it first."
        ),
        "stop.over": _("This stop is over and can't be changed any more."),
        "stop.no_run": _("It is on no round yet. Put it on one first."),
        "stop.promised_amount": _("The amount was promised as it is. What arrives is said at the door."),
        "stop.amount": _("Write an amount above zero that is still open."),
        "stop.other_day": _("This time is not on the day of the rounds."),
        "stop.service": _("Write how many minutes it takes: from 0 to %(limit)s."),
        "stop.no_place": _("No place is known for this stop, so it can't be put on a round. Give the need an area."),
        "move.position": _("Write which place on the round: 1 is the first."),
        "move.run": _("Choose a round from the list that is not over."),
        "move.impossible": _("It can't be put there: what lies before has happened already."),
        "standing.too_many": _("At most %(limit)s rounds that come again are possible. End one first."),
        "standing.name": _("Give the round a name, for example Thursday boxes."),
        "standing.weekdays": _("Choose at least one day of the week."),
        "standing.every": _("Write a whole number from 1 to %(limit)s."),
        "solver.missing": _(
            "This server can't plan rounds: the libraries for it are not installed. Move stops by hand, or ask whoever runs it."
        ),
    }
)
