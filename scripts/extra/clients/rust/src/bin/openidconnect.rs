//! Reads the metadata and keys of the gateway with the openidconnect crate, and verifies an issued
//! token of `typ: JWT` with them. The crate fails if a member that OpenID Connect Discovery requires
//! is missing.
use std::process::ExitCode;
use std::str::FromStr;

use openidconnect::core::{CoreIdToken, CoreIdTokenVerifier, CoreProviderMetadata};
use openidconnect::{reqwest, ClientId, IssuerUrl, Nonce};

fn main() -> ExitCode {
    match check() {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

fn check() -> Result<String, String> {
    let variable = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
    let issuer = IssuerUrl::new(variable("ISSUER")?).map_err(|e| format!("issuer: {e}"))?;
    let client = reqwest::blocking::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|e| format!("client: {e}"))?;
    let metadata = CoreProviderMetadata::discover(&issuer, &client)
        .map_err(|e| format!("discovery: {e:?}"))?;
    let verifier = CoreIdTokenVerifier::new_public_client(
        ClientId::new(variable("JWT_RESOURCE")?),
        issuer,
        metadata.jwks().clone(),
    )
    .set_allowed_algs(metadata.id_token_signing_alg_values_supported().clone());
    let token = CoreIdToken::from_str(&variable("ISSUED_JWT")?).map_err(|e| format!("parse: {e}"))?;
    token
        .claims(&verifier, |_: Option<&Nonce>| Ok(()))
        .map_err(|e| format!("verify: {e:?}"))?;
    Ok(format!(
        "read the metadata with {} keys and verified a token",
        metadata.jwks().keys().len()
    ))
}
