//! How long reading takes: `cargo run --release -p comity-vocab --example read_speed`.

use std::hint::black_box;

/// The fastest of many batches is what reading costs; the others had company.
const BATCHES: u32 = 50;
const ROUNDS: u32 = 400;

#[allow(clippy::disallowed_methods)] // A stopwatch, not a decision.
fn main() {
    let documents: [(&str, &[u8]); 4] = [
        (
            "Create of Mastodon",
            include_bytes!("../fixtures/mastodon/create.json"),
        ),
        (
            "actor of Mastodon",
            include_bytes!("../fixtures/mastodon/actor.json"),
        ),
        (
            "Announce of Lemmy",
            include_bytes!("../fixtures/lemmy/announce_create_page.json"),
        ),
        (
            "Video of PeerTube",
            include_bytes!("../fixtures/peertube/video.json"),
        ),
    ];
    for (name, bytes) in documents {
        let fastest = (0..BATCHES)
            .map(|_| {
                let start = std::time::Instant::now();
                for _ in 0..ROUNDS {
                    black_box(comity_vocab::read(black_box(bytes)).is_ok());
                }
                start.elapsed() / ROUNDS
            })
            .min()
            .unwrap_or_default();
        println!("{name}: {} bytes in {fastest:?}", bytes.len());
    }
}
