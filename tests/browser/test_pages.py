"""Every page there is: readable by everybody (axe-core, light and dark), in the screen, large enough to tap; the first load is light."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Server, handing
from tests.browser.phone import Phone

AXE = next((Path(__file__).parent / "vendor").glob("axe-*.min.js"))
KB, MOST_KB, MOST_REQUESTS = 1024, 60, 8
NO_PAGE = {
    "static",
    "system.healthz",
    "system.bare",
    "system.manifest",
    "system.home",
    "imports.refused_file",
    "products.refused_file",
    "receipts.refused_file",
}
# endpoint: who looks, and the addresses; {her} is a customer's public id, a plain tuple of kinds where one address is not enough.
HER = "/customers/{her}"
PAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "staff.sign_in": ("", ("/sign-in",)),
    "staff.account": ("ana", ("/account",)),
    "staff.edit_password": ("ana", ("/account/password",)),
    "staff.join": ("", ("/join/{token}",)),
    "staff.store": ("ana", ("/store",)),
    "staff.new_store": ("hua", ("/stores/new",)),
    "staff.edit_store": ("hua", ("/stores/{north}/edit",)),
    "staff.people": ("ben", ("/staff",)),
    "staff.new_person": ("ben", ("/staff/new",)),
    "staff.person": ("ben", ("/staff/{ada}",)),
    "staff.edit_person": ("ben", ("/staff/{ada}/edit",)),
    "staff.ask_link": ("ben", ("/staff/{ada}/link",)),
    "staff.ask_leave": ("ben", ("/staff/{ada}/leave",)),
    "staff.audit_trail": ("quinn", ("/settings/audit",)),
    "products.index": ("ben", ("/products",)),
    "products.show": ("ben", ("/products/{product}",)),
    "products.category": ("ben", ("/products/categories/{category}", "/products/categories/{empty_category}")),
    "products.care_index": ("ben", ("/products/care",)),
    "products.care_note": ("ben", ("/products/care/silk", "/products/care/silk?in=zh", "/products/care/silk?version=1")),
    "products.care_versions": ("ben", ("/products/care/silk/versions",)),
    "products.new": ("ben", ("/products/new",)),
    "products.edit": ("ben", ("/products/{product}/edit",)),
    "products.accessories": ("ben", ("/products/{product}/accessories",)),
    "products.new_category": ("ben", ("/products/categories/new",)),
    "products.edit_category": ("ben", ("/products/categories/{category}/edit",)),
    "products.new_care": ("ben", ("/products/care/new",)),
    "products.edit_care": ("ben", ("/products/care/silk/edit",)),
    "products.bring_in": ("ben", ("/products/import",)),
    "products.imported": ("ben", ("/products/import/{product_file}", "/products/import/{product_file_waiting}")),
    "cleansing.index": ("ben", ("/clean-file",)),
    "cleansing.show": ("ben", ("/clean-file/email_wrong", "/clean-file/unreachable")),
    "duplicates.index": ("ben", ("/duplicates",)),
    "exports.index": ("ben", ("/exports",)),
    "exports.new": ("ben", ("/exports/new", "/exports/new?what=store:{north}")),
    "imports.index": ("ben", ("/imports",)),
    "imports.new": ("ben", ("/imports/new",)),
    "imports.show": ("ben", ("/imports/{waiting}", "/imports/{looked_at}", "/imports/{brought_in}", "/imports/{taken_back}")),
    "receipts.index": ("ben", ("/receipts",)),
    "receipts.new": ("ben", ("/receipts/new",)),
    "receipts.show": ("ben", ("/receipts/{receipts_seen}", "/receipts/{receipts_in}", "/receipts/{receipts_back}")),
    "imports.paper": ("hua", ("/imports/{looked_at}/paper",)),
    "imports.stayed": ("ben", ("/imports/{taken_back}/stayed",)),
    "consent.settings": ("hua", ("/settings",)),
    "consent.notices": ("hua", ("/settings/notices",)),
    "consent.notice": ("hua", ("/settings/notices/enrol/1",)),
    "consent.fields": ("hua", ("/settings/fields",)),
    "consent.assessment": ("hua", ("/settings/assessments/profiling",)),
    "tiers.index": ("ana", ("/tiers",)),
    "tiers.customer": ("ana", ("/tiers/of/{her}",)),
    "tiers.lift": ("ben", ("/tiers/of/{her}/lift",)),
    "tiers.show": ("ana", ("/tiers/of/{her}/show",)),
    "tiers.edit": ("hua", ("/tiers/draft/{tier_draft}/edit",)),
    "tiers.draft": ("hua", ("/tiers/draft/{tier_draft}",)),
    "tiers.who": ("hua", ("/tiers/draft/{tier_draft}/who?moment=at_once&before=silver&after=gold",)),
    "purchases.choose": ("ana", ("/purchases/new",)),
    "purchases.new": ("ana", ("/purchases/for/{her}",)),
    "purchases.index": ("ana", ("/purchases/of/{her}",)),
    "purchases.show": ("ana", ("/purchases/{bought}", "/purchases/{brought_back}")),
    "measures.index": ("ben", ("/measures",)),
    "measures.people": ("ben", ("/measures/CNY/champions", "/measures/CNY/at_risk")),
    "measures.of": ("ana", ("/measures/of/{her}",)),
    "measures.window": ("hua", ("/measures/window",)),
    "handover.show": ("ana", ("/handover/{bought}",)),
    "handover.card": ("ana", ("/handover/card",)),
    "handover.promise": ("hua", ("/handover/promise",)),
    "purchases.give_back": ("ana", ("/purchases/{bought}/returns",)),
    "approvals.index": ("hua", ("/approvals",)),
    "points.show": ("ana", ("/points/of/{her}",)),
    "points.redeem": ("ana", ("/points/of/{her}/redeem",)),
    "points.adjust": ("ben", ("/points/of/{her}/correction",)),
    "points.policy": ("hua", ("/points/rules",)),
    "points.liability": ("hua", ("/points/liability",)),
    "customers.index": ("ana", ("/customers",)),
    "customers.to_ask": ("ben", ("/customers/to-ask",)),
    "customers.new": ("ana", ("/customers/new",)),
    "customers.show": ("ana", (HER,)),
    "customers.history": ("ana", (f"{HER}/timeline", f"{HER}/timeline?kind=consents")),
    "customers.fact_index": ("ana", (f"{HER}/facts",)),
    "customers.fact": (
        "ana",
        tuple(
            f"{HER}/facts/{key}"
            for key in (
                "birthday",
                "product_spec",
                "address",
                "channel_pref",
                "colour_pref",
                "contact_time",
                "important_dates",
                "latent_need",
            )
        ),
    ),
    "customers.family": ("ana", (f"{HER}/family/adult", f"{HER}/family/child")),
    "customers.note": ("ana", (f"{HER}/notes/1",)),
    "customers.edit": ("ana", (f"{HER}/edit",)),
    "customers.consents": ("ana", (f"{HER}/consents",)),
    "customers.consent": ("ana", (f"{HER}/consents/callback", f"{HER}/consents/marketing")),
    "merges.find": ("ana", (f"{HER}/merge",)),
    "merges.compare": ("ana", (f"{HER}/merge/{{other}}", f"{HER}/merge/{{other}}?winner={{other}}")),
    "merges.meanwhile": ("ana", ("/customers/{apart}/merge/{other}/meanwhile",)),
    "customers.list_index": ("ana", ("/customers/lists",)),
    "customers.list_show": ("ana", ("/customers/lists/{list}",)),
}
# The same page is another page to others, and after a refusal.
MORE = (
    ("ada", HER),
    ("ben", HER),
    ("hua", HER),
    ("quinn", HER),
    ("ben", f"{HER}/merge/{{other}}"),
    ("ana", "/customers/{joined}"),
    ("ana", "/customers/{apart}"),
    ("ben", "/approvals"),
    ("ben", "/points/of/{her}"),
    ("quinn", "/points/of/{her}"),
    ("ana", "/points/of/{other}/redeem"),
    ("ben", "/purchases/of/{her}"),
    ("ben", "/tiers/of/{her}"),
    ("quinn", "/tiers/of/{her}"),
    ("hua", "/tiers"),
    ("quinn", "/purchases/of/{her}"),
    ("quinn", "/customers"),
    ("hua", "/imports/{looked_at}"),
    ("quinn", "/exports"),
    ("hua", "/exports/new?what=stores"),
    ("olu", "/customers"),
    ("hua", "/store"),
    ("hua", "/clean-file"),
    ("ari", "/duplicates"),
    ("hua", "/staff/{ada}"),
    ("quinn", "/products/{product}"),
    ("ana", "/nowhere"),
)
LOOKS = [(who, path) for who, paths in PAGES.values() for path in paths] + list(MORE)
SMALL = """() => [...document.querySelectorAll('a,button,input:not([type=hidden]),select,textarea,summary')].filter(one => {
    const box = (one.closest('label') ?? one).getBoundingClientRect(), way = getComputedStyle(one);
    if (!box.width || way.visibility === 'hidden' || one.matches('.skip,.hush')) return false;
    if (one.matches('a') && way.display === 'inline' && one.parentElement.textContent.trim() !== one.textContent.trim()) return false;
    return box.height < 43.5 || box.width < 43.5;
}).map(one => one.outerHTML.slice(0, 140))"""


def test_every_page_has_a_row_here(app):
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())} - NO_PAGE
    assert pages - PAGES.keys() == set(), "add the new page to PAGES: who looks and at which address"
    assert PAGES.keys() - pages == set(), "this page is gone: take it out of PAGES"


@pytest.fixture(scope="module", params=["zh", "en"])
def shop_in(request, chromium, server: Server) -> Iterator[dict[str, Phone]]:
    """One phone for each of the cast, in one language; these pages are only looked at."""
    server.restock()
    with handing(chromium, server, request.param) as give:
        yield {number: give(number) for number in ("", *server.cookies)}


@pytest.mark.parametrize(("who", "path"), LOOKS, ids=lambda one: re.sub(r"\W+", "-", one).strip("-"))
def test_a_page_shuts_nobody_out(shop_in, server, who, path):
    phone = shop_in[who]
    phone.go(path.format(**server.ids))
    phone.page.evaluate(AXE.read_text())
    found = []
    for scheme in ("light", "dark"):
        phone.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{scheme}: {one}" for one in phone.page.evaluate(RUN)]
    assert not found, found
    assert not phone.page.evaluate(SMALL), "a thumb needs 44 px"
    _fits_other_screens(phone)


RUN = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(
    v => v.id + ': ' + v.help + ' ' + v.nodes.map(n => n.html.slice(0, 160) + ' ' + (n.failureSummary ?? '').slice(0, 200)).join(' | '))"""


def _fits_other_screens(phone: Phone) -> None:
    for width in (320, 768, 1280):
        phone.page.set_viewport_size({"width": width, "height": 800})
        assert phone.overflow() <= 0, f"{phone.page.url} is {phone.overflow()} px too wide at {width}"
    phone.page.set_viewport_size({"width": 390, "height": 844})


def test_the_first_load_of_the_home_page_is_light(chromium, shop):
    with handing(chromium, shop, "zh") as give:
        ana = give("ana")
        wire = ana.page.context.new_cdp_session(ana.page)
        wire.send("Network.enable")
        bytes_of: list[float] = []
        wire.on("Network.loadingFinished", lambda done: bytes_of.append(done["encodedDataLength"]))
        ana.page.goto(f"{shop.base}/customers", wait_until="networkidle")
        print(f"home page: {sum(bytes_of) / KB:.1f} KB on the wire in {len(bytes_of)} requests")
        assert len(bytes_of) <= MOST_REQUESTS
        assert sum(bytes_of) <= MOST_KB * KB
