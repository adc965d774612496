//! A post as an app sends it, as it is kept until its time, and as a draft.

use std::collections::HashSet;

use comity_vocab::{Handle, Visibility};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::Me;
use crate::media::{self, Attaching, Saying};
use crate::polls::{NewPoll, Wish};
use crate::statuses::once::Once;
use crate::statuses::{Answering, Draft, Quoting, Terms, entity, web};
use crate::text::{Format, language};

/// A post as an app sends it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Sent {
    pub(in crate::statuses) status: String,
    /// In what it is typed, as Akkoma's apps say it; empty for what the member chose.
    pub(in crate::statuses) content_type: String,
    pub(in crate::statuses) spoiler_text: String,
    pub(in crate::statuses) visibility: String,
    /// Whether it stays in its community, where that is said.
    pub(in crate::statuses) local_only: Option<bool>,
    pub(in crate::statuses) language: Option<String>,
    pub(in crate::statuses) sensitive: Option<bool>,
    pub(in crate::statuses) in_reply_to_id: Option<i64>,
    pub(in crate::statuses) quoted_status_id: Option<i64>,
    pub(in crate::statuses) quote_approval_policy: String,
    pub(in crate::statuses) poll: Option<Asked>,
    /// When it is to be published; empty for now.
    #[serde(skip_serializing)]
    pub(in crate::statuses) scheduled_at: String,
    /// Servers, people and lists that are not to have it, as in the composer.
    pub(in crate::statuses) kept_from: String,
    /// Files of the member's, in this order.
    pub(in crate::statuses) media_ids: Option<Vec<i64>>,
    /// What is said of them.
    pub(in crate::statuses) media_attributes: Vec<SentSaying>,
    /// Who may answer, by the words of [`Answering`]; empty for what the member laid down.
    pub(in crate::statuses) answers: String,
    /// Which app sends it. We say so, and not the app.
    pub(in crate::statuses) application_id: Option<i64>,
    /// The key that the app named it by, as [`Once::word`] writes it. We say so, and not the app.
    pub(in crate::statuses) once: Option<String>,
    /// Whom the composer tells, as handles, where it asked: [`Sent::told`]. Apps write into the text whom they tell.
    pub(in crate::statuses) tell: Vec<String>,
    /// Whether the composer asked whom it tells: then nobody but `tell` is told.
    pub(in crate::statuses) told: bool,
}

/// What an app says of a file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::statuses) struct SentSaying {
    pub(in crate::statuses) id: i64,
    pub(in crate::statuses) description: Option<String>,
    pub(in crate::statuses) focus: Option<String>,
    /// A picture for a film or a sound, as `data:image/…;base64,…`; what waits is kept without.
    #[serde(skip_serializing)]
    pub(in crate::statuses) thumbnail: Option<String>,
}

/// A poll as an app sends it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::statuses) struct Asked {
    pub(in crate::statuses) options: Vec<String>,
    /// Seconds.
    pub(in crate::statuses) expires_in: i64,
    pub(in crate::statuses) multiple: bool,
    pub(in crate::statuses) hide_totals: bool,
}

impl Asked {
    fn wish(&self) -> Wish {
        Wish::Make(NewPoll {
            options: self.options.clone(),
            multiple: self.multiple,
            hide_totals: self.hide_totals,
            lasts_ms: self.expires_in.saturating_mul(1000),
        })
    }
}

impl Sent {
    /// What the member laid down for all they write is said in it from now on, where it said nothing.
    pub fn settle(&mut self, me: &Me) {
        let member = &me.member;
        let fill = |field: &mut String, word: &str| {
            if field.is_empty() {
                word.clone_into(field);
            }
        };
        fill(&mut self.visibility, member.default_visibility.as_str());
        fill(&mut self.answers, member.answering.as_str());
        fill(&mut self.quote_approval_policy, member.quoting.as_str());
        fill(&mut self.content_type, member.format.as_str());
        self.language.get_or_insert_with(|| member.language.clone());
        self.sensitive.get_or_insert(member.sensitive);
    }

    fn is_local(&self) -> bool {
        self.local_only == Some(true) || self.visibility == Visibility::Local.as_str()
    }

    /// Apps are told `unlisted` as the default of a member whose posts stay in the community, since they have no word for it, and
    /// most send that with whatever is written: it means the default then, unless they say that it does not stay.
    pub fn as_told(&mut self, me: &Me) {
        let default = me.member.default_visibility;
        let is_told = self.visibility == entity::visibility(default);
        if default == Visibility::Local && is_told && self.local_only.is_none() {
            default.as_str().clone_into(&mut self.visibility);
        }
    }

    /// Writes down, or takes away, by which key it is known again.
    pub(crate) fn know_by(&mut self, once: Option<&Once>) {
        self.once = once.map(Once::word);
    }

    /// By which key it is known again.
    pub(crate) fn known_by(&self) -> Option<&str> {
        self.once.as_deref()
    }

    /// Whom it tells is in its text: an app sends it.
    pub(crate) fn tells_in_text(&mut self) {
        self.tell.clear();
        self.told = false;
    }

    /// The files it brings along, by number.
    pub fn files(&self) -> &[i64] {
        self.media_ids.as_deref().unwrap_or_default()
    }

    /// Names each of its files once, in the order they first come.
    pub fn name_files_once(&mut self) {
        if let Some(ids) = &mut self.media_ids {
            let mut named = HashSet::new();
            ids.retain(|id| named.insert(*id));
        }
    }

    /// Whom the composer tells, beside those that its text names; nobody where an app sent it.
    pub(crate) fn whom(&self) -> Vec<Handle> {
        let typed = self.tell.iter();
        typed
            .filter_map(|handle| Handle::parse(handle).ok())
            .collect()
    }

    /// Whether it holds nothing that anybody typed.
    pub fn is_empty(&self) -> bool {
        let nothing = |text: &str| text.trim().is_empty();
        let asks = self.poll.as_ref();
        nothing(&self.status)
            && nothing(&self.spoiler_text)
            && self.files().is_empty()
            && asks.is_none_or(|poll| poll.options.iter().all(|option| nothing(option)))
    }

    /// As it was typed.
    pub fn words(&self) -> &str {
        &self.status
    }

    /// Whether it is a reply.
    pub fn answers_something(&self) -> bool {
        self.in_reply_to_id.is_some()
    }

    /// As it was sent, for whoever writes on: [`Sent::params`], and what only we know.
    pub fn kept(&self) -> Value {
        let mut params = self.params();
        params["visibility"] = json!(Some(&self.visibility).filter(|word| !word.is_empty()));
        params["kept_from"] = json!(self.kept_from);
        params["answers"] = json!(self.answers);
        params["quote_approval_policy"] = json!(self.quote_approval_policy);
        params
    }

    /// As Mastodon tells of what is scheduled. It has no word for what stays here: that is told as `statuses/entity.rs`
    /// tells it of a post, and beside it that it is local.
    pub fn params(&self) -> Value {
        let visibility = match Visibility::parse(&self.visibility) {
            _ if self.is_local() => Some(entity::visibility(Visibility::Local)),
            Ok(known) => Some(entity::visibility(known)),
            Err(_) => None,
        };
        let poll = self.poll.as_ref().map(|poll| {
            json!({
                "options": poll.options,
                "expires_in": poll.expires_in.to_string(),
                "multiple": poll.multiple,
                "hide_totals": poll.hide_totals,
            })
        });
        json!({
            "text": self.status,
            "content_type": Some(&self.content_type).filter(|word| !word.is_empty()),
            "spoiler_text": self.spoiler_text,
            "visibility": visibility,
            "local_only": self.is_local(),
            "language": self.language,
            "sensitive": self.sensitive == Some(true),
            "in_reply_to_id": self.in_reply_to_id.map(|id| id.to_string()),
            "quoted_status_id": self.quoted_status_id.map(|id| id.to_string()),
            "poll": poll,
            "media_ids": self.media_ids.as_ref().map(|ids| ids.iter().map(i64::to_string).collect::<Vec<_>>()),
            "scheduled_at": null,
            "idempotency": null,
            "with_rate_limit": false,
            "application_id": self.application_id.map(|id| id.to_string()),
        })
    }

    fn media(&self) -> Result<Attaching> {
        let said = self.media_attributes.iter().map(|said| {
            let focus = said.focus.as_deref().map(media::api::focus).transpose()?;
            let saying = Saying {
                description: said.description.clone(),
                focus: focus.flatten(),
                poster: None,
            };
            Ok((said.id, saying))
        });
        Ok(Attaching {
            ids: self.media_ids.clone(),
            said: said.collect::<Result<_>>()?,
        })
    }

    /// Gives a warning without anything under it a dot to cover, as Mastodon does.
    pub(super) fn cover_something(&mut self) {
        if self.status.trim().is_empty()
            && !self.spoiler_text.trim().is_empty()
            && self.files().is_empty()
            && self.quoted_status_id.is_none()
        {
            ".".clone_into(&mut self.status);
        }
    }

    /// What it asks to publish.
    pub async fn draft(&self, app: &App, me: &Me) -> Result<Draft> {
        let visibility = match self.visibility.as_str() {
            _ if self.is_local() => Visibility::Local,
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
        let quoting = match self.quote_approval_policy.as_str() {
            "" => me.member.quoting,
            word => read_quoting(word)?,
        };
        // What is no language is passed over, as Mastodon does; an empty tag says that it is in none.
        let said = self.language.as_deref().map(str::trim);
        let language = said
            .filter(|tag| tag.is_empty() || language::is_of_a_language(tag))
            .unwrap_or(&me.member.language);
        let format = match self.content_type.as_str() {
            "" => me.member.format,
            word => Format::parse(word).ok_or_else(|| {
                Error::invalid("content_type", "must be text/plain or text/markdown")
            })?,
        };
        Ok(Draft {
            text: self.status.clone(),
            format,
            spoiler_text: self.spoiler_text.clone(),
            visibility,
            in_reply_to_id: self.in_reply_to_id,
            quote_id: self.quoted_status_id,
            language: Some(language.to_owned()).filter(|tag| !tag.is_empty()),
            sensitive: self.sensitive.unwrap_or(me.member.sensitive)
                || !self.spoiler_text.trim().is_empty(),
            // Apps write into the text whom they tell.
            tell: Some(Vec::new()),
            terms: Terms {
                kept_from: web::named(app, me, &self.kept_from).await?,
                replies: answering.replies(),
                quotes: quoting,
            },
            media: self.media()?,
            // An edit that says nothing of a poll takes it away, as Mastodon's apps expect.
            poll: self.poll.as_ref().map_or(Wish::Without, Asked::wish),
            once: None,
            written_with: self.application_id,
        })
    }
}

pub(super) fn read_quoting(word: &str) -> Result<Quoting> {
    entity::read_quote_policy(word).ok_or_else(|| {
        Error::invalid(
            "quote_approval_policy",
            "must be public, followers or nobody",
        )
    })
}
