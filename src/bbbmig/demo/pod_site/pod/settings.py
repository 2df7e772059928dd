"""Settings of the sample Pod; what a site decides comes from `serve.py` by SAMPLE_POD_… in the environment."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

SAMPLE_DIRECTORY = Path(os.environ["SAMPLE_POD_DIRECTORY"])
"""Everything that it writes: database, recorder's files, media, the log, custom/ with the extension."""
DEFAULT_RECORDER_PATH = str(SAMPLE_DIRECTORY / "recorder") + "/"
MEDIA_ROOT = str(SAMPLE_DIRECTORY / "media")
MEDIA_URL = "/media/"
VERSION = "4.1.0"
VIDEO_ALLOWED_EXTENSIONS = ("avi", "m4v", "mkv", "mov", "mp3", "mp4", "mpeg", "mpg", "ogg", "wav", "webm")

SECRET_KEY = "sample Pod, for loopback only"  # noqa: S105 - protects nothing
DEBUG = False
ALLOWED_HOSTS = ["*"]
SITE_ID = 1
USE_PODFILE = os.environ.get("SAMPLE_POD_PODFILE") == "yes"
LANGUAGE_CODE = "fr"
LANGUAGES = (("fr", "Français"), ("en", "English"))
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sites",
    "rest_framework",
    "rest_framework.authtoken",
    "pod.main",
    "pod.authentication",
    "pod.podfile",
    "pod.video",
    "pod.completion",
    "pod.recorder",
    "pod.meeting",
    "pod.import_video",
]
MIGRATION_MODULES = {name.rpartition(".")[2]: None for name in INSTALLED_APPS}  # tables at once: it is always new

MIDDLEWARE = [
    "pod.main.middleware.statements_counted",
    "pod.main.middleware.urls_as_asked",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
AUTHENTICATION_BACKENDS = ["pod.authentication.backends.NameIsPassword"]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "/accounts/login/"

REST_FRAMEWORK = {
    "DEFAULT_FILTER_BACKENDS": ("pod.main.filters.IgnorantFilters",),
    "DEFAULT_AUTHENTICATION_CLASSES": (
        "rest_framework.authentication.BasicAuthentication",
        "rest_framework.authentication.TokenAuthentication",
    ),
    "DEFAULT_PERMISSION_CLASSES": ("rest_framework.permissions.IsAdminUser",),
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 12,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {
        "file": {"class": "logging.FileHandler", "filename": str(SAMPLE_DIRECTORY / "pod.log"), "delay": True}
    },
    "root": {"handlers": ["file"], "level": "WARNING"},
}


def database(url: str) -> dict[str, object]:
    """Read an address like `mysql://root:secret@127.0.0.1:3306/name` or `postgresql://…`; "": SQLite."""
    if not url:
        return {
            "ENGINE": "pod.sqlite_in_turn",
            "NAME": str(SAMPLE_DIRECTORY / "db.sqlite3"),
            "OPTIONS": {"timeout": 60.0},
            "CONN_MAX_AGE": None,
        }
    parts = urlsplit(url)
    settings: dict[str, object] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
    }
    if parts.scheme.startswith("mysql"):
        import pymysql  # type: ignore[import-untyped]  # noqa: PLC0415 - only with this database

        pymysql.version_info = (2, 2, 1, "final", 0)  # what Django asks of mysqlclient
        pymysql.install_as_MySQLdb()
        settings |= {"ENGINE": "django.db.backends.mysql", "OPTIONS": {"charset": "utf8mb4"}}
    return settings


DATABASES = {"default": database(os.environ.get("SAMPLE_POD_DATABASE", ""))}

# As an administrator would write into settings_local.py once the file is there.
ROOT_URLCONF = "pod.urls"
if (SAMPLE_DIRECTORY / "custom" / "bbbmig_urls.py").exists():
    ROOT_URLCONF = "pod.custom.bbbmig_urls"
