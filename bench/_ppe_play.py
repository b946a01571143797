"""One strategy played through the harness of ``ppe-match``; run by bench/_ppe.py in a process that has the package and its pandas.

    python -m bench._ppe_play '{"strategy": "ours", "rates": {"way": 1}}'     prints what came out as JSON

The harness calls a strategy every seven days with what is offered and needed on that day, oldest date and quantity left for
each person and kind, and the distances between them. Ours remembers what it saw before, and knows nothing of what comes.
"""

import contextlib
import io
import json
import logging
import sys
import time
from typing import Any

import numpy as np
import pandas as pd
from ppe_match import TestingFramework, strategies, testing_framework

from taawun.solve.matching.rounds import Limits, Patience, Rates, Round, Sent, send
from taawun.solve.matching.ways import bound

SEED = 5
# Sixteen rounds: whatever the machine, no more than a minute in all.
ROUND_SECONDS = 2.0
METRICS = {
    "fill rate": "fill",
    "avg unit-miles": "unit_miles",
    "avg holding time": "holding_days",
    "avg number of shipments": "shipments",
}


class Ours:
    """Rounds of ``taawun.solve.matching.rounds`` behind the harness's interface: frames in, a frame out."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.rates = Rates(**asked.get("rates", {}))
        self.patience = Patience(**asked.get("patience", {}))
        self.limits = Limits(**asked.get("limits", {}))
        self.tries_each = asked.get("tries_each", 20)
        self.bounded = asked.get("bound", False)
        self.asked = pd.Series(dtype=float)  # of each receiver and kind, in all so far
        self.left = pd.Series(dtype=float)  # the same, still open after the round before
        self.ways = pd.Series(dtype=int)  # of each giver
        self.seconds = self.points = self.bound = 0.0

    def __call__(self, date: Any, offers: Any, requests: Any, distances: Any) -> Any:
        start = time.perf_counter()
        self._remember(requests)
        board = self._board(date, offers, requests, distances)
        sent = send(
            board,
            self.rates,
            self.patience,
            self.limits,
            tries_each=self.tries_each,
            time_limit_seconds=ROUND_SECONDS,
            seed=SEED,
        )
        answer = self._answer(offers, requests, sent)
        self.seconds += time.perf_counter() - start
        self.points += sent.points
        if self.bounded:
            self.bound += bound(sent.choices)
        return answer

    def _remember(self, requests: Any) -> None:
        open_now = requests.set_index(["rec_id", "ppe"])["qty"]
        new = open_now.sub(self.left.reindex(open_now.index, fill_value=0.0)) if len(self.left) else open_now
        self.asked = self.asked.add(new, fill_value=0.0) if len(self.asked) else new
        self.left = open_now

    def _board(self, date: Any, offers: Any, requests: Any, distances: Any) -> Round:
        giver, givers = pd.factorize(offers["don_id"])
        receiver, receivers = pd.factorize(requests["rec_id"])
        miles = np.full((givers.size, receivers.size), np.nan)
        at = (givers.get_indexer(distances["don_id"]), receivers.get_indexer(distances["rec_id"]))
        miles[at] = distances["distance"]
        offer_kind, request_kind = offers["ppe"].to_numpy(), requests["ppe"].to_numpy()
        pairs = [
            np.stack(
                np.meshgrid(np.flatnonzero(offer_kind == kind), np.flatnonzero(request_kind == kind), indexing="ij")
            )
            for kind in np.unique(offer_kind)
        ]
        offer, request = np.concatenate([pair.reshape(2, -1) for pair in pairs], axis=1)
        length = miles[giver[offer], receiver[request]]
        known = ~np.isnan(length)
        # Every kind counts the same, as many as ask for it: a request of a kind few ask for weighs more.
        of_kind = self.asked.groupby(level=1).size()
        weight = (of_kind.sum() / of_kind.size / of_kind.reindex(request_kind)).to_numpy()
        asked = self.asked.reindex(pd.MultiIndex.from_frame(requests[["rec_id", "ppe"]])).to_numpy()
        return Round(
            offer_quantity=offers["qty"].to_numpy().astype(np.int64),
            offer_giver=giver.astype(np.int64),
            offer_waited=((date - offers["date"]).dt.total_seconds() / 86400).to_numpy(),
            request_quantity=requests["qty"].to_numpy().astype(np.int64),
            request_asked=asked.astype(np.int64),
            request_weight=weight,
            request_receiver=receiver.astype(np.int64),
            pair_offer=offer[known],
            pair_request=request[known],
            pair_length=length[known],
            giver_ways=self.ways.reindex(givers, fill_value=0).to_numpy().astype(np.int64),
        )

    def _answer(self, offers: Any, requests: Any, sent: Sent) -> Any:
        given, asked = offers.iloc[sent.offer], requests.iloc[sent.request]
        answer = pd.DataFrame(
            {"don_id": given["don_id"].array, "rec_id": asked["rec_id"].array, "ppe": asked["ppe"].array}
        )
        made = answer.drop_duplicates(["don_id", "rec_id"]).groupby("don_id").size()
        self.ways = self.ways.add(made, fill_value=0) if len(self.ways) else made
        answer["qty"] = sent.quantity
        taken = answer.groupby(["rec_id", "ppe"])["qty"].sum()
        self.left = self.left.sub(taken.reindex(self.left.index, fill_value=0.0))
        return answer


def play(asked: dict[str, Any]) -> dict[str, float]:
    """Return the harness's figures, with a few of our own, for one strategy over all rounds."""
    ours = Ours(asked) if asked["strategy"] == "ours" else None
    strategy = ours or getattr(strategies, asked["strategy"])
    start = time.perf_counter()
    framework = TestingFramework(strategy=strategy, interval=asked.get("interval", 7))
    for table in (framework.all_donors, framework.all_recipients):
        # Some dates have seconds and some have none: without the format pandas leaves the column as text.
        table["date"] = pd.to_datetime(table["date"], format="ISO8601")
    # Its run() sets the level to debug and writes whole tables.
    testing_framework.logger.handlers.clear()
    logging.disable(logging.ERROR)
    with contextlib.redirect_stderr(io.StringIO()):
        framework.run()
    metrics = framework.get_metrics().set_index("metric_name")["value"]
    result = {name: float(metrics[theirs]) for theirs, name in METRICS.items()}
    decisions = framework.get_decisions()
    ways = decisions.drop_duplicates(["don_id", "rec_id", "date"])
    result["miles_a_way"] = float(ways["distance"].mean())
    result["most_ways"] = float(ways.groupby("don_id").size().max())
    result["met"] = float(len(decisions.drop_duplicates(["rec_id", "ppe"])))
    result["seconds"] = time.perf_counter() - start
    if ours:
        result |= {"own_seconds": ours.seconds, "points": ours.points, "bound": ours.bound}
    return result


if __name__ == "__main__":
    print(json.dumps(play(json.loads(sys.argv[1]))))
