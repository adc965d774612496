//! One migration text for both engines: it is written for PostgreSQL, and this turns its column
//! words into SQLite's.

use crate::token::{Token, TokenKind, tokens};

/// Rewrites a migration for SQLite: `BIGINT` and `BOOLEAN` become `INTEGER`, `BYTEA` becomes
/// `BLOB`, `JSONB` becomes `TEXT`, `DOUBLE PRECISION` becomes `REAL`, and every `CREATE TABLE` ends
/// in `STRICT`. Quotes and comments are left alone, and a text that is SQLite's already stays as it
/// is.
pub(crate) fn for_sqlite(text: &str) -> String {
    let mut rewritten = String::with_capacity(text.len() + 64);
    let mut statement = Statement::default();
    let tokens = tokens(text);
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if token.kind == TokenKind::Semicolon {
            statement.finish(&mut rewritten);
            statement = Statement::default();
            rewritten.push(';');
            at += 1;
            continue;
        }
        let (word, taken) = column_word(&tokens[at..]);
        rewritten.push_str(word);
        statement.see(token, rewritten.len());
        at += taken;
    }
    statement.finish(&mut rewritten);
    rewritten
}

/// SQLite's word for the next token, and how many tokens it stands for.
fn column_word<'a>(tokens: &[Token<'a>]) -> (&'a str, usize) {
    let token = tokens[0];
    if token.is("BIGINT") || token.is("BOOLEAN") {
        return ("INTEGER", 1);
    }
    if token.is("BYTEA") {
        return ("BLOB", 1);
    }
    if token.is("JSONB") {
        return ("TEXT", 1);
    }
    if let [double, blank, precision, ..] = tokens
        && double.is("DOUBLE")
        && blank.kind == TokenKind::Blank
        && precision.is("PRECISION")
    {
        return ("REAL", 3);
    }
    (token.text, 1)
}

/// What is known of the statement that is being read.
#[derive(Default)]
struct Statement {
    /// The words outside parentheses, in capitals.
    words: Vec<String>,
    depth: usize,
    /// How many of `words` came before the list of columns closed.
    before_close: Option<usize>,
    /// Where the last token ended that is neither blank nor comment.
    end: usize,
}

impl Statement {
    fn see(&mut self, token: &Token<'_>, end: usize) {
        match token.kind {
            TokenKind::Blank => return,
            TokenKind::Open => self.depth += 1,
            TokenKind::Close => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    self.before_close = Some(self.words.len());
                }
            }
            TokenKind::Word if self.depth == 0 => self.words.push(token.text.to_ascii_uppercase()),
            _ => {}
        }
        self.end = end;
    }

    /// Adds STRICT where the statement makes a table from a list of columns.
    fn finish(&self, rewritten: &mut String) {
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        let makes_table = matches!(
            words.as_slice(),
            ["CREATE", "TABLE", ..] | ["CREATE", "TEMP" | "TEMPORARY", "TABLE", ..]
        );
        let Some(before_close) = self.before_close.filter(|_| makes_table) else {
            return;
        };
        if words.contains(&"STRICT") || words.contains(&"AS") {
            return;
        }
        let has_options = words.len() > before_close;
        rewritten.insert_str(self.end, if has_options { ", STRICT" } else { " STRICT" });
    }
}

#[cfg(test)]
mod tests {
    use super::for_sqlite;

    #[test]
    fn column_words_become_those_of_sqlite() {
        assert_eq!(
            for_sqlite(
                "CREATE TABLE t (id BIGINT PRIMARY KEY, ok boolean NOT NULL DEFAULT FALSE, score DOUBLE\n PRECISION, raw BYTEA, j JSONB);"
            ),
            "CREATE TABLE t (id INTEGER PRIMARY KEY, ok INTEGER NOT NULL DEFAULT FALSE, score REAL, raw BLOB, j TEXT) STRICT;"
        );
    }

    #[test]
    fn quotes_and_comments_stay() {
        let text = "INSERT INTO t VALUES ('BIGINT; it''s'); -- BOOLEAN\n/* BYTEA */ SELECT \"BIGINT\" FROM t";
        assert_eq!(for_sqlite(text), text);
    }

    #[test]
    fn every_table_is_strict() {
        assert_eq!(
            for_sqlite(
                "CREATE TABLE a (x TEXT CHECK (x IN ('(', ';')))\n-- last ;\n; CREATE TABLE IF NOT EXISTS b (y TEXT)"
            ),
            "CREATE TABLE a (x TEXT CHECK (x IN ('(', ';'))) STRICT\n-- last ;\n; CREATE TABLE IF NOT EXISTS b (y TEXT) STRICT"
        );
        assert_eq!(
            for_sqlite("CREATE TABLE a (x TEXT PRIMARY KEY) WITHOUT ROWID;"),
            "CREATE TABLE a (x TEXT PRIMARY KEY) WITHOUT ROWID, STRICT;"
        );
    }

    #[test]
    fn what_makes_no_table_of_columns_is_left_alone() {
        for text in [
            "CREATE TABLE a (x TEXT) STRICT;",
            "CREATE TABLE a (x TEXT) WITHOUT ROWID, STRICT;",
            "CREATE TABLE a AS SELECT (1);",
            "CREATE VIRTUAL TABLE f USING fts5(content);",
            "CREATE UNIQUE INDEX i ON a (x) WHERE x > '';",
            "CREATE INDEX \"TABLE\" ON a (x);",
            "ALTER TABLE a ADD COLUMN strict TEXT CHECK (strict <> '');",
            "INSERT INTO a (x) SELECT x FROM b",
        ] {
            assert_eq!(for_sqlite(text), text);
        }
    }
}
