//! Whom a post would reach, in words, before it is sent. What it says is what delivery will ask.

use comity_policy::{Because, Circle, Replies};
use comity_vocab::{Domain, Visibility};

use crate::app::App;
use crate::delivery::{Forecast, Kept, Why};
use crate::error::Result;
use crate::http::Me;
use crate::rules;
use crate::statuses::{self, Draft};
use crate::web::view::{NotSent, ReachView};

/// Servers named one by one; the others are counted.
const MOST_NAMED: usize = 5;
/// A post that names somebody who would not get it is not published.
const REFUSED: &str = "It cannot be posted as it is: it names somebody who would not get it.";

/// Whom this draft of a member would reach.
pub async fn preview(app: &App, me: &Me, draft: Draft) -> Result<ReachView> {
    let answering = draft.terms.replies;
    let is_answer = draft.in_reply_to_id.is_some();
    let is_quote = draft.quote_id.is_some();
    let (forecast, visibility, unreached) =
        statuses::preview(app, &me.community, &me.account, draft).await?;
    let name = &me.community.name;
    let reached = forecast.elsewhere + forecast.here;
    let kept: u64 = forecast.kept.values().map(|kept| kept.people).sum();
    let mut most_first: Vec<(&Domain, &Kept)> = forecast.kept.iter().collect();
    most_first.sort_by_key(|(server, kept)| (std::cmp::Reverse(kept.people), server.as_str()));
    let is_refused = !unreached.is_empty();
    let mut not_sent: Vec<NotSent> = Vec::new();
    for one in unreached {
        let server = one.handle.domain.as_ref();
        let elsewhere = server.filter(|server| **server != me.community.domain);
        not_sent.push(NotSent {
            whom: one.handle.to_string(),
            why: one.why,
            why_url: elsewhere.map(|server| format!("/why?about={server}")),
        });
    }
    for (server, kept) in most_first.iter().take(MOST_NAMED) {
        not_sent.push(NotSent {
            whom: format!("{} on {}", people(kept.people), server.unicode()),
            why: why(app, me, &kept.why),
            why_url: Some(format!("/why?about={server}")),
        });
    }
    if let Some(others) = most_first
        .get(MOST_NAMED..)
        .filter(|others| !others.is_empty())
    {
        let sum = others.iter().map(|(_, kept)| kept.people).sum();
        not_sent.push(NotSent {
            whom: format!("{} on {}", people(sum), servers(others.len())),
            why: String::new(),
            why_url: None,
        });
    }
    Ok(ReachView {
        held: if is_refused {
            REFUSED.to_owned()
        } else {
            held(&forecast, visibility, name)
        },
        asked: asked(visibility, answering, bounds(is_answer, is_quote)),
        loose: loose(visibility).map(str::to_owned),
        not_sent,
        held_share: if is_refused {
            0
        } else {
            share(reached, reached + kept)
        },
    })
}

fn why(app: &App, me: &Me, why: &Why) -> String {
    match why {
        Why::GivenUp => "It has not answered for a long time.".to_owned(),
        Why::Verdict(verdict) if verdict.because == Because::KeptFrom => {
            "You keep this post from them.".to_owned()
        }
        Why::Verdict(verdict) => rules::sentence_to(app, &me.party(), verdict),
    }
}

/// The whole is never drawn where somebody is left out, nor nothing where somebody is reached.
fn share(part: u64, whole: u64) -> u8 {
    let exact = (part * 100).checked_div(whole).unwrap_or(100);
    let share = if part == whole {
        100
    } else {
        exact.clamp(u64::from(part > 0), 99)
    };
    u8::try_from(share).unwrap_or(100)
}

fn held(forecast: &Forecast, visibility: Visibility, name: &str) -> String {
    let mut parts = Vec::new();
    if forecast.elsewhere > 0 {
        let on = servers(forecast.servers.len());
        parts.push(format!("{} on {on}", people(forecast.elsewhere)));
    }
    if forecast.here > 0 {
        let here = if parts.is_empty() {
            people(forecast.here)
        } else {
            forecast.here.to_string()
        };
        parts.push(format!("{here} here"));
    }
    let whom = match (parts.is_empty(), visibility) {
        (_, Visibility::Local) => {
            return format!("Members of {name}. It goes to no other server.");
        }
        (true, _) if !forecast.kept.is_empty() => {
            return "Goes out to nobody, for the reasons below.".to_owned();
        }
        (true, Visibility::Direct) => return "Names nobody yet.".to_owned(),
        (true, _) => return "Goes out to nobody yet: nobody follows you.".to_owned(),
        (false, _) => parts.join(" and "),
    };
    let more = if forecast.more { "More than " } else { "" };
    format!("{more}{whom}, each cleared by your rules and those of {name}.")
}

/// What other servers are asked to keep to; some do.
fn asked(
    visibility: Visibility,
    answering: Replies,
    bounds: Option<&'static str>,
) -> Option<String> {
    let travels = match visibility {
        Visibility::Public | Visibility::Unlisted => {
            Some("May travel on by boosts, where your rules let them.")
        }
        Visibility::Private => Some("Their servers are asked to show it to nobody else."),
        Visibility::Direct | Visibility::Local => return None,
    };
    let answers = match answering.freely {
        _ if answering.asking > answering.freely => {
            Some("Other servers are asked to let answers wait for your yes.")
        }
        Circle::Everyone => None,
        Circle::Followers => Some("Other servers are asked to leave answers to your followers."),
        Circle::Mentioned => Some("Other servers are asked to leave answers to whom it names."),
        Circle::Nobody => Some("Other servers are asked for no answers."),
    };
    let all: Vec<&str> = travels.into_iter().chain(bounds).chain(answers).collect();
    Some(all.join(" "))
}

/// Who else decides how far it goes.
fn bounds(is_answer: bool, is_quote: bool) -> Option<&'static str> {
    match (is_answer, is_quote) {
        (true, true) => {
            Some("It goes no further than whoever it answers and whoever it quotes let it.")
        }
        (true, false) => Some("It goes no further than whoever it answers lets it."),
        (false, true) => Some("It goes no further than whoever it quotes lets it."),
        (false, false) => None,
    }
}

fn loose(visibility: Visibility) -> Option<&'static str> {
    match visibility {
        Visibility::Public | Visibility::Unlisted => {
            Some("Anybody can read its page here without signing in.")
        }
        Visibility::Private | Visibility::Direct | Visibility::Local => None,
    }
}

fn people(count: u64) -> String {
    match count {
        1 => "1 person".to_owned(),
        many => format!("{many} people"),
    }
}

fn servers(count: usize) -> String {
    match count {
        1 => "1 server".to_owned(),
        many => format!("{many} servers"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_left_out_is_hidden_by_rounding() {
        assert_eq!(share(0, 0), 100);
        assert_eq!(share(7, 7), 100);
        assert_eq!(share(999, 1_000), 99);
        assert_eq!(share(1, 1_000), 1);
        assert_eq!(share(0, 3), 0);
    }

    #[test]
    fn whom_it_reaches_is_one_sentence() {
        let said = |elsewhere, here, visibility| {
            let forecast = Forecast {
                elsewhere,
                here,
                servers: [Domain::parse("a.example").unwrap()].into(),
                ..Forecast::default()
            };
            held(&forecast, visibility, "Harbour")
        };
        assert_eq!(
            said(2, 1, Visibility::Public),
            "2 people on 1 server and 1 here, each cleared by your rules and those of Harbour."
        );
        assert_eq!(
            said(0, 1, Visibility::Private),
            "1 person here, each cleared by your rules and those of Harbour."
        );
        assert_eq!(said(0, 0, Visibility::Direct), "Names nobody yet.");
        let refused = Forecast {
            kept: [(
                Domain::parse("b.example").unwrap(),
                Kept {
                    people: 3,
                    why: Why::GivenUp,
                },
            )]
            .into(),
            ..Forecast::default()
        };
        assert_eq!(
            held(&refused, Visibility::Public, "Harbour"),
            "Goes out to nobody, for the reasons below."
        );
    }
}
