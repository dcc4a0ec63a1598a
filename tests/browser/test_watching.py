"""The watch that every browser test relies on must itself be able to fail."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watch

BREACHES = {
    "inline script": ("<script>window.seen = 1</script>", "policy"),
    "inline style": ("<style>p { color: red }</style>", "policy"),
    "style attribute": ('<p style="color: red">text</p>', "policy"),
    "handler": ('<p onclick="window.seen = 1">text</p>', "policy"),
    "another host": ('<img src="https://elsewhere.invalid/pixel.png" alt="">', "another host"),
    "missing file": ('<link rel="stylesheet" href="/static/not-there.css">', "404"),
    "script error": ('<script src="/wrong.js"></script>', "nobody defined this"),
}


def serve(page: Page, body: str) -> None:
    """Answer /watched/ with `body` under our policy, and two scripts, one of which fails."""
    policy = {"Content-Security-Policy": "default-src 'self'; img-src * data:"}
    page.route(
        "**/watched/", lambda route: route.fulfill(body=body, headers=policy, content_type="text/html")
    )
    script = "text/javascript"
    page.route("**/right.js", lambda route: route.fulfill(body="1;", content_type=script))
    page.route("**/wrong.js", lambda route: route.fulfill(body="nobody_defined_this();", content_type=script))


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_seen(watched_page: Page, watch: Watch, breach: str):
    body, told_as = BREACHES[breach]
    serve(watched_page, f"<!doctype html><title>t</title>{body}")
    watched_page.goto("/watched/")
    watched_page.evaluate("document.querySelector('p')?.click()")
    watched_page.wait_for_load_state("networkidle")
    with pytest.raises(AssertionError, match=told_as.replace(" ", ".")):
        watch.check()


def test_a_page_by_the_rules_passes(watched_page: Page, watch: Watch, axe):
    body = '<main><h1>Well</h1></main><script src="/right.js"></script>'
    serve(watched_page, f'<!doctype html><html lang="en"><title>t</title>{body}')
    watched_page.goto("/watched/")
    assert axe(watched_page) == []
    watch.check()


def test_axe_finds_a_picture_without_words(watched_page: Page, axe):
    serve(watched_page, '<!doctype html><html lang="en"><title>t</title><main><img src="data:,"></main>')
    watched_page.goto("/watched/")
    assert [line.split(":")[0] for line in axe(watched_page)] == ["image-alt"]
