"""Milepost's settings: the environment decides, `.env.example` explains each variable.

`make run` sets what a laptop needs (marketplace/local); production sets the same names. Nothing here is a secret.
"""

import sys
from datetime import timedelta
from pathlib import Path

import django_stubs_ext
import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from marketplace.kernel import clock
from marketplace.kernel.currencies import offered
from payments.countries import TRANSFER_REGION, chosen

django_stubs_ext.monkeypatch()  # ModelAdmin[Order] and its kind, at run time as for the type checker

ROOT = Path(__file__).resolve().parent.parent
env = environ.Env()

TESTING = "pytest" in sys.modules
DEMO = env.bool("DEMO", default=TESTING)
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="only-for-tests" if TESTING else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY (see .env.example), or start with `make run`.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
HTTPS = SITE_URL.startswith("https://")

CLOCK_OFFSET = env.int("CLOCK_OFFSET", default=0)
if CLOCK_OFFSET:
    if not DEMO:
        raise ImproperlyConfigured("CLOCK_OFFSET moves time for tests and the demo only; set DEMO=1 or unset it.")
    clock.shift(timedelta(seconds=CLOCK_OFFSET))

# --- Applications, from the bottom of the import stack to its top -------------------------------------------------
INSTALLED_APPS = [
    "marketplace.web",
    "accounts",
    "notifications",
    "milestones",
    "payments",
    "gigs",
    "inbox",
    "offers",
    "orders",
    "reviews",
    "support",
    "support.site.SupportAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "pgtrigger",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "django_cotton.apps.SimpleAppConfig",
    "lucide",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
    "django_structlog",
]
if DEMO:
    INSTALLED_APPS.append("marketplace.local")  # brings the command that fills the demo
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "marketplace.web.guarding.GuardMiddleware",
    "marketplace.web.middleware.PrivateMiddleware",
    "marketplace.web.middleware.LineEndsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "marketplace.web.request_log.RequestLogMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "marketplace.web.middleware.SignedOutMiddleware",
    "marketplace.web.middleware.TimezoneMiddleware",
    "marketplace.web.middleware.FragmentMessagesMiddleware",
    "marketplace.web.middleware.DomainErrorMiddleware",
    "accounts.middleware.SupportDoorMiddleware",
]
ROOT_URLCONF = "marketplace.urls"
WSGI_APPLICATION = "marketplace.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "marketplace.web.context.page",
                "accounts.context.team",
                "inbox.context.unread",
                "notifications.context.unread",
            ],
            # cotton and template-partials each wrap the loaders; together they need this order (docs/adr).
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "marketplace.web.templatetags.web",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
        },
    }
]
COTTON_DIR = "components"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# --- Data -----------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default="postgres:///milepost")}
DATABASES["default"]["ATOMIC_REQUESTS"] = False  # a request may speak to Stripe between two transactions
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=0)
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"]["options"] = env.str(
    "DATABASE_TIMEOUTS",
    default="-c lock_timeout=3s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s",
)
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(ROOT / "staticfiles")))
STATICFILES_DIRS = [ROOT / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(ROOT / "media")))
S3_BUCKET = env.str("S3_BUCKET", default="")
STORAGES = {
    "default": {
        "BACKEND": "storages.backends.s3.S3Storage" if S3_BUCKET else "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"bucket_name": S3_BUCKET, "default_acl": "private"} if S3_BUCKET else {},
    },
    "staticfiles": {
        # Hashed names need collectstatic; tests and DEBUG serve the files as they lie.
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "marketplace.web.staticfiles.OneSheetStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=250 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- People ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
SELLER_START_URL = "gigs:mine"  # where a new seller goes on
DOCUMENTS_URL = "payments:documents"  # the papers that the mail of a payment leads to
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "notifications.adapter.AccountAdapter"
ACCOUNT_EMAIL_NOTIFICATIONS = True  # tells a person that the password or the second step was changed
ACCOUNT_FORMS = {"signup": "accounts.forms.SignupForm"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=not DEMO)
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)  # whose X-Forwarded-For rate limits believe
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True

# --- Mail -----------------------------------------------------------------------------------------------------------
EMAIL_URL = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_URL)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Milepost <hello@milepost.example>")

# --- Money ----------------------------------------------------------------------------------------------------------
try:  # what sellers may price in; the first is the usual one
    CURRENCIES = offered(env.list("CURRENCIES", default=["USD"]))
except ValueError as error:
    raise ImproperlyConfigured(f"CURRENCIES: {error}") from error
CURRENCY = CURRENCIES[0]
try:  # where sellers can be paid
    PAYOUT_COUNTRIES = chosen(env.list("PAYOUT_COUNTRIES", default=list(TRANSFER_REGION)))
except ValueError as error:
    raise ImproperlyConfigured(f"PAYOUT_COUNTRIES: {error}") from error
ISSUER_NAME = env.str("ISSUER_NAME", default="Milepost")  # whom invoices and statements come from
ISSUER_ADDRESS = [line.strip() for line in env.str("ISSUER_ADDRESS", default="").split(";") if line.strip()]
ISSUER_TAX_ID = env.str("ISSUER_TAX_ID", default="")
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", default="")  # the simulator's address; empty means Stripe itself
STRIPE_PAGES = ["https://checkout.stripe.com", "https://connect.stripe.com"]  # for buyers, for sellers
STRIPE_WEBHOOK_SECRETS = env.list("STRIPE_WEBHOOK_SECRETS", default=[])
STRIPE_CONNECT_WEBHOOK_SECRETS = env.list("STRIPE_CONNECT_WEBHOOK_SECRETS", default=[])  # of sellers' accounts
if DEMO and STRIPE_SECRET_KEY.startswith(("sk_live_", "rk_live_")):
    raise ImproperlyConfigured("DEMO=1 lets time be moved and agents in without a second step; no live key with it.")
if STRIPE_API_BASE and not DEMO:
    raise ImproperlyConfigured("STRIPE_API_BASE points at the Stripe simulator, which takes no real money. Unset it.")

# --- Work that happens later -----------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 180
CELERY_TASK_SOFT_TIME_LIMIT = 120
# A request that nudges a worker must not wait for a broker that is down: the sweep does it instead.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "socket_connect_timeout": 1,
    "max_retries": 0,
    "interval_start": 0,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
SWEEP_SECONDS = env.int("SWEEP_SECONDS", default=30)  # how often beat looks for due rows

# --- Words and time --------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = ["marketplace.web.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- The browser's guards --------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "manifest-src": [SELF],
        # Forms that lead to a hosted page redirect there, and browsers hold redirects to this list.
        "form-action": [SELF, *([STRIPE_API_BASE] if STRIPE_API_BASE else STRIPE_PAGES)],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
SECURE_SSL_REDIRECT = HTTPS and env.bool("SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Programs --------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["marketplace.web.parsers.ShallowJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "marketplace.schema.Operation",
    "DEFAULT_PAGINATION_CLASS": "marketplace.web.pagination.NewestFirst",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": env.str("API_THROTTLE", default="1200/hour"), "sign_in": "20/min"},
    "NUM_PROXIES": env.int("TRUSTED_PROXIES", default=0),
    "EXCEPTION_HANDLER": "marketplace.web.problems.handle",
    "PAGE_SIZE": 25,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Milepost API",
    "VERSION": "1",
    "DESCRIPTION": "All that the pages do for buyers and sellers. docs/api.md tells the story.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "OrderState": "orders.enums.OrderState",
        "MilestoneState": "orders.enums.MilestoneState",
        "Party": ["buyer", "seller"],
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "marketplace.schema.add_problems",
    ],
}

# --- Logs ------------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"stripe": {"level": "WARNING"}},  # it tells of every request otherwise
}
