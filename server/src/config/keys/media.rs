//! Pictures, sound and film.

use std::path::PathBuf;

use comity_vocab::Domain;

use super::{Key, Kind, not_empty, number, switch};

pub(super) const KEYS: &[Key] = &[
    Key {
        name: "media.host",
        about: "A name of its own for pictures and other files, as in \"media.example.org\": then no page is served under\n\
                it, and no file under the names of communities. It must lead to this server like theirs.",
        kind: Kind::Text,
        default: "",
        take: |config, text| {
            config.media.host = match text {
                "" => None,
                text => Some(Domain::parse(text).map_err(
                    |_| "must be the name of a host, as in \"media.example.org\", or nothing",
                )?),
            };
            Ok(())
        },
    },
    Key {
        name: "media.largest_picture_mb",
        about: "The largest picture that members may send, in MiB.",
        kind: Kind::Number,
        default: "16",
        take: |config, text| {
            config.media.largest_picture = number::<u64>(text, 1, 64)? << 20;
            Ok(())
        },
    },
    Key {
        name: "media.largest_film_mb",
        about: "The largest sound or film that members may send, and that is copied from other servers, in MiB.",
        kind: Kind::Number,
        default: "99",
        take: |config, text| {
            config.media.largest_film = number::<u64>(text, 1, 1024)? << 20;
            Ok(())
        },
    },
    Key {
        name: "media.cache_mb",
        about: "How much room copies of pictures, sound and film from other servers take, in MiB. What nobody looked at for\n\
                longest goes first; a sound or film takes at most a quarter.",
        kind: Kind::Number,
        default: "1024",
        take: |config, text| {
            config.media.largest_cache = number::<u64>(text, 16, 1_000_000)? << 20;
            Ok(())
        },
    },
    Key {
        name: "media.ffmpeg",
        about: "The command that reads sound, film and moving pictures; ffprobe has to lie beside it. Where there is none,\n\
                or this is empty, only pictures that stand still are taken.",
        kind: Kind::Text,
        default: "ffmpeg",
        take: |config, text| {
            text.clone_into(&mut config.media.ffmpeg);
            Ok(())
        },
    },
    Key {
        name: "media.s3.endpoint",
        about: "A server that speaks S3 and keeps all files instead of the disk, as in \"https://s3.example.org\"; empty for\n\
                none. Readers never see it: files go through Comity, which asks each time who may have them.",
        kind: Kind::Text,
        default: "",
        take: |config, text| {
            let is_address = text.starts_with("https://") || text.starts_with("http://");
            if !text.is_empty() && !is_address {
                return Err(
                    "must be an address, as in \"https://s3.example.org\", or nothing".to_owned(),
                );
            }
            text.clone_into(&mut config.media.bucket.endpoint);
            Ok(())
        },
    },
    Key {
        name: "media.s3.bucket",
        about: "The name of the bucket there. It is not made: make it before, and let nobody read it without a key.",
        kind: Kind::Text,
        default: "",
        take: |config, text| {
            text.clone_into(&mut config.media.bucket.name);
            Ok(())
        },
    },
    Key {
        name: "media.s3.region",
        about: "The region it is in; servers of one's own take any word.",
        kind: Kind::Text,
        default: "us-east-1",
        take: |config, text| {
            not_empty(text, "the name of a region")?.clone_into(&mut config.media.bucket.region);
            Ok(())
        },
    },
    Key {
        name: "media.s3.path_style",
        about: "Whether the bucket stands in the path, as in s3.example.org/bucket; false for bucket.s3.example.org.",
        kind: Kind::Switch,
        default: "true",
        take: |config, text| {
            config.media.bucket.in_path = switch(text)?;
            Ok(())
        },
    },
    Key {
        name: "media.s3.access_key",
        about: "The name of a key that may look at the bucket, and read, write and delete in it.",
        kind: Kind::Text,
        default: "",
        take: |config, text| {
            text.clone_into(&mut config.media.bucket.access_key);
            Ok(())
        },
    },
    Key {
        name: "media.s3.secret_key",
        about: "The key itself.",
        kind: Kind::Text,
        default: "",
        take: |config, text| {
            text.clone_into(&mut config.media.bucket.secret_key);
            Ok(())
        },
    },
    Key {
        name: "media.s3.secret_key_file",
        about: "A file with that key in its first line, instead of the key above.",
        kind: Kind::Text,
        default: "",
        take: |config, text| {
            config.media.bucket.secret_key_file = (!text.is_empty()).then(|| PathBuf::from(text));
            Ok(())
        },
    },
];
