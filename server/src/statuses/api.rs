//! What apps send as a post, in Mastodon's words and two of ours.

use comity_vocab::Visibility;
use serde::Deserialize;

use super::{Answering, Draft, Terms, web};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::Me;
use crate::media::{self, Attaching, Saying};

/// A post as an app sends it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    status: String,
    spoiler_text: String,
    visibility: String,
    language: String,
    sensitive: bool,
    in_reply_to_id: Option<i64>,
    quoted_status_id: Option<i64>,
    /// Servers, people and lists that are not to have it, as in the composer.
    kept_from: String,
    /// Files of the member's, in this order.
    media_ids: Option<Vec<i64>>,
    /// What is said of them.
    media_attributes: Vec<SentSaying>,
    /// Who may answer, by the words of [`Answering`]; empty for what the member laid down.
    answers: String,
}

/// What an app says of a file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SentSaying {
    id: i64,
    description: Option<String>,
    focus: Option<String>,
}

impl Sent {
    fn media(&self) -> Result<Attaching> {
        let said = self.media_attributes.iter().map(|said| {
            let focus = said.focus.as_deref().map(media::api::focus).transpose()?;
            let saying = Saying {
                description: said.description.clone(),
                focus: focus.flatten(),
            };
            Ok((said.id, saying))
        });
        Ok(Attaching {
            ids: self.media_ids.clone(),
            said: said.collect::<Result<_>>()?,
        })
    }

    /// What it asks to publish.
    pub async fn draft(&self, app: &App, me: &Me) -> Result<Draft> {
        let visibility = match self.visibility.as_str() {
            "" => me.member.default_visibility,
            word => Visibility::parse(word).map_err(|_| {
                Error::invalid(
                    "visibility",
                    "must be public, unlisted, private, direct or local",
                )
            })?,
        };
        let answering = match self.answers.as_str() {
            "" => me.member.answering,
            word => Answering::parse(word)
                .ok_or_else(|| Error::invalid("answers", "is no word for who may answer"))?,
        };
        Ok(Draft {
            text: self.status.clone(),
            spoiler_text: self.spoiler_text.clone(),
            visibility,
            in_reply_to_id: self.in_reply_to_id,
            quote_id: self.quoted_status_id,
            language: Some(self.language.trim().to_owned()).filter(|tag| !tag.is_empty()),
            sensitive: self.sensitive || !self.spoiler_text.trim().is_empty(),
            tell: None,
            terms: Terms {
                kept_from: web::named(app, me, &self.kept_from).await?,
                replies: answering.replies(),
                quotes: me.member.quoting,
            },
            media: self.media()?,
        })
    }
}
