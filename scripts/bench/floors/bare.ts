/**
 * The floor of the platform itself: `crypto.subtle` verifies one RS256 token, and a DPoP proof with
 * ES256 if there is one, and signs one token.
 * No framework, no library, no check of a claim.
 */

type Bindings = { readonly VERIFY_KEY: string; readonly SIGN_KEY: string }
type Keys = {
  readonly verify: CryptoKey
  readonly sign: CryptoKey
  readonly algorithm: Algorithm & { readonly hash?: string }
  /** The JOSE header of every token, encoded, with its full stop. */
  readonly header: string
}
/** TypeScript 7.0 has these only in ESNext. */
type Base64 = {
  readonly fromBase64: (text: string, options: object) => Uint8Array<ArrayBuffer>
}

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const SIGN_ALGORITHMS: Readonly<Record<string, Algorithm & { readonly hash?: string }>> = {
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  Ed25519: { name: 'Ed25519' },
  RS256: RSA,
}
const LIFETIME_SECONDS = 600
const encoder = new TextEncoder()
const decoder = new TextDecoder()

let keys: Keys | undefined

async function loadKeys(env: Bindings): Promise<Keys> {
  const verifyJwk: JsonWebKey = JSON.parse(env.VERIFY_KEY)
  // workerd knows the `alg` of an Ed25519 key only as EdDSA.
  const { alg: name, ...signJwk }: JsonWebKey & { alg: string } = JSON.parse(env.SIGN_KEY)
  const algorithm = SIGN_ALGORITHMS[name]
  if (algorithm === undefined) throw new Error(`no floor for ${name}`)
  const ofCurve = signJwk.crv === undefined ? {} : { namedCurve: signJwk.crv }
  return {
    verify: await crypto.subtle.importKey('jwk', verifyJwk, RSA, false, ['verify']),
    sign: await crypto.subtle.importKey('jwk', signJwk, { ...algorithm, ...ofCurve }, false, [
      'sign',
    ]),
    algorithm,
    header: `${encode(encoder.encode(JSON.stringify({ alg: name, typ: 'at+jwt' })))}.`,
  }
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  return (Uint8Array as unknown as Base64).fromBase64(text, { alphabet: 'base64url' })
}

function encode(bytes: Uint8Array): string {
  return (bytes as unknown as { toBase64: (options: object) => string }).toBase64({
    alphabet: 'base64url',
    omitPadding: true,
  })
}

async function exchange(request: Request, env: Bindings): Promise<Response> {
  keys ??= await loadKeys(env)
  const { verify, sign, algorithm, header } = keys
  const token = new URLSearchParams(await request.text()).get('subject_token') ?? ''
  const end = token.lastIndexOf('.')
  const signed = encoder.encode(token.slice(0, end))
  const signature = decode(token.slice(end + 1))
  if (!(await crypto.subtle.verify(RSA.name, verify, signature, signed))) {
    return new Response(null, { status: 400 })
  }
  const proof = request.headers.get('dpop')
  if (proof !== null && !(await isProof(proof))) return new Response(null, { status: 400 })
  const { sub } = JSON.parse(decoder.decode(decode(token.slice(token.indexOf('.') + 1, end))))
  const iat = Math.floor(Date.now() / 1000)
  const claims = { sub, scope: 'deploy:read', iat, exp: iat + LIFETIME_SECONDS }
  const text = header + encode(encoder.encode(JSON.stringify(claims)))
  const made = await crypto.subtle.sign(algorithm, sign, encoder.encode(text))
  return Response.json({
    access_token: `${text}.${encode(new Uint8Array(made))}`,
    token_type: 'Bearer',
    expires_in: LIFETIME_SECONDS,
  })
}

/** Verifies a proof with the key in its header. */
async function isProof(proof: string): Promise<boolean> {
  const end = proof.lastIndexOf('.')
  const header = decoder.decode(decode(proof.slice(0, proof.indexOf('.'))))
  const { jwk } = JSON.parse(header) as { jwk: JsonWebKey }
  const curve = { name: 'ECDSA', namedCurve: 'P-256' }
  const key = await crypto.subtle.importKey('jwk', jwk, curve, false, ['verify'])
  const es256 = { name: 'ECDSA', hash: 'SHA-256' }
  const signed = encoder.encode(proof.slice(0, end))
  return crypto.subtle.verify(es256, key, decode(proof.slice(end + 1)), signed)
}

export default { fetch: exchange }
