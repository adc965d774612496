//! The gate: loads the facts of a question, has it decided, and mints the evidence of a yes.
//!
//! It is the only mint. The fields of evidence are private to this module and those below it,
//! so that nothing else in this crate, and nothing outside it, can make or change any.

mod ask;
mod attested;
mod claim;
mod evidence;
mod known;
mod part;

use std::sync::Arc;

use arc_swap::ArcSwap;
use comity_vocab::{Domain, Iri, Visibility};

use ask::{involved, notices, pairs_between, pairs_of, party_of, receives, servers_of, shown};
pub use attested::Attested;
pub use claim::Claim;
pub use evidence::{Admitted, Audience, Contact, Notice, Permitted, Recipient, Visible};
use known::Known;
pub use part::Part;

use crate::{
    Act, Because, CommunityId, Conditions, Epoch, Exchange, FactError, FactSource, Outcome, Party,
    Person, Refusal, RuleBook, Subject, Thing, Verdict, Way, decide,
};

/// Answers by the rules in force, with the facts of `F`.
pub struct Gate<F: FactSource> {
    facts: F,
    book: ArcSwap<RuleBook>,
}

impl<F: FactSource> Gate<F> {
    /// A gate with its first rules.
    pub fn new(facts: F, book: RuleBook) -> Gate<F> {
        Gate {
            facts,
            book: ArcSwap::from_pointee(book),
        }
    }

    /// The rules in force.
    pub fn book(&self) -> Arc<RuleBook> {
        self.book.load_full()
    }

    /// Puts newer rules in force. A book of an older epoch, arriving late, changes nothing.
    pub fn replace(&self, book: RuleBook) {
        let book = Arc::new(book);
        self.book.rcu(|current| {
            let newest = if current.epoch() > book.epoch() {
                current
            } else {
                &book
            };
            Arc::clone(newest)
        });
    }

    /// The epoch of the rules in force.
    pub fn epoch(&self) -> Epoch {
        self.book.load().epoch()
    }

    /// May this community make a request to that domain now? A refused domain is not even
    /// contacted (L63), and we never make requests to ourselves. The permit is for one request;
    /// a redirect to another domain asks again.
    pub async fn permit(
        &self,
        by: CommunityId,
        domain: &Domain,
        contact: Contact,
    ) -> Result<Result<Permitted, Refusal>, FactError> {
        let party = Party::Instance(domain.clone());
        let (known, book) = self.facts(Vec::new(), vec![domain.clone()], &[]).await?;
        let way = match contact {
            Contact::Fetch => Way::Fetch,
            Contact::Deliver => Way::FollowerDelivery,
        };
        let refusal = |verdict| Ok(Err(Refusal::new(verdict, &party, Act::Contact, way, &book)));
        let Some(face) = book.face(by) else {
            return refusal(Verdict::refusing(Because::NobodyHere, book.epoch()));
        };
        let thing = Thing::of(face.clone());
        let exchange = Exchange {
            party: &party,
            act: Act::Contact,
            way,
            thing: &thing,
        };
        let verdict = decide(&book, &known.ties, &exchange);
        if !verdict.is_allowed() {
            return refusal(verdict);
        }
        Ok(Ok(Permitted {
            domain: domain.clone(),
            contact,
            epoch: book.epoch(),
        }))
    }

    /// May what a peer sent come in? First, whether the sender can speak for it at all
    /// (FEP-fe34); then whether the rules let it in, and whatever it boosts, quotes or moves to
    /// (L31).
    ///
    /// `target` is the person here whom it is done to, where there is one. Whether the sender may
    /// *see* the thing they act upon is another question, which [`may`](Gate::may) answers once
    /// that thing is at hand. What must wait for a yes is admitted under [`Conditions::HELD`].
    pub async fn admit<T: Claim>(
        &self,
        attested: Attested<T>,
        into: CommunityId,
        sender: &Person,
        act: Act,
        way: Way,
        target: Option<&Person>,
    ) -> Result<Result<Admitted<T>, Refusal>, FactError> {
        let party = match sender.community {
            Some(_) => Party::Member(sender.clone()),
            None => Party::Account(sender.clone()),
        };
        let carried = attested.peek().carries();
        let makers = carried.iter().map(Iri::domain);
        let servers = servers_of(&party, target).chain(makers).collect();
        let pairs = match target {
            Some(target) => pairs_between(&party, [target], &self.book.load()),
            None => Vec::new(),
        };
        let (known, book) = self.facts(pairs, servers, &[]).await?;
        let ties = &known.ties;
        let refuse = |verdict| Ok(Err(Refusal::new(verdict, &party, act, way, &book)));

        if let Err(why) = attested.vouched(sender, into, &book) {
            return refuse(Verdict::refusing(Because::Forged(why), book.epoch()));
        }
        let Some(face) = book.face(into) else {
            return refuse(Verdict::refusing(Because::NobodyHere, book.epoch()));
        };
        let mut thing = Thing {
            community: Some(into),
            ..Thing::of(target.unwrap_or(face).clone())
        };
        let sent = attested.peek().sent_to(target);
        if act == Act::Deliver || act == Act::Mention {
            thing.visibility = sent;
        }
        let mut verdict = decide(
            &book,
            ties,
            &Exchange {
                party: &party,
                act,
                way,
                thing: &thing,
            },
        );

        // A private answer is a message as well, and is asked as one.
        if act == Act::Reply && sent == Visibility::Direct {
            thing.visibility = sent;
            let mention = Exchange {
                party: &party,
                act: Act::Mention,
                way,
                thing: &thing,
            };
            verdict = verdict.and(decide(&book, ties, &mention));
        }
        // What it carries along comes in too, so whoever made that is asked in the same way. Of a
        // thing we do not hold we know the domain, and its maker is at home there.
        let home = face.domain.clone();
        for carried in carried {
            let maker = Party::Account(Person::stranger(carried));
            if maker.domain() == Some(&home) {
                continue;
            }
            thing.visibility = Visibility::Public;
            let along = Exchange {
                party: &maker,
                act: Act::Deliver,
                way,
                thing: &thing,
            };
            verdict = verdict.and(decide(&book, ties, &along));
        }
        if verdict.outcome == Outcome::Refuse {
            return refuse(verdict);
        }
        Ok(Ok(attested.admitted(&verdict, home)))
    }

    /// May this viewer see the thing, by this way?
    pub async fn show<T: Subject>(
        &self,
        viewer: &Party,
        way: Way,
        item: T,
    ) -> Result<Result<Visible<T>, Refusal>, FactError> {
        let thing = item.thing();
        let (known, book) = self.facts_of(viewer, &thing).await?;
        let viewer = Arc::new(viewer.clone());
        Ok(shown(&book, &known, &viewer, way, item, &thing))
    }

    /// The same for many things at once, in their order, with one look at the facts.
    pub async fn show_all<T: Subject>(
        &self,
        viewer: &Party,
        way: Way,
        items: Vec<T>,
    ) -> Result<Vec<Result<Visible<T>, Refusal>>, FactError> {
        self.show_each(&Arc::new(viewer.clone()), way, items, None)
            .await
    }

    /// The same for more things that are told beside what this viewer was shown a moment ago: by the facts of that where they
    /// answer for these as well, by new ones otherwise.
    pub async fn show_beside<S, T: Subject>(
        &self,
        seen: &Visible<S>,
        way: Way,
        items: Vec<T>,
    ) -> Result<Vec<Result<Visible<T>, Refusal>>, FactError> {
        self.show_each(&seen.viewer, way, items, Some(&seen.known))
            .await
    }

    async fn show_each<T: Subject>(
        &self,
        viewer: &Arc<Party>,
        way: Way,
        items: Vec<T>,
        seen: Option<&Arc<Known>>,
    ) -> Result<Vec<Result<Visible<T>, Refusal>>, FactError> {
        let things: Vec<Thing> = items.iter().map(Subject::thing).collect();
        let (known, book) = self.facts_of_all(viewer, &things, seen).await?;
        let shown = items
            .into_iter()
            .zip(&things)
            .map(|(item, thing)| shown(&book, &known, viewer, way, item, thing))
            .collect();
        Ok(shown)
    }

    /// Which of these recipients may get the thing? Each is asked for themself, and for the
    /// domains of their inboxes where those are elsewhere. One look at the facts.
    pub async fn address<T: Subject>(
        &self,
        item: T,
        way: Way,
        recipients: Vec<Recipient>,
    ) -> Result<Audience<T>, FactError> {
        let thing = item.thing();
        let parties: Vec<Party> = recipients
            .iter()
            .map(|recipient| party_of(&recipient.person))
            .collect();
        let known = self.book();
        let pairs = parties
            .iter()
            .flat_map(|party| pairs_of(party, &thing, &known))
            .collect();
        let servers = parties
            .iter()
            .flat_map(|party| servers_of(party, None))
            .chain(recipients.iter().flat_map(Recipient::doors))
            .chain(servers_of(
                &Party::Member(thing.owner.clone()),
                involved(&thing),
            ))
            .collect();
        let (facts, book) = self
            .facts(pairs, servers, std::slice::from_ref(&thing))
            .await?;

        let mut conditions = Conditions::NONE;
        let mut because = Because::Nothing;
        let mut cleared = Vec::new();
        let mut said = Vec::new();
        let mut wanted = Vec::new();
        let mut refused = Vec::new();
        for (recipient, party) in recipients.into_iter().zip(parties) {
            let verdict = receives(&book, &facts.ties, way, &thing, &recipient, &party);
            if verdict.is_allowed() {
                conditions |= verdict.conditions;
                because = verdict.because;
                let notices = notices(&book, &verdict, &thing.owner);
                for notice in &notices {
                    if !wanted.contains(notice) {
                        wanted.push(notice.clone());
                    }
                }
                said.push(notices);
                cleared.push(recipient);
            } else {
                refused.push((recipient, verdict));
            }
        }
        // The text is the same for all who get it; where nobody does, it stays its owner's.
        let viewer = party_of(cleared.first().map_or(&thing.owner, |first| &first.person));
        let subject = Visible {
            item,
            viewer: Arc::new(viewer),
            conditions,
            because,
            notices: wanted,
            epoch: book.epoch(),
            known: facts,
        };
        Ok(Audience {
            subject,
            cleared,
            notices: said,
            refused,
        })
    }

    /// The answer to one exchange, without evidence: for acts between people here, and for
    /// explaining.
    pub async fn judge(&self, exchange: &Exchange<'_>) -> Result<Verdict, FactError> {
        let (known, book) = self.facts_of(exchange.party, exchange.thing).await?;
        Ok(decide(&book, &known.ties, exchange))
    }

    /// The answers to each of these exchanges by each of these books, which need not be in force: for telling what a
    /// change of rules would do. One look at the facts for all; no evidence comes of it.
    pub async fn judge_by(
        &self,
        books: &[&RuleBook],
        exchanges: &[Exchange<'_>],
    ) -> Result<Vec<Vec<Verdict>>, FactError> {
        let mut pairs = Vec::new();
        let mut servers = Vec::new();
        for exchange in exchanges {
            for book in books {
                pairs.extend(pairs_of(exchange.party, exchange.thing, book));
            }
            servers.extend(servers_of(exchange.party, involved(exchange.thing)));
        }
        pairs.sort_unstable();
        pairs.dedup();
        let mut ties = self.ties(&pairs).await?;
        if books.iter().any(|book| book.asks_of_peers()) {
            servers.sort_unstable();
            servers.dedup();
            self.learn(&mut ties, &servers).await?;
        }
        let by = |book: &&RuleBook| {
            let answers = exchanges
                .iter()
                .map(|exchange| decide(book, &ties, exchange));
            answers.collect()
        };
        Ok(books.iter().map(by).collect())
    }

    /// May this party do that to the thing? Held counts as yes, under [`Conditions::HELD`].
    pub async fn may<T: Subject>(
        &self,
        party: &Party,
        act: Act,
        way: Way,
        item: &T,
    ) -> Result<Result<Verdict, Refusal>, FactError> {
        let thing = item.thing();
        let (known, book) = self.facts_of(party, &thing).await?;
        let verdict = decide(
            &book,
            &known.ties,
            &Exchange {
                party,
                act,
                way,
                thing: &thing,
            },
        );
        Ok(match verdict.outcome {
            Outcome::Allow | Outcome::Hold => Ok(verdict),
            Outcome::Refuse => Err(Refusal::new(verdict, party, act, way, &book)),
        })
    }

    /// May this party do these acts to these things? Answers in their order, with one look at the facts.
    pub async fn may_all<T: Subject>(
        &self,
        party: &Party,
        way: Way,
        asked: &[(Act, &T)],
    ) -> Result<Vec<Verdict>, FactError> {
        self.may_each(party, way, asked, None).await
    }

    /// The same of whoever was shown each of these things a moment ago: by the facts of that where they answer for this as well,
    /// by new ones otherwise.
    pub async fn may_all_seen<T: Subject>(
        &self,
        way: Way,
        asked: &[(Act, &Visible<T>)],
    ) -> Result<Vec<Verdict>, FactError> {
        let mut verdicts = Vec::with_capacity(asked.len());
        let mut rest = asked;
        // Mostly all were shown to one viewer; nobody is answered in the name of another.
        while let Some((_, first)) = rest.first() {
            let same = rest
                .iter()
                .take_while(|(_, seen)| seen.viewer == first.viewer);
            let (of_one, others) = rest.split_at(same.count());
            let things: Vec<(Act, &T)> = of_one
                .iter()
                .map(|(act, seen)| (*act, &seen.item))
                .collect();
            let answers = self.may_each(&first.viewer, way, &things, Some(&first.known));
            verdicts.extend(answers.await?);
            rest = others;
        }
        Ok(verdicts)
    }

    async fn may_each<T: Subject>(
        &self,
        party: &Party,
        way: Way,
        asked: &[(Act, &T)],
        seen: Option<&Arc<Known>>,
    ) -> Result<Vec<Verdict>, FactError> {
        let things: Vec<Thing> = asked.iter().map(|(_, item)| item.thing()).collect();
        let (known, book) = self.facts_of_all(party, &things, seen).await?;
        let one = |((act, _), thing): (&(Act, &T), &Thing)| {
            let (act, way) = (*act, way);
            decide(
                &book,
                &known.ties,
                &Exchange {
                    party,
                    act,
                    way,
                    thing,
                },
            )
        };
        Ok(asked.iter().zip(&things).map(one).collect())
    }
}
