//! The canary crawl: a unique word in everything that can be written, and everybody at every address. A word appears
//! exactly where the tables below say, and nowhere else: not one place less, so that the crawl cannot pass by seeing
//! nothing.

mod cast;
mod desk;
mod files;
mod letters;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, OnceLock};

use comity::notifications::Matter;
use comity::router::{self, Kind, ROUTES, Route};
use comity::rules::Crossing;
use comity::streaming::{self, Event};
use comity_db::Tx;
use comity_db::testing::Engine;
use futures_util::future::{join, join_all};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use cast::{Cast, ELSEWHERE, TOPIC, word};

use crate::oauth::Registered;
use crate::streaming::{Ear, Line, QUIET, dial_at, message, says, tune};
use crate::town::{Answer, Browser};

/// Where each word is planted:
/// *public*, *unlisted*, *private* (followers only), *direct* (to `mentioned` and to Rita), *local*: the author's posts;
/// *warned* and *warning*: a public post and its content warning; *old*, *oldprivate*: what *public* and *private* said
/// before they were edited; *deleted*: a public post that is gone; *bio*, *field*: the author's profile; *mail*: their
/// e-mail address. *reply*: Rita's answer to *public*; *limited*: one by Lena, whose server the harbour limits;
/// *before*: one to another public post by Rolf, from before his server was refused; *late*: one from after.
/// *reason…*: why Lena's server is limited, for each kind of reader, and `stranger`'s own reason for a rule of theirs; the
/// operator's for moderators; why the emergency gate was closed for a while. *evidence*: what led to the operator's rule.
/// *asked*, *whisper*: by Zora, about whom the author is asked first: a public answer to *public*, and a word to the
/// author alone; *reasonasked*: why they are. *ownlist*, *houselist*: on a list of the author's, and of the community's.
/// *quoted*: a public post that `follower` quotes in a public one of theirs, *quoting*. Rita's and Lena's answers claim to
/// quote *private* and *direct*, which nobody let them.
/// *kept*: a public post that its author keeps from the server *open*. It names a topic, and so do *unlisted* and *local*.
/// *linked*: a public post by the author that leads to a page, which says *card* as its title, *cardabout* and *cardby* below
/// it, and *cardalt* of its picture; `stranger` refuses the server of that page. *abroad*: one by `islander` that leads to a
/// page with the title *abroadcard*, whose server the harbour refuses; *linked* leads there as well, in the second place.
/// *antenna*, *antennaterm*: the title of an antenna of `stranger`'s, and what it leaves out. *shelf*: a list of people that
/// `follower` reads together, the author among them. *draft*, *scheduled*: by the author. *folder*: of `follower`'s bookmarks.
/// *filtertitle*, *filterword*: a filter of `stranger`'s; *note*: what they noted of the author. *choice*: what a post of the
/// author's for followers lets them choose. *collection*, *collectionabout*: how the author calls a collection with `follower` in
/// it, and what they say of it. *aside*: a list of `mentioned`'s with the author in it, whom they do not follow. *complaint*: what
/// `mentioned` writes to the moderators about *public* and *direct*. *announced*: what these tell the members of the
/// harbour. What they note of a network and of somebody elsewhere is *reasonmoderators* once more. Files are described by the
/// words of their posts, and one that no post has by *draft*. When all pages were read, and for letters alone: *reasontold*, what
/// moderators write to those about whom they decide something; *turneddown*, to somebody who wants to join; *passkey*, the
/// name of one of `deaf`'s.
pub const WORDS: [&str; 57] = [
    "public",
    "unlisted",
    "private",
    "direct",
    "local",
    "warned",
    "warning",
    "old",
    "oldprivate",
    "deleted",
    "kept",
    "quoted",
    "quoting",
    "bio",
    "field",
    "mail",
    "reply",
    "limited",
    "before",
    "late",
    "reasonpublic",
    "reasonmembers",
    "reasonmoderators",
    "reasonown",
    "reasonoperator",
    "reasongate",
    "evidence",
    "asked",
    "whisper",
    "reasonasked",
    "ownlist",
    "houselist",
    "linked",
    "card",
    "cardabout",
    "cardby",
    "cardalt",
    "abroad",
    "abroadcard",
    "antenna",
    "antennaterm",
    "shelf",
    "draft",
    "scheduled",
    "folder",
    "filtertitle",
    "filterword",
    "note",
    "choice",
    "collection",
    "collectionabout",
    "aside",
    "complaint",
    "announced",
    "reasontold",
    "turneddown",
    "passkey",
];

/// Those of them that a text has. Most texts have none, which one look tells.
fn words_in(text: &str) -> Vec<&'static str> {
    if !text.contains("canary") && !text.contains(&word("mail")) {
        return Vec::new();
    }
    WORDS
        .into_iter()
        .filter(|name| text.contains(&word(name)))
        .collect()
}

/// Who sees what on the pages, by which place:
/// h home, c the community, e everyone, p a profile or conversation, y what it said before, s search (by link, handle
/// or name), k answering it, n notifications, z first contacts, i lists of servers, w the edit form, l lists of people and collections, u the page about the community,
/// t the page of a topic, x beside a post as apps have it, b boundaries, q why, o one's own settings, r where one's own post went,
/// m antennas and lists that one reads, with what antennas catch, v what leads to a page, d what one keeps for oneself,
/// j a list of people whom one does not follow, f what comes before moderators and what
/// they decided, g what their apps are told, a announcements, @ letters that they are sent.
///
/// `visitor` and `passer` are nobody, in the harbour and on the island; `blocked` and `muted` are so by the author,
/// `deaf` mutes the author; `islander` is a member of the other community here. `stranger`, `follower`, `blocked`, `deaf` and
/// `islander` have an antenna for all that comes from the servers there are. `outsider` opens no page: they read what is sent
/// to addresses that no member has, of those who want to join and of those whom somebody may have named by mistake.
const PAGES: &str = "
word             visitor passer stranger follower mentioned author    blocked muted  deaf islander moderator outsider
public cpys pys cepyksm hcepyksm cepyksj hcepykswr - cepyks pyks epyksm cepyksfg -
warned cpys pys cepyksm hcepyksm cepyksj hcepyksw - cepyks pyks epyksm cepyks -
warning cpys pys cepyksm hcepyksm cepyksj hcepykswr - cepyks pyks epyksm cepyks -
unlisted         py      py     pyks     hpyks    pyks      hpykswr   -       pyks   pyks pyks     pyks      -
private          -       -      -        hpyks    -         hpykswr   -       -      -    -        -         -
direct           -       -      -        -        npyks     hpykswr   -       -      -    -        f         -
local            -       -      cpyksm   hcpyksm  cpyks     hcpykswr  -       cpyks  pyks -        cpyks     -
old              y       y      y        y        y         y         -       y      y    y        y         -
oldprivate       -       -      -        y        -         y         -       -      -    -        -         -
deleted          -       -      -        -        -         -         -       -      -    -        -         -
kept cpyts pyts cepykstm hcepykstm cepykstj hcepykswtr - cepykst pyks epykstm cepykst -
quoted cpys pys cepyksm hcepyksm cepyksj hcepykswrn - cepyks pyks epyksm cepyks -
quoting          cpy     py     cepyks   hcepykswr cepyks   cepyksn   -       cepyks pyks epyks    cepyks    -
bio              px      px     plsx     plsx     plsx      plsox     -       plsx   plsx plsx     plsx      -
field            px      px     px       px       px        pox       -       px     px   px       px        -
mail             -       -      -        -        -         o@        -       -      -    -        g         -
reply            py      py     pyks     pyks     pyks      npyks     -       pyks   pyks pyks     pyks      -
limited          -       py     pyks     pyks     pyks      pyks      -       pyks   pyks pyks     pyks      -
before           -       py     -        -        -         -         -       -      -    pyks     -         -
late             -       -      -        -        -         -         -       -      -    -        -         -
reasonpublic     uqb     -      u        u        u         u         u       u      u    -        ug        -
reasonmembers    -       -      ubqp     ubqp     ubqp      ubqp      ubqp    ubqp   ubqp -        -         -
reasonmoderators -       -      -        -        -         -         -       -      -    -        ubqpfg    -
reasonown        -       -      bq       -        -         -         -       -      -    -        -         -
reasonoperator   -       -      -        -        -         -         -       -      -    -        bq        -
reasongate       -       -      -        -        -         -         -       -      -    -        b         -
evidence         -       -      -        -        -         -         -       -      -    -        b         -
asked            -       -      -        -        -         pyksz     -       -      -    -        -         -
whisper          -       -      -        -        -         pyksz     -       -      -    -        -         -
reasonasked      -       -      -        -        -         bqzpk     -       -      -    -        -         -
ownlist          -       -      -        -        -         i         -       -      -    -        -         -
houselist        -       -      -        -        -         -         -       -      -    -        i         -
linked cpyvs pyvs cepyksvm hcepyksvm cepyksvj hcepykswrv - cepyksv pyks epyksvm cepyksv -
card cpvs pvs - hcepksvm cepksvj hcepksv - cepksv pks epksvm cepksv -
cardabout cpvs pvs - hcepksvm cepksvj hcepksv - cepksv pks epksvm cepksv -
cardby cpvs pvs - hcepksvm cepksvj hcepksv - cepksv pks epksvm cepksv -
cardalt cpvs pvs - hcepksvm cepksvj hcepksv - cepksv pks epksvm cepksv -
abroad           pyv     cpyv   epyksv   epyksv   epyksv    epyksv    epyksv  epyksv epyksv hcepykswrv epyksv -
abroadcard       -       cpv    -        -        -         -         -       -      -    hcepksv  -         -
antenna          -       -      m        -        -         -         -       -      -    -        -         -
antennaterm      -       -      m        -        -         -         -       -      -    -        -         -
shelf            -       -      -        hml      -         -         -       -      -    -        -         -
draft            -       -      -        -        -         dk        -       -      -    -        -         -
scheduled        -       -      -        -        -         d         -       -      -    -        -         -
folder           -       -      -        dp       -         -         -       -      -    -        -         -
filtertitle      -       -      d        -        -         -         -       -      -    -        -         -
filterword       -       -      d        -        -         -         -       -      -    -        -         -
note             -       -      l        -        -         -         -       -      -    -        -         -
choice           -       -      -        hpyks    -         hpyks     -       -      -    -        -         -
collection       l       l      l        nl       l         lw        -       l      l    l        l         -
collectionabout  l       l      l        nl       l         lw        -       l      l    l        l         -
aside            -       -      -        -        mlj       -         -       -      -    -        -         -
complaint        -       -      -        -        f         -         -       -      -    -        nfg       -
announced        -       -      a        a        a         a         a       a      a    -        a         -
reasontold       -       -      @        -        -         @         @       @      @    -        -         -
turneddown       -       -      -        -        -         -         -       -      -    -        -         @
passkey          -       -      -        -        -         -         -       -      @    -        -         -
";

/// What other servers get. The first columns ask, signed by a person (Rita follows and is mentioned, Nora is a
/// stranger, Bert is blocked, Lena and Rolf follow) or by their server's own actor; the last three are what was
/// delivered to a server. People there ask the island as well, which refuses nobody.
const SERVERS: &str = "
word             unsigned rita nora bert lena rolf open limited refused to-open to-limited to-refused
public           -        yes  yes  -    yes  -    yes  yes     -       yes     yes        -
warned           -        yes  yes  -    yes  -    yes  yes     -       yes     yes        -
warning          -        yes  yes  -    yes  -    yes  yes     -       yes     yes        -
unlisted         -        yes  yes  -    yes  -    yes  yes     -       yes     yes        -
private          -        yes  -    -    yes  -    -    -       -       yes     yes        -
direct           -        yes  -    -    -    -    -    -       -       yes     -          -
local            -        -    -    -    -    -    -    -       -       -       -          -
old              -        -    -    -    -    -    -    -       -       yes     yes        -
oldprivate       -        -    -    -    -    -    -    -       -       yes     yes        -
deleted          -        -    -    -    -    -    -    -       -       yes     yes        -
kept             -        -    -    -    yes  -    -    yes     -       -       yes        -
quoted           -        yes  yes  -    yes  -    yes  yes     -       yes     yes        -
quoting          -        yes  yes  -    yes  -    yes  yes     -       -       -          -
bio              -        yes  yes  -    yes  -    yes  yes     -       yes     yes        -
field            -        yes  yes  -    yes  -    yes  yes     -       yes     yes        -
mail             -        -    -    -    -    -    -    -       -       -       -          -
reply            -        -    -    -    -    -    -    -       -       -       -          -
limited          -        -    -    -    -    -    -    -       -       -       -          -
before           -        -    -    -    -    -    -    -       -       -       -          -
late             -        -    -    -    -    -    -    -       -       -       -          -
reasonpublic     yes      yes  yes  yes  yes  yes  yes  yes     yes     -       -          -
reasonmembers    -        -    -    -    -    -    -    -       -       -       -          -
reasonmoderators -        -    -    -    -    -    -    -       -       -       -          -
reasonown        -        -    -    -    -    -    -    -       -       -       -          -
reasonoperator   -        -    -    -    -    -    -    -       -       -       -          -
reasongate       -        -    -    -    -    -    -    -       -       -       -          -
evidence         -        -    -    -    -    -    -    -       -       -       -          -
asked            -        -    -    -    -    -    -    -       -       -       -          -
whisper          -        -    -    -    -    -    -    -       -       -       -          -
reasonasked      -        -    -    -    -    -    -    -       -       -       -          -
ownlist          -        -    -    -    -    -    -    -       -       -       -          -
houselist        -        -    -    -    -    -    -    -       -       -       -          -
linked           -        yes  yes  -    yes  -    yes  yes     -       yes     yes        -
card             -        -    -    -    -    -    -    -       -       -       -          -
cardabout        -        -    -    -    -    -    -    -       -       -       -          -
cardby           -        -    -    -    -    -    -    -       -       -       -          -
cardalt          -        -    -    -    -    -    -    -       -       -       -          -
abroad           -        yes  yes  yes  yes  yes  -    -       -       -       -          -
abroadcard       -        -    -    -    -    -    -    -       -       -       -          -
antenna          -        -    -    -    -    -    -    -       -       -       -          -
antennaterm      -        -    -    -    -    -    -    -       -       -       -          -
shelf            -        -    -    -    -    -    -    -       -       -       -          -
draft            -        -    -    -    -    -    -    -       -       -       -          -
scheduled        -        -    -    -    -    -    -    -       -       -       -          -
folder           -        -    -    -    -    -    -    -       -       -       -          -
filtertitle      -        -    -    -    -    -    -    -       -       -       -          -
filterword       -        -    -    -    -    -    -    -       -       -       -          -
note             -        -    -    -    -    -    -    -       -       -       -          -
choice           -        yes  -    -    yes  -    -    -       -       yes     yes        -
collection       -        -    -    -    -    -    -    -       -       -       -          -
collectionabout  -        -    -    -    -    -    -    -       -       -       -          -
aside            -        -    -    -    -    -    -    -       -       -       -          -
complaint        -        -    -    -    -    -    -    -       -       -       -          -
announced        -        -    -    -    -    -    -    -       -       -       -          -
reasontold       -        -    -    -    -    -    -    -       -       -       -          -
turneddown       -        -    -    -    -    -    -    -       -       -       -          -
passkey          -        -    -    -    -    -    -    -       -       -       -          -
";

/// A table as (column, word) to cell; every word has its row.
fn read(table: &'static str) -> BTreeMap<(&'static str, &'static str), &'static str> {
    let mut lines = table.lines().filter(|line| !line.is_empty());
    let columns: Vec<&str> = lines.next().unwrap().split_whitespace().skip(1).collect();
    let mut cells = BTreeMap::new();
    for line in lines {
        let mut parts = line.split_whitespace();
        let word = parts.next().unwrap();
        for (column, cell) in columns.iter().zip(parts) {
            cells.insert((*column, word), if cell == "-" { "" } else { cell });
        }
    }
    assert_eq!(cells.len(), columns.len() * WORDS.len());
    cells
}

/// What was seen where, against what may be.
#[derive(Default)]
struct Crawl {
    pages: BTreeMap<(&'static str, &'static str), &'static str>,
    servers: BTreeMap<(&'static str, &'static str), &'static str>,
    seen: BTreeSet<(&'static str, &'static str, char)>,
    wrong: BTreeSet<String>,
    /// Routes that somebody asked, and those of them that gave somebody something, by method and pattern.
    asked: BTreeSet<(&'static str, &'static str)>,
    answered: BTreeSet<(&'static str, &'static str)>,
    /// Addresses of files, with whom they were given to.
    given: BTreeMap<String, BTreeSet<&'static str>>,
    /// Kinds of letters that came to somebody.
    letters: BTreeSet<&'static str>,
}

impl Crawl {
    /// With nothing seen yet.
    fn new() -> Crawl {
        Crawl {
            pages: read(PAGES),
            servers: read(SERVERS),
            ..Crawl::default()
        }
    }

    /// Somebody asked this route, and that is what came.
    fn walked(&mut self, route: &Route, status: StatusCode) {
        let one = (route.method, route.path);
        self.asked.insert(one);
        // Who is led elsewhere, to sign in for one, was given nothing.
        if status.is_success() {
            self.answered.insert(one);
        }
    }

    /// Every route was asked, but for those that are left out, and none of them in vain that holds something.
    fn arrived(&mut self) {
        for route in ROUTES {
            let one = (route.method, route.path);
            let is_left_out = LEFT_OUT.contains(&one);
            if self.asked.contains(&one) == is_left_out {
                let path = route.path;
                self.wrong.insert(if is_left_out {
                    format!("{} {path} is left out, and was asked", route.method)
                } else {
                    format!("nobody asked {} {path}", route.method)
                });
            } else if walk::holds_something(route) && !self.answered.contains(&one) {
                let why = "give the cast something to read there";
                self.wrong
                    .insert(format!("nobody got anything at {}: {why}", route.path));
            }
        }
        for (method, path) in LEFT_OUT {
            let is_it = |route: &Route| route.method == method && route.path == path;
            assert!(ROUTES.iter().any(is_it), "{method} {path} is no route");
        }
    }

    /// Whether the tables let somebody read this anywhere.
    fn reads(&self, reader: &'static str, name: &'static str) -> bool {
        let cell = self.pages.get(&(reader, name));
        let cell = cell.or_else(|| self.servers.get(&(reader, name)));
        cell.is_some_and(|cell| !cell.is_empty())
    }

    /// One answer to an app: each post carries its author's profile.
    fn api(&mut self, viewer: &'static str, place: char, asked: &str, text: &str) {
        files::note(&mut self.given, viewer, text);
        let is_profile = |name: &&str| matches!(*name, "bio" | "field");
        let seen = words_in(text).into_iter();
        let (beside, words): (Vec<_>, Vec<_>) = seen.partition(is_profile);
        self.words(viewer, place, asked, words);
        self.words(viewer, 'x', asked, beside);
    }

    /// One answer on the pages.
    fn page(&mut self, viewer: &'static str, place: char, asked: &str, text: &str) {
        // Where a file is not, the page may say where that was.
        if !asked.starts_with("/media/") {
            files::note(&mut self.given, viewer, text);
        }
        self.words(viewer, place, asked, words_in(text));
    }

    fn words(&mut self, viewer: &'static str, place: char, asked: &str, seen: Vec<&'static str>) {
        for name in seen {
            self.seen.insert((viewer, name, place));
            if !self.pages[&(viewer, name)].contains(place) {
                self.wrong
                    .insert(format!("{viewer} reads {name} at {asked} ({place})"));
            }
        }
    }

    /// One answer to an act: whatever is in it must be something they may see somewhere.
    fn act(&mut self, viewer: &'static str, asked: &str, text: &str) {
        for name in words_in(text) {
            if self.pages[&(viewer, name)].is_empty() {
                self.wrong
                    .insert(format!("{viewer} reads {name} in the answer to {asked}"));
            }
        }
    }

    /// One document or delivery.
    fn document(&mut self, reader: &'static str, asked: &str, text: &str) {
        // What is brought to a server is for whoever is there.
        if ELSEWHERE.iter().any(|(_, name)| *name == reader) {
            files::note(&mut self.given, reader, text);
        }
        for name in words_in(text) {
            self.seen.insert((reader, name, 'a'));
            if self.servers[&(reader, name)].is_empty() {
                self.wrong
                    .insert(format!("{reader} gets {name} at {asked}"));
            }
        }
    }

    /// Everything that should have been seen, was.
    fn end(mut self) {
        for (table, letters) in [(&self.pages, None), (&self.servers, Some("a"))] {
            for ((reader, name), cell) in table.iter().filter(|(_, cell)| !cell.is_empty()) {
                for place in letters.unwrap_or(cell).chars() {
                    if !self.seen.contains(&(*reader, *name, place)) {
                        self.wrong.insert(format!(
                            "{reader} does not find {name} where they should ({place})"
                        ));
                    }
                }
            }
        }
        assert!(
            self.wrong.is_empty(),
            "{}",
            self.wrong.into_iter().collect::<Vec<_>>().join("\n")
        );
    }
}

/// The log of this process, as an operator may set it at most.
fn log() -> Arc<Mutex<Vec<u8>>> {
    static LOG: OnceLock<Arc<Mutex<Vec<u8>>>> = OnceLock::new();
    let log = LOG.get_or_init(|| {
        let log = Arc::new(Mutex::new(Vec::new()));
        let kept = log.clone();
        let filter = "info,comity=trace,comity_db=trace,comity_policy=trace,comity_vocab=trace,comity_wire=trace";
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(move || Pen(kept.clone())).init();
        log
    });
    log.clone()
}

struct Pen(Arc<Mutex<Vec<u8>>>);

impl io::Write for Pen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the apps of the members may do, but for those of who moderates.
const EVERYTHING: &str = "read write follow push profile";

#[rustfmt::skip]
const VIEWERS: [&str; 11] = [
    "visitor", "passer", "stranger", "follower", "mentioned", "blocked", "muted", "deaf", "islander", "moderator", "author",
];

/// Every crossing from now on, as a line. There are more than a listener may leave for later.
fn keep(mut crossings: Receiver<Crossing>) -> Arc<Mutex<Vec<String>>> {
    let kept = Arc::default();
    let lines: Arc<Mutex<Vec<String>>> = Arc::clone(&kept);
    tokio::spawn(async move {
        loop {
            match crossings.recv().await {
                Ok(crossing) => lines.lock().unwrap().push(format!("{crossing:?}")),
                Err(RecvError::Lagged(lost)) => panic!("{lost} crossings were told and not heard"),
                Err(RecvError::Closed) => return,
            }
        }
    });
    kept
}

/// The log may say why, as moderators may read it; what a member laid down for themself is in none.
fn is_for_moderators(name: &str) -> bool {
    name.starts_with("reason") && name != "reasonown" && name != "reasonasked"
}

async fn crawl(engine: Engine) {
    let log = log();
    let mut cast = Box::pin(Cast::plant(engine)).await;
    let crossings = keep(cast.town.app.crossings.listen());
    let mut crawl = Crawl::new();

    let mut tokens = Vec::new();
    for viewer in VIEWERS {
        let mut browser = cast.browser(viewer);
        let signed_in = cast.members.contains_key(viewer);
        let mut token = None;
        if signed_in {
            let home = if viewer == "islander" {
                "passer"
            } else {
                "visitor"
            };
            let scopes = if viewer == "moderator" {
                desk::MODERATES
            } else {
                EVERYTHING
            };
            let mut app = Registered::at(cast.browser(home), scopes).await;
            let let_in = app.let_in(&mut browser, scopes).await;
            token = Some(format!("Bearer {let_in}"));
        }
        tokens.extend(token.clone().map(|token| (viewer, token)));
        for route in walk::reads() {
            for path in walk::filled(&cast, route) {
                let mut answer = opened(&mut browser, route, &path, token.as_deref()).await;
                // A member may search so often in a minute, and the clock stands still. Streams are not open yet.
                let is_stream = route.path.starts_with("/api/v1/streaming");
                if answer.status == StatusCode::TOO_MANY_REQUESTS && !is_stream {
                    cast.town.wait_s(60);
                    answer = opened(&mut browser, route, &path, token.as_deref()).await;
                    let is_told = answer.status != StatusCode::TOO_MANY_REQUESTS;
                    assert!(is_told, "{viewer} is told nothing at {path}");
                }
                assert!(
                    !answer.status.is_server_error(),
                    "{viewer} at {path}: {}",
                    answer.status
                );
                crawl.walked(route, answer.status);
                let text = format!("{:?}{}", answer.headers, answer.body);
                let place = walk::place_of(&cast, route, &path, signed_in);
                let reader = walk::reader_of(route, viewer);
                if route.kind == Kind::Api {
                    crawl.api(reader, place, &path, &text);
                } else {
                    crawl.page(reader, place, &path, &text);
                }
            }
        }
    }
    Box::pin(streams(&cast, &tokens, &mut crawl)).await;
    woken(&cast, &mut crawl);
    Box::pin(servers(&cast, &mut crawl)).await;
    Box::pin(files::fetched(&cast, &mut crawl)).await;
    Box::pin(desk::asked(&cast, &tokens, &mut crawl)).await;
    Box::pin(desk::numbers(&cast, &tokens, &mut crawl)).await;
    // What the author's own rule keeps from Zora is told to whoever watches the border, and why it is so is not.
    let zora = cast.peer.iri("asking", "zora");
    for (id, _) in cast.statuses.iter().filter(|(_, by)| by == "author") {
        let path = format!("/users/author/statuses/{id}");
        let answer = cast.signed(&zora, Method::GET, &path, "").await;
        for name in ["private", "direct", "local", "deleted"] {
            assert!(!answer.body.contains(&word(name)), "zora gets {name}");
        }
    }
    for came in cast.peer.delivered() {
        let server = came.host.split('.').next().unwrap().to_owned();
        // Zora's server is told of edits of what it asked for.
        if server == "asking" {
            for name in ["private", "direct", "local", "deleted"] {
                assert!(!came.body.contains(&word(name)), "zora is sent {name}");
            }
            continue;
        }
        let reader = ["open", "limited", "refused"]
            .into_iter()
            .position(|name| name == server)
            .unwrap_or_else(|| panic!("{} was sent {}", came.host, came.body));
        crawl.document(
            ["to-open", "to-limited", "to-refused"][reader],
            "the inbox",
            &came.body,
        );
    }
    // What the author does opens things to others, so it comes last of each.
    let (own, others): (Vec<_>, Vec<_>) = tokens
        .into_iter()
        .partition(|(viewer, _)| *viewer == "author");
    Box::pin(acts(&cast, &others, Acts::Usual, &mut crawl)).await;
    Box::pin(forms(&cast, &mut crawl)).await;
    Box::pin(acts(&cast, &own, Acts::Usual, &mut crawl)).await;
    // Nothing is read any more by whom something was opened to.
    Box::pin(acts(&cast, &others, Acts::ThatOpen, &mut crawl)).await;
    Box::pin(acts(&cast, &own, Acts::ThatOpen, &mut crawl)).await;
    crawl.arrived();

    // The address is there: one signs in with it.
    let form = [
        ("name", "author@mail.example"),
        ("password", crate::town::PASSWORD),
    ];
    cast.browser("visitor")
        .post("/sign-in", &form)
        .await
        .leads("/");
    cast.member("author").get("/nowhere-at-all").await.is(404);
    Box::pin(letters::sent(&mut cast, &mut crawl)).await;
    let lines = String::from_utf8_lossy(&log.lock().unwrap()).into_owned();
    assert!(
        lines.contains("answered") && lines.contains("refused"),
        "the log was not kept"
    );
    let told = std::mem::take(&mut *crossings.lock().unwrap());
    for line in &told {
        assert!(words_in(line).into_iter().all(is_for_moderators), "{line}");
    }
    assert!(!told.is_empty(), "no crossing was told");
    for name in WORDS
        .into_iter()
        .filter(|name| !is_for_moderators(name) && lines.contains(&word(name)))
    {
        let line = lines
            .lines()
            .find(|line| line.contains(&word(name)))
            .unwrap();
        crawl.wrong.insert(format!("the log tells {name}: {line}"));
    }
    crawl.end();
}

/// One address for one viewer: an app sees for its member what pages show them, and nothing without a token.
async fn opened(browser: &mut Browser, route: &Route, path: &str, token: Option<&str>) -> Answer {
    match token {
        Some(token) if route.kind == Kind::Api => {
            let headers = [("authorization", token)];
            browser.send(Method::GET, path, &headers, "").await
        }
        _ => browser.get(path).await,
    }
}

/// A stream that somebody listens to, and the letter of what comes by it.
struct Heard {
    path: String,
    place: char,
    ear: Ear,
}

/// Everything that was planted is announced once more, while everybody listens to every stream that they can open: by
/// server-sent events, and all of them by one socket.
async fn streams(cast: &Cast, tokens: &[(&'static str, String)], crawl: &mut Crawl) {
    let on = tune(&cast.town.app).await;
    let router = router::build(&cast.town.app);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let served = router.clone();
    let server = tokio::spawn(async move { axum::serve(listener, served).await });
    let names = [
        ("user", 'h'),
        ("user/notification", 'n'),
        ("public", 'e'),
        ("public/remote", 'e'),
        ("public/local", 'c'),
        ("public/media", 'e'),
        ("public/remote/media", 'e'),
        ("public/local/media", 'c'),
        ("hashtag", 't'),
        ("hashtag/local", 't'),
        ("direct", 'p'),
    ];
    let (mut told, mut by_socket) = (0, 0);
    // Lists of strangers have a way of their own into the streams.
    let mut aside = [0, 0];
    for viewer in VIEWERS {
        let token = tokens.iter().find(|(name, _)| *name == viewer);
        let token = token.map_or("", |(_, token)| token.strip_prefix("Bearer ").unwrap());
        let abroad = matches!(viewer, "islander" | "passer");
        let host = if abroad {
            "island.localhost"
        } else {
            "harbour.localhost"
        };
        let mut heard = Vec::new();
        for (name, place) in names {
            // With files alone is a choice at one address, and a name of its own in a socket.
            let path = match name.strip_suffix("/media") {
                Some(plain) => format!("{plain}?only_media=true"),
                None => format!("{name}?tag={TOPIC}"),
            };
            match Ear::open(&router, host, &path, token).await {
                Ok(ear) => heard.push(Heard { path, place, ear }),
                Err(_) => assert!(token.is_empty(), "{viewer} cannot open {path}"),
            }
        }
        for (owner, id, place) in &cast.heard {
            let path = format!("list?list={id}");
            let opened = Ear::open(&router, host, &path, token).await.ok();
            assert_eq!(opened.is_some(), *owner == viewer, "{viewer} opens {path}");
            let place = *place;
            heard.extend(opened.map(|ear| Heard { path, place, ear }));
        }
        let mut line = None;
        if !token.is_empty() {
            let path = format!("/api/v1/streaming?access_token={token}");
            let mut open = dial_at(at, host, &path, &[]).await.unwrap();
            for (name, _) in names {
                let stream = name.replace('/', ":");
                let wish = json!({ "type": "subscribe", "stream": stream, "tag": TOPIC });
                says(&mut open, &wish).await;
            }
            // Of others' lists nothing comes but that there is none.
            for (_, id, _) in &cast.heard {
                let wish = json!({ "type": "subscribe", "stream": "list", "list": id.to_string() });
                says(&mut open, &wish).await;
            }
            // What comes before this is answered comes after nothing.
            says(&mut open, &json!("is all of it read?")).await;
            while message(&mut open).await.unwrap()["status"] != 422 {}
            line = Some(open);
        }
        announce(cast, viewer).await;
        // All of them are told at once, and who has heard nothing for a moment may yet hear more while others do.
        loop {
            let rests = join_all(heard.iter_mut().map(|heard| heard.ear.rest()));
            let (came, said) = join(rests, said(&mut line)).await;
            if came.iter().all(Vec::is_empty) && said.is_empty() {
                break;
            }
            for (heard, came) in heard.iter().zip(came) {
                for (event, data) in came {
                    let place = place_of(&event, heard.place);
                    told += 1;
                    aside[0] += usize::from(place == 'j');
                    crawl.api(viewer, place, &heard.path, &data);
                }
            }
            for message in said {
                let stream = message["stream"][0].as_str().unwrap_or_default();
                let list = message["stream"][1].as_str().unwrap_or_default();
                let place = if stream == "list" {
                    let mut lists = cast.heard.iter();
                    let of_it = lists.find(|(_, id, _)| list == id.to_string());
                    of_it.unwrap().2
                } else {
                    let mut streams = names.iter();
                    let of_it = streams.find(|(name, _)| name.replace('/', ":") == stream);
                    of_it.unwrap().1
                };
                let place = place_of(message["event"].as_str().unwrap_or_default(), place);
                by_socket += 1;
                aside[1] += usize::from(place == 'j');
                crawl.api(viewer, place, stream, &message.to_string());
            }
        }
    }
    assert!(told > 100, "only {told} things were told");
    assert!(by_socket > 100, "only {by_socket} things came by sockets");
    assert!(
        aside.iter().all(|count| *count > 0),
        "{aside:?} things were told of strangers"
    );
    server.abort();
    drop(on);
}

/// What comes by a stream that is no post has a letter of its own.
fn place_of(event: &str, place: char) -> char {
    match event {
        "notification" => 'n',
        "announcement" => 'a',
        _ => place,
    }
}

/// Everything happens once more, as far as streams are told of it.
async fn announce(cast: &Cast, viewer: &str) {
    let mut tx = Tx::new();
    for (id, _) in &cast.statuses {
        streaming::announce(&mut tx, &Event::Placed(*id));
        streaming::announce(&mut tx, &Event::Edited(*id));
    }
    for id in &cast.kept["announcement"] {
        let (community, id) = (cast.town.community().id, *id);
        streaming::announce(&mut tx, &Event::Published { community, id });
    }
    if let Some(member) = cast.members.get(viewer) {
        let me = &member.account;
        let bells = comity::notifications::list(&cast.town.app, me, i64::MAX, 100);
        for bell in bells.await.unwrap().shown {
            let (to, id, matter) = (me.id, bell.id, Matter::of(&bell));
            streaming::announce(
                &mut tx,
                &Event::Notified {
                    to,
                    id,
                    other_numbers: Vec::new(),
                    matter,
                },
            );
        }
    }
    assert!(cast.town.app.commit(tx).await.unwrap());
}

/// What a socket has brought; each of its messages tells by which stream.
async fn said(line: &mut Option<Line>) -> Vec<Value> {
    let mut said = Vec::new();
    let Some(line) = line else {
        return said;
    };
    while let Ok(message) = tokio::time::timeout(QUIET, message(line)).await {
        let message = message.expect("the socket stays open");
        if message.get("error").is_none() {
            said.push(message);
        }
    }
    said
}

/// What devices were woken with, in words: what pages and apps have of it where their member is told it.
fn woken(cast: &Cast, crawl: &mut Crawl) {
    let mut woken = BTreeSet::new();
    for (member, device, service) in &cast.woken {
        let member = *member;
        for came in service.came() {
            woken.insert(member);
            crawl.api(member, 'n', "a device", &device.reads(&came).to_string());
        }
    }
    assert_eq!(woken, BTreeSet::from(["author", "mentioned"]));
}

/// Everybody elsewhere asks for everything, signed, and somebody who does not sign.
async fn servers(cast: &Cast, crawl: &mut Crawl) {
    let mut askers: Vec<(&'static str, Option<String>)> = vec![("unsigned", None)];
    askers.extend(ELSEWHERE.map(|(server, name)| (name, Some(cast.peer.iri(server, name)))));
    askers.extend(
        ["open", "limited", "refused"].map(|server| (server, Some(cast.peer.iri(server, "actor")))),
    );
    for (asker, key) in askers {
        // A signature makes nobody a member's app: these are asked by one server, and by nobody in particular.
        let asks_api = matches!(asker, "unsigned" | "rita");
        for route in walk::reads().filter(|route| asks_api || route.kind != Kind::Api) {
            for path in walk::filled(cast, route) {
                let answer = match &key {
                    Some(by) => cast.signed(by, Method::GET, &path, "").await,
                    None => cast.town.anonymous().get_activity(&path).await,
                };
                assert!(
                    !answer.status.is_server_error(),
                    "{asker} at {path}: {}",
                    answer.status
                );
                crawl.walked(route, answer.status);
                let text = format!("{:?}{}", answer.headers, answer.body);
                // A page is a page: a signature makes nobody a member.
                if route.kind == Kind::Page {
                    let place = walk::place_of(cast, route, &path, false);
                    crawl.page("visitor", place, &path, &text);
                } else if route.kind == Kind::Api {
                    let place = walk::place_of(cast, route, &path, false);
                    crawl.api("visitor", place, &path, &text);
                } else {
                    crawl.document(asker, &path, &text);
                }
            }
        }
    }
    at_the_island(cast, crawl).await;
}

/// What one community refuses may be had from the other: everybody elsewhere asks there as well, and somebody who does not sign.
async fn at_the_island(cast: &Cast, crawl: &mut Crawl) {
    let island = cast.island();
    let posts = cast.statuses.iter();
    let posts = posts.filter(|(_, by)| by.ends_with("@island.localhost"));
    let posts = posts.map(|(id, _)| format!("/users/islander/statuses/{id}"));
    let fixed = ["/users/islander", "/users/islander/outbox?page=true"].map(str::to_owned);
    for path in fixed.into_iter().chain(posts) {
        for (server, name) in ELSEWHERE {
            let by = cast.peer.iri(server, name);
            let answer = cast.signed_to(&island, &by, Method::GET, &path, "");
            let answer = answer.await;
            assert!(!answer.status.is_server_error(), "{name} at {path}");
            crawl.document(name, &path, &answer.body);
        }
        let answer = cast.browser("passer").get_activity(&path).await;
        crawl.document("unsigned", &path, &answer.body);
    }
}

/// Everybody sends every form with nothing useful in it, and reads what comes back.
async fn forms(cast: &Cast, crawl: &mut Crawl) {
    for viewer in VIEWERS {
        let mut browser = cast.browser(viewer);
        for route in walk::forms() {
            for path in walk::filled(cast, route) {
                for (id, _) in
                    cast.statuses
                        .iter()
                        .take(if path == "/compose" { usize::MAX } else { 1 })
                {
                    let id = id.to_string();
                    if path == "/compose" {
                        let asks = [("text", ""), ("in_reply_to", &id), ("check", "true")];
                        let answer = browser.post(&path, &asks).await;
                        assert!(!answer.status.is_server_error(), "{viewer} asks {path}");
                        crawl.act(viewer, &path, &answer.body);
                    }
                    let fields = [
                        ("text", " "),
                        ("in_reply_to", id.as_str()),
                        ("pattern", ""),
                        ("stance", "refused"),
                        ("id", "7"),
                        ("old", "x"),
                        ("password", "x"),
                        ("name", "x"),
                        ("username", "x"),
                        ("email", "x"),
                        ("token", "x"),
                        ("community", "x"),
                    ];
                    let answer = browser.post(&path, &fields).await;
                    crawl.walked(route, answer.status);
                    assert!(
                        !answer.status.is_server_error(),
                        "{viewer} to {path}: {}",
                        answer.status
                    );
                    crawl.act(
                        viewer,
                        &path,
                        &format!("{:?}{}", answer.headers, answer.body),
                    );
                }
            }
        }
    }
    for route in ROUTES
        .iter()
        .filter(|route| route.method == "POST" && route.kind == Kind::Activity)
    {
        for path in walk::filled(cast, route) {
            let answer = cast
                .signed(
                    &cast.peer.iri("open", "nora"),
                    Method::POST,
                    &path,
                    "{\"type\":\"Like\"}",
                )
                .await;
            crawl.walked(route, answer.status);
            assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
            assert!(
                answer.body.is_empty() || answer.body.contains("error"),
                "{path}: {}",
                answer.body
            );
        }
    }
}

/// One in so many is tried by each.
const PART: usize = 6;

/// What nobody asks here: an app that is registered, or that has a token made or ended, tells nothing of anybody. Tests of
/// their own ask them.
const LEFT_OUT: [(&str, &str); 4] = [
    ("POST", "/api/v1/apps"),
    ("POST", "/oauth/token"),
    ("POST", "/oauth/revoke"),
    ("POST", "/oauth/userinfo"),
];

/// What is let in or forgiven by these may be read afterwards by whom the tables do not expect.
const OPENING: [&str; 9] = [
    "/welcome",
    "/accept",
    "/unblock",
    "/unmute",
    "/follow",
    "/authorize",
    "/admin/domain_blocks/{id}",
    "/unsilence",
    "/unsuspend",
];

/// Which acts of apps.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Acts {
    /// Those after which the tables hold.
    Usual,
    /// Those that open something.
    ThatOpen,
}

/// Everybody's app does everything to everything, and reads what comes back.
async fn acts(cast: &Cast, tokens: &[(&'static str, String)], which: Acts, crawl: &mut Crawl) {
    let changes = |route: &&Route| {
        // To hear of a conversation again opens nothing of it.
        let is_of_post = route.path.starts_with("/api/v1/statuses/");
        let opens = !is_of_post && OPENING.iter().any(|end| route.path.ends_with(end));
        let is_wanted = opens == (which == Acts::ThatOpen);
        let is_left_out = LEFT_OUT.contains(&(route.method, route.path));
        route.kind == Kind::Api && route.method != "GET" && is_wanted && !is_left_out
    };
    // Every act is tried on a part of what there is, another one for each viewer and act: all of it by all would be
    // thousands of requests, each of which takes its time.
    for (turn, (viewer, token)) in tokens.iter().enumerate() {
        let mut browser = cast.browser(viewer);
        for (number, route) in ROUTES.iter().filter(changes).enumerate() {
            let paths = walk::filled(cast, route);
            let some = paths.iter().skip((turn + number) % PART.min(paths.len()));
            for path in some.step_by(PART) {
                let headers = [
                    ("authorization", token.as_str()),
                    ("content-type", "application/x-www-form-urlencoded"),
                ];
                let method = Method::from_bytes(route.method.as_bytes()).unwrap();
                let answer = browser.send(method, path, &headers, "").await;
                crawl.walked(route, answer.status);
                assert!(
                    !answer.status.is_server_error(),
                    "{viewer} to {path}: {}",
                    answer.status
                );
                let text = format!("{:?}{}", answer.headers, answer.body);
                crawl.act(viewer, path, &text);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_word_is_read_where_it_may_be_and_nowhere_else_on_sqlite() {
    Box::pin(crawl(Engine::Sqlite)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_word_is_read_where_it_may_be_and_nowhere_else_on_postgres() {
    Box::pin(crawl(Engine::Postgres)).await;
}

#[test]
#[should_panic(expected = "blocked reads private at /somewhere (p)")]
fn one_word_too_many_is_noticed() {
    let mut crawl = Crawl::new();
    crawl.page(
        "blocked",
        'p',
        "/somewhere",
        &format!("<p>{}</p>", word("private")),
    );
    crawl.end();
}

#[test]
#[should_panic(expected = "rita does not find private where they should (a)")]
fn one_word_too_few_is_noticed() {
    let all = |table: &BTreeMap<(&'static str, &'static str), &'static str>| -> BTreeSet<_> {
        let each = table
            .iter()
            .flat_map(|((reader, name), cell)| cell.chars().map(|place| (*reader, *name, place)));
        each.chain(table.keys().map(|(reader, name)| (*reader, *name, 'a')))
            .collect()
    };
    let (pages, servers) = (read(PAGES), read(SERVERS));
    let mut seen: BTreeSet<_> = all(&pages).into_iter().chain(all(&servers)).collect();
    seen.remove(&("rita", "private", 'a'));
    Crawl {
        pages,
        servers,
        seen,
        ..Crawl::default()
    }
    .end();
}
