"""Aid over the API: the same actions and queries as the pages, for programs."""

from taawun.practice.aid.api.commitments import router as commitments
from taawun.practice.aid.api.intents import router as intents
from taawun.practice.aid.api.lists import router as lists
from taawun.practice.aid.api.organisations import router as organisations
from taawun.practice.aid.api.proposals import router as proposals
from taawun.practice.aid.api.receipts import router as receipts
from taawun.practice.aid.api.series import router as series
from taawun.practice.aid.api.sharing import router as sharing
from taawun.practice.aid.api.twice import router as twice

routers = (intents, commitments, lists, organisations, proposals, receipts, series, sharing, twice)

__all__ = ["routers"]
