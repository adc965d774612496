//! The PostgreSQL cluster that all test processes share.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tokio::sync::OnceCell;

use super::{block_on, command};

/// What the names of the tests' databases begin with; the process that made it follows.
pub(super) const PREFIX: &str = "comity_test_";

/// No test needs its data after a power cut; deadlocks are provoked, and should be noticed soon.
const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
jit = off
max_connections = 400
deadlock_timeout = '100ms'
timezone = 'UTC'
";

/// Where to make databases: the server named in the environment, or the shared cluster, which is
/// started if it is not running.
pub(super) async fn admin_url() -> String {
    static URL: OnceCell<String> = OnceCell::const_new();
    let url = URL.get_or_init(|| async {
        if let Ok(url) = std::env::var("COMITY_TEST_POSTGRES") {
            return url;
        }
        let started = tokio::task::spawn_blocking(started);
        started.await.expect("the cluster can be started")
    });
    url.await.clone()
}

struct Cluster {
    directory: PathBuf,
    /// Whom its processes run as: PostgreSQL refuses root.
    user: Option<User>,
}

struct User {
    uid: u32,
    gid: u32,
}

/// Finds the cluster running, or starts it. Blocks.
fn started() -> String {
    // One cluster for each checkout, so that two of them do not meet.
    let mut hasher = DefaultHasher::new();
    env!("CARGO_MANIFEST_DIR").hash(&mut hasher);
    let directory = std::env::temp_dir().join(format!("comity-postgres-{:016x}", hasher.finish()));
    let lock = File::create(directory.with_extension("lock"))
        .expect("the temporary directory can be written to");
    lock.lock().expect("the lock file can be locked");
    let cluster = Cluster {
        directory,
        user: other_than_root(),
    };
    if let Some(url) = cluster.answering() {
        drop_abandoned(&url);
        return url;
    }
    if !cluster.data().join("PG_VERSION").exists() || !cluster.start() {
        cluster.create();
        assert!(
            cluster.start(),
            "PostgreSQL does not start; see {}",
            cluster.log().display()
        );
    }
    cluster.answering().expect("a started cluster answers")
}

impl Cluster {
    fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    fn log(&self) -> PathBuf {
        self.directory.join("log")
    }

    /// The cluster's URL, if it is this one that answers there.
    fn answering(&self) -> Option<String> {
        let port = fs::read_to_string(self.directory.join("port")).ok()?;
        let url = format!("postgres://postgres@127.0.0.1:{}/postgres", port.trim());
        let data = block_on(command(&url, "SHOW data_directory")).ok()?;
        (data.first().map(Path::new) == Some(&self.data())).then_some(url)
    }

    fn create(&self) {
        if self.directory.exists() {
            fs::remove_dir_all(&self.directory).expect("the old cluster can be removed");
        }
        let made = fs::DirBuilder::new().mode(0o700).create(&self.directory);
        made.expect("the temporary directory can be written to");
        if let Some(user) = &self.user {
            chown(&self.directory, Some(user.uid), Some(user.gid))
                .expect("root may give a directory away");
        }
        let data = self.data();
        let data = data
            .to_str()
            .expect("the temporary directory's name is UTF-8");
        let made = self.run(
            "initdb",
            &[
                "-D",
                data,
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
            ],
        );
        assert!(made, "initdb failed; see {}", self.log().display());
        let conf = self.data().join("postgresql.conf");
        let text = fs::read_to_string(&conf).expect("initdb wrote its settings");
        fs::write(&conf, text + SETTINGS).expect("the settings can be written");
    }

    fn start(&self) -> bool {
        let port = free_port();
        fs::write(self.directory.join("port"), port.to_string())
            .expect("the cluster's directory can be written to");
        let (data, log) = (self.data(), self.log());
        let (Some(data), Some(log)) = (data.to_str(), log.to_str()) else {
            return false;
        };
        self.run(
            "pg_ctl",
            &[
                "-D",
                data,
                "-l",
                log,
                "-w",
                "-t",
                "60",
                "-o",
                &format!("-p {port}"),
                "start",
            ],
        )
    }

    fn run(&self, program: &str, arguments: &[&str]) -> bool {
        let program = find(program);
        let mut run = if self.user.is_some() {
            let mut run = Command::new("runuser");
            run.args(["-u", "postgres", "--"]).arg(program);
            run
        } else {
            Command::new(program)
        };
        // The server that pg_ctl starts keeps these; a test runner would wait for it to let go of
        // its own.
        let log = || {
            fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(self.directory.join("setup.log"))
        };
        run.args(arguments)
            .current_dir(&self.directory)
            .stdin(Stdio::null())
            .stdout(log().expect("the cluster's directory can be written to"))
            .stderr(log().expect("the cluster's directory can be written to"))
            .status()
            .is_ok_and(|status| status.success())
    }
}

/// Drops what tests left behind that were killed.
fn drop_abandoned(url: &str) {
    let names = block_on(command(url, "SELECT datname FROM pg_database")).unwrap_or_default();
    for name in names {
        let Some((process, _)) = name
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split_once('_'))
        else {
            continue;
        };
        if !Path::new("/proc").join(process).exists() {
            // Another process may be dropping it as well.
            let _dropped_meanwhile = block_on(command(
                url,
                &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            ));
        }
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener
        .local_addr()
        .expect("a bound socket has an address")
        .port()
}

/// The newest of this program: in `PATH`, or where Debian keeps it.
fn find(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(versions) = fs::read_dir("/usr/lib/postgresql") {
        let mut versions: Vec<PathBuf> = versions.flatten().map(|version| version.path()).collect();
        versions.sort_by_key(|version| {
            let name = version.file_name().and_then(|name| name.to_str());
            std::cmp::Reverse(name.and_then(|name| name.parse::<u32>().ok()))
        });
        places.extend(versions.into_iter().map(|version| version.join("bin")));
    }
    let found = places
        .into_iter()
        .map(|place| place.join(program))
        .find(|program| program.exists());
    found.unwrap_or_else(|| {
        panic!(
            "PostgreSQL's program {program} is neither in PATH nor in /usr/lib/postgresql: install the package \
             postgresql, or set COMITY_TEST_POSTGRES=postgres://user:password@host/database"
        )
    })
}

/// The user `postgres`, if we are root.
fn other_than_root() -> Option<User> {
    let ours = fs::metadata("/proc/self").map(|process| process.uid());
    if ours.ok() != Some(0) {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let user = users.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let ["postgres", _, uid, gid, ..] = fields[..] else {
            return None;
        };
        Some(User {
            uid: uid.parse().ok()?,
            gid: gid.parse().ok()?,
        })
    });
    Some(user.expect(
        "PostgreSQL refuses to run as root, and there is no user postgres: install the package postgresql, \
         or run the tests as another user",
    ))
}
