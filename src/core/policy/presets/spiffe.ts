/** SPIFFE: the issued tokens are JWT-SVIDs. */
import { MAX_SPIFFE_ID_BYTES } from '../../../contract/limits.ts'
import { SVID_TYP } from '../../../protocol/token.ts'
import { type Preset, SENT_WITH_REQUESTS_SECONDS } from './preset.ts'

export const SPIFFE: Preset = {
  name: 'spiffe',
  // RS256 to RS512, ES256 to ES512 and PS256 to PS512, and no EdDSA (§2.1):
  // https://github.com/spiffe/spiffe/blob/main/standards/JWT-SVID.md
  algorithms: ['ES256', 'RS256', 'ES384', 'PS256'],
  // If `typ` is present, it is JWT or JOSE (§2.3). No other token of this gateway has JOSE:
  // https://github.com/spiffe/spiffe/blob/main/standards/JWT-SVID.md
  typs: [SVID_TYP],
  // Any text; it should name one service (§3.2):
  // https://github.com/spiffe/spiffe/blob/main/standards/JWT-SVID.md
  audience: {},
  lifetime: { usualSeconds: SENT_WITH_REQUESTS_SECONDS },
  // A trust domain, and a path of segments that are not empty, `.` or `..` (§2):
  // https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md
  subject: {
    form: 'uri',
    maxBytes: MAX_SPIFFE_ID_BYTES,
    prefix: 'spiffe://',
    values: /^[A-Za-z0-9._-]+$/,
  },
  // https://github.com/spiffe/spiffe/blob/main/standards/JWT-SVID.md
  requiredClaims: ['sub', 'aud', 'exp'],
}
