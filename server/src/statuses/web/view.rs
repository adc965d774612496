//! From what the gate cleared to what a page lays out.

mod card;
mod composer;
mod files;
mod marks;
mod poll;
mod quoted;

use std::borrow::Cow;
use std::collections::HashMap;

use comity_policy::{Act, Approval, Because, Conditions, Listener, Outcome, Verdict, Visible, Way};
use comity_vocab::Visibility;

use crate::accounts::Account;
use crate::app::App;
use crate::cards::{self, Card};
use crate::communities::Community;
use crate::emojis::Shown as Emoji;
use crate::emojis::html::{in_html, in_plain};
use crate::error::Result;
use crate::filters::{Action, Context, Matcher};
use crate::http::Visit;
use crate::quotes::State;
use crate::statuses::entity::emojis;
use crate::statuses::{self, Marks, Shown, Status, is_sensitive, text};
use crate::text::sanitize;
use crate::web::view::{
    Counts, Mark, MarkKind, PersonView, QuotedView, ReactionView, ReplyView, StatusView, Veil,
    ViewerView, WhyNot,
};
use crate::web::{cleared_view, person_view, profile_path, time};
use crate::{polls, reactions, reblogs, rules};
use composer::choices_for_reply;
pub use composer::{choices, choose_language, composer, seen_by};
use files::attachments;
use marks::{consent_mark, files_unseen, filter_veil, limited_mark};
pub use quoted::{may_stand_within, quoted_by};
use quoted::{quote_mark, quoted};

/// What filling the posts of one page needs to know of the reader, asked once for all of them.
pub struct Reader<'a> {
    visit: &'a Visit,
    now_ms: i64,
    marks: Marks,
    /// What is said of them by emoji.
    said: HashMap<i64, Vec<reactions::Chosen>>,
    /// What these quote, as the reader may see it by the same way.
    quoted: HashMap<i64, Visible<Status>>,
    /// What the pages say to which these link.
    cards: HashMap<i64, Card>,
    /// What the reader chose in their polls.
    votes: HashMap<i64, Vec<i64>>,
    /// What the reader wants folded, or not at all.
    filters: Matcher,
    /// What the gate says to acts of which an author said something.
    answers: HashMap<(i64, Act), Verdict>,
    /// Codes of emoji from elsewhere stay codes, and files are counted instead of shown.
    plainly: bool,
    app: App,
    book: std::sync::Arc<comity_policy::RuleBook>,
    listener: Listener,
}

impl<'a> Reader<'a> {
    /// For a page that shows these by this way.
    pub async fn of(
        app: &App,
        visit: &'a Visit,
        way: Way,
        statuses: &[&Visible<Status>],
    ) -> Result<Reader<'a>> {
        let ids: Vec<i64> = statuses.iter().map(|status| status.id).collect();
        let marks = match &visit.me {
            Some(me) => Marks::of(&app.db, me.account.id, ids.clone(), Vec::new()).await?,
            None => Marks::default(),
        };
        let mine = visit.me.as_ref().map(|me| me.account.id);
        let said = reactions::of(app, &visit.party(), mine, ids.clone()).await?;
        let asks = statuses.iter().filter(|status| text(status).poll.is_some());
        let asks: Vec<i64> = asks.map(|status| status.id).collect();
        let votes = match &visit.me {
            Some(me) => polls::own(&app.db, me.account.id, asks).await?,
            None => HashMap::new(),
        };
        let answers = match &visit.me {
            Some(_) => answers(app, statuses).await?,
            None => HashMap::new(),
        };
        let filters = match &visit.me {
            Some(me) if !ids.is_empty() => Matcher::of(app, me.account.id).await?,
            _ => Matcher::default(),
        };
        Ok(Reader {
            quoted: quoted(app, visit, way, statuses).await?,
            cards: cards::of(app, statuses).await?,
            answers,
            votes,
            filters,
            plainly: false,
            visit,
            now_ms: app.now_ms(),
            marks,
            said,
            app: app.clone(),
            book: app.gate.book(),
            listener: rules::listener(visit),
        })
    }

    /// The same without files, and without pictures in the words of people elsewhere: their servers would learn that
    /// somebody looked.
    #[must_use]
    pub fn plainly(self) -> Reader<'a> {
        Reader {
            plainly: true,
            ..self
        }
    }

    /// Who wrote or shared it.
    fn author(&self, status: &Visible<Status>) -> PersonView {
        let here = &self.visit.community;
        if self.plainly {
            person_view(&status.author, here)
        } else {
            cleared_view(&status.author, status, here)
        }
    }

    fn emojis(&self, status: &Visible<Status>) -> Vec<Emoji> {
        if self.plainly && !status.author.is_local() {
            return Vec::new();
        }
        emojis(status, &self.visit.community)
    }

    /// What is said of it by emoji; nothing of what waits for a yes.
    fn reactions(&self, status: &Visible<Status>) -> Vec<ReactionView> {
        if self.plainly {
            return Vec::new();
        }
        let here = &self.visit.community;
        let said = self.said.get(&status.id).map_or(&[][..], Vec::as_slice);
        said.iter()
            .map(|chosen| {
                let picture = reactions::entity::picture(chosen, &self.visit.party(), here);
                let is_code = chosen.emoji.starts_with(':');
                let may = self.why_not(status, Act::Favourite).is_none();
                ReactionView {
                    html: in_plain(&chosen.emoji, picture.as_slice()),
                    emoji: chosen.emoji.clone(),
                    count: chosen.chosen,
                    mine: chosen.mine > 0,
                    may_say: may && (!is_code || chosen.community_id == Some(here.id)),
                }
            })
            .collect()
    }

    /// One post.
    pub fn view(&self, status: &Visible<Status>, reblog: Option<&Visible<Status>>) -> StatusView {
        let here = &self.visit.community;
        let words = text(status);
        let me = self.visit.me.as_ref();
        let own = me.is_some_and(|me| me.account.id == status.author.id);
        let is_open = matches!(status.visibility, Visibility::Public | Visibility::Unlisted);
        let mut marks = Vec::new();
        if own {
            marks.push(Mark::plain(MarkKind::You));
        }
        if status.is_limited() {
            marks.push(limited_mark());
        }
        let waits = me.is_some_and(|me| status.waits_for(me.account.id));
        let quote = status.quote.as_ref();
        let quote_waits =
            me.is_some_and(|me| quote.is_some_and(|quote| quote.waits_for(me.account.id)));
        let answer_waits =
            waits && (!quote_waits || matches!(status.approval, Approval::Waits { .. }));
        if waits {
            marks.push(Mark {
                kind: MarkKind::Ask,
                text: if quote_waits {
                    "quotes you; waits for your yes".to_owned()
                } else {
                    "waits for your yes".to_owned()
                },
            });
        }
        let bound = status.conditions();
        let leaves_files_out = bound.contains(Conditions::DROP_MEDIA);
        if leaves_files_out && !words.attachments.is_empty() {
            marks.push(Mark {
                kind: MarkKind::Remark,
                text: "files left out".to_owned(),
            });
        } else if self.plainly && !words.attachments.is_empty() {
            marks.push(files_unseen(words.attachments.len()));
        }
        if own {
            marks.extend(consent_mark(status));
            marks.extend(quote_mark(status));
        }
        let answers_me = me.is_some_and(|me| status.answers(me.account.id));
        let why = WhyNot {
            reply: self.why_not(status, Act::Reply),
            favourite: self.why_not(status, Act::Favourite),
            reblog: self.why_not(status, Act::Reblog),
            quote: self.why_not(status, Act::Quote),
        };
        let quote = self.quote_of(status);
        let quotes_me = me.is_some_and(|me| {
            let quote = status.quote.as_ref();
            quote.is_some_and(|quote| quote.state == State::Stands && quote.is_of(me.account.id))
        });
        let content = match quote {
            Some(QuotedView::Post(_)) => Cow::Owned(sanitize::without_quote_link(&words.content)),
            _ => Cow::Borrowed(words.content.as_str()),
        };
        let is_out = matches!(status.approval, Approval::Removed { .. });
        let emojis = self.emojis(status);
        StatusView {
            id: status.id,
            url: path(status, here),
            original_url: (!status.author.is_local()).then(|| {
                status
                    .url
                    .clone()
                    .unwrap_or_else(|| status.iri.as_str().to_owned())
            }),
            author: self.author(status),
            when_iso: time::iso(status.created_at),
            when_text: time::words(status.created_at, self.now_ms),
            edited: status.edited_at.is_some(),
            seen_by: seen_by(status.visibility),
            spoiler: spoiler(&words.spoiler_text, bound),
            spoiler_html: in_plain(
                &spoiler(&words.spoiler_text, bound).unwrap_or_default(),
                &emojis,
            ),
            html: in_html(&with_title(&words.title, &content), &emojis),
            lang: words.language.clone(),
            covered: covered(status),
            pinned: false,
            reblogged_by: reblog.map(|reblog| self.author(reblog)),
            reply_to: status
                .in_reply_to
                .as_ref()
                .map(|account| person_view(account, here)),
            reply_to_url: status
                .in_reply_to_id
                .zip(status.in_reply_to.as_ref())
                .map(|(id, account)| format!("{}/{id}#s{id}", profile_path(account, here))),
            counts: Counts {
                replies: count(status.replies_count),
                reblogs: count(status.reblogs_count),
                favourites: count(status.favourites_count),
            },
            viewer: ViewerView {
                own,
                favourited: self.marks.favourited.contains(&status.id),
                reblogged: self.marks.reblogged.contains(&status.id),
                bookmarked: self.marks.bookmarked.contains(&status.id),
                pinned: self.marks.pinned.contains(&status.id),
                may_pin: own && is_open,
                may_take_out: answers_me && !own && !is_out && !answer_waits,
                may_put_back: answers_me && !own && (is_out || answer_waits),
                may_unquote: quotes_me && !own,
                may_quote: me.is_some()
                    && is_open
                    && (own || (statuses::may_be_quoted(status) && why.quote.is_none()))
                    && !bound.contains(Conditions::NO_BOOSTS),
                may_reply: me.is_some() && why.reply.is_none(),
                may_favourite: me.is_some() && why.favourite.is_none(),
                may_reblog: why.reblog.is_none()
                    && !bound.contains(Conditions::NO_BOOSTS)
                    && me.is_some_and(|me| reblogs::seen_by(status, &me.account).is_some()),
                may_leave: false,
            },
            viewer_why: why,
            marks,
            reactions: self.reactions(status),
            attachments: if leaves_files_out || self.plainly {
                Vec::new()
            } else {
                attachments(&self.app, status)
            },
            poll: words
                .poll
                .as_ref()
                .map(|poll| self.poll(status, poll, &emojis)),
            quote,
            card: self.card(status),
            asks_to_quote: self.asks_to_quote(status),
            veil: None,
            reply: None,
        }
    }

    /// One post of a conversation: with a small composer, and folded where a rule or a mute asks for it.
    pub fn view_in_conversation(&self, status: &Visible<Status>) -> StatusView {
        let mut view = self.view(status, None);
        view.reply_to = None;
        if let Some(me) = self.visit.me.as_ref().filter(|_| view.viewer.may_reply) {
            view.reply = Some(ReplyView {
                asks: self.asks_first(status, Act::Reply),
                seen_by: seen_by(me.member.default_visibility.narrowed_to(status.visibility)),
                choices: choices_for_reply(status.visibility),
            });
        }
        view.veil = if status.is_folded() {
            Some(self.veil(status))
        } else {
            // What is answered has to stand somewhere: here, what a filter hides is folded too.
            let filter = self.filters.decides(status, Context::Thread);
            filter.and_then(filter_veil)
        };
        view
    }

    /// One post of a list in this context; `None` where a filter of the reader hides it.
    pub fn view_in(
        &self,
        context: Option<Context>,
        status: &Visible<Status>,
        reblog: Option<&Visible<Status>>,
    ) -> Option<StatusView> {
        let filter = context.and_then(|context| self.filters.decides(status, context));
        if filter.is_some_and(|filter| filter.action == Action::Hide) {
            return None;
        }
        let mut view = self.view(status, reblog);
        view.veil = filter.and_then(filter_veil);
        Some(view)
    }

    /// Why its author's word stands against this.
    fn why_not(&self, status: &Status, act: Act) -> Option<String> {
        let verdict = self.answers.get(&(status.id, act))?;
        if act == Act::Reblog && verdict.outcome == Outcome::Hold {
            return Some(statuses::asks_first(status, act));
        }
        statuses::why_not(status, act, verdict)
    }

    /// Whether its author is asked first: a sentence.
    pub fn asks_first(&self, status: &Status, act: Act) -> Option<String> {
        let verdict = self.answers.get(&(status.id, act))?;
        let asks = verdict.outcome == Outcome::Hold
            && matches!(verdict.because, Because::Wishes(_) | Because::Replies);
        let me = self.visit.me.as_ref();
        let needs =
            act == Act::Reply && me.is_some_and(|me| statuses::needs_yes(status, &me.account));
        let asks = asks || (needs && verdict.outcome != Outcome::Refuse);
        asks.then(|| statuses::asks_first(status, act))
    }

    /// Why a post is folded.
    fn veil(&self, status: &Visible<Status>) -> Veil {
        if status.is_muted() {
            return Veil {
                sentence: "Someone you mute".to_owned(),
                mark: Mark::plain(MarkKind::Muted),
                why_url: None,
            };
        }
        Veil {
            sentence: self.sentence_of(status),
            mark: Mark::plain(MarkKind::Limited),
            why_url: Some(format!("/why?status={}", status.id)),
        }
    }

    fn sentence_of(&self, status: &Visible<Status>) -> String {
        let why = rules::plainly(&self.app, self.visit, status.because())
            .unwrap_or_else(|| status.sentence_for(&self.book, self.listener));
        format!("A post from {}. {why}", status.author.domain.unicode())
    }

    /// Somebody's name and face.
    pub fn person(&self, account: &Account) -> PersonView {
        person_view(account, &self.visit.community)
    }
}

/// The words that cover the files of a post, where its author or a rule wants them covered.
fn covered(status: &Visible<Status>) -> Option<&'static str> {
    if text(status).sensitive {
        return Some("Sensitive, says the author");
    }
    is_sensitive(status).then_some("Sensitive, says a rule")
}

/// The context of filters that a list by this way is.
fn context(way: Way) -> Option<Context> {
    match way {
        Way::HomeTimeline => Some(Context::Home),
        Way::LocalTimeline | Way::PublicTimeline => Some(Context::Public),
        Way::Notification => Some(Context::Notifications),
        Way::Conversation => Some(Context::Thread),
        Way::Page => Some(Context::Account),
        _ => None,
    }
}

/// What the gate says to acts of which the authors of these said something; of the others it is asked when they are done.
async fn answers(app: &App, shown: &[&Visible<Status>]) -> Result<HashMap<(i64, Act), Verdict>> {
    let acts = [Act::Reply, Act::Favourite, Act::Reblog, Act::Quote];
    let asked: Vec<(Act, &Visible<Status>)> = shown
        .iter()
        .flat_map(|status| acts.map(|act| (act, *status)))
        .filter(|(act, status)| statuses::has_terms(status, *act))
        .collect();
    let verdicts = app.gate.may_all_seen(Way::Page, &asked).await?;
    let keys = asked.iter().map(|(act, status)| (status.id, *act));
    Ok(keys.zip(verdicts).collect())
}

/// Posts as a list shows them; without those that a filter of the reader hides there.
pub async fn views(app: &App, visit: &Visit, way: Way, list: &[Shown]) -> Result<Vec<StatusView>> {
    let statuses: Vec<&Visible<Status>> = list.iter().map(|shown| &shown.status).collect();
    let reader = Reader::of(app, visit, way, &statuses).await?;
    let context = context(way);
    Ok(list
        .iter()
        .filter_map(|shown| reader.view_in(context, &shown.status, shown.reblog.as_ref()))
        .collect())
}

/// Where a status is on the pages of `here`: its conversation, with itself in sight.
pub fn path(status: &Status, here: &Community) -> String {
    format!(
        "{}/{}#s{}",
        profile_path(&status.author, here),
        status.id,
        status.id
    )
}

/// The author's warning, or else that of a rule.
pub fn spoiler(authors: &str, bound: Conditions) -> Option<String> {
    if !authors.is_empty() {
        return Some(authors.to_owned());
    }
    bound
        .contains(Conditions::MARK_SENSITIVE)
        .then(|| "A boundary puts this behind a warning".to_owned())
}

/// Articles have a heading of their own.
pub fn with_title(title: &str, content: &str) -> String {
    if title.is_empty() {
        return content.to_owned();
    }
    format!(
        "<p><strong>{}</strong></p>{content}",
        crate::text::plain::escape(title)
    )
}

fn count(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}
