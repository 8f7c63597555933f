"""What a browser calls itself, in a form that its owner recognises. Never used to decide anything."""

from __future__ import annotations

# The first that is found counts: every Edge also calls itself Chrome, every Chrome also Safari.
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("CriOS/", "Chrome"),
             ("Safari/", "Safari"))  # fmt: skip
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
            ("Macintosh", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip


def name(agent: str) -> str:
    """Return for example "Chrome（Windows）"; the first words of an unknown one, nothing for nothing."""
    browser = next((title for mark, title in _BROWSERS if mark in agent), "")
    system = next((title for mark, title in _SYSTEMS if mark in agent), "")
    if browser and system:
        return f"{browser}（{system}）"
    return browser or system or agent[:40]
