//! All rules in force, arranged so that a decision looks up and never searches.

mod suppose;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use comity_vocab::Domain;

use crate::hosted::{Community, Default, KNOWN_DAYS};
use crate::list::ListIndex;
use crate::lookup::ScopeRules;
use crate::names::Names;
use crate::{
    CommunityId, Epoch, Hosted, ListEntries, ListId, Mode, Person, PersonId, Rule, RuleId, Scope,
    Stance,
};
use suppose::Supposed;

/// The rules of one epoch. It never changes: a new rule makes a new book. A copy shares what is
/// large with the original.
#[derive(Clone, Debug)]
pub struct RuleBook {
    epoch: Epoch,
    pub(crate) names: Arc<Names>,
    rules: Arc<Vec<Rule>>,
    by_id: Arc<HashMap<RuleId, u32>>,
    pub(crate) by_scope: HashMap<Scope, Arc<ScopeRules>>,
    communities: Vec<Community>,
    member_modes: Arc<HashMap<PersonId, Mode>>,
    in_waves: Arc<HashSet<PersonId>>,
    suspended: Arc<HashSet<PersonId>>,
    lists: Arc<HashMap<ListId, Arc<ListIndex>>>,
    /// The domains of handles whose accounts are at home on another host, by that host.
    handles_at: Arc<HashMap<Domain, Vec<Domain>>>,
    supposed: Supposed,
    asks_of_peers: bool,
    asks_first: bool,
    next_expiry: Option<i64>,
}

impl RuleBook {
    /// Arranges what is in force at `now_ms`. `communities` names each community served here;
    /// rules of one that is not among them bind nobody, because nobody asks in its name. Rules
    /// whose time is over are left out; [`next_expiry`](RuleBook::next_expiry) says when to make
    /// the next book.
    pub fn new(epoch: Epoch, now_ms: i64, communities: Vec<Hosted>, rules: Vec<Rule>) -> RuleBook {
        let rules: Vec<Rule> = rules
            .into_iter()
            .filter(|rule| rule.expires_at.is_none_or(|end| end > now_ms))
            .collect();
        let mut by_scope: HashMap<Scope, ScopeRules> = HashMap::new();
        let mut names = Names::default();
        let mut by_id = HashMap::with_capacity(rules.len());
        for (place, rule) in (0u32..).zip(&rules) {
            by_id.insert(rule.id, place);
            by_scope
                .entry(rule.scope)
                .or_default()
                .add(&mut names, place, rule);
        }
        let gates = communities.iter().filter_map(|hosted| hosted.gate_until);
        let ends = rules.iter().filter_map(|rule| rule.expires_at);
        let next_expiry = ends.chain(gates.filter(|end| *end > now_ms)).min();
        let communities: Vec<Community> = communities
            .into_iter()
            .map(|hosted| Community::new(hosted, now_ms))
            .collect();
        RuleBook {
            epoch,
            names: Arc::new(names),
            next_expiry,
            asks_of_peers: rules.iter().any(|rule| rule.pattern.asks_of_peers())
                || communities
                    .iter()
                    .any(|served| served.mode == Mode::Cautious || served.gate_is_closed),
            asks_first: rules.iter().any(|rule| rule.stance == Stance::Ask)
                || communities
                    .iter()
                    .any(|served| served.mode == Mode::Cautious),
            communities,
            member_modes: Arc::default(),
            in_waves: Arc::default(),
            suspended: Arc::default(),
            lists: Arc::default(),
            handles_at: Arc::default(),
            rules: Arc::new(rules),
            by_id: Arc::new(by_id),
            by_scope: by_scope
                .into_iter()
                .map(|(scope, rules)| (scope, Arc::new(rules)))
                .collect(),
            supposed: Supposed::default(),
        }
    }

    /// The same with the modes that members chose for themselves.
    #[must_use]
    pub fn with_member_modes(mut self, modes: impl IntoIterator<Item = (PersonId, Mode)>) -> Self {
        let chosen = modes.into_iter().filter(|(_, mode)| *mode != Mode::Open);
        self.member_modes = Arc::new(chosen.collect());
        let cautious = self
            .member_modes
            .values()
            .any(|mode| *mode == Mode::Cautious);
        self.asks_of_peers |= cautious;
        self.asks_first |= cautious;
        self
    }

    /// The same with the members to whom a wave of strangers speaks, each with its end in unix
    /// milliseconds; those that are over at `now_ms` are left out. While one stands, its member is
    /// asked about every stranger first, whatever their mode.
    #[must_use]
    pub fn with_waves(
        mut self,
        now_ms: i64,
        waves: impl IntoIterator<Item = (PersonId, i64)>,
    ) -> Self {
        let mut in_waves = HashSet::new();
        for (member, until) in waves.into_iter().filter(|(_, until)| *until > now_ms) {
            in_waves.insert(member);
            self.next_expiry = Some(self.next_expiry.map_or(until, |next| next.min(until)));
        }
        self.in_waves = Arc::new(in_waves);
        self.asks_first |= !self.in_waves.is_empty();
        self
    }

    /// The same with the members whom their community suspended: nothing of theirs is shown or
    /// sent, nothing reaches them, and nobody learns more than that they are not here.
    #[must_use]
    pub fn with_suspended(mut self, members: impl IntoIterator<Item = PersonId>) -> Self {
        self.suspended = Arc::new(members.into_iter().collect());
        self
    }

    /// Whether their community suspended this person.
    pub fn is_suspended(&self, person: PersonId) -> bool {
        self.suspended.contains(&person)
    }

    /// The same with the lists that rules and statuses may name. Whoever is on no list that is
    /// here is not met by rules about it.
    #[must_use]
    pub fn with_lists(mut self, lists: Vec<ListEntries>) -> Self {
        let names = Arc::make_mut(&mut self.names);
        let lists = lists.into_iter();
        let lists = lists.map(|list| (list.id, Arc::new(ListIndex::new(list, names))));
        self.lists = Arc::new(lists.collect());
        self
    }

    /// The same, knowing at which hosts (first) people are at home whose handles are of another
    /// domain (second). A rule that restricts that domain counts for the whole host where nobody
    /// in particular asks (L49).
    #[must_use]
    pub fn with_split_domains(mut self, split: impl IntoIterator<Item = (Domain, Domain)>) -> Self {
        let mut handles_at: HashMap<Domain, Vec<Domain>> = HashMap::new();
        for (host, handles) in split {
            let known = handles_at.entry(host).or_default();
            if !known.contains(&handles) {
                known.push(handles);
            }
        }
        self.handles_at = Arc::new(handles_at);
        self
    }

    /// Who is on a list, if it is here.
    pub(crate) fn list(&self, id: ListId) -> Option<&ListIndex> {
        self.lists.get(&id).map(Arc::as_ref)
    }

    /// Every list that is here.
    pub(crate) fn lists(&self) -> impl Iterator<Item = (ListId, &ListIndex)> {
        self.lists.iter().map(|(id, list)| (*id, list.as_ref()))
    }

    /// The domains of handles that are known to be at home on this host, other than its own.
    pub(crate) fn handles_at(&self, host: &Domain) -> &[Domain] {
        self.handles_at.get(host).map_or(&[], Vec::as_slice)
    }

    /// Whether it is known that people with handles of `handles` are at home on `host`.
    pub fn knows_split(&self, host: &Domain, handles: &Domain) -> bool {
        self.handles_at(host).contains(handles)
    }

    /// Whether anybody's first contact is asked about.
    pub(crate) fn asks_first(&self) -> bool {
        self.asks_first
    }

    /// At which of these servers a rule that binds `owner` may want a notice under what they write. Elsewhere nobody is
    /// told one.
    pub fn with_notices<'a>(
        &self,
        owner: &Person,
        hosts: impl IntoIterator<Item = &'a Domain>,
    ) -> HashSet<Domain> {
        let community = owner.community;
        let own = community.and_then(|community| Some(Scope::Member(owner.id?, community)));
        let scopes = [Some(Scope::Operator), community.map(Scope::Community), own];
        let rules = scopes
            .into_iter()
            .flatten()
            .flat_map(|scope| self.rules_of(scope));
        let rules: Vec<&Rule> = rules.filter(|rule| rule.appends_notice()).collect();
        let may_be_told = |host: &&Domain| {
            rules
                .iter()
                .any(|rule| self.may_speak_of(&rule.pattern, host))
        };
        hosts.into_iter().filter(may_be_told).cloned().collect()
    }

    /// Whether any answer depends on what is known of servers.
    pub(crate) fn asks_of_peers(&self) -> bool {
        self.asks_of_peers
    }

    /// Which state of the rules this is.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// When the first of these rules ends by itself, in unix milliseconds.
    pub fn next_expiry(&self) -> Option<i64> {
        self.next_expiry
    }

    /// The rule of that number, if it is in force.
    pub fn rule(&self, id: RuleId) -> Option<&Rule> {
        self.place_of(id).map(|place| self.at(place))
    }

    /// The rules of one scope, in the order they were handed in.
    pub fn rules_of(&self, scope: Scope) -> impl Iterator<Item = &Rule> {
        self.by_scope
            .get(&scope)
            .into_iter()
            .flat_map(|index| &index.all)
            .map(|place| self.at(*place))
    }

    /// How a community meets the unknown. `None` for a community not served here.
    pub fn mode_of(&self, community: CommunityId) -> Option<Mode> {
        Some(self.community(community)?.mode)
    }

    /// What a community does where none of its rules opens, with the reason to tell.
    pub(crate) fn default_of(&self, community: CommunityId) -> Option<Default> {
        let served = self.community(community)?;
        Default::of(served.mode, served.trust_after_days)
    }

    /// What a closed emergency gate does in a community.
    pub(crate) fn gate_of(&self, community: CommunityId) -> Option<Default> {
        let served = self.community(community)?;
        served.gate_is_closed.then_some(Default {
            stance: Stance::Refused,
            unless_known_days: Some(KNOWN_DAYS),
        })
    }

    /// The mode a member chose for themself; open where they chose none.
    pub fn mode_of_member(&self, member: PersonId) -> Mode {
        self.member_modes
            .get(&member)
            .copied()
            .unwrap_or(Mode::Open)
    }

    /// Whether a wave of strangers speaks to this member.
    pub fn is_in_wave(&self, member: PersonId) -> bool {
        self.in_waves.contains(&member)
    }

    /// What a member does about strangers while a wave of them stands.
    pub(crate) fn wave_of(&self, member: PersonId) -> Option<Default> {
        self.is_in_wave(member).then_some(Default {
            stance: Stance::Ask,
            unless_known_days: None,
        })
    }

    /// What a member does where none of their rules opens.
    pub(crate) fn default_of_member(
        &self,
        member: PersonId,
        community: CommunityId,
    ) -> Option<Default> {
        let served = self.community(community)?;
        Default::of(self.mode_of_member(member), served.trust_after_days)
    }

    /// The account that speaks for a community.
    pub(crate) fn actor_of(&self, community: CommunityId) -> Option<PersonId> {
        self.community(community)?.actor
    }

    /// The domain of a community served here.
    pub fn domain_of(&self, community: CommunityId) -> Option<&Domain> {
        Some(&self.community(community)?.domain)
    }

    /// The community served here under that domain.
    pub fn community_at(&self, domain: &Domain) -> Option<CommunityId> {
        // An installation serves a handful of communities; a list is quicker than a table.
        Some(
            self.communities
                .iter()
                .find(|served| served.domain == *domain)?
                .id,
        )
    }

    /// Every community served here.
    pub fn communities(&self) -> impl Iterator<Item = CommunityId> {
        self.communities.iter().map(|served| served.id)
    }

    /// The community itself as the owner of what concerns nobody in particular.
    pub(crate) fn face(&self, community: CommunityId) -> Option<&Person> {
        self.community(community)?.face.as_ref()
    }

    fn community(&self, id: CommunityId) -> Option<&Community> {
        self.communities.iter().find(|served| served.id == id)
    }
}
