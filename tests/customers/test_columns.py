"""Guessing what the columns of a customer file are."""

import pytest

from relcrm.customers.columns import TARGETS, WHY_SKIPPED, check_mapping, guess, is_known, signature
from relcrm.customers.table import Row
from relcrm.errors import BadValue

SHOPIFY = (
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,"
    "Default Address City,Default Address Zip,Default Address Phone,Phone,Total Spent,Note,Tags"
)
GOOGLE = (
    "Name,Given Name,Family Name,Nickname,Birthday,Notes,Group Membership,E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value"
)
OUTLOOK = "First Name,Last Name,Title,Company,E-mail Address,E-mail 2 Address,Business Fax,Home Phone,Mobile Phone,Home Street,Home City"
CHINESE = "卡号,姓名,性别,积分,卡内余额,手机,卡类型,生日,总消费金额,发卡日期,单位,地址,备注"
MINI_SHOP = "用户名,手机号,昵称,密码(明文),微信公众号openid,真实姓名,积分,余额(可提现)"


def targets(header: str, *rows: str) -> dict[str, str]:
    names = header.split(",")
    sample = [Row(number, tuple(row.split(","))) for number, row in enumerate(rows, 2)]
    return {names[found.index] or f"#{found.index}": found.target for found in guess(names, sample) if found.target != "skip"}


def why(header: str) -> dict[str, str]:
    names = header.split(",")
    return {names[found.index]: found.why_skipped for found in guess(names, []) if found.why_skipped}


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("姓名", "name"), ("会员姓名", "name"), ("真实姓名", "name"), ("昵称", "name"), ("用户名", "name"), ("Full name", "name"),
        ("Customer Name", "name"), ("姓", "family_name"),
        ("Last Name", "family_name"), ("First_Name", "given_name"), ("称呼", "salutation"),
        ("手机", "phone"), ("手机号", "phone"), ("手机号码*", "phone"),
        ("联系电话", "phone"), ("电话（必填）", "phone"), ("Phone Number", "phone"),
        ("MOBILE", "phone"), ("Cell Phone", "phone"), ("座机", "phone"),
        ("邮箱", "email"), ("E-mail Address", "email"), ("微信号", "wechat"),
        ("会员卡号", "card"), ("生日", "birthday"),
        ("出生日期", "birthday"), ("Date of Birth", "birthday"), ("阴历生日", "birthday_lunar"),
        ("农历生日", "birthday_lunar"), ("生日月份", "birthday_month"),
        ("性别", "gender"), ("地址", "address_whole"), ("省份", "address_province"),
        ("Zip", "address_postcode"), ("标签", "tags"), ("备注", "note"), ("所属门店", "home_store"), ("专属导购", "associate"),
        ("登记日期", "registered_on"), ("注册时间", "registered_on"), ("Sign Up", "registered_on"), ("Language", "preferred_language"),
        ("同意营销", "consent_marketing"), ("Email Subscription Status", "consent_marketing"),
        ("Do not email", "consent_marketing_not"), ("Unsubscribed", "consent_marketing_not"), ("Marketing opt-out", "consent_marketing_not"),
        ("不接收营销短信", "consent_marketing_not"), ("同意日期", "consent_date"), ("Consent date", "consent_date"),
        ("会员加入时间", "registered_on"), ("Customer Since", "registered_on"), ("E-mail 2 Address", "email_2"),
        ("First name / 名", "given_name"), ("姓名 Name", "name"), ("手機號碼", "phone"), ("電子郵件", "email"), ("會員編號", "card"), ("備註", "note"),
        ("客户手机（主）", "phone"), ("顾客的电话", "phone"),
    ],
)  # fmt: skip
def test_one_header_in_either_language_is_understood(header: str, target: str) -> None:
    assert targets(header) == {header: target}


def test_every_target_and_every_reason_has_a_label() -> None:
    assert all(str(label).strip() for label in (*TARGETS.values(), *WHY_SKIPPED.values()))
    assert {found.target for found in guess(SHOPIFY.split(","), [])} <= set(TARGETS)


def test_a_shop_export_is_mapped() -> None:
    assert targets(SHOPIFY) == {
        "First Name": "given_name",
        "Last Name": "family_name",
        "Email": "email",
        "Accepts Email Marketing": "consent_marketing",
        "Default Address Address1": "address_line",
        "Default Address City": "address_city",
        "Default Address Zip": "address_postcode",
        "Default Address Phone": "phone_2",
        "Phone": "phone",
        "Note": "note",
        "Tags": "tags",
    }


def test_a_google_export_keeps_values_and_drops_their_labels() -> None:
    assert targets(GOOGLE) == {
        "Name": "name",
        "Given Name": "given_name",
        "Family Name": "family_name",
        "Nickname": "nickname",
        "Birthday": "birthday",
        "Notes": "note",
        "Group Membership": "tags",
        "E-mail 1 - Value": "email",
        "Phone 1 - Value": "phone",
    }


def test_an_outlook_export_prefers_the_mobile_and_takes_no_fax() -> None:
    found = targets(OUTLOOK)
    assert (found["Mobile Phone"], found["Home Phone"]) == ("phone", "phone_2")
    assert (found["E-mail Address"], found["E-mail 2 Address"]) == ("email", "email_2")
    assert "Business Fax" not in found


def test_a_chinese_till_is_mapped_and_told_what_is_not_kept() -> None:
    assert targets(CHINESE) == {
        "卡号": "card",
        "姓名": "name",
        "性别": "gender",
        "手机": "phone",
        "生日": "birthday",
        "发卡日期": "registered_on",
        "地址": "address_whole",
        "备注": "note",
        "积分": "opening_points",
        "总消费金额": "opening_total",
    }
    assert why(CHINESE) == {"卡内余额": "elsewhere", "卡类型": "later"}


def test_the_real_name_stands_above_nicknames_and_passwords_are_never_taken() -> None:
    assert targets(MINI_SHOP) == {"手机号": "phone", "真实姓名": "name", "昵称": "nickname", "积分": "opening_points"}
    assert why(MINI_SHOP)["密码(明文)"] == "never_stored"


@pytest.mark.parametrize("header", ["身份证号", "身份证号码", "ID Card", "Password", "银行卡号", "Passport No", "民族", "宗教信仰"])
def test_what_is_too_private_is_never_stored(header: str) -> None:
    assert (targets(header), why(header)) == ({}, {header: "never_stored"})


def test_no_target_is_given_twice() -> None:
    found = targets("姓名,会员姓名,手机,手机号,电话,备注,Remarks")
    assert sorted(found.values()) == ["name", "note", "phone", "phone_2", "phone_3"]


def test_an_address_beside_province_and_city_is_the_street() -> None:
    assert targets("姓名,省,市,地址") == {"姓名": "name", "省": "address_province", "市": "address_city", "地址": "address_line"}


def test_columns_without_names_are_known_by_what_they_hold() -> None:
    found = targets(",,,", "13800007001,方圆,fang@example.com,北店", "13800007002,钱多,qian@example.com,北店", "13800007003,金鑫,,北店")
    assert found == {"#0": "phone", "#1": "name", "#2": "email"}


def test_dates_and_amounts_are_not_phone_numbers() -> None:
    assert targets("a,b,c", "2024-01-05,7790.44,20240105", "2024-02-05,154.29,20240106") == {}


def test_a_form_of_address_column_holding_names_is_the_name() -> None:
    assert targets("称呼,手机", "林晓梅,13800003921", "周建国,13800003922") == {"称呼": "name", "手机": "phone"}
    assert targets("称呼,手机", "女士,13800003921", "先生,13800003922") == {"称呼": "salutation", "手机": "phone"}


def test_order_numbers_called_name_are_no_names() -> None:
    assert targets("Name,Email,Billing Name", "#1001,a@example.com,Anna Bell") == {"Email": "email", "Billing Name": "name"}


def test_sureness_tells_exact_words_from_looks() -> None:
    exact, looks = guess(["姓名", ""], [Row(2, ("林", "13800003921"))])
    assert 1.0 >= exact.sure > 0.9 > looks.sure > 0


@pytest.mark.parametrize(
    "text", ["", "林晓梅", "填写须知：请先阅读下面的说明，手机号为必填项，日期请写成年月日的格式，不要合并单元格", "13800003921"]
)
def test_data_and_instructions_are_not_headers(text: str) -> None:
    assert not is_known(text)


def test_a_signature_survives_spaces_and_capitals_but_not_another_order() -> None:
    assert signature(["First Name", "手机号*"]) == signature(["first_name ", "手机号"])
    assert signature(["a", "b"]) != signature(["b", "a"])
    assert signature(["ab"]) != signature(["a", "b"])


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        (["name", "shoe_size", "phone"], "mapping_unknown"),
        (["name", "name", "phone"], "mapping_twice"),
        (["skip", "phone"], "mapping_no_name"),
        (["name", "card", "skip", "skip"], "mapping_no_contact"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused(mapping: list[str], code: str) -> None:
    with pytest.raises(BadValue) as refused:
        check_mapping(mapping)
    assert refused.value.code == code


def test_a_mapping_with_a_name_and_a_contact_is_enough() -> None:
    check_mapping(["family_name", "skip", "skip", "wechat"])
