//! Many writers who post at the same time.

use super::figures::together;
use super::{Bench, CONNECTIONS};
use crate::browser::Browser;
use crate::client::Client;
use crate::program::{Program, now};
use crate::report::{Failure, line};

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
        let writers = (0..CONNECTIONS).map(|writer| {
            let browser = browser.clone();
            async move {
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
            }
        });
        let figures = together(program, writers.collect()).await?;
        line(
            "post",
            &format!("{}, {CONNECTIONS} writers", figures.words()),
            "<= 0.5 ms CPU",
        );
        Ok(())
    }
}
