"""One row of a customer file read into clean values, or into everything that is wrong with it. Nothing is stored or compared here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypedDict, TypeVar

from relcrm.customers import cells
from relcrm.customers.table import Row
from relcrm.errors import BadValue
from relcrm.i18n import _l

if TYPE_CHECKING:
    from relcrm.birthday import Birthday

PURPOSES = ("callback", "greeting", "profiling", "survey", "marketing")
NAMES = ("name", "family_name", "given_name", "nickname")
ADDRESS_PARTS = ("province", "city", "district", "line", "postcode", "country", "whole")
BIRTHDAY_PARTS = ("birthday_month", "birthday_day", "birthday_year")
PHONES, EMAILS = ("phone", "phone_2", "phone_3"), ("email", "email_2")
ANYWHERE = -1
Value = TypeVar("Value")


@dataclass(frozen=True)
class Problem:
    """`column` is the index in the row, or -1 when it is about the whole row; `message` is a lazy sentence."""

    column: int
    code: str
    message: object


class Said(NamedTuple):
    """What she answered, and the day she did if the row tells it."""

    yes: bool
    on: date | None = None


class OpeningCells(NamedTuple):
    """What the row says of her past: money and tier as written, because their store is not known yet."""

    total: str = ""
    last_on: date | None = None
    points: int | None = None
    points_until: date | None = None
    tier: str = ""
    tier_until: date | None = None


NOTHING_BEFORE = OpeningCells()


@dataclass(frozen=True)
class Draft:
    """A customer as the row tells it. Empty text, None and {} mean that the row says nothing; `problems` holds all of them.

    `consents` has a purpose of PURPOSES only where the row answers; `email` is the first, `more_emails` are the others.
    """

    number: int
    name: str = ""
    salutation: str = ""
    phones: tuple[str, ...] = ()
    email: str = ""
    more_emails: tuple[str, ...] = ()
    wechat: str = ""
    card: str = ""
    birthday: "Birthday | None" = None
    gender: str = ""
    address: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    home_store: str = ""
    associate: str = ""
    registered_on: date | None = None
    consents: Mapping[str, Said] = field(default_factory=dict)
    opening: OpeningCells = NOTHING_BEFORE
    problems: tuple[Problem, ...] = ()

    @property
    def usable(self) -> bool:
        """Nothing goes half in: one bad cell holds the whole row back."""
        return not self.problems


def read_row(row: Row, mapping: Sequence[str], country: str, today: date) -> Draft:
    """`mapping` names a target of columns.TARGETS for each column; `country` (ISO, two letters) is where plain phone numbers belong."""

    reading = _Reading(row, mapping)
    reading.refuse_surplus()
    return Draft(
        number=row.number,
        name=_name(reading),
        salutation=reading.read("salutation", cells.salutation, ""),
        card=_card(reading, "card") or _card(reading, "card_name"),
        birthday=_birthday(reading, today),
        gender=reading.read("gender", cells.gender, "") or reading.read("gender_zero_female", cells.gender_zero_female, ""),
        address=_address(reading),
        language=reading.read("preferred_language", cells.language, ""),
        tags=tuple(cells.tags(reading.text("tags"))),
        note=reading.text("note").replace("\r\n", "\n"),
        home_store=reading.text("home_store"),
        associate=reading.text("associate"),
        registered_on=reading.read("registered_on", lambda text: cells.day(text, country, today), None),
        consents=_consents(reading, country, today),
        opening=_opening(reading, country, today),
        **_contacts(reading, country),
        problems=tuple(sorted(reading.problems, key=lambda problem: problem.column)),
    )


class _Contacts(TypedDict):
    phones: tuple[str, ...]
    email: str
    more_emails: tuple[str, ...]
    wechat: str


@lru_cache(maxsize=64)
def _places(mapping: tuple[str, ...]) -> Mapping[str, int]:
    """Where each target stands, the first of several."""
    return MappingProxyType({target: index for index, target in reversed(list(enumerate(mapping)))})


class _Reading:
    def __init__(self, row: Row, mapping: Sequence[str]) -> None:
        self.row, self.width = row, len(mapping)
        self.columns = _places(tuple(mapping))
        self.problems: list[Problem] = []

    def text(self, target: str) -> str:
        text = self.written(target)
        return "" if cells.is_nothing(text) else text

    def written(self, target: str) -> str:
        """Also "Null" and "/", which are nothing in a phone column but somebody's name in another."""
        index = self.columns.get(target)
        return cells.clean(self.row.cells[index]) if index is not None and index < len(self.row.cells) else ""

    def read(self, target: str, reader: Callable[[str], Value], nothing: Value) -> Value:
        if target not in self.columns or not (text := self.text(target)):
            return nothing
        return self.attempt(target, lambda: reader(text), nothing)

    def attempt(self, target: str, reader: Callable[[], Value], nothing: Value) -> Value:
        try:
            return reader()
        except BadValue as error:
            self.refuse(target, error.code, error.message)
            return nothing

    def refuse(self, target: str, code: str, message: object) -> None:
        self.problems.append(Problem(self.columns.get(target, ANYWHERE), code, message))

    def refuse_surplus(self) -> None:
        if any(cell.strip() for cell in self.row.cells[self.width :]):
            sentence = _l("This row has more cells than there are columns. A comma or a quotation mark may be out of place.")
            self.problems.append(Problem(ANYWHERE, "row_too_long", sentence))


def _card(reading: _Reading, target: str) -> str:
    from relcrm import contact_values

    return reading.read(target, lambda text: contact_values.card(cells.whole_number(text)), "")


def _name(reading: _Reading) -> str:
    from relcrm import contact_values

    parts = (reading.written(part) for part in ("family_name", "middle_name", "given_name"))
    whole = reading.written("name") or _joined_name(*parts) or reading.text("nickname")
    target = next((target for target in NAMES if reading.written(target)), "name")
    if not whole and reading.text("card_name"):
        return cells.whole_number(reading.text("card_name"))
    if not whole:
        reading.refuse(_mapped(reading, *NAMES), "name_missing", _l("The name is missing."))
        return ""
    return reading.attempt(target, lambda: contact_values.person_name(whole), "")


def _joined_name(family: str, middle: str, given: str) -> str:
    if any("\u4e00" <= letter <= "\u9fff" for letter in family + given):
        return family + given
    return " ".join(filter(None, (given, middle, family)))


def _mapped(reading: _Reading, *targets: str) -> str:
    return next((target for target in targets if target in reading.columns), "")


def _contacts(reading: _Reading, country: str) -> _Contacts:
    from relcrm import contact_values

    before = len(reading.problems)
    emails = _several(reading, EMAILS, cells.email_parts, contact_values.email)
    found = _Contacts(
        phones=_several(reading, PHONES, cells.phone_parts, lambda text: contact_values.phone(cells.whole_number(text), country)),
        email=emails[0] if emails else "",
        more_emails=emails[1:],
        wechat=reading.read("wechat", lambda text: contact_values.handle(cells.whole_number(text)), ""),
    )
    if not any(found.values()) and not reading.text("card_name") and len(reading.problems) == before:
        target = _mapped(reading, *PHONES, *EMAILS, "wechat")
        reading.refuse(target, "contact_missing", _l("There is no phone number, e-mail or WeChat name to reach her by."))
    return found


def _several(reading: _Reading, targets: Sequence[str], parts: Callable[[str], list[str]], read: Callable[[str], str]) -> tuple[str, ...]:
    """The values of several columns, each of which may hold several; in their order, each once."""
    none: list[str] = []
    found = [value for target in targets for value in reading.read(target, lambda text: [read(part) for part in parts(text)], none)]
    return tuple(dict.fromkeys(found))


def _consents(reading: _Reading, country: str, today: date) -> dict[str, Said]:
    """A "no offers" column can only refuse, never agree; whoever refuses in one column has refused."""
    answers = {purpose: reading.read(f"consent_{purpose}", cells.answer, None) for purpose in PURPOSES}
    if reading.read("consent_marketing_not", cells.answer, None):
        answers["marketing"] = False
    on = reading.read("consent_date", lambda text: cells.day(text, country, today), None)
    return {purpose: Said(yes, on) for purpose, yes in answers.items() if yes is not None}


def _opening(reading: _Reading, country: str, today: date) -> OpeningCells:
    def until(text: str) -> date:
        return cells.any_day(text, country)

    return OpeningCells(
        total=reading.text("opening_total"),
        last_on=reading.read("opening_last", lambda text: cells.day(text, country, today), None),
        points=reading.read("opening_points", cells.points, None),
        points_until=reading.read("opening_points_until", until, None),
        tier=reading.text("opening_tier"),
        tier_until=reading.read("opening_tier_until", until, None),
    )


def _address(reading: _Reading) -> dict[str, str]:
    parts = {part: reading.text(f"address_{part}") for part in ADDRESS_PARTS}
    parts["line"] = " ".join(filter(None, (parts["line"], reading.text("address_line_2"))))
    return {part: text for part, text in parts.items() if text}


def _birthday(reading: _Reading, today: date) -> "Birthday | None":
    """The solar column where it is filled; the lunar one may hold the day itself or only tell that the other column is lunar."""
    written, lunar = reading.text("birthday"), reading.text("birthday_lunar")
    is_lunar = cells.lunar_flag(lunar)
    if written:
        return reading.attempt("birthday", lambda: _written_birthday(written, bool(is_lunar), today), None)
    if lunar and is_lunar is None:
        return reading.attempt("birthday_lunar", lambda: _written_birthday(lunar, True, today), None)
    if any(reading.text(target) for target in BIRTHDAY_PARTS):
        target = _mapped(reading, *BIRTHDAY_PARTS)
        return reading.attempt(target, lambda: _birthday_from_parts(reading, bool(is_lunar), today), None)
    return None


def _written_birthday(text: str, is_lunar: bool, today: date) -> "Birthday":
    from relcrm.birthday_cells import read_text

    return read_text(f"农历{text}" if is_lunar and "历" not in text else text, today)


def _birthday_from_parts(reading: _Reading, is_lunar: bool, today: date) -> "Birthday":
    from relcrm.birthday import LUNAR, SOLAR, parse

    month, day, year = (cells.whole_number(reading.text(target)) for target in BIRTHDAY_PARTS)
    return parse(LUNAR if is_lunar else SOLAR, year, month, day, False, today)
