//! The report for a head of unit: one HTML file that stands by itself, in Korean, English or both.
//! The words are in `page.html`, both languages beside each other; here the figures and pictures
//! are handed to it. It needs no script and nothing from outside, and prints.

use anyhow::{Context, Result};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value, context};
use serde::Serialize;
use targeting::measuring::Interval;
use targeting::model::Target;
use targeting::outcome::Channel;

use crate::picture::{self, IcebergWords, Series, Shape, Words, number};
use crate::pipeline::{Measure, Period, Valued};

/// Weeks shown over time; older ones are in the table of months.
const WEEKS_SHOWN: usize = 26;
/// Offices, and parts of a further division, that a picture shows: the busiest.
const BARS_SHOWN: usize = 12;

/// A language of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// Korean.
    Ko,
    /// English.
    En,
}

impl Tongue {
    fn pick<'a>(self, ko: &'a str, en: &'a str) -> &'a str {
        match self {
            Tongue::Ko => ko,
            Tongue::En => en,
        }
    }
}

/// What a report is made of.
pub struct Content<'a> {
    /// A measure for each target, in order of appearance.
    pub measures: &'a [Measure],
    /// What a rival would have found, with its name, where that was asked for.
    pub value: Option<(&'a str, &'a Valued)>,
    /// First and last day asked for, as people read them; empty where all days are meant.
    pub window: (String, String),
    /// The day on which it is made.
    pub made_on: String,
}

/// Makes the file's text: a page for each language, and a switch where there are two.
pub fn html(content: &Content<'_>, tongues: &[Tongue]) -> Result<String> {
    let mut page = Environment::new();
    page.set_auto_escape_callback(|_| AutoEscape::Html);
    page.add_filter("number", |value: f64| number(value));
    page.add_filter("percent", percent);
    page.add_filter("part", |of: &str, ko: bool| {
        part(of, if ko { Tongue::Ko } else { Tongue::En })
    });
    page.add_template("page", include_str!("page.html")).context("the report's template")?;
    let pages: Vec<Value> = tongues
        .iter()
        .map(|tongue| {
            let sections: Vec<Value> =
                content.measures.iter().map(|measure| section(measure, *tongue)).collect();
            context! { code => tongue.pick("ko", "en"), ko => *tongue == Tongue::Ko, sections }
        })
        .collect();
    let value = content.value.map(|(name, valued)| context! { name, ..with(valued) });
    let text = page
        .get_template("page")
        .and_then(|page| {
            page.render(context! {
                pages,
                value,
                from => content.window.0.as_str(),
                to => content.window.1.as_str(),
                made_on => content.made_on.as_str(),
            })
        })
        .context("while filling in the report")?;
    Ok(text)
}

/// A share as people read it.
fn percent(share: f64) -> String {
    format!("{} %", number(100.0 * share))
}

fn section(measure: &Measure, tongue: Tongue) -> Value {
    let pictures = (measure.plans > 0).then(|| {
        context! {
            iceberg => safe(iceberg(measure, tongue)),
            course => safe(course(measure, tongue)),
            channels => safe(channels(measure, tongue)),
            offices => safe(shares(&measure.offices, measure.target, tongue)),
            regimes => safe(shares(&measure.regimes, measure.target, tongue)),
            strata => safe(shares(&measure.strata, measure.target, tongue)),
            naive => safe(naive(measure, tongue)),
        }
    });
    let channels: Vec<Value> = measure
        .yields
        .iter()
        .map(|(channel, one)| context! { name => channel_name(*channel, tongue), of => with(one) })
        .collect();
    context! {
        pictures,
        channels,
        irregular => measure.target == Target::Irregular,
        measure => with(measure),
        weeks_4 => !measure.weeks_4.is_empty(),
    }
}

fn with(value: impl Serialize) -> Value {
    Value::from(Serde(value))
}

fn safe(svg: String) -> Value {
    Value::from_safe_string(svg)
}

fn iceberg(measure: &Measure, tongue: Tongue) -> String {
    let (found, missed) = (measure.pooled.found as f64, measure.pooled.missed);
    let (low, high) = (number(missed.low), number(missed.high));
    let interval = match tongue {
        Tongue::Ko => format!("95 % 구간: {low} ~ {high}건"),
        Tongue::En => format!("95 % interval: {low} to {high}"),
    };
    let words = IcebergWords {
        title: tongue.pick(
            "빙산: 물 위는 적발, 물 아래는 통과한 것으로 추정되는 건수",
            "The iceberg: found above the water, estimated to have got past below it",
        ),
        found: tongue.pick("적발", "found"),
        missed: tongue.pick("통과 (추정)", "got past (estimate)"),
        interval: &interval,
        outlines: tongue.pick("점선: 구간의 양 끝", "dashed: the ends of the interval"),
    };
    picture::iceberg(words, found, missed)
}

fn percents(share: Interval) -> Interval {
    let times = |value: f64| 100.0 * value;
    Interval { estimate: times(share.estimate), low: times(share.low), high: times(share.high) }
}

/// Four weeks at a time where there are four, and the share so far with its band.
fn course(measure: &Measure, tongue: Tongue) -> String {
    let (periods, name) = if measure.weeks_4.is_empty() {
        (&measure.weeks, tongue.pick("주별", "each week"))
    } else {
        (&measure.weeks_4, tongue.pick("직전 4주", "the last four weeks"))
    };
    let skipped = measure.course.len().saturating_sub(WEEKS_SHOWN);
    let shown = &measure.course[skipped..];
    let labels: Vec<String> = shown.iter().map(|one| one.of.clone()).collect();
    let of_week = |label: &String| {
        let period = periods.iter().find(|period| period.of == *label)?;
        period.iceberg.prevalence.map(percents)
    };
    let series = [
        Series {
            name: name.to_owned(),
            shape: Shape::Whiskers,
            values: labels.iter().map(of_week).collect(),
        },
        Series {
            name: tongue.pick("누적, 상시 95 % 띠", "all so far, anytime band").to_owned(),
            shape: Shape::Band,
            values: shown.iter().map(|one| one.band.map(percents)).collect(),
        },
        Series::bare(
            tongue.pick("누적 추정", "all so far"),
            Shape::Dashes,
            shown.iter().map(|one| one.prevalence.map(|share| 100.0 * share.estimate)),
        ),
    ];
    let words = Words {
        title: tongue.pick("시간에 따른 비율", "The share over time"),
        values: share_name(measure.target, tongue),
    };
    picture::over_time(words, &labels, &series)
}

fn channel_name(channel: Channel, tongue: Tongue) -> &'static str {
    match channel {
        Channel::Risk => tongue.pick("위험도 상위", "top of the risk list"),
        Channel::Rule => tongue.pick("선별 기준", "rule"),
        Channel::Random => tongue.pick("무작위 추첨", "drawn by chance"),
        Channel::Officer => tongue.pick("직원 판단", "officer's choice"),
    }
}

fn channels(measure: &Measure, tongue: Tongue) -> String {
    let labels: Vec<String> =
        measure.yields.keys().map(|of| channel_name(*of, tongue).to_owned()).collect();
    let values = measure.yields.values().map(|one| one.found_per_hour).collect();
    let name = tongue.pick("인시당 적발", "finds an officer-hour").to_owned();
    let words = Words {
        title: tongue.pick("경로별 인시당 적발", "Finds for each officer-hour, by channel"),
        values: &name,
    };
    let series = [Series { name: name.clone(), shape: Shape::Whiskers, values }];
    picture::bars(words, &labels, &series)
}

/// What the share is of.
fn share_name(target: Target, tongue: Tongue) -> &'static str {
    match target {
        Target::Irregular => tongue.pick("위반 비율 (%)", "share irregular (%)"),
        Target::Critical => tongue.pick("밀수품 비율 (%)", "share with contraband (%)"),
    }
}

/// The share of the busiest parts.
fn shares(periods: &[Period], target: Target, tongue: Tongue) -> String {
    let mut busiest: Vec<&Period> = periods.iter().collect();
    busiest.sort_by_key(|period| std::cmp::Reverse(period.iceberg.population));
    busiest.truncate(BARS_SHOWN);
    let labels: Vec<String> = busiest.iter().map(|period| part(&period.of, tongue)).collect();
    let values = busiest.iter().map(|period| period.iceberg.prevalence.map(percents)).collect();
    let name = share_name(target, tongue).to_owned();
    let words = Words {
        title: tongue.pick("부분별 비율", "The share by part of the traffic"),
        values: &name,
    };
    let series = [Series { name: name.clone(), shape: Shape::Whiskers, values }];
    picture::bars(words, &labels, &series)
}

/// A part's name for people: the regimes and directions have words of their own.
fn part(of: &str, tongue: Tongue) -> String {
    let known = match of {
        "parcel" => tongue.pick("특송·우편", "parcel"),
        "freight" => tongue.pick("일반 화물", "freight"),
        "import" => tongue.pick("수입", "import"),
        "export" => tongue.pick("수출", "export"),
        "transit" => tongue.pick("통과", "transit"),
        "transhipment" => tongue.pick("환적", "transhipment"),
        other => other,
    };
    known.to_owned()
}

fn naive(measure: &Measure, tongue: Tongue) -> String {
    let pooled = &measure.pooled;
    let exact = |value: f64| Interval { estimate: value, low: value, high: value };
    let estimate = Interval { estimate: pooled.estimate, low: pooled.low, high: pooled.high };
    let labels = [
        tongue.pick("적발", "found"),
        tongue.pick("추정 (이 보고서)", "estimate (this report)"),
        tongue.pick("단순 환산", "naive figure"),
    ];
    let values = vec![Some(exact(pooled.found as f64)), Some(estimate), pooled.naive.map(exact)];
    let name = match measure.target {
        Target::Irregular => tongue.pick("위반 건수", "irregular consignments"),
        Target::Critical => tongue.pick("밀수품 건수", "consignments with contraband"),
    }
    .to_owned();
    let words = Words {
        title: tongue.pick("단순 환산과 추정", "The naive figure beside the estimate"),
        values: &name,
    };
    let series = [Series { name: name.clone(), shape: Shape::Whiskers, values }];
    picture::bars(words, &labels.map(str::to_owned), &series)
}
