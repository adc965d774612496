//! One post that is brought to many distinct servers.

use std::time::Duration;

use super::{Bench, FOLLOWED, as_f64};
use crate::browser::Browser;
use crate::client::Client;
use crate::peer::{Message, member, reader};
use crate::program::{Program, now};
use crate::report::{Failure, Latencies, line};

/// Posts whose median is told.
const ROUNDS: usize = 3;

impl Bench {
    /// One reader on each server follows the member.
    pub(super) async fn be_followed(&self) -> Result<(), Failure> {
        let me = member(FOLLOWED);
        let follows: Vec<Message> = (0..self.hosts)
            .map(|host| self.peer.follow(&reader(host), &me))
            .collect::<Result<_, _>>()?;
        self.send(&follows).await
    }

    pub(super) async fn fan_out(
        &self,
        program: &Program,
        browser: &Browser,
    ) -> Result<(), Failure> {
        if !self.wants("fan") {
            return Ok(());
        }
        let mut times = Vec::new();
        let mut cpu_s = 0.0;
        for _ in 0..ROUNDS {
            let mark = self.peer.mark();
            let cpu = program.cpu_s()?;
            // The server closes a connection that was silent for ten seconds.
            let mut client = Client::connect().await?;
            let began = now();
            browser
                .act(
                    &mut client,
                    "/compose",
                    &[
                        ("text", &format!("{mark} to everybody")),
                        ("visibility", "public"),
                    ],
                )
                .await?;
            while self.peer.arrived(&mark).0 < self.hosts {
                if began.elapsed() > Duration::from_secs(60) {
                    return Err(Failure::new(format!(
                        "{} of {} servers got the post within a minute",
                        self.peer.arrived(&mark).0,
                        self.hosts
                    )));
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            times.push(self.peer.arrived(&mark).1 - began);
            self.quiet().await?;
            cpu_s += program.cpu_s()? - cpu;
        }
        let times = Latencies::new(times);
        line(
            "fan-out",
            &format!(
                "one post to {} servers in {:.2} s (median of {ROUNDS}), {:.2} ms server CPU each",
                self.hosts,
                times.percentile_ms(50) / 1e3,
                cpu_s * 1e3 / as_f64(ROUNDS * self.hosts)
            ),
            "< 3 s for 1000, <= 0.5 ms CPU",
        );
        Ok(())
    }
}
