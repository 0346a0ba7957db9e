//! The model card on paper: the same blocks as HTML, with its plots as SVG, or as Markdown; in
//! Korean, in English, or one after the other. The page loads nothing from anywhere, so that it
//! can be kept as a record. What is on it is gathered in `card.rs`.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::Value;
use targeting::feature::{self, CATALOGUE};
use targeting::learning::Judged;
use targeting::measuring::Interval;
use targeting::model::Target;
use targeting::model::metrics::Metrics;
use targeting::screening::Language;

use super::card::{Card, Limit};

/// A piece of the page.
enum Block {
    Title(String),
    Heading(&'static str),
    Text(String),
    Points(Vec<String>),
    Table(Vec<&'static str>, Vec<Vec<String>>),
    Plot(String),
}

/// How the page looks: black on white, since it is printed and filed.
const LOOKS: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;\
    padding:0 1rem;color:#111}table{border-collapse:collapse;margin:.5rem 0}\
    td,th{border:1px solid #bbb;padding:.2rem .6rem;text-align:left}th{background:#f2f2f2}\
    h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:1.6rem}section+section{margin-top:3rem;\
    border-top:2px solid #111}svg{max-width:100%;height:auto}code{overflow-wrap:anywhere}";

/// The card as one HTML file that stands alone.
#[must_use]
pub fn html(card: &Card, languages: &[Language]) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta \
         name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n\
         <style>{LOOKS}</style>\n</head>\n<body>\n",
        languages.first().map_or("en", |language| code(*language)),
        escaped(&format!("Model card {}", card.model.id)),
    );
    for language in languages {
        let _ = writeln!(page, "<section lang=\"{}\">", code(*language));
        for block in blocks(card, *language) {
            let _ = match block {
                Block::Title(text) => writeln!(page, "<h1>{}</h1>", escaped(&text)),
                Block::Heading(text) => writeln!(page, "<h2>{}</h2>", escaped(text)),
                Block::Text(text) => writeln!(page, "<p>{}</p>", escaped(&text)),
                Block::Points(points) => {
                    let points: String =
                        points.iter().map(|of| format!("<li>{}</li>\n", escaped(of))).collect();
                    writeln!(page, "<ul>\n{points}</ul>")
                }
                Block::Plot(svg) => writeln!(page, "{svg}"),
                Block::Table(head, rows) => {
                    let row = |tag: &str, cells: Vec<&str>| -> String {
                        let cell = |of: &&str| format!("<{tag}>{}</{tag}>", escaped(of));
                        format!("<tr>{}</tr>\n", cells.iter().map(cell).collect::<String>())
                    };
                    let body: String = (rows.iter())
                        .map(|cells| row("td", cells.iter().map(String::as_str).collect()))
                        .collect();
                    writeln!(page, "<table>\n{}{body}</table>", row("th", head))
                }
            };
        }
        page.push_str("</section>\n");
    }
    page.push_str("</body>\n</html>\n");
    page
}

/// The card as Markdown, without its plots.
#[must_use]
pub fn markdown(card: &Card, languages: &[Language]) -> String {
    let mut page = String::new();
    let bar = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    for language in languages {
        for block in blocks(card, *language) {
            let _ = match block {
                Block::Title(text) => writeln!(page, "# {text}\n"),
                Block::Heading(text) => writeln!(page, "## {text}\n"),
                Block::Text(text) => writeln!(page, "{text}\n"),
                Block::Points(points) => {
                    let points: String =
                        points.iter().map(|of| format!("- {}\n", of.replace('\n', " "))).collect();
                    writeln!(page, "{points}")
                }
                Block::Plot(_) => Ok(()),
                Block::Table(head, rows) => {
                    let row = |cells: &[String]| {
                        let cells: Vec<String> = cells.iter().map(|of| bar(of)).collect();
                        format!("| {} |\n", cells.join(" | "))
                    };
                    let head: Vec<String> = head.into_iter().map(str::to_owned).collect();
                    let rule = format!("|{}\n", "---|".repeat(head.len()));
                    let body: String = rows.iter().map(|cells| row(cells)).collect();
                    writeln!(page, "{}{rule}{body}", row(&head))
                }
            };
        }
    }
    page
}

fn code(language: Language) -> &'static str {
    match language {
        Language::Ko => "ko",
        Language::En => "en",
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The page in one language, from top to bottom.
fn blocks(card: &Card, language: Language) -> Vec<Block> {
    let say = |ko: &'static str, en: &'static str| match language {
        Language::Ko => ko,
        Language::En => en,
    };
    let Card { model, window, .. } = card;
    let mut page = vec![
        Block::Title(format!("{} {}", say("모델 카드", "Model card"), model.id)),
        Block::Table(
            vec![say("항목", "what"), say("내용", "content")],
            vec![
                vec![say("상태", "State").into(), state(&model.state, language).into()],
                vec![say("지문 (SHA-256)", "Hash (SHA-256)").into(), model.hash.clone()],
                vec![
                    say("학습", "Learned").into(),
                    by_and_when(model.learned_by.as_deref(), model.learned_at),
                ],
                vec![
                    say("데이터 기간", "Data window").into(),
                    format!("{} – {}", window.first, window.last),
                ],
                vec![say("라이브러리", "Library").into(), card.library.clone()],
                vec![say("가중", "Weights").into(), card.weighting.clone()],
            ],
        ),
        Block::Heading(say("무엇을 배웠는가", "What it learned from")),
        Block::Table(
            vec![
                say("대상", "target"),
                say("검사 결과", "lessons"),
                say("적발", "finds"),
                say("특성 수", "features"),
            ],
            (card.learned.iter())
                .map(|of| {
                    vec![
                        target(of.target, language).to_owned(),
                        of.lessons.to_string(),
                        of.finds.to_string(),
                        of.features.to_string(),
                    ]
                })
                .collect(),
        ),
        Block::Heading(say("이후 날짜의 성적", "How it did on later days")),
        Block::Text(match language {
            Language::Ko => format!(
                "{}부터 {}까지 배워 {}부터 {}까지 판정하였습니다. 괄호 안은 95 % 구간입니다.",
                card.backtest.learned.first,
                card.backtest.learned.last,
                card.backtest.judged.first,
                card.backtest.judged.last
            ),
            Language::En => format!(
                "Learned from {} to {}, judged on {} to {}. In brackets: 95 % intervals.",
                card.backtest.learned.first,
                card.backtest.learned.last,
                card.backtest.judged.first,
                card.backtest.judged.last
            ),
        }),
        figures(card, language),
    ];
    page.extend(kept_tables(&card.kept, language));
    page.push(Block::Heading(say(
        "실제 화물에서 확률이 맞았는가",
        "Whether its chances held in traffic",
    )));
    if card.calibration.is_empty() {
        page.push(Block::Text(
            say(
                "이 모델로 계획하여 검사한 화물이 아직 없습니다.",
                "Nothing planned by this model has been inspected yet.",
            )
            .into(),
        ));
    } else {
        page.push(Block::Text(
            say(
                "계획에 기록된 추첨 확률로 추정한 이상 화물의 비율입니다. 점이 대각선에 \
                 가까울수록 확률이 맞습니다.",
                "The share that is irregular, estimated from the recorded chances of the plans. \
                 The nearer the points are to the diagonal, the truer the chances.",
            )
            .into(),
        ));
        let points: Vec<(f64, Interval)> =
            card.calibration.iter().map(|bin| (bin.expected, bin.estimated)).collect();
        page.push(Block::Plot(plot(&points, language)));
        page.push(Block::Table(
            vec![
                say("예상 확률", "chance"),
                say("계획", "planned"),
                say("검사", "inspected"),
                say("평균 예상", "expected"),
                say("추정 (95 %)", "estimated (95 %)"),
            ],
            (card.calibration.iter())
                .map(|bin| {
                    vec![
                        format!("{:.2}–{:.2}", bin.from, bin.to),
                        bin.planned.to_string(),
                        bin.inspected.to_string(),
                        format!("{:.3}", bin.expected),
                        share(bin.estimated),
                    ]
                })
                .collect(),
        ));
    }
    page.push(Block::Heading(say("무엇을 보는가", "What it reads")));
    page.push(Block::Table(
        vec![say("특성", "feature"), say("뜻", "what it is"), say("출처", "from")],
        (card.reads.iter())
            .map(|read| {
                let what = match language {
                    Language::Ko => &read.ko,
                    Language::En => &read.en,
                };
                vec![read.code.clone(), what.clone(), read.source.clone()]
            })
            .collect(),
    ));
    page.push(Block::Heading(say("알려진 한계", "Known limits")));
    page.push(Block::Points(
        (card.limits.iter().map(|limit| sentence(*limit, language).to_owned()))
            .chain(kept_limits(&card.kept, language))
            .collect(),
    ));
    page.push(Block::Heading(say("누가 무엇을 결정했는가", "Who decided what")));
    page.push(Block::Table(
        vec![
            say("언제", "when"),
            say("무엇", "what"),
            say("누가", "who"),
            say("이유", "reason"),
            say("기록 번호", "entry"),
        ],
        (card.life.iter())
            .map(|step| {
                vec![
                    when(step.at),
                    act(&step.act, language).to_owned(),
                    step.by.clone(),
                    step.reason.clone().unwrap_or_default(),
                    step.seq.to_string(),
                ]
            })
            .collect(),
    ));
    page
}

fn by_and_when(by: Option<&str>, at: i64) -> String {
    format!("{} {}", when(at), by.unwrap_or_default()).trim_end().to_owned()
}

fn when(at: i64) -> String {
    Timestamp::from_microsecond(at).map_or_else(|_| String::new(), |at| format!("{at:.0}"))
}

fn share(of: Interval) -> String {
    format!("{:.3} ({:.3}–{:.3})", of.estimate, of.low, of.high)
}

fn figures(card: &Card, language: Language) -> Block {
    let (all, new) = match language {
        Language::Ko => ("전체", "신규 물품"),
        Language::En => ("all goods", "new goods"),
    };
    let mut rows = Vec::new();
    for (of, judged) in
        [(Target::Irregular, &card.backtest.irregular), (Target::Critical, &card.backtest.critical)]
    {
        let Judged { all: of_all, new_goods, .. } = judged;
        for (goods, metrics) in [(all, of_all), (new, new_goods)] {
            if let Some(metrics) = metrics {
                rows.push(figures_of(target(of, language), goods, metrics));
            }
        }
    }
    let head = match language {
        Language::Ko => ["대상", "물품", "판정", "적발", "p@1 %", "p@5 %", "AUC", "PR-AUC", "ECE"],
        Language::En => {
            ["target", "goods", "judged", "finds", "p@1 %", "p@5 %", "AUC", "PR-AUC", "ECE"]
        }
    };
    Block::Table(head.into(), rows)
}

fn figures_of(target: &str, goods: &str, metrics: &Metrics) -> Vec<String> {
    let top = |share: f64| {
        let top = metrics.top.iter().find(|top| top.share == share);
        top.map_or("–".to_owned(), |top| {
            format!("{:.3} ({:.2}–{:.2})", top.precision, top.interval.low, top.interval.high)
        })
    };
    let auc = match (metrics.auc, metrics.auc_interval) {
        (Some(auc), Some(of)) => format!("{auc:.3} ({:.2}–{:.2})", of.low, of.high),
        (Some(auc), None) => format!("{auc:.3}"),
        (None, _) => "–".to_owned(),
    };
    vec![
        target.to_owned(),
        goods.to_owned(),
        metrics.rows.to_string(),
        metrics.positives.to_string(),
        top(0.01),
        top(0.05),
        auc,
        metrics.pr_auc.map_or("–".to_owned(), |area| format!("{area:.3}")),
        format!("{:.3}", metrics.ece),
    ]
}

/// What the backtest keeps for the card beside its figures: calibration, slices and effects on the
/// judged days. It is read as it is kept, so that a backtest of before, which has none of it, and
/// one of a later release can both be shown.
fn kept_tables(kept: &Value, language: Language) -> Vec<Block> {
    let say = |ko: &'static str, en: &'static str| match language {
        Language::Ko => ko,
        Language::En => en,
    };
    let mut page = Vec::new();
    let number = |of: &Value| of.as_f64().unwrap_or(f64::NAN);
    let text = |of: &Value| of.as_str().unwrap_or_default().to_owned();
    let interval = |of: &Value| Interval {
        estimate: number(&of["observed"]),
        low: number(&of["interval"]["low"]),
        high: number(&of["interval"]["high"]),
    };
    for (of, part) in [(Target::Irregular, "for_irregular"), (Target::Critical, "for_critical")] {
        let card = &kept["card"][part];
        let list = |name: &str| card[name].as_array().cloned().unwrap_or_default();
        let (bins, slices, effects) = (list("calibration"), list("slices"), list("effects"));
        if !bins.is_empty() {
            page.push(Block::Heading(say(
                "판정 기간에 확률이 맞았는가",
                "Whether its chances held on the judged days",
            )));
            page.push(Block::Text(target(of, language).to_owned()));
            let points = bins.iter().map(|bin| (number(&bin["expected"]), interval(bin)));
            page.push(Block::Plot(plot(&points.collect::<Vec<_>>(), language)));
        }
        if !slices.is_empty() {
            page.push(Block::Heading(say(
                "세관·운송 수단·거래자 규모별",
                "By office, mode of transport and trader size",
            )));
            page.push(Block::Text(target(of, language).to_owned()));
            let rows = slices.iter().map(|slice| {
                let auc = slice["auc"].as_f64().map_or("–".to_owned(), |auc| format!("{auc:.3}"));
                let small = slice["small"].as_bool() == Some(true);
                vec![
                    text(&slice["by"]),
                    text(&slice["value"]),
                    slice["rows"].to_string(),
                    slice["finds"].to_string(),
                    format!("{:.3}", number(&slice["expected"])),
                    share(interval(slice)),
                    if small { format!("{auc} {}", say("(적음)", "(few)")) } else { auc },
                ]
            });
            page.push(Block::Table(
                vec![
                    say("기준", "by"),
                    say("부문", "part"),
                    say("판정", "judged"),
                    say("적발", "finds"),
                    say("예상", "expected"),
                    say("실제 (95 %)", "observed (95 %)"),
                    "AUC",
                ],
                rows.collect(),
            ));
        }
        if !effects.is_empty() {
            page.push(Block::Heading(say("특성의 영향", "What moves its chances")));
            page.push(Block::Text(target(of, language).to_owned()));
            let rows = effects.iter().map(|effect| {
                let code = text(&effect["feature"]);
                let name = feature::column(&code).map(|column| match language {
                    Language::Ko => CATALOGUE[column].ko.clone(),
                    Language::En => CATALOGUE[column].en.clone(),
                });
                let way = match effect["direction"].as_f64() {
                    Some(way) if way > 0.0 => say("클수록 위험", "more is riskier"),
                    Some(_) => say("작을수록 위험", "less is riskier"),
                    None => "–",
                };
                let push = format!("{:.3}", number(&effect["mean_push"]));
                vec![name.unwrap_or_else(|| code.clone()), code, push, way.to_owned()]
            });
            page.push(Block::Table(
                vec![
                    say("특성", "feature"),
                    say("코드", "code"),
                    say("로그 승산 평균 이동", "mean push of the log-odds"),
                    say("방향", "direction"),
                ],
                rows.collect(),
            ));
        }
    }
    page
}

/// The limits that the backtest keeps for the card.
fn kept_limits(kept: &Value, language: Language) -> impl Iterator<Item = String> {
    let limits = kept["card"]["limits"].as_array().into_iter().flatten();
    limits.filter_map(move |limit| limit[code(language)].as_str().map(str::to_owned))
}

fn target(target: Target, language: Language) -> &'static str {
    match (target, language) {
        (Target::Irregular, Language::Ko) => "모든 이상",
        (Target::Irregular, Language::En) => "any irregularity",
        (Target::Critical, Language::Ko) => "금제품",
        (Target::Critical, Language::En) => "contraband",
    }
}

/// The state in words; an unknown one as it is kept.
pub fn state(state: &str, language: Language) -> &str {
    match (state, language) {
        ("candidate", Language::Ko) => "후보",
        ("challenger", Language::Ko) => "도전 모델 (병행 채점 중)",
        ("challenger", Language::En) => "challenger (in shadow)",
        ("in_force", Language::Ko) => "시행 중",
        ("in_force", Language::En) => "in force",
        ("retired", Language::Ko) => "퇴역",
        ("rolled_back", Language::Ko) => "철회됨",
        ("rolled_back", Language::En) => "rolled back",
        (state, _) => state,
    }
}

fn act(act: &str, language: Language) -> &str {
    match (act, language) {
        ("learn", Language::Ko) => "학습",
        ("learn", Language::En) => "learned",
        ("shadow", Language::Ko) => "병행 채점 시작",
        ("shadow", Language::En) => "put in shadow",
        ("withdraw", Language::Ko) => "병행 채점 종료",
        ("withdraw", Language::En) => "taken out of shadow",
        ("approve", Language::Ko) => "승인",
        ("approve", Language::En) => "approved",
        ("rollback", Language::Ko) => "철회",
        ("rollback", Language::En) => "rolled back",
        ("return", Language::Ko) => "복귀",
        ("return", Language::En) => "returned to",
        ("stop", Language::Ko) => "중지",
        ("stop", Language::En) => "stopped",
        (act, _) => act,
    }
}

fn sentence(limit: Limit, language: Language) -> &'static str {
    match (limit, language) {
        (Limit::InspectedOnly, Language::Ko) => {
            "검사된 화물만 가르칩니다. 검사되지 않은 수법은 무작위 검사로만 알 수 있습니다."
        }
        (Limit::InspectedOnly, Language::En) => {
            "Only inspected consignments teach. A method that nobody opened is met by chance \
             inspections alone."
        }
        (Limit::NotPersons, Language::Ko) => {
            "화물을 평가하며 사람을 평가하지 않습니다. 국적·민족·종교는 입력에 없습니다."
        }
        (Limit::NotPersons, Language::En) => {
            "It scores consignments, not persons. No nationality, ethnicity or religion of a \
             person is among what it reads."
        }
        (Limit::FewFinds, Language::Ko) => {
            "판정 기간의 적발이 50건 미만입니다. 구간이 넓어 성적만으로 고르기 어렵습니다."
        }
        (Limit::FewFinds, Language::En) => {
            "Fewer than fifty finds on the judged days: the intervals are too wide to choose by \
             figures alone."
        }
        (Limit::CriticalByRate, Language::Ko) => {
            "금제품 적발이 너무 적어 기본 비율만 사용합니다. 금제품 순위는 아무것도 말하지 않습니다."
        }
        (Limit::CriticalByRate, Language::En) => {
            "Contraband was too rare to learn from: its chance is the base rate for all, and ranks \
             nothing."
        }
        (Limit::NewGoods, Language::Ko) => "처음 보는 물품에서는 성적이 뚜렷이 낮습니다.",
        (Limit::NewGoods, Language::En) => "Of goods never inspected before it knows clearly less.",
        (Limit::NoShadow, Language::Ko) => {
            "승인 전에 시행 중인 모델과 병행하여 채점한 적이 없습니다."
        }
        (Limit::NoShadow, Language::En) => {
            "It did not run beside the model in force before it was approved."
        }
        (Limit::OwnApproval, Language::Ko) => "학습한 사람이 직접 승인하였습니다.",
        (Limit::OwnApproval, Language::En) => "The person who learned it approved it.",
    }
}

/// Expected against estimated, both on square-root axes, so that rare chances are seen.
fn plot(points: &[(f64, Interval)], language: Language) -> String {
    const SIDE: f64 = 340.0;
    const EDGE: f64 = 46.0;
    let at = |share: f64| EDGE + SIDE * share.clamp(0.0, 1.0).sqrt();
    let up = |share: f64| 2.0 * EDGE + SIDE - at(share);
    let (expected, estimated, what) = match language {
        Language::Ko => ("예상 확률", "추정 비율", "보정 그림: 예상 확률과 추정 비율"),
        Language::En => {
            ("expected", "estimated", "Calibration: expected chance and estimated share")
        }
    };
    let size = SIDE + 2.0 * EDGE;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" width=\"{size}\" \
         role=\"img\" aria-label=\"{what}\" font-family=\"sans-serif\" font-size=\"11\">\n\
         <rect x=\"{EDGE}\" y=\"{EDGE}\" width=\"{SIDE}\" height=\"{SIDE}\" fill=\"none\" \
         stroke=\"#999\"/>\n<line x1=\"{0}\" y1=\"{1}\" x2=\"{1}\" y2=\"{0}\" stroke=\"#999\" \
         stroke-dasharray=\"4 4\"/>\n",
        at(0.0),
        at(1.0),
    );
    for tick in [0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0] {
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{tick}</text>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{tick}</text>",
            at(tick),
            EDGE + SIDE + 15.0,
            EDGE - 6.0,
            up(tick) + 4.0,
        );
    }
    for (expected, share) in points {
        let x = at(*expected);
        let _ = writeln!(
            svg,
            "<line x1=\"{x:.1}\" y1=\"{:.1}\" x2=\"{x:.1}\" y2=\"{:.1}\" stroke=\"#111\"/>\
             <circle cx=\"{x:.1}\" cy=\"{:.1}\" r=\"4\" fill=\"#111\"/>",
            up(share.low),
            up(share.high),
            up(share.estimate),
        );
    }
    let _ = write!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{expected}</text>\n\
         <text x=\"12\" y=\"{:.1}\" text-anchor=\"middle\" transform=\"rotate(-90 12 {:.1})\">\
         {estimated}</text>\n</svg>",
        EDGE + SIDE / 2.0,
        size - 10.0,
        EDGE + SIDE / 2.0,
        EDGE + SIDE / 2.0,
    );
    svg
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_backtest_keeps_for_the_card_is_shown_and_a_bare_one_shows_nothing() {
        assert!(kept_tables(&json!({ "judged": {} }), Language::En).is_empty());
        let kept = json!({ "card": {
            "for_irregular": {
                "calibration": [{ "from": 0.0, "to": 0.1, "rows": 90, "finds": 4, "expected": 0.05,
                    "observed": 0.044, "interval": { "low": 0.02, "high": 0.11 } }],
                "slices": [{ "by": "office", "value": "40", "rows": 90, "finds": 4,
                    "expected": 0.05, "observed": 0.044,
                    "interval": { "low": 0.02, "high": 0.11 },
                    "auc": 0.71, "auc_interval": null, "small": true }],
                "effects": [{ "feature": "goods.mass", "mean_push": 0.31, "direction": -0.4,
                    "points": [] }],
                "experts": [],
            },
            "limits": [{ "ko": "한계", "en": "a limit" }],
        } });
        let blocks = kept_tables(&kept, Language::En);
        let tables: Vec<String> = (blocks.iter())
            .filter_map(|block| match block {
                Block::Table(_, rows) => Some(rows.concat().join(" ")),
                _ => None,
            })
            .collect();
        assert_eq!(
            tables,
            [
                "office 40 90 4 0.050 0.044 (0.020–0.110) 0.710 (few)",
                "Net mass in kg goods.mass 0.310 less is riskier",
            ]
        );
        assert!(
            blocks.iter().any(|block| matches!(block, Block::Plot(svg) if svg.contains("<svg")))
        );
        assert_eq!(kept_limits(&kept, Language::Ko).collect::<Vec<_>>(), ["한계"]);
    }

    #[test]
    fn nothing_of_a_reason_becomes_part_of_the_page() {
        assert_eq!(escaped("<b>\"a&b\"</b>"), "&lt;b&gt;&quot;a&amp;b&quot;&lt;/b&gt;");
    }
}
