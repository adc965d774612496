//! Sound by itself.

use super::super::super::model::Meta;
use super::super::{Made, OUTPUT, Refused, Task, mp3};
use super::{DAMAGED, Report, Stream};
use super::{bare, bit_rate, duration_ms, fits, probe, reading, run};

/// What browsers play is copied, and the rest made anew.
pub(super) fn make(
    task: &Task,
    demuxer: &str,
    sound: &Stream,
    duration: f64,
    report: &Report,
) -> Result<Made, Refused> {
    let codec = sound.codec_name.as_str();
    let (media_type, container, made_demuxer) = match codec {
        "mp3" => ("audio/mpeg", "mp3", "mp3"),
        "vorbis" | "opus" => ("audio/ogg", "ogg", "ogg"),
        _ => ("audio/mp4", "mp4", "mov"),
    };
    let mut command = reading(task, demuxer);
    command.args(["-map", "0:a:0", "-vn"]);
    if matches!(codec, "mp3" | "vorbis" | "opus" | "aac") {
        command.args(["-c:a", "copy"]);
    } else {
        let channels = if sound.channels == 1 { "1" } else { "2" };
        command.args(["-c:a", "aac", "-b:a", "160k", "-ac", channels]);
    }
    command.args(bare());
    if container == "mp3" {
        // No header with notes at all.
        command.args(["-id3v2_version", "0", "-write_xing", "0"]);
    }
    command.args(["-f", container, "-y", OUTPUT]);
    run(command)?;
    let seconds = if container == "mp3" {
        keep_frames()?
    } else {
        probe(task, made_demuxer, OUTPUT)?.format.seconds()
    };
    fits(seconds)?;
    Ok(Made {
        kind: "audio".to_owned(),
        media_type: media_type.to_owned(),
        preview_type: String::new(),
        blurhash: String::new(),
        meta: Meta {
            duration_ms: duration_ms(duration, seconds),
            bit_rate: bit_rate(report),
            ..Meta::default()
        },
    })
}

/// ffmpeg copies what stands between the frames of an MP3 along with them. Takes it away and says before the frames how many
/// are left; how many seconds these are. What ffmpeg would write there tells of itself.
fn keep_frames() -> Result<f64, Refused> {
    let copied = std::fs::read(OUTPUT).map_err(|_| DAMAGED.to_owned())?;
    let (frames, seconds) = mp3::frames(&copied);
    // A large one is not held three times.
    drop(copied);
    if frames.is_empty() {
        return Err(DAMAGED.to_owned());
    }
    std::fs::write(OUTPUT, mp3::announced(&frames))
        .map_err(|_| "could not be written".to_owned())?;
    Ok(seconds)
}
