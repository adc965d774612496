//! F, inbound interaction (L10, L34, L54, L55, L56, L57).

use comity_policy::Stance;
use comity_vocab::{Iri, Visibility};
use serde_json::json;

use super::Whose;
use super::cast::{Author, Cast, Guise, Party};
use super::expected::Rules;
use super::planted::{Post, create, draft};
use super::stage::{Asker, Stage};
use super::tally::Tally;
use crate::error::Result;
use crate::follows::{self, State};
use crate::polls::{self, NewPoll, SHORTEST_MS, Wish};
use crate::statuses::Draft;
use crate::{accounts, reports, statuses};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Tries them.
pub async fn try_all(stage: &Stage, cast: &Cast, rules: &Rules, tally: &mut Tally) -> Result<()> {
    for party in &cast.parties {
        let number = stage.number();
        let place = party.authors[0];
        let stance = cast.stance(stage, rules, place, party, &party.follower);
        if stance == Stance::Refused {
            deliveries(stage, cast, (party, number), tally).await?;
        }
        if let Some((stranger, _)) = &party.others {
            let stance = cast.stance(stage, rules, place, party, stranger);
            if stance != Stance::Open {
                mention(stage, cast, (party, number), stranger, tally).await?;
            }
        }
    }
    unseen(stage, cast, tally).await
}

/// L54: whoever a rule refuses brings something, and so does somebody else in their name.
async fn deliveries(
    stage: &Stage,
    cast: &Cast,
    whom: (&Party, usize),
    tally: &mut Tally,
) -> Result<()> {
    let (party, number) = whom;
    let author = &cast.authors[party.authors[0]];
    let Some(post) = author.post(Visibility::Public) else {
        return Ok(());
    };
    let by = &party.follower;
    let note = Iri::parse(&format!("{by}/late{number}"))?;
    let word = stage.word();
    let said = create(
        by,
        &note,
        &word,
        Some(&post.iri),
        Some(&author.local.account.iri),
    );
    let liked = statuses::load_one(&stage.app, post.id)
        .await?
        .favourites_count;
    let like = json!({ "id": format!("{by}#like{number}"), "type": "Like", "actor": by.as_str(), "object": post.iri.as_str() });
    let boost = json!({ "id": format!("{by}#boost{number}"), "type": "Announce", "actor": by.as_str(), "to": [PUBLIC], "object": post.iri.as_str() });
    for activity in [&said, &like, &boost] {
        stage.bring(&cast.community, by, activity).await?;
    }
    // The same, brought and signed by a server that nothing speaks against.
    stage
        .bring(&cast.community, &cast.control().follower, &said)
        .await?;
    stage.is_idle().await?;
    let after = statuses::load_one(&stage.app, post.id).await?;
    tally.tried(54, after.favourites_count == liked, || {
        format!("a like by {} was counted", party.told())
    });
    tally.tried(54, after.reblogs_count <= 1, || {
        format!("a boost by {} was counted", party.told())
    });
    let twin = Asker::Member(&author.local.session);
    for page in [
        "/notifications".to_owned(),
        format!("/@{}/{}", author.local.account.username, post.id),
    ] {
        let answer = stage.get(&cast.community, &page, twin).await?;
        tally.tried(54, !answer.holds(&word), || {
            format!("{page} shows what {} brought", party.told())
        });
    }
    vote(stage, cast, whom, tally).await?;
    if party.whose == Whose::Member {
        return Ok(());
    }
    let kept = statuses::find_by_iri(&stage.app, &note).await?.is_some();
    tally.tried(54, !kept, || {
        format!("what {} brought was kept", party.told())
    });
    flags(stage, cast, (party, number, post), tally).await?;
    follows(stage, cast, whom, tally).await
}

/// L10: whoever a rule refuses votes.
async fn vote(stage: &Stage, cast: &Cast, whom: (&Party, usize), tally: &mut Tally) -> Result<()> {
    let (party, number) = whom;
    let (by, author) = (
        &party.follower,
        &cast.authors[party.authors[0]].local.account,
    );
    let poll = NewPoll {
        options: vec!["High".to_owned(), "Low".to_owned()],
        multiple: false,
        hide_totals: false,
        lasts_ms: SHORTEST_MS,
    };
    let word = stage.word();
    let asks = Draft {
        poll: Wish::Make(poll),
        ..draft(word.clone(), Visibility::Public)
    };
    let post = cast.publish(stage, author, asks, word).await?;
    let to = [author.iri.as_str()];
    let note = format!("{by}/vote{number}");
    let said = json!({
        "id": format!("{note}/activity"), "type": "Create", "actor": by.as_str(), "to": to,
        "object": {
            "id": note, "type": "Note", "name": "High", "attributedTo": by.as_str(), "inReplyTo": post.iri.as_str(), "to": to,
        },
    });
    stage.bring(&cast.community, by, &said).await?;
    stage.is_idle().await?;
    let polls = polls::of(&stage.app.db, vec![post.id], stage.app.now_ms()).await?;
    let counted = polls.get(&post.id).is_none_or(|poll| poll.votes() > 0);
    tally.tried(10, !counted, || {
        format!("a vote by {} was counted", party.told())
    });
    Ok(())
}

/// L56: whoever a rule of the community refuses reports somebody, in their own name and in that of their server.
async fn flags(
    stage: &Stage,
    cast: &Cast,
    (party, number, post): (&Party, usize, &Post),
    tally: &mut Tally,
) -> Result<()> {
    let author = &cast.authors[party.authors[0]].local.account;
    // Where only the handles of people are of a refused domain, nothing speaks against the server's own voice.
    let server = party.others.as_ref().map(|(_, server)| server);
    let is_of_nobody = |by: &Iri| party.guise == Guise::Alias && Some(by) == server;
    for (by, _) in party.voices() {
        if is_of_nobody(by) {
            continue;
        }
        let id = Iri::parse(&format!("{by}/flag{number}"))?;
        let flag = json!({
            "id": id.as_str(), "type": "Flag", "actor": by.as_str(), "content": stage.word(),
            "object": [author.iri.as_str(), post.iri.as_str()],
        });
        stage.bring(&cast.community, by, &flag).await?;
        stage.is_idle().await?;
        let kept = reports::is_here(&stage.app, &id).await?;
        tally.tried(56, !kept, || {
            let voice = if Some(by) == server {
                "the server"
            } else {
                "somebody"
            };
            format!("a report by {voice} of {} was taken in", party.told())
        });
    }
    Ok(())
}

async fn follows(
    stage: &Stage,
    cast: &Cast,
    whom: (&Party, usize),
    tally: &mut Tally,
) -> Result<()> {
    let (party, number) = whom;
    let (by, outsider) = (&party.follower, &cast.outsider.account);
    let follow = json!({ "id": format!("{by}#late{number}"), "type": "Follow", "actor": by.as_str(), "object": outsider.iri.as_str() });
    stage.bring(&cast.community, by, &follow).await?;
    stage.is_idle().await?;
    if let Some(follower) = accounts::find_by_iri(&stage.app, by).await? {
        let state = follows::state(&stage.app, follower.id, outsider.id).await?;
        tally.tried(54, state == State::None, || {
            format!("{} came to follow", party.told())
        });
    }
    Ok(())
}

/// L57: a mention by somebody nobody knows, whose server a rule limits, asks about or refuses.
async fn mention(
    stage: &Stage,
    cast: &Cast,
    whom: (&Party, usize),
    stranger: &Iri,
    tally: &mut Tally,
) -> Result<()> {
    let (party, number) = whom;
    let author = &cast.authors[party.authors[0]];
    let note = Iri::parse(&format!("{stranger}/mention{number}"))?;
    let word = stage.word();
    let said = create(
        stranger,
        &note,
        &word,
        None,
        Some(&author.local.account.iri),
    );
    stage.bring(&cast.community, stranger, &said).await?;
    stage.is_idle().await?;
    let answer = stage
        .get(
            &cast.community,
            "/notifications",
            Asker::Member(&author.local.session),
        )
        .await?;
    tally.tried(57, !answer.holds(&word), || {
        format!(
            "a mention by a stranger from {} notified its target",
            party.told()
        )
    });
    Ok(())
}

/// L55: somebody who does not follow likes, boosts and answers what is for followers.
async fn unseen(stage: &Stage, cast: &Cast, tally: &mut Tally) -> Result<()> {
    let Some((stranger, _)) = &cast.control().others else {
        return Ok(());
    };
    for author in &cast.authors {
        let hidden = author.posts.iter().filter(|post| {
            matches!(
                post.visibility,
                Visibility::Private | Visibility::Direct | Visibility::Local
            )
        });
        for post in hidden {
            touch(stage, cast, (stranger, post), tally).await?;
            claim(stage, cast, (stranger, post), author, tally).await?;
        }
    }
    Ok(())
}

/// L34: they write to its author, and claim to quote it.
async fn claim(
    stage: &Stage,
    cast: &Cast,
    (by, post): (&Iri, &Post),
    author: &Author,
    tally: &mut Tally,
) -> Result<()> {
    let note = Iri::parse(&format!("{by}/quote{}", post.id))?;
    let to = &author.local.account.iri;
    let mut said = create(by, &note, &stage.word(), None, Some(to));
    for name in ["quote", "quoteUri", "_misskey_quote"] {
        said["object"][name] = json!(post.iri.as_str());
    }
    stage.bring(&cast.community, by, &said).await?;
    let ask = json!({ "id": format!("{note}/request"), "type": "QuoteRequest", "actor": by.as_str(), "object": post.iri.as_str(), "instrument": note.as_str() });
    stage.bring(&cast.community, by, &ask).await?;
    stage.is_idle().await?;
    let (Some(id), Some(sender)) = (
        statuses::find_by_iri(&stage.app, &note).await?,
        accounts::find_by_iri(&stage.app, by).await?,
    ) else {
        return Ok(());
    };
    let page = format!("/{}/{id}", sender.handle());
    for asker in [
        Asker::Visitor,
        Asker::Member(&cast.outsider.session),
        Asker::Member(&cast.blocked.session),
    ] {
        let answer = stage.get(&cast.community, &page, asker).await?;
        tally.tried(34, !answer.holds(&post.word), || {
            format!(
                "{page} shows a {} post that it claims to quote",
                post.visibility.as_str()
            )
        });
    }
    Ok(())
}

async fn touch(stage: &Stage, cast: &Cast, what: (&Iri, &Post), tally: &mut Tally) -> Result<()> {
    let (by, post) = what;
    let before = statuses::load_one(&stage.app, post.id).await?;
    let note = Iri::parse(&format!("{by}/answer{}", post.id))?;
    let answer = create(by, &note, &stage.word(), Some(&post.iri), None);
    let like = json!({ "id": format!("{by}#like{}", post.id), "type": "Like", "actor": by.as_str(), "object": post.iri.as_str() });
    let boost = json!({ "id": format!("{by}#boost{}", post.id), "type": "Announce", "actor": by.as_str(), "to": [PUBLIC], "object": post.iri.as_str() });
    for activity in [answer, like, boost] {
        stage.bring(&cast.community, by, &activity).await?;
    }
    stage.is_idle().await?;
    let after = statuses::load_one(&stage.app, post.id).await?;
    let kind = post.visibility.as_str();
    tally.tried(
        55,
        after.favourites_count == before.favourites_count,
        || format!("a like of a {kind} post was counted that its sender cannot see"),
    );
    tally.tried(55, after.reblogs_count == before.reblogs_count, || {
        format!("a boost of a {kind} post was counted that its sender cannot see")
    });
    tally.tried(55, after.replies_count == before.replies_count, || {
        format!("an answer to a {kind} post was counted that its sender cannot see")
    });
    Ok(())
}
