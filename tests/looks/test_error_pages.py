"""The pages for when something is wrong stand on their own feet."""

import pytest
from django.template.loader import render_to_string

PAGES = ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"]


@pytest.mark.parametrize("page", PAGES)
def test_it_needs_no_request_and_no_context(page):
    html = render_to_string(page)

    assert "<h1>" in html
    assert 'href="/"' in html


@pytest.mark.parametrize("page", PAGES)
def test_it_asks_no_database(page, rf):
    # without the db mark, pytest-django fails a test that makes a query
    assert "<h1>" in render_to_string(page, {"clinic": None}, rf.get("/nowhere/"))


@pytest.mark.parametrize("page", PAGES)
def test_it_names_what_to_do_when_unwell(page):
    html = render_to_string(page)

    assert "/help-now/" in html or "emergency number" in html
