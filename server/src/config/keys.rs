//! The list of settings. Reading ([`super::read`]), checking and the printed example are all made from it.

mod mail;
mod media;

use std::path::PathBuf;

use comity_vocab::{Domain, Iri};

use super::{
    AtSignUp, Config, ConfigError, Federation, InBucket, Limits, Mail, MailTls, Media, Testing,
};

/// One setting.
pub struct Key {
    /// `key`, or `section.key`.
    pub name: &'static str,
    /// What it decides, for the person who edits the file.
    pub about: &'static str,
    /// How the value is written in TOML.
    pub(super) kind: Kind,
    /// The value when nobody says, as text.
    pub(super) default: &'static str,
    /// Puts the value in its place, or tells what a good one looks like: "must be …".
    pub(super) take: fn(&mut Config, &str) -> Result<(), String>,
}

/// How a value is written in TOML.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Switch,
}

impl Kind {
    pub(super) fn words(self) -> &'static str {
        match self {
            Kind::Text => "text in quotes",
            Kind::Number => "a whole number",
            Kind::Switch => "true or false",
        }
    }
}

impl Key {
    /// The default as TOML writes it.
    pub fn written_default(&self) -> String {
        match self.kind {
            Kind::Text => toml::Value::String(self.default.to_owned()).to_string(),
            Kind::Number | Kind::Switch => self.default.to_owned(),
        }
    }
}

/// Every setting, section by section.
pub fn all() -> impl Iterator<Item = &'static Key> {
    [FIRST, media::KEYS, mail::KEYS, SIGN_UP]
        .into_iter()
        .flatten()
}

/// The installation itself, how it meets others, and how much is let through.
const FIRST: &[Key] = &[
    Key {
        name: "data_dir",
        about: "The folder for everything that is kept in files. It is made if it is not there.",
        kind: Kind::Text,
        default: "./comity-data",
        take: |config, text| {
            config.data_dir = PathBuf::from(not_empty(text, "a folder")?);
            Ok(())
        },
    },
    Key {
        name: "database",
        about: "The database: empty for a file in data_dir, or \"sqlite:PATH\", or \"postgres://USER@HOST/NAME\".",
        kind: Kind::Text,
        default: "",
        take: |config, text| {
            let known = ["sqlite:", "postgres://", "postgresql://"];
            if !text.is_empty() && !known.iter().any(|scheme| text.starts_with(scheme)) {
                return Err(
                    "must be empty, \"sqlite:PATH\" or \"postgres://USER@HOST/NAME\"".to_owned(),
                );
            }
            text.clone_into(&mut config.database);
            Ok(())
        },
    },
    Key {
        name: "listen",
        about: "The address and port to listen on. Put a proxy that speaks HTTPS in front of it.",
        kind: Kind::Text,
        default: "127.0.0.1:8420",
        take: |config, text| {
            config.listen = text
                .parse()
                .map_err(|_| "must be an address and a port, as in \"127.0.0.1:8420\"")?;
            Ok(())
        },
    },
    Key {
        name: "domain",
        about: "The domain of the first community, as in its members' handles. It cannot be changed later.",
        kind: Kind::Text,
        default: "localhost:8420",
        take: |config, text| {
            config.domain = Domain::parse(text)
                .map_err(|_| "must be a host name without https://, as in \"harbour.example\"")?;
            config.domain_is_set = true;
            Ok(())
        },
    },
    Key {
        name: "name",
        about: "The name of the first community, when it is made; `comity community set` changes it.",
        kind: Kind::Text,
        default: "Comity",
        take: |config, text| {
            not_empty(text, "a name")?.clone_into(&mut config.name);
            Ok(())
        },
    },
    Key {
        name: "trusted_proxy",
        about: "Addresses of proxies, separated by commas. From them, and only from them, the headers\n\
                X-Forwarded-Host and X-Forwarded-For are believed.",
        kind: Kind::Text,
        default: "",
        take: |config, text| {
            config.trusted_proxy = text
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(|part| {
                    part.parse().map_err(
                        |_| "must be addresses separated by commas, as in \"127.0.0.1, ::1\"",
                    )
                })
                .collect::<Result<_, _>>()?;
            Ok(())
        },
    },
    Key {
        name: "source_url",
        about: "Where the source of the program you run can be had; every page links there, because the licence (AGPL)\n\
                asks for it. If you change the program, publish your source and put its address here.",
        kind: Kind::Text,
        default: "/about#source",
        take: |config, text| {
            if !text.starts_with('/') && Iri::parse(text).is_err() {
                return Err(
                    "must be an address that begins with https:// or, on this server, with /"
                        .to_owned(),
                );
            }
            text.clone_into(&mut config.source_url);
            Ok(())
        },
    },
    Key {
        name: "log",
        about: "What is logged: error, warn, info, debug or trace, or a filter such as \"info,comity::delivery=debug\".",
        kind: Kind::Text,
        default: "info",
        take: |config, text| {
            tracing_subscriber::EnvFilter::try_new(text)
                .map_err(|_| "must be error, warn, info, debug, trace or a filter such as \"info,comity=debug\"")?;
            text.clone_into(&mut config.log);
            Ok(())
        },
    },
    Key {
        name: "federation.contact",
        about: "Told to other servers with every request, so that their admins can reach a person:\n\
                an address of a page or an e-mail address.",
        kind: Kind::Text,
        default: "",
        take: |config, text| {
            if text.len() > 200 || text.chars().any(char::is_control) {
                return Err("must be one line of at most 200 characters".to_owned());
            }
            text.clone_into(&mut config.federation.contact);
            Ok(())
        },
    },
    Key {
        name: "federation.per_host",
        about: "Requests to one other server at the same time.",
        kind: Kind::Number,
        default: "4",
        take: |config, text| {
            config.federation.per_host = number(text, 1, 64)?;
            Ok(())
        },
    },
    Key {
        name: "federation.give_up_days",
        about: "Days after which a delivery that keeps failing is given up.",
        kind: Kind::Number,
        default: "7",
        take: |config, text| {
            config.federation.give_up_days = number(text, 1, 90)?;
            Ok(())
        },
    },
    Key {
        name: "federation.testing.allow_http",
        about: "Speak plain HTTP with other servers. Only for trying things out: Comity does not start with it when a\n\
                community's domain is public. The same holds for the other keys of this section.",
        kind: Kind::Switch,
        default: "false",
        take: |config, text| {
            config.federation.testing.allow_http = switch(text)?;
            Ok(())
        },
    },
    Key {
        name: "federation.testing.allow_loopback",
        about: "Speak with servers on this machine and in private networks.",
        kind: Kind::Switch,
        default: "false",
        take: |config, text| {
            config.federation.testing.allow_loopback = switch(text)?;
            Ok(())
        },
    },
    Key {
        name: "federation.testing.extra_ca",
        about: "A file with certificates (PEM) of an authority to believe besides the usual ones.",
        kind: Kind::Text,
        default: "",
        take: |config, text| {
            config.federation.testing.extra_ca = (!text.is_empty()).then(|| PathBuf::from(text));
            Ok(())
        },
    },
    Key {
        name: "limits.connections",
        about: "Connections open at the same time.",
        kind: Kind::Number,
        default: "4096",
        take: |config, text| {
            config.limits.connections = number(text, 16, 1_000_000)?;
            Ok(())
        },
    },
    Key {
        name: "limits.post_characters",
        about: "Characters of a post.",
        kind: Kind::Number,
        default: "5000",
        take: |config, text| {
            config.limits.post_characters = number(text, 100, 20_000)?;
            Ok(())
        },
    },
    Key {
        name: "limits.sign_in_tries",
        about: "Tries to sign in within five minutes, for one address and for one account.",
        kind: Kind::Number,
        default: "10",
        take: |config, text| {
            config.limits.sign_in_tries = number(text, 1, 10_000)?;
            Ok(())
        },
    },
    Key {
        name: "limits.sign_ups",
        about: "New members from one address within an hour.",
        kind: Kind::Number,
        default: "5",
        take: |config, text| {
            config.limits.sign_ups = number(text, 1, 10_000)?;
            Ok(())
        },
    },
    Key {
        name: "limits.lookups",
        about: "Look-ups of people and posts of other servers by one member within a minute.",
        kind: Kind::Number,
        default: "30",
        take: |config, text| {
            config.limits.lookups = number(text, 1, 10_000)?;
            Ok(())
        },
    },
    Key {
        name: "limits.api_requests",
        about: "Requests of one member's apps within five minutes, and of whoever has no token from one address a fifth\n\
                of that.",
        kind: Kind::Number,
        default: "1500",
        take: |config, text| {
            config.limits.api_requests = number(text, 50, 10_000_000)?;
            Ok(())
        },
    },
    Key {
        name: "limits.posts",
        about: "Posts and boosts of one member within three hours.",
        kind: Kind::Number,
        default: "300",
        take: |config, text| {
            config.limits.posts = number(text, 1, 10_000_000)?;
            Ok(())
        },
    },
    Key {
        name: "limits.follows",
        about: "People whom one member begins to follow within a day.",
        kind: Kind::Number,
        default: "400",
        take: |config, text| {
            config.limits.follows = number(text, 1, 10_000_000)?;
            Ok(())
        },
    },
    Key {
        name: "limits.deletes",
        about: "Posts and boosts that one member takes away within half an hour.",
        kind: Kind::Number,
        default: "30",
        take: |config, text| {
            config.limits.deletes = number(text, 1, 10_000_000)?;
            Ok(())
        },
    },
    Key {
        name: "limits.inbox_per_host",
        about: "Activities that one other server may send within a second, on average.",
        kind: Kind::Number,
        default: "100",
        take: |config, text| {
            config.limits.inbox_per_host = number(text, 1, 100_000)?;
            Ok(())
        },
    },
];

/// What people are asked who want to join.
const SIGN_UP: &[Key] = &[
    Key {
        name: "sign_up.min_age",
        about: "Years that somebody has to be old to join; 0 for any. They are asked for the day of their birth, which is\n\
                looked at once and not kept.",
        kind: Kind::Number,
        default: "0",
        take: |config, text| {
            config.sign_up.min_age = number(text, 0, 120)?;
            Ok(())
        },
    },
    Key {
        name: "sign_up.ask_reason",
        about: "Where moderators say yes to whoever joins, they want to read why; false makes that a free choice.",
        kind: Kind::Switch,
        default: "true",
        take: |config, text| {
            config.sign_up.ask_reason = switch(text)?;
            Ok(())
        },
    },
];

/// The settings when nobody says anything.
pub(super) fn defaults() -> Result<Config, ConfigError> {
    let mut config = Config {
        data_dir: PathBuf::new(),
        database: String::new(),
        listen: ([127, 0, 0, 1], 0).into(),
        domain: Domain::parse("localhost").map_err(|error| ConfigError::new(error.to_string()))?,
        domain_is_set: false,
        name: String::new(),
        trusted_proxy: Vec::new(),
        source_url: String::new(),
        log: String::new(),
        federation: Federation {
            contact: String::new(),
            per_host: 0,
            give_up_days: 0,
            testing: Testing::default(),
        },
        limits: Limits {
            connections: 0,
            post_characters: 0,
            sign_in_tries: 0,
            sign_ups: 0,
            lookups: 0,
            api_requests: 0,
            posts: 0,
            follows: 0,
            deletes: 0,
            inbox_per_host: 0,
        },
        media: Media {
            host: None,
            largest_picture: 0,
            largest_film: 0,
            largest_cache: 0,
            ffmpeg: String::new(),
            bucket: InBucket {
                endpoint: String::new(),
                name: String::new(),
                region: String::new(),
                in_path: true,
                access_key: String::new(),
                secret_key: String::new(),
                secret_key_file: None,
            },
            worker: None,
        },
        make_rsa: comity_wire::generate_rsa,
        mail: Mail {
            server: String::new(),
            port: 0,
            tls: MailTls::Start,
            user: String::new(),
            password: String::new(),
            password_file: None,
            from: String::new(),
        },
        sign_up: AtSignUp {
            min_age: 0,
            ask_reason: false,
        },
    };
    for key in all() {
        (key.take)(&mut config, key.default)
            .map_err(|why| ConfigError::new(format!("{} {why}", key.name)))?;
    }
    config.domain_is_set = false;
    Ok(config)
}

fn not_empty<'a>(text: &'a str, what: &str) -> Result<&'a str, String> {
    if text.trim().is_empty() {
        Err(format!("must be {what}"))
    } else {
        Ok(text)
    }
}

fn number<T: TryFrom<u64>>(text: &str, least: u64, most: u64) -> Result<T, String> {
    text.parse::<u64>()
        .ok()
        .filter(|number| (least..=most).contains(number))
        .and_then(|number| T::try_from(number).ok())
        .ok_or_else(|| format!("must be a whole number from {least} to {most}"))
}

fn switch(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| "must be true or false".to_owned())
}
