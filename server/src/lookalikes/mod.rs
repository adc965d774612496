//! Lookalikes: names of people and servers that read like others a member knows (boundaries L48, L51).
//!
//! Names are compared by what the eye takes them for, as UTS 39 does: `paypa1` and `paypal`, `rn` and `m`, a Cyrillic
//! and a Latin letter are the same. Nothing is refused for a resemblance; whoever looks is told.

mod store;

use std::collections::HashMap;
use std::sync::LazyLock;

use comity_policy::{CommunityId, Pattern, PersonId, Scope, Stance};
use comity_vocab::Domain;
use unicode_security::confusable_detection::skeleton;

use crate::accounts::Account;
use crate::app::App;
use crate::error::Result;
use crate::http::Me;
use crate::lists;
use store::Known;

/// Followed people looked through, and servers that rules of one scope refuse, those they name before those on lists: a
/// page waits for it, and longer lists are few.
const MOST_COMPARED: usize = 5_000;

/// What one member may take others for: whom they follow, what is refused to them, their own community. Made once for
/// a page.
pub struct Eye {
    house: Domain,
    /// Refused servers by what they are seen as, each with who refuses it.
    refused: HashMap<String, (Domain, &'static str)>,
    /// Servers of people whom the member follows, by what they are seen as.
    servers: HashMap<String, Domain>,
    /// People whom the member follows, by what their names are seen as.
    people: HashMap<String, Vec<Known>>,
}

impl Eye {
    /// The eye of this member, now.
    pub async fn of(app: &App, me: &Me) -> Result<Eye> {
        let most = i64::try_from(MOST_COMPARED).unwrap_or(i64::MAX);
        let mut servers = HashMap::new();
        let mut people: HashMap<String, Vec<Known>> = HashMap::new();
        for one in store::followed(&app.db, me.account.id, most).await? {
            if let Ok(domain) = Domain::parse(&one.domain) {
                servers.entry(seen_as_host(&domain)).or_insert(domain);
            }
            people.entry(seen_as(&one.username)).or_default().push(one);
        }
        Ok(Eye {
            house: me.community.domain.clone(),
            refused: refused(app, me).await?,
            servers,
            people,
        })
    }

    /// What `account`, somebody elsewhere whom the member does not follow, may be taken for; a sentence each.
    pub fn sees(&self, account: &Account) -> Vec<String> {
        if account.is_local() {
            return Vec::new();
        }
        let handle = account.handle();
        let domain = handle.domain.as_ref().unwrap_or(&account.host);
        let seen = seen_as_host(domain);
        let mut told = Vec::new();
        if seen == seen_as_host(&self.house) && is_another(domain, &self.house) {
            told.push(format!(
                "Their server reads like {}, which is this community, and is another.",
                self.house.unicode()
            ));
        }
        if let Some((refused, who)) = self.refused.get(&seen)
            && is_another(domain, refused)
        {
            let refused = refused.unicode();
            told.push(format!("Their server reads like {refused}, which {who}."));
        }
        let alike = self
            .servers
            .get(&seen)
            .filter(|server| is_another(domain, server));
        let person = self.taken_for(account, &seen);
        told.extend(match (person, alike) {
            (Some(one), _) => Some(format!(
                "They read like @{}@{}, whom you follow, and are somebody else.",
                one.username,
                shown_domain(&one.domain)
            )),
            (None, Some(server)) => Some(format!(
                "Their server reads like {}, where you follow people, and is another.",
                server.unicode()
            )),
            (None, None) => None,
        });
        told
    }

    /// On another server anybody may bear the same name. Who is on a server that reads the same, or also calls themself
    /// the same, is taken for them.
    fn taken_for(&self, account: &Account, server: &str) -> Option<&Known> {
        let shown = seen_as(&account.display_name);
        self.people
            .get(&seen_as(&account.username))?
            .iter()
            .find(|one| {
                let there = Domain::parse(&one.domain);
                (!shown.is_empty() && seen_as(&one.display_name) == shown)
                    || there.is_ok_and(|there| seen_as_host(&there) == server)
            })
    }
}

/// Servers that a rule which binds this member refuses, by name or by a list, with who does; the widest scope is told.
async fn refused(app: &App, me: &Me) -> Result<HashMap<String, (Domain, &'static str)>> {
    let book = app.gate.book();
    let community = CommunityId(me.community.id);
    let member = Scope::Member(PersonId(me.account.id), community);
    let scopes = [
        (Scope::Operator, "this installation refuses"),
        (Scope::Community(community), "your community refuses"),
        (member, "you refuse"),
    ];
    let mut refused = HashMap::new();
    for (scope, who) in scopes {
        let mut room = MOST_COMPARED;
        let mut listed = Vec::new();
        let mut named = Vec::new();
        let rules = book.rules_of(scope);
        for rule in rules.filter(|rule| rule.stance == Stance::Refused) {
            match &rule.pattern {
                Pattern::List(list) => listed.push(*list),
                Pattern::Domain(domain) | Pattern::Host(domain) if room > 0 => {
                    named.push(domain.clone());
                    room -= 1;
                }
                _ => {}
            }
        }
        for list in listed {
            if room == 0 {
                break;
            }
            let on_it = lists::servers_on(app, list, room).await?;
            room -= on_it.len();
            named.extend(on_it);
        }
        for domain in named {
            refused
                .entry(seen_as_host(&domain))
                .or_insert_with(|| (domain, who));
        }
    }
    Ok(refused)
}

fn shown_domain(domain: &str) -> String {
    Domain::parse(domain).map_or_else(|_| domain.to_owned(), |domain| domain.unicode())
}

/// A server below another is no lookalike of it.
fn is_another(one: &Domain, other: &Domain) -> bool {
    one.registrable() != other.registrable()
}

/// What the eye takes a server for: the name that somebody registered.
fn seen_as_host(domain: &Domain) -> String {
    let registered = domain.registrable();
    seen_as(
        &Domain::parse(registered).map_or_else(|_| registered.to_owned(), |name| name.unicode()),
    )
}

/// What each ASCII character is seen as: most names are made of nothing else, and rules name thousands.
static ASCII: LazyLock<Vec<String>> = LazyLock::new(|| {
    (0..128)
        .map(|byte: u8| by_skeleton(&char::from(byte).to_string()))
        .collect()
});

/// What the eye takes a name for: two names that may be mistaken for each other give the same.
fn seen_as(name: &str) -> String {
    if !name.is_ascii() {
        return by_skeleton(name);
    }
    name.bytes()
        .map(|byte| ASCII[usize::from(byte)].as_str())
        .collect()
}

/// The skeleton of UTS 39, section 4, without regard to case. A Cyrillic к has the Greenlandic ĸ as its skeleton, which
/// nobody who reads an address tells from a k.
fn by_skeleton(name: &str) -> String {
    let lower: String = name.to_lowercase();
    skeleton(&lower)
        .collect::<String>()
        .to_lowercase()
        .replace('ĸ', "k")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(name: &str) -> Domain {
        Domain::parse(name).unwrap()
    }

    fn resembles(one: &Domain, other: &Domain) -> bool {
        is_another(one, other) && seen_as_host(one) == seen_as_host(other)
    }

    #[test]
    fn l48_servers_that_the_eye_takes_for_each_other_resemble() {
        for (one, other) in [
            ("bigcorp.example", "bigc0rp.example"),
            ("bigcorp.example", "bіgcorp.example"), // a Cyrillic і
            ("kept.example", "кept.example"),       // a Cyrillic к
            ("paypal.example", "paypa1.example"),
            ("meadow.example", "rneadow.example"),
            ("meadow.example", "social.rneadow.example"),
            ("harbour.example", "hаrbour.example"), // a Cyrillic а
        ] {
            assert!(resembles(&domain(one), &domain(other)), "{one} {other}");
            assert!(resembles(&domain(other), &domain(one)), "{other} {one}");
        }
    }

    #[test]
    fn the_same_server_and_what_is_below_it_and_other_names_do_not() {
        for (one, other) in [
            ("bigcorp.example", "bigcorp.example"),
            ("bigcorp.example", "social.bigcorp.example"),
            ("bigcorp.example", "bigcorp.test"),
            ("bigcorp.example", "bigcorps.example"),
            ("cat.example", "bat.example"),
        ] {
            assert!(!resembles(&domain(one), &domain(other)), "{one} {other}");
        }
    }

    #[test]
    fn the_short_way_for_ascii_gives_what_the_long_one_does() {
        let every: String = (32..127).map(char::from).collect();
        assert_eq!(seen_as(&every), by_skeleton(&every));
        for name in ["maren", "rn_m_1l0O", "A-Z.x"] {
            assert_eq!(seen_as(name), by_skeleton(name), "{name}");
        }
    }
}
