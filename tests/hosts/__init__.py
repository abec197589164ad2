"""Four helpdesks as others have written theirs, none of which knows of Fin but by its `fin.py`.

bugs (a): integer keys, everybody is a user of the login, status in a char column, a short column.
care (b): UUID keys, a user model without user names, contacts, two tables of messages.
cases (c): status in a table, multi-table inheritance, generic keys to subjects and authors.
post (d): mails without a table of conversations, visitors, soft deletion, receivers that save.

Each is a project of its own: `FIN_BRIDGE_TEST_HOST=care pytest --ds tests.hosts.settings \
--confcutdir tests/hosts tests/hosts/care/suite.py`, which is what `tests/test_hosts.py` does.
"""
