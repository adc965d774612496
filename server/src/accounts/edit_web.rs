//! One's own profile, as a page to change it.

use std::collections::HashMap;

use axum::extract::State;
use comity_policy::Way;
use serde::Deserialize;

use super::{Picture, Places, ProfileDraft, change_profile, profile, show};
use crate::app::App;
use crate::error::Result;
use crate::http::form::{Label, page_with, trouble};
use crate::http::{FileForm, Files, Me, Reply, Visit};
use crate::media::portrait::Portrait;
use crate::web::frame;
use crate::web::view::{EditProfilePage, NavItem, PortraitView, Trouble};

/// Lines a profile can have in the form.
const LINES: usize = 4;

/// `GET /settings/profile`
pub async fn edit_form(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    let shown = show(&app, &me.party(), Way::Page, me.account.id).await?;
    let draft = ProfileDraft::of(&shown);
    edit_page(&app, &me, &visit, draft, None).await
}

async fn edit_page(
    app: &App,
    me: &Me,
    visit: &Visit,
    draft: ProfileDraft,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let shown = show(app, &me.party(), Way::Page, me.account.id).await?;
    let portraits = vec![
        PortraitView {
            name: Portrait::Avatar.word(),
            label: "Picture",
            shape: "It is cut to a square.",
            there: shown.avatar_url.is_some(),
            description: draft.avatar.description,
        },
        PortraitView {
            name: Portrait::Header.word(),
            label: "Wide picture",
            shape: "It stands above your profile, three times as wide as high.",
            there: profile(&shown).header_url.is_some(),
            description: draft.header.description,
        },
    ];
    let mut fields = draft.fields;
    fields.resize(LINES.max(fields.len()), (String::new(), String::new()));
    let page = EditProfilePage {
        frame: frame(app, visit, "Your profile", NavItem::Me).await?,
        name: draft.display_name,
        bio: draft.note,
        locked: draft.locked,
        discoverable: draft.discoverable,
        indexable: draft.indexable,
        hide_collections: draft.hide_collections,
        bot: draft.bot,
        shows_media: draft.places.media,
        shows_media_replies: draft.places.media_replies,
        shows_featured: draft.places.featured,
        domains: draft.attribution_domains.join("\n"),
        portraits,
        fields,
        trouble: trouble.clone(),
    };
    Ok(page_with(Reply::page(page), trouble.as_ref()))
}

/// What the profile's fields are called in sentences.
const LABELS: &[Label] = &[
    Label {
        of: "display_name",
        input: "name",
        words: "your name",
    },
    Label {
        of: "note",
        input: "bio",
        words: "what you say about yourself",
    },
    Label::of("fields", ""),
    Label::of("attribution_domains", "the list of sites that may name you"),
    Label::of("file", "the file"),
    Label::of("avatar", "your picture"),
    Label::of("header", "your wide picture"),
    Label::of("avatar_description", "what you say of your picture"),
    Label::of("header_description", "what you say of your wide picture"),
];

/// What the profile form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ProfileForm {
    name: String,
    bio: String,
    locked: String,
    discoverable: String,
    indexable: String,
    hide_collections: String,
    bot: String,
    show_media: String,
    show_media_replies: String,
    show_featured: String,
    avatar_description: String,
    header_description: String,
    attribution_domains: String,
    avatar_gone: String,
    header_gone: String,
    /// `field_name_N` and `field_value_N`.
    #[serde(flatten)]
    others: HashMap<String, String>,
}

impl ProfileForm {
    fn draft(&self) -> ProfileDraft {
        let line = |at: usize| {
            let name = self.others.get(&format!("field_name_{at}"))?.trim();
            let value = self.others.get(&format!("field_value_{at}"));
            let value = value.map(|value| value.trim().to_owned());
            (!name.is_empty()).then(|| (name.to_owned(), value.unwrap_or_default()))
        };
        let picture = |description: &str, gone: &str| Picture {
            new: None,
            gone: gone == "on",
            description: description.to_owned(),
        };
        ProfileDraft {
            display_name: self.name.clone(),
            note: self.bio.clone(),
            fields: (0..LINES).filter_map(line).collect(),
            locked: self.locked == "on",
            discoverable: self.discoverable == "on",
            indexable: self.indexable == "on",
            hide_collections: self.hide_collections == "on",
            bot: self.bot == "on",
            places: Places {
                media: self.show_media == "on",
                media_replies: self.show_media_replies == "on",
                featured: self.show_featured == "on",
            },
            attribution_domains: self
                .attribution_domains
                .lines()
                .map(str::to_owned)
                .collect(),
            avatar: picture(&self.avatar_description, &self.avatar_gone),
            header: picture(&self.header_description, &self.header_gone),
        }
    }
}

/// `POST /settings/profile`
pub async fn save(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    FileForm(form, files): FileForm<ProfileForm>,
) -> Result<Reply> {
    match Box::pin(change(&app, &me, form.draft(), files)).await {
        Ok(()) => Ok(Reply::see_other(&format!("/@{}", me.account.username))),
        Err(why) => {
            let trouble = trouble(why, LABELS)?;
            edit_page(&app, &me, &visit, form.draft(), Some(trouble)).await
        }
    }
}

async fn change(app: &App, me: &Me, mut draft: ProfileDraft, mut files: Files) -> Result<()> {
    files.check()?;
    draft.take_in(app, me, &mut files).await?;
    change_profile(app, &me.account, draft).await
}
