//! Whether what is stored makes what is done dearer: the same measures again with many more statuses.

use std::path::Path;

use super::{Bench, reads};
use crate::browser::Browser;
use crate::program::Program;
use crate::report::Failure;

impl Bench {
    /// What is added is copied in the database: to bring it through the inbox would take minutes.
    pub(super) async fn growth(
        &self,
        binary: &Path,
        config: &Path,
        browser: &Browser,
    ) -> Result<(), Failure> {
        if !self.wants("growth") {
            return Ok(());
        }
        let stored = self.grow_to(self.statuses).await?;
        let (program, _) = Program::start(binary, config).await?;
        reads::read(
            &program,
            browser,
            &format!("growth: read home of {stored}"),
            "/home",
            "p99 < 10 ms",
        )
        .await?;
        self.bring(&program, &format!("growth: inbox beside {stored}"))
            .await
    }
}
