"""Bringing in a customer file in the browser."""

import csv
import io
import logging
import re

import pytest
import sqlalchemy as sa
import xlsxwriter

from relcrm import db
from relcrm.customers import imports
from relcrm.customers.import_models import ImportBatch
from relcrm.customers.models import Customer
from relcrm.staff.models import AuditEvent
from tests.customers.importing import FILES, chosen, members, table, upload, work

SEVEN = ("card", "name", "gender", "phone", "birthday", "opening_points", "skip", "note")


def address(answer):
    assert answer.status_code == 303, answer.text
    return answer.location


def multipart(content):
    """A body in memory: for large ones the test client would leave a temporary file open."""
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="large.csv"\r\n\r\n'
    return head + content + b'\r\n--b\r\nContent-Disposition: form-data; name="client_key"\r\n\r\nk\r\n--b--\r\n'


def run(app, client, page, *targets):
    assert client.post(f"{page}/run", data=chosen(*targets)).status_code == 303
    with app.app_context():
        work()


def customers(app):
    with app.app_context():
        return db.session().scalar(sa.select(sa.func.count()).select_from(Customer))


def test_a_gb18030_file_with_bad_rows_from_upload_to_the_refused_rows(app, sign_in):
    ben, before = sign_in("ben"), customers(app)
    content = (FILES / "members_gb18030.csv").read_bytes().replace(b"13800003921", b"13811110001")  # the file's first number is Cleo's
    page = address(upload(ben, content, "members_gb18030.csv"))
    shown = ben.get(page).text
    assert "林晓梅" in shown
    assert "GB18030" in shown
    assert "Never kept" in shown
    assert "no rules for points yet" in shown
    assert re.search(r"New</dt><dd class=\"big\">1<", shown)
    assert re.search(r"Not taken</dt><dd class=\"big late\">3<", shown)
    assert "Bring in 1 row" in shown
    run(app, ben, page, *SEVEN)
    result = ben.get(page).text
    assert "3 rows were not taken" in result
    assert customers(app) == before + 1
    refused = list(csv.reader(io.StringIO(ben.get(f"{page}/refused.csv").get_data().decode("utf-8-sig"))))
    assert [line[0] for line in refused] == ["Line", "3", "4", "5"]
    assert refused[1][1].startswith("手机号码: ")


def test_the_file_of_refused_rows_can_be_taken_only_with_a_trace(app, sign_in):
    ben = sign_in("ben")
    page = address(upload(ben, table([("Mei", "12")], ("Name", "Phone"))))
    run(app, ben, page, "name", "phone")
    assert ben.get(f"{page}/refused.csv", headers={"Sec-Purpose": "prefetch"}).data == b""
    ben.get(f"{page}/refused.csv")
    with app.app_context():
        acts = db.session().scalars(sa.select(AuditEvent.act).order_by(AuditEvent.id)).all()
    assert acts.count("import_refused_taken") == 1
    assert "import_started" in acts


def test_a_formula_in_a_refused_row_is_harmless(app, sign_in):
    ben = sign_in("ben")
    page = address(upload(ben, table([("=HYPERLINK(1)", "12", "@SUM(1)")], ("Name", "Phone", "+bad"))))
    run(app, ben, page, "name", "phone", "skip")
    cells = list(csv.reader(io.StringIO(ben.get(f"{page}/refused.csv").get_data().decode("utf-8-sig"))))
    assert not [cell for line in cells for cell in line if cell[:1] in tuple("=+-@")]


@pytest.mark.parametrize("name", ["members_utf16le.csv", "members_utf16be.csv", "members_utf8_bom.csv", "members.xls"])
def test_a_list_is_read_however_it_was_saved(app, sign_in, name):
    ben = sign_in("ben")
    shown = ben.get(address(upload(ben, (FILES / name).read_bytes(), name))).text
    assert re.search(r"Bring in \d rows?<", shown)
    assert re.search(r'<option value="phone" selected>', shown)


def test_an_excel_workbook_is_read(sign_in):
    workbook = io.BytesIO()
    with xlsxwriter.Workbook(workbook) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate([("Name", "Phone"), ("Mei Chen", "13811110001"), ("Wu", 13811110002)]):
            sheet.write_row(number, 0, cells)
    ben = sign_in("ben")
    shown = ben.get(address(upload(ben, workbook.getvalue(), "members.xlsx"))).text
    assert "Bring in 2 rows" in shown


def test_semicolons_are_understood(sign_in):
    ben = sign_in("ben")
    assert "Bring in 1 row" in ben.get(address(upload(ben, b"Name;Phone\nMei Chen;13811110001\n"))).text


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("picture_named.csv", "is a picture"),
        ("header_only.csv", "has no rows in it"),
        ("empty.csv", "is empty"),
        ("locked.xlsx", "has a password"),
    ],
)
def test_what_is_no_list_is_refused_in_the_form(app, sign_in, name, sentence):
    answer = upload(sign_in("ben"), (FILES / name).read_bytes(), name)
    assert answer.status_code == 422
    assert sentence in answer.text
    with app.app_context():
        assert db.session().scalar(sa.select(sa.func.count()).select_from(ImportBatch)) == 0


def test_too_large_and_none_at_all_are_refused(sign_in):
    ben = sign_in("ben")
    large = ben.post(
        "/imports", data=multipart(b"Name,Phone\n" + b"x" * (40 * 1024 * 1024)), content_type="multipart/form-data; boundary=b"
    )
    assert (large.status_code, "larger than 40 MB" in large.text) == (422, True)
    none = ben.post("/imports", data={"client_key": "k2"})
    assert (none.status_code, "Choose the file first" in none.text) == (422, True)


def test_a_double_tap_makes_one_import(app, sign_in):
    ben, content = sign_in("ben"), members(2)
    assert address(upload(ben, content)) == address(upload(ben, content))
    with app.app_context():
        assert db.session().scalar(sa.select(sa.func.count()).select_from(ImportBatch)) == 1


def test_after_an_error_the_columns_stand_as_they_were_chosen(sign_in):
    ben = sign_in("ben")
    page = address(upload(ben, table([("Mei", "13811110001", "x")], ("Name", "Phone", "Thing"))))
    answer = ben.post(f"{page}/mapping", data=chosen("name", "wechat", "wechat"))
    assert answer.status_code == 422
    assert "Two columns are marked as the same thing" in answer.text
    assert len(re.findall(r'value="wechat" selected', answer.text)) == 2


def test_a_column_that_may_never_be_kept_cannot_be_forced(app, sign_in):
    ben = sign_in("ben")
    page = address(upload(ben, table([("Mei", "13811110001", "hunter2")], ("Name", "Phone", "Password"))))
    assert "hunter2" not in ben.get(page).text
    assert ben.post(f"{page}/mapping", data=chosen("name", "phone", "note")).status_code == 422


def test_nothing_goes_in_that_was_not_looked_at(app, sign_in):
    ben, before = sign_in("ben"), customers(app)
    page = address(upload(ben, table([("Mei", "13811110001", "x")], ("Name", "Phone", "Thing"))))
    run(app, ben, page, "name", "phone", "note")
    assert customers(app) == before
    assert "You changed a column" in ben.get(page).text
    run(app, ben, page, "name", "phone", "note")
    assert customers(app) == before + 1


def test_only_who_may_bring_in_files_gets_there(sign_in):
    for number in ("ana", "quinn"):
        client = sign_in(number)
        assert client.get("/imports").status_code == 403
        assert upload(client, members(1)).status_code == 403


def test_the_import_of_another_store_is_not_there(app, sign_in):
    page = address(upload(sign_in("ben"), members(1)))
    olu = sign_in("olu")
    for answer in (olu.get(page), olu.post(f"{page}/run"), olu.post(f"{page}/stop"), olu.get(f"{page}/refused.csv")):
        assert answer.status_code == 404
    assert "members.csv" not in olu.get("/imports").text
    assert "members.csv" in sign_in("hua").get("/imports").text


def test_who_holds_several_stores_says_which(app, sign_in):
    ari = sign_in("ari")
    assert "For which store?" in ari.get("/imports/new").text
    with app.app_context():
        south = {store.name: store.public_id for store in db.session().scalars(sa.select(imports.Store))}["South"]
    page = address(upload(ari, members(1), store=south))
    assert sign_in("olu").get(page).status_code == 200


def test_a_store_that_is_not_ones_own_is_refused(app, sign_in):
    with app.app_context():
        south = {store.name: store.public_id for store in db.session().scalars(sa.select(imports.Store))}["South"]
    page = address(upload(sign_in("ben"), members(1), store=south))
    assert sign_in("olu").get(page).status_code == 404


def test_a_run_shows_how_far_it_is_and_the_poll_asks_for_the_page_when_it_is_over(app, sign_in):
    ben = sign_in("ben")
    page = address(upload(ben, members(3)))
    ben.post(f"{page}/run", data=chosen("name", "phone", "email", "birthday", "gender", "tags", "address_whole", "note"))
    asked = {"HX-Request": "true", "HX-Request-Type": "partial"}
    waiting = ben.get(page, headers=asked)
    assert "<html" not in waiting.text
    assert 'data-poll="3"' in waiting.text
    assert 'http-equiv="refresh"' in ben.get(page).text
    with app.app_context():
        work()
    assert ben.get(page, headers=asked).headers["HX-Refresh"] == "true"
    assert 'http-equiv="refresh"' not in ben.get(page).text


def test_another_file_gives_this_one_up(app, sign_in):
    ben = sign_in("ben")
    page = address(upload(ben, members(3)))
    assert address(ben.post(f"{page}/stop")) == "/imports/new"
    assert "members.csv" not in ben.get("/imports").text
    with app.app_context():
        work()
        assert db.session().scalar(sa.select(ImportBatch.kept_as)) == ""


def test_neither_log_nor_address_holds_what_the_file_holds(app, sign_in, caplog):
    caplog.set_level(logging.DEBUG)
    ben = sign_in("ben")
    page = address(upload(ben, table([("Meilin", "13811110001"), ("Wulan", "12")], ("Name", "Phone")), "secretlist.csv"))
    run(app, ben, page, "name", "phone")
    ben.get(f"{page}/refused.csv")
    assert "secretlist" not in page
    for word in ("Meilin", "Wulan", "13811110001", "secretlist"):
        assert word not in caplog.text


def test_columns_cut_wrongly_are_cut_anew_by_another_sign(app, sign_in):
    ben = sign_in("ben")
    rows = b" customer_id  date number_of_cds  dollar_value\n 00001 19970101  1   11.77\n 00002 19970112  5   77.00\n"
    page = address(upload(ben, rows, "old.txt"))
    assert ben.get(page).text.count('name="column-') == 4  # blanks are found without being told
    for sign, columns in ((",", 1), (" ", 4)):
        answer = ben.post(f"{page}/separator", data={"delimiter": sign})
        assert answer.status_code == 303
        assert ben.get(answer.location).text.count('name="column-') == columns
    wrong = ben.post(f"{page}/separator", data={"delimiter": "x"})
    assert wrong.status_code == 422
    assert ben.get(page).text.count('name="column-') == 4
