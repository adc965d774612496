//! Where a report could go on to, and what is sent there: in the name of the community, without who reported.

use std::collections::HashSet;

use comity_policy::{Act, Exchange, Party, PersonId, Subject, Thing, Visible, Way};
use comity_vocab::{Domain, Iri, Visibility};
use serde_json::Value;

use super::model::{Destination, Report};
use super::{activity, store};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::Me;
use crate::rules;
use crate::statuses::{self, Status};

/// The servers to which a report about this account and these posts could go on: that of the account, and those of whom
/// the posts answer. Each with the reason, where a boundary of the member or their community keeps it from there.
pub async fn destinations(
    app: &App,
    me: &Me,
    target: &Account,
    posts: &[Visible<Status>],
) -> Result<Vec<Destination>> {
    let face = accounts::find(app, me.community.actor_id).await?;
    let answered = posts.iter().filter_map(|post| post.in_reply_to.as_deref());
    let mut servers: Vec<Destination> = Vec::new();
    for account in std::iter::once(target).chain(answered) {
        if account.is_local() || servers.iter().any(|known| known.server == account.host) {
            continue;
        }
        let thing = thing(&face, account.id, &me.account);
        let party = Party::Account(account.person());
        let exchange = Exchange {
            party: &party,
            act: Act::Receive,
            way: Way::DirectDelivery,
            thing: &thing,
        };
        let verdict = app.gate.judge(&exchange).await?;
        let refused =
            (!verdict.is_allowed()).then(|| rules::sentence_to(app, &me.party(), &verdict));
        servers.push(Destination {
            server: account.host.clone(),
            account_id: account.id,
            refused,
        });
    }
    Ok(servers)
}

/// What is sent is the community's, and nobody gets it whom the member keeps away.
fn thing(face: &Account, to: i64, reporter: &Account) -> Thing {
    Thing {
        visibility: Visibility::Direct,
        addressed: vec![PersonId(to)],
        within: vec![reporter.person()],
        ..face.thing()
    }
}

/// What the gate must know of a report that goes on to the server of `to`; `None` where it is gone.
pub(crate) async fn recipients(
    app: &App,
    face: &Account,
    report: i64,
    to: i64,
) -> Result<Option<Thing>> {
    let Some(row) = store::by_id(&app.db, report).await? else {
        return Ok(None);
    };
    let reporter = accounts::find(app, row.account_id).await?;
    Ok(Some(thing(face, to, &reporter)))
}

/// The document of a report that goes on to the server of `to`. It names what anybody may read, and no other post; to a
/// server that is not that of the account, what answers somebody there.
pub(crate) async fn parcel(app: &App, face: &Account, report: i64, to: i64) -> Result<Value> {
    let row = store::by_id(&app.db, report).await?;
    let report = Report::from_row(row.ok_or(Error::NotFound)?)?;
    let target = accounts::find(app, report.target_id).await?;
    let server = accounts::find(app, to).await?.host.clone();
    let concerns = |post: &Status| {
        let answered = post.in_reply_to.as_deref();
        server == target.host || answered.is_some_and(|account| account.host == server)
    };
    let mut objects: Vec<Iri> = vec![target.iri.clone()];
    let evidence = super::evidence(app, &report).await?;
    let ids: Vec<i64> = evidence.iter().map(|one| one.status_id).collect();
    let named: HashSet<i64> = statuses::load(app, &ids)
        .await?
        .into_iter()
        .filter(|post| matches!(post.visibility, Visibility::Public | Visibility::Unlisted))
        .filter(concerns)
        .map(|post| post.id)
        .collect();
    for one in evidence
        .into_iter()
        .filter(|one| named.contains(&one.status_id))
    {
        objects.push(accounts::stored_iri(&one.iri)?);
    }
    activity::flag(&face.iri, report.id, &report.comment, &objects)
}

/// The server that apps mean by a name.
pub(super) fn server(name: &str) -> Result<Domain> {
    Domain::parse(name.trim())
        .map_err(|_| Error::invalid("forward_to_domains", "names what is no server"))
}
