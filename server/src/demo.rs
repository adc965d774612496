//! `comity demo`: three installations on this machine that federate over signed HTTP, with people in them.
//!
//! Harbour refuses Bigcorp, Meadow limits it, and one member of Meadow refuses it for herself. Each is a whole
//! installation with a database of its own; nothing passes between them but requests.

mod folder;
mod people;
mod player;
mod screen;
mod story;
mod town;
mod words;

use std::io::IsTerminal;
use std::path::PathBuf;

use futures_util::future::{join_all, try_join_all};
use tokio::sync::watch;

use crate::audit::{self, Copy, Extent};
use crate::error::Result;
use crate::serve::{CannotStart, told_to_stop};
use folder::Folder;
use screen::{Ink, Screen};
use town::{Plot, Town};

/// Run three small servers on this machine that federate with each other
#[derive(Debug, clap::Args)]
pub struct DemoArguments {
    /// The first of three ports that follow each other; 0 takes any that are free
    #[arg(long, default_value_t = 8421)]
    port: u16,
    /// Keep the databases in this folder, which must be empty, instead of removing them at the end
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// When the story is told, audit each of the three as `comity audit` does, and stop
    #[arg(long)]
    audit: bool,
}

/// Shows the demo until `shutdown` turns true, then takes away what it made. It reads no settings of its caller: it
/// must not touch a database that is in use. Returns what an audit found to leak, where one was asked for.
pub async fn run(
    arguments: DemoArguments,
    mut shutdown: watch::Receiver<bool>,
) -> Result<Vec<String>, CannotStart> {
    let audits = arguments.audit;
    let plots = town::claim(arguments.port).await?;
    let folder = Folder::new(arguments.keep)?;
    let screen = Screen::new(std::io::stdout(), Ink::of(std::io::stdout().is_terminal()));
    // The ports are ours already, so a browser that is quick only waits a moment for its answer.
    screen.header(&plots);

    let (stop, stopped) = watch::channel(false);
    let towns = open(plots, &folder, &screen, &stopped).await?;
    let mut leaking = Ok(Vec::new());
    tokio::select! {
        told = Box::pin(tell(&towns, &screen)) => {
            if let Err(error) = told {
                screen.say(&format!("The story broke off here ({error}); the three servers go on."));
            }
            tokio::select! {
                found = Box::pin(audit(&towns, &screen)), if audits => leaking = found,
                () = told_to_stop(&mut shutdown) => {}
            }
        }
        () = told_to_stop(&mut shutdown) => {}
    }
    close(towns, &stop).await;
    screen.say(&folder.clear());
    leaking
}

/// Audits each, on a copy, while it goes on serving.
async fn audit(towns: &[Town], screen: &Screen) -> Result<Vec<String>, CannotStart> {
    let mut leaking = Vec::new();
    for town in towns {
        let copy = Copy::of_open(&town.app.db, town.app.now_ms()).await?;
        let report = Box::pin(audit::run(&copy, &town.app.config, Extent::Sample)).await?;
        screen.say(&format!("{}:\n\n{}", town.plan.name, report.text()));
        let paths = report.leaking().into_iter();
        leaking.extend(paths.map(|path| format!("{path} at {}", town.plan.name)));
    }
    Ok(leaking)
}

/// Starts all of them at the same time, each answering and watched as soon as it stands.
async fn open(
    plots: Vec<Plot>,
    folder: &Folder,
    screen: &Screen,
    stopped: &watch::Receiver<bool>,
) -> Result<Vec<Town>, CannotStart> {
    try_join_all(
        plots
            .into_iter()
            .map(|plot| Town::open(plot, folder.path(), screen, stopped.clone())),
    )
    .await
}

async fn tell(towns: &[Town], screen: &Screen) -> Result<()> {
    let cast = try_join_all(
        people::PEOPLE
            .iter()
            .map(|person| player::Player::join(towns, person)),
    )
    .await?;
    story::play(story::Cast::new(cast)?, screen).await
}

/// What has begun is finished first: the databases close well.
async fn close(towns: Vec<Town>, stop: &watch::Sender<bool>) {
    // Where all of them have stopped already, nobody listens.
    let _ = stop.send(true);
    join_all(towns.into_iter().map(Town::ended)).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::screen::tests::Paper;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_story_is_told_to_its_end() {
        let plots = town::claim(0).await.unwrap();
        let folder = Folder::new(None).unwrap();
        let path = folder.path().to_owned();
        let paper = Paper::default();
        let screen = Screen::new(paper.clone(), Ink::of(false));
        let (stop, stopped) = watch::channel(false);
        let towns = open(plots, &folder, &screen, &stopped).await.unwrap();
        let told = tell(&towns, &screen).await;
        let found = Box::pin(audit(&towns, &screen)).await.unwrap();
        close(towns, &stop).await;
        folder.clear();
        let text = paper.text();
        told.unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert!(found.is_empty(), "{found:?}\n{text}");
        assert!(
            text.contains("Rules of scope member, refused: 1 of 1."),
            "{text}"
        );
        for line in [
            "✕ harbour refused bigcorp",
            "✕ meadow refused bigcorp",
            "It sells its members' attention",
            "A member refuses bigcorp.localhost",
        ] {
            assert!(text.contains(line), "{line:?} is missing in\n{text}");
        }
        let own = "I asked twice";
        assert!(!text.contains(own), "Leela's reason is hers alone:\n{text}");
        assert!(
            !text.contains("bigcorp → harbour") && !text.contains("harbour → bigcorp"),
            "{text}"
        );
        assert!(!text.contains('\u{1b}'), "colours were not asked for");
        assert!(!path.exists());
    }
}
