//! The kinds of work, and how one try of it can end.

use comity_vocab::{Domain, Iri};
use serde::{Deserialize, Serialize};

use crate::members::letters::Errand;
use crate::waves;

/// Something promised. It holds ids and what came in from outside, never evidence: whoever runs it asks the gate.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Job {
    /// An activity that a peer signed and that was let in at the door.
    ProcessActivity {
        /// The community whose inbox took it.
        community: i64,
        /// Who signed: the address of the actor.
        signer: String,
        /// As received.
        body: String,
        /// Came by the inbox that a server's accounts share.
        shared: bool,
    },
    /// An activity of ours whose recipients are to be found and cleared.
    Address {
        /// The row of `outgoing`.
        outgoing: i64,
        /// Whose it is: one account's activities are addressed in order.
        account: i64,
    },
    /// A server whose software we do not know, or have not asked for a week.
    FetchNodeInfo {
        /// In whose name we ask.
        community: i64,
        /// Whom we ask.
        domain: String,
    },
    /// A reply whose parent is not here yet; the parent may have one again.
    FetchParent {
        /// In whose name we ask.
        community: i64,
        /// The status whose parent is missing.
        status: i64,
    },
    /// A member asked for the conversation of a post elsewhere: answers that did not come here are read.
    Backfill {
        /// In whose name we ask.
        community: i64,
        /// The post.
        status: i64,
        /// When it began; where it began anew at another time, that is another promise.
        at: i64,
        /// How many runs came before; where more did by now, that is another promise.
        #[serde(default)]
        round: i64,
    },
    /// A post from elsewhere shows a yes to what it quotes, or quotes its own author: that is read, and then what it quotes.
    FetchQuoted {
        /// In whose name we ask.
        community: i64,
        /// The status that quotes.
        status: i64,
        /// Where what is quoted is, and the yes.
        domain: String,
    },
    /// A post links to a page that is to be looked at.
    FetchCard {
        /// In whose name we ask where nobody follows its author.
        community: i64,
        /// The status that links.
        status: i64,
        /// Where the page is.
        domain: String,
    },
    /// A status came in after answers to it that wait.
    WeighAnswers {
        /// In whose name we ask.
        community: i64,
        /// What they answer.
        parent: i64,
        /// Answers up to this number were weighed.
        after: i64,
    },
    /// An answer that came before what it answers shows a yes to it.
    ReadStamp {
        /// In whose name we ask.
        community: i64,
        /// The answer.
        status: i64,
        /// Where the yes is.
        domain: String,
    },
    /// Somebody elsewhere has other followers here than we know of, by what their server told.
    SynchronizeFollowers {
        /// Whose members follow.
        community: i64,
        /// Who is followed: the address of the actor.
        actor: String,
        /// Where they are listed.
        url: String,
        /// What the list has to come to.
        digest: String,
    },
    /// A member said what they want of the strangers who came to them in a wave.
    AnswerWave(waves::Batch),
    /// A source of a list that is asked once a day.
    FetchListSource {
        /// Which.
        source: i64,
        /// Of which list: its sources are asked one after the other.
        list: i64,
        /// Where it is.
        domain: String,
    },
    /// A member asks the servers that a rule of theirs refuses to delete what they hold of the member's posts.
    AskBack {
        /// Whose posts.
        account: i64,
        /// The rule.
        rule: i64,
        /// Which time of asking: a later one takes its place.
        ask: i64,
        /// What was asked back before is asked back again.
        again: bool,
        /// The ledger was gone through up to this post,
        after: i64,
        /// and of it up to this server.
        domain: String,
    },
    /// The time of a scheduled post has come.
    PublishScheduled {
        /// Which.
        scheduled: i64,
        /// When; where it has another time by now, that is another promise.
        at: i64,
    },
    /// The numbers of a poll of ours are sent to those who have it.
    TellPoll {
        /// Which status asks.
        status: i64,
    },
    /// A poll is over.
    EndPoll {
        /// Which status asks.
        status: i64,
        /// When; where it ends at another time by now, that is another promise.
        ends_at: i64,
    },
    /// A member who has devices is told something.
    Wake {
        /// Who.
        account: i64,
        /// What.
        notification: i64,
    },
    /// One device of theirs is woken.
    Push {
        /// Whose.
        account: i64,
        /// What they are told.
        notification: i64,
        /// Which device.
        subscription: i64,
        /// Where its push service is.
        domain: String,
    },
    /// A letter to a member.
    SendLetter {
        /// What it is about.
        errand: Errand,
        /// When it was promised; unix milliseconds.
        asked_at: i64,
    },
    /// Members who asked to be told of somebody's posts, or who boosted what was changed, are told.
    TellOfPost {
        /// Which.
        status: i64,
        /// It was changed.
        edited: bool,
        /// Members up to this number were told.
        after: i64,
    },
    /// It is looked whether the pages in a member's profile link back to it.
    VerifyLinks {
        /// Whose.
        account: i64,
        /// When; where it is another time by now, that is another promise.
        at: i64,
    },
    /// Members who quoted what was changed are told.
    TellQuoting {
        /// Which was changed.
        status: i64,
        /// Those whose quotes have numbers up to this were told.
        after: i64,
    },
    /// Posts from before there was an index of words are put into it.
    IndexStatuses {
        /// Those with smaller numbers are not in it yet.
        below: i64,
    },
    /// Accounts from before people were found by the words of their names are given theirs.
    IndexAccounts {
        /// Those with smaller numbers have none yet.
        below: i64,
    },
    /// What a member has here is deleted, or the copies of what somebody elsewhere wrote.
    Leave {
        /// Who.
        account: i64,
        /// When; where they leave at another time by now, or not at all, that is another promise.
        at: i64,
    },
    /// A rule or a closing of the gate suspended follows of members, or they work again: they are to be told.
    TellOfRule {
        /// The row of `rules` or of `gate_closings`.
        cause: i64,
        /// It is its end that they are told of.
        restored: bool,
        /// Members up to this number were told.
        after: i64,
    },
    /// What a rule took over from one that would have ended by now ends.
    EndAdded {
        /// The rule that took it over.
        rule: i64,
        /// Its conditions, as bits.
        conditions: u32,
    },
}

impl Job {
    /// The word in `jobs.kind`, for people who look into the table.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Job::ProcessActivity { .. } => "process_activity",
            Job::Address { .. } => "address",
            Job::FetchNodeInfo { .. } => "fetch_node_info",
            Job::FetchParent { .. } => "fetch_parent",
            Job::Backfill { .. } => "backfill",
            Job::FetchQuoted { .. } => "fetch_quoted",
            Job::FetchCard { .. } => "fetch_card",
            Job::WeighAnswers { .. } => "weigh_answers",
            Job::ReadStamp { .. } => "read_stamp",
            Job::SynchronizeFollowers { .. } => "synchronize_followers",
            Job::AnswerWave(_) => "answer_wave",
            Job::FetchListSource { .. } => "fetch_list_source",
            Job::AskBack { .. } => "ask_back",
            Job::PublishScheduled { .. } => "publish_scheduled",
            Job::TellPoll { .. } => "tell_poll",
            Job::EndPoll { .. } => "end_poll",
            Job::Wake { .. } => "wake",
            Job::Push { .. } => "push",
            Job::SendLetter { .. } => "send_letter",
            Job::VerifyLinks { .. } => "verify_links",
            Job::IndexStatuses { .. } => "index_statuses",
            Job::IndexAccounts { .. } => "index_accounts",
            Job::TellOfPost { .. } => "tell_of_post",
            Job::TellQuoting { .. } => "tell_quoting",
            Job::Leave { .. } => "leave",
            Job::TellOfRule { .. } => "tell_of_rule",
            Job::EndAdded { .. } => "end_added",
        }
    }

    /// Whose work it is, by the name that somebody registered; none for our own. One server's work must not keep all
    /// others' waiting.
    pub(super) fn host(&self) -> Option<String> {
        match self {
            Job::ProcessActivity { signer: iri, .. }
            | Job::SynchronizeFollowers { actor: iri, .. } => {
                let domain = Iri::parse(iri).ok()?.domain();
                Some(domain.registrable().to_owned())
            }
            Job::FetchNodeInfo { domain, .. }
            | Job::FetchListSource { domain, .. }
            | Job::FetchQuoted { domain, .. }
            | Job::FetchCard { domain, .. }
            | Job::Push { domain, .. }
            | Job::ReadStamp { domain, .. } => {
                let domain = Domain::parse(domain).ok()?;
                Some(domain.registrable().to_owned())
            }
            // Whose server is asked is not known here; nobody waits for it.
            Job::FetchParent { .. } => Some("all that is above".to_owned()),
            // It is on many servers, and reads long ones for minutes.
            Job::Backfill { .. } => Some("conversations elsewhere".to_owned()),
            // Nobody waits for them, and they are on many servers.
            Job::VerifyLinks { .. } => Some("pages in profiles".to_owned()),
            // A mail server that does not answer keeps nothing else waiting.
            Job::SendLetter { .. } => Some("the mail server".to_owned()),
            Job::Address { .. }
            | Job::AnswerWave(_)
            | Job::AskBack { .. }
            | Job::PublishScheduled { .. }
            | Job::TellPoll { .. }
            | Job::EndPoll { .. }
            | Job::Leave { .. }
            | Job::IndexStatuses { .. }
            | Job::IndexAccounts { .. }
            | Job::TellOfPost { .. }
            | Job::TellQuoting { .. }
            | Job::TellOfRule { .. }
            | Job::EndAdded { .. }
            | Job::Wake { .. }
            | Job::WeighAnswers { .. } => None,
        }
    }

    /// Jobs of one lane run one after the other, in the order they were promised.
    pub(super) fn lane(&self) -> String {
        match self {
            Job::ProcessActivity { signer, .. } => format!("from {signer}"),
            Job::Address { account, .. } | Job::AskBack { account, .. } => format!("by {account}"),
            Job::AnswerWave(batch) => format!("at {}", batch.account),
            Job::FetchNodeInfo { domain, .. } => format!("about {domain}"),
            Job::FetchParent { status, .. } => format!("above {status}"),
            Job::Backfill {
                community, status, ..
            } => format!("conversation of {status} for {community}"),
            Job::FetchQuoted { status, .. } => format!("in {status}"),
            // One after the other: the second of those who link to a page finds its card.
            Job::FetchCard { domain, .. } => format!("pages at {domain}"),
            Job::WeighAnswers { parent, .. } => format!("below {parent}"),
            Job::ReadStamp { domain, .. } => format!("stamps at {domain}"),
            Job::PublishScheduled { scheduled, .. } => format!("scheduled {scheduled}"),
            Job::TellPoll { status } | Job::EndPoll { status, .. } => format!("poll of {status}"),
            Job::Wake { account, .. } => format!("devices of {account}"),
            Job::Push { subscription, .. } => format!("to device {subscription}"),
            Job::SendLetter { errand, .. } => errand.lane(),
            Job::VerifyLinks { account, .. } => format!("pages of {account}"),
            Job::IndexStatuses { .. } => "index of words".to_owned(),
            Job::IndexAccounts { .. } => "index of names".to_owned(),
            Job::TellOfPost { status, .. } | Job::TellQuoting { status, .. } => {
                format!("about {status}")
            }
            Job::Leave { account, .. } => format!("end of {account}"),
            Job::TellOfRule { cause: rule, .. } | Job::EndAdded { rule, .. } => {
                format!("of rule {rule}")
            }
            // After what they sent before: a yes or a no to a follow may be among it.
            Job::SynchronizeFollowers { actor, .. } => format!("from {actor}"),
            Job::FetchListSource { list, .. } => format!("of list {list}"),
        }
    }
}

/// How one try of a job ended.
#[derive(Debug)]
pub enum Outcome {
    /// Nothing is left to do.
    Done,
    /// Could not be done now; another try makes sense.
    Retry {
        /// Milliseconds until then; none for the usual waits.
        after_ms: Option<i64>,
        /// For the log, when the last try was used up.
        why: String,
    },
    /// Something that a sender points at is not to be had. It may come back, and is worth a few tries, not days of
    /// them: pointing at servers that do not answer costs the sender nothing.
    Unreachable {
        /// For the log.
        why: String,
    },
    /// Will never work.
    Abandon {
        /// For the log.
        why: String,
    },
}

impl From<crate::error::Error> for Outcome {
    /// Failures of ours and of the network may pass; what was refused or malformed stays so.
    fn from(error: crate::error::Error) -> Outcome {
        use crate::error::Error;
        match error {
            Error::Internal(source) => Outcome::Retry {
                after_ms: None,
                why: format!("internal: {source}"),
            },
            Error::Elsewhere(why) => Outcome::Retry {
                after_ms: None,
                why,
            },
            Error::TooMany { after_s } => Outcome::Retry {
                after_ms: Some(i64::try_from(after_s).unwrap_or(60).saturating_mul(1000)),
                why: error.to_string(),
            },
            Error::Conflict(why) => Outcome::Retry {
                after_ms: Some(100),
                why,
            },
            lasting => Outcome::Abandon {
                why: lasting.to_string(),
            },
        }
    }
}
