"""Django's settings, derived from the one configuration (``house/config.py``; every value is in docs/operator.md)."""

import os
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from psycopg.conninfo import conninfo_to_dict

from taawun.ground.words.languages import COMPLETE as _COMPLETE
from taawun.ground.words.languages import LANGUAGES as _LANGUAGES
from taawun.house.config import ensure_keys, load_config
from taawun.house.uploads import LARGEST_BYTES

CONFIG = load_config()
ensure_keys(CONFIG)

DEBUG = CONFIG.debug
SECRET_KEY = CONFIG.secret_key
SECOND_FACTOR_GRACE_DAYS = CONFIG.second_factor_grace_days
VAULT_KEYS = CONFIG.vault_keys
ROUTER = CONFIG.router
PUBLIC_URL = CONFIG.public_url.rstrip("/")
_public = urlsplit(PUBLIC_URL)
_secure = _public.scheme == "https"
ALLOWED_HOSTS = [*CONFIG.allowed_hosts, _public.hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "taawun.ground.values",
    "taawun.ground.words",
    "taawun.ground.site",
    "taawun.ground.vault",
    "taawun.ground.journal",
    "taawun.ground.jobs",
    "taawun.ground.media",
    "taawun.community.people",
    "taawun.community.circles",
    "taawun.community.conversations",
    "taawun.practice.aid",
    "taawun.practice.delivery",
    "taawun.reach.messages",
    "taawun.reach.sheets",
    "taawun.house",
    # Last: it collects what the rooms above declared.
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "taawun.community.people.middleware.LanguageMiddleware",
    "taawun.ground.site.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "taawun.house.urls"
WSGI_APPLICATION = "taawun.house.server.wsgi"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "taawun.house.navigation.navigation",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "taawun.ground.site.templatetags.site",
                "taawun.ground.words.templatetags.words",
                "taawun.practice.aid.templatetags.aid",
            ],
        },
    }
]


def _database(url: str) -> dict[str, object]:
    """Return Django's form of a libpq URL. Connections are kept by the long-lived threads that serve pages."""
    parts = conninfo_to_dict(url)
    options = {key: value for key, value in parts.items() if key not in {"dbname", "user", "password", "host", "port"}}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", "taawun"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": True,
        "OPTIONS": {"connect_timeout": 5, "application_name": "taawun", **options},
        # Two test runs against one server do not share a database.
        "TEST": {"NAME": f"test_taawun_{os.getpid()}"},
    }


DATABASES = {"default": _database(CONFIG.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["taawun.community.people.backend.AccountBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "people:sign_in"

SESSION_ENGINE = "taawun.community.people.sessions"
SESSION_COOKIE_NAME = "__Host-session" if _secure else "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
CSRF_COOKIE_NAME = "__Host-csrf" if _secure else "csrf"
CSRF_FAILURE_VIEW = "taawun.ground.site.pages.csrf_failure"
LANGUAGE_COOKIE_NAME = "language"

SECURE_CONTENT_TYPE_NOSNIFF = True
# Not "no-referrer": browsers then send "Origin: null" with forms, and every form would be refused as forged.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _secure else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# The server has already refused what is too large for its address (uploads.py). Django holds what comes through in
# memory: a file of people is never written to a disk as it came.
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = LARGEST_BYTES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [(language.code, language.name_native) for language in _LANGUAGES]
LANGUAGES_OFFERED = list(_COMPLETE)
FORM_RENDERER = "taawun.ground.site.forms.Renderer"
LOCALE_PATHS = [CONFIG.package / "locale"]

STATIC_URL = "/static/"
DATA_FOLDER = CONFIG.data
STATIC_ROOT = CONFIG.data / "static"
WHITENOISE_ROOT = None
WHITENOISE_USE_FINDERS = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/.+\.[0-9a-f]{12}\."

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if CONFIG.mail_host
    else "taawun.reach.messages.console.ConsoleBackend"
)
EMAIL_HOST = CONFIG.mail_host
EMAIL_PORT = CONFIG.mail_port
EMAIL_HOST_USER = CONFIG.mail_user
EMAIL_HOST_PASSWORD = CONFIG.mail_password
EMAIL_USE_TLS = CONFIG.mail_tls
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = CONFIG.mail_from

PROCRASTINATE_ON_APP_READY = "taawun.ground.jobs.duties.register"
# One job may wait for a slow mail server while the others go on. What succeeded needs no row; what failed is kept a week.
PROCRASTINATE_WORKER_DEFAULTS = {"concurrency": 3, "delete_jobs": "successful", "shutdown_graceful_timeout": 3.0}

# No addresses, user agents or bodies are logged: what a seized log cannot tell, it does not tell.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s %(name)s %(message)s"}},
    "filters": {"discreet": {"()": "taawun.house.discretion.Discreet"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["discreet"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
