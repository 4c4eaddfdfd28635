"""Opening customer files. The files beside this test are our own, in the shapes that shops, tills and phones export."""

import csv
import zipfile
from pathlib import Path

import pytest

from relcrm.customers import workbook
from relcrm.customers.files import Row, Table, open_table
from relcrm.errors import BadValue

FILES = Path(__file__).parent / "files"
MEMBERS = ("会员卡号", "会员姓名", "性别", "手机号码", "生日", "积分", "身份证号", "备注")


def opened(name: str, **choices: object) -> Table:
    return open_table(FILES / name, name, **choices)  # type: ignore[arg-type]


def cells(name: str, **choices: object) -> list[tuple[str, ...]]:
    return [row.cells for row in opened(name, **choices).rows()]


def refusal(path: Path, **choices: object) -> BadValue:
    with pytest.raises(BadValue) as refused:
        open_table(path, path.name, **choices)  # type: ignore[arg-type]
    assert refused.value.field == "file"
    return refused.value


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("members_utf8.csv", "utf-8"),
        ("members_utf8_bom.csv", "utf-8-sig"),
        ("members_gb18030.csv", "gb18030"),
        ("members_utf16le.csv", "utf-16"),
        ("members_utf16be.csv", "utf-16"),
        ("members_utf16le_unmarked.csv", "utf-16-le"),
    ],
)
def test_the_same_list_reads_the_same_in_every_encoding(name: str, encoding: str) -> None:
    table = opened(name)
    assert (table.kind, table.encoding, table.delimiter) == ("csv", encoding, ",")
    assert (table.header, table.header_row) == (MEMBERS, 1)
    assert list(table.rows())[1] == Row(3, ("A0002", "周建国", "男", "1380000392", "1979年5月6日", "0", "", ""))


def test_western_accents_are_not_mistaken_for_chinese() -> None:
    table = opened("semicolon_cp1252.csv")
    assert (table.encoding, table.delimiter) == ("cp1252", ";")
    assert [row.cells[0] for row in table.rows()] == ["José Señor", "Renée Müller"]


def test_chinese_in_the_last_bytes_of_a_long_file_still_decides_the_encoding(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"name,phone\n" + b"Anna,13800000001\n" * 9000 + "林,13800000002\n".encode("gb18030"))
    table = open_table(path, path.name)
    assert table.encoding == "gb18030"
    assert list(table.rows())[-1].cells[0] == "林"


def test_an_encoding_chosen_by_the_person_overrules_the_guess() -> None:
    assert opened("members_gb18030.csv", encoding="gbk").header == MEMBERS
    assert refusal(FILES / "members_gb18030.csv", encoding="utf-8").code == "file_encoding"


def test_letters_of_no_known_encoding_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_bytes(b"Name,Phone\nJos\x8d ,+12025550143\n")
    assert refusal(path).code == "file_encoding"


@pytest.mark.parametrize(("encoding", "person"), [("big5", "張三豐"), ("shift_jis", "山本太郎")])
def test_letters_we_would_only_guess_at_are_refused_until_the_person_names_them(tmp_path: Path, encoding: str, person: str) -> None:
    path = tmp_path / "neighbours.csv"
    path.write_bytes(f"Name,Phone\n{person},13800000001\n".encode(encoding))
    assert refusal(path).code == "file_encoding"
    assert next(open_table(path, path.name, encoding=encoding).rows()).cells[0] == person


def test_the_end_mark_of_old_programs_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "till.csv"
    path.write_bytes(b"Name,Phone\r\nAnna Bell,+12025550143\r\n\x1a")
    assert len(list(open_table(path, path.name).rows())) == 1


def test_a_cut_utf16_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.csv"
    path.write_bytes((FILES / "members_utf16le.csv").read_bytes()[:-1])
    assert refusal(path).code == "file_encoding"


@pytest.mark.parametrize(
    ("name", "delimiter", "first"),
    [
        ("semicolon_excel.csv", ";", ("Marta Brandt", "+4915112345678", "Am Markt 3, Hinterhaus")),
        ("tab_gb18030.txt", "\t", ("沈青", "13800004001", "杭州市,西湖区,文三路1号")),
        ("quoted_newlines.csv", ",", ("Anna Bell", "+12025550143", 'first line\r\nsecond "line"')),
        ("mac_newlines.csv", ",", ("Anna Bell", "+12025550143")),
        ("nul_byte.csv", ",", ("Anna Bell", "+12025550143")),
    ],
)
def test_the_separator_is_found_by_what_keeps_the_rows_even(name: str, delimiter: str, first: tuple[str, ...]) -> None:
    table = opened(name)
    assert table.delimiter == delimiter
    assert next(table.rows()).cells == first


def test_a_bar_separates_too(tmp_path: Path) -> None:
    path = tmp_path / "bar.csv"
    path.write_text("Name|Phone\nBell, Anna|+12025550143\n")
    assert next(open_table(path, path.name).rows()).cells == ("Bell, Anna", "+12025550143")


def test_rows_are_numbered_as_a_person_counts_lines() -> None:
    assert [row.number for row in opened("quoted_newlines.csv").rows()] == [2, 4]
    assert [row.number for row in opened("semicolon_excel.csv").rows()] == [3, 4]


def test_the_header_is_found_below_instructions() -> None:
    table = opened("preamble_header_in_row_3.csv")
    assert (table.header, table.header_row) == (("姓名", "手机号", "门店"), 4)
    assert list(table.rows()) == [Row(5, ("许愿", "13800005001", "北店")), Row(7, ("罗兰", "13800005002", "南店"))]


def test_rows_can_be_walked_again_and_a_sample_takes_nothing_away() -> None:
    table = opened("members_utf8.csv")
    assert len(table.sample(2)) == 2
    assert list(table.rows()) == list(table.rows())
    assert len(list(table.rows())) == 4


def test_short_rows_are_filled_up_and_long_ones_keep_their_surplus() -> None:
    assert [len(row) for row in cells("ragged.csv")] == [3, 5, 5]
    assert cells("ragged.csv")[0] == ("Anna Bell", "+12025550143", "")


def test_a_file_that_begins_with_people_has_no_header() -> None:
    table = opened("no_header.csv")
    assert (table.header, table.header_row) == (("", ""), 0)
    assert next(table.rows()) == Row(1, ("13800007001", "方圆"))


def test_a_header_without_people_is_a_table_without_rows() -> None:
    assert list(opened("header_only.csv").rows()) == []


def test_excel_cells_read_as_a_person_would_type_them() -> None:
    table = opened("members.xlsx")
    assert (table.kind, table.encoding, table.sheet, table.sheets) == ("xlsx", "", "会员", ("空白", "会员", "旧"))
    assert next(table.rows()) == Row(2, ("苏眉", "13800003921", "1985-03-02", "6.22202E+15", "TRUE", "2024-05-06 10:30:00", ""))


def test_blank_sheet_rows_are_left_out_but_counted() -> None:
    assert [row.number for row in opened("members.xlsx").rows()] == [2, 4]
    assert cells("members.xlsx")[1] == ("丁香", "13800003922", "", "1.5", "", "", "")


def test_another_sheet_can_be_chosen() -> None:
    assert cells("members.xlsx", sheet="旧") == [("梅香", "13800003999")]


def test_a_sheet_that_is_not_there_is_not_replaced_by_another() -> None:
    with pytest.raises(BadValue) as refused:
        opened("members.xlsx", sheet="新")
    assert refused.value.code == "file_sheet"


def test_old_excel_files_are_read() -> None:
    table = opened("members.xls")
    assert (table.kind, table.header) == ("xls", ("卡号", "姓名", "手机", "生日", "积分"))
    assert cells("members.xls") == [("B001", "唐棠", "13800003931", "1990-01-02", "12")]


def test_what_a_file_is_shows_in_its_bytes_and_not_in_its_name(tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_bytes((FILES / "members.xlsx").read_bytes())
    assert open_table(path, "members.csv").kind == "xlsx"


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("empty.csv", "file_empty", "is empty"),
        ("blank_lines.csv", "file_empty", "no rows"),
        ("only_a_letter.csv", "file_no_header", "column names"),
        ("picture_named.csv", "file_kind", "This is a picture"),
        ("page_named.xlsx", "file_kind", "This is a web page"),
        ("pdf_named.csv", "file_kind", "This is a PDF"),
        ("folder_named.xlsx", "file_kind", "This is a packed folder"),
        ("locked.xlsx", "file_protected", "password"),
        ("damaged.xlsx", "file_unreadable", "damaged"),
        ("far_corner.xlsx", "file_too_large", "too large when opened"),
        ("far_corner.xls", "file_too_large", "too large when opened"),
        ("open_quote.csv", "file_unreadable", "Line 3"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_it_is(name: str, code: str, words: str) -> None:
    refused = refusal(FILES / name)
    assert refused.code == code
    assert words in str(refused.message)
    assert name in str(refused.message)


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b'{"customers": []}', "JSON"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "XML"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "program"),
        (bytes(range(1, 32)) * 4, "not a table"),
    ],
)
def test_other_kinds_are_named_too(tmp_path: Path, start: bytes, words: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(start)
    refused = refusal(path)
    assert (refused.code, words in str(refused.message)) == ("file_kind", True)


def test_a_file_above_the_limit_is_refused_before_it_is_read() -> None:
    assert refusal(FILES / "picture_named.csv", limit=10).code == "file_too_large"


def test_a_workbook_that_unpacks_to_more_than_allowed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "UNPACKED_LIMIT", 50_000)
    path = tmp_path / "bomb.xlsx"
    path.write_bytes((FILES / "members.xlsx").read_bytes())
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/filler.bin", b"\0" * 60_000)
    assert refusal(path).code == "file_too_large"


def test_a_broken_sheet_inside_a_sound_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(FILES / "members.xlsx") as sound, zipfile.ZipFile(path, "w") as broken:
        for name in sound.namelist():
            broken.writestr(name, b"<worksheet><sheetData><row><c" if "sheet2" in name else sound.read(name))
    assert refusal(path).code == "file_unreadable"


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="900000"><c r="XFD900000"><v>1</v></c></row>',
        "<row r='1'><c r='A1'><v>1</v></c></row><row r='900000'>" + "<c/>" * 9 + "<c><v>1</v></c></row>",
        '<row r="1"><c t=">" r="XFD900000"><v>1</v></c></row>',
        '<x:row r="1"><x:c r="XFD900000"><x:v>1</x:v></x:c></x:row>',
    ],
)
def test_a_far_cell_is_found_however_it_is_written(tmp_path: Path, rows: str) -> None:
    path = tmp_path / "far.xlsx"
    with zipfile.ZipFile(FILES / "members.xlsx") as sound, zipfile.ZipFile(path, "w") as far:
        for name in sound.namelist():
            far.writestr(name, f"<worksheet><sheetData>{rows}</sheetData></worksheet>" if "sheet2" in name else sound.read(name))
    assert refusal(path).code == "file_too_large"


def test_formatted_cells_without_a_value_take_no_room(tmp_path: Path) -> None:
    path = tmp_path / "formatted.xlsx"
    with zipfile.ZipFile(FILES / "members.xlsx") as sound, zipfile.ZipFile(path, "w") as formatted:
        for name in sound.namelist():
            text = sound.read(name)
            tail = b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
            formatted.writestr(name, text.replace(b"</sheetData>", tail) if "sheet2" in name else text)
    assert len(list(open_table(path, path.name).rows())) == 2


@pytest.mark.parametrize(("member", "content"), [("xl/workbook.bin", "x"), ("mimetype", "application/vnd.oasis.opendocument.spreadsheet")])
def test_workbooks_of_other_kinds_are_sent_back_to_be_saved_as_xlsx(tmp_path: Path, member: str, content: str) -> None:
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(path, "w") as other:
        other.writestr(member, content)
    refused = refusal(path)
    assert (refused.code, ".xlsx" in str(refused.message)) == ("file_kind", True)


def test_one_endless_line_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "endless.csv"
    path.write_text("Name,Phone\n" + "," * 1_000_001)
    assert refusal(path).code == "file_unreadable"


def test_ten_thousand_rows_come_out_as_they_went_in(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    people = [(f"林{number}", f"138{number:08d}", "喜欢, 亚麻\n和棉") for number in range(10_000)]
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([("姓名", "手机", "备注"), *people])
    assert [row.cells for row in open_table(path, path.name).rows()] == people


def test_one_familiar_word_among_the_people_is_no_header(tmp_path: Path) -> None:
    path = tmp_path / "foreign.csv"
    path.write_text("Meno;Telefón\nEva Malá;\nJana;Mobile\n")
    assert open_table(path, path.name).header == ("Meno", "Telefón")


def test_a_header_with_a_line_break_in_a_cell_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes('"客户\n姓名","手机号\r\n（必填）"\r\n沈青,13800004001\r\n'.encode("gb18030"))
    assert open_table(path, path.name).header == ("客户 姓名", "手机号 （必填）")


def test_a_header_repeated_on_each_page_is_no_person(tmp_path: Path) -> None:
    path = tmp_path / "pages.csv"
    path.write_text("姓名,手机号\n沈青,13800004001\n姓名,手机号\n罗兰,13800004002\n")
    assert [row.number for row in open_table(path, path.name).rows()] == [2, 4]
