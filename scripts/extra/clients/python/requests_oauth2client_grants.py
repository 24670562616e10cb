"""Uses every grant type of the gateway with requests-oauth2client, and introspects and revokes."""

import os

from jwskate import Jwk
from requests_oauth2client import OAuth2Client, PrivateKeyJwt

ISSUER, RESOURCE = os.environ["ISSUER"], os.environ["RESOURCE"]
JWT = "urn:ietf:params:oauth:token-type:jwt"


def discover(**client) -> OAuth2Client:
    return OAuth2Client.from_discovery_endpoint(issuer=ISSUER, testing=True, **client)


key = Jwk({**Jwk.from_pem(os.environ["CLIENT_KEY"]).to_dict(), "kid": os.environ["CLIENT_KID"]})
client = discover(client_id="deploy")
# Its default audience is the token endpoint.
owner = discover(auth=PrivateKeyJwt(os.environ["CLIENT_ID"], key, alg="RS256", aud=ISSUER))
exchanged = {"subject_token_type": JWT, "resource": RESOURCE}
issued = [
    client.token_exchange(subject_token=os.environ["SUBJECT_TOKEN"], **exchanged),
    client.token_exchange(subject_token=os.environ["SUBJECT_TOKEN_2"], dpop=True, **exchanged),
    client.jwt_bearer(os.environ["SUBJECT_TOKEN_3"], resource=RESOURCE),
    client.client_credentials(
        client_assertion=os.environ["SUBJECT_TOKEN_4"],
        client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        resource=RESOURCE,
    ),
    owner.client_credentials(resource=RESOURCE),
]
assert [token.token_type for token in issued].count("DPoP") == 1, "no bound token"
for token in issued:
    if token.token_type == "Bearer":
        assert client.introspect_token(token)["active"], "not active"
        assert client.revoke_access_token(token), "not revoked"
print("used five ways to a token, and introspected and revoked those that are not bound")
