"""What each row of a customer file does to the book, judged against what is there. Nothing is written here."""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from relcrm import clock
from relcrm.consent.models import ConsentState
from relcrm.consent.rules import NOT_FOR_MINORS
from relcrm.customers import openings
from relcrm.customers.facts import ADULT
from relcrm.customers.import_models import AskFirst, ImportRow
from relcrm.customers.import_reading import Answer, Contact, Entry, Terms, Told, standing_of
from relcrm.customers.import_tally import CREATED, MERGED, REFUSED, UNCHANGED, UPDATED
from relcrm.customers.models import ContactPoint, Customer, CustomerStore, Fact, Note, Tag
from relcrm.customers.openings import Opening
from relcrm.customers.rows import ANYWHERE, Draft, Problem
from relcrm.customers.table import Row
from relcrm.db import session
from relcrm.i18n import _l

TAGS = "tags"


@dataclass(frozen=True)
class Verdict:
    """What becomes of one row: what of it is added, `unstored` the keys of what is left out, `ask` those to ask her first."""

    entry: Entry
    outcome: str
    contacts: tuple[Contact, ...] = ()
    customer: Customer | None = None
    answers: tuple[Answer, ...] = ()
    facts: tuple[Told, ...] = ()
    tags: tuple[str, ...] = ()
    note: str = ""
    links: bool = False
    problems: tuple[Problem, ...] = ()
    unstored: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    opening: Opening | None = None
    # The row of the same piece that told exactly this; both are one customer.
    twin_of: int = 0

    @property
    def adds(self) -> bool:
        """Is there anything to write beside that the row was here?"""
        told = self.contacts or self.answers or self.facts or self.tags or self.note or self.links or self.ask or self.opening
        return bool(told or (self.customer is not None and empty_parts(self.customer, self.entry)))

    @property
    def row(self) -> Row:
        return self.entry.row

    @property
    def draft(self) -> Draft:
        return self.entry.draft

    @property
    def stored(self) -> Counter[str]:
        """How many values of each field go in."""
        if self.outcome == REFUSED:
            return Counter()
        parts = [kind for kind, _value in self.contacts] + [told.key for told in self.facts] + [TAGS for _tag in self.tags]
        parts += ["note"] * bool(self.note) + [f"consent_{answer.purpose}" for answer in self.answers]
        parts += self.opening.keys if self.opening else []
        return Counter(parts + ["name"] * (self.outcome == CREATED))

    @property
    def why(self) -> Counter[str]:
        return Counter(f"{problem.column} {problem.code}" for problem in self.problems)


class Claims:
    """Which row of the file a contact came in first, by whose name: for counting a file that is not in the book yet.

    Hashes in a file of SQLite's own that nobody can open, so that a file of any length takes no memory.
    """

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._file.execute("PRAGMA cache_size=-2000")
        self._file.execute("BEGIN")
        self._file.execute("CREATE TABLE claim (contact BLOB PRIMARY KEY, line INT, name BLOB) WITHOUT ROWID")

    def first(self, contacts: Iterable[Contact]) -> "tuple[int, Contact, bytes] | None":
        for contact in contacts:
            with closing(self._file.execute("SELECT line, name FROM claim WHERE contact = ?", (_hash(*contact),))) as found:
                if row := found.fetchone():
                    return row[0], contact, row[1]
        return None

    def claim(self, line: int, contacts: Iterable[Contact], name: str) -> None:
        rows = [(_hash(*contact), line, _hash(name.casefold())) for contact in contacts]
        self._file.executemany("INSERT OR IGNORE INTO claim VALUES (?, ?, ?)", rows)


def _hash(*parts: str) -> bytes:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=12).digest()


@dataclass
class Judge:
    """Judges rows in their order. While counting, `claims` remember the rows before; in a run the book itself does, by `batch_id`."""

    terms: Terms
    batch_id: int | None = None
    claims: Claims | None = field(default_factory=Claims)

    def judge(self, entries: Sequence[Entry]) -> list[Verdict]:
        """In a fixed number of queries, however many rows. In a run it stops before a row that needs one of these rows in the book."""
        entries, twins = self._apart(entries) if self.claims is None else (entries, {})
        known = Known([contact for entry in entries for contact in entry.contacts], self.terms, self.batch_id)
        verdicts: dict[int, Verdict] = {}
        for entry in entries:
            first = verdicts.get(twins.get(entry.row.number, 0))
            verdicts[entry.row.number] = _again(entry, first) if first else self._one(entry, known)
        return list(verdicts.values())

    def _apart(self, entries: Sequence[Entry]) -> tuple[Sequence[Entry], Mapping[int, int]]:
        """The rows up to one that needs the book to know a row of these; and which of them only repeats which."""
        seen: dict[Contact, Entry] = {}
        twins: dict[int, int] = {}
        for place, entry in enumerate(entries):
            before = next((seen[contact] for contact in entry.contacts if contact in seen), None)
            if before is not None and not _repeats(entry, before):
                return entries[:place], twins
            if before is not None:
                twins[entry.row.number] = before.row.number
            seen |= dict.fromkeys(entry.contacts, before or entry)
        return entries, twins

    def _one(self, entry: Entry, known: "Known") -> Verdict:
        holders = known.holders(entry.contacts)
        twice = self._twice(entry, known, holders)
        problems = list(entry.problems) or known.objections(holders) or [one for one in twice if one]
        if problems:
            return Verdict(entry, REFUSED, problems=tuple(problems))
        verdict = self._taken(entry, known, holders, twice=bool(twice))
        if self.claims is not None and verdict.outcome != UNCHANGED:
            name = verdict.customer.name if verdict.customer else entry.draft.name
            self.claims.claim(entry.row.number, entry.contacts, name)
        return verdict

    def _taken(self, entry: Entry, known: "Known", holders: set[int], *, twice: bool) -> Verdict:
        if holders:
            return known.addition(entry, known.customers[holders.pop()], MERGED if twice else UPDATED)
        # Twice, yet not in the book: counted before the run, when the row before it has not gone in.
        return Verdict(entry, MERGED, unstored=entry.left) if twice else _newcomer(entry)

    def _twice(self, entry: Entry, known: "Known", holders: set[int]) -> list[Problem | None]:
        """The same contact in an earlier row: [None] when it is the same person, a problem when it is another name."""
        found = self.claims.first(entry.contacts) if self.claims is not None else known.earlier(entry, holders)
        if found is None:
            return []
        line, contact, name = found
        if name == _hash(entry.draft.name.casefold()):
            return [None]
        return [Problem(self.terms.column_of(contact[0]), "twice_in_file", _same_as(contact[0], line))]


def _repeats(entry: Entry, before: Entry) -> bool:
    return not (entry.problems or before.problems) and entry == replace(
        before, row=entry.row, draft=replace(before.draft, number=entry.draft.number)
    )


def _again(entry: Entry, first: Verdict) -> Verdict:
    if first.outcome == REFUSED:
        return replace(first, entry=entry)
    return Verdict(entry, MERGED, customer=first.customer, unstored=entry.left, twin_of=first.row.number)


def _newcomer(entry: Entry) -> Verdict:
    stands = standing_of(entry.answers)
    facts = tuple(told for told in entry.facts if told.basis in stands)
    missing = tuple(told.key for told in entry.facts if told.basis not in stands)
    no = {answer.purpose for answer in entry.answers if answer.action == "deny"}
    tags = entry.tags if ADULT in stands else ()
    no_tags = (TAGS,) if entry.tags and not tags else ()
    return Verdict(
        entry,
        CREATED,
        contacts=entry.contacts,
        answers=entry.answers,
        facts=facts,
        tags=tags,
        note=entry.draft.note,
        opening=entry.opening,
        unstored=(*missing, *no_tags, *entry.left),
        ask=() if entry.teen else tuple(told.key for told in entry.facts if told.basis not in stands | no),
    )


class Known:
    """Who in the book has the contacts of these rows, and what is known of them: a fixed number of queries for any number of rows."""

    def __init__(self, contacts: Sequence[Contact], terms: Terms, batch_id: int | None) -> None:
        self.terms = terms
        self.contacts: dict[Contact, int] = {}
        for kind in {kind for kind, _value in contacts}:
            wanted = [value for of, value in contacts if of == kind]
            query = sa.select(ContactPoint.value, ContactPoint.customer_id).where(ContactPoint.kind == kind, ContactPoint.value.in_(wanted))
            self.contacts |= {(kind, row.value): row.customer_id for row in session().execute(query)}
        ids = set(self.contacts.values())
        linked = sa.select(CustomerStore.customer_id).where(CustomerStore.customer_id.in_(ids), CustomerStore.store_id.in_(terms.held))
        ours = sa.select(Customer).where(Customer.id.in_(linked))
        self.customers = {row.id: row for row in session().scalars(ours)} if ids else {}
        self.lines = self._lines(batch_id, ids)
        self.stores = self._pairs(CustomerStore.customer_id, CustomerStore.store_id)
        self.facts = self._pairs(Fact.customer_id, Fact.key)
        self.tags = self._pairs(Tag.customer_id, Tag.name)
        self.notes = self._pairs(Note.customer_id, Note.words)
        self.opened = openings.held(set(self.customers), batch_id) if self.customers else set()
        self.asked = self._pairs(AskFirst.customer_id, AskFirst.key)
        self.answered, self.standing, self.refused = self._consents()

    def _lines(self, batch_id: int | None, ids: Collection[int]) -> dict[int, int]:
        if batch_id is None or not ids:
            return {}
        query = sa.select(ImportRow.customer_id, ImportRow.line).where(ImportRow.customer_id.in_(ids), ImportRow.batch_id == batch_id)
        found = session().execute(query.order_by(ImportRow.line.desc()))
        return {row.customer_id: row.line for row in found}

    def _pairs(self, of: Any, what: Any) -> Mapping[int, set[Any]]:
        found: dict[int, set[Any]] = {}
        if self.customers:
            for one, value in session().execute(sa.select(of, what).where(of.in_(list(self.customers)))):
                found.setdefault(one, set()).add(value)
        return found

    def _consents(self) -> tuple[dict[int, set[str]], dict[int, set[str]], dict[int, set[str]]]:
        """By customer: purposes about which she has ever said anything, those that stand, those she refused."""
        answered: dict[int, set[str]] = {}
        refused: dict[int, set[str]] = {}
        stands: dict[int, set[str]] = {}
        if self.customers:
            query = sa.select(ConsentState.customer_id, ConsentState.purpose, ConsentState.standing, ConsentState.until)
            for one, purpose, code, until in session().execute(query.where(ConsentState.customer_id.in_(list(self.customers)))):
                answered.setdefault(one, set()).add(purpose)
                if code == "OK" and (until is None or until > clock.now()):
                    stands.setdefault(one, set()).add(purpose)
                elif code in ("DENIED", "WITHDRAWN"):
                    refused.setdefault(one, set()).add(purpose)
        return answered, stands, refused

    def holders(self, contacts: Iterable[Contact]) -> set[int]:
        return {self.contacts[contact] for contact in contacts if contact in self.contacts}

    def earlier(self, entry: Entry, holders: set[int]) -> tuple[int, Contact, bytes] | None:
        """Like Claims.first: the earlier row of this file that brought or completed one of these customers."""
        for one in holders & set(self.lines) & set(self.customers):
            contact = next(contact for contact in entry.contacts if self.contacts.get(contact) == one)
            return self.lines[one], contact, _hash(self.customers[one].name.casefold())
        return None

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

    def addition(self, entry: Entry, customer: Customer, outcome: str) -> Verdict:
        """What the row adds to somebody known: what is missing comes in, what stands there stays, and no answer of hers is touched."""
        one = customer.id
        said = self.answered.get(one, set()) | ({*NOT_FOR_MINORS} if customer.is_minor else set())
        answers = tuple(answer for answer in entry.answers if answer.purpose not in said)
        stands = self.standing.get(one, set()) | standing_of(answers)
        new = [told for told in entry.facts if told.key not in self.facts.get(one, ())]
        facts = tuple(told for told in new if told.basis in stands)
        missing = tuple(told.key for told in new if told.basis not in stands)
        no = self.refused.get(one, set()) | {answer.purpose for answer in answers if answer.action == "deny"}
        ask = tuple(told.key for told in new if told.basis not in stands | no and told.key not in self.asked.get(one, ()))
        new_tags = tuple(tag for tag in entry.tags if tag not in self.tags.get(one, ()))
        tags = new_tags if ADULT in stands else ()
        note = entry.draft.note if entry.draft.note not in self.notes.get(one, ()) else ""
        other_name = ("name",) if entry.draft.name.casefold() != customer.name.casefold() else ()
        contacts = tuple(contact for contact in entry.contacts if contact not in self.contacts)
        links = entry.store_id not in self.stores.get(one, ())
        opening = entry.opening if one not in self.opened else None
        brought = tuple(entry.opening.keys) if entry.opening and not opening else ()
        adds = contacts or facts or tags or note or links or answers or opening or empty_parts(customer, entry)
        return Verdict(
            entry,
            outcome if adds or outcome == MERGED else UNCHANGED,
            contacts,
            customer,
            answers,
            facts,
            tags,
            note,
            links,
            unstored=(*missing, *((TAGS,) if new_tags and not tags else ()), *entry.left, *other_name, *brought),
            ask=ask,
            opening=opening,
        )


def empty_parts(customer: Customer, entry: Entry) -> dict[str, object]:
    """What the row fills in that her file leaves empty. What stands there is never overwritten."""
    told = {"salutation": entry.draft.salutation, "language": entry.draft.language, "is_minor": entry.teen}
    told |= {"owner_id": entry.owner_id}
    return {name: value for name, value in told.items() if value and not getattr(customer, name)}


def _same_as(kind: str, line: int) -> object:
    sentences = {
        "phone": _l("Same phone number as row %(row)s.", row=line),
        "email": _l("Same e-mail as row %(row)s.", row=line),
        "wechat": _l("Same WeChat name as row %(row)s.", row=line),
        "card": _l("Same card number as row %(row)s.", row=line),
    }
    return sentences[kind]
