//! One's own profile, as apps change it.

use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;

use super::api::own_entity;
use super::entity::edited;
use super::{Picture, Places, ProfileDraft, change_profile, show};
use crate::app::App;
use crate::error::{Code, Error, Result};
use crate::featured_tags;
use crate::http::{Client, Files, Me, Reply, Upload};
use crate::media::portrait::Portrait;
use crate::members::{self, Writing};
use crate::statuses;
use comity_policy::Way;

/// What an app changes of its member's profile; what it leaves out stays.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Changes {
    display_name: Option<String>,
    note: Option<String>,
    locked: Option<bool>,
    bot: Option<bool>,
    discoverable: Option<bool>,
    indexable: Option<bool>,
    hide_collections: Option<bool>,
    fields_attributes: Option<Lines>,
    /// Here a picture is a file; what is empty says nothing, as apps send it where none was chosen.
    avatar: Option<Value>,
    header: Option<Value>,
    avatar_description: Option<String>,
    header_description: Option<String>,
    attribution_domains: Option<Value>,
    show_media: Option<bool>,
    show_media_replies: Option<bool>,
    show_featured: Option<bool>,
    source: Defaults,
}

/// Lines under a profile: in a list, or by numbers as forms have them.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Lines {
    List(Vec<Line>),
    Numbered(std::collections::BTreeMap<String, Line>),
}

/// One line under a profile.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Line {
    name: String,
    value: String,
}

impl Lines {
    fn read(self) -> Vec<(String, String)> {
        let lines = match self {
            Lines::List(lines) => lines,
            Lines::Numbered(lines) => {
                let mut lines: Vec<(String, Line)> = lines.into_iter().collect();
                lines.sort_by_key(|(at, _)| at.parse().unwrap_or(u32::MAX));
                lines.into_iter().map(|(_, line)| line).collect()
            }
        };
        let typed = |line: Line| (line.name.trim().to_owned(), line.value.trim().to_owned());
        let lines = lines.into_iter().map(typed);
        lines.filter(|(name, _)| !name.is_empty()).collect()
    }
}

/// What the composer proposes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Defaults {
    privacy: Option<String>,
    language: Option<String>,
    quote_policy: Option<String>,
    sensitive: Option<bool>,
}

/// `PATCH /api/v1/accounts/update_credentials`
pub async fn update_credentials(
    State(app): State<App>,
    client: Client,
    Upload(changes, files): Upload<Changes>,
) -> Result<Reply> {
    let me = Box::pin(change(&app, client.me()?, changes, files)).await?;
    Ok(Reply::api(own_entity(&app, &me).await?))
}

/// `GET /api/v1/profile`: one's own, as it is edited.
pub async fn show_own(State(app): State<App>, client: Client) -> Result<Reply> {
    told(&app, client.me()?).await
}

/// `PATCH /api/v1/profile`, and `PUT`, which masto.js sends: both change what is sent and nothing else.
pub async fn change_own(
    State(app): State<App>,
    client: Client,
    Upload(changes, files): Upload<Changes>,
) -> Result<Reply> {
    let me = Box::pin(change(&app, client.me()?, changes, files)).await?;
    told(&app, &me).await
}

async fn told(app: &App, me: &Me) -> Result<Reply> {
    let shown = show(app, &me.party(), Way::Page, me.account.id).await?;
    let topics = featured_tags::of(app, me.account.id).await?;
    let topics = topics.iter();
    let topics = topics.map(|one| featured_tags::api::entity(one, &me.community));
    let topics: Vec<Value> = topics.collect();
    Ok(Reply::api(edited(&shown, &topics)))
}

/// `DELETE /api/v1/profile/avatar`
pub async fn remove_avatar(State(app): State<App>, client: Client) -> Result<Reply> {
    remove(&app, client.me()?, Portrait::Avatar).await
}

/// `DELETE /api/v1/profile/header`
pub async fn remove_header(State(app): State<App>, client: Client) -> Result<Reply> {
    remove(&app, client.me()?, Portrait::Header).await
}

async fn remove(app: &App, me: &Me, which: Portrait) -> Result<Reply> {
    let shown = show(app, &me.party(), Way::Page, me.account.id).await?;
    let mut draft = ProfileDraft::of(&shown);
    let gone = Picture {
        gone: true,
        ..Picture::default()
    };
    match which {
        Portrait::Avatar => draft.avatar = gone,
        Portrait::Header => draft.header = gone,
    }
    change_profile(app, &me.account, draft).await?;
    Ok(Reply::api(own_entity(app, me).await?))
}

/// Who they are from now on.
async fn change(app: &App, me: &Me, changes: Changes, mut files: Files) -> Result<Me> {
    changes.check()?;
    let shown = show(app, &me.party(), Way::Page, me.account.id).await?;
    let was = ProfileDraft::of(&shown);
    let defaults = changes.source.read(me)?;
    let mut draft = ProfileDraft {
        display_name: changes.display_name.unwrap_or(was.display_name),
        note: changes.note.unwrap_or(was.note),
        fields: changes.fields_attributes.map_or(was.fields, Lines::read),
        locked: changes.locked.unwrap_or(was.locked),
        discoverable: changes.discoverable.unwrap_or(was.discoverable),
        indexable: changes.indexable.unwrap_or(was.indexable),
        hide_collections: changes.hide_collections.unwrap_or(was.hide_collections),
        bot: changes.bot.unwrap_or(was.bot),
        places: Places {
            media: changes.show_media.unwrap_or(was.places.media),
            media_replies: changes
                .show_media_replies
                .unwrap_or(was.places.media_replies),
            featured: changes.show_featured.unwrap_or(was.places.featured),
        },
        attribution_domains: match changes.attribution_domains {
            None | Some(Value::Null) => was.attribution_domains,
            Some(domains) => texts(&domains)?,
        },
        avatar: was.avatar,
        header: was.header,
    };
    if let Some(text) = changes.avatar_description {
        draft.avatar.description = text;
    }
    if let Some(text) = changes.header_description {
        draft.header.description = text;
    }
    draft.take_in(app, me, &mut files).await?;
    change_profile(app, &me.account, draft).await?;
    if let Some(defaults) = defaults {
        members::choose_writing(app, me.account.id, defaults).await?;
    }
    Me::of(app, me.account.id).await
}

/// One text or a list of them: forms send one item as itself.
fn texts(value: &Value) -> Result<Vec<String>> {
    let items = value
        .as_array()
        .map_or(std::slice::from_ref(value), Vec::as_slice);
    let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
    texts.collect::<Option<Vec<String>>>().ok_or_else(|| {
        Error::invalid("attribution_domains", "must be a list of domains").coded(Code::Invalid)
    })
}

impl Changes {
    /// What cannot be kept here is said, not dropped.
    fn check(&self) -> Result<()> {
        let says = |value: &Option<Value>| match value {
            None | Some(Value::Null) => false,
            Some(Value::String(text)) => !text.is_empty(),
            Some(Value::Array(items)) => !items.is_empty(),
            Some(_) => true,
        };
        for (field, value) in [("avatar", &self.avatar), ("header", &self.header)] {
            if says(value) {
                return Err(Error::invalid(
                    field,
                    "must be sent as a file (multipart/form-data); to take it away, use DELETE",
                )
                .coded(Code::Invalid));
            }
        }
        Ok(())
    }
}

/// What an app sends, where it is not what it was told: Mastodon has fewer words than we, and one that comes back as it was
/// read changes nothing that it cannot say.
fn changed<'a>(sent: Option<&'a str>, told: &str) -> Option<&'a str> {
    sent.filter(|word| *word != told)
}

impl Defaults {
    /// What they come to for this member, where anything is said.
    fn read(&self, me: &Me) -> Result<Option<Writing>> {
        let is_silent = self.privacy.is_none()
            && self.language.is_none()
            && self.quote_policy.is_none()
            && self.sensitive.is_none();
        if is_silent {
            return Ok(None);
        }
        let mut writing = Writing::of(&me.member);
        let told = statuses::entity::visibility(writing.visibility);
        if let Some(word) = changed(self.privacy.as_deref(), told) {
            writing.visibility = comity_vocab::Visibility::parse(word).map_err(|_| {
                Error::invalid(
                    "source[privacy]",
                    "must be public, unlisted, private or direct",
                )
            })?;
        }
        let told = statuses::entity::quote_policy(writing.quoting);
        if let Some(word) = changed(self.quote_policy.as_deref(), told) {
            writing.quoting = statuses::entity::read_quote_policy(word).ok_or_else(|| {
                Error::invalid(
                    "source[quote_policy]",
                    "must be public, followers or nobody",
                )
            })?;
        }
        if let Some(tag) = &self.language {
            tag.trim().clone_into(&mut writing.language);
        }
        if let Some(sensitive) = self.sensitive {
            writing.sensitive = sensitive;
        }
        Ok(Some(writing))
    }
}
