//! What the words of a name are worth. Company forms and honorifics carry no evidence, general
//! words ("trading") little, common names less than rare ones; words for one thing in several
//! languages are one word.

use std::collections::HashMap;
use std::sync::OnceLock;

/// Company forms by family: what is written, in plain Latin letters, one form a sign `|`.
const FORMS: [(&str, &str); 6] = [
    (
        "limited",
        "ltd|limited|llc|l l c|lc|ltda|limitada|limitda|co ltd|company limited|co limited|co|\
company|gmbh|g m b h|mbh|gesellschaft mit beschrankter haftung|gmbh co kg|gmbh and co kg|sarl|\
s a r l|s r l|srl|sprl|bvba|bv|b v|besloten vennootschap|ooo|o o o|oo|tov|too|tzov|\
obshchestvo s ogranichennoy otvetstvennostyu|\
tovarystvo z obmezhenoyu vidpovidalnistyu|limited liability company|limited liability partnership|\
llp|lp|limited partnership|pte ltd|pte|private limited|pvt ltd|pvt|private ltd|pty ltd|pty|\
proprietary limited|sdn bhd|bhd|sendirian berhad|berhad|kft|d o o|doo|dooel|eood|ood|sp z o o|\
sp zoo|spzoo|spolka z ograniczona odpowiedzialnoscia|sro|s r o|spol s r o|uab|sia|ou|oy|oyj|ab|\
aps|as|a s|a s a|asa|ltd sti|ltd sirketi|limited sirketi|limited sti|sti|sirketi|\
s de r l|s de rl de cv|s de r l de c v|s de rl|srl de cv|eirl|e i r l|e u|eu|fze|fzc|fz llc|\
fzco|fz co|free zone establishment|free zone company|wll|w l l|unlimited|yugen kaisha|yk|\
yuhan hoesa|yuhanhoesa|uss|unipessoal lda|lda|lltd|mchj|mas uliyati cheklangan jamiyati|ltd co|\
xxk|hhk|kk|kabushiki kaisha|godo kaisha|gk|t k",
    ),
    (
        "stock",
        "jsc|j s c|pjsc|p j s c|ojsc|cjsc|ao|a o|oao|o a o|zao|z a o|pao|p a o|nao|pat|prat|at|\
vat|zat|\
otkrytoe aktsionernoe obshchestvo|publichnoe aktsionernoe obshchestvo|\
zakrytoe aktsionernoe obshchestvo|aktsionernoe obshchestvo|nepublichnoe aktsionernoe obshchestvo|\
otkrytoye aktsionernoye obshchestvo|zakrytoye aktsionernoye obshchestvo|\
publichnoye aktsionernoye obshchestvo|aktsionernoye obshchestvo|\
joint stock company|public joint stock company|open joint stock company|\
closed joint stock company|private joint stock company|joint stock co|open joint stock|\
ag|a g|aktiengesellschaft|kgaa|se|nv|n v|naamloze vennootschap|sa|s a|sociedad anonima|\
societe anonyme|spa|s p a|societa per azioni|sa de cv|s a de c v|sab de cv|sapi de cv|sas|s a s|\
sac|s a c|plc|p l c|public limited company|inc|incorporated|corp|corporation|a d|ad|akc|akcio|\
aktiebolag|aktieselskab|tas|anonim sirketi|ans|a s c|psc|p s c|pjs|saog|saoc|saa|tbk|pt|p t|\
perseroan terbatas|nyrt|zrt|rt|qpsc|ksc|k s c|kscc|bsc|sae|s a e|jusik hoesa|jusikhoesa|\
chusik hoesa|chusikhoesa|hoesa|kongsi|gong si|gongsi|youxian gongsi|you xian gong si|\
you xian ze ren gong si|gu fen you xian gong si|gufen youxian gongsi|youxian zeren gongsi|\
co inc|cia|cia ltda|compania|compagnie|cie|kompaniya|sherkat|sharikat|sharikah|shirkat|sherkate",
    ),
    (
        "partnership",
        "kg|ohg|gbr|ug|kd|snc|s n c|sca|scs|cv|c v|vof|ip|i p|indywidualny predprinimatel|sole \
proprietorship|ei|sp|k d|pp|chp|partnership",
    ),
    (
        "state",
        "fgup|f g u p|gup|fsue|fgbu|gp|dp|federal state unitary enterprise|\
federalnoe gosudarstvennoe unitarnoe predpriyatie|gosudarstvennoe predpriyatie|state enterprise|\
state owned enterprise|unitary enterprise|rue|rup|respublikanskoe unitarnoe predpriyatie|\
republican unitary enterprise|ep|eurl|sac ltda",
    ),
    (
        "non-profit",
        "ev|e v|ngo|npo|ano|nonprofit|foundation e v|asbl|vzw|eingetragener verein|stichting",
    ),
    (
        "article",
        "the|el|la|le|les|los|las|der|die|das|of|de|du|des|da|do|dos|di|del|della|and|et|y|und|e|\
i|for|fur|pour|para|por|im|in|s|a|an|von|van|to|on|at|a k a",
    ),
];

/// General words by what they mean: the meaning, its worth, the words for it.
const MEANINGS: &str = "\
trading .3 trade trading trd torgovyy torgovyi torgovy torgovlya torg comercio comercial \
commercial \
commerce handel handels handelsgesellschaft ticaret tejarat tejari tijara maoyi muyeok sangsa \
tongsang \
commerciale trg merchandise merchants bazargani bazargan
group .25 group grp gruppe gruppa groupe grupo gruppo jituan geurup grup hold
holding .3 holding holdings hldg holdco kholding
international .25 international intl int'l internacional internationale internazionale \
mezhdunarodnyy mezhdunarodnaya mezhdunarodnyi kokusai guoji gukje inter uluslararasi \
internatsional
global .3 global worldwide world mondial
general .3 general gen generale generalnyy genel amme
bank .4 bank banco banque banca banka bankasi eunhaeng yinhang ginko bankas
industry .3 industry industries industrial ind inds industrie industriya industria promyshlennyy \
promyshlennaya prom sanup saneop sanat sanayi gongye shiye sanayeh industriel promyshlennost
company .15 company companies compania firma firm enterprise enterprises entreprise empresa \
empresas predpriyatie predpriyatiye pidpryyemstvo unternehmen betrieb isletmesi business
shipping .35 shipping ship shpg maritime marine marin maritima morskoy morskaya morskoye \
sudokhodnaya \
parokhodstvo haewun haeun hangyun hangun denizcilik navigation navegacion navigacion naviera nav \
keshtirani reederei lines line
transport .35 transport transportation transportes trans transportnaya transportnyy haulage \
transporte nakliyat yunsu unsong
logistics .35 logistics logistic logistika logistik logistique logistica mulryu mullyu wuliu \
lojistik
service .25 service services svcs svc servicios servis serviz uslugi khadamat dienste \
dienstleistungen servico servicos fuwu
technology .35 technology technologies tech technical technic tekhnologiya tekhnologii tekhnika \
tecnologia tecnologias technologie keji gisul teknoloji technologiya tekhnologiy technik fanavari
electronics .4 electronics electronic elektronik elektronika elec electro jeonja dianzi elektronics
engineering .35 engineering engineers engg eng mohandesi muhendislik inzhiniring ingenieria \
inzhenernyy gongcheng ingenierie
construction .35 construction constructions constr stroitelnyy stroitelstvo stroitelnaya stroy \
construccion construcciones bau insaat geonseol jianshe jianzhu sakhteman budivelna building \
builders
import .25 import importacion importadora importers imp jinkou importaciones importation
export .25 export exportacion exports exp chukou exportadora exportaciones exportation
chemical .4 chemical chemicals chem khimicheskiy khimiya khim chimie chemie quimica hwahak huaxue \
kimya shimi petrokimya chimique
oil .4 oil petroleum petrol neft neftyanaya neftegaz petrolera petroleo seokyu shiyou naft
gas .4 gas gaz gazovyy
energy .4 energy energo energiya energia energie enerji enerzhi nengyuan eneoji energetika energetic
mining .4 mining mines mine minera mineria gornyy rudnik madencilik gwangup kuangye madan
metal .4 metal metals metallurgical metall metallurgicheskiy metalurgica metalurji metallurgy
steel .4 steel stal acero stahl celik jegang gangtie fulad foulad
plant .35 plant factory zavod works fabrika fabrica fabrik mill kombinat gongjang karkhane
production .35 production manufacturing mfg manufacturers manufacturer proizvodstvo jejak jejo \
produktion producciones productions products produkt proizvodstvennyy
investment .35 investment investments invest inversiones investitsii investicii touzi tuja \
sarmayegozari investissement yatirim capital
finance .35 finance financial financing finans finansovyy financiera finanz geumyung
insurance .4 insurance strakhovaya strakhovoy assurance seguros versicherung sigorta bimeh
development .35 development developments dev desarrollo razvitie entwicklung gaebal kaifa
management .3 management mgmt managing upravlenie gestion verwaltung
center .35 center centre tsentr centro zentrum merkez jungang markaz
institute .4 institute institut instituto nii yeonguso yanjiusuo pazhouheshgah
university .45 university universitet universidad universite universitat daehakgyo daxue daneshgah
research .4 research nauchno issledovatelskiy nauchnyy investigacion forschung yeongu yanjiu \
tahghighat
ministry .45 ministry ministerstvo ministerio ministere ministerium bakanligi vezarat
national .35 national natsionalnyy nationalnyy nacional nationale gukga guojia milli melli natl
state .35 state gosudarstvennyy gosudarstvennaya estado staat estatal gos
republic .4 republic respublika republica republique republik
organization .35 organization organisation organizatsiya organizacion org tanzim tashkilat \
orgaṇizatsiya
association .35 association assotsiatsiya asociacion verband assoc hyeophoe xiehui
foundation .4 foundation fund fond fundacion fondation stiftung vaqf jaedan jijin
society .35 society obshchestvo sociedad societe gesellschaft jamiyat
front .5 front
mercenary .5 pmc chvk
laboratory .4 laboratory laboratories lab labs laboratoriya laboratorio labor laboratoire
army .5 army armiya ejercito armee
movement .5 movement dvizhenie movimiento mouvement harakat
party .45 party partiya partido parti partei
system .35 system systems sistemy sistema systeme
solution .3 solution solutions
product .3 product products produkty productos
equipment .35 equipment oborudovanie equipos equipements seolbi shebei tajhizat
machinery .4 machinery machine machines machinenbau maschinenbau mashinostroenie gigye jixie \
machinebuilding makina
aviation .4 aviation avia aviatsiya aviacion aviatsionnyy hanggong hangkong havacilik havapeyma
airlines .4 airlines airline airways air avialinii aerolineas havayollari
security .4 security bezopasnost seguridad securite sicherheit boan anquan
defense .45 defense defence oborona defensa oboronprom defa
house .35 house dom haus casa maison
union .4 union soyuz sindicato
agency .35 agency agentstvo agencia agence agentur
office .35 office biuro byuro oficina buro bureau
branch .3 branch filial sucursal zweigstelle
joint .3 joint sovmestnyy
new .4 new novyy novaya nuevo nueva nouveau neu sin
medical .4 medical med meditsinskiy medico
pharmaceutical .4 pharmaceutical pharmaceuticals pharma farmatsevticheskiy farma pharm jeyak \
yaoye ilac daru
food .4 food foods pishchevoy alimentos sikpum shipin gida
textile .4 textile textiles tekstil tekstilnyy
agricultural .4 agricultural agro agriculture agrarnyy agri nongup nongye
auto .4 auto automotive automobile motors motor avto avtomobilnyy jadongcha qiche
telecommunication .4 telecommunication telecommunications telecom telekom svyaz tongsin dianxin \
comms
computer .4 computer computers kompyuter
software .4 software soft
information .35 information info informatsionnyy jeongbo xinxi
communication .35 communication communications
media .4 media press pressa
city .4 city gorod ciudad shi shahr
brothers .4 brothers bros bratya hermanos freres gebruder sons
northern .5 north northern severnyy sever norte nord buk bei
southern .5 south southern yuzhnyy yug sur sud nam nan
eastern .5 east eastern vostochnyy vostok este oriente ost oriental
western .5 west western zapadnyy zapad oeste occidental
central .45 central tsentralnyy zentral
china .6 china zhongguo chung-kuo chinese cn prc
korea .6 korea hanguk korean choson koryo
russia .6 russia rossiya russian rossiyskaya rossiyskiy russkiy rus
iran .6 iran iranian irana
syria .6 syria syrian surya
ukraine .6 ukraine ukraina ukrainian ukrainskiy
hongkong .5 hongkong xianggang hk
germany .6 germany deutschland deutsche german
usa .6 usa america american us
uk .6 uk britain british
gulf .5 gulf khalij khaleej
green .6 green zelenyy verde
star .6 star zvezda estrella yildiz stern
gold .6 gold golden zoloto zolotoy oro dorado
blue .6 blue siniy azul
red .6 red krasnyy rojo rot
sea .6 sea more mar meer deniz
ocean .6 ocean okean oceano
";

/// Words that say how somebody is addressed, and ranks.
const HONORIFICS: &str = "mr mrs ms miss dr doctor prof professor sir lord lady dame hon \
honourable \
honorable rev reverend gen maj col capt captain lt sgt eng engr ing dipl dott avv lic don dona \
senor senora sr sra herr frau monsieur madame mme mlle maulana mawlawi maulvi mullah mulla molla \
ustad \
ustaz hafiz qari imam ayatollah hojatoleslam sheikh shaikh shaykh sheik cheikh hajji haji hajj \
alhaj al-hajj alhaji seyyed sayyid prince princess king queen emir amir emeer hrh his her \
excellency \
majesty highness general colonel major brigadier admiral marshal commander comrade tovarishch \
gospodin \
pan pani bey efendi hanim ssi nim seonsaengnim daepyo hoejang president minister mufti dato datuk \
tan-sri tun haj khan-sahib shri smt kumar-sri bp bishop archbishop father brother sister phd md \
esq \
mba kpn jd rtd retd";

/// Small words inside persons' names, which are left out or joined at will.
const PARTICLES: &str = "al el ul ur ad as ash an ar at az abu abou umm um bin ibn ben bint binti \
bte \
binte bn ould wuld de da do dos das del della di du des la le las los van von vom zu zur zum den \
der \
ten ter af av y e i e' st san santa saint mac mc o ap oglu ogly uly kyzy qizi kizi ogli zade zadeh \
na ng";

/// Common names of persons, which agree often by chance.
const COMMON: &str = "mohammed ahmed ali hassan hussein omar abdul abdullah khan ibrahim ismail \
mustafa \
mahmoud yusuf khaled said salim salih hamid karim rahman reza mohammad muhammad mohamed ahmad \
hasan \
husain hussain kim lee park choi jung kang cho yoon jang lim shin kwon hwang wang li zhang liu \
chen \
yang zhao huang zhou wu xu sun zhu lin he guo ma nguyen tran le pham hoang phan vu vo dang bui do \
sergey sergei vladimir aleksandr alexander ivan dmitry andrey alexey nikolay mikhail yuri igor \
oleg \
viktor vasily ivanov petrov smirnov kuznetsov popov volkov ivanova petrova jose juan carlos luis \
garcia martinez rodriguez lopez gonzalez hernandez perez sanchez ramirez torres maria ana antonio \
francisco manuel pedro jorge miguel john james robert william david michael richard thomas charles \
smith johnson williams brown jones miller davis wilson anderson taylor peter paul george mark \
singh \
kumar sharma patel das raj gupta hans klaus jean pierre michel philippe anna elena olga irina \
natalia \
tatiana svetlana marina van silva santos pereira costa oliveira souza joao";

/// What a company form belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form(pub u8);

struct Tables {
    forms: HashMap<&'static str, Form>,
    /// How many words the longest form has.
    longest: usize,
    meanings: HashMap<&'static str, (&'static str, f32)>,
    /// Long general words with a letter left out.
    shortened: HashMap<String, Vec<&'static str>>,
    /// Words of company forms, and the longer ones with a letter left out.
    form_words: HashMap<&'static str, ()>,
    shortened_forms: HashMap<String, Vec<&'static str>>,
    honorifics: HashMap<&'static str, ()>,
    particles: HashMap<&'static str, ()>,
    common: HashMap<&'static str, ()>,
}

/// The form of articles and small words.
const ARTICLE: Form = Form(5);

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let mut forms = HashMap::new();
        for (n, (_, written)) in FORMS.iter().enumerate() {
            for form in written.split('|') {
                forms.entry(form).or_insert(Form(n as u8));
            }
        }
        let mut meanings = HashMap::new();
        for line in MEANINGS.lines() {
            let mut words = line.split_whitespace();
            let (Some(meaning), Some(worth)) = (words.next(), words.next()) else { continue };
            let worth = worth.parse().unwrap_or(0.4);
            for word in words.chain([meaning]) {
                meanings.entry(word).or_insert((meaning, worth));
            }
        }
        let shortened = shortened(meanings.keys().copied().filter(|word| word.len() >= LONG));
        let form_words: HashMap<&str, ()> =
            forms.keys().flat_map(|form| form.split(' ')).map(|word| (word, ())).collect();
        let long = form_words.keys().copied().filter(|word| word.len() >= LONG_OF_FORM);
        let shortened_forms = self::shortened(long);
        let set = |text: &'static str| text.split_whitespace().map(|word| (word, ())).collect();
        let longest = forms.keys().map(|form| form.split(' ').count()).max().unwrap_or(1);
        Tables {
            longest,
            shortened,
            shortened_forms,
            form_words,
            forms,
            meanings,
            honorifics: set(HONORIFICS),
            particles: set(PARTICLES),
            common: set(COMMON),
        }
    })
}

/// Words by what is left of them without one letter, and by themselves.
fn shortened(words: impl Iterator<Item = &'static str>) -> HashMap<String, Vec<&'static str>> {
    let mut shortened: HashMap<String, Vec<&'static str>> = HashMap::new();
    for word in words.filter(|word| word.is_ascii()) {
        for short in with_a_letter_less(word).chain([word.to_owned()]) {
            shortened.entry(short).or_default().push(word);
        }
    }
    shortened
}

/// The word of these that is this one but for a slip of the hand.
fn near(word: &str, shortened: &HashMap<String, Vec<&'static str>>) -> Option<&'static str> {
    let near = with_a_letter_less(word).chain([word.to_owned()]);
    near.filter_map(|short| shortened.get(&short))
        .flatten()
        .filter(|of| super::fold::letter_distance(of, word) <= 1.0)
        .copied()
        // Maps have no order of their own.
        .min()
}

/// Words of company forms of so many letters are known with a slip of the hand in them, beside
/// another word of the form.
const LONG_OF_FORM: usize = 5;
/// Forms of one word that are known so at the end of a name.
const LONG_FORMS: [&str; 4] = ["company", "corporation", "incorporated", "limited"];

/// The word of a company form that this word is but for a slip of the hand; none for a word that is
/// known itself.
pub(super) fn near_form_word(word: &str) -> Option<&'static str> {
    let tables = tables();
    let own = || tables.form_words.contains_key(word) || tables.meanings.contains_key(word);
    if word.len() + 1 < LONG_OF_FORM || !word.is_ascii() || own() {
        return None;
    }
    near(word, &tables.shortened_forms)
}

/// The company form with which these words begin when slips of the hand are mended, and how many of
/// them it takes: `mended` has the words as [`near_form_word`] mends them.
pub(super) fn near_form_at(words: &[&str], mended: &[&str]) -> Option<(usize, Form)> {
    let (n, form) = form_at(mended)?;
    let right = words.iter().zip(mended).take(n).filter(|(one, other)| one == other).count();
    let alone = n == 1 && words.len() == 1 && LONG_FORMS.contains(&mended[0]);
    (right < n && (right > 0 || alone)).then_some((n, form))
}

/// The company form with which these words begin, and how many of them it takes. Articles are no
/// form here.
pub(super) fn form_at(words: &[&str]) -> Option<(usize, Form)> {
    let tables = tables();
    for n in (1..=words.len().min(tables.longest)).rev() {
        let joined;
        let form = match n {
            1 => words[0],
            _ => {
                joined = words[..n].join(" ");
                &joined
            }
        };
        if let Some(form) = tables.forms.get(form)
            && *form != ARTICLE
        {
            return Some((n, *form));
        }
    }
    None
}

/// Whether a word of a company's name is an article or the like.
pub(super) fn is_article(word: &str) -> bool {
    tables().forms.get(word) == Some(&ARTICLE)
}

/// What a general word means, and its worth.
pub(super) fn meaning(word: &str) -> Option<(&'static str, f32)> {
    tables().meanings.get(word).copied()
}

/// General words of so many letters are known with a slip of the hand in them.
const LONG: usize = 7;

fn with_a_letter_less(word: &str) -> impl Iterator<Item = String> {
    (0..word.len()).map(|at| format!("{}{}", &word[..at], &word[at + 1..]))
}

/// What a long general word with one slip of the hand means, and its worth.
pub(super) fn near_meaning(word: &str) -> Option<(&'static str, f32)> {
    if word.len() < LONG || !word.is_ascii() {
        return None;
    }
    let tables = tables();
    near(word, &tables.shortened).and_then(|of| tables.meanings.get(of).copied())
}

/// Whether a word only says how somebody is addressed.
pub(super) fn is_honorific(word: &str) -> bool {
    tables().honorifics.contains_key(word)
}

/// Whether a word is a small one inside persons' names.
pub(super) fn is_particle(word: &str) -> bool {
    tables().particles.contains_key(word)
}

/// Whether a name is among the most common.
pub(super) fn is_common(word: &str) -> bool {
    tables().common.contains_key(word)
}

/// Words of Korean and Chinese company names that are written without a space, and what they mean.
/// Longer ones stand before what they contain.
pub(super) const COMPOUNDS: &[(&str, &str)] = &[
    ("주식회사", "jusikhoesa"),
    ("유한회사", "yuhanhoesa"),
    ("(주)", "jusikhoesa"),
    ("㈜", "jusikhoesa"),
    ("무역", "trading"),
    ("상사", "trading"),
    ("통상", "trading"),
    ("전자", "electronics"),
    ("중공업", "heavy industry"),
    ("공업", "industry"),
    ("산업", "industry"),
    ("해운", "shipping"),
    ("물류", "logistics"),
    ("은행", "bank"),
    ("건설", "construction"),
    ("화학", "chemical"),
    ("국제", "international"),
    ("그룹", "group"),
    ("기술", "technology"),
    ("테크", "technology"),
    ("자동차", "auto"),
    ("항공", "aviation"),
    ("제약", "pharmaceutical"),
    ("식품", "food"),
    ("개발", "development"),
    ("총회사", "general company"),
    ("회사", "company"),
    ("석유", "oil"),
    ("에너지", "energy"),
    ("홀딩스", "holding"),
    ("인터내셔널", "international"),
    ("트레이딩", "trading"),
    ("코리아", "korea"),
    ("한국", "korea"),
    ("조선", "korea"),
    ("股份有限公司", "gongsi"),
    ("有限责任公司", "gongsi"),
    ("有限責任公司", "gongsi"),
    ("有限公司", "gongsi"),
    ("株式会社", "kabushiki kaisha"),
    ("株式會社", "kabushiki kaisha"),
    ("公司", "gongsi"),
    ("集团", "group"),
    ("集團", "group"),
    ("银行", "bank"),
    ("銀行", "bank"),
    ("进出口", "import export"),
    ("進出口", "import export"),
    ("贸易", "trading"),
    ("貿易", "trading"),
    ("国际", "international"),
    ("國際", "international"),
    ("国際", "international"),
    ("科技", "technology"),
    ("技术", "technology"),
    ("技術", "technology"),
    ("实业", "industry"),
    ("實業", "industry"),
    ("工业", "industry"),
    ("工業", "industry"),
    ("电子", "electronics"),
    ("電子", "electronics"),
    ("航运", "shipping"),
    ("航運", "shipping"),
    ("海运", "shipping"),
    ("海運", "shipping"),
    ("船务", "shipping"),
    ("物流", "logistics"),
    ("石油", "oil"),
    ("石化", "petrochemical"),
    ("化工", "chemical"),
    ("化学", "chemical"),
    ("能源", "energy"),
    ("投资", "investment"),
    ("投資", "investment"),
    ("建设", "construction"),
    ("建設", "construction"),
    ("机械", "machinery"),
    ("機械", "machinery"),
    ("医药", "pharmaceutical"),
    ("制药", "pharmaceutical"),
    ("食品", "food"),
    ("航空", "aviation"),
    ("中国", "china"),
    ("中國", "china"),
    ("香港", "hongkong"),
    ("大学", "university"),
    ("大學", "university"),
    ("研究所", "research institute"),
    ("研究院", "research institute"),
    ("トレーディング", "trading"),
    ("商事", "trading"),
];
