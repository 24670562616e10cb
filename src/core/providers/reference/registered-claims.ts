/** The meaning of the registered claims, which is the same for all issuers (RFC 7519 §4.1). */
export const REGISTERED_CLAIMS: Readonly<Record<string, string>> = {
  iss: 'Issuer; must equal the configured issuer exactly.',
  sub: 'Subject.',
  aud: 'Audience of the token.',
  exp: 'Expiry, epoch seconds.',
  iat: 'Time of issue, epoch seconds.',
  nbf: 'Not valid before, epoch seconds.',
  jti: 'Token identifier.',
}
