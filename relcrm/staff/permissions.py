"""Who may do what, and who may see what of a customer: DOMAIN §1.7 as data, asked in one place."""

from enum import StrEnum

from relcrm.errors import NotAllowed
from relcrm.i18n import _l
from relcrm.staff.models import StaffMember


class Permission(StrEnum):
    ACCOUNT = "account"
    CUSTOMER_FIND = "customer_find"
    CUSTOMER_READ = "customer_read"
    CUSTOMER_WRITE = "customer_write"
    PHONE_REVEAL = "phone_reveal"
    CUSTOMER_IMPORT = "customer_import"
    CUSTOMER_MERGE = "customer_merge"
    CONSENT_DECLARE = "consent_declare"
    DUPLICATE_DECIDE = "duplicate_decide"
    FILE_CLEAN = "file_clean"
    EXPORT = "export"
    PRODUCT_READ = "product_read"
    PRODUCT_EDIT = "product_edit"
    PURCHASE_READ = "purchase_read"
    PURCHASE_RECORD = "purchase_record"
    POINTS_REDEEM = "points_redeem"
    POINTS_ADJUST = "points_adjust"
    APPROVE = "approve"
    MEASURES_READ = "measures_read"
    STORE_READ = "store_read"
    STORE_EDIT = "store_edit"
    STAFF_MANAGE = "staff_manage"
    SETTINGS_EDIT = "settings_edit"
    AUDIT_READ = "audit_read"
    TIER_EDIT = "tier_edit"


P = Permission
EVERYBODY = frozenset({P.ACCOUNT, P.STORE_READ, P.PRODUCT_READ})
READS = frozenset({P.CUSTOMER_FIND, P.CUSTOMER_READ})
SERVES = READS | {
    P.CUSTOMER_WRITE, P.PHONE_REVEAL, P.CUSTOMER_MERGE, P.DUPLICATE_DECIDE, P.PURCHASE_RECORD, P.PURCHASE_READ, P.POINTS_REDEEM,
}  # fmt: skip
MANAGES = frozenset(
    {
        P.STAFF_MANAGE, P.CUSTOMER_IMPORT, P.CUSTOMER_MERGE, P.DUPLICATE_DECIDE, P.FILE_CLEAN, P.EXPORT, P.PRODUCT_EDIT, P.PURCHASE_READ,
        P.POINTS_ADJUST, P.APPROVE, P.MEASURES_READ,
    }
)  # fmt: skip
ROLE_MAY: dict[str, frozenset[Permission]] = {
    "associate": EVERYBODY | SERVES,
    "store_manager": EVERYBODY | SERVES | MANAGES,
    "area_manager": EVERYBODY | READS | MANAGES,
    "owner": EVERYBODY | READS | MANAGES | {P.STORE_EDIT, P.SETTINGS_EDIT, P.AUDIT_READ, P.CONSENT_DECLARE, P.TIER_EDIT},
    "auditor": EVERYBODY | READS | {P.AUDIT_READ},
}

# Whom each role may invite, move and end, in the stores where it holds that role.
MANAGES_ROLES: dict[str, frozenset[str]] = {
    "store_manager": frozenset({"associate"}),
    "area_manager": frozenset({"associate", "store_manager"}),
    "owner": frozenset({"associate", "store_manager", "area_manager", "owner", "auditor"}),
}

# DOMAIN §1.7: what of a customer each relation sees. OA owner-associate, ST other associate of a linked store,
# SM manager of a linked store, CM area manager or owner, AU auditor. A word that is not "yes" limits what is shown.
RIGHTS: dict[str, dict[str, str]] = {
    "name": {"OA": "yes", "ST": "yes", "SM": "yes", "CM": "yes", "AU": "pseudonym"},
    "phone": {"OA": "yes", "ST": "masked", "SM": "masked", "CM": "masked"},
    "birthday": {"OA": "day_month", "SM": "day_month", "CM": "full"},
    "stage3": {"OA": "yes", "ST": "class_o", "SM": "yes"},
    "special": {"OA": "yes"},
    "spend": {"OA": "tier_visits", "ST": "tier", "SM": "yes", "CM": "yes", "AU": "totals"},
    "notes": {"OA": "yes", "SM": "reason"},
    "ledger": {"OA": "state", "ST": "state", "SM": "full", "CM": "full", "AU": "full"},
}


def reads_pseudonyms(reader: StaffMember) -> bool:
    """Somebody who only audits learns of nobody who she is, neither shown nor by searching for a name or number."""
    return reader.holds("auditor") and not reader.holds("associate", "store_manager", "area_manager", "owner")


def may(actor: StaffMember, permission: Permission, store_id: int | None = None) -> bool:
    """Does any membership of `actor` carry `permission`, in that store if one is named?"""
    return any(
        permission in ROLE_MAY[m.role] and (store_id is None or m.store_id is None or m.store_id == store_id) for m in actor.memberships
    )


def require(actor: StaffMember, permission: Permission, store_id: int | None = None) -> None:
    """Raises NotAllowed: the last net, inside the rules, whatever the view forgot."""
    if not may(actor, permission, store_id):
        raise NotAllowed(_l("This is not among what you may do. Ask your manager."), code=f"needs_{permission}")


def may_manage(actor: StaffMember, role: str, store_id: int | None) -> bool:
    """May `actor` give or end that role in that store?"""
    return any(
        role in MANAGES_ROLES.get(m.role, ()) and (m.store_id is None or (store_id is not None and m.store_id == store_id))
        for m in actor.memberships
    )


def may_touch(actor: StaffMember, person: StaffMember) -> bool:
    """May `actor` change what concerns the whole person (number, link, sessions, leaving)? Only who may give every role she holds."""
    if actor.holds("owner"):
        return True
    return bool(person.memberships) and all(may_manage(actor, m.role, m.store_id) for m in person.memberships)


def may_place(actor: StaffMember, person: StaffMember, role: str, store_id: int | None) -> bool:
    """May `actor` give or end this role of this person? Not of somebody who holds, anywhere, a kind of role that she may not give."""
    gives = roles_given(actor)
    return may_manage(actor, role, store_id) and all(m.role in gives for m in person.memberships)


def roles_given(actor: StaffMember) -> frozenset[str]:
    """Kinds of role that `actor` may give somewhere."""
    return frozenset(given for m in actor.memberships for given in MANAGES_ROLES.get(m.role, ()))
