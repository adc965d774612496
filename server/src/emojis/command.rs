//! `comity emoji …`: what an operator does with the emoji of a community.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use comity_vocab::Domain;

use super::{LARGEST_FILE, add, list, remove};
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::media::worker::INPUT;

/// Add, list and remove custom emoji.
#[derive(Debug, clap::Subcommand)]
pub enum EmojiCommand {
    /// Add an emoji from a file (PNG, GIF, WebP or JPEG)
    Add {
        /// The picture
        file: PathBuf,
        /// Its code, without colons; the file's name if you do not say
        #[arg(long)]
        code: Option<String>,
        /// Under which heading apps offer it
        #[arg(long, default_value = "")]
        category: String,
        /// Which community; the oldest if you do not say
        #[arg(long)]
        community: Option<String>,
    },
    /// Print the emoji of a community
    List {
        /// Which community; the oldest if you do not say
        #[arg(long)]
        community: Option<String>,
    },
    /// Remove an emoji; its code is shown as it is written from then on
    Remove {
        /// Its code, without colons
        code: String,
        /// Which community; the oldest if you do not say
        #[arg(long)]
        community: Option<String>,
    },
}

/// Does it, and says what came of it.
pub async fn command(app: &App, command: EmojiCommand) -> Result<String> {
    match command {
        EmojiCommand::Add {
            file,
            code,
            category,
            community,
        } => {
            let community = named(app, community.as_deref())?;
            let code = match code {
                Some(code) => code,
                None => file
                    .file_stem()
                    .map(|name| name.to_string_lossy().into_owned())
                    .unwrap_or_default(),
            };
            let folder = app.media.nursery.folder().await?;
            take(&file, folder.path()).await?;
            let emoji = add(app, &community, &code, &category, folder.path()).await?;
            Ok(format!(
                ":{}: is an emoji of {} now",
                emoji.shortcode, community.domain
            ))
        }
        EmojiCommand::List { community } => {
            let community = named(app, community.as_deref())?;
            let all = list(app, &community).await?;
            if all.is_empty() {
                return Ok(format!("{} has no emoji of its own", community.domain));
            }
            let lines = all.iter().map(|emoji| {
                let mut line = format!(":{}:", emoji.shortcode);
                for (says, word) in [
                    (!emoji.category.is_empty(), emoji.category.as_str()),
                    (!emoji.is_listed, "not offered"),
                    (!emoji.is_on, "off"),
                ] {
                    if says {
                        line.push_str("  ");
                        line.push_str(word);
                    }
                }
                line
            });
            Ok(lines.collect::<Vec<_>>().join("\n"))
        }
        EmojiCommand::Remove { code, community } => {
            let community = named(app, community.as_deref())?;
            let code = code.trim_matches(':');
            let all = list(app, &community).await?;
            let found = all.iter().find(|emoji| emoji.shortcode == code);
            let Some(emoji) = found else {
                return Err(Error::invalid(
                    "code",
                    format!(
                        "is no emoji of {}; comity emoji list prints them",
                        community.domain
                    ),
                ));
            };
            remove(app, &community, emoji.id).await?;
            Ok(format!(":{code}: is removed from {}", community.domain))
        }
    }
}

fn named(app: &App, domain: Option<&str>) -> Result<Arc<Community>> {
    let communities = app.communities.load();
    let found = match domain {
        None => communities.first(),
        Some(text) => {
            let domain = Domain::parse(text)
                .map_err(|_| Error::invalid("community", "is no domain; try harbour.example"))?;
            communities.by_domain(&domain)
        }
    };
    found.ok_or_else(|| {
        Error::invalid(
            "community",
            "is not served here; comity community list prints those that are",
        )
    })
}

/// Copies a file of the operator's to where it is opened.
async fn take(file: &Path, folder: &Path) -> Result<()> {
    let unread = |why: std::io::Error| Error::invalid("file", format!("cannot be read: {why}"));
    let length = tokio::fs::metadata(file).await.map_err(unread)?.len();
    if length > LARGEST_FILE {
        return Err(Error::invalid(
            "file",
            format!(
                "is larger than {} KiB, which is the most that an emoji may be",
                LARGEST_FILE >> 10
            ),
        ));
    }
    tokio::fs::copy(file, folder.join(INPUT))
        .await
        .map_err(unread)?;
    Ok(())
}
