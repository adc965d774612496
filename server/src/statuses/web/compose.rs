//! Writing: the composer, whom what is in it would reach, and publishing it.

mod form;

use axum::extract::State;
use comity_policy::{Pattern, Visible, Way};
use comity_vocab::Handle;
use http::StatusCode;
use serde::Deserialize;

use super::{Reader, attach, composer, path};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::form::{Label, page_with, trouble};
use crate::http::reply::Told;
use crate::http::{FileForm, Kind, Me, Reply, Visit, local_path};
use crate::members::Role;
use crate::statuses::{Answering, MOST_NAMED, Quoting, Status, find, publish};
use crate::web::view::{
    AnswerChoice, ComposePage, ComposerView, NavItem, QuotedView, ReadsLike, SeenBy, Trouble,
};
use crate::web::{frame, person_view};
use crate::{accounts, drafts, reach, rules, scheduled, text};
pub use form::ComposeForm;
use form::handles;

/// Bytes of each thing that another app shares; the longest post here is shorter by default, and its writer shortens the rest.
const MOST_SHARED: usize = 16_000;

/// Who may answer, to choose from.
pub fn answers(chosen: Answering) -> Vec<AnswerChoice> {
    let words = |answering| match answering {
        Answering::Everyone => "Anyone may answer",
        Answering::Followers => "Followers may answer",
        Answering::Mentioned => "Only whom it names may answer",
        Answering::Asking => "Answers wait for my yes",
        Answering::Nobody => "Nobody may answer",
    };
    let choice = |answering: Answering| AnswerChoice {
        value: answering.as_str(),
        words: words(answering),
        chosen: answering == chosen,
    };
    Answering::ALL.into_iter().map(choice).collect()
}

/// Who may quote, to choose from.
pub fn quotes(chosen: Quoting) -> Vec<AnswerChoice> {
    let words = |quoting| match quoting {
        Quoting::Everyone => "Anyone may quote it",
        Quoting::Followers => "Followers may quote it",
        Quoting::Asking => "Quotes wait for my yes",
        Quoting::Nobody => "Nobody may quote it",
    };
    let choice = |quoting: Quoting| AnswerChoice {
        value: quoting.as_str(),
        words: words(quoting),
        chosen: quoting == chosen,
    };
    Quoting::ALL.into_iter().map(choice).collect()
}

/// Servers and people as typed, with spaces or commas between them. Nobody is asked who they are: that would tell their
/// server.
pub async fn named(app: &App, me: &Me, typed: &str) -> Result<Vec<Pattern>> {
    let mut patterns = Vec::new();
    let words = typed
        .split([' ', ',', '\n', '\t'])
        .filter(|word| !word.is_empty());
    // One more than fits is enough to be told so.
    for word in words.take(MOST_NAMED + 1) {
        let pattern = if word.trim_start_matches('@').contains('@') && !word.contains("://") {
            Pattern::Account(known(app, me, word).await?)
        } else {
            let read = one(app, me, word);
            read.map_err(|why| match why {
                Error::Invalid { why, .. } => {
                    Error::invalid("kept_from", format!("cannot be read at {word}: it {why}"))
                }
                other => other,
            })?
        };
        if !patterns.contains(&pattern) {
            patterns.push(pattern);
        }
    }
    Ok(patterns)
}

/// A server, an address, or a list: of one's own, or of the community for those who look after it.
fn one(app: &App, me: &Me, word: &str) -> Result<Pattern> {
    let own = rules::of_member(&me.account)?;
    let mut read = rules::read_pattern(app, own, word);
    if read.is_err() && me.member.role >= Role::Moderator && word.starts_with("list:") {
        read = rules::read_pattern(app, rules::of_community(&me.community), word);
    }
    let pattern = read?;
    match pattern {
        Pattern::List(_) => {
            // By number as by name: only what they may read.
            let owner = |scope| rules::check_pattern(app, scope, &pattern);
            let community = rules::of_community(&me.community);
            if owner(own).is_err()
                && (me.member.role < Role::Moderator || owner(community).is_err())
            {
                return Err(Error::invalid(
                    "pattern",
                    "names a list that you do not keep",
                ));
            }
            Ok(pattern)
        }
        other => Ok(other),
    }
}

async fn known(app: &App, me: &Me, word: &str) -> Result<comity_vocab::Iri> {
    let unknown = || {
        Error::invalid(
            "kept_from",
            format!("names {word}, whom nobody here knows; name their server instead"),
        )
    };
    let handle = Handle::parse(word).map_err(|_| unknown())?;
    let domain = handle.domain.as_ref().unwrap_or(&me.community.domain);
    let account = accounts::find_by_handle(app, &handle.username, domain).await?;
    let id = account.ok_or_else(unknown)?.id;
    // Who may not be seen is not known, either.
    match accounts::show(app, &me.party(), Way::Page, id).await {
        Ok(account) => Ok(account.iri.clone()),
        Err(Error::Internal(why)) => Err(Error::Internal(why)),
        Err(_) => Err(unknown()),
    }
}

/// `GET /compose`
#[derive(Debug, Deserialize)]
pub struct ComposeQuery {
    in_reply_to: Option<i64>,
    quote: Option<i64>,
    to: Option<i64>,
    draft: Option<i64>,
    /// What another app shares: words, what they are called, and where they are from.
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    url: String,
}

impl ComposeQuery {
    /// All of it, one below the other.
    fn shared(&self) -> String {
        let parts = [&self.title, &self.text, &self.url];
        let parts: Vec<&str> = parts
            .into_iter()
            .map(|part| text::plain::cut(part.trim(), MOST_SHARED))
            .filter(|part| !part.is_empty())
            .collect();
        parts.join("\n")
    }
}

/// `GET /compose`
pub async fn compose_form(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    axum::extract::Query(query): axum::extract::Query<ComposeQuery>,
) -> Result<Reply> {
    let mut composer = composer(&app, &me);
    composer.text = query.shared();
    if let Some(to) = query.to {
        let person = accounts::show(&app, &me.party(), Way::Page, to).await?;
        let handle = person_view(&person, &me.community).handle();
        composer.text = format!("{handle} {}", composer.text);
        composer.seen_by = SeenBy::Mentioned;
    }
    if let Some(id) = query.draft {
        let draft = drafts::find(&app, me.account.id, id).await?;
        let mut form = ComposeForm::of_draft(id, &draft.sent);
        // What it answers or quotes may be gone by now; the words are not.
        for named in [&mut form.in_reply_to, &mut form.quote] {
            if let Some(status) = *named
                && find(&app, &me.party(), Way::Page, status).await.is_err()
            {
                *named = None;
            }
        }
        composer.in_reply_to = form.in_reply_to;
        composer.quote = form.quote;
        return compose_page(&app, &me, &visit, composer, Some(&form)).await;
    }
    composer.in_reply_to = query.in_reply_to;
    composer.quote = query.quote;
    compose_page(&app, &me, &visit, composer, None).await
}

/// The page with this composer, filled as it was sent, and with whom it would reach.
async fn compose_page(
    app: &App,
    me: &Me,
    visit: &Visit,
    mut composer: ComposerView,
    sent: Option<&ComposeForm>,
) -> Result<Reply> {
    let mut answering = None;
    if let Some(id) = composer.in_reply_to {
        let status = find(app, &me.party(), Way::Page, id).await?;
        let reader = Reader::of(app, visit, Way::Page, &[&status]).await?;
        reader.prepare_reply(&mut composer, &status);
        answering = Some(reader.view(&status, None));
    }
    let mut quoting = None;
    if let Some(id) = composer.quote {
        let status = find(app, &me.party(), Way::Page, id).await?;
        let reader = Reader::of(app, visit, Way::Page, &[&status]).await?;
        reader.prepare_quote(&mut composer, &status).await?;
        quoting = Some(QuotedView::Post(Box::new(reader.as_quoted(&status))));
    }
    if let Some(form) = sent {
        form.refill(&mut composer);
        attach::refill(app, me, form, &mut composer).await?;
        composer.reads_like = reads_like(&composer);
        if form.check && composer.markdown {
            let looks = text::markdown::render(&form.text, &[], &me.community);
            composer.looks_html = Some(looks.html);
        }
    }
    // It reads all followers: who asks too often sees the composer without it.
    let key = me.account.id.to_string();
    if composer.trouble.is_none() && app.limits.check(Kind::Preview, &key).is_ok() {
        match reached(app, me, &composer, sent).await {
            Ok(reach) => composer.reach = Some(reach),
            Err(why) => composer.trouble = Some(trouble(why, LABELS)?),
        }
    }
    let frame = frame(app, visit, "Write", NavItem::Write).await?;
    let wrong = composer.trouble.clone().filter(|_| sent.is_some());
    let page = Reply::page(ComposePage {
        frame,
        composer,
        answering,
        quoting,
    });
    Ok(page_with(page, wrong.as_ref()))
}

/// What the words read like, where that is not what they are marked as.
fn reads_like(composer: &ComposerView) -> Option<ReadsLike> {
    let chosen = composer.languages.iter().find(|language| language.chosen)?;
    let marked = text::language::name_of(&text::language::first_part(Some(&chosen.tag)))?;
    let tag = text::language::other_than(Some(&chosen.tag), &composer.text)?;
    let name = text::language::name_of(tag)?;
    Some(ReadsLike { tag, name, marked })
}

async fn reached(
    app: &App,
    me: &Me,
    composer: &ComposerView,
    sent: Option<&ComposeForm>,
) -> Result<crate::web::view::ReachView> {
    let mut draft = match sent {
        Some(form) => form.draft(app, me).await?,
        None => ComposeForm::of(composer).draft(app, me).await?,
    };
    // What was sent may not say whom it tells; the boxes that are shown do.
    if !composer.tell.is_empty() {
        let ticked = composer.tell.iter().filter(|who| who.ticked);
        draft.tell = Some(handles(ticked.map(|who| &who.handle)));
    }
    reach::preview(app, me, draft).await
}

/// What came of a composer that was sent.
enum Came {
    /// It is shown again.
    Nothing,
    /// A draft.
    Kept,
    /// A post that waits until then, in unix milliseconds.
    Waits(i64),
    /// A post.
    Posted(Box<Visible<Status>>),
}

/// `POST /compose`
pub async fn compose(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    FileForm(mut form, files): FileForm<ComposeForm>,
) -> Result<Reply> {
    let mut composer = composer(&app, &me);
    composer.in_reply_to = form.in_reply_to;
    composer.quote = form.quote;
    if !form.mark_as.is_empty() {
        form.language = std::mem::take(&mut form.mark_as);
        form.check = true;
    }
    let keep = form.keep;
    let published = async {
        let looks = attach::take_in(&app, &me, &mut form, files).await?;
        if keep {
            match form.draft {
                Some(id) => drafts::change(&app, me.account.id, id, form.kept()).await?,
                None => drafts::keep(&app, me.account.id, form.kept()).await?,
            };
            return Ok(Came::Kept);
        }
        if looks || form.check {
            return Ok(Came::Nothing);
        }
        attach::wait(&app, &me, &form).await?;
        let came = if form.later.trim().is_empty() {
            let draft = form.draft(&app, &me).await?;
            let status = publish(&app, &me.community, me.account.clone(), draft).await?;
            Came::Posted(Box::new(status))
        } else {
            let at = scheduled::web::read_field(&app, &form.later)?;
            let waits = scheduled::schedule(&app, &me, form.waiting(), at, None).await?;
            Came::Waits(waits.at)
        };
        // It is posted: whether it is kept as well is not worth an error.
        if let Some(id) = form.draft {
            let _ = drafts::delete(&app, me.account.id, id).await;
        }
        Ok(came)
    };
    match Box::pin(published).await {
        Ok(Came::Kept) => {
            let done = "Your draft is kept. Nobody else sees it.";
            Ok(Reply::see_other("/drafts").telling(&visit.community, done))
        }
        Ok(Came::Nothing) => compose_page(&app, &me, &visit, composer, Some(&form)).await,
        Ok(Came::Waits(at)) => Ok(scheduled::web::waits(&app, &visit, at)),
        Ok(Came::Posted(status)) => {
            let back = local_path(&form.back).filter(|back| back.starts_with("/@"));
            let page =
                back.map_or_else(|| path(&status, &me.community), |back| on(back, status.id));
            Ok(Reply::see_other(&page))
        }
        // What was typed is not lost to somebody who has to wait.
        Err(why @ Error::TooMany { .. }) => {
            let text = format!("That was too much at once. {}", Told::of(&why).sentence);
            composer.trouble = Some(Trouble { field: "", text });
            let page = compose_page(&app, &me, &visit, composer, Some(&form)).await?;
            Ok(page.with_status(StatusCode::TOO_MANY_REQUESTS))
        }
        Err(why) => {
            composer.trouble = Some(trouble(why, LABELS)?);
            compose_page(&app, &me, &visit, composer, Some(&form)).await
        }
    }
}

/// The page one came from, at the new post.
fn on(back: &str, id: i64) -> String {
    let page = back.split('#').next().unwrap_or_default();
    format!("{page}#s{id}")
}

/// How the composer calls its fields.
pub(super) const LABELS: &[Label] = &[
    Label::of("text", "your post"),
    Label {
        of: "spoiler_text",
        input: "spoiler",
        words: "the content warning",
    },
    Label::of("language", "the language"),
    Label::of("kept_from", "what you keep it from"),
    Label::of("in_reply_to_id", "what you answer"),
    Label::of("quote_id", "what you quote"),
    Label {
        of: "scheduled_at",
        input: "later",
        words: "the time",
    },
    Label::of("file", "the file"),
    Label {
        of: "description",
        input: "file",
        words: "the description of a file",
    },
    Label {
        of: "media_ids",
        input: "file",
        words: "the post",
    },
    Label::of("poll", "the question"),
];
