//! Words that are one name in several spellings, and names that stand for each other. Two words of
//! one line agree; two words of different lines are known to be different names, however alike
//! they look (Hassan, Hussein). Everything is written as `fold.rs` leaves it: lower case ASCII.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::japanese;

/// Spellings of one given or family name, a name a line.
const SPELLINGS: &str = "\
mohammed muhammad mohamed mohammad mohamad muhammed muhamad mahomed mohamud mokhammad mukhammad
mohamed mohammed mohd mohamm muhamed mahamed mahamad magomed mukhamed mehmed muhammet muhamet
mohammed mohammad muhammad magomed magomet mamed mohamed mahammad mohammod
muammar moammar muamar moamar muammer moammer mouammar
ahmed ahmad ahmet akhmed akhmad akhmet achmad achmed ahmadu ehmed
mahmoud mahmud mahmood makhmud mehmood mahmut makhmoud
hamid hameed khamid hamed hameid
hamad hammad khamad
hassan hasan khasan hasaan hassen hasson xasan
hussein husayn hussain husain hosein hossein houssein hussien husein husseyn khusein hoseyn xuseen
hussein hussain hosain hossain huseyn huseyin husayin houcine hocine
ali aly aliy
omar umar omer oumar umer omaru
osman othman uthman usman ottman osmane
yusuf youssef yousef yusef yousuf youcef yussuf yousif yosef iusuf jusuf yusif yussef usuf
ibrahim ibraheem ebrahim ibragim brahim ibrahima abrahim ibrohim
ismail ismael esmail ismaeel esmaeil ismayil smail
mustafa moustafa mostafa mustapha mustafah moustapha
abdullah abdallah abdulla abdalla abdullahi abdollah abdoullah abdellah abdulloh
abdulrahman abdelrahman abdurrahman abdirahman abdurahman abderrahmane abdurakhman abdulrehman
abdulaziz abdelaziz abdul-aziz abdolaziz abdalaziz
abdulkarim abdelkarim abdulkareem abdolkarim
abdul abdel abdol abd abdal abdoul
khaled khalid haled khalede chalid
salih saleh salah solih salihu
salem saalem
salim saleem selim
salman selman
said saeed sayed saed sayid saiid seid saaid
sayyid sayyed syed seyed seyyed sayeed
sulaiman suleiman sulayman soleiman suleyman sulejman soliman suleman
tariq tarek tareq tarik
walid waleed oualid valid
jamal gamal djamal camal jamaal djamel
jamil jameel djamil gamil jamila
kamal kamel kemal kamaal
karim kareem kerim
rashid rasheed rachid rasid
rafiq rafik rafeeq
faisal faysal feisal faycal
farid fareed
fatima fatimah fatma fatemeh fatimeh fatoumata
gaddafi qadhafi qaddafi kadafi gadhafi khadafy kaddafi qadafi gadafi kadhafi qathafi
qasim qassem kassem qasem kasim qassim gasim gasem kasem casem
assad asad
hafez hafiz
bashar bachar
nasser nasir naser nassir nacer
nasrallah nasrullah nasralla
hezbollah hizballah hizbullah hizbollah hisbollah
qaida qaeda qaedah kaida qaidah caida
zawahiri zawahri dhawahiri
laden ladin
sheikh shaikh shaykh sheik cheikh shekh sheyh
ayman aiman
haidar haydar haider hyder heidar hayder
jafar jaafar gafar djafar jafer cafer
jabbar jabar djabbar gabbar
mahdi mehdi madhi
hadi hady
majid majeed maged madjid medjid
masoud massoud masud mas'ud masood messaoud
murad mourad morad murat
nur noor nour nuur
qadir kadir qader kader quadir kadyr
rahman rehman rakhman rahmaan
reza rida redha ridha riza
sharif shareef cherif sherif serif
taha tahah
tahir taher tahar takhir
usama osama oussama ussama
yahya yahia yehia iahia jahja yakhya
yasin yassin yaseen yassine jassin
zainab zaynab zeinab zeynab zineb zeynep
ziad ziyad zayd ziyaad
habib habeeb
jawad javad djawad
mansour mansur mansoor manssour
marwan maruan merouane
hamza hamzah khamza
idris idriss edris idrees
isa issa eisa essa
ilyas elias ilias elyas
yaqub yacoub yakub yaqoob yakoub jakub
sergey sergei serge sergej serguei serhiy serhii siarhei sergiy syarhei serghei sergii sergi
alexander aleksandr alexandr aleksander alexandre alejandro oleksandr aliaksandr alessandro \
aleksandar
alexander iskander eskandar alexandros alexandru oleksander aleksandre alexandar
alexey aleksei alexei aleksey aleksej oleksiy oleksii aliaksei alexej alexeï olexiy
andrey andrei andrej andriy andrii andre andrew andreas andrea andres andrzej ondrej andrius anders
vladimir wladimir volodymyr uladzimir vladimer wolodymyr wladimir vladymyr uladzimer
dmitry dmitri dmitriy dmitrii dimitri dmytro dzmitry dimitriy dmitrij dimitrij demetrius dimitrios
dmitry dymitr dmitro
evgeny yevgeny evgeniy evgenii yevgeniy yevgenii eugene evgueni jewgeni evgenij yevhen eugen yauheni
nikolay nikolai nicolai nikolaj nicholas nicolas mykola mikalai nikolaos nicolae nicola niklas
mikhail michail mikhael mykhailo mikhaylo michael mihail michel miguel mihai mikael mikhal mihailo
yuri yury yuriy iurii iuri yurii jurij iouri yurij jury yuriy
yulia yuliya julia iuliia iulia juliya yuliia yulija
ekaterina yekaterina kateryna catherine katherine katarina katerina catalina katarzyna kathryn \
caterina
elena yelena helena olena helene alena jelena helen eleni
igor ihor ihar
oleg oleh aleh
viktor victor viktar vittorio wiktor
vasily vasiliy vasili vasyl vasil wassili vassily vasilij basil vasilii vassili vasilios
pavel paul pablo pavlo paulo pawel paolo pavlos pal
peter pyotr petr pedro pierre piotr petro pietro petar petros pjotr petru piter pieter
ivan iwan
john jon johannes johann jean juan giovanni joao jan johan jonathan ioannis ivan yahya hans
john jhon johnny jonny sean
jacob jakob jacobo james jaime giacomo yakov iakov jacques diego jakov santiago jim jimmy jamie
joseph jose josef giuseppe yosef iosif josip yusuf yosif jozef joe josephus youssef
george georgy georgiy georgi georges jorge giorgi georg giorgio jerzy yuri heorhii georgios georgii
gregory grigory grigoriy grigori grigorij hryhoriy gregor gregorio gregoire grigorii hryhorii greg
stephen steven stefan stepan esteban etienne stefano stephan stefanos istvan steve szczepan
thomas tomas tommaso tomasz foma tom toma tomaso tommy
matthew matvey mateo mateusz matthias matteo mathieu matthieu matt matei
mark marc marcus markus marco marek marcos
martin martinez marten
lawrence laurence lorenzo laurent lavrenty lorenz laurentius
louis luis luigi lewis ludwig luiz ludovic
charles carlos carlo karl carl karel charlie
francis francisco francesco franz francois frantisek franciszek frank paco
henry henri enrique enrico heinrich henryk hendrik harry heinz
frederick friedrich federico frederic fredrik fyodor fred fritz
fyodor fedor feodor theodore teodor fedir theodoros teodoro ted
william wilhelm guillermo guillaume bill guglielmo willem billy will liam
robert roberto bob rob bobby robbie ruprecht rupert
richard ricardo dick ryszard riccardo rick richie
edward eduardo eduard edouard ed ted eddie edgardo
anthony antonio anton antoine tony antoni antonius antonios
benjamin ben binyamin veniamin benny
daniel dan daniil danilo danila daniele danny danyil
david dawid davit dawood daud davide dawud dave davyd davood
elizabeth elisabeth elizaveta isabel yelizaveta liz beth isabella betty eliza yelyzaveta
margaret margarita marguerite peggy maggie malgorzata
maria mary marie mariya mariia miriam maryam mariam mariana maryia
mario marius
anna ana anne hanna anya ann
natalia nataliya natalya natalie natalija nataliia natasha natallia
tatiana tatyana tetiana tanya tetyana
svetlana sviatlana svitlana
olga olha volha
irina iryna irene iryna
ksenia kseniya xenia oksana kseniia
sofia sofya sophia sophie sofiya
valery valeriy valeri valerii valeri valeriu valerij
valentin valentyn valiantsin
vyacheslav viacheslav vjaceslav vyatcheslav viatcheslav viachaslau wjatscheslaw slava
stanislav stanislaw stanislau
vladislav wladyslaw uladzislau vladyslav
yaroslav jaroslav iaroslav jaroslaw yaraslau
leonid leanid leonidas
konstantin constantine kostyantyn constantin kanstantsin konstantinos kostiantyn
maxim maksim maksym maxime
ruslan ruslán
timur taimur teymur tymur
arkady arkadiy arkadi arkadii
anatoly anatoliy anatoli anatolii anatoly anatol anatole
gennady gennadiy gennadi hennadiy gennadii guennadi henadz
boris borys barys
ramzan ramadan ramazan ramadhan
kadyrov kadirov qadirov
putin poutine putyn
medvedev medwedew medvedyev
lukashenko lukashenka lukachenko loukachenko
yanukovych yanukovich ianoukovitch janukowitsch
zelensky zelenskyy zelenskiy zelenskyi zelenskii
khrushchev chruschtschow khrouchtchev hruschev khrushchov
gorbachev gorbachov gorbatschow gorbatchev
tchaikovsky chaikovsky tschaikowski
prigozhin prigozjin prigojine prigoschin
abramovich abramovitch abramowitsch
usmanov ousmanov
rodriguez rodrigues rodriges
gonzalez gonzales gonsalez
hernandez hernandes ernandez
fernandez fernandes
perez peres
lopez lopes
gomez gomes
martinez martines
sanchez sanches
ramirez ramires
jimenez ximenez gimenez
vazquez vasquez vasques
gutierrez gutierres
chavez chaves
nunez nunes
mueller muller miller
moeller moller
schmidt schmitt schmid
meyer meier maier mayer
kruger krueger
kroger kroeger
schaefer schafer
schroder schroeder
schrader schraeder
kohler koehler
kahler kaehler
bohm boehm
bahm baehm
lohr loehr
luhr luehr
gunther guenther gunter guenter
gonther goenther
jung chung jeong joung cheong
kim gim kym
lee yi rhee i ri li rhie ree
park pak bak bag
choi choe choy
kang gang khang
cho jo joh
yoon yun youn
jang chang zang
lim im rim yim
shin sin
han hahn
oh o
seo suh so
kwon gwon kweon
hwang whang
ahn an
song sung
ryu yoo yu you ryoo
hong hung
jeon chun jun chon jeun
ko go koh
moon mun
yang ryang
son sohn
bae pae
baek paik paek baik
heo hur huh ho
noh roh no ro
ha hah
joo ju chu
woo wu u
koo ku gu goo
min
sim shim
ji chi
chen chan tan chin ch'en
huang wong hwang ng
zhang chang cheung teo jang
li lee
wang wong heng ong
liu lau lieu liou
yang yeung yong young
zhao chao chiu
wu ng woo
zhou chow chou jou
xu hsu tsui hui
sun suen soon
zhu chu choo
gao kao ko
lin lam lim
he ho
guo kuo kwok quek
luo lo law
liang leung
song sung soong
zheng cheng teh tay
xie hsieh tse cheah
tang t'ang tong
feng fung
yu yee yue
dong tung
xiao hsiao siu siew
cheng ching
cao tsao chou
yuan yuen
deng teng
shen sum
zeng tseng tsang
peng pang
lu loo lok
su so soo
jiang chiang keung kiang
cai tsai choi choy tsoi chua
jia chia
ding ting
wei wai
xue hsueh
ye yeh yip
pan poon pun
du tu to
dai tai
xia hsia
zhong chung
tian tien tin
ren jen yam
fan fang
nguyen nguyan
tran chan
truong trung
pham fam
hoang huynh
vu vo
phan fan
dang deng
thaksin taksin
somchai somchay
bin ben ibn bn
haji hadji hajji hajj el-hadj hadj hagi
qurban gurban kurban
rustam rustem rostam
shahid shaheed chahid
zulfiqar zulfikar dhulfiqar
jones jonas
smith smyth
taylor tailor
clark clarke
brown browne braun
thompson thomson tomson
johnson johnston jonson johansson johansen
nielsen nilsen nielson
pedersen petersen peterson
macdonald mcdonald
oconnor connor
kozlov kozlow koslow
";

/// Short forms, pet names and near relatives of a name that are one person in documents.
const SHORT_FORMS: &str = "\
alexander sasha alex aleks alec sandro xander sacha alik
alexandra sasha aleksandra alexandria sandra oleksandra
alexey alyosha alexis lyosha alex
dmitry dima mitya dimitris
vladimir vova volodya vlad
nikolay kolya nick nico nikos nicky klaus
mikhail misha mike mick miki mickey
ivan vanya ioan ivo
sergey seryozha
evgeny zhenya gene
pavel pasha
peter petya pete
andrey andy drew
anna annie nancy anita
catherine katya kate cathy kathy katie kitty
elena lena nelly ellen
maria masha molly polly mimi
anthony toni
william willy bill willie
robert bert
richard dick
james jim jamie
john jack ian evan yan
joseph pepe joe jo beppe
francis chico francisco frank fran pancho
edward ned
henry hank hal
thomas tommy
charles chuck chas
daniel danny
samuel sam sammy shmuel samuil
michael mike mickey
christopher chris kris christoph cristobal christophe kristof
christian chris cristian krystian
christina tina chris kristina
matthew matt matty
andrew andy drew
stephen steve stevie
gregory greg
lawrence larry laurie
ronald ron ronnie
donald don donnie
kenneth ken kenny
gerald gerry jerry
jeremy jerry
jeffrey jeff geoffrey geoff
frederick fred freddy freddie
timothy tim timofey timoteo
patrick pat paddy patricio
patricia pat patty tricia
susan sue suzanne susana
deborah debbie
barbara barb varvara
elizabeth lisa betty bess libby lizzie
margaret meg rita greta gretchen
rebecca becky rivka
victoria vicky viktoria viktoriya
benjamin ben
nathaniel nathan nate
zachary zach
abraham abe avraham ibrahim
isaac itzhak yitzhak isak
moses moshe moise musa moussa mousa
solomon suleiman salomon shlomo
david dave
philip phil philippe felipe filipp filip
leonard leo len lenny leonardo
albert al bert alberto
alfred al fred alfredo
raymond ray ramon
douglas doug
joshua josh yehoshua
alan al allan allen
eugene gene
theodore ted theo
mohammed mo
ignacio nacho
guadalupe lupe
concepcion concha
rosario charo
gabriel gabo gabriele jibril djibril
rafael rafa raphael raffaele
manuel manolo emmanuel emanuel manny
vincent vicente vincenzo vince vikenty
boris borya
leonid lyonya
konstantin kostya
yuri yura
oleg olezhka
tatiana tanya
natalia natasha
svetlana sveta
olga olya
irina ira
";

/// The number of the first group of a Japanese name; the lines of the tables are far fewer.
const JAPANESE: u16 = 10_000;

/// A group in which a word stands, and whether the group is of spellings.
type Place = (u16, bool);

fn places() -> &'static HashMap<&'static str, Vec<Place>> {
    static PLACES: OnceLock<HashMap<&'static str, Vec<Place>>> = OnceLock::new();
    PLACES.get_or_init(|| {
        let mut places: HashMap<&'static str, Vec<Place>> = HashMap::new();
        let lines = SPELLINGS.lines().map(|line| (line, true));
        let lines = lines.chain(SHORT_FORMS.lines().map(|line| (line, false)));
        for (n, (line, spellings)) in lines.enumerate() {
            for word in line.split(' ') {
                places.entry(word).or_default().push((n as u16, spellings));
            }
        }
        // Each a name of its own, so that Naoki is not a slip of Naoko.
        for (n, word) in (0..).zip(japanese::words()) {
            places.entry(word).or_insert_with(|| vec![(JAPANESE + n, true)]);
        }
        places
    })
}

/// What the tables say of two different words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kinship {
    /// Spellings of one name.
    Spelling,
    /// A name and its short form.
    ShortForm,
    /// Both are known, as different names.
    Apart,
    /// The tables do not know both.
    Unknown,
}

/// The groups of a word; empty for a word that is in none.
pub(super) fn groups(word: &str) -> &'static [Place] {
    places().get(word).map_or(&[], Vec::as_slice)
}

/// What the tables say of words with these groups.
pub(super) fn kinship(left: &[Place], right: &[Place]) -> Kinship {
    if left.is_empty() || right.is_empty() {
        return Kinship::Unknown;
    }
    let mut kinship = Kinship::Apart;
    for (group, spellings) in left {
        if right.iter().any(|(other, _)| other == group) {
            match spellings {
                true => return Kinship::Spelling,
                false => kinship = Kinship::ShortForm,
            }
        }
    }
    kinship
}
