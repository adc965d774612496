//! A member writes.

mod named;

use std::sync::Arc;

use comity_db::Tx;
use comity_policy::{Act, Outcome, Party, Thing, Visible, Way};
use comity_vocab::{Handle, Visibility};

use super::consent;
use super::load;
use super::model::{Draft, Status, Text};
use super::once::{self, Once};
use super::record::{self, NewStatus, Parent};
use super::wishes;
use super::written_with;
use crate::accounts::Account;
use crate::app::App;
use crate::communities::Community;
use crate::contacts;
use crate::delivery::{self, Forecast, Outgoing};
use crate::error::{Error, Result};
use crate::http::Kind;
use crate::media::{self, Takes};
use crate::polls::{self, Wish};
use crate::text::{Format, length};
use crate::{conversations, lists, quotes, text};
pub use named::Unreached;
use named::{Named, check_named_get_it, kept_from_named, named};

/// The longest warning, in characters.
const LONGEST_SPOILER: usize = 500;
/// More people than this in one post is a hellthread.
const MOST_MENTIONS: usize = 50;

/// Publishes what `author` wrote in `community` and returns it as they see it. Its delivery is queued in the same
/// transaction.
///
/// Refused with the reason: a reply to what they may not answer, a mention of somebody whom it cannot reach.
pub async fn publish(
    app: &App,
    community: &Arc<Community>,
    author: Arc<Account>,
    draft: Draft,
) -> Result<Visible<Status>> {
    draft.check(app, Brings::of(&draft))?;
    let once = draft.once.clone();
    let app_id = draft.written_with;
    if let Some(once) = &once
        && let Some(id) = once::posted(app, author.id, once).await?
    {
        return load::find(app, &Party::Member(author.person()), Way::Page, id).await;
    }
    let (mut new, _) = prepare(app, community, &author, draft, Looking::Anywhere).await?;
    let visibility = new.visibility();
    if visibility == Visibility::Direct && new.mentions().is_empty() && !new.asks() {
        return Err(Error::invalid(
            "text",
            "names nobody, so nobody would get it; name whom it is for, or choose who else may see it",
        ));
    }
    // What was scheduled was counted then.
    if !once.as_ref().is_some_and(Once::is_of_scheduled) {
        app.limits.check(Kind::Post, &author.id.to_string())?;
    }
    let mut tx = Tx::new();
    new.stamp_quote(app, &mut tx).await?;
    record::record(app, &mut tx, &new, None);
    new.promise_card(app, &mut tx, community.id).await?;
    if let Some(poll) = new.poll() {
        polls::end_later(app, &mut tx, new.id(), poll)?;
    }
    if let Some(app_id) = app_id {
        written_with::note(&mut tx, new.id(), app_id);
    }
    if let Some(once) = &once {
        once::note(&mut tx, author.id, once, new.id(), app.now_ms());
    }
    media::attach(&mut tx, &author, new.id(), &[], &new.files(), app.now_ms());
    // Who answers takes part again.
    if let Some(conversation) = new.joins() {
        conversations::joined(&mut tx, author.id, conversation);
    }
    for list in new.lists() {
        lists::keep_for_posts(&mut tx, list);
    }
    if visibility != Visibility::Local {
        delivery::queue(
            &mut tx,
            app,
            author.id,
            &Outgoing::Create { status: new.id() },
        )?;
    }
    if new.asks_quoted() {
        let request = Outgoing::QuoteRequest { status: new.id() };
        delivery::queue(&mut tx, app, author.id, &request)?;
    }
    let done = app.commit_and_ring(tx).await?;
    let me = Party::Member(author.person());
    if !done {
        // The same was sent twice at once, and the other was faster.
        if let Some(once) = &once
            && let Some(id) = once::posted(app, author.id, once).await?
        {
            return load::find(app, &me, Way::Page, id).await;
        }
        return Err(Error::Conflict(
            "a file of it came into another post at the same moment; choose it anew".to_owned(),
        ));
    }
    load::find(app, &me, Way::Page, new.id()).await
}

/// What can be said of a draft without looking anything up.
pub fn check(app: &App, draft: &Draft) -> Result<()> {
    draft.check(app, Brings::of(draft))
}

/// Whom a draft would reach, and with which visibility, if it were published now, as far as its author's own side
/// decides, and whom it names who would not get it: [`publish`] refuses it then. Refused where that refuses otherwise;
/// words need not be there yet. Nobody elsewhere is asked anything: who is not known here is left out.
pub async fn preview(
    app: &App,
    community: &Arc<Community>,
    author: &Arc<Account>,
    draft: Draft,
) -> Result<(Forecast, Visibility, Vec<Unreached>)> {
    let kept_from = draft.terms.kept_from.clone();
    let (new, unreached) = prepare(app, community, author, draft, Looking::AmongTheKnown).await?;
    let thing = Thing {
        kept_from,
        within: Vec::new(),
        ..new.thing()
    };
    let forecast = delivery::forecast(app, author, thing, new.people()).await?;
    Ok((forecast, new.visibility(), unreached))
}

/// Where people are looked for who are named. Who only looks may have files that are still to come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Looking {
    /// Whom nobody here knows stays plain text.
    AmongTheKnown,
    /// Their server is asked.
    Anywhere,
}

/// What a draft becomes, before anything is stored, and whom it would not reach.
async fn prepare(
    app: &App,
    community: &Arc<Community>,
    author: &Arc<Account>,
    draft: Draft,
    looking: Looking,
) -> Result<(NewStatus, Vec<Unreached>)> {
    let me = Party::Member(author.person());
    let (parent, holds) = match draft.in_reply_to_id {
        Some(id) => Some(answered(app, &me, author, id).await?),
        None => None,
    }
    .unzip();
    let named_terms = draft.terms.clone();
    let book = app.gate.book();
    named_terms.check()?;
    named_terms.check_lists(&book, author)?;
    let mut terms = named_terms.clone();
    let mut visibility = draft.visibility;
    let mut handles = match draft.format {
        Format::Plain => text::mention::handles(&draft.text),
        Format::Markdown => text::markdown::handles(&draft.text),
    };
    if let Some(parent) = &parent {
        // A reply may not be seen by more people than what it answers (boundaries L09).
        visibility = visibility.narrowed_to(parent.visibility);
        terms = terms.within(parent)?;
    }
    let quote = match draft.quote_id {
        Some(id) => {
            let (quoted, quote) = quotes::choose(app, author, id).await?;
            if !quotes::is_open(visibility) {
                return Err(Error::invalid(
                    "quote_id",
                    "can be quoted by what everyone may see: whoever wrote it reads what quotes it, and so may others",
                ));
            }
            terms = terms.within(&quoted)?;
            Some(quote)
        }
        None => None,
    };
    match (&draft.tell, &parent) {
        (Some(tell), _) => handles.extend(tell.iter().cloned()),
        (None, Some(parent)) if parent.author.id != author.id => {
            handles.push(parent.author.handle());
        }
        (None, _) => {}
    }
    for handle in &handles {
        let at = handle.domain.as_ref().unwrap_or(&community.domain);
        if named_terms.names(at, &book) {
            return Err(kept_from_named(handle));
        }
    }
    let Named {
        people: mentions,
        mut asked,
        unreached,
    } = named(app, community, author, handles, visibility, looking).await?;
    let holder = parent
        .as_ref()
        .map(|parent| parent.author.id)
        .filter(|_| holds == Some(Holds::Here));
    let holder = holder.filter(|holder| record::speaks_to(*holder, visibility, &asked));
    // What stays in its community is not brought to whom it answers, who could not say yes to it.
    let asks_elsewhere = holds == Some(Holds::Elsewhere) && visibility != Visibility::Local;
    let waits = holder.is_some() || asks_elsewhere;
    if let Some(holder) = holder {
        contacts::ask(app, &mut asked, holder, false, author).await?;
    }
    let poll = match &draft.poll {
        Wish::Make(poll) => Some(poll.begin(app.now_ms())?),
        Wish::AsItIs | Wish::Without => None,
    };
    let takes = match looking {
        Looking::AmongTheKnown => Takes::Coming,
        Looking::Anywhere => Takes::Ready,
    };
    let files = media::choose(app, author, &[], &draft.media, takes).await?;
    let words = Text {
        attachments: files,
        poll,
        ..draft.render(&mentions, community)
    };
    let parent = parent.as_deref().map(Parent::of);
    let mentions = mentions.into_iter().map(|(_, account)| account).collect();
    let new = NewStatus::local(
        app,
        author.clone(),
        visibility,
        parent.as_ref(),
        words,
        mentions,
        terms,
    )?
    .asking(asked, waits)
    .quoting(quote);
    check_named_get_it(app, &new, named_terms).await?;
    Ok((new, unreached))
}

/// What a post is made of: without files it needs words.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Brings {
    /// Words alone.
    Words,
    /// Files as well.
    Files,
}

impl Brings {
    pub(super) fn of(draft: &Draft) -> Brings {
        match &draft.media.ids {
            Some(ids) if !ids.is_empty() => Brings::Files,
            _ => Brings::Words,
        }
    }
}

impl Draft {
    /// What can be said of a draft without looking anything up. The length is counted as clients count it.
    pub(super) fn check(&self, app: &App, brings: Brings) -> Result<()> {
        let length = length::of(&self.text);
        let most = app.config.limits.post_characters as usize;
        if self.text.trim().is_empty() && brings == Brings::Words {
            return Err(Error::invalid("text", "is empty; write something first"));
        }
        if length > most {
            return Err(Error::invalid(
                "text",
                format!("is {length} characters long; {most} fit"),
            ));
        }
        length::at_most("spoiler_text", &self.spoiler_text, LONGEST_SPOILER)?;
        if self
            .language
            .as_deref()
            .is_some_and(|tag| !text::language::is_tag(tag))
        {
            return Err(Error::invalid(
                "language",
                "is not a language tag such as en or pt-BR",
            ));
        }
        Ok(())
    }

    /// The words as they are kept and shown, with links to these people.
    pub(super) fn render(self, mentions: &[(Handle, Arc<Account>)], community: &Community) -> Text {
        let rendered = match self.format {
            Format::Plain => text::render::render(&self.text, mentions, community),
            Format::Markdown => text::markdown::render(&self.text, mentions, community),
        };
        Text {
            spoiler_text: text::plain::line(&self.spoiler_text),
            content: rendered.html,
            source: self.text,
            format: self.format,
            language: self.language,
            sensitive: self.sensitive,
            tags: rendered.tags,
            ..Text::default()
        }
    }
}

/// Who is asked before an answer stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// Nobody.
    Nobody,
    /// Whom it answers, who lives here.
    Here,
    /// Whom it answers, by their server: it goes to them alone, until they say yes.
    Elsewhere,
}

/// The status that is answered, if `me` may see it and may answer it, and whether its author is asked first.
async fn answered(
    app: &App,
    me: &Party,
    author: &Account,
    id: i64,
) -> Result<(Visible<Status>, Holds)> {
    let parent = load::find(app, me, Way::Page, id).await?;
    if parent.reblog_of.is_some() {
        return Err(Error::invalid(
            "in_reply_to_id",
            "is a boost; answer the post itself",
        ));
    }
    let verdict = wishes::may(app, me, Act::Reply, &parent).await?;
    let holds = if consent::needs_yes(&parent, author) {
        Holds::Elsewhere
    } else if verdict.outcome == Outcome::Hold && parent.author.is_local() {
        Holds::Here
    } else {
        Holds::Nobody
    };
    if let Some(first) = load::first_of(app, &parent).await? {
        let answer = app.gate.may(me, Act::Reply, Way::Page, &first).await?;
        // The same whatever stands against it: who began it may not be theirs to read.
        answer.map_err(|_| {
            Error::Forbidden(
                "whoever began this conversation chose who may answer in it".to_owned(),
            )
        })?;
    }
    Ok((parent, holds))
}
