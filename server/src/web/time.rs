//! Times as pages show them: exact for machines, short for people. People's words are in UTC.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::clock::DAY_MS;

fn zoned(at_ms: i64) -> jiff::Zoned {
    Timestamp::from_millisecond(at_ms)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_zoned(TimeZone::UTC)
}

/// RFC 3339, to the second.
pub fn iso(at_ms: i64) -> String {
    zoned(at_ms).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// RFC 3339, to the millisecond, as apps read it.
pub fn iso_ms(at_ms: i64) -> String {
    zoned(at_ms).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// The day alone, as apps read it: `2026-05-03`.
pub fn iso_day(at_ms: i64) -> String {
    zoned(at_ms).strftime("%Y-%m-%d").to_string()
}

/// "14:02" today, "Tue 14:02" within a week before or after, "3 May" within the year, "3 May 2025" before.
pub fn words(at_ms: i64, now_ms: i64) -> String {
    let at = zoned(at_ms);
    let now = zoned(now_ms);
    let form = if at.date() == now.date() {
        "%H:%M"
    } else if (now_ms - at_ms).abs() < 7 * DAY_MS {
        "%a %H:%M"
    } else if at.year() == now.year() {
        "%-d %b"
    } else {
        "%-d %b %Y"
    };
    at.strftime(form).to_string()
}

/// As the field of a form has it, to the minute: `2026-05-03T14:00`.
pub fn field(at_ms: i64) -> String {
    zoned(at_ms).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// Reads [`field`], in unix milliseconds; `None` for what is no such time.
pub fn from_field(typed: &str) -> Option<i64> {
    let at: DateTime = typed.trim().parse().ok()?;
    let at = at.to_zoned(TimeZone::UTC).ok()?;
    Some(at.timestamp().as_millisecond())
}

/// "3 May 2026".
pub fn day(at_ms: i64) -> String {
    zoned(at_ms).strftime("%-d %B %Y").to_string()
}

/// "May 2026".
pub fn month(at_ms: i64) -> String {
    zoned(at_ms).strftime("%B %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_times_are_short() {
        // 2026-05-05 12:00 UTC, a Tuesday.
        let now = 1_777_982_400_000;
        assert_eq!(words(now - 3_600_000, now), "11:00");
        assert_eq!(words(now - DAY_MS, now), "Mon 12:00");
        assert_eq!(words(now + DAY_MS, now), "Wed 12:00");
        assert_eq!(words(now - 40 * DAY_MS, now), "26 Mar");
        assert_eq!(words(now - 400 * DAY_MS, now), "31 Mar 2025");
        assert_eq!(iso(now), "2026-05-05T12:00:00Z");
        assert_eq!(day(now), "5 May 2026");
    }

    #[test]
    fn a_field_of_a_form_is_read_as_it_is_written() {
        let now = 1_777_982_400_000;
        assert_eq!(field(now), "2026-05-05T12:00");
        assert_eq!(from_field(" 2026-05-05T12:00"), Some(now));
        assert_eq!(from_field("2026-05-05T12:00:30"), Some(now + 30_000));
        for wrong in ["", "tomorrow", "2026-13-05T12:00", "12:00"] {
            assert_eq!(from_field(wrong), None, "{wrong}");
        }
    }
}
