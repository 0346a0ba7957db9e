//! Pictures of figures as SVG texts: lines over time, bars, and the iceberg, each with intervals.
//! They need no script and no font from outside, follow the reader's light or dark setting, and
//! tell series apart by shape as well as by colour. Words come from the caller, in any language;
//! what a picture means, and the table beneath it, is said where it is used.

use std::fmt::Write as _;

use targeting::measuring::Interval;

/// Width of every picture, in user units; it scales with the page.
const WIDTH: f64 = 720.0;
/// Height of a picture over time.
const HEIGHT: f64 = 320.0;
/// Colours and markers there are before they repeat.
const SHAPES: usize = 5;

/// What a picture is called and what its value axis counts.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// The title, read aloud by a screen reader; the page shows its own heading.
    pub title: &'a str,
    /// What the values are, such as `irregular consignments`.
    pub values: &'a str,
}

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A line with a marker and a whisker from low to high at each value.
    Whiskers,
    /// A shaded band from low to high behind the others, with no line of its own.
    Band,
    /// A dashed line without its interval, such as a reference.
    Dashes,
}

/// One series of values; None leaves a gap.
#[derive(Debug, Clone)]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// How it is drawn.
    pub shape: Shape,
    /// A value for each label.
    pub values: Vec<Option<Interval>>,
}

impl Series {
    /// A series of bare numbers, without intervals.
    pub fn bare(name: &str, shape: Shape, values: impl IntoIterator<Item = Option<f64>>) -> Series {
        let exact = |value| Interval { estimate: value, low: value, high: value };
        let values = values.into_iter().map(|value| value.map(exact)).collect();
        Series { name: name.to_owned(), shape, values }
    }
}

/// Values over time, or over any ordered labels, each series with its intervals.
pub fn over_time(words: Words<'_>, labels: &[String], series: &[Series]) -> String {
    let (left, right, top, bottom) = (64.0, WIDTH - 16.0, 34.0 + legend_height(series), 40.0);
    let foot = HEIGHT - bottom;
    let scale = Scale::of(series);
    let y = |value: f64| foot - (scale.share(value)) * (foot - top);
    let slot = (right - left) / labels.len().max(1) as f64;
    let x = |n: usize| left + slot * (n as f64 + 0.5);

    let mut svg = open(words, HEIGHT);
    legend(&mut svg, words, series);
    for tick in scale.ticks() {
        let at = y(tick);
        let _ = write!(
            svg,
            "<path class=\"grid\" d=\"M{left} {at:.1}H{right}\"/><text class=\"tick\" x=\"{:.1}\" \
             y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            left - 8.0,
            at + 4.0,
            number(tick)
        );
    }
    // As many labels as stand side by side without touching.
    let longest = labels.iter().map(|label| cells(label)).max().unwrap_or(0) as f64;
    let fit = ((right - left) / (longest * 6.8 + 16.0)).floor().max(1.0);
    let every = labels.len().div_ceil(fit as usize).max(1);
    for (n, label) in labels.iter().enumerate().filter(|(n, _)| n % every == 0) {
        let _ = write!(
            svg,
            r#"<text class="tick" x="{:.1}" y="{:.1}" text-anchor="middle">{}</text>"#,
            x(n),
            foot + 20.0,
            escaped(label)
        );
    }
    for one in series.iter().filter(|one| one.shape == Shape::Band) {
        for run in runs(&one.values) {
            let mut path = String::new();
            let upper = run.iter().map(|(n, of)| (x(*n), y(of.high)));
            let lower = run.iter().rev().map(|(n, of)| (x(*n), y(of.low)));
            for (at, (px, py)) in upper.chain(lower).enumerate() {
                let _ = write!(path, "{}{px:.1} {py:.1}", if at == 0 { 'M' } else { 'L' });
            }
            let _ = write!(svg, r#"<path class="band" d="{path}Z"/>"#);
        }
    }
    let beside = series.iter().filter(|one| one.shape == Shape::Whiskers).count();
    let lines = series.iter().filter(|one| one.shape != Shape::Band);
    for (number, one) in lines.enumerate() {
        let kind = number % SHAPES;
        // Whiskers of several series stand beside each other.
        let step = if one.shape == Shape::Whiskers && beside > 1 {
            (number as f64 - (beside as f64 - 1.0) / 2.0) * (slot / 4.0).min(7.0)
        } else {
            0.0
        };
        let dashed = if one.shape == Shape::Dashes { " dashed" } else { "" };
        for run in runs(&one.values) {
            let mut path = String::new();
            for (at, (n, of)) in run.iter().enumerate() {
                let letter = if at == 0 { 'M' } else { 'L' };
                let _ = write!(path, "{letter}{:.1} {:.1}", x(*n) + step, y(of.estimate));
            }
            let _ = write!(svg, r#"<path class="line s{kind}{dashed}" d="{path}"/>"#);
            if one.shape == Shape::Dashes {
                continue;
            }
            for (n, of) in run {
                let at = x(n) + step;
                let _ = write!(
                    svg,
                    r#"<path class="whisker s{kind}" d="M{at:.1} {:.1}V{:.1}"/>"#,
                    y(of.low),
                    y(of.high)
                );
                marker(&mut svg, kind, at, y(of.estimate), &told(&labels[n], &one.name, of));
            }
        }
    }
    svg.push_str("</svg>");
    svg
}

/// Horizontal bars with intervals: for each label one bar a series.
pub fn bars(words: Words<'_>, labels: &[String], series: &[Series]) -> String {
    const BAR: f64 = 16.0;
    let longest = labels.iter().map(|label| cells(label)).max().unwrap_or(0) as f64;
    let (left, right) = ((longest * 7.2 + 20.0).clamp(72.0, 260.0), WIDTH - 84.0);
    let top = 34.0 + legend_height(series);
    let group = BAR * series.len() as f64 + 14.0;
    let foot = top + group * labels.len() as f64;
    let scale = Scale::of(series);
    let x = |value: f64| left + scale.share(value) * (right - left);

    let mut svg = open(words, foot + 34.0);
    legend(&mut svg, words, series);
    for tick in scale.ticks() {
        let at = x(tick);
        let _ = write!(
            svg,
            "<path class=\"grid\" d=\"M{at:.1} {top:.1}V{foot:.1}\"/><text class=\"tick\" \
             x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            foot + 18.0,
            number(tick)
        );
    }
    for (n, label) in labels.iter().enumerate() {
        let middle = top + group * (n as f64 + 0.5);
        let _ = write!(
            svg,
            r#"<text class="label" x="{:.1}" y="{:.1}" text-anchor="end">{}</text>"#,
            left - 10.0,
            middle + 4.0,
            escaped(label)
        );
        for (number_of, one) in series.iter().enumerate() {
            let Some(Some(of)) = one.values.get(n) else { continue };
            let at = middle + BAR * (number_of as f64 - series.len() as f64 / 2.0);
            let (kind, half) = (number_of % SHAPES, at + BAR / 2.0);
            let _ = write!(
                svg,
                "<rect class=\"bar s{kind}\" x=\"{left:.1}\" y=\"{:.1}\" width=\"{:.1}\" \
                 height=\"{:.1}\"><title>{}</title></rect>",
                at + 2.0,
                (x(of.estimate) - left).max(1.0),
                BAR - 4.0,
                escaped(&told(label, &one.name, *of))
            );
            if of.high > of.low {
                let (low, high) = (x(of.low), x(of.high));
                let _ = write!(
                    svg,
                    "<path class=\"whisker ink\" d=\"M{low:.1} {half:.1}H{high:.1}M{low:.1} \
                     {:.1}v8M{high:.1} {:.1}v8\"/>",
                    half - 4.0,
                    half - 4.0
                );
            }
            let _ = write!(
                svg,
                r#"<text class="value" x="{:.1}" y="{:.1}">{}</text>"#,
                x(of.high.max(of.estimate)) + 8.0,
                half + 4.0,
                number(of.estimate)
            );
        }
    }
    svg.push_str("</svg>");
    svg
}

/// What is written beside the parts of the iceberg.
#[derive(Debug, Clone, Copy)]
pub struct IcebergWords<'a> {
    /// The title, read aloud by a screen reader.
    pub title: &'a str,
    /// Beside the tip, such as `Found`.
    pub found: &'a str,
    /// Beside the body, such as `Got past (estimate)`.
    pub missed: &'a str,
    /// The interval in words, such as `95 %: 310 to 620`.
    pub interval: &'a str,
    /// What the outlines are, such as `dashed: the ends of the interval`.
    pub outlines: &'a str,
}

/// The iceberg: what was found stands above the water, what got past lies below it. Areas are in
/// proportion to the counts; the dashed outlines are the ends of the interval.
pub fn iceberg(words: IcebergWords<'_>, found: f64, missed: Interval) -> String {
    const DEEP: f64 = 400.0;
    const EDGE: f64 = 22.0;
    /// Room for what is written above the water, and below it.
    const ABOVE: f64 = 88.0;
    const BELOW: f64 = 170.0;
    const MIDDLE: f64 = 232.0;
    // Outlines of area 1 around the middle of the water line.
    let tip =
        unit(&[(-0.5, 0.0), (-0.34, 0.34), (-0.1, 0.5), (0.06, 0.95), (0.26, 0.6), (0.5, 0.0)]);
    let body = unit(&[
        (-0.62, 0.0),
        (-0.85, -0.26),
        (-0.66, -0.62),
        (-0.34, -0.86),
        (-0.08, -1.22),
        (0.2, -0.98),
        (0.56, -0.74),
        (0.82, -0.32),
        (0.66, 0.0),
    ]);
    let reach = |shape: &[(f64, f64)], area: f64| {
        let deep = shape.iter().map(|point| point.1.abs()).fold(0.0, f64::max);
        let wide = shape.iter().map(|point| point.0.abs()).fold(0.0, f64::max);
        (deep * area.max(0.0).sqrt(), wide * area.max(0.0).sqrt())
    };
    let (high_tip, wide_tip) = reach(&tip, found);
    let (deep, wide) = reach(&body, missed.high);
    // One scale for all, as large as fits from the top to the bottom and to both sides.
    let fits = [(DEEP - 2.0 * EDGE) / (high_tip + deep), (MIDDLE - EDGE) / wide.max(wide_tip)];
    let scale = fits.into_iter().filter(|fit| fit.is_finite()).fold(f64::INFINITY, f64::min);
    let scale = if scale.is_finite() { scale } else { 0.0 };
    let spare = (DEEP - 2.0 * EDGE - scale * (high_tip + deep)) / 2.0;
    // Where the writing needs the room, the water line moves and the iceberg shrinks with it.
    let water = (EDGE + spare + scale * high_tip).clamp(ABOVE, DEEP - BELOW).round();
    let scale = [(water - EDGE) / high_tip, (DEEP - EDGE - water) / deep]
        .into_iter()
        .filter(|fit| fit.is_finite())
        .fold(scale, f64::min);
    let outline = |shape: &[(f64, f64)], area: f64| {
        let size = scale * area.max(0.0).sqrt();
        let mut path = String::new();
        for (n, (px, py)) in shape.iter().enumerate() {
            let letter = if n == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{letter}{:.1} {:.1}", MIDDLE + px * size, water - py * size);
        }
        path.push('Z');
        path
    };
    let mut svg = open(Words { title: words.title, values: "" }, DEEP);
    let _ = write!(
        svg,
        "<rect class=\"sea\" x=\"0\" y=\"{water}\" width=\"{WIDTH}\" height=\"{:.1}\"/><path \
         class=\"ice deep\" d=\"{}\"/><path class=\"edge\" d=\"{}\"/><path class=\"edge\" \
         d=\"{}\"/><path class=\"ice\" d=\"{}\"/><path class=\"water\" d=\"M0 \
         {water}H{WIDTH}\"/>",
        DEEP - water,
        outline(&body, missed.estimate),
        outline(&body, missed.low),
        outline(&body, missed.high),
        outline(&tip, found),
    );
    for (class, y, text) in [
        ("large", water - 52.0, number(found)),
        ("label", water - 28.0, words.found.to_owned()),
        ("large", water + 62.0, number(missed.estimate)),
        ("label", water + 88.0, words.missed.to_owned()),
        ("label", water + 112.0, words.interval.to_owned()),
        ("tick", water + 140.0, words.outlines.to_owned()),
    ] {
        let _ = write!(svg, r#"<text class="{class}" x="478" y="{y}">{}</text>"#, escaped(&text));
    }
    svg.push_str("</svg>");
    svg
}

/// The outline scaled to area 1.
fn unit(shape: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let next = shape.iter().cycle().skip(1);
    let twice: f64 = shape.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum();
    let size = (twice.abs() / 2.0).sqrt();
    shape.iter().map(|(x, y)| (x / size, y / size)).collect()
}

/// From zero to a round number above every value drawn; below zero only where a value is.
struct Scale {
    low: f64,
    high: f64,
    step: f64,
}

impl Scale {
    fn of(series: &[Series]) -> Scale {
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for one in series {
            for of in one.values.iter().flatten() {
                let ends = match one.shape {
                    Shape::Dashes => [of.estimate, of.estimate],
                    Shape::Whiskers | Shape::Band => [of.low, of.high],
                };
                for end in ends.into_iter().filter(|end| end.is_finite()) {
                    low = low.min(end);
                    high = high.max(end);
                }
            }
        }
        if high <= low {
            high = low + 1.0;
        }
        let rough = (high - low) / 5.0;
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0]
            .into_iter()
            .map(|times| times * power)
            .find(|step| *step >= rough * 0.999)
            .unwrap_or(10.0 * power);
        Scale { low: (low / step).floor() * step, high: (high / step).ceil() * step, step }
    }

    /// Where a value lies, from 0 to 1; beyond the scale it stays at its edge.
    fn share(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    fn ticks(&self) -> impl Iterator<Item = f64> + '_ {
        let count = ((self.high - self.low) / self.step).round() as usize;
        (0..=count).map(|n| self.low + self.step * n as f64)
    }
}

/// Runs of values without a gap, each with the places of its values.
fn runs(values: &[Option<Interval>]) -> Vec<Vec<(usize, Interval)>> {
    let mut runs: Vec<Vec<(usize, Interval)>> = vec![Vec::new()];
    for (n, value) in values.iter().enumerate() {
        match (value, runs.last_mut()) {
            (Some(of), Some(run)) => run.push((n, *of)),
            (None, Some(run)) if !run.is_empty() => runs.push(Vec::new()),
            _ => {}
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

fn open(words: Words<'_>, height: f64) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"picture\" viewBox=\"0 0 {WIDTH} \
         {height:.0}\" role=\"img\" aria-label=\"{}\"><style>{STYLE}</style>",
        escaped(words.title)
    )
}

/// Colours of light and of dark paper; each meets 4.5 to 1 against its paper, for texts and lines.
const STYLE: &str = ".picture{--ink:#16242f;--soft:#4c5b66;--rule:#d5dce1;--c0:#0a5c8a;\
--c1:#a8470b;--c2:#1d6b45;--c3:#7a3f93;--c4:#5c5310;--sea:#dcebf3;--ice:#f4fafd;--deep:#8fbcd4;\
font-family:system-ui,'Noto Sans KR','Noto Sans CJK KR','Apple SD Gothic Neo','Malgun Gothic',\
sans-serif;width:100%;height:auto}\
@media (prefers-color-scheme:dark){.picture{--ink:#e6edf2;--soft:#a9b7c1;--rule:#34434e;\
--c0:#6dbbe6;--c1:#f0995c;--c2:#72cc9c;--c3:#cf9ee4;--c4:#d3c768;--sea:#10283a;--ice:#d3e4ee;\
--deep:#3d7697}}\
@media print{.picture{--ink:#16242f;--soft:#4c5b66;--rule:#d5dce1;--c0:#0a5c8a;--c1:#a8470b;\
--c2:#1d6b45;--c3:#7a3f93;--c4:#5c5310;--sea:#dcebf3;--ice:#f4fafd;--deep:#8fbcd4}}\
.picture text{font-size:13px;fill:var(--ink)}.picture .tick{font-size:12px;fill:var(--soft)}\
.picture .value{font-size:12px}.picture .large{font-size:30px;font-weight:700}\
.picture path{fill:none}.picture .grid{stroke:var(--rule)}\
.picture .line{stroke-width:2;stroke-linejoin:round}.picture .dashed{stroke-dasharray:6 4}\
.picture .whisker{stroke-width:1.5}.picture .ink{stroke:var(--ink)}\
.picture .band{fill:var(--c0);opacity:.14}\
.picture .s0{stroke:var(--c0)}.picture .s1{stroke:var(--c1)}.picture .s2{stroke:var(--c2)}\
.picture .s3{stroke:var(--c3)}.picture .s4{stroke:var(--c4)}\
.picture .mark{fill:var(--ice);stroke-width:2}\
.picture .bar{stroke:none;fill:var(--c0)}.picture .bar.s1{fill:var(--c1)}\
.picture .bar.s2{fill:var(--c2)}.picture .bar.s3{fill:var(--c3)}.picture .bar.s4{fill:var(--c4)}\
.picture .sea{fill:var(--sea)}.picture .water{stroke:var(--c0);stroke-width:2}\
.picture .ice{fill:var(--ice);stroke:var(--ink);stroke-width:1.5;stroke-linejoin:round}\
.picture .deep{fill:var(--deep)}\
.picture .edge{stroke:var(--ink);stroke-dasharray:5 4;stroke-linejoin:round}";

/// How many names fit in a row of the legend.
const LEGEND_ROW: usize = 3;

fn legend_height(series: &[Series]) -> f64 {
    if series.len() > 1 { 20.0 * series.len().div_ceil(LEGEND_ROW) as f64 } else { 0.0 }
}

/// What the values are, and below it the name of each series where there are several.
fn legend(svg: &mut String, words: Words<'_>, series: &[Series]) {
    let _ = write!(svg, r#"<text class="tick" x="8" y="16">{}</text>"#, escaped(words.values));
    if series.len() < 2 {
        return;
    }
    let mut kind = 0;
    for (n, one) in series.iter().enumerate() {
        let x = 14.0 + (WIDTH - 20.0) / LEGEND_ROW as f64 * (n % LEGEND_ROW) as f64;
        let y = 36.0 + 20.0 * (n / LEGEND_ROW) as f64;
        match one.shape {
            Shape::Band => {
                let (x, y) = (x - 6.0, y - 10.0);
                let _ =
                    write!(svg, r#"<rect class="band" x="{x}" y="{y}" width="24" height="12"/>"#);
            }
            Shape::Whiskers | Shape::Dashes => {
                let dashed = if one.shape == Shape::Dashes { " dashed" } else { "" };
                let (at, y) = (x - 6.0, y - 4.0);
                let _ = write!(svg, r#"<path class="line s{kind}{dashed}" d="M{at} {y}h24"/>"#);
                if one.shape == Shape::Whiskers {
                    marker(svg, kind, x + 6.0, y, &one.name);
                }
                kind = (kind + 1) % SHAPES;
            }
        }
        let _ = write!(svg, r#"<text x="{}" y="{y}">{}</text>"#, x + 24.0, escaped(&one.name));
    }
}

/// A marker of its own shape for each series: circle, square, diamond, triangle, cross.
fn marker(svg: &mut String, kind: usize, x: f64, y: f64, told: &str) {
    let path = match kind {
        0 => format!("M{:.1} {y:.1}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z", x - 4.0),
        1 => format!("M{:.1} {:.1}h8v8h-8Z", x - 4.0, y - 4.0),
        2 => format!("M{x:.1} {:.1}l5 5l-5 5l-5 -5Z", y - 5.0),
        3 => format!("M{x:.1} {:.1}l5 9h-10Z", y - 5.0),
        _ => format!("M{:.1} {:.1}l8 8m-8 0l8 -8", x - 4.0, y - 4.0),
    };
    let told = escaped(told);
    let _ = write!(svg, r#"<path class="mark s{kind}" d="{path}"><title>{told}</title></path>"#);
}

/// What a pointer that rests on a value is told.
fn told(label: &str, name: &str, of: Interval) -> String {
    let estimate = number(of.estimate);
    let range = if of.high > of.low {
        format!(" ({} – {})", number(of.low), number(of.high))
    } else {
        String::new()
    };
    format!("{label}, {name}: {estimate}{range}")
}

/// A number for people: three figures or all whole ones, thousands set apart by commas.
pub fn number(value: f64) -> String {
    let size = value.abs();
    let decimals = match size {
        _ if size >= 100.0 || (size - size.round()).abs() < 1e-9 => 0,
        _ if size >= 10.0 => 1,
        _ if size >= 1.0 => 2,
        _ if size >= 0.1 => 3,
        _ => 4,
    };
    let text = format!("{size:.decimals$}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let rest = rest.trim_end_matches('0').trim_end_matches('.');
    let mut grouped = String::new();
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if value < 0.0 && (grouped != "0" || !rest.is_empty()) { "−" } else { "" };
    format!("{sign}{grouped}{rest}")
}

/// A text as it stands in markup.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            other => safe.push(other),
        }
    }
    safe
}

/// How wide a text stands, in halves of a Hangul syllable.
fn cells(text: &str) -> usize {
    text.chars().map(|c| if c >= '\u{1100}' { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: Words<'static> = Words { title: "수량 <of> \"it\"", values: "consignments" };

    fn interval(estimate: f64, low: f64, high: f64) -> Option<Interval> {
        Some(Interval { estimate, low, high })
    }

    /// Every tag that is opened is closed, in order; no bare sign of markup stands in a text.
    fn well_formed(svg: &str) {
        let mut open: Vec<&str> = Vec::new();
        for piece in svg.split('<').skip(1) {
            let (tag, _) = piece.split_once('>').expect("a tag that ends");
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name), "{svg}");
            } else if !tag.ends_with('/') {
                open.push(tag.split(' ').next().unwrap_or_default());
            }
        }
        assert!(open.is_empty(), "{open:?}");
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }

    #[test]
    fn lines_have_gaps_whiskers_and_a_band() {
        let labels: Vec<String> = (0..30).map(|n| format!("W{n}")).collect();
        let values: Vec<_> = (0..30)
            .map(|n| interval(f64::from(n), 0.5 * f64::from(n), 2.0 * f64::from(n)))
            .map(|of| of.filter(|of| of.estimate != 7.0))
            .collect();
        let series = [
            Series { name: "estimate".into(), shape: Shape::Whiskers, values: values.clone() },
            Series { name: "band".into(), shape: Shape::Band, values },
            Series::bare("naive", Shape::Dashes, (0..30).map(|n| Some(f64::from(n)))),
        ];
        let svg = over_time(WORDS, &labels, &series);
        well_formed(&svg);
        assert_eq!(svg.matches("class=\"whisker").count(), 29);
        assert_eq!(svg.matches("class=\"band\" d").count(), 2, "a gap parts the band");
        assert!(
            svg.contains("&lt;of&gt; &quot;it&quot;") && !svg.contains("http://www.w3.org/1999")
        );
        assert!(svg.contains(">W0<") && svg.contains(">W2<") && !svg.contains(">W1<"));
    }

    #[test]
    fn bars_grow_with_their_values() {
        let labels = vec!["위험".to_owned(), "무작위".to_owned()];
        let values = vec![interval(4.0, 2.0, 6.0), interval(2.0, 1.0, 5.0)];
        let svg = bars(
            WORDS,
            &labels,
            &[Series { name: "finds".into(), shape: Shape::Whiskers, values }],
        );
        well_formed(&svg);
        let widths: Vec<f64> = svg
            .split("<rect class=\"bar")
            .skip(1)
            .map(|bar| {
                let (_, rest) = bar.split_once("width=\"").expect("a width");
                rest[..rest.find('"').unwrap_or(0)].parse().expect("a number")
            })
            .collect();
        assert_eq!(widths.len(), 2);
        assert!((widths[0] / widths[1] - 2.0).abs() < 0.01, "{widths:?}");
    }

    #[test]
    fn the_iceberg_is_as_large_as_its_counts() {
        let words = IcebergWords {
            title: "iceberg",
            found: "found",
            missed: "missed",
            interval: "95 %: 200 to 900",
            outlines: "dashed",
        };
        let area = |svg: &str, class: &str| {
            let (_, rest) = svg.split_once(&format!("<path class=\"{class}\" d=\"M")).unwrap();
            let points: Vec<(f64, f64)> = rest[..rest.find('Z').unwrap()]
                .split('L')
                .map(|point| {
                    let (x, y) = point.split_once(' ').unwrap();
                    (x.parse().unwrap(), y.parse().unwrap())
                })
                .collect();
            let next = points.iter().cycle().skip(1);
            let twice: f64 = points.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum();
            twice.abs() / 2.0
        };
        let svg = iceberg(words, 100.0, Interval { estimate: 400.0, low: 200.0, high: 900.0 });
        well_formed(&svg);
        let ratio = area(&svg, "ice deep") / area(&svg, "ice");
        assert!((ratio - 4.0).abs() < 0.1, "{ratio}");
        // Nothing found and nothing missed is drawn as open water.
        well_formed(&iceberg(words, 0.0, Interval { estimate: 0.0, low: 0.0, high: 0.0 }));
        well_formed(&iceberg(words, 0.0, Interval { estimate: 0.0, low: 0.0, high: 40.0 }));
        well_formed(&over_time(WORDS, &[], &[]));
        well_formed(&bars(WORDS, &[], &[]));
    }

    #[test]
    fn numbers_are_read_by_people() {
        for (value, text) in [
            (0.0, "0"),
            (1_234_567.4, "1,234,567"),
            (43.26, "43.3"),
            (2.0, "2"),
            (0.037_26, "0.0373"),
            (-3.5, "−3.5"),
            (-0.000_001, "0"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
