//! A town of the demo: one whole installation on a port of this machine.

use std::path::Path;
use std::sync::Arc;

use comity_policy::{Pattern, PersonId, Scope, Stance};
use comity_vocab::Domain;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::people::{BIGCORP, TOWNS, TownPlan};
use super::screen::Screen;
use crate::app::App;
use crate::clock::Clock;
use crate::communities::{self, Community, Settings};
use crate::config::Config;
use crate::error::Result;
use crate::rules::{self, NewRule, Source};
use crate::serve::{self, CannotStart};

/// A place for a town: its port is taken, and nobody answers there yet.
pub(super) struct Plot {
    pub plan: &'static TownPlan,
    pub port: u16,
    listener: TcpListener,
}

impl Plot {
    /// What people type.
    pub fn address(&self) -> String {
        format!("http://{}:{}", self.plan.host, self.port)
    }
}

/// Takes three ports from `first` on, or any three for 0.
pub(super) async fn claim(first: u16) -> Result<Vec<Plot>, CannotStart> {
    let mut plots = Vec::with_capacity(TOWNS.len());
    for (plan, after) in TOWNS.iter().zip(0_u16..) {
        let wanted = match first {
            0 => Some(0),
            first => first.checked_add(after),
        };
        let wanted = wanted.ok_or_else(|| {
            CannotStart::because(format!(
                "there are no three ports from {first} on: name a smaller one with --port"
            ))
        })?;
        let taken = |error: std::io::Error| {
            CannotStart::because(match error.kind() {
                std::io::ErrorKind::AddrInUse => format!(
                    "port {wanted} of this machine is in use: stop what listens there, or name the first of three \
                     free ports with --port"
                ),
                _ => format!(
                    "could not listen on port {wanted} of this machine: {error}; name another with --port"
                ),
            })
        };
        let listener = TcpListener::bind(("127.0.0.1", wanted))
            .await
            .map_err(taken)?;
        let port = listener.local_addr().map_err(taken)?.port();
        plots.push(Plot {
            plan,
            port,
            listener,
        });
    }
    Ok(plots)
}

/// One of the three, answering.
pub(super) struct Town {
    pub app: App,
    pub community: Arc<Community>,
    pub plan: &'static TownPlan,
    serving: JoinHandle<()>,
    watching: JoinHandle<()>,
}

impl Town {
    /// Founds it, sets its rules and lets it answer until `stopped` turns true.
    pub async fn open(
        plot: Plot,
        folder: &Path,
        screen: &Screen,
        stopped: watch::Receiver<bool>,
    ) -> Result<Town, CannotStart> {
        let Plot {
            plan,
            port,
            listener,
        } = plot;
        let app = Box::pin(serve::start(config(plan, port, folder)?, Clock::system())).await?;
        let community = app
            .communities
            .load()
            .first()
            .expect("an installation that started has a community");
        let settings = Settings {
            description: plan.description.to_owned(),
            rules_text: plan.rules_text.to_owned(),
            sign_up: plan.sign_up,
            ..Settings::of(&community)
        };
        let community = communities::change_settings(&app, community.id, settings).await?;
        if let Some((stance, reason)) = plan.about_bigcorp {
            rules::set(
                &app,
                about_bigcorp(rules::of_community(&community), stance, reason),
            )
            .await?;
        }
        let watching = tokio::spawn(screen.clone().watch(app.crossings.listen()));
        let serving = tokio::spawn(serve::serve(app.clone(), listener, stopped));
        Ok(Town {
            app,
            community,
            plan,
            serving,
            watching,
        })
    }

    /// Returns when it has stopped answering.
    pub async fn ended(self) {
        if let Err(error) = self.serving.await {
            tracing::warn!(%error, "a town of the demo ended badly");
        }
        self.watching.abort();
    }
}

/// A rule about Bigcorp, by whoever `scope` speaks for.
pub(super) fn about_bigcorp(scope: Scope, stance: Stance, reason: &str) -> NewRule {
    let set_by = match scope {
        Scope::Member(PersonId(id), _) => Some(id),
        _ => None,
    };
    let bigcorp = Domain::parse(BIGCORP).expect("a name under localhost is a domain");
    NewRule {
        reason_public: Some(reason.to_owned()),
        set_by,
        ..NewRule::about(scope, Pattern::Domain(bigcorp), stance, Source::Person)
    }
}

/// Settings of the town alone: what the machine's own settings say does not count here.
fn config(plan: &TownPlan, port: u16, folder: &Path) -> Result<Config, CannotStart> {
    let host = plan.host;
    let text = format!(
        "domain = \"{host}:{port}\"\nname = \"{}\"\nlisten = \"127.0.0.1:{port}\"\n\
         [federation.testing]\nallow_http = true\nallow_loopback = true\n",
        plan.name
    );
    let mut config = Config::from_text("the demo's settings", &text, Vec::new())?;
    // Not as TOML: a path may hold anything.
    config.data_dir = folder.join(plan.name.to_lowercase());
    Ok(config)
}
