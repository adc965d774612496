//! Where films and sounds are made for tests, by the ffmpeg command, and where it is looked at what became of them.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// What a child may use where a test does not say.
const PLENTY: Bounds = Bounds {
    cpu_s: 60,
    file: 64 << 20,
};

/// What a child may use.
#[derive(Clone, Copy)]
pub struct Bounds {
    pub cpu_s: u64,
    pub file: u64,
}

pub struct Studio {
    ffmpeg: PathBuf,
    folder: TempDir,
}

/// What became of a file.
pub struct Opened {
    /// What the child said; null where it was ended.
    said: Value,
    pub bytes: Vec<u8>,
    pub preview: Vec<u8>,
}

impl Studio {
    /// None, and a line that says so, where there is no ffmpeg. For `bin/test`, which installs it, that is a failure.
    pub fn open() -> Option<Studio> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let ffmpeg = std::env::split_paths(&path)
            .map(|folder| folder.join("ffmpeg"))
            .find(|file| file.is_file());
        if ffmpeg.is_none() {
            let all = std::env::var_os("COMITY_TEST_ALL").is_some();
            assert!(!all, "ffmpeg is not installed, and COMITY_TEST_ALL is set");
            println!("left out: ffmpeg is not installed");
        }
        Some(Studio {
            ffmpeg: ffmpeg?,
            folder: tempfile::tempdir().unwrap(),
        })
    }

    /// A file that arguments can name.
    pub fn put(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.folder.path().join(name), bytes).unwrap();
    }

    /// What ffmpeg makes of these arguments, of which the last names it.
    pub fn make(&self, arguments: &str) -> Vec<u8> {
        let output = self.run(&self.ffmpeg, &format!("-y {arguments}"));
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments}: {complaint}");
        let name = arguments.split_whitespace().last().unwrap();
        std::fs::read(self.folder.path().join(name)).unwrap()
    }

    fn run(&self, command: &Path, arguments: &str) -> Output {
        Command::new(command)
            .args(["-hide_banner", "-v", "error"])
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// Has a child open this file.
    pub fn child(&self, bytes: &[u8]) -> Opened {
        self.child_within(bytes, PLENTY)
    }

    /// The same with so much to use.
    pub fn child_within(&self, bytes: &[u8], bounds: Bounds) -> Opened {
        opened(bytes, bounds, Some(self.ffmpeg.as_path()))
    }

    /// What is in a file, as ffprobe tells it.
    pub fn told(&self, bytes: &[u8]) -> Value {
        self.put("told", bytes);
        let ffprobe = self.ffmpeg.with_file_name("ffprobe");
        let wanted = "-show_format -show_streams -show_chapters -of json told";
        let output = self.run(&ffprobe, wanted);
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The same in short.
    pub fn streams(&self, bytes: &[u8]) -> Vec<String> {
        streams_of(&self.told(bytes))
    }

    /// The pictures of a film as sums, with their times, from this second on.
    pub fn pictures(&self, bytes: &[u8], from_s: f64) -> Vec<String> {
        self.put("shown", bytes);
        let wanted = format!("-ss {from_s} -i shown -map 0:v:0 -f framemd5 -");
        let output = self.run(&self.ffmpeg, &wanted);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{complaint}");
        let lines = String::from_utf8(output.stdout).unwrap();
        let pictures = lines.lines().filter(|line| !line.starts_with('#'));
        pictures.map(str::to_owned).collect()
    }

    /// It plays to its end, and nothing in it is broken.
    pub fn plays(&self, bytes: &[u8], what: &str) {
        self.put("played", bytes);
        let output = self.run(&self.ffmpeg, "-xerror -i played -f null -");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && complaint.is_empty(),
            "{what}: {complaint}"
        );
    }
}

/// Has a child open a picture, which needs no ffmpeg.
pub fn open_picture(bytes: &[u8]) -> Opened {
    opened(bytes, PLENTY, None)
}

fn opened(bytes: &[u8], bounds: Bounds, ffmpeg: Option<&Path>) -> Opened {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("input"), bytes).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_comity"))
        .arg("media-worker")
        .current_dir(folder.path())
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let ffprobe = ffmpeg.map(|ffmpeg| ffmpeg.with_file_name("ffprobe"));
    let task = json!({
        "bounds": { "memory": 3_u64 << 30, "cpu_s": bounds.cpu_s, "file": bounds.file },
        "ffmpeg": ffmpeg.map(Path::to_path_buf).unwrap_or_default(),
        "ffprobe": ffprobe.unwrap_or_default(),
    });
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(task.to_string().as_bytes()).unwrap();
    drop(pipe);
    let output = child.wait_with_output().unwrap();
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap_or_default();
    Opened {
        said: serde_json::from_slice(&output.stdout).unwrap_or_default(),
        bytes: read("output"),
        preview: read("preview"),
    }
}

impl Opened {
    /// What was made of it.
    pub fn made(&self, what: &str) -> &Value {
        let made = &self.said["Made"];
        assert!(made.is_object(), "{what}: {}", self.said);
        made
    }

    /// Why it was not taken; empty where the child was ended.
    pub fn refused(&self, what: &str) -> &str {
        assert!(self.said["Made"].is_null(), "{what}: {}", self.said);
        self.said["Refused"].as_str().unwrap_or_default()
    }

    /// None of these is in what was made.
    pub fn hides(&self, words: &[&str], what: &str) {
        for (which, bytes) in [("file", &self.bytes), ("picture", &self.preview)] {
            for word in words {
                assert!(!holds(bytes, word), "{what}: the {which} tells {word}");
            }
        }
    }
}

/// What is in a file, of what ffprobe told of it: `video h264`, `audio aac`.
pub fn streams_of(told: &Value) -> Vec<String> {
    let word = |stream: &Value, key: &str| stream[key].as_str().unwrap_or("?").to_owned();
    let streams = told["streams"].as_array().unwrap();
    let named = streams.iter().map(|stream| {
        let (kind, codec) = (word(stream, "codec_type"), word(stream, "codec_name"));
        format!("{kind} {codec}")
    });
    named.collect()
}

/// Whether these bytes stand in a file.
pub fn holds(bytes: &[u8], word: &str) -> bool {
    let word = word.as_bytes();
    bytes.windows(word.len()).any(|part| part == word)
}

/// All of these are in a file: what is looked for later was there.
pub fn tells(bytes: &[u8], words: &[&str], what: &str) {
    for word in words {
        assert!(holds(bytes, word), "{what} does not tell {word}");
    }
}
