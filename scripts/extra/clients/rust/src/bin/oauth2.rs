//! Gets a token with the oauth2 crate: client_credentials with the platform's token. Introspects and
//! revokes it. The crate revokes only over https.
use std::process::ExitCode;

use oauth2::basic::BasicClient;
use oauth2::{
    reqwest, AccessToken, AuthType, ClientId, IntrospectionUrl, RevocationUrl, Scope,
    StandardRevocableToken, TokenIntrospectionResponse, TokenResponse, TokenUrl,
};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

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

fn variable(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|_| format!("{name} is not set"))
}

fn check() -> Result<String, String> {
    let issuer = variable("ISSUER")?;
    let authority = std::fs::read(variable("NODE_EXTRA_CA_CERTS")?).map_err(|e| e.to_string())?;
    let authority = reqwest::Certificate::from_pem(&authority).map_err(|e| e.to_string())?;
    let http = reqwest::blocking::Client::builder()
        .add_root_certificate(authority)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|e| format!("client: {e}"))?;
    let url = |path: &str| format!("{issuer}/{path}");
    let client = BasicClient::new(ClientId::new("deploy".into()))
        .set_auth_type(AuthType::RequestBody)
        .set_token_uri(TokenUrl::new(url("token")).map_err(|e| e.to_string())?)
        .set_introspection_url(IntrospectionUrl::new(url("introspect")).map_err(|e| e.to_string())?)
        .set_revocation_url(RevocationUrl::new(url("revoke")).map_err(|e| e.to_string())?);
    let issued = client
        .exchange_client_credentials()
        .add_scope(Scope::new("deploy:read".into()))
        .add_extra_param("client_assertion_type", ASSERTION_TYPE)
        .add_extra_param("client_assertion", variable("SUBJECT_TOKEN")?)
        .add_extra_param("resource", variable("RESOURCE")?)
        .request(&http)
        .map_err(|e| format!("token: {e:?}"))?;
    let token: &AccessToken = issued.access_token();
    let is_active = || {
        client
            .introspect(token)
            .request(&http)
            .map(|about| about.active())
            .map_err(|e| format!("introspection: {e:?}"))
    };
    if !is_active()? {
        return Err("an issued token is not active".into());
    }
    client
        .revoke_token(StandardRevocableToken::AccessToken(token.clone()))
        .map_err(|e| format!("revocation: {e}"))?
        .request(&http)
        .map_err(|e| format!("revocation: {e:?}"))?;
    if is_active()? {
        return Err("a revoked token is active".into());
    }
    Ok("got a token with client_credentials, introspected and revoked it".into())
}
