//! The story: a ferry's winter timetable, talked over from both sides of the island while a third server looks on.
//!
//! Everybody acts through the verbs that the pages call, and nobody goes on before what they need has really arrived.

use comity_vocab::Visibility;
use tokio::sync::broadcast::Receiver;

use super::player::{PATIENCE, Player, breathe, late};
use super::screen::Screen;
use super::words::{
    BAKERY, BED, BREAD, CATS, CHOIR, DAUGHTER, EARLIER, FERRY, FERRY_CORRECTED, GRANDMOTHER,
    NERVOUS, OFFER, ORANGES, PAINT, SCHOOL_BOAT, SEASICK, SEASICK_WARNING, SUMMARY,
};
use crate::error::{Error, Result};
use crate::media::Attaching;
use crate::rules::{Crossed, Crossing, Direction};
use crate::statuses::{Draft, Terms};

/// Everybody.
pub(super) struct Cast<'a> {
    ines: Player<'a>,
    abel: Player<'a>,
    yusuf: Player<'a>,
    maren: Player<'a>,
    sakura: Player<'a>,
    leela: Player<'a>,
    chip: Player<'a>,
    brooke: Player<'a>,
}

impl<'a> Cast<'a> {
    /// In the order of [`PEOPLE`](super::people::PEOPLE).
    pub fn new(players: Vec<Player<'a>>) -> Result<Cast<'a>> {
        let [ines, abel, yusuf, maren, sakura, leela, chip, brooke] = players
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

/// Waits until something from `asker`'s server was refused.
async fn refusal_of(crossings: &mut Receiver<Crossing>, asker: &Player<'_>) -> Result<()> {
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

/// Says what comes next, after the lines of what was.
async fn scene(screen: &Screen, sentence: &str) {
    breathe().await;
    screen.say(sentence);
}

fn public(language: &str, text: &str) -> Draft {
    Draft {
        text: text.to_owned(),
        spoiler_text: String::new(),
        visibility: Visibility::Public,
        in_reply_to_id: None,
        quote_id: None,
        language: Some(language.to_owned()),
        sensitive: false,
        tell: None,
        terms: Terms::default(),
        media: Attaching::default(),
        poll: crate::polls::Wish::AsItIs,
        once: None,
        written_with: None,
        format: crate::text::Format::Plain,
    }
}
