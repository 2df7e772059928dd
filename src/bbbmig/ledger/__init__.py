"""What was done, written down right after each effect, and the lock that lets one run at a time do it.

The ledger is a memory, not the truth: whoever creates something asks Pod first. One row stands for one effect on
one recording: `(server, record_id, effect, target)`; a link's target is its owner, a file has none. A row goes forward
only, whoever writes it.
SQLite by default; any MySQL, MariaDB or PostgreSQL when several machines share it.
"""

from bbbmig.ledger.ledger import Ledger
from bbbmig.ledger.places import Places

__all__ = ["Ledger", "Places"]
