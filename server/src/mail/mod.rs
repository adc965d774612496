//! Letters: plain text, handed to the one mail server that the operator chose, which is the only socket they open. Who
//! writes one is a feature; when it goes is the queue's to say.

pub mod command;

use std::net::IpAddr;
use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use crate::app::App;
use crate::communities::Community;
use crate::config::{self, ConfigError, Mail, MailTls};
use crate::http::token::Token;

/// A mail server that does not answer for so long will not: shorter than a job may run.
const ANSWERS_WITHIN: Duration = Duration::from_secs(20);
/// A letter whose server does not take it for so long is no longer waited for. A job is tried some ten times until then.
pub const TRIED_FOR_MS: i64 = 24 * 3_600_000;

/// A letter.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Where it goes.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

/// Why a letter did not go, to be written into logs and beside jobs: of whom it was for, it tells the domain alone.
#[derive(Debug, thiserror::Error)]
pub enum NotSent {
    /// Another try makes no sense.
    #[error("{0}")]
    Never(String),
    /// The mail server cannot be reached, or wants us to come again.
    #[error("{0}")]
    NotNow(String),
}

/// The way to the mail server.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Address,
}

impl Mailer {
    /// As it is set; none where no server is named. Nothing is sent by this.
    pub fn open(mail: &Mail) -> Result<Option<Mailer>, ConfigError> {
        if mail.server.is_empty() {
            return Ok(None);
        }
        let from = mail.from.parse().map_err(|_| {
            ConfigError::new(
                "mail.server is set and mail.from is not: name the address that letters come from, as in \
                 \"comity@example.org\"",
            )
        })?;
        let trust = || {
            TlsParameters::new(mail.server.clone()).map_err(|why| {
                ConfigError::new(format!(
                    "could not prepare to speak with {} in secret: {why}",
                    mail.server
                ))
            })
        };
        let tls = match mail.tls {
            MailTls::Whole => Tls::Wrapper(trust()?),
            MailTls::Start => Tls::Required(trust()?),
            MailTls::None => Tls::None,
        };
        let domain = mail.from.rsplit('@').next().unwrap_or_default().to_owned();
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(mail.server.as_str())
                .port(mail.port)
                .tls(tls)
                .hello_name(ClientId::Domain(domain))
                .timeout(Some(ANSWERS_WITHIN));
        if !mail.user.is_empty() {
            if mail.tls == MailTls::None && !is_on_this_machine(&mail.server) {
                return Err(ConfigError::new(
                    "mail.tls is \"none\" and mail.user is set: the password would go through the net in the open; \
                     set mail.tls to \"starttls\" or \"tls\"",
                ));
            }
            builder = builder.credentials(Credentials::new(mail.user.clone(), password(mail)?));
        }
        Ok(Some(Mailer {
            transport: builder.build(),
            from,
        }))
    }
}

fn is_on_this_machine(server: &str) -> bool {
    let address = server.trim_start_matches('[').trim_end_matches(']');
    server == "localhost" || address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

fn password(mail: &Mail) -> Result<String, ConfigError> {
    let in_file = config::first_line("mail.password_file", mail.password_file.as_deref())?;
    Ok(in_file.unwrap_or_else(|| mail.password.clone()))
}

/// Whether letters are sent from here at all.
pub fn is_on(app: &App) -> bool {
    app.mailer.is_some()
}

/// Hands one letter over, in the name of a community. What it says goes out as it stands: whoever calls knows that its
/// reader may read it.
pub async fn send(app: &App, community: &Community, letter: &Letter) -> Result<(), NotSent> {
    match hand_over(app, community, letter).await {
        Ok(()) => Ok(()),
        Err(Failed::Before(why)) => Err(why),
        Err(Failed::There(why)) => {
            let domain = letter.to.rsplit('@').next().unwrap_or_default();
            let told = format!(
                "the mail server did not take a letter to {domain}: {}",
                kind_of(&why)
            );
            // A name or password that is wrong is the operator's to mend, and the letter may go after that.
            let code = why.status().map(u16::from).unwrap_or_default();
            if why.is_permanent() && !matches!(code, 530 | 534 | 535 | 538) {
                Err(NotSent::Never(told))
            } else {
                Err(NotSent::NotNow(told))
            }
        }
    }
}

/// Where it failed.
enum Failed {
    /// Nothing was said to the mail server.
    Before(NotSent),
    /// What the mail server said, or what kept us from it. Servers repeat addresses.
    There(smtp::Error),
}

async fn hand_over(app: &App, community: &Community, letter: &Letter) -> Result<(), Failed> {
    let Some(mailer) = &app.mailer else {
        let why = "no mail server is set".to_owned();
        return Err(Failed::Before(NotSent::Never(why)));
    };
    let message = message(app, community, mailer, letter).map_err(Failed::Before)?;
    let sent = mailer.transport.send(message).await;
    sent.map(|_| ()).map_err(Failed::There)
}

/// Hands one letter over for whoever tries the way of letters; the error is told to them with the mail server's own words.
pub(crate) async fn try_out(
    app: &App,
    community: &Community,
    letter: &Letter,
) -> Result<(), String> {
    match hand_over(app, community, letter).await {
        Ok(()) => Ok(()),
        Err(Failed::Before(why)) => Err(why.to_string()),
        Err(Failed::There(why)) => Err(format!("the mail server did not take a letter: {why}")),
    }
}

/// What went wrong, without what the mail server wrote.
fn kind_of(why: &smtp::Error) -> String {
    match why.status() {
        Some(code) => format!("it answered {}", u16::from(code)),
        None if why.is_timeout() => "it did not answer in time".to_owned(),
        None if why.is_response() => "its answer could not be read".to_owned(),
        None if why.is_client() => "it cannot do what is asked of it".to_owned(),
        None => "it could not be reached, or broke off".to_owned(),
    }
}

fn message(
    app: &App,
    community: &Community,
    mailer: &Mailer,
    letter: &Letter,
) -> Result<Message, NotSent> {
    let never = |why: String| NotSent::Never(format!("a letter could not be written: {why}"));
    let to: Address = letter.to.parse().map_err(|_| {
        NotSent::Never("a letter has an address that no mail server reads".to_owned())
    })?;
    let now_ms = u64::try_from(app.now_ms()).unwrap_or_default();
    let id = Token::random().map_err(|why| never(why.to_string()))?;
    let id = format!("<{}@{}>", id.reveal(), mailer.from.domain());
    let builder: MessageBuilder = Message::builder()
        .from(Mailbox::new(
            Some(community.name.clone()),
            mailer.from.clone(),
        ))
        .to(Mailbox::new(None, to))
        .subject(one_line(&letter.subject))
        .date(UNIX_EPOCH + Duration::from_millis(now_ms))
        .message_id(Some(id))
        .header(AutoSubmitted)
        .header(ContentType::TEXT_PLAIN);
    builder
        .body(letter.text.clone())
        .map_err(|why| never(why.to_string()))
}

/// What a name holds may not begin another line of the head.
fn one_line(text: &str) -> String {
    text.split(char::is_control)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// No machine answers it (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(AutoSubmitted)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    use super::*;

    fn told(settings: &str) -> Result<bool, String> {
        let config = Config::from_text("comity.toml", settings, Vec::new()).unwrap();
        Mailer::open(&config.mail)
            .map(|mailer| mailer.is_some())
            .map_err(|why| why.to_string())
    }

    #[test]
    fn a_way_that_cannot_work_is_told_at_the_start() {
        assert_eq!(told(""), Ok(false));
        let server = "[mail]\nserver = \"mail.example.org\"\n";
        assert!(told(server).unwrap_err().contains("mail.from"));
        let from = "from = \"comity@example.org\"\n";
        assert_eq!(told(&format!("{server}{from}")), Ok(true));
        let open = "tls = \"none\"\nuser = \"comity\"\npassword = \"secret\"\n";
        let why = told(&format!("{server}{from}{open}")).unwrap_err();
        assert!(
            why.contains("in the open") && !why.contains("secret"),
            "{why}"
        );
        let file = "user = \"comity\"\npassword_file = \"/nowhere/at/all\"\n";
        let why = told(&format!("{server}{from}{file}")).unwrap_err();
        assert!(why.contains("/nowhere/at/all"), "{why}");
    }
}
