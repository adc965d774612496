//! The Comity server. A feature is a folder, a surface is a file name in it:
//! `mod.rs` the verbs, `model.rs` the types, `store.rs` the SQL, `web.rs` the pages, `activity.rs` what other
//! servers see. *Acts* (statuses, follows, favourites, pins, reblogs, relations) call *effects* (timelines,
//! notifications, conversations, delivery); effects read acts, and never carry one out.

pub mod app;
pub mod clock;
pub mod command; // the command line: what the program is told to do
pub mod config;
pub mod error;
pub mod facts;
pub mod id;
pub mod key_file; // a key beside the database, and what it seals
pub mod migrations;
pub mod router;
pub mod serve; // start, listen, stop

// The ground everything stands on
pub mod http; // who asks, and the only way to answer
pub mod queue; // work that was promised
pub mod text; // from what people type and servers send to safe HTML

// Who there is
pub mod accounts; // profiles, ours and others', and their keys
pub mod communities; // the domains served here: name, rules text, mode
pub mod instances; // what we know of other servers
pub mod invitations; // links by which people come in
pub mod leaving; // how members leave
pub mod members; // sign-in, sessions, the first admin
pub mod oauth; // apps that members let in, and their tokens
pub mod passkeys; // devices that sign their owner in
pub mod second_step; // a code besides the password
pub mod sign_up_blocks; // who does not simply join: providers of addresses, addresses, networks
pub mod sign_ups; // who may join, who waits for it, and the moderators' yes

// Acts
pub mod favourites; // like and unlike
pub mod follows; // follow, request, accept, remove
pub mod media; // pictures, sound and film
pub mod pins; // put on top of one's profile, and take down
pub mod polls; // what a post asks, and the votes
pub mod quotes; // show another's post in one's own, once they let it
pub mod reactions; // favourites that say an emoji
pub mod reblogs; // boost and take back
pub mod relations; // block and mute
pub mod scheduled; // posts that are published later
pub mod statuses; // write, edit, delete, receive

// Effects
pub mod announcements; // what the members of a community are told
pub mod backfill; // answers elsewhere that nobody here was sent
pub mod cards; // what a page that a post links to says of itself
pub mod contacts; // what waits for a member's yes
pub mod conversations; // a thread as one page
pub mod delivery; // how activities go out
pub mod discovery; // people to find, and what is talked about
pub mod emojis; // small pictures that stand for codes
pub mod hashtags; // what names a topic in public
pub mod inbox; // how activities come in
pub mod links; // what leads to a page in public
pub mod mail; // letters
pub mod moderation; // what those who look after a community decide about accounts
pub mod notifications; // who is told of what
pub mod numbers; // how much goes on, for moderators' apps
pub mod push; // devices are woken
pub mod reach; // whom a post would reach, and where it went
pub mod reports; // what is brought before moderators
pub mod search; // find people and posts by name, link or words
pub mod stamps; // the yes to an answer or a quote, where other servers see it
pub mod streaming; // what happens, told as it happens
pub mod texts; // what a community says of data, and its terms
pub mod timelines; // home, community, everyone

// What a member keeps for themselves
pub mod account_notes; // what one notes about somebody
pub mod annual_reports; // what one wrote in a year
pub mod antennas; // searches as timelines
pub mod bookmarks; // posts to read again
pub mod collections; // people whom one recommends together, with their consent
pub mod drafts; // posts that are not finished
pub mod endorsements; // whom one recommends on one's profile
pub mod featured_tags; // topics on one's profile
pub mod filters; // what one wants folded, or not at all
pub mod followed_tags; // topics in one's home
pub mod markers; // how far one has read
pub mod reading_lists; // people whose posts one reads together

// The policy's own surfaces
pub mod aliases; // which server hands on what it alone was given
pub mod emergency; // the gate for the first hour of a wave, and its log
pub mod lists; // servers and people that rules name together
pub mod lookalikes; // names that read like others
pub mod rules; // set, list, take back, explain
pub mod waves; // many strangers at once at one member

pub mod audit; // a hostile peer that tries every path on a copy
pub mod demo; // three servers on one machine that federate
mod hex; // bytes in hexadecimal digits
pub mod inspect; // how we read a document
pub mod web; // layout, style, what all pages share
mod window; // lists of ids, read from either end
