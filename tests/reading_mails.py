"""A mail's HTML part, read without any of our own code."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Read:
    """What stands in the HTML. A link in the small print counts as its address, as it is shortened there."""

    language: str = ""
    title: str = ""
    paragraphs: list[str] = field(default_factory=list)
    button: str = ""
    links: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)


def read(html: str) -> Read:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.opened == [], "every element is closed"
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = Read()
        self.opened: list[str] = []
        self._in_button = self._in_address = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.found.tags.add(tag)
        self.found.attributes |= set(given)
        if tag != "meta":
            self.opened.append(tag)
        if tag == "html":
            self.found.language = given["lang"]
        elif tag == "p":
            self.found.paragraphs.append("")
        elif tag == "a":
            self.found.links.append(given["href"])
            self._in_button = given.get("class") == "button"
            self._in_address = not self._in_button
            if self._in_address:
                self.found.paragraphs[-1] += given["href"]

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag
        if tag == "a":
            self._in_button = self._in_address = False
        elif tag == "p" and not self.found.paragraphs[-1].strip():
            self.found.paragraphs.pop()  # the button's own

    def handle_data(self, words: str) -> None:
        place = self.opened[-1] if self.opened else ""
        if place == "title":
            self.found.title += words
        elif self._in_button:
            self.found.button += words
        elif place == "p":
            self.found.paragraphs[-1] += words
        elif place not in {"style", "a"}:
            assert not words.strip(), f"words outside of a paragraph: {words!r}"
