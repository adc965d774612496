//! Writing: the composer, whom what is in it would reach, and publishing it.

use axum::extract::State;
use comity_policy::{Pattern, Visible, Way};
use comity_vocab::{Handle, Visibility};
use http::StatusCode;
use serde::Deserialize;

use super::view::choose_language;
use super::{Reader, attach, composer, path, seen_by};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::form::{Label, page_with, trouble};
use crate::http::reply::Told;
use crate::http::{FileForm, Kind, Me, Reply, Visit, cookie, local_path};
use crate::members::Role;
use crate::statuses::api::{Asked, Sent, SentSaying};
use crate::statuses::{Answering, Draft, MOST_NAMED, Quoting, Status, Terms, find, publish};
use crate::text::{self, Format};
use crate::web::view::{
    AnswerChoice, ComposePage, ComposerView, NavItem, Notice, QuotedView, ReadsLike, SeenBy,
    Trouble,
};
use crate::web::{frame, person_view};
use crate::{accounts, drafts, reach, rules, scheduled};

/// What the composer sends.
#[derive(Debug, Default, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a box or a button of the form"
)]
pub struct ComposeForm {
    pub(super) text: String,
    #[serde(default)]
    pub(super) spoiler: String,
    #[serde(default)]
    pub(super) format: String,
    #[serde(default)]
    visibility: String,
    #[serde(default)]
    pub(super) language: String,
    /// The language that it is marked as instead; nothing is published.
    #[serde(default)]
    mark_as: String,
    #[serde(default)]
    answers: String,
    #[serde(default)]
    quotes: String,
    #[serde(default)]
    kept_from: String,
    in_reply_to: Option<i64>,
    quote: Option<i64>,
    #[serde(default)]
    tell: Vec<String>,
    #[serde(default)]
    told: bool,
    #[serde(default)]
    back: String,
    /// The form has room for files: what it names is what the post is to have.
    #[serde(default)]
    pub(super) with_files: bool,
    #[serde(default)]
    pub(super) media: Vec<i64>,
    /// What is in each of `media`, in the same order.
    #[serde(default)]
    pub(super) alt: Vec<String>,
    /// The file to take out again; nothing is published.
    pub(super) drop: Option<i64>,
    /// The files that came are looked at first; nothing is published.
    #[serde(default)]
    pub(super) add: bool,
    #[serde(default)]
    pub(super) option: Vec<String>,
    #[serde(default)]
    pub(super) poll_multiple: bool,
    #[serde(default)]
    pub(super) poll_hides: bool,
    #[serde(default)]
    pub(super) poll_minutes: i64,
    /// Whom it would reach is asked; nothing is published.
    #[serde(default)]
    check: bool,
    /// When it is published; empty for at once.
    #[serde(default)]
    later: String,
    /// It is kept as a draft; nothing is published.
    #[serde(default)]
    keep: bool,
    /// The draft that it was.
    draft: Option<i64>,
    /// The draft is marked as sensitive; an app does that, and the form takes it back.
    #[serde(default)]
    sensitive: bool,
}

impl ComposeForm {
    /// What the form would send as it is laid out.
    fn of(composer: &ComposerView) -> ComposeForm {
        let told = !composer.tell.is_empty();
        let ticked = composer.tell.iter().filter(|who| who.ticked);
        ComposeForm {
            text: composer.text.clone(),
            format: format_of(composer.markdown).as_str().to_owned(),
            spoiler: composer.spoiler.clone(),
            visibility: composer.seen_by.value().to_owned(),
            in_reply_to: composer.in_reply_to,
            quote: composer.quote,
            tell: ticked.map(|who| who.handle.clone()).collect(),
            told,
            ..ComposeForm::default()
        }
    }

    /// What was kept of a draft, as the form would send it.
    fn of_draft(id: i64, sent: &Sent) -> ComposeForm {
        let said = |file: &i64| {
            let said = sent.media_attributes.iter().find(|said| said.id == *file);
            said.and_then(|said| said.description.clone())
                .unwrap_or_default()
        };
        let mut form = ComposeForm {
            text: sent.status.clone(),
            spoiler: sent.spoiler_text.clone(),
            format: sent.content_type.clone(),
            visibility: if sent.local_only {
                Visibility::Local.as_str().to_owned()
            } else {
                sent.visibility.clone()
            },
            language: sent.language.clone().unwrap_or_default(),
            answers: sent.answers.clone(),
            quotes: sent.quote_approval_policy.clone(),
            kept_from: sent.kept_from.clone(),
            in_reply_to: sent.in_reply_to_id,
            quote: sent.quoted_status_id,
            tell: sent.tell.clone(),
            told: sent.told,
            sensitive: sent.sensitive == Some(true),
            with_files: true,
            media: sent.files().to_vec(),
            alt: sent.files().iter().map(said).collect(),
            draft: Some(id),
            ..ComposeForm::default()
        };
        if let Some(poll) = &sent.poll {
            form.option.clone_from(&poll.options);
            form.poll_multiple = poll.multiple;
            form.poll_hides = poll.hide_totals;
            form.poll_minutes = poll.expires_in / 60;
        }
        form
    }

    /// What is kept of it as a draft.
    fn kept(&self) -> Sent {
        let options = self.option.iter().map(|option| option.trim());
        let options: Vec<String> = options
            .filter(|option| !option.is_empty())
            .map(str::to_owned)
            .collect();
        let said = self.media.iter().zip(&self.alt);
        Sent {
            status: self.text.clone(),
            content_type: self.format.clone(),
            spoiler_text: self.spoiler.clone(),
            visibility: self.visibility.clone(),
            language: Some(self.language.trim().to_owned()).filter(|tag| !tag.is_empty()),
            in_reply_to_id: self.in_reply_to,
            quoted_status_id: self.quote,
            tell: self.tell.clone(),
            told: self.told,
            sensitive: self.sensitive.then_some(true),
            quote_approval_policy: self.quotes.clone(),
            kept_from: self.kept_from.clone(),
            answers: self.answers.clone(),
            media_ids: Some(self.media.clone()),
            media_attributes: said
                .map(|(id, alt)| SentSaying {
                    id: *id,
                    description: Some(alt.clone()),
                    ..SentSaying::default()
                })
                .collect(),
            poll: (!options.is_empty()).then(|| Asked {
                options,
                expires_in: self.poll_minutes.saturating_mul(60),
                multiple: self.poll_multiple,
                hide_totals: self.poll_hides,
            }),
            ..Sent::default()
        }
    }

    /// What waits of it for its time. What the form says of its language holds, also that it says none.
    fn waiting(&self) -> Sent {
        let mut sent = self.kept();
        sent.language = Some(self.language.trim().to_owned());
        sent
    }

    /// Whether it says whom to tell, be it nobody.
    fn says_whom(&self) -> bool {
        self.told || !self.tell.is_empty()
    }

    /// What it asks to publish.
    pub(super) async fn draft(&self, app: &App, me: &Me) -> Result<Draft> {
        // Where there are boxes to tick, what is ticked counts; small composers have none and tell whom they answer.
        let tell = self.says_whom().then(|| handles(&self.tell));
        // Small composers leave it at what the member laid down for all.
        let answering = Answering::parse(&self.answers).unwrap_or(me.member.answering);
        let quoting = Quoting::parse(&self.quotes).unwrap_or(me.member.quoting);
        Ok(Draft {
            text: self.text.clone(),
            // Small composers have what the member chose.
            format: Format::parse(&self.format).unwrap_or(me.member.format),
            spoiler_text: self.spoiler.clone(),
            visibility: Visibility::parse(&self.visibility).unwrap_or(me.member.default_visibility),
            in_reply_to_id: self.in_reply_to,
            quote_id: self.quote,
            language: Some(self.language.trim().to_owned()).filter(|tag| !tag.is_empty()),
            sensitive: self.sensitive || me.member.sensitive || !self.spoiler.trim().is_empty(),
            tell,
            terms: Terms {
                kept_from: named(app, me, &self.kept_from).await?,
                replies: answering.replies(),
                quotes: quoting,
            },
            media: attach::attaching(self),
            poll: attach::poll(self),
            once: None,
            written_with: None,
        })
    }

    /// Lays out the composer as it was sent.
    fn refill(&self, composer: &mut ComposerView) {
        composer.text.clone_from(&self.text);
        composer.spoiler.clone_from(&self.spoiler);
        if let Some(format) = Format::parse(&self.format) {
            composer.markdown = format == Format::Markdown;
        }
        composer.kept_from.clone_from(&self.kept_from);
        if let Some(later) = &mut composer.later {
            later.clone_from(&self.later);
        }
        composer.draft = self.draft;
        composer.sensitive = self.sensitive;
        if let Ok(visibility) = Visibility::parse(&self.visibility) {
            composer.seen_by = seen_by(visibility);
        }
        if let Some(answering) = Answering::parse(&self.answers) {
            composer.answers = answers(answering);
        }
        if let Some(quoting) = Quoting::parse(&self.quotes) {
            composer.quotes = quotes(quoting);
        }
        if !self.language.is_empty() {
            choose_language(&mut composer.languages, &self.language);
        }
        if self.says_whom() {
            for who in &mut composer.tell {
                who.ticked = self.tell.contains(&who.handle);
            }
        }
    }
}

fn handles<'a>(typed: impl IntoIterator<Item = &'a String>) -> Vec<Handle> {
    let typed = typed.into_iter();
    typed
        .filter_map(|handle| Handle::parse(handle).ok())
        .collect()
}

fn format_of(markdown: bool) -> Format {
    if markdown {
        Format::Markdown
    } else {
        Format::Plain
    }
}

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
}

/// `GET /compose`
pub async fn compose_form(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    axum::extract::Query(query): axum::extract::Query<ComposeQuery>,
) -> Result<Reply> {
    let mut composer = composer(&app, &me);
    if let Some(to) = query.to {
        let person = accounts::show(&app, &me.party(), Way::Page, to).await?;
        composer.text = format!("{} ", person_view(&person, &me.community).handle());
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
        let came = if form.later.trim().is_empty() {
            let draft = form.draft(&app, &me).await?;
            let status = publish(&app, &me.community, me.account.clone(), draft).await?;
            Came::Posted(Box::new(status))
        } else {
            let at = scheduled::web::read_field(&form.later)?;
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
            let done = Notice("Your draft is kept. Nobody else sees it.".to_owned());
            let done = cookie::notice(&visit.community, &done);
            Ok(Reply::see_other("/drafts").with_cookie(done))
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
