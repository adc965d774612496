//! SQL of `invitations`.

use comity_db::{Db, Sql, Tx, params, row, sql};

use crate::error::Result;

row! {
    /// One row of `invitations`.
    #[derive(Debug, Clone)]
    pub struct InvitationRow {
        pub id: i64,
        pub community_id: i64,
        pub code: String,
        pub made_by: i64,
        pub created_at: i64,
        pub expires_at: Option<i64>,
        pub most_uses: Option<i64>,
        pub uses: i64,
    }
}

const INSERT: Sql = sql!(
    "INSERT INTO invitations (id, community_id, code, made_by, created_at, expires_at, most_uses, uses, ended_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 0, NULL)"
);

pub async fn insert(db: &Db, new: &InvitationRow) -> Result<()> {
    db.exec(
        INSERT,
        params![
            new.id,
            new.community_id,
            new.code.as_str(),
            new.made_by,
            new.created_at,
            new.expires_at,
            new.most_uses,
        ],
    )
    .await?;
    Ok(())
}

/// The columns of [`InvitationRow`], in its order.
macro_rules! select_invitation {
    ($rest:literal) => {
        concat!(
            "SELECT id, community_id, code, made_by, created_at, expires_at, most_uses, uses
               FROM invitations ",
            $rest
        )
    };
}

const GOOD: Sql<InvitationRow> = sql!(
    row: InvitationRow,
    select_invitation!(
        "WHERE code = $1 AND community_id = $2 AND ended_at IS NULL
           AND (expires_at IS NULL OR expires_at > $3)
           AND (most_uses IS NULL OR uses < most_uses)
           AND EXISTS (SELECT 1 FROM members m WHERE m.account_id = invitations.made_by AND m.standing = 'active' AND m.leaves_at IS NULL)"
    )
);

/// The invitation with this code, while somebody may come in by it: whoever is frozen or suspended lets nobody in.
pub async fn good(
    db: &Db,
    code: &str,
    community_id: i64,
    now_ms: i64,
) -> Result<Option<InvitationRow>> {
    Ok(db.opt(GOOD, params![code, community_id, now_ms]).await?)
}

const USE: Sql = sql!(
    "UPDATE invitations
        SET uses = uses + 1
      WHERE id = $1 AND ended_at IS NULL AND (most_uses IS NULL OR uses < most_uses)
        AND EXISTS (SELECT 1 FROM members m WHERE m.account_id = invitations.made_by AND m.standing = 'active' AND m.leaves_at IS NULL)"
);

/// Rolls everything back when others used it up meanwhile, or its maker was stopped.
pub fn use_one(tx: &mut Tx, id: i64) {
    tx.must(USE, params![id]);
}

const GIVE_BACK: Sql = sql!("UPDATE invitations SET uses = uses - 1 WHERE id = $1 AND uses > 0");

/// Whoever used it did not come in.
pub fn give_back(tx: &mut Tx, id: i64) {
    tx.exec(GIVE_BACK, params![id]);
}

const OF_MAKER: Sql<InvitationRow> = sql!(
    row: InvitationRow,
    select_invitation!(
        "WHERE made_by = $1 AND ended_at IS NULL AND id < $2
         ORDER BY id DESC
         LIMIT $3"
    )
);
const OF_COMMUNITY: Sql<InvitationRow> = sql!(
    row: InvitationRow,
    select_invitation!(
        "WHERE community_id = $1 AND ended_at IS NULL AND id < $2
         ORDER BY id DESC
         LIMIT $3"
    )
);

/// What one member made and nobody took back, newest first.
pub async fn of_maker(db: &Db, account_id: i64, most: i64) -> Result<Vec<InvitationRow>> {
    Ok(db
        .all(OF_MAKER, params![account_id, i64::MAX, most])
        .await?)
}

/// The same of all members.
pub async fn of_community(db: &Db, community_id: i64, most: i64) -> Result<Vec<InvitationRow>> {
    Ok(db
        .all(OF_COMMUNITY, params![community_id, i64::MAX, most])
        .await?)
}

const BY_ID: Sql<InvitationRow> = sql!(
    row: InvitationRow,
    select_invitation!("WHERE id = $1")
);

pub async fn by_id(db: &Db, id: i64) -> Result<Option<InvitationRow>> {
    Ok(db.opt(BY_ID, params![id]).await?)
}

const END: Sql = sql!("UPDATE invitations SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL");

pub async fn end(db: &Db, id: i64, now_ms: i64) -> Result<u64> {
    Ok(db.exec(END, params![id, now_ms]).await?)
}

const END_ALL_OF: Sql =
    sql!("UPDATE invitations SET ended_at = $2 WHERE made_by = $1 AND ended_at IS NULL");

/// All that this member made end; they leave.
pub fn end_all_of(tx: &mut Tx, made_by: i64, now_ms: i64) {
    tx.exec(END_ALL_OF, params![made_by, now_ms]);
}

const CAME_BY: Sql<(Option<i64>, i64)> = sql!(
    row: (Option<i64>, i64),
    sqlite: "SELECT invitation_id, account_id
               FROM members
              WHERE invitation_id IN (SELECT value FROM json_each($1))
              ORDER BY account_id
              LIMIT $2",
    pg: "SELECT invitation_id, account_id
           FROM members
          WHERE invitation_id = ANY($1)
          ORDER BY account_id
          LIMIT $2",
);

/// Who came by which of these.
pub async fn came_by(db: &Db, ids: Vec<i64>, most: i64) -> Result<Vec<(Option<i64>, i64)>> {
    Ok(db.all(CAME_BY, params![ids, most]).await?)
}
