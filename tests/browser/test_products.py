"""Products on a phone: found while typing, scanned where the browser reads barcodes, a care note handed on."""

from collections.abc import Iterator

import pytest

from tests.browser.conftest import Server, handing
from tests.browser.phone import Phone

BARCODE = "6901234000019"
READS_BARCODES = f"""
    window.BarcodeDetector = class {{
        static async getSupportedFormats() {{ return ["ean_13"]; }}
        async detect() {{ return [{{ rawValue: "{BARCODE}" }}]; }}
    }};
    navigator.mediaDevices.getUserMedia = async () => {{ window.cameraOpened = true; return document.createElement("canvas").captureStream(); }};
"""
SHARES = "Object.defineProperty(navigator, 'share', { value: async (what) => { window.shared = what; } });"


@pytest.fixture
def ben(chromium, server: Server) -> Iterator[Phone]:
    server.restock()
    with handing(chromium, server, "en") as give:
        yield give("ben")


def test_a_product_is_found_while_typing_and_opened_by_enter(ben):
    ben.go("/products")
    ben.page.locator("#search-q").press_sequentially("smyr", delay=20)
    ben.page.locator("#results .card").first.wait_for()
    ben.page.keyboard.press("Enter")
    ben.page.get_by_text("CO-2601").wait_for()


def test_without_a_barcode_reader_the_number_is_typed(ben):
    ben.page.add_init_script("delete window.BarcodeDetector")
    for path in ("/products", "/products/new"):
        ben.go(path)
        assert not ben.page.locator("[data-scan]").is_visible()
    ben.page.locator("#barcode").fill("4006381333931")
    ben.page.locator("#name").fill("Notebook")
    ben.page.get_by_role("button", name="Save").click()
    ben.page.get_by_text("4006381333931").wait_for()


def test_a_scanned_barcode_is_searched_and_the_camera_closes(ben):
    ben.page.add_init_script(READS_BARCODES)
    ben.go("/products")
    ben.page.locator("[data-scan]").click()
    ben.page.locator("#results .card").first.wait_for()
    assert ben.page.locator("#search-q").input_value() == BARCODE
    ben.page.locator("dialog.drawer").wait_for(state="detached")
    assert ben.page.evaluate("window.cameraOpened")


def test_a_camera_that_does_not_open_is_said_in_words(ben):
    ben.page.add_init_script(READS_BARCODES + "navigator.mediaDevices.getUserMedia = async () => { throw new Error(); };")
    ben.go("/products/new")
    ben.page.locator("[data-scan]").click()
    ben.page.get_by_text("The camera does not open.").wait_for()


def test_a_care_note_is_shared_by_the_phone(ben):
    ben.page.add_init_script(SHARES)
    ben.go("/products/care/silk?in=zh")
    assert not ben.page.locator("[data-copy]").is_visible()
    ben.page.locator("[data-share]").click()
    shared = ben.page.evaluate("window.shared")
    assert shared["title"] == "真丝与丝绒"
    assert "· 深浅分开" in shared["text"]


def test_on_paper_there_is_the_note_and_nothing_else(ben):
    ben.go("/products/care/silk?in=en")
    ben.page.emulate_media(media="print")
    for gone in (".tabs", "header.top", "[data-print]", ".tabs-in", "details"):
        assert not ben.page.locator(gone).first.is_visible(), gone
    assert ben.page.locator("article").get_by_text("Keep darks and lights apart").is_visible()
