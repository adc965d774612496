//! Pictures for film and sound that come with an edit: as files of a form, or within `media_attributes` as
//! `data:image/jpeg;base64,…`.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::api::SentSaying;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Files, Kind, SentFile};
use crate::media::Attaching;

/// Puts the pictures that came with these words to what is said of the files; both lists are in the same order. Each counts
/// as a file that the member puts here, before it is looked at.
pub(super) async fn take(
    app: &App,
    account_id: i64,
    sent: &[SentSaying],
    files: &mut Files,
    attaching: &mut Attaching,
) -> Result<()> {
    for (at, (words, (_, saying))) in sent.iter().zip(&mut attaching.said).enumerate() {
        let mut file = files.take(&format!("media_attributes[{at}][thumbnail]"));
        // Without a number it can only be told whose it is where there is one.
        if file.is_none() && sent.len() == 1 {
            file = files.take("media_attributes[][thumbnail]");
        }
        let text = words.thumbnail.as_deref().map(str::trim);
        let text = text.filter(|text| file.is_none() && !text.is_empty());
        if file.is_some() || text.is_some() {
            app.limits.check(Kind::Upload, &account_id.to_string())?;
        }
        if let Some(text) = text {
            file = Some(SentFile::of(app, &bytes_of(text)?).await?);
        }
        saying.poster = file.map(Arc::new);
    }
    Ok(())
}

/// What stands in a `data:` address. Its media type is not looked at: the bytes decide.
fn bytes_of(text: &str) -> Result<Vec<u8>> {
    let inside = text
        .strip_prefix("data:")
        .and_then(|rest| rest.split_once(','));
    inside
        .filter(|(head, _)| head.ends_with(";base64"))
        .and_then(|(_, words)| STANDARD.decode(words).ok())
        .ok_or_else(|| {
            Error::invalid(
                "thumbnail",
                "must be a picture: a file, or its bytes as data:image/jpeg;base64,…",
            )
        })
}
