"""The words that appear in pictures and answers, in English and Chinese, and the characters they need."""

from random import Random

# Colour name → (Chinese, RGB).
COLOURS = {
    'red': ('红色', (214, 40, 40)), 'orange': ('橙色', (245, 130, 25)), 'yellow': ('黄色', (250, 215, 40)),
    'green': ('绿色', (45, 155, 65)), 'blue': ('蓝色', (35, 90, 205)), 'purple': ('紫色', (125, 55, 165)),
    'pink': ('粉色', (250, 145, 185)), 'brown': ('棕色', (125, 75, 40)), 'black': ('黑色', (22, 22, 24)),
    'white': ('白色', (248, 248, 248)), 'grey': ('灰色', (135, 138, 142)),
}
SHAPES = {
    'circle': '圆形', 'square': '正方形', 'triangle': '三角形', 'star': '星形', 'heart': '心形', 'hexagon': '六边形',
    'cross': '十字形', 'diamond': '菱形', 'ring': '圆环',
}
PLACES = {
    'top left': '左上角', 'top': '上方', 'top right': '右上角', 'left': '左边', 'center': '中间', 'right': '右边',
    'bottom left': '左下角', 'bottom': '下方', 'bottom right': '右下角',
}
DIRECTIONS = {'left': '向左', 'right': '向右', 'up': '向上', 'down': '向下'}

# Sign id → (English, Chinese). In an answer, a speed limit is followed by its number.
SIGNS = {
    'speed': ('Speed limit', '限速'), 'end speed': ('End of speed limit', '解除限速'), 'stop': ('Stop', '停车让行'),
    'give way': ('Give way', '减速让行'), 'no entry': ('No entry', '禁止驶入'), 'no left': ('No left turn', '禁止左转'),
    'no right': ('No right turn', '禁止右转'), 'no u-turn': ('No U-turn', '禁止掉头'),
    'no vehicles': ('No vehicles', '禁止通行'), 'left only': ('Turn left only', '只准左转'),
    'right only': ('Turn right only', '只准右转'), 'straight only': ('Straight ahead only', '只准直行'),
    'roundabout': ('Roundabout', '环岛行驶'), 'no parking': ('No parking', '禁止停车'),
    'no stopping': ('No stopping', '禁止临时停车'), 'parking': ('Parking', '停车场'), 'one way': ('One way', '单行道'),
    'crossing': ('Pedestrian crossing', '人行横道'), 'priority': ('Priority road', '主要道路'),
    'danger': ('Danger', '注意危险'), 'lights': ('Traffic lights ahead', '注意信号灯'),
    'crossroads': ('Crossroads ahead', '前方十字路口'), 'hospital': ('Hospital', '医院'),
}

ENGLISH_WORDS = (
    'coffee tea bread market school garden window river mountain summer winter spring music library station airport '
    'hotel kitchen flower orange banana apple lemon cherry paper pencil camera travel ticket garage office doctor '
    'dentist baker butcher fresh local organic open closed sale exit enter push pull danger warning caution welcome '
    'hello thanks please private public parking north south east west bridge castle tower street avenue road lane '
    'village island harbor ocean beach forest desert valley silver golden copper iron steel stone wood glass plastic '
    'quick brown jumps lazy wizard vixen jungle puzzle zebra quartz oxygen hydrogen carbon nitrogen helium photon '
    'quantum vector matrix kernel engine turbo motor pilot rocket planet saturn jupiter comet galaxy cosmos meteor '
    'butter cheese yogurt honey sugar pepper salt vinegar olive garlic onion tomato potato carrot pumpkin spinach '
    'monday tuesday friday sunday january march april june july august october november today tomorrow morning '
    'evening night happy lucky sunny cloudy rainy windy storm thunder number first second third left right center '
    'water juice milk wine beer soup salad pizza pasta rice noodle burger chicken fish beef pork lamb shrimp cake '
    'cookie candy chocolate vanilla strawberry gallery museum theater cinema concert festival holiday vacation '
    'keep clean quiet smoking wet floor lift stairs ladies gentlemen staff only reception lobby meeting room level '
    'free wifi zone charge battery power energy solar system digital analog signal switch button handle with care '
    'fragile this side up express delivery parcel letter stamp postal service bank money credit cash change account'
).split()

CHINESE_WORDS = (
    '欢迎光临 谢谢惠顾 禁止吸烟 小心地滑 安全出口 请勿打扰 正在营业 暂停营业 今日特价 新鲜水果 手工面包 绿茶 红茶 咖啡 牛奶 果汁 米饭 面条 饺子 '
    '包子 豆腐 青菜 牛肉 羊肉 鸡肉 鱼汤 火锅 烤鸭 早餐 午餐 晚餐 图书馆 电影院 火车站 飞机场 地铁站 公交车 出租车 停车场 医院 学校 银行 邮局 '
    '公园 超市 商店 书店 花店 药店 餐厅 酒店 办公室 会议室 洗手间 电梯 楼梯 入口 出口 一楼 二楼 三楼 左转 右转 直行 北京 上海 广州 深圳 杭州 南京 '
    '成都 重庆 西安 武汉 天津 苏州 长江 黄河 长城 春天 夏天 秋天 冬天 太阳 月亮 星星 高山 大海 河流 森林 花园 小鸟 老虎 大象 熊猫 飞鸟 朋友 老师 '
    '学生 家人 快乐 幸福 健康 平安 新年好 生日快乐 天天向上 好好学习 节约用水 保持安静 请排队 收银台 服务台 会员卡 打折 满减 包邮 现货 联系电话 '
    '营业时间 周一 周二 周三 周四 周五 周六 周日 上午 下午 晚上 东门 西门 南门 北门 开放 关闭 推 拉 爱 福 和 茶 酒 书 画 山 水 云 风'
).split()

# Shop name → Chinese name; a receipt is printed in one of the two.
SHOPS = {
    'Green Market': '绿色超市', 'Corner Cafe': '街角咖啡', 'City Books': '城市书店', 'Sunny Bakery': '阳光面包',
    'Blue Star': '蓝星商店', 'Fresh Farm': '新鲜农场', 'Old Town Deli': '老城小吃', 'River Pharmacy': '长河药店',
    'Golden Noodle': '金面馆', 'North Hardware': '北方五金', 'Happy Mart': '快乐便利', 'Tea House': '茶之家',
    'Park Hotel': '公园酒店', 'Ocean Fish': '海洋鲜鱼', 'Apple Tree': '苹果树', 'Moon Garden': '月亮花园',
}
ITEMS = {
    'Coffee': '咖啡', 'Tea': '绿茶', 'Milk': '牛奶', 'Bread': '面包', 'Cheese': '奶酪', 'Apples': '苹果', 'Bananas': '香蕉',
    'Eggs': '鸡蛋', 'Rice': '大米', 'Juice': '果汁', 'Butter': '黄油', 'Fish': '鲜鱼', 'Soap': '肥皂', 'Pen': '钢笔',
    'Book': '书本', 'Cake': '蛋糕', 'Noodles': '面条', 'Water': '矿泉水', 'Honey': '蜂蜜', 'Lamp': '台灯', 'Shoes': '鞋子',
    'Hat': '帽子', 'Phone': '手机', 'Bag': '背包', 'Cup': '杯子', 'Beef': '牛肉', 'Tofu': '豆腐', 'Salt': '食盐',
}
CITIES = {
    'Paris': '巴黎', 'London': '伦敦', 'Tokyo': '东京', 'Beijing': '北京', 'Rome': '罗马', 'Berlin': '柏林', 'Madrid': '马德里',
    'Oslo': '奥斯陆', 'Cairo': '开罗', 'Lima': '利马', 'Delhi': '德里', 'Sydney': '悉尼',
}
MONTHS = {
    'Jan': '一月', 'Feb': '二月', 'Mar': '三月', 'Apr': '四月', 'May': '五月', 'Jun': '六月', 'Jul': '七月', 'Aug': '八月',
    'Sep': '九月', 'Oct': '十月', 'Nov': '十一月', 'Dec': '十二月',
}
WEEKDAYS = {'Mon': '周一', 'Tue': '周二', 'Wed': '周三', 'Thu': '周四', 'Fri': '周五', 'Sat': '周六', 'Sun': '周日'}
QUARTERS = {'Q1': '一季度', 'Q2': '二季度', 'Q3': '三季度', 'Q4': '四季度'}
CHART_TITLES = {
    'Sales': '销售额', 'Visitors': '访客数', 'Revenue': '收入', 'Orders': '订单数', 'Profit': '利润', 'Rainfall': '降雨量',
    'Energy use': '用电量', 'Downloads': '下载量', 'Users': '用户数', 'Costs': '成本', 'Output': '产量', 'Exports': '出口额',
}
# Quantity of a gauge → Chinese.
QUANTITIES = {
    'pressure': '压力', 'temperature': '温度', 'speed': '速度', 'fuel': '油量', 'voltage': '电压', 'current': '电流',
    'humidity': '湿度', 'weight': '重量', 'rotation': '转速',
}
PROVINCES = '京沪津渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼'
RECEIPT_WORDS = {
    'Total': '合计', 'Date': '日期', 'Cash': '现金', 'Card': '刷卡', 'Thank you': '谢谢惠顾', 'Tax': '税额', 'Subtotal': '小计',
    'Receipt': '收据', 'Tel': '电话', 'No': '单号', 'Time': '时间',
}

SYLLABLES = [a + b + c for a in ('', *'bcdfghjklmnprstvwz', 'br', 'ch', 'pl', 'sh', 'st', 'tr') for b in 'aeiou' for c in ('', '', *'lmnrst')]


def unlisted(rng: Random, chinese: bool = False) -> str:
    """A word outside the tables above, or a made-up one, so that it must be read, not recognised."""
    if chinese:
        return rng.choice([word for word in CHINESE_WORDS if 2 <= len(word) <= 3])
    word = rng.choice(ENGLISH_WORDS) if rng.random() < 0.4 else ''.join(rng.choices(SYLLABLES, k=rng.randint(2, 3)))
    return word.capitalize()


LATIN_CHARACTERS = ''.join(map(chr, range(32, 127))) + '°£€¥·²'


def _chinese_characters() -> str:
    tables = [SHOPS, ITEMS, CITIES, MONTHS, WEEKDAYS, QUARTERS, CHART_TITLES, QUANTITIES, RECEIPT_WORDS]
    words = [*CHINESE_WORDS, PROVINCES, '停让医特价元年月日限速注意慢']
    words += [chinese for table in tables for chinese in table.values()]
    return ''.join(sorted({c for word in words for c in word if ord(c) > 0x2000}))


CHINESE_CHARACTERS = _chinese_characters()
