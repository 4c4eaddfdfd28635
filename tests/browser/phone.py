"""A phone in somebody's hand: opens pages, taps, and after every page looks whether anything is wrong with it."""

import re
from typing import Any

from playwright.sync_api import Locator, Page

WIDTH, HEIGHT = 390, 844
# A refusal is an answer like any other, but chromium writes its status into the console.
EXPECTED = re.compile(r"status of (404|409|422)")


class Phone:
    """One person's browser. `taps` counts what her thumb did; typing is not counted."""

    def __init__(self, page: Page, base: str, lang: str, *, scripted: bool) -> None:
        self.page, self.base, self.scripted, self.taps = page, base, scripted, 0
        self.lang = {"zh": "zh-CN", "en": "en"}[lang]
        self.wrong: list[str] = []
        page.on("console", lambda said: self._hear(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self._hear(str(error)))
        page.on("response", lambda answer: self._hear(f"{answer.status} {answer.url}") if answer.status >= 500 else None)

    def _hear(self, words: str) -> None:
        if not EXPECTED.search(words):
            self.wrong.append(words)

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)
        self.look()

    def at(self, what: str) -> Locator:
        return self.page.locator(what)

    def tap(self, what: str, *, opens: bool = True) -> None:
        """Tap the one visible thing that `what` (a CSS selector) names; `opens` a page unless said otherwise."""
        self.taps += 1
        self._opening(self.at(f"{what} >> visible=true").first.click, opens)

    def type(self, name: str, text: str) -> None:
        """Key by key, as a thumb does."""
        self.at(f"[name={name}] >> visible=true").first.press_sequentially(text)

    def press(self, name: str, key: str, *, opens: bool = False) -> None:
        self._opening(lambda: self.at(f"[name={name}]").first.press(key), opens)

    def _opening(self, act: Any, opens: bool) -> None:
        if not opens:
            act()
            return
        with self.page.expect_navigation():
            act()
        self.page.wait_for_load_state("networkidle")
        self.look()

    def find(self, text: str) -> Locator:
        """The rows that the search shows for this, whether typed live or sent with Enter."""
        self.at("[name=q]").fill(text)
        if not self.scripted:
            self.press("q", "Enter", opens=True)
        self.at(f"#results[data-typed='{text}']").wait_for()
        return self.at("#results a.row")

    def open(self, name: str, typed: str = "") -> None:
        """Find somebody and open her file."""
        self.find(typed or name)
        self.tap(f"#results a.row:has-text('{name}')")

    def words(self, what: str = "main") -> str:
        return self.at(what).first.inner_text()

    def look(self) -> None:
        """No page may break out of the screen, speak the wrong language, or complain in the console."""
        html = self.at("html")
        assert html.get_attribute("lang") == self.lang, self.page.url
        assert self.overflow() <= 0, f"{self.page.url} is {self.overflow()} px wider than the screen"
        assert not self.wrong, f"{self.page.url}: {self.wrong}"

    def overflow(self) -> int:
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
