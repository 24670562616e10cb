"""Exchanges a token with the identity pool credentials of google-auth."""

import os

from google.auth import identity_pool
from google.auth.transport.requests import Request
import jwt


class Supplier(identity_pool.SubjectTokenSupplier):
    def __init__(self, name):
        self.name = name

    def get_subject_token(self, context, request):
        return os.environ[self.name]


for name, audience, resource in (
    ("SUBJECT_TOKEN", "RESOURCE", "RESOURCE"),
    ("SUBJECT_TOKEN_2", "GOOGLE_NAME", "GOOGLE_RESOURCE"),
):
    credentials = identity_pool.Credentials(
        audience=os.environ[audience],
        subject_token_type="urn:ietf:params:oauth:token-type:jwt",
        token_url=os.environ["ISSUER"] + "/token",
        subject_token_supplier=Supplier(name),
        scopes=["deploy:read"],
    )
    credentials.refresh(Request())
    claims = jwt.decode(credentials.token, options={"verify_signature": False})
    assert claims["aud"] == os.environ[resource] and claims["scope"] == "deploy:read", claims
    assert credentials.valid and not credentials.expired
print("exchanged with the resource as audience, and with a name of Google")
