//! Film and sound, by the ffmpeg command. It gets one file by name, is told what it is, and may open nothing else.

mod sound;

use std::io::{Read, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};

use serde::Deserialize;

use super::super::model::{Meta, Size};
use super::super::sniff::Format;
use super::{INPUT, Made, OUTPUT, Refused, Task, picture};

/// Pictures a second of what was a moving picture.
pub(super) const FEWEST_A_SECOND: u32 = 4;
pub(super) const MOST_A_SECOND: u32 = 25;
/// Repetitions of one picture: ten seconds of it.
const MOST_TIMES: u32 = 10 * MOST_A_SECOND;

/// Pixels of a film's picture: 3840 by 2160, in either direction.
pub const MOST_PIXELS: u64 = 3_840 * 2_160;
/// Pictures a second of a film.
pub const MOST_RATE: u32 = 120;
/// The longest film or sound: three hours.
const LONGEST_S: f64 = 3.0 * 3_600.0;
/// What ffprobe says of a file.
const LONGEST_REPORT: u64 = 256 * 1024;
/// The longest side of a film that has to be made anew.
const MADE_SIDE: u32 = 1_280;
/// A poster as PNG.
const LARGEST_POSTER: u64 = 16 * 1024 * 1024;
/// Pieces of H.264: the pictures, and the two kinds without which those cannot be read. What else stands between them are notes:
/// some cameras write there where they are. Captions stand there too, and go with them.
const PICTURES_ALONE: &str = "filter_units=pass_types=1-5|7-8";
/// Of the pictures at which a player may begin, those that lean on earlier ones.
const NO_FRESH_STARTS: &str = "noise=drop=not(key),filter_units=pass_types=1-4";
/// A few lines about one picture.
const LONGEST_SUM: u64 = 4 * 1024;

const DAMAGED: &str = "is damaged, or of a kind that cannot be read here; try to save it as MP4";

#[derive(Debug, Deserialize)]
struct Report {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Container,
}

#[derive(Debug, Default, Deserialize)]
struct Container {
    duration: Option<String>,
    bit_rate: Option<String>,
}

impl Container {
    /// Nought where it does not say.
    fn seconds(&self) -> f64 {
        let seconds = self.duration.as_deref().map(str::parse::<f64>);
        seconds.and_then(Result::ok).unwrap_or(0.0)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Stream {
    codec_type: String,
    codec_name: String,
    pix_fmt: String,
    width: u32,
    height: u32,
    avg_frame_rate: String,
    channels: u32,
    disposition: Disposition,
    side_data_list: Vec<SideData>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Disposition {
    attached_pic: u8,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SideData {
    rotation: Option<f64>,
}

impl Stream {
    fn is(&self, kind: &str) -> bool {
        self.codec_type == kind && self.disposition.attached_pic == 0
    }

    /// As it is shown: phones film lying on the side and say so.
    fn shown(&self) -> (u32, u32) {
        let turned = self
            .side_data_list
            .iter()
            .filter_map(|data| data.rotation)
            .any(|degrees| {
                (degrees.abs() - 90.0).abs() < 1.0 || (degrees.abs() - 270.0).abs() < 1.0
            });
        if turned {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        }
    }

    fn rate(&self) -> f64 {
        let (top, bottom) = self.avg_frame_rate.split_once('/').unwrap_or(("0", "1"));
        let top: f64 = top.parse().unwrap_or(0.0);
        let bottom: f64 = bottom.parse().unwrap_or(1.0);
        if bottom > 0.0 { top / bottom } else { 0.0 }
    }
}

pub(super) fn make(task: &Task, format: Format) -> Result<Made, Refused> {
    if task.ffmpeg.is_empty() || task.ffprobe.is_empty() {
        return Err(
            "is film or sound, which this server cannot take: ffmpeg is not installed on it"
                .to_owned(),
        );
    }
    let demuxer = format.demuxer().ok_or_else(|| DAMAGED.to_owned())?;
    let report = probe(task, demuxer, INPUT)?;
    let duration = report.format.seconds();
    fits(duration)?;
    let sound = report.streams.iter().find(|stream| stream.is("audio"));
    match report.streams.iter().find(|stream| stream.is("video")) {
        Some(film) => video(task, demuxer, film, sound, duration, &report),
        None => {
            let sound = sound.ok_or_else(|| DAMAGED.to_owned())?;
            sound::make(task, demuxer, sound, duration, &report)
        }
    }
}

fn fits(seconds: f64) -> Result<(), Refused> {
    if seconds > LONGEST_S {
        return Err("is longer than three hours".to_owned());
    }
    Ok(())
}

/// The size of the only picture in a file that holds nothing else.
pub(super) fn size_of_picture(
    task: &Task,
    demuxer: &str,
    file: &str,
) -> Result<(u32, u32), Refused> {
    let report = probe(task, demuxer, file)?;
    match report.streams.as_slice() {
        [only] if only.is("video") => Ok((only.width, only.height)),
        _ => Err(DAMAGED.to_owned()),
    }
}

/// That picture as PNG, with these colours, as ffmpeg calls them.
pub(super) fn picture_as_png(
    task: &Task,
    (demuxer, file): (&str, &str),
    colours: &str,
    most_pixels: u64,
    most_bytes: u64,
) -> Result<Vec<u8>, Refused> {
    let mut command = reading_up_to(task, demuxer, file, most_pixels);
    command
        .args(["-map", "0:v:0", "-frames:v", "1", "-c:v", "png"])
        .args(["-pix_fmt", colours, "-compression_level", "1"])
        .args(["-f", "image2pipe", "-"]);
    output_of(command, most_bytes)
}

/// Whether a player begins in the middle of this film only by the help of notes, as with some cameras' and with what was
/// broadcast.
fn leans_on_notes(task: &Task, demuxer: &str) -> Result<bool, Refused> {
    let mut command = reading(task, demuxer);
    command
        .args(["-map", "0:V:0", "-c:v", "copy", "-bsf:v", NO_FRESH_STARTS])
        .args(["-frames:v", "1", "-f", "framecrc", "-"]);
    let told = output_of(command, LONGEST_SUM)?;
    // One line for each picture, below those that say what they are.
    let mut lines = told.split(|byte| *byte == b'\n');
    Ok(lines.any(|line| !line.is_empty() && !line.starts_with(b"#")))
}

fn video(
    task: &Task,
    demuxer: &str,
    film: &Stream,
    sound: Option<&Stream>,
    duration: f64,
    report: &Report,
) -> Result<Made, Refused> {
    let (width, height) = film.shown();
    let area = u64::from(width) * u64::from(height);
    if area == 0 || area > MOST_PIXELS {
        return Err(format!(
            "is film of {width} by {height} pixels; at most 3840 by 2160 fit"
        ));
    }
    if film.rate() > f64::from(MOST_RATE) {
        return Err(format!("has more than {MOST_RATE} pictures a second"));
    }
    let plays_everywhere = film.codec_name == "h264"
        && film.pix_fmt == "yuv420p"
        // What cannot be looked at so is tried as any other film.
        && !leans_on_notes(task, demuxer).unwrap_or(true);
    let sounds_everywhere = sound.is_none_or(|sound| sound.codec_name == "aac");
    let mut command = reading(task, demuxer);
    // A cover is no film, and may stand before it.
    command.args(["-map", "0:V:0", "-map", "0:a:0?"]);
    if plays_everywhere {
        command.args(["-c:v", "copy"]);
    } else {
        command.args(h264());
        command.args([
            "-vf",
            &format!(
                "scale='if(gte(iw,ih),min({MADE_SIDE},iw),-2)':'if(gte(iw,ih),-2,min({MADE_SIDE},ih))',\
                 crop=trunc(iw/2)*2:trunc(ih/2)*2"
            ),
        ]);
    }
    command.args(["-bsf:v", PICTURES_ALONE]);
    if sounds_everywhere {
        command.args(["-c:a", "copy"]);
    } else {
        command.args(["-c:a", "aac", "-b:a", "128k", "-ac", "2"]);
    }
    command
        .args(bare())
        .args(["-movflags", "+faststart", "-f", "mp4", "-y", OUTPUT]);
    run(command)?;
    let mut still = reading(task, "mov");
    still.args(["-map", "0:v:0", "-frames:v", "1"]).args([
        "-vf",
        "scale='min(1280,iw)':-2",
        "-c:v",
        "png",
        "-f",
        "image2pipe",
        "-",
    ]);
    // From what was written: it is the picture that people see first.
    still.current_dir(".");
    let poster = output_of(from_output(&still), LARGEST_POSTER)?;
    let (preview_type, blurhash, small) = picture::poster(picture::read_poster(poster)?)?;
    let made = probe(task, "mov", OUTPUT)?;
    // A file may say that it is shorter than it is, or nothing.
    fits(made.format.seconds())?;
    let shown = made
        .streams
        .iter()
        .find(|stream| stream.is("video"))
        .map_or((width, height), Stream::shown);
    let silent = sound.is_none();
    Ok(Made {
        // As Mastodon has it: short and silent is a moving picture only where it was one.
        kind: "video".to_owned(),
        media_type: "video/mp4".to_owned(),
        preview_type,
        blurhash,
        meta: Meta {
            original: Some(Size::of(shown.0, shown.1)),
            small: Some(small),
            duration_ms: duration_ms(duration, made.format.seconds()),
            frame_rate: Some(film.avg_frame_rate.clone()),
            bit_rate: bit_rate(report),
            silent,
        },
    })
}

/// As the file says, or else as what was made of it does.
fn duration_ms(said: f64, made: f64) -> Option<u32> {
    let seconds = if said > 0.0 { said } else { made };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most three hours, and not below nought"
    )]
    let ms = (seconds.clamp(0.0, LONGEST_S) * 1000.0) as u32;
    (ms > 0).then_some(ms)
}

fn bit_rate(report: &Report) -> Option<u64> {
    report.format.bit_rate.as_deref()?.parse().ok()
}

fn probe(task: &Task, demuxer: &str, file: &str) -> Result<Report, Refused> {
    let mut command = Command::new(&task.ffprobe);
    command
        .args(["-v", "error", "-protocol_whitelist", "file", "-f", demuxer])
        .args(["-show_format", "-show_streams", "-of", "json", "-i", file]);
    let told = output_of(command, LONGEST_REPORT)?;
    serde_json::from_slice(&told).map_err(|_| DAMAGED.to_owned())
}

/// The command as it opens the file, before what it is to do with it.
fn reading(task: &Task, demuxer: &str) -> Command {
    reading_up_to(task, demuxer, INPUT, MOST_PIXELS)
}

fn reading_up_to(task: &Task, demuxer: &str, file: &str, most_pixels: u64) -> Command {
    let mut command = Command::new(&task.ffmpeg);
    command
        .args([
            "-nostdin",
            "-hide_banner",
            "-v",
            "error",
            "-xerror",
            "-threads",
            "2",
        ])
        .args([
            "-protocol_whitelist",
            "file,pipe",
            "-max_pixels",
            &most_pixels.to_string(),
        ])
        .args(["-f", demuxer, "-i", file]);
    command
}

/// The same command, reading what was written instead.
fn from_output(command: &Command) -> Command {
    let mut other = Command::new(command.get_program());
    for argument in command.get_args() {
        other.arg(if argument == INPUT {
            OUTPUT.as_ref()
        } else {
            argument
        });
    }
    other
}

/// Nothing but film and sound: no notes, no chapters, no places, no cover.
fn bare() -> [&'static str; 10] {
    [
        "-map_metadata",
        "-1",
        "-map_chapters",
        "-1",
        "-fflags",
        "+bitexact",
        "-flags:v",
        "+bitexact",
        "-flags:a",
        "+bitexact",
    ]
}

fn h264() -> [&'static str; 12] {
    [
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-crf",
        "24",
        "-pix_fmt",
        "yuv420p",
        "-threads",
        "2",
        "-profile:v",
        "high",
    ]
}

fn run(command: Command) -> Result<(), Refused> {
    output_of(command, 0).map(|_| ())
}

/// What it says, at most so much.
fn output_of(mut command: Command, most: u64) -> Result<Vec<u8>, Refused> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|_| "could not be opened: ffmpeg does not start on this server".to_owned())?;
    let mut said = Vec::new();
    if let Some(out) = child.stdout.take() {
        // One byte more tells that there is more.
        let _ = out.take(most + 1).read_to_end(&mut said);
    }
    if said.len() as u64 > most {
        let _ = child.kill();
        let _ = child.wait();
        return Err(DAMAGED.to_owned());
    }
    match child.wait() {
        Ok(status) if status.success() => Ok(said),
        _ => Err(DAMAGED.to_owned()),
    }
}

/// A film that is made of pictures, one after the other.
pub(super) struct Film {
    child: Child,
    pipe: Option<ChildStdin>,
    per_second: u32,
}

impl Film {
    pub(super) fn begin(
        task: &Task,
        width: u32,
        height: u32,
        per_second: u32,
    ) -> Result<Film, Refused> {
        let mut child = Command::new(&task.ffmpeg)
            .args([
                "-hide_banner",
                "-v",
                "error",
                "-protocol_whitelist",
                "pipe,file",
            ])
            .args(["-f", "rawvideo", "-pix_fmt", "rgb24"])
            .args([
                "-s",
                &format!("{width}x{height}"),
                "-r",
                &per_second.to_string(),
            ])
            .args([
                "-i",
                "pipe:0",
                "-an",
                "-vf",
                "crop=trunc(iw/2)*2:trunc(ih/2)*2",
            ])
            .args(h264())
            .args(bare())
            .args(["-movflags", "+faststart", "-f", "mp4", "-y", OUTPUT])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| "could not be opened: ffmpeg does not start on this server".to_owned())?;
        let pipe = child.stdin.take();
        Ok(Film {
            child,
            pipe,
            per_second,
        })
    }

    /// How often a picture is repeated that is shown so long.
    pub(super) fn times(&self, shown_ms: u32) -> u32 {
        ((shown_ms * self.per_second + 500) / 1000).clamp(1, MOST_TIMES)
    }

    pub(super) fn push(&mut self, picture: &[u8]) -> Result<(), Refused> {
        let pipe = self.pipe.as_mut().ok_or_else(|| DAMAGED.to_owned())?;
        pipe.write_all(picture).map_err(|_| DAMAGED.to_owned())
    }

    pub(super) fn end(mut self) -> Result<(), Refused> {
        drop(self.pipe.take());
        match self.child.wait() {
            Ok(status) if status.success() => Ok(()),
            _ => Err(DAMAGED.to_owned()),
        }
    }
}
