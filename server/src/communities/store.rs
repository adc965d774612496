//! SQL of `communities`.

use comity_db::{Db, Sql, Tx, params, sql};

use super::model::CommunityRow;
use super::{Community, Look, Settings};
use crate::error::Result;

/// Communities of one installation at most; all of them are kept in memory.
const MOST: i64 = 10_000;

const ALL: Sql<CommunityRow> = sql!(
    row: CommunityRow,
    "SELECT id, domain, name, description, rules_text, mode, sign_up, actor_id, created_at,
            trust_after_days, gate_until, answers, rules_shown_to, invites, trends, shows_peers,
            icon, icon_side, banner, banner_description, languages, described_at
       FROM communities
      ORDER BY created_at, id
      LIMIT $1"
);

pub async fn all(db: &Db) -> Result<Vec<CommunityRow>> {
    Ok(db.all(ALL, params![MOST]).await?)
}

/// Columns that every version of the table has.
const DOMAINS: Sql<(String,)> = sql!(
    row: (String,),
    "SELECT domain
       FROM communities
      ORDER BY created_at, id
      LIMIT $1"
);

pub async fn domains(db: &Db) -> Result<Vec<String>> {
    Ok(db.column(DOMAINS, params![MOST]).await?)
}

const INSERT: Sql = sql!(
    "INSERT INTO communities (id, domain, name, description, rules_text, mode, sign_up, actor_id, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
);

pub fn insert(tx: &mut Tx, community: &Community) {
    tx.exec(
        INSERT,
        params![
            community.id,
            community.domain.as_str(),
            community.name.as_str(),
            community.description.as_str(),
            community.rules_text.as_str(),
            community.mode.as_str(),
            community.sign_up.as_str(),
            community.actor_id,
            community.created_at,
        ],
    );
}

const SET_GATE: Sql = sql!("UPDATE communities SET gate_until = $2 WHERE id = $1");

pub fn set_gate(tx: &mut Tx, id: i64, until_ms: Option<i64>) {
    tx.must(SET_GATE, params![id, until_ms]);
}

const TAKE_TURNS: Sql = sql!("UPDATE communities SET name = name WHERE id = $1");

/// What else is done for this community in turn waits until this transaction ends.
pub fn take_turns(tx: &mut Tx, id: i64) {
    tx.must(TAKE_TURNS, params![id]);
}

const CHANGE: Sql = sql!(
    "UPDATE communities
        SET name = $2, description = $3, rules_text = $4, mode = $5, sign_up = $6, answers = $7, rules_shown_to = $8,
            invites = $9, trends = $10, shows_peers = $11,
            described_at = CASE WHEN description = $3 THEN described_at ELSE $12 END
      WHERE id = $1"
);

pub fn change(tx: &mut Tx, id: i64, settings: &Settings, now_ms: i64) {
    tx.must(
        CHANGE,
        params![
            id,
            settings.name.as_str(),
            settings.description.as_str(),
            settings.rules_text.as_str(),
            settings.mode.as_str(),
            settings.sign_up.as_str(),
            settings.answers.as_str(),
            settings.rules_shown_to.as_str(),
            settings.invites.as_str(),
            settings.trends,
            settings.shows_peers,
            now_ms,
        ],
    );
}

const CHANGE_LOOK: Sql = sql!(
    "UPDATE communities
        SET icon = $2, icon_side = $3, banner = $4, banner_description = $5, languages = $6
      WHERE id = $1"
);

pub fn change_look(tx: &mut Tx, id: i64, look: &Look) {
    tx.must(
        CHANGE_LOOK,
        params![
            id,
            look.icon.as_str(),
            look.icon_side,
            look.banner.as_str(),
            look.banner_description.as_str(),
            look.languages.join(" "),
        ],
    );
}
