//! A transaction, as a list of statements decided beforehand. Why: `docs/adr/0001`.

use crate::sql::Sql;
use crate::value::Value;

/// The most statements one transaction holds. SQLite has one writer: ten thousand statements keep
/// it for some tenths of a second, and everybody else waits. Split longer work, and queue the rest.
pub(crate) const STATEMENTS_MAX: usize = 10_000;

/// Statements that all happen or none does, in the order they were added. Run by
/// [`crate::Db::write`].
#[derive(Debug, Default, Clone)]
pub struct Tx {
    steps: Vec<Step>,
    /// Those of [`Tx::exec_last`].
    last: Vec<Step>,
    /// What is told once all of it is stored.
    pub(crate) news: Vec<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) sql: Sql<()>,
    pub(crate) params: Vec<Value>,
    /// Whether a change of no row undoes everything.
    pub(crate) must: bool,
}

/// How a transaction ended, when nothing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a `must` that changed nothing undid the whole transaction"]
pub enum Wrote {
    /// Every statement was carried out and is stored.
    All,
    /// A [`Tx::must`] changed no row, so nothing was stored. `at` is the number that `must`
    /// returned.
    Nothing {
        /// Which statement, counted from 0.
        at: usize,
    },
}

impl Tx {
    /// A transaction that does nothing yet.
    pub fn new() -> Tx {
        Tx::default()
    }

    /// Adds a statement; it may change any number of rows. Returns its number, counted from 0.
    pub fn exec(&mut self, sql: Sql<()>, params: Vec<Value>) -> usize {
        self.push(sql, params, false)
    }

    /// Adds a statement that must change a row: if it changes none, everything is undone and
    /// [`Wrote::Nothing`] tells its number, which is also returned here.
    pub fn must(&mut self, sql: Sql<()>, params: Vec<Value>) -> usize {
        self.push(sql, params, true)
    }

    /// Adds a statement that comes behind all others, also behind those that are added after it; it may change any number
    /// of rows. For a counter that many transactions change: on PostgreSQL its row is locked from there to the commit, and
    /// the others wait for it.
    pub fn exec_last(&mut self, sql: Sql<()>, params: Vec<Value>) {
        self.last.push(Step {
            sql,
            params,
            must: false,
        });
    }

    /// Adds all of another transaction's statements behind these.
    pub fn append(&mut self, other: Tx) {
        self.steps.extend(other.steps);
        self.last.extend(other.last);
        self.news.extend(other.news);
    }

    /// Tells a line to whoever listens ([`Db::listen`](crate::Db::listen)), in every process on this database, once all
    /// statements are stored; nobody is told where they are not. A line has no line break; one longer than
    /// [`LONGEST_LINE`](crate::LONGEST_LINE) bytes is left out, and so are all when the process dies at that moment.
    pub fn tell(&mut self, line: String) {
        self.news.push(line);
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.last.is_empty()
    }

    /// How many statements there are, without those that come last: the number the next one gets.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// All statements, in the order in which they are carried out.
    pub(crate) fn into_steps(self) -> Vec<Step> {
        let mut steps = self.steps;
        steps.extend(self.last);
        steps
    }

    fn push(&mut self, sql: Sql<()>, params: Vec<Value>, must: bool) -> usize {
        self.steps.push(Step { sql, params, must });
        self.steps.len() - 1
    }
}
