"""What every test may use: the plugins of tests/plugins and the cast of tests/cast.py."""

pytest_plugins = [
    "tests.plugins.requirements",
    "tests.plugins.database",
    "tests.plugins.quick_database",
    "tests.plugins.ledger",
    "tests.plugins.stored_files",
    "tests.plugins.browser",
    "pytester",
    "tests.plugins.pages",
    "tests.cast",
]
