//! Many writers who post at the same time.

use super::{Bench, CONNECTIONS, as_f64};
use crate::browser::Browser;
use crate::client::Client;
use crate::program::{Program, now};
use crate::report::{Failure, Latencies, line};

/// Posts of one writer. Nobody follows them: what is sent is measured by itself.
const EACH: usize = 60;

impl Bench {
    pub(super) async fn posting(
        &self,
        program: &Program,
        browser: &Browser,
    ) -> Result<(), Failure> {
        if !self.wants("post") {
            return Ok(());
        }
        let cpu = program.cpu_s()?;
        let began = now();
        let mut tasks = tokio::task::JoinSet::new();
        for writer in 0..CONNECTIONS {
            let browser = browser.clone();
            tasks.spawn(async move {
                let mut client = Client::connect().await?;
                let mut times = Vec::new();
                for number in 0..EACH {
                    let text = format!("Post {number} of writer {writer}");
                    let began = now();
                    browser
                        .act(
                            &mut client,
                            "/compose",
                            &[("text", &text), ("visibility", "public")],
                        )
                        .await?;
                    times.push(began.elapsed());
                }
                Ok::<_, Failure>(times)
            });
        }
        let mut times = Vec::new();
        while let Some(done) = tasks.join_next().await {
            times.extend(done.map_err(|why| Failure::new(why.to_string()))??);
        }
        let took = began.elapsed().as_secs_f64();
        let cpu_ms = (program.cpu_s()? - cpu) * 1e3 / as_f64(times.len());
        let times = Latencies::new(times);
        line(
            "post",
            &format!(
                "{:.0}/s at {CONNECTIONS} writers, p50 {:.2} ms, p99 {:.2} ms, {cpu_ms:.2} ms server CPU each",
                as_f64(times.len()) / took,
                times.percentile_ms(50),
                times.percentile_ms(99)
            ),
            "<= 0.5 ms CPU",
        );
        Ok(())
    }
}
