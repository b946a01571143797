"""The clock of the story: what is to happen, in order of time, and which hand writes it down."""

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

from taawun.house.demo.hand import Hand

Act = Callable[[], None]
# No two things happen at once, so that the journal's order is the order of time.
APART = timedelta(milliseconds=1)


class Story:
    """Runs acts in order of time from ``begun`` to ``end``. At ``cut`` the slow hand takes over from the swift one."""

    def __init__(self, swift: Hand, slow: Hand, *, begun: datetime, cut: datetime, end: datetime) -> None:
        self.hand = swift
        self._slow = slow
        self.begun, self.cut, self.end = begun, cut, end
        self.now = begun
        self._coming: list[tuple[datetime, int, Act]] = []
        self._number = itertools.count()

    def at(self, when: datetime, act: Act) -> None:
        """Let something happen then, if the story lasts that long."""
        if when < self.end:
            heapq.heappush(self._coming, (max(when, self.now), next(self._number), act))

    def run(self, progress: Callable[[datetime], None], at_cut: Act) -> None:
        """Tell it all; the last hand is put down by the caller. ``progress`` hears each new day, ``at_cut`` is done
        when the swift hand has been put down.
        """
        day = self.begun.date()
        while self._coming:
            when, _, act = heapq.heappop(self._coming)
            if self.hand is not self._slow and when >= self.cut:
                self.hand.put_down()
                self.hand = self._slow
                at_cut()
            self.now = max(when, self.now + APART)
            if self.now.date() != day:
                day = self.now.date()
                progress(self.now)
            act()
