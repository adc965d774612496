//! SQL of `account_words`: the words of names, by which people are found.

use comity_db::{Db, Sql, Tx, Value, params, row, sql};

use crate::error::Result;
use crate::text::words;

/// Words of one account: names of a whole sentence are found by how they begin.
const MOST_WORDS: usize = 24;
/// Of whom somebody follows, so many are looked through.
const MOST_FOLLOWED: i64 = 10_000;

macro_rules! index {
    ($and:literal) => {
        sql!(
            sqlite: concat!(
                "INSERT INTO account_words (is_local, word, account_id)
                 SELECT a.community_id IS NOT NULL, w.value, a.id
                   FROM accounts a
                  CROSS JOIN json_each($2) w
                  WHERE a.id = $1 AND a.gone_at IS NULL",
                $and,
                " ON CONFLICT DO NOTHING"
            ),
            pg: concat!(
                "INSERT INTO account_words (is_local, word, account_id)
                 SELECT a.community_id IS NOT NULL, w.value, a.id
                   FROM accounts a
                  CROSS JOIN unnest(CAST($2 AS TEXT[])) AS w (value)
                  WHERE a.id = $1 AND a.gone_at IS NULL",
                $and,
                " ON CONFLICT DO NOTHING"
            ),
        )
    };
}

const INDEX: Sql = index!("");
/// While the names are still these.
const INDEX_OLDER: Sql = index!(" AND a.username = $3 AND a.display_name = $4");
const FORGET: Sql = sql!("DELETE FROM account_words WHERE account_id = $1");

/// An account is found by these names from now on, and by no others.
pub fn place(tx: &mut Tx, account_id: i64, username: &str, display_name: &str) {
    forget(tx, account_id);
    let all = words_of(username, display_name);
    tx.exec(INDEX, params![account_id, all]);
}

/// An account is found by these names as well, unless it has others by now: whoever wrote those placed them.
pub fn place_older(tx: &mut Tx, account_id: i64, username: &str, display_name: &str) {
    let all = words_of(username, display_name);
    tx.exec(
        INDEX_OLDER,
        params![account_id, all, username, display_name],
    );
}

fn words_of(username: &str, display_name: &str) -> Vec<String> {
    let mut all = words::sequence(username);
    all.extend(words::sequence(display_name));
    all.truncate(MOST_WORDS);
    all
}

/// An account is found by no name.
pub fn forget(tx: &mut Tx, account_id: i64) {
    tx.exec(FORGET, params![account_id]);
}

row! {
    /// By what an account is found.
    #[derive(Debug)]
    pub struct NameRow {
        pub id: i64,
        pub username: String,
        pub display_name: String,
    }
}

const OLDER: Sql<NameRow> = sql!(
    row: NameRow,
    "SELECT id, username, display_name
       FROM accounts
      WHERE id < $1 AND gone_at IS NULL
      ORDER BY id DESC
      LIMIT $2"
);

/// Accounts below this number, the newest first.
pub async fn older(db: &Db, below: i64, most: i64) -> Result<Vec<NameRow>> {
    Ok(db.all(OLDER, params![below, most]).await?)
}

/// What is looked for.
pub struct Question {
    /// The longest word, or how it begins.
    pub word: String,
    /// The others.
    pub words: Vec<String>,
    /// How the domain of the handle begins.
    pub domain: String,
    /// Who has this very name comes first; in lower case.
    pub username: String,
}

impl Question {
    /// `$2` to `$6`. What begins with the word lies before `$3`.
    fn values(&self) -> Vec<Value> {
        params![
            self.word.as_str(),
            format!("{}\u{10FFFF}", self.word),
            self.words.clone(),
            self.domain.as_str(),
            self.username.as_str(),
        ]
    }
}

/// An account (`a`) has words that begin as the others that are asked for (`$4`), and a domain that begins as it should
/// (`$5`). Who has the very name (`$6`) comes first, then who is followed by most.
macro_rules! named {
    ($only_one:literal, $asked:literal) => {
        concat!(
            "a.gone_at IS NULL
              AND substr(a.domain, 1, length(CAST($5 AS TEXT))) = CAST($5 AS TEXT)
              AND (",
            $only_one,
            "      OR NOT EXISTS (SELECT 1
                                    FROM ",
            $asked,
            "                      WHERE NOT EXISTS (SELECT 1
                                                       FROM account_words x
                                                      WHERE x.account_id = a.id
                                                        AND substr(x.word, 1, length(q.value)) = q.value)))
              ORDER BY CASE WHEN a.username_key = $6 THEN 0 ELSE 1 END, a.followers_count DESC, a.id
              LIMIT $7"
        )
    };
}

/// Of whom one follows. Counts on `account_words_by_account`.
macro_rules! followed {
    ($only_one:literal, $asked:literal) => {
        concat!(
            "SELECT a.id
               FROM (SELECT target_id
                       FROM follows
                      WHERE account_id = $1 AND state = 'accepted'
                      ORDER BY target_id DESC
                      LIMIT $8) f
               JOIN accounts a ON a.id = f.target_id
              WHERE EXISTS (SELECT 1
                              FROM account_words w
                             WHERE w.account_id = f.target_id AND w.word >= $2 AND w.word < $3)
                AND ",
            named!($only_one, $asked)
        )
    };
}

const FOLLOWED: Sql<(i64,)> = sql!(
    row: (i64,),
    sqlite: followed!("json_array_length($4) = 0", "json_each($4) q"),
    pg: followed!(
        "cardinality(CAST($4 AS TEXT[])) = 0",
        "unnest(CAST($4 AS TEXT[])) AS q (value)"
    ),
);

/// An account is no server's: those have an application, as communities do here, or a service called as their host is.
macro_rules! is_of_people {
    ($of:literal) => {
        concat!(
            $of,
            ".kind <> 'Application' AND NOT (",
            $of,
            ".kind = 'Service' AND ",
            $of,
            ".username_key = ",
            $of,
            ".domain)"
        )
    };
}
pub(crate) use is_of_people;

/// Of everybody here, or elsewhere: the first by their words are looked at. What speaks for a server is found by its handle
/// alone, and by who follows it.
macro_rules! known {
    ($only_one:literal, $asked:literal) => {
        concat!(
            "SELECT a.id
               FROM (SELECT account_id
                       FROM account_words
                      WHERE is_local = $1 AND word >= $2 AND word < $3
                      ORDER BY word, account_id
                      LIMIT $8) k
               JOIN accounts a ON a.id = k.account_id
              WHERE ",
            is_of_people!("a"),
            " AND ",
            named!($only_one, $asked)
        )
    };
}

const KNOWN: Sql<(i64,)> = sql!(
    row: (i64,),
    sqlite: known!("json_array_length($4) = 0", "json_each($4) q"),
    pg: known!(
        "cardinality(CAST($4 AS TEXT[])) = 0",
        "unnest(CAST($4 AS TEXT[])) AS q (value)"
    ),
);

/// At most `most` accounts of these names that this one follows.
pub async fn followed(
    db: &Db,
    account_id: i64,
    question: &Question,
    most: i64,
) -> Result<Vec<i64>> {
    let mut values = params![account_id];
    values.extend(question.values());
    values.extend(params![most, MOST_FOLLOWED]);
    Ok(db.column(FOLLOWED, values).await?)
}

/// Where somebody lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// In a community of this installation.
    Here,
    /// On another server.
    Elsewhere,
}

/// At most `most` accounts of these names, of the first `looked_at` with the word. One may come twice.
pub async fn known(
    db: &Db,
    home: Home,
    question: &Question,
    most: i64,
    looked_at: i64,
) -> Result<Vec<i64>> {
    let mut values = params![home == Home::Here];
    values.extend(question.values());
    values.extend(params![most, looked_at]);
    Ok(db.column(KNOWN, values).await?)
}
