//! A thousand open streams: what they hold, and how soon all of them hear of a post.

use std::time::Duration;

use futures_util::StreamExt as _;
use http::header::AUTHORIZATION;
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::stage::{CROWD, post};
use super::{Bench, as_f64};
use crate::client::{Client, value};
use crate::program::{HOST, PORT, Program, now};
use crate::report::{Failure, Latencies, line};

/// Streams of one member: as many as one may have.
const EACH: usize = 20;
const STREAMS: usize = CROWD * EACH;
/// Posts whose median is told.
const ROUNDS: usize = 3;
/// How long a post may be on its way.
const HEARD_WITHIN: Duration = Duration::from_secs(60);
/// Until memory that was needed for opening is given back.
const SETTLES_IN: Duration = Duration::from_secs(2);

type Line = WebSocketStream<TcpStream>;

impl Bench {
    pub(super) async fn streams(&self, program: &Program) -> Result<(), Failure> {
        if !self.wants("streams") {
            return Ok(());
        }
        let stage = self.stage()?;
        let before = program.resident_mib()?;
        let marks: Vec<String> = (0..ROUNDS).map(|_| self.peer.mark()).collect();
        let (told, mut heard) = unbounded_channel();
        let mut listeners = JoinSet::new();
        for line in open(&stage.crowd).await? {
            listeners.spawn(listen(line, marks.clone(), told.clone()));
        }
        drop(told);
        tokio::time::sleep(SETTLES_IN).await;
        let after = program.resident_mib()?;

        let mut times = Vec::with_capacity(ROUNDS);
        let mut cpu_s = 0.0;
        for (round, mark) in marks.iter().enumerate() {
            let cpu = program.cpu_s()?;
            let mut client = Client::connect().await?;
            let began = now();
            let words = format!("{mark} to all who listen");
            post(&mut client, &stage.herald, &words).await?;
            times.push(last_of(&mut heard, round, began).await? - began);
            cpu_s += program.cpu_s()? - cpu;
        }
        let busy = program.resident_mib()?;
        listeners.shutdown().await;
        let times = Latencies::new(times);
        line(
            "streams: memory",
            &format!(
                "{STREAMS} open: server {before:.1} MiB before, {after:.1} MiB after, {busy:.1} MiB when posts were told"
            ),
            "< 60 MB",
        );
        line(
            "streams: a post",
            &format!(
                "all {STREAMS} have it in {:.0} ms (median of {ROUNDS}), {:.3} ms server CPU each",
                times.percentile_ms(50),
                cpu_s * 1e3 / as_f64(ROUNDS * STREAMS)
            ),
            "-",
        );
        Ok(())
    }
}

/// Opens all streams, those of one member one after the other.
async fn open(tokens: &[String]) -> Result<Vec<Line>, Failure> {
    let mut members = JoinSet::new();
    for token in tokens {
        let token = token.clone();
        members.spawn(async move {
            let mut lines = Vec::with_capacity(EACH);
            for _ in 0..EACH {
                lines.push(dial(&token).await?);
            }
            Ok::<_, Failure>(lines)
        });
    }
    let mut all = Vec::with_capacity(STREAMS);
    while let Some(done) = members.join_next().await {
        all.extend(done.map_err(|why| Failure::new(why.to_string()))??);
    }
    if all.len() == STREAMS {
        Ok(all)
    } else {
        Err(Failure::new(format!("{} streams are open", all.len())))
    }
}

async fn dial(token: &str) -> Result<Line, Failure> {
    let address = format!("ws://{HOST}:{PORT}/api/v1/streaming?stream=user");
    let mut request = address
        .into_client_request()
        .map_err(|why| Failure::new(why.to_string()))?;
    request
        .headers_mut()
        .insert(AUTHORIZATION, value(&format!("Bearer {token}"))?);
    let stream = TcpStream::connect(("127.0.0.1", PORT)).await?;
    stream.set_nodelay(true)?;
    let (line, _) = client_async(request, stream)
        .await
        .map_err(|why| Failure::new(format!("a stream was not opened: {why}")))?;
    Ok(line)
}

/// Tells which of these posts came, and when, until the stream ends. Pings are answered as it reads.
async fn listen(mut line: Line, marks: Vec<String>, told: UnboundedSender<(usize, Instant)>) {
    while let Some(Ok(message)) = line.next().await {
        let came_at = now();
        let Message::Text(words) = message else {
            continue;
        };
        if !words.contains("\"event\":\"update\"") {
            continue;
        }
        let which = marks.iter().position(|mark| {
            let said = words.find(mark.as_str()).map(|at| at + mark.len());
            // mark1 is not mark10.
            said.is_some_and(|end| !words[end..].starts_with(|c: char| c.is_ascii_digit()))
        });
        if let Some(round) = which
            && told.send((round, came_at)).is_err()
        {
            return;
        }
    }
}

/// When the last stream heard of this post. A stream that ends never does.
async fn last_of(
    heard: &mut UnboundedReceiver<(usize, Instant)>,
    round: usize,
    began: Instant,
) -> Result<Instant, Failure> {
    let mut last = began;
    for count in 0..STREAMS {
        let next = timeout_at(began + HEARD_WITHIN, heard.recv()).await;
        match next {
            Ok(Some((which, came_at))) if which == round => last = last.max(came_at),
            Ok(Some(_)) => return Err(Failure::new("a stream told of a post twice")),
            Ok(None) | Err(_) => {
                return Err(Failure::new(format!(
                    "{count} of {STREAMS} streams told of the post within a minute"
                )));
            }
        }
    }
    Ok(last)
}
