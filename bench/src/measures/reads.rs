//! Pages of a member: the home timeline, and a conversation of a hundred answers.

use super::figures::together;
use super::{ACTORS, Bench, FOLLOWED};
use crate::browser::Browser;
use crate::client::Client;
use crate::peer::{Message, member, writer};
use crate::program::{Program, now};
use crate::report::{Failure, line};

/// Reads of one page.
const READS: usize = 2_000;
/// Answers in the conversation.
const ANSWERS: usize = 100;
/// Those on its first page, which has eighty posts.
const ON_PAGE: usize = 79;

impl Bench {
    pub(super) async fn reads(&self, program: &Program, browser: &Browser) -> Result<(), Failure> {
        if !self.wants("read") {
            return Ok(());
        }
        read(
            program,
            browser,
            "read home",
            "/home",
            "p99 < 10 ms, <= 0.15 ms CPU",
        )
        .await?;
        let page = self.conversation(browser).await?;
        read(
            program,
            browser,
            "read conversation of 100",
            &page,
            "<= 1 ms CPU",
        )
        .await
    }

    /// A post of the member and what others answer; the address of its page.
    pub(super) async fn conversation(&self, browser: &Browser) -> Result<String, Failure> {
        let mut client = Client::connect().await?;
        let answer = browser
            .act(
                &mut client,
                "/compose",
                &[
                    ("text", "The beginning of a long thread"),
                    ("visibility", "public"),
                ],
            )
            .await?;
        let place = answer
            .headers
            .get(http::header::LOCATION)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("/");
        let page = place.split('#').next().unwrap_or("/").to_owned();
        let id = page.rsplit('/').next().unwrap_or_default();
        let root = format!("{}/statuses/{id}", member(FOLLOWED));
        let answers: Vec<Message> = (0..ANSWERS)
            .map(|number| {
                self.peer.post(
                    &writer(number % ACTORS),
                    &format!("Reply number {number}"),
                    Some(&root),
                )
            })
            .collect::<Result<_, _>>()?;
        self.send(&answers).await?;
        self.quiet().await?;
        let mut client = Client::connect().await?;
        let text = client.get(&page, Some(&browser.cookies)).await?;
        let shown = String::from_utf8_lossy(&text.body)
            .matches("Reply number ")
            .count();
        if shown < ON_PAGE {
            return Err(Failure::new(format!(
                "the conversation shows {shown} of {ON_PAGE} replies"
            )));
        }
        Ok(page)
    }
}

pub(super) async fn read(
    program: &Program,
    browser: &Browser,
    name: &str,
    path: &str,
    goal: &str,
) -> Result<(), Failure> {
    let readers = (0..2).map(|_| {
        let (path, cookies) = (path.to_owned(), browser.cookies.clone());
        async move {
            let mut client = Client::connect().await?;
            let mut times = Vec::with_capacity(READS / 2);
            for _ in 0..READS / 2 {
                let began = now();
                let answer = client.get(&path, Some(&cookies)).await?;
                if answer.status != 200 {
                    return Err(Failure::new(format!("{path} answered {}", answer.status)));
                }
                times.push(began.elapsed());
            }
            Ok(times)
        }
    });
    let figures = together(program, readers.collect()).await?;
    line(name, &figures.words(), goal);
    Ok(())
}
