/**
 * A validator of JWT-SVIDs: https://github.com/spiffe/spiffe/blob/main/standards/JWT-SVID.md and
 * https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md
 */
import { accept, readToken, refuse, type Validator } from './presented.ts'

const ALGORITHMS = 'RS256 RS384 RS512 ES256 ES384 ES512 PS256 PS384 PS512'.split(' ')
const HEADERS = new Set(['alg', 'kid', 'typ'])

export const validateSpiffe: Validator = async (presented) => {
  const read = await readToken(presented, ALGORITHMS, ['sub', 'aud', 'exp'])
  if (typeof read === 'string') return refuse(read)
  const { header, claims } = read
  const other = Object.keys(header).find((name) => !HEADERS.has(name))
  if (other !== undefined) return refuse(`the header ${other} is not permitted`)
  if (header.typ !== undefined && header.typ !== 'JWT' && header.typ !== 'JOSE') {
    return refuse('token header type not equal to either JWT or JOSE')
  }
  const fault = describeIdFault(claims.sub ?? '')
  return fault === undefined ? accept(read) : refuse(`invalid SPIFFE ID: ${fault}`)
}

/** SPIFFE-ID §2. A workload has a path. */
function describeIdFault(id: string): string | undefined {
  if (new TextEncoder().encode(id).length > 2048) return 'longer than 2048 bytes'
  if (!id.startsWith('spiffe://')) return 'scheme is missing or invalid'
  const [trustDomain = '', ...segments] = id.slice('spiffe://'.length).split('/')
  if (trustDomain === '' || trustDomain.length > 255) return 'trust domain is missing or too long'
  if (!/^[a-z0-9._-]+$/.test(trustDomain)) return 'trust domain characters'
  if (segments.length === 0) return 'no path'
  for (const segment of segments) {
    if (segment === '') return 'path cannot contain empty segments'
    if (segment === '.' || segment === '..') return 'path cannot contain dot segments'
    if (!/^[A-Za-z0-9._-]+$/.test(segment)) return 'path segment characters'
  }
  return undefined
}
