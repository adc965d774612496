//! `comity inspect`: how we read a document of another server, and what we would do with it. Nothing is stored.

use std::path::PathBuf;

use comity_policy::{
    Act, Attested, Contact, FactError, FactSource, Gate, Hosted, Listener, Mode, Part, Peer,
    Person, PersonId, Refusal, RuleBook, Ties, Way,
};
use comity_policy::{Admitted, CommunityId};
use comity_vocab::{Activity, ActivityKind, Actor, Document, Domain, Iri, Note, describe, read};
use comity_wire::Fetched;
use serde_json::{Value, json};

use crate::accounts;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::serve;

/// How another server's document is read
#[derive(Debug, clap::Args)]
pub struct InspectArguments {
    /// A file with the document, or the address to fetch it from
    what: String,
}

/// Reads it and says what came of it, as JSON.
pub async fn run(arguments: InspectArguments, config: Config) -> Result<Inspected> {
    let home = config.domain.clone();
    let answer = if arguments.what.contains("://") {
        fetched(&arguments.what, config).await?
    } else {
        let path = PathBuf::from(&arguments.what);
        let bytes = std::fs::read(&path).map_err(|why| {
            Error::invalid(
                "file",
                format!("{} could not be read: {why}", path.display()),
            )
        })?;
        explain(&bytes, &home).await
    };
    Ok(Inspected {
        understood: answer["understood"] != false,
        json: serde_json::to_string_pretty(&answer)?,
    })
}

/// What came of it.
pub struct Inspected {
    /// Whether it is something we know.
    pub understood: bool,
    /// All of it, for reading.
    pub json: String,
}

async fn fetched(address: &str, config: Config) -> Result<Value> {
    let home = config.domain.clone();
    let iri = Iri::parse(address)?;
    let app = serve::start_existing(config, Clock::system())
        .await
        .map_err(|why| Error::invalid("settings", why.to_string()))?;
    let community = app.communities.load().first().ok_or(Error::NotFound)?;
    let permitted = app
        .gate
        .permit(community.policy_id(), &iri.domain(), Contact::Fetch)
        .await?
        .map_err(|refusal| {
            let moderator = Listener::Moderator(community.policy_id(), None);
            let why = refusal.verdict.sentence_for(&app.gate.book(), moderator);
            Error::Forbidden(format!("{} is not asked for anything: {why}", iri.domain()))
        })?;
    let key = accounts::signing_key(&app, community.actor_id).await?;
    match app.wire.fetch(permitted, &iri, &key, app.now_ms()).await {
        Ok(Fetched::Document(document)) => Ok(told(document, &home).await),
        Ok(Fetched::Moved(to)) => Ok(json!({ "moved": to.as_str() })),
        Err(why) => Err(Error::Elsewhere(format!("{iri}: {why}"))),
    }
}

/// How these bytes are read by a server at `home` that has no rules, taking it that whoever they name sent them.
pub async fn explain(bytes: &[u8], home: &Domain) -> Value {
    match read(bytes) {
        Ok(document) => told(as_if_sent(document), home).await,
        Err(why) => json!({ "understood": false, "refused": why.to_string() }),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "nothing is taken in: this only says what would be"
)]
fn as_if_sent(document: Document) -> Attested<Document> {
    let by = match &document {
        Document::Activity(activity) => Some(activity.actor.clone()),
        other => other.id().cloned(),
    };
    // Without anybody to speak for it, it can only be shown; this address is nobody's.
    let nobody = || Iri::parse("https://nobody.invalid/").expect("a constant address");
    Attested::by_origin(by.unwrap_or_else(nobody), document)
}

async fn told(document: Attested<Document>, home: &Domain) -> Value {
    let reading = describe(document.peek());
    let would = would(document, home).await;
    match would {
        Would::Do(what) => json!({ "understood": true, "reading": reading, "would": what }),
        Would::Ignore(why) if reading["understood"] == false => {
            json!({ "understood": false, "reading": reading, "would": "ignore it", "why": why })
        }
        Would::Ignore(why) => {
            json!({ "understood": true, "reading": reading, "would": "ignore it", "why": why })
        }
        Would::Refuse(why) => json!({ "understood": true, "reading": reading, "refused": why }),
    }
}

/// What becomes of a document.
enum Would {
    Do(String),
    Ignore(String),
    Refuse(String),
}

/// Knows nobody: what is asked about is not here.
struct NoFacts;

impl FactSource for NoFacts {
    async fn ties(&self, _pairs: &[(PersonId, PersonId)]) -> std::result::Result<Ties, FactError> {
        Ok(Ties::none())
    }

    async fn peers(
        &self,
        _domains: &[Domain],
    ) -> std::result::Result<Vec<(Domain, Peer)>, FactError> {
        Ok(Vec::new())
    }
}

async fn would(document: Attested<Document>, home: &Domain) -> Would {
    let community = CommunityId(1);
    let gate = Gate::new(
        NoFacts,
        RuleBook::new(
            1,
            0,
            vec![Hosted::new(community, home.clone(), Mode::Open)],
            Vec::new(),
        ),
    );
    let sender = Person::stranger(document.by().clone());
    match document.peek() {
        Document::Activity(_) => {
            let Some(activity) = document.into_activity() else {
                return nothing();
            };
            let act = act_of(&activity.peek().kind);
            match gate
                .admit(activity, community, &sender, act, Way::SharedInbox, None)
                .await
            {
                Ok(Ok(admitted)) => act_on(&admitted, home),
                Ok(Err(refusal)) => refused(&refusal),
                Err(why) => Would::Refuse(why.to_string()),
            }
        }
        Document::Actor(_) => {
            let Some(actor) = document.into_actor() else {
                return nothing();
            };
            match gate
                .admit(actor, community, &sender, Act::Deliver, Way::Lookup, None)
                .await
            {
                Ok(Ok(actor)) => know(&actor),
                Ok(Err(refusal)) => refused(&refusal),
                Err(why) => Would::Refuse(why.to_string()),
            }
        }
        Document::Note(_) => {
            let Some(note) = document.into_note() else {
                return nothing();
            };
            let author = Person::stranger(note.peek().author.clone());
            match gate
                .admit(note, community, &author, Act::Deliver, Way::Lookup, None)
                .await
            {
                Ok(Ok(note)) => keep(&note),
                Ok(Err(refusal)) => refused(&refusal),
                Err(why) => Would::Refuse(why.to_string()),
            }
        }
        Document::Collection(_) => {
            Would::Do("read its items one by one, each fetched from its own origin".to_owned())
        }
        Document::Stamp(stamp) => Would::Do(format!(
            "take it as the yes of {} to {}, if that is by whoever asked",
            stamp.author, stamp.object
        )),
        Document::Tombstone(tombstone) => Would::Do(format!(
            "forget {}, if its author's server says so",
            tombstone.id
        )),
        Document::Key(key) => Would::Do(format!("ask {} whether the key is theirs", key.owner)),
        Document::Unknown { kind, .. } if kind.is_empty() => {
            Would::Ignore("it does not say what it is: its type is missing".to_owned())
        }
        Document::Unknown { kind, .. } => {
            Would::Ignore(format!("{kind} is nothing we know what to do with"))
        }
    }
}

fn nothing() -> Would {
    Would::Ignore("there is nothing in it".to_owned())
}

fn refused(refusal: &Refusal) -> Would {
    Would::Refuse(refusal.to_string())
}

fn act_of(kind: &ActivityKind) -> Act {
    match kind {
        ActivityKind::Follow => Act::Follow,
        ActivityKind::Like | ActivityKind::Dislike => Act::Favourite,
        ActivityKind::EmojiReact => Act::React,
        ActivityKind::Announce => Act::Reblog,
        ActivityKind::Flag => Act::Report,
        ActivityKind::Move => Act::Move,
        ActivityKind::QuoteRequest => Act::Quote,
        ActivityKind::Add | ActivityKind::Remove => Act::Feature,
        _ => Act::Deliver,
    }
}

fn know(actor: &Admitted<Actor>) -> Would {
    Would::Do(format!(
        "know {} as @{}@{}",
        actor.id,
        actor.username,
        actor.id.domain()
    ))
}

fn keep(note: &Admitted<Note>) -> Would {
    let visibility = note.visibility(None).as_str();
    Would::Do(format!(
        "keep the {visibility} post, if somebody here follows its author, is named or takes part"
    ))
}

fn act_on(activity: &Admitted<Activity>, home: &Domain) -> Would {
    let object = activity
        .object
        .id()
        .map_or_else(|| "nothing that has an id".to_owned(), Iri::to_string);
    match &activity.kind {
        ActivityKind::Create => part(activity.note(), home, keep),
        ActivityKind::Update => match activity.actor() {
            Part::Missing => part(activity.note(), home, |note| {
                Would::Do(format!("change {} if we hold it", note.id))
            }),
            actor => part(actor, home, know),
        },
        ActivityKind::Delete => Would::Do(format!("forget {object}, if it is theirs")),
        ActivityKind::Announce => Would::Do(format!(
            "keep the boost of {object}, fetched from its own origin"
        )),
        ActivityKind::Like | ActivityKind::EmojiReact => Would::Do(format!(
            "count it as a favourite of {object}, if that lives here"
        )),
        ActivityKind::Follow => Would::Do(format!(
            "answer the wish to follow {object}, if that lives here"
        )),
        ActivityKind::Accept | ActivityKind::Reject => match activity.inner() {
            Part::Forged(why) => Would::Refuse(why),
            Part::Missing => nothing(),
            // A follow of ours may be named by its address alone.
            _ => Would::Do("take it as the answer to a follow, if one was asked for".to_owned()),
        },
        ActivityKind::Block => Would::Do(format!(
            "end what passes between {} and {object}",
            activity.actor
        )),
        ActivityKind::Add => Would::Do(format!(
            "pin {object} to its author's profile, if it is theirs and the collection is their own"
        )),
        ActivityKind::Remove => Would::Do(format!(
            "unpin {object} from its author's profile, if it is theirs and the collection is their own"
        )),
        ActivityKind::Undo => part(activity.inner(), home, |inner| {
            Would::Do(format!("take back their {}", inner.kind.as_str()))
        }),
        other => Would::Ignore(format!("{} is not acted upon", other.as_str())),
    }
}

fn part<T>(part: Part<T>, home: &Domain, held: impl FnOnce(&Admitted<T>) -> Would) -> Would {
    match part {
        Part::Held(thing) => held(&thing),
        // Nobody else says what our own things are (attack 10).
        Part::Elsewhere(iri) if iri.domain() == *home => {
            Would::Ignore(format!("{iri} would be ours"))
        }
        Part::Elsewhere(iri) => Would::Do(format!("fetch {iri} from its own origin and read that")),
        Part::Missing => {
            Would::Ignore("there is nothing in it that we know what to do with".to_owned())
        }
        Part::Forged(why) => Would::Refuse(why),
    }
}
