"""The door for web servers."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakimori.config.settings")
application = get_wsgi_application()
assert get_resolver().url_patterns  # read all pages now: the server's processes then share them
