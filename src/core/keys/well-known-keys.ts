/**
 * Keys whose private half is published: the examples of RFC 7515 to RFC 7520, of RFC 8037, and of
 * the token debugger at jwt.io. They are not accepted, because anyone could sign as an issuer that
 * uses one (KEY-09).
 */

/**
 * The first 43 characters of the modulus or of the x coordinate. That is 256 bits, as many as in a
 * thumbprint, and it can be compared without hashing.
 */
const STARTS: ReadonlySet<string> = new Set([
  // RFC 7515 A.2 (RS256), A.3 (ES256), A.4 (ES512)
  'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTb',
  'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  'AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrr',
  // RFC 7516 A.1 (RSA-OAEP), A.2 (RSA1_5)
  'oahUIoWw0K0usKNuOR6H4wkf4oBUXHTxRvgb48E-BVv',
  'sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsuer',
  // RFC 7517 A.1 and A.2 (also RFC 7638 §3.1), B, C.1
  'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
  '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbW',
  'vrjOfz9Ccdgx5nQudyhdoR17V-IubWMeOZCwX_jj0hg',
  't6Q8PWSi1dkJj9hTP8hNYFlvadM7DflW9mWepOJhJ66',
  // RFC 7518 C (Alice, Bob)
  'gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0',
  'weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ',
  // RFC 7520 §3.1 and §3.2, §3.3 and §3.4, §5.1, §5.2, §5.4, §5.5
  'AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZ',
  'n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKP',
  'maxhbsmBtdQ3CNrKvprUE6n9lYcregDMLYNeTAWcLj8',
  'wbdxI55VaanZXPY29Lg5hdmv2XhvqAhoxUkanfzf2-5',
  'YU4rRUzdmVqmRtWOs2OpDE_T5fsNIodcG8G5FWPrTPM',
  'Ze2loSV3wrroKUN_4zhwGhCqo3Xhu1td4QjeQ5wIVR0',
  // RFC 8037 A.1 (Ed25519)
  '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  // jwt.io: RS256 to PS512 (2048 bits, and the older 1024), ES256, ES384, ES512, EdDSA
  'u1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffA',
  '3ZWrUY0Y6IKN1qI4BhxR2C7oHVFgGPYkd38uGq1jQNS',
  'EVs_o5-uQbTjL3chynL4wXgUg2R9q9UU8I5mEovUf84',
  'C1uWSXj2czCDwMTLWV5BFmwxdM6PX9p-Pk9Yf9rIf37',
  'AYHOB2c_v3wWwu5ZhMMNADtzSvcFWTw2dFRJ7GlBSxG',
  'wmK6SSAu2E9V7uynkCKEaj5nZJyTvNG4x0KohsRzLpg',
])

const START_CHARACTERS = 43

export function isWellKnownKey({ n, x }: { readonly n?: unknown; readonly x?: unknown }): boolean {
  return [n, x].some(
    (part) => typeof part === 'string' && STARTS.has(part.slice(0, START_CHARACTERS)),
  )
}
