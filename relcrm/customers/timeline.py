"""One list of everything that happened with a customer, newest first. Later features register their own source."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from relcrm.consent import catalogue, ledger
from relcrm.consent import rules as consent_rules
from relcrm.consent.history import one_person
from relcrm.consent.models import Alias, ConsentEvent
from relcrm.consent.purposes import purpose
from relcrm.customers.models import CustomerStore, Fact, Note, Serving
from relcrm.customers.queries import Seen
from relcrm.db import session
from relcrm.i18n import _
from relcrm.staff.models import Store

PAGE, DEEP = 20, 60


@dataclass(frozen=True)
class Entry:
    """One thing that happened: when, of what kind, in words, and by whom (a staff id)."""

    at: datetime
    kind: str
    title: str
    sub: str = ""
    by_id: int | None = None
    row_id: int = 0
    link: tuple[str, Mapping[str, str]] | None = None  # an endpoint with its values


# A source answers the newest entries before an instant that this reader may see, at most so many.
Source = Callable[[Seen, str, datetime, int], Sequence[Entry]]
_sources: dict[str, Source] = {}
_labels: dict[str, object] = {}


def source(kind: str, label: object = "") -> Callable[[Source], Source]:
    """Register a source; a later feature brings the word for its entries."""

    def register(function: Source) -> Source:
        _sources[kind], _labels[kind] = function, label
        return function

    return register


def kinds() -> list[str]:
    return list(_sources)


def label(kind: str) -> str:
    """What a later feature calls its entries; "" for those of this one."""
    return str(_labels[kind])


def page(seen: Seen, lang: str, before: datetime, kind: str = "") -> tuple[list[Entry], datetime | None]:
    """A page of entries and the instant from which the next page goes on (None at the end). Entries of one instant stay together."""
    found: list[Entry] = []
    for name, function in _sources.items():
        if kind in ("", name):
            found += function(seen, lang, before, DEEP)
    found.sort(key=lambda entry: entry.at, reverse=True)
    cut = PAGE
    while cut < len(found) and found[cut].at == found[cut - 1].at:
        cut += 1
    return found[:cut], found[cut - 1].at if cut < len(found) else None


@source("notes")
def _notes(seen: Seen, _lang: str, before: datetime, most: int) -> Sequence[Entry]:
    if seen.sight.of(catalogue.field("notes")) != "full":
        return []
    query = sa.select(Note).where(Note.customer_id == seen.customer.id, Note.noted_at < before).order_by(Note.noted_at.desc()).limit(most)
    return [Entry(row.noted_at, "notes", row.words, by_id=row.noted_by_id, row_id=row.id) for row in session().scalars(query)]


@source("facts")
def _facts(seen: Seen, lang: str, before: datetime, most: int) -> Sequence[Entry]:
    off = consent_rules.switched_off(dict(catalogue.fields()))
    shown = [key for key, field in catalogue.fields().items() if key not in off and seen.sight.shows(field)]
    query = sa.select(Fact).where(Fact.customer_id == seen.customer.id, Fact.key.in_(shown), Fact.noted_at < before)
    rows = session().scalars(query.order_by(Fact.noted_at.desc()).limit(most))
    return [
        Entry(row.noted_at, "facts", catalogue.label(catalogue.field(row.key), lang), fact_words(row, seen, lang), row.noted_by_id)
        for row in rows
        if seen.sight.shows_value(catalogue.field(row.key), row.basis)
    ]


@source("consents")
def _consents(seen: Seen, _lang: str, before: datetime, most: int) -> Sequence[Entry]:
    """Managers and auditors read the whole ledger, associates where it stands now."""
    hers = ConsentEvent.customer_id.in_(one_person(seen.customer.id))
    query = sa.select(ConsentEvent).where(hers, ConsentEvent.occurred_at < before)
    if seen.sight.row("ledger") != "full":
        query = query.where(ConsentEvent.id.in_([now.event_id for now in ledger.overview(seen.customer.id).values() if now.event_id]))
    rows = session().scalars(query.order_by(ConsentEvent.occurred_at.desc(), ConsentEvent.id.desc()).limit(most))
    return [Entry(row.occurred_at, "consents", consent_words(row), str(purpose(row.purpose).label), row.actor_staff_id) for row in rows]


@source("visits")
def _visits(seen: Seen, _lang: str, before: datetime, most: int) -> Sequence[Entry]:
    linked = sa.select(CustomerStore.since, CustomerStore.how, Store.name).join(Store, Store.id == CustomerStore.store_id)
    links = session().execute(linked.where(CustomerStore.customer_id == seen.customer.id, CustomerStore.since < before).limit(most))
    served = sa.select(Serving).where(Serving.customer_id == seen.customer.id, Serving.at < before).order_by(Serving.at.desc()).limit(most)
    return [Entry(row.since, "visits", how_words(row.how), row.name) for row in links] + [
        Entry(row.at, "visits", _("Served in the shop"), by_id=row.staff_id) for row in session().scalars(served)
    ]


@source("merges")
def _merges(seen: Seen, _lang: str, before: datetime, most: int) -> Sequence[Entry]:
    """When another file was joined to hers, and when it was taken apart again; the other one's name is not hers."""
    hers = Alias.winner_id.in_(one_person(seen.customer.id))
    rows = session().scalars(sa.select(Alias).where(hers, Alias.merged_at < before).order_by(Alias.merged_at.desc()).limit(most)).all()
    joined = [Entry(row.merged_at, "merges", _("Another file of hers was joined to this one"), by_id=row.merged_by_id) for row in rows]
    apart = [row for row in rows if row.undone_at is not None and row.undone_at < before]
    return joined + [
        Entry(row.undone_at, "merges", _("The two files were taken apart again"), by_id=row.undone_by_id) for row in apart if row.undone_at
    ]


def fact_words(fact: Fact, seen: Seen, lang: str) -> str:
    """A value as this reader sees it: a birthday without its year, an address masked, where the rights say so."""
    from relcrm.birthday import Birthday
    from relcrm.birthday import show as show_birthday
    from relcrm.consent import values

    field = catalogue.field(fact.key)
    level = seen.sight.of(field)
    if fact.key == "birthday" and level == "day_month" and isinstance(fact.value, dict):
        return show_birthday(Birthday.from_dict(fact.value), lang, with_year=False)
    if fact.key == "address" and level == "open_task" and isinstance(fact.value, dict):
        return " ".join(part for part in (fact.value.get("city", ""), "••••") if part)
    return values.show(field, fact.value, lang)


def consent_words(event: ConsentEvent) -> str:
    return {
        "grant": _("Said yes"),
        "deny": _("Said no"),
        "withdraw": _("Took it back"),
        "expire": _("Ran out"),
        "renew": _("Said yes again"),
        "supersede": _("Ended by a new notice"),
        "import": _("Came with a file"),
        "pending": _("Waits for her own confirmation"),
        "confirm": _("Confirmed herself"),
    }[event.action]


def how_words(how: str) -> str:
    return {
        "capture": _("Noted as a new customer"),
        "purchase": _("Bought here"),
        "share": _("Shared with this store"),
        "she_is_here": _("Came to this store"),
        "import": _("Came with a file"),
        "moved": _("Moved to this store"),
    }[how]
