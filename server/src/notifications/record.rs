//! Telling somebody something, beside the act that causes it.

use comity_db::Tx;

use super::store::insert::{About, NewRow, insert};
use super::{Kind, Matter, OfRule, store};
use crate::push;
use crate::reports::Report;
use crate::rules::notices::Told;
use crate::streaming::{self, Event};

/// Tells a member, in the name of the account that speaks for their community, what a rule did to their follows: once of
/// each rule, and of its end only those who were told of it.
pub(crate) fn tell_of_rule(
    tx: &mut Tx,
    id: i64,
    to: i64,
    told: Told,
    voice: i64,
    of_rule: OfRule,
    now_ms: i64,
) {
    let (kind, after) = match told {
        Told::Suspended => (Kind::Suspended, None),
        Told::Restored => (Kind::Restored, Some(Kind::Suspended)),
    };
    let row = NewRow {
        to,
        kind,
        from: voice,
        about: About::Rule { of_rule, after },
        created_at: now_ms,
    };
    write_and_wake(tx, id, &row);
}

/// Tells `to`, a member here, in the caller's transaction; not of their own acts, of one act once, and of nothing in a
/// conversation that they left.
pub fn notify(
    tx: &mut Tx,
    id: i64,
    to: i64,
    kind: Kind,
    from: i64,
    status: Option<i64>,
    now_ms: i64,
) {
    if to == from {
        return;
    }
    let row = NewRow {
        to,
        kind,
        from,
        about: status.map_or(About::Them, About::Status),
        created_at: now_ms,
    };
    write_and_wake(tx, id, &row);
}

/// Tells a member that their own poll is over: the one thing somebody hears of themself.
pub fn tell_self(tx: &mut Tx, id: i64, to: i64, status: i64, now_ms: i64) {
    let row = NewRow {
        to,
        kind: Kind::Poll,
        from: to,
        about: About::Status(status),
        created_at: now_ms,
    };
    write_and_wake(tx, id, &row);
}

/// Tells somebody who looks after a community of a report to it.
pub(crate) fn tell_of_report(tx: &mut Tx, id: i64, to: i64, report: &Report) {
    let row = NewRow {
        to,
        kind: Kind::Report,
        from: report.account_id,
        about: About::Report(report.id),
        created_at: report.created_at,
    };
    write_and_wake(tx, id, &row);
}

/// Tells somebody who looks after a community who waits to join it, in the name of the account that speaks for it.
pub(crate) fn tell_of_sign_up(
    tx: &mut Tx,
    id: i64,
    to: i64,
    voice: i64,
    applicant: i64,
    now_ms: i64,
) {
    let row = NewRow {
        to,
        kind: Kind::SignUp,
        from: voice,
        about: About::Applicant(applicant),
        created_at: now_ms,
    };
    write_and_wake(tx, id, &row);
}

/// Tells a member of a collection that they are in, in place of what they were told so before; not of their own. `told` is
/// the number of what they are told, who they are, and what it is.
pub(crate) fn tell_of_collection(
    tx: &mut Tx,
    told: (i64, i64, Kind),
    from: i64,
    collection_id: i64,
    now_ms: i64,
) {
    let (id, to, kind) = told;
    if to == from {
        return;
    }
    store::delete_of_collection(tx, to, kind.as_str(), collection_id);
    let row = NewRow {
        to,
        kind,
        from,
        about: About::Collection(collection_id),
        created_at: now_ms,
    };
    write_and_wake(tx, id, &row);
}

/// Tells a member what was decided about them, in the name of the account that speaks for their community. Whoever cannot
/// sign in for now reads it when they can.
pub(crate) fn tell_of_warning(tx: &mut Tx, id: i64, to: i64, voice: i64, action: i64, now_ms: i64) {
    let row = NewRow {
        to,
        kind: Kind::Warning,
        from: voice,
        about: About::Action(action),
        created_at: now_ms,
    };
    write_and_wake(tx, id, &row);
}

/// Writes it down, has it told to whoever listens, and has devices woken for it. It has one of the numbers, if it is new and
/// wanted.
fn write_and_wake(tx: &mut Tx, id: i64, row: &NewRow) {
    let numbers = insert(tx, id, row);
    let [id, others @ ..] = numbers;
    let matter = Matter::of_row(row);
    for number in numbers {
        push::promise(tx, row.to, number, &matter, row.created_at);
    }
    let event = Event::Notified {
        to: row.to,
        id,
        other_numbers: others.to_vec(),
        matter,
    };
    streaming::announce(tx, &event);
}

/// Who is in a collection no more was told nothing of it.
pub(crate) fn withdraw_of_collection(tx: &mut Tx, to: i64, collection_id: i64) {
    for kind in [Kind::Collected, Kind::CollectionChanged] {
        store::delete_of_collection(tx, to, kind.as_str(), collection_id);
    }
}

/// A collection that is no more was told of to nobody.
pub(crate) fn forget_collection(tx: &mut Tx, collection_id: i64) {
    store::forget_collection(tx, collection_id);
}

/// What was told is taken back together with the act.
pub fn withdraw(tx: &mut Tx, to: i64, kind: Kind, from: i64, status: Option<i64>) {
    store::delete(tx, to, kind.as_str(), from, status);
}
