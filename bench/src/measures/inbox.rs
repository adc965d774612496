//! Activities that are signed, verified, asked about, stored, and placed in a home timeline.

use super::{BATCH, Bench, as_f64};
use crate::program::{Program, now};
use crate::report::{Failure, line};

impl Bench {
    pub(super) async fn inbox(&self, program: &Program) -> Result<(), Failure> {
        if !self.wants("inbox") {
            return Ok(());
        }
        self.bring(program, "inbox").await
    }

    /// Brings posts to the shared inbox as fast as it takes them.
    pub(super) async fn bring(&self, program: &Program, name: &str) -> Result<(), Failure> {
        // A few first: an empty run is fast, and the senders' keys are then at hand.
        let mark = self.newest().await?;
        let few = self.posts(100)?;
        self.send(&few).await?;
        self.wait_until_placed(mark, few.len()).await?;

        let mut accepted_s = 0.0;
        let mut placed_s = 0.0;
        let mut cpu_s = 0.0;
        let mut sent = 0;
        while sent < self.activities {
            let batch = self.posts(BATCH.min(self.activities - sent))?;
            let mark = self.newest().await?;
            let cpu = program.cpu_s()?;
            let began = now();
            self.send(&batch).await?;
            accepted_s += began.elapsed().as_secs_f64();
            self.wait_until_placed(mark, batch.len()).await?;
            placed_s += began.elapsed().as_secs_f64();
            cpu_s += program.cpu_s()? - cpu;
            sent += batch.len();
        }
        let all = as_f64(sent);
        line(
            name,
            &format!(
                "{:.0}/s accepted, {:.0}/s stored and placed, {:.2} ms server CPU each, {sent} signed RSA-2048",
                all / accepted_s,
                all / placed_s,
                cpu_s * 1e3 / all
            ),
            ">= 2000/s stored, <= 0.4 ms CPU",
        );
        Ok(())
    }
}
