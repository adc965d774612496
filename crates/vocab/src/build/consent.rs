//! Our yes and no to answers, and the stamps that hold a yes.

use serde_json::{Value, json};

use super::{ACTIVITYSTREAMS, Fields};
use crate::{Iri, Stamp};

/// A yes or a no to an answer.
#[derive(Clone, Debug)]
pub struct AnswerOut {
    /// Of the activity.
    pub id: Iri,
    /// Whose yes or no it is.
    pub actor: Iri,
    /// Who answered.
    pub replier: Iri,
    /// The answer.
    pub object: Iri,
    /// What it answers.
    pub target: Iri,
    /// The `ReplyRequest` that asked; none where the answer came without asking.
    pub request: Option<Iri>,
    /// The stamp, with a yes.
    pub result: Option<Iri>,
}

/// `Accept` or `Reject`, as `kind` says. Nothing of what was said is repeated.
pub fn answer_to_reply(kind: &str, answer: &AnswerOut) -> Value {
    let mut fields = Fields::new(context(), kind);
    fields.set("id", answer.id.as_str());
    fields.set("actor", answer.actor.as_str());
    fields.set("to", vec![answer.replier.as_str().to_owned()]);
    match &answer.request {
        Some(request) => fields.set(
            "object",
            json!({
                "type": "ReplyRequest",
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

fn context() -> Value {
    json!([
        ACTIVITYSTREAMS,
        {
            "gts": "https://gotosocial.org/ns#",
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
