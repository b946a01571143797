"""What carrying declares when the app is ready: sentences, entries of the record, reasons to look, what stands beside a need."""

from taawun.community.circles import sentences
from taawun.community.people import belongings
from taawun.practice.aid import beside
from taawun.practice.delivery import carry_refusals, carry_wording  # noqa: F401  (registers its refusals)
from taawun.practice.delivery.pages import coming


def declare() -> None:
    sentences.register(carry_wording.ENTRIES)
    belongings.name_reasons(carry_wording.REASONS)
    beside.register(coming.beside_needs)
