//! Every setting: what it decides, what it is when nobody says, and how a wrong value is told.
//!
//! A setting comes from `comity.toml`, or from the environment as `COMITY__KEY` or `COMITY__SECTION__KEY`, which wins.
//! Both, the checks and the printed example are made from the one list in [`keys`].

pub mod keys;
mod read;
mod suggest;

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use comity_objects::Place;
use comity_vocab::Domain;

/// The file that is read when none is named and it is there.
pub const DEFAULT_FILE: &str = "comity.toml";

/// What the names of environment variables begin with.
const ENVIRONMENT: &str = "COMITY__";

/// Settings, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where everything is kept that is kept in files.
    pub data_dir: PathBuf,
    /// `sqlite:PATH` or `postgres://…`; empty means a file in `data_dir`.
    pub database: String,
    /// The address that is listened on.
    pub listen: SocketAddr,
    /// The domain of the first community.
    pub domain: Domain,
    /// Whether somebody chose it; otherwise it is the default.
    pub domain_is_set: bool,
    /// The name of the first community.
    pub name: String,
    /// Proxies whose word is taken for the name and the address of a request.
    pub trusted_proxy: Vec<IpAddr>,
    /// Where the source of this program can be had.
    pub source_url: String,
    /// What is logged, as `tracing` filters are written.
    pub log: String,
    /// How we meet other servers.
    pub federation: Federation,
    /// How much is let through.
    pub limits: Limits,
    /// Pictures, sound and film.
    pub media: Media,
    /// How letters go out.
    pub mail: Mail,
    /// What people are asked who want to join.
    pub sign_up: AtSignUp,
    /// Makes an RSA key, as [`comity_wire::generate_rsa`] does. No setting: for tests, which start hundreds of
    /// installations, and most of whose time would go into looking for primes.
    pub make_rsa: fn() -> (Vec<u8>, Vec<u8>),
}

/// What people are asked who want to join.
#[derive(Clone, Debug)]
pub struct AtSignUp {
    /// Years that somebody has to be old; 0 for any.
    pub min_age: u32,
    /// Where moderators say yes, they want to read why.
    pub ask_reason: bool,
}

/// How letters go out: to one server, which brings them on.
#[derive(Clone)]
pub struct Mail {
    /// Its name; empty where no letters are sent.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// How the way to it is kept secret.
    pub tls: MailTls,
    /// The name we sign in with; empty for none.
    pub user: String,
    /// The password.
    pub password: String,
    /// A file that holds the password instead.
    pub password_file: Option<PathBuf>,
    /// Whom letters come from: an address.
    pub from: String,
}

impl std::fmt::Debug for Mail {
    /// Without the password: settings are printed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail")
            .field("server", &self.server)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .field("user", &self.user)
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

/// How the way to the mail server is kept secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTls {
    /// From the first byte on.
    Whole,
    /// Asked for in the open (STARTTLS); without it nothing is sent.
    Start,
    /// Not at all.
    None,
}

/// Pictures, sound and film.
#[derive(Clone, Debug)]
pub struct Media {
    /// The name under which files are served, where that is another one.
    pub host: Option<Domain>,
    /// Bytes of the largest picture that is taken.
    pub largest_picture: u64,
    /// Bytes of the largest sound or film that is taken, or copied.
    pub largest_film: u64,
    /// Bytes of all copies of files from elsewhere together.
    pub largest_cache: u64,
    /// The ffmpeg command; empty for none.
    pub ffmpeg: String,
    /// Where files are kept instead of the disk.
    pub bucket: InBucket,
    /// The program that is started to open files; this one, where none is named. No setting: for tests, which are
    /// programs of their own.
    pub worker: Option<PathBuf>,
}

impl Media {
    /// Bytes of the largest file of any kind.
    pub fn largest(&self) -> u64 {
        self.largest_picture.max(self.largest_film)
    }
}

/// A bucket of an S3 server.
#[derive(Clone)]
pub struct InBucket {
    /// The address of the server; empty where files are on the disk.
    pub endpoint: String,
    /// The name of the bucket.
    pub name: String,
    /// Its region.
    pub region: String,
    /// Whether the bucket stands in the path.
    pub in_path: bool,
    /// The name of the key.
    pub access_key: String,
    /// The key.
    pub secret_key: String,
    /// A file that holds the key instead.
    pub secret_key_file: Option<PathBuf>,
}

impl std::fmt::Debug for InBucket {
    /// Without the key: settings are printed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InBucket")
            .field("endpoint", &self.endpoint)
            .field("name", &self.name)
            .field("region", &self.region)
            .field("in_path", &self.in_path)
            .field("access_key", &self.access_key)
            .finish_non_exhaustive()
    }
}

impl InBucket {
    /// The bucket with its key, where there is one.
    pub fn place(&self) -> Result<Option<Place>, ConfigError> {
        if self.endpoint.is_empty() {
            return Ok(None);
        }
        let secret_key = first_line("media.s3.secret_key_file", self.secret_key_file.as_deref())?
            .unwrap_or_else(|| self.secret_key.clone());
        for (name, value) in [
            ("bucket", &self.name),
            ("access_key", &self.access_key),
            ("secret_key", &secret_key),
        ] {
            if value.is_empty() {
                return Err(ConfigError(format!(
                    "media.s3.endpoint is set and media.s3.{name} is empty: set both, or neither"
                )));
            }
        }
        Ok(Some(Place {
            endpoint: self.endpoint.clone(),
            bucket: self.name.clone(),
            region: self.region.clone(),
            in_path: self.in_path,
            access_key: self.access_key.clone(),
            secret_key,
        }))
    }
}

/// How we meet other servers.
#[derive(Clone, Debug)]
pub struct Federation {
    /// Told to other servers with every request, so that their admins can reach a person.
    pub contact: String,
    /// Requests to one server at the same time.
    pub per_host: usize,
    /// Days after which a delivery that keeps failing is given up.
    pub give_up_days: u32,
    /// Relaxations for servers that stand on one machine.
    pub testing: Testing,
}

/// Relaxations for servers that stand on one machine; refused for public domains.
#[derive(Clone, Debug, Default)]
pub struct Testing {
    /// Speak plain HTTP with other servers.
    pub allow_http: bool,
    /// Speak with servers on this machine.
    pub allow_loopback: bool,
    /// A certificate authority to believe besides the usual ones, as a PEM file.
    pub extra_ca: Option<PathBuf>,
}

impl Testing {
    /// Whether anything is relaxed.
    pub fn any(&self) -> bool {
        self.allow_http || self.allow_loopback || self.extra_ca.is_some()
    }
}

/// How much is let through.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections open at the same time.
    pub connections: usize,
    /// Characters of a post.
    pub post_characters: u32,
    /// Tries to sign in, for one address and for one account, within five minutes.
    pub sign_in_tries: u32,
    /// New members from one address within an hour.
    pub sign_ups: u32,
    /// Look-ups of people and posts of other servers by one member within a minute.
    pub lookups: u32,
    /// Requests of one member's apps within five minutes; whoever has no token may send a fifth of it from one address.
    pub api_requests: u32,
    /// Posts and boosts of one member within three hours.
    pub posts: u32,
    /// People whom one member begins to follow within a day.
    pub follows: u32,
    /// Posts and boosts that one member takes away within half an hour.
    pub deletes: u32,
    /// Activities that one server may send within a second, on average.
    pub inbox_per_host: u32,
}

/// Why the settings cannot be used: one sentence with the key, the value and the remedy.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

impl ConfigError {
    /// `sentence` names the key, the value and the remedy.
    pub fn new(sentence: impl Into<String>) -> ConfigError {
        ConfigError(sentence.into())
    }
}

impl Config {
    /// Reads the file (`comity.toml` in the working directory, if `file` is `None` and it is there), then the
    /// environment.
    pub fn load(file: Option<&Path>) -> Result<Config, ConfigError> {
        let text = match file {
            Some(path) => Some((path, read(path)?)),
            None if Path::new(DEFAULT_FILE).exists() => {
                Some((Path::new(DEFAULT_FILE), read(Path::new(DEFAULT_FILE))?))
            }
            None => None,
        };
        let name = text.as_ref().map_or(DEFAULT_FILE.to_owned(), |(path, _)| {
            path.display().to_string()
        });
        let environment = std::env::vars_os()
            .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Config::from_text(
            &name,
            text.as_ref().map_or("", |(_, text)| text),
            environment,
        )
    }

    /// The defaults, then `text` (called `name` in errors), then `environment`.
    pub fn from_text(
        name: &str,
        text: &str,
        environment: Vec<(String, String)>,
    ) -> Result<Config, ConfigError> {
        let mut config = keys::defaults()?;
        for (key, value) in read::read_toml(name, text)? {
            read::set(&mut config, &key, &value, name)?;
        }
        for (variable, value) in environment {
            let Some(path) = variable.strip_prefix(ENVIRONMENT) else {
                continue;
            };
            let key = path.to_ascii_lowercase().replace("__", ".");
            read::set(
                &mut config,
                &key,
                &value,
                &format!("the environment ({variable})"),
            )?;
        }
        config.check(&config.domain)?;
        Ok(config)
    }

    /// Whether `domain` may be served with these settings; asked for each community at start.
    pub fn check(&self, domain: &Domain) -> Result<(), ConfigError> {
        if self.federation.testing.any() && !is_for_testing(domain) {
            return Err(ConfigError(format!(
                "federation.testing is set, and {domain} is a public domain: remove the section \
                 [federation.testing], or serve a domain that ends in localhost or .test"
            )));
        }
        Ok(())
    }

    /// The address of the database, with the default filled in.
    pub fn database_url(&self) -> String {
        if self.database.is_empty() {
            format!("sqlite:{}", self.data_dir.join("comity.db").display())
        } else {
            self.database.clone()
        }
    }

    /// The file that the database is, on SQLite.
    pub fn database_file(&self) -> Option<PathBuf> {
        let url = self.database_url();
        let path = url.strip_prefix("sqlite:")?;
        Some(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
    }
}

/// What `comity config example` prints: every key with what it decides, at its default.
pub fn example() -> String {
    let mut text = String::from(
        "# Comity's settings. Every key is at its default: uncomment what you change.\n\
         # The environment wins over this file: COMITY__LISTEN, COMITY__FEDERATION__CONTACT, …\n",
    );
    let mut section = "";
    for key in keys::all() {
        let (here, name) = key.name.rsplit_once('.').unwrap_or(("", key.name));
        if here != section {
            section = here;
            let _ = writeln!(text, "\n[{here}]");
        }
        text.push('\n');
        for line in key.about.lines() {
            let _ = writeln!(text, "# {line}");
        }
        let _ = writeln!(text, "#{name} = {}", key.written_default());
    }
    text
}

/// `http` for names of this machine, where nobody can have a certificate; `https` otherwise.
pub fn scheme(domain: &Domain) -> &'static str {
    if is_loopback(domain) { "http" } else { "https" }
}

/// A name or address of this machine: `localhost`, `*.localhost`, `127.x`, `[::1]`.
pub fn is_loopback(domain: &Domain) -> bool {
    let host = domain.host();
    let address = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>();
    host == "localhost"
        || host.ends_with(".localhost")
        || address.is_ok_and(|address| address.is_loopback())
}

/// A name that no stranger can reach.
fn is_for_testing(domain: &Domain) -> bool {
    is_loopback(domain) || domain.host().rsplit('.').next() == Some("test")
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|error| {
        ConfigError(format!(
            "could not read the settings in {}: {error}; name another file with --config",
            path.display()
        ))
    })
}

/// A secret that stands in a file, where the setting `key` names one.
pub fn first_line(key: &str, file: Option<&Path>) -> Result<Option<String>, ConfigError> {
    let Some(file) = file else {
        return Ok(None);
    };
    let text = std::fs::read_to_string(file).map_err(|why| {
        ConfigError(format!(
            "{key} is \"{}\", which cannot be read: {why}",
            file.display()
        ))
    })?;
    Ok(Some(text.lines().next().unwrap_or_default().to_owned()))
}

#[cfg(test)]
mod tests;
