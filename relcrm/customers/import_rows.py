"""What each row of a customer file does to the book, judged against what is there. Nothing is written here."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from relcrm.consent import catalogue, forbidden, values
from relcrm.customers import rows as reading
from relcrm.customers.facts import NOTE_LONGEST
from relcrm.customers.import_columns import FIELD_OF
from relcrm.customers.models import ContactPoint, Customer, CustomerStore
from relcrm.customers.rows import ANYWHERE, Draft, Problem
from relcrm.customers.table import Row
from relcrm.db import session
from relcrm.errors import BadValue
from relcrm.i18n import _l

CREATED, UPDATED, UNCHANGED, REFUSED = "created", "updated", "unchanged", "refused"
CHILD, TEEN = 14, 18
Contact = tuple[str, str]


@dataclass(frozen=True)
class Terms:
    """What holds for every row of one file. `associates` finds a colleague's id by small number or name; `off` are fields nobody keeps."""

    store_id: int
    country: str
    mapping: Sequence[str]
    header: Sequence[str]
    today: date
    associates: Mapping[str, int]
    off: frozenset[str]


@dataclass(frozen=True)
class Verdict:
    """What becomes of one row. `contacts` are those to add, `unstored` the fields whose values are left out."""

    row: Row
    draft: Draft
    outcome: str
    contacts: tuple[Contact, ...] = ()
    customer: Customer | None = None
    address: Mapping[str, Any] | None = None
    teen: bool = False
    problems: tuple[Problem, ...] = ()
    unstored: tuple[str, ...] = ()


@dataclass
class Tally:
    """How many rows did what, and of how many rows each field was left out."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    unstored: dict[str, int] = field(default_factory=dict)

    def add(self, verdicts: Iterable[Verdict]) -> None:
        for verdict in verdicts:
            setattr(self, verdict.outcome, getattr(self, verdict.outcome) + 1)
            for key in verdict.unstored:
                self.unstored[key] = self.unstored.get(key, 0) + 1

    @property
    def rows(self) -> int:
        return self.created + self.updated + self.unchanged + self.refused

    @property
    def taken(self) -> int:
        return self.created + self.updated

    def as_json(self) -> str:
        return json.dumps(vars(self))


class Judge:
    """Remembers which row of the file a number came in first. One per run over a file, fed from its first row on."""

    def __init__(self) -> None:
        self.rows_seen = 0
        self._first: dict[Contact, int] = {}

    def catch_up(self, rows: Sequence[Row], refused: frozenset[int], terms: Terms) -> None:
        """Rows that were dealt with before, by whoever; those refused then claim no number."""
        self.rows_seen += len(rows)
        for row in rows:
            if row.number not in refused:
                self._claim(row.number, contacts_of(reading.read_row(row, terms.mapping, terms.country, terms.today)))

    def judge(self, rows: Sequence[Row], terms: Terms) -> list[Verdict]:
        """In two queries for each kind of contact, however many rows. A refused row claims no number."""
        self.rows_seen += len(rows)
        drafts = [reading.read_row(row, terms.mapping, terms.country, terms.today) for row in rows]
        known = _Known([contact for draft in drafts for contact in contacts_of(draft)], terms)
        return [self._one(row, draft, known, terms) for row, draft in zip(rows, drafts, strict=True)]

    def _one(self, row: Row, draft: Draft, known: "_Known", terms: Terms) -> Verdict:
        contacts, problems = contacts_of(draft), [*draft.problems, *_never_kept(draft, terms)]
        address = _address(draft, terms, problems)
        holders = known.holders(contacts)
        problems = problems or self._twice(contacts, terms) or known.objections(holders)
        if problems:
            return Verdict(row, draft, REFUSED, problems=tuple(problems))
        self._claim(row.number, contacts)
        teen = _is_under(draft, TEEN, terms)
        if not holders:
            return Verdict(row, draft, CREATED, contacts, address=address, teen=teen, unstored=_unstored(draft, address, terms))
        customer = known.customers[holders.pop()]
        missing = tuple(contact for contact in contacts if contact not in known.contacts)
        outcome = UPDATED if missing or empty_parts(customer, draft, teen) else UNCHANGED
        return Verdict(row, draft, outcome, missing, customer, teen=teen, unstored=_personal(draft))

    def _twice(self, contacts: Iterable[Contact], terms: Terms) -> list[Problem]:
        twice = next((contact for contact in contacts if contact in self._first), None)
        return [Problem(_column_of(twice[0], terms), "twice_in_file", _same_as(twice[0], self._first[twice]))] if twice else []

    def _claim(self, line: int, contacts: Iterable[Contact]) -> None:
        for contact in contacts:
            self._first.setdefault(contact, line)


class _Known:
    """Who in the book has the contacts of these rows."""

    def __init__(self, contacts: Sequence[Contact], terms: Terms) -> None:
        self.contacts: dict[Contact, int] = {}
        for kind in {kind for kind, _value in contacts}:
            wanted = [value for of, value in contacts if of == kind]
            query = sa.select(ContactPoint.value, ContactPoint.customer_id).where(ContactPoint.kind == kind, ContactPoint.value.in_(wanted))
            self.contacts |= {(kind, row.value): row.customer_id for row in session().execute(query)}
        ids = set(self.contacts.values())
        linked = sa.and_(CustomerStore.customer_id == Customer.id, CustomerStore.store_id == terms.store_id)
        query_ours = sa.select(Customer).join(CustomerStore, linked).where(Customer.id.in_(ids))
        self.customers = {row.id: row for row in session().scalars(query_ours)} if ids else {}

    def holders(self, contacts: Iterable[Contact]) -> set[int]:
        return {self.contacts[contact] for contact in contacts if contact in self.contacts}

    def objections(self, holders: set[int]) -> list[Problem]:
        """Of a customer of another store nothing is told but that she is there."""
        if holders - set(self.customers):
            sentence = _l("Is in the book of another store. When she comes, look her up by her number and say that she is here.")
            return [Problem(ANYWHERE, "other_store", sentence)]
        if len(holders) > 1:
            return [Problem(ANYWHERE, "two_customers", _l("These numbers belong to two different customers in the book."))]
        if any(self.customers[one].closed_at is not None for one in holders):
            return [Problem(ANYWHERE, "closed", _l("She ended her file with us. A file of rows does not open it again."))]
        return []


def contacts_of(draft: Draft) -> tuple[Contact, ...]:
    """Every way of knowing her again, the first of a kind being the main one."""
    found = [("phone", number) for number in draft.phones]
    found += [(kind, value) for kind, value in (("email", draft.email), ("wechat", draft.wechat), ("card", draft.card)) if value]
    return tuple(found)


def empty_parts(customer: Customer, draft: Draft, teen: bool) -> dict[str, object]:
    """What the row fills in that her file leaves empty. What stands there is never overwritten."""
    told = {"salutation": draft.salutation, "language": draft.language, "is_minor": teen}
    return {name: value for name, value in told.items() if value and not getattr(customer, name)}


def _is_under(draft: Draft, years: int, terms: Terms) -> bool:
    from relcrm.birthday import is_under

    return draft.birthday is not None and is_under(draft.birthday, years, terms.today)


def _never_kept(draft: Draft, terms: Terms) -> list[Problem]:
    """A child, or words that may not stand in a file."""
    found = []
    if _is_under(draft, CHILD, terms):
        sentence = _l("She is under 14. No file is kept of a child; note her in a parent's file, with the parent's yes.")
        found.append(Problem(_column_of("birthday", terms), "child", sentence))
    if len(draft.note) > NOTE_LONGEST:
        sentence = _l("At most %(most)s characters; these are %(n)s.", most=NOTE_LONGEST, n=len(draft.note))
        found.append(Problem(_column_of("note", terms), "long", sentence))
    elif draft.note:
        found += _refusal("note", lambda: forbidden.check(draft.note), terms)
    return found


def _address(draft: Draft, terms: Terms, problems: list[Problem]) -> Mapping[str, Any] | None:
    """The postal address as it is kept, for service alone. Without a street it is only a region, which is another field."""
    parts = dict(draft.address)
    street = " ".join(filter(None, (parts.get("line"), parts.get("whole"))))
    if not street or "address" in terms.off:
        return None
    line = ", ".join(filter(None, (street, parts.get("country"))))
    raw = {"line": [line], "use": ["service"], **{part: [parts.get(part, "")] for part in ("province", "city", "district", "postcode")}}
    known = catalogue.field("address")
    kept: list[Any] = []

    def read() -> None:
        kept.append(values.parse(known, raw, today=terms.today))
        for words in values.plain(known, kept[0]):
            forbidden.check(words)

    problems += _refusal("address_line", read, terms)
    return kept[0] if kept else None


def _refusal(target: str, read: Callable[[], None], terms: Terms) -> list[Problem]:
    try:
        read()
    except BadValue as error:
        return [Problem(_column_of(target, terms), error.code, error.message)]
    return []


def _unstored(draft: Draft, address: object, terms: Terms) -> tuple[str, ...]:
    found = list(_personal(draft))
    if draft.address and address is None:
        found.append("address" if "address" in terms.off else "region")
    if draft.associate and draft.associate.lower() not in terms.associates:
        found.append("associate")
    return tuple(found)


def _personal(draft: Draft) -> tuple[str, ...]:
    """Fields told by the row that hang on a consent which a file cannot bring."""
    told = {"birthday": draft.birthday is not None, "gender": bool(draft.gender), "tags": bool(draft.tags)}
    return tuple(key for key in dict.fromkeys(FIELD_OF.values()) if told[key])


def _column_of(target: str, terms: Terms) -> int:
    """Where in the row a thing stands; several columns may hold parts of it, the first is named."""
    stem = target.split("_")[0]
    exact = [index for index, one in enumerate(terms.mapping) if one == target]
    alike = [index for index, one in enumerate(terms.mapping) if one.split("_")[0] == stem]
    return next(iter([*exact, *alike]), ANYWHERE)


def _same_as(kind: str, line: int) -> object:
    sentences = {
        "phone": _l("Same phone number as row %(row)s.", row=line),
        "email": _l("Same e-mail as row %(row)s.", row=line),
        "wechat": _l("Same WeChat name as row %(row)s.", row=line),
        "card": _l("Same card number as row %(row)s.", row=line),
    }
    return sentences[kind]
