"""Which column of somebody's table is what: targets, a guess for each column, a signature to remember the answer by.

Cleaning the values is rows.py; the words themselves are column_words.py."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from relcrm.customers import column_values, column_words, presets
from relcrm.customers.column_words import key
from relcrm.customers.folding import has_han
from relcrm.customers.table import Row
from relcrm.errors import BadValue
from relcrm.i18n import _l

SKIP = "skip"
NEVER_STORED, LATER, ELSEWHERE = "never_stored", "later", "elsewhere"
EXACT, WEAK, PART, CONTENT = 1.0, 0.7, 0.6, 0.5
LONGEST_HEADER = 40
NAMES = {"name", "family_name", "given_name", "nickname"}
CONTACTS = {"phone", "phone_2", "phone_3", "email", "email_2", "wechat"}
CARD_NAME = "card_name"  # never guessed: a person chooses it for a file that has no names
NEXT = {"phone": "phone_2", "phone_2": "phone_3", "email": "email_2"}

TARGETS: Mapping[str, object] = {
    "name": _l("Name"),
    "family_name": _l("Family name"),
    "given_name": _l("Given name"),
    "middle_name": _l("Middle name"),
    "nickname": _l("Nickname, taken where there is no name"),
    "salutation": _l("Form of address"),
    "phone": _l("Phone"),
    "phone_2": _l("Second phone"),
    "phone_3": _l("Third phone"),
    "email": _l("E-mail"),
    "email_2": _l("Second e-mail"),
    "wechat": _l("WeChat"),
    "card": _l("Card number"),
    "card_name": _l("Card number, which also stands for the name"),
    "birthday": _l("Birthday"),
    "birthday_lunar": _l("Birthday in the lunar calendar"),
    "birthday_month": _l("Month of birth"),
    "birthday_day": _l("Day of birth"),
    "birthday_year": _l("Year of birth"),
    "gender": _l("Gender"),
    "gender_zero_female": _l("Gender, where 0 is female and 1 is male"),
    "address_province": _l("Province or state"),
    "address_city": _l("City"),
    "address_district": _l("District"),
    "address_line": _l("Street and number"),
    "address_line_2": _l("Address, second line"),
    "address_postcode": _l("Postcode"),
    "address_country": _l("Country"),
    "address_whole": _l("Whole address in one cell"),
    "preferred_language": _l("Preferred language"),
    "tags": _l("Tags"),
    "note": _l("Note"),
    "home_store": _l("Home store"),
    "associate": _l("Associate"),
    "registered_on": _l("Registered on"),
    "consent_callback": _l("May we call back?"),
    "consent_greeting": _l("May we send greetings?"),
    "consent_profiling": _l("May we remember preferences?"),
    "consent_survey": _l("May we ask for her opinion?"),
    "consent_marketing": _l("May we send offers?"),
    "consent_marketing_not": _l("Wants no offers"),
    "consent_date": _l("Day of these consents"),
    "opening_total": _l("Opening balance: spent before"),
    "opening_last": _l("Opening balance: last purchase"),
    "opening_points": _l("Opening balance: points"),
    "opening_points_until": _l("Opening balance: these points expire on"),
    "opening_tier": _l("Opening balance: tier"),
    "opening_tier_until": _l("Opening balance: tier valid until"),
    SKIP: _l("Leave this column out"),
}

WHY_SKIPPED: Mapping[str, object] = {
    NEVER_STORED: _l("We never keep this: it is too private for a customer file."),
    LATER: _l("Kinds of cards and levels of other programs are not kept here. A tier of your rules can be brought along."),
    ELSEWHERE: _l("Not kept here: stored value and punch cards stay in the till, sums follow from purchases."),
}


@dataclass(frozen=True)
class Guess:
    """`sure` runs from 0 (no idea) to 1; `why_skipped` is a key of WHY_SKIPPED or empty."""

    index: int
    target: str = SKIP
    sure: float = 0.0
    why_skipped: str = ""


def guess(header: Sequence[str], sample: Sequence[Row]) -> list[Guess]:
    """One guess per column, in their order. A target is given once, to the column surest of it; phones and e-mails make use of a second."""
    preset = presets.recognise(header)
    if preset is not None:
        found = [_by_preset(index, name, preset, _column(sample, index)) for index, name in enumerate(header)]
        return _settled(_each_once(found, sample))
    found = [_by_header(index, name, _column(sample, index)) for index, name in enumerate(header)]
    return _settled(_by_content(_each_once(found, sample), sample))


def _settled(found: list[Guess]) -> list[Guess]:
    for settle in (_name_or_parts, _name_or_nickname, _first_phone, _whole_or_parts):
        found = settle(found, {guessed.target for guessed in found})
    return found


def signature(header: Sequence[str]) -> str:
    """Stays the same while a source keeps its columns in their order, however it writes spaces, capitals and marks."""
    return hashlib.sha256("\x1f".join(key(name) for name in header).encode()).hexdigest()[:32]


def check_mapping(mapping: Sequence[str]) -> None:
    """Raises BadValue mapping_unknown, mapping_twice, mapping_no_name or mapping_no_contact."""
    chosen = [target for target in mapping if target != SKIP]
    if set(chosen) - set(TARGETS):
        raise BadValue(_l("Choose what each column is from the list."), code="mapping_unknown", field="mapping")
    if len(set(chosen)) < len(chosen):
        raise BadValue(_l("Two columns are marked as the same thing. Leave one of them out."), code="mapping_twice", field="mapping")
    if not (NAMES | {CARD_NAME}) & set(chosen):
        raise BadValue(_l("Say which column holds the name."), code="mapping_no_name", field="mapping")
    if not (CONTACTS | {CARD_NAME}) & set(chosen):
        raise BadValue(_l("Say which column holds a phone number, an e-mail or a WeChat name."), code="mapping_no_contact", field="mapping")


def is_known(text: str) -> bool:
    """Whether a cell reads like the name of a column."""
    if not text.strip() or len(text) > LONGEST_HEADER:
        return False
    return _look_up(text) != (SKIP, 0.0, "")


def names_people(header: Sequence[str]) -> bool:
    """Whether there is a column for a name and one to reach her by."""
    targets = {_look_up(name)[0] for name in header if is_known(name)}
    return bool(targets & NAMES and targets & CONTACTS)


@cache
def _words() -> dict[str, tuple[str, float]]:
    found: dict[str, tuple[str, float]] = {}
    for target, text in column_words.WORDS.items():
        strong, _bar, weak = text.partition("|")
        found |= {word: (target, EXACT - place / 100) for place, word in enumerate(strong.split())}
        found |= {word: (target, WEAK - place / 100) for place, word in enumerate(weak.split())}
    return found


@cache
def _look_up(text: str) -> tuple[str, float, str]:
    whole, bare = key(text), key(re.sub(r"[(（\[【].*?[)）\]】]", "", text))
    for word in (whole, bare):
        if word in _words():
            return (*_words()[word], "")
    if why := _why_not_kept(whole):
        return SKIP, EXACT, why
    part = next((target for target, pattern in column_words.PARTS if re.search(pattern, whole)), "")
    if part:
        return (part, PART, "") if part != SKIP else (SKIP, 0.0, "")
    return next(((_words()[half][0], PART, "") for half in _halves(bare) if half in _words()), (SKIP, 0.0, ""))


def _halves(word: str) -> tuple[str, str]:
    """ "First name / 名" says it twice: the Chinese letters, and the others."""
    chinese = "".join(letter for letter in word if has_han(letter))
    return chinese, "".join(letter for letter in word if not has_han(letter))


def _why_not_kept(word: str) -> str:
    patterns = {NEVER_STORED: column_words.NEVER_STORED, LATER: column_words.LATER, ELSEWHERE: column_words.ELSEWHERE}
    return next((why for why, pattern in patterns.items() if pattern.search(word)), "")


def _by_preset(index: int, name: str, preset: presets.Preset, values: list[str]) -> Guess:
    """What the program is known to write there; columns that a shop added to it are read by their names."""
    target = preset.mapping[index]
    if target == "salutation" and not column_values.are_salutations(values, all_of_them=True):
        return Guess(index, sure=EXACT)
    if target and target != SKIP:
        return Guess(index, target, EXACT - preset.ranks[index] / 100)
    why = _why_not_kept(key(name))
    return Guess(index, SKIP, EXACT, why) if target or why else replace(_by_header(index, name, values), sure=WEAK)


def _by_header(index: int, name: str, values: list[str]) -> Guess:
    target, sure, why = _look_up(name)
    if target == "name" and values and not any(letter.isalpha() for value in values for letter in value):
        return Guess(index)
    if target == "salutation" and values and not column_values.are_salutations(values):
        return Guess(index, "name", CONTENT)
    return Guess(index, target, sure, why)


def _column(sample: Sequence[Row], index: int) -> list[str]:
    cells = (row.cells[index].strip() for row in sample if index < len(row.cells))
    return [cell for cell in cells if cell]


def _each_once(found: list[Guess], sample: Sequence[Row]) -> list[Guess]:
    """The surest column first; one that holds nothing stands back behind one that does."""
    taken: set[str] = set()
    settled = {}
    for guessed in sorted(found, key=lambda guessed: (not _column(sample, guessed.index), -guessed.sure, guessed.index)):
        settled[guessed.index] = _claim(guessed, taken)
    return [settled[guessed.index] for guessed in found]


def _claim(guessed: Guess, taken: set[str]) -> Guess:
    target = "phone" if guessed.target == "phone_2" and "phone" not in taken and "phone_2" in taken else guessed.target
    while target in taken:
        target = NEXT.get(target, SKIP)
    if target != SKIP:
        taken.add(target)
        return replace(guessed, target=target)
    return Guess(guessed.index, sure=guessed.sure if guessed.target == SKIP else 0.0, why_skipped=guessed.why_skipped)


def _by_content(found: list[Guess], sample: Sequence[Row]) -> list[Guess]:
    """Columns whose header says nothing are looked into; a name is taken on looks only when no header offers one."""
    taken = {guessed.target for guessed in found}
    settled = []
    for guessed in found:
        if guessed.target == SKIP and not guessed.sure:
            target = column_values.looks_like(_column(sample, guessed.index), taken)
            settled.append(replace(guessed, target=target, sure=CONTENT) if target else guessed)
            taken.add(target)
        else:
            settled.append(guessed)
    is_customers = taken & CONTACTS and not taken & NAMES
    return _name_by_content(settled, sample) if is_customers else settled


def _name_by_content(found: list[Guess], sample: Sequence[Row]) -> list[Guess]:
    free = [guessed for guessed in found if guessed.target == SKIP and not guessed.sure]
    scored = [(column_values.share_of_names(_column(sample, guessed.index)), -guessed.index) for guessed in free]
    best, place = max(scored, default=(0.0, 0))
    return [replace(guessed, target="name", sure=best / 2) if best > 0.5 and guessed.index == -place else guessed for guessed in found]


def _name_or_parts(found: list[Guess], taken: set[str]) -> list[Guess]:
    """A nickname or a "file as" does not stand above the first and last name that the file also has."""
    if not taken & {"family_name", "given_name"}:
        return found
    return [Guess(guessed.index) if guessed.target == "name" and guessed.sure <= WEAK else guessed for guessed in found]


def _name_or_nickname(found: list[Guess], taken: set[str]) -> list[Guess]:
    """Where nothing else names her, the nickname is her name."""
    if taken & (NAMES - {"nickname"}):
        return found
    return [replace(guessed, target="name") if guessed.target == "nickname" else guessed for guessed in found]


def _first_phone(found: list[Guess], taken: set[str]) -> list[Guess]:
    """A second phone without a first one is the first."""
    if "phone" in taken:
        return found
    return [replace(guessed, target="phone") if guessed.target == "phone_2" else guessed for guessed in found]


def _whole_or_parts(found: list[Guess], taken: set[str]) -> list[Guess]:
    """ "地址" beside 省 and 市 is the street, not the whole address; beside a street column it only repeats."""
    if not taken & {"address_province", "address_city", "address_district", "address_line"}:
        return found
    instead = SKIP if "address_line" in taken else "address_line"
    return [replace(guessed, target=instead) if guessed.target == "address_whole" else guessed for guessed in found]
