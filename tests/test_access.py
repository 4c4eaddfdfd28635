"""Every endpoint × every role × own, linked and other store × signed out. An endpoint without a row fails."""

import pytest

from relcrm import db
from relcrm.customers import rules
from relcrm.customers.cleansing_models import DuplicateSuspect
from relcrm.customers.export_models import ExportLog, ExportStore
from relcrm.customers.import_models import ImportBatch
from relcrm.customers.models import ContactPoint, CustomerList, ShareRequest
from relcrm.loyalty import tier_rules
from relcrm.loyalty.approvals_models import Approval
from relcrm.staff.models import Store
from relcrm.web import access
from tests import factories, goods
from tests.access_rows import ROWS
from tests.purchases import selling

ACTORS = ("ana", "ada", "ben", "ari", "hua", "quinn", "olu", "out")
# For each kind of row the answer per actor, in the order of ACTORS: + may, f forbidden (403), n not there (404), d sent to the door.
ANSWERS = {
    "public": "++++++++",
    "account": "+++++++d",
    "find": "+++++++d",
    "read": "++++++nd",
    "write": "+++fffnd",
    "write_any": "+++fff+d",
    "linked_read": "+++++++d",
    "linked_write": "+++fff+d",
    "merge": "+f+++fnd",  # the associate of both, or who manages all their stores
    "none_merged": "nnnnnfnd",
    "not_taken_apart": "nfnnnfnd",
    "import": "ff+++f+d",
    "import_one": "ff+++fnd",
    "take_out": "ffnnnfnd",  # nothing is chosen: who may comes through
    "read_log": "ff+++++d",
    "manage": "ff+++f+d",
    "manage_one": "ff+++fnd",
    "list_once": "+nnfffnd",  # the first deletes it; for the others it is gone
    "share": "+nnfffnd",  # her associate answers; after that nobody can
    "none_there": "nnnfffnd",  # who may comes through, and there is no such thing
    "nothing": "nnnfffnd",
    "of_list": "+++fffnd",  # a list is of one store
    "decide": "+++++f+d",
    "receipt": "+++++fnd",  # an auditor sees sums alone
    "show_her": "+f+fffnd",  # who has her before them: her associate or manager; others tap "I am serving her" first
    "pair": "+n+++fnd",  # two customers of Ana's: for her and for managers of both
    "owner": "ffff+ffd",
    "correct": "ff+++fnd",
    "write_gone": "nnnfffnd",  # there is no such redemption
    "decided": "fff++fnd",  # Ben proposed it: not he, and nobody of a lower role
    "taken_back": "ff+fffnd",
    "owner_or_auditor": "ffff++fd",
}
SIGNS = {"f": {403}, "n": {404}, "d": {303, 401}}


def world(app, *, linked=False):
    """Addresses of one of everything; Cleo is Ana's in North, and known in South too when `linked`."""
    with app.app_context():
        ids = {}
        ana, olu = factories.staff("ana"), factories.staff("olu")
        with db.write_tx() as tx:
            cleo = factories.customer("Cleo")
            south, north = (tx.query(Store).filter_by(name=name).one() for name in ("South", "North"))
            asked = rules.ask_share(tx, tx.merge(olu), south, cleo)
            if linked:
                rules.link(tx, cleo, south, "she_is_here")
            made = CustomerList(public_id="list-1", store_id=north.id, name="Coats", made_by_id=ana.id, made_at=asked.asked_at)
            batch = ImportBatch(
                public_id="batch-1",
                store_id=north.id,
                made_by_id=ana.id,
                made_at=asked.asked_at,
                file_name="m.csv",
                lang="en",
                signature="",
            )
            receipts = ImportBatch(
                public_id="batch-2", store_id=north.id, made_by_id=ana.id, made_at=asked.asked_at, file_name="r.csv", lang="en", signature="",
                what="receipts",
            )  # fmt: skip
            noor, home = factories.customer("Noor"), north.id
            pair = DuplicateSuspect(
                public_id="pair-1", a_id=cleo.id, b_id=noor.id, a_store_id=home, b_store_id=home, score=60, found_at=asked.asked_at
            )
            export = ExportLog(
                public_id="export-1", actor_id=ana.id, at=asked.asked_at, what="store", format="csv", with_phones=False, fields="name",
                why="cards", salt=b"1",
            )  # fmt: skip
            tx.add_all((made, batch, receipts, pair, export))
            tx.flush()
            tx.add(ExportStore(export_id=export.id, store_id=home))
            proposed = Approval(
                public_id="approval-1", kind="points_adjust", customer_id=cleo.id, store_id=home, parameters={"points": -600}, reason="Wrong receipt",
                rank=1, proposed_by_id=factories.staff("ben").id, proposed_at=asked.asked_at,
            )  # fmt: skip
            tx.add(proposed)
            bought = selling.sell(tx, tx.merge(ana), cleo, ("Linen shirt", 68_000))
            contact = tx.query(ContactPoint).filter_by(customer_id=cleo.id).first()
            ids |= {
                "public_id": cleo.public_id,
                "other": factories.customer("Noor").public_id,
                "key": "callback",
                "row_id": contact.id,
                "kind": "adult",
                "list_id": made.public_id,
                "batch": batch.public_id,
                "receipts": receipts.public_id,
                "pair": pair.public_id,
                "export": export.public_id,
                **goods.ids_of_one_of_each(tx),
                "purchase": bought.public_id,
                "approval": proposed.public_id,
            }
            ids |= {"tier_draft": tier_rules.begin(tx, None).public_id}
            ids |= {"share": tx.query(ShareRequest).first().public_id, "staff": ana.public_id, "store": north.public_id}
        db.session().close()
    return ids


def test_every_endpoint_has_a_row(app):
    missing = sorted(set(access.declared(app)) - set(ROWS))
    assert missing == [], "Say in tests/access_rows.py who may use it"
    assert sorted(set(ROWS) - set(access.declared(app))) == [], "These endpoints are gone"


@pytest.mark.parametrize("endpoint", sorted(ROWS))
@pytest.mark.parametrize("linked", [False, True], ids=["", "linked"])
def test_only_who_may_uses_it(app, sign_in, endpoint, linked):
    kind, values = ROWS[endpoint]
    if linked and kind not in ("read", "write"):
        return
    ids = world(app, linked=linked)
    expected = ANSWERS[f"linked_{kind}" if linked else kind]
    for actor, sign in zip(ACTORS, expected, strict=True):
        client = app.test_client() if actor == "out" else sign_in(actor)
        for method, path in addresses(app, endpoint, {**ids, **{name: ids.get(value, value) for name, value in values.items()}}):
            with client.open(path, method=method) as answer:
                status = answer.status_code
            told = f"{actor} {method} {endpoint}: {status}"
            assert (status in SIGNS[sign]) if sign != "+" else status not in (401, 403, 404, 405, 500), told


def addresses(app, endpoint, ids):
    for rule in app.url_map.iter_rules(endpoint):
        with app.test_request_context():
            path = app.url_for(endpoint, **{name: ids.get(name, 1) for name in rule.arguments})
        for method in sorted(rule.methods & {"GET", "POST"}):
            yield method, path
