//! What a community looks like: its icon, its banner, and the languages that are spoken there. Who looks after it chooses.

use comity_db::{Tx, Wrote};

use super::{Look, store};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Files, Me};
use crate::media::portrait::{self, LONGEST_PORTRAIT_DESCRIPTION, Portrait, Ready};
use crate::moderation::looked_after;
use crate::rules;
use crate::text::{language, length};

/// Languages of one community; one that speaks more speaks none of them much.
const MOST_LANGUAGES: usize = 20;

/// What is wanted of a look, besides new pictures.
#[derive(Clone, Debug, Default)]
pub struct LookDraft {
    /// Tags of languages, as typed.
    pub languages: String,
    /// What is in the banner.
    pub banner_description: String,
    /// The icon there is goes.
    pub icon_gone: bool,
    /// The banner there is goes.
    pub banner_gone: bool,
}

impl LookDraft {
    /// As it is.
    pub fn of(look: &Look) -> LookDraft {
        LookDraft {
            languages: look.languages.join(" "),
            banner_description: look.banner_description.clone(),
            ..LookDraft::default()
        }
    }

    fn check(&self) -> Result<()> {
        length::at_most(
            "header_description",
            &self.banner_description,
            LONGEST_PORTRAIT_DESCRIPTION,
        )?;
        Ok(())
    }

    /// The languages that are meant, each once.
    fn tags(&self) -> Result<Vec<String>> {
        let mut tags: Vec<String> = Vec::new();
        let typed = self.languages.split([' ', ',', '\t', '\r', '\n']);
        for tag in typed.filter(|tag| !tag.is_empty()) {
            if !language::is_tag(tag) {
                return Err(Error::invalid(
                    "languages",
                    "names something that is no tag of a language; write them as in: en de pt-BR",
                ));
            }
            if !tags.iter().any(|known| known == tag) {
                tags.push(tag.to_owned());
            }
        }
        if tags.len() > MOST_LANGUAGES {
            return Err(Error::invalid(
                "languages",
                format!("names more than {MOST_LANGUAGES} languages"),
            ));
        }
        Ok(tags)
    }
}

/// Changes what the community looks like that this member looks after. *Not found* where they look after none. The files are
/// called as those of a profile: `avatar` is its icon, `header` its banner.
pub async fn change_look(app: &App, me: &Me, draft: &LookDraft, files: &mut Files) -> Result<()> {
    looked_after(me)?;
    files.check()?;
    draft.check()?;
    let languages = draft.tags()?;
    let mut new = NewPictures::default();
    let changed = change(app, me, draft, languages, files, &mut new).await;
    if changed.is_err() {
        for ready in [&new.icon, &new.banner].into_iter().flatten() {
            portrait::drop_it(app, ready).await?;
        }
    }
    changed?;
    rules::reload(app).await?;
    Ok(())
}

/// What was made ready. Where one is wrong, the other goes as well.
#[derive(Default)]
struct NewPictures {
    icon: Option<Ready>,
    banner: Option<Ready>,
}

async fn change(
    app: &App,
    me: &Me,
    draft: &LookDraft,
    languages: Vec<String>,
    files: &mut Files,
    new: &mut NewPictures,
) -> Result<()> {
    let community = looked_after(me)?;
    for (which, place) in [
        (Portrait::Avatar, &mut new.icon),
        (Portrait::Header, &mut new.banner),
    ] {
        if let Some(file) = files.take(which.word()) {
            let ready = portrait::make_of_community(app, me, community, which, &file).await?;
            *place = Some(ready);
        }
    }
    let mut look = Look {
        languages,
        banner_description: draft.banner_description.trim().to_owned(),
        ..community.look.clone()
    };
    let mut tx = Tx::new();
    if let Some(ready) = &new.icon {
        portrait::hang(&mut tx, ready, app.now_ms());
        look.icon.clone_from(&ready.url);
        look.icon_side = i64::from(ready.width);
    } else if draft.icon_gone {
        portrait::take_down(&mut tx, community.actor_id, Portrait::Avatar);
        look.icon.clear();
        look.icon_side = 0;
    }
    if let Some(ready) = &new.banner {
        portrait::hang(&mut tx, ready, app.now_ms());
        look.banner.clone_from(&ready.url);
    } else if draft.banner_gone {
        portrait::take_down(&mut tx, community.actor_id, Portrait::Header);
        look.banner.clear();
    }
    if look.banner.is_empty() {
        look.banner_description.clear();
    }
    store::change_look(&mut tx, community.id, &look);
    // Other processes read communities anew when the epoch advances.
    rules::advance_epoch(&mut tx);
    let Wrote::All = app.db.write(tx).await? else {
        return Err(Error::NotFound);
    };
    Ok(())
}
