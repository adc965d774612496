//! A member changes their profile.

use comity_db::Tx;
use comity_policy::{Party, Visible, Way};
use comity_vocab::{ActorKind, Domain};

use super::{
    Account, LONGEST_NAME, MOST_FIELDS, Places, fields_json, named_in, profile, shortened, store,
    verify,
};
use crate::app::App;
use crate::communities;
use crate::delivery::{self, Outgoing};
use crate::error::{Code, Error, Result};
use crate::http::{Files, Me};
use crate::media::portrait::{self, LONGEST_PORTRAIT_DESCRIPTION, Portrait, Ready};
use crate::text::{self, length, plain};

/// What a member may type about themselves, in characters.
pub(crate) const LONGEST_OWN_NOTE: usize = 2_000;

/// Domains whose pages may name a member; Mastodon's number.
const MOST_ATTRIBUTION_DOMAINS: usize = 100;

/// Handles in one profile beyond these many stay text.
const MOST_NAMED: usize = 50;

/// What a member wants their profile to say.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a tick of the form")]
pub struct ProfileDraft {
    /// What others read first.
    pub display_name: String,
    /// Plain text with links, mentions and hashtags.
    pub note: String,
    /// Name and plain-text value.
    pub fields: Vec<(String, String)>,
    /// Ask me before following.
    pub locked: bool,
    /// Let me be found.
    pub discoverable: bool,
    /// Let strangers find my public posts by their words.
    pub indexable: bool,
    /// Show nobody whom I follow and who follows me.
    pub hide_collections: bool,
    /// A program writes here, not a person.
    pub bot: bool,
    /// Which places my profile has beside my posts.
    pub places: Places,
    /// Domains whose pages may name me as who wrote them, as typed.
    pub attribution_domains: Vec<String>,
    /// The small picture.
    pub avatar: Picture,
    /// The wide one.
    pub header: Picture,
}

/// What becomes of a picture of a profile.
#[derive(Debug, Default)]
pub struct Picture {
    /// A new one.
    pub new: Option<Ready>,
    /// The one there is goes.
    pub gone: bool,
    /// What is in it, for who cannot see it.
    pub description: String,
}

impl ProfileDraft {
    /// The profile as it is, for who changes a part of it.
    pub fn of(shown: &Visible<Account>) -> ProfileDraft {
        let words = profile(shown);
        let typed = |(name, value): &(String, String)| (name.clone(), plain::block(value));
        let picture = |description: &str| Picture {
            description: description.to_owned(),
            ..Picture::default()
        };
        ProfileDraft {
            display_name: shown.display_name.clone(),
            note: words.note_source.clone(),
            fields: words.fields.iter().map(typed).collect(),
            locked: shown.locked,
            discoverable: shown.discoverable,
            indexable: shown.indexable,
            hide_collections: shown.hide_collections,
            bot: shown.kind == ActorKind::Service,
            places: shown.places,
            attribution_domains: shown
                .attribution_domains
                .iter()
                .map(|domain| domain.as_str().to_owned())
                .collect(),
            avatar: picture(&words.avatar_description),
            header: picture(&words.header_description),
        }
    }

    /// Makes the pictures that came with a form ready. Where one is wrong, the other goes as well.
    pub(super) async fn take_in(&mut self, app: &App, me: &Me, files: &mut Files) -> Result<()> {
        let made = self.make_pictures(app, me, files).await;
        if made.is_err() {
            self.drop_pictures(app).await?;
        }
        made
    }

    async fn make_pictures(&mut self, app: &App, me: &Me, files: &mut Files) -> Result<()> {
        for (which, picture) in [
            (Portrait::Avatar, &mut self.avatar),
            (Portrait::Header, &mut self.header),
        ] {
            if let Some(file) = files.take(which.word()) {
                picture.gone = false;
                picture.new = Some(portrait::make(app, me, which, &file).await?);
            }
        }
        Ok(())
    }

    /// New pictures are not shown after all.
    async fn drop_pictures(&self, app: &App) -> Result<()> {
        for ready in [&self.avatar.new, &self.header.new].into_iter().flatten() {
            portrait::drop_it(app, ready).await?;
        }
        Ok(())
    }

    /// The domains that are meant: what apps and people paste around them is left out.
    fn domains(&self) -> Result<Vec<Domain>> {
        let wrong = |why: String| Error::invalid("attribution_domains", why).coded(Code::Invalid);
        let mut domains: Vec<Domain> = Vec::new();
        for typed in &self.attribution_domains {
            let bare = typed.trim();
            let bare = bare.strip_prefix("https://").unwrap_or(bare);
            let bare = bare.strip_prefix("http://").unwrap_or(bare);
            let bare = bare.strip_prefix("*.").unwrap_or(bare);
            let bare = bare.trim_end_matches('/');
            if bare.is_empty() {
                continue;
            }
            let shown = plain::beginning(&plain::line(bare), LONGEST_NAME);
            let Ok(domain) = Domain::parse(bare) else {
                return Err(wrong(format!(
                    "names {shown}, which is no domain; write it as in news.example"
                )));
            };
            if domain.is_public_suffix() {
                return Err(wrong(format!(
                    "names {shown}, below which anybody can have pages; name the site itself"
                )));
            }
            if !domains.contains(&domain) {
                domains.push(domain);
            }
        }
        if domains.len() > MOST_ATTRIBUTION_DOMAINS {
            return Err(wrong(format!(
                "names more than {MOST_ATTRIBUTION_DOMAINS} domains"
            ))
            .coded(Code::TooLong));
        }
        Ok(domains)
    }

    fn check(&self) -> Result<()> {
        length::at_most(
            "display_name",
            &plain::line(&self.display_name),
            LONGEST_NAME,
        )?;
        length::at_most("note", &self.note, LONGEST_OWN_NOTE)?;
        if self.fields.len() > MOST_FIELDS {
            return Err(
                Error::invalid("fields", format!("at most {MOST_FIELDS} lines fit"))
                    .coded(Code::TooLong),
            );
        }
        for (name, value) in &self.fields {
            length::at_most("fields", name, LONGEST_OWN_NOTE)?;
            length::at_most("fields", value, LONGEST_OWN_NOTE)?;
        }
        for (field, picture) in [
            ("avatar_description", &self.avatar),
            ("header_description", &self.header),
        ] {
            length::at_most(field, &picture.description, LONGEST_PORTRAIT_DESCRIPTION)?;
        }
        Ok(())
    }
}

/// Changes a member's profile here and tells the servers that know it. A new picture that could not be kept is gone.
pub async fn change_profile(app: &App, me: &Account, draft: ProfileDraft) -> Result<()> {
    let changed = change(app, me, &draft).await;
    if changed.is_err() {
        draft.drop_pictures(app).await?;
    }
    changed
}

async fn change(app: &App, me: &Account, draft: &ProfileDraft) -> Result<()> {
    draft.check()?;
    let domains = draft.domains()?;
    let community = communities::find(app, me.community_id.ok_or(Error::NotFound)?)?;
    let values = draft.fields.iter().map(|(_, value)| value.as_str());
    let texts = std::iter::once(draft.note.as_str()).chain(values);
    let viewer = Party::Member(me.person());
    let named = named_in(
        app,
        &viewer,
        Way::Page,
        &community.domain,
        texts,
        MOST_NAMED,
    )
    .await?;
    let field = |value: &str| text::render::field(value, &named, &community.origin);
    let lines = draft.fields.iter();
    let lines = lines.map(|(name, value)| (plain::line(name), field(value)));
    let lines: Vec<(String, String)> = lines.collect();
    let described = |picture: &Picture| {
        if picture.gone {
            return String::new();
        }
        picture.description.trim().to_owned()
    };
    let mut tx = Tx::new();
    store::change_profile(
        &mut tx,
        me.id,
        store::ProfileChange {
            username: me.username.clone(),
            display_name: shortened(&draft.display_name, LONGEST_NAME),
            note: text::render::render(&draft.note, &named, &community).html,
            note_source: draft.note.clone(),
            fields: fields_json(lines.iter().cloned())?,
            locked: draft.locked,
            discoverable: draft.discoverable,
            indexable: draft.indexable,
            hide_collections: draft.hide_collections,
            avatar_description: described(&draft.avatar),
            header_description: described(&draft.header),
            bot: draft.bot,
            attribution_domains: super::joined(&domains),
            places: draft.places,
        },
    );
    for (which, picture) in [
        (Portrait::Avatar, &draft.avatar),
        (Portrait::Header, &draft.header),
    ] {
        if let Some(ready) = &picture.new {
            portrait::hang(&mut tx, ready, app.now_ms());
            store::set_portrait(&mut tx, me.id, which, Some(&ready.url));
        } else if picture.gone {
            portrait::take_down(&mut tx, me.id, which);
            store::set_portrait(&mut tx, me.id, which, None);
        }
    }
    verify::promise(&mut tx, app, me.id, &lines).await?;
    delivery::queue(&mut tx, app, me.id, &Outgoing::UpdateActor)?;
    app.commit_and_ring(tx).await?;
    Ok(())
}
