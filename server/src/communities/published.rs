//! What a community publishes of its boundaries, and to whom: members read all of them, servers that it trusts and
//! everybody else what it chose to show them. Never anything of a member's own rules.

use std::sync::Arc;

use axum::extract::State;
use comity_policy::{Pattern, Rule, Stance};
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, VARY};
use http::request::Parts;
use serde_json::{Value, json};

use super::{Community, ShownTo};
use crate::accounts::Account;
use crate::app::App;
use crate::error::Result;
use crate::http::{Here, Reply};
use crate::web::time;
use crate::{inbox, rules};

/// The shape of the document; raised when what it said before is said otherwise.
const SHAPE: u64 = 1;
/// Ten minutes: a crawler that comes more often learns nothing.
const KEPT: &str = "public, max-age=600";
/// A peer's copy is not the public's.
const NOT_KEPT: &str = "private, no-store";
const BY_SIGNATURE: &str = "Signature, Signature-Input";

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Members of the community.
    Members,
    /// Servers that an open rule of the community names.
    Peers,
    /// Everybody else.
    Public,
}

impl Audience {
    /// The word in the document.
    fn as_str(self) -> &'static str {
        match self {
            Audience::Members => "members",
            Audience::Peers => "peers",
            Audience::Public => "public",
        }
    }

    fn is_shown(self, to: ShownTo) -> bool {
        match self {
            Audience::Members => true,
            Audience::Peers => to != ShownTo::Members,
            Audience::Public => to == ShownTo::Everyone,
        }
    }
}

/// The rules of a community that an audience may read by name, and how many it may not.
pub struct Published {
    /// Newest first.
    pub rules: Vec<Rule>,
    /// So many more, with why they are not named.
    pub withheld: Vec<(usize, String)>,
}

/// What this audience may read. A rule without a reason for everybody is the community's own business (L46).
pub fn published(app: &App, community: &Community, audience: Audience) -> Published {
    let mut all = rules::in_force(app, rules::of_community(community));
    all.retain(|rule| !rules::is_about_own(app, rule));
    if audience == Audience::Members {
        return Published {
            rules: all,
            withheld: Vec::new(),
        };
    }
    let (told, untold): (Vec<Rule>, Vec<Rule>) = all
        .into_iter()
        .partition(|rule| rule.reason_public.is_some());
    let mut withheld = Vec::new();
    let is_shown = audience.is_shown(community.rules_shown_to);
    if !untold.is_empty() {
        let why = "have no reason for everybody, and are shown to members only";
        withheld.push((untold.len(), why.to_owned()));
    }
    if !is_shown && !told.is_empty() {
        let name = &community.name;
        let why = match community.rules_shown_to {
            ShownTo::Peers => format!(
                "are shown to members and to servers that {name} trusts only: lists of names are used to find whom to attack"
            ),
            _ => format!(
                "are shown to members of {name} only: lists of names are used to find whom to attack"
            ),
        };
        withheld.push((told.len(), why));
    }
    Published {
        rules: if is_shown { told } else { Vec::new() },
        withheld,
    }
}

/// `GET /about/boundaries.json`. Whoever signs for a server that the community trusts reads what such servers may; everybody
/// else, and whoever cannot prove who they are, what everybody may.
pub async fn boundaries(
    State(app): State<App>,
    Here(community): Here,
    parts: Parts,
) -> Result<Reply> {
    let audience = match signer(&app, &community, &parts).await {
        Some(signer) if is_trusted(&app, &community, &signer) => Audience::Peers,
        _ => Audience::Public,
    };
    let reply = Reply::json(
        document(&app, &community, audience),
        "application/json; charset=utf-8",
    );
    Ok(match audience {
        Audience::Public => reply
            .with(CACHE_CONTROL, KEPT)
            .with(ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        _ => reply.with(CACHE_CONTROL, NOT_KEPT),
    }
    .with(VARY, BY_SIGNATURE))
}

/// Who signed. Asked only where something hangs on it: a key may have to be fetched.
async fn signer(app: &App, community: &Arc<Community>, parts: &Parts) -> Option<Arc<Account>> {
    let differs = community.rules_shown_to == ShownTo::Peers;
    let signs = parts.headers.contains_key("signature");
    if !(differs && signs && opened(app, community).next().is_some()) {
        return None;
    }
    inbox::signer(app, community, parts).await.ok()
}

/// The community's open rules that name somebody.
fn opened(app: &App, community: &Community) -> impl Iterator<Item = Pattern> {
    let open = rules::in_force(app, rules::of_community(community)).into_iter();
    open.filter(move |rule| rule.stance == Stance::Open && !rules::is_about_own(app, rule))
        .map(|rule| rule.pattern)
}

/// Whether an open rule of the community names where they are at home, or them. What a handle says counts for nothing.
fn is_trusted(app: &App, community: &Community, signer: &Account) -> bool {
    opened(app, community).any(|pattern| match pattern {
        // As the gate reads it: what is below a public suffix belongs to others.
        Pattern::Domain(named) => {
            signer.host.lineage().any(|name| name == named.host())
                && named
                    .port()
                    .is_none_or(|port| signer.host.port() == Some(port))
        }
        Pattern::Host(named) => signer.host == named,
        Pattern::Account(iri) => signer.iri == iri,
        _ => false,
    })
}

fn document(app: &App, community: &Community, audience: Audience) -> Value {
    let published = published(app, community, audience);
    let rules: Vec<Value> = published
        .rules
        .iter()
        .map(|rule| of_rule(app, rule))
        .collect();
    let withheld: Vec<Value> = published
        .withheld
        .iter()
        .map(|(count, why)| json!({ "count": count, "why": why }))
        .collect();
    json!({
        "shape": SHAPE,
        "community": { "domain": community.domain.as_str(), "name": community.name },
        "audience": audience.as_str(),
        "shownTo": community.rules_shown_to.as_str(),
        "mode": community.mode.as_str(),
        "modeSentence": rules::web::mode_sentence(community),
        "rules": rules,
        "withheld": withheld,
        "page": community.iri("/about").as_str(),
        "history": community.iri("/boundaries/history").as_str(),
    })
}

fn of_rule(app: &App, rule: &Rule) -> Value {
    json!({
        "about": match &rule.pattern {
            list @ Pattern::List(_) => rules::whom(app, list),
            other => rules::typed_pattern(other),
        },
        "stance": rule.stance.as_str(),
        "conditions": rule.conditions.words().collect::<Vec<_>>(),
        "reason": rule.reason_public,
        "since": time::iso(rule.set_at),
        "until": rule.expires_at.map(time::iso),
        "review": rule.review_at.map(time::iso),
        "source": rule.source,
    })
}
