"""What columns are by their names, and the three programs whose exports are known. The rows are ours, the headers those programs write."""

import pytest

from relcrm.errors import BadValue
from relcrm.receipts import columns
from relcrm.receipts.tally import Tally
from tests.receipts.files import CLEO, bring_in, day, lines, reasons, table, totals

SHOPIFY = [
    "Name",
    "Email",
    "Financial Status",
    "Paid at",
    "Currency",
    "Subtotal",
    "Shipping",
    "Taxes",
    "Total",
    "Discount Code",
    "Discount Amount",
    "Created at",
    "Lineitem quantity",
    "Lineitem name",
    "Lineitem price",
    "Lineitem sku",
    "Lineitem discount",
    "Cancelled at",
    "Refunded Amount",
    "Phone",
]
SQUARE = [
    "Date",
    "Time",
    "Time Zone",
    "Category",
    "Item",
    "Qty",
    "Price Point Name",
    "SKU",
    "Gross Sales",
    "Discounts",
    "Net Sales",
    "Tax",
    "Transaction ID",
    "Event Type",
    "Location",
    "Customer ID",
    "Customer Name",
    "Customer Reference ID",
]
LOYVERSE = [
    "Date",
    "Receipt number",
    "Receipt type",
    "Gross sales",
    "Discounts",
    "Net sales",
    "Taxes",
    "Total collected",
    "Description",
    "Store",
    "Cashier name",
    "Customer name",
    "Customer contacts",
    "Status",
]


@pytest.mark.parametrize(
    ("header", "targets"),
    [
        (("流水号", "会员", "商品信息", "日期", "门店", "商品条码", "商品数量", "商品原价", "实收金额", "折让金额", "利润", "导购员"),
         ("number", "customer", "product", "date", "store", "barcode", "quantity", "unit_price", "line_total", "discount", "skip", "staff")),
        (("流水号", "会员卡号", "会员名称", "总金额", "付款金额", "收银员", "消费日期", "门店"),
         ("number", "card", "skip", "receipt_total", "skip", "staff", "date", "store")),
        (("customer_id", "date", "number_of_cds", "dollar_value"), ("card", "date", "quantity", "line_total")),
        (("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"),
         ("number", "sku", "product", "quantity", "date", "unit_price", "card", "skip")),
    ],
)  # fmt: skip
def test_columns_are_told_by_their_names(header, targets):
    assert tuple(columns.guess(header)) == targets


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        (("number", "phone", "line_total"), "mapping_no_date"),
        (("date", "phone", "product"), "mapping_no_amount"),
        (("date", "number", "line_total"), "mapping_no_contact"),
        (("date", "date", "line_total"), "mapping_twice"),
        (("date", "phone", "price"), "mapping_unknown"),
    ],
)
def test_a_mapping_without_day_amount_or_customer_is_refused(mapping, code):
    with pytest.raises(BadValue) as refused:
        columns.check(mapping, 3)
    assert refused.value.code == code


def shopify(*rows):
    return table([[row.get(name, "") for name in SHOPIFY] for row in rows], SHOPIFY)


def order(number, **more):
    told = {"Name": number, "Phone": CLEO, "Currency": "CNY", "Created at": f"{day(9)} 10:14:00 +0800", "Financial Status": "paid"}
    return told | {"Lineitem quantity": "1", "Refunded Amount": "0.00"} | {key.replace("_", " "): value for key, value in more.items()}


def test_shopify_writes_the_order_in_its_first_row_and_spreads_its_discount(ctx):
    first = order("#1001", Total="56.29", Shipping="6.00", Lineitem_name="Print", Lineitem_price="16.00")
    second = {"Name": "#1001", "Lineitem quantity": "2", "Lineitem name": "Tote", "Lineitem price": "18.00"}
    void = order("#1002", Total="25.00", Lineitem_name="Mug", Lineitem_price="25.00", Cancelled_at=f"{day(8)} 10:00:00 +0800")
    batch = bring_in(shopify(first, second, void))
    assert lines() == [("#1001", "Print", 1, 1547), ("#1001", "Tote", 2, 3482)]
    assert (batch.source, Tally.read(batch.did).cancelled) == ("till", 1)


def test_shopify_refunds_come_back_once_and_only_the_rest_later(ctx):
    sale = order("#1004", Total="20.00", Shipping="4.00", Lineitem_name="Print", Lineitem_price="8.00", **{"Lineitem quantity": "2"})
    bring_in(shopify(sale))
    assert totals() == (1, 1, 1600)
    for refunded, left in (("4.00", 1200), ("4.00", 1200), ("16.00", 0)):
        bring_in(shopify(sale | {"Refunded Amount": refunded}))
        assert totals()[2] == left


def test_square_returns_bear_the_number_of_their_sale(ctx):
    def row(event, pieces, net, tax, ago):
        return (
            day(ago),
            "10:02:11",
            "Beijing",
            "Ceramics",
            "Mug",
            pieces,
            "Large",
            "MUG-1",
            "",
            "0",
            net,
            tax,
            "SQA1x",
            event,
            "Fair",
            "",
            "",
            CLEO,
        )

    header = [name if name != "Customer Reference ID" else "Phone" for name in SQUARE]
    mapping = [target if name != "Phone" else "phone" for name, target in zip(header, columns.guess(header), strict=True)]
    bring_in(table([row("Refund", "-1", "-¥18.00", "-¥1.20", 3), row("Payment", "2", "¥36.00", "¥2.40", 9)], header), mapping=mapping)
    assert lines() == [("SQA1x", "Mug", 2, 3840), (f"SQA1x {day(3).replace('-', '')}", "Mug", -1, -1920)]
    assert totals() == (1, 1, 1920)


def test_loyverse_has_one_row_a_receipt_and_counts_in_the_name(ctx):
    month, date, year = (day(9)[5:7], day(9)[8:], day(9)[2:4])

    def row(number, kind, total, what, status="Closed"):
        return (f"{month}/{date}/{year} 12:16 PM", number, kind, total, "0", total, "0", total, what, "North", "Ana", "Cleo", CLEO, status)

    batch = bring_in(
        table(
            [
                row("1-3", "Sale", "160.00", "2 x Mug"),
                row("1-4", "Sale", "80", "1 x Mug", "Cancelled"),
                row("1-5", "Refund", "-80", "1 x Mug"),
            ],
            LOYVERSE,
        )
    )
    assert [line[1:] for line in lines()] == [("Mug", 2, 16000), ("Mug", -1, -8000)]
    assert reasons(batch) == {}
