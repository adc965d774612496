//! Our yes and no to answers and quotes, the stamps that hold a yes, and our own question.

use serde_json::{Value, json};

use super::{ACTIVITYSTREAMS, Fields, without_context};
use crate::{Consented, Iri, PUBLIC, Stamp};

/// A yes or a no to an answer or a quote.
#[derive(Clone, Debug)]
pub struct AnswerOut {
    /// Which of the two.
    pub to: Consented,
    /// Of the activity.
    pub id: Iri,
    /// Whose yes or no it is.
    pub actor: Iri,
    /// Who answered or quoted.
    pub replier: Iri,
    /// The answer or the quote.
    pub object: Iri,
    /// What it answers or quotes.
    pub target: Iri,
    /// The `ReplyRequest` or `QuoteRequest` that asked; none where it came without asking.
    pub request: Option<Iri>,
    /// The stamp, with a yes.
    pub result: Option<Iri>,
}

/// `Accept` or `Reject`, as `kind` says. Nothing of what was said is repeated.
pub fn answer(kind: &str, answer: &AnswerOut) -> Value {
    let mut fields = Fields::new(context(), kind);
    fields.set("id", answer.id.as_str());
    fields.set("actor", answer.actor.as_str());
    fields.set("to", vec![answer.replier.as_str().to_owned()]);
    match &answer.request {
        Some(request) => fields.set(
            "object",
            json!({
                "type": answer.to.request_type(),
                "id": request.as_str(),
                "actor": answer.replier.as_str(),
                "object": answer.target.as_str(),
                "instrument": answer.object.as_str(),
            }),
        ),
        None => fields.set("object", answer.object.as_str()),
    }
    fields.set("target", answer.target.as_str());
    fields.set_if("result", answer.result.as_ref().map(Iri::as_str));
    fields.done()
}

/// A stamp by itself. It embeds neither what it permits nor what that is about.
pub fn stamp(stamp: &Stamp) -> Value {
    let mut fields = Fields::new(context(), stamp.permits.stamp_type());
    fields.set("id", stamp.id.as_str());
    fields.set("attributedTo", stamp.author.as_str());
    fields.set("interactingObject", stamp.object.as_str());
    fields.set("interactionTarget", stamp.target.as_str());
    fields.done()
}

/// We ask whether a status of ours may quote. It comes along whole, so that whoever is asked can read it.
pub fn quote_request(id: &Iri, actor: &Iri, quoted: &Iri, asked: &Iri, note: Value) -> Value {
    let (note, noted) = without_context(note);
    let mut around = context();
    if let (Some(around), Value::Array(noted)) = (around.as_array_mut(), noted) {
        around.extend(noted.into_iter().skip(1));
    }
    let mut fields = Fields::new(around, Consented::Quote.request_type());
    fields.set("id", id.as_str());
    fields.set("actor", actor.as_str());
    fields.set("to", vec![asked.as_str().to_owned()]);
    fields.set("object", quoted.as_str());
    fields.set("instrument", note);
    fields.done()
}

/// A stamp is no more. What it was for is not told to those who do not know it.
pub fn stamp_gone(id: &Iri, author: &Iri, stamp: &Iri, permitted: Consented) -> Value {
    let mut fields = Fields::new(context(), "Delete");
    fields.set("id", id.as_str());
    fields.set("actor", author.as_str());
    fields.set("to", vec![PUBLIC.to_owned()]);
    fields.set(
        "object",
        json!({ "id": stamp.as_str(), "type": permitted.stamp_type() }),
    );
    fields.done()
}

fn context() -> Value {
    json!([
        ACTIVITYSTREAMS,
        {
            "gts": "https://gotosocial.org/ns#",
            "QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest",
            "ReplyRequest": "gts:ReplyRequest",
            "ReplyAuthorization": "gts:ReplyAuthorization",
            "LikeAuthorization": "gts:LikeAuthorization",
            "AnnounceAuthorization": "gts:AnnounceAuthorization",
            "QuoteAuthorization": "https://w3id.org/fep/044f#QuoteAuthorization",
            "interactingObject": { "@id": "gts:interactingObject", "@type": "@id" },
            "interactionTarget": { "@id": "gts:interactionTarget", "@type": "@id" }
        }
    ])
}
