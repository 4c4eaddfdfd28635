"""Exports of known programs. The files beside this test have the columns those programs write and people of our own."""

from datetime import date
from pathlib import Path

import pytest

from relcrm.customers import presets
from relcrm.customers.columns import SKIP, TARGETS, check_mapping, guess
from relcrm.customers.files import open_table
from relcrm.customers.preset_contacts import ADDRESS_BOOKS
from relcrm.customers.preset_shops import SHOPS
from relcrm.customers.rows import Draft, read_row
from relcrm.errors import BadValue

FILES = Path(__file__).parent / "files"
TODAY = date(2026, 7, 1)


def program(name: str) -> str:
    found = presets.recognise(open_table(FILES / name, name).header)
    return str(found.name) if found else ""


def mapped(name: str) -> dict[str, str]:
    table = open_table(FILES / name, name)
    return {table.header[found.index]: found.target for found in guess(table.header, table.sample()) if found.target != SKIP}


def drafts(name: str, country: str = "US") -> list[Draft]:
    table = open_table(FILES / name, name)
    mapping = [found.target for found in guess(table.header, table.sample())]
    check_mapping(mapping)
    return [read_row(row, mapping, country, TODAY) for row in table.rows()]


def codes(found: Draft) -> list[str]:
    return [problem.code for problem in found.problems]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("shopify_current.csv", "Customers from Shopify"),
        ("shopify_older.csv", "Customers from Shopify"),
        ("square.csv", "Customers from Square"),
        ("google_new.csv", "Contacts from Google"),
        ("google_old.csv", "Contacts from Google"),
        ("outlook_com.csv", "Contacts from Outlook"),
        ("outlook_zh_gb18030.csv", "Contacts from Outlook"),
        ("woocommerce.csv", "Customers from WooCommerce"),
        ("woocommerce_users.csv", "Customers from WooCommerce"),
        ("loyverse.csv", "Customers from Loyverse"),
        ("odoo.csv", "Contacts from Odoo"),
        ("open_source_pos.csv", "Customers from Open Source POS"),
        ("easystore.csv", "Customers from EasyStore"),
        ("lightspeed.csv", "Customers from Lightspeed"),
        ("niushop.csv", "Customers from NiuShop"),
        ("ankang_gb18030.csv", "Customers from 安康"),
        ("cards_40.vcf", "Contacts from vCard"),
        ("members_utf8.csv", ""),
    ],
)
def test_a_file_is_recognised_by_its_columns(name: str, shown: str) -> None:
    assert program(name) == shown


def test_shopify_customers() -> None:
    anna, ben, cleo = drafts("shopify_current.csv")
    assert (anna.name, anna.email, anna.phones) == ("Anna Bell", "anna@example.com", ("+12025550143",))
    assert anna.address == {"line": "12 Long Lane Flat 2", "city": "Arlington", "province": "VA", "postcode": "02201", "country": "US"}
    assert (anna.tags, anna.note, anna.consents) == (("retail", "vip"), "Likes linen.\nKnits.", {"marketing": (True, None)})
    assert (ben.phones, ben.consents) == (("+12025550144", "+12025550145"), {"marketing": (False, None)})
    assert codes(cleo) == ["name_missing", "contact_missing"]


def test_older_shopify_customers_have_the_same_parts_under_other_names() -> None:
    (anna,) = drafts("shopify_older.csv")
    assert (anna.name, anna.phones, anna.consents) == ("Anna Bell", ("+12025550143",), {"marketing": (True, None)})
    assert anna.address["province"] == "Virginia"


def test_square_customers() -> None:
    anna, ben, instant = drafts("square.csv")
    assert (anna.name, anna.email, anna.phones) == ("Anna Bell", "anna@example.com", ("+12025550143",))
    assert (anna.birthday and (anna.birthday.month, anna.birthday.day), anna.registered_on) == ((3, 2), date(2024, 5, 6))
    assert (anna.consents, anna.note) == ({"marketing": (True, None)}, "Window seat")
    assert (ben.consents, ben.name) == ({}, "Benny")
    assert codes(instant) == ["contact_missing"]


def test_google_contacts_with_several_values_in_a_cell() -> None:
    anna, li, shop = drafts("google_new.csv")
    assert (anna.name, anna.salutation, anna.phones) == ("Anna Rose Bell", "ms", ("+12025550143", "+12025550144", "+12025550145"))
    assert (anna.email, anna.more_emails) == ("anna@example.com", ("bell@example.org", "anna@example.net"))
    assert (anna.birthday and (anna.birthday.year, anna.birthday.month), anna.tags) == ((None, 2), ("Regulars",))
    assert anna.address == {"line": "12 Long Lane", "city": "Arlington", "province": "VA", "postcode": "22201", "country": "US"}
    assert (li.name, li.phones) == ("李娜", ("+8613800004003",))
    assert shop.name == "Corner Bakery"


def test_old_google_contacts() -> None:
    (anna,) = drafts("google_old.csv")
    assert (anna.name, anna.phones, anna.tags, anna.gender) == ("Anna Bell", ("+12025550143",), ("Regulars",), "female")


def test_outlook_contacts_take_the_phones_that_are_filled_and_no_empty_birthday() -> None:
    anna, ben = drafts("outlook_com.csv")
    assert (anna.name, anna.phones, anna.email) == ("Anna Bell", ("+12025550143", "+12025550144"), "anna@example.com")
    assert (anna.birthday and anna.birthday.day, anna.tags, anna.gender) == (31, ("Friends", "VIP"), "undisclosed")
    assert (ben.phones, ben.birthday) == (("+12025550145",), None)
    assert "Home Fax" not in mapped("outlook_com.csv")


def test_outlook_contacts_in_chinese() -> None:
    (found,) = drafts("outlook_zh_gb18030.csv", "CN")
    assert (found.name, found.phones, found.email) == ("沈青", ("+8613800004001",), "shen@example.com")


def test_woocommerce_customers_and_users() -> None:
    (anna,) = drafts("woocommerce.csv")
    assert (anna.name, anna.phones, anna.registered_on) == ("Anna Bell", ("+12025550143",), date(2024, 5, 6))
    (ben,) = drafts("woocommerce_users.csv")
    assert (ben.name, ben.phones, ben.address["city"]) == ("Ben Cole", ("+12025550144",), "Dover")
    table = open_table(FILES / "woocommerce_users.csv", "x.csv")
    assert [found.why_skipped for found in guess(table.header, []) if table.header[found.index] == "user_pass"] == ["never_stored"]


def test_loyverse_customers_with_american_days() -> None:
    anna, ben = drafts("loyverse.csv")
    assert (anna.name, anna.card, anna.phones, anna.registered_on) == ("Anna Bell", "LV-0001", ("+12025550143",), date(2026, 3, 4))
    assert (ben.registered_on, ben.address["city"]) == (date(2026, 3, 17), "Dover")


def test_odoo_contacts() -> None:
    company, person = drafts("odoo.csv")
    assert (company.name, company.phones) == ("Corner Bakery", ("+12025550143",))
    assert (person.name, person.phones, person.email, person.tags) == ("Anna Bell", ("+12025550144",), "anna@example.com", ("VIP",))
    assert person.associate == "Ana"


def test_open_source_pos_writes_zero_for_women() -> None:
    anna, bob = drafts("open_source_pos.csv")
    assert (anna.gender, bob.gender, bob.card) == ("female", "male", "A-17")
    assert anna.consents == {}


def test_easystore_customers() -> None:
    (anna,) = drafts("easystore.csv")
    assert (anna.name, anna.phones, anna.tags) == ("Anna Bell", ("+12025550143",), ("VIP",))
    assert (anna.address["line"], anna.address["city"], anna.consents) == ("12 Long Lane", "Arlington", {"marketing": (True, None)})


def test_a_do_not_email_column_can_refuse_but_never_agree() -> None:
    anna, ben = drafts("lightspeed.csv")
    assert (anna.consents, ben.consents) == ({"marketing": (False, None)}, {})
    assert (anna.phones, anna.card, anna.address["district"]) == (("+12025550143", "+12025550144"), "", "Old Town")


def test_mini_shop_members_without_a_real_name_go_by_their_nickname() -> None:
    real, nick = drafts("niushop.csv", "CN")
    assert (real.name, nick.name) == ("沈青", "小沈阳光")


def test_the_chinese_till() -> None:
    found, other = drafts("ankang_gb18030.csv", "CN")
    assert (found.card, found.name, found.gender, found.phones) == ("A0001", "沈青", "female", ("+8613800004001",))
    assert (found.registered_on, found.address, found.note) == (date(2024, 5, 6), {"whole": "杭州市文三路1号"}, "亚麻")
    assert codes(other) == ["digits_lost"]


@pytest.mark.parametrize(
    "header",
    [
        "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,Phone",
        "Date,Time,Item,Qty,SKU,Gross Sales,Net Sales,Transaction ID,Payment ID,Customer Name",
        "Date,Receipt number,Receipt type,Gross sales,Net sales,Total collected,Payment type,Customer name,Customer contacts",
        "order_id,order_number,order_date,order_total,payment_method,customer_email,billing_phone,billing_first_name",
        "流水号,会员卡号,会员名称,总折扣,总金额,付款金额,找零,收银员,消费日期,门店",
        "会员卡号,会员姓名,礼品卡号,礼品名称,兑换数量,兑换时间",
        "流水号,会员,商品信息,日期,门店,商品条码,商品数量,实收金额,导购员",
        "订单号,下单时间,收货人,手机号,商品名称,数量,实付金额",
    ],
)  # fmt: skip
def test_lists_of_sales_are_refused_as_customers(tmp_path: Path, header: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(header + "\n" + ",".join("1" * len(header.split(","))) + "\n")
    with pytest.raises(BadValue) as refused:
        open_table(path, "orders.csv")
    assert (refused.value.code, "list of sales, not of customers" in str(refused.value.message)) == ("file_sales", True)


@pytest.mark.parametrize(
    "header",
    [
        "会员卡号,姓名,手机,积分,余额,总消费金额,消费次数,最近消费时间,开卡门店",
        "Name,Phone,Total Spent,Orders,Last order,Average order value",
        "姓名,手机号,商品偏好,备注",
        "门店,会员编号,会员姓名,手机号码,储值本金余额(¥),累计消费金额(¥),累计消费次数,会员加入时间,上次消费时间",
    ],
)  # fmt: skip
def test_totals_of_a_customer_do_not_make_a_list_of_sales(header: str) -> None:
    assert not presets.is_sales(header.split(","))


def test_every_known_column_has_a_target_that_exists() -> None:
    assert {target for *_program, columns in (*SHOPS, *ADDRESS_BOOKS) for target in columns} <= set(TARGETS)


def test_a_column_that_a_shop_added_to_a_known_export_is_read_by_its_name() -> None:
    header = [
        "First Name",
        "Last Name",
        "Accepts Email Marketing",
        "Total Spent",
        "Tax Exempt",
        "Phone",
        "生日",
        "身份证号",
        "Metafield: custom.size",
    ]
    found = {header[one.index]: (one.target, one.why_skipped) for one in guess(header, [])}
    assert (found["生日"], found["身份证号"]) == (("birthday", ""), (SKIP, "never_stored"))
    assert (found["Metafield: custom.size"], found["Tax Exempt"]) == ((SKIP, ""), (SKIP, ""))
