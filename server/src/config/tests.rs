use super::*;

fn read(text: &str) -> Result<Config, String> {
    Config::from_text("comity.toml", text, Vec::new()).map_err(|error| error.to_string())
}

#[test]
fn nothing_said_means_one_community_on_this_machine() {
    let config = read("").unwrap();
    assert_eq!(config.domain.as_str(), "localhost:8420");
    assert_eq!(config.listen.to_string(), "127.0.0.1:8420");
    assert!(config.database_url().starts_with("sqlite:"));
    assert!(!config.federation.testing.any());
}

#[test]
fn the_printed_example_says_every_default_and_reads_back() {
    let uncommented: String = example()
        .lines()
        .map(|line| {
            line.strip_prefix('#')
                .filter(|rest| !rest.starts_with(' '))
                .unwrap_or(line)
        })
        .fold(String::new(), |text, line| text + line + "\n");
    let mut said = read(&uncommented).unwrap();
    assert!(said.domain_is_set);
    said.domain_is_set = false;
    assert_eq!(format!("{said:?}"), format!("{:?}", read("").unwrap()));
}

#[test]
fn errors_name_the_key_the_value_and_the_remedy() {
    for (text, expected) in [
        (
            "listen = \"8420\"",
            "listen is \"8420\" in comity.toml; it must be an address and a port, as in \"127.0.0.1:8420\"",
        ),
        (
            "listen = 8420",
            "listen is 8420 in comity.toml; it must be text in quotes",
        ),
        (
            "[federation]\nper_host = 0",
            "federation.per_host is \"0\" in comity.toml; it must be a whole number from 1 to 64",
        ),
        (
            "domian = \"a.example\"",
            "there is no setting domian, named in comity.toml: did you mean domain?",
        ),
        (
            "per_host = 3",
            "there is no setting per_host, named in comity.toml: did you mean federation.per_host?",
        ),
        (
            "[billing]\nserver = \"x\"",
            "there is no setting billing, named in comity.toml: run `comity config example` for those there are",
        ),
        (
            "domain = \"https://a.example\"",
            "domain is \"https://a.example\" in comity.toml; it must be a host name without https://, as in \"harbour.example\"",
        ),
    ] {
        assert_eq!(read(text).unwrap_err(), expected);
    }
}

#[test]
fn the_environment_wins_and_is_checked_alike() {
    let set = |key: &str, value: &str| {
        Config::from_text(
            "comity.toml",
            "name = \"File\"",
            vec![(key.to_owned(), value.to_owned())],
        )
        .map_err(|error| error.to_string())
    };
    assert_eq!(set("COMITY__NAME", "Harbour").unwrap().name, "Harbour");
    assert!(
        set("COMITY__FEDERATION__TESTING__ALLOW_HTTP", "true")
            .unwrap()
            .federation
            .testing
            .allow_http
    );
    assert_eq!(
        set("COMITY__LISTN", "x").unwrap_err(),
        "there is no setting listn, named in the environment (COMITY__LISTN): did you mean listen?"
    );
}

#[test]
fn relaxations_are_refused_for_a_public_domain() {
    let relaxed = |domain: &str| {
        read(&format!(
            "domain = \"{domain}\"\n[federation.testing]\nallow_http = true"
        ))
    };
    assert!(
        relaxed("harbour.example")
            .unwrap_err()
            .contains("public domain")
    );
    for domain in [
        "localhost:8420",
        "alpha.localhost:8421",
        "harbour.test",
        "127.0.0.1:9000",
        "[::1]:9000",
    ] {
        assert!(relaxed(domain).is_ok(), "{domain}");
    }
}
