"""A customer file from the phone's storage into the book: a real worker reads it, in both languages, with and without script."""

from pathlib import Path

from tests.browser.conftest import working

FILE = Path(__file__).parents[1] / "customers" / "files" / "members_gb18030.csv"
NAME = "会员.csv"
MINE = b"13811110001"  # the number of the file's first row is Cleo's


def test_a_gb18030_file_with_bad_rows_is_read_and_the_bad_rows_come_back(hand, shop):
    ben = hand("ben")
    ben.go("/store")
    ben.tap("main a[href='/imports']")
    ben.tap("a[href='/imports/new']")
    content = FILE.read_bytes().replace(b"13800003921", MINE)
    ben.at("[name=file]").set_input_files({"name": NAME, "mimeType": "text/csv", "buffer": content})
    with working(shop):
        ben.tap("button[form=file-form]")
        _until(ben, "button[formaction$='/run']")
        assert "GB18030" in ben.words("header")
        assert "林晓梅" in ben.words()
        ben.tap("button[formaction$='/run']")
        _until(ben, "a[href$='/refused.csv']")
    assert ben.at("tr.refused").count() == 3
    with ben.page.expect_download() as download:
        ben.at("a[href$='/refused.csv']").click()
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["3", "4", "5"]
    ben.go("/customers")
    found = ben.find("lxm")
    assert "林晓梅" in found.first.inner_text()
    _taken_back(ben, shop, left=found.count() - 1)  # the shop knows another of that name


def _taken_back(ben, shop, left):
    """The wrong file: two taps, and nobody of it is found any more."""
    ben.go("/imports")
    ben.tap(f"a.li:has-text('{NAME}')")
    ben.tap("details.confirm summary", opens=False)
    with working(shop):
        ben.tap("form[action$='/revert'] button")
        _until(ben, ".banner.done")
    ben.go("/customers")
    assert ben.find("lxm").count() == left


def _until(phone, what):
    """With script the page looks again by itself; without, a person taps."""
    for _tap in range(100):
        if phone.scripted or phone.at(what).count():
            break
        phone.page.wait_for_timeout(200)
        phone.tap("#import-progress a.btn")
    phone.at(what).wait_for(timeout=30_000)
    phone.look()
