"""Workbooks of several sheets and with merged cells, made by the tests themselves."""

from pathlib import Path

import xlsxwriter

from relcrm.customers.files import open_table


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
