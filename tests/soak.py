"""One till of tests/test_transactions.py, a process of its own: captures, notes and edits for some seconds and says what was acknowledged.

Usage: soak.py SECONDS NAME; with the name "make" it makes the book and ends.
"""

import json
import os
import sys
import time
import traceback

import relcrm
from relcrm import chain, db

db.JOURNAL_MODE = os.environ["SOAK_JOURNAL"]

from relcrm import config, schema  # noqa: E402 (the journal is chosen before the first connection)
from relcrm.consent.models import AccessEvent, ConsentEvent  # noqa: E402
from relcrm.customers import facts, queries, rules  # noqa: E402
from relcrm.staff.models import AuditEvent  # noqa: E402
from tests import factories  # noqa: E402


class Till:
    """What one process did and had acknowledged. Both draw the shared numbers in the same order, so they race for each."""

    def __init__(self, name: str) -> None:
        self.name, self.round = name, 0
        self.told = {"captured": [], "notes": [], "known": 0, "edits": 0, "errors": []}

    def turn(self) -> None:
        self.round += 1
        for act in (self.own_number, self.shared_number, self.note, self.edit):
            try:
                act()
            except Exception:
                self.told["errors"].append(traceback.format_exc())

    def own_number(self) -> None:
        self._capture(f"+86139{'12'['ab'.index(self.name)]}{self.round:07}")

    def shared_number(self) -> None:
        self._capture(f"+861373{self.round:07}")

    def _capture(self, phone: str) -> None:
        try:
            factories.meet(f"Guest {self.name}{self.round}", phone, {"greeting": True})
        except rules.AlreadyKnown:
            self.told["known"] += 1
        else:
            self.told["captured"].append(phone)

    def note(self) -> None:
        words = f"talk {self.name}{self.round}"
        actor = factories.staff("ana")
        public_id = factories.customer("Cleo").public_id
        with db.write_tx() as tx:
            facts.add_note(tx, actor, queries.get(actor, public_id), words)
        self.told["notes"].append(words)

    def edit(self) -> None:
        """Read, add one, write: what was read stands until it is written, or both would count the same."""
        actor = factories.staff("ana")
        public_id = factories.customer("Cleo").public_id
        with db.write_tx() as tx:
            seen = queries.get(actor, public_id)
            count = int(seen.customer.language or 0) + 1
            rules.change_identity(tx, actor, seen, {"language": str(count)}, seen.customer.version)
        self.told["edits"] += 1


def main(seconds: float, name: str) -> None:
    app = relcrm.create_app(config.read(), check_schema=False)
    with app.app_context():
        if name == "make":
            schema.migrate()
            factories.cast()
            return
        till = Till(name)
        factories.customer("Cleo")  # the first connection is made and the statements compiled before both begin
        print("ready", flush=True)
        sys.stdin.readline()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            till.turn()
        db.session().rollback()
        till.told["broken"] = [row for model in (ConsentEvent, AccessEvent, AuditEvent) for row in chain.broken(db.session(), model)]
        till.told["journal"] = db.session().connection().exec_driver_sql("PRAGMA journal_mode").scalar()
        print(json.dumps(till.told))


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2])
