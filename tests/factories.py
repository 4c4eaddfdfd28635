"""The cast: two stores, seven colleagues, two customers. Made through the program's own rules."""

from relcrm import chains, db
from relcrm.consent import rules as consent_rules
from relcrm.customers import rules
from relcrm.customers.models import Customer
from relcrm.customers.rules import Newcomer
from relcrm.products import founding as goods
from relcrm.staff import founding
from relcrm.staff.models import Membership, StaffMember, Store
from relcrm.staff.sessions import with_memberships

PASSWORD = "three tame geese"
OPTIONAL = ("callback", "greeting", "profiling", "survey")

# number, name, role, store
CAST = (
    ("ana", "Ana", "associate", "North"),
    ("ada", "Ada", "associate", "North"),
    ("ben", "Ben", "store_manager", "North"),
    ("olu", "Olu", "store_manager", "South"),
    ("ari", "Ari", "area_manager", "North South"),
    ("hua", "Hua", "owner", ""),
    ("quinn", "Quinn", "auditor", ""),
)
CLEO_PHONE, NOOR_PHONE = "+8613800003921", "+8613700005514"


def cast() -> None:
    """North and South, everybody of CAST, Cleo (Ana's, every consent) and Noor (Ana's, refused everything)."""
    with db.write_tx() as tx:
        stores = {name: founding.new_store(name, country="CN", time_zone="Asia/Shanghai", language="zh") for name in ("North", "South")}
        tx.add_all(stores.values())
        tx.flush()
        for number, name, role, where in CAST:
            person = founding.new_staff(number, name, password=PASSWORD)
            tx.add(person)
            tx.flush()
            places = [stores[one].id for one in where.split()] or [None]
            tx.add_all(Membership(staff_id=person.id, store_id=place, role=role) for place in places)
        founding.name_chain(
            tx,
            {
                "chain": "Cloud",
                "legal_name": "Cloud Clothing Ltd",
                "legal_address": "1 Lake Road",
                "privacy_contact": "Hua, 0571 8700 2216",
            },
        )
        chains.publish_notices(tx)
        goods.start(tx, ["en"])
        consent_rules.assess(tx, "profiling", chains.profiling_text("en"), True, actor=None)
    meet("Cleo Zhou", CLEO_PHONE, dict.fromkeys(OPTIONAL, True))
    meet("Noor Ali", NOOR_PHONE, dict.fromkeys((*OPTIONAL, "marketing"), False))


def meet(name: str, phone: str, answers: dict[str, bool] | None = None, *, by: str = "ana", store: str = "North") -> int:
    """Somebody captures a customer; returns her id."""
    actor = staff(by)
    with db.write_tx() as tx:
        where = tx.query(Store).filter_by(name=store).one()
        return rules.capture(tx, actor, where, Newcomer(name, [("phone", phone)], answers=answers or {}), lang="en").id


def staff(number: str) -> StaffMember:
    """A colleague with memberships, detached from no session."""
    row = db.session().query(StaffMember.id).filter_by(number=number).one()
    found = with_memberships(row.id)
    assert found is not None
    return found


def customer(name: str) -> Customer:
    """The customer whose name begins so."""
    return db.session().query(Customer).filter(Customer.name.startswith(name)).one()
