//! Statuses: write, answer, edit, delete, and take in what others wrote.
//!
//! A status is born twice only: [`NewStatus::local`] from a member's draft, [`NewStatus::remote`] from an
//! `Admitted<Note>`. Both end in [`record`], which places it in timelines and tells the people it names.

pub mod activity;
pub mod api;
mod consent;
mod delete;
mod edit;
pub mod entity;
mod held;
mod load;
mod marks;
mod model;
mod notice;
pub mod oembed;
mod once;
mod policy;
mod publish;
mod receive;
mod record;
mod sent_posters;
mod store;
pub mod web;
pub(crate) mod weigh;
mod wishes;
mod written_with;

pub(crate) use consent::{answer_in, needs_yes, receive_end, receive_no, receive_yes, signer};
pub use delete::{delete, delete_all_of, delete_with_files, receive_delete};
pub(crate) use delete::{oldest_of, remove};
pub use edit::{choose_quoting, edit, receive_edit, versions};
pub(crate) use held::{let_in, turn_down, waits_by_wish};
pub use held::{put_back, take_out};
pub(crate) use load::collection_page;
pub use load::{
    Loaded, Shown, find, find_by_iri, find_many, find_proper, load, load_one, meant_by,
};
pub use marks::Marks;
pub use model::{Attached, Draft, Status, Text, Version, is_sensitive, text};
pub use notice::{MOST_NOTICES, Notices};
pub use once::Once;
pub(crate) use once::{REMEMBERED_MS, forget_old as forget_old_keys};
pub use policy::{Answering, MOST_NAMED, Quoting, Terms};
pub use publish::{Unreached, check, preview, publish};
pub(crate) use receive::is_seen;
pub use receive::{adopt_answers, receive, receive_request};
pub(crate) use record::{NewStatus, record};
pub use store::{
    BY_AUTHOR, CHOSEN_BY_AUTHOR, EDGE_OF_AUTHOR, EDGE_OF_FILES, FILES_BY_AUTHOR, REBLOGS_OF,
    add_favourite, below, in_conversation, known, reached, reblog_by, replies_to, with_above,
};
pub(crate) use store::{chosen_of_author, forget_old};
pub(crate) use wishes::lets_quote_by_asking;
pub use wishes::{asks_first, has_terms, may, may_be_quoted, why_not};
