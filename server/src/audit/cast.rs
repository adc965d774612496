//! Who plays in an audit of one community: throw-away members, some with the rules of a real member, and servers that
//! the rules in force distinguish.

use std::sync::Arc;

use comity_policy::{CommunityId, ListId, Mode, Pattern, PersonId, Rule, Scope, Stance};
use comity_vocab::{Domain, Iri};

use super::expected::{Other, Rules, Tie};
use super::planted::Post;
use super::stage::Stage;
use super::{Counted, Whose};
use crate::accounts::{self, Account};
use crate::communities::Community;
use crate::config::scheme;
use crate::error::Result;
use crate::http::token::Token;
use crate::members::{self, NewMember, Role};

/// Longer than any community waits before it trusts a server.
pub const LONG_KNOWN_DAYS: u32 = 4_000;

/// A throw-away member.
pub struct Local {
    pub account: Arc<Account>,
    /// What their browser sends.
    pub session: String,
}

/// A throw-away member who writes.
pub struct Author {
    pub local: Local,
    /// The member whose rules and mode they are given.
    pub twin_of: Option<i64>,
    pub posts: Vec<Post>,
    /// What stands in their profile.
    pub bio: String,
    /// What `friend` answered their public post.
    pub reply: Option<Post>,
    /// What they answered what `friend` wrote first.
    pub answer: Option<Post>,
    /// In what `friend` quoted their public post.
    pub quote: Option<Post>,
    /// Where their yes to that is.
    pub stamp: Option<String>,
}

/// A server elsewhere, with people.
pub struct Party {
    pub domain: Domain,
    /// Where the handles of its people are from, if from elsewhere.
    pub alias: Option<Domain>,
    pub known_days: u32,
    /// Somebody who follows the authors since before there were rules.
    pub follower: Iri,
    /// Somebody whom nothing ties, and the server's own voice; none where the rule is about one account.
    pub others: Option<(Iri, Iri)>,
    /// Whose rule it is played for.
    pub whose: Whose,
    /// Which authors it turns to.
    pub authors: Vec<usize>,
    /// What its follower wrote before there were rules.
    pub before: String,
    /// Where that is.
    pub before_iri: Iri,
    /// In which manner it is somebody's: as the rule names them, below that, or with a handle from there.
    pub guise: Guise,
}

/// How a party resembles whom a rule names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guise {
    Plain,
    Subdomain,
    Alias,
}

impl Party {
    /// As rules see somebody there, or the server itself for `None`.
    pub fn other<'a>(&'a self, account: Option<&'a Iri>) -> Other<'a> {
        Other {
            domain: &self.domain,
            alias: self.alias.as_ref(),
            account,
            known_days: self.known_days,
        }
    }

    /// Each of its voices, with what ties it to the authors.
    pub fn voices(&self) -> Vec<(&Iri, Tie)> {
        let mut all = vec![(&self.follower, Tie::Follower)];
        if let Some((stranger, server)) = &self.others {
            all.push((stranger, Tie::Stranger));
            all.push((server, Tie::Stranger));
        }
        all
    }

    /// What the operator may be told. Whom a member has a rule about is nobody else's matter.
    pub fn told(&self) -> String {
        match self.whose {
            Whose::Member => "a server that a member has a rule about".to_owned(),
            _ => self.domain.to_string(),
        }
    }
}

/// Everybody in the audit of one community.
pub struct Cast {
    pub community: Arc<Community>,
    pub authors: Vec<Author>,
    /// Follows every author.
    pub friend: Local,
    /// Follows nobody.
    pub outsider: Local,
    /// Is blocked by every author.
    pub blocked: Local,
    /// A member of another community here.
    pub neighbour: Option<(Arc<Community>, Local)>,
    pub parties: Vec<Party>,
    /// Which party may see what is public, so that an audit that sees nothing is noticed.
    pub control: usize,
    /// What `friend` wrote before there were rules; everybody's `before` answers it.
    pub root: Option<Post>,
}

/// How much is tried.
#[derive(Clone, Copy, Debug)]
pub struct Sample(pub usize);

impl Cast {
    /// Makes the members and chooses the servers. `counted` learns how many rules there are and how many are tried.
    pub async fn gather(
        stage: &Stage,
        community: &Arc<Community>,
        rules: &Rules,
        sample: Sample,
        counted: &mut Counted,
    ) -> Result<Cast> {
        let mut authors = vec![author(stage, community, None).await?];
        for member in members_with_rules(stage, rules, community, sample).await? {
            authors.push(author(stage, community, Some(member)).await?);
        }
        let others = stage.communities();
        let neighbour = match others.iter().find(|other| other.id != community.id) {
            Some(other) => Some((Arc::clone(other), local(stage, other, "n").await?)),
            None => None,
        };
        let mut cast = Cast {
            community: Arc::clone(community),
            friend: local(stage, community, "f").await?,
            outsider: local(stage, community, "o").await?,
            blocked: local(stage, community, "b").await?,
            neighbour,
            authors,
            parties: Vec::new(),
            control: 0,
            root: None,
        };
        cast.invite(stage, rules, sample, counted)?;
        Ok(cast)
    }

    fn invite(
        &mut self,
        stage: &Stage,
        rules: &Rules,
        sample: Sample,
        counted: &mut Counted,
    ) -> Result<()> {
        let everyone: Vec<usize> = (0..self.authors.len()).collect();
        let known = stage.fresh_domain(&format!("audit-known{}", stage.number()))?;
        let control = Seat {
            known_days: LONG_KNOWN_DAYS,
            ..Seat::at(known, Whose::Nobody)
        };
        self.seat(stage, control, everyone.clone())?;
        let unknown = stage.fresh_domain(&format!("audit-unknown{}", stage.number()))?;
        self.seat(stage, Seat::at(unknown, Whose::Nobody), everyone)?;
        let here = self.community.policy_id();
        let mut scopes = vec![
            (Scope::Operator, Whose::Operator, 0),
            (Scope::Community(here), Whose::Community, 0),
        ];
        for (place, author) in self.authors.iter().enumerate() {
            let own = author.twin_of.map(|id| Scope::Member(PersonId(id), here));
            scopes.extend(own.map(|own| (own, Whose::Member, place)));
        }
        for (scope, whose, place) in scopes {
            for stance in Stance::ALL {
                let all: Vec<&Rule> = of(rules, scope)
                    .filter(|rule| rule.stance == stance)
                    .collect();
                for rule in all.iter().take(sample.0) {
                    if self.play(stage, rules, rule, (whose, place))? {
                        counted.tried(rule);
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether somebody is there now whom the rule is about.
    fn play(
        &mut self,
        stage: &Stage,
        rules: &Rules,
        rule: &Rule,
        for_whom: (Whose, usize),
    ) -> Result<bool> {
        let (whose, place) = for_whom;
        let Some(seat) = Cast::seat_for(stage, rules, &rule.pattern, whose, 0)? else {
            return Ok(false);
        };
        let named = seat.domain.clone();
        let is_domain = matches!(rule.pattern, Pattern::Domain(_));
        self.seat(stage, seat, vec![place])?;
        if rule.stance != Stance::Refused || !is_domain || named.is_ip() {
            return Ok(true);
        }
        let below = Domain::parse(&format!("audit-{}.{named}", stage.seed));
        if let Ok(below) = below {
            let seat = Seat {
                guise: Guise::Subdomain,
                ..Seat::at(below, whose)
            };
            self.seat(stage, seat, vec![place])?;
        }
        let number = stage.number();
        let host = stage.fresh_domain(&format!("audit-split{number}"))?;
        let seat = Seat {
            guise: Guise::Alias,
            alias: Some(named),
            ..Seat::at(host, whose)
        };
        self.seat(stage, seat, vec![place])?;
        Ok(true)
    }

    /// Somebody a pattern speaks of, who can be played from outside.
    fn seat_for(
        stage: &Stage,
        rules: &Rules,
        pattern: &Pattern,
        whose: Whose,
        depth: usize,
    ) -> Result<Option<Seat>> {
        let number = stage.number();
        let seat = match pattern {
            Pattern::Domain(domain) | Pattern::Host(domain) => Seat::at(domain.clone(), whose),
            Pattern::Account(iri) => Seat {
                account: Some(iri.clone()),
                ..Seat::at(iri.domain(), whose)
            },
            // Lists name no lists.
            Pattern::List(ListId(_)) if depth > 0 => return Ok(None),
            Pattern::List(id) => {
                for entry in rules.list(*id) {
                    if let Some(seat) = Cast::seat_for(stage, rules, entry, whose, 1)? {
                        return Ok(Some(seat));
                    }
                }
                return Ok(None);
            }
            Pattern::Everything | Pattern::FirstSeen { .. } => {
                Seat::at(stage.fresh_domain(&format!("audit-new{number}"))?, whose)
            }
            Pattern::Software { .. } => return Ok(None),
        };
        // Who is served here is met as a member, not as a server.
        let ours = stage
            .app
            .communities
            .load()
            .by_domain(&seat.domain)
            .is_some();
        Ok((!ours).then_some(seat))
    }

    fn seat(&mut self, stage: &Stage, seat: Seat, authors: Vec<usize>) -> Result<()> {
        let taken = self.parties.iter_mut().find(|party| {
            party.domain == seat.domain
                && seat
                    .account
                    .as_ref()
                    .is_none_or(|iri| *iri == party.follower)
        });
        if let Some(party) = taken {
            let new = authors
                .into_iter()
                .filter(|author| !party.authors.contains(author));
            let new: Vec<usize> = new.collect();
            party.authors.extend(new);
            return Ok(());
        }
        let origin = format!("{}://{}", scheme(&seat.domain), seat.domain);
        let person =
            |letter: &str| Iri::parse(&format!("{origin}/users/audit{}{letter}", stage.seed));
        let follower = match &seat.account {
            Some(iri) => iri.clone(),
            None => person("f")?,
        };
        let others = match &seat.account {
            Some(_) => None,
            None => Some((
                person("s")?,
                Iri::parse(&format!("{origin}/audit{}/actor", stage.seed))?,
            )),
        };
        if let Some(home) = &seat.alias {
            for letter in ["f", "s"] {
                stage
                    .peer
                    .is_at_home(&seat.domain, &format!("audit{}{letter}", stage.seed), home);
            }
        }
        self.parties.push(Party {
            before: stage.word(),
            before_iri: Iri::parse(&format!(
                "{origin}/audit{}/before{}",
                stage.seed,
                stage.number()
            ))?,
            domain: seat.domain,
            alias: seat.alias,
            known_days: seat.known_days,
            follower,
            others,
            whose: seat.whose,
            authors,
            guise: seat.guise,
        });
        Ok(())
    }

    /// The party that may see what is public.
    pub fn control(&self) -> &Party {
        &self.parties[self.control]
    }

    /// The strictest way in which this author's side meets somebody of a party.
    pub fn stance(
        &self,
        stage: &Stage,
        rules: &Rules,
        author: usize,
        party: &Party,
        voice: &Iri,
    ) -> Stance {
        let is_server = party
            .others
            .as_ref()
            .is_some_and(|(_, server)| server == voice);
        let other = party.other((!is_server).then_some(voice));
        let me = self.authors[author].local.account.id;
        rules.stance(&self.community, Some(me), &other, stage.app.now_ms())
    }
}

struct Seat {
    domain: Domain,
    alias: Option<Domain>,
    account: Option<Iri>,
    known_days: u32,
    whose: Whose,
    guise: Guise,
}

impl Seat {
    fn at(domain: Domain, whose: Whose) -> Seat {
        Seat {
            domain,
            alias: None,
            account: None,
            known_days: 0,
            whose,
            guise: Guise::Plain,
        }
    }
}

fn of(rules: &Rules, scope: Scope) -> impl Iterator<Item = &Rule> {
    rules.all.iter().filter(move |rule| rule.scope == scope)
}

/// Members of a community who have a rule of their own, or a mode, in a stable order.
async fn members_with_rules(
    stage: &Stage,
    rules: &Rules,
    community: &Community,
    sample: Sample,
) -> Result<Vec<i64>> {
    let here = CommunityId(community.id);
    let mut members = Vec::new();
    let with_rules = rules.all.iter().filter_map(|rule| match rule.scope {
        Scope::Member(PersonId(id), of) if of == here => Some(id),
        _ => None,
    });
    for id in with_rules {
        if members.len() < sample.0 && !members.contains(&id) {
            members.push(id);
        }
    }
    for id in rules.members_with_modes() {
        if members.len() < sample.0 && !members.contains(&id) {
            let account = accounts::find(&stage.app, id).await?;
            members.extend((account.community_id == Some(community.id)).then_some(id));
        }
    }
    Ok(members)
}

async fn author(stage: &Stage, community: &Arc<Community>, twin_of: Option<i64>) -> Result<Author> {
    Ok(Author {
        local: local(
            stage,
            community,
            &format!("a{}", stage.word().split_off(14)),
        )
        .await?,
        twin_of,
        posts: Vec::new(),
        bio: stage.word(),
        reply: None,
        answer: None,
        quote: None,
        stamp: None,
    })
}

async fn local(stage: &Stage, community: &Arc<Community>, letter: &str) -> Result<Local> {
    let username = format!("audit{}{letter}{}", stage.seed, community.id % 1000);
    let new = NewMember {
        email: format!("{username}@audit.example"),
        username,
        password: Token::random()?.reveal(),
        display_name: String::new(),
        role: Role::Member,
    };
    let account = Box::pin(members::add(&stage.app, community, new)).await?;
    Ok(Local {
        session: stage.session(community, account.id).await?,
        account: accounts::find(&stage.app, account.id).await?,
    })
}

/// The mode of the member a throw-away one is the twin of.
pub fn mode_of(rules: &Rules, author: &Author) -> Mode {
    author.twin_of.map_or(Mode::Open, |id| rules.mode_of(id))
}
