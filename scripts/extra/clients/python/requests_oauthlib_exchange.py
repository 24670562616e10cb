"""Exchanges a token with requests-oauthlib, which authenticates by Basic with an empty secret."""

import os

from oauthlib.oauth2 import Client
from oauthlib.oauth2.rfc6749.parameters import prepare_token_request
from requests_oauthlib import OAuth2Session

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


class TokenExchangeClient(Client):
    def prepare_request_body(self, body="", scope=None, **parameters):
        return prepare_token_request(TOKEN_EXCHANGE, body=body, scope=scope, **parameters)


session = OAuth2Session(client=TokenExchangeClient("ci"), scope=["deploy:read"])
for name, how in (
    ("SUBJECT_TOKEN", {"client_id": "ci", "client_secret": ""}),
    ("SUBJECT_TOKEN_2", {"auth": ("ci", "")}),
    ("SUBJECT_TOKEN_3", {"include_client_id": True}),
    # It does not encode the colon of the id.
    ("SUBJECT_TOKEN_4", {"auth": ("https://ci.example.com", "")}),
):
    answer = session.fetch_token(
        os.environ["ISSUER"] + "/token",
        subject_token=os.environ[name],
        subject_token_type="urn:ietf:params:oauth:token-type:jwt",
        resource=os.environ["RESOURCE"],
        **how,
    )
    assert answer["access_token"] and answer["scope"] == ["deploy:read"], "no token"
print("exchanged by Basic with an empty secret, and with the client id in the form")
