"""Verifies issued tokens with PyJWT and the published keys."""

import json
import os
import urllib.request

import jwt

with urllib.request.urlopen(os.environ["ISSUER"] + "/.well-known/openid-configuration") as answer:
    metadata = json.load(answer)
keys = jwt.PyJWKClient(metadata["jwks_uri"])
for token, resource, algorithm in (
    ("ISSUED_TOKEN", "RESOURCE", "ES256"),
    ("ISSUED_JWT", "JWT_RESOURCE", "RS256"),
):
    token = os.environ[token]
    options = {"require": ["exp", "iat", "iss", "aud", "sub", "jti"]}
    claims = jwt.decode(
        token,
        keys.get_signing_key_from_jwt(token),
        algorithms=metadata["id_token_signing_alg_values_supported"],
        audience=os.environ[resource],
        issuer=os.environ["ISSUER"],
        options=options,
    )
    assert claims["scope"] == "deploy:read", claims
    assert jwt.get_unverified_header(token)["alg"] == algorithm
    try:
        jwt.decode(
            token,
            keys.get_signing_key_from_jwt(token),
            algorithms=["ES256", "RS256"],
            audience="https://other.example.com",
        )
        raise SystemExit("accepted a token for another API")
    except jwt.InvalidAudienceError:
        pass
print("verified issued tokens of ES256 and RS256")
