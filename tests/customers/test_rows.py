"""One row read into a draft, or into everything that is wrong with it."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relcrm.customers.columns import TARGETS, guess
from relcrm.customers.files import open_table
from relcrm.customers.rows import Draft, read_row
from relcrm.customers.table import Row

FILES = Path(__file__).parent / "files"
TODAY = date(2026, 7, 1)
NAME_PHONE = ("name", "phone")


def draft(country: str = "CN", **values: str) -> Draft:
    values = {"name": "林晓梅", "phone": "13800003921"} | values
    return read_row(Row(7, tuple(values.values())), tuple(values), country, TODAY)


def codes(found: Draft) -> list[tuple[int, str]]:
    return [(problem.column, problem.code) for problem in found.problems]


def drafts(name: str, country: str = "CN") -> list[Draft]:
    table = open_table(FILES / name, name)
    mapping = [found.target for found in guess(table.header, table.sample())]
    return [read_row(row, mapping, country, TODAY) for row in table.rows()]


def test_a_full_row_is_read_into_clean_values() -> None:
    found = draft(
        salutation="Ms.",
        phone_2="0571 8765 4321",
        email="Lin@Example.com",
        wechat="lin_xm",
        card="a 001",
        birthday="1985-03-02",
        gender="女",
        address_city="杭州",
        address_line="文三路1号",
        address_line_2="2单元",
        preferred_language="英文",
        tags="VIP、亚麻, VIP",
        note="喜欢\n靠窗",
        home_store="北店",
        associate="Ana",
        registered_on="2024/5/6 10:30",
        consent_greeting="是",
        consent_marketing="Unsubscribed",
    )
    assert (found.number, found.usable, found.problems) == (7, True, ())
    assert (found.name, found.salutation, found.gender, found.language) == ("林晓梅", "ms", "female", "en")
    assert found.phones == ("+8613800003921", "+8657187654321")
    assert (found.email, found.wechat, found.card) == ("lin@example.com", "lin_xm", "A001")
    assert found.birthday is not None
    assert (found.birthday.calendar, found.birthday.year, found.birthday.day) == ("solar", 1985, 2)
    assert found.address == {"city": "杭州", "line": "文三路1号 2单元"}
    assert (found.tags, found.note, found.home_store, found.associate) == (("VIP", "亚麻"), "喜欢\n靠窗", "北店", "Ana")
    assert found.registered_on == date(2024, 5, 6)
    assert found.consents == {"greeting": (True, None), "marketing": (False, None)}


@pytest.mark.parametrize(("family", "given", "name"), [("林", "晓梅", "林晓梅"), ("Bell", "Anna", "Anna Bell"), ("", "Anna", "Anna")])
def test_a_divided_name_is_joined_as_its_language_does(family: str, given: str, name: str) -> None:
    assert draft(name="", family_name=family, given_name=given).name == name


def test_the_whole_name_stands_above_its_parts() -> None:
    assert draft(name="Anna B. Bell", family_name="Bell", given_name="Anna").name == "Anna B. Bell"


def test_a_name_may_read_null() -> None:
    assert draft(name="", family_name="Null", given_name="Nan").name == "Nan Null"


@pytest.mark.parametrize(
    "typed", ["'13800003921", '="13800003921"', "13800003921\t", "13800003921.0", "\u202d13800003921\u202c", "+86 138 0000 3921"]
)
def test_what_excel_and_tills_wrap_around_a_number_is_taken_off(typed: str) -> None:
    assert draft(phone=typed).phones == ("+8613800003921",)


@pytest.mark.parametrize("target", ["phone", "phone_2", "card", "wechat"])
@pytest.mark.parametrize("typed", ["1.38E+10", "6.28123E+12", "1,38E+10", "1E10"])
def test_a_number_that_lost_its_digits_is_refused_and_never_guessed(target: str, typed: str) -> None:
    found = draft(**{target: typed})
    assert [code for _column, code in codes(found)] == ["digits_lost"]
    assert typed in str(found.problems[0].message)


@pytest.mark.parametrize("typed", ["1.3800003921E+10", "1.3800003921e10"])
def test_an_exponent_behind_all_the_digits_has_lost_none(typed: str) -> None:
    assert draft(phone=typed).phones == ("+8613800003921",)


def test_several_addresses_in_one_cell_are_all_taken_the_first_first() -> None:
    found = draft(email="Lin@Example.com ::: lin@example.org; Lin <lin@example.net>", email_2="mailto:lin@example.com")
    assert (found.email, found.more_emails) == ("lin@example.com", ("lin@example.org", "lin@example.net"))
    assert codes(draft(email="lin@example.com; lin@")) == [(2, "email_odd")]


def test_a_third_phone_and_the_middle_name_are_read_too() -> None:
    found = draft(name="", given_name="Anna", middle_name="Rose", family_name="Bell", phone_2="13800003922", phone_3="13800003923")
    assert (found.name, found.phones[2]) == ("Anna Rose Bell", "+8613800003923")


def test_a_nickname_is_a_name_only_where_there_is_no_other() -> None:
    assert draft(nickname="小林").name == "林晓梅"
    assert draft(name="", nickname="小林").name == "小林"
    assert codes(draft(name="", nickname="-")) == [(0, "name_missing")]


@pytest.mark.parametrize(
    ("typed", "yes"),
    [
        ("是", True), ("同意", True), ("已授权", True), ("y", True), ("TRUE", True), ("1", True), ("Subscribed", True), ("opt-in", True),
        ("否", False), ("不同意", False), ("未授权", False), ("退订", False), ("n", False), ("FALSE", False), ("0", False),
        ("NOT_SUBSCRIBED", False), ("unsubscribed", False), ("Opted out", False),
    ],
)  # fmt: skip
def test_a_consent_is_read_in_both_languages(typed: str, yes: bool) -> None:
    assert draft(consent_callback=typed).consents == {"callback": (yes, None)}


@pytest.mark.parametrize("typed", ["", "-", "Unknown", "pending", "待确认"])
def test_whom_nobody_asked_has_not_answered(typed: str) -> None:
    found = draft(consent_callback=typed)
    assert (found.consents, found.usable) == ({}, True)


def test_one_day_counts_for_all_consents_of_the_row() -> None:
    found = draft(consent_callback="是", consent_survey="否", consent_profiling="", consent_date="2024-05-06 10:30")
    assert found.consents == {"callback": (True, date(2024, 5, 6)), "survey": (False, date(2024, 5, 6))}
    assert codes(draft(consent_callback="是", consent_date="2031-01-01")) == [(3, "day_in_future")]


@pytest.mark.parametrize(("typed", "kept"), [("是", {"marketing": (False, None)}), ("否", {}), ("", {})])
def test_a_column_of_refusals_can_never_agree(typed: str, kept: dict[str, object]) -> None:
    assert draft(consent_marketing_not=typed).consents == kept


def test_who_agreed_in_one_column_and_refused_in_the_other_has_refused() -> None:
    assert draft(consent_marketing="yes", consent_marketing_not="yes").consents == {"marketing": (False, None)}


@pytest.mark.parametrize(("typed", "kept"), [("0", "female"), ("1", "male"), ("2", "undisclosed"), ("女", "female")])
def test_a_till_that_writes_zero_for_women_is_read_so_when_a_person_says_it(typed: str, kept: str) -> None:
    assert draft(gender_zero_female=typed).gender == kept


def test_several_numbers_in_one_cell_are_all_taken_once() -> None:
    found = draft(phone="13800003921 / 13800003922", phone_2="138-0000-3921")
    assert found.phones == ("+8613800003921", "+8613800003922")


def test_one_bad_cell_holds_the_whole_row_back_and_every_problem_is_told() -> None:
    found = draft(
        phone="1380000392",
        email="lin@",
        birthday="5月32日",
        gender="未定",
        salutation="大王",
        registered_on="2031-01-01",
        consent_survey="?",
    )
    assert not found.usable
    assert [column for column, _code in codes(found)] == [1, 2, 3, 4, 5, 6, 7]
    assert {"phone_short", "email_odd", "gender_unknown", "salutation_unknown", "day_in_future", "answer_unknown"} <= {
        code for _, code in codes(found)
    }
    assert all(str(problem.message) for problem in found.problems)


def test_a_row_without_a_name_is_told_at_the_name_column() -> None:
    assert codes(draft(name=" ")) == [(0, "name_missing")]


@pytest.mark.parametrize("nothing", ["", "-", "无", "NULL", "N/A"])
def test_a_row_without_any_way_to_reach_her_is_refused(nothing: str) -> None:
    assert codes(draft(phone=nothing, card="A001")) == [(1, "contact_missing")]


def test_a_wechat_name_alone_is_a_way_to_reach_her() -> None:
    assert draft(phone="", wechat="lin_xm").usable


def test_a_bad_number_is_not_also_called_missing() -> None:
    assert codes(draft(phone="1380000392")) == [(1, "phone_short")]


def test_placeholders_in_other_columns_are_nothing() -> None:
    found = draft(birthday="0000-00-00", email="/", note="无", gender="")
    assert found.usable
    assert (found.birthday, found.email, found.note, found.gender) == (None, "", "", "")


def test_a_row_shifted_by_a_stray_comma_is_refused() -> None:
    assert codes(read_row(Row(3, ("Ben Cole", "13800003921", "wool")), NAME_PHONE, "CN", TODAY)) == [(-1, "row_too_long")]
    assert read_row(Row(3, ("Ben Cole", "13800003921", " ")), NAME_PHONE, "CN", TODAY).usable


def test_skipped_columns_are_not_even_looked_at() -> None:
    found = read_row(Row(2, ("林", "13800003921", "1.38E+10")), ("name", "phone", "skip"), "CN", TODAY)
    assert found.usable


@pytest.mark.parametrize("typed", ["八月十五", "农历八月十五", "8-15"])
def test_the_lunar_column_is_read_as_lunar(typed: str) -> None:
    born = draft(birthday_lunar=typed).birthday
    assert born is not None
    assert (born.calendar, born.month, born.day) == ("lunar", 8, 15)


@pytest.mark.parametrize(("flag", "calendar"), [("是", "lunar"), ("农历", "lunar"), ("否", "solar"), ("公历", "solar"), ("", "solar")])
def test_the_lunar_column_may_only_tell_which_calendar_the_birthday_is_in(flag: str, calendar: str) -> None:
    born = draft(birthday="1985-08-15", birthday_lunar=flag).birthday
    assert born is not None
    assert (born.calendar, born.month) == (calendar, 8)


def test_a_birthday_in_three_columns_is_put_together() -> None:
    born = draft(birthday_year="1985", birthday_month="3", birthday_day="2").birthday
    assert born is not None
    assert (born.year, born.month, born.day) == (1985, 3, 2)
    assert codes(draft(birthday_month="3", birthday_day="40")) == [(2, "bad_day")]


@pytest.mark.parametrize(
    ("typed", "country", "day"),
    [
        ("2024年5月6日", "CN", date(2024, 5, 6)), ("20240506", "CN", date(2024, 5, 6)), ("05/06/2024", "US", date(2024, 5, 6)),
        ("05/06/2024", "GB", date(2024, 6, 5)), ("13/05/2024", "US", date(2024, 5, 13)), ("05/13/2024", "GB", date(2024, 5, 13)),
        ("6 May 2024", "GB", date(2024, 5, 6)), ("2024-05-06T10:30:00Z", "US", date(2024, 5, 6)),
    ],
)  # fmt: skip
def test_the_day_of_registration_is_read_as_the_country_writes_it(typed: str, country: str, day: date) -> None:
    assert draft(registered_on=typed, phone="+8613800003921", country=country).registered_on == day


@pytest.mark.parametrize("typed", ["45292", "2024-13-01", "last spring", "0001-01-01"])
def test_a_day_that_cannot_be_read_is_refused(typed: str) -> None:
    assert codes(draft(registered_on=typed)) == [(2, "day_unreadable")]


def test_the_groups_google_makes_itself_are_no_tags() -> None:
    assert draft(tags="* myContacts ::: Regulars").tags == ("Regulars",)


def test_good_and_bad_rows_of_a_chinese_file_are_told_apart() -> None:
    good, short, odd, nameless = drafts("members_gb18030.csv")
    assert (good.usable, good.name, good.phones) == (True, "林晓梅", ("+8613800003921",))
    assert codes(short) == [(3, "phone_short")]
    assert [column for column, _code in codes(odd)] == [2, 4]
    assert codes(nameless) == [(1, "name_missing")]


def test_numbers_from_excel_cells_are_whole_and_long_cards_are_refused() -> None:
    first, second = drafts("members.xlsx")
    assert (first.phones, codes(first)) == (("+8613800003921",), [(3, "digits_lost")])
    assert second.phones == ("+8613800003922",)


def test_files_with_apostrophes_scientific_numbers_and_shifted_rows_come_out_as_they_should() -> None:
    assert [found.phones for found in drafts("apostrophe_numbers.csv")] == [("+8613800006001",), ("+8613800006002",), ("+8613800006003",)]
    assert [codes(found) for found in drafts("scientific_phone.csv")] == [[(1, "digits_lost")], []]
    assert [found.usable for found in drafts("ragged.csv", "US")] == [True, False, True]
    assert [found.name for found in drafts("no_header.csv")] == ["方圆", "钱多", "金鑫"]


@given(st.lists(st.text(max_size=30), min_size=len(TARGETS), max_size=len(TARGETS) + 2))
def test_no_text_whatever_breaks_the_reading_of_a_row(texts: list[str]) -> None:
    found = read_row(Row(2, tuple(texts)), tuple(TARGETS), "CN", TODAY)
    assert found.usable == (not found.problems)
    assert not found.usable or (found.name and (found.phones or found.email or found.wechat))


@pytest.mark.parametrize(
    ("typed", "kept"), [("女士", "ms"), ("Mrs.", "ms"), ("先生", "mr"), ("小姐", "miss"), ("老师", "teacher"), ("Dr.", "other")]
)
def test_the_form_of_address_is_kept_by_its_key(typed: str, kept: str) -> None:
    assert draft(salutation=typed).salutation == kept


@pytest.mark.parametrize(
    ("typed", "kept"), [("男", "male"), ("F", "female"), ("2", "female"), ("保密", "undisclosed"), ("未知", "undisclosed")]
)
def test_the_gender_is_kept_by_its_key(typed: str, kept: str) -> None:
    assert draft(gender=typed).gender == kept


def test_a_zero_for_gender_means_different_things_in_different_tills_and_is_refused() -> None:
    assert codes(draft(gender="0")) == [(2, "gender_unknown")]


@pytest.mark.parametrize(("typed", "kept"), [("中文", "zh-CN"), ("en-AU", "en"), ("繁体中文", "zh-HK"), ("français", "other")])
def test_the_language_is_kept_by_its_key(typed: str, kept: str) -> None:
    assert draft(preferred_language=typed).language == kept
