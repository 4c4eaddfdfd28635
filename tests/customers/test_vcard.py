"""Address cards as phones and mail programs write them, versions 2.1, 3.0 and 4.0. The files are our own."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relcrm.customers.columns import check_mapping, guess
from relcrm.customers.files import open_table
from relcrm.customers.rows import Draft, read_row
from relcrm.errors import BadValue

FILES = Path(__file__).parent / "files"
TODAY = date(2026, 7, 1)


def drafts(path: Path, country: str = "CN") -> list[Draft]:
    table = open_table(path, path.name)
    assert table.kind == "vcard"
    mapping = [found.target for found in guess(table.header, table.sample())]
    check_mapping(mapping)
    return [read_row(row, mapping, country, TODAY) for row in table.rows()]


def one(tmp_path: Path, *lines: str, encoding: str = "utf-8", country: str = "CN") -> Draft:
    path = tmp_path / "one.vcf"
    path.write_bytes("\r\n".join(("BEGIN:VCARD", *lines, "END:VCARD", "")).encode(encoding))
    (found,) = drafts(path, country)
    return found


def born(found: Draft) -> tuple[int | None, int, int | None] | None:
    return (found.birthday.year, found.birthday.month, found.birthday.day) if found.birthday else None


def test_old_chinese_cards_in_quoted_printable_and_in_plain_gb18030() -> None:
    first, second = drafts(FILES / "cards_21_gb18030.vcf")
    assert (first.name, first.phones) == ("沈青", ("+8613800004001", "+8657187654321"))
    assert (first.email, born(first), first.note) == ("shen.qing@example.com", (1985, 2, 3), "喜欢亚麻\n周末来")
    assert first.address == {"province": "浙江", "city": "杭州", "line": "文三路1号", "postcode": "310012", "country": "中国"}
    assert (second.name, second.phones, second.usable) == ("罗兰", ("+8613800004002",), True)


def test_cards_of_a_phone_with_groups_folded_lines_a_picture_and_a_year_nobody_told() -> None:
    anna, na, bakery = drafts(FILES / "cards_30_phone.vcf", "US")
    assert (anna.name, anna.salutation, born(anna)) == ("Anna Rose Bell", "ms", (None, 2, 29))
    assert anna.phones == ("+12025550188", "+12025550143", "+442079460018")
    assert (anna.email, anna.more_emails) == ("anna@example.com", ("anna.bell@example.org",))
    assert (anna.address["line"], anna.address["city"]) == ("12 Long Lane Rear house Flat 2", "Arlington")
    assert (anna.tags, anna.note) == (("VIP", "Linen", "summer"), "Likes window seats; knits.\nSecond line of the note.")
    assert (na.name, born(na)) == ("李娜", (None, 12, 31))
    assert (bakery.name, bakery.phones, born(bakery)) == ("Corner Bakery", ("+12025550144",), (1990, 5, 6))


def test_new_cards_with_telephone_addresses_and_a_card_inside_a_card() -> None:
    zoe, jo, kim = drafts(FILES / "cards_40.vcf", "DE")
    assert zoe.phones == ("+4915112345678", "+4930901820")
    assert (zoe.email, zoe.gender, born(zoe), zoe.tags) == ("zoe@example.de", "female", (None, 2, 3), ("Stammkundin",))
    assert zoe.address == {"city": "Berlin", "line": "Am Markt 3", "postcode": "10115", "country": "Germany"}
    assert [problem.code for problem in jo.problems] == ["unreadable"]
    assert (kim.name, born(kim), kim.note) == ("Kim Day", (1985, 2, 3), "after the assistant")


def test_cards_in_utf16() -> None:
    assert [(found.name, born(found)) for found in drafts(FILES / "cards_utf16.vcf")] == [("许愿", (None, 2, 3))]


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("BDAY:--0203", (None, 2, 3)), ("BDAY:--02-03", (None, 2, 3)), ("BDAY:1985-02-03", (1985, 2, 3)), ("BDAY:19850203", (1985, 2, 3)),
        ("BDAY:19850203T000000Z", (1985, 2, 3)), ("BDAY:1985-02-03 00:00:00", (1985, 2, 3)), ("BDAY;VALUE=date:1604-02-29", (None, 2, 29)),
        ("BDAY;X-APPLE-OMIT-YEAR=1904:1904-05-06", (None, 5, 6)), ("BDAY;VALUE=text:8 March 1981", (1981, 3, 8)), ("BDAY:", None),
    ],
)  # fmt: skip
def test_every_way_to_write_a_birthday(tmp_path: Path, line: str, day: tuple[int | None, int, int] | None) -> None:
    assert born(one(tmp_path, "VERSION:3.0", "FN:Anna Bell", "TEL:13800004005", line)) == day


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (("N:李;娜;;;",), "李娜"), (("N:Bell;Anna;Rose;;Jr.",), "Anna Rose Bell Jr."), (("FN:Bell, Anna", "N:Bell;Anna;;;"), "Bell, Anna"),
        (("FN:Dr. Anna Bell", "N:Bell;Anna;;Dr.;"), "Anna Bell"), (("FN:Anna\\, the baker",), "Anna, the baker"),
        (("FN:", "NICKNAME:Annie"), "Annie"), (("item9.FN;CHARSET=UTF-8:沈青",), "沈青"), (("fn:Anna  Bell",), "Anna Bell"),
    ],
)  # fmt: skip
def test_the_name_is_taken_as_it_is_shown_else_put_together(tmp_path: Path, lines: tuple[str, ...], name: str) -> None:
    assert one(tmp_path, *lines, "TEL:13800004005").name == name


def test_a_fax_is_no_phone_and_more_than_three_numbers_are_all_kept(tmp_path: Path) -> None:
    numbers = [f"TEL;TYPE=HOME:1380000400{last}" for last in range(5)]
    found = one(tmp_path, "FN:Anna Bell", "TEL;TYPE=WORK,FAX:13800004009", *numbers, "TEL;TYPE=CELL:13800004008")
    assert found.phones == ("+8613800004008", *(f"+861380000400{last}" for last in range(5)))


def test_an_equals_sign_at_the_end_of_plain_text_does_not_swallow_the_next_line(tmp_path: Path) -> None:
    found = one(tmp_path, "VERSION:2.1", "FN:Anna Bell", "NOTE:size=", "TEL;CELL:13800004005")
    assert (found.note, found.phones) == ("size=", ("+8613800004005",))


def test_letters_are_read_as_the_card_declares_them_when_the_file_alone_does_not_tell(tmp_path: Path) -> None:
    found = one(tmp_path, "VERSION:2.1", "FN;CHARSET=BIG5:張三豐", "TEL;CELL:13800004005", encoding="big5")
    assert found.name == "張三豐"


@pytest.mark.parametrize("charset", ["rot13", "x\0y", "no-such", "GB2312"])
def test_a_charset_that_is_none_is_passed_over(tmp_path: Path, charset: str) -> None:
    found = one(tmp_path, f"FN;CHARSET={charset};ENCODING=QUOTED-PRINTABLE:=C9=F2=C7=E0", "TEL:13800004005")
    assert found.name == "沈青"


def test_a_line_that_is_no_property_is_passed_over(tmp_path: Path) -> None:
    assert one(tmp_path, "FN:Anna Bell", "garbage", "", "TEL:13800004005").usable


def test_a_file_of_cards_with_nobody_in_it_has_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "none.vcf"
    path.write_bytes(b"BEGIN:VCARD\r\nVERSION:3.0\r\nEND:VCARD\r\n")
    assert list(open_table(path, path.name).rows()) == []


def test_letters_nobody_can_read_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "odd.vcf"
    path.write_bytes(b"BEGIN:VCARD\r\nFN:Jos\x8d\r\nEND:VCARD\r\n")
    with pytest.raises(BadValue) as refused:
        open_table(path, path.name)
    assert refused.value.code == "file_encoding"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=8))
def test_no_card_whatever_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.vcf"
    path.write_bytes("\n".join(["BEGIN:VCARD", "N;QUOTED-PRINTABLE:=E5", *lines]).encode())
    assert all(len(row.cells) == 17 for row in open_table(path, path.name, encoding="utf-8").rows())
