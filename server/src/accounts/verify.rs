//! Pages in a member's profile: whether they link back to it (`rel=me`), so that whoever made the page is who has the profile.
//! It is looked when the profile changes, and every so often after that. Of people elsewhere nothing is looked at.

use std::collections::HashSet;

use comity_db::Tx;
use comity_vocab::Iri;
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use tracing::{debug, warn};

use super::{Account, store};
use crate::app::App;
use crate::clock::DAY_MS;
use crate::error::{Error, Result};
use crate::queue::{self, Job, Outcome};
use crate::text::plain;
use crate::{cards, links};

/// How long it is believed without another look.
const AGAIN_MS: i64 = 7 * DAY_MS;
/// A page that cannot be reached for so long does not link back any more.
const BELIEVED_MS: i64 = 30 * DAY_MS;

/// A page that links back to a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// The address of the page, in the spelling of [`links::address`].
    pub url: String,
    /// Unix milliseconds.
    pub since: i64,
    /// When it was seen last; unix milliseconds.
    pub seen: i64,
}

impl Verified {
    /// Whether that is believed still: not where nobody looked again for so long, whatever kept them from it.
    pub(super) fn is_believed(&self, now_ms: i64) -> bool {
        now_ms - self.seen < AGAIN_MS + BELIEVED_MS
    }
}

/// The page that a line of a profile leads to, where the line is its address and nothing else: what stands around a link is not
/// what the page says. So what is shown is read as an address, and has to be the one that is looked at.
pub(super) fn link_of(value: &str) -> Option<String> {
    let shown = plain::block(value);
    if shown.contains(parts_words) {
        return None;
    }
    let mut links = links::in_order(value);
    let link = links.next()?;
    let is_it = links.next().is_none() && links::address(&shown).as_ref() == Some(&link);
    is_it.then_some(link)
}

/// White space, and the letters that look like it: an address with one would be read as words behind an address.
fn parts_words(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{AD}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2064}')
        || matches!(c, '\u{2800}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}')
}

/// Promises to look at the pages in these lines, in the transaction that writes them. Those that were there before and are looked
/// at anyway are not asked for each time that something else is changed.
pub(super) async fn promise(
    tx: &mut Tx,
    app: &App,
    account_id: i64,
    lines: &[(String, String)],
) -> Result<()> {
    let pages = |lines: &[(String, String)]| -> HashSet<String> {
        let pages = lines.iter().filter_map(|(_, value)| link_of(value));
        pages.collect()
    };
    let wanted = pages(lines);
    if wanted.is_empty() {
        return Ok(());
    }
    if let Some((fields, _, again_at)) = store::links_of(&app.db, account_id).await? {
        let before: Vec<(String, String)> = serde_json::from_str(&fields)?;
        if again_at > app.now_ms() && pages(&before) == wanted {
            return Ok(());
        }
    }
    let at = app.now_ms();
    store::ask_links(tx, account_id, at);
    let job = Job::VerifyLinks {
        account: account_id,
        at,
    };
    queue::push(tx, app, &job)
}

/// Looks at the pages in a member's profile, unless they are looked at at another time by now.
pub async fn verify_links(app: &App, account: i64, at: i64) -> Outcome {
    match look(app, account, at).await {
        Ok(()) | Err(Error::NotFound | Error::Gone) => Outcome::Done,
        Err(why) => why.into(),
    }
}

async fn look(app: &App, account: i64, at: i64) -> Result<()> {
    let Some((fields, known, again_at)) = store::links_of(&app.db, account).await? else {
        return Ok(());
    };
    if again_at != at {
        return Ok(());
    }
    let member = super::find(app, account).await?;
    let fields: Vec<(String, String)> = serde_json::from_str(&fields)?;
    let known: Vec<Verified> = serde_json::from_str(&known).unwrap_or_default();
    let mut pages: Vec<String> = fields
        .iter()
        .filter_map(|(_, value)| link_of(value))
        .collect();
    pages.sort_unstable();
    pages.dedup();
    let answers = join_all(pages.iter().map(|url| leads_back(app, &member, url))).await;
    let now_ms = app.now_ms();
    let mut verified = Vec::new();
    for (url, answer) in pages.iter().zip(answers) {
        let before = known.iter().find(|known| known.url == *url);
        match answer {
            Answer::Yes => verified.push(Verified {
                url: url.clone(),
                since: before.map_or(now_ms, |before| before.since),
                seen: now_ms,
            }),
            Answer::No => {}
            // What rests for a while is not wrong because of that.
            Answer::Unreachable => {
                verified.extend(
                    before
                        .filter(|one| now_ms - one.seen < BELIEVED_MS)
                        .cloned(),
                );
            }
        }
    }
    let next = now_ms + AGAIN_MS;
    let mut tx = Tx::new();
    store::keep_links(
        &mut tx,
        account,
        &serde_json::to_string(&verified)?,
        next,
        at,
    );
    if !pages.is_empty() {
        queue::push_at(&mut tx, app, &Job::VerifyLinks { account, at: next }, next)?;
    }
    // Where the profile was changed meanwhile, another look is promised already.
    app.commit(tx).await?;
    Ok(())
}

/// What a page says of a profile.
enum Answer {
    Yes,
    No,
    Unreachable,
}

async fn leads_back(app: &App, member: &Account, url: &str) -> Answer {
    let Ok(address) = Iri::parse(url) else {
        return Answer::No;
    };
    // A page of ours says what members write, and no more.
    if app
        .communities
        .load()
        .by_domain(&address.domain())
        .is_some()
    {
        return Answer::No;
    }
    let mut profiles: Vec<String> = links::address(member.iri.as_str()).into_iter().collect();
    profiles.extend(member.url.as_deref().and_then(links::address));
    match Box::pin(cards::leads_back(app, member, &address, profiles)).await {
        Ok(true) => Answer::Yes,
        Ok(false) | Err(Error::NotFound) => Answer::No,
        Err(Error::Elsewhere(why)) => {
            debug!(%url, %why, "a page of a profile could not be reached");
            Answer::Unreachable
        }
        // One page does not keep the others from being looked at.
        Err(why) => {
            warn!(%url, ?why, "a page of a profile could not be looked at");
            Answer::Unreachable
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::render;

    #[test]
    fn only_a_line_that_is_an_address_leads_to_a_page() {
        let of = |typed: &str| link_of(&render::field(typed, &[], "https://here.example"));
        assert_eq!(
            of("https://Alice.example/me").as_deref(),
            Some("https://alice.example/me")
        );
        assert_eq!(of("not mine: https://bob.example/"), None);
        assert_eq!(of("https://a.example/ https://b.example/"), None);
        assert_eq!(of("she/her"), None);
        let query = "https://alice.example/me?a=1&b=2";
        assert_eq!(of(query).as_deref(), Some(query));
        // What is no space, and keeps words and an address apart all the same.
        assert_eq!(of("Mozilla-Foundation:https://alice.example/me"), None);
        assert_eq!(of("(https://alice.example/me)"), None);
        assert_eq!(of("Mozilla\u{2800}https://alice.example/me"), None);
        assert_eq!(of("https://alice.example/me?\u{2800}Mozilla"), None);
        // The first of these looks like the link of a mention.
        let two = "https://bigcorp.example/mention\"https://alice.example/me";
        assert_eq!(of(two), None);
    }
}
