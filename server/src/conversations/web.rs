//! The conversation page: the whole thread around one post.

mod directs;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use comity_policy::{Visible, Way};
use comity_vocab::Visibility;
use serde::Deserialize;

pub use directs::{directs, hide, read, unread};

use super::{Branch, Hole, Leaf, thread};
use crate::accounts::web::named;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::form::Back;
use crate::http::{Form, Me, Path, Reply, Visit};
use crate::rules::web::Protected;
use crate::statuses::web::{Reader, composer};
use crate::statuses::{self, Status};
use crate::text::{plain, sanitize};
use crate::web::view::{
    Above, ConversationPage, HoleView, LeaveView, Mark, NavItem, Node, NodeBody, QuotedView,
    ServerLine, lay_out,
};
use crate::web::{frame, person_view};
use crate::{backfill, reach, rules};

/// Letters of the post in the page's title.
const TITLE: usize = 60;

/// `GET /@{handle}/{id}?view=order&after=ID`
#[derive(Debug, Deserialize)]
pub struct View {
    #[serde(default)]
    view: String,
    /// The rest of a thread that is too long for one page: in order, what is newer than this.
    #[serde(default)]
    after: i64,
}

/// `GET /@{handle}/{id}`
pub async fn page(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    Path((handle, id)): Path<(String, i64)>,
    Query(view): Query<View>,
) -> Result<Reply> {
    let party = visit.party();
    let status = statuses::find(&app, &party, Way::Page, id).await?;
    let owner = named(&app, &visit.community, &handle).await?;
    if owner.id != status.author.id || status.reblog_of.is_some() {
        return Err(Error::NotFound);
    }
    let address = format!("{}/{id}", person_view(&status.author, &visit.community).url);
    let thread = thread(&app, &party, &status, view.after).await?;
    let more_comes = match &visit.me {
        Some(me) => backfill::ask(&app, me, &status).await.is_some(),
        None => false,
    };
    let end = newest(&thread.roots);
    let is_rest = view.after > 0;
    let in_order = view.view == "order" || is_rest;
    let around = if is_rest {
        Around {
            above: Vec::new(),
            focus: status,
            replies: newer(thread.roots, view.after),
        }
    } else {
        around(thread.roots, id).ok_or(Error::NotFound)?
    };
    let reader = reader_of(&app, &visit, &around).await?;
    let focus = reader.view(&around.focus, None);
    let text = statuses::text(&around.focus);
    // A title is seen in tabs and previews, where nothing can be folded.
    let words = if text.spoiler_text.is_empty() {
        match focus.quote {
            Some(QuotedView::Post(_)) => plain::block(&sanitize::without_quote_link(&text.content)),
            _ => plain::block(&text.content),
        }
    } else {
        text.spoiler_text.clone()
    };
    let title = format!(
        "{}: {}",
        focus.author.name,
        words.chars().take(TITLE).collect::<String>()
    );
    let (mut answering, mut leaving) = (None, None);
    if let Some(me) = &visit.me {
        let mut composer = composer(&app, me);
        reader.prepare_reply(&mut composer, &around.focus);
        answering = Some(composer);
        let conversation = around.focus.conversation_id;
        // Looking at it is reading it, once the end of it is there: without JavaScript nothing else tells that it was seen, and
        // it changes only what this member is told of it. A browser that fetches ahead shows it to nobody yet.
        let is_at_end = thread.rest.is_none() && newest(&around.replies).max(id) >= end;
        let is_direct = around.focus.visibility == Visibility::Direct;
        if is_direct && is_at_end && !is_ahead(&headers) {
            super::read_up_to(&app, &me.account, conversation, end.max(id)).await?;
        }
        let mine = super::left_by(&app, &me.account, vec![conversation]).await?;
        leaving = Some(LeaveView {
            id,
            has_left: !mine.is_empty(),
        });
    }
    let shown_below = count(&around.replies);
    let nodes = if in_order {
        one_after_another(&reader, around.replies)
    } else {
        nodes(&reader, around.replies)
    };
    let servers = servers(&app, &visit, &thread.servers).await?;
    let travels = if focus.viewer.own {
        reach::web::travels(&app, &around.focus).await?
    } else {
        None
    };
    let mut frame = frame(&app, &visit, &title, NavItem::Elsewhere).await?;
    frame.no_index = !around.focus.author.is_local();
    let top = around.above.iter().find_map(post_of);
    let top_url = top.map(|status| statuses::web::path(status, &visit.community));
    // The rest is of the whole thread, so it is read from its beginning.
    let whole = match top {
        Some(top) => format!(
            "{}/{}",
            person_view(&top.author, &visit.community).url,
            top.id
        ),
        None => address.clone(),
    };
    let more_url = thread
        .rest
        .map(|last| format!("{whole}?view=order&after={last}"));
    Ok(Reply::page(ConversationPage {
        frame,
        summary: summary(shown_below, more_url.is_some() || is_rest, servers.len()),
        in_order,
        tree_url: address.clone(),
        order_url: format!("{address}?view=order"),
        top_url,
        above: around
            .above
            .into_iter()
            .map(|leaf| match leaf {
                Leaf::Post(status) => Above::Post(Box::new(reader.view_in_conversation(&status))),
                Leaf::Hole(hole) => Above::Hole(hole_view(&hole)),
            })
            .collect(),
        focus,
        travels,
        composer: answering,
        leaving,
        steps: lay_out(nodes),
        more_comes,
        more_url,
        servers,
        protections: rules::web::protections(
            &visit.community,
            Protected::Conversation(visit.me.as_ref()),
        ),
    }))
}

/// Whether a browser fetches a page before anybody asked to see it. Some say so by the older name.
fn is_ahead(headers: &HeaderMap) -> bool {
    ["sec-purpose", "purpose"].iter().any(|name| {
        let said = headers.get(*name).and_then(|value| value.to_str().ok());
        let said = said.and_then(|value| value.split(';').next());
        said.is_some_and(|word| word.trim().eq_ignore_ascii_case("prefetch"))
    })
}

/// `POST /statuses/{id}/leave`: the conversation around it.
pub async fn leave(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::leave(&app, &me.account, id).await?;
    Ok(back.to())
}

/// `POST /statuses/{id}/join`: the conversation around it, again.
pub async fn join(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::join(&app, &me.account, id).await?;
    Ok(back.to())
}

/// A thread seen from one of its posts.
struct Around {
    /// What it answers, the first of all first.
    above: Vec<Leaf>,
    focus: Visible<Status>,
    replies: Vec<Branch>,
}

/// Finds the post and keeps the way to it and what hangs below it. Walks without recursion.
fn around(roots: Vec<Branch>, id: i64) -> Option<Around> {
    // The way down to each branch, as places among siblings.
    let way = {
        let mut waiting: Vec<(Vec<usize>, &Branch)> = roots
            .iter()
            .enumerate()
            .map(|(place, branch)| (vec![place], branch))
            .collect();
        loop {
            let (way, branch) = waiting.pop()?;
            if matches!(&branch.leaf, Leaf::Post(status) if status.id == id) {
                break way;
            }
            waiting.extend(branch.replies.iter().enumerate().map(|(place, below)| {
                let mut way = way.clone();
                way.push(place);
                (way, below)
            }));
        }
    };
    let mut above = Vec::new();
    let mut siblings = roots;
    let last = way.len() - 1;
    for (depth, place) in way.into_iter().enumerate() {
        let branch = siblings.into_iter().nth(place)?;
        if depth == last {
            let Leaf::Post(focus) = branch.leaf else {
                return None;
            };
            return Some(Around {
                above,
                focus: *focus,
                replies: branch.replies,
            });
        }
        above.push(branch.leaf);
        siblings = branch.replies;
    }
    None
}

/// What is newer than `than`, each post by itself.
fn newer(roots: Vec<Branch>, than: i64) -> Vec<Branch> {
    let mut newer = Vec::new();
    let mut waiting = roots;
    while let Some(branch) = waiting.pop() {
        waiting.extend(branch.replies);
        if post_of(&branch.leaf).is_some_and(|status| status.id > than) {
            newer.push(Branch {
                leaf: branch.leaf,
                replies: Vec::new(),
            });
        }
    }
    newer
}

async fn reader_of<'a>(app: &App, visit: &'a Visit, around: &Around) -> Result<Reader<'a>> {
    let mut all: Vec<&Visible<Status>> = vec![&around.focus];
    all.extend(around.above.iter().filter_map(post_of));
    let mut waiting: Vec<&Branch> = around.replies.iter().collect();
    while let Some(branch) = waiting.pop() {
        all.extend(post_of(&branch.leaf));
        waiting.extend(&branch.replies);
    }
    Reader::of(app, visit, Way::Conversation, &all).await
}

/// The number of the newest post among these that is shown; 0 for none.
fn newest(branches: &[Branch]) -> i64 {
    let mut newest = 0;
    let mut waiting: Vec<&Branch> = branches.iter().collect();
    while let Some(branch) = waiting.pop() {
        newest = newest.max(post_of(&branch.leaf).map_or(0, |status| status.id));
        waiting.extend(&branch.replies);
    }
    newest
}

fn post_of(leaf: &Leaf) -> Option<&Visible<Status>> {
    match leaf {
        Leaf::Post(status) => Some(status),
        Leaf::Hole(_) => None,
    }
}

fn count(branches: &[Branch]) -> usize {
    let mut waiting: Vec<&Branch> = branches.iter().collect();
    let mut posts = 0;
    while let Some(branch) = waiting.pop() {
        posts += usize::from(post_of(&branch.leaf).is_some());
        waiting.extend(&branch.replies);
    }
    posts
}

/// What answers a hole stands beside it: nobody is shown there for a line to leave from.
fn nodes(reader: &Reader<'_>, branches: Vec<Branch>) -> Vec<Node> {
    let mut nodes = Vec::with_capacity(branches.len());
    for branch in branches {
        match branch.leaf {
            Leaf::Post(status) => nodes.push(Node {
                body: NodeBody::Post(Box::new(reader.view_in_conversation(&status))),
                children: self::nodes(reader, branch.replies),
            }),
            Leaf::Hole(hole) => {
                nodes.push(Node {
                    body: NodeBody::Hole(hole_view(&hole)),
                    children: Vec::new(),
                });
                nodes.extend(self::nodes(reader, branch.replies));
            }
        }
    }
    nodes
}

fn one_after_another(reader: &Reader<'_>, branches: Vec<Branch>) -> Vec<Node> {
    let mut all: Vec<Box<Visible<Status>>> = Vec::new();
    let mut waiting = branches;
    while let Some(branch) = waiting.pop() {
        waiting.extend(branch.replies);
        if let Leaf::Post(status) = branch.leaf {
            all.push(status);
        }
    }
    all.sort_by_key(|status| status.id);
    all.iter()
        .map(|status| {
            let mut view = reader.view_in_conversation(status);
            view.reply_to = status
                .in_reply_to
                .as_ref()
                .map(|account| reader.person(account));
            Node {
                body: NodeBody::Post(Box::new(view)),
                children: Vec::new(),
            }
        })
        .collect()
}

fn hole_view(hole: &Hole) -> HoleView {
    let server = hole.server.unicode();
    let what = match hole.count {
        1 => format!("A reply from {server} is not shown."),
        many => format!("{} replies from {server} are not shown.", spelled(many)),
    };
    HoleView {
        sentence: format!("{what} {}", hole.sentence),
        why_url: Some(format!("/why?about={}", hole.server)),
    }
}

/// Small numbers read better as words.
fn spelled(number: usize) -> String {
    const WORDS: [&str; 10] = [
        "No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine",
    ];
    WORDS
        .get(number)
        .map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

/// "18 replies, 3 servers take part"; of a part of a thread, how many are on the page.
fn summary(replies: usize, is_part: bool, servers: usize) -> String {
    let replies = match replies {
        0 => return String::new(),
        1 if is_part => "1 reply here".to_owned(),
        many if is_part => format!("{many} replies here"),
        1 => "1 reply".to_owned(),
        many => format!("{many} replies"),
    };
    if servers > 1 {
        format!("{replies}, {servers} servers take part")
    } else {
        replies
    }
}

async fn servers(app: &App, visit: &Visit, servers: &[super::Tally]) -> Result<Vec<ServerLine>> {
    let mut lines = Vec::with_capacity(servers.len());
    for tally in servers {
        let stance = rules::stance_towards_server(app, visit, &tally.server).await?;
        let mut count = tally.shown.to_string();
        if tally.withheld > 0 {
            count = format!("{} not shown", tally.withheld);
        }
        lines.push(ServerLine {
            name: tally.server.unicode(),
            mark: stance.map(|stance| Mark::plain(rules::web::mark_kind(stance.stance))),
            count,
        });
    }
    Ok(lines)
}
