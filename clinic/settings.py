"""Settings of every installation: the demo, a clinic's own, the tests. What differs is in the environment."""

import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from clinic import environment

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT = environment.read(os.environ, base_dir=BASE_DIR)

DEMO = ENVIRONMENT.demo
DEBUG = False
SECRET_KEY = ENVIRONMENT.secret_key
SECRET_KEY_FALLBACKS = ENVIRONMENT.secret_key_fallbacks
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
BASE_URL = ENVIRONMENT.base_url  # the address that links in mails begin with
VAR = ENVIRONMENT.var
METRICS_TOKEN = ENVIRONMENT.metrics_token  # what /metrics asks for; without one it is not there

INSTALLED_APPS = [
    "clinic.apps.ClinicConfig",
    "programs.apps.ProgramsConfig",
    "patients.apps.PatientsConfig",
    "clinic.apps.HomestretchAdminConfig",
    "django.forms",  # its templates: FORM_RENDERER below finds them there
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",  # allauth's list of passkeys says "two days ago"
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "clinic.middleware.refuse_nul",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "clinic.signin.doors.DoorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.context.house",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["homestretch"]
CRISPY_TEMPLATE_PACK = "homestretch"

# --- Data -------------------------------------------------------------------------------------------
DATABASES = {"default": ENVIRONMENT.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Sessions, cache and rate limits live in the database: Redis carries Celery's messages alone.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
MEDIA_ROOT = VAR / "media"
MEDIA_URL = "media/"

# --- Signing in -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "clinic.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 90 * 24 * 3600  # a patient's device stays signed in for 90 days
ACCOUNT_ADAPTER = "clinic.signin.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # nobody signs up; without it the login asks for no password
ACCOUNT_FORMS = {
    "login": "clinic.signin.forms.LoginForm",
    "confirm_login_code": "clinic.signin.forms.SixDigitsForm",
}
ACCOUNT_SESSION_REMEMBER = True  # staff: 12 hours, see clinic.signin.sessions
ACCOUNT_EMAIL_VERIFICATION = "none"  # addresses come from the clinic; a code or link proves them
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Known or not, an address gets a mail and an answer that look and take the same.
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
# allauth's own writes a row of its addresses into the database when a link is merely looked at.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 a class
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_RATE_LIMITS = {
    # With five tries a code, guessing six digits for one address takes centuries.
    "request_login_code": "20/10m/ip,3/10m/key,20/d/key",
    "paper_code": "20/10m/ip,200/d/ip",
}
# Whose address a rate limit counts: with https there is one proxy in front, which names it.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXIES", "1" if ENVIRONMENT.https else "0"))
MFA_ADAPTER = "clinic.signin.adapter.MFAAdapter"
MFA_FORMS = {"add_webauthn": "clinic.signin.forms.AddPasskeyForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
MFA_TOTP_ISSUER = "Homestretch"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off

# --- Language and time ------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("it", _("Italian"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # instants are UTC; local dates are worked out in clinic.localtime

# --- Tasks and notices ------------------------------------------------------------------------------
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_EXCHANGE = "homestretch"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # Celery's own: the worker ends after a broker's hour away
CELERY_TIMEZONE = "UTC"
if ENVIRONMENT.redis_url:
    CELERY_BROKER_URL = ENVIRONMENT.redis_url
    # A nudge after commit must never make a page wait for a dead Redis: it is a convenience.
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {"socket_connect_timeout": 1, "socket_timeout": 5}
else:
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR / "queue"),
        "data_folder_out": str(VAR / "queue"),
        "control_folder": str(VAR / "queue-control"),
        "store_processed": False,
        "polling_interval": 0.1,
    }
    (VAR / "queue").mkdir(parents=True, exist_ok=True)
    (VAR / "queue-control").mkdir(parents=True, exist_ok=True)
NOTICE_TICK_SECONDS = float(os.environ.get("NOTICE_TICK_SECONDS", "30"))
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    name: {
        "task": f"clinic.tasks.{name}",
        "schedule": NOTICE_TICK_SECONDS,
        # A backlog of ticks never piles up: a tick that waited for the next one is worth nothing.
        "options": {"expires": NOTICE_TICK_SECONDS},
    }
    for name in ("plan", "drain")
}
vars().update(ENVIRONMENT.email)
EMAIL_TIMEOUT = 10  # seconds for each socket operation; the lease of a notice is longer than all together
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.email_from

# --- Static files and safety ------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEMO  # the demo serves the files where they lie; a clinic runs collectstatic
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],  # allauth shows the TOTP code as a data: picture
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb")
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = ENVIRONMENT.https
SECURE_SSL_REDIRECT = ENVIRONMENT.https
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.https else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if ENVIRONMENT.https else 0
# Whether subdomains are https only, and preloading, is for the owner of the domain to say.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"class": "clinic.logs.Discreet", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "filters": {"hide_tokens": {"()": "clinic.logs.HideTokens"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["hide_tokens"]}
    },
    "loggers": {
        # They tell each step and each unused glyph of a PDF.
        **{name: {"level": "ERROR"} for name in ("weasyprint", "fontTools")},
        # Django's own would mail whole requests to ADMINS.
        "django": {"handlers": []},
    },
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
}
