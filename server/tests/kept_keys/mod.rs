//! RSA keys that are made once on a machine and kept beside what was built: to make one takes a tenth of a second of a
//! core, most tests need several, and none needs it to be new.

use std::fs;
use std::path::Path;
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The next key of this process: `(pkcs8_der, spki_der)`. No two in one process are the same. Blocks.
pub fn rsa() -> (Vec<u8>, Vec<u8>) {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kept-keys");
    let place = folder.join(NEXT.fetch_add(1, Ordering::Relaxed).to_string());
    kept(&place).unwrap_or_else(|| {
        keep(&folder, &place);
        kept(&place).expect("a key that was just kept can be read")
    })
}

/// Both halves in one file, so that they always belong together.
fn kept(place: &Path) -> Option<(Vec<u8>, Vec<u8>)> {
    let both = fs::read(place).ok()?;
    let (length, both) = both.split_first_chunk()?;
    let (private, public) = both.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    Some((private.to_vec(), public.to_vec()))
}

/// Another process may keep one there at the same moment: the first stays.
fn keep(folder: &Path, place: &Path) {
    let (private, public) = comity_wire::generate_rsa();
    let length = u32::try_from(private.len()).expect("a key is short");
    let whole = [&length.to_be_bytes()[..], &private, &public].concat();
    let draft = place.with_extension(process::id().to_string());
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&draft, whole))
        .expect("cargo's folder for tests can be written to");
    let _somebody_was_first = fs::hard_link(&draft, place);
    let _nobody_reads_it = fs::remove_file(&draft);
}
