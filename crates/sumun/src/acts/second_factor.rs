//! The second factor: six digits that change every half minute (TOTP, RFC 6238, with SHA-1 as
//! every authenticator app has it). The secret is derived from the site's key and is not kept, so
//! a copy of the store holds none.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;

/// What the site's secret for these is derived for.
pub const PURPOSE: &str = "second factors";

/// Seconds of a step.
const STEP_S: i64 = 30;
/// Steps before and after now whose code is taken: clocks differ.
const AROUND: i64 = 1;

/// The secret of an account.
pub fn secret(site: &[u8; 32], account: &str, nonce: &str) -> [u8; 20] {
    let mut mac = hmac_of::<Hmac<Sha256>>(site);
    mac.update(account.as_bytes());
    mac.update(&[0]);
    mac.update(nonce.as_bytes());
    let mut secret = [0; 20];
    secret.copy_from_slice(&mac.finalize().into_bytes()[..20]);
    secret
}

pub(super) fn hmac_of<M: Mac + KeyInit>(key: &[u8]) -> M {
    // HMAC takes keys of any length (RFC 2104).
    <M as KeyInit>::new_from_slice(key).expect("HMAC takes any key")
}

/// The code of a step (RFC 4226).
fn code_of(secret: &[u8; 20], step: i64) -> u32 {
    let mut mac = hmac_of::<Hmac<Sha1>>(secret);
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 0x0f);
    let word = [hash[at] & 0x7f, hash[at + 1], hash[at + 2], hash[at + 3]];
    u32::from_be_bytes(word) % 1_000_000
}

/// The step that a code is of, if it is one of now and was not used: steps up to `used` are not
/// taken again.
pub fn step_of(secret: &[u8; 20], code: &str, now_us: i64, used: i64) -> Option<i64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let plain = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let given: u32 = digits.parse().ok().filter(|_| plain)?;
    let now = now_us.div_euclid(1_000_000 * STEP_S);
    // All are looked at, whichever fits: the time taken tells nothing.
    let fits = (now - AROUND..=now + AROUND).filter(|&step| code_of(secret, step) == given);
    fits.filter(|&step| step > used).fold(None, |_, step| Some(step))
}

/// The code of a moment, for who holds the secret.
pub fn code_at(secret: &[u8; 20], now_us: i64) -> String {
    format!("{:06}", code_of(secret, now_us.div_euclid(1_000_000 * STEP_S)))
}

/// The secret as people type it: Base32 (RFC 4648) without padding.
pub fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::new();
    let (mut bits, mut count) = (0_u32, 0);
    for &byte in bytes {
        bits = bits << 8 | u32::from(byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            text.push(char::from(LETTERS[(bits >> count & 31) as usize]));
        }
    }
    if count > 0 {
        text.push(char::from(LETTERS[(bits << (5 - count) & 31) as usize]));
    }
    text
}

/// What authenticator apps read from the picture.
pub fn uri(secret: &[u8; 20], name: &str) -> String {
    let escaped: String = name.bytes().fold(String::new(), |mut text, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                text.push(char::from(byte));
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
        text
    });
    format!("otpauth://totp/Sumun:{escaped}?secret={}&issuer=Sumun", base32(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the last six of its eight digits.
        let secret = b"12345678901234567890";
        for (seconds, code) in [
            (59, 287_082),
            (1_111_111_109, 81_804),
            (1_111_111_111, 50_471),
            (1_234_567_890, 5_924),
            (2_000_000_000, 279_037),
            (20_000_000_000, 353_130),
        ] {
            assert_eq!(code_of(secret, seconds / STEP_S), code, "{seconds}");
        }
    }

    #[test]
    fn a_code_is_good_once_and_not_for_long() {
        let (secret, now) = (secret(&[7; 32], "01", "n"), 1_800_000_000_000_000);
        let step = now / 30_000_000;
        let code = code_at(&secret, now);
        assert_eq!(step_of(&secret, &code, now, 0), Some(step));
        assert_eq!(step_of(&secret, &code, now, step), None);
        assert_eq!(step_of(&secret, &code, now + 30_000_000, 0), Some(step));
        assert_eq!(step_of(&secret, &code, now + 90_000_000, 0), None);
        assert_eq!(step_of(&secret, "12345", now, 0), None);
        assert_eq!(step_of(&secret, "+12345", now, 0), None);
    }

    #[test]
    fn base32_is_that_of_the_standard() {
        for (text, of) in
            [("MY", "f"), ("MZXQ", "fo"), ("MZXW6YTB", "fooba"), ("MZXW6YTBOI", "foobar")]
        {
            assert_eq!(base32(of.as_bytes()), text);
        }
    }
}
