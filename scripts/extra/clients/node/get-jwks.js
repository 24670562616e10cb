// Finds the key of an issued token with get-jwks, by its default path and by discovery.
import { createPublicKey, verify } from 'node:crypto'
import buildGetJwks from 'get-jwks'

const [header, claims, signature] = process.env.ISSUED_TOKEN.split('.')
const { kid, alg } = JSON.parse(Buffer.from(header, 'base64url').toString())
for (const providerDiscovery of [false, true]) {
  const jwks = buildGetJwks({ providerDiscovery })
  const key = createPublicKey(await jwks.getPublicKey({ kid, alg, domain: process.env.ISSUER }))
  const isGenuine = verify(
    'sha256',
    Buffer.from(`${header}.${claims}`),
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  if (!isGenuine) throw new Error('the signature is invalid')
}
console.log('found the key by its default path and by discovery')
