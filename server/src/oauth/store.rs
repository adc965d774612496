//! SQL of `apps`, `oauth_codes` and `access_tokens`.

use comity_db::{Db, Sql, Tx, params, sql};

use super::model::{AppRow, ClientApp, CodeRow, GrantRow, TokenRow};
use crate::error::Result;
use crate::streaming::{self, Event, Tokens};

const INSERT_APP: Sql = sql!(
    "INSERT INTO apps (id, community_id, client_id, secret_hash, name, website, redirect_uris, scopes, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
);

pub async fn insert_app(db: &Db, app: &ClientApp) -> Result<()> {
    db.exec(
        INSERT_APP,
        params![
            app.id,
            app.community_id,
            app.client_id.as_str(),
            app.secret_hash.clone(),
            app.name.as_str(),
            app.website.as_deref(),
            serde_json::to_string(&app.redirect_uris)?,
            app.scopes.to_string(),
            app.created_at,
        ],
    )
    .await?;
    Ok(())
}

const APP_BY_CLIENT: Sql<AppRow> = sql!(
    row: AppRow,
    "SELECT id, community_id, client_id, secret_hash, name, website, redirect_uris, scopes, created_at
       FROM apps
      WHERE client_id = $1"
);
const APP_BY_ID: Sql<AppRow> = sql!(
    row: AppRow,
    "SELECT id, community_id, client_id, secret_hash, name, website, redirect_uris, scopes, created_at
       FROM apps
      WHERE id = $1"
);

pub async fn app_by_client(db: &Db, client_id: &str) -> Result<Option<AppRow>> {
    Ok(db.opt(APP_BY_CLIENT, params![client_id]).await?)
}

pub async fn app_by_id(db: &Db, id: i64) -> Result<Option<AppRow>> {
    Ok(db.opt(APP_BY_ID, params![id]).await?)
}

const INSERT_CODE: Sql = sql!(
    "INSERT INTO oauth_codes (code_hash, app_id, account_id, redirect_uri, scopes, challenge, expires_at, browser)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
);

const KEEP_APP: Sql = sql!("UPDATE apps SET let_in = TRUE WHERE id = $1 AND NOT let_in");

/// A member's yes, by which its app is kept.
pub fn insert_code(tx: &mut Tx, code_hash: Vec<u8>, code: &CodeRow) {
    tx.exec(KEEP_APP, params![code.app_id]);
    tx.exec(
        INSERT_CODE,
        params![
            code_hash,
            code.app_id,
            code.account_id,
            code.redirect_uri.as_str(),
            code.scopes.as_str(),
            code.challenge.as_deref(),
            code.expires_at,
            code.browser.as_str(),
        ],
    );
}

const CODE: Sql<CodeRow> = sql!(
    row: CodeRow,
    "SELECT app_id, account_id, redirect_uri, scopes, challenge, expires_at, token_id, browser
       FROM oauth_codes
      WHERE code_hash = $1"
);

pub async fn code(db: &Db, code_hash: Vec<u8>) -> Result<Option<CodeRow>> {
    Ok(db.opt(CODE, params![code_hash]).await?)
}

const EXCHANGE: Sql = sql!(
    "UPDATE oauth_codes
        SET token_id = $2
      WHERE code_hash = $1 AND token_id IS NULL"
);

/// Undoes the whole transaction when it was exchanged already.
pub fn exchange(tx: &mut Tx, code_hash: Vec<u8>, token_id: i64) {
    tx.must(EXCHANGE, params![code_hash, token_id]);
}

const INSERT_TOKEN: Sql = sql!(
    "INSERT INTO access_tokens
            (id, token_hash, app_id, account_id, applicant_id, scopes, created_at, last_used_at, browser)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)"
);

/// A member's token keeps its app. It was let in this browser, if in one.
pub fn insert_token(tx: &mut Tx, token_hash: Vec<u8>, token: &TokenRow, browser: &str) {
    if token.account_id.is_some() {
        tx.exec(KEEP_APP, params![token.app_id]);
    }
    tx.exec(
        INSERT_TOKEN,
        params![
            token.id,
            token_hash,
            token.app_id,
            token.account_id,
            token.applicant_id,
            token.scopes.as_str(),
            token.last_used_at,
            browser,
        ],
    );
}

const TOKEN: Sql<TokenRow> = sql!(
    row: TokenRow,
    "SELECT t.id, t.app_id, t.account_id, t.applicant_id, t.scopes, t.last_used_at
       FROM access_tokens t
       JOIN apps p ON p.id = t.app_id
      WHERE t.token_hash = $1 AND p.community_id = $2"
);

/// The token of an app of this community.
pub async fn token(db: &Db, token_hash: Vec<u8>, community_id: i64) -> Result<Option<TokenRow>> {
    Ok(db.opt(TOKEN, params![token_hash, community_id]).await?)
}

const LET_IN: Sql = sql!(
    "UPDATE access_tokens
        SET account_id = applicant_id, applicant_id = NULL
      WHERE applicant_id = $1"
);

const KEEP_APPS_OF_APPLICANT: Sql = sql!(
    "UPDATE apps
        SET let_in = TRUE
      WHERE id IN (SELECT app_id FROM access_tokens WHERE applicant_id = $1) AND NOT let_in"
);

/// Tokens of somebody who waited are a member's from now on, and their apps are kept.
pub fn let_in(tx: &mut Tx, applicant_id: i64) {
    tx.exec(KEEP_APPS_OF_APPLICANT, params![applicant_id]);
    tx.exec(LET_IN, params![applicant_id]);
}

const END_OF_APPLICANT: Sql = sql!("DELETE FROM access_tokens WHERE applicant_id = $1");

/// Ends the tokens of somebody who waited.
pub fn end_of_applicant(tx: &mut Tx, applicant_id: i64) {
    tx.exec(END_OF_APPLICANT, params![applicant_id]);
}

const TOUCH: Sql = sql!("UPDATE access_tokens SET last_used_at = $2 WHERE id = $1");

pub async fn touch(db: &Db, id: i64, now_ms: i64) -> Result<()> {
    db.exec(TOUCH, params![id, now_ms]).await?;
    Ok(())
}

const REVOKE: Sql = sql!("DELETE FROM access_tokens WHERE id = $1");

/// Ends one token, and what is open by it.
pub fn revoke(tx: &mut Tx, id: i64) {
    tx.exec(REVOKE, params![id]);
    ended(
        tx,
        Tokens {
            token: Some(id),
            ..Tokens::default()
        },
    );
}

const REVOKE_OF: Sql = sql!("DELETE FROM access_tokens WHERE id = $1 AND account_id = $2");

/// Ends one token of this member, and what is open by it. Undoes the whole transaction where it is none of theirs.
pub fn revoke_of(tx: &mut Tx, account_id: i64, id: i64) {
    tx.must(REVOKE_OF, params![id, account_id]);
    ended(
        tx,
        Tokens {
            token: Some(id),
            ..Tokens::default()
        },
    );
}

fn ended(tx: &mut Tx, tokens: Tokens) {
    streaming::announce(tx, &Event::Ended(tokens));
}

const REVOKE_APP: Sql = sql!("DELETE FROM access_tokens WHERE account_id = $1 AND app_id = $2");
const DROP_CODES_OF_APP: Sql =
    sql!("DELETE FROM oauth_codes WHERE account_id = $1 AND app_id = $2");

/// Ends what a member let one app, and what they just said yes to. The codes go first: one that is exchanged at this moment
/// has given its token by then, or gives none.
pub fn revoke_app(tx: &mut Tx, account_id: i64, app_id: i64) {
    tx.exec(DROP_CODES_OF_APP, params![account_id, app_id]);
    tx.must(REVOKE_APP, params![account_id, app_id]);
    ended(
        tx,
        Tokens {
            app: Some(app_id),
            account: Some(account_id),
            ..Tokens::default()
        },
    );
}

const REVOKE_ALL: Sql = sql!("DELETE FROM access_tokens WHERE account_id = $1");
const DROP_CODES: Sql = sql!("DELETE FROM oauth_codes WHERE account_id = $1");

/// Ends what a member let every app, and what they just said yes to; the codes first, as in [`revoke_app`].
pub fn revoke_all(tx: &mut Tx, account_id: i64) {
    tx.exec(DROP_CODES, params![account_id]);
    tx.exec(REVOKE_ALL, params![account_id]);
    ended(
        tx,
        Tokens {
            account: Some(account_id),
            ..Tokens::default()
        },
    );
}

const REMEMBER_ENDED: Sql = sql!(
    "INSERT INTO ended_tokens (token_hash, account_id)
     SELECT token_hash, account_id
       FROM access_tokens
      WHERE account_id = $1
     ON CONFLICT DO NOTHING"
);
const FORGET_ENDED: Sql = sql!("DELETE FROM ended_tokens WHERE account_id = $1");
const ENDED_OF: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT m.account_id
       FROM ended_tokens t
       JOIN members m ON m.account_id = t.account_id
      WHERE t.token_hash = $1 AND m.community_id = $2"
);

/// Notes what tokens a member has, before they are ended.
pub fn remember_ended(tx: &mut Tx, account_id: i64) {
    tx.exec(REMEMBER_ENDED, params![account_id]);
}

/// Notes it no longer.
pub fn forget_ended(tx: &mut Tx, account_id: i64) {
    tx.exec(FORGET_ENDED, params![account_id]);
}

/// Whether a token was noted so, of a member of this community.
pub async fn is_ended(db: &Db, token_hash: Vec<u8>, community_id: i64) -> Result<bool> {
    let values = params![token_hash, community_id];
    Ok(db.opt_column(ENDED_OF, values).await?.is_some())
}

/// Tokens of one member that are read for the list of their apps; each app has a few at most.
const MOST_GRANTS: i64 = 2_000;

const GRANTS: Sql<GrantRow> = sql!(
    row: GrantRow,
    "SELECT t.id, t.app_id, a.name, a.website, t.scopes, t.browser, t.created_at, t.last_used_at
       FROM access_tokens t
       JOIN apps a ON a.id = t.app_id
      WHERE t.account_id = $1
      ORDER BY t.last_used_at DESC, t.id DESC
      LIMIT $2"
);

pub async fn grants(db: &Db, account_id: i64) -> Result<Vec<GrantRow>> {
    Ok(db.all(GRANTS, params![account_id, MOST_GRANTS]).await?)
}

/// On `access_tokens_by_account`.
const SPARE_OF_MEMBER: Sql = sql!(
    "DELETE FROM access_tokens
      WHERE id IN (SELECT id FROM access_tokens
                    WHERE account_id = $1 AND app_id = $2
                    ORDER BY last_used_at DESC, id DESC
                    LIMIT 100 OFFSET $3)"
);
const NEXT_SPARE: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT last_used_at
       FROM access_tokens
      WHERE account_id = $1 AND app_id = $2
      ORDER BY last_used_at DESC, id DESC
      LIMIT 1 OFFSET $3"
);
/// On `access_tokens_by_app`.
const SPARE_OF_APP: Sql = sql!(
    "DELETE FROM access_tokens
      WHERE id IN (SELECT id FROM access_tokens
                    WHERE app_id = $1 AND account_id IS NULL AND applicant_id IS NULL
                    ORDER BY created_at DESC, id DESC
                    LIMIT 100 OFFSET $2)"
);

/// Keeps those tokens that an app has of this member which were used last.
pub fn drop_spare_of_member(tx: &mut Tx, account_id: i64, app_id: i64, keep: i64) {
    tx.exec(SPARE_OF_MEMBER, params![account_id, app_id, keep]);
    ended(
        tx,
        Tokens {
            app: Some(app_id),
            account: Some(account_id),
            ..Tokens::default()
        },
    );
}

/// When the first of those was used that this would not keep.
pub async fn next_spare(db: &Db, account_id: i64, app_id: i64, keep: i64) -> Result<Option<i64>> {
    Ok(db
        .opt_column(NEXT_SPARE, params![account_id, app_id, keep])
        .await?)
}

/// Keeps the newest tokens that an app has for itself.
pub fn drop_spare_of_app(tx: &mut Tx, app_id: i64, keep: i64) {
    tx.exec(SPARE_OF_APP, params![app_id, keep]);
    ended(
        tx,
        Tokens {
            app: Some(app_id),
            ..Tokens::default()
        },
    );
}

const LIVE: Sql<(i64,)> = sql!(
    row: (i64,),
    sqlite: "SELECT t.id
               FROM access_tokens t
               LEFT JOIN accounts a ON a.id = t.account_id
               LEFT JOIN members m ON m.account_id = t.account_id
              WHERE t.id IN (SELECT value FROM json_each($1)) AND a.gone_at IS NULL AND COALESCE(m.standing, 'active') = 'active'
              ORDER BY t.id
              LIMIT 10000",
    pg: "SELECT t.id
           FROM access_tokens t
           LEFT JOIN accounts a ON a.id = t.account_id
           LEFT JOIN members m ON m.account_id = t.account_id
          WHERE t.id = ANY($1) AND a.gone_at IS NULL AND COALESCE(m.standing, 'active') = 'active'
          ORDER BY t.id
          LIMIT 10000",
);

/// Those of these tokens that did not end, and whose member is still here.
pub async fn live_among(db: &Db, ids: Vec<i64>) -> Result<Vec<i64>> {
    Ok(db.column(LIVE, params![ids]).await?)
}

const NEWER_APPS: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT count(*)
       FROM (SELECT id FROM apps WHERE created_at > $1 LIMIT $2) AS newer"
);

/// How many apps were registered since then, counted up to `most`.
pub async fn newer_apps(db: &Db, since_ms: i64, most: i64) -> Result<i64> {
    Ok(db.one(NEWER_APPS, params![since_ms, most]).await?.0)
}

/// Counts on `apps_unused`. A token that an app has for itself is nobody's yes; who waits to join has said theirs.
const IDLE_APPS: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT a.id
       FROM apps a
      WHERE a.created_at > $1
        AND NOT a.let_in
        AND NOT EXISTS (SELECT 1 FROM access_tokens t WHERE t.app_id = a.id AND t.applicant_id IS NOT NULL)
      ORDER BY a.created_at
      LIMIT $2"
);

/// The oldest apps registered since then that nobody let in.
pub async fn idle_apps(db: &Db, since_ms: i64, most: i64) -> Result<Vec<i64>> {
    Ok(db.column(IDLE_APPS, params![since_ms, most]).await?)
}

const DROP_OWN_TOKENS: Sql = sql!(
    sqlite: "DELETE FROM access_tokens
              WHERE app_id IN (SELECT value FROM json_each($1)) AND account_id IS NULL AND applicant_id IS NULL",
    pg: "DELETE FROM access_tokens
          WHERE app_id = ANY($1) AND account_id IS NULL AND applicant_id IS NULL",
);
const DROP_APPS: Sql = sql!(
    sqlite: "DELETE FROM apps
              WHERE id IN (SELECT value FROM json_each($1))
                AND NOT let_in
                AND NOT EXISTS (SELECT 1 FROM access_tokens t WHERE t.app_id = apps.id)
                AND NOT EXISTS (SELECT 1 FROM oauth_codes c WHERE c.app_id = apps.id)",
    pg: "DELETE FROM apps
          WHERE id = ANY($1)
            AND NOT let_in
            AND NOT EXISTS (SELECT 1 FROM access_tokens t WHERE t.app_id = apps.id)
            AND NOT EXISTS (SELECT 1 FROM oauth_codes c WHERE c.app_id = apps.id)",
);

/// These make way, with the tokens that they have for themselves. Undoes the whole transaction where members let all of them
/// in meanwhile.
pub fn drop_idle_apps(tx: &mut Tx, ids: Vec<i64>) {
    tx.exec(DROP_OWN_TOKENS, params![ids.clone()]);
    tx.must(DROP_APPS, params![ids]);
}

const FORGET_CODES: Sql = sql!(
    "DELETE FROM oauth_codes
      WHERE code_hash IN (SELECT code_hash FROM oauth_codes WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)"
);
/// On `access_tokens_idle`. Those of people who wait to join end with their waiting.
const FORGET_TOKENS: Sql = sql!(
    "DELETE FROM access_tokens
      WHERE id IN (SELECT id FROM access_tokens
                    WHERE account_id IS NULL AND applicant_id IS NULL AND last_used_at < $1
                    ORDER BY last_used_at
                    LIMIT $2)"
);
/// On `apps_unused`.
const FORGET_APPS: Sql = sql!(
    "DELETE FROM apps
      WHERE id IN (SELECT a.id
                     FROM apps a
                    WHERE NOT a.let_in AND a.created_at < $1
                      AND NOT EXISTS (SELECT 1 FROM access_tokens t WHERE t.app_id = a.id)
                      AND NOT EXISTS (SELECT 1 FROM oauth_codes c WHERE c.app_id = a.id)
                    ORDER BY a.created_at
                    LIMIT $2)"
);

/// Forgets codes that expired before `codes_ms`.
pub async fn forget_codes(db: &Db, codes_ms: i64, most: i64) -> Result<u64> {
    Ok(db.exec(FORGET_CODES, params![codes_ms, most]).await?)
}

/// Forgets tokens of apps for themselves that were not used since.
pub async fn forget_tokens(db: &Db, since_ms: i64, most: i64) -> Result<u64> {
    Ok(db.exec(FORGET_TOKENS, params![since_ms, most]).await?)
}

/// Forgets apps older than `apps_ms` that no member ever let in and that have no token for themselves.
pub async fn forget_apps(db: &Db, apps_ms: i64, most: i64) -> Result<u64> {
    Ok(db.exec(FORGET_APPS, params![apps_ms, most]).await?)
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[
    sql!(
        "DELETE FROM access_tokens
          WHERE account_id = $1 AND id IN (SELECT id FROM access_tokens WHERE account_id = $1 LIMIT $2)"
    ),
    sql!(
        "DELETE FROM ended_tokens
          WHERE account_id = $1 AND token_hash IN (SELECT token_hash FROM ended_tokens WHERE account_id = $1 LIMIT $2)"
    ),
    sql!(
        "DELETE FROM oauth_codes
          WHERE account_id = $1 AND code_hash IN (SELECT code_hash FROM oauth_codes WHERE account_id = $1 LIMIT $2)"
    ),
];
