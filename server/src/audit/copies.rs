//! C, copies: what somebody else brings in of people whom a rule keeps out (L31).

use comity_policy::Stance;
use comity_vocab::Iri;
use serde_json::json;

use super::Whose;
use super::cast::{Cast, Party};
use super::expected::Rules;
use super::planted::create;
use super::stage::{Asker, Stage};
use super::tally::Tally;
use crate::accounts;
use crate::error::Result;
use crate::statuses;

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Tries it: a server that nothing speaks against boosts what somebody wrote whom the rules limit or refuse.
pub async fn try_all(stage: &Stage, cast: &Cast, rules: &Rules, tally: &mut Tally) -> Result<()> {
    for party in &cast.parties {
        let number = stage.number();
        let stance = cast.stance(stage, rules, party.authors[0], party, &party.follower);
        if !matches!(stance, Stance::Refused | Stance::Limited | Stance::Withheld) {
            continue;
        }
        let booster = &cast.control().follower;
        let note = Iri::parse(&format!("{}/boosted{number}", party.follower))?;
        let word = stage.word();
        let held = create(&party.follower, &note, &word, None, None)["object"].clone();
        for (way, object) in [
            ("known", json!(party.before_iri.as_str())),
            ("held", held),
            ("named", json!(format!("{note}a"))),
        ] {
            let id = format!("{booster}#boost{}-{number}{way}", cast.community.id);
            let boost = json!({ "id": id, "type": "Announce", "actor": booster.as_str(), "to": [PUBLIC], "cc": [], "object": object });
            stage.bring(&cast.community, booster, &boost).await?;
        }
        stage.is_idle().await?;
        if stance == Stance::Refused && party.whose != Whose::Member {
            let kept = statuses::find_by_iri(&stage.app, &note).await?.is_some();
            tally.tried(31, !kept, || {
                format!("a boost brought in what {} wrote", party.told())
            });
        }
        let pages = pages(stage, cast).await?;
        for (asker, paths) in viewers(cast, party, stance, &pages) {
            for path in paths {
                let page = stage.get(&cast.community, path, asker).await?;
                let shown = page.holds(&party.before) || page.holds(&word);
                tally.tried(31, !shown, || {
                    format!(
                        "{path} shows a boost of what {} wrote, which is met as {}",
                        party.told(),
                        stance.as_str()
                    )
                });
            }
        }
    }
    Ok(())
}

/// Where a boost could be seen: public places, and the profile of who boosted.
async fn pages(stage: &Stage, cast: &Cast) -> Result<Vec<String>> {
    let mut pages = vec!["/everyone".to_owned(), "/community".to_owned()];
    if let Some(booster) = accounts::find_by_iri(&stage.app, &cast.control().follower).await? {
        pages.push(format!("/{}", booster.handle()));
        pages.push("/home".to_owned());
    }
    Ok(pages)
}

/// Who must not see it, and where: members whom the rule binds; of who is limited, only public places count.
fn viewers<'a>(
    cast: &'a Cast,
    party: &Party,
    stance: Stance,
    pages: &'a [String],
) -> Vec<(Asker<'a>, &'a [String])> {
    let pages = if stance == Stance::Refused {
        pages
    } else {
        &pages[..1]
    };
    if party.whose == Whose::Member {
        let twin = &cast.authors[party.authors[0]].local;
        return vec![(Asker::Member(&twin.session), pages)];
    }
    vec![
        (Asker::Visitor, &pages[..1]),
        (Asker::Member(&cast.friend.session), pages),
        (Asker::Member(&cast.outsider.session), pages),
    ]
}
