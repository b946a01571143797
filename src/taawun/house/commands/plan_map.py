"""The map of `./taawun plan --map`: one page without a script and without a request to anybody, to open or to print.

A street map would have to be fetched from somewhere; the drawing shows which door lies beside which, and who calls there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from taawun.ground.words.languages import language_of
from taawun.house.commands.match_words import kilometres
from taawun.house.commands.plan_reading import clock
from taawun.house.commands.plan_rounds import Day
from taawun.house.commands.plan_words import calls, driven

WIDTH, HEIGHT, MARGIN = 1000, 760, 40
# Told apart without colour too: each round has its own dashes, and its number stands on every stop.
COLOURS = ("#0b5d51", "#b4530a", "#1f5fa8", "#8a2c2c", "#6a4a9c", "#4d6b12", "#8c2f6b", "#34606b", "#7a5a00", "#3b3b9c", "#a03050", "#2f6f3a")  # fmt: skip
DASHES = ("", "10 5", "3 4", "14 4 3 4", "6 3", "1 5")
STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:0;color:#1b2421;background:#f6f7f4}
main{max-width:70rem;margin:auto;padding:1rem;display:grid;gap:1rem}
h1{font-size:1.4rem;margin:0}h2{font-size:1.05rem;margin:0 0 .3rem;display:flex;gap:.5rem;align-items:center;flex-wrap:wrap}
svg.map{inline-size:100%;block-size:auto;background:#fff;border:1px solid #cfd6d0;border-radius:8px}
.rounds{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(min(22rem,100%),1fr))}
section{background:#fff;border:1px solid #cfd6d0;border-radius:8px;padding:.8rem;break-inside:avoid}
ol{margin:0;padding-inline-start:0;list-style:none;display:grid;gap:.25rem}
li{display:grid;grid-template-columns:2rem 4rem 1fr;gap:.4rem}
.no{font-weight:700}.muted{color:#55625c}
@media print{body{background:#fff}main{padding:0}}
"""


def page(day: Day, title: str, language: str) -> str:
    """Return the page as HTML."""
    known = language_of(language)
    rounds = "".join(_round(day, number) for number, _carrier, _run in driven(day))
    left = "".join(
        f"<li><span class=no>–</span><span></span><span><bdi>{escape(one.name or one.id)}</bdi> "
        f"<span class=muted>{escape(one.why)}</span></span></li>"
        for one in day.left
    )
    missing = f"<section><h2>{escape(pgettext('status', 'not planned'))}</h2><ol>{left}</ol></section>" if left else ""
    return (
        f'<!doctype html><html lang="{known.code}" dir="{known.direction}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main><h1>{escape(title)}</h1>"
        f'{_drawing(day)}<div class="rounds">{rounds}{missing}</div></main></body></html>\n'
    )


def _colour(number: int) -> str:
    return COLOURS[(number - 1) % len(COLOURS)]


def _round(day: Day, number: int) -> str:
    carrier, run = next((carrier, run) for one, carrier, run in driven(day) if one == number)
    rows = []
    for place, (visit, delivery, depot, collecting) in enumerate(calls(day, run), start=1):
        if delivery is None:
            told = f"{escape(pgettext('task', 'load'))}: <bdi>{escape(depot.name if depot else '')}</bdi>"
        else:
            door = " · ".join(filter(None, (delivery.door, delivery.area)))
            verb = f"{escape(pgettext('task', 'pick up'))}: " if collecting else ""
            told = f"{verb}<bdi>{escape(delivery.name or delivery.id)}</bdi> <span class=muted><bdi>{escape('' if collecting else door)}</bdi></span>"
        rows.append(f"<li><span class=no>{place}</span><span dir=ltr>{clock(visit.begin)}</span><span>{told}</span></li>")
    swatch = f'<svg width="26" height="12" aria-hidden="true">{_line([(0, 6), (26, 6)], number)}</svg>'
    facts = f"{clock(run.begin)}–{clock(run.end)} · {kilometres(run.metres / 1000)}"
    return (
        f'<section><h2>{swatch}<span style="color:{_colour(number)}">{number}</span> <bdi>{escape(carrier.name)}</bdi></h2>'
        f"<p class=muted>{escape(facts)}</p><ol>{''.join(rows)}</ol></section>"
    )


def _drawing(day: Day) -> str:
    points = [(one.latitude, one.longitude) for one in day.deliveries]
    points += [(one.latitude, one.longitude) for one in day.depots]
    points += [one.pickup for one in day.deliveries if one.pickup is not None]
    points += [carrier.home for _number, carrier, _run in driven(day) if carrier.home is not None]
    if not points:
        return ""
    put, metres = _projection(points)
    parts = [_bar(metres)]
    parts += [_line(list(_way(day, number, put)), number) for number, _carrier, _run in driven(day)]
    for one in day.depots:
        x, y = put(one.latitude, one.longitude)
        parts.append(f'<rect x="{x - 9:.1f}" y="{y - 9:.1f}" width="18" height="18" fill="#f2a81d" stroke="#1b2421"><title>{escape(one.name)}</title></rect>')
    parts += [mark for number, _carrier, _run in driven(day) for mark in _marks(day, number, put)]
    unplanned = {one.line for one in day.left}
    for delivery in day.deliveries:
        if delivery.line in unplanned:
            x, y = put(delivery.latitude, delivery.longitude)
            parts.append(f'<path d="M{x - 6:.1f} {y - 6:.1f}l12 12m0 -12l-12 12" stroke="#a11" stroke-width="3"><title>{escape(delivery.name or delivery.id)}</title></path>')
    label = escape(_("The rounds as a drawing; the same is in the lists below it."))
    return f'<svg class="map" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}" direction="ltr">{"".join(parts)}</svg>'


def _projection(points: Sequence[tuple[float, float]]):  # type: ignore[no-untyped-def]
    """Return what puts a place on the drawing, and how many metres its width is. A few far points do not squeeze the rest."""
    latitudes, longitudes = sorted(p[0] for p in points), sorted(p[1] for p in points)
    cut = len(points) // 50
    low, high = latitudes[cut], latitudes[-1 - cut]
    west, east = longitudes[cut], longitudes[-1 - cut]
    stretch = math.cos(math.radians((low + high) / 2)) or 1e-9
    scale = min((WIDTH - 2 * MARGIN) / max((east - west) * stretch, 1e-4), (HEIGHT - 2 * MARGIN) / max(high - low, 1e-4))

    def put(latitude: float, longitude: float) -> tuple[float, float]:
        x = WIDTH / 2 + (longitude - (west + east) / 2) * stretch * scale
        y = HEIGHT / 2 - (latitude - (low + high) / 2) * scale
        return min(max(x, 8), WIDTH - 8), min(max(y, 8), HEIGHT - 8)

    return put, WIDTH / scale * 111_195


def _way(day: Day, number: int, put) -> Iterator[tuple[float, float]]:  # type: ignore[no-untyped-def]
    carrier, run = next((carrier, run) for one, carrier, run in driven(day) if one == number)
    carriers = day.problem.carriers
    if carriers.start[run.carrier] == -1 and carrier.home is not None:
        yield put(*carrier.home)
    for _visit, delivery, depot, collecting in calls(day, run):
        yield _place(delivery, depot, collecting, put)
    end = int(carriers.end[run.carrier])
    if end == -1 and carrier.home is not None:
        yield put(*carrier.home)
    elif end >= 0:
        yield put(day.depots[end].latitude, day.depots[end].longitude)


def _place(delivery, depot, collecting, put) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    if delivery is None:
        return put(depot.latitude, depot.longitude)  # type: ignore[no-any-return]
    return put(*delivery.pickup) if collecting else put(delivery.latitude, delivery.longitude)  # type: ignore[no-any-return]


def _marks(day: Day, number: int, put) -> Iterator[str]:  # type: ignore[no-untyped-def]
    _carrier, run = next((carrier, run) for one, carrier, run in driven(day) if one == number)
    for place, (visit, delivery, depot, collecting) in enumerate(calls(day, run), start=1):
        if delivery is None:
            continue
        x, y = _place(delivery, depot, collecting, put)
        told = f"{number}.{place} · {clock(visit.begin)} · {delivery.name or delivery.id}"
        yield (
            f'<g><title>{escape(told)}</title><circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="{_colour(number)}"/>'
            f'<text x="{x:.1f}" y="{y + 3.6:.1f}" font-size="10" text-anchor="middle" fill="#fff">{place}</text></g>'
        )


def _line(way: Sequence[tuple[float, float]], number: int) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in way)
    dashes = DASHES[(number - 1) // len(COLOURS) % len(DASHES)] if number > len(COLOURS) else DASHES[(number - 1) % len(DASHES)]
    return f'<polyline points="{points}" fill="none" stroke="{_colour(number)}" stroke-width="2.5" stroke-dasharray="{dashes}" stroke-linejoin="round"/>'


def _bar(metres_wide: float) -> str:
    """A bar of a round length, so that one sees how far it is."""
    wanted = metres_wide / 6
    length = 10 ** math.floor(math.log10(wanted))
    length *= next(step for step in (5, 2, 1) if step * length <= wanted)
    pixels = WIDTH * length / metres_wide
    name = kilometres(length / 1000) if length >= 100 else f"{length:.0f} m"
    y = HEIGHT - 14
    return f'<path d="M14 {y - 6}v6h{pixels:.0f}v-6" fill="none" stroke="#55625c" stroke-width="2"/><text x="{20 + pixels:.0f}" y="{y}" font-size="14" fill="#55625c">{escape(name)}</text>'
