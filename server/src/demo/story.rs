//! The story: a ferry's winter timetable, talked over from both sides of the island while a third server looks on.
//!
//! Everybody acts through the verbs that the pages call, and nobody goes on before what they need has really arrived.

use std::sync::Arc;
use std::time::Duration;

use comity_policy::Stance;
use comity_vocab::{Iri, Visibility};
use tokio::sync::broadcast::Receiver;

use super::people::{PASSWORD, Person};
use super::screen::Screen;
use super::town::{Town, about_bigcorp};
use super::words::{
    BAKERY, BED, BREAD, CATS, CHOIR, DAUGHTER, EARLIER, FERRY, FERRY_CORRECTED, GRANDMOTHER,
    NERVOUS, OFFER, ORANGES, PAINT, SCHOOL_BOAT, SEASICK, SEASICK_WARNING, SUMMARY,
};
use crate::accounts::{self, Account, ProfileDraft};
use crate::error::{Error, Result};
use crate::follows::State;
use crate::inbox::resolve;
use crate::members::{self, NewMember, Role};
use crate::rules::{self, Crossed, Crossing, Direction};
use crate::statuses::{self, Draft};
use crate::{favourites, follows, reblogs};

/// What takes longer on one machine will not happen.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two looks whether something arrived.
const GLANCE: Duration = Duration::from_millis(5);
/// Before somebody speaks up, so that a reader can follow.
const BREATH: Duration = Duration::from_millis(60);

/// Somebody, where they live.
pub(super) struct Actor<'a> {
    town: &'a Town,
    me: Arc<Account>,
}

/// Something written: its author's server's name for it.
struct Post(Iri);

/// Everybody.
pub(super) struct Cast<'a> {
    ines: Actor<'a>,
    abel: Actor<'a>,
    yusuf: Actor<'a>,
    maren: Actor<'a>,
    sakura: Actor<'a>,
    leela: Actor<'a>,
    chip: Actor<'a>,
    brooke: Actor<'a>,
}

impl<'a> Cast<'a> {
    /// In the order of [`PEOPLE`](super::people::PEOPLE).
    pub fn new(actors: Vec<Actor<'a>>) -> Result<Cast<'a>> {
        let [ines, abel, yusuf, maren, sakura, leela, chip, brooke] = actors
            .try_into()
            .map_err(|_| Error::internal("somebody is missing"))?;
        Ok(Cast {
            ines,
            abel,
            yusuf,
            maren,
            sakura,
            leela,
            chip,
            brooke,
        })
    }
}

/// Plays it once.
pub(super) async fn play(cast: Cast<'_>, screen: &Screen) -> Result<()> {
    let Cast {
        ines,
        abel,
        yusuf,
        maren,
        sakura,
        leela,
        chip,
        brooke,
    } = &cast;
    let mut seen_by_harbour = ines.town.app.crossings.listen();
    let mut seen_by_meadow = maren.town.app.crossings.listen();

    scene(screen, "Harbour and Meadow find each other.").await;
    for (follower, followed) in [
        (maren, ines),
        (ines, maren),
        (sakura, ines),
        (leela, ines),
        (abel, maren),
        (yusuf, maren),
        (ines, leela),
        (maren, yusuf),
        (sakura, abel),
        (maren, abel),
        (leela, maren),
    ] {
        follower.follow(followed).await?;
    }

    scene(screen, "Chip of Bigcorp wants to follow Maren. Meadow limits Bigcorp, so she is asked; she agrees, and follows back.").await;
    chip.ask_to_follow(maren).await?;
    maren.agree_to(chip).await?;
    maren.follow(chip).await?;

    scene(
        screen,
        "Chip looks for Ines. Harbour refuses Bigcorp, and he finds nobody.",
    )
    .await;
    chip.look_in_vain(ines).await?;
    refusal_of(&mut seen_by_harbour, chip).await?;

    scene(
        screen,
        "Brooke looks for Leela, who refuses Bigcorp for herself, and finds nobody either.",
    )
    .await;
    brooke.look_in_vain(leela).await?;
    refusal_of(&mut seen_by_meadow, brooke).await?;

    scene(screen, "Ines writes about the ferry.").await;
    let ferry = ines.write(public("en", FERRY)).await?;

    scene(screen, "Maren answers in Norwegian. Chip, who follows her, gets it; his server asks Harbour what she answers.").await;
    let choir = maren.answer(&ferry, public("nb", CHOIR)).await?;
    chip.get(&choir).await?;
    refusal_of(&mut seen_by_harbour, chip).await?;

    scene(screen, "Yusuf answers in Arabic, Leela in Hindi, Sakura in Japanese; Abel offers his boat in German.").await;
    let bakery = yusuf.answer(&ferry, public("ar", BAKERY)).await?;
    let earlier = ines.answer(&bakery, public("en", EARLIER)).await?;
    let bread = yusuf.answer(&earlier, public("ar", BREAD)).await?;
    let daughter = leela.answer(&ferry, public("hi", DAUGHTER)).await?;
    let grandmother = sakura.answer(&ferry, public("ja", GRANDMOTHER)).await?;
    let boat = abel.answer(&grandmother, public("de", SCHOOL_BOAT)).await?;
    let bed = maren.answer(&daughter, public("en", BED)).await?;
    let cats = leela.answer(&bed, public("hi", CATS)).await?;
    let oranges = sakura.answer(&boat, public("ja", ORANGES)).await?;

    scene(screen, "Maren puts a warning before hers.").await;
    let seasick = maren
        .answer(
            &boat,
            Draft {
                spoiler_text: SEASICK_WARNING.to_owned(),
                sensitive: true,
                ..public("nb", SEASICK)
            },
        )
        .await?;

    scene(screen, "Chip answers Maren, cheerfully. Meadow takes it in for whoever follows him; Harbour never hears of it.").await;
    let offer = chip.answer(&choir, public("en", OFFER)).await?;
    maren.get(&offer).await?;

    scene(
        screen,
        "Some like it, some pass it on, and Ines corrects a time.",
    )
    .await;
    maren.favourite(&ferry).await?;
    sakura.favourite(&boat).await?;
    ines.favourite(&grandmother).await?;
    ines.favourite(&seasick).await?;
    yusuf.favourite(&cats).await?;
    abel.favourite(&oranges).await?;
    abel.reblog(&daughter).await?;
    maren.reblog(&ferry).await?;
    sakura.reblog(&bakery).await?;
    ines.edit(&ferry, public("en", FERRY_CORRECTED)).await?;

    scene(screen, "Ines sums up in Portuguese, then turns to her followers alone; Abel writes to Harbour alone.").await;
    let summary = ines.answer(&ferry, public("pt", SUMMARY)).await?;
    let nervous = ines
        .write(Draft {
            visibility: Visibility::Private,
            ..public("en", NERVOUS)
        })
        .await?;
    abel.write(Draft {
        visibility: Visibility::Local,
        ..public("de", PAINT)
    })
    .await?;
    for post in [&bread, &summary, &nervous, &bakery] {
        maren.get(post).await?;
    }
    for post in [&cats, &oranges, &seasick] {
        ines.get(post).await?;
    }
    scene(
        screen,
        &format!(
            "Now open the conversation:\n  \
         at Harbour, where Bigcorp is refused:          {}\n  \
         at Meadow, first as maren and then as leela:   {}\n  \
         at Bigcorp, as chip, who has only a part:      {}\n\
         Sign in and write: lines keep coming. Ctrl-C ends it and removes everything.",
            ines.address_of(&ferry).await?,
            maren.address_of(&ferry).await?,
            chip.address_of(&choir).await?,
        ),
    )
    .await;
    Ok(())
}

impl<'a> Actor<'a> {
    /// Joins the town they live in, with their profile and the rule of their own that they have.
    pub async fn join(towns: &'a [Town], person: &Person) -> Result<Actor<'a>> {
        let town = towns
            .iter()
            .find(|town| town.plan.name == person.town)
            .ok_or_else(|| Error::internal(format!("there is no town {}", person.town)))?;
        let new = NewMember {
            username: person.username.to_owned(),
            email: format!("{}@{}", person.username, town.plan.host),
            password: PASSWORD.to_owned(),
            display_name: person.name.to_owned(),
            role: if person.admin {
                Role::Admin
            } else {
                Role::Member
            },
        };
        let me = Box::pin(members::add(&town.app, &town.community, new)).await?;
        let profile = ProfileDraft {
            display_name: person.name.to_owned(),
            note: person.bio.to_owned(),
            fields: Vec::new(),
            locked: false,
            discoverable: true,
        };
        accounts::change_profile(&town.app, &me, profile).await?;
        if let Some(reason) = person.refuses_bigcorp {
            rules::set(
                &town.app,
                about_bigcorp(rules::of_member(&me)?, Stance::Refused, reason),
            )
            .await?;
        }
        Ok(Actor {
            town,
            me: accounts::find(&town.app, me.id).await?,
        })
    }

    async fn find(&self, other: &Actor<'_>) -> Result<Arc<Account>> {
        Box::pin(resolve::handle(
            &self.town.app,
            &self.town.community,
            &other.me.handle(),
        ))
        .await
    }

    /// Follows, and waits for the other side's yes.
    async fn follow(&self, other: &Actor<'_>) -> Result<()> {
        let (app, target) = (&self.town.app, self.find(other).await?);
        follows::follow(app, &self.me, target.id).await?;
        until("a yes to a follow", async || {
            let state = follows::state(app, self.me.id, target.id).await?;
            Ok((state == State::Accepted).then_some(()))
        })
        .await
    }

    /// Follows, and waits until the other side has been asked.
    async fn ask_to_follow(&self, other: &Actor<'_>) -> Result<()> {
        let target = self.find(other).await?;
        follows::follow(&self.town.app, &self.me, target.id).await?;
        let there = &other.town.app;
        until("a follow", async || {
            let Some(me) = accounts::find_by_iri(there, &self.me.iri).await? else {
                return Ok(None);
            };
            let state = follows::state(there, me.id, other.me.id).await?;
            Ok((state == State::Requested).then_some(()))
        })
        .await
    }

    /// Says yes, and waits until the other side knows.
    async fn agree_to(&self, other: &Actor<'_>) -> Result<()> {
        let follower = self.find(other).await?;
        follows::accept(&self.town.app, &self.me, follower.id).await?;
        let there = &other.town.app;
        until("a yes to a follow", async || {
            let Some(me) = accounts::find_by_iri(there, &self.me.iri).await? else {
                return Ok(None);
            };
            let state = follows::state(there, other.me.id, me.id).await?;
            Ok((state == State::Accepted).then_some(()))
        })
        .await
    }

    /// Looks somebody up who is not to be found from here.
    async fn look_in_vain(&self, other: &Actor<'_>) -> Result<()> {
        match self.find(other).await {
            Ok(found) => Err(Error::internal(format!(
                "{} found {}",
                self.me.handle(),
                found.handle()
            ))),
            Err(Error::Internal(why)) => Err(Error::Internal(why)),
            Err(_) => Ok(()),
        }
    }

    async fn write(&self, draft: Draft) -> Result<Post> {
        breathe().await;
        let town = self.town;
        let status = Box::pin(statuses::publish(
            &town.app,
            &town.community,
            self.me.clone(),
            draft,
        ))
        .await?;
        Ok(Post(status.iri.clone()))
    }

    async fn answer(&self, post: &Post, draft: Draft) -> Result<Post> {
        let in_reply_to_id = Some(self.get(post).await?);
        self.write(Draft {
            in_reply_to_id,
            ..draft
        })
        .await
    }

    async fn edit(&self, post: &Post, draft: Draft) -> Result<()> {
        let (town, id) = (self.town, self.get(post).await?);
        Box::pin(statuses::edit(
            &town.app,
            &town.community,
            self.me.clone(),
            id,
            draft,
        ))
        .await
        .map(drop)
    }

    async fn favourite(&self, post: &Post) -> Result<()> {
        let id = self.get(post).await?;
        favourites::favourite(&self.town.app, &self.me, id).await
    }

    async fn reblog(&self, post: &Post) -> Result<()> {
        let id = self.get(post).await?;
        reblogs::reblog(&self.town.app, &self.me, id).await
    }

    /// The post's number where this person lives, once it has arrived there.
    async fn get(&self, post: &Post) -> Result<i64> {
        until("a post", async || {
            statuses::find_by_iri(&self.town.app, &post.0).await
        })
        .await
    }

    /// Where this person reads the conversation around a post.
    async fn address_of(&self, post: &Post) -> Result<String> {
        let id = self.get(post).await?;
        let author = statuses::load_one(&self.town.app, id).await?.author;
        let name = if author.is_local() {
            format!("@{}", author.username)
        } else {
            author.handle().to_string()
        };
        Ok(format!("{}/{name}/{id}", self.town.community.origin))
    }
}

/// Waits until something from `asker`'s server was refused.
async fn refusal_of(crossings: &mut Receiver<Crossing>, asker: &Actor<'_>) -> Result<()> {
    let peer = &asker.town.community.domain;
    let refused = async {
        loop {
            let crossing = crossings
                .recv()
                .await
                .map_err(|why| Error::internal(why.to_string()))?;
            let is_in = crossing.direction == Direction::In && crossing.peer == *peer;
            if is_in && crossing.crossed == Crossed::Refused {
                return Ok(());
            }
        }
    };
    tokio::time::timeout(PATIENCE, refused)
        .await
        .unwrap_or_else(|_| Err(late("a refusal")))
}

/// Asks again and again, until the answer is there.
async fn until<T>(what: &str, ask: impl AsyncFn() -> Result<Option<T>>) -> Result<T> {
    let asking = async {
        loop {
            if let Some(answer) = ask().await? {
                return Ok(answer);
            }
            tokio::time::sleep(GLANCE).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking)
        .await
        .unwrap_or_else(|_| Err(late(what)))
}

fn late(what: &str) -> Error {
    Error::Elsewhere(format!(
        "{what} did not arrive within {} seconds",
        PATIENCE.as_secs()
    ))
}

/// Says what comes next, after the lines of what was.
async fn scene(screen: &Screen, sentence: &str) {
    breathe().await;
    screen.say(sentence);
}

async fn breathe() {
    tokio::time::sleep(BREATH).await;
}

fn public(language: &str, text: &str) -> Draft {
    Draft {
        text: text.to_owned(),
        spoiler_text: String::new(),
        visibility: Visibility::Public,
        in_reply_to_id: None,
        language: Some(language.to_owned()),
        sensitive: false,
        tell: None,
    }
}
