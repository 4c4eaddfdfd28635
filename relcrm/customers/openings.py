"""What a customer brings along from the book before this one: points, a tier, what she had spent. Shown, never earned and never scored."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from relcrm import clock, money
from relcrm.customers.import_models import ImportBatch
from relcrm.customers.table import Row
from relcrm.db import Model, PrimaryKey, foreign, session
from relcrm.errors import BadValue
from relcrm.i18n import _l

KEYS = ("opening_total", "opening_last", "opening_points", "opening_points_until", "opening_tier", "opening_tier_until")


class OpeningBalance(Model):
    """What one row of a file said of a customer's past. Money in the smallest unit of `currency`; a row of points is one lot."""

    __tablename__ = "opening_balance"
    __table_args__ = (sa.UniqueConstraint("batch_id", "line"),)
    id: Mapped[PrimaryKey]
    batch_id: Mapped[int] = foreign("import_batch.id", index=False)
    line: Mapped[int]
    customer_id: Mapped[int] = foreign("customer.id")
    store_id: Mapped[int] = foreign("store.id", index=False)
    at: Mapped[datetime]
    on: Mapped[date]
    currency: Mapped[str] = mapped_column(sa.String(3))
    total_minor: Mapped[int | None]
    last_on: Mapped[date | None]
    points: Mapped[int | None]
    points_until: Mapped[date | None]
    tier: Mapped[str] = mapped_column(sa.String(24), default="")
    tier_until: Mapped[date | None]


@dataclass(frozen=True)
class Opening:
    """What a row tells, read. `tier` is a key of the rules in force."""

    currency: str
    total_minor: int | None = None
    last_on: date | None = None
    points: int | None = None
    points_until: date | None = None
    tier: str = ""
    tier_until: date | None = None

    @property
    def keys(self) -> list[str]:
        """The targets it fills."""
        told = (self.total_minor, self.last_on, self.points, self.points_until, self.tier or None, self.tier_until)
        return [target for target, value in zip(KEYS, told, strict=True) if value is not None]


@dataclass(frozen=True)
class Openable:
    """What may be opened now: `tiers` by small name, points while there are rules for them, and the money of each store."""

    currencies: Mapping[int, str]
    tiers: Mapping[str, str]
    points: bool


NOTHING_OPEN = Openable({}, {}, False)

# Points and tiers say what there is to open (`tiers`, `has_points`) and follow what was: rows just written, rows about to go. The
# latter answers with the customers of whom a part must stay, because it was used since.
tiers: list[Callable[[], Mapping[str, str]]] = []
has_points: list[Callable[[], bool]] = []
opened: list[Callable[[Session, Sequence[OpeningBalance]], None]] = []
closing: list[Callable[[Session, Sequence[OpeningBalance]], set[int]]] = []


def openable(currencies: Mapping[int, str]) -> Openable:
    names = {name: key for source in tiers for name, key in source().items()}
    return Openable(currencies, names, any(one() for one in has_points))


def read_total(text: str, currency: str) -> int:
    """Raises BadValue money_…."""
    return money.parse(text, currency, "opening_total")


def read_tier(text: str, may: Openable) -> str:
    """Raises BadValue opening_tier."""
    key = may.tiers.get(" ".join(text.lower().split()))
    if key is None:
        raise BadValue(_l("There is no tier “%(text)s” in the rules.", text=text[:40]), code="opening_tier", field="opening_tier")
    return key


def held(customer_ids: Collection[int], batch_id: int | None) -> set[int]:
    """Those who brought something along already, by another file: a second one adds nothing."""
    query = sa.select(OpeningBalance.customer_id).where(OpeningBalance.customer_id.in_(customer_ids))
    return set(session().scalars(query if batch_id is None else query.where(OpeningBalance.batch_id != batch_id)))


def write(tx: Session, batch: ImportBatch, told: Sequence[tuple[int, Row, int, Opening]], today: date) -> None:
    """(customer, row, store, opening) of rows just written. Total and tier count once a customer and file; every row of points is a lot."""
    if not told:
        return
    said = sa.select(OpeningBalance.customer_id).where(OpeningBalance.batch_id == batch.id, OpeningBalance.total_minor.is_not(None))
    with_total = set(tx.scalars(said.where(OpeningBalance.customer_id.in_({one for one, *_rest in told}))))
    rows = []
    for customer_id, row, store_id, opening in told:
        values = vars(opening) | ({"total_minor": None, "last_on": None} if customer_id in with_total else {})
        with_total |= {customer_id} if opening.total_minor is not None else set()
        rows.append(
            OpeningBalance(
                batch_id=batch.id, line=row.number, customer_id=customer_id, store_id=store_id, at=clock.now(), on=today, **values
            )
        )
    tx.add_all(rows)
    tx.flush()
    for follower in opened:
        follower(tx, rows)


def take_back(tx: Session, batch: ImportBatch, customer_ids: Collection[int], line: int | None = None) -> set[int]:
    """Close what this file (or one line of it) opened of these customers. Returns those of whom a part stays, because it was used."""
    query = sa.select(OpeningBalance).where(OpeningBalance.batch_id == batch.id, OpeningBalance.customer_id.in_(customer_ids))
    rows = tx.scalars(query if line is None else query.where(OpeningBalance.line == line)).all()
    if not rows:
        return set()
    for row in rows:
        tx.delete(row)
    tx.flush()
    return {one for follower in closing for one in follower(tx, rows)}


@dataclass(frozen=True)
class Before:
    """What she had spent before the switch, and the file that says so."""

    total_minor: int | None
    currency: str
    last_on: date | None
    file_name: str
    batch: str


def before(customer_id: int) -> list[Before]:
    query = sa.select(OpeningBalance, ImportBatch.file_name, ImportBatch.public_id).join(
        ImportBatch, ImportBatch.id == OpeningBalance.batch_id
    )
    spent = sa.or_(OpeningBalance.total_minor.is_not(None), OpeningBalance.last_on.is_not(None))
    rows = session().execute(query.where(OpeningBalance.customer_id == customer_id, spent).order_by(OpeningBalance.id))
    return [Before(row.total_minor, row.currency, row.last_on, name, public_id) for row, name, public_id in rows]
