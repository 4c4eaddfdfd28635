"""What shops and shop systems call their columns, in Chinese and English. Choosing among them is columns.py."""

import re
import unicodedata
from functools import cache

# Words before the bar are sure, words behind it only stand in when the file has nothing better. Compared as `key()` writes them.
WORDS = {
    "name": "姓名 会员姓名 真实姓名 客户姓名 顾客姓名 会员名称 客户名称 顾客名称 客户名 顾客名 名字 联系人 收货人 name fullname"
    " customername displayname membername clientname contactname | 会员名 会员 顾客 客户 用户名"
    " 用户名称 用户姓名 fileas username customer nama billingname",
    "nickname": "昵称 会员昵称 微信昵称 微信名 用户昵称 nickname preferredname",
    "family_name": "姓 姓氏 lastname familyname surname customerlastname billinglastname | last addresscustomerlastname",
    "middle_name": "中间名 middlename | additionalname",
    "given_name": "名 firstname givenname forename customerfirstname billingfirstname | first addresscustomerfirstname",
    "salutation": "称呼 称谓 尊称 salutation formofaddress honorific | nameprefix prefix title",
    "phone": "手机 行动电话 手机号 手机号码 会员手机 会员手机号 移动电话 联系手机 phone phonenumber mobile mobilephone mobilenumber cell"
    " cellphone phone1value contactphone customerphone | 电话 电话号码 联系电话 会员电话 客户电话 顾客电话 联系方式 联系号码"
    " telephone tel billingphone contactnumber nomor defaultaddressphone",
    "phone_2": "手机2 手机号2 电话2 备用电话 备用手机 第二电话 固定电话 座机 家庭电话 其他电话 phone2 phone2value mobile2 secondphone"
    " alternatephone primaryphone homephone | shippingphone addresscustomerphone otherphone homephone2 businessphone"
    " businessphone2 workphone",
    "phone_3": "手机3 电话3 phone3 phone3value thirdphone",
    "email": "邮箱 电子邮箱 电子邮件 邮件 邮箱地址 email emailaddress mail email1value customeremail billingemail | email1address",
    "email_2": "邮箱2 备用邮箱 email2 email2value secondemail alternateemail | email2address",
    "wechat": "微信 微信号 微信账号 个人微信 wechat wechatid weixin",
    "card": "卡号 会员卡号 会员卡 会员号 会员编号 会员卡编号 会员编码 会员代码 客户编号 贵宾卡号 cardno cardnumber membershipnumber"
    " memberno memberid membernumber loyaltynumber loyaltycard loyaltyid customercode accountnumber | 编号 cardid code",
    "birthday": "生日 出生日期 出生年月日 会员生日 客户生日 顾客生日 公历生日 阳历生日 新历生日 birthday birthdate dateofbirth dob"
    " birth | 出生年月 出生",
    "birthday_lunar": "阴历生日 农历生日 旧历生日 生日农历 生日阴历 lunarbirthday chinesebirthday 是否农历 是否阴历 生日类型 生日历法 历法"
    " islunar",
    "birthday_month": "生日月 生日月份 出生月 出生月份 birthmonth birthdaymonth monthofbirth",
    "birthday_day": "生日日 出生日 birthdayday birthday_day dayofbirth",
    "birthday_year": "生日年 生日年份 出生年 出生年份 birthyear birthdayyear yearofbirth",
    "gender": "性别 会员性别 客户性别 gender sex",
    "address_province": "省 省份 所在省 省市 province state region addressprovince addressstate homestate billingstate |"
    " defaultaddressprovincecode addresscustomerprovince address1region",
    "address_city": "市 城市 所在城市 地级市 city town addresscity homecity billingcity defaultaddresscity | address1city"
    " addresscustomercity",
    "address_district": "区 县 区县 区域 所在区 district county",
    "address_line": "详细地址 街道 街道地址 street streetaddress address1 addressline1 homestreet defaultaddressaddress1 billingaddress1 |"
    " address1street addresscustomeraddress1",
    "address_line_2": "address2 addressline2 street2 homestreet2 defaultaddressaddress2 billingaddress2 | address1extendedaddress"
    " addresscustomeraddress2",
    "address_postcode": "邮编 邮政编码 zip zipcode postcode postalcode homepostalcode defaultaddresszip billingpostcode"
    " | address1postalcode addresscustomerzip",
    "address_country": "国家 country countryregion homecountry defaultaddresscountrycode billingcountry | address1country"
    " addresscustomercountry",
    "address_whole": "地址 联系地址 家庭地址 家庭住址 住址 收货地址 通信地址 通讯地址 会员地址 客户地址 address homeaddress fulladdress"
    " mailingaddress | address1formatted",
    "preferred_language": "语言 常用语言 语种 language preferredlanguage locale",
    "tags": "标签 会员标签 客户标签 顾客标签 tags tag labels groupmembership | 分组 会员分组 客户分组 categories groups groupname",
    "note": "备注 会员备注 客户备注 顾客备注 说明 note notes clientnotes customernotes remark remarks comment comments memo | 描述 customernote",
    "home_store": "门店 所属门店 开卡门店 注册门店 归属门店 常去门店 会员门店 店铺 所属店铺 分店 homestore store storename branch shop |"
    " 开卡店铺 发卡门店 registeredstore",
    "associate": "导购 导购员 专属导购 所属导购 服务导购 店员 销售顾问 专属顾问 客户经理 开卡人 associate salesassociate salesperson"
    " advisor | 营业员 跟进人 accountmanager",
    "registered_on": "登记日期 登记时间 注册时间 注册日期 入会日期 入会时间 建档日期 建档时间 开卡日期 开卡时间 办卡日期 办卡时间 发卡日期"
    " 发卡时间 加入日期 加入时间 会员加入时间 入会日 成为会员时间 成为客户时间 办理日期 开通时间 signup signupdate registered registeredon registrationdate dateregistered joined joinedon joindate"
    " membersince customersince clientsince clientsincedate registereddate usersince | firstvisit firstseen added 创建时间 创建日期 createdat createdon created dateadded",
    "consent_callback": "同意回访 回访同意 接受回访 可回访 可以回访 允许回访 consentcallback allowcallback maycall",
    "consent_greeting": "同意问候 可以祝福 可以问候 允许问候 同意祝福 问候同意 接受问候 生日祝福 接受祝福 consentgreeting allowgreeting",
    "consent_profiling": "同意画像 同意推荐 个性化推荐 画像同意 偏好记录同意 同意分析 consentprofiling allowprofiling",
    "consent_survey": "同意调研 调研同意 接受调研 接受问卷 同意问卷 consentsurvey allowsurvey",
    "consent_marketing": "同意营销 营销同意 接受营销 接受促销 接收短信 接受短信 订阅 consentmarketing acceptsmarketing"
    " acceptsemailmarketing emailsubscriptionstatus marketingconsent marketingoptin marketingallowed newsletter | acceptssmsmarketing subscribed",
    "consent_marketing_not": "拒绝营销 不接收短信 拒收短信 拒收 退订 已退订 donotemail donotcontact donotsms donotmail donotmarket optout optedout"
    " marketingoptout emailoptout smsoptout unsubscribed emailunsubscribed",
    "opening_points": "积分 当前积分 会员积分 剩余积分 可用积分 积分余额 points pointsbalance pointbalance loyaltypoints currentpoints | availablepoints",
    "opening_points_until": "积分有效期 积分到期 积分到期日 积分过期时间 pointsexpiry pointsexpireon pointsvaliduntil pointsexpirationdate",
    "opening_tier": "会员等级 等级 会员级别 级别 tier loyaltytier memberlevel membershiptier viplevel vip等级",
    "opening_tier_until": "等级有效期 等级到期 等级到期日 会员有效期 tieruntil tiervaliduntil tierexpiry tierexpirydate",
    "opening_total": "累计消费 消费总额 总消费 消费金额 累计消费金额 总消费金额 历史消费 totalspent totalspend lifetimespend totalsales | totalamount",
    "opening_last": "最近消费 上次消费 最后消费 最近消费日期 上次消费时间 最后消费时间 最近消费时间 lastpurchase lastorder lastpurchasedate lastorderdate lastpurchasedon",
    "consent_date": "同意日期 同意时间 授权日期 授权时间 签署日期 签署时间 consentdate consentedon consentgivenon dateofconsent optindate | optintime",
}

# Parts of a header, for names no list foresees; the first line that fits decides.
PARTS = (
    ("skip", "fax|传真|pager|openid|unionid|company|organi[sz]ation|公司|spouse|children|phonetic|yomi"),
    ("skip", "商品|礼品|流水|订单|lineitem|receipt"),
    ("skip", "^(email|phone|address)\\d?(label|type)$|subscriptionid|assistant|密码"),
    ("skip", "blacklist|banned|blocked|黑名单"),
    (
        "consent_marketing_not",
        "optout|optedout|unsubscri|donot(e?mail|contact|call|sms|text)|nomarketing|拒收|退订|(拒绝|不接受|不接收|不同意).*(营销|促销|推广|短信)",
    ),
    ("consent_date", "(consent|同意|授权).*(date|日期|时间)$"),
    ("consent_marketing", "marketing|optin|subscri|营销|促销|推广"),
    ("birthday_lunar", "(阴历|农历|旧历).*(生日|出生)|(生日|出生).*(阴历|农历)|lunarbirth"),
    ("birthday", "生日|出生|birthday|birthdate|dateofbirth"),
    ("phone", "手机|mobilephone|cellphone|mobileno"),
    ("email", "邮箱|emailaddress|customeremail"),
    ("phone", "电话|telephone|phoneno|phonenumber"),
    ("wechat", "微信|wechat"),
    ("card", "卡号|会员编号|cardno|cardnumber"),
    ("address_postcode", "邮编|postalcode|postcode|zipcode"),
    ("gender", "性别|gender"),
    ("associate", "导购|店员"),
    ("home_store", "门店|分店"),
    ("registered_on", "(注册|登记|入会|加入|建档|办卡|开卡|发卡)(日期|时间|日)$|registrationdate|signupdate"),
    ("name", "姓名"),
    ("address_whole", "地址|住址"),
    ("tags", "标签"),
    ("note", "备注|remark"),
)

NEVER_STORED = re.compile(
    "密码|password|passwd|userpass|身份证|证件号|idcard|^idnumber|nationalid|ssn$|passport|护照|银行卡|bankcard|银行账号|bankaccount|creditcard"
    "|宗教|religion|民族|ethnic|政治面貌|病史|人脸"
)
LATER = re.compile(
    "积分|points?$|pointbalance|成长值|等级|级别|卡类型|会员类型|卡种|tier$|loyaltylevel|memberlevel|membertype|customergroup$"
)
ELSEWHERE = re.compile(
    "余额|储值|存款|计次|记次|creditbalance|storedvalue|giftcard|storecredit"
    "|消费金额|消费总额|累计消费|消费次数|总消费|总优惠|订单数|总金额"
    "|totalspen[dt]|lifetimespend|totalorders|^orders$|^aov$|averageordervalue|lastvisit|lastorder|lastpurchase|上次消费|最近消费|最后消费|upda?tedat"
)


TRADITIONAL = str.maketrans(
    "機號電話聯絡會員編郵備註別標籤門導購區縣國農曆陰陽帳稱謂顧戶類積點級費額訂單營銷動間時冊詳細語歷從來訊簡換業務專屬開發錄費實應數",
    "机号电话联络会员编邮备注别标签门导购区县国农历阴阳账称谓顾户类积点级费额订单营销动间时册详细语历从来讯简换业务专属开发录费实应数",
)


@cache
def key(text: str) -> str:
    """ "E-mail 1 - Value" and "E-Mail 1: value *" are the same header: letters and digits only, small, in their usual width and script."""
    plain = unicodedata.normalize("NFKC", text).lower().translate(TRADITIONAL)
    return "".join(letter for letter in plain if letter.isalnum())
