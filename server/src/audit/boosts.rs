//! L31: somebody elsewhere who is followed here shares what refused and limited people wrote.

use comity_policy::Stance;
use comity_vocab::Iri;
use serde_json::{Value, json};

use super::Whose;
use super::cast::{Cast, Guise, Local, Party};
use super::expected::Rules;
use super::planted::create;
use super::stage::{Asker, Stage};
use super::tally::Tally;
use crate::error::Result;
use crate::statuses;

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// How the last part of the address of what is shared begins.
const SHARED: &str = "shared";

/// How an Announce has what it shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Address,
    Whole,
}

/// What was shared.
struct Shared {
    boost: Iri,
    note: Iri,
    word: String,
}

/// Tries them.
pub async fn try_all(stage: &Stage, cast: &Cast, rules: &Rules, tally: &mut Tally) -> Result<()> {
    let Some((permitted, _)) = &cast.control().others else {
        return Ok(());
    };
    for holds in [Holds::Address, Holds::Whole] {
        // Where not even this comes, that the rest does not come says nothing.
        let shared = share(stage, cast, permitted, holds).await?;
        if !is_shown(stage, cast, "/home", &cast.friend, &shared.word).await? {
            return Ok(());
        }
        for (place, party) in cast.parties.iter().enumerate() {
            if place != cast.control {
                of_party(stage, cast, rules, (party, holds), tally).await?;
            }
        }
    }
    Ok(())
}

/// Whether this is the path of something that was shared here.
pub fn is_shared(path: &str) -> bool {
    path.rsplit('/')
        .next()
        .is_some_and(|last| last.starts_with(SHARED))
}

async fn of_party(
    stage: &Stage,
    cast: &Cast,
    rules: &Rules,
    what: (&Party, Holds),
    tally: &mut Tally,
) -> Result<()> {
    let (party, holds) = what;
    let by = &party.follower;
    let for_all = rules.stance(
        &cast.community,
        None,
        &party.other(Some(by)),
        stage.app.now_ms(),
    );
    let authors = party.authors.iter().map(|place| {
        let stance = cast.stance(stage, rules, *place, party, by);
        (&cast.authors[*place].local, stance)
    });
    let readers: Vec<&Local> = authors
        .chain([(&cast.friend, for_all)])
        .filter(|(_, stance)| {
            matches!(stance, Stance::Refused | Stance::Withheld | Stance::Limited)
        })
        .map(|(reader, _)| reader)
        .collect();
    if readers.is_empty() {
        return Ok(());
    }
    let mark = stage.peer.count();
    let shared = share(stage, cast, by, holds).await?;
    for reader in readers {
        for page in ["/home", "/everyone"] {
            let shown = is_shown(stage, cast, page, reader, &shared.word).await?;
            tally.tried(31, !shown, || {
                format!(
                    "{page} shows a boost of what somebody at {} wrote",
                    party.told()
                )
            });
        }
    }
    if for_all != Stance::Refused || party.whose == Whose::Member {
        return Ok(());
    }
    for iri in [&shared.note, &shared.boost] {
        let kept = statuses::find_by_iri(&stage.app, iri).await?.is_some();
        tally.tried(31, !kept, || {
            format!(
                "a boost of what somebody at {} wrote was taken in",
                party.told()
            )
        });
    }
    // Whose it is has to be read where a rule is about one person, or about a handle from elsewhere.
    if party.others.is_none() || party.guise == Guise::Alias {
        return Ok(());
    }
    let asked = stage.peer.since(mark).iter().any(|came| {
        came.host == party.domain.as_str() && shared.note.as_str().ends_with(&came.path)
    });
    tally.tried(31, !asked, || {
        format!("{} was asked for what somebody boosted", party.told())
    });
    Ok(())
}

/// The one who is followed shares what `by` wrote.
async fn share(stage: &Stage, cast: &Cast, by: &Iri, holds: Holds) -> Result<Shared> {
    let number = stage.number();
    let follower = &cast.control().follower;
    let shared = Shared {
        boost: Iri::parse(&format!("{follower}/boost{number}"))?,
        note: Iri::parse(&format!("{by}/{SHARED}{number}"))?,
        word: stage.word(),
    };
    let mut note = create(by, &shared.note, &shared.word, None, None)["object"].take();
    note["@context"] = json!("https://www.w3.org/ns/activitystreams");
    stage.peer.serves(&shared.note, note.clone());
    let object = match holds {
        Holds::Address => json!(shared.note.as_str()),
        Holds::Whole => note,
    };
    let boost: Value = json!({
        "id": shared.boost.as_str(), "type": "Announce", "actor": follower.as_str(), "to": [PUBLIC],
        "object": object,
    });
    stage.bring(&cast.community, follower, &boost).await?;
    stage.is_idle().await?;
    Ok(shared)
}

async fn is_shown(
    stage: &Stage,
    cast: &Cast,
    page: &str,
    reader: &Local,
    word: &str,
) -> Result<bool> {
    let reader = Asker::Member(&reader.session);
    Ok(stage.get(&cast.community, page, reader).await?.holds(word))
}
