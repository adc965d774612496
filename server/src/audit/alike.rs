//! L51: somebody whose server reads like one that is refused.

use comity_policy::{Pattern, Scope, Stance};
use comity_vocab::{Domain, Iri};

use super::cast::{Cast, Guise};
use super::expected::{Other, Rules};
use super::planted::create;
use super::stage::{Asker, Stage};
use super::tally::Tally;
use crate::accounts;
use crate::config::scheme;
use crate::error::Result;

/// What the eye takes for what: a letter of a name, and what is written in its place. Those of this alphabet first.
const ALIKE: [(char, &str); 9] = [
    ('o', "0"),
    ('l', "1"),
    ('m', "rn"),
    ('a', "\u{430}"),
    ('e', "\u{435}"),
    ('c', "\u{441}"),
    ('p', "\u{440}"),
    ('i', "\u{456}"),
    ('x', "\u{445}"),
];

/// Tries them.
pub async fn try_all(stage: &Stage, cast: &Cast, rules: &Rules, tally: &mut Tally) -> Result<()> {
    for party in &cast.parties {
        if party.guise != Guise::Plain || !is_refused_by_name(cast, rules, &party.domain) {
            continue;
        }
        let Some(alike) = alike(&party.domain) else {
            continue;
        };
        let other = Other {
            domain: &alike,
            alias: None,
            account: None,
            known_days: 0,
        };
        let stance = rules.stance(&cast.community, None, &other, stage.app.now_ms());
        // Nobody comes to see whoever is refused as well.
        if stance == Stance::Refused {
            continue;
        }
        let name = format!("audit{}l", stage.seed);
        let by = Iri::parse(&format!("{}://{alike}/users/{name}", scheme(&alike)))?;
        let note = Iri::parse(&format!("{by}/word{}", stage.number()))?;
        let friend = &cast.friend.account.iri;
        let said = create(&by, &note, &stage.word(), None, Some(friend));
        stage.bring(&cast.community, &by, &said).await?;
        stage.is_idle().await?;
        if accounts::find_by_iri(&stage.app, &by).await?.is_none() {
            continue;
        }
        let page = format!("/@{name}@{alike}");
        let reader = Asker::Member(&cast.friend.session);
        let answer = stage.get(&cast.community, &page, reader).await?;
        let told = format!("reads like {}", party.domain.unicode());
        tally.tried(51, answer.holds(&told), || {
            format!(
                "the profile of somebody at {alike} does not say that it reads like {}",
                party.told()
            )
        });
    }
    Ok(())
}

/// Whether the operator or the community refuses it by a rule that names it, or names a list with it.
fn is_refused_by_name(cast: &Cast, rules: &Rules, domain: &Domain) -> bool {
    let here = Scope::Community(cast.community.policy_id());
    let names = |pattern: &Pattern| match pattern {
        Pattern::Domain(named) | Pattern::Host(named) => named == domain,
        _ => false,
    };
    rules.all.iter().any(|rule| {
        let is_named = match &rule.pattern {
            Pattern::List(id) => rules.list(*id).iter().any(names),
            pattern => names(pattern),
        };
        is_named && rule.stance == Stance::Refused && [Scope::Operator, here].contains(&rule.scope)
    })
}

/// A name that reads like this one: one letter of what was registered is another.
fn alike(domain: &Domain) -> Option<Domain> {
    if domain.port().is_some() {
        return None; // it would be at another place for that alone
    }
    let name = domain.unicode();
    let registered = Domain::parse(domain.registrable()).ok()?.unicode();
    let (below, registered) = name.split_at(name.len().checked_sub(registered.len())?);
    let (label, rest) = registered.split_once('.')?;
    ALIKE
        .iter()
        .filter(|(letter, _)| label.contains(*letter))
        .find_map(|(letter, written)| {
            let label = label.replacen(*letter, written, 1);
            Domain::parse(&format!("{below}{label}.{rest}")).ok()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_reads_like_another_is_another() {
        for (name, other) in [
            ("sold.example", "s0ld.example"),
            ("social.sold.example", "social.s0ld.example"),
            ("kern.example", "k\u{435}rn.example"),
        ] {
            let found = alike(&Domain::parse(name).unwrap()).unwrap();
            assert_eq!(found, Domain::parse(other).unwrap());
        }
        assert!(alike(&Domain::parse("sky.example").unwrap()).is_none());
        assert!(alike(&Domain::parse("127.0.0.1").unwrap()).is_none());
    }
}
