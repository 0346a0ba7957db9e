//! What is sent in archives, mails and mailboxes by `POST /messages`: each file in them is a
//! message of its own, whatever it is called; what cannot be taken out is kept with its reason, and
//! nothing that is small becomes endless.

use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::{Context, Result};
use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc};
use serde_json::Value;

use crate::api::nothing_altered;
use crate::engines::each_engine;
use crate::server::{Server, refused};

fn manifest(bill: &str) -> String {
    format!(
        "UNB+UNOA:2+HANB+KCS+261124:0910+{bill}'UNH+1+CUSCAR:D:95B:UN'BGM+85+{bill}+9'\
         CNI+1+{bill}'RFF+BM:{bill}'GID+1+5:CT'FTX+AAA+++STEEL PIPES'UNT+7+1'UNZ+1+{bill}'"
    )
}

/// A zip archive, each file deflated.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
        packer.write_all(content).unwrap();
        let packed = packer.finish().unwrap();
        let mut crc = Crc::new();
        crc.update(content);
        let mut entry = Vec::new();
        for number in [20u16, 0, 8, 0, 0] {
            entry.extend(number.to_le_bytes());
        }
        for number in [crc.sum(), packed.len() as u32, content.len() as u32] {
            entry.extend(number.to_le_bytes());
        }
        entry.extend((name.len() as u16).to_le_bytes());
        entry.extend(0u16.to_le_bytes());
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&entry);
        directory.extend([0; 10]);
        directory.extend((out.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        out.extend(b"PK\x03\x04");
        out.extend(&entry);
        out.extend(name.as_bytes());
        out.extend(packed);
    }
    let start = out.len() as u32;
    let count = (files.len() as u16).to_le_bytes();
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count, count].concat());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0; 2]);
    out
}

/// A tar archive of one file.
fn tar(name: &str, content: &[u8]) -> Vec<u8> {
    let mut head = vec![0u8; 512];
    head[..name.len()].copy_from_slice(name.as_bytes());
    head[100..107].copy_from_slice(b"0000644");
    head[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
    head[148..156].fill(b' ');
    head[156] = b'0';
    head[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    head.extend(content);
    head.resize(head.len().next_multiple_of(512) + 1024, 0);
    head
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// Base64 in lines, as mails carry it.
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for (n, three) in bytes.chunks(3).enumerate() {
        let byte = |n: usize| u32::from(three.get(n).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            match place <= three.len() {
                true => text.push(SIGNS[(bits >> (18 - 6 * place) & 63) as usize] as char),
                false => text.push('='),
            }
        }
        if n % 19 == 18 {
            text.push_str("\r\n");
        }
    }
    text
}

fn mail(attached: &str, encoding: &str, content: &str) -> String {
    format!(
        "Received: from a by b\r\nFrom: Broker <a@example.org>\r\nTo: customs@example.org\r\n\
         Subject: daily\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"x\"\r\n\r\n--x\r\n\
         Content-Type: text/plain\r\n\r\nDear all, see attached.\r\n--x\r\n\
         Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: {encoding}\r\n\
         Content-Disposition: attachment; filename=\"{attached}\"\r\n\r\n{content}\r\n--x--\r\n"
    )
}

async fn take(server: &Server, name: &str, bytes: &[u8]) -> Result<Value> {
    let path = format!("/api/v1/messages?name={name}&office=030");
    server.send_bytes(&path, bytes).await?.expect(200)
}

/// The bills that an answer names, in their order.
fn bills(taken: &Value) -> Result<Vec<String>> {
    let all = taken["consignments"].as_array().context("no consignments")?;
    let mut bills: Vec<String> =
        all.iter().map(|one| one["reference"].as_str().unwrap_or_default().to_owned()).collect();
    bills.sort();
    Ok(bills)
}

#[test]
fn every_file_of_an_archive_a_mail_or_a_mailbox_is_a_message() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let of = |bill: &str| manifest(bill).into_bytes();
        // A tar in a zip, a name that lies, and an empty file between.
        let inner = gzip(&tar("day/b.edi", &of("BILL0002")));
        let archive =
            zip(&[("a.jpg", &of("BILL0001")), ("../day.tar.gz", &inner), ("empty.edi", b"")]);
        let taken = take(&server, "day.csv", &archive).await?;
        assert_eq!(bills(&taken)?, ["BILL0001", "BILL0002"]);
        // The same again changes nothing.
        let again = take(&server, "day.csv", &archive).await?;
        assert_eq!(again["received"]["new"], 0, "{again}");
        // A zip in a mail, and a message in quoted-printable in another, in one mailbox.
        let zipped = base64(&zip(&[("c.edi", &of("BILL0003"))]));
        let quoted = manifest("BILL0004").replace('\'', "=27").replace("STEEL", "STE=\r\nEL");
        let from = "From a@example.org Thu Jan  1 00:00:00 2026\n";
        let mut mailbox = String::new();
        for mail in [mail("c.zip", "base64", &zipped), mail("d.edi", "quoted-printable", &quoted)] {
            writeln!(mailbox, "{from}{}", mail.replace("\r\n", "\n"))?;
        }
        let taken = take(&server, "box", mailbox.as_bytes()).await?;
        assert_eq!(bills(&taken)?, ["BILL0003", "BILL0004"], "{taken}");
        nothing_altered(&store).await?;
        server.stop().await
    });
}

#[test]
fn what_cannot_be_taken_out_is_told_and_loses_nothing_else() {
    each_engine(async |store| {
        let server = Server::start(&store).await?;
        let path = "/api/v1/messages?name=a.zip&office=030";
        // Nothing in it, and less than nothing.
        assert_eq!(refused(&server.send_bytes(path, &zip(&[])).await?, 422), "empty");
        assert_eq!(refused(&server.send_bytes(path, b"").await?, 422), "empty");
        let whole = zip(&[("a.edi", manifest("BILL0005").as_bytes())]);
        let cut = server.send_bytes(path, &whole[..whole.len() - 30]).await?;
        assert_eq!(cut.status, 422, "{}", cut.body);
        assert!(cut.body.contains("zip"), "{}", cut.body);
        // A file of zeros that is three hundred times as long as its archive, packed four times
        // over; what stands beside it is read all the same.
        let mut nested = zip(&[("zeros.edi", &vec![0; 4 << 20])]);
        for _ in 0..4 {
            nested = zip(&[("n.zip", &nested)]);
        }
        let archive = zip(&[("n.zip", &nested), ("b.edi", manifest("BILL0006").as_bytes())]);
        let taken = take(&server, "b.zip", &archive).await?;
        assert_eq!(bills(&taken)?, ["BILL0006"]);
        let said = taken["defects"].to_string();
        assert!(said.contains("three times over"), "{said}");
        // A file that is no message is kept with a defect, its neighbour is read.
        let mixed =
            zip(&[("c.edi", b"\0\x01\x02 nothing"), ("d.edi", manifest("BILL0007").as_bytes())]);
        let taken = take(&server, "c.zip", &mixed).await?;
        assert_eq!(bills(&taken)?, ["BILL0007"]);
        assert!(!taken["defects"].as_array().context("no defects")?.is_empty());
        nothing_altered(&store).await?;
        server.stop().await
    });
}
