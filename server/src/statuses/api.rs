//! Statuses for apps, in Mastodon's words and two of ours.

use std::collections::HashSet;

use axum::extract::State;
use comity_policy::Way;
use comity_vocab::{Handle, Visibility};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::entity::{Entities, emojis_in};
use super::once::Once;
use super::{Answering, Draft, Quoting, Terms, find, find_many, sent_posters, text, versions, web};
use crate::accounts::api::{Ids, faces, page_of};
use crate::app::App;
use crate::emojis::entity::entities;
use crate::error::{Error, Result};
use crate::http::{Caller, Client, Id, Input, Me, Paging, Reply, Upload};
use crate::media::{self, Attaching, Saying};
use crate::polls::{self, NewPoll, Wish};
use crate::scheduled;
use crate::text::Format;
use crate::web::time;
use crate::window::Filling;

/// A post as an app sends it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Sent {
    pub(super) status: String,
    /// In what it is typed, as Akkoma's apps say it; empty for what the member chose.
    pub(super) content_type: String,
    pub(super) spoiler_text: String,
    pub(super) visibility: String,
    pub(super) local_only: bool,
    pub(super) language: Option<String>,
    pub(super) sensitive: Option<bool>,
    pub(super) in_reply_to_id: Option<i64>,
    pub(super) quoted_status_id: Option<i64>,
    pub(super) quote_approval_policy: String,
    pub(super) poll: Option<Asked>,
    /// When it is to be published; empty for now.
    #[serde(skip_serializing)]
    pub(super) scheduled_at: String,
    /// Servers, people and lists that are not to have it, as in the composer.
    pub(super) kept_from: String,
    /// Files of the member's, in this order.
    pub(super) media_ids: Option<Vec<i64>>,
    /// What is said of them.
    pub(super) media_attributes: Vec<SentSaying>,
    /// Who may answer, by the words of [`Answering`]; empty for what the member laid down.
    pub(super) answers: String,
    /// Which app sends it. We say so, and not the app.
    pub(super) application_id: Option<i64>,
    /// The key that the app named it by, as [`Once::word`] writes it. We say so, and not the app.
    pub(super) once: Option<String>,
    /// Whom the composer tells, as handles, where it asked: [`Sent::told`]. Apps write into the text whom they tell.
    pub(super) tell: Vec<String>,
    /// Whether the composer asked whom it tells: then nobody but `tell` is told.
    pub(super) told: bool,
}

/// What an app says of a file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct SentSaying {
    pub(super) id: i64,
    pub(super) description: Option<String>,
    pub(super) focus: Option<String>,
    /// A picture for a film or a sound, as `data:image/…;base64,…`; what waits is kept without.
    #[serde(skip_serializing)]
    pub(super) thumbnail: Option<String>,
}

/// A poll as an app sends it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub(super) options: Vec<String>,
    /// Seconds.
    pub(super) expires_in: i64,
    pub(super) multiple: bool,
    pub(super) hide_totals: bool,
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
            _ if self.local_only => Some(super::entity::visibility(Visibility::Local)),
            Ok(known) => Some(super::entity::visibility(known)),
            Err(_) => None,
        };
        let is_local = self.local_only || self.visibility == Visibility::Local.as_str();
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
            "local_only": is_local,
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

    /// What it asks to publish.
    pub async fn draft(&self, app: &App, me: &Me) -> Result<Draft> {
        let visibility = match self.visibility.as_str() {
            _ if self.local_only => Visibility::Local,
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
        let language = match &self.language {
            Some(tag) => tag.trim(),
            None => &me.member.language,
        };
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

fn read_quoting(word: &str) -> Result<Quoting> {
    super::entity::read_quote_policy(word).ok_or_else(|| {
        Error::invalid(
            "quote_approval_policy",
            "must be public, followers or nobody",
        )
    })
}

/// `POST /api/v1/statuses`
pub async fn create(
    State(app): State<App>,
    client: Client,
    headers: HeaderMap,
    Input(mut sent): Input<Sent>,
) -> Result<Reply> {
    let me = client.me()?;
    sent.application_id = Some(client.grant.app_id);
    sent.tells_in_text();
    let key = headers.get("idempotency-key");
    let once = key.and_then(|key| Once::of(key.to_str().ok()?));
    if !sent.scheduled_at.trim().is_empty() {
        let at = scheduled::api::read_time(&sent.scheduled_at)?;
        // What was scheduled with this key may be published by now.
        if let Some(once) = &once
            && let Some(id) = super::once::posted(&app, me.account.id, once).await?
        {
            return Ok(Reply::api(entity(&app, &client.caller()?, id).await?));
        }
        let waits = scheduled::schedule(&app, me, sent, at, once.as_ref()).await?;
        return Ok(Reply::api(scheduled::api::entity(&app, me, &waits).await?));
    }
    let draft = Draft {
        once,
        ..sent.draft(&app, me).await?
    };
    let status = super::publish(&app, &me.community, me.account.clone(), draft).await?;
    let caller = client.caller()?;
    Ok(Reply::api(
        Entities::one(&app, &caller, Way::Page, &status).await?,
    ))
}

/// `GET /api/v1/statuses/{id}`
pub async fn status(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Reply> {
    Ok(Reply::api(entity(&app, &caller, id).await?))
}

/// This status for whoever asks; a boost is around what it shares.
pub async fn entity(app: &App, caller: &Caller, id: i64) -> Result<Value> {
    let party = caller.party();
    let status = find(app, &party, Way::Page, id).await?;
    let Some((shared, _)) = status.reblog_of else {
        return Entities::one(app, caller, Way::Page, &status).await;
    };
    let original = find(app, &party, Way::Page, shared).await?;
    let shown = super::Shown {
        status: original,
        reblog: Some(status),
    };
    let list = Entities::list(app, caller, Way::Page, &[shown]).await?;
    list.into_iter().next().ok_or(Error::NotFound)
}

/// `GET /api/v1/statuses?id[]=`
pub async fn statuses(
    State(app): State<App>,
    caller: Caller,
    Input(asked): Input<Ids>,
) -> Result<Reply> {
    let ids = asked.numbers();
    let found = super::Shown::list(&app, &caller.party(), Way::Page, &ids).await?;
    let list = Entities::list(&app, &caller, Way::Page, &found).await?;
    Ok(Reply::api(json!(list)))
}

/// `PUT /api/v1/statuses/{id}`
pub async fn edit(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Upload(sent, mut files): Upload<Sent>,
) -> Result<Reply> {
    let me = client.me()?;
    let was = super::edit::own(&app, &me.party(), &me.account, id).await?;
    let mut draft = sent.draft(&app, me).await?;
    if sent.language.is_none() {
        draft.language.clone_from(&text(&was).language);
    }
    if sent.content_type.is_empty() {
        draft.format = text(&was).format;
    }
    let said = &sent.media_attributes;
    sent_posters::take(&app, me.account.id, said, &mut files, &mut draft.media).await?;
    let edited = super::edit(&app, &me.community, me.account.clone(), id, draft).await?;
    let caller = client.caller()?;
    Ok(Reply::api(
        Entities::one(&app, &caller, Way::Page, &edited).await?,
    ))
}

/// How a status is deleted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Deleting {
    /// Its files go at once, and are not kept for writing it anew.
    delete_media: bool,
}

/// `DELETE /api/v1/statuses/{id}`: answers with the status as it was typed, for writing it anew.
pub async fn delete(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(how): Input<Deleting>,
) -> Result<Reply> {
    let me = client.me()?;
    let named = find(&app, &me.party(), Way::Page, id).await?;
    // Whoever deletes a boost of theirs takes it back.
    if let Some((shared, _)) = &named.reblog_of
        && named.author.id == me.account.id
    {
        let entity = entity(&app, &client.caller()?, id).await?;
        crate::reblogs::unreblog(&app, &me.account, *shared).await?;
        return Ok(Reply::api(entity));
    }
    let status = super::edit::own(&app, &me.party(), &me.account, id).await?;
    let mut entity = Entities::one(&app, &client.caller()?, Way::Page, &status).await?;
    entity["text"] = json!(text(&status).source);
    entity["content_type"] = json!(text(&status).format.as_str());
    let author = me.account.clone();
    if how.delete_media {
        super::delete_with_files(&app, author, id).await?;
    } else {
        super::delete(&app, author, id).await?;
    }
    Ok(Reply::api(entity))
}

/// `GET /api/v1/statuses/{id}/source`
pub async fn source(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    let status = super::edit::own(&app, &me.party(), &me.account, id).await?;
    let words = text(&status);
    Ok(Reply::api(json!({
        "id": id.to_string(),
        "text": words.source,
        "content_type": words.format.as_str(),
        "spoiler_text": words.spoiler_text,
    })))
}

/// `GET /api/v1/statuses/{id}/history`
pub async fn history(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Reply> {
    let status = find(&app, &caller.party(), Way::Page, id).await?;
    let now = Entities::one(&app, &caller, Way::Page, &status).await?;
    let all: Vec<Value> = versions(&app, &status)
        .await?
        .into_iter()
        .map(|version| {
            let warning = web::spoiler(&version.text.spoiler_text, status.conditions());
            json!({
                "content": web::with_title(&version.text.title, &version.text.content),
                "sensitive": version.text.sensitive || warning.is_some(),
                "spoiler_text": warning.unwrap_or_default(),
                "created_at": time::iso_ms(version.created_at),
                "account": now["account"],
                "media_attachments": media::entity::attachments_then(&app, &status, &version.text.attachments),
                "emojis": entities(&emojis_in(&version.text, &status, &caller.community)),
                "poll": version.text.poll.as_ref().map(polls::entity::asked),
                "quote": now["quote"],
            })
        })
        .collect();
    Ok(Reply::api(json!(all)))
}

/// `GET /api/v1/statuses/{id}/reblogged_by`
pub async fn reblogged_by(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    paging: Paging,
) -> Result<Reply> {
    let party = caller.party();
    let status = find(&app, &party, Way::Page, id).await?;
    let mut filling = Filling::new(paging.window(), paging.limit(40, 80));
    while let Some((window, most)) = filling.wants() {
        let values = comity_db::params![status.id];
        let read = super::REBLOGS_OF
            .rows(&app.db, window, most, values)
            .await?;
        let ids: Vec<i64> = read.iter().map(|(id, _)| *id).collect();
        let boosts = find_many(&app, &party, Way::Page, &ids).await?;
        // Whoever boosts before a few did not do it before everybody.
        let open = [Visibility::Public, Visibility::Unlisted];
        let boosters: Vec<(i64, i64)> = boosts
            .iter()
            .filter(|boost| open.contains(&boost.visibility))
            .map(|boost| (boost.id, boost.author.id))
            .collect();
        let shown = faces(&app, &caller, &boosters).await?;
        filling.take(&read, shown);
    }
    Ok(page_of(&caller, &paging, filling))
}

/// Who may quote from now on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Policy {
    quote_approval_policy: String,
}

/// `PUT /api/v1/statuses/{id}/interaction_policy`
pub async fn interaction_policy(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(policy): Input<Policy>,
) -> Result<Reply> {
    let me = client.me()?;
    let quoting = read_quoting(&policy.quote_approval_policy)?;
    let status = super::choose_quoting(&app, me.account.clone(), id, quoting).await?;
    let caller = client.caller()?;
    Ok(Reply::api(
        Entities::one(&app, &caller, Way::Page, &status).await?,
    ))
}
