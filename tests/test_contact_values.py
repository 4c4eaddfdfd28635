"""What is typed for a phone, an address, a card or a name: what is accepted, what is refused and in which words."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relcrm import contact_values
from relcrm.errors import BadValue


def refusal(read, *arguments):
    with pytest.raises(BadValue) as refused:
        read(*arguments)
    return refused.value


@pytest.mark.parametrize(
    ("text", "country", "e164"),
    [
        ("13812345678", "CN", "+8613812345678"),
        ("138 1234-5678", "CN", "+8613812345678"),
        ("１３８１２３４５６７８", "CN", "+8613812345678"),
        ("+86 138 1234 5678", "CN", "+8613812345678"),
        ("＋86 13812345678", "GB", "+8613812345678"),
        ("\u202a+86 138 1234 5678\u202c", "GB", "+8613812345678"),
        ("0086 13812345678", "US", "+8613812345678"),
        ("86 138 1234 5678", "CN", "+8613812345678"),
        ("(020) 8123 4567", "CN", "+862081234567"),
        ("07400 123456", "GB", "+447400123456"),
        ("+44 (0)7400 123456", "CN", "+447400123456"),
        ("5123 4567", "HK", "+85251234567"),
    ],
)
def test_a_phone_is_read_as_it_is_typed_there(text, country, e164):
    assert contact_values.phone(text, country) == e164


@pytest.mark.parametrize(
    ("text", "country", "code"),
    [
        ("", "CN", "phone_empty"),
        (" -- ", "CN", "phone_empty"),
        ("138abc45678", "CN", "phone_letters"),
        ("电话13812345678", "CN", "phone_letters"),
        ("1381234567", "CN", "phone_short"),
        ("1", "CN", "phone_short"),
        ("138123456789", "CN", "phone_long"),
        ("1" * 40, "CN", "phone_long"),
        ("13812345678/13912345678", "CN", "phone_long"),
        ("12345678901", "CN", "phone_invalid"),
        ("+999 123456", "CN", "phone_invalid"),
        ("13812345678", "XX", "phone_invalid"),
    ],
)
def test_an_unreadable_phone_is_refused(text, country, code):
    refused = refusal(contact_values.phone, text, country)
    assert (refused.code, refused.field) == (code, "phone")


@pytest.mark.parametrize(
    ("text", "country", "sentence"),
    [
        ("1381234567", "CN", "This number has only 10 digits; a mobile number here has 11."),
        ("+86 138 1234 567", "CN", "This number has only 10 digits; a mobile number here has 11."),
        ("138123456789", "CN", "This number has 12 digits; a mobile number here has only 11."),
        ("07400 12345", "GB", "This number has only 10 digits; a mobile number here has 11."),
        ("7400 12345", "GB", "This number has only 9 digits; a mobile number here has 10."),
        ("0151 1", "DE", "This number has only 5 digits. Check it and type it again."),
        ("+852 5123 456", "CN", "This number has only 7 digits. Check it and type it again."),
    ],
)
def test_a_wrong_length_is_counted_as_the_shop_counts(text, country, sentence):
    assert str(refusal(contact_values.phone, text, country).message) == sentence


@given(st.text(max_size=40), st.sampled_from(("CN", "GB", "US", "HK")))
def test_a_phone_is_read_or_refused_and_reads_again_as_itself(text, country):
    try:
        e164 = contact_values.phone(text, country)
    except BadValue as refused:
        assert refused.code.startswith("phone_")
    else:
        assert contact_values.phone(e164, country) == e164


def test_the_phone_library_is_loaded_only_when_a_phone_is_read():
    script = "import sys, relcrm.contact_values; print('phonenumbers' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("e164", "country", "shown", "masked"),
    [
        ("+8613812343921", "CN", "138 1234 3921", "138 •••• 3921"),
        ("+8613812343921", "GB", "+86 138 1234 3921", "+86 138 •••• 3921"),
        ("+447400123456", "GB", "07400 123456", "074•• ••3456"),
        ("+447400123456", "CN", "+44 7400 123456", "+44 74•• ••3456"),
        ("+85251234567", "HK", "5123 4567", "•••• 4567"),
        ("+12015550123", "CA", "(201) 555-0123", "(20•) •••-0123"),
        ("oddity 12", "CN", "oddity 12", "oddity ••"),
    ],
)
def test_a_phone_is_shown_and_masked_from_where_the_reader_is(e164, country, shown, masked):
    assert (contact_values.phone_shown(e164, country), contact_values.phone_masked(e164, country)) == (shown, masked)


@given(st.from_regex(r"\+[1-9][0-9]{6,13}", fullmatch=True))
def test_a_masked_phone_hides_at_least_four_digits(e164):
    shown, masked = contact_values.phone_shown(e164, "CN"), contact_values.phone_masked(e164, "CN")
    assert len(masked) == len(shown)
    assert masked.count("•") >= min(4, sum(map(str.isdecimal, shown.split(" ", 1)[-1])))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Maria.Garcia@Example.COM ", "maria.garcia@example.com"),
        ("ａ＠ｂ．ｃｏｍ", "a@b.com"),
        ("12345@qq。com", "12345@qq.com"),
        ("o'brien+shop@mail.example.co.uk", "o'brien+shop@mail.example.co.uk"),
        ("李@例子.公司", "李@例子.公司"),
    ],
)
def test_an_email_is_read(text, address):
    assert contact_values.email(text) == address


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" ", "email_empty"),
        ("maria", "email_odd"),
        ("maria@", "email_odd"),
        ("@x.com", "email_odd"),
        ("maria@shop", "email_odd"),
        ("a@b@c.com", "email_odd"),
        ("a..b@c.com", "email_odd"),
        ("a b@c.com", "email_odd"),
        ("a@b.com\x00", "email_odd"),
        ("a@b.com\r\nBcc: c@d.com", "email_odd"),
        ("a@-b.com", "email_odd"),
        ("a" * 65 + "@b.com", "email_long"),
        ("a@" + "b" * 260 + ".com", "email_long"),
    ],
)
def test_an_unreadable_email_is_refused(text, code):
    refused = refusal(contact_values.email, text)
    assert (refused.code, refused.field) == (code, "email")


@pytest.mark.parametrize(("text", "name"), [(" Lin_Xiao88 ", "Lin_Xiao88"), ("@lily", "lily"), ("小鹿", "小鹿"), ("a" * 64, "a" * 64)])
def test_a_handle_is_kept_as_typed(text, name):
    assert contact_values.handle(text) == name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "handle_empty"),
        ("@", "handle_empty"),
        ("a", "handle_short"),
        ("a" * 65, "handle_long"),
        ("a b", "handle_odd"),
        ("a\tb", "handle_odd"),
        ("a\u200bb", "handle_odd"),
    ],
)
def test_an_unreadable_handle_is_refused(text, code):
    refused = refusal(contact_values.handle, text)
    assert (refused.code, refused.field) == (code, "handle")


@pytest.mark.parametrize(("text", "number"), [("vip-00123", "VIP-00123"), (" 8800 1234 ", "88001234"), ("ＶＩＰ１", "VIP1")])
def test_a_card_number_is_read(text, number):
    assert contact_values.card(text) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "card_empty"), ("1", "card_short"), ("1" * 33, "card_long"), ("金卡1", "card_odd"), ("--", "card_odd"), ("1_2", "card_odd")],
)
def test_an_unreadable_card_number_is_refused(text, code):
    refused = refusal(contact_values.card, text)
    assert (refused.code, refused.field) == (code, "card")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  王  小明 ", "王 小明"),
        ("O'Brien", "O'Brien"),
        ("O´Brien", "O'Brien"),
        ("Ana Villasen\u0303or", "Ana Villaseñor"),
        ("迪丽热巴·迪力木拉提", "迪丽热巴·迪力木拉提"),
        ("王\u200b小\x00明\ufeff", "王小明"),
        ("Maria\r\nGarcia\u3000Lopez", "Maria Garcia Lopez"),
        ("Ａｍｙ 🌸", "Amy 🌸"),
        ("a" * 40, "a" * 40),
    ],
)
def test_a_name_is_kept_as_its_bearer_writes_it(text, name):
    assert contact_values.person_name(text) == name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "name_empty"),
        (" \u200b\u3000", "name_empty"),
        ("a" * 41, "name_long"),
        ("13812345678", "name_letters"),
        ("🌸🌸", "name_letters"),
        ("·-'", "name_letters"),
        ("<b>Ana</b>", "name_odd"),
        ("＜b＞", "name_odd"),
    ],
)
def test_an_unreadable_name_is_refused(text, code):
    refused = refusal(contact_values.person_name, text)
    assert (refused.code, refused.field) == (code, "name")


@given(st.text(max_size=60))
def test_a_name_once_read_reads_as_itself(text):
    try:
        name = contact_values.person_name(text)
    except BadValue:
        return
    assert contact_values.person_name(name) == name


def test_the_short_way_for_chinese_mobiles_writes_what_the_library_writes():
    import phonenumbers

    for number in ("+8613800003921", "+8619912345678", "+8617000000000"):
        parsed = phonenumbers.parse(number)
        assert contact_values.phone_shown(number, "CN") == phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
        assert contact_values.phone_shown(number, "GB") == phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_the_short_way_for_chinese_mobiles_agrees_with_the_library(typed: str) -> None:
    def read(text: str) -> str:
        try:
            return contact_values.phone(text, "CN")
        except BadValue as error:
            return error.code

    assert read(typed) == read(f" {typed[:3]}-{typed[3:]}") == read(f"+86 {typed}")
