"""Django's SQLite, with transactions that say from the start that they will write.

SQLite refuses at once, whatever the timeout, who has read and then wants to write when somebody else has written
meanwhile; the databases of a real Pod do not. Django 5.1 has the setting `transaction_mode` for it.
https://www.sqlite.org/lang_transaction.html#deferred_immediate_and_exclusive_transactions
"""

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to SQLite."""

    def _start_transaction_under_autocommit(self) -> None:
        """Wait for the right to write, then begin."""
        self.cursor().execute("BEGIN IMMEDIATE")
