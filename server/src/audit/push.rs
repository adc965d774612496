//! A, push: what was brought to the hostile peer after throw-away members wrote (L01 to L14, L37).

use std::sync::Arc;

use comity_policy::Stance;
use comity_vocab::{Iri, Visibility};
use http::Method;

use super::cast::{Cast, Party};
use super::expected::{Road, Rules, Tie, may_get};
use super::peer::Came;
use super::planted::draft;
use super::stage::{Asker, Stage};
use super::tally::Tally;
use crate::accounts::{self, Account};
use crate::error::{Error, Result};
use crate::http::Me;
use crate::relations::{self, Telling};
use crate::reports::{self, Complaint};

/// Tries them. `mark` is how much had come before anybody wrote.
pub async fn try_all(
    stage: &Stage,
    cast: &Cast,
    rules: &Rules,
    mark: usize,
    tally: &mut Tally,
) -> Result<()> {
    let came: Vec<Came> = stage
        .peer
        .since(mark)
        .into_iter()
        .filter(|came| came.method == Method::POST)
        .collect();
    for (place, party) in cast.parties.iter().enumerate() {
        let brought: Vec<&Came> = came
            .iter()
            .filter(|came| is_for(cast, party, came))
            .collect();
        for author in party.authors.iter().copied() {
            let stance = cast.stance(stage, rules, author, party, &party.follower);
            posts(cast, (place, author, stance), &brought, tally)?;
            from_friend(stage, cast, rules, (party, author, stance), &brought, tally);
        }
    }
    everywhere(cast, &came, tally);
    mentions(stage, cast, rules, tally).await?;
    complaints(stage, cast, rules, tally).await?;
    answers(stage, cast, tally).await?;
    silent_block(stage, cast, tally).await
}

/// Whether a delivery was meant for somebody of this party. Where several are played on one server, only what came to
/// the person's own inbox is theirs for certain.
fn is_for(cast: &Cast, party: &Party, came: &Came) -> bool {
    if came.host != party.domain.as_str() {
        return false;
    }
    let alone = cast
        .parties
        .iter()
        .filter(|other| other.domain == party.domain)
        .count()
        == 1;
    alone || came.path.starts_with(party.follower.path())
}

/// L01 and L14: what the author wrote, and their profile.
fn posts(
    cast: &Cast,
    whom: (usize, usize, Stance),
    brought: &[&Came],
    tally: &mut Tally,
) -> Result<()> {
    let (place, author, stance) = whom;
    let (party, author) = (&cast.parties[place], &cast.authors[author]);
    let is_control = place == cast.control;
    for post in &author.posts {
        let may = may_get(stance, Tie::Follower, Road::Push, post.visibility)
            && !(is_control && post.is_kept);
        let got = brought.iter().any(|came| came.body.contains(&post.word));
        if !may {
            tally.tried(1, !got, || {
                format!(
                    "a {} post was brought to {}, which is met as {}",
                    post.visibility.as_str(),
                    party.told(),
                    stance.as_str()
                )
            });
        } else if is_control && !got {
            return Err(blind("was brought nothing"));
        }
    }
    if !may_get(stance, Tie::Follower, Road::Push, Visibility::Public) {
        let got = brought.iter().any(|came| came.body.contains(&author.bio));
        tally.tried(14, !got, || {
            format!("a changed profile was brought to {}", party.told())
        });
    }
    Ok(())
}

/// An audit that sees nothing anywhere proves nothing.
pub fn blind(what: &str) -> Error {
    Error::internal(format!(
        "the audit proves nothing: even a server that may see what is public {what}; please report it"
    ))
}

/// L03, L05 and L34: somebody else's answer to the author, their boost and their quote, which go to followers of their own.
fn from_friend(
    stage: &Stage,
    cast: &Cast,
    rules: &Rules,
    whom: (&Party, usize, Stance),
    brought: &[&Came],
    tally: &mut Tally,
) {
    let (party, place, stance) = whom;
    let author = &cast.authors[place];
    let other = party.other(Some(&party.follower));
    let of_friend = rules.stance(&cast.community, None, &other, stage.app.now_ms());
    if may_get(
        stance.max(of_friend),
        Tie::Follower,
        Road::Push,
        Visibility::Public,
    ) {
        return;
    }
    let reply = author.reply.as_ref();
    let got = reply.is_some_and(|reply| brought.iter().any(|came| came.body.contains(&reply.word)));
    tally.tried(3, !got, || {
        format!(
            "an answer was brought to {}, where what it answers may not go",
            party.told()
        )
    });
    let quote = author.quote.as_ref();
    let got = quote.is_some_and(|quote| brought.iter().any(|came| came.body.contains(&quote.word)));
    tally.tried(34, !got, || {
        format!(
            "a quote was brought to {}, where what it quotes may not go",
            party.told()
        )
    });
    if let Some(post) = author.post(Visibility::Public) {
        let got = brought.iter().any(|came| names(&came.body, &post.iri));
        tally.tried(5, !got, || {
            format!("the boost of a post was brought to {}", party.told())
        });
    }
}

/// Whether a body names this very post.
fn names(body: &str, post: &Iri) -> bool {
    body.contains(&format!("\"{post}\"")) || body.contains(&format!("\"{post}/"))
}

/// L02, L07, L37: what holds of every delivery.
fn everywhere(cast: &Cast, came: &[Came], tally: &mut Tally) {
    let private: Vec<&str> = cast
        .authors
        .iter()
        .filter_map(|author| author.post(Visibility::Private))
        .map(|post| post.word.as_str())
        .collect();
    for came in came {
        let proved = came.body.contains("\"signature\":") || came.body.contains("\"proof\":");
        for path in [7, 37] {
            tally.tried(path, !proved, || {
                format!("a delivery to {} can be passed on", came.path)
            });
        }
        if private.iter().any(|word| came.body.contains(word)) {
            let told = came.synchronizes || came.path != "/inbox";
            tally.tried(2, told, || {
                "a followers-only post came to a shared inbox that was not told for whom".to_owned()
            });
        }
    }
}

/// L08: naming somebody whom it may not reach.
async fn mentions(stage: &Stage, cast: &Cast, rules: &Rules, tally: &mut Tally) -> Result<()> {
    for party in &cast.parties {
        let author = party.authors[0];
        let stance = cast.stance(stage, rules, author, party, &party.follower);
        if may_get(stance, Tie::Follower, Road::Push, Visibility::Public) {
            continue;
        }
        let Some(named) = accounts::find_by_iri(&stage.app, &party.follower).await? else {
            continue;
        };
        let mark = stage.peer.count();
        let author: &Arc<Account> = &cast.authors[author].local.account;
        for visibility in [Visibility::Public, Visibility::Direct] {
            let word = stage.word();
            let text = format!("{} {word}", named.handle());
            let written = cast
                .publish(stage, author, draft(text, visibility), word.clone())
                .await;
            if let Err(Error::Internal(why)) = written {
                return Err(Error::Internal(why));
            }
            stage.is_idle().await?;
            let sent = stage
                .peer
                .since(mark)
                .iter()
                .any(|came| is_for(cast, party, came) && came.body.contains(&word));
            tally.tried(8, written.is_err() && !sent, || {
                format!(
                    "a mention of somebody at {} was not refused when it was written",
                    party.told()
                )
            });
        }
    }
    Ok(())
}

/// L11: somebody is reported whose server may not have it, and whoever reports them wishes that it goes there.
async fn complaints(stage: &Stage, cast: &Cast, rules: &Rules, tally: &mut Tally) -> Result<()> {
    for party in &cast.parties {
        let place = party.authors[0];
        let stance = cast.stance(stage, rules, place, party, &party.follower);
        if may_get(stance, Tie::Follower, Road::Push, Visibility::Public) {
            continue;
        }
        let Some(reported) = accounts::find_by_iri(&stage.app, &party.follower).await? else {
            continue;
        };
        let me = Me::of(&stage.app, cast.authors[place].local.account.id).await?;
        let mark = stage.peer.count();
        let word = stage.word();
        let complaint = Complaint {
            target_id: reported.id,
            comment: word.clone(),
            forward_to: vec![party.domain.clone()],
            ..Complaint::default()
        };
        match reports::file(&stage.app, &me, complaint).await {
            Ok(_) => {}
            Err(Error::Internal(why)) => return Err(Error::Internal(why)),
            // Nobody reports whom they may not see, nor without end; what was not filed proves nothing.
            Err(_) => {
                tally.unmade(11);
                continue;
            }
        }
        stage.is_idle().await?;
        let sent = stage
            .peer
            .since(mark)
            .iter()
            .any(|came| came.host == party.domain.as_str() && came.body.contains(&word));
        tally.tried(11, !sent, || {
            format!("a report went on to {}", party.told())
        });
    }
    Ok(())
}

/// L09: a follower answers what is for followers, in public.
async fn answers(stage: &Stage, cast: &Cast, tally: &mut Tally) -> Result<()> {
    for author in &cast.authors {
        let Some(private) = author.post(Visibility::Private) else {
            continue;
        };
        let word = stage.word();
        let answer = crate::statuses::Draft {
            in_reply_to_id: Some(private.id),
            ..draft(word.clone(), Visibility::Public)
        };
        let answer = cast
            .publish(stage, &cast.friend.account, answer, word)
            .await?;
        let narrow = !matches!(answer.visibility, Visibility::Public | Visibility::Unlisted);
        tally.tried(9, narrow, || {
            "an answer to a followers-only post became public".to_owned()
        });
        let path = format!("/@{}/{}", cast.friend.account.username, answer.id);
        for asker in [Asker::Visitor, Asker::Member(&cast.outsider.session)] {
            let page = stage.get(&cast.community, &path, asker).await?;
            tally.tried(9, !page.holds(&answer.word), || {
                "an answer to a followers-only post is on a page for everybody".to_owned()
            });
        }
    }
    Ok(())
}

/// L12: a block that nobody is to hear of.
async fn silent_block(stage: &Stage, cast: &Cast, tally: &mut Tally) -> Result<()> {
    let Some(target) = accounts::find_by_iri(&stage.app, &cast.parties[1].follower).await? else {
        return Ok(());
    };
    let me = &cast.outsider.account;
    let mark = stage.peer.count();
    relations::block(&stage.app, me, target.id, Telling::Silent).await?;
    stage.is_idle().await?;
    relations::unblock(&stage.app, me, target.id).await?;
    stage.is_idle().await?;
    let told = stage
        .peer
        .since(mark)
        .iter()
        .any(|came| came.body.contains("\"Block\""));
    tally.tried(12, !told, || {
        "a silent block was told to the other side's server".to_owned()
    });
    Ok(())
}
