"""The declarative kit: one declaration gives list, detail, form, Excel, history and API of a register.

Public names: ``base.Register``, ``base.Column``, ``base.Filter``, ``base.Section``, ``base.register``,
``panels.register``, ``navigation.add``.
"""
