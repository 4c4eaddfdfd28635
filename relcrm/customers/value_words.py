"""The words shops write in their cells for gender, form of address, language, yes and no, and what we keep for each."""

SALUTATIONS = {
    "女士": "ms", "先生": "mr", "小姐": "miss", "老师": "teacher", "阿姨": "auntie", "叔叔": "uncle", "直呼其名": "first_name",
    "其他": "other", "太太": "ms", "夫人": "ms", "小姐姐": "miss", "ms": "ms", "mrs": "ms", "mme": "ms", "madam": "ms",
    "mr": "mr", "sir": "mr", "miss": "miss", "teacher": "teacher", "auntie": "auntie", "aunt": "auntie", "uncle": "uncle",
    "first name": "first_name", "by first name": "first_name", "other": "other", "another way": "other", "dr": "other", "prof": "other", "professor": "other",
    "mx": "other", "博士": "other", "教授": "other", "医生": "other",
}  # fmt: skip
GENDERS = {
    "女": "female", "女性": "female", "女士": "female", "female": "female", "f": "female", "woman": "female", "2": "female",
    "男": "male", "男性": "male", "先生": "male", "male": "male", "m": "male", "man": "male", "1": "male", "其他": "other",
    "other": "other", "x": "other", "diverse": "other", "未知": "undisclosed", "保密": "undisclosed", "不透露": "undisclosed",
    "不详": "undisclosed", "未填写": "undisclosed", "unknown": "undisclosed", "undisclosed": "undisclosed",
    "not specified": "undisclosed", "unspecified": "undisclosed", "prefer not to say": "undisclosed", "not given": "undisclosed", "u": "undisclosed",
}  # fmt: skip
LANGUAGES = {
    "zh": "zh-CN", "zh-cn": "zh-CN", "zh_cn": "zh-CN", "zh-hans": "zh-CN", "中文": "zh-CN", "简体中文": "zh-CN",
    "普通话": "zh-CN", "chinese": "zh-CN", "mandarin": "zh-CN", "汉语": "zh-CN", "en": "en", "en-us": "en", "en-gb": "en",
    "en_us": "en", "english": "en", "英文": "en", "英语": "en", "zh-hk": "zh-HK", "zh-tw": "zh-HK", "zh-hant": "zh-HK",
    "繁体中文": "zh-HK", "繁體中文": "zh-HK", "粤语": "zh-HK", "cantonese": "zh-HK", "chinese (simplified)": "zh-CN",
    "chinese (traditional)": "zh-HK", "another language": "other", "other": "other", "其他": "other",
}  # fmt: skip
ANSWERS = {
    "yes": True, "y": True, "true": True, "t": True, "1": True, "on": True, "ok": True, "agree": True, "agreed": True, "accepted": True,
    "granted": True, "allowed": True, "subscribed": True, "opted in": True, "opt in": True, "是": True, "有": True, "同意": True,
    "已同意": True, "已授权": True, "授权": True, "接受": True, "接收": True, "可以": True, "愿意": True, "允许": True, "订阅": True,
    "已订阅": True, "√": True, "✓": True, "✔": True, "no": False, "n": False, "false": False, "f": False, "0": False, "off": False,
    "disagree": False, "declined": False, "refused": False, "denied": False, "unsubscribed": False, "opted out": False, "opt out": False,
    "not subscribed": False, "否": False, "不同意": False, "未同意": False, "不接受": False, "不接收": False, "不可以": False,
    "不愿意": False, "不允许": False, "未授权": False, "拒绝": False, "拒收": False, "未订阅": False, "退订": False, "已退订": False,
    "×": False, "✗": False, "✘": False,
}  # fmt: skip
UNDECIDED = {"unknown", "pending", "not asked", "unspecified", "未知", "未询问", "待确认", "未确认", "未填写"}
CALENDARS = {
    "农历": True, "阴历": True, "旧历": True, "lunar": True, "公历": False, "阳历": False, "新历": False, "solar": False,
}  # fmt: skip
