//! Somebody elsewhere wrote, and the gate admitted it.

use std::collections::HashSet;
use std::sync::Arc;

use comity_db::Tx;
use comity_policy::{Act, Admitted, Approval, Because, Conditions, Outcome, Party, Refusal, Way};
use comity_vocab::{Consented, Iri, Note, NoteKind, PUBLIC};

use super::consent;
use super::held;
use super::load;
use super::model::{Attached, Status, Text};
use super::record::{self, NewStatus, Parent};
use super::store;
use super::weigh;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::communities::Community;
use crate::contacts::{self, Asked};
use crate::error::{Error, Result};
use crate::inbox::{self, Arrival, resolve};
use crate::polls::Poll;
use crate::queue::{self, Job};
use crate::quotes::{self, NewQuote};
use crate::stamps::{self, Answer, Telling};
use crate::text::Format;
use crate::{emojis, text, waves};

/// Attachments beyond these are left out; Mastodon shows four, Pixelfed sends up to twenty.
const MOST_ATTACHMENTS: usize = 20;
/// Ids tried for one status: two nodes may have given the same one, and seldom do so twice.
const MOST_IDS: usize = 5;
/// Titles and warnings stand in one line above the words; what is longer in characters is none.
const LONGEST_LINE: usize = 2_000;

/// Stores a status and returns its id; a second copy returns the id of the first. `None` when its author deleted it
/// before.
pub async fn receive(app: &App, arrival: &Arrival, note: Admitted<Note>) -> Result<Option<i64>> {
    let known = store::known(&app.db, note.id.as_str()).await?;
    if known.id.is_some() || known.buried {
        return Ok(known.id);
    }
    let author = author_of(app, arrival, &note.author).await?;
    let parent = match &note.in_reply_to {
        Some(iri) => match store::id_by_iri(&app.db, iri.as_str()).await? {
            Some(id) => Some(answered(app, arrival, &note, &author, id).await?),
            None => None,
        },
        None => None,
    };
    let (parent, place) = parent.unzip();
    let place = place.unwrap_or_default();
    let (mentions, mut asked) = named(app, arrival, &note, &author).await?;
    let seen_by = note.visibility(author.followers_iri.as_ref());
    let holder = place
        .holder
        .filter(|holder| record::speaks_to(*holder, seen_by, &asked));
    if let Some(holder) = holder {
        contacts::ask(app, &mut asked, holder, false, &author).await?;
    }
    let quote = quotes::of_note(app, &note, &author).await?;
    for _ in 0..MOST_IDS {
        let new = NewStatus::remote(
            app,
            &note,
            author.clone(),
            parent.as_ref(),
            words(&note),
            mentions.clone(),
        )?
        .asking(asked.clone(), holder.is_some() || place.lacks_yes)
        .quoting(quote.clone().map(NewQuote::of));
        let new = if known.awaited { new.awaited() } else { new };
        let mut tx = Tx::new();
        record::record(app, &mut tx, &new, None);
        if !note.conditions().contains(Conditions::DROP_PREVIEWS) {
            let community = arrival.community.id;
            new.promise_card(app, &mut tx, community).await?;
        }
        if parent.is_none() && note.in_reply_to.is_some() {
            queue::push(
                &mut tx,
                app,
                &Job::FetchParent {
                    community: arrival.community.id,
                    status: new.id(),
                },
            )?;
        }
        if let Some(quote) = quote
            .as_ref()
            .filter(|quote| quotes::needs_look(app, quote, &author))
        {
            let job = quotes::job(arrival.community.id, new.id(), quote);
            queue::push(&mut tx, app, &job)?;
        }
        if let Some(parent) = parent
            .as_ref()
            .filter(|_| place.is_told && holder.is_none())
        {
            let answer = Answer {
                what: Consented::Reply,
                iri: &note.id,
                author: &author,
                target_id: parent.id,
                answered: &parent.author,
            };
            stamps::give(app, &mut tx, answer, None, Telling::Them).await?;
        }
        if known.awaited {
            weigh::promise(&mut tx, app, arrival.community.id, new.id())?;
        }
        if app.commit_and_ring(tx).await? {
            for member in spoken_to(&mentions, parent.as_ref()) {
                waves::look(app, member).await?;
            }
            return Ok(Some(new.id()));
        }
        // Another copy of it was quicker; or another status, on another node, has this very id.
        if let Some(id) = store::id_by_iri(&app.db, note.id.as_str()).await? {
            return Ok(Some(id));
        }
    }
    Err(Error::Conflict(format!("no id was free for {}", note.id)))
}

/// Hangs what answers a status from elsewhere under it. It does so as it comes in, too; this is for an answer that came in
/// the same moment.
pub async fn adopt_answers(app: &App, community: &Arc<Community>, id: i64) -> Result<()> {
    let Some(row) = store::by_ids(&app.db, vec![id]).await?.pop() else {
        return Ok(());
    };
    if row.community_id.is_some() {
        return Ok(());
    }
    let mut tx = Tx::new();
    store::adopt(&mut tx, &row);
    weigh::promise(&mut tx, app, community.id, id)?;
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// What an answer finds where it comes in.
#[derive(Default)]
struct Place {
    /// The member who is asked about it first.
    holder: Option<i64>,
    /// Whom it answers, elsewhere, said no yes to it that we could read.
    lacks_yes: bool,
    /// Its author was told that not every answer stands, and waits to hear that theirs does.
    is_told: bool,
}

/// What it answers, and what it finds there. Nobody answers what they cannot see: words of ours that were not for them
/// have no place for theirs (boundaries L55, attack 15).
async fn answered(
    app: &App,
    arrival: &Arrival,
    note: &Admitted<Note>,
    author: &Account,
    id: i64,
) -> Result<(Parent, Place)> {
    let parent = load::load_one(app, id).await?;
    let party = Party::Account(author.person());
    let mut place = Place::default();
    if parent.author.is_local() {
        let answer = app
            .gate
            .may(&party, Act::Reply, arrival.way, &parent)
            .await?;
        let verdict = match answer {
            Ok(verdict) => verdict,
            Err(refusal) => {
                refuse(app, arrival, &note.id, &parent, &refusal, None).await?;
                return Err(refusal.into());
            }
        };
        place.holder = (verdict.outcome == Outcome::Hold).then_some(parent.author.id);
        place.is_told = held::announces(&parent);
    } else if consent::needs_yes(&parent, author) {
        place.lacks_yes = match &note.reply_authorization {
            Some(stamp) => {
                !consent::is_stamped(app, &arrival.community, stamp, &note.id, &parent).await?
            }
            None => true,
        };
    }
    if let Some(first) = load::first_of(app, &parent).await? {
        app.gate
            .may(&party, Act::Reply, arrival.way, &first)
            .await??;
    }
    Ok((Parent::of(&parent), place))
}

/// Somebody elsewhere asks whether their answer may stand. It comes in as any answer does, and what becomes of it is said
/// of their request. Nothing is fetched for who cannot see what they ask about: the fetch would tell them that it is here
/// (L29, attack 19).
pub async fn receive_request(
    app: &App,
    arrival: &Arrival,
    request: &Iri,
    target: i64,
    answer: &Iri,
) -> Result<()> {
    let parent = load::load_one(app, target).await?;
    let sender = &arrival.sender;
    if !parent.author.is_local()
        || !answer.same_origin(&sender.iri)
        || !is_seen(app, sender, target).await?
    {
        return Ok(());
    }
    let party = Party::Account(sender.person());
    let asked = app.gate.may(&party, Act::Reply, arrival.way, &parent);
    if let Err(refusal) = asked.await? {
        return refuse(app, arrival, answer, &parent, &refusal, Some(request)).await;
    }
    let id = resolve::answer(app, &arrival.community, answer, &sender.iri, &parent.iri).await?;
    let status = load::load_one(app, id).await?;
    if status.author.id != arrival.sender.id || status.in_reply_to_id != Some(target) {
        return Err(Error::Forbidden(format!(
            "{answer} is no answer by {}",
            arrival.sender.iri
        )));
    }
    if status.approval != Approval::Stands {
        // Its yes or no names what asked first.
        let mut tx = Tx::new();
        store::set_reply_request(&mut tx, status.id, request.as_str());
        app.commit(tx).await?;
        return Ok(());
    }
    let Some(answer) = held::answer(&status, &parent) else {
        return Ok(());
    };
    let mut tx = Tx::new();
    stamps::give(app, &mut tx, answer, Some(request), Telling::Them).await?;
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// Whoever answered hears a no where who may answer is said to everybody, they may see it, and nothing else stood against
/// them: of rules and blocks they hear nothing (L29).
async fn refuse(
    app: &App,
    arrival: &Arrival,
    answer: &Iri,
    parent: &Status,
    refusal: &Refusal,
    request: Option<&Iri>,
) -> Result<()> {
    if refusal.because() != &Because::Replies {
        return Ok(());
    }
    if !parent.author.is_local()
        || !held::announces(parent)
        || !answer.same_origin(&arrival.sender.iri)
    {
        return Ok(());
    }
    // Who may not see it hears nothing of it.
    if !is_seen(app, &arrival.sender, parent.id).await? {
        return Ok(());
    }
    let answer = Answer {
        what: Consented::Reply,
        iri: answer,
        author: &arrival.sender,
        target_id: parent.id,
        answered: &parent.author,
    };
    let mut tx = Tx::new();
    stamps::refuse(app, &mut tx, answer, request, Telling::Them).await?;
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// Whether somebody elsewhere would get this status if they asked for it.
pub(crate) async fn is_seen(app: &App, viewer: &Account, id: i64) -> Result<bool> {
    let party = Party::Account(viewer.person());
    let status = load::load_one(app, id).await?;
    Ok(app.gate.show(&party, Way::Fetch, status).await?.is_ok())
}

/// The members whom it names or answers.
fn spoken_to(mentions: &[Arc<Account>], parent: Option<&Parent>) -> HashSet<i64> {
    let named = mentions.iter().filter(|account| account.is_local());
    let answered = parent
        .map(|parent| &parent.author)
        .filter(|author| author.is_local());
    named.chain(answered).map(|account| account.id).collect()
}

async fn author_of(app: &App, arrival: &Arrival, iri: &Iri) -> Result<Arc<Account>> {
    let author = if arrival.sender.iri == *iri {
        arrival.sender.clone()
    } else {
        resolve::account(app, &arrival.community, iri).await?
    };
    if author.is_local() {
        return Err(Error::Conflict(format!(
            "{iri} lives here and writes here only"
        )));
    }
    Ok(author)
}

/// The people it names that we know, and those here who are asked about its author first; without those here who refuse to
/// be named by its author: what they refuse keeps nobody else from reading it. Unknown ones are not fetched: a post must not make us call a hundred servers.
async fn named(
    app: &App,
    arrival: &Arrival,
    note: &Admitted<Note>,
    author: &Account,
) -> Result<(Vec<Arc<Account>>, Vec<Asked>)> {
    let addressed = note.to.iter().chain(&note.cc);
    let addresses: Vec<&Iri> = note
        .mentions
        .iter()
        .map(|mention| &mention.href)
        .chain(addressed)
        .take(store::MOST_MENTIONS)
        .filter(|iri| !names_many(iri, author))
        .collect();
    let mut known = accounts::find_many_by_iri(app, &addresses).await?;
    let mut people: Vec<Arc<Account>> = Vec::new();
    let mut asked = Vec::new();
    for iri in addresses {
        // Taken out, so that whoever is named twice is there once.
        let Some(account) = known.remove(iri) else {
            continue;
        };
        if !account.is_local() {
            people.push(account);
            continue;
        }
        match inbox::naming(app, author, arrival.way, note, &account).await? {
            Outcome::Allow => people.push(account),
            Outcome::Hold => contacts::ask(app, &mut asked, account.id, true, author).await?,
            Outcome::Refuse => {}
        }
    }
    Ok((people, asked))
}

/// Everybody, and the author's followers: in nearly every post, and never a person.
fn names_many(iri: &Iri, author: &Account) -> bool {
    iri.as_str() == PUBLIC
        || (author.followers_iri.as_ref() == Some(iri) && iri.same_origin(&author.iri))
}

/// What it says, made safe, under the conditions it was admitted with.
pub(super) fn words(note: &Admitted<Note>) -> Text {
    let conditions = note.conditions();
    let title = note
        .name
        .as_deref()
        .map(|name| shortened(text::plain::line(name)))
        .unwrap_or_default();
    let summary = note
        .summary
        .as_deref()
        .map(text::plain::block)
        .unwrap_or_default();
    let mut content = text::sanitize::html(&note.content);
    // Articles, videos and events put a description into `summary` and a heading into `name`; only a Note's or a
    // Question's summary is a warning (Mastodon's convention).
    let spoiler_text = match note.kind {
        NoteKind::Note | NoteKind::Question => shortened(summary),
        _ if content.is_empty() && !summary.is_empty() => {
            content = text::render::simple(&summary);
            String::new()
        }
        _ => String::new(),
    };
    let attachments = if conditions.contains(Conditions::DROP_MEDIA) {
        Vec::new()
    } else {
        note.attachments
            .iter()
            .take(MOST_ATTACHMENTS)
            .map(Attached::of)
            .collect()
    };
    let mut text = Text {
        title,
        spoiler_text,
        content,
        source: String::new(),
        format: Format::Plain,
        language: note.language.clone(),
        sensitive: note.sensitive || conditions.contains(Conditions::MARK_SENSITIVE),
        tags: note.hashtags.clone(),
        attachments,
        emojis: Vec::new(),
        poll: note.poll.as_ref().map(Poll::of_note),
    };
    if !conditions.contains(Conditions::DROP_MEDIA) {
        text.emojis = emojis::of_tags(&note.emojis, &text.with_codes());
    }
    text
}

fn shortened(line: String) -> String {
    match line.char_indices().nth(LONGEST_LINE) {
        Some((at, _)) => line[..at].to_owned(),
        None => line,
    }
}
