"""Passkeys in Chromium, with a virtual authenticator; and every page of signing in under watch and axe."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from clinic.models import User
from clinic.scoping import Role
from clinic.signin.staff import invite_staff
from patients.signin.invitations import invite_patient
from patients.signin.paper import make_paper_code
from tests import outbox
from tests.browser.conftest import _let_in
from tests.factories import PASSWORD, PatientFactory
from tests.second_factor import with_app

Axe = Callable[[Page], list[str]]
ADMIN = "/admin/worklist/"


@pytest.fixture(autouse=True)
def _over_plain_http(settings) -> None:
    """As in the demo: browsers take passkeys at http://localhost, fido2 wants to be told so."""
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True


@pytest.fixture
def page(watched_page: Page) -> Page:
    """A watched page of a device that has a fingerprint reader."""
    device = watched_page.context.new_cdp_session(watched_page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return watched_page


def is_in_admin(page: Page) -> bool:
    page.goto(ADMIN)
    return page.url.endswith(ADMIN)


def sign_out(page: Page) -> None:
    page.context.clear_cookies()


def join_with_passkey(page: Page, house, axe: Axe) -> None:
    """From the invitation to the admin, without any password."""
    invitation = invite_staff(
        clinic=house.clinic,
        email="carlo@post.example",
        name="Carlo Riva",
        role=Role.CLINICIAN,
        by=house.manager,
        now=timezone.now(),
    )
    page.goto(f"/staff/invitation/{invitation.token()}/")
    assert axe(page) == []
    page.get_by_role("button", name="Join without a password").click()
    page.wait_for_url("**/account/mfa/webauthn/add/")
    assert axe(page) == []
    page.get_by_label("Name of this passkey").fill("My phone")
    page.get_by_role("button", name="Set up").click()
    page.wait_for_url("**/account/mfa/recovery-codes/")
    assert axe(page) == []
    page.get_by_role("link", name="Go on to the clinic").click()


def test_a_passkey_from_the_invitation_to_the_next_morning(page, aurora, axe):
    join_with_passkey(page, aurora, axe)
    assert is_in_admin(page)
    sign_out(page)
    assert not is_in_admin(page)
    assert axe(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: "/account/" not in url)
    assert is_in_admin(page)
    user = User.objects.get(email="carlo@post.example")
    assert not user.has_usable_password()


def test_a_passkey_as_the_second_step_after_the_password(page, aurora, axe):
    page.goto("/account/login/")
    sign_in_with_password(page, aurora.clinician)
    page.goto("/account/strengthen/")
    assert axe(page) == []
    page.get_by_role("button", name="Set up a passkey").click()
    page.get_by_label("Sign in with it alone").uncheck()
    page.get_by_role("button", name="Set up").click()
    page.wait_for_url("**/account/mfa/recovery-codes/")
    assert is_in_admin(page)
    sign_out(page)
    page.goto("/account/login/")
    sign_in_with_password(page, aurora.clinician)
    page.wait_for_url("**/account/mfa/authenticate/")
    assert axe(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: "/account/" not in url)
    assert is_in_admin(page)


def sign_in_with_password(page: Page, user: User) -> None:
    page.get_by_label("Email").fill(str(user.email))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_weak_session_grows_strong_by_the_passkey(page, aurora, axe, live_server):
    join_with_passkey(page, aurora, axe)
    sign_out(page)
    _let_in(page.context, live_server.url, User.objects.get(email="carlo@post.example"), "link")
    page.goto(ADMIN)
    page.wait_for_url("**/account/strengthen/**")
    page.get_by_role("button", name="Use my passkey").click()
    assert axe(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"**{ADMIN}")


def test_the_staffs_other_pages_hold_the_policy_and_axe(page, aurora, axe, enter_as_staff, live_server):
    for path in ("/account/signup/", "/account/password/reset/", "/account/password/reset/done/"):
        page.goto(path)
        assert axe(page) == [], path
    _let_in(page.context, live_server.url, aurora.manager, "password")
    page.goto("/account/mfa/totp/activate/")
    expect(page.get_by_role("img", name="The key as a QR code")).to_be_visible()
    assert axe(page) == []
    page.goto("/account/reauthenticate/")
    assert axe(page) == []
    with_app(aurora.clinician)
    enter_as_staff(aurora.clinician)
    for path in (
        "/account/mfa/",
        "/account/mfa/reauthenticate/",
        "/account/mfa/totp/deactivate/",
        "/account/mfa/recovery-codes/generate/",
        "/account/mfa/webauthn/",
        "/account/password/change/",
        "/account/logout/",
    ):
        page.goto(path)
        assert axe(page) == [], path


def test_the_patients_doors_hold_the_policy_and_axe(page, aurora, axe):
    patient = PatientFactory(clinic=aurora.clinic, user=None, email="nina@post.example")
    invitation = invite_patient(patient=patient, by=aurora.front_desk, now=timezone.now())
    code = make_paper_code(patient=patient, by=aurora.front_desk, now=timezone.now())
    for path in ("/sign-in/", f"/come-in/{invitation.token()}/", "/come-in/x/", f"/paper/{code}/"):
        page.goto(path)
        assert axe(page) == [], path
    for _try in range(5):
        page.goto(f"/paper/{code}/")
        page.get_by_label("Date of birth").fill("1.1.1901")
        page.get_by_role("button", name="Come in").click()
        assert axe(page) == []
    expect(page.get_by_role("heading", name="The code is locked")).to_be_visible()


@pytest.fixture
def without_javascript(browser, browser_context_args, live_server) -> BrowserContext:
    context: BrowserContext = browser.new_context(
        **{**browser_context_args, "java_script_enabled": False, "base_url": live_server.url}
    )
    return context


def test_patients_come_in_without_javascript(without_javascript, aurora):
    page = without_javascript.new_page()
    page.goto("/sign-in/")
    page.get_by_label("Your e-mail address").fill(aurora.couple[0].email)
    page.get_by_role("button", name="Send me the code").click()
    expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    page.get_by_label("Six digits").fill(outbox.digits())
    page.get_by_role("button", name="Come in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.goto("/choose/")
    page.get_by_role("button", name=str(aurora.couple[1])).click()
    expect(page.get_by_role("link", name="Somebody else")).to_be_visible()
    page.goto("/choose/")
    expect(page.get_by_role("button", name=str(aurora.couple[1]))).to_have_class(re.compile("btn-primary"))
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    without_javascript.close()
