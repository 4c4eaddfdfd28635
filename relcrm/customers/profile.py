"""What one page of a customer shows one reader: gathered here with a fixed number of queries, whatever the file holds."""

from dataclasses import dataclass

import sqlalchemy as sa

from relcrm import clock
from relcrm.consent import catalogue, ledger
from relcrm.consent import rules as consent_rules
from relcrm.consent.catalogue import Field
from relcrm.consent.ledger import Standing
from relcrm.consent.purposes import Purpose, purposes
from relcrm.customers import asking, asking_first, names, queries, timeline
from relcrm.customers.models import ContactPoint, CustomerList, CustomerListEntry, Fact, FamilyMember, Tag
from relcrm.customers.queries import Seen
from relcrm.db import session
from relcrm.staff.models import StaffMember
from relcrm.staff.permissions import Permission, may

EDITABLE = {
    "text",
    "enum",
    "enum_text",
    "multi",
    "multi_text",
    "multi_avoid",
    "ordered",
    "spec",
    "band",
    "region",
    "address",
    "need",
    "times",
}
EDITABLE |= {"dates_item", "birthday"}
ON_CARD = ("product_spec", "colour_pref", "decision_factor", "pain_point", "hobbies")


@dataclass(frozen=True)
class Told:
    """One fact as shown: its words, where it comes from, and whether it is still fresh."""

    row: Fact
    field: Field
    label: str
    words: str
    fresh: bool


@dataclass(frozen=True)
class Relative:
    row: FamilyMember
    words: str
    is_child: bool


@dataclass(frozen=True)
class Contact:
    row: ContactPoint
    shown: str
    is_whole: bool


@dataclass(frozen=True)
class Profile:
    seen: Seen
    name: str
    called: str
    contacts: list[Contact]
    facts: list[Told]
    family: list[Relative]
    tags: list[Tag]
    lists: list[CustomerList]
    consents: dict[str, Standing]
    question: Field | None
    purpose_first: tuple[Purpose, Field] | None
    known: int
    possible: int
    fresh: int
    associate: str
    writes: bool
    off: frozenset[str]

    def told(self, *keys: str) -> list[Told]:
        return [told for key in keys for told in self.facts if told.field.key == key]

    def chapters(self) -> dict[str, list[Told]]:
        by: dict[str, list[Told]] = {}
        for told in self.facts:
            by.setdefault(told.field.chapter, []).append(told)
        return {chapter: by[chapter] for chapter in catalogue.CHAPTERS if chapter in by}


def build(reader: StaffMember, seen: Seen, lang: str) -> Profile:
    customer = seen.customer
    consents = ledger.overview(customer.id)
    off = frozenset(consent_rules.switched_off(dict(catalogue.fields())))
    facts, family = _facts(seen, lang, off), _family(seen, lang, off)
    known = {told.field.key for told in facts} | ({"family_members"} if family else set())
    fields = asking.askable(seen, asking.standing_purposes(consents), off)
    writes = may(reader, Permission.CUSTOMER_WRITE, seen.store_of(reader).id)
    known_count, possible = asking.fullness(fields, known)
    first, standing = asking_first.keys_of(customer.id), asking.standing_purposes(consents)
    own = seen.sight.of(catalogue.field("name")) != "pseudonym"
    return Profile(
        seen=seen,
        name=customer.name if own else names.pseudonym(customer),
        called=names.called(customer, lang) if own else names.pseudonym(customer),
        contacts=_contacts(seen),
        facts=facts,
        family=family,
        tags=_tags(seen),
        lists=_lists(reader, seen),
        consents=consents,
        question=asking.next_question(seen, fields, known, first) if writes else None,
        purpose_first=asking_first.purpose_first(seen, first - known, standing) if writes else None,
        known=known_count,
        possible=possible,
        fresh=sum(told.fresh for told in facts),
        associate=queries.staff_names({customer.owner_id}).get(customer.owner_id or 0, ""),
        writes=writes,
        off=off,
    )


def _facts(seen: Seen, lang: str, off: frozenset[str]) -> list[Told]:
    shown = {key: field for key, field in catalogue.fields().items() if key not in off and seen.sight.shows(field)}
    rows = session().scalars(sa.select(Fact).where(Fact.customer_id == seen.customer.id, Fact.key.in_(shown)).order_by(Fact.id)).all()
    return [
        Told(row, shown[row.key], catalogue.label(shown[row.key], lang), timeline.fact_words(row, seen, lang), asking.is_fresh(row))
        for row in rows
        if seen.sight.shows_value(shown[row.key], row.basis)
    ]


def _family(seen: Seen, lang: str, off: frozenset[str]) -> list[Relative]:
    adults, children = catalogue.field("family_members"), catalogue.field("children")
    rows = session().scalars(sa.select(FamilyMember).where(FamilyMember.customer_id == seen.customer.id).order_by(FamilyMember.id)).all()
    found = []
    for row in rows:
        field = children if row.role == "child" else adults
        if field.key not in off and seen.sight.shows(field):
            found.append(Relative(row, _relative_words(row, field, lang), field is children))
    return found


def _relative_words(row: FamilyMember, field: Field, lang: str) -> str:
    key = row.value.get("band", "") if row.role == "child" else row.role
    label = next((catalogue.label(choice, lang) for choice in field.choices if choice.key == key), "")
    return " ".join(part for part in (row.value.get("nickname", ""), label) if part)


def _contacts(seen: Seen) -> list[Contact]:
    found = []
    for point in queries.contacts(seen.customer.id):
        level = "full" if point.kind == "card" else seen.sight.of(catalogue.field("wechat" if point.kind == "wecom" else point.kind))
        words = names.contact_shown(
            point, level if "AU" not in seen.sight.relations or len(seen.sight.relations) > 1 else "no", seen.home.country
        )
        if words:
            found.append(Contact(point, words, level == "full"))
    return found


def _tags(seen: Seen) -> list[Tag]:
    if not seen.sight.is_own and not seen.sight.relations & {"SM"}:
        return []
    return list(session().scalars(sa.select(Tag).where(Tag.customer_id == seen.customer.id).order_by(Tag.name)))


def _lists(reader: StaffMember, seen: Seen) -> list[CustomerList]:
    stores = [store.id for store in queries.stores_of(reader, "associate", "store_manager")]
    query = sa.select(CustomerList).join(CustomerListEntry, CustomerListEntry.list_id == CustomerList.id)
    return list(session().scalars(query.where(CustomerListEntry.customer_id == seen.customer.id, CustomerList.store_id.in_(stores))))


def asked_purposes(profile: Profile, *, assessed: bool) -> list[tuple[Purpose, Standing, bool]]:
    """Each ordinary purpose with where it stands and whether staff may ask for it now."""
    rows, events = [], ledger.events_of(profile.seen.customer.id)
    for key, one in purposes().items():
        if one.separate or key == "service" or (one.needs_assessment and not assessed):
            continue
        rows.append(
            (one, profile.consents.get(key, Standing("NO_CONSENT")), ledger.not_before([e for e in events if e.purpose == key]) is None)
        )
    return rows


def ends_soon(now: Standing, days: int = 30) -> bool:
    """Within so many days a standing consent runs out: time to ask again in talk."""
    return now.allowed and now.until is not None and (now.until - clock.now()).days < days
