"""Exchanges a token with the identity pool credentials of google-auth, and with a file of credentials.

GOOGLE_CLOUD_PROJECT keeps google.auth.default from asking Google for the project of the audience, with
the issued token.
"""

import json
import os
import tempfile

import google.auth
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

with tempfile.TemporaryDirectory() as folder:
    token, file = os.path.join(folder, "token"), os.path.join(folder, "google.json")
    with open(token, "w") as opened:
        opened.write(os.environ["SUBJECT_TOKEN_3"])
    with open(file, "w") as opened:
        content = {
            "type": "external_account",
            "audience": os.environ["GOOGLE_NAME"],
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "token_url": os.environ["ISSUER"] + "/token",
            "credential_source": {"file": token},
        }
        json.dump(content, opened)
    os.environ.update(GOOGLE_APPLICATION_CREDENTIALS=file, GOOGLE_CLOUD_PROJECT="any")
    credentials, _ = google.auth.default(scopes=["deploy:read"])
    assert credentials.token is None, "it exchanged before it was asked"
    credentials.refresh(Request())
claims = jwt.decode(credentials.token, options={"verify_signature": False})
assert claims["aud"] == os.environ["GOOGLE_RESOURCE"], claims
print("exchanged with the resource as audience, with a name of Google, and with a file")
