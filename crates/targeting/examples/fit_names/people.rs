//! Invented persons in many scripts: parts of names put together at random, and how documents
//! write them. Nobody real is meant.

use super::dice::Dice;

/// A person's name in parts, in one way of writing them.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    pub given: String,
    pub middle: Vec<String>,
    pub family: String,
    pub tongue: Tongue,
}

/// The habits by which a name is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    Slavic,
    Arabic,
    Korean,
    Chinese,
    Western,
    Spanish,
    Turkic,
    Other,
}

pub const TONGUES: [Tongue; 8] = [
    Tongue::Slavic,
    Tongue::Arabic,
    Tongue::Korean,
    Tongue::Chinese,
    Tongue::Western,
    Tongue::Spanish,
    Tongue::Turkic,
    Tongue::Other,
];

const SLAVIC_GIVEN: &str = "Сергей Александр Алексей Андрей Владимир Дмитрий Евгений Николай \
Михаил Юрий \
Виктор Василий Павел Пётр Иван Игорь Олег Валерий Вячеслав Станислав Владислав Ярослав Леонид \
Константин Максим Руслан Тимур Аркадий Анатолий Геннадий Борис Григорий Фёдор Антон Артём Кирилл \
Роман \
Виталий Вадим Эдуард Илья Никита Степан Семён Захар Яков Ефим Глеб Денис Герман";
const SLAVIC_FAMILY: &str = "Иванов Петров Сидоров Кузнецов Соколов Попов Лебедев Козлов Новиков \
Морозов \
Волков Алексеев Зайцев Щербаков Жуков Цветков Чернышёв Шевченко Ковальчук Бондаренко Кравченко \
Яковлев \
Хрущёв Белозёров Юдин Ершов Тимошенко Гончаренко Лукьянов Рыжов Зеленский Тухачевский Островский \
Достоевский Вишневский Черняховский Абрамов Медведев Мельниченко Дерипаскин Тимченко Усманов \
Кадыров \
Магомедов Керимов Ротенко Шойгин Бортников Патрушев Нарышкин Сечинов Миллеров Грефов Костинов";
const FATHERS: &str = "Иванович Петрович Сергеевич Александрович Владимирович Николаевич \
Михайлович \
Юрьевич Викторович Андреевич Алексеевич Дмитриевич Борисович Павлович Геннадьевич Анатольевич \
Львович";

/// How Arabic names are written: in Arabic, and in Latin letters.
const ARABIC_GIVEN: &str = "محمد:Mohammed,Muhammad,Mohamed,Mohammad,Mohamad,Muhammed|أحمد:Ahmed,\
Ahmad,Ahmet|\
محمود:Mahmoud,Mahmud,Mahmood|حسن:Hassan,Hasan,Hassen|حسين:Hussein,Husayn,Hussain,Hossein,Husain|\
علي:Ali,Aly|عمر:Omar,Umar,Omer|عثمان:Osman,Othman,Uthman|يوسف:Yusuf,Youssef,Yousef,Yousuf|\
إبراهيم:Ibrahim,Ebrahim,Ibraheem|إسماعيل:Ismail,Ismael,Esmail|مصطفى:Mustafa,Moustafa,Mostafa|\
خالد:Khaled,Khalid|صالح:Saleh,Salih,Salah|سالم:Salem,Salim|سعيد:Saeed,Said,Sayed|\
سليمان:Suleiman,Sulayman,Soliman|طارق:Tariq,Tarek,Tareq|وليد:Walid,Waleed|جمال:Jamal,Gamal,Djamal|\
كمال:Kamal,Kemal,Kamel|كريم:Karim,Kareem|رشيد:Rashid,Rasheed,Rachid|فيصل:Faisal,Faysal|\
فريد:Farid,Fareed|ناصر:Nasser,Nasir,Naser|قاسم:Qasim,Qassem,Kassem,Qasem|بشار:Bashar,Bachar|\
أيمن:Ayman,Aiman|حيدر:Haidar,Haydar,Haider|جعفر:Jafar,Jaafar,Gafar|مجيد:Majid,Majeed|\
مسعود:Masoud,Massoud,Masud|مراد:Murad,Mourad|رضا:Reza,Rida,Ridha|شريف:Sharif,Shareef,Cherif|\
زياد:Ziad,Ziyad|حمزة:Hamza,Hamzah|إدريس:Idris,Idriss|عيسى:Issa,Isa,Eisa|يعقوب:Yaqub,Yacoub|\
عبد الله:Abdullah,Abdallah,Abdulla,Abd Allah|عبد الرحمن:Abdulrahman,Abdul Rahman,Abd al-Rahman,\
Abdelrahman|عبد العزيز:Abdulaziz,Abdul Aziz,Abdelaziz|نور:Nour,Noor,Nur|حميد:Hamid,Hameed";
const ARABIC_FAMILY: &str = "القذافي:al-Qadhafi,Gaddafi,al-Gaddafi,Qaddafi,Kadhafi|الأسد:al-Assad,\
Assad,al-Asad|\
الظواهري:al-Zawahiri,Zawahiri,al-Dhawahiri|البغدادي:al-Baghdadi,Baghdadi,el-Baghdadi|\
التكريتي:al-Tikriti,Tikriti,el-Tikriti|الحربي:al-Harbi,Harbi,Alharbi|الشمري:al-Shammari,Shammari,\
Alshammari,al-Shamari|المصري:al-Masri,Masri,el-Masry,al-Misri|الخطيب:al-Khatib,Khatib,el-Khateeb|\
حداد:Haddad,Hadad|منصور:Mansour,Mansur,Mansoor|نصر الله:Nasrallah,Nasr Allah,Nasrullah|\
الحسيني:al-Husseini,Husayni,al-Hosseini,Husseini|الزرقاوي:al-Zarqawi,Zarqawi,al-Zarkawi|\
العمري:al-Omari,Omari,al-Umari|الجبوري:al-Jabouri,al-Juburi,Jubouri|الدوري:al-Douri,al-Duri,Duri|\
مخلوف:Makhlouf,Makhluf|شوكت:Shawkat,Chawkat|الحوثي:al-Houthi,Houthi,al-Huthi|صالحي:Salehi,Salihi|\
رضائي:Rezaei,Rezaie,Rezai|قاسمي:Ghasemi,Qasemi,Ghassemi|سليماني:Soleimani,Sulaimani,Suleimani|\
طالبي:Talebi,Talibi|رحيمي:Rahimi,Raheemi|كريمي:Karimi,Kareemi|هاشمي:Hashemi,Hashimi,Hachemi|\
جلالي:Jalali,Djalali|نجار:Najjar,Najar,Naggar|يماني:Yamani,Yemeni|بدر الدين:Badreddine,Badr al-Din,\
Badruddin|سعدي:Saadi,Sadi|زيدان:Zaydan,Zidan,Zeidan|فواز:Fawaz,Fawwaz|الشامي:al-Shami,Shami,\
el-Chami";

const KOREAN_FAMILY: &str = "김:Kim,Gim|이:Lee,Yi,Rhee,Ri|박:Park,Pak,Bak|최:Choi,Choe|정:Jung,Chung,\
Jeong,Chong|\
강:Kang,Gang|조:Cho,Jo|윤:Yoon,Yun|장:Jang,Chang|임:Lim,Im,Rim|한:Han|오:Oh,O|서:Seo,Suh,So|신:Shin,Sin|\
권:Kwon,Gwon|황:Hwang|안:Ahn,An|송:Song|홍:Hong|고:Ko,Koh,Go|문:Moon,Mun|양:Yang,Ryang|손:Son,Sohn|\
배:Bae,Pae|백:Baek,Paek,Paik|허:Heo,Hur,Ho|유:Yoo,Yu,Ryu|남:Nam|노:Noh,Roh,No|전:Jeon,Chon,Jun|\
현:Hyun,Hyon,Hyeon|리:Ri,Lee";
const KOREAN_SYLLABLES: &str = "철:chol,chul,cheol|수:su,soo|영:yong,young,yeong|희:hui,hee,hi|민:min|\
호:ho|\
준:jun,joon,chun|정:jong,jung,jeong,chong|은:un,eun|일:il|성:song,sung,seong|남:nam|현:hyon,hyun,hyeon|\
경:kyong,kyung,gyeong|진:jin,chin|석:sok,suk,seok|광:kwang,gwang|명:myong,myung,myeong|\
동:dong,tong|원:won,weon|상:sang|태:tae,tai|재:jae,chae|용:yong,young|학:hak|선:son,sun,seon|\
옥:ok,oak|혁:hyok,hyuk,hyeok|봉:bong,pong|춘:chun,choon|길:gil,kil|룡:ryong,yong|국:guk,kuk,kook|\
화:hwa|순:sun,soon|미:mi|지:ji,chi|연:yon,yeon,youn|우:u,woo|기:ki,gi|덕:dok,duk,deok|창:chang";

/// Syllables of given names of those born since the fifties in the South.
const EVERYDAY_SYLLABLES: &str = "민:min|서:seo,suh|지:ji|하:ha|예:ye|윤:yoon,yun|도:do|연:yeon,yun|\
우:woo,u|아:ah,a|유:yu,yoo|재:jae|현:hyun,hyeon|준:jun,joon|은:eun|수:su,soo|영:young,yeong|\
진:jin|선:sun,seon|경:kyung,gyeong|희:hee,hui|정:jung,jeong|미:mi|혜:hye|주:ju,joo|성:sung,seong|\
훈:hoon,hun|원:won|호:ho|태:tae|승:seung|규:kyu,gyu|빈:bin|나:na|채:chae|린:rin|시:si|\
건:gun,geon|동:dong|상:sang|기:ki,gi|인:in|숙:sook,suk|옥:ok|순:soon,sun|자:ja|명:myung,myeong";

const CHINESE_FAMILY: &str = "陈:Chen,Chan,Tan|黄:Huang,Wong,Hwang|张:Zhang,Chang,Cheung|李:Li,Lee|\
王:Wang,Wong|\
刘:Liu,Lau|杨:Yang,Yeung|赵:Zhao,Chao,Chiu|吴:Wu,Ng|周:Zhou,Chow,Chou|徐:Xu,Hsu,Tsui|孙:Sun,Suen|\
朱:Zhu,Chu|高:Gao,Kao,Ko|林:Lin,Lam,Lim|何:He,Ho|郭:Guo,Kuo,Kwok|罗:Luo,Lo|梁:Liang,Leung|宋:Song,Sung|\
郑:Zheng,Cheng|谢:Xie,Hsieh,Tse|唐:Tang|冯:Feng,Fung|于:Yu|董:Dong,Tung|萧:Xiao,Hsiao,Siu|曹:Cao,Tsao|\
袁:Yuan,Yuen|邓:Deng,Teng|沈:Shen,Shum|曾:Zeng,Tseng,Tsang|彭:Peng,Pang|蔡:Cai,Tsai,Choi|丁:Ding,Ting|\
魏:Wei,Ngai|叶:Ye,Yeh,Yip|潘:Pan,Poon|戴:Dai,Tai|夏:Xia,Hsia";
const CHINESE_SYLLABLES: &str = "伟:wei,wei|明:ming,ming|华:hua,wah|国:guo,kuo|建:jian,chien|文:wen,wen|\
志:zhi,chih|强:qiang,chiang|军:jun,chun|平:ping,ping|东:dong,tung|海:hai,hai|波:bo,po|林:lin,lin|\
勇:yong,yung|杰:jie,chieh|涛:tao,tao|斌:bin,pin|超:chao,chao|辉:hui,hui|鹏:peng,peng|飞:fei,fei|\
玲:ling,ling|芳:fang,fang|娟:juan,chuan|敏:min,min|静:jing,ching|丽:li,li|红:hong,hung|春:chun,chun|\
秀:xiu,hsiu|英:ying,ying|金:jin,chin|生:sheng,sheng|德:de,te|永:yong,yung|庆:qing,ching|玉:yu,yu";

const WESTERN_GIVEN: &str = "James John Robert Michael William David Richard Joseph Thomas \
Charles Christopher \
Daniel Matthew Anthony Mark Donald Steven Paul Andrew Joshua Kenneth Kevin Brian George Edward \
Ronald \
Timothy Jason Jeffrey Ryan Jacob Gary Nicholas Eric Jonathan Stephen Larry Justin Scott Brandon \
Benjamin \
Samuel Gregory Frank Alexander Raymond Patrick Jack Dennis Jerry Mary Patricia Jennifer Linda \
Elizabeth \
Barbara Susan Jessica Sarah Karen Lisa Nancy Margaret Sandra Ashley Emily Donna Michelle Carol \
Hans \
Jürgen Günther Wolfgang Klaus Dieter Heinz Uwe Björn Søren Lars Anders Émile François Jérôme \
Étienne \
Benoît Giuseppe Giovanni Lorenzo Matteo Łukasz Zbigniew Wojciech Andrzej Jiří Tomáš Václav";
const WESTERN_FAMILY: &str = "Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson \
Taylor Moore \
Jackson Martin Thompson White Harris Clark Lewis Robinson Walker Young Allen King Wright Scott \
Hill Green \
Adams Baker Nelson Carter Mitchell Roberts Turner Phillips Campbell Parker Evans Edwards Collins \
Stewart \
Morris Rogers Reed Cook Morgan Cooper Peterson Bailey Kelly Howard Ward Richardson Watson Brooks \
Sanders \
Müller Schröder Schäfer Köhler Krüger Lürßen Weiß Großmann Jørgensen Sørensen Åkesson Lefèvre \
Dubois \
Béranger Gauthier Rossi Bianchi Esposito Ferrari Kowalczyk Wójcik Szymański Dvořák Procházka \
Nováček \
O'Brien O'Connor McDonald MacGregor Fitzgerald Blackwood Harrington Whitfield Castellane Okonedo \
Vandermeer";

const SPANISH_GIVEN: &str = "José Juan Carlos Luis Miguel Jorge Manuel Pedro Antonio Francisco \
Alejandro Javier \
Rafael Fernando Ricardo Eduardo Roberto Sergio Raúl Andrés Óscar Joaquín Ismael Iván Ovidio \
Arturo María \
Ana Lucía Guadalupe Rosario Sofía Gabriela Héctor Ramón Vicente Ignacio Nicolás César Hernán \
Álvaro Jesús";
const SPANISH_FAMILY: &str = "García Rodríguez Martínez Hernández López González Pérez Sánchez \
Ramírez Torres \
Flores Rivera Gómez Díaz Reyes Morales Cruz Ortiz Gutiérrez Chávez Ramos Ruiz Álvarez Mendoza \
Vázquez \
Castillo Jiménez Moreno Romero Herrera Medina Aguilar Garza Castro Guzmán Zambada Beltrán Carrillo \
Esparragoza Quintero Villarreal Treviño Oseguera Caballero Coronel Salazar Félix Arellano Valdez \
Núñez \
Ibáñez Echeverría Santos Oliveira Pereira Cavalcanti Figueiredo";

const TURKIC_GIVEN: &str = "Mehmet Mustafa Ahmet Ali Hüseyin Hasan İbrahim Osman Yusuf Murat Ömer \
Süleyman \
Kemal Recep Tayyip Bülent Çetin Şükrü Gülşen Ayşe Fatma Emine Hatice Zeynep Elif Nursultan Kassym \
Timur \
Rustam Shavkat Gurbanguly Ilham Heydar Elnur Vugar Bakhtiyar Akmal Jamshid Kairat Serik Yerlan";
const TURKIC_FAMILY: &str = "Yılmaz Kaya Demir Şahin Çelik Yıldız Yıldırım Öztürk Aydın Özdemir \
Arslan Doğan \
Kılıç Aslan Çetin Kara Koç Kurt Özkan Şimşek Nazarov Karimov Rakhimov Mirziyoyev Berdimukhamedov \
Aliyev Mammadov Huseynov Hasanov Guliyev Tokayev Nazarbayev Kulibayev Abdullayev Yusupov Saparov";

const OTHER_GIVEN: &str = "Thaksin Somchai Prayut Yingluck Wichai Anutin Nguyen Tran Pham Duc \
Minh Quang Hung \
Sukarno Joko Bambang Susilo Ravi Sanjay Vijay Rajesh Suresh Dawood Iqbal Imran Nawaz Pervez \
Zulfiqar \
Chukwuemeka Oluwaseun Adebayo Kwame Kofi Abiodun Thabo Jacob Robert Emmerson Joseph Laurent Paul \
Yoweri \
Takeshi Hiroshi Kenji Yukio Shinzo Kazuo Haruto Avigdor Moshe Shlomo Giorgi Davit Tigran Vazgen \
Aung Min";
const OTHER_FAMILY: &str = "Shinawatra Chanocha Charnvirakul Srivaddhana Leekpai Wongsawat Phuc \
Trong Nghia Thanh \
Widodo Yudhoyono Wiranto Prabowo Kumar Sharma Patel Gupta Ibrahim Kaskar Memon Butt Chaudhry \
Bhutto \
Okonkwo Adeyemi Ogunleye Nkrumah Mensah Mugabe Mnangagwa Kabila Kagame Museveni Kony Ntaganda \
Mudacumura \
Tanaka Yamaguchi Takayama Shinoda Tsukasa Inoue Lieberman Netanyahu Gantz Ivanishvili Saakashvili \
Sargsyan Petrosyan Hlaing Zaw Oo Khin Shwe";

fn pick<'t>(dice: &mut Dice, table: &'t str) -> &'t str {
    let words: Vec<&str> = table.split_whitespace().collect();
    words[dice.below(words.len())]
}

/// An entry of a table of spellings: what stands before the colon, and one after it.
fn spelled<'t>(dice: &mut Dice, table: &'t str) -> (&'t str, Vec<&'t str>) {
    let lines: Vec<&str> = table.split('|').collect();
    let line = lines[dice.below(lines.len())].trim();
    let (own, latin) = line.split_once(':').unwrap_or((line, line));
    (own, latin.split(',').map(str::trim).collect())
}

/// A person whose parts are kept as keys, so that each writing of them can be made anew.
#[derive(Debug, Clone, PartialEq)]
pub struct Identity {
    pub tongue: Tongue,
    given: Vec<Part>,
    family: Part,
    middle: Vec<Part>,
}

/// A part of a name: as its own script has it, and its Latin spellings.
#[derive(Debug, Clone, PartialEq)]
struct Part {
    own: String,
    latin: Vec<String>,
}

impl Part {
    fn of((own, latin): (&str, Vec<&str>)) -> Part {
        Part { own: own.to_owned(), latin: latin.into_iter().map(str::to_owned).collect() }
    }

    fn plain(text: &str) -> Part {
        Part { own: text.to_owned(), latin: vec![text.to_owned()] }
    }

    fn slavic(text: &str) -> Part {
        let latin = (0..4).map(|system| transliterated(text, system)).collect();
        Part { own: text.to_owned(), latin }
    }

    fn written(&self, dice: &mut Dice, own: bool) -> String {
        if own { self.own.clone() } else { self.latin[dice.below(self.latin.len())].clone() }
    }
}

impl Identity {
    pub fn any(dice: &mut Dice) -> Identity {
        let tongue = TONGUES[dice.below(TONGUES.len())];
        Identity::of(tongue, dice)
    }

    /// Somebody of such a list as states share: mostly of countries at war, and of families that
    /// are not met every day.
    pub fn listed(dice: &mut Dice) -> Identity {
        let tongue = weighed(dice, [8, 45, 7, 3, 4, 4, 9, 20]);
        Identity::of(tongue, dice).with_own_family(dice, 0.85)
    }

    /// Somebody of those who send and get goods.
    pub fn everyday(dice: &mut Dice) -> Identity {
        let tongue = weighed(dice, [6, 6, 25, 15, 25, 8, 3, 12]);
        let mut who = Identity::of(tongue, dice).with_own_family(dice, 0.6);
        if tongue == Tongue::Korean {
            let syllable = |dice: &mut Dice| Part::of(spelled(dice, EVERYDAY_SYLLABLES));
            who.given = (0..2).map(|_| syllable(dice)).collect();
            who.family = Part::of(spelled(dice, KOREAN_FAMILY));
            // One in five is a Kim.
            if dice.chance(0.45) {
                let first: Vec<&str> = KOREAN_FAMILY.split('|').take(5).collect();
                who.family = Part::of(spelled(dice, &first.join("|")));
            }
        }
        who
    }

    /// The same with a coined family name for this share, where families are not few anyway.
    fn with_own_family(mut self, dice: &mut Dice, share: f64) -> Identity {
        if !matches!(self.tongue, Tongue::Korean | Tongue::Chinese) && dice.chance(share) {
            self.family = coined(self.tongue, dice);
        }
        self
    }

    pub fn of(tongue: Tongue, dice: &mut Dice) -> Identity {
        let (given, middle, family) = match tongue {
            Tongue::Slavic => {
                let middle = match dice.chance(0.7) {
                    true => vec![Part::slavic(pick(dice, FATHERS))],
                    false => vec![],
                };
                let given = Part::slavic(pick(dice, SLAVIC_GIVEN));
                (vec![given], middle, Part::slavic(pick(dice, SLAVIC_FAMILY)))
            }
            Tongue::Arabic => {
                let middle = (0..dice.below(3)).map(|_| Part::of(spelled(dice, ARABIC_GIVEN)));
                let middle = middle.collect();
                let given = Part::of(spelled(dice, ARABIC_GIVEN));
                (vec![given], middle, Part::of(spelled(dice, ARABIC_FAMILY)))
            }
            Tongue::Korean => {
                let syllable = |dice: &mut Dice| Part::of(spelled(dice, KOREAN_SYLLABLES));
                let n = if dice.chance(0.93) { 2 } else { 1 };
                let given = (0..n).map(|_| syllable(dice)).collect();
                (given, vec![], Part::of(spelled(dice, KOREAN_FAMILY)))
            }
            Tongue::Chinese => {
                let syllable = |dice: &mut Dice| Part::of(spelled(dice, CHINESE_SYLLABLES));
                let n = if dice.chance(0.75) { 2 } else { 1 };
                let given = (0..n).map(|_| syllable(dice)).collect();
                (given, vec![], Part::of(spelled(dice, CHINESE_FAMILY)))
            }
            Tongue::Western => plain_parts(dice, WESTERN_GIVEN, WESTERN_FAMILY, 0.35),
            Tongue::Spanish => {
                let (given, mut middle, family) =
                    plain_parts(dice, SPANISH_GIVEN, SPANISH_FAMILY, 0.4);
                // The mother's family name stands last and is often left out.
                if dice.chance(0.6) {
                    middle.insert(0, Part::plain(pick(dice, SPANISH_FAMILY)));
                }
                (given, middle, family)
            }
            Tongue::Turkic => plain_parts(dice, TURKIC_GIVEN, TURKIC_FAMILY, 0.15),
            Tongue::Other => plain_parts(dice, OTHER_GIVEN, OTHER_FAMILY, 0.2),
        };
        Identity { tongue, given, family, middle }
    }

    /// Another person with the same family name, or the same given names, or both but another
    /// father: what is easily mistaken.
    pub fn neighbour(&self, dice: &mut Dice) -> Identity {
        let mut other = self.clone();
        let pool: Vec<Identity> = (0..12).map(|_| Identity::of(self.tongue, dice)).collect();
        match dice.below(10) {
            0..=3 => {
                // The given name that looks most like ours, or any.
                let near = dice.chance(0.35);
                let given = |one: &Identity| given_text(one);
                let own = given(self);
                let all = pool.iter().filter(|one| given(one) != own);
                let chosen = match near {
                    true => all.min_by_key(|one| edits(&given(one), &own)),
                    false => all.into_iter().next(),
                };
                if let Some(chosen) = chosen {
                    other.given = chosen.given.clone();
                    if dice.chance(0.5) {
                        other.middle = chosen.middle.clone();
                    }
                }
            }
            4..=7 => {
                let near = dice.chance(0.35);
                let own = self.family.latin[0].clone();
                let all = pool.iter().filter(|one| one.family.own != self.family.own);
                let chosen = match near {
                    true => all.min_by_key(|one| edits(&one.family.latin[0], &own)),
                    false => all.into_iter().next(),
                };
                if let Some(chosen) = chosen {
                    other.family = chosen.family.clone();
                    if dice.chance(0.3) {
                        other.middle = chosen.middle.clone();
                    }
                }
            }
            8 if self.given.len() == 2 && dice.chance(0.2) => other.given.reverse(),
            8 if self.given.len() == 2 && dice.chance(0.25) => {
                other.given.remove(0);
            }
            8 if self.given.len() == 2 => {
                // One syllable of the given name differs.
                let at = dice.below(2);
                if let Some(chosen) = pool.iter().find(|one| one.given[0].own != self.given[at].own)
                {
                    other.given[at] = chosen.given[0].clone();
                }
            }
            _ => {
                // The same given and family name, another father.
                let middle = pool.iter().find(|one| {
                    !one.middle.is_empty() && one.middle != self.middle && !self.middle.is_empty()
                });
                match middle {
                    Some(one) => other.middle = one.middle.clone(),
                    None => {
                        other.given = pool[0].given.clone();
                        other.middle = pool[0].middle.clone();
                    }
                }
            }
        }
        other
    }

    /// Whether two identities cannot be told apart by any of their writings.
    pub fn same_parts(&self, other: &Identity) -> bool {
        self.family.own == other.family.own
            && given_text(self) == given_text(other)
            && (self.middle == other.middle || self.middle.is_empty() || other.middle.is_empty())
    }

    /// Whether the name is usual in a script of its own.
    pub fn has_own_script(&self) -> bool {
        let own = [Tongue::Slavic, Tongue::Arabic, Tongue::Korean, Tongue::Chinese];
        own.contains(&self.tongue) && !self.family.own.is_ascii()
    }

    pub fn has_middle(&self) -> bool {
        !self.middle.is_empty()
    }

    /// The name in one of its writings; `own` in its own script.
    pub fn written(&self, dice: &mut Dice, own: bool) -> Person {
        let one = |part: &Part, dice: &mut Dice| part.written(dice, own);
        let family = one(&self.family, dice);
        let middle = self.middle.iter().map(|part| one(part, dice)).collect();
        let syllables: Vec<String> = self.given.iter().map(|part| one(part, dice)).collect();
        let given = match (self.tongue, own) {
            (Tongue::Korean | Tongue::Chinese, true) => syllables.concat(),
            (Tongue::Korean, false) => {
                let joint = ["-", " ", ""][dice.below(3)];
                capital(&syllables.join(joint), joint == " ")
            }
            (Tongue::Chinese, false) => {
                // Pinyin, or Wade-Giles with a hyphen.
                let old = usize::from(dice.chance(0.15));
                let read = |part: &Part| part.latin[old.min(part.latin.len() - 1)].clone();
                let syllables: Vec<String> = self.given.iter().map(read).collect();
                let joint = if old == 1 { "-" } else { ["", " ", "-"][dice.below(3)] };
                capital(&syllables.join(joint), joint == " ")
            }
            _ => syllables.join(" "),
        };
        Person { given, middle, family, tongue: self.tongue }
    }
}

fn given_text(one: &Identity) -> String {
    one.given.iter().map(|part| part.latin[0].as_str()).collect()
}

fn plain_parts(
    dice: &mut Dice,
    given: &str,
    family: &str,
    middle: f64,
) -> (Vec<Part>, Vec<Part>, Part) {
    let first = Part::plain(pick(dice, given));
    let middle = match dice.chance(middle) {
        true => vec![Part::plain(pick(dice, given))],
        false => vec![],
    };
    (vec![first], middle, Part::plain(pick(dice, family)))
}

fn capital(text: &str, all: bool) -> String {
    let mut up = true;
    let mut out = String::new();
    for sign in text.chars() {
        if up {
            out.extend(sign.to_uppercase())
        } else {
            out.push(sign)
        }
        up = all && sign == ' ';
    }
    out
}

/// Beginnings and ends of family names, by tongue; a sound or two stand between.
const COINED: [(&str, &str); 5] = [
    (
        "Бел Крас Мор Вол Жур Лит Гор Пан Руд Сав Тар Фил Кор Бог Дем Мак Низ Орл Пол Рыб Сем Щер \
Тим Яр Зуб Глад Кал Лоб Ник Дуб",
        "ов ев ин енко ский ук ич ова ева ина",
    ),
    (
        "Far Haq Jab Kar Nas Qud Raf Shah Taw Zub Muq Bad Hus Am Daw Ghul Sul Wah Yaz Mazl Khal \
Rah Mohs Ebr Kaz Bahr Lut Sams Dur Hab",
        "adi ani oury awi imi iya ami aldin ullah zadeh pour nejad i far oui iri abi ati",
    ),
    (
        "Ash Black Brad Car Ches Cole Darn Ell Fair Gran Hart Hol Kirk Lang Mar Nor Pem Rad Stan \
Thorn Whit Wood Bren Crom Dun Eck Fried Gold Hag Lind",
        "ford well ton field ley man worth son wick ham berg stein bourne mere er",
    ),
    (
        "Arz Bald Cas Ech Fig Gall It Lar Mend Ort Pal Quint Roj Sal Ur Vill Zam Bern Cord Del",
        "uela omero ueroa ega ardo arri as orena iz osa alba illo ado era",
    ),
    (
        "Oka Ade Nza Mbe Kag Tshi Bah Dia Sow Nku Oju Ngu Mwa Kib Wira Chai Kitti Phon Rata Siri \
Bhat Desh Gow Josh Kulk Mahal Subra Venk Yama Kawa Taka Matsu Fuji",
        "mba lola wale runa sek llo kwu nga bira kamo sak porn chai wat krai war nani pande swamy \
rao arjan moto mura da saki zawa shita hara",
    ),
];
const BETWEEN: &str = "a e i o an ar el en er il in or un al am ik ul as";

/// A family name of such sounds as these tongues have, that few or none bear.
fn coined(tongue: Tongue, dice: &mut Dice) -> Part {
    let (starts, ends) = COINED[match tongue {
        Tongue::Slavic | Tongue::Turkic => 0,
        Tongue::Arabic => 1,
        Tongue::Western => 2,
        Tongue::Spanish => 3,
        Tongue::Korean | Tongue::Chinese | Tongue::Other => 4,
    }];
    if tongue == Tongue::Slavic || tongue == Tongue::Turkic {
        const MIDDLE: &str = "а е и о ан ар ел ен ер ил ин ор ун ал ам ик ул ас";
        let text = [pick(dice, starts), pick(dice, MIDDLE), pick(dice, ends)].concat();
        return Part::slavic(&text);
    }
    let text = [pick(dice, starts), pick(dice, BETWEEN), pick(dice, ends)].concat();
    let mut latin = vec![text.clone()];
    if tongue == Tongue::Arabic {
        // As English, as French, as letter for letter.
        latin.push(text.replace('u', "ou").replace("ooui", "oui"));
        latin.push(text.replace("kh", "h").replace('q', "k").replace('y', "i"));
        if dice.chance(0.4) {
            latin = latin.iter().map(|one| format!("al-{one}")).chain(latin.clone()).collect();
        }
    }
    Part { own: text, latin }
}

fn weighed(dice: &mut Dice, shares: [usize; 8]) -> Tongue {
    let mut at = dice.below(shares.iter().sum());
    for (tongue, share) in TONGUES.iter().zip(shares) {
        match at.checked_sub(share) {
            Some(rest) => at = rest,
            None => return *tongue,
        }
    }
    Tongue::Other
}

/// Plain edit distance, for looking up what is easily mistaken.
pub fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let change = last[j] + usize::from(x != y);
            row.push(change.min(last[j + 1] + 1).min(row[j] + 1));
        }
        last = row;
    }
    last[b.len()]
}

/// Cyrillic in Latin letters: 0 as passports since 2013, 1 as maps, 2 as French papers, 3 as
/// German ones.
pub fn transliterated(text: &str, system: usize) -> String {
    let mut out = String::new();
    let signs: Vec<char> = text.chars().collect();
    for (at, sign) in signs.iter().enumerate() {
        let lower: char = sign.to_lowercase().next().unwrap_or(*sign);
        let last = at + 1 == signs.len();
        let after_vowel = at > 0 && "аеёиоуыэюяьъ".contains(signs[at - 1]);
        let start = at == 0 || after_vowel;
        let letters = match (lower, system) {
            ('ж', 3) => "sch",
            ('ж', 2) => "j",
            ('ж', _) => "zh",
            ('ч', 3) => "tsch",
            ('ч', 2) => "tch",
            ('ч', _) => "ch",
            ('ш', 3) => "sch",
            ('ш', 2) => "ch",
            ('ш', _) => "sh",
            ('щ', 3) => "schtsch",
            ('щ', 2) => "chtch",
            ('щ', _) => "shch",
            ('х', 3) => "ch",
            ('х', _) => "kh",
            ('ц', 3) => "z",
            ('ц', _) => "ts",
            ('ю', 0) => "iu",
            ('ю', 2) => "iou",
            ('ю', 3) => "ju",
            ('ю', _) => "yu",
            ('я', 0) => "ia",
            ('я', 2) => "ia",
            ('я', 3) => "ja",
            ('я', _) => "ya",
            ('е', 1) if start => "ye",
            ('е', 3) if start => "je",
            ('е' | 'э', _) => "e",
            ('ё', 1) => "yo",
            ('ё', 3) => "jo",
            ('ё', _) => "e",
            ('й', 0) => "i",
            ('й', 2) => "i",
            ('й', 3) => "j",
            ('й', _) => "y",
            ('ы', _) => "y",
            ('и', 1) if last => "y",
            ('и', _) => "i",
            ('у', 2) => "ou",
            ('у', _) => "u",
            ('в', 3) if last => "w",
            ('в', 2) if last => "ff",
            ('в', 3) => "w",
            ('ь' | 'ъ', _) => "",
            ('а', _) => "a",
            ('б', _) => "b",
            ('в', _) => "v",
            ('г', _) => "g",
            ('д', _) => "d",
            ('з', 3) => "s",
            ('з', _) => "z",
            ('к', _) => "k",
            ('л', _) => "l",
            ('м', _) => "m",
            ('н', _) => "n",
            ('о', _) => "o",
            ('п', _) => "p",
            ('р', _) => "r",
            ('с', _) => "s",
            ('т', _) => "t",
            ('ф', _) => "f",
            _ => "",
        };
        if sign.is_uppercase() {
            out.push_str(&capital(letters, false));
        } else {
            out.push_str(letters);
        }
    }
    // Dmitriy and Dmitry.
    if system == 1 { out.replace("iy", "y") } else { out }
}
