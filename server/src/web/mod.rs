//! What all pages share: the frame around them, the style and the script.

pub mod site;
pub mod time;
pub mod view;

use std::sync::LazyLock;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use comity_policy::Visible;

use crate::accounts::Account;
use crate::accounts::entity::{emojis_at_home, emojis_of_name, portrait};
use crate::app::App;
use crate::communities::{Community, SignUp};
use crate::emojis::Shown;
use crate::error::{Error, Result};
use crate::http::{Path, Reply, Visit};
use crate::media::address::RemotePart;
use crate::media::portrait::Portrait;
use crate::members::Role;
use crate::web::view::{Frame, NavItem, PersonView, hue_of, initials_of};
use crate::{contacts, emojis, invitations, notifications};

/// A file that pages need, with its kind.
struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

const ASSETS: &[Asset] = &[
    Asset {
        name: "style.css",
        kind: "text/css; charset=utf-8",
        bytes: include_bytes!("style.css"),
    },
    Asset {
        name: "live.js",
        kind: "text/javascript; charset=utf-8",
        bytes: include_bytes!("live.js"),
    },
    // For the two pages that use passkeys.
    Asset {
        name: "passkeys.js",
        kind: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../passkeys/passkeys.js"),
    },
    Asset {
        name: "icons.svg",
        kind: "image/svg+xml",
        bytes: include_bytes!("icons.svg"),
    },
    // For apps, which want a picture of everybody; our pages draw initials.
    Asset {
        name: "no-avatar.png",
        kind: "image/png",
        bytes: include_bytes!("no-avatar.png"),
    },
    Asset {
        name: "no-header.png",
        kind: "image/png",
        bytes: include_bytes!("no-header.png"),
    },
];

/// Letters of the stamp: enough that two versions never share it.
const STAMP_LENGTH: usize = 12;

/// Changes when a file does; part of every link to one.
static STAMP: LazyLock<String> = LazyLock::new(|| {
    let mut all = digest::Context::new(&digest::SHA256);
    for asset in ASSETS {
        all.update(asset.bytes);
    }
    URL_SAFE_NO_PAD
        .encode(all.finish())
        .chars()
        .take(STAMP_LENGTH)
        .collect()
});

/// `GET /assets/{name}`
pub async fn asset(Path(name): Path<String>) -> Result<Reply> {
    named(&name)
}

/// `GET /avatars/original/missing.png`
pub async fn no_avatar() -> Result<Reply> {
    named("no-avatar.png")
}

/// `GET /headers/original/missing.png`
pub async fn no_header() -> Result<Reply> {
    named("no-header.png")
}

fn named(name: &str) -> Result<Reply> {
    let asset = ASSETS
        .iter()
        .find(|asset| asset.name == name)
        .ok_or(Error::NotFound)?;
    Ok(Reply::asset(asset.bytes, asset.kind))
}

/// What surrounds a page for this visit.
pub async fn frame(app: &App, visit: &Visit, title: &str, current: NavItem) -> Result<Frame> {
    let mut frame = bare_frame(visit, title);
    frame.current = current;
    frame.csrf = visit.csrf()?;
    frame.source_url.clone_from(&app.config.source_url);
    if let Some(me) = &visit.me {
        frame.viewer = Some(person_view(&me.account, &visit.community));
        frame.may_invite = invitations::may(&me.community, &me.member);
        frame.may_moderate = me.member.role >= Role::Moderator;
        frame.unread = notifications::unread(app, me).await?;
        frame.waiting = contacts::count(app, &me.account).await?;
    }
    Ok(frame)
}

/// The frame without anything that must be asked for; what is left when something is broken.
pub fn bare_frame(visit: &Visit, title: &str) -> Frame {
    Frame {
        title: title.to_owned(),
        community: visit.community.name.clone(),
        here: visit.here.clone(),
        notice: visit.notice.clone(),
        sign_up_open: matches!(visit.community.sign_up, SignUp::Open | SignUp::Approval),
        trends: visit.community.trends,
        stamp: STAMP.clone(),
        icon: own_file(&visit.community.look.icon),
        source_url: "/about".to_owned(),
        texts: visit.community.texts,
        ..Frame::default()
    }
}

/// Somebody's name and face, as people of `here` see them. It holds nothing that is behind the gate: codes in the names of
/// people elsewhere stay codes, and their faces letters.
pub fn person_view(account: &Account, here: &Community) -> PersonView {
    let avatar = account.avatar_url.as_deref();
    PersonView {
        avatar: avatar.filter(|_| account.is_local()).and_then(own_file),
        ..with_emojis(account, here, &emojis_at_home(account, here))
    }
}

/// The same with their picture and those in their name, for whoever was cleared to see this of them.
pub fn cleared_view<T>(account: &Account, of_them: &Visible<T>, here: &Community) -> PersonView {
    PersonView {
        avatar: picture(
            account,
            account.avatar_url.as_deref(),
            of_them,
            here,
            Portrait::Avatar,
        ),
        ..with_emojis(account, here, &emojis_of_name(account, of_them, here))
    }
}

/// The path of a picture of somebody, which they have at `url`: of who lives here the file, of others our copy, which stands
/// still. None where a rule drops pictures.
pub fn picture<T>(
    account: &Account,
    url: Option<&str>,
    of_them: &Visible<T>,
    here: &Community,
    which: Portrait,
) -> Option<String> {
    if account.is_local() {
        return own_file(url?);
    }
    let copy = portrait(account, (which, url?), of_them, here, RemotePart::Small)?;
    Some(emojis::html::path(&copy).to_owned())
}

fn with_emojis(account: &Account, here: &Community, in_name: &[Shown]) -> PersonView {
    let lives_here = account.domain == here.domain;
    let handle = account.handle().to_string();
    PersonView {
        id: account.id,
        name_html: emojis::html::in_plain(&account.display_name, in_name),
        initials: initials_of(
            &emojis::html::without(&account.display_name, in_name),
            &account.username,
        ),
        name: account.display_name.clone(),
        handle_local: account.username.clone(),
        server: (!lives_here).then(|| account.domain.unicode()),
        url: profile_path(account, here),
        hue: hue_of(&handle),
        avatar: None,
    }
}

/// The path of a picture that we keep. Loading one from elsewhere would tell that server who reads here.
pub fn own_file(url: &str) -> Option<String> {
    let path = url.splitn(4, '/').nth(3)?;
    let is_own = path.starts_with("media/") && !path.starts_with("media/remote/");
    is_own.then(|| format!("/{path}"))
}

/// Where somebody's profile is on the pages of `here`.
pub fn profile_path(account: &Account, here: &Community) -> String {
    if account.domain == here.domain {
        format!("/@{}", account.username)
    } else {
        format!("/@{}@{}", account.username, account.domain)
    }
}
