//! Every way round the seal that we could think of, each of which must not compile.

#[test]
fn no_way_round_the_seal_compiles() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/seal/honest.rs");
    cases.compile_fail("tests/seal/round_*.rs");
}
