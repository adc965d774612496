//! Requests as we sign them, one a line as JSON, for libraries of others to judge:
//! `cargo run -p comity-wire --example signed_requests | python tests/peers/signatures.py`.
//!
//! Both schemes, both kinds of key, with a body and without, and each once more with something changed on the way.

use comity_vocab::Iri;
use comity_wire::{Scheme, SigningKey, generate_ed25519, generate_rsa, sign};
use serde_json::{Map, Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

const BODY: &str = r#"{"id":"https://harbour.example/likes/1","type":"Like","content":"Ahoi ⛵️"}"#;

fn main() {
    let id = Iri::parse("https://harbour.example/users/ines#main-key").expect("is an address");
    let (rsa_private, rsa_spki) = generate_rsa();
    let (ed_private, ed_public) = generate_ed25519();
    let rsa = SigningKey::rsa(id.clone(), &rsa_private).expect("was just made");
    let ed25519 = SigningKey::ed25519(id, &ed_private).expect("was just made");
    // An Ed25519 key in SPKI is the algorithm's name and the bare key (RFC 8410, section 4).
    let ed_spki = [
        &[
            0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
        ],
        &ed_public[..],
    ]
    .concat();

    for (kind, key, pem) in [
        ("RSA", rsa, pem(&rsa_spki)),
        ("Ed25519", ed25519, pem(&ed_spki)),
    ] {
        for scheme in [Scheme::Cavage, Scheme::Rfc9421] {
            // No library here takes draft-cavage with Ed25519, and no server known to us sends it.
            if kind == "Ed25519" && scheme == Scheme::Cavage {
                continue;
            }
            for method in ["GET", "POST"] {
                let request = signed(method, kind, &key, &pem, scheme);
                println!("{request}");
                for (what, field, value) in [
                    (
                        "another path",
                        "url",
                        json!("https://meadow.example/elsewhere"),
                    ),
                    ("another host", "url", json!("https://other.example/inbox")),
                    ("another body", "body", json!("{}")),
                ] {
                    // What a GET carries is signed by nobody; and draft-cavage signs the host as the header has it.
                    let by_header = scheme == Scheme::Cavage && what == "another host";
                    if (method == "GET" && field == "body") || by_header {
                        continue;
                    }
                    let mut spoilt = request.clone();
                    spoilt["name"] = json!(format!(
                        "{}: {what}",
                        request["name"].as_str().unwrap_or_default()
                    ));
                    spoilt[field] = value;
                    spoilt["expect"] = json!(false);
                    println!("{spoilt}");
                }
            }
        }
    }
}

fn signed(method: &str, kind: &str, key: &SigningKey, pem: &str, scheme: Scheme) -> Value {
    let address = Iri::parse("https://meadow.example/inbox").expect("is an address");
    let body = if method == "POST" { BODY } else { "" };
    let sent = (method == "POST").then_some(body.as_bytes());
    let headers = sign(method, &address, sent, key, scheme, now_ms());
    let mut all = Map::new();
    all.insert("host".to_owned(), json!("meadow.example"));
    for (name, value) in &headers {
        all.insert(
            name.to_string(),
            json!(value.to_str().expect("we write ASCII")),
        );
    }
    json!({
        "name": format!("comity, {method}, {}, {kind}", scheme.as_str()),
        "scheme": if scheme == Scheme::Cavage { "draft-cavage" } else { "rfc9421" },
        "method": method,
        "url": address.as_str(),
        "headers": all,
        "body": body,
        "key": pem,
    })
}

fn pem(spki_der: &[u8]) -> String {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(spki_der);
    format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n")
}

#[allow(
    clippy::disallowed_methods,
    reason = "the libraries that judge look at the clock of the machine"
)]
fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("is past 1970");
    i64::try_from(since.as_millis()).expect("is before the year 292 million")
}
