//! Browsers that have let somebody in. Such a browser carries a number, sealed for the one account
//! with the site's key, and wrong attempts from it are counted apart: who guesses from elsewhere
//! locks nobody out of their own desk. It opens nothing by itself.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::second_factor::hmac_of;

/// What the site's secret for these is derived for.
pub const PURPOSE: &str = "known browsers";

fn seal(site: &[u8; 32], account: &str, number: &str) -> Hmac<Sha256> {
    let mut mac = hmac_of::<Hmac<Sha256>>(site);
    mac.update(account.as_bytes());
    mac.update(&[0]);
    mac.update(number.as_bytes());
    mac
}

/// What a browser of this account is given, with a number that no other has.
pub fn shown(site: &[u8; 32], account: &str) -> String {
    let number = ulid::Ulid::generate().to_string();
    let seal = seal(site, account, &number).finalize().into_bytes();
    format!("{number}.{}", hex::encode(seal))
}

/// The number of a browser, if what it shows was sealed for this account.
pub fn number<'s>(site: &[u8; 32], account: &str, shown: &'s str) -> Option<&'s str> {
    let (number, sealed) = shown.split_once('.')?;
    let sealed = hex::decode(sealed).ok()?;
    seal(site, account, number).verify_slice(&sealed).ok().map(|()| number)
}
