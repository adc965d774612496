//! What is planted: follows and posts from before there were rules; then what throw-away members write while the rules
//! are in force. Every text holds a word that is nowhere else.

use std::sync::Arc;

use comity_policy::{Mode, Pattern, PersonId, Scope, Stance};
use comity_vocab::{Iri, Visibility};
use serde_json::{Value, json};

use super::cast::{Author, Cast, Guise, LONG_KNOWN_DAYS, Sample, mode_of};
use super::expected::Rules;
use super::stage::{Asker, Stage};
use super::store;
use crate::accounts::{self, Account, ProfileDraft};
use crate::clock::DAY_MS;
use crate::error::{Error, Result};
use crate::follows::{self, State};
use crate::media::Attaching;
use crate::relations::{self, Telling};
use crate::rules::{self, NewRule, Source};
use crate::statuses::{self, Draft, Quoting, Terms};
use crate::{members, pins, reblogs};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Something written by a throw-away member.
#[derive(Clone, Debug)]
pub struct Post {
    pub visibility: Visibility,
    /// Whether it is kept from the server that may see what is public.
    pub is_kept: bool,
    pub id: i64,
    pub iri: Iri,
    pub word: String,
}

/// A Create by somebody elsewhere: public, answering `parent`, naming `to`.
pub fn create(by: &Iri, note: &Iri, word: &str, parent: Option<&Iri>, to: Option<&Iri>) -> Value {
    let cc: Vec<&str> = to.map(Iri::as_str).into_iter().collect();
    let tags: Vec<Value> = cc
        .iter()
        .map(|to| json!({ "type": "Mention", "href": to, "name": "@somebody" }))
        .collect();
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": format!("{note}/activity"), "type": "Create", "actor": by.as_str(), "to": [PUBLIC], "cc": cc,
        "object": {
            "id": note.as_str(), "type": "Note", "attributedTo": by.as_str(), "content": format!("<p>{word}</p>"),
            "to": [PUBLIC], "cc": cc, "tag": tags, "inReplyTo": parent.map(Iri::as_str),
        },
    })
}

/// A post as somebody here writes it.
pub fn draft(text: String, visibility: Visibility) -> Draft {
    Draft {
        text,
        spoiler_text: String::new(),
        visibility,
        in_reply_to_id: None,
        quote_id: None,
        language: None,
        sensitive: false,
        tell: None,
        terms: Terms {
            quotes: Quoting::Everyone,
            ..Terms::default()
        },
        media: Attaching::default(),
        poll: crate::polls::Wish::AsItIs,
        once: None,
        written_with: None,
        format: crate::text::Format::Plain,
    }
}

impl Cast {
    /// What was there before any rule: everybody follows, and everybody elsewhere says something.
    pub async fn plant(&mut self, stage: &Stage) -> Result<()> {
        let long_ago = stage.app.now_ms() - i64::from(LONG_KNOWN_DAYS) * DAY_MS;
        store::meet(&stage.app.db, &self.control().domain, long_ago).await?;
        let word = stage.word();
        let friend = self.friend.account.clone();
        self.root = Some(
            self.publish(
                stage,
                &friend,
                draft(word.clone(), Visibility::Public),
                word,
            )
            .await?,
        );
        for place in 0..self.authors.len() {
            let author = self.authors[place].local.account.clone();
            follows::follow(&stage.app, &friend, author.id).await?;
            follows::follow(&stage.app, &self.blocked.account, author.id).await?;
            relations::block(
                &stage.app,
                &author,
                self.blocked.account.id,
                Telling::Silent,
            )
            .await?;
        }
        for party in &self.parties {
            let mut followed: Vec<&Arc<Account>> = vec![&friend];
            followed.extend(
                party
                    .authors
                    .iter()
                    .map(|place| &self.authors[*place].local.account),
            );
            for whom in followed {
                let id = format!("{}#audit{}-{}", party.follower, stage.seed, whom.id);
                let follow = json!({ "id": id, "type": "Follow", "actor": party.follower.as_str(), "object": whom.iri.as_str() });
                stage
                    .bring(&self.community, &party.follower, &follow)
                    .await?;
            }
            let root = self.root.as_ref().map(|root| &root.iri);
            let author = &self.authors[party.authors[0]].local.account.iri;
            let before = create(
                &party.follower,
                &party.before_iri,
                &party.before,
                root,
                Some(author),
            );
            stage
                .bring(&self.community, &party.follower, &before)
                .await?;
            // So that their keys are here: a refusal must not only be a key that cannot be had.
            let path = format!("/users/{}", friend.username);
            for (voice, _) in party.voices() {
                stage
                    .get(&self.community, &path, Asker::Signed(voice))
                    .await?;
            }
        }
        stage.is_idle().await?;
        self.check_planted(stage).await?;
        self.follow_control(stage).await
    }

    /// Those who live here follow somebody elsewhere: what that one shares comes to them.
    async fn follow_control(&self, stage: &Stage) -> Result<()> {
        let control = self.control();
        let lost = || Error::internal("could not play somebody elsewhere who is followed");
        let followed = accounts::find_by_iri(&stage.app, &control.follower).await?;
        let followed = followed.ok_or_else(lost)?;
        let authors = self.authors.iter().map(|author| &author.local);
        let everybody: Vec<_> = authors.chain([&self.friend]).collect();
        let mark = stage.peer.count();
        for local in &everybody {
            follows::follow(&stage.app, &local.account, followed.id).await?;
        }
        stage.is_idle().await?;
        for came in stage.peer.since(mark) {
            let Ok(asked) = serde_json::from_str::<Value>(&came.body) else {
                continue;
            };
            if asked["type"] != "Follow" || asked["object"] != control.follower.as_str() {
                continue;
            }
            let id = format!("{}#yes{}", control.follower, stage.number());
            let accept = json!({ "id": id, "type": "Accept", "actor": control.follower.as_str(), "object": asked });
            stage
                .bring(&self.community, &control.follower, &accept)
                .await?;
        }
        stage.is_idle().await?;
        for local in &everybody {
            if follows::state(&stage.app, local.account.id, followed.id).await? != State::Accepted {
                return Err(lost());
            }
        }
        Ok(())
    }

    /// An audit in which nobody follows would find nothing, and must not say so.
    async fn check_planted(&self, stage: &Stage) -> Result<()> {
        for party in &self.parties {
            let lost = || {
                Error::internal(format!(
                    "could not play {}: it did not come to follow",
                    party.told()
                ))
            };
            let found = accounts::find_by_iri(&stage.app, &party.follower).await?;
            let follower = found.ok_or_else(lost)?;
            for place in &party.authors {
                let author = &self.authors[*place].local.account;
                if follows::state(&stage.app, follower.id, author.id).await? != State::Accepted {
                    return Err(lost());
                }
            }
            if party.guise == Guise::Alias && Some(&follower.domain) != party.alias.as_ref() {
                return Err(lost());
            }
        }
        Ok(())
    }

    /// Gives twins the rules and the mode of their members. Their reasons stay where they are.
    pub async fn give_twins_their_rules(
        &self,
        stage: &Stage,
        rules: &Rules,
        sample: Sample,
    ) -> Result<()> {
        for author in &self.authors {
            let Some(member) = author.twin_of else {
                continue;
            };
            let here = self.community.policy_id();
            let own = Scope::Member(PersonId(author.local.account.id), here);
            let theirs = rules
                .all
                .iter()
                .filter(|rule| rule.scope == Scope::Member(PersonId(member), here));
            let mut taken = std::collections::HashMap::new();
            for rule in theirs {
                let count: &mut usize = taken.entry(rule.stance).or_default();
                *count += 1;
                if *count > sample.0 {
                    continue;
                }
                // A list is its owner's: the twin has what is on it.
                let patterns = match &rule.pattern {
                    Pattern::List(id) => rules.list(*id).iter().take(sample.0).cloned().collect(),
                    other => vec![other.clone()],
                };
                for pattern in patterns {
                    let new = NewRule {
                        conditions: rule.conditions,
                        expires_at: rule.expires_at,
                        ..NewRule::about(own, pattern, rule.stance, Source::CommandLine)
                    };
                    rules::set(&stage.app, new).await?;
                }
            }
            let mode = mode_of(rules, author);
            if mode != Mode::Open {
                members::choose_mode(&stage.app, author.local.account.id, mode).await?;
            }
        }
        Ok(())
    }

    /// Where the unknown are not met as open ones, the server that is to see what is public is opened by name.
    pub async fn open_control(&self, stage: &Stage) -> Result<()> {
        if self.community.mode == Mode::Open && self.community.gate_until.is_none() {
            return Ok(());
        }
        let open = NewRule::about(
            rules::of_community(&self.community),
            Pattern::Domain(self.control().domain.clone()),
            Stance::Open,
            Source::CommandLine,
        );
        rules::set(&stage.app, open).await.map(drop)
    }

    /// Everything that throw-away members do while the rules are in force.
    pub async fn act(&mut self, stage: &Stage) -> Result<()> {
        let friend = self.friend.account.clone();
        for place in 0..self.authors.len() {
            let author = self.authors[place].local.account.clone();
            let posts = self.write(stage, &author).await?;
            let public = posts[0].id;
            pins::pin(&stage.app, &author, public).await?;
            let profile = ProfileDraft {
                display_name: String::new(),
                note: self.authors[place].bio.clone(),
                fields: Vec::new(),
                locked: false,
                discoverable: true,
                indexable: true,
                ..ProfileDraft::default()
            };
            accounts::change_profile(&stage.app, &author, profile).await?;
            reblogs::reblog(&stage.app, &friend, public).await?;
            let word = stage.word();
            let answer = Draft {
                in_reply_to_id: Some(public),
                ..draft(word.clone(), Visibility::Public)
            };
            let reply = self.publish(stage, &friend, answer, word).await?;
            let word = stage.word();
            let answer = Draft {
                in_reply_to_id: self.root.as_ref().map(|root| root.id),
                ..draft(word.clone(), Visibility::Public)
            };
            let answer = self.publish(stage, &author, answer, word).await?;
            self.authors[place].answer = Some(answer);
            let word = stage.word();
            let quote = Draft {
                quote_id: Some(public),
                ..draft(word.clone(), Visibility::Public)
            };
            let quote = self.publish(stage, &friend, quote, word).await?;
            let quoting = statuses::load_one(&stage.app, quote.id).await?;
            let stamp = quoting.quote.and_then(|quote| quote.stamp);
            let stamp = stamp.as_deref().map(accounts::stored_iri).transpose()?;
            self.authors[place].stamp = stamp.map(|stamp| stamp.path().to_owned());
            self.authors[place].quote = Some(quote);
            self.authors[place].posts = posts;
            self.authors[place].reply = Some(reply);
        }
        stage.is_idle().await
    }

    /// One post of each kind; the public one first.
    async fn write(&self, stage: &Stage, author: &Arc<Account>) -> Result<Vec<Post>> {
        let mut posts = Vec::new();
        for visibility in [
            Visibility::Public,
            Visibility::Unlisted,
            Visibility::Private,
            Visibility::Local,
        ] {
            let word = stage.word();
            posts.push(
                self.publish(stage, author, draft(word.clone(), visibility), word)
                    .await?,
            );
        }
        let word = stage.word();
        let text = format!("@{} {word}", self.friend.account.username);
        posts.push(
            self.publish(stage, author, draft(text, Visibility::Direct), word)
                .await?,
        );
        let word = stage.word();
        let terms = Terms {
            kept_from: vec![Pattern::Domain(self.control().domain.clone())],
            ..Terms::default()
        };
        let kept = Draft {
            terms,
            ..draft(word.clone(), Visibility::Public)
        };
        let kept = self.publish(stage, author, kept, word).await?;
        posts.push(Post {
            is_kept: true,
            ..kept
        });
        Ok(posts)
    }

    /// Publishes and gives what became of it.
    pub async fn publish(
        &self,
        stage: &Stage,
        author: &Arc<Account>,
        draft: Draft,
        word: String,
    ) -> Result<Post> {
        let status = Box::pin(statuses::publish(
            &stage.app,
            &self.community,
            author.clone(),
            draft,
        ))
        .await?;
        Ok(Post {
            visibility: status.visibility,
            is_kept: false,
            id: status.id,
            iri: status.iri.clone(),
            word,
        })
    }
}

impl Author {
    /// The post of this visibility that is kept from nobody.
    pub fn post(&self, visibility: Visibility) -> Option<&Post> {
        self.posts
            .iter()
            .find(|post| post.visibility == visibility && !post.is_kept)
    }
}
