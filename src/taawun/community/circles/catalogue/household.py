"""Clothes and household."""

from typing import Final

from django.utils.translation import pgettext_lazy

from taawun.community.circles.catalogue.kind import Kind, good

KINDS: Final[tuple[Kind, ...]] = (
    good(
        "household.clothes",
        pgettext_lazy("kind", "Clothes"),
        unit="bag",
        icon="clothes",
        english="clothing coat jacket jumper winter trousers dress",
        arabic="ثياب أواعي معطف جاكيت كنزة شتوية بنطال فستان",
    ),
    good(
        "household.shoes",
        pgettext_lazy("kind", "Shoes"),
        unit="pair",
        icon="shoes",
        english="boots sandals trainers",
        arabic="حذاء جزمة صندل بوط",
    ),
    good(
        "household.blankets",
        pgettext_lazy("kind", "Blankets"),
        unit="piece",
        icon="blanket",
        english="blanket quilt duvet warm cover",
        arabic="حرامات بطانية لحاف غطاء أغطية دفا",
    ),
    good(
        "household.mattress",
        pgettext_lazy("kind", "Mattress and bedding"),
        unit="piece",
        icon="bed",
        english="mattresses sheets pillow bed",
        arabic="فرشات مرتبة مخدة وسادة شراشف سرير",
    ),
    good(
        "household.furniture",
        pgettext_lazy("kind", "Furniture"),
        unit="piece",
        icon="furniture",
        english="table chair sofa wardrobe shelf cupboard",
        arabic="عفش طاولة كرسي كنبة خزانة رف مفروشات",
    ),
    good(
        "household.fridge",
        pgettext_lazy("kind", "Fridge or washing machine"),
        unit="piece",
        icon="fridge",
        english="appliance refrigerator freezer cooker fan",
        arabic="براد أجهزة كهربائية فرن مروحة فريزر",
    ),
    good(
        "household.kitchenware",
        pgettext_lazy("kind", "Pots, plates and cups"),
        unit="set",
        icon="kitchen",
        english="dishes pans cutlery kitchen utensils",
        arabic="طناجر حلل ملاعق أدوات مطبخ كاسات",
    ),
    good(
        "household.cooking_gas",
        pgettext_lazy("kind", "Cooking gas"),
        unit="piece",
        icon="fuel",
        english="gas bottle cylinder canister stove burner",
        arabic="أسطوانة جرة أنبوبة قنينة غاز موقد",
    ),
    good(
        "household.soap",
        pgettext_lazy("kind", "Soap and cleaning supplies"),
        unit="pack",
        icon="soap",
        english="shampoo detergent washing powder bleach toothpaste hygiene",
        arabic="شامبو منظفات مسحوق غسيل كلور معجون أسنان نظافة",
    ),
)
