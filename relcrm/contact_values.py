"""Reading and showing what a customer is reached by: name, phone, e-mail, handle, card. Shape only; who may see it is decided elsewhere."""

import re
import unicodedata
from typing import TYPE_CHECKING

from relcrm.errors import BadValue
from relcrm.i18n import _l

if TYPE_CHECKING:
    from phonenumbers import NumberParseException, PhoneNumber

_LONGEST_NAME = 40
_LONGEST_EMAIL, _LONGEST_LOCAL = 254, 64
_LOCAL = re.compile(r"""[^\s@<>()\[\],;:"\\.]+(?:\.[^\s@<>()\[\],;:"\\.]+)*""")
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]*")
_CARD = re.compile(r"[A-Z0-9-]*[A-Z0-9][A-Z0-9-]*")
_HIDDEN = "•"
_INVISIBLE = ("Cc", "Cf", "Cs")


_CHINESE_MOBILE = re.compile(r"\+861[3-9][0-9]{9}")
_CHINESE_TYPED = re.compile(r"(\+86 ?)?(1(?:3[0-9]|4[57]|5[0-35-9]|6[2567]|7[0-35-8]|8[0-9]|9[0-35-9])[0-9]{8})")


def phone(text: str, country: str) -> str:
    """E.164 of a number as typed in that country (ISO code such as CN). Raises BadValue phone_empty, _letters, _short, _long, _invalid."""
    plain = _CHINESE_TYPED.fullmatch(text)
    if plain and (plain[1] or country == "CN"):  # a file of 100,000 rows has mostly these, and the library takes 0.1 ms for each
        return f"+86{plain[2]}"
    typed = unicodedata.normalize("NFKC", text).strip()
    if any(character.isalpha() for character in typed):
        raise _bad_phone("phone_letters", _l("A phone number has digits only. Take the letters out; a note has room for them."))
    digits = "".join(str(unicodedata.decimal(character)) for character in typed if character.isdecimal())
    if not digits:
        raise _bad_phone("phone_empty", _l("Enter a phone number."))
    abroad = digits.startswith("00") or re.match(r"[^\d+]*\+", typed) is not None
    return _e164(digits.removeprefix("00"), abroad, country)


def _e164(digits: str, abroad: bool, country: str) -> str:
    import phonenumbers

    try:
        number = phonenumbers.parse("+" + digits if abroad else digits, country)
    except phonenumbers.NumberParseException as error:
        raise _unparsed(error, digits, abroad, country) from None
    if not phonenumbers.is_valid_number(number):
        raise _not_valid(number, digits, country)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _unparsed(error: "NumberParseException", digits: str, abroad: bool, country: str) -> BadValue:
    lengths = () if abroad else _mobile_lengths(country)
    expected = lengths[0] if len(lengths) == 1 else None
    if error.error_type in (error.TOO_SHORT_NSN, error.TOO_SHORT_AFTER_IDD, error.NOT_A_NUMBER):
        return _too_short(digits, expected)
    return _too_long(digits, expected) if error.error_type == error.TOO_LONG else _unknown()


def _not_valid(number: "PhoneNumber", digits: str, country: str) -> BadValue:
    """Counts as the shop counts: with the trunk 0 if it was typed, without a country code."""
    import phonenumbers

    here = number.country_code == phonenumbers.country_code_for_region(country)
    national = phonenumbers.national_significant_number(number)
    trunk = "0" if here and digits.startswith("0") and digits.endswith(national) else ""
    lengths = _mobile_lengths(country if here else phonenumbers.region_code_for_country_code(number.country_code or 0))
    expected = lengths[0] + len(trunk) if here and len(lengths) == 1 else None
    if lengths and len(national) < min(lengths):
        return _too_short(trunk + national, expected)
    return _too_long(trunk + national, expected) if lengths and len(national) > max(lengths) else _unknown()


def _mobile_lengths(country: str) -> tuple[int, ...]:
    """How many digits a mobile number of the country may have, without a trunk 0; () for an unknown country."""
    import phonenumbers

    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country, None)
    return tuple(metadata.mobile.possible_length) if metadata and metadata.mobile else ()


def _too_short(digits: str, expected: int | None) -> BadValue:
    if not expected:
        return _bad_phone("phone_short", _l("This number has only %(digits)s digits. Check it and type it again.", digits=len(digits)))
    sentence = _l("This number has only %(digits)s digits; a mobile number here has %(expected)s.", digits=len(digits), expected=expected)
    return _bad_phone("phone_short", sentence)


def _too_long(digits: str, expected: int | None) -> BadValue:
    if not expected:
        return _bad_phone("phone_long", _l("This number has %(digits)s digits, which is too many.", digits=len(digits)))
    sentence = _l("This number has %(digits)s digits; a mobile number here has only %(expected)s.", digits=len(digits), expected=expected)
    return _bad_phone("phone_long", sentence)


def _unknown() -> BadValue:
    return _bad_phone(
        "phone_invalid", _l("There is no phone number like this. Check the digits; from abroad it begins with + and a country code.")
    )


def _bad_phone(code: str, sentence: object) -> BadValue:
    return BadValue(sentence, code=code, field="phone")


def phone_shown(e164: str, country: str) -> str:
    """ "138 1234 5678" seen from its own country, "+86 138 1234 5678" from any other; what cannot be read is shown as it is."""
    return "".join(_shown_parts(e164, country))


def phone_masked(e164: str, country: str) -> str:
    """ "138 •••• 5678": the last four digits stay (two of a short number), at least four before them are hidden."""
    prefix, national = _shown_parts(e164, country)
    total = sum(character.isdecimal() for character in national)
    tail = 4 if total >= 8 else 2 if total >= 6 else 0
    return prefix + _hide(national, max(0, min(3, total - tail - 4)), total - tail)


def _shown_parts(e164: str, country: str) -> tuple[str, str]:
    """The country code with its space ("" at home), and the national number."""
    if _CHINESE_MOBILE.fullmatch(e164):  # most of our rows: the library takes 0.1 ms for each, twenty times in a list
        national = f"{e164[3:6]} {e164[6:10]} {e164[10:]}"
        return ("" if country == "CN" else "+86 "), national
    import phonenumbers

    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return "", e164
    if number.country_code == phonenumbers.country_code_for_region(country):
        return "", phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    code, space, national = shown.partition(" ")
    return code + space, national


def _hide(shown: str, first: int, last: int) -> str:
    """Bullets for the digits first..last, counted without the spaces."""
    masked, seen = "", 0
    for character in shown:
        masked += _HIDDEN if character.isdecimal() and first <= seen < last else character
        seen += character.isdecimal()
    return masked


def email(text: str) -> str:
    """Lower case, full-width signs made plain. Raises BadValue email_empty, email_long, email_odd."""
    address = unicodedata.normalize("NFKC", text).replace("。", ".").strip().lower()
    if not address:
        raise BadValue(_l("Enter an e-mail address."), code="email_empty", field="email")
    local, _at, domain = address.partition("@")
    if len(address) > _LONGEST_EMAIL or len(local) > _LONGEST_LOCAL:
        raise BadValue(_l("This e-mail address is too long. Check it and type it again."), code="email_long", field="email")
    if not (_LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain) and address.isprintable()):
        raise BadValue(_l("An e-mail address looks like name@example.com. Check what is missing."), code="email_odd", field="email")
    return address


def handle(text: str) -> str:
    """A WeChat, WeCom or other account name as typed, without a leading @. Raises BadValue handle_empty, _short, _long, _odd."""
    name = unicodedata.normalize("NFKC", text).strip().removeprefix("@")
    if not name:
        raise BadValue(_l("Enter the account name."), code="handle_empty", field="handle")
    if not name.isprintable() or " " in name:
        raise BadValue(_l("An account name has no spaces. Check it and type it again."), code="handle_odd", field="handle")
    if len(name) < 2:
        raise BadValue(_l("An account name has at least 2 characters."), code="handle_short", field="handle")
    if len(name) > 64:
        raise BadValue(_l("An account name has at most 64 characters."), code="handle_long", field="handle")
    return name


def card(text: str) -> str:
    """A membership card number in capitals without spaces. Raises BadValue card_empty, card_short, card_long, card_odd."""
    number = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if not number:
        raise BadValue(_l("Enter the card number."), code="card_empty", field="card")
    if not _CARD.fullmatch(number):
        raise BadValue(_l("A card number has only letters, digits and hyphens."), code="card_odd", field="card")
    if len(number) < 2:
        raise BadValue(_l("A card number has at least 2 characters."), code="card_short", field="card")
    if len(number) > 32:
        raise BadValue(_l("A card number has at most 32 characters."), code="card_long", field="card")
    return number


def person_name(text: str) -> str:
    """The name with single spaces and without invisible signs. Raises BadValue name_empty, name_odd, name_letters, name_long."""
    name = _visible(text)
    if not name:
        raise BadValue(_l("Enter a name."), code="name_empty", field="name")
    if "<" in name or ">" in name:
        raise BadValue(_l("A name has no < or >. Take them out."), code="name_odd", field="name")
    if not any(character.isalpha() for character in name):
        raise BadValue(_l("A name has at least one letter or Chinese character."), code="name_letters", field="name")
    if len(name) > _LONGEST_NAME:
        raise BadValue(_l("A name has at most 40 characters. Shorten it; a note has room for the rest."), code="name_long", field="name")
    return name


def _visible(text: str) -> str:
    """Accents that stand alone are apostrophes, typed on the wrong key: NFKC would turn them into a space and a mark."""
    plain = unicodedata.normalize("NFKC", text.replace("´", "'").replace("`", "'"))
    return " ".join("".join(each for each in plain if each.isspace() or unicodedata.category(each) not in _INVISIBLE).split())
