//! E, identity: refused servers under other names, and things in others' names (L47 to L50).

use comity_policy::Stance;
use comity_vocab::{Iri, Visibility};
use serde_json::json;

use super::Whose;
use super::cast::{Author, Cast, Guise, Party};
use super::expected::Rules;
use super::planted::create;
use super::stage::{Asker, Stage};
use super::tally::Tally;
use crate::error::Result;
use crate::statuses;

/// Tries them.
pub async fn try_all(stage: &Stage, cast: &Cast, rules: &Rules, tally: &mut Tally) -> Result<()> {
    for party in &cast.parties {
        let place = party.authors[0];
        let author = &cast.authors[place];
        for (voice, _) in party.voices() {
            if cast.stance(stage, rules, place, party, voice) != Stance::Refused {
                continue;
            }
            let path = match party.guise {
                Guise::Plain => {
                    spellings(stage, cast, (party, author), voice, tally).await?;
                    continue;
                }
                Guise::Subdomain => 47,
                Guise::Alias => 49,
            };
            for address in public_addresses(author) {
                let answer = stage
                    .get(&cast.community, &address, Asker::Signed(voice))
                    .await?;
                tally.tried(path, !tells(author, &answer.body), || {
                    format!("{address} is told to {}", party.told())
                });
            }
        }
    }
    origins(stage, cast, tally).await
}

/// Addresses at which whoever is not refused reads something.
fn public_addresses(author: &Author) -> Vec<String> {
    let home = format!("/users/{}", author.local.account.username);
    let mut all = vec![
        home.clone(),
        format!("{home}/outbox?page=true"),
        format!("{home}/featured"),
    ];
    let post = author.post(Visibility::Public);
    all.extend(post.map(|post| format!("{home}/statuses/{}", post.id)));
    all
}

fn tells(author: &Author, body: &str) -> bool {
    body.contains(&author.bio) || author.posts.iter().any(|post| body.contains(&post.word))
}

/// L48: the same key, with its host written in other ways.
async fn spellings(
    stage: &Stage,
    cast: &Cast,
    whom: (&Party, &Author),
    voice: &Iri,
    tally: &mut Tally,
) -> Result<()> {
    let (party, author) = whom;
    let host = party.domain.host();
    let first = host.chars().next().unwrap_or_default();
    let coded = format!("%{:02x}{}", u32::from(first), &host[first.len_utf8()..]);
    let written = voice.as_str();
    let with = |host_as: &str| written.replacen(host, host_as, 1);
    let mut spelled = vec![
        with(&host.to_uppercase()),
        with(&format!("{host}.")),
        with(&format!("somebody@{host}")),
        with(&coded),
    ];
    if party.domain.port().is_none() {
        spelled.push(with(&format!("{host}:443")));
        spelled.push(with(&format!("{host}.:443")));
    }
    let address = public_addresses(author).pop().unwrap_or_default();
    for spelling in spelled {
        let answer = stage
            .get(&cast.community, &address, Asker::Spelled(voice, &spelling))
            .await?;
        tally.tried(48, !tells(author, &answer.body), || {
            format!(
                "{address} is told to {} when its name is written differently",
                party.told()
            )
        });
    }
    Ok(())
}

/// L50: a server speaks for another.
async fn origins(stage: &Stage, cast: &Cast, tally: &mut Tally) -> Result<()> {
    let liar = &cast.control().follower;
    let Some(robbed) = cast
        .parties
        .iter()
        .find(|party| party.whose == Whose::Nobody && party.domain != cast.control().domain)
    else {
        return Ok(());
    };
    let author = &cast.authors[0].local.account.iri;
    let note = Iri::parse(&format!("{}/forged{}", robbed.follower, cast.community.id))?;
    let forged = create(&robbed.follower, &note, &stage.word(), None, Some(author));
    let mut as_liar = forged.clone();
    as_liar["actor"] = json!(liar.as_str());
    as_liar["id"] = json!(format!("{liar}#forged{}", cast.community.id));
    // Signed by one and said by another; and said by one about what another made.
    stage.bring(&cast.community, liar, &forged).await?;
    stage.bring(&cast.community, liar, &as_liar).await?;
    let before = statuses::find_by_iri(&stage.app, &robbed.before_iri).await?;
    let delete = json!({ "id": format!("{liar}#delete{}", cast.community.id), "type": "Delete", "actor": liar.as_str(), "object": robbed.before_iri.as_str() });
    stage.bring(&cast.community, liar, &delete).await?;
    let mut edited = create(
        &robbed.follower,
        &robbed.before_iri,
        &stage.word(),
        None,
        Some(author),
    );
    edited["type"] = json!("Update");
    edited["actor"] = json!(liar.as_str());
    edited["id"] = json!(format!("{liar}#update{}", cast.community.id));
    let changed = edited["object"]["content"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    stage.bring(&cast.community, liar, &edited).await?;
    stage.is_idle().await?;
    let taken_in = statuses::find_by_iri(&stage.app, &note).await?.is_some();
    tally.tried(50, !taken_in, || {
        "a post was taken in that its author did not send".to_owned()
    });
    let after = statuses::find_by_iri(&stage.app, &robbed.before_iri).await?;
    tally.tried(50, before == after, || {
        "a post was deleted by somebody else".to_owned()
    });
    if let Some(id) = after {
        let page = format!("/@{}/{id}", cast.friend.account.username);
        let answer = stage
            .get(&cast.community, &page, Asker::Member(&cast.friend.session))
            .await?;
        let word = changed.trim_start_matches("<p>").trim_end_matches("</p>");
        tally.tried(50, !answer.holds(word), || {
            "a post was changed by somebody else".to_owned()
        });
    }
    Ok(())
}
