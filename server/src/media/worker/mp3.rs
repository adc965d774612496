//! MP3 by its frames. What stands between them or behind them is no sound: words about it, pictures, or anything else.

/// Thousands of bits a second, by four bits of a header: in MPEG 1, and in MPEG 2 and 2.5. The first of each names none.
const KBITS: [[u32; 15]; 2] = [
    [
        0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
/// Samples a second in MPEG 1, by two bits; half of it in MPEG 2, and half of that in MPEG 2.5.
const HERTZ: [u32; 3] = [44_100, 48_000, 32_000];

/// What a header says.
#[derive(Clone, Copy)]
struct Frame {
    /// Bytes, with the header.
    length: usize,
    samples: u32,
    hertz: u32,
}

impl Frame {
    /// In one sound all are of one kind.
    fn kind(self) -> (u32, u32) {
        (self.samples, self.hertz)
    }
}

/// A flag each: it is said how many frames there are, and how many bytes.
const FRAMES_AND_BYTES: u32 = 0b11;
/// Behind that, encoders write so many bytes about themselves and about silence. Here they are empty.
const ABOUT_ENCODER: usize = 36;

/// Before the sound so many frames may seem to follow one another: only where more do is it known of what kind they are.
const MOST_BY_CHANCE: usize = 2;

/// All whole frames of the kind of the first that others follow, one after the other, and how many seconds they last.
pub(super) fn frames(bytes: &[u8]) -> (Vec<u8>, f64) {
    let mut kept = Vec::with_capacity(bytes.len());
    let mut kind: Option<(u32, u32)> = None;
    let mut seconds = 0.0;
    let mut at = 0;
    while at < bytes.len() {
        let frame = header_at(bytes, at).filter(|frame| {
            // Other bytes may look like a header, and a frame may be cut by what was put into it.
            let followed_by = if kind.is_none() { MOST_BY_CHANCE } else { 1 };
            kind.is_none_or(|kind| kind == frame.kind())
                && is_followed(bytes, at + frame.length, frame.kind(), followed_by)
        });
        let Some(frame) = frame else {
            at += 1;
            continue;
        };
        let end = at + frame.length;
        kept.extend_from_slice(bytes.get(at..end).unwrap_or_default());
        seconds += f64::from(frame.samples) / f64::from(frame.hertz);
        kind = Some(frame.kind());
        at = end;
    }
    (kept, seconds)
}

/// Whether headers of this kind stand where a frame ends and where those behind it end: so many, or up to the end of all.
fn is_followed(bytes: &[u8], end: usize, kind: (u32, u32), by: usize) -> bool {
    let mut end = end;
    for _ in 0..by {
        if end == bytes.len() {
            return true;
        }
        match header_at(bytes, end).filter(|next| next.kind() == kind) {
            Some(next) => end += next.length,
            None => return false,
        }
    }
    true
}

/// The frame whose header stands here; it may be cut off.
fn header_at(bytes: &[u8], at: usize) -> Option<Frame> {
    let &[0xFF, second, third, _] = bytes.get(at..)?.first_chunk::<4>()? else {
        return None;
    };
    // All of the mark, and layer III.
    if second & 0xE6 != 0xE2 {
        return None;
    }
    let (list, halved, samples) = match (second >> 3) & 0b11 {
        0b11 => (0, 1, 1_152),
        0b10 => (1, 2, 576),
        0b00 => (1, 4, 576),
        _ => return None,
    };
    let kbits = *KBITS[list].get(usize::from(third >> 4))?;
    let hertz = *HERTZ.get(usize::from((third >> 2) & 0b11))? / halved;
    if kbits == 0 {
        return None;
    }
    let padding = u32::from((third >> 1) & 1);
    let length = usize::try_from(samples / 8 * kbits * 1_000 / hertz + padding).ok()?;
    Some(Frame {
        length,
        samples,
        hertz,
    })
}

/// Whole frames behind one without sound that says how many follow and how many bytes they all are, as Xing wrote it and
/// LAME does: from a rate that changes, apps would guess a wrong length. Empty where there is none.
pub(super) fn announced(frames: &[u8]) -> Vec<u8> {
    let Some((first, _)) = frames.split_first_chunk::<4>() else {
        return Vec::new();
    };
    let (mut count, mut changes, mut at) = (0_u32, false, 0);
    while let Some(frame) = header_at(frames, at) {
        let third = frames.get(at + 2).copied().unwrap_or_default();
        changes |= third >> 4 != first[2] >> 4;
        count += 1;
        at += frame.length;
    }
    let Some((mut all, place)) = silence(*first) else {
        return frames.to_vec();
    };
    let length = u32::try_from(all.len() + frames.len()).unwrap_or(u32::MAX);
    let said = [
        if changes { *b"Xing" } else { *b"Info" },
        FRAMES_AND_BYTES.to_be_bytes(),
        count.to_be_bytes(),
        length.to_be_bytes(),
    ]
    .concat();
    all[place..place + said.len()].copy_from_slice(&said);
    all.extend_from_slice(frames);
    all
}

/// A frame without sound of the kind of this header, and where in it stands what it says instead.
fn silence([first, second, third, fourth]: [u8; 4]) -> Option<(Vec<u8>, usize)> {
    let is_mono = fourth >> 6 == 0b11;
    let place = match ((second >> 3) & 0b11, is_mono) {
        (0b11, false) => 36,
        (0b11, true) | (_, false) => 21,
        (_, true) => 13,
    };
    // Without a check sum and without padding; low rates have no room for all of it.
    (third >> 4..15).find_map(|rate| {
        let header = [first, second | 1, (rate << 4) | (third & 0b1100), fourth];
        let length = header_at(&header, 0)?.length;
        let mut frame = header.to_vec();
        frame.resize(length, 0);
        (length >= place + 16 + ABOUT_ENCODER).then_some((frame, place))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 128 kbit/s at 44.1 kHz: 417 bytes.
    fn frame(filled: u8) -> Vec<u8> {
        let mut frame = vec![filled; 417];
        frame[..4].copy_from_slice(&[0xFF, 0xFB, 0x90, 0x64]);
        frame
    }

    #[test]
    fn what_is_no_frame_is_left_out() {
        let (one, two, three) = (frame(1), frame(2), frame(3));
        let sound = [&one[..], &two, &three].concat();
        let (kept, seconds) = frames(&sound);
        assert_eq!(kept, sound);
        assert!((seconds - 3.0 * 1_152.0 / 44_100.0).abs() < 1e-9);
        let words = b"<html>\xFF\xFB\x90\x64 looks like one</html>".repeat(20);
        let two_of_three = [&one[..], &two].concat();
        for (bytes, left) in [
            ([&words[..], &sound].concat(), &sound),
            // Cut off.
            ([&sound[..], &one[..400]].concat(), &sound),
            // Nobody knows how much of the last one before other bytes is sound.
            ([&sound[..], &words].concat(), &two_of_three),
            ([&sound[..], b"TAG", &[b'x'; 125]].concat(), &two_of_three),
            (
                [&two_of_three[..], &three[..200], &words, &three[200..]].concat(),
                &two_of_three,
            ),
            (
                [&one[..], &two, &two, &words, &sound[417..]].concat(),
                &[&one[..], &two, &sound[417..]].concat(),
            ),
            // Of another kind.
            (
                [&sound[..], &[0xFF, 0xFB, 0x94, 0x64], &[0; 413]].concat(),
                &two_of_three,
            ),
        ] {
            assert_eq!(frames(&bytes).0, *left);
        }
        assert!(frames(&words).0.is_empty() && frames(b"").0.is_empty());
    }

    #[test]
    fn two_that_look_like_frames_before_the_sound_do_not_say_of_what_kind_it_is() {
        let sound = [frame(1), frame(2), frame(3)].concat();
        // Of 208 bytes, in MPEG 2.
        let mut other = vec![0; 208];
        other[..4].copy_from_slice(&[0xFF, 0xF3, 0x80, 0xC4]);
        for before in [
            [&other[..], &other].concat(),
            [&other[..], &other, b"words"].concat(),
            [&other[..], &other[..20]].concat(),
        ] {
            assert_eq!(frames(&[&before[..], &sound].concat()).0, sound);
        }
        // Three are a sound, and what is behind it is none of it.
        let three = other.repeat(3);
        assert_eq!(frames(&[&three[..], &sound].concat()).0, other.repeat(2));
        // Where there are no more, fewer will do.
        for few in [&sound[..417], &sound[..834]] {
            assert_eq!(frames(few).0, few);
        }
    }

    #[test]
    fn a_frame_before_the_others_says_how_many_there_are() {
        let steady = [frame(1), frame(2), frame(3)].concat();
        let mut louder = vec![4; 522];
        louder[..4].copy_from_slice(&[0xFF, 0xFB, 0xA0, 0x64]);
        let changing = [&steady[..], &louder].concat();
        // 8 kbit/s at 24 kHz, of one channel: 24 bytes, in which there is no room.
        let mut low = [5; 24];
        low[..4].copy_from_slice(&[0xFF, 0xF3, 0x14, 0xC4]);
        let low = low.repeat(3);
        for (sound, length, place, name, count) in [
            (&steady, 417, 36, b"Info", 3),
            (&changing, 417, 36, b"Xing", 4),
            (&low, 72, 13, b"Info", 3),
        ] {
            let all = announced(sound);
            let (said, rest) = all.split_at(length);
            assert_eq!(rest, &sound[..]);
            let words: Vec<u8> = said[place..place + 16].to_vec();
            let bytes = u32::try_from(all.len()).unwrap().to_be_bytes();
            assert_eq!(
                words,
                [*name, [0, 0, 0, 3], [0, 0, 0, count], bytes].concat()
            );
            let silent = |part: &[u8]| part.iter().all(|byte| *byte == 0);
            assert!(silent(&said[4..place]) && silent(&said[place + 16..]));
            // It is a frame of their kind.
            assert_eq!(frames(&all).0, all);
        }
        assert!(announced(b"").is_empty());
    }

    #[test]
    fn headers_say_lengths() {
        for (head, length, samples) in [
            ([0xFF, 0xFB, 0x90, 0x64], 417, 1_152),
            ([0xFF, 0xFB, 0x92, 0x64], 418, 1_152),
            ([0xFF, 0xFB, 0xE8, 0x00], 1_440, 1_152),
            ([0xFF, 0xF3, 0x80, 0xC4], 208, 576),
            ([0xFF, 0xE3, 0x18, 0xC4], 72, 576),
        ] {
            let frame = header_at(&head, 0).unwrap();
            assert_eq!(
                (frame.length, frame.samples),
                (length, samples),
                "{head:X?}"
            );
        }
        for head in [
            // A reserved version, layer II, no rate at all, a rate that there is not, and one of samples.
            [0xFF, 0xEB, 0x90, 0x64],
            [0xFF, 0xFD, 0x90, 0x64],
            [0xFF, 0xFB, 0x00, 0x64],
            [0xFF, 0xFB, 0xF0, 0x64],
            [0xFF, 0xFB, 0x9C, 0x64],
        ] {
            assert!(header_at(&head, 0).is_none(), "{head:X?}");
        }
    }
}
