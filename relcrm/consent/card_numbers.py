"""Numbers that are never stored: identity, bank and travel documents. Words are judged in forbidden."""

import re
from collections.abc import Iterator
from datetime import date

_SEPARATOR = r"[ .·-]{0,2}"
_ID_18 = re.compile(rf"(?<!\d)(?=(\d(?:{_SEPARATOR}\d){{16}}{_SEPARATOR}[\dx])(?![\dx]))")
_ID_15 = re.compile(r"(?<!\d)(\d{15})(?!\d)")
_CARD = re.compile(
    r"(?<!\d)(?:\d{16,19}|\d{4}(?:[ .-]\d{4}){3}(?:[ .-]\d{1,3})?|\d(?:[ -]\d){15,18}|\d{6}[ -]\d{9,13}|3[47]\d{2}[ -]?\d{6}[ -]?\d{5})(?!\d)"
)
_NAMED_CARD = re.compile(r"(?:银行卡|信用卡|借记卡|储蓄卡|bank card|credit card|debit card)[^\d\n]{0,12}(\d(?:[ -]?\d){11,18})(?!\d)")
_DOCUMENT = re.compile(
    r"(护照|通行证|回乡证|passport|身份证|居留证|identity card|id card|national insurance|social security)[^\d\n]{0,16}?"
    r"(?<![a-z0-9])([a-z]{0,2}\d(?:[ -]?[a-z0-9]){5,17})(?![a-z0-9])"
)
_TRAVEL = {"护照", "通行证", "回乡证", "passport"}
_ORDER = re.compile(r"(?:订单|单号|运单|快递|物流|流水|会员卡|条码|order|tracking|parcel|invoice|receipt)[^\d\n]{0,12}$")
_PROVINCES = {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83}
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def find(text: str) -> Iterator[tuple[str, int, int]]:
    """(code, start, end) in normalised lower-case text; codes id_number, bank_card, passport."""
    yield from (("id_number", *m.span(1)) for m in _ID_18.finditer(text) if is_id_18(_digits(m[1])))
    yield from (("id_number", *m.span(1)) for m in _ID_15.finditer(text) if is_id_15(m[1]) and not _is_order(text, m.start()))
    yield from (("bank_card", *m.span()) for m in _CARD.finditer(text) if is_bank_card(_digits(m[0])) and not _is_order(text, m.start()))
    yield from (("bank_card", *m.span(1)) for m in _NAMED_CARD.finditer(text))
    yield from (("passport" if m[1] in _TRAVEL else "id_number", *m.span(2)) for m in _DOCUMENT.finditer(text))


def _digits(text: str) -> str:
    return re.sub(r"[^\dx]", "", text)


def _is_order(text: str, start: int) -> bool:
    return bool(_ORDER.search(text[max(0, start - 24) : start]))


def is_id_18(number: str) -> bool:
    """GB 11643: province, birth date and the ISO 7064 check character."""
    check = "10x98765432"[sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True)) % 11]
    return check == number[17] and int(number[:2]) in _PROVINCES and _is_birth(number[6:14])


def is_id_15(number: str) -> bool:
    """The form used until 1999: province and a birth date in the 1900s, no check character."""
    return int(number[:2]) in _PROVINCES and _is_birth("19" + number[6:12])


def _is_birth(day: str) -> bool:
    try:
        return 1880 <= date(int(day[:4]), int(day[4:6]), int(day[6:])).year <= 2100
    except ValueError:
        return False


def is_bank_card(number: str) -> bool:
    """ISO 7812: an issuer's first digits and the Luhn check digit. 2 is Mastercard's second range; most order numbers begin 20."""
    issuer = number[0] in "3456" or (len(number) == 16 and 2221 <= int(number[:4]) <= 2720) or number.startswith("9558")
    return issuer and luhn(number)


def luhn(number: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number)))
    return sum(n - 9 * (n > 9) for n in doubled) % 10 == 0
