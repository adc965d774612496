//! SQL of what lists of people show of a home.

use comity_db::sql;

use crate::window::Ids;

/// Its author is followed, or is who reads. It says so of the one who is in the list, so that nobody else is asked about.
macro_rules! is_of_followed {
    () => {
        "(e.target_id = h.account_id
          OR EXISTS (SELECT 1
                       FROM follows f
                      WHERE f.account_id = h.account_id AND f.target_id = e.target_id AND f.state = 'accepted'))"
    };
}

/// What came into the home of `$4` from people in the list `$5` whom they follow, exclusive or not, of the first `$6` entries in a
/// window. Of others a topic may have brought something home: they are asked first. Entries are gone through in their order, and
/// no more is looked up than those of people in the list.
macro_rules! entries_of {
    ($and:literal) => {
        Ids {
            newest: entries_of!($and, "DESC", ">=", "0"),
            oldest: entries_of!($and, "ASC", "<=", "9223372036854775807"),
        }
    };
    ($and:literal, $order:literal, $within:literal, $all:literal) => {
        sql!(
            row: (i64,),
            sqlite: concat!(
                "SELECT h.status_id
                   FROM home_entries h
                  CROSS JOIN reading_list_entries e ON e.list_id = $5 AND e.target_id = h.author_id
                  CROSS JOIN statuses s ON s.id = h.status_id
                  WHERE h.account_id = $4 AND h.status_id < $1 AND h.status_id > $2
                    AND h.status_id ",
                $within,
                "   COALESCE((SELECT o.status_id
                                FROM home_entries o
                               WHERE o.account_id = $4 AND o.status_id < $1 AND o.status_id > $2
                               ORDER BY o.status_id ",
                $order,
                "              LIMIT 1 OFFSET $6 - 1), ",
                $all,
                ") AND ",
                is_of_followed!(),
                $and,
                " ORDER BY h.status_id ",
                $order,
                " LIMIT $3"
            ),
            pg: concat!(
                "SELECT h.status_id
                   FROM (SELECT o.account_id, o.status_id, o.author_id
                           FROM home_entries o
                          WHERE o.account_id = $4 AND o.status_id < $1 AND o.status_id > $2
                          ORDER BY o.status_id ",
                $order,
                "         LIMIT $6) h
                  CROSS JOIN LATERAL (SELECT o.target_id
                                        FROM reading_list_entries o
                                       WHERE o.list_id = $5 AND o.target_id = h.author_id
                                       LIMIT 1) e
                  CROSS JOIN LATERAL (SELECT o.account_id, o.in_reply_to_iri, o.in_reply_to_account_id
                                        FROM statuses o
                                       WHERE o.id = h.status_id
                                       LIMIT 1) s
                  WHERE ",
                is_of_followed!(),
                $and,
                " ORDER BY h.status_id ",
                $order,
                " LIMIT $3"
            ),
        )
    };
}

/// With answers to everybody who is followed: those are in home.
pub const ENTRIES_OF_FOLLOWED: Ids = entries_of!("");
/// With answers to people in the list, to the reader, and of people to themselves.
pub const ENTRIES_OF_LIST: Ids = entries_of!(
    " AND (s.in_reply_to_iri IS NULL
           OR s.in_reply_to_account_id IN (s.account_id, h.account_id)
           OR EXISTS (SELECT 1
                        FROM reading_list_entries a
                       WHERE a.list_id = $5 AND a.target_id = s.in_reply_to_account_id))"
);
/// Without answers, but for those of people to themselves and to the reader.
pub const ENTRIES_WITHOUT_REPLIES: Ids = entries_of!(
    " AND (s.in_reply_to_iri IS NULL OR s.in_reply_to_account_id IN (s.account_id, h.account_id))"
);
