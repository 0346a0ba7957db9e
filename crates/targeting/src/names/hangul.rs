//! Hangul against Latin letters: a syllable's initial, vowel and final, each with the spellings of
//! the Revised Romanisation, McCune-Reischauer and passports. A Latin word is read along the
//! syllables by the cheapest spelling. Chinese characters of Korean names have their reading here.

use std::collections::HashMap;
use std::sync::OnceLock;

/// Spellings of the nineteen initials, the usual one first.
const INITIALS: [&[&str]; 19] = [
    &["g", "k", "kh"],
    &["kk", "gg", "k", "g"],
    &["n"],
    &["d", "t"],
    &["tt", "dd", "t", "d"],
    &["r", "l", "n", "rh", ""],
    &["m"],
    &["b", "p"],
    &["pp", "bb", "p", "b"],
    &["s", "sh"],
    &["ss", "s"],
    &[""],
    &["j", "ch", "z", "c"],
    &["jj", "tch", "j", "ch"],
    &["ch", "c", "tch"],
    &["k", "kh"],
    &["t", "th"],
    &["p", "ph", "f"],
    &["h", ""],
];
/// Spellings of the 21 vowels.
const VOWELS: [&[&str]; 21] = [
    &["a", "ah", "aa"],
    &["ae", "ai", "e", "ay"],
    &["ya", "ia"],
    &["yae", "yai"],
    &["eo", "o", "u", "uh", "e", "ur", "eu"],
    &["e", "ay", "eh"],
    &["yeo", "yo", "yu", "you", "yuh", "yeu", "ye"],
    &["ye", "e", "yeh"],
    &["o", "oh"],
    &["wa", "oa"],
    &["wae", "wai"],
    &["oe", "oi", "we", "oy"],
    &["yo", "yoh"],
    &["u", "oo", "ou", "woo", "wu", "uh"],
    &["wo", "weo", "uo", "wu"],
    &["we", "weh"],
    &["wi", "ui", "wee"],
    &["yu", "yoo", "you", "ryu"],
    &["eu", "u", "e", "oo"],
    &["ui", "eui", "ee", "e", "i", "yi", "uy"],
    &["i", "ee", "ie", "y", "yi"],
];
/// Spellings of the 28 finals.
const FINALS: [&[&str]; 28] = [
    &["", "h"],
    &["k", "g", "ck", "c"],
    &["k", "kk"],
    &["k"],
    &["n"],
    &["n"],
    &["n"],
    &["t", "d"],
    &["l", "r"],
    &["k", "lk"],
    &["m", "lm"],
    &["l", "lb"],
    &["l"],
    &["l"],
    &["p"],
    &["l"],
    &["m"],
    &["p", "b"],
    &["p"],
    &["t", "s"],
    &["t", "ss"],
    &["ng", "n"],
    &["t", "j"],
    &["t"],
    &["k"],
    &["t"],
    &["p"],
    &["t", "h", ""],
];
/// Family names whose usual spelling follows no rule.
const FAMILIES: &str = "이 lee yi rhee ri li rhie ree lie i|박 park pak bahk|최 choi choe choy|\
임 lim rim im yim|노 noh roh no ro|유 yoo ryu yu you|류 ryu ryoo yoo|우 woo wu u|오 oh o|\
정 jung chung jeong chong|조 cho jo|서 seo suh so|구 koo gu ku goo|고 ko go koh|여 yeo yuh ryeo|\
양 yang ryang|염 yeom yum ryom|나 na ra|라 ra na|하 ha hah|허 heo hur huh ho|백 baek paik paek|\
신 shin sin|심 shim sim|문 moon mun|윤 yoon yun youn|전 jeon chun jun chon|안 ahn an|한 han hahn|\
영 young yung yeong|현 hyun hyeon hyon|준 joon jun chun|선 sun seon son|수 soo su|성 sung seong song|\
경 kyung kyong gyeong|중 jung joong chung|정 jung jeong chong|숙 sook suk|우 woo u|길 gil kil|\
룡 ryong yong|련 ryon yon ryeon|리 ri lee li yi|림 rim lim im|량 ryang yang|령 ryong young ryeong";
/// Families of two syllables.
const LONG_FAMILIES: [&str; 8] = ["남궁", "황보", "제갈", "선우", "독고", "사공", "서문", "동방"];

/// Characters of names by their Korean reading.
const READINGS: &str = "김金|이李|박朴|최崔|정鄭丁正靜政貞定廷晶|강姜康江强剛|조趙曺朝兆|윤尹允潤胤|장張蔣章長|\
임林任|한韓漢翰|오吳五悟|서徐西瑞書緖|신申辛愼信新|권權|황黃晃|안安|송宋松|류柳劉|전全田錢|홍洪弘|고高|\
문文門汶|양梁楊陽良亮洋|손孫|배裵裴培|백白伯百|허許|유兪柳劉裕有維|남南男|심沈|노盧魯|하河夏|곽郭|\
성成聖星誠性聲盛|차車次|주朱周柱珠宙|우禹宇雨友佑祐|구具丘九求|민閔敏民旻|나羅|진陳秦眞珍鎭震辰|지池智志之知|\
엄嚴|채蔡采|원元源遠媛|천千天|방方房|공孔|현玄賢鉉炫顯|함咸|변卞邊|염廉|여呂汝|추秋|도都道度|소蘇素昭|\
석石錫碩奭|선宣善先|설薛雪|마馬|길吉|연延連妍然|위魏|표表|명明命|기奇基起氣|반潘|왕王|금琴|옥玉|육陸|인印仁寅|\
맹孟|제諸濟|모牟|탁卓|국國菊|일日一|은恩銀殷|영英永榮泳映暎|철哲喆鐵|수秀洙壽守水|호浩鎬虎昊豪|준俊準峻浚|\
경京慶景敬庚|희熙姬喜希|미美|숙淑|순順淳純|자子慈|화花華和|혜惠慧|태泰太|재在載宰|동東棟|훈勳薰訓|승承勝昇|\
용龍勇容鎔|상相尙祥|규圭奎|창昌|식植|환煥桓|종鍾宗|중中重仲|해海|대大|덕德|근根|복福|광光廣|춘春|만萬|병炳秉|\
범範凡|섭燮|욱旭昱|웅雄|찬燦讚|학學鶴|형亨炯|룡龍|택澤|혁赫|관寬|갑甲|균均|건建健|결潔|계桂啓|란蘭|련蓮|례禮|\
리利|림林|무武茂|보寶甫|봉鳳奉|부富|사思|산山|새|서|세世|아雅|애愛|언彦|예藝|완完|운雲|월月|의義|장|조|직直|\
청淸|충忠|필弼|행幸|향香|헌憲|홍|효孝";

/// Initial, vowel and final of a syllable, by number.
pub(super) type Syllable = (u8, u8, u8);

/// The parts of a Hangul syllable.
pub(super) fn syllable(sign: char) -> Option<Syllable> {
    let n = (sign as u32).checked_sub(0xac00).filter(|n| *n < 11_172)?;
    Some(((n / 588) as u8, (n % 588 / 28) as u8, (n % 28) as u8))
}

/// A syllable in the Revised Romanisation.
pub(super) fn revised(of: Syllable) -> String {
    let (initial, vowel, last) = (of.0 as usize, of.1 as usize, of.2 as usize);
    format!("{}{}{}", INITIALS[initial][0], VOWELS[vowel][0], FINALS[last][0])
}

/// How many syllables of a name written in one are the family's.
pub(super) fn family_length(name: &str) -> usize {
    let long = name.chars().count() > 3 && LONG_FAMILIES.iter().any(|of| name.starts_with(of));
    if long { 2 } else { 1 }
}

/// The Korean reading of a Chinese character of names.
pub(super) fn reading(character: char) -> Option<Syllable> {
    static TABLE: OnceLock<HashMap<char, Syllable>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let mut table = HashMap::new();
        for line in READINGS.split('|') {
            let mut signs = line.chars();
            let Some(syllable) = signs.next().and_then(syllable) else { continue };
            for character in signs {
                table.entry(character).or_insert(syllable);
            }
        }
        // As the mainland writes them.
        for (simple, full) in SIMPLER.chars().step_by(2).zip(SIMPLER.chars().skip(1).step_by(2)) {
            if let Some(reading) = table.get(&full).copied() {
                table.entry(simple).or_insert(reading);
            }
        }
        table
    });
    table.get(&character).copied()
}

/// Characters in their simpler form, each before its full one.
const SIMPLER: &str = "郑鄭赵趙张張吴吳孙孫刘劉杨楊陈陳黄黃韩韓贞貞强強书書权權钱錢许許卢盧车車\
闵閔罗羅真眞镇鎭严嚴贤賢边邊苏蘇设設马馬连連诸諸国國银銀荣榮铁鐵寿壽俊準庆慶顺順纯純华華\
载載东東勋勳训訓胜勝龙龍钟鍾大大广廣范範赞讚学學宽寬宝寶凤鳳礼禮兰蘭莲蓮爱愛艺藝云雲义義清淸";

fn families() -> &'static HashMap<Syllable, Vec<&'static str>> {
    static TABLE: OnceLock<HashMap<Syllable, Vec<&'static str>>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table: HashMap<Syllable, Vec<&'static str>> = HashMap::new();
        for line in FAMILIES.split('|') {
            let mut words = line.split(' ');
            let Some(of) = words.next().and_then(|text| text.chars().next()) else { continue };
            if let Some(of) = syllable(of) {
                table.entry(of).or_default().extend(words);
            }
        }
        table
    })
}

/// How far a Latin word is from the spellings of these syllables: 0 for the usual one, about 0.1
/// for each syllable spelled in a rarer way; none when it cannot be read along them.
pub(super) fn spelled(syllables: &[Syllable], latin: &str) -> Option<f32> {
    // The cheapest way to have read so many letters with the syllables so far.
    let mut costs: Vec<Option<f32>> = vec![None; latin.len() + 1];
    costs[0] = Some(0.0);
    for of in syllables {
        let mut next: Vec<Option<f32>> = vec![None; latin.len() + 1];
        let mut reach = |at: usize, cost: f32| {
            let kept: &mut Option<f32> = &mut next[at];
            if kept.is_none_or(|kept| cost < kept) {
                *kept = Some(cost);
            }
        };
        for at in 0..=latin.len() {
            let Some(cost) = costs[at] else { continue };
            let rest = &latin[at..];
            for word in families().get(of).into_iter().flatten() {
                if rest.starts_with(word) {
                    reach(at + word.len(), cost + 0.02);
                }
            }
            for (a, initial) in INITIALS[of.0 as usize].iter().enumerate() {
                let Some(rest) = rest.strip_prefix(initial) else { continue };
                for (b, vowel) in VOWELS[of.1 as usize].iter().enumerate() {
                    let Some(rest) = rest.strip_prefix(vowel) else { continue };
                    for (c, last) in FINALS[of.2 as usize].iter().enumerate() {
                        if let Some(rest) = rest.strip_prefix(last) {
                            let odd = 0.03 * a.min(3) as f32 + 0.03 * b as f32 + 0.05 * c as f32;
                            reach(latin.len() - rest.len(), cost + odd);
                        }
                    }
                }
            }
        }
        costs = next;
    }
    costs[latin.len()]
}

/// Two runs of syllables, 1 when they are the same.
pub(super) fn alike(a: &[Syllable], b: &[Syllable]) -> f32 {
    if a.len() != b.len() || a.is_empty() {
        return 0.0;
    }
    let one = |(a, b): (&Syllable, &Syllable)| -> f32 {
        // 리 and 이, 룡 and 용, 녀 and 여: the North keeps what the South drops.
        let dropped = |sign: u8| matches!(sign, 2 | 5 | 11);
        let initial = a.0 == b.0 || (dropped(a.0) && dropped(b.0));
        let parts = [initial, a.1 == b.1, a.2 == b.2];
        match (parts, a.0 == b.0) {
            ([true, true, true], true) => 1.0,
            ([true, true, true], false) => 0.93,
            _ => 0.0,
        }
    };
    a.iter().zip(b).map(one).fold(1.0, f32::min)
}

/// Latin spellings of Korean and Chinese sounds and the class each falls into, the longest first.
/// Systems differ most in the vowels around eo, o and u and in which consonants are strong.
const CLASSES: &[(&str, &str)] = &[
    ("tch", "J"),
    ("yeo", "Yo"),
    ("yoo", "Yo"),
    ("you", "Yo"),
    ("yuh", "Yo"),
    ("woo", "o"),
    ("weo", "Wo"),
    ("eui", "i"),
    ("yae", "Ye"),
    ("ng", "N"),
    ("ch", "J"),
    ("zh", "J"),
    ("jj", "J"),
    ("sh", "s"),
    ("hs", "s"),
    ("ss", "s"),
    ("ts", "Z"),
    ("tz", "Z"),
    ("kk", "k"),
    ("gg", "k"),
    ("kh", "k"),
    ("tt", "t"),
    ("dd", "t"),
    ("th", "t"),
    ("pp", "p"),
    ("bb", "p"),
    ("ph", "p"),
    ("rh", "l"),
    ("eo", "o"),
    ("oo", "o"),
    ("eu", "o"),
    ("ou", "o"),
    ("uh", "o"),
    ("oh", "o"),
    ("ah", "a"),
    ("ae", "e"),
    ("ai", "e"),
    ("ay", "e"),
    ("ee", "i"),
    ("ie", "i"),
    ("yi", "i"),
    ("ui", "i"),
    ("oe", "We"),
    ("oi", "We"),
    ("wo", "Wo"),
    ("wu", "o"),
    ("wa", "Wa"),
    ("we", "We"),
    ("wi", "Wi"),
    ("yo", "Yo"),
    ("yu", "Yo"),
    ("ya", "Ya"),
    ("ye", "Ye"),
    ("a", "a"),
    ("e", "e"),
    ("i", "i"),
    ("o", "o"),
    ("u", "o"),
    ("g", "k"),
    ("k", "k"),
    ("d", "t"),
    ("t", "t"),
    ("b", "p"),
    ("p", "p"),
    ("j", "J"),
    ("q", "J"),
    ("c", "J"),
    ("z", "J"),
    ("x", "s"),
    ("s", "s"),
    ("r", "l"),
    ("l", "l"),
    ("m", "m"),
    ("n", "n"),
    ("h", "h"),
    ("f", "p"),
];

/// The spellings by their first letter.
fn by_letter() -> &'static [Vec<(&'static str, &'static str)>] {
    static BY_LETTER: OnceLock<Vec<Vec<(&'static str, &'static str)>>> = OnceLock::new();
    BY_LETTER.get_or_init(|| {
        let of = |letter: u8| {
            CLASSES.iter().filter(|(written, _)| written.as_bytes()[0] == letter).copied().collect()
        };
        (0..128).map(of).collect()
    })
}

/// The classes of a word's sounds, if it can be Korean or Chinese in Latin letters: short, and no
/// two consonants but where a syllable ends.
pub(super) fn classes(latin: &str) -> Option<String> {
    if latin.len() > 12 || latin.len() < 2 {
        return None;
    }
    let (mut out, mut rest, mut consonants) = (String::new(), latin, 0);
    while !rest.is_empty() {
        let begins = &by_letter()[usize::from(rest.as_bytes()[0] & 0x7f)];
        let (written, class) = begins.iter().find(|(written, _)| rest.starts_with(written))?;
        let vowel = class.ends_with(['a', 'e', 'i', 'o']);
        consonants = if vowel { 0 } else { consonants + 1 };
        if consonants > 2 || (consonants == 2 && out.len() == 1) {
            return None;
        }
        out.push_str(class);
        rest = &rest[written.len()..];
    }
    Some(out)
}

/// Whether a Latin word may be a Korean or Chinese family name.
pub(super) fn is_family(latin: &str) -> bool {
    const MORE: &str = "\
kim gim kang gang jang chang hwang song hong kwon gwon kwak bae pae nam min jin cha ju joo \
ji chi min ma kong chen chan tan huang wong zhang cheung wang liu lau chao zhao chiu wu ng \
zhou chow chou xu hsu tsui sun suen zhu chu gao kao lin lam he guo kuo kwok luo law liang \
leung zheng cheng xie hsieh tse tang feng fung dong tung xiao hsiao siu cao tsao yuan yuen \
deng teng shen zeng tseng peng pang lu su jiang cai tsai ding ting wei xue ye yeh yip pan \
poon du dai tai xia zhong tian fan son jon jun hur heo kye tae pyon";
    static FAMILY: OnceLock<std::collections::HashSet<&'static str>> = OnceLock::new();
    let all = FAMILY.get_or_init(|| {
        let own = FAMILIES.split('|').take(29).flat_map(|line| line.split(' ').skip(1));
        own.chain(MORE.split_whitespace()).collect()
    });
    all.contains(latin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_syllable_fall_into_one_class() {
        for (one, other) in
            [("cheol", "chol"), ("chul", "chol"), ("seonu", "sunwoo"), ("jung", "chong")]
        {
            assert_eq!(classes(one), classes(other), "{one} and {other}");
        }
        assert_eq!(classes("smith"), None);
    }

    #[track_caller]
    fn check(hangul: &str, latin: &str, reads: bool) {
        let syllables: Vec<Syllable> = hangul.chars().filter_map(syllable).collect();
        assert_eq!(spelled(&syllables, latin).is_some(), reads, "{hangul} as {latin}");
    }

    #[test]
    fn spellings_of_every_system_are_read() {
        for latin in ["gim", "kim"] {
            check("김", latin, true);
        }
        for latin in ["lee", "yi", "rhee", "i", "ri"] {
            check("이", latin, true);
        }
        check("박", "park", true);
        check("박", "pak", true);
        check("철수", "cheolsu", true);
        check("철수", "chulsoo", true);
        check("철수", "cholsu", true);
        check("정은", "jongun", true);
        check("정은", "jeongeun", true);
        check("영희", "younghee", true);
        check("영희", "minsu", false);
        check("김", "kang", false);
    }

    #[test]
    fn characters_of_names_have_a_korean_reading() {
        assert_eq!(reading('金'), syllable('김'));
        assert_eq!(reading('正'), syllable('정'));
        assert_eq!(reading('a'), None);
    }
}
