"""Is this the person? Staff number or phone with a password, or the password alone of who is signed in."""

import unicodedata
from dataclasses import dataclass

import sqlalchemy as sa

from relcrm import contact_values
from relcrm.db import session, write_tx
from relcrm.errors import BadValue, RuleError
from relcrm.i18n import _l
from relcrm.staff import attempts, passwords
from relcrm.staff.models import StaffMember, Store


@dataclass(frozen=True)
class Known:
    """Who it is, and the tries to be forgiven when she enters."""

    staff_id: int
    key: str
    tries: tuple[int, ...]


def check(secret: str, login: str, password: str, address: str) -> Known:
    """Raises RuleError `wrong` or `locked`. Nobody learns whether the number or the password was wrong."""
    people = [(row.id, row.password_hash, key_of(secret, row.public_id)) for row in candidates(login)]
    keys = [key for _id, _hash, key in people] or [attempts.who(secret, "login", plain(login))]
    limits = {**dict.fromkeys(keys, attempts.TRIES), attempts.who(secret, "address", address): attempts.PER_ADDRESS}
    with write_tx() as tx:
        tries = attempts.take(tx, limits)
    for staff_id, stored, key in people or [(0, None, "")]:
        if passwords.matches(stored, password):
            return Known(staff_id, key, tuple(tries))
    raise RuleError(_l("Number or password is not right. Look again; capitals count."), code="wrong")


def check_own(secret: str, staff: StaffMember, password: str) -> Known:
    """The person's own password once more. Raises RuleError `wrong_old` or `locked`."""
    staff_id, stored, key = staff.id, staff.password_hash, key_of(secret, staff.public_id)
    with write_tx() as tx:
        tries = attempts.take(tx, {key: attempts.TRIES})
    if not passwords.matches(stored, password):
        raise RuleError(_l("This is not the password you have now."), code="wrong_old", field="old")
    return Known(staff_id, key, tuple(tries))


def key_of(secret: str, public_id: str) -> str:
    """Tries count by person, however her number or phone is written."""
    return attempts.who(secret, "staff", public_id)


def candidates(login: str) -> list[StaffMember]:
    """Who may be meant by a staff number or a phone as typed; more than one only where two countries share the digits."""
    number = unicodedata.normalize("NFKC", login).strip()
    meant = sa.func.lower(StaffMember.number) == number.lower()
    numbers = phones(login)
    wanted = sa.or_(meant, StaffMember.phone.in_(numbers)) if numbers else meant
    return list(
        session().scalars(sa.select(StaffMember).where(wanted, StaffMember.left_on.is_(None)).order_by(meant.desc(), StaffMember.id))
    )


def phones(typed: str) -> list[str]:
    """What the digits are in E.164 in the country of each store, without doubles; [] when they are no phone anywhere."""
    found: dict[str, None] = {}
    for country in session().scalars(sa.select(Store.country).distinct().order_by(Store.country)):
        try:
            found[contact_values.phone(typed, country)] = None
        except BadValue:
            continue
    return list(found)


def plain(login: str) -> str:
    """One spelling for the many ways to write the same login."""
    folded = unicodedata.normalize("NFKC", login).casefold()
    return "".join(character for character in folded if character.isalnum())
