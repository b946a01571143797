"""A walk through the pages: one browser window a person, kept from page to page as people keep theirs."""

from __future__ import annotations

from typing import Any

from tests.browser.pages import Shown


class Walk:
    """The windows, and what they complained of since the last page."""

    def __init__(self, house: Any, chromium: Any, states: Any) -> None:
        self.house, self.chromium, self.states = house, chromium, states
        self.windows: dict[tuple[str, str, str], Any] = {}
        self.complaints: list[str] = []

    def to(self, shown: Shown, gallery: str, *, width: int = 360, scheme: str = "light") -> Any:
        page = self._window(gallery, shown.who, scheme)
        page.set_viewport_size({"width": width, "height": 800})
        self.complaints.clear()
        shown.open(page, page.gallery)
        return page

    def _window(self, gallery: str, who: str, scheme: str) -> Any:
        key = (gallery, who, scheme)
        if key not in self.windows:
            facts = self.house.facts["galleries"][gallery]
            state = {"storage_state": self.states[f"{gallery} {who}"]} if who else {}
            context = self.chromium.new_context(
                base_url=self.house.url, locale=facts["language"], color_scheme=scheme, **state
            )
            page = context.new_page()
            page.gallery = facts
            page.on("console", self._told)
            page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
            page.on("dialog", self._asked)
            self.windows[key] = page
        return self.windows[key]

    def _told(self, message: Any) -> None:
        # The browser notes every answer that is no "200" of a page that is meant to be one of these.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(message.text)

    def _asked(self, dialog: Any) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()
