//! A photo of twelve megapixels, from an app until it is ready, and what the child holds that opens it.

use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, Method};
use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;
use serde_json::Value;

use super::Bench;
use crate::app::text;
use crate::child::Watch;
use crate::client::{Client, value};
use crate::program::{Program, now};
use crate::report::{Failure, Latencies, line};

/// As cameras of phones take them.
const WIDTH: u32 = 4_000;
const HEIGHT: u32 = 3_000;
const QUALITY: u8 = 90;
/// Photos whose median is told. Nobody looks at the child while they are made ready: that takes computing too.
const TIMED: usize = 5;
/// Photos during which the child is watched. A member may send thirty files in half an hour.
const WATCHED: usize = 3;
/// How long a photo may take.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// How the server calls the child.
const CHILD: &str = "media-worker";
const BOUNDARY: &str = "what-no-photo-has-in-it";

impl Bench {
    pub(super) async fn photo(&self, program: &Program) -> Result<(), Failure> {
        if !self.wants("photo") {
            return Ok(());
        }
        let token = &self.stage()?.reader;
        let photo = tokio::task::spawn_blocking(photo)
            .await
            .map_err(|why| Failure::new(why.to_string()))??;
        let mib = super::as_f64(photo.len()) / 1024.0 / 1024.0;
        let form = form(&photo);
        drop(photo);

        let before = program.resident_mib()?;
        let mut times = Vec::with_capacity(TIMED);
        for _ in 0..TIMED {
            times.push(upload(token, &form).await?);
        }
        let watch = Watch::begin(program.id(), CHILD);
        for _ in 0..WATCHED {
            upload(token, &form).await?;
        }
        let child = watch.end()?;
        let after = program.resident_mib()?;
        let times = Latencies::new(times);
        line(
            "photo",
            &format!(
                "{WIDTH} x {HEIGHT}, {mib:.1} MiB of JPEG: ready in {:.2} s (median of {TIMED})",
                times.percentile_ms(50) / 1e3
            ),
            "< 1.5 s",
        );
        line(
            "photo: memory",
            &format!(
                "child {child:.0} MiB at most; server {before:.1} MiB before, {after:.1} MiB after"
            ),
            "< 200 MB in the child",
        );
        Ok(())
    }
}

/// A sky that grows darker, with grain, so that it is as large as a photo.
fn photo() -> Result<Vec<u8>, Failure> {
    let mut pixels = Vec::with_capacity(WIDTH as usize * HEIGHT as usize * 3);
    // Xorshift: the same photo each time.
    let mut grain: u32 = 2_463_534_242;
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            grain ^= grain << 13;
            grain ^= grain >> 17;
            grain ^= grain << 5;
            let light = 40 + y * 160 / HEIGHT + grain % 24;
            let warmth = x * 30 / WIDTH;
            for channel in [light + warmth, light + 15, light + 30 - warmth] {
                pixels.push(u8::try_from(channel).unwrap_or(u8::MAX));
            }
        }
    }
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .encode(&pixels, WIDTH, HEIGHT, ExtendedColorType::Rgb8)
        .map_err(|why| Failure::new(format!("no photo was made: {why}")))?;
    Ok(jpeg)
}

fn form(photo: &[u8]) -> Bytes {
    let mut form = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"photo.jpg\"\r\n\
         Content-Type: image/jpeg\r\n\r\n"
    )
    .into_bytes();
    form.extend_from_slice(photo);
    form.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    Bytes::from(form)
}

/// Sends it, and waits until it can be shown; answers how long that took.
async fn upload(token: &str, form: &Bytes) -> Result<Duration, Failure> {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, value(&format!("Bearer {token}"))?);
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    headers.insert(CONTENT_TYPE, value(&kind)?);
    let mut client = Client::connect().await?;
    let began = now();
    let mut answer = client
        .send(Method::POST, "/api/v2/media", headers, form.clone())
        .await?;
    // 202 and 206 say that it is being made ready.
    while matches!(answer.status, 202 | 206) {
        if began.elapsed() > READY_WITHIN {
            return Err(Failure::new("a photo was not ready within a minute"));
        }
        let path = format!("/api/v1/media/{}", text(&answer.document()?, "id")?);
        tokio::time::sleep(Duration::from_millis(10)).await;
        answer = client.ask(Method::GET, &path, Some(token), None).await?;
    }
    let took = began.elapsed();
    if answer.status != 200 {
        return Err(Failure::new(format!(
            "a photo was answered with {}: {}",
            answer.status,
            String::from_utf8_lossy(&answer.body)
        )));
    }
    prove(&answer.document()?)?;
    Ok(took)
}

/// It was opened, and has its size and its small picture.
fn prove(file: &Value) -> Result<(), Failure> {
    let is_whole = file["meta"]["original"]["width"] == WIDTH
        && file["meta"]["original"]["height"] == HEIGHT
        && file["url"].is_string()
        && file["preview_url"].is_string();
    if is_whole {
        Ok(())
    } else {
        Err(Failure::new(format!("the photo became another: {file}")))
    }
}
