"""The exports of address books, as preset_shops.py has those of shop systems."""

from relcrm.customers.preset_shops import Program

CONTACTS = "contacts"

GOOGLE: Program = (
    "Google",
    CONTACTS,
    (
        "First Name | Phone 1 - Value",
        "First Name | E-mail 1 - Value",
        "Given Name | Phone 1 - Value",
        "Given Name | E-mail 1 - Value",
        "Name | Group Membership | Phone 1 - Value",
        "Name | Group Membership | E-mail 1 - Value",
    ),
    {
        "name": "Name",
        "given_name": "First Name | Given Name",
        "middle_name": "Middle Name | Additional Name",
        "family_name": "Last Name | Family Name",
        "salutation": "Name Prefix",
        "nickname": "Nickname | File As | Organization Name | Organization 1 - Name",
        "phone": "Phone 1 - Value | Phone 2 - Value | Phone 3 - Value",
        "email": "E-mail 1 - Value | E-mail 2 - Value",
        "birthday": "Birthday",
        "gender": "Gender",
        "preferred_language": "Language",
        "address_line": "Address 1 - Street",
        "address_line_2": "Address 1 - Extended Address",
        "address_city": "Address 1 - City",
        "address_province": "Address 1 - Region",
        "address_postcode": "Address 1 - Postal Code",
        "address_country": "Address 1 - Country",
        "note": "Notes",
        "tags": "Labels | Group Membership",
        "skip": "Phonetic First Name | Phonetic Middle Name | Phonetic Last Name | Yomi Name | Given Name Yomi | Additional Name Yomi"
        " | Family Name Yomi | Name Suffix | Initials | Short Name | Maiden Name | Location | Billing Information | Directory Server | Mileage"
        " | Occupation | Hobby | Sensitivity | Priority | Subject | Photo | Organization Title | Organization Department"
        " | Organization 1 - Title | Organization 1 - Type | Address 1 - Formatted | Address 1 - PO Box | Address 1 - Label | Address 1 - Type"
        " | Relation 1 - Label | Relation 1 - Value | Event 1 - Label | Event 1 - Value | Website 1 - Label | Website 1 - Value",
    },
)
OUTLOOK: Program = (
    "Outlook",
    CONTACTS,
    (
        "First Name | Last Name | Home Phone | Mobile Phone",
        "First Name | Last Name | E-mail Address | Mobile Phone",
        "First Name | Last Name | E-mail Address | Business Phone",
        "First Name | Last Name | E-mail Address | E-mail Display Name",
        "名 | 姓 | 移动电话 | 电子邮件地址",
        "名字 | 姓氏 | 移动电话 | 电子邮件地址",
    ),
    {
        "given_name": "First Name | 名 | 名字",
        "middle_name": "Middle Name | 中间名",
        "family_name": "Last Name | 姓 | 姓氏",
        "salutation": "Title | 称谓 | 头衔",
        "nickname": "Nickname | Company | 单位 | 公司",
        "phone": "Mobile Phone | Mobile Phone 2 | Home Phone | Business Phone | Primary Phone | Other Phone | Home Phone 2 | Business Phone 2"
        " | Company Main Phone | Car Phone | 移动电话 | 住宅电话 | 商务电话 | 单位电话 | 主要电话 | 其他电话",
        "email": "E-mail Address | E-mail 2 Address | E-mail 3 Address | 电子邮件地址 | 电子邮件 2 地址 | 电子邮件2地址",
        "birthday": "Birthday | 生日",
        "gender": "Gender | 性别",
        "preferred_language": "Language | 语言",
        "address_line": "Home Street | Business Street | Other Street | 住宅地址 街道 | 住宅所在街道 | 商务地址 街道",
        "address_line_2": "Home Street 2 | Business Street 2 | Other Street 2",
        "address_city": "Home City | Business City | Other City | 住宅地址 市/县 | 住宅所在市/县 | 商务地址 市/县",
        "address_province": "Home State | Business State | Other State | 住宅地址 省/市/自治区 | 住宅所在省/市/自治区 | 商务地址 省/市/自治区",
        "address_postcode": "Home Postal Code | Business Postal Code | Other Postal Code | 住宅地址 邮政编码 | 商务地址 邮政编码",
        "address_country": "Home Country | Home Country/Region | Business Country | Business Country/Region | Other Country"
        " | 住宅地址 国家/地区 | 商务地址 国家/地区",
        "note": "Notes | 附注 | 便笺",
        "tags": "Categories | 类别",
        "skip": "Suffix | Initials | Web Page | Anniversary | Location | Internet Free Busy | Pager | Home Fax | Business Fax | Other Fax | Home Address"
        " | Business Address | Other Address | Home Street 3 | Business Street 3 | Other Street 3 | Home Address PO Box | Business Address PO Box"
        " | Other Address PO Box | Spouse | Children | Manager's Name | Assistant's Name | Referred By | Assistant's Phone | Job Title | Department"
        " | Office Location | Organizational ID Number | Profession | Account | Callback | ISDN | Radio Phone | TTY/TDD Phone | Telex | User 1"
        " | User 2 | User 3 | User 4 | Keywords | Mileage | Hobby | Billing Information | Directory Server | Sensitivity | Priority | Private"
        " | E-mail Type | E-mail Display Name | E-mail 2 Type | E-mail 2 Display Name | E-mail 3 Type | E-mail 3 Display Name | 后缀 | 职务"
        " | 部门 | 住宅传真 | 商务传真 | 其他传真 | 寻呼机 | 配偶 | 子女 | 纪念日 | 网页 | 私有 | 敏感度 | 优先级",
    },
)
ODOO: Program = (
    "Odoo",
    CONTACTS,
    (
        "Name | Is a company",
        "Name | Related company | Address type",
        "Name | Company Type | Related company",
        "name | parent_id | country_id",
        "Complete Name | Salesperson | Country",
        "Name | Street2 | Salesperson",
    ),
    {
        "name": "Name | Complete Name | Display Name",
        "phone": "Mobile | Phone",
        "email": "Email",
        "salutation": "Title",
        "address_line": "Street",
        "address_line_2": "Street2",
        "address_city": "City",
        "address_province": "State | state_id",
        "address_postcode": "ZIP",
        "address_country": "Country | country_id",
        "tags": "Tags | category_id",
        "note": "Notes | Comment",
        "preferred_language": "Language | lang",
        "associate": "Salesperson | user_id",
        "registered_on": "Created on | create_date",
        "skip": "ID | External ID | Is a company | Company Type | Related company | parent_id | Address type | type | Company | Company Name | Website"
        " | Reference | Tax ID | Job Position | function | Activities",
    },
)
VCARD: Program = (
    "vCard",
    CONTACTS,
    ("Name | Form of address | Nickname | Phone 3 | E-mail 2 | Birthday | Postcode",),
    {
        "name": "Name",
        "salutation": "Form of address",
        "nickname": "Nickname",
        "phone": "Phone | Phone 2 | Phone 3",
        "email": "E-mail | E-mail 2",
        "birthday": "Birthday",
        "gender": "Gender",
        "address_line": "Street",
        "address_city": "City",
        "address_province": "State",
        "address_postcode": "Postcode",
        "address_country": "Country",
        "tags": "Tags",
        "note": "Note",
    },
)

ADDRESS_BOOKS: tuple[Program, ...] = (GOOGLE, OUTLOOK, ODOO, VCARD)
