"""What the columns of a product file are, guessed from their names in Chinese and English. Reading the file is product_file.py."""

import re
from collections.abc import Sequence

from relcrm.customers.folding import fold

SKIP = ""
# The surest word of each meaning first; what stands first here wins where two columns mean the same.
WORDS: dict[str, str] = {
    "name": "品名 商品名称 商品名 产品名称 产品名 货品名称 货品名 款名 物料名称 中文名 中文名称 名称 商品 标题"
    " productname itemname articlename name title product item article 品名name",
    "name_2": "英文名 英文名称 英文品名 nameen englishname nameinenglish",
    "code": "货号 款号 商品货号 商品编码 商品编号 商品代码 货品编码 货品编号 产品编号 产品编码 物料编码 款式编码 编码 编号"
    " articlenumber articleno articlecode itemcode itemno itemnumber productcode productnumber stylecode styleno style handle sku variantsku code",
    "barcode": "条码 条形码 商品条码 商品条形码 国际条码 国标码 barcode barcodes variantbarcode ean ean13 gtin upc gtinean gtinupceanisbn",
    "category": "类别 分类 类目 品类 商品分类 商品类别 产品分类 货品类别 大类 中类 小类 category categories categoryname productcategory"
    " producttype type department group reportingcategory",
    "price": "售价 零售价 吊牌价 标价 销售价 销售价格 零售价格 单价 价格 建议零售价"
    " price retailprice sellingprice saleprice unitprice variantprice defaultprice rrp msrp",
    "size": "尺码 尺寸 规格 号型 尺码名称 size sizes sizename",
    "colour": "颜色 颜色名称 花色 配色 色彩 colour color colours colors colourname colorname",
    "selling": "卖点 商品卖点 商品描述 描述 简介 sellingpoints description",
    "notes": "备注 说明 note notes remark remarks comment comments",
}  # fmt: skip
TARGETS = tuple(WORDS)
_MEANT = {fold(word): (target, place) for target, words in WORDS.items() for place, word in enumerate(words.split())}
_OF_PEOPLE = re.compile(r"手机|电话|生日|会员(?!价)|顾客|客户姓名|phone|mobile|birth|customer|e-?mail", re.IGNORECASE)
_LABEL = re.compile(r"[(（\[【].*?[)）\]】]|[*＊:：]")
_STORE_PRICE = re.compile(r"price\b", re.IGNORECASE)


def guess(header: Sequence[str]) -> list[str]:
    """What each column is, "" for one that is left out. Each meaning is given once."""
    found = [_look_up(name) for name in header]
    best: dict[str, int] = {}
    for index, (target, place) in enumerate(found):
        if target and (target not in best or place < found[best[target]][1]):
            best[target] = index
    return [target if target and best[target] == index else SKIP for index, (target, _place) in enumerate(found)]


def known(header: Sequence[str]) -> int:
    """How many of these cells are words for columns of a product list."""
    return sum(bool(_look_up(name)[0]) for name in header)


def names_people(header: Sequence[str]) -> bool:
    return any(_OF_PEOPLE.search(name) for name in header)


def _look_up(name: str) -> tuple[str, int]:
    for words in (name, _LABEL.sub("", name), *re.split(r"[/|\n]", name)):
        if (key := fold(words)) in _MEANT:
            return _MEANT[key]
    return ("price", 99) if len(name) < 40 and _STORE_PRICE.match(name.strip()) else (SKIP, 0)
