//! Encrypted connections to PostgreSQL, when the URL asks for them.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Where Debian, Fedora and Alpine keep the certificates they trust.
const SYSTEM_ROOTS: [&str; 3] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
];

/// Takes `sslrootcert=PATH` out of a URL, since the driver refuses options it does not know.
pub(crate) fn split_root(url: &str) -> (String, Option<String>) {
    let Ok(mut parsed) = url::Url::parse(url) else {
        return (url.to_owned(), None);
    };
    let mut root = None;
    let mut rest = Vec::new();
    for (name, value) in parsed.query_pairs() {
        if name == "sslrootcert" {
            root = Some(value.into_owned());
        } else {
            rest.push((name.into_owned(), value.into_owned()));
        }
    }
    if root.is_none() {
        return (url.to_owned(), None);
    }
    parsed.set_query(None);
    if !rest.is_empty() {
        parsed.query_pairs_mut().extend_pairs(rest);
    }
    (parsed.to_string(), root)
}

/// Makes connections whose certificate is checked against the file, or against the system's
/// certificates. The error finishes "could not open the database …: ".
pub(crate) fn connector(root: Option<&str>) -> Result<MakeRustlsConnect, String> {
    let file = match root {
        Some(path) => Path::new(path),
        None => SYSTEM_ROOTS
            .iter()
            .map(Path::new)
            .find(|path| path.exists())
            .ok_or("no trusted certificates were found: install ca-certificates, or name a file with sslrootcert=")?,
    };
    let unreadable = |why: &dyn std::fmt::Display| {
        format!(
            "the certificates in {} cannot be read: {why}",
            file.display()
        )
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| unreadable(&error))? {
        // A system's bundle may hold a certificate that rustls does not take; the others still
        // serve.
        let _taken = roots.add(certificate.map_err(|error| unreadable(&error))?);
    }
    if roots.is_empty() {
        return Err(unreadable(&"there is none in it"));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
