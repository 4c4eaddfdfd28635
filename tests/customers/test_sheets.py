"""Workbooks of several sheets and with merged cells, made by the tests themselves."""

import struct
from pathlib import Path

import pytest
import xlsxwriter

from relcrm.customers.compound import stream
from relcrm.customers.files import open_table
from relcrm.customers.old_records import area
from relcrm.errors import BadValue

FILES = Path(__file__).parent / "files"


def workbook_of(path: Path, **sheets: list[tuple[str, ...]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def test_of_several_sheets_the_one_with_customers_is_read_and_named(tmp_path: Path) -> None:
    path = workbook_of(
        tmp_path / "till.xlsx",
        说明=[("请按模板填写",), ("日期写成年月日",)],
        销售=[("流水号", "会员姓名", "手机号", "商品名称", "数量", "单价"), ("1", "沈青", "13800004001", "亚麻衬衫", "1", "399")],
        会员=[("导出时间：2026-05-06",), ("姓名", "手机号", "生日"), ("沈青", "13800004001", "")],
    )
    table = open_table(path, path.name)
    assert (table.sheet, table.sheets, table.header_row) == ("会员", ("说明", "销售", "会员"), 2)
    assert [row.cells for row in table.rows()] == [("沈青", "13800004001", "")]


def test_sheets_that_promise_the_same_are_taken_in_their_order(tmp_path: Path) -> None:
    path = workbook_of(tmp_path / "two.xlsx", North=[("Name", "Phone"), ("Anna", "1")], South=[("Name", "Phone"), ("Ben", "2")])
    assert open_table(path, path.name).sheet == "North"


def test_a_hidden_sheet_is_read_only_when_no_other_holds_anything(tmp_path: Path) -> None:
    path = tmp_path / "hidden.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("shown").write_row(0, 0, ("who", "13800004001"))
        hidden = book.add_worksheet("hidden")
        hidden.write_row(0, 0, ("姓名", "手机号", "生日"))
        hidden.hide()
    assert open_table(path, path.name).sheet == "shown"


def test_a_cell_merged_over_several_rows_counts_in_each(tmp_path: Path) -> None:
    path = tmp_path / "merged.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.merge_range("B2:B3", "姓名")
        sheet.merge_range("C2:D2", "联系方式")
        sheet.write_row("C3", ("手机号", "微信号"))
        sheet.merge_range("E2:E3", "门店")
        sheet.merge_range("E4:E5", "北店")
        sheet.merge_range("E6:E9", "南店")
        for row, person in enumerate((("沈青", "13800004001", "sq_1"), ("罗兰", "13800004002", ""), ("许愿", "13800004003", "")), 3):
            sheet.write_row(row, 1, person)
    table = open_table(path, path.name)
    assert (table.header, table.header_row) == (("姓名", "手机号", "微信号", "门店"), 3)
    assert [row.cells[0::3] for row in table.rows()] == [("沈青", "北店"), ("罗兰", "北店"), ("许愿", "南店")]


def old_workbook(tmp_path: Path, at: int, number: int, form: str = "<I") -> Path:
    """An .xls with one number of its container changed."""
    content = bytearray((FILES / "members.xls").read_bytes())
    struct.pack_into(form, content, at, number)
    path = tmp_path / "changed.xls"
    path.write_bytes(content)
    return path


def refused(path: Path) -> str:
    with pytest.raises(BadValue) as found:
        open_table(path, path.name)
    return found.value.code


def test_an_old_workbook_whose_blocks_run_in_a_circle_is_refused_before_it_eats_the_memory(tmp_path: Path) -> None:
    content = (FILES / "members.xls").read_bytes()
    first_fat_block = struct.unpack_from("<I", content, 76)[0]
    assert refused(old_workbook(tmp_path, (first_fat_block + 1) * 512, 0)) == "file_unreadable"


@pytest.mark.parametrize("at", [44, 64, 72])
def test_an_old_workbook_that_claims_more_blocks_than_it_has_is_refused(tmp_path: Path, at: int) -> None:
    assert refused(old_workbook(tmp_path, at, 0x7FFFFFFF)) == "file_unreadable"


def test_an_old_workbook_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.xls"
    path.write_bytes((FILES / "members.xls").read_bytes()[:2500])
    assert refused(path) in ("file_unreadable", "file_kind")


def test_the_records_of_a_sound_workbook_tell_how_far_it_reaches() -> None:
    assert area(stream((FILES / "members.xls").read_bytes(), ("Workbook", "Book"))) == 10


def test_a_sheet_that_ends_before_it_begins_or_texts_without_number_are_unsound() -> None:
    place = struct.pack("<HHI", 0x85, 4, 12) + struct.pack("<HH", 0x0A, 0)
    backwards = struct.pack("<HHIIHHH", 0x200, 14, 9, 2, 0, 5, 0)
    with pytest.raises(ValueError, match="ends before"):
        area(place + backwards)
    with pytest.raises(ValueError, match="more texts"):
        area(struct.pack("<HHII", 0xFC, 8, 0, 0x7FFFFFFF))
