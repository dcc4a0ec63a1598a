"""Every mail's HTML says what its text says, in its language, and fetches nothing."""

import re
from collections.abc import Iterable, Iterator
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from clinic.models import Clinic, Notice, StaffInvitation, User
from clinic.notices import kinds, writing
from patients.models import Patient
from tests.cast import Cast
from tests.looks.test_tokens import DARK, LIGHT, contrast
from tests.patients.every_mail import concerned, notices_for
from tests.planting import PLANTED, all_rows, not_to_be_said, plant, with_first_names
from tests.reading_mails import read

pytestmark = pytest.mark.django_db

LANGUAGES = ("en", "it")
CARE_LINES = {
    "en": "This mail belongs to your treatment. It is not advertising.",
    "it": "Questa e-mail fa parte della tua cura. Non è pubblicità.",
}
CARE = {"reminder", "nudge", "helped", "programme_changed", "question_answered", "review_word", "invitation"}
CAN_BE_TURNED_OFF = {"reminder", "nudge", "helped"}
BUTTON = {"en": "Open the page", "it": "Apri la pagina"}
ALLAUTHS = {"login_code", "password_reset_key", "unknown_account"}
OURS = Path(settings.BASE_DIR) / "templates"


def as_sent(message: mail.EmailMessage) -> tuple[str, str]:
    """The plain and the HTML part of the mail as it goes over the wire."""
    parsed: EmailMessage = message_from_bytes(message.message().as_bytes(), policy=policy.default)
    assert "\n" not in str(message.subject)
    assert parsed["Subject"] == message.subject
    text, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content(), html.get_content()


def envelopes(
    language: str, *, name: str = "Anna", clinic: Clinic | None = None
) -> Iterator[tuple[str, mail.EmailMessage]]:
    """Every mail of the outbox, with its kind."""
    yield from in_envelopes(notices_for(concerned(clinic, language=language, name=name)))


def in_envelopes(notices: Iterable[Notice]) -> Iterator[tuple[str, mail.EmailMessage]]:
    for notice in notices:
        notice.message_id = writing.new_message_id()
        rendered = kinds.get(notice.kind).render(notice)
        yield notice.kind, writing.in_envelope(notice, rendered, "somebody@post.example")


def says_the_same(text: str, html: str, *, subject: str, language: str) -> None:
    """The same paragraphs in the same order, the links of the text alone, and nothing to fetch."""
    found = read(html)
    body, _, foot = text.strip().partition("\n\n--\n")
    assert found.paragraphs == [*body.split("\n\n"), *foot.splitlines()]
    assert found.language == language
    assert found.title == subject
    links = re.findall(r"^https?://\S+$", text, re.MULTILINE)
    assert found.links == links
    assert found.button == (BUTTON[language] if links else "")
    assert found.tags <= {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "div",
        "p",
        "a",
    }  # nothing to fetch
    assert found.attributes <= {"lang", "charset", "name", "content", "class", "style", "href", "rel"}
    assert not re.search(r"url\(|@import|@font-face|<script|\bon\w+=", html)
    outside = re.sub(r'<a [^>]*href="[^"]*"[^>]*>[^<]*</a>|<p [^>]*>http[^<]*</p>', "", html)
    assert "http" not in outside


# --- The outbox -------------------------------------------------------------------------------------
def test_there_is_one_of_every_kind() -> None:
    made = {notice.kind for notice in notices_for(concerned())}
    assert made == {name for name in kinds._kinds if name != "test"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_and_text_say_the_same(language: str) -> None:
    for kind, message in envelopes(language):
        text, html = as_sent(message)
        says_the_same(text, html, subject=str(message.subject), language=language)
        assert (CARE_LINES[language] in text.splitlines()) == (kind in CARE), kind
        assert ("/notices/unsubscribe/" in text) == (kind in CAN_BE_TURNED_OFF), kind
        assert ("List-Unsubscribe" in message.extra_headers) == (kind in CAN_BE_TURNED_OFF), kind


def test_which_kinds_are_care_stands_with_the_kinds() -> None:
    assert {kind.name for kind in kinds._kinds.values() if kind.is_care} == CARE


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_that_look_like_markup_are_names(language: str, aurora) -> None:
    Clinic.objects.filter(pk=aurora.clinic.pk).update(name="<b>&\"'")
    aurora.clinic.refresh_from_db()
    for _kind, message in envelopes(language, name="<img src=x>&amp;", clinic=aurora.clinic):
        text, html = as_sent(message)
        says_the_same(text, html, subject=str(message.subject), language=language)
        assert "<b>&\"'" in text
        assert "&lt;b&gt;&amp;&quot;&#x27;" in html
        assert message.from_email.startswith('"<b>&\\"\'"')


def test_names_on_two_lines_are_put_on_one(aurora) -> None:
    Clinic.objects.filter(pk=aurora.clinic.pk).update(name="Aurora\r\n\r\n--\r\nBcc: x@post.example")
    aurora.clinic.refresh_from_db()
    for _kind, message in envelopes("en", name="An\nna", clinic=aurora.clinic):
        text, html = as_sent(message)
        says_the_same(text, html, subject=str(message.subject), language="en")
        assert "Aurora -- Bcc: x@post.example" in text
        assert message.recipients() == ["somebody@post.example"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_planted_is_in_a_mail_but_first_names_clinics_and_addresses(language: str) -> None:
    of = concerned(language=language)
    words = plant(all_rows())
    assert len(words) > 100
    with_first_names([User, StaffInvitation])
    notices_for(of)
    for kind, message in in_envelopes(Notice.objects.select_related("clinic", "recipient")):
        text, html = as_sent(message)
        headers = "\n".join(f"{name}: {value}" for name, value in message.message().items())
        everything = f"{make_header(decode_header(headers))}\n{text}\n{html}"
        assert PLANTED.search(everything), kind  # it would be seen
        assert not_to_be_said(words, everything) == set(), kind


# --- What allauth sends -----------------------------------------------------------------------------
def test_allauth_sends_no_other_mail_of_ours() -> None:
    written = {path.name.removesuffix("_message.txt") for path in OURS.glob("account/email/*_message.txt")}
    assert written - {"base"} == ALLAUTHS


@pytest.mark.parametrize("language", LANGUAGES)
def test_mails_of_signing_in(cast: Cast, language: str) -> None:
    patient, clinician = cast.aurora.patient, cast.aurora.clinician
    Patient.objects.filter(pk=patient.pk).update(language=language)
    for page, email in (
        ("sign_in", patient.email),
        ("sign_in", "nobody-here@post.example"),
        ("account_reset_password", clinician.email),
    ):
        Client(headers={"accept-language": language}).post(reverse(page), {"email": email})
    digits, unknown, reset = mail.outbox
    for message in mail.outbox:
        text, html = as_sent(message)
        says_the_same(text, html, subject=str(message.subject), language=language)
    code = re.search(r"^\d{6}$", as_sent(digits)[0], re.MULTILINE)
    assert code
    assert re.search(rf'font-size: 40px;[^>]*">{code[0]}</p>', as_sent(digits)[1])
    assert read(as_sent(unknown)[1]).links == []
    assert "/account/password/reset/key/" in read(as_sent(reset)[1]).links[0]


# --- How it looks, as far as that can be reckoned ---------------------------------------------------
SHEET = (OURS / "notices/mail.html").read_text()
# Text and what it stands on, in the light (written inline) and in the dark (the sheet).
TEXT = [("ink", "surface"), ("quiet", "surface"), ("link", "surface"), ("on-action", "action")]


def test_colours_are_those_of_the_pages_and_can_be_read() -> None:
    light, dark = SHEET.split("</style>")[1], SHEET.split("</style>")[0]
    for part, theme in ((light, LIGHT), (dark, DARK)):
        used = set(re.findall(r"#[0-9a-f]{6}", part))
        assert used
        assert used <= set(theme.values())
        assert {theme[name] for name in ("paper", "surface", "ink", "quiet", "action", "on-action")} <= used
        for text, ground in TEXT:
            assert contrast(theme[text], theme[ground]) >= 4.5


def test_the_button_is_large_and_the_lines_are_short() -> None:
    style = re.search(r'class="button"[^>]*style="([^"]*)"', SHEET)
    assert style
    padding, line = re.search(r"padding: (\d+)px", style[1]), re.search(r"line-height: (\d+)px", style[1])
    assert padding
    assert line
    assert 2 * int(padding[1]) + int(line[1]) >= 44
    assert "max-width: 36em" in SHEET
    assert '<meta name="color-scheme" content="light dark">' in SHEET
