"""The product's settings on a data folder of the run's own; nothing a test does reaches a company's data."""

import atexit
import os
import shutil
import tempfile

_DATA = tempfile.mkdtemp(prefix="sakimori-test-")
atexit.register(shutil.rmtree, _DATA, ignore_errors=True)
os.environ["SAKIMORI_DATA"] = _DATA
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the browser's event loop runs in the test's own thread

from sakimori.config.settings import *  # noqa: E402, F403
from sakimori.config.settings import STORAGES as _STORAGES  # noqa: E402

# A test signs many people in; the strength of the hash is not what it tests.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
]
STORAGES = _STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
