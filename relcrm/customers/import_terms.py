"""What holds for every row of a file: its stores, colleagues, switched-off fields, and the paper behind its consents."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.consent import catalogue
from relcrm.consent import rules as consent_rules
from relcrm.consent.purposes import purpose
from relcrm.customers import openings
from relcrm.customers.import_models import ImportBatch, ImportPaper
from relcrm.customers.import_reading import Terms
from relcrm.customers.rows import PURPOSES
from relcrm.db import session
from relcrm.errors import BadValue
from relcrm.i18n import _l
from relcrm.staff import audit
from relcrm.staff.models import Membership, StaffMember, Store
from relcrm.staff.permissions import ROLE_MAY, Permission, require

IMPORTERS = tuple(role for role, may in ROLE_MAY.items() if Permission.CUSTOMER_IMPORT in may)
LONGEST_WORDS = 20_000


def of(batch: ImportBatch, by: StaffMember, mapping: Collection[str], header: Collection[str]) -> Terms:
    """The terms of this file, for whoever answers for it."""
    store, paper = session().get_one(Store, batch.store_id), paper_of(batch)
    stores = _stores(by)
    return Terms(
        store_id=store.id,
        zone=store.time_zone,
        country=store.country,
        mapping=list(mapping),
        header=list(header),
        today=clock.today(store.time_zone),
        stores={" ".join(one.name.lower().split()): one.id for one in stores},
        associates=associates([one.id for one in stores]),
        held=frozenset(one.id for one in stores),
        off=frozenset(consent_rules.switched_off(dict(catalogue.fields()))),
        grantable=frozenset(key for key in PURPOSES if not purpose(key).needs_assessment or consent_rules.is_assessed(key)),
        proves=batch.proves,
        openable=openings.openable({one.id: one.currency for one in stores}),
        paper=frozenset(paper.purposes.split()) if paper else frozenset(),
        signed_on=paper.signed_on if paper else None,
    )


def _stores(by: StaffMember) -> list[Store]:
    held = by.stores(*IMPORTERS)
    query = sa.select(Store).order_by(Store.id)
    return list(session().scalars(query if held is None else query.where(Store.id.in_(held))))


def associates(store_ids: Collection[int]) -> Mapping[int, Mapping[str, int]]:
    """By store: colleagues by number, and by name where it is one person's."""
    works = sa.and_(Membership.role.in_(("associate", "store_manager")), Membership.store_id.in_(store_ids))
    query = sa.select(Membership.store_id, StaffMember.id, StaffMember.number, StaffMember.name).join(StaffMember).where(works)
    people: dict[int, set[tuple[int, str, str]]] = {}
    for store_id, one, number, name in session().execute(query.where(StaffMember.left_on.is_(None))):
        people.setdefault(store_id or 0, set()).add((one, number.lower(), " ".join(name.lower().split())))
    return {store_id: _by_words(here) for store_id, here in people.items()}


def _by_words(people: Collection[tuple[int, str, str]]) -> dict[str, int]:
    names = [name for _one, _number, name in people]
    by_name = {name: one for one, _number, name in people if names.count(name) == 1}
    return by_name | {number: one for one, number, _name in people}


def paper_of(batch: ImportBatch) -> ImportPaper | None:
    return session().get(ImportPaper, batch.id) if batch.id else None


def declare(
    tx: Session,
    actor: StaffMember,
    batch: ImportBatch,
    *,
    purposes: Collection[str],
    words: str,
    scan: bytes,
    scan_name: str,
    signed_on: date | None,
) -> None:
    """The owner says that everybody in this file signed that paper. No purpose at all takes the declaration back.

    Raises BadValue paper_purpose, paper_missing, paper_long, paper_day.
    """
    require(actor, Permission.CONSENT_DECLARE)
    if set(purposes) - set(PURPOSES):
        raise BadValue(_l("Choose from the list."), code="paper_purpose", field="purposes")
    before = tx.get(ImportPaper, batch.id)
    if before is not None:
        tx.delete(before)
        tx.flush()
    if purposes:
        today = clock.today(session().get_one(Store, batch.store_id).time_zone)
        tx.add(_paper(actor, batch, sorted(purposes), words.strip(), scan, scan_name, _signed(signed_on, today)))
    audit.note(tx, actor, "import_paper_declared", batch.public_id, store_id=batch.store_id, keys=tuple(sorted(purposes)))


def _signed(day: date | None, today: date) -> date:
    if day is None or day > today or day.year < 1990:
        sentence = _l("Write the day since when everybody has signed this, not in the future: a consent lasts from that day on.")
        raise BadValue(sentence, code="paper_day", field="signed_on")
    return day


def _paper(
    actor: StaffMember, batch: ImportBatch, purposes: Collection[str], words: str, scan: bytes, scan_name: str, signed_on: date
) -> ImportPaper:
    if not words and not scan:
        sentence = _l("Write what the paper says, or add a scan of it: without proof a file brings no consent.")
        raise BadValue(sentence, code="paper_missing", field="words")
    if len(words) > LONGEST_WORDS:
        sentence = _l("At most %(most)s characters; these are %(n)s.", most=LONGEST_WORDS, n=len(words))
        raise BadValue(sentence, code="paper_long", field="words")
    return ImportPaper(
        batch_id=batch.id,
        purposes=" ".join(purposes),
        words=words,
        scan_name=scan_name.replace("\\", "/").rsplit("/", 1)[-1][:120] if scan else "",
        sha256=hashlib.sha256(scan or words.encode()).hexdigest(),
        signed_on=signed_on,
        declared_by_id=actor.id,
        declared_at=clock.now(),
    )
