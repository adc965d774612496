//! Bringing one delivery: asked again whether it may go, then sent.

use std::collections::HashSet;
use std::sync::Arc;

use comity_policy::{Because, Contact, Party};
use comity_vocab::{Domain, Iri};
use comity_wire::{Letter, WireError};
use tracing::{error, info};

use super::ready;
use crate::app::App;
use crate::delivery::parcel::Parcel;
use crate::delivery::store::DeliveryRow;
use crate::delivery::{Outgoing, sentence, tell_out};
use crate::{reach, rules};

/// A status that a server was not to have when its turn came.
pub(super) struct Kept {
    pub status: i64,
    pub domain: Domain,
    pub because: Because,
}

/// How bringing one delivery ended.
pub(super) enum End {
    Arrived,
    Dropped,
    /// The same, and its author may read why.
    Kept(Kept),
    Later,
    Failed {
        after_ms: Option<i64>,
        why: String,
    },
}

/// Brings it, if it may still go.
pub(super) async fn bring_one(
    app: &App,
    domain: &Domain,
    row: &DeliveryRow,
    prepared: Option<&Arc<Parcel>>,
) -> End {
    if rules::catch_up(app).await.is_err() {
        return End::Later;
    }
    let parcel = match prepared {
        Some(parcel) if parcel.is_fresh(app) => Some(parcel.clone()),
        // Something changed since, or it could not be prepared with the others: ask again, for this host.
        _ => match ready(app, row.outgoing_id, &HashSet::from([domain.clone()])).await {
            Ok(parcel) => parcel,
            Err(_) => return End::Later,
        },
    };
    let Some(parcel) = parcel else {
        return End::Dropped; // what it was about is gone, and its Delete is on its way
    };
    let Ok(inbox) = Iri::parse(&row.inbox) else {
        return End::Dropped;
    };
    if parcel
        .inboxes
        .as_ref()
        .is_some_and(|inboxes| !inboxes.contains(&inbox))
    {
        let refused = parcel.refused.get(&inbox);
        let why = refused.map_or_else(
            || "nobody there may have it any more".to_owned(),
            |refused| refused.why.clone(),
        );
        tell_out(app, &parcel.sender, domain, &parcel.outgoing, Err(why));
        let kept = refused.and_then(|refused| Some((refused.domain.clone(), refused.told?)));
        return kept_from(&parcel, kept);
    }
    let permitted = match app.gate.permit(parcel.by, domain, Contact::Deliver).await {
        Ok(Ok(permitted)) => permitted,
        Err(why) => {
            error!(%why, "could not ask whether a delivery may go out");
            return End::Later;
        }
        Ok(Err(refusal)) => {
            tell_out(
                app,
                &parcel.sender,
                domain,
                &parcel.outgoing,
                Err(sentence(app, parcel.by, &refusal.verdict)),
            );
            let me = Party::Member(parcel.sender.person());
            let told = rules::own_reason(&app.gate.book(), &me, &refusal.verdict);
            return kept_from(&parcel, told.map(|because| (domain.clone(), because)));
        }
    };
    // Where the refusal was taken back meanwhile, what is there may stay.
    if matches!(parcel.outgoing, Outgoing::AskBack { .. }) {
        match reach::asks_at(app, &parcel.sender, domain).await {
            Ok(true) => {}
            Ok(false) => return End::Dropped,
            Err(_) => return End::Later,
        }
    }
    // What it is about went away, or may not go there any more, since the parcel was made.
    let Ok(body) = parcel.body_for(app, &inbox).await else {
        return End::Later;
    };
    let letter = Letter {
        body: &body,
        followers: parcel.followers.get(domain),
    };
    match app
        .wire
        .deliver(permitted, &inbox, letter, &parcel.key, app.now_ms())
        .await
    {
        Ok(()) => {
            tell_out(app, &parcel.sender, domain, &parcel.outgoing, Ok(()));
            End::Arrived
        }
        // Everybody's inbox is missing: the host is broken or left. Somebody's inbox is missing: they left.
        Err(WireError::Gone) if is_shared(&inbox) => End::Failed {
            after_ms: None,
            why: "has no inbox".to_owned(),
        },
        Err(WireError::Retry { after_ms, why }) => {
            let after_ms = after_ms.map(|ms| i64::try_from(ms).unwrap_or(i64::MAX));
            End::Failed { after_ms, why }
        }
        Err(error) => {
            info!(%domain, id = row.id, inbox = row.inbox, %error, "gave a delivery up");
            End::Dropped
        }
    }
}

/// What was on its way is stopped; its author may read by what.
fn kept_from(parcel: &Parcel, told: Option<(Domain, Because)>) -> End {
    match (parcel.carries, told) {
        (Some(status), Some((domain, because))) => End::Kept(Kept {
            status,
            domain,
            because,
        }),
        _ => End::Dropped,
    }
}

/// Whether an inbox is for a whole server, by the look of it: `/inbox`, `/ap/inbox`; a personal one names somebody.
fn is_shared(inbox: &Iri) -> bool {
    inbox.path().trim_matches('/').split('/').count() <= 2
}
