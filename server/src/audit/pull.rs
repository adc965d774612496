//! B, pull: what others fetch (L16 to L29).

use comity_policy::Stance;
use comity_vocab::{Iri, Visibility};
use serde_json::Value;

use super::cast::{Author, Cast, Party};
use super::expected::{Road, Rules, Tie, may_get};
use super::push::blind;
use super::stage::{Answer, Asker, Stage};
use super::tally::Tally;
use crate::error::Result;

/// A number that no status has: ids are times.
const NOTHING: i64 = 1;

/// Tries them.
pub async fn try_all(stage: &Stage, cast: &Cast, rules: &Rules, tally: &mut Tally) -> Result<()> {
    for (place, party) in cast.parties.iter().enumerate() {
        for author in party.authors.iter().copied() {
            for (voice, tie) in party.voices() {
                let stance = cast.stance(stage, rules, author, party, voice);
                let asking = Asking {
                    voice,
                    tie,
                    stance,
                    is_control: place == cast.control,
                };
                signed(stage, cast, (party, author), &asking, tally).await?;
                if stance == Stance::Refused && tie == Tie::Follower {
                    nothing_is_told(stage, cast, (party, author), voice, tally).await?;
                }
            }
            answers(stage, cast, rules, (party, author), tally).await?;
            stamps(stage, cast, rules, (place, author), tally).await?;
        }
    }
    for author in &cast.authors {
        unsigned(stage, cast, author, tally).await?;
        names(stage, cast, author, tally).await?;
    }
    Ok(())
}

struct Asking<'a> {
    voice: &'a Iri,
    tie: Tie,
    stance: Stance,
    is_control: bool,
}

/// What there is of an author to ask for, with the path of the document that each is a try of.
fn addresses(author: &Author) -> Vec<(u8, String)> {
    let home = format!("/users/{}", author.local.account.username);
    let page = format!("/@{}", author.local.account.username);
    let mut all = vec![(17, home.clone()), (28, page.clone())];
    for collection in [
        "outbox",
        "outbox?page=true",
        "followers",
        "following",
        "featured",
    ] {
        all.push((22, format!("{home}/{collection}")));
    }
    all.push((27, format!("{home}/followers_synchronization")));
    for post in &author.posts {
        let status = format!("{home}/statuses/{}", post.id);
        all.push((17, status.clone()));
        all.push((17, format!("{status}/activity")));
        all.push((28, format!("{page}/{}", post.id)));
        all.push((23, format!("{status}/replies")));
        all.push((23, format!("{status}/replies?page=true")));
    }
    all
}

/// L17, L19, L22, L23, L27, L28: signed requests, by somebody and by their server.
async fn signed(
    stage: &Stage,
    cast: &Cast,
    whom: (&Party, usize),
    asking: &Asking<'_>,
    tally: &mut Tally,
) -> Result<()> {
    let (party, place) = whom;
    let author = &cast.authors[place];
    let is_server = party
        .others
        .as_ref()
        .is_some_and(|(_, server)| server == asking.voice);
    let mut saw_public = false;
    for (path, address) in addresses(author) {
        let answer = stage
            .get(&cast.community, &address, Asker::Signed(asking.voice))
            .await?;
        for post in &author.posts {
            let may = may_get(asking.stance, asking.tie, Road::Pull, post.visibility)
                && !(asking.is_control && post.is_kept);
            let got = answer.holds(&post.word);
            saw_public |= may && got;
            if !may {
                let of = if is_server { 19 } else { path };
                tally.tried(of, !got, || {
                    format!(
                        "{address} gave a {} post to {}, which is met as {}",
                        post.visibility.as_str(),
                        party.told(),
                        asking.stance.as_str()
                    )
                });
            }
        }
        if asking.stance == Stance::Refused {
            tally.tried(17, !answer.holds(&author.bio), || {
                format!("{address} gave a profile to {}", party.told())
            });
            tally.tried(28, !answer.status.is_redirection(), || {
                format!("{address} led {} to a page", party.told())
            });
        }
        if path == 27 {
            let named = foreign_followers(&answer, party);
            let refused = asking.stance == Stance::Refused && answer.status.is_success();
            tally.tried(27, !named && !refused, || {
                format!("{address} named others' followers to {}", party.told())
            });
        }
        let proved = answer.holds("\"signature\":") || answer.holds("\"proof\":");
        tally.tried(37, !proved, || {
            format!("{address} gave a document that can be passed on")
        });
    }
    if asking.is_control
        && !saw_public
        && may_get(asking.stance, asking.tie, Road::Pull, Visibility::Public)
    {
        return Err(blind("could fetch nothing"));
    }
    Ok(())
}

/// Whether a list of followers names somebody from another server.
fn foreign_followers(answer: &Answer, party: &Party) -> bool {
    let document: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let listed = document["orderedItems"]
        .as_array()
        .or_else(|| document["items"].as_array());
    let of_theirs = |item: &Value| {
        let iri = item.as_str().and_then(|iri| Iri::parse(iri).ok());
        iri.is_some_and(|iri| iri.domain() == party.domain)
    };
    listed.is_some_and(|items| !items.iter().all(of_theirs))
}

/// L29: to whom a rule refuses, what is there and what is not look the same.
async fn nothing_is_told(
    stage: &Stage,
    cast: &Cast,
    whom: (&Party, usize),
    voice: &Iri,
    tally: &mut Tally,
) -> Result<()> {
    let (party, place) = whom;
    let author = &cast.authors[place];
    let nobody = format!("nobody{}", stage.seed);
    let name = author.local.account.username.as_str();
    let asker = Asker::Signed(voice);
    let untried = |address: &str| {
        let others = author.posts.iter().filter(|post| {
            post.is_kept || !matches!(post.visibility, Visibility::Public | Visibility::Private)
        });
        let mut numbers = others.map(|post| post.id.to_string());
        numbers.any(|number| address.contains(&number))
    };
    for (_, address) in addresses(author) {
        // One that anybody may see and one that is for few stand for the others.
        if untried(&address) {
            continue;
        }
        let there = stage.get(&cast.community, &address, asker).await?;
        let mut elsewhere = address.replace(name, &nobody);
        let mut numbers: Vec<String> = Vec::new();
        for post in &author.posts {
            let number = post.id.to_string();
            if address.contains(&number) {
                elsewhere = address.replace(&number, &NOTHING.to_string());
                numbers = vec![number, format!("/{NOTHING}")];
            }
        }
        let absent = stage.get(&cast.community, &elsewhere, asker).await?;
        let mut names: Vec<&str> = vec![name, &nobody];
        names.extend(numbers.iter().map(String::as_str));
        let same = there.shape(&names) == absent.shape(&names);
        tally.tried(29, same, || {
            format!(
                "{address} is answered to {} with {}, and what does not exist with {}",
                party.told(),
                there.status,
                absent.status
            )
        });
    }
    Ok(())
}

/// L23: an answer by somebody whose own rules keep it from who asks, under a post by somebody who has no such rule.
async fn answers(
    stage: &Stage,
    cast: &Cast,
    rules: &Rules,
    whom: (&Party, usize),
    tally: &mut Tally,
) -> Result<()> {
    let (party, place) = whom;
    let author = &cast.authors[place];
    let (Some(root), Some(reply)) = (&cast.root, &author.answer) else {
        return Ok(());
    };
    for (voice, tie) in party.voices() {
        let stance = cast.stance(stage, rules, place, party, voice);
        if may_get(stance, tie, Road::Pull, Visibility::Public) {
            continue;
        }
        for query in ["", "?page=true"] {
            let address = format!(
                "/users/{}/statuses/{}/replies{query}",
                cast.friend.account.username, root.id
            );
            let answer = stage
                .get(&cast.community, &address, Asker::Signed(voice))
                .await?;
            let named = answer.holds(reply.iri.as_str()) || answer.holds(&reply.word);
            tally.tried(23, !named, || {
                format!(
                    "{address} names an answer that is kept from {}",
                    party.told()
                )
            });
        }
    }
    Ok(())
}

/// L26: the yes to somebody's quote of a post. It tells nobody what was written, and for whom the rules keep the post from it
/// is not there.
async fn stamps(
    stage: &Stage,
    cast: &Cast,
    rules: &Rules,
    (place, author): (usize, usize),
    tally: &mut Tally,
) -> Result<()> {
    let (party, index) = (&cast.parties[place], author);
    let author = &cast.authors[index];
    let (Some(quote), Some(stamp)) = (&author.quote, &author.stamp) else {
        return Ok(());
    };
    for (voice, tie) in party.voices() {
        let stance = cast.stance(stage, rules, index, party, voice);
        let may = may_get(stance, tie, Road::Pull, Visibility::Public);
        let answer = stage
            .get(&cast.community, stamp, Asker::Signed(voice))
            .await?;
        let mut words = author.posts.iter().map(|post| &post.word);
        let tells = answer.holds(&quote.word) || words.any(|word| answer.holds(word));
        tally.tried(26, !tells, || {
            format!("{stamp} tells {} what was written", party.told())
        });
        if !may {
            tally.tried(26, !answer.status.is_success(), || {
                format!("{stamp} was given to {}", party.told())
            });
        } else if place == cast.control && tie == Tie::Follower && !answer.status.is_success() {
            return Err(blind("could read no yes to a quote"));
        }
    }
    let answer = stage.get(&cast.community, stamp, Asker::Unsigned).await?;
    tally.tried(26, !answer.status.is_success(), || {
        format!("{stamp} is told to whoever does not sign")
    });
    Ok(())
}

/// L16 and L20: requests without a signature.
async fn unsigned(stage: &Stage, cast: &Cast, author: &Author, tally: &mut Tally) -> Result<()> {
    for (_, address) in addresses(author) {
        let answer = stage
            .get(&cast.community, &address, Asker::Unsigned)
            .await?;
        let words = author.posts.iter().map(|post| post.word.as_str());
        let told = words
            .chain([author.bio.as_str()])
            .any(|word| answer.holds(word));
        tally.tried(16, !told, || {
            format!("{address} is told to whoever does not sign")
        });
    }
    let home = format!("/users/{}", author.local.account.username);
    let stub = stage.get(&cast.community, &home, Asker::Unsigned).await?;
    let is_stub = stub.holds("publicKeyPem") && !stub.holds(&author.bio);
    tally.tried(20, is_stub, || {
        format!("{home} gives more than a key, or no key, to whoever does not sign")
    });
    Ok(())
}

/// L21: what names lead to.
async fn names(stage: &Stage, cast: &Cast, author: &Author, tally: &mut Tally) -> Result<()> {
    let (domain, name) = (&cast.community.domain, &author.local.account.username);
    let nobody = format!("nobody{}", stage.seed);
    let ask = |name: &str| format!("/.well-known/webfinger?resource=acct:{name}@{domain}");
    let there = stage
        .get(&cast.community, &ask(name), Asker::Unsigned)
        .await?;
    let absent = stage
        .get(&cast.community, &ask(&nobody), Asker::Unsigned)
        .await?;
    let told = author.posts.iter().any(|post| there.holds(&post.word)) || there.holds(&author.bio);
    tally.tried(21, !told && !absent.status.is_success(), || {
        "WebFinger tells more than where somebody is".to_owned()
    });
    for address in [
        "/.well-known/nodeinfo",
        "/nodeinfo/2.1",
        "/.well-known/host-meta",
    ] {
        let answer = stage.get(&cast.community, address, Asker::Unsigned).await?;
        let told = author.posts.iter().any(|post| answer.holds(&post.word));
        tally.tried(21, !told, || format!("{address} tells what somebody wrote"));
    }
    Ok(())
}
