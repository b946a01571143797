"""Aid over the API: the same actions and queries as the pages, for programs."""

from taawun.practice.aid.api.commitments import router as commitments
from taawun.practice.aid.api.intents import router as intents
from taawun.practice.aid.api.lists import router as lists
from taawun.practice.aid.api.receipts import router as receipts

routers = (intents, commitments, lists, receipts)

__all__ = ["routers"]
