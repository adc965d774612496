//! A status says something else now; what it said before is kept.

use std::sync::Arc;

use comity_db::Tx;
use comity_policy::{Admitted, Conditions, Party, Visible, Way};
use comity_vocab::{Note, NoteKind, Visibility};

use super::consent;
use super::load;
use super::model::{Draft, Status, Text, Version};
use super::policy::Quoting;
use super::publish::Brings;
use super::receive;
use super::store::{self, Edit};
use super::wishes;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::cards::{self, Linking};
use crate::communities::Community;
use crate::delivery::{self, Outgoing};
use crate::error::{Error, Result};
use crate::inbox::Arrival;
use crate::media::{self, Takes};
use crate::polls::{self, Poll, Wish};
use crate::streaming::{self, Event};
use crate::{hashtags, links, notifications, quotes, search};

/// Changes the words of a status of one's own; who sees it stays as it was. Nothing changed is not an edit.
pub async fn edit(
    app: &App,
    community: &Community,
    author: Arc<Account>,
    status_id: i64,
    draft: Draft,
) -> Result<Visible<Status>> {
    let me = Party::Member(author.person());
    let status = own(app, &me, &author, status_id).await?;
    let was = super::text(&status);
    let mut files =
        media::choose(app, &author, &was.attachments, &draft.media, Takes::Ready).await?;
    let brings = if files.is_empty() {
        Brings::Words
    } else {
        Brings::Files
    };
    draft.check(app, brings)?;
    let poll = poll_of(app, was.poll.as_ref(), &draft.poll)?;
    let posters = media::poster::choose(app, &author, status_id, &mut files, &draft.media).await?;
    let same = was.source == draft.text
        && was.format == draft.format
        && was.spoiler_text == draft.spoiler_text
        && was.language == draft.language
        && was.attachments == files;
    if same && was.sensitive == draft.sensitive && matches!(poll, Becomes::AsItWas) {
        return Ok(status);
    }
    // The people it names stay those it was sent to; an edit does not ring new bells.
    let asked = status.asked.iter().map(|person| person.0).collect();
    let asked = accounts::find_many(app, asked).await?;
    let mentions: Vec<_> = status
        .mentions
        .iter()
        .chain(asked.values())
        .map(|account| (account.handle(), account.clone()))
        .collect();
    let words = Text {
        attachments: files,
        title: was.title.clone(),
        poll: match &poll {
            Becomes::AsItWas => was.poll.clone(),
            Becomes::Other(poll) => poll.clone(),
        },
        ..draft.render(&mentions, community)
    };
    let mut tx = Tx::new();
    change(app, &mut tx, &status, &words, app.now_ms())?;
    recard(app, &mut tx, community.id, &status, &words).await?;
    if let Becomes::Other(poll) = poll {
        store::set_kind(&mut tx, status.id, NoteKind::Question.as_str());
        polls::replace(app, &mut tx, status.id, poll.as_ref())?;
    }
    posters.hang(app, &mut tx);
    media::attach(
        &mut tx,
        &author,
        status_id,
        &was.attachments,
        &words.attachments,
        app.now_ms(),
    );
    if status.visibility != Visibility::Local {
        delivery::queue(
            &mut tx,
            app,
            author.id,
            &Outgoing::Update { status: status_id },
        )?;
    }
    if !app.commit_and_ring(tx).await? {
        posters.drop_all(app).await?;
        return Err(Error::Conflict(
            "was changed at the same moment; look at it and try again".to_owned(),
        ));
    }
    load::find(app, &me, Way::Page, status_id).await
}

/// Says who may quote a status of one's own from now on; quotes that stand stay. The servers that have it are told.
pub async fn choose_quoting(
    app: &App,
    author: Arc<Account>,
    status_id: i64,
    quoting: Quoting,
) -> Result<Visible<Status>> {
    let me = Party::Member(author.person());
    let status = own(app, &me, &author, status_id).await?;
    let now = wishes::of_member(quoting)?;
    if wishes::read(&now)? == status.wishes {
        return Ok(status);
    }
    let mut tx = Tx::new();
    store::set_wishes(&mut tx, status.id, &now);
    if status.visibility != Visibility::Local {
        let update = Outgoing::Update { status: status_id };
        delivery::queue(&mut tx, app, author.id, &update)?;
    }
    app.commit_and_ring(tx).await?;
    load::find(app, &me, Way::Page, status_id).await
}

/// What becomes of a poll.
enum Becomes {
    /// It goes on, or there is none.
    AsItWas,
    /// Another takes its place, or none.
    Other(Option<Poll>),
}

/// What becomes of a poll. The same question goes on with its votes.
fn poll_of(app: &App, was: Option<&Poll>, wish: &Wish) -> Result<Becomes> {
    Ok(match wish {
        Wish::AsItIs => Becomes::AsItWas,
        Wish::Without if was.is_none() => Becomes::AsItWas,
        Wish::Without => Becomes::Other(None),
        Wish::Make(poll) => {
            let now = poll.begin(app.now_ms())?;
            let is_same = was.is_some_and(|was| was.asks_the_same(&now));
            if is_same {
                Becomes::AsItWas
            } else {
                Becomes::Other(Some(now))
            }
        }
    })
}

/// A status of one's own, for changing it.
pub(super) async fn own(
    app: &App,
    me: &Party,
    author: &Account,
    status_id: i64,
) -> Result<Visible<Status>> {
    let status = load::find(app, me, Way::Page, status_id).await?;
    if status.author.id != author.id || status.reblog_of.is_some() {
        return Err(Error::NotFound);
    }
    Ok(status)
}

/// Its author elsewhere changed it. Older and equal versions change nothing; one we do not have is left alone.
pub async fn receive_edit(app: &App, arrival: &Arrival, note: &Admitted<Note>) -> Result<()> {
    let Some(id) = store::id_by_iri(&app.db, note.id.as_str()).await? else {
        return Ok(());
    };
    let status = load::load_one(app, id).await?;
    if status.author.iri != note.author || status.author.id != arrival.sender.id {
        return Err(Error::Forbidden(format!(
            "{} is not by {}",
            note.id, note.author
        )));
    }
    let is_older = |at: i64| status.edited_at.is_some_and(|newest| at < newest);
    if note.updated.is_some_and(is_older) {
        return Ok(());
    }
    rewish(app, &status, note).await?;
    if let Some(stamp) = &note.reply_authorization {
        consent::restamp(app, &arrival.community, &status, stamp).await?;
    }
    quotes::requote(app, arrival, &status, note).await?;
    let words = receive::words(note);
    if status.text.emojis != words.emojis {
        let mut tx = Tx::new();
        let emojis = serde_json::to_string(&words.emojis)?;
        store::set_emojis(&mut tx, status.id, &emojis);
        app.commit(tx).await?;
    }
    let (asked, asks) = (status.text.poll.as_ref(), words.poll.as_ref());
    let asks_anew = match (asked, asks) {
        (Some(asked), Some(asks)) => !asked.asks_the_same(asks),
        (asked, asks) => asked.is_some() != asks.is_some(),
    };
    if asked != asks && !asks_anew {
        let mut tx = Tx::new();
        polls::hear(&mut tx, status.id, asked, asks);
        app.commit(tx).await?;
    }
    let unchanged = !asks_anew
        && status.text.content == words.content
        && status.text.spoiler_text == words.spoiler_text
        && status.text.title == words.title
        && status.text.sensitive == words.sensitive
        && status.text.attachments == words.attachments;
    if unchanged {
        // A poll's new counts, or a copy.
        return Ok(());
    }
    let now = app.now_ms();
    let edited_at = note.updated.unwrap_or(now).clamp(status.created_at, now);
    let mut tx = Tx::new();
    change(app, &mut tx, &status, &words, edited_at)?;
    if asks_anew {
        polls::hear(&mut tx, status.id, asked, asks);
    }
    if note.conditions().contains(Conditions::DROP_PREVIEWS) {
        cards::withdraw(&mut tx, status.id);
    } else {
        recard(app, &mut tx, arrival.community.id, &status, &words).await?;
    }
    if !app.commit(tx).await? {
        tracing::debug!(iri = %note.id, "an older edit came late and changes nothing");
    }
    Ok(())
}

/// Its author says something else now of who may do what with it; that is no edit.
async fn rewish(app: &App, status: &Status, note: &Admitted<Note>) -> Result<()> {
    let now = wishes::stored(note, &status.author)?;
    if wishes::read(&now)? == status.wishes {
        return Ok(());
    }
    let mut tx = Tx::new();
    store::set_wishes(&mut tx, status.id, &now);
    app.commit(tx).await?;
    Ok(())
}

fn change(app: &App, tx: &mut Tx, status: &Status, words: &Text, edited_at: i64) -> Result<()> {
    store::hold(tx, status.id);
    search::place_anew(tx, &search::Entry::of(status, words));
    links::place_anew(tx, status.id, status.visibility, &words.content);
    let author_id = status.author.id;
    hashtags::place_anew(tx, status.id, author_id, status.visibility, &words.tags);
    store::edit(
        tx,
        app.next_id(),
        status.id,
        &Edit {
            title: &words.title,
            spoiler_text: &words.spoiler_text,
            content: &words.content,
            source: &words.source,
            format: words.format,
            language: words.language.as_deref(),
            sensitive: words.sensitive,
            tags: &serde_json::to_string(&words.tags)?,
            attachments: &serde_json::to_string(&words.attachments)?,
            edited_at,
        },
    );
    notifications::promise_edited(tx, app.next_id(), status.id, app.now_ms());
    notifications::promise_quoting(tx, app.next_id(), status.id, app.now_ms());
    streaming::announce(tx, &Event::Edited(status.id));
    Ok(())
}

/// It shows the card of the page that it links to now.
async fn recard(
    app: &App,
    tx: &mut Tx,
    community: i64,
    status: &Status,
    words: &Text,
) -> Result<()> {
    let linking = Linking {
        status_id: status.id,
        community,
        visibility: status.visibility,
        html: &words.content,
        quoted: status.quote.as_ref().map(|quote| &quote.iri),
        is_ours: status.author.is_local(),
    };
    cards::place_anew(app, tx, linking).await
}

/// Every version of a status, oldest first, the current one last. Of versions from before it was kept which files they had,
/// whether those were hidden, and what was asked, today's are told.
pub async fn versions(app: &App, status: &Visible<Status>) -> Result<Vec<Version>> {
    let now = super::text(status);
    let mut versions: Vec<Version> = store::edits_of(&app.db, status.id)
        .await?
        .into_iter()
        .map(|row| Version {
            text: Text {
                title: row.title,
                spoiler_text: row.spoiler_text,
                content: row.content,
                attachments: match &row.attachments {
                    Some(then) => serde_json::from_str(then).unwrap_or_default(),
                    None => now.attachments.clone(),
                },
                sensitive: row.sensitive.unwrap_or(now.sensitive),
                poll: match &row.asked {
                    Some(then) => Poll::asked(serde_json::from_str(then).unwrap_or_default()),
                    None => now.poll.clone(),
                },
                ..Text::default()
            },
            created_at: row.created_at,
        })
        .collect();
    versions.push(Version {
        text: now.clone(),
        created_at: status.edited_at.unwrap_or(status.created_at),
    });
    Ok(versions)
}
