//! Signatures that others made, and examples of the two specifications.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::*;

fn own_fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The larger collection beside the repository; without it the shorter one in the tree will do.
fn shared_fixture(name: &str) -> Option<Value> {
    let path: PathBuf = [
        env!("CARGO_MANIFEST_DIR"),
        "../../../shared/fixtures/signatures",
        name,
    ]
    .iter()
    .collect();
    let Ok(bytes) = std::fs::read(path) else {
        println!("left out: shared signature fixture {name} is not here");
        return None;
    };
    Some(serde_json::from_slice(&bytes).unwrap())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn check_cases(file: &Value) {
    let now_ms = file["clock"].as_i64().unwrap() * 1000;
    for case in file["cases"].as_array().unwrap() {
        let name = text(&case["name"]);
        let mut headers = HeaderMap::new();
        for (header, value) in case["request"]["headers"].as_object().unwrap() {
            headers.insert(
                HeaderName::from_bytes(header.as_bytes()).unwrap(),
                HeaderValue::from_str(text(value)).unwrap(),
            );
        }
        let request = Request {
            method: text(&case["request"]["method"]),
            target: text(&case["request"]["path"]),
            scheme: "https",
            authority: "local.example",
            headers: &headers,
            body: case["request"]["body"]
                .as_str()
                .unwrap_or_default()
                .as_bytes(),
        };
        let pem = match case["key"].as_str() {
            Some("ed25519") => &file["ed25519_public_pem"],
            _ => &file["rsa_public_pem"],
        };
        let key = PublicKey {
            id: iri(text(&file["key_id"])),
            owner: iri(text(&file["key_owner"])),
            key: KeyMaterial::from_pem(text(pem)).unwrap(),
        };
        let outcome = read_claim(&request, now_ms)
            .and_then(|claim| claim.check(&request, &key, &SeenSignatures::new(), now_ms));
        match text(&case["expect"]) {
            "accept" => assert!(outcome.is_ok(), "{name}: {outcome:?}"),
            "reject" => assert!(outcome.is_err(), "{name} was accepted"),
            _ => {}
        }
    }
}

#[test]
fn recorded_requests_come_out_as_stated() {
    check_cases(&own_fixture("signature-cases.json"));
    if let Some(file) = shared_fixture("http-signature-cases.json") {
        check_cases(&file);
    }
}

/// A raw HTTP/1 message, as far as the fixtures need it.
fn raw_message(text: &str) -> (Sent, String) {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let mut first = lines.next().unwrap().split(' ');
    let method = match first.next().unwrap() {
        "GET" => "GET",
        _ => "POST",
    };
    let target = first.next().unwrap().to_owned();
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(':').unwrap();
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_str(value.trim()).unwrap(),
        );
    }
    let authority = headers
        .get("host")
        .map_or("example.com", |host| host.to_str().unwrap())
        .to_owned();
    let sent = Sent {
        method,
        target,
        authority,
        headers,
        body: body.trim_end_matches('\n').as_bytes().to_vec(),
    };
    (sent, head.to_owned())
}

#[test]
fn the_ed25519_example_of_rfc_9421_verifies_but_covers_too_little() {
    let file = own_fixture("rfc9421-b26.json");
    let (sent, _) = raw_message(text(&file["signed_message"]));
    // The key id of the example is no address, so the parts are put together by hand.
    let input = sent.get("signature-input");
    let (_, params) = input.split_once('=').unwrap();
    let components = [
        "date",
        "@method",
        "@path",
        "@authority",
        "content-type",
        "content-length",
    ]
    .map(str::to_owned);
    let base = rfc9421::base(&components, params, &sent.request()).unwrap();
    assert_eq!(base, text(&file["signature_base"]));

    let signature = sent.get("signature");
    let signature = signature
        .strip_prefix("sig-b26=:")
        .and_then(|rest| rest.strip_suffix(':'))
        .unwrap();
    let signature = STANDARD.decode(signature).unwrap();
    let key = KeyMaterial::from_pem(text(&file["public_pem"])).unwrap();
    assert!(is_signed_by(&key, base.as_bytes(), &signature));
    assert!(read_claim(&sent.request(), 1_618_884_475_000).is_err());
}

#[test]
fn signature_bases_of_rfc_9421_are_rebuilt_byte_for_byte() {
    let Some(file) = shared_fixture("rfc9421-appendix-b.json") else {
        return;
    };
    let mut rebuilt = Vec::new();
    for case in file["cases"].as_array().unwrap() {
        let Some(expected) = case["signature_base"].as_str() else {
            continue;
        };
        if text(&case["kind"]) != "request" {
            continue;
        }
        let (sent, _) = raw_message(text(&case["signed_message"]));
        assert!(
            read_claim(&sent.request(), 1_618_884_475_000).is_err(),
            "no example covers what we ask for, or names its key by address"
        );
        let input = sent.get("signature-input");
        let (_, params) = input.split_once('=').unwrap();
        let names = params[1..params.find(')').unwrap()].split_ascii_whitespace();
        let components: Vec<String> = names
            .map(|name| name.trim_matches('"').to_owned())
            .collect();
        if components.iter().any(|name| name.contains(';')) {
            continue; // B.2.2 covers "@query-param", which we refuse.
        }
        let base = rfc9421::base(&components, params, &sent.request()).unwrap();
        assert_eq!(base, expected);
        rebuilt.push(text(&case["id"]).to_owned());
    }
    assert_eq!(rebuilt, ["b21", "b23", "b25", "b26"]);
}

#[test]
fn odd_messages_of_the_draft_are_refused() {
    let Some(file) = shared_fixture("draft-cavage-messages.json") else {
        return;
    };
    for (name, message) in file["messages"].as_object().unwrap() {
        let (sent, head) = raw_message(text(message));
        let refused = read_claim(&sent.request(), NOW).unwrap_err();
        let signed = head.contains("Authorization: Signature");
        assert_eq!(refused == Distrust::Unsigned, !signed, "{name}: {refused}");
    }
}

/// Requests that Python's `apsig` and `http-message-signatures` signed, some of them spoilt afterwards; made once with
/// `tests/peers/signatures.py --sign`.
#[test]
fn requests_signed_by_libraries_of_others_come_out_as_stated() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/signed-by-libraries.jsonl");
    let lines = std::fs::read_to_string(path).unwrap();
    let mut accepted = 0;
    for line in lines.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let mut headers = HeaderMap::new();
        for (header, value) in case["headers"].as_object().unwrap() {
            headers.insert(
                HeaderName::from_bytes(header.as_bytes()).unwrap(),
                HeaderValue::from_str(text(value)).unwrap(),
            );
        }
        let target = text(&case["url"]).strip_prefix("http://localhost:3000");
        let request = Request {
            method: text(&case["method"]),
            target: target.unwrap(),
            scheme: "http",
            authority: "localhost:3000",
            headers: &headers,
            body: text(&case["body"]).as_bytes(),
        };
        let key = PublicKey {
            id: iri("http://a.test/#key"),
            owner: iri("http://a.test/"),
            key: KeyMaterial::from_pem(text(&case["key"])).unwrap(),
        };
        let now_ms = case["now_ms"].as_i64().unwrap();
        let outcome = read_claim(&request, now_ms)
            .and_then(|claim| claim.check(&request, &key, &SeenSignatures::new(), now_ms));
        let expected = case["expect"].as_bool().unwrap();
        assert_eq!(outcome.is_ok(), expected, "{}: {outcome:?}", case["name"]);
        accepted += u32::from(expected);
    }
    assert_eq!(accepted, 10, "both schemes, both kinds of key");
}
