"""Uses every grant type of the gateway with Authlib, and validates, introspects and revokes a token."""

import json
import os
import urllib.request

from authlib.integrations.requests_client import AssertionSession, OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oidc.discovery import OpenIDProviderMetadata

ISSUER, RESOURCE = os.environ["ISSUER"], os.environ["RESOURCE"]
CLIENT_ID, CLIENT_KEY = os.environ["CLIENT_ID"], os.environ["CLIENT_KEY"]
HEADER = {"kid": os.environ["CLIENT_KID"], "alg": "RS256"}
with urllib.request.urlopen(ISSUER + "/.well-known/openid-configuration") as answer:
    metadata = OpenIDProviderMetadata(json.load(answer))
token_endpoint = metadata["token_endpoint"]

session = OAuth2Session("ci", token_endpoint_auth_method="none")
issued = [
    session.fetch_token(
        token_endpoint,
        grant_type="urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token=os.environ["SUBJECT_TOKEN"],
        subject_token_type="urn:ietf:params:oauth:token-type:jwt",
        resource=RESOURCE,
    ),
    session.fetch_token(
        token_endpoint,
        grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer",
        assertion=os.environ["SUBJECT_TOKEN_2"],
        resource=RESOURCE,
    ),
    OAuth2Session("deploy", token_endpoint_auth_method="none").fetch_token(
        token_endpoint,
        grant_type="client_credentials",
        client_assertion=os.environ["SUBJECT_TOKEN_3"],
        client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        resource=RESOURCE,
    ),
]

# The audience of a client assertion is the issuer. Authlib takes the token endpoint by default.
owner = OAuth2Session(CLIENT_ID, CLIENT_KEY, token_endpoint_auth_method="private_key_jwt")
owner.register_client_auth_method(PrivateKeyJWT(ISSUER, headers=HEADER))
issued.append(
    owner.fetch_token(token_endpoint, grant_type="client_credentials", resource=RESOURCE)
)

assertions = AssertionSession(
    token_endpoint=token_endpoint,
    issuer=CLIENT_ID,
    subject=CLIENT_ID,
    audience=ISSUER,
    grant_type=AssertionSession.JWT_BEARER_GRANT_TYPE,
    key=CLIENT_KEY,
    header=HEADER,
)
assertions.refresh_token()
issued.append(assertions.token)

for token in issued:
    assert token["scope"] == "deploy:read" and token["token_type"] == "Bearer", token
    about = session.introspect_token(
        metadata["introspection_endpoint"], token["access_token"]
    ).json()
    assert about["active"] and about["aud"] == RESOURCE, about
assert session.revoke_token(metadata["revocation_endpoint"], issued[0]["access_token"]).ok
about = session.introspect_token(
    metadata["introspection_endpoint"], issued[0]["access_token"]
).json()
assert about == {"active": False}, about
print("used five ways to a token, introspected each and revoked one")
