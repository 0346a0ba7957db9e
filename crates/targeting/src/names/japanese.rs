//! Japanese names in characters: families by a table; given names by a table or, where that does
//! not know them, by how each character is read in given names. Many can be read in several ways
//! (裕 is hiro or yu), so that a name has a few readings, the usual one first.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::fold;

/// Readings of one name at most.
const MOST: usize = 4;

/// Families, those that are most common; one reading a line, and all ways to write it.
const FAMILIES: &str = "\
sato 佐藤
suzuki 鈴木
takahashi 高橋 髙橋
tanaka 田中
ito 伊藤 伊東
watanabe 渡辺 渡邊 渡邉 渡部
yamamoto 山本
nakamura 中村
kobayashi 小林
kato 加藤
yoshida 吉田 𠮷田
yamada 山田
sasaki 佐々木 佐佐木
yamaguchi 山口
matsumoto 松本
inoue 井上
kimura 木村
hayashi 林
saito 斎藤 斉藤 齋藤 齊藤
shimizu 清水
yamazaki 山崎
abe 阿部 安部 安倍
mori 森 毛利
ikeda 池田
hashimoto 橋本
yamashita 山下
ishikawa 石川
nakajima 中島
nakashima 中島
maeda 前田
fujita 藤田
ogawa 小川
goto 後藤
okada 岡田
hasegawa 長谷川
murakami 村上
kondo 近藤
ishii 石井
sakamoto 坂本 阪本
endo 遠藤
fujii 藤井
aoki 青木
fukuda 福田
nishimura 西村
miura 三浦
fujiwara 藤原
okamoto 岡本
ota 太田 大田
matsuda 松田
nakagawa 中川
nakano 中野
harada 原田
ono 小野 大野
tamura 田村
takeuchi 竹内 武内
kaneko 金子
wada 和田
nakayama 中山
ishida 石田
ueda 上田 植田
morita 森田
hara 原
shibata 柴田
sakai 酒井 坂井
miyazaki 宮崎
yokoyama 横山
kudo 工藤
miyamoto 宮本
uchida 内田
takagi 高木
ando 安藤
taniguchi 谷口
maruyama 丸山
imai 今井
takada 高田
takata 高田
fujimoto 藤本
takeda 武田 竹田
murata 村田
ueno 上野
sugiyama 杉山
masuda 増田
hirano 平野
otsuka 大塚
chiba 千葉
kubo 久保
matsui 松井
kojima 小島 児島
iwasaki 岩崎
sakurai 桜井 櫻井
noguchi 野口
matsuo 松尾
nomura 野村
kinoshita 木下
kikuchi 菊地 菊池
sano 佐野
onishi 大西
sugimoto 杉本
arai 新井 荒井
hamada 浜田 濱田
sugawara 菅原
kan 菅
suga 菅
ichikawa 市川
mizuno 水野
komatsu 小松
shimada 島田
furukawa 古川
koyama 小山
oyama 小山 大山
takano 高野
nishida 西田
yamauchi 山内
nishikawa 西川
igarashi 五十嵐
kitamura 北村
yasuda 安田
nakata 中田
nakada 中田
kawaguchi 川口
hirata 平田
kawasaki 川崎
honda 本田 本多
kubota 久保田
yoshikawa 吉川
iida 飯田
sawada 沢田 澤田
tsuji 辻
seki 関
yoshimura 吉村
nakanishi 中西
iwata 岩田
hattori 服部
higuchi 樋口
fukushima 福島
kawakami 川上
nagai 永井 長井
matsuoka 松岡
taguchi 田口
yamanaka 山中
morimoto 森本
tsuchiya 土屋
yano 矢野
hirose 広瀬 廣瀬
akiyama 秋山
ishihara 石原
matsushita 松下
ohashi 大橋
matsuura 松浦
baba 馬場
koike 小池
asano 浅野
araki 荒木
okubo 大久保
noda 野田
kawamura 川村 河村
katayama 片山
hoshino 星野
honma 本間
ozaki 尾崎
oka 岡
kuroda 黒田
hori 堀
sudo 須藤
mochizuki 望月
kumagai 熊谷
oshima 大島
nagata 永田
naito 内藤
matsumura 松村
nishiyama 西山
hayakawa 早川
oishi 大石
ochiai 落合
kurihara 栗原
shiraishi 白石
okazaki 岡崎
horiuchi 堀内
nakai 中井
hirai 平井
kono 河野
kawano 河野 川野
kuwabara 桑原
oda 小田 織田
tokugawa 徳川
toyota 豊田
toyoda 豊田
tanabe 田辺 田邊
azuma 東
minami 南
kitagawa 北川
miyake 三宅
narita 成田
kodama 児玉
machida 町田
kanda 神田
sekiguchi 関口
nemoto 根本
okawa 大川
kishi 岸
kishida 岸田
ishibashi 石橋
yasui 安井
miki 三木
takenaka 竹中
takeshita 竹下
kawashima 川島
kawada 川田 河田
okumura 奥村
okuda 奥田
tsuda 津田
matsuyama 松山
uemura 植村 上村
yanagi 柳
kuroki 黒木
kurokawa 黒川
enomoto 榎本
takizawa 滝沢 滝澤
ozawa 小沢 小澤
osawa 大沢 大澤
miyata 宮田
miyashita 宮下
matsubara 松原
shinohara 篠原
shinoda 篠田
kamata 鎌田
yoshioka 吉岡
yoshimoto 吉本
yamagishi 山岸
yamane 山根
asai 浅井
inagaki 稲垣
omori 大森
otani 大谷
umeda 梅田
tsunoda 角田
tsukamoto 塚本
toda 戸田
tomita 富田
nakao 中尾
nagano 永野 長野
nishioka 西岡
nishio 西尾
nishino 西野
nozaki 野崎
hirayama 平山
furuta 古田
makino 牧野
matsunaga 松永
mikami 三上
mizutani 水谷
mizoguchi 溝口
miyagawa 宮川
murai 村井
murayama 村山
muramatsu 村松
morikawa 森川
moriyama 森山
yagi 八木
yamamura 山村
yokota 横田
izumi 和泉 泉
wakabayashi 若林
ishiguro 石黒
shinozaki 篠崎
tsukada 塚田
nakatani 中谷
shimura 志村
tajima 田島
hirakawa 平川
oe 大江
mishima 三島
kitano 北野
kurosawa 黒沢 黒澤
miyazawa 宮沢 宮澤
shiina 椎名
yukawa 湯川
";

/// Given names whose reading does not come of their characters' usual ones.
const GIVEN: &str = "\
taro 太郎
ichiro 一郎
jiro 二郎 次郎
saburo 三郎
shiro 四郎 史郎
goro 五郎
makoto 誠 真 信 実
ken 健 賢 謙
takeshi 健 剛 武 猛 毅 岳
hiroshi 浩 博 弘 洋 寛 宏 裕
shigeru 茂 繁 滋
susumu 進
masaru 勝 優 賢
kiyoshi 清 潔
minoru 実 稔
osamu 修 治
yutaka 豊 裕
takashi 隆 孝 崇 隆史 貴史
tadashi 正 忠 匡
akira 明 彰 昭 晃 旭 章 亮
ryo 亮 涼 遼 良
sho 翔 将
ren 蓮
tsuyoshi 剛 毅 強
manabu 学
satoshi 聡 智 哲 敏 慧
tetsu 哲 徹
satoru 悟 聡
toru 徹 透 亨
noboru 昇 登
mitsuru 満 充
isamu 勇
tsutomu 務 勉 努
mamoru 守
kaoru 薫 馨
shinobu 忍
jun 純 淳 潤 順
atsushi 淳 敦 厚 篤
hitoshi 仁 均 等
jin 仁
yu 優 悠 祐
isao 勲 功
ko 晃 航 光
wataru 渉 航 亘
ayumi 歩 亜由美
hikaru 光
megumi 恵 愛
ai 愛
mai 舞
aoi 葵
rin 凛
sakura 桜
kaede 楓
azusa 梓
hitomi 瞳
nozomi 望 望美 希
tsukasa 司
takumi 匠 拓海 巧
minato 湊
hinata 陽向
mayumi 真由美
keiko 恵子 敬子 啓子 慶子 桂子
yoko 洋子 陽子 葉子 容子
sachiko 幸子 祥子
yukiko 幸子 由紀子 雪子
michiko 美智子 道子
yuko 裕子 優子 祐子
hiroko 裕子 弘子 博子 寛子
yoshiko 良子 芳子 佳子 淑子
yui 結衣
hina 陽菜
misaki 美咲
nanami 七海
hanako 花子
kenji 賢治 健司 健二 憲司
shinji 真司 真二 慎二 伸二
seiji 誠司 誠二 清治
eiji 英司 英二 栄治
koji 浩二 孝司 幸司 浩司 耕司
yuji 裕二 雄二 裕司 祐司
shoji 昭二 昇司
kenta 健太 賢太
shota 翔太
yuta 雄太 勇太 優太
yuki 由紀 有紀 雪 幸 勇気 祐希 友紀
daisuke 大輔 大介
kosuke 浩介 康介 孝輔
yusuke 祐介 裕介 雄介
shunsuke 俊介 俊輔
ryosuke 良介 亮介
shinichi 真一 伸一 慎一 信一
kenichi 健一 賢一 憲一
koichi 浩一 孝一 光一 幸一 耕一
yuichi 雄一 裕一 祐一 勇一
junichi 純一 淳一 順一 潤一
eiichi 栄一 英一
ryuichi 隆一 竜一 龍一
shoichi 正一 昭一 昌一
seiichi 誠一 清一 精一
shigekazu 茂和
kazuo 一夫 和夫 一男 和男 一雄 和雄
ryota 亮太 涼太 良太
keita 圭太 慶太 啓太
kota 康太 浩太 光太
shohei 翔平 昌平 祥平
kohei 康平 航平 浩平 公平
yohei 洋平 陽平
ryohei 良平 亮平 涼平
jiro 治郎
naomi 直美 尚美
naoki 直樹 直己
naoko 直子 尚子
naoto 直人
masako 昌子 雅子
masaki 正樹 雅樹
hiroki 弘樹 裕樹 浩樹
hiroko 博子
keiichi 圭一 恵一
hiromi 裕美 博美 浩美 弘美
yumi 由美 裕美 優美
akemi 明美
kumi 久美
emi 恵美 絵美
tomomi 智美 友美 知美
asami 麻美
mami 真美 麻美
";

/// How characters are read within given names of two and three, the usual reading first.
const READ: &str = "\
一 kazu ichi
二 ji
三 zo mi
郎 ro
朗 ro
子 ko
美 mi
夫 o
雄 o yu
男 o
生 o ki
彦 hiko
也 ya
哉 ya
矢 ya
介 suke
助 suke
輔 suke
佑 yu suke
祐 yu suke
太 ta
大 dai hiro
人 to hito
斗 to
樹 ki
紀 ki nori
輝 ki teru
貴 taka ki
喜 yoshi ki
希 ki
之 yuki
行 yuki
幸 yuki sachi
明 aki
昭 aki
秋 aki
章 aki sho
彰 aki
健 ken
賢 ken
憲 nori ken
謙 ken
真 masa ma
正 masa
政 masa
雅 masa
昌 masa
将 masa sho
和 kazu
裕 hiro yu
浩 hiro ko
弘 hiro ko
博 hiro
宏 hiro ko
洋 hiro yo
広 hiro
寛 hiro
尚 nao hisa
直 nao
恵 e kei
由 yu yoshi
有 yu ari
優 yu
勇 yu isa
悠 yu haru
智 tomo
知 tomo chi
友 tomo yu
朋 tomo
隆 taka ryu
孝 taka
高 taka
崇 taka
敬 taka kei
秀 hide shu
英 hide ei
義 yoshi
吉 kichi yoshi
良 yoshi ryo
善 yoshi zen
芳 yoshi
偉 hide take
哲 tetsu
鉄 tetsu
達 tatsu
辰 tatsu
竜 ryu tatsu
龍 ryu tatsu
俊 toshi shun
敏 toshi
利 toshi ri
信 nobu shin
伸 nobu shin
延 nobu
晋 shin
新 shin
晴 haru
春 haru
治 ji haru
次 ji tsugu
司 ji shi
史 shi fumi
志 shi
士 shi
千 chi
翔 sho
祥 sho yoshi
陽 haru yo
葉 yo ha
茂 shige
重 shige
繁 shige
成 nari shige
光 mitsu
満 mitsu
充 mitsu
久 hisa ku
寿 toshi hisa
則 nori
典 nori
規 nori
徳 nori
法 nori
文 fumi
克 katsu
勝 katsu
清 kiyo
国 kuni
邦 kuni
康 yasu ko
保 yasu
泰 yasu
靖 yasu
安 yasu
武 take
剛 take go
豪 go
拓 taku
卓 taku
亮 ryo
涼 ryo
遼 ryo
圭 kei
慶 kei yoshi
啓 kei hiro
景 kage kei
桂 kei
奈 na
菜 na
那 na
香 ka
佳 ka yoshi
花 hana ka
華 ka
加 ka
江 e
絵 e
枝 e
理 ri
里 ri
梨 ri
莉 ri
沙 sa
紗 sa
佐 sa
早 sa
咲 saki
織 ori
亜 a
愛 ai
彩 aya
綾 aya
礼 rei
玲 rei
麗 rei
結 yu
衣 i
代 yo
世 yo
津 tsu
都 to
登 to
穂 ho
帆 ho
海 mi
実 mi
未 mi
麻 ma asa
摩 ma
万 ma
路 ji
道 michi
通 michi
守 mori
盛 mori
平 hei
兵 hei
作 saku
蔵 zo
造 zo
吾 go
五 go
悟 go
衛 e
四 shi
潤 jun
淳 jun
純 jun
順 jun
仁 hito
元 moto
基 moto
宗 mune
進 shin
慎 shin
力 riki
空 sora
颯 so
奏 so
星 sei
誠 sei
静 shizu
節 setsu
悦 etsu
京 kyo
恭 kyo yasu
響 kyo
富 tomi
福 fuku
松 matsu
竹 take
梅 ume
鶴 tsuru
虎 tora
岳 take
";

/// Readings by what is written, the usual one first.
type Table = HashMap<&'static str, Vec<&'static str>>;

/// A table of lines that give one reading and all that is written so.
fn by_writing(lines: &'static str) -> Table {
    let mut table = Table::new();
    for line in lines.lines() {
        let mut words = line.split(' ');
        let reading = words.next().unwrap_or_default();
        words.for_each(|written| table.entry(written).or_default().push(reading));
    }
    table
}

fn families() -> &'static Table {
    static FOUND: OnceLock<Table> = OnceLock::new();
    FOUND.get_or_init(|| by_writing(FAMILIES))
}

fn given_names() -> &'static Table {
    static FOUND: OnceLock<Table> = OnceLock::new();
    FOUND.get_or_init(|| by_writing(GIVEN))
}

fn characters() -> &'static Table {
    static FOUND: OnceLock<Table> = OnceLock::new();
    FOUND.get_or_init(|| {
        let line = |line: &'static str| {
            let mut words = line.split(' ');
            (words.next().unwrap_or_default(), words.collect())
        };
        READ.lines().map(line).collect()
    })
}

/// Families and given names in Latin letters that are long enough to be no syllable of others.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    let lines = FAMILIES.lines().chain(GIVEN.lines());
    lines.filter_map(|line| line.split(' ').next()).filter(|word| word.len() >= 4)
}

/// Whether a sign is one of the syllables that Japanese is also written in.
fn is_kana(sign: char) -> bool {
    matches!(sign, '\u{3041}'..='\u{30ff}')
}

/// How a given name may be read, the usual reading first; nothing when the tables do not know it.
fn given(text: &str) -> Vec<String> {
    if !text.is_empty() && text.chars().all(is_kana) {
        return vec![fold::latin(text)];
    }
    if let Some(known) = given_names().get(text) {
        return known.iter().map(|&reading| reading.to_owned()).collect();
    }
    let mut parts: Vec<&[&str]> = Vec::new();
    for (at, sign) in text.char_indices() {
        // The mark of repetition says the character before it again.
        let read = match (sign, parts.last()) {
            ('々', Some(last)) => Some(*last),
            _ => characters().get(&text[at..at + sign.len_utf8()]).map(Vec::as_slice),
        };
        let Some(read) = read else { return Vec::new() };
        parts.push(read);
    }
    if !(2..=3).contains(&parts.len()) {
        return Vec::new();
    }
    // Each by its usual reading, and then with one character read otherwise.
    let usual = |at: usize| parts[at][0];
    let mut readings = vec![(0..parts.len()).map(usual).collect::<String>()];
    for (other, read) in parts.iter().enumerate() {
        if let Some(second) = read.get(1) {
            let said = (0..parts.len()).map(|at| if at == other { second } else { usual(at) });
            readings.push(said.collect());
        }
    }
    readings
}

/// Family and given name of a person, in Latin letters, for each way in which they may be read;
/// nothing when the tables do not know both. `apart` is the given name where it stands apart.
pub(super) fn readings(text: &str, apart: Option<&str>) -> Vec<(&'static str, String)> {
    let mut found: Vec<(usize, (&'static str, String))> = Vec::new();
    let splits: Vec<(&str, &str)> = match apart {
        Some(given) => vec![(text, given)],
        None => text.char_indices().skip(1).map(|(at, _)| text.split_at(at)).collect(),
    };
    // Longer families first: 久保田 before 久保.
    for (family, rest) in splits.into_iter().rev() {
        let Some(families) = families().get(family) else { continue };
        for (n, reading) in given(rest).into_iter().enumerate() {
            for (m, &family) in families.iter().enumerate() {
                found.push((n + m, (family, reading.clone())));
            }
        }
    }
    found.sort_by_key(|one| one.0);
    found.truncate(MOST);
    found.into_iter().map(|one| one.1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_in_japan() {
        let first =
            |text: &str| readings(text, None).into_iter().next().map(|(a, b)| format!("{a} {b}"));
        for (written, read) in [
            ("田中太郎", "tanaka taro"),
            ("佐々木健一", "sasaki kenichi"),
            ("久保田裕子", "kubota yuko"),
            ("中村奈々", "nakamura nana"),
            ("安倍晋三", "abe shinzo"),
            ("小川直樹", "ogawa naoki"),
            ("林智彦", "hayashi tomohiko"),
        ] {
            assert_eq!(first(written).as_deref(), Some(read), "{written}");
        }
        assert_eq!(
            readings("河野", Some("洋平"))[..],
            [("kono", "yohei".to_owned()), ("kawano", "yohei".to_owned())]
        );
        assert_eq!(readings("佐藤", Some("さくら"))[0].1, "sakura");
        for unknown in ["习近平", "田中", "王小明", ""] {
            assert!(readings(unknown, None).is_empty(), "{unknown}");
        }
    }

    #[test]
    fn tables_are_of_characters_and_plain_letters() {
        for table in [families(), given_names(), characters()] {
            for (written, readings) in table {
                assert!(written.chars().all(|sign| sign as u32 > 0x2fff), "{written}");
                let plain = |one: &&str| one.bytes().all(|byte| byte.is_ascii_lowercase());
                assert!(!readings.is_empty() && readings.iter().all(plain), "{written}");
            }
        }
    }
}
