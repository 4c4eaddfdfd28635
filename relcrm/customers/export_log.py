"""The log of what was taken out of the book, and the limits it is held against: written before the first byte leaves."""

import hmac
import json
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import chain, clock
from relcrm.consent import forbidden, ledger
from relcrm.consent.history import one_person
from relcrm.consent.models import AccessEvent
from relcrm.customers import export_sources
from relcrm.customers.export_columns import CONTACTS, IN_CARDS
from relcrm.customers.export_models import FORMATS, ExportLog, ExportRow, ExportStore
from relcrm.customers.export_sources import ALONE, ROLES, Source
from relcrm.customers.exporting import Row
from relcrm.db import session
from relcrm.errors import BadValue, NotFound, RuleError
from relcrm.i18n import _l, ngettext
from relcrm.staff import audit, trail
from relcrm.staff.models import Membership, StaffMember, Store
from relcrm.staff.permissions import Permission, may, require

A_DAY, NAMED, PAGE, WHY_LONGEST = 50, 3, 30, 200
LISTED = timedelta(days=30)
XLSX_MOST = 1_048_575


@dataclass(frozen=True)
class Wish:
    """What somebody asks for: whose files, which fields, in what form, and why."""

    what: str
    fields: tuple[str, ...]
    format: str
    why: str
    lang: str

    @property
    def kept(self) -> tuple[str, ...]:
        """The fields that this format has room for; an address card always has a name."""
        return tuple(dict.fromkeys(("name", *(key for key in self.fields if key in IN_CARDS)))) if self.format == "vcf" else self.fields

    @property
    def with_phones(self) -> bool:
        return any(key in CONTACTS for key in self.kept)


def check(wish: Wish) -> None:
    """Raises BadValue naming format, fields or why."""
    if wish.format not in FORMATS:
        raise BadValue(_l("Choose one of the kinds of file."), code="bad_format", field="format")
    if not wish.kept:
        raise BadValue(_l("Choose at least one column."), code="no_fields", field="fields")
    if not wish.why.strip():
        raise BadValue(_l("Write what the file is for. It is kept with the log."), code="no_why", field="why")
    if len(wish.why) > WHY_LONGEST:
        raise BadValue(_l("At most %(most)s characters; these are %(n)s.", most=WHY_LONGEST, n=len(wish.why)), code="long", field="why")
    forbidden.check(wish.why, field="why")


def begin(tx: Session, actor: StaffMember, source: Source, wish: Wish, count: int) -> ExportLog:
    """The entry of a file of so many customers. Raises RuleError for what this person may not take out alone."""
    for store in source.stores:
        require(actor, Permission.EXPORT, store.id)
    if set(wish.kept) - {item.key for item in export_sources.offered(actor, source.stores, wish.lang)} - set(CONTACTS):
        raise BadValue(_l("Choose the columns from the list."), code="bad_fields", field="fields")
    if count == 0:
        raise RuleError(_l("There is nobody to take out here."), code="export_empty")
    if wish.format == "xlsx" and count > XLSX_MOST:
        raise RuleError(_l("Excel holds at most %(most)s rows. Choose CSV.", most=f"{XLSX_MOST:,}"), code="export_too_long")
    _refuse_beyond(tx, actor, source.stores, wish, count)
    return _entered(tx, actor, source, wish, count)


def _refuse_beyond(tx: Session, actor: StaffMember, stores: Sequence[Store], wish: Wish, count: int) -> None:
    if export_sources.is_alone(actor, stores):
        return
    who = ", ".join(who_may(stores))
    if wish.with_phones:
        raise RuleError(
            _l("Phones, e-mails, WeChat names and card numbers leave the book only with an area manager or the owner: %(who)s.", who=who),
            code="export_phones",
        )
    # Where writers do not queue, two files at once wait for each other here.
    tx.execute(sa.select(StaffMember.id).where(StaffMember.id == actor.id).with_for_update())
    left = left_today(actor, stores)
    if count > left:
        raise RuleError(
            _l(
                "This is %(count)s customers. You may take out %(most)s a day alone, and today %(left)s are left. For more ask %(who)s.",
                count=count, most=A_DAY, left=left, who=who,
            ),
            code="export_limit",
        )  # fmt: skip


def left_today(actor: StaffMember, stores: Sequence[Store]) -> int:
    """How many customers may still be taken out alone today, by the day of the store; who was taken out twice counts twice."""
    zone = stores[0].time_zone
    since = datetime.combine(clock.today(zone), time.min, ZoneInfo(zone))
    taken = sa.select(sa.func.coalesce(sa.func.sum(ExportLog.row_count), 0)).where(ExportLog.actor_id == actor.id, ExportLog.at >= since)
    return max(0, A_DAY - int(session().scalar(taken) or 0))


def who_may(stores: Sequence[Store]) -> list[str]:
    """Some who may take out more: area managers of all these stores first, then owners."""
    wanted = {store.id for store in stores}
    works = sa.select(Membership.store_id, Membership.role, StaffMember.id, StaffMember.name).join(Membership.staff)
    rows = session().execute(works.where(Membership.role.in_(ALONE), StaffMember.left_on.is_(None)).order_by(StaffMember.name)).all()
    held: dict[int, set[int | None]] = {}
    for row in rows:
        held.setdefault(row.id, set()).add(row.store_id)
    area = [row.name for row in rows if row.role == "area_manager" and wanted <= held[row.id]]
    return list(dict.fromkeys([*area, *(row.name for row in rows if row.role == "owner")]))[:NAMED]


def _entered(tx: Session, actor: StaffMember, source: Source, wish: Wish, count: int) -> ExportLog:
    """With the number that is meant: so two files at once cannot each have the whole day. What is in it is set at the end."""
    log = ExportLog(
        public_id=secrets.token_urlsafe(9), actor_id=actor.id, at=clock.now(), what=source.kind, what_id=source.id, format=wish.format,
        with_phones=wish.with_phones, row_count=count, fields=" ".join(wish.kept), why=" ".join(wish.why.split()), salt=secrets.token_bytes(16),
    )  # fmt: skip
    tx.add(log)
    tx.flush()
    tx.add_all(ExportStore(export_id=log.id, store_id=store.id) for store in source.stores)
    one = source.stores[0].id if len(source.stores) == 1 else None
    audit.note(tx, actor, "list_taken_out", log.public_id, store_id=one, keys=("phone",) if log.with_phones else ())
    return log


def enter_rows(tx: Session, log: ExportLog, rows: Sequence[Row], store_id: int | None) -> None:
    """Note who is in the file and by which event, and in each customer's own log that she was taken out."""
    if not rows:
        return
    taken = [
        {"export_id": log.id, "customer_id": row.customer_id, "event_id": row.event_id, "purposes": " ".join(sorted(row.purposes)),
         "row_hash": row_hash(log.salt, row.flat)}
        for row in rows
    ]  # fmt: skip
    tx.execute(sa.insert(ExportRow), taken)
    looks = [AccessEvent(at=log.at, staff_id=log.actor_id, customer_id=row.customer_id, kind="export", store_id=store_id) for row in rows]
    chain.append_all(tx, looks)


def row_hash(salt: bytes, cells: Sequence[str]) -> str:
    """By this a line of a file that turns up somewhere can be told to be from this export."""
    return hmac.new(salt, json.dumps(list(cells), ensure_ascii=False).encode(), "sha256").hexdigest()


def visible_to(reader: StaffMember) -> sa.Select[ExportLog]:
    """Managers read of files about customers of their stores and of their own; owner and auditor of all."""
    held = None if may(reader, Permission.AUDIT_READ) else reader.stores(*ROLES)
    query = sa.select(ExportLog)
    if held is None:
        return query
    about = sa.select(ExportStore.export_id).where(ExportStore.store_id.in_(held))
    return query.where(sa.or_(ExportLog.id.in_(about), ExportLog.actor_id == reader.id))


def past(reader: StaffMember, page: int) -> tuple[Sequence[ExportLog], bool]:
    """A page of the log, newest first, and whether there is more."""
    query = visible_to(reader).order_by(ExportLog.id.desc())
    rows = session().scalars(query.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    return rows[:PAGE], len(rows) > PAGE


def get(reader: StaffMember, public_id: str) -> ExportLog:
    """Raises NotFound for what the reader may not know of."""
    found = session().scalar(visible_to(reader).where(ExportLog.public_id == public_id))
    if found is None:
        raise NotFound(_l("There is no such file in the log."), code="no_export")
    return found


def stores_of(logs: Collection[ExportLog]) -> dict[int, list[str]]:
    """The names of the stores each file is about."""
    found: dict[int, list[str]] = {log.id: [] for log in logs}
    rows = sa.select(ExportStore.export_id, Store.name).join(Store, Store.id == ExportStore.store_id)
    for export_id, name in session().execute(rows.where(ExportStore.export_id.in_(found)).order_by(Store.id)):
        found[export_id].append(name)
    return found


def taken_back(logs: Collection[ExportLog]) -> dict[int, int]:
    """For each file of the last 30 days that is not deleted: how many in it have taken back what it rests on since."""
    fresh = [log.id for log in logs if log.deleted_at is None and log.at > clock.now() - LISTED]
    counted = sa.select(ExportRow.export_id, sa.func.count()).where(ExportRow.export_id.in_(fresh), ExportRow.taken_back_at.is_not(None))
    return {row[0]: row[1] for row in session().execute(counted.group_by(ExportRow.export_id))}


def deleted(tx: Session, actor: StaffMember, log: ExportLog) -> None:
    """Somebody says that the file and its copies are gone. Twice is the same as once."""
    require(actor, Permission.EXPORT)
    if log.deleted_at is None:
        log.deleted_at, log.deleted_by_id = clock.now(), actor.id
        audit.note(tx, actor, "list_file_deleted", log.public_id)


@ledger.changed.connect
def _consent_changed(_sender: object, *, tx: Session, customer_id: int, purpose: str) -> None:
    """What she takes back is also in files that left the book lately: these are listed to be deleted by hand."""
    if ledger.may(customer_id, purpose).code not in ("DENIED", "WITHDRAWN"):
        return
    lately = sa.select(ExportLog.id).where(ExportLog.at > clock.now() - LISTED)
    hers = sa.select(ExportRow).where(
        ExportRow.customer_id.in_(one_person(customer_id)), ExportRow.taken_back_at.is_(None), ExportRow.export_id.in_(lately)
    )
    for row in tx.scalars(hers):
        if purpose in row.purposes.split():
            row.taken_back_at = clock.now()


def _names(wanted: set[str], _lang: str) -> dict[str, str]:
    """How the audit trail calls a file: by how many are in it."""
    rows = session().execute(sa.select(ExportLog.public_id, ExportLog.row_count).where(ExportLog.public_id.in_(wanted)))
    return {row.public_id: ngettext("%(num)s customer", "%(num)s customers", row.row_count) for row in rows}


trail.namers.append(_names)
