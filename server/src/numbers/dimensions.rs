//! Dimensions: what there is most of.

use std::collections::{HashMap, HashSet};

use comity_policy::Way;
use comity_vocab::Domain;

use super::{MOST_COUNTED, Span, naming, store};
use crate::accounts;
use crate::app::App;
use crate::discovery;
use crate::error::{Error, Result};
use crate::http::Me;
use crate::moderation::looked_after;
use crate::statuses;
use crate::text::language::LANGUAGES;

/// Posts among which languages and servers are looked for: the newest of the time that is asked for.
const AMONG: i64 = 50_000;
/// Servers of which those are told that the community has to do with.
const MOST_SERVERS: i64 = 1_000;

/// What there is more or less of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dimension {
    /// Languages of what members wrote, as they said; `und` where they said none. Posts for a few are not looked at.
    Languages,
    /// Other servers whose public posts lie on this installation, by how many.
    Servers,
    /// What this server is.
    SoftwareVersions,
    /// Servers from which public posts are that name a topic and that the moderator may see.
    TagServers(String),
    /// Languages of those posts.
    TagLanguages(String),
    /// People of a server whom members of the community follow, by how many do.
    InstanceAccounts(Domain),
    /// Languages of posts from a server that lie on this installation and are not for a few.
    InstanceLanguages(Domain),
}

/// One of what there is.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// For programs.
    pub key: String,
    /// For people.
    pub name: String,
    /// How many, or which version.
    pub value: String,
}

impl Line {
    fn counted(key: String, name: String, count: i64) -> Line {
        Line {
            key,
            name,
            value: count.to_string(),
        }
    }
}

impl Dimension {
    /// Mastodon's word.
    pub fn key(&self) -> &'static str {
        match self {
            Dimension::Languages => "languages",
            Dimension::Servers => "servers",
            Dimension::SoftwareVersions => "software_versions",
            Dimension::TagServers(_) => "tag_servers",
            Dimension::TagLanguages(_) => "tag_languages",
            Dimension::InstanceAccounts(_) => "instance_accounts",
            Dimension::InstanceLanguages(_) => "instance_languages",
        }
    }
}

/// At most so many of it, the most first. *Not found* for whoever looks after no community.
pub async fn dimension(
    app: &App,
    me: &Me,
    dimension: &Dimension,
    span: Span,
    most: i64,
) -> Result<Vec<Line>> {
    let here = looked_after(me)?.id;
    let (db, ids) = (&app.db, span.ids());
    let found = match dimension {
        Dimension::Languages => in_languages(store::languages(db, here, ids, AMONG, most).await?),
        Dimension::InstanceLanguages(server) => {
            let server = server.as_str();
            in_languages(store::languages_there(db, server, ids, AMONG, most).await?)
        }
        Dimension::Servers => {
            // Those that this community refuses are no servers of its own, as in its list of peers.
            let peers = discovery::peers(app, &me.community).await?;
            let peers: HashSet<String> = peers.into_iter().collect();
            let mut found = store::servers(db, ids, AMONG, MOST_SERVERS).await?;
            found.retain(|(host, _)| peers.contains(host));
            found.truncate(usize::try_from(most).unwrap_or_default());
            by_name(found)
        }
        Dimension::SoftwareVersions => {
            let version = env!("CARGO_PKG_VERSION");
            vec![Line {
                key: "comity".to_owned(),
                name: "Comity".to_owned(),
                value: version.to_owned(),
            }]
        }
        Dimension::TagServers(topic) => {
            let posts = naming(app, me, topic, span).await?;
            by_name(most_of(
                posts.iter().map(|post| post.author.host.to_string()),
                most,
            ))
        }
        Dimension::TagLanguages(topic) => {
            let posts = naming(app, me, topic, span).await?;
            let languages = posts.iter().map(|post| {
                let language = statuses::text(post).language.clone();
                language.unwrap_or_else(|| "und".to_owned())
            });
            in_languages(most_of(languages, most))
        }
        Dimension::InstanceAccounts(server) => {
            let server = server.as_str();
            let (found, counted) =
                store::most_followed(db, here, server, MOST_COUNTED, most).await?;
            if counted >= MOST_COUNTED {
                let why = "is followed by more people here than can be counted at once";
                return Err(Error::invalid("domain", why));
            }
            people(app, me, found).await?
        }
    };
    Ok(found)
}

fn by_name(found: Vec<(String, i64)>) -> Vec<Line> {
    let line = |(name, count): (String, i64)| Line::counted(name.clone(), name, count);
    found.into_iter().map(line).collect()
}

fn in_languages(found: Vec<(String, i64)>) -> Vec<Line> {
    let line = |(tag, count): (String, i64)| {
        let known = LANGUAGES.iter().find(|(known, _)| *known == tag);
        let name = known.map_or_else(|| tag.clone(), |(_, name)| (*name).to_owned());
        Line::counted(tag, name, count)
    };
    found.into_iter().map(line).collect()
}

/// What occurs most often, by how often.
fn most_of(all: impl Iterator<Item = String>, most: i64) -> Vec<(String, i64)> {
    let mut counts: HashMap<String, i64> = HashMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    let mut counts: Vec<(String, i64)> = counts.into_iter().collect();
    counts.sort_by(|(a, of_a), (b, of_b)| of_b.cmp(of_a).then_with(|| a.cmp(b)));
    counts.truncate(usize::try_from(most).unwrap_or_default());
    counts
}

/// Those whom the moderator may see.
async fn people(app: &App, me: &Me, found: Vec<(i64, i64)>) -> Result<Vec<Line>> {
    let ids: Vec<i64> = found.iter().map(|(id, _)| *id).collect();
    let shown = accounts::show_many(app, &me.party(), Way::Rest, &ids).await?;
    let line = |(id, count): (i64, i64)| {
        let name = shown.get(&id)?.first()?.username.clone();
        Some(Line::counted(name.clone(), name, count))
    };
    Ok(found.into_iter().filter_map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_comes_first_and_names_are_in_order() {
        let all = ["b", "c", "a", "c", "b", "d"].map(str::to_owned);
        let found = most_of(all.into_iter(), 3);
        let told: Vec<(&str, i64)> = found.iter().map(|(name, n)| (name.as_str(), *n)).collect();
        assert_eq!(told, [("b", 2), ("c", 2), ("a", 1)]);
        assert_eq!(in_languages(found)[0].name, "b");
        assert_eq!(in_languages(vec![("de".to_owned(), 1)])[0].name, "Deutsch");
    }
}
