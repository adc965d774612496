//! Where the demo's databases are: a folder of its own, gone at the end unless somebody wants to keep it.

use std::path::{Path, PathBuf};

use crate::http::token::Token;
use crate::serve::CannotStart;

/// The folder. Dropping it clears it, so that a start that fails leaves nothing behind either.
pub(super) struct Folder {
    path: PathBuf,
    kept: bool,
}

impl Folder {
    /// Makes it: a new one among the temporary files, or `keep`, which must be empty or not there.
    pub fn new(keep: Option<PathBuf>) -> Result<Folder, CannotStart> {
        let kept = keep.is_some();
        let path = match keep {
            Some(path) => path,
            None => {
                let name = format!(
                    "comity-demo-{}-{:04x}",
                    std::process::id(),
                    Token::random()?.seed()
                );
                std::env::temp_dir().join(name)
            }
        };
        std::fs::create_dir_all(&path)
            .and_then(|()| std::fs::read_dir(&path)?.next().transpose())
            .map_err(|error| {
                CannotStart::because(format!(
                    "could not use the folder {}: {error}; name another with --keep",
                    path.display()
                ))
            })
            .and_then(|inside| match inside {
                None => Ok(Folder {
                    path: path.clone(),
                    kept,
                }),
                Some(_) => Err(CannotStart::because(format!(
                    "the folder {} is not empty: name an empty one with --keep",
                    path.display()
                ))),
            })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes what is to be removed, and says so.
    pub fn clear(self) -> String {
        match self.remove() {
            Ok(()) if self.kept => format!(
                "Stopped. The databases are kept in {0}. `COMITY__DATA_DIR={0}/harbour comity audit` tries Harbour's rules.",
                self.path.display()
            ),
            Ok(()) => "Stopped. Nothing is left behind.".to_owned(),
            Err(error) => format!(
                "Stopped. Could not remove {}: {error}.",
                self.path.display()
            ),
        }
    }

    fn remove(&self) -> std::io::Result<()> {
        if self.kept || !self.path.exists() {
            Ok(())
        } else {
            std::fs::remove_dir_all(&self.path)
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = self.remove() {
            tracing::warn!(%error, path = %self.path.display(), "could not remove the demo's folder");
        }
    }
}
