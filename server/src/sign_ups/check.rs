//! What is wrong with a sign-up: all of it at once, for apps; the first of it, for the page.

use std::net::IpAddr;

use jiff::civil::Date;

use super::{NewSignUp, NotIn, store};
use crate::accounts;
use crate::app::App;
use crate::clock;
use crate::communities::{Community, SignUp};
use crate::error::{Error, Result};
use crate::members;
use crate::sign_up_blocks::{self, Severity};

/// Characters of what somebody says to moderators: a page, and no book.
const LONGEST_REASON: usize = 2_000;
/// Nobody is older.
const OLDEST_YEARS: i16 = 130;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// As forms and the API name it.
    pub field: &'static str,
    /// As Mastodon names it.
    pub code: &'static str,
    /// A lower-case fragment that says what to do.
    pub why: String,
}

impl Fault {
    fn of(field: &'static str, code: &'static str, why: impl Into<String>) -> Fault {
        Fault {
            field,
            code,
            why: why.into(),
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Error {
        Error::invalid(fault.field, fault.why)
    }
}

/// Everything that is wrong with it by itself, in the order of the form. Nothing is looked up, so that nobody learns
/// here who is a member.
pub fn faults(app: &App, community: &Community, new: &NewSignUp, is_invited: bool) -> Vec<Fault> {
    let mut faults = Vec::new();
    faults.extend(username(community, new.username.trim()));
    faults.extend(email(new.email.trim()));
    faults.extend(password(&new.password));
    faults.extend(reason(app, community, new, is_invited));
    faults.extend(age(app, new.date_of_birth.as_deref().unwrap_or_default()));
    if !new.agrees {
        let why = "has to be accepted; read what we ask of each other";
        faults.push(Fault::of("agreement", "ERR_ACCEPTED", why));
    }
    faults
}

/// What of it is somebody else's, who is none of `but`. It tells who is a member, so whoever calls it counts first.
pub async fn taken(
    app: &App,
    community: &Community,
    new: &NewSignUp,
    but: &[i64],
) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    faults.extend(taken_username(app, community, new.username.trim(), but).await?);
    faults.extend(taken_email(app, community, new.email.trim(), but).await?);
    Ok(faults)
}

fn username(community: &Community, name: &str) -> Option<Fault> {
    let Err(Error::Invalid { why, .. }) = members::check_username(community, name) else {
        return None;
    };
    let code = match name {
        "" => "ERR_BLANK",
        name if name.len() > members::LONGEST_USERNAME => "ERR_TOO_LONG",
        name if members::is_reserved(community, name) => "ERR_RESERVED",
        _ => "ERR_INVALID",
    };
    Some(Fault::of("username", code, why))
}

async fn taken_username(
    app: &App,
    community: &Community,
    name: &str,
    but: &[i64],
) -> Result<Option<Fault>> {
    let waiting = store::by_name(&app.db, community.id, name).await?;
    let is_taken = accounts::find_by_handle(app, name, &community.domain)
        .await?
        .is_some()
        || waiting.is_some_and(|other| !but.contains(&other.id));
    Ok(is_taken.then(name_taken))
}

/// What is wrong with an address by itself.
pub fn email(email: &str) -> Option<Fault> {
    let Err(Error::Invalid { why, .. }) = members::check_email(email) else {
        return None;
    };
    let code = if email.is_empty() {
        "ERR_BLANK"
    } else {
        "ERR_INVALID"
    };
    Some(Fault::of("email", code, why))
}

/// Whether an address is somebody else's, who is none of `but`. Whoever calls it counts first.
pub async fn taken_email(
    app: &App,
    community: &Community,
    email: &str,
    but: &[i64],
) -> Result<Option<Fault>> {
    let waiting = store::by_email(&app.db, community.id, email).await?;
    let is_taken = members::has_email(app, community.id, email).await?
        || waiting.is_some_and(|other| !but.contains(&other.id));
    Ok(is_taken.then(email_taken))
}

/// Whether a moderator has to say yes to somebody with this e-mail address who comes from this network address, if that
/// is known, whatever else is asked; an error where the community does not take them in.
pub(super) async fn is_doubted(
    app: &App,
    community: &Community,
    email: &str,
    from: Option<IpAddr>,
) -> Result<bool, NotIn> {
    let Some(block) = sign_up_blocks::meeting(app, community.id, email, from).await? else {
        return Ok(false);
    };
    match (block.severity, block.kind) {
        (Severity::Approval, _) => Ok(true),
        (_, sign_up_blocks::Kind::Network) => Err(NotIn::Other(Error::Forbidden(
            "nobody joins from your network address; use another network, or write to the moderators".to_owned(),
        ))),
        (_, sign_up_blocks::Kind::Email) => {
            let why = "is not taken here; write to the moderators";
            Err(NotIn::Faults(vec![Fault::of("email", "ERR_BLOCKED", why)]))
        }
        (_, sign_up_blocks::Kind::Provider) => {
            let why = "is not taken here; use one of another provider";
            Err(NotIn::Faults(vec![Fault::of("email", "ERR_BLOCKED", why)]))
        }
    }
}

pub(super) fn name_taken() -> Fault {
    Fault::of("username", "ERR_TAKEN", "is taken; choose another")
}

pub(super) fn email_taken() -> Fault {
    let why = "belongs to a member already; sign in instead";
    Fault::of("email", "ERR_TAKEN", why)
}

fn password(password: &str) -> Option<Fault> {
    let Err(Error::Invalid { why, .. }) = members::check_password(password) else {
        return None;
    };
    let code = match password.len() {
        0 => "ERR_BLANK",
        1..=100 => "ERR_TOO_SHORT",
        _ => "ERR_TOO_LONG",
    };
    Some(Fault::of("password", code, why))
}

fn reason(app: &App, community: &Community, new: &NewSignUp, is_invited: bool) -> Option<Fault> {
    let reason = new.reason.trim();
    if reason.chars().count() > LONGEST_REASON {
        let why = format!("must have at most {LONGEST_REASON} characters");
        return Some(Fault::of("reason", "ERR_TOO_LONG", why));
    }
    let is_asked =
        community.sign_up == SignUp::Approval && app.config.sign_up.ask_reason && !is_invited;
    (is_asked && reason.is_empty()).then(|| {
        let why = "is empty; say why you want to join, for the moderators to read";
        Fault::of("reason", "ERR_BLANK", why)
    })
}

/// Whether somebody is old enough by the day they name, which is looked at and not kept.
fn age(app: &App, day: &str) -> Option<Fault> {
    let least = app.config.sign_up.min_age;
    if least == 0 {
        return None;
    }
    let fault = |code, why: &str| Some(Fault::of("date_of_birth", code, why));
    let day = day.trim();
    if day.is_empty() {
        return fault("ERR_BLANK", "is missing; it is looked at once and not kept");
    }
    let today = clock::date_of(app.now_ms());
    // What jiff reads besides a day is no day of birth.
    let born: Option<Date> = day
        .get(..10)
        .filter(|_| day.len() == 10)
        .and_then(|day| day.parse().ok());
    let Some(born) = born.filter(|born| *born <= today) else {
        return fault("ERR_INVALID", "must be a day such as 1990-05-31");
    };
    let years = whole_years(born, today);
    if years > OLDEST_YEARS {
        return fault("ERR_INVALID", "must be a day such as 1990-05-31");
    }
    (years < i16::try_from(least).unwrap_or(i16::MAX)).then(|| {
        let why = format!("must be at least {least} years ago: only then can you join");
        Fault::of("date_of_birth", "ERR_BELOW_LIMIT", why)
    })
}

/// The years that somebody counts who was born then. Whoever was born on 29 February is a year older on 1 March.
fn whole_years(born: Date, today: Date) -> i16 {
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    today.year() - born.year() - i16::from(!had_birthday)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::whole_years;

    #[test]
    fn years_are_counted_by_birthdays() {
        for (born, today, years) in [
            (date(2010, 5, 5), date(2026, 5, 4), 15),
            (date(2010, 5, 5), date(2026, 5, 5), 16),
            (date(2008, 2, 29), date(2024, 2, 28), 15),
            (date(2008, 2, 29), date(2026, 2, 28), 17),
            (date(2008, 2, 29), date(2026, 3, 1), 18),
        ] {
            assert_eq!(whole_years(born, today), years, "{born} at {today}");
        }
    }
}
