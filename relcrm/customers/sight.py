"""How much of a customer a reader sees: the catalogue's "visible" and the rights table, both asked for every field."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from relcrm.consent.catalogue import Field
from relcrm.consent.purposes import SPECIAL
from relcrm.customers.models import Customer
from relcrm.staff.models import StaffMember
from relcrm.staff.permissions import RIGHTS

# From least to most; "no" is what is not named at all.
LEVELS = ("no", "totals", "tier", "pseudonym", "state", "masked", "open_task", "reason", "day_month", "full")
ROWS = {
    "name": "name",
    "salutation": "name",
    "product_spec": "name",
    "phone": "phone",
    "birthday": "birthday",
    "spend": "spend",
    "notes": "notes",
}


@dataclass(frozen=True)
class Sight:
    """The reader's relations to one customer. `serving` has lent her the owner-associate's view for today, without class S."""

    relations: frozenset[str]
    serving: bool = False

    def of(self, field: Field) -> str:
        """The level at which this field is shown: "no" … "full"."""
        return max((self._by(relation, field) for relation in self.relations), key=LEVELS.index, default="no")

    def of_value(self, field: Field, basis: str) -> str:
        """The level of one value: a sensitive choice of an ordinary field is seen like any sensitive field."""
        return self.of(replace(field, class_="S") if basis.startswith(SPECIAL) else field)

    def shows_value(self, field: Field, basis: str) -> bool:
        return self.of_value(field, basis) != "no"

    def row(self, name: str) -> str:
        """The level of a row of the rights table that is no field, such as "ledger"."""
        levels = [_level(RIGHTS[name].get(relation, "no")) for relation in self.relations]
        return max(levels, key=LEVELS.index, default="no")

    def shows(self, field: Field) -> bool:
        return self.of(field) != "no"

    @property
    def is_own(self) -> bool:
        return "OA" in self.relations

    def _by(self, relation: str, field: Field) -> str:
        lent = relation == "OA" and self.serving and field.class_ == "S"
        level = "no" if lent else field.sight.get(relation, "pseudonym" if relation == "AU" and field.key == "name" else "no")
        name = _row_of(field)
        return level if name is None else _lesser(level, RIGHTS[name].get(relation, "no"), field)


def relations(reader: StaffMember, customer: Customer, linked: Iterable[int], *, serving: bool = False) -> Sight:
    """Several memberships add up, each for its own stores."""
    found, stores = set[str](), set(linked)
    for member in reader.memberships:
        if member.store_id is not None and member.store_id not in stores:
            continue
        found.add({"associate": "ST", "store_manager": "SM", "auditor": "AU"}.get(member.role, "CM"))
    serves = found & {"ST", "SM"}
    own = bool(serves) and customer.owner_id == reader.id
    if own or (serving and serves):
        found.add("OA")
    return Sight(frozenset(found), serving=serving and not own)


def _row_of(field: Field) -> str | None:
    if field.key in ROWS:
        return ROWS[field.key]
    return "special" if field.class_ == "S" else "stage3" if field.stage == 3 else None


def _level(right: str) -> str:
    return {"yes": "full", "tier_visits": "tier"}.get(right, right)


def _lesser(level: str, right: str, field: Field) -> str:
    if right == "class_o":
        return level if field.class_ == "O" else "no"
    return min(level, _level(right), key=LEVELS.index)
