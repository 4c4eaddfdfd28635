"""The customer, how to reach her, what is known of her, and who serves her."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from relcrm import crypt
from relcrm.consent.bound import Bound
from relcrm.db import Model, PrimaryKey, PublicId, foreign, one_of

CONTACT_KINDS = ("phone", "email", "wechat", "wecom", "card")
HOW_LINKED = ("capture", "purchase", "share", "she_is_here", "import", "moved")
SOURCES = ("told", "observed", "estimated", "imported", "derived")


class Customer(Model):
    """Who she is: identity is never bound to a consent but the one she enrolled with."""

    __tablename__ = "customer"
    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    name: Mapped[str]
    salutation: Mapped[str] = mapped_column(default="")
    address_as: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    home_store_id: Mapped[int] = foreign("store.id")
    owner_id: Mapped[int | None] = foreign("staff_member.id")
    is_minor: Mapped[bool] = mapped_column(default=False)
    pause_until: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_member.id"))
    # Set when the service consent ends: from then on nobody finds her, until she enrols again or is erased.
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class CustomerStore(Model):
    """The stores that know her; one of them is home."""

    __tablename__ = "customer_store"
    __table_args__ = (
        one_of("how", "how", HOW_LINKED),
        sa.PrimaryKeyConstraint("customer_id", "store_id"),
        sa.Index("ix_customer_store_store_since", "store_id", "since"),
    )
    customer_id: Mapped[int] = foreign("customer.id", ondelete="CASCADE", index=False)
    store_id: Mapped[int] = foreign("store.id", index=False)
    since: Mapped[datetime]
    how: Mapped[str] = mapped_column(sa.String(16))


class ContactPoint(Model):
    """A phone, handle, address or card of hers, in the one form in which it is compared."""

    __tablename__ = "contact_point"
    __table_args__ = (one_of("kind", "kind", CONTACT_KINDS), sa.UniqueConstraint("kind", "value"))
    id: Mapped[PrimaryKey]
    customer_id: Mapped[int] = foreign("customer.id", ondelete="CASCADE")
    kind: Mapped[str] = mapped_column(sa.String(8))
    value: Mapped[str]
    label: Mapped[str] = mapped_column(default="")
    is_main: Mapped[bool] = mapped_column(default=False)
    unreachable: Mapped[bool] = mapped_column(default=False)
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_member.id"))


class Fact(Bound, Model):
    """One thing known of her, with where it comes from. A sensitive value is sealed and opens only through the gate."""

    __tablename__ = "fact"
    __table_args__ = (
        one_of("source", "source", SOURCES),
        sa.UniqueConstraint("customer_id", "key", "slot"),
        sa.Index(
            "ix_fact_purge_at", "purge_at", sqlite_where=sa.text("purge_at IS NOT NULL"), postgresql_where=sa.text("purge_at IS NOT NULL")
        ),
    )
    key: Mapped[str] = mapped_column(sa.String(40))
    slot: Mapped[str] = mapped_column(sa.String(40), default="")
    plain: Mapped[str | None]
    sealed: Mapped[bytes | None]
    source: Mapped[str] = mapped_column(sa.String(12))
    noted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_member.id"))
    noted_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]
    event_id: Mapped[int | None]

    @property
    def value(self) -> object:
        return crypt.read_value(self.plain, self.sealed)


class FamilyMember(Bound, Model):
    """Somebody of hers: a role and an everyday name. Of a child only that and an age band, sealed."""

    __tablename__ = "family_member"
    __table_args__ = (sa.Index("ix_family_member_customer_id", "customer_id"),)
    role: Mapped[str] = mapped_column(sa.String(16))
    plain: Mapped[str | None]
    sealed: Mapped[bytes | None]
    noted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_member.id"))
    noted_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]

    @property
    def value(self) -> dict[str, str]:
        value = crypt.read_value(self.plain, self.sealed)
        return value if isinstance(value, dict) else {}


class Note(Bound, Model):
    """What was talked of, in plain words, checked against what may never be kept."""

    __tablename__ = "note"
    __table_args__ = (sa.Index("ix_note_customer_id_noted_at", "customer_id", "noted_at"),)
    words: Mapped[str]
    store_id: Mapped[int | None] = mapped_column(sa.ForeignKey("store.id"))
    noted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_member.id"))
    noted_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]


class Tag(Bound, Model):
    """A word by which she is grouped: that is profiling, and hangs on it."""

    __tablename__ = "tag"
    __table_args__ = (sa.UniqueConstraint("customer_id", "name"), sa.Index("ix_tag_name", "name"))
    name: Mapped[str]
    noted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_member.id"))
    noted_at: Mapped[datetime]


class CustomerList(Model):
    """A list somebody made by hand, of a store. It holds ids; who is shown is asked at reading."""

    __tablename__ = "customer_list"
    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    store_id: Mapped[int] = foreign("store.id")
    name: Mapped[str]
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("staff_member.id"))
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class CustomerListEntry(Model):
    __tablename__ = "customer_list_entry"
    __table_args__ = (sa.PrimaryKeyConstraint("list_id", "customer_id"),)
    list_id: Mapped[int] = foreign("customer_list.id", ondelete="CASCADE", index=False)
    customer_id: Mapped[int] = foreign("customer.id", ondelete="CASCADE")
    added_by_id: Mapped[int] = mapped_column(sa.ForeignKey("staff_member.id"))
    added_at: Mapped[datetime]


class LatelySeen(Model):
    """Whom each of us opened lately: the answer of the empty search box."""

    __tablename__ = "lately_seen"
    __table_args__ = (sa.PrimaryKeyConstraint("staff_id", "customer_id"), sa.Index("ix_lately_seen_staff_at", "staff_id", "at"))
    staff_id: Mapped[int] = foreign("staff_member.id", index=False)
    customer_id: Mapped[int] = foreign("customer.id", ondelete="CASCADE")
    at: Mapped[datetime]


class Serving(Model):
    """A colleague serves her today: for that day she sees what the owner-associate sees, but nothing sensitive."""

    __tablename__ = "serving"
    __table_args__ = (sa.PrimaryKeyConstraint("customer_id", "staff_id", "on"),)
    customer_id: Mapped[int] = foreign("customer.id", ondelete="CASCADE", index=False)
    staff_id: Mapped[int] = foreign("staff_member.id")
    on: Mapped[date]
    store_id: Mapped[int] = mapped_column(sa.ForeignKey("store.id"))
    at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class ShareRequest(Model):
    """Another store asks to know her; her home store answers within seven days."""

    __tablename__ = "share_request"
    __table_args__ = (
        one_of("status", "status", ("asked", "accepted", "declined", "lapsed")),
        sa.Index(
            "uq_share_request_open",
            "customer_id",
            "store_id",
            unique=True,
            sqlite_where=sa.text("status = 'asked'"),
            postgresql_where=sa.text("status = 'asked'"),
        ),
    )
    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    customer_id: Mapped[int] = foreign("customer.id", ondelete="CASCADE", index=False)
    store_id: Mapped[int] = foreign("store.id")
    asked_by_id: Mapped[int] = foreign("staff_member.id")
    asked_at: Mapped[datetime]
    lapses_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(sa.String(10), default="asked")
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_member.id"))
    answered_at: Mapped[datetime | None]


class Inform(Model):
    """Something a colleague should hear: her customer was served by somebody, or is at another store."""

    __tablename__ = "inform"
    __table_args__ = (sa.Index("ix_inform_staff_seen", "staff_id", "seen_at"), sa.Index("ix_inform_store_seen", "store_id", "seen_at"))
    id: Mapped[PrimaryKey]
    staff_id: Mapped[int | None] = foreign("staff_member.id", index=False)
    store_id: Mapped[int | None] = foreign("store.id", index=False)
    customer_id: Mapped[int] = foreign("customer.id", ondelete="CASCADE")
    kind: Mapped[str] = mapped_column(sa.String(16))
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("staff_member.id"))
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class AskRest(Model):
    """A question that rests: not today (90 days) or she does not want to say (180 days)."""

    __tablename__ = "ask_rest"
    __table_args__ = (sa.PrimaryKeyConstraint("customer_id", "key"), one_of("why", "why", ("not_now", "does_not_say", "answered")))
    customer_id: Mapped[int] = foreign("customer.id", ondelete="CASCADE", index=False)
    key: Mapped[str] = mapped_column(sa.String(40))
    why: Mapped[str] = mapped_column(sa.String(16))
    until: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("staff_member.id"))
    at: Mapped[datetime]


class SearchKey(Model):
    """What she is found by, one set of rows per linked store; written by search.reindex alone."""

    __tablename__ = "search_key"
    __table_args__ = (
        sa.PrimaryKeyConstraint("store_id", "key", "customer_id"),
        sa.Index("ix_search_key_customer_id", "customer_id"),
        {"sqlite_with_rowid": False},
    )
    store_id: Mapped[int]
    key: Mapped[str]
    customer_id: Mapped[int]
    owner_id: Mapped[int | None]
    seen: Mapped[int] = mapped_column(default=0)


class FileFigure(Model):
    """How complete and fresh the files of one associate are in one store, counted once a day (CUS-15)."""

    __tablename__ = "file_figure"
    __table_args__ = (sa.UniqueConstraint("store_id", "staff_id", "on"),)
    id: Mapped[PrimaryKey]
    store_id: Mapped[int] = foreign("store.id", index=False)
    staff_id: Mapped[int | None] = foreign("staff_member.id")
    on: Mapped[date]
    customers: Mapped[int]
    filled: Mapped[int]
    fresh: Mapped[int]
