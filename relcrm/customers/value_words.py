"""The words shops write in their cells for gender, form of address, language, yes and no, and what we keep for each."""

SALUTATIONS = {
    "女士": "女士", "先生": "先生", "小姐": "小姐", "老师": "老师", "阿姨": "阿姨", "叔叔": "叔叔", "直呼其名": "直呼其名",
    "其他": "其他", "太太": "女士", "夫人": "女士", "小姐姐": "小姐", "ms": "女士", "mrs": "女士", "mme": "女士", "madam": "女士",
    "mr": "先生", "sir": "先生", "miss": "小姐", "teacher": "老师", "auntie": "阿姨", "aunt": "阿姨", "uncle": "叔叔",
    "first name": "直呼其名", "other": "其他", "dr": "其他", "prof": "其他", "professor": "其他", "mx": "其他", "博士": "其他",
    "教授": "其他", "医生": "其他",
}  # fmt: skip
GENDERS = {
    "女": "female", "女性": "female", "女士": "female", "female": "female", "f": "female", "woman": "female", "2": "female",
    "男": "male", "男性": "male", "先生": "male", "male": "male", "m": "male", "man": "male", "1": "male", "其他": "other",
    "other": "other", "x": "other", "diverse": "other", "未知": "undisclosed", "保密": "undisclosed", "不详": "undisclosed",
    "未填写": "undisclosed", "unknown": "undisclosed", "undisclosed": "undisclosed", "not specified": "undisclosed",
    "prefer not to say": "undisclosed", "u": "undisclosed",
}  # fmt: skip
LANGUAGES = {
    "zh": "zh-CN", "zh-cn": "zh-CN", "zh_cn": "zh-CN", "zh-hans": "zh-CN", "中文": "zh-CN", "简体中文": "zh-CN",
    "普通话": "zh-CN", "chinese": "zh-CN", "mandarin": "zh-CN", "汉语": "zh-CN", "en": "en", "en-us": "en", "en-gb": "en",
    "en_us": "en", "english": "en", "英文": "en", "英语": "en", "zh-hk": "zh-HK", "zh-tw": "zh-HK", "zh-hant": "zh-HK",
    "繁体中文": "zh-HK", "繁體中文": "zh-HK", "粤语": "zh-HK", "cantonese": "zh-HK", "other": "other", "其他": "other",
}  # fmt: skip
ANSWERS = {
    "yes": True, "y": True, "true": True, "1": True, "是": True, "有": True, "同意": True, "接受": True, "可以": True,
    "愿意": True, "√": True, "✓": True, "subscribed": True, "opted in": True, "no": False, "n": False, "false": False, "0": False,
    "否": False, "不同意": False, "不接受": False, "不可以": False, "不愿意": False, "拒绝": False, "×": False, "✗": False,
    "unsubscribed": False, "opted out": False, "not subscribed": False,
}  # fmt: skip
CALENDARS = {
    "农历": True, "阴历": True, "旧历": True, "lunar": True, "公历": False, "阳历": False, "新历": False, "solar": False,
}  # fmt: skip
