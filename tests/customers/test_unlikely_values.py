"""What can be stored and cannot be right is known by its shape; what is only unusual is left alone."""

from datetime import date

import pytest

from relcrm.customers.unlikely_values import birthday_is_wrong, email_trouble, meant_domain, phone_trouble

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("phone", "code"),
    [
        ("+8613800138000", "phone_placeholder"),
        ("+8613800000000", "phone_placeholder"),
        ("+8613812345678", "phone_placeholder"),
        ("+8611111111111", "phone_placeholder"),
        ("+447700900123", "phone_placeholder"),
        ("+12125550123", "phone_placeholder"),
        ("+8612800003921", "phone_impossible"),
        ("+861380000392", "phone_impossible"),
        ("+4420", "phone_impossible"),
        ("+9991234567", "phone_impossible"),
        ("nonsense", "phone_impossible"),
        ("+8613800003921", ""),
        ("+8613888888888", ""),  # dear, but sold
        ("+8619912345670", ""),
        ("+8657187002216", ""),
        ("+447400112233", ""),
    ],
)
def test_phones(phone, code):
    assert phone_trouble(phone) == code


@pytest.mark.parametrize(
    ("email", "found"),
    [
        ("lin@gmial.com", ("email_typo", "gmail.com")),
        ("lin@gmail.con", ("email_typo", "gmail.com")),
        ("lin@qq.con", ("email_typo", "qq.com")),
        ("lin@163.cm", ("email_typo", "163.com")),
        ("lin@hotmial.com", ("email_typo", "hotmail.com")),
        ("lin@test.com", ("email_placeholder", "")),
        ("lin@example.com", ("email_placeholder", "")),
        ("noemail@qq.com", ("email_placeholder", "")),
        ("lin.qq.com", ("email_odd", "")),
        ("lin@@qq.com", ("email_odd", "")),
        ("lin@qq", ("email_odd", "")),
        ("lin@qq.com", ("", "")),
        ("lin@mail.com", ("", "")),
        ("lin@ymail.com", ("", "")),
        ("lin@139.com", ("", "")),
        ("lin@yunshang-clothing.com", ("", "")),
        ("testa@qq.com", ("", "")),
    ],
)
def test_emails(email, found):
    assert email_trouble(email) == found


def test_no_provider_is_taken_for_a_slip_of_another():
    assert [
        one
        for one in ("mail.com", "gmx.com", "gmx.de", "web.de", "163.net", "126.com", "188.com", "yahoo.cn", "live.cn", "t-online.de")
        if meant_domain(one)
    ] == []


def born(year, month, day, calendar="solar", **more):
    return {"calendar": calendar, "year": year, "month": month, "day": day, "leap": False, "leap_policy": "leap_if_present", **more}


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        (born(2030, 1, 1), True),
        (born(2026, 12, 1), True),
        (born(1899, 5, 1), True),
        (born(1985, 2, 30), True),
        (born(1985, 2, 29), True),
        (born(1986, 2, 30, "lunar"), False),
        (born(1985, 2, 31, "lunar"), True),
        (born(None, 2, 30, "lunar"), False),  # in some years the second month has thirty days
        (born(1987, 2, 30, "lunar"), True),  # in that year it had not
        (born(1985, 13, 1), True),
        (born(None, None, 3), True),
        (born(None, 2, 29), False),
        (born(1985, 11, None), False),
        ({"calendar": "solar"}, True),
    ],
)
def test_birthdays(value, wrong):
    assert birthday_is_wrong(value, TODAY) is wrong
