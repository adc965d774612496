//! G, state: rules that come and go while things are under way (L04, L59 to L64).

use comity_policy::{Pattern, Scope, Stance};
use comity_vocab::Visibility;
use url::form_urlencoded;

use super::Whose;
use super::boosts;
use super::cast::{Cast, Guise};
use super::expected::{Road, Rules, Tie, may_get};
use super::peer::Came;
use super::planted::draft;
use super::stage::{Asker, Stage};
use super::tally::Tally;
use crate::error::Result;
use crate::lists::{self, NewEntry, Provenance};
use crate::rules::{self, NewRule, Source};
use crate::statuses;

/// Tries them. `mark` is how much had come when the rules came in force.
pub async fn try_all(
    stage: &mut Stage,
    cast: &Cast,
    rules: &Rules,
    mark: usize,
    tally: &mut Tally,
) -> Result<()> {
    searches(stage, cast, rules, tally).await?;
    requests(stage, cast, rules, mark, tally);
    let control = cast.control();
    let stance = cast.stance(stage, rules, 0, control, &control.follower);
    if may_get(stance, Tie::Follower, Road::Push, Visibility::Public) {
        outlived(stage, cast, tally).await?;
        listed(stage, cast, tally).await?;
    }
    Ok(())
}

/// L63: no server that is refused was asked for anything since.
fn requests(stage: &Stage, cast: &Cast, rules: &Rules, mark: usize, tally: &mut Tally) {
    let came = stage.peer.since(mark);
    for party in cast.parties.iter().filter(|party| party.others.is_some()) {
        let stance = rules.stance(
            &cast.community,
            None,
            &party.other(None),
            stage.app.now_ms(),
        );
        if stance == Stance::Refused {
            // What somebody shared is read before it is known that its author's handle is from a refused place.
            let is_read =
                |came: &Came| party.guise == Guise::Alias && boosts::is_shared(&came.path);
            let asked = came
                .iter()
                .find(|came| came.host == party.domain.as_str() && !is_read(came));
            tally.tried(63, asked.is_none(), || {
                format!(
                    "{} was asked for {}",
                    party.told(),
                    asked.map_or("", |came| came.path.as_str())
                )
            });
        }
    }
}

/// L64: a member gives the search an address of theirs.
async fn searches(stage: &Stage, cast: &Cast, rules: &Rules, tally: &mut Tally) -> Result<()> {
    for party in cast
        .parties
        .iter()
        .filter(|party| party.whose != Whose::Member)
    {
        let other = party.other(Some(&party.follower));
        if rules.stance(&cast.community, None, &other, stage.app.now_ms()) != Stance::Refused {
            continue;
        }
        for address in [party.before_iri.as_str(), party.follower.as_str()] {
            let coded: String = form_urlencoded::byte_serialize(address.as_bytes()).collect();
            let page = format!("/search?q={coded}");
            let mark = stage.peer.count();
            let answer = stage
                .get(&cast.community, &page, Asker::Member(&cast.friend.session))
                .await?;
            let asked = party.others.is_some()
                && stage
                    .peer
                    .since(mark)
                    .iter()
                    .any(|came| came.host == party.domain.as_str());
            tally.tried(64, !asked && !answer.holds(&party.before), || {
                format!(
                    "a search by address brought in something of {}",
                    party.told()
                )
            });
        }
    }
    Ok(())
}

/// Whether the control was brought something with this word since.
fn has(stage: &Stage, cast: &Cast, mark: usize, word: &str) -> bool {
    let host = cast.control().domain.as_str();
    stage
        .peer
        .since(mark)
        .iter()
        .any(|came| came.host == host && came.body.contains(word))
}

/// L04, L59, L60: the server that got everything so far is refused between a post and its delivery, then let in again.
async fn outlived(stage: &mut Stage, cast: &Cast, tally: &mut Tally) -> Result<()> {
    let author = &cast.authors[0].local.account;
    let here = rules::of_community(&cast.community);
    let about = Pattern::Domain(cast.control().domain.clone());
    let mark = stage.peer.count();
    stage.pause().await;
    let word = stage.word();
    cast.publish(
        stage,
        author,
        draft(word.clone(), Visibility::Public),
        word.clone(),
    )
    .await?;
    let refuse = NewRule::about(here, about, Stance::Refused, Source::CommandLine);
    let rule = rules::set(&stage.app, refuse).await?;
    stage.resume();
    stage.is_idle().await?;
    let got = has(stage, cast, mark, &word);
    tally.tried(59, !got, || {
        "a post that was queued before a rule was sent after it".to_owned()
    });

    changes(stage, cast, tally).await?;

    rules::end(&stage.app, here, rule, None).await?;
    cast.open_control(stage).await?;
    let word = stage.word();
    cast.publish(
        stage,
        author,
        draft(word.clone(), Visibility::Private),
        word.clone(),
    )
    .await?;
    stage.is_idle().await?;
    let came_back = has(stage, cast, mark, &word);
    tally.tried(60, came_back, || {
        "followers did not come back when the rule was taken back".to_owned()
    });
    Ok(())
}

/// L04: what it got before is changed, and deleted.
async fn changes(stage: &Stage, cast: &Cast, tally: &mut Tally) -> Result<()> {
    let author = &cast.authors[0];
    let (Some(edited), Some(deleted)) = (
        author.post(Visibility::Public),
        author.post(Visibility::Unlisted),
    ) else {
        return Ok(());
    };
    let mark = stage.peer.count();
    let word = stage.word();
    let change = draft(word.clone(), Visibility::Public);
    let me = author.local.account.clone();
    Box::pin(statuses::edit(
        &stage.app,
        &cast.community,
        me.clone(),
        edited.id,
        change,
    ))
    .await
    .map(drop)?;
    statuses::delete(&stage.app, me, deleted.id).await?;
    stage.is_idle().await?;
    let got = has(stage, cast, mark, &word);
    tally.tried(4, !got, || {
        "a post's change was brought to a server that is refused since".to_owned()
    });
    let told = has(stage, cast, mark, &deleted.word);
    tally.tried(4, !told, || {
        "a post's end was told with its words".to_owned()
    });
    Ok(())
}

/// L61: a list refuses, and what is opened by name stays open.
async fn listed(stage: &Stage, cast: &Cast, tally: &mut Tally) -> Result<()> {
    let author = &cast.authors[0].local.account;
    let here: Scope = rules::of_community(&cast.community);
    let domain = &cast.control().domain;
    // Where it had to be opened by name, the list could never hold: then L61 is untried.
    let named = stage
        .app
        .gate
        .book()
        .rules_of(here)
        .any(|rule| rule.pattern == Pattern::Domain(domain.clone()));
    if named {
        return Ok(());
    }
    let id = lists::create(&stage.app, here, &format!("audit-{}", stage.seed)).await?;
    let list = lists::find(&stage.app, &[here], id).await?;
    let entry = NewEntry {
        pattern: Pattern::Domain(domain.clone()),
        comment: None,
    };
    lists::add(&stage.app, &list, vec![entry], &Provenance::default()).await?;
    let refuse = NewRule::about(
        here,
        Pattern::List(comity_policy::ListId(id)),
        Stance::Refused,
        Source::CommandLine,
    );
    let rule = rules::set(&stage.app, refuse).await?;
    let got = hears(stage, cast, author).await?;
    tally.tried(61, !got, || {
        "a post was brought to a server on a list that is refused".to_owned()
    });
    let open = NewRule::about(
        here,
        Pattern::Domain(domain.clone()),
        Stance::Open,
        Source::CommandLine,
    );
    rules::set(&stage.app, open).await?;
    let got = hears(stage, cast, author).await?;
    tally.tried(61, got, || "a list beat what was opened by name".to_owned());
    rules::end(&stage.app, here, rule, None).await
}

/// Whether a new public post is brought to the control.
async fn hears(
    stage: &Stage,
    cast: &Cast,
    author: &std::sync::Arc<crate::accounts::Account>,
) -> Result<bool> {
    let (mark, word) = (stage.peer.count(), stage.word());
    cast.publish(
        stage,
        author,
        draft(word.clone(), Visibility::Public),
        word.clone(),
    )
    .await?;
    stage.is_idle().await?;
    Ok(has(stage, cast, mark, &word))
}
