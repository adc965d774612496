//! Lists of ids that are read from either end: the newest of what lies between two ids, or those next to the lower one.

use comity_db::{Db, Sql, Value};

use crate::error::Result;

/// A stretch of ids between two that are not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Only smaller ones.
    pub below: i64,
    /// Only greater ones.
    pub above: i64,
    /// Where too many lie in it: those next to `above`, and not the newest.
    pub from_below: bool,
}

impl Window {
    /// The newest that are older than `max_id`.
    pub fn older_than(max_id: i64) -> Window {
        Window {
            below: max_id,
            above: 0,
            from_below: false,
        }
    }

    /// Which of these two is read first.
    pub fn first_of(self, one: i64, other: i64) -> i64 {
        if self.from_below {
            one.min(other)
        } else {
            one.max(other)
        }
    }

    /// Which of the two statements of a list reads it, and the values of that. `more` are those from `$4` on.
    fn asks<T>(
        self,
        newest: Sql<T>,
        oldest: Sql<T>,
        limit: i64,
        more: Vec<Value>,
    ) -> (Sql<T>, Vec<Value>) {
        let mut values = comity_db::params![self.below, self.above, limit];
        values.extend(more);
        let statement = if self.from_below { oldest } else { newest };
        (statement, values)
    }
}

/// One list, by two statements. Made by [`ids_in!`].
#[derive(Clone, Copy)]
pub struct Ids {
    pub(crate) newest: Sql<(i64,)>,
    pub(crate) oldest: Sql<(i64,)>,
}

impl Ids {
    /// At most `limit` of them: newest first, or, from below, oldest first. `more` are the values from `$4` on.
    pub async fn read(
        &self,
        db: &Db,
        window: Window,
        limit: i64,
        more: Vec<Value>,
    ) -> Result<Vec<i64>> {
        let (statement, values) = window.asks(self.newest, self.oldest, limit, more);
        Ok(db.column(statement, values).await?)
    }
}

impl Ids {
    /// At most `limit` of them, each as the entry that it is and what that stands for, as [`Filling`] takes them.
    pub async fn rows(
        self,
        db: &Db,
        window: Window,
        limit: i64,
        more: Vec<Value>,
    ) -> Result<Vec<(i64, i64)>> {
        let ids = self.read(db, window, limit, more).await?;
        Ok(ids.into_iter().map(|id| (id, id)).collect())
    }

    /// The same as a stretch of which each entry stands for itself.
    pub async fn stretch(
        &self,
        db: &Db,
        window: Window,
        limit: i64,
        more: Vec<Value>,
    ) -> Result<Stretch> {
        let ids = self.read(db, window, limit, more).await?;
        let rows = ids.into_iter().map(|id| (id, id)).collect();
        Ok(Stretch::of(rows, window, limit))
    }
}

/// The two statements of what is read from either end of a list: the text ends within a `WHERE`, `$id` is the column of the ids.
macro_rules! either_way {
    ($of:ident, $id:literal, $limit:literal, sqlite: $sqlite:expr, pg: $pg:expr) => {
        $crate::window::$of {
            newest: comity_db::sql!(
                row: (i64,),
                sqlite: concat!($sqlite, " AND ", $id, " < $1 AND ", $id, " > $2 ORDER BY ", $id, " DESC ", $limit),
                pg: concat!($pg, " AND ", $id, " < $1 AND ", $id, " > $2 ORDER BY ", $id, " DESC ", $limit),
            ),
            oldest: comity_db::sql!(
                row: (i64,),
                sqlite: concat!($sqlite, " AND ", $id, " < $1 AND ", $id, " > $2 ORDER BY ", $id, " ", $limit),
                pg: concat!($pg, " AND ", $id, " < $1 AND ", $id, " > $2 ORDER BY ", $id, " ", $limit),
            ),
        }
    };
}
pub(crate) use either_way;

/// A list, as [`either_way!`] has it.
macro_rules! ids_in {
    ($id:literal, $text:expr) => {
        $crate::window::ids_in!($id, sqlite: $text, pg: $text)
    };
    ($id:literal, sqlite: $sqlite:expr, pg: $pg:expr) => {
        $crate::window::either_way!(Ids, $id, "LIMIT $3", sqlite: $sqlite, pg: $pg)
    };
}
pub(crate) use ids_in;

/// How far a list is looked through for some of what it has. Made by [`edge_in!`].
#[derive(Clone, Copy)]
pub struct Edge {
    pub(crate) newest: Sql<(i64,)>,
    pub(crate) oldest: Sql<(i64,)>,
}

impl Edge {
    /// As much of a window as has `most` entries of the list, and the last of them; all of it, and `None`, where it has fewer.
    /// `more` are the values from `$4` on.
    pub async fn cut(
        &self,
        db: &Db,
        mut window: Window,
        most: i64,
        more: Vec<Value>,
    ) -> Result<(Window, Option<i64>)> {
        let (statement, values) = window.asks(self.newest, self.oldest, most - 1, more);
        let last = db.opt_column(statement, values).await?;
        match last {
            Some(last) if window.from_below => window.below = last + 1,
            Some(last) => window.above = last - 1,
            None => {}
        }
        Ok((window, last))
    }
}

/// An edge, as [`either_way!`] has it. It should need nothing but an index.
macro_rules! edge_in {
    ($id:literal, $text:expr) => {
        $crate::window::edge_in!($id, sqlite: $text, pg: $text)
    };
    ($id:literal, sqlite: $sqlite:expr, pg: $pg:expr) => {
        $crate::window::either_way!(Edge, $id, "LIMIT 1 OFFSET $3", sqlite: $sqlite, pg: $pg)
    };
}
pub(crate) use edge_in;

/// A list that is looked through for the entries that are as asked: each says beside its id whether it is (1) or not (0).
/// Where they are few, a statement that skipped the others would read all of it.
#[derive(Clone, Copy)]
pub struct LookedThrough {
    pub(crate) newest: Sql<(i64, i64)>,
    pub(crate) oldest: Sql<(i64, i64)>,
}

impl LookedThrough {
    /// Those of `most` entries that are as asked, and the last entry that was looked at, where there may be more. `more` are
    /// the values from `$4` on.
    pub async fn read(
        self,
        db: &Db,
        window: Window,
        most: i64,
        more: Vec<Value>,
    ) -> Result<(Vec<i64>, Option<i64>)> {
        let (statement, values) = window.asks(self.newest, self.oldest, most, more);
        let rows = db.all(statement, values).await?;
        let is_full = i64::try_from(rows.len()).is_ok_and(|len| len >= most);
        let last = rows.last().map(|(id, _)| *id).filter(|_| is_full);
        let fitting = rows.into_iter().filter(|(_, fits)| *fits != 0);
        Ok((fitting.map(|(id, _)| id).collect(), last))
    }
}

/// A list that goes on by ids of its own, beside what each of them stands for. Made by [`entries_in!`].
#[derive(Clone, Copy)]
pub struct Entries {
    pub(crate) newest: Sql<(i64, i64)>,
    pub(crate) oldest: Sql<(i64, i64)>,
}

/// Some of such a list.
#[derive(Debug, Default)]
pub struct Stretch {
    /// What the entries stand for, newest first.
    pub named: Vec<i64>,
    /// The first entry.
    pub newest: Option<i64>,
    /// The last entry, where there may be older ones.
    pub oldest: Option<i64>,
}

impl Entries {
    /// At most `limit` of them. `more` are the values from `$4` on.
    pub async fn read(
        &self,
        db: &Db,
        window: Window,
        limit: i64,
        more: Vec<Value>,
    ) -> Result<Stretch> {
        let rows = self.rows(db, window, limit, more).await?;
        Ok(Stretch::of(rows, window, limit))
    }

    /// The same, each as the entry that it is and what that stands for: newest first, or, from below, oldest first.
    pub async fn rows(
        self,
        db: &Db,
        window: Window,
        limit: i64,
        more: Vec<Value>,
    ) -> Result<Vec<(i64, i64)>> {
        let (statement, values) = window.asks(self.newest, self.oldest, limit, more);
        Ok(db.all(statement, values).await?)
    }
}

/// Entries looked at together for a page of what a viewer may see, and how often: where a page is not full after
/// so many, the next one begins where this one stopped.
const BATCH: i64 = 80;
const MOST_ROUNDS: usize = 10;

/// A page of a list of which not all is for whoever reads it. It is read on until it is full, so that neither its length nor
/// where it ends tells of what they may not see.
pub struct Filling<T> {
    window: Window,
    limit: usize,
    rounds: usize,
    at_end: bool,
    shown: Vec<(i64, T)>,
}

/// What came of it.
pub struct Filled<T> {
    /// What is shown, newest first.
    pub shown: Vec<T>,
    /// The first entry that is shown; from below, the last that was looked at, where it was given up before the end.
    pub newest: Option<i64>,
    /// The last one, where there are older ones to show; or the last that was looked at, where there may be.
    pub oldest: Option<i64>,
}

impl<T> Filling<T> {
    /// Nothing yet, of at most `limit`.
    pub fn new(window: Window, limit: i64) -> Filling<T> {
        Filling {
            window,
            limit: usize::try_from(limit).unwrap_or_default(),
            rounds: 0,
            at_end: false,
            shown: Vec::new(),
        }
    }

    /// Where to read next, and how many entries; `None` once the page is full or the list at its end.
    pub fn wants(&self) -> Option<(Window, i64)> {
        let is_full = self.shown.len() > self.limit;
        let goes_on = !is_full && !self.at_end && self.rounds < MOST_ROUNDS;
        goes_on.then_some((self.window, BATCH))
    }

    /// Takes what was read there, and what is shown of it by entry, in the same order.
    pub fn take(&mut self, read: &[(i64, i64)], shown: Vec<(i64, T)>) {
        self.rounds += 1;
        self.at_end = i64::try_from(read.len()).is_ok_and(|len| len < BATCH);
        match read.last() {
            Some((last, _)) if self.window.from_below => self.window.above = *last,
            Some((last, _)) => self.window.below = *last,
            None => {}
        }
        self.shown.extend(shown);
    }

    /// The page. What was read from below has older entries: those it lies above. Where it was given up, it goes on behind what
    /// was looked at last, which tells no more than that there is something for others.
    pub fn page(self) -> Filled<T> {
        let Filling {
            window,
            limit,
            rounds,
            at_end,
            mut shown,
        } = self;
        let more = shown.len() > limit;
        let gave_up = !more && !at_end && rounds > 0;
        shown.truncate(limit);
        if window.from_below {
            shown.reverse();
        }
        let mut newest = shown.first().map(|(id, _)| *id);
        let last = shown.last().map(|(id, _)| *id);
        let mut oldest = last.filter(|_| more || window.from_below);
        if gave_up && window.from_below {
            newest = Some(window.above);
        } else if gave_up {
            oldest = Some(window.below);
        }
        Filled {
            newest,
            oldest,
            shown: shown.into_iter().map(|(_, one)| one).collect(),
        }
    }
}

impl Stretch {
    /// From rows as they were read. What was read from below has older entries: those it lies above.
    fn of(mut rows: Vec<(i64, i64)>, window: Window, limit: i64) -> Stretch {
        let full = i64::try_from(rows.len()).is_ok_and(|len| len >= limit);
        if window.from_below {
            rows.reverse();
        }
        let oldest = rows.last().map(|(id, _)| *id);
        Stretch {
            newest: rows.first().map(|(id, _)| *id),
            oldest: oldest.filter(|_| full || window.from_below),
            named: rows.into_iter().map(|(_, named)| named).collect(),
        }
    }
}

/// The two statements of such a list: `$text` selects the id of an entry and what it stands for, and ends within a
/// `WHERE`.
macro_rules! entries_in {
    ($id:literal, $text:expr) => {
        $crate::window::Entries {
            newest: comity_db::sql!(
                row: (i64, i64),
                concat!($text, " AND ", $id, " < $1 AND ", $id, " > $2 ORDER BY ", $id, " DESC LIMIT $3")
            ),
            oldest: comity_db::sql!(
                row: (i64, i64),
                concat!($text, " AND ", $id, " < $1 AND ", $id, " > $2 ORDER BY ", $id, " LIMIT $3")
            ),
        }
    };
}
pub(crate) use entries_in;

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: i64 = 10_000;

    /// Reads a list of all numbers below [`ALL`] of which nothing is shown but what `is_shown` says.
    fn page(window: Window, is_shown: impl Fn(i64) -> bool) -> Filled<i64> {
        let mut filling = Filling::new(window, 20);
        while let Some((window, most)) = filling.wants() {
            let within = |id: &i64| *id < window.below.min(ALL) && *id > window.above;
            let ids: Vec<i64> = if window.from_below {
                (window.above..)
                    .skip(1)
                    .take_while(within)
                    .take(80)
                    .collect()
            } else {
                (0..window.below.min(ALL))
                    .rev()
                    .take_while(within)
                    .take(80)
                    .collect()
            };
            assert_eq!(most, 80);
            let read: Vec<(i64, i64)> = ids.iter().map(|id| (*id, *id)).collect();
            let shown = ids.into_iter().filter(|id| is_shown(*id));
            filling.take(&read, shown.map(|id| (id, id)).collect());
        }
        filling.page()
    }

    #[test]
    fn a_page_that_was_given_up_goes_on_where_it_stopped() {
        let mut found = Vec::new();
        let mut below = ALL;
        for _ in 0..20 {
            let page = page(Window::older_than(below), |id| id == 7_000 || id == 40);
            found.extend(page.shown);
            let Some(oldest) = page.oldest else { break };
            assert!(oldest < below);
            below = oldest;
        }
        assert_eq!(found, [7_000, 40]);
        assert!(below < 1_000, "the list ended at {below}");

        let from_below = Window {
            below: i64::MAX,
            above: 100,
            from_below: true,
        };
        let page = page(from_below, |id| id == 7_000);
        assert_eq!((page.shown.len(), page.newest), (0, Some(900)));
    }

    #[test]
    fn a_list_ends_at_its_end() {
        let page = page(Window::older_than(700), |_| false);
        assert_eq!((page.newest, page.oldest), (None, None));
        let page = Filling::<i64>::new(Window::older_than(0), 0).page();
        assert_eq!((page.newest, page.oldest), (None, None));
    }
}
