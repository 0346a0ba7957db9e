//! How fast trade messages are read, beside what bounds it and what others do: a bare scan for
//! terminators over the same bytes, and the crate edifact-rs. Messages are made up in memory.
//! `cargo bench -p intake --bench post` prints bytes per second.

use std::fmt::Write;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use intake::{MessageOptions, Messages, segments};

/// A small congruential generator, so that each run is the same.
fn dice() -> impl FnMut(u64) -> u64 {
    let mut state = 7u64;
    move |below| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

/// A sea manifest of so many bills, as carriers write them.
fn cuscar(bills: u64) -> String {
    let mut next = dice();
    let mut text = "UNB+UNOC:3+CARRIER:ZZ+CUSTOMS:ZZ+261124:1830+1'\nUNH+1+CUSCAR:D:95B:UN'\n\
         BGM+85+MANIFEST1+9'\nDTM+137:202611241815:203'\n\
         TDT+20+042W+1++HANB:172:20:HANBADA LINE+++9074729:146::HANBADA PIONEER:KR'\n\
         LOC+60+KRPUS:139:6'\n"
        .to_owned();
    for bill in 0..bills {
        let (seller, buyer, goods) = (next(9_000), next(9_000), next(900_000));
        write!(
            text,
            "CNI+{bill}+HANB26{bill:07}'\nRFF+BM:HANB26{bill:07}'\nLOC+9+CNSHA:139:6'\n\
             LOC+11+KRPUS:139:6'\nGIS+23'\nNAD+CZ+++SELLER {seller} TRADING CO LTD+{seller} QUAY \
             ROAD:PUDONG+SHANGHAI++200120+CN'\nCOM+?+86 21 5550 {seller}:TE'\n\
             NAD+CN+I{buyer:06}++BUYER {buyer} CO LTD+{buyer} NOKSANSANDAN-RO+BUSAN++46752+KR'\n\
             GID+1+{}:CT'\nFTX+AAA+++STEEL BOLTS AND NUTS, ZINC PLATED, LOT {goods} FOR ASSEMBLY'\n\
             MEA+AAE+G+KGM:{}'\nCST+1+{goods:06}:HS'\nSGP+HANU{:07}+{}'\nPCI+28+LOT {goods}'\n",
            1 + next(900),
            100 + next(20_000),
            next(9_999_999),
            1 + next(50),
        )
        .expect("a String takes everything");
    }
    text.push_str("UNT+1+1'\nUNZ+1+1'\n");
    text
}

/// A stowage plan of so many boxes.
fn baplie(boxes: u64) -> String {
    let mut next = dice();
    let mut text = "UNB+UNOA:2+SHIP+TERM+261120:0300+77'UNH+1+BAPLIE:D:95B:UN:SMDG22'BGM++PLAN1'\
         TDT+20+042W+++:172:20+++D5PQ7:103::HANBADA PIONEER'"
        .to_owned();
    for _ in 0..boxes {
        write!(
            text,
            "LOC+147+{:07}::5'FTX+SCAN OK+++RTG'MEA+WT++KGM:{}'MEA+VGM++KGM:{}'LOC+9+CNSHA:139:6'\
             LOC+11+KRPUS:139:6'RFF+BM:1'EQD+CN+HANU{:07}+45G1+++5'NAD+CA+HANB:172:20'",
            next(900_000),
            next(30_000),
            next(30_000),
            next(9_999_999),
        )
        .expect("a String takes everything");
    }
    text.push_str("UNT+1+1'UNZ+1+77'");
    text
}

/// Declarations in the shape of the WCO data model, one after the other.
fn wco(declarations: u64) -> String {
    let mut next = dice();
    let mut text = String::new();
    for n in 0..declarations {
        write!(
            text,
            "<md:MetaData xmlns:md=\"urn:wco:datamodel:WCO:DocumentMetaData-DMS:2\">\n\
             <md:WCOTypeName>DEC</md:WCOTypeName>\n<Declaration>\n<FunctionCode>9</FunctionCode>\n\
             <FunctionalReferenceID>D{n:09}</FunctionalReferenceID>\n<TypeCode>IMA</TypeCode>\n\
             <Declarant>\n<ID>KR{:09}</ID>\n</Declarant>\n<GoodsShipment>\n<Consignment>\n\
             <TransportEquipment>\n<SequenceNumeric>1</SequenceNumeric>\n<ID>HANU{:07}</ID>\n\
             </TransportEquipment>\n</Consignment>\n<GovernmentAgencyGoodsItem>\n<Commodity>\n\
             <Description>Steel bolts and nuts, lot {}</Description>\n<Classification>\n\
             <ID>73181500</ID>\n<IdentificationTypeCode>TSP</IdentificationTypeCode>\n\
             </Classification>\n<GoodsMeasure>\n<GrossMassMeasure>{}</GrossMassMeasure>\n\
             <NetNetWeightMeasure>{}</NetNetWeightMeasure>\n</GoodsMeasure>\n</Commodity>\n\
             <Packaging>\n<MarksNumbersID>LOT</MarksNumbersID>\n\
             <QuantityQuantity>{}</QuantityQuantity>\n<TypeCode>CT</TypeCode>\n</Packaging>\n\
             </GovernmentAgencyGoodsItem>\n</GoodsShipment>\n</Declaration>\n</md:MetaData>\n",
            next(999_999_999),
            next(9_999_999),
            next(900_000),
            100 + next(900),
            1 + next(99),
            1 + next(50),
        )
        .expect("a String takes everything");
    }
    text
}

/// Telegrams of the air, one after the other.
fn fwb(waybills: u64) -> String {
    let mut next = dice();
    let mut text = String::new();
    for _ in 0..waybills {
        let serial = next(9_999_999);
        write!(
            text,
            "FWB/16\n180-{serial:07}{}ICNJFK/T{}K{}.5\nFLT/KE081/25\nRTG/JFKKE\nSHP\n\
             /SEOUL BEAUTY LAB {}\n/123 TEHERAN-RO\n/SEOUL\n/KR/06134/TE/82255550101\nCNE\n\
             /QUEENS PARCEL SHOP {}\n/35-11 FARRINGTON ST\n/FLUSHING/NY\n/US/11354\n\
             RTD/1/P41/K509.5\n/NG/COSMETICS AND SKI\n/2/NG/N CARE SETS\n/3/NH/330499\n\
             OCI/US/SHP/T/2208812345\n",
            serial % 7,
            1 + next(90),
            1 + next(900),
            next(9_000),
            next(9_000),
        )
        .expect("a String takes everything");
    }
    text
}

fn read(bytes: &[u8]) -> usize {
    let messages = Messages::open(bytes, "", &MessageOptions::default()).expect("a known format");
    messages.map(|batch| black_box(batch.expect("memory does not fail")).rows.len()).sum()
}

fn speeds(c: &mut Criterion) {
    let (manifest, plan) = (cuscar(12_000), baplie(40_000));
    for (name, text) in [("cuscar", &manifest), ("baplie", &plan)] {
        let bytes = text.as_bytes();
        let mut group = c.benchmark_group(name);
        group.sample_size(10).throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function("bare memchr scan", |b| {
            b.iter(|| memchr::memchr_iter(b'\'', black_box(bytes)).count());
        });
        group.bench_function("segments", |b| {
            b.iter(|| {
                let mut count = 0u64;
                segments(black_box(bytes), false, false, |_, _, _, sound| {
                    count += u64::from(sound)
                });
                count
            });
        });
        group.bench_function("segments and elements", |b| {
            b.iter(|| {
                segments(black_box(bytes), false, true, |_, _, segment, _| {
                    black_box(segment);
                })
            });
        });
        group.bench_function("edifact-rs segments", |b| {
            b.iter(|| {
                edifact_rs::from_bytes(black_box(bytes)).filter(|segment| segment.is_ok()).count()
            });
        });
        group.bench_function("to consignments", |b| b.iter(|| read(black_box(bytes))));
        group.finish();
    }
    for (name, text) in [("wco xml", wco(8_000)), ("cargo-imp fwb", fwb(20_000))] {
        let bytes = text.as_bytes();
        let mut group = c.benchmark_group(name);
        group.sample_size(10).throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function("to consignments", |b| b.iter(|| read(black_box(bytes))));
        group.finish();
    }
}

criterion_group!(benches, speeds);
criterion_main!(benches);
