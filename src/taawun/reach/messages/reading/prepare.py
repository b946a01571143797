"""A message before it is read: its words, the languages it is in, and the forms its words may stand for."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from taawun.ground.words.phrases import Match, PhraseBook, Sense, Word, longest
from taawun.ground.words.stems import forms
from taawun.ground.words.tokens import Token, tokens
from taawun.reach.messages.reading.draft import Span
from taawun.reach.messages.reading.lexicon import Lexicon, Sounds

_ARABIC_SCRIPT: Final = ("ar", "ur", "fa")
_LATIN_SCRIPT: Final = ("en", "fr", "tr", "id", "ur", "sw")
_ARABIZI: Final = "ar"
_URDU_LETTERS: Final = re.compile("[ٹڈڑںےھہۓ]")
_PERSIAN_LETTERS: Final = re.compile("[پچژگ\u200c]|می")
_ARABIC_LETTERS: Final = re.compile("[ةأإىؤضظ]")
_TURKISH_LETTERS: Final = re.compile("[ğşıİĞŞ]")
_FRENCH_LETTERS: Final = re.compile("[éèêàùœçÉÀ]")
_LETTERS_FEW: Final = 2
_MIXED: Final = re.compile("[a-z]*[23579][a-z]+|[a-z]+[23579]", re.IGNORECASE)
# A language counts as spoken in a message from this share of the best one's evidence.
_SPOKEN_SHARE: Final = 0.45
# Arabic in Latin letters shows by few words, and no other language is taken for it.
_ARABIZI_SHARE: Final = 0.3
_KNOWN, _MEANT, _HINTED, _USUAL = 1.0, 0.4, 1.5, 0.3
_SENTENCE_END: Final = re.compile(r"[.!?؟۔।\n]")


@dataclass(slots=True)
class Prepared:
    """The words with their forms, and what the books know in them."""

    text: str
    tokens: list[Token]
    words: list[Word]
    languages: tuple[str, ...]
    markers: list[Match[str]] = field(default_factory=list)
    senses: list[Match[Sense]] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    """For each word, in which sentence it stands."""
    questions: set[int] = field(default_factory=set)
    """The sentences that end with a question mark."""

    offered: bool = False
    """Whether the message was found to offer."""

    lexicon: Lexicon | None = None

    def number_words(self, language: str) -> set[str]:
        """Return the words for numbers in a language, as they are spelt."""
        return self.lexicon.numbers.get(language, set()) if self.lexicon else set()

    def span(self, first: int, last: int) -> Span:
        return self.tokens[first].start, self.tokens[last - 1].end

    def marked(self, *markers: str) -> list[Match[str]]:
        """Return the matches of these markers; of those that overlap the longest only."""
        wanted = set(markers)
        return longest([one for one in self.markers if one.value in wanted])

    def at(self, index: int, *markers: str) -> Match[str] | None:
        """Return the longest match of these markers that begins at a word."""
        found = [one for one in self.markers if one.first == index and one.value in markers]
        return max(found, key=lambda one: one.last, default=None)

    def ends_at(self, index: int, *markers: str) -> Match[str] | None:
        """Return the longest match of these markers that ends before a word."""
        found = [one for one in self.markers if one.last == index and one.value in markers]
        return min(found, key=lambda one: one.first, default=None)


def prepare(
    text: str, lexicon: Lexicon, books: Sequence[PhraseBook[Sense]], sounds: Sounds, usual: Iterable[str]
) -> Prepared:
    """Return the message ready to be read. ``usual`` are the languages of the community: they break a tie."""
    found = tokens(text)
    scripts = _languages(found, lexicon, books, tuple(usual))
    words = [_word(one, scripts, lexicon, books, sounds) for one in found]
    spoken = tuple(dict.fromkeys(one for several in scripts.values() for one in several))
    prepared = Prepared(text, found, words, spoken, lexicon=lexicon)
    searched = tuple(dict.fromkeys((*spoken, "en"))) if scripts["latin"] else spoken
    prepared.markers = lexicon.book.find(words, searched)
    for book in books:
        prepared.senses += book.find(words, searched)
    prepared.senses = [one for one in prepared.senses if not _is_another_word(one, words, lexicon, books)]
    prepared.markers = [one for one in prepared.markers if not _is_foreign(one, found, scripts, lexicon)]
    prepared.senses = [one for one in prepared.senses if not _is_foreign(one, found, scripts, lexicon)]
    prepared.sentences = _sentences(text, found)
    prepared.questions = _questions(text, found, prepared.sentences)
    return prepared


def _is_another_word(
    match: Match[Any], words: Sequence[Word], lexicon: Lexicon, books: Sequence[PhraseBook[Sense]]
) -> bool:
    """Whether a kind was found by taking apart a word that has a meaning of its own: "bukra" is no rent."""
    if match.last - match.first > 1:
        return False
    spelt = words[match.first].spelt.get(match.language, (words[match.first].token.key,))
    own = lexicon.alone.get(match.language, set())
    return spelt[0] in own and not any(spelt[0] in book.known.get(match.language, ()) for book in books)


def _is_foreign(
    match: Match[Any], found: Sequence[Token], scripts: dict[str, tuple[str, ...]], lexicon: Lexicon
) -> bool:
    """Whether a single word is read in a second language though it is a word of the first: "a" is French and English."""
    token = found[match.first]
    spoken = scripts[token.script]
    if match.last - match.first > 1 or not spoken or match.language == spoken[0] or token.script == "digits":
        return False
    return token.key in lexicon.alone.get(spoken[0], ())


def _sentences(text: str, found: Sequence[Token]) -> list[int]:
    numbers: list[int] = []
    at = number = 0
    for one in found:
        if _SENTENCE_END.search(text, at, one.start):
            number += 1
        numbers.append(number)
        at = one.end
    return numbers


def _questions(text: str, found: Sequence[Token], sentences: Sequence[int]) -> set[int]:
    asked: set[int] = set()
    for at, one in enumerate(found):
        end = found[at + 1].start if at + 1 < len(found) else len(text)
        if any(mark in text[one.end : end] for mark in "?؟"):
            asked.add(sentences[at])
    return asked


def _languages(
    found: Sequence[Token], lexicon: Lexicon, books: Sequence[PhraseBook[Sense]], usual: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    """Return the languages of the words of each script, the likeliest first."""
    scripts: dict[str, tuple[str, ...]] = {"latin": (), "arabic": (), "bengali": (), "digits": (), "other": ()}
    for script, candidates in (("latin", _LATIN_SCRIPT), ("arabic", _ARABIC_SCRIPT)):
        here = [one for one in found if one.script == script]
        if here:
            scripts[script] = _spoken(here, script, candidates, lexicon, books, usual)
    if any(one.script == "bengali" for one in found):
        scripts["bengali"] = ("bn",)
    every = tuple(dict.fromkeys(one for several in scripts.values() for one in several))
    scripts["digits"] = every
    return scripts


def _spoken(
    here: Sequence[Token],
    script: str,
    candidates: Sequence[str],
    lexicon: Lexicon,
    books: Sequence[PhraseBook[Sense]],
    usual: tuple[str, ...],
) -> tuple[str, ...]:
    score = {language: _USUAL if language in usual else 0.0 for language in candidates}
    for token in here:
        for language in candidates:
            if token.key in lexicon.common.get(language, ()):
                score[language] += _KNOWN
            elif len(token.key) >= 4 and any(token.key in book.known.get(language, ()) for book in books):
                score[language] += _MEANT
        if script == "arabic":
            score["ur"] += _HINTED * bool(_URDU_LETTERS.search(token.text))
            score["fa"] += _HINTED * bool(_PERSIAN_LETTERS.search(token.text) and not _URDU_LETTERS.search(token.text))
            score["ar"] += _HINTED * bool(_ARABIC_LETTERS.search(token.text))
        else:
            score["tr"] += _HINTED * bool(_TURKISH_LETTERS.search(token.text))
            score["fr"] += _KNOWN * bool(_FRENCH_LETTERS.search(token.text))
    if script == "latin":
        others = set().union(*(lexicon.common.get(one, set()) for one in candidates))
        arabizi = 0.0
        for one in here:
            if _MIXED.fullmatch(one.text) and not one.text.isalpha():
                arabizi += _KNOWN
            elif one.key in lexicon.common_latin:
                arabizi += _USUAL if one.key in others else _KNOWN
        if arabizi:
            score[_ARABIZI] = arabizi
    best = max(score.values())
    if best <= _USUAL:
        return tuple(language for language in candidates if score[language] > 0) or tuple(candidates[:1])
    spoken = [
        one
        for one in score
        if score[one] >= best * (_ARABIZI_SHARE if one == _ARABIZI and script == "latin" else _SPOKEN_SHARE)
    ]
    return tuple(sorted(spoken, key=lambda one: -score[one]))


def _word(
    token: Token,
    scripts: dict[str, tuple[str, ...]],
    lexicon: Lexicon,
    books: Sequence[PhraseBook[Sense]],
    sounds: Sounds,
) -> Word:
    spoken = scripts[token.script]
    word = Word(token)
    for language in spoken:
        if language == _ARABIZI and token.script == "latin":
            if spoken[0] != _ARABIZI and _is_known(word, spoken, lexicon, books):
                continue
            heard = sounds.read(token.key, common=token.key in lexicon.common_latin)
            if len(token.key) <= _LETTERS_FEW:
                # "l", "el", "fi": of so few letters only a word as short is heard.
                heard = tuple(one for one in heard if len(one) <= len(token.key))
            word.spelt[language] = heard or (token.key,)
            word.forms[language] = tuple(
                dict.fromkeys((token.key, *(form for one in heard for form in forms(one, language))))
            )
        else:
            word.forms[language] = forms(token.key, language)
    # Words of English are borrowed everywhere; where a spoken language knows the word, it is that language's.
    if token.script == "latin" and "en" not in spoken and not _is_known(word, spoken, lexicon, books):
        word.forms["en"] = forms(token.key, "en")
    named = token.text[:1].isupper() and not token.text.isupper()
    if (
        token.script in ("latin", "arabic", "bengali")
        and not named
        and not _is_known(word, (*spoken, "en"), lexicon, books)
    ):
        _guess(word, spoken, lexicon, books)
    return word


def _is_known(word: Word, languages: Iterable[str], lexicon: Lexicon, books: Sequence[PhraseBook[Sense]]) -> bool:
    for language in languages:
        shelves: list[set[str]] = [book.known.get(language, set()) for book in books]
        shelves.append(lexicon.book.known.get(language, set()))
        if any(form in shelf for form in word.forms.get(language, ()) for shelf in shelves):
            return True
    return False


def _guess(word: Word, spoken: Iterable[str], lexicon: Lexicon, books: Sequence[PhraseBook[Sense]]) -> None:
    """A word nobody listed may be a listed one with a slip in it."""
    for language in spoken:
        if language == _ARABIZI and word.token.script == "latin":
            continue
        key = word.token.key
        nearest = [book.nearest(key, language) for book in books]
        near = next((one for one in (*nearest, lexicon.book.nearest(key, language)) if one is not None), None)
        if near is not None:
            word.forms[language] = (*word.forms[language], *forms(near, language))
            word.mistyped = True
            return
