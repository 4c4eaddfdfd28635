"""The words by which tills name the columns of their receipts, small and without signs (customers.column_words.key), surest first."""

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "number": "小票号 小票单号 流水号 销售单号 订单号 订单编号 单号 单据号 单据编号 交易号 收据号 票号 receiptnumber receiptno receiptid invoiceno"
    " invoicenumber invoiceid ordernumber orderno orderid transactionid transactionno transactionnumber ticketnumber ticketno basketid billno"
    " salesid saleid documentno receipt invoice ticket order transaction",
    "sale_number": "原单号 原小票号 原订单号 原销售单号 退货原单号 originalreceipt originalreceiptnumber originalorder refundedreceipt refundfor parentorder",
    "line_number": "行号 明细行号 明细序号 linenumber lineno lineid line",
    "date": "销售日期 消费日期 交易日期 日期 下单时间 交易时间 销售时间 消费时间 付款时间 创建时间 开单时间 saledate orderdate invoicedate"
    " transactiondate purchasedate date datetime createdat orderedat soldat soldon purchasedat timestamp paidat paiddate day",
    "time": "时间 时刻 saletime transactiontime time",
    "store": "门店 门店名称 店铺 店铺名称 分店 销售门店 store storename location branch shop outlet",
    "phone": "手机号 手机号码 手机 会员手机号 会员手机 顾客手机 客户手机 联系电话 电话 customerphone customerphonenumber phonenumber phone mobile"
    " mobilenumber billingphone contactphone telephone tel",
    "email": "邮箱 电子邮箱 customeremail email emailaddress billingemail",
    "card": "会员卡号 卡号 会员编号 会员号 顾客编号 客户编号 会员id 顾客id 客户id 用户id cardnumber cardno membercard membernumber memberno memberid"
    " membershipnumber loyaltynumber customerreferenceid customernumber customerno customercode customerid custid clientid userid householdkey card",
    "customer": "会员 顾客 客户 customercontacts customercontact contact contacts customer member client buyer",
    "product": "商品名称 品名 货品名称 产品名称 商品信息 商品 货品 产品 款名 名称 productname itemname lineitemname product item productdescription"
    " description title goods article",
    "sku": "货号 款号 商品货号 商品编码 商品编号 货品编号 货品编码 产品编号 sku lineitemsku productsku stockcode itemcode productcode articleno"
    " articlenumber stylecode productid itemid",
    "barcode": "商品条码 条形码 条码 barcode ean gtin upc",
    "size": "尺码 尺寸 规格 size",
    "colour": "颜色 花色 colour color variant variation variantname pricepointname",
    "quantity": "数量 商品数量 销售数量 件数 qty quantity lineitemquantity units pieces count",
    "returned_quantity": "退货数量 退数量 退货件数 returnedquantity returnedqty refundedquantity quantityreturned qtyreturned",
    "unit_price": "单价 商品单价 商品原价 原价 售价 零售价 unitprice lineitemprice itemprice sellingprice price",
    "discount": "折让金额 折扣金额 优惠金额 lineitemdiscount linediscount discountamount discounts discount",
    "line_total": "实收金额 实付金额 实收 实付 成交金额 折后金额 销售金额 小计 金额 应收金额 linetotal lineamount netsales netamount amount"
    " salesamount dollarvalue extendedprice totalprice subtotal sales revenue net value spend",
    "receipt_total": "订单总额 订单金额 小票金额 合计金额 总金额 总额 总计 合计 消费金额 付款金额 ordertotal receipttotal grandtotal totalamount"
    " totalcollected totalpaid invoiceamount total",
    "freight": "运费 邮费 shipping shippingtotal freight",
    "refund": "退款金额 refundedamount refundamount amountrefunded refund",
    "type": "单据类型 交易类型 类型 receipttype eventtype transactiontype saletype type",
    "status": "订单状态 单据状态 状态 financialstatus orderstatus transactionstatus status",
    "cancelled": "作废时间 取消时间 cancelledat canceledat",
    "currency": "币种 货币 ordercurrency currency",
    "staff": "导购员 导购 营业员 店员 销售员 收银员 associate salesperson staffname staff employee cashiername cashier soldby seller",
}  # fmt: skip
# What only contains such a word, tried from the top.
PARTS = (
    (r"^(cost|profit|margin)|利润|成本|税|积分|余额|tax|tip|fee|brand", "skip"),
    (r"(customer|member|client|loyalty|会员|顾客|客户).*(id|no|number|code|号)$", "card"),
    (r"(invoice|order|receipt|transaction|ticket|basket|小票|流水|订单).*(id|no|number|code|号)$", "number"),
    (r"phone|mobile|手机|电话", "phone"),
    (r"mail|邮箱", "email"),
    (r"^(numberof|noof)|qty|quantity|数量|件数", "quantity"),
    (r"unitprice|单价", "unit_price"),
    (r"date$|日期|timestamp", "date"),
    (r"dollar|amount|金额|revenue", "line_total"),
)
# Words that make sure of the program, and what its columns are; all others are left out.
TILLS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "Shopify": ("name lineitemquantity lineitemname lineitemprice", {
        "number": "name", "email": "email", "phone": "phone", "phone_2": "billingphone", "date": "createdat", "status": "financialstatus",
        "cancelled": "cancelledat", "currency": "currency", "product": "lineitemname", "sku": "lineitemsku", "quantity": "lineitemquantity",
        "unit_price": "lineitemprice", "discount": "lineitemdiscount", "receipt_total": "total", "freight": "shipping",
        "refund": "refundedamount", "store": "location", "staff": "employee",
    }),
    "Square": ("transactionid eventtype netsales pricepointname", {
        "number": "transactionid", "date": "date", "time": "time", "product": "item", "quantity": "qty", "colour": "pricepointname",
        "sku": "sku", "barcode": "gtin", "discount": "discounts", "line_total": "netsales", "tax": "tax", "type": "eventtype",
        "store": "location", "card": "customerreferenceid", "customer": "customerid", "staff": "employee",
    }),
    "Loyverse": ("receiptnumber receipttype grosssales totalcollected", {
        "number": "receiptnumber", "date": "date", "type": "receipttype", "line_total": "totalcollected", "product": "description",
        "store": "store", "staff": "cashiername", "customer": "customercontacts", "status": "status", "discount": "discounts",
    }),
}  # fmt: skip
