//! D, public surfaces of our own, and what members see of each other (L40 to L46, L58, L65).

use comity_policy::{Rule, Scope, Stance};
use comity_vocab::Visibility;
use url::form_urlencoded;

use super::Whose;
use super::cast::{Author, Cast, LONG_KNOWN_DAYS, Party};
use super::expected::{Other, Rules};
use super::planted::Post;
use super::stage::{Asker, Stage};
use super::tally::Tally;
use crate::accounts;
use crate::error::Result;
use crate::router::{Kind, ROUTES};

/// Shorter parts of a reason are words that stand on a page anyway.
const TELLING: usize = 8;

/// Where other servers' software has what Comity has not.
const ABSENT: [(u8, &str); 9] = [
    (24, "/contexts/{id}"),
    (24, "/users/{name}/statuses/{id}/context"),
    (25, "/users/{name}/statuses/{id}/likes"),
    (25, "/users/{name}/statuses/{id}/shares"),
    (26, "/users/{name}/quote_authorizations/{id}"),
    (41, "/@{name}.rss"),
    (41, "/@{name}/feed.rss"),
    (41, "/users/{name}.atom"),
    (62, "/settings/export"),
];

/// Tries them.
pub async fn try_all(stage: &Stage, cast: &Cast, rules: &Rules, tally: &mut Tally) -> Result<()> {
    for author in &cast.authors {
        visitors(stage, cast, author, tally).await?;
        everywhere(stage, cast, author, tally).await?;
        searches(stage, cast, author, tally).await?;
        members(stage, cast, author, tally).await?;
        neighbours(stage, cast, rules, author, tally).await?;
    }
    timelines(stage, cast, rules, tally).await?;
    reasons(stage, cast, rules, tally).await?;
    from_before(stage, cast, rules, tally).await
}

fn coded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Everywhere a post of theirs could stand, for members of `handle`'s community or another.
fn places(handle: &str, posts: &[Post]) -> Vec<String> {
    let mut all = vec![format!("/@{handle}")];
    for post in posts {
        all.push(format!("/@{handle}/{}", post.id));
        all.push(format!("/statuses/{}/history", post.id));
        all.push(format!("/search?q={}", coded(post.iri.as_str())));
    }
    all
}

/// L40: pages for visitors.
async fn visitors(stage: &Stage, cast: &Cast, author: &Author, tally: &mut Tally) -> Result<()> {
    let mut pages = places(&author.local.account.username, &author.posts);
    pages.extend(["/".to_owned(), "/about".to_owned()]);
    for page in pages {
        let answer = stage.get(&cast.community, &page, Asker::Visitor).await?;
        for post in author.posts.iter().filter(|post| !is_public(post)) {
            tally.tried(40, !answer.holds(&post.word), || {
                format!(
                    "{page} shows a {} post to visitors",
                    post.visibility.as_str()
                )
            });
        }
    }
    Ok(())
}

fn is_public(post: &Post) -> bool {
    matches!(post.visibility, Visibility::Public | Visibility::Unlisted)
}

/// L40, and of addresses for apps L42: every address that can be opened, and what is said to be absent (L24, L25, L26,
/// L41): nobody who does not say
/// who they are gets a word that is not public, at any of them.
async fn everywhere(stage: &Stage, cast: &Cast, author: &Author, tally: &mut Tally) -> Result<()> {
    let name = &author.local.account.username;
    if let Some(post) = author.post(Visibility::Private) {
        let id = post.id.to_string();
        let routes = ROUTES
            .iter()
            .filter(|route| route.method == "GET")
            .map(|route| {
                let number = if route.kind == Kind::Api { 42 } else { 40 };
                let path = route.path.replace("{handle}", name).replace("{name}", name);
                (
                    number,
                    path.replace("{id}", &id).replace("{token}", "nothing"),
                )
            });
        let absent = ABSENT
            .iter()
            .map(|(path, address)| (*path, address.replace("{name}", name).replace("{id}", &id)));
        for (path, address) in routes.chain(absent) {
            for asker in [Asker::Visitor, Asker::Unsigned] {
                let answer = stage.get(&cast.community, &address, asker).await?;
                tally.tried(path, !answer.holds(&post.word), || {
                    format!(
                        "{address} gives a {} post to whoever asks",
                        post.visibility.as_str()
                    )
                });
            }
        }
    }
    Ok(())
}

/// L42: timelines for visitors.
async fn timelines(stage: &Stage, cast: &Cast, rules: &Rules, tally: &mut Tally) -> Result<()> {
    for page in ["/", "/community", "/everyone"] {
        let answer = stage.get(&cast.community, page, Asker::Visitor).await?;
        for post in cast.authors.iter().flat_map(|author| &author.posts) {
            if post.visibility != Visibility::Public {
                tally.tried(42, !answer.holds(&post.word), || {
                    format!(
                        "{page} shows a {} post to visitors",
                        post.visibility.as_str()
                    )
                });
            }
        }
        for party in cast
            .parties
            .iter()
            .filter(|party| party.whose != Whose::Member)
        {
            let other = party.other(Some(&party.follower));
            let stance = rules.stance(&cast.community, None, &other, stage.app.now_ms());
            if matches!(stance, Stance::Limited | Stance::Withheld | Stance::Refused) {
                tally.tried(42, !answer.holds(&party.before), || {
                    format!("{page} shows visitors what {} wrote", party.told())
                });
            }
        }
    }
    Ok(())
}

/// L43: searches by who may not see.
async fn searches(stage: &Stage, cast: &Cast, author: &Author, tally: &mut Tally) -> Result<()> {
    let outsider = Asker::Member(&cast.outsider.session);
    for post in &author.posts {
        if matches!(post.visibility, Visibility::Private | Visibility::Direct) {
            let page = format!("/search?q={}", coded(post.iri.as_str()));
            let answer = stage.get(&cast.community, &page, outsider).await?;
            tally.tried(43, !answer.holds(&post.word), || {
                format!("a search found a {} post", post.visibility.as_str())
            });
        }
        // Half of it: the page repeats what it was asked for.
        let half = &post.word[..post.word.len() - 3];
        let answer = stage
            .get(
                &cast.community,
                &format!("/search?q={half}"),
                Asker::Visitor,
            )
            .await?;
        tally.tried(43, !answer.holds(&post.word), || {
            "a visitor's search found a post by a word of it".to_owned()
        });
    }
    let blocked = Asker::Member(&cast.blocked.session);
    let page = format!("/search?q={}", author.local.account.username);
    let answer = stage.get(&cast.community, &page, blocked).await?;
    tally.tried(43, !answer.holds(&author.bio), || {
        "a search by somebody who is blocked found who blocks them".to_owned()
    });
    Ok(())
}

/// L65: who is blocked, and who does not follow.
async fn members(stage: &Stage, cast: &Cast, author: &Author, tally: &mut Tally) -> Result<()> {
    let mut pages = places(&author.local.account.username, &author.posts);
    for post in &author.posts {
        pages.extend(["edit", "reach"].map(|what| format!("/statuses/{}/{what}", post.id)));
    }
    if let (Some(reply), Some(root)) = (&author.reply, &cast.root) {
        let friend = &cast.friend.account.username;
        pages.extend([reply.id, root.id].map(|id| format!("/@{friend}/{id}")));
    }
    pages.extend(["/home", "/everyone", "/community", "/notifications"].map(str::to_owned));
    for page in &pages {
        let blocked = stage
            .get(&cast.community, page, Asker::Member(&cast.blocked.session))
            .await?;
        let outsider = stage
            .get(&cast.community, page, Asker::Member(&cast.outsider.session))
            .await?;
        for post in author.posts.iter().chain(&author.answer) {
            tally.tried(65, !blocked.holds(&post.word), || {
                format!(
                    "{page} shows a {} post to whom its author blocks",
                    post.visibility.as_str()
                )
            });
            if matches!(post.visibility, Visibility::Private | Visibility::Direct) {
                tally.tried(65, !outsider.holds(&post.word), || {
                    format!(
                        "{page} shows a {} post to somebody who does not follow",
                        post.visibility.as_str()
                    )
                });
            }
        }
    }
    Ok(())
}

/// L65: a member of another community here.
async fn neighbours(
    stage: &Stage,
    cast: &Cast,
    rules: &Rules,
    author: &Author,
    tally: &mut Tally,
) -> Result<()> {
    let Some((elsewhere, neighbour)) = &cast.neighbour else {
        return Ok(());
    };
    let other = Other {
        domain: &elsewhere.domain,
        alias: None,
        account: Some(&neighbour.account.iri),
        known_days: LONG_KNOWN_DAYS,
    };
    let me = author.local.account.id;
    let stance = rules.stance(&cast.community, Some(me), &other, stage.app.now_ms());
    let handle = format!(
        "{}@{}",
        author.local.account.username, cast.community.domain
    );
    for page in places(&handle, &author.posts) {
        let answer = stage
            .get(elsewhere, &page, Asker::Member(&neighbour.session))
            .await?;
        for post in &author.posts {
            if !is_public(post) || stance == Stance::Refused {
                tally.tried(65, !answer.holds(&post.word), || {
                    format!(
                        "{page} shows a {} post to a member of {}",
                        post.visibility.as_str(),
                        elsewhere.domain
                    )
                });
            }
        }
    }
    Ok(())
}

/// L46: what is said of rules to visitors.
async fn reasons(stage: &Stage, cast: &Cast, rules: &Rules, tally: &mut Tally) -> Result<()> {
    let here = &cast.community;
    let mut public = format!("{}\n{}\n{}", here.name, here.description, here.rules_text);
    for rule in rules
        .all
        .iter()
        .filter(|rule| !matches!(rule.scope, Scope::Member(..)))
    {
        public.push_str(rule.reason_public.as_deref().unwrap_or_default());
        public.push('\n');
    }
    let mut pages = vec!["/about".to_owned(), "/boundaries".to_owned()];
    let named = cast
        .parties
        .iter()
        .filter(|party| party.whose != Whose::Nobody);
    pages.extend(named.map(|party| format!("/why?about={}", coded(party.domain.as_str()))));
    let secrets: Vec<String> = rules
        .all
        .iter()
        .flat_map(secrets)
        .filter(|secret| !public.contains(secret.as_str()))
        .collect();
    for page in pages {
        let answer = stage.get(here, &page, Asker::Visitor).await?;
        for secret in &secrets {
            // Which reason it is, is not told here either.
            tally.tried(46, !answer.holds(secret), || {
                format!("{page} tells visitors a reason that is not for them")
            });
        }
    }
    Ok(())
}

/// What of a rule is not for everybody, as it would stand on a page whatever is written around it.
fn secrets(rule: &Rule) -> Vec<String> {
    let own = matches!(rule.scope, Scope::Member(..)).then_some(rule.reason_public.as_deref());
    let texts = [
        own.flatten(),
        rule.reason_members.as_deref(),
        rule.reason_moderators.as_deref(),
        rule.evidence.as_deref(),
    ];
    let plain = |text: &str| {
        text.split(|letter: char| !(letter.is_alphanumeric() || letter == ' '))
            .map(str::trim)
            .max_by_key(|part| part.len())
            .filter(|part| part.len() >= TELLING)
            .map(str::to_owned)
    };
    texts.into_iter().flatten().filter_map(plain).collect()
}

/// L58: what was here before the rule that refuses its author.
async fn from_before(stage: &Stage, cast: &Cast, rules: &Rules, tally: &mut Tally) -> Result<()> {
    for party in &cast.parties {
        let stance = cast.stance(stage, rules, party.authors[0], party, &party.follower);
        if stance != Stance::Refused {
            continue;
        }
        for session in bound_by(cast, party) {
            for page in pages_of(stage, cast, party).await? {
                let answer = stage
                    .get(&cast.community, &page, Asker::Member(session))
                    .await?;
                tally.tried(58, !answer.holds(&party.before), || {
                    format!(
                        "{page} shows what {} wrote before it was refused",
                        party.told()
                    )
                });
            }
        }
    }
    Ok(())
}

/// Whose pages must not show what a refused party wrote.
fn bound_by<'a>(cast: &'a Cast, party: &Party) -> Vec<&'a str> {
    let author = &cast.authors[party.authors[0]].local.session;
    if party.whose == Whose::Member {
        return vec![author];
    }
    vec![author, &cast.friend.session, &cast.outsider.session]
}

async fn pages_of(stage: &Stage, cast: &Cast, party: &Party) -> Result<Vec<String>> {
    let mut pages: Vec<String> = ["/everyone", "/home", "/notifications", "/contacts"]
        .map(str::to_owned)
        .into();
    if let Some(root) = &cast.root {
        pages.push(format!("/@{}/{}", cast.friend.account.username, root.id));
    }
    pages.push(format!("/search?q={}", coded(party.before_iri.as_str())));
    if let Some(account) = accounts::find_by_iri(&stage.app, &party.follower).await? {
        pages.push(format!("/{}", account.handle()));
        if let Some(id) = crate::statuses::find_by_iri(&stage.app, &party.before_iri).await? {
            pages.push(format!("/{}/{id}", account.handle()));
        }
    }
    Ok(pages)
}
