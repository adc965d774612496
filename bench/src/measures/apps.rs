//! What apps ask for with a member's token: lists, searches, and posting.

use std::time::Duration;

use http::Method;
use serde_json::Value;

use super::Bench;
use super::figures::{Figures, together};
use super::stage::{CROWD, FANS, LIKED, Stage, post};
use crate::app::text;
use crate::client::Client;
use crate::program::{Program, now};
use crate::report::{Failure, line};

/// Connections over which is read.
const READERS: usize = 2;
/// Reads of one thing.
const READS: usize = 2_000;
/// Searches of one kind, by the whole crowd: fifteen of each member, who may search sixty times a minute.
const SEARCHES: usize = 750;
/// Those who post at the same time, and how often each.
const WRITERS: [(usize, usize, &str); 2] = [
    (16, 60, "<= 0.5 ms CPU"),
    (64, 30, "<= 0.5 ms CPU, >= 2000/s"),
];

/// Something that is read, and how it is known that it was.
struct Reading<'a> {
    name: &'static str,
    path: String,
    /// Those who read, in turn.
    tokens: &'a [String],
    times: usize,
    /// How many things the answer has.
    counted: fn(&Value) -> usize,
    expected: usize,
    goal: &'static str,
}

/// What was read, and what it took.
pub(super) struct Read {
    pub(super) name: &'static str,
    pub(super) figures: Figures,
}

impl Bench {
    pub(super) async fn apps(&self, program: &Program) -> Result<(), Failure> {
        if !self.wants("apps") {
            return Ok(());
        }
        self.read_as_apps(program, "apps").await?;
        let stage = self.stage()?;
        let one = std::slice::from_ref(&stage.scribe);
        for (writers, each, goal) in WRITERS {
            let name = format!("apps: post, {writers} writers");
            self.post_as_apps(program, &name, (one, writers, each), goal)
                .await?;
        }
        let (writers, each, goal) = WRITERS[1];
        let name = format!("apps: post, {writers} writers, {CROWD} members");
        self.post_as_apps(program, &name, (&stage.crowd, writers, each), goal)
            .await
    }

    /// Reads everything that apps read, prints what each took, and tells it. Once for each start of the server: searches
    /// are counted.
    pub(super) async fn read_as_apps(
        &self,
        program: &Program,
        title: &str,
    ) -> Result<Vec<Read>, Failure> {
        let mut all = Vec::new();
        for reading in readings(self.stage()?) {
            reading.prove().await?;
            let figures = reading.measure(program).await?;
            let name = format!("{title}: {}", reading.name);
            line(&name, &figures.words(), reading.goal);
            all.push(Read {
                name: reading.name,
                figures,
            });
        }
        Ok(all)
    }

    /// So many writers post so often each, in turn for the members whose tokens these are.
    async fn post_as_apps(
        &self,
        program: &Program,
        name: &str,
        (tokens, writers, each): (&[String], usize, usize),
        goal: &str,
    ) -> Result<(), Failure> {
        let token = tokens
            .first()
            .ok_or_else(|| Failure::new("nobody writes"))?;
        let mut client = Client::connect().await?;
        let mark = self.peer.mark();
        let told = post(&mut client, token, &mark).await?;
        let path = format!("/api/v1/statuses/{}", text(&told, "id")?);
        let read = client.told(Method::GET, &path, Some(token), None).await?;
        if !text(&read, "content")?.contains(&mark) {
            return Err(Failure::new("what an app posted was not there"));
        }
        let tokens = tokens.iter().cycle().cloned();
        let at_work = (0..writers).zip(tokens).map(|(writer, token)| async move {
            let mut client = Client::connect().await?;
            let mut times = Vec::with_capacity(each);
            for number in 0..each {
                let words = format!("Post {number} of the app of writer {writer}");
                let began = now();
                post(&mut client, &token, &words).await?;
                times.push(began.elapsed());
            }
            Ok::<_, Failure>(times)
        });
        let figures = together(program, at_work.collect()).await?;
        line(name, &figures.words(), goal);
        self.quiet().await
    }
}

fn readings(stage: &Stage) -> Vec<Reading<'_>> {
    let reader = std::slice::from_ref(&stage.reader);
    let below = stage.below;
    let read = |name, path: &str, counted: fn(&Value) -> usize, expected, goal| Reading {
        name,
        path: path.to_owned(),
        tokens: reader,
        times: READS,
        counted,
        expected,
        goal,
    };
    let search = |name, question: &str| Reading {
        name,
        path: format!("/api/v2/search?type=statuses&limit=20&max_id={below}&q={question}"),
        tokens: &stage.crowd,
        times: SEARCHES,
        counted: |answer| count(&answer["statuses"]),
        expected: 20,
        goal: "-",
    };
    let home = format!("/api/v1/timelines/home?limit=20&max_id={below}");
    let public = format!("/api/v1/timelines/public?limit=20&max_id={below}");
    let context = format!("/api/v1/statuses/{}/context", stage.thread);
    vec![
        read("home", &home, count, 20, "<= 0.15 ms CPU"),
        read(
            "context of 100",
            &context,
            |answer| count(&answer["descendants"]),
            100,
            "<= 0.6 ms CPU",
        ),
        read(
            "account search",
            "/api/v1/accounts/search?q=crow&limit=10",
            count,
            10,
            "<= 0.2 ms CPU",
        ),
        search("search, one word", "ferry"),
        search("search, two words", "weather+ferry"),
        search("search, from:", "from%3Aherald+lighthouse"),
        Reading {
            tokens: std::slice::from_ref(&stage.herald),
            ..read(
                "notifications, grouped",
                "/api/v2/notifications?limit=20",
                favourites,
                LIKED,
                "-",
            )
        },
        read("public timeline", &public, count, 20, "-"),
    ]
}

/// Of a list.
fn count(list: &Value) -> usize {
    list.as_array().map_or(0, Vec::len)
}

/// Groups of which every fan is one.
fn favourites(answer: &Value) -> usize {
    let groups = answer["notification_groups"].as_array();
    let groups = groups.into_iter().flatten();
    groups
        .filter(|group| group["type"] == "favourite" && group["notifications_count"] == FANS)
        .count()
}

impl Reading<'_> {
    /// The answer has what it should: otherwise something else would be measured.
    async fn prove(&self) -> Result<(), Failure> {
        let mut client = Client::connect().await?;
        let token = self.tokens.first().map(String::as_str);
        let answer = client.told(Method::GET, &self.path, token, None).await?;
        let counted = (self.counted)(&answer);
        if counted == self.expected {
            return Ok(());
        }
        Err(Failure::new(format!(
            "{} answered with {counted} where {} were expected",
            self.path, self.expected
        )))
    }

    async fn measure(&self, program: &Program) -> Result<Figures, Failure> {
        let readers = (0..READERS).map(|reader| {
            let path = self.path.clone();
            let tokens = self.tokens.to_vec();
            let turns = (reader..self.times).step_by(READERS);
            async move {
                let mut client = Client::connect().await?;
                let mut times: Vec<Duration> = Vec::with_capacity(turns.len());
                for (token, _) in tokens
                    .iter()
                    .cycle()
                    .skip(reader)
                    .step_by(READERS)
                    .zip(turns)
                {
                    let began = now();
                    let answer = client.ask(Method::GET, &path, Some(token), None).await?;
                    times.push(began.elapsed());
                    if answer.status != 200 {
                        return Err(Failure::new(format!("{path} answered {}", answer.status)));
                    }
                }
                Ok(times)
            }
        });
        together(program, readers.collect()).await
    }
}
