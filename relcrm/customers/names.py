"""How somebody is called and shown: form of address, face, pseudonym, phone whole or masked."""

from relcrm import contact_values
from relcrm.consent import catalogue
from relcrm.customers.models import ContactPoint, Customer
from relcrm.customers.pinyin import surname

FIRST_NAME = "first_name"


def called(customer: Customer, lang: str) -> str:
    """What to say when she comes in: what she asked for, else form of address and surname, else her name."""
    if customer.address_as:
        return customer.address_as
    choice = next((c for c in catalogue.field("salutation").choices if c.key == customer.salutation), None)
    family = surname(customer.name)
    if choice is None or choice.key in (FIRST_NAME, "other") or not family:
        return customer.name
    return f"{family}{choice.zh}" if has_han(family) else f"{catalogue.label(choice, 'en')} {family}"


def has_han(text: str) -> bool:
    return any("\u3400" <= sign <= "\u9fff" for sign in text)


def face(name: str) -> str:
    """The surname in the circle: both characters of 欧阳, the first letter of a Latin name."""
    family = surname(name) or name
    return family if has_han(family) else family[:1].upper()


def pseudonym(customer: Customer) -> str:
    """A name for readers who may not know who it is: stable, and nobody's."""
    return f"# {customer.public_id[:6]}"


def contact_shown(point: ContactPoint, level: str, country: str) -> str:
    """The contact at this level of sight; "" when it is not shown at all."""
    if level == "no":
        return ""
    if point.kind == "phone":
        return contact_values.phone_shown(point.value, country) if level == "full" else contact_values.phone_masked(point.value, country)
    return point.value if level == "full" else f"{point.value[:1]}••••"


__all__ = ["called", "contact_shown", "face", "has_han", "pseudonym", "surname"]
