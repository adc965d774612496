//! How letters go out.

use std::path::PathBuf;

use comity_vocab::Domain;

use super::super::MailTls;
use super::{Key, Kind, number};

pub(super) const KEYS: &[Key] = &[
    Key {
        name: "mail.server",
        about: "The mail server that letters are handed to, as in \"mail.example.org\"; empty for none. Without it\n\
                nobody confirms an address, and who forgot their password has to ask the operator.",
        kind: Kind::Text,
        default: "",
        take: |config, text| {
            if !text.is_empty() && Domain::parse(text).is_err() {
                return Err(
                    "must be the name of a host, as in \"mail.example.org\", or nothing".to_owned(),
                );
            }
            text.clone_into(&mut config.mail.server);
            Ok(())
        },
    },
    Key {
        name: "mail.port",
        about: "Its port: 587 with starttls and 465 with tls are usual.",
        kind: Kind::Number,
        default: "587",
        take: |config, text| {
            config.mail.port = number(text, 1, 65_535)?;
            Ok(())
        },
    },
    Key {
        name: "mail.tls",
        about: "How the way to it is kept secret: starttls, tls (from the first byte on), or none, which is for a server\n\
                on this machine.",
        kind: Kind::Text,
        default: "starttls",
        take: |config, text| {
            config.mail.tls = match text {
                "starttls" => MailTls::Start,
                "tls" => MailTls::Whole,
                "none" => MailTls::None,
                _ => return Err("must be starttls, tls or none".to_owned()),
            };
            Ok(())
        },
    },
    Key {
        name: "mail.user",
        about: "The name to sign in with there; empty where it asks for none.",
        kind: Kind::Text,
        default: "",
        take: |config, text| {
            text.clone_into(&mut config.mail.user);
            Ok(())
        },
    },
    Key {
        name: "mail.password",
        about: "The password for it.",
        kind: Kind::Text,
        default: "",
        take: |config, text| {
            text.clone_into(&mut config.mail.password);
            Ok(())
        },
    },
    Key {
        name: "mail.password_file",
        about: "A file with that password in its first line, instead of the key above.",
        kind: Kind::Text,
        default: "",
        take: |config, text| {
            config.mail.password_file = (!text.is_empty()).then(|| PathBuf::from(text));
            Ok(())
        },
    },
    Key {
        name: "mail.from",
        about: "Whom letters come from: an address, as in \"comity@example.org\". It stands behind the community's name.",
        kind: Kind::Text,
        default: "",
        take: |config, text| {
            if !text.is_empty() && text.parse::<lettre::Address>().is_err() {
                return Err("must be an address, as in \"comity@example.org\"".to_owned());
            }
            text.clone_into(&mut config.mail.from);
            Ok(())
        },
    },
];
