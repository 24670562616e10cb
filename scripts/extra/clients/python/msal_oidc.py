"""Gets a token with MSAL for Python and an OIDC authority: client_credentials with the platform's
token. The rules of this workload grant one resource, or `data` names it."""

import os

import jwt
import msal

for token, data in (("SINGLE_TOKEN", None), ("SUBJECT_TOKEN", {"resource": os.environ["RESOURCE"]})):
    application = msal.ConfidentialClientApplication(
        "single" if data is None else "deploy",
        client_credential={"client_assertion": os.environ[token]},
        # MSAL accepts only an issuer with a path.
        oidc_authority=os.environ["ISSUER"],
    )
    more = {} if data is None else {"data": data}
    answer = application.acquire_token_for_client(["deploy:read"], **more)
    assert "access_token" in answer, answer
    claims = jwt.decode(answer["access_token"], options={"verify_signature": False})
    assert claims["aud"] == os.environ["RESOURCE"], claims
print("got tokens with the token of its platform as client assertion")
