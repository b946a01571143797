"""Food and water. A special diet is sensitive, because it names an illness."""

from typing import Final

from django.utils.translation import pgettext_lazy

from taawun.community.circles.catalogue.kind import Kind, good, service, skill

KINDS: Final[tuple[Kind, ...]] = (
    good(
        "food.cooked_meal",
        pgettext_lazy("kind", "Cooked meal"),
        unit="portion",
        icon="meal",
        english="hot food dinner lunch supper breakfast plate ready takeaway iftar",
        arabic="طعام أكل طبخة غداء عشاء فطور إفطار وجبات جاهزة ساخنة",
    ),
    good(
        "food.food_parcel",
        pgettext_lazy("kind", "Food parcel"),
        unit="box",
        icon="food",
        english="food box basket hamper groceries bank tinned tins cans oil sugar tea surplus",
        arabic="مواد غذائية سلال كرتونة تموين معونة معلبات زيت سكر شاي بقالة فائض",
    ),
    good(
        "food.bread",
        pgettext_lazy("kind", "Bread"),
        unit="piece",
        icon="bread",
        english="loaf loaves flatbread naan roti rolls bakery",
        arabic="رغيف أرغفة عيش صمون فرن مخبز تنور",
    ),
    good(
        "food.staples",
        pgettext_lazy("kind", "Rice, flour and lentils"),
        unit="kg",
        icon="staples",
        english="dry staples grain beans pulses pasta dal wheat bulgur cereal",
        arabic="رز دقيق برغل قمح حبوب بقول فول حمص معكرونة مواد جافة",
    ),
    good(
        "food.produce",
        pgettext_lazy("kind", "Fruit and vegetables"),
        unit="kg",
        icon="produce",
        english="fresh greens potatoes tomatoes onions bananas dates harvest",
        arabic="خضروات فاكهة بطاطا بطاطس بندورة طماطم بصل موز تمر طازج",
    ),
    good(
        "food.dairy_eggs",
        pgettext_lazy("kind", "Milk, eggs and cheese"),
        unit="pack",
        icon="food",
        english="dairy yoghurt yogurt butter cheese",
        arabic="ألبان لبن زبادي جبنة زبدة لبنة بيضة",
    ),
    good(
        "food.meat_fish",
        pgettext_lazy("kind", "Meat or fish"),
        unit="kg",
        icon="meat",
        english="chicken beef lamb mutton goat poultry",
        arabic="لحوم دجاج فراخ غنم خروف بقر أسماك",
    ),
    good(
        "food.water",
        pgettext_lazy("kind", "Drinking water"),
        unit="litre",
        icon="water",
        english="bottled jerrycan clean tanker bottle",
        arabic="ماء قوارير قناني جركن صهريج صالح للشرب",
    ),
    good(
        "food.special_diet",
        pgettext_lazy("kind", "Food for a special diet"),
        unit="portion",
        icon="fruit",
        sensitive=True,
        english="diabetic gluten free coeliac celiac allergy low salt kidney tube",
        arabic="سكري بدون غلوتين جلوتين حساسية قليل الملح كلى نظام غذائي",
    ),
    service(
        "food.shopping",
        pgettext_lazy("kind", "Grocery shopping"),
        unit="trip",
        icon="shop",
        english="shop for me market supermarket errand shopper",
        arabic="تسوق سوق بقالة مشتريات أغراض البيت",
    ),
    skill(
        "food.cooking",
        pgettext_lazy("kind", "Cooking for others"),
        unit="hour",
        icon="cook",
        english="cook chef community kitchen bake baking",
        arabic="طباخ طباخة مطبخ جماعي طهي خبيز",
    ),
)
