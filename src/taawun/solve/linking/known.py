"""Names so common that their spellings are known, one a line: what sound alone would mix up is told apart here.

Each line holds the spellings of one name, in all scripts. A spelling may stand on two lines where it is honestly both.
Data, to be extended; a name that is not here is compared by its sounds.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from taawun.solve.linking.sounds import folded

_SPELLINGS: Final = """
محمد mohammad mohammed mohamed mohamad muhammad muhammed muhamed muhamad mohd mohammod mohamet mehmet mehmed mouhamed mouhammed mouhamad mohmed mahomed md মোহাম্মদ মুহাম্মদ মোঃ মো
محمود mahmoud mahmud mahmood mahmut mahmod mehmood mehmud মাহমুদ
أحمد احمد ahmad ahmed ahmet achmad ahmmed আহমেদ আহমদ আহম্মেদ
حامد hamed hamid
حميد hamid hameed hameid
حمد hamad
حماد hammad hamad
حمود hammoud hamoud hammud
حمدان hamdan hemdan
حسن hasan hassan hassen hacen হাসান
حسين حسین hussein hussain husain husein hossein hosein hossain husseyn huseyin hussin houssein hocine houssain hussien hosen হোসেন হোসাইন
حسان hassan hassane
حسنين hasanein hassanain hasnain
محسن mohsen muhsin mohsin
علي على علی ali aly আলী আলি
علاء ala alaa alae
علياء alia aliya aliaa alya
عالية alia aliya
عمر omar umar omer omor umer ömer ওমর উমর
عمرو عمر amr amro amrou
عامر amer amir aamir
أمير امير amir ameer emir আমির
أميرة اميرة amira ameera emira emire
عمار ammar amar
عمران imran omran emran ইমরান
سمير samir sameer semir সমীর
سميرة samira sameera semira সামিরা
سامر samer
سمر samar
سامي sami samy
سامية samia samiya
سالم salem salim
سليم salim saleem selim সেলিম সালিম
سلمان salman selman সালমান
سليمان suleiman sulayman suleyman soliman sulaiman solaiman slimane sulaeman süleyman সোলাইমান
سلام salam
سلامة salama salameh
سلمى salma selma سلمي সালমা
صالح saleh salih
صلاح salah
صالحة saliha saleha
سعد saad sad
سعيد سعید said saeed saied sayeed syed সাঈদ
سعاد souad suad soad
سعيدة saida saeeda
سيد syed sayed sayyid sayyed seyed seyyed সৈয়দ
خالد khaled khalid halit halid খালেদ খালিদ
خليل khalil halil khaleel খলিল
وليد walid waleed oualid velid
جمال jamal gamal djamel djamal cemal জামাল
جميل jamil jameel gamil djamil cemil জামিল
جميلة jamila jameela gamila djamila cemile জমিলা
كريم karim kareem kerim করিম
كريمة karima kareema kerime
كرم karam kerem
كمال kamal kemal কামাল
كامل kamel kamil
يوسف youssef yusuf yousef yousif youcef yusef yosef yussuf joseph iousef ইউসুফ
يونس younes younis yunus younous ইউনুস
ياسين yassin yasin yassine yaseen ইয়াসিন
ياسر yasser yasir yaser
ياسمين yasmin yasmine yasmeen jasmin ইয়াসমিন
إبراهيم ابراهيم ابراهیم ibrahim ebrahim brahim abraham ibrahem ইব্রাহিম
إسماعيل اسماعيل ismail ismael esmail smail ismaeel ইসমাইল
إسحاق اسحق ishaq ishak isaac
عيسى issa isa eissa aissa ঈসা
موسى musa moussa mousa মুসা
مصطفى مصطفي mustafa mustapha moustafa moustapha mostafa mustafah মোস্তফা মুস্তাফা
طارق tarek tariq tarik tareq তারেক
طاهر taher tahir
طه taha
زيد zaid zayd zeid zayed
زياد ziad ziyad zyad
زاهر zaher zahir
زهير zuhair zouheir zouhair
زينب zainab zeinab zaynab zeynab zeynep zineb zaineb জয়নব
زينة zeina zaina
زهرة zahra zahrah zehra
زهراء zahra zahraa
فاطمة فاطمه fatima fatma fatema fatimah fatme fatemeh fatoumata ফাতেমা ফাতিমা
فادي fadi fady
فادية fadia
فريد farid fareed ferid
فريدة farida fareeda feride ফরিদা
فهد fahd fahad
فهيم fahim faheem
فؤاد fouad fuad foad
فيصل faisal faysal feisal faycal ফয়সাল
خديجة khadija khadijah khadeja khadiga hatice kadija khadidja খাদিজা
عائشة عايشة aisha aysha ayesha aicha aysheh ayse aishah আয়েশা
آمنة امنة amna amina amneh
أمينة امينة amina ameena emine আমিনা
أمين امين amin ameen emin আমিন
إيمان ايمان iman eman
أيمن ايمن ayman aymen aiman
مريم maryam mariam meryem maryem mariem miriam মরিয়ম
مروان marwan marouane mervan
مروة marwa merve
منى mona muna mouna
منير munir mounir muneer
منيرة munira mounira
نادر nader nadir
نادية nadia nadya
نديم nadim nadeem
ندى nada neda
نور nour noor nur noura নূর
نورا نورة noura nora nura
نبيل nabil nabeel
نبيلة nabila nabeela
ناصر nasser naser nasir nasir
نصر nasr
نصير nasir naseer
نسرين nisreen nesrin nasreen nasrin নাসরিন
ليلى ليلي leila layla laila leyla leyla লায়লা
لينا lina leena
لمياء lamia lamiaa
هدى huda hoda houda
هادي hadi hady
هند hind hend
هناء hana hanaa
هاني hani hany
هشام hisham hicham hesham
هبة hiba heba
رامي rami ramy
ريم reem rim
ريما rima reema
رنا rana
رانيا rania ranya
رشا rasha racha
رشيد rashid rasheed rachid rechid রশিদ
رشاد rashad rachad
راشد rashed rashid
رضا reda rida reza ridha rıza riza রেজা
رحيم rahim raheem রহিম
رحمن رحمان rahman rehman rahmane rohman রহমান
رحمة rahma
رقية ruqayya rukaya rokaya ruqaya রোকেয়া
باسم basem bassem basim
بسام bassam
بلال bilal belal বিলাল বেলাল
بشير bashir bachir basheer beshir বশির
بشار bashar bachar
ثامر thamer tamer
تامر tamer
جابر jaber jabir gaber
جعفر jaafar jafar gaafar cafer jaffar djaafar
جورج george georges
جوزيف joseph yousef
حليمة halima haleema halime হালিমা
حكيم hakim hakeem
حاتم hatem hatim
داود داوود daoud dawood dawud david davut দাউদ
ديمة dima deema
دينا dina
ربيع rabih rabie rabia rabi
رابعة rabia rabea
عادل adel adil
عدنان adnan
عثمان othman osman uthman usman ousmane ওসমান উসমান
عصام issam essam isam
عماد imad emad
غسان ghassan gassan rassan
قاسم qasim kassem qassem kasim kacem qasem কাসেম
لطفي lutfi lotfi
لطيفة latifa lateefa লতিফা
ماجد majed majid maged
مجيد majid majeed macit
ماهر maher mahir
مازن mazen mazin
مالك malek malik
منصور mansour mansur mansoor মনসুর
معاذ muath moaz muadh
هيثم haitham haytham
وائل wael wail
وسام wissam wisam
وفاء wafa wafaa
يحيى yahya yehia yahia ইয়াহিয়া
إدريس idris idriss driss
أنس انس anas
أسامة اسامة osama usama oussama
أسماء اسماء asma asmaa asmae আসমা
إسراء اسراء israa esraa isra
آية اية aya ayah
هالة hala
هيام hiyam
هلا hala
شريف sharif sherif cherif shareef শরীফ
شريفة sharifa cherifa
شادي shadi chadi shady
شادية shadia chadia
شيماء shaima chaima shaimaa
شهد shahd shahad
جهاد jihad jehad
جنى jana
جنان jinan jinane
حنان hanan hanane
حنين haneen hanine
خضر khader khodor khidr hizir
حيدر haidar haider haydar hayder হায়দার
عباس abbas abas আব্বাস
كاظم kazem kadhim kazim
صادق sadiq sadek sadeq sadegh সাদেক
صابر saber sabir
صبري sabri
صفاء safa safaa
ضياء dia ziya diaa zia zeya
عارف aref arif আরিফ
عاطف atef
عزيز aziz azeez আজিজ
عزيزة aziza
غادة ghada rada
كوثر kawthar kaoutar kawsar kevser
نعيم naim naeem
نجاة najat
نجلاء najla
نهى noha nuha
سهام siham seham
سهى suha soha
سهير suhair soheir
سارة ساره sara sarah সারা
سوسن sawsan sausan
سناء sana sanaa
سنا sana
سيف saif seif sayf
شاكر shaker shakir
بيجوم بیگم begum begom বেগম
خاتون khatun khatoon hatun খাতুন
خان khan khaan han খান
حق haque haq hoque huq হক
مياں mia miah mian মিয়া
علم alam আলম
اسلام islam ইসলাম
چودھری چوہدری chowdhury choudhury chaudhry chaudhary chaudhri চৌধুরী
عبدو عبده abdo abdou abdu
جيهان jihan gihan cihan jehan
"""

# Given first, or left out, by habit; that one of them is missing says little.
OPTIONAL: Final = frozenset({"محمد", "سيد", "بيجوم", "خاتون", "خان", "مياں"})


@cache
def _table() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _SPELLINGS.strip().splitlines():
        spellings = line.split()
        for one in spellings:
            found.setdefault(folded(one), set()).add(spellings[0])
    return {spelling: frozenset(names) for spelling, names in found.items()}


def known(word: str) -> frozenset[str]:
    """Return the names a folded word may be; empty for one that is not known."""
    return _table().get(word, frozenset())
