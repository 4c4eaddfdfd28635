"""What a row of a customer file tells, and what of it may be kept by the consents it brings. Pure: the book is not asked here."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from relcrm import clock
from relcrm.birthday import is_under
from relcrm.consent import catalogue, forbidden, ledger, values
from relcrm.consent.purposes import ANY, purpose
from relcrm.consent.rules import NOT_FOR_MINORS
from relcrm.customers import openings
from relcrm.customers import rows as reading
from relcrm.customers.facts import NOTE_LONGEST, TAG_LONGEST
from relcrm.customers.openings import NOTHING_OPEN, Openable, Opening
from relcrm.customers.rows import ANYWHERE, Draft, Problem, Said
from relcrm.customers.table import Row
from relcrm.errors import BadValue
from relcrm.i18n import _l

CHILD, TEEN = 14, 18
COLUMN, PAPER = "import_column", "import_paper"
TAGS_UNFIT = "tags_unfit"
Contact = tuple[str, str]
Value = TypeVar("Value")


@dataclass(frozen=True)
class Terms:
    """What holds for every row of one file.

    `stores` finds a store by its small name and `associates` a colleague of a store by small number or name; `held` are the
    stores whose customers may be completed; `off` are fields nobody keeps; `grantable` purposes may be granted at all;
    `proves` says that a yes in a column counts; `paper` are purposes that everybody agreed to on `signed_on`.
    """

    store_id: int
    zone: str
    country: str
    mapping: Sequence[str]
    header: Sequence[str]
    today: date
    stores: Mapping[str, int]
    associates: Mapping[int, Mapping[str, int]]
    held: frozenset[int]
    off: frozenset[str]
    grantable: frozenset[str]
    proves: bool = False
    openable: Openable = NOTHING_OPEN
    paper: frozenset[str] = frozenset()
    signed_on: date | None = None

    def column_of(self, target: str) -> int:
        """Where in the row a thing stands; several columns may hold parts of it, the first is named."""
        stem = target.split("_")[0]
        exact = [index for index, one in enumerate(self.mapping) if one == target]
        alike = [index for index, one in enumerate(self.mapping) if one.split("_")[0] == stem]
        return next(iter([*exact, *alike]), ANYWHERE)


@dataclass(frozen=True)
class Answer:
    """What she once said to one purpose, as the file proves it."""

    purpose: str
    channel: str
    action: str
    on: datetime
    evidence: str

    @property
    def opens_until(self) -> datetime | None:
        """The end of the consent this brings; None when it brings none that still stands."""
        if self.action != "grant":
            return None
        until = ledger.valid_until(self.purpose, self.action, self.on) or datetime.max.replace(tzinfo=self.on.tzinfo)
        return until if until > clock.now() else None


@dataclass(frozen=True)
class Told:
    """One value of a field, and the purpose without which it is not kept."""

    key: str
    value: Any
    basis: str


@dataclass(frozen=True)
class Entry:
    """A row, read: who it is about, what it tells, what it answers, what is wrong with it."""

    row: Row
    draft: Draft
    store_id: int
    contacts: tuple[Contact, ...] = ()
    owner_id: int | None = None
    facts: tuple[Told, ...] = ()
    tags: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    teen: bool = False
    left: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    opening: Opening | None = None


def read(row: Row, terms: Terms) -> Entry:
    """One row against the terms of its file. `left` names what is left out whatever she consented to."""
    draft = reading.read_row(row, terms.mapping, terms.country, terms.today)
    store_id = terms.stores.get(_small(draft.home_store), terms.store_id)
    owner_id = terms.associates.get(store_id, {}).get(_small(draft.associate))
    teen = is_minor(draft, TEEN, terms)
    problems = [*draft.problems, *_never_kept(draft, terms)]
    told, spoken = _facts(draft, terms, problems), [("note", draft.note)]
    facts = tuple(one for one in told if one.key not in terms.off)
    spoken += [(_column(one.key), words) for one in facts for words in values.plain(catalogue.field(one.key), one.value)]
    fit = _fit_tags(draft)
    problems += _forbidden(spoken, terms)
    answers = tuple(_answers(draft, terms, teen))
    left = [one.key for one in told if one.key in terms.off]
    left += [TAGS_UNFIT] * (len(fit) < len(draft.tags)) + _nowhere(draft, owner_id, terms)
    granted = {answer.purpose for answer in answers}
    left += [f"consent_{key}" for key in reading.PURPOSES if _told(draft.consents.get(key))[0] and key not in granted]
    opening = _opening(draft, store_id, terms, problems)
    left += ["points_rules"] if draft.opening.points is not None and not terms.openable.points else []
    contacts = contacts_of(draft)
    return Entry(row, draft, store_id, contacts, owner_id, facts, fit, answers, teen, tuple(left), tuple(problems), opening)


def _opening(draft: Draft, store_id: int, terms: Terms, problems: list[Problem]) -> Opening | None:
    """What she brings along, in the money of her store; points only while there are rules for them."""
    told, may = draft.opening, terms.openable
    currency = may.currencies.get(store_id, "")

    def read(target: str, reader: Callable[[], Value], nothing: Value) -> Value:
        try:
            return reader()
        except BadValue as error:
            problems.append(Problem(terms.column_of(target), error.code, error.message))
            return nothing

    total = read("opening_total", lambda: openings.read_total(told.total, currency), None) if told.total else None
    tier = read("opening_tier", lambda: openings.read_tier(told.tier, may), "") if told.tier else ""
    points = told.points if may.points and told.points else None
    until = told.points_until if points else None
    found = Opening(currency, total, told.last_on, points, until, tier, told.tier_until if tier else None)
    return found if found.keys else None


def _nowhere(draft: Draft, owner_id: int | None, terms: Terms) -> list[str]:
    """Names of a store or colleague that nobody here knows."""
    left = ["home_store"] if draft.home_store and _small(draft.home_store) not in terms.stores else []
    return left + (["associate"] if draft.associate and owner_id is None else [])


def _small(text: str) -> str:
    return " ".join(text.lower().split())


def contacts_of(draft: Draft) -> tuple[Contact, ...]:
    """Every way of knowing her again, the first of a kind being the main one."""
    found = [("phone", number) for number in draft.phones]
    found += [("email", value) for value in (draft.email, *draft.more_emails) if value]
    found += [(kind, value) for kind, value in (("wechat", draft.wechat), ("card", draft.card)) if value]
    return tuple(found)


def is_minor(draft: Draft, years: int, terms: Terms) -> bool:
    return draft.birthday is not None and is_under(draft.birthday, years, terms.today)


def _never_kept(draft: Draft, terms: Terms) -> Iterator[Problem]:
    """A child, or more words than a note has."""
    if is_minor(draft, CHILD, terms):
        sentence = _l("She is under 14. No file is kept of a child; note her in a parent's file, with the parent's yes.")
        yield Problem(terms.column_of("birthday"), "child", sentence)
    if len(draft.note) > NOTE_LONGEST:
        sentence = _l("At most %(most)s characters; these are %(n)s.", most=NOTE_LONGEST, n=len(draft.note))
        yield Problem(terms.column_of("note"), "long", sentence)


def _fit_tags(draft: Draft) -> tuple[str, ...]:
    """Tags that are short and say nothing that may not be kept; the others are left out, for a tag is no reason to lose a customer."""
    return tuple(tag for tag in draft.tags if len(tag) <= TAG_LONGEST and not forbidden.findings(tag))


def _facts(draft: Draft, terms: Terms, problems: list[Problem]) -> list[Told]:
    found = []
    if draft.birthday is not None:
        found.append(Told("birthday", draft.birthday.as_dict(), catalogue.field("birthday").basis))
    if draft.gender:
        found.append(Told("gender", draft.gender, catalogue.field("gender").basis))
    return found + (_place(draft, terms, problems) if draft.address else [])


def _place(draft: Draft, terms: Terms, problems: list[Problem]) -> list[Told]:
    """The postal address as it is kept, for service alone. Without a street it is only a region, which is another field."""
    parts = dict(draft.address)
    street = " ".join(filter(None, (parts.get("line"), parts.get("whole"))))
    raw = {part: [parts.get(part, "")] for part in ("province", "city", "district", "postcode")}
    if street:
        raw |= {"line": [", ".join(filter(None, (street, parts.get("country"))))], "use": ["service"]}
    elif not any(parts.get(part) for part in ("province", "city", "district")):
        return []
    known = catalogue.field("address" if street else "region")
    try:
        return [Told(known.key, values.parse(known, raw, today=terms.today), known.basis)]
    except BadValue as error:
        problems += [] if known.key in terms.off else [Problem(terms.column_of(_column(known.key)), error.code, error.message)]
        return []


def _column(key: str) -> str:
    return {"address": "address_line", "region": "address_city"}.get(key, key)


def _forbidden(spoken: Sequence[tuple[str, str]], terms: Terms) -> Iterator[Problem]:
    """Words that may not stand in a file. Read all at once first: most rows hold none, and the check is what takes longest."""
    if not forbidden.findings("\n".join(words for _target, words in spoken if words)):
        return
    for target, words in spoken:
        try:
            forbidden.check(words)
        except BadValue as error:
            yield Problem(terms.column_of(target), error.code, error.message)


def _answers(draft: Draft, terms: Terms, teen: bool) -> Iterator[Answer]:
    """Her own column stands above the paper, and a no in it above everything."""
    for key in reading.PURPOSES:
        said, day = _told(draft.consents.get(key))
        if said is False:
            yield Answer(key, ANY, "deny", _at(day or draft.registered_on, terms), COLUMN)
        elif ((said and terms.proves) or key in terms.paper) and key in terms.grantable and not (teen and key in NOT_FOR_MINORS):
            by_column = said and terms.proves
            since = (day or terms.signed_on or draft.registered_on) if by_column else terms.signed_on
            yield _yes(key, draft, _at(since, terms), COLUMN if by_column else PAPER, terms)


def _told(said: Said | None) -> tuple[bool | None, date | None]:
    return (said.yes, said.on) if said else (None, None)


def _yes(key: str, draft: Draft, on: datetime, evidence: str, terms: Terms) -> Answer:
    """Offers wait for her own confirmation, however good the paper: that wait begins now."""
    if not purpose(key).per_channel:
        return Answer(key, ANY, "grant", on, evidence)
    return Answer(key, _channel(key, draft, terms), "pending", clock.now(), evidence)


def _channel(key: str, draft: Draft, terms: Terms) -> str:
    column = terms.column_of(f"consent_{key}")
    name = terms.header[column].lower() if 0 <= column < len(terms.header) else ""
    by_mail = draft.email and ("mail" in name or "邮" in name or not draft.phones)
    return "email" if by_mail else "sms" if draft.phones else "wechat"


def _at(day: date | None, terms: Terms) -> datetime:
    """The beginning of that day where the store is; now when nobody knows the day."""
    return min(datetime.combine(day, time(), ZoneInfo(terms.zone)), clock.now()) if day else clock.now()


def standing_of(answers: Sequence[Answer]) -> frozenset[str]:
    """The purposes that stand by these answers, service among them."""
    return frozenset({ledger.SERVICE, *(answer.purpose for answer in answers if answer.opens_until)})
