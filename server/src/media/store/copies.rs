//! SQL of `media_copies`.

use comity_db::{Db, Sql, params, row, sql};

use crate::error::Result;

row! {
    /// A copy of a file from elsewhere.
    #[derive(Debug)]
    pub struct Copy {
        pub file_key: String,
        pub url: String,
        pub file_type: String,
        pub preview_type: String,
        pub bytes: i64,
        pub used_at: i64,
        /// Domains that its address led on to, parted by spaces.
        pub led_to: String,
    }
}

impl Copy {
    /// That it could not be had, as if that had been found out then.
    pub fn missing(file_key: String, url: &str, then_ms: i64) -> Copy {
        Copy {
            file_key,
            url: url.to_owned(),
            file_type: String::new(),
            preview_type: String::new(),
            bytes: 0,
            used_at: then_ms,
            led_to: String::new(),
        }
    }
}

const COPY: Sql<Copy> = sql!(
    row: Copy,
    "SELECT file_key, url, file_type, preview_type, bytes, used_at, led_to
       FROM media_copies
      WHERE file_key = $1"
);

/// What is known of the file with this key.
pub async fn copy(db: &Db, key: &str) -> Result<Option<Copy>> {
    Ok(db.opt(COPY, params![key]).await?)
}

const HAVE: Sql<(String,)> = sql!(
    row: (String,),
    sqlite: "SELECT file_key
               FROM media_copies
              WHERE file_key IN (SELECT value FROM json_each($1)) AND file_type <> ''",
    pg: "SELECT file_key FROM media_copies WHERE file_key = ANY($1) AND file_type <> ''",
);

/// Those of these files that were had.
pub async fn have(db: &Db, keys: Vec<String>) -> Result<Vec<String>> {
    Ok(db.column(HAVE, params![keys]).await?)
}

const KEEP_COPY: Sql = sql!(
    "INSERT INTO media_copies (file_key, url, file_type, preview_type, bytes, used_at, created_at, led_to)
     VALUES ($1, $2, $3, $4, $5, $6, $6, $7)
     ON CONFLICT (file_key) DO UPDATE
        SET file_type = excluded.file_type, preview_type = excluded.preview_type, bytes = excluded.bytes,
            used_at = excluded.used_at, led_to = excluded.led_to"
);

/// Keeps what is known of a file.
pub async fn keep_copy(db: &Db, copy: &Copy) -> Result<()> {
    db.exec(
        KEEP_COPY,
        params![
            copy.file_key.as_str(),
            copy.url.as_str(),
            copy.file_type.as_str(),
            copy.preview_type.as_str(),
            copy.bytes,
            copy.used_at,
            copy.led_to.as_str(),
        ],
    )
    .await?;
    Ok(())
}

const USE_COPY: Sql = sql!("UPDATE media_copies SET used_at = $2 WHERE file_key = $1");

/// Somebody looked at it.
pub async fn use_copy(db: &Db, key: &str, now_ms: i64) -> Result<()> {
    db.exec(USE_COPY, params![key, now_ms]).await?;
    Ok(())
}

const FORGET_COPY: Sql = sql!("DELETE FROM media_copies WHERE file_key = $1");

/// It is taken away.
pub async fn forget_copy(db: &Db, key: &str) -> Result<()> {
    db.exec(FORGET_COPY, params![key]).await?;
    Ok(())
}

const FORGET_MISSING: Sql = sql!("DELETE FROM media_copies WHERE used_at < $1 AND file_type = ''");

/// What could not be had before this may be asked for again. Counts on `media_copies_by_use`.
pub async fn forget_missing(db: &Db, before_ms: i64) -> Result<()> {
    db.exec(FORGET_MISSING, params![before_ms]).await?;
    Ok(())
}

const BYTES_OF_COPIES: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT CAST(COALESCE(sum(bytes), 0) AS BIGINT) FROM media_copies"
);

/// How much all copies hold together.
pub async fn bytes_of_copies(db: &Db) -> Result<i64> {
    Ok(db.one(BYTES_OF_COPIES, params![]).await?.0)
}

/// Counts on `media_copies_by_use`.
const OLDEST_COPIES: Sql<Copy> = sql!(
    row: Copy,
    "SELECT file_key, url, file_type, preview_type, bytes, used_at, led_to
       FROM media_copies
      ORDER BY used_at
      LIMIT $1"
);

/// Those that nobody looked at for longest.
pub async fn oldest_copies(db: &Db, most: i64) -> Result<Vec<Copy>> {
    Ok(db.all(OLDEST_COPIES, params![most]).await?)
}

/// What plays: the rest of what was had are pictures.
macro_rules! is_film {
    () => {
        "file_type <> '' AND file_type NOT LIKE 'image/%'"
    };
}

const BYTES_OF_FILMS: Sql<(i64,)> = sql!(
    row: (i64,),
    concat!(
        "SELECT CAST(COALESCE(sum(bytes), 0) AS BIGINT) FROM media_copies WHERE ",
        is_film!()
    )
);

/// How much of that are film and sound.
pub async fn bytes_of_films(db: &Db) -> Result<i64> {
    Ok(db.one(BYTES_OF_FILMS, params![]).await?.0)
}

/// Counts on `media_copies_by_use`.
const OLDEST_FILMS: Sql<Copy> = sql!(
    row: Copy,
    concat!(
        "SELECT file_key, url, file_type, preview_type, bytes, used_at, led_to
           FROM media_copies
          WHERE ",
        is_film!(),
        " ORDER BY used_at
          LIMIT $1"
    )
);

/// Film and sound that nobody played for longest.
pub async fn oldest_films(db: &Db, most: i64) -> Result<Vec<Copy>> {
    Ok(db.all(OLDEST_FILMS, params![most]).await?)
}
