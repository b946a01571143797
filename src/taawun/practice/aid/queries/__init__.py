"""What pages, the API and other rooms read of aid, each in a bounded number of statements."""

from taawun.practice.aid.queries.board import Board, Card, Filters, board, card, cards
from taawun.practice.aid.queries.lists import near, places, waiting
from taawun.practice.aid.queries.mine import Mine, looks_at, mine
from taawun.practice.aid.queries.suggest import Suggestion, suggest

__all__ = [
    "Board", "Card", "Filters", "Mine", "Suggestion",
    "board", "card", "cards", "looks_at", "mine", "near", "places", "suggest", "waiting",
]
