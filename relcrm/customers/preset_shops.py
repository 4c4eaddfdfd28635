"""The customer exports of shop systems: which columns give them away, and what each is. Reading this is presets.py.

In `marks` every column of one line must be there; in `columns` the first of several fits best. "skip" is what we know and leave out."""

from collections.abc import Mapping

Program = tuple[str, str, tuple[str, ...], Mapping[str, str]]
CUSTOMERS = "customers"

SHOPIFY: Program = (
    "Shopify",
    CUSTOMERS,
    (
        "First Name | Last Name | Accepts Email Marketing | Total Spent",
        "First Name | Last Name | Accepts Email Marketing | Default Address Zip",
        "First Name | Last Name | Accepts Email Marketing | Tax Exempt",
        "First Name | Last Name | Accepts Marketing | Total Spent",
        "First Name | Last Name | Accepts Marketing | Tax Exempt",
    ),
    {
        "given_name": "First Name",
        "family_name": "Last Name",
        "email": "Email",
        "consent_marketing": "Accepts Email Marketing | Accepts Marketing",
        "phone": "Phone | Default Address Phone",
        "address_line": "Default Address Address1 | Address1 | Default Address1",
        "address_line_2": "Default Address Address2 | Address2 | Default Address2",
        "address_city": "Default Address City | City | Default City",
        "address_province": "Province | Default Address Province Code | Province Code | Default Province Code",
        "address_postcode": "Default Address Zip | Zip | Default Zip",
        "address_country": "Country | Default Address Country Code | Country Code | Default Country Code",
        "note": "Note",
        "tags": "Tags",
        "skip": "Customer ID | Default Address Company | Company | Total Spent | Total Orders | Tax Exempt | Accepts SMS Marketing",
    },
)
SQUARE: Program = (
    "Square",
    CUSTOMERS,
    (
        "Square Customer ID | First Name | Email Address",
        "First Name | Email Address | Phone Number | Email Subscription Status",
        "First Name | Surname | Email Address | Phone Number | Company Name",
        "First Name | Last Name | Email Address | Phone Number | Creation Source",
        "First Name | Email Address | Phone Number | Email Unsubscribed",
    ),
    {
        "given_name": "First Name",
        "family_name": "Last Name | Surname",
        "email": "Email Address",
        "phone": "Phone Number",
        "consent_marketing": "Email Subscription Status",
        "consent_marketing_not": "Email Unsubscribed",
        "nickname": "Nickname | Company Name",
        "address_line": "Street Address 1 | Address Line 1",
        "address_line_2": "Street Address 2 | Address Line 2",
        "address_city": "City",
        "address_province": "State | Province | County | Prefecture",
        "address_postcode": "Postal Code | Postcode | ZIP",
        "birthday": "Birthday",
        "note": "Memo | Note",
        "registered_on": "First Visit",
        "tags": "Groups",
        "skip": "Reference ID | Square Customer ID | Creation Source | Last Visit | Transaction Count | Lifetime Spend | Instant Profile"
        " | Blocked from online booking",
    },
)
WOOCOMMERCE: Program = (
    "WooCommerce",
    CUSTOMERS,
    ("Name | Username | Email | AOV", "user_login | user_email", "user_email | billing_phone", "Username | Email | Billing Phone | Role"),
    {
        "name": "Name",
        "given_name": "first_name | billing_first_name",
        "family_name": "last_name | billing_last_name",
        "nickname": "display_name | nickname | billing_company",
        "email": "Email | user_email | billing_email",
        "phone": "Billing Phone | Shipping Phone",
        "registered_on": "Sign Up | Date Registered | user_registered",
        "address_line": "billing_address_1",
        "address_line_2": "billing_address_2",
        "address_city": "City | billing_city",
        "address_province": "Region | billing_state",
        "address_postcode": "Postal Code | billing_postcode",
        "address_country": "Country / Region | billing_country",
        "note": "description",
        "skip": "Username | user_login | user_pass | Last Active | Orders | Total Spend | AOV | Role | Roles | ID | customer_id | user_nicename | user_url | user_status"
        " | shipping_first_name | shipping_last_name | shipping_company | shipping_address_1 | shipping_address_2 | shipping_city | shipping_state"
        " | shipping_postcode | shipping_country | locale",
    },
)
LOYVERSE: Program = (
    "Loyverse",
    CUSTOMERS,
    (
        "Customer name | Customer code | Points balance",
        "Customer name | Total visits | Total spent",
        "Customer name | Email | Customer code",
    ),
    {
        "name": "Customer name",
        "email": "Email",
        "phone": "Phone",
        "address_line": "Address",
        "address_city": "City",
        "address_province": "Region | Province | State",
        "address_postcode": "Postal code | Zip",
        "address_country": "Country",
        "card": "Customer code",
        "note": "Note",
        "registered_on": "First visit",
        "skip": "Customer ID | Points balance | Last visit | Total visits | Total spent | Average order value",
    },
)
OPEN_SOURCE_POS: Program = (
    "Open Source POS",
    CUSTOMERS,
    ("First Name | Last Name | Account Number | Taxable", "First Name | Last Name | Consent | Phone Number | Taxable"),
    {
        "given_name": "First Name",
        "family_name": "Last Name",
        "gender_zero_female": "Gender",
        "email": "Email",
        "phone": "Phone Number",
        "address_line": "Address 1",
        "address_line_2": "Address 2",
        "address_city": "City",
        "address_province": "State",
        "address_postcode": "Zip",
        "address_country": "Country",
        "note": "Comments",
        "card": "Account Number",
        "nickname": "Company",
        "skip": "Consent | Discount | Discount_Type | Taxable",
    },
)
EASYSTORE: Program = (
    "EasyStore",
    CUSTOMERS,
    ("First_Name | Last_Name | Address_Customer_Phone", "First_Name | Credit_Balance | Point_Balance"),
    {
        "given_name": "First_Name",
        "family_name": "Last_Name",
        "nickname": "Address_Customer_Name",
        "email": "Email",
        "phone": "Phone | Address_Customer_Phone",
        "birthday": "Birthdate",
        "gender": "Gender",
        "consent_marketing": "Accepts_Marketing",
        "tags": "Group_Name | Tags",
        "address_line": "Address_Customer_Address 1",
        "address_line_2": "Address_Customer_Address 2",
        "address_city": "Address_Customer_City",
        "address_province": "Address_Customer_Province | Address_Customer_Province_Code",
        "address_postcode": "Address_Customer_Zip",
        "address_country": "Address_Customer_Country | Address_Customer_Country_Code",
        "skip": "Verified_Customer | Avatar_Image_Src | Auth_Type | Auth_Account | Customer_Address_ID | Address_Customer_First_Name"
        " | Address_Customer_Last_Name | Address_Customer_Company | Address_Customer_Primary | Customer Attribute",
    },
)
LIGHTSPEED: Program = (
    "Lightspeed",
    CUSTOMERS,
    ("customer_code | first_name | last_name | physical_address_1", "customer_code | first_name | do_not_email"),
    {
        "given_name": "first_name",
        "family_name": "last_name",
        "nickname": "company_name",
        "phone": "mobile | phone",
        "email": "email",
        "birthday": "date_of_birth",
        "gender": "sex | gender",
        "consent_marketing_not": "do_not_email",
        "address_line": "physical_address_1 | postal_address_1",
        "address_line_2": "physical_address_2 | postal_address_2",
        "address_district": "physical_suburb | postal_suburb",
        "address_city": "physical_city | postal_city",
        "address_province": "physical_state | postal_state",
        "address_postcode": "physical_postcode | postal_postcode",
        "address_country": "physical_country_id | physical_country | postal_country_id",
        "note": "note",
        "registered_on": "created_at | date_created",
        "skip": "customer_code | fax | website | twitter | customer_group_name | enable_loyalty | loyalty_balance | account_balance | balance",
    },
)
NIUSHOP: Program = (
    "NiuShop",
    CUSTOMERS,
    ("用户名 | 手机号 | 昵称 | 真实姓名 | 成长值", "手机号 | 昵称 | 微信小程序openid"),
    {
        "name": "真实姓名",
        "nickname": "昵称",
        "phone": "手机号",
        "skip": "用户名 | 微信公众号openid | 微信小程序openid",
    },
)
ANKANG: Program = (
    "安康",
    CUSTOMERS,
    ("卡号 | 姓名 | 手机 | 卡内余额 | 记次次数",),
    {
        "card": "卡号",
        "name": "姓名",
        "gender": "性别",
        "phone": "手机",
        "birthday": "生日",
        "registered_on": "发卡日期",
        "address_whole": "地址",
        "note": "备注",
        "skip": "作废日期 | 单位",
    },
)

SHOPS: tuple[Program, ...] = (
    SHOPIFY, SQUARE, WOOCOMMERCE, LOYVERSE, OPEN_SOURCE_POS, EASYSTORE, LIGHTSPEED, NIUSHOP, ANKANG,
)  # fmt: skip
