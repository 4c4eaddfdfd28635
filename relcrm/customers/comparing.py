"""Two files side by side before they become one: what each says, what both say differently, and where their consents would stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from relcrm.consent import catalogue, ledger
from relcrm.consent.ledger import Standing
from relcrm.consent.purposes import Purpose, purposes
from relcrm.customers import profile, queries
from relcrm.customers.models import Customer
from relcrm.customers.profile import Profile, Told
from relcrm.customers.queries import Seen
from relcrm.i18n import _
from relcrm.staff.models import StaffMember

NO = ("DENIED", "WITHDRAWN", "EXPIRED", "SUPERSEDED")


@dataclass(frozen=True)
class Said:
    """What one file says: in words, and where it comes from (source "" when nobody noted that)."""

    words: str
    source: str = ""
    by_id: int | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Difference:
    """Something only one of two can say. `name` is its form field; `newer` is "winner" or "loser", which is chosen beforehand."""

    name: str
    label: str
    winner: Said
    loser: Said
    newer: str = "winner"


@dataclass(frozen=True)
class Answer:
    """Where a purpose stands in each file, and where it would stand for both."""

    purpose: Purpose
    winner: Standing
    loser: Standing
    both: Standing

    @property
    def loses_a_yes(self) -> bool:
        return not self.both.allowed and (self.winner.allowed or self.loser.allowed)


@dataclass(frozen=True)
class Comparison:
    winner: Profile
    loser: Profile
    differences: list[Difference]
    answers: list[Answer]

    def said(self) -> Iterator[Said]:
        for one in self.differences:
            yield from (one.winner, one.loser)


def compare(reader: StaffMember, one: Seen, other: Seen, lang: str, winner: str = "") -> Comparison:
    """Both as this reader sees them. Without a wish (a public id) the fuller file wins, of two equal ones the older."""
    built = [profile.build(reader, seen, lang) for seen in (one, other)]
    first, second = sorted(built, key=lambda side: (side.seen.customer.public_id != winner, *_rank(side)))
    differences = [*_own(first.seen.customer, second.seen.customer, lang), *_facts(first.facts, second.facts)]
    return Comparison(first, second, differences, _answers(first, second))


def _rank(side: Profile) -> tuple[int, datetime, int]:
    return -(len(side.facts) + len(side.family) + len(side.contacts)), side.seen.customer.created_at, side.seen.customer.id


def _own(one: Customer, other: Customer, lang: str) -> list[Difference]:
    """What her own row says; only what both say, and not alike."""
    staff = queries.staff_names({one.owner_id, other.owner_id})
    stores = queries.store_names({one.home_store_id, other.home_store_id})
    shown = (
        ("name", _("Name"), one.name, other.name),
        ("salutation", _("Form of address"), _choice("salutation", one.salutation, lang), _choice("salutation", other.salutation, lang)),
        ("address_as", _("In her own words"), one.address_as, other.address_as),
        ("language", _("Language she likes"), *(_choice("preferred_language", her.language, lang) for her in (one, other))),
        ("home_store_id", _("Her home store"), stores.get(one.home_store_id, ""), stores.get(other.home_store_id, "")),
        ("owner_id", _("Her associate"), staff.get(one.owner_id or 0, ""), staff.get(other.owner_id or 0, "")),
    )
    return [Difference(f"own-{name}", label, Said(a), Said(b)) for name, label, a, b in shown if a and b and a != b]


def _choice(key: str, value: str, lang: str) -> str:
    return next((catalogue.label(choice, lang) for choice in catalogue.field(key).choices if choice.key == value), value)


def _facts(mine: Sequence[Told], theirs: Sequence[Told]) -> list[Difference]:
    held = {(told.row.key, told.row.slot): told for told in mine}
    both = [(held[told.row.key, told.row.slot], told) for told in theirs if (told.row.key, told.row.slot) in held]
    return [
        Difference(f"fact-{b.row.id}", a.label, _told(a), _told(b), "loser" if b.row.confirmed_at > a.row.confirmed_at else "winner")
        for a, b in both
        if a.words != b.words
    ]


def _told(told: Told) -> Said:
    return Said(told.words, told.row.source, told.row.noted_by_id, told.row.confirmed_at)


def _answers(one: Profile, other: Profile) -> list[Answer]:
    """Every purpose that either was ever asked; of the sensitive ones those whose fields this reader sees."""
    both, silent = ledger.as_one(one.seen.customer.id, other.seen.customer.id), Standing("NO_CONSENT")
    seen = {field.basis for field in catalogue.fields().values() if one.seen.sight.shows(field) and other.seen.sight.shows(field)}
    return [
        Answer(purpose, one.consents.get(key, silent), other.consents.get(key, silent), both[key])
        for key, purpose in purposes().items()
        if key in both and key != ledger.SERVICE and (not purpose.separate or key in seen)
    ]
