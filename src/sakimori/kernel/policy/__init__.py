"""The numbers of the regulations, by day: ``policy.value("risk.acceptance.level", on=day)``.

Public names stand in ``policy``; business days of the company in ``workdays``.
"""
