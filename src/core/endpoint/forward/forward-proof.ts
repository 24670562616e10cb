/**
 * Checks the proof of possession of a client behind a proxy. The proxy sends the method and the URL of
 * the client's request in headers. Scheme and host come from the configuration, because the client
 * chooses the `Host` header (DPOP-03).
 */
import { checkDpopProof, type DpopFault } from '../../../protocol/dpop/check-proof.ts'
import type { ClaimInMemory } from '../../../protocol/dpop/proof-memory.ts'
import type { VerifySignature } from '../../../web/signature.ts'
import type { ForwardQuestion, ForwardRequest } from './forward-question.ts'

export type ForwardProofPorts = {
  readonly verifySignature: VerifySignature
  /** The memory of this isolate. */
  readonly claimProof: ClaimInMemory
}

/** A request with a token that is bound to a key. */
export type BoundRequest = {
  readonly header: ForwardRequest['header']
  readonly token: string
  readonly jkt: string
  readonly proof: NonNullable<ForwardQuestion['proof']>
  /** The URI of the resource, by the trust document. */
  readonly resource: string
  readonly at: number
}

export type ProofRefusal =
  /** The proxy is configured wrongly: it sends no method or no URL, or the API has no known URL. */
  | { readonly reason: 'request_unknown' }
  | { readonly reason: 'proof_invalid'; readonly check: DpopFault | 'missing' | 'replayed' }

/** Returns undefined if the client has the key and the proof is for its request. */
export async function checkForwardProof(
  request: BoundRequest,
  { verifySignature, claimProof }: ForwardProofPorts,
): Promise<ProofRefusal | undefined> {
  const { header, token, jkt, at } = request
  const expected = readClientRequest(request)
  if (expected === undefined) return { reason: 'request_unknown' }
  const proof = header('dpop')
  if (proof === undefined || proof === '') return { reason: 'proof_invalid', check: 'missing' }
  const checked = await checkDpopProof(
    proof,
    { ...expected, now: at, accessToken: token, jkt },
    verifySignature,
  )
  if (!checked.ok) return { reason: 'proof_invalid', check: checked.error }
  const claim = claimProof(checked.value, at)
  if (claim === 'new') return undefined
  return { reason: 'proof_invalid', check: claim === 'known' ? 'replayed' : 'iat' }
}

/** RFC 9110 §9.1. Two headers arrive as one text with a comma, which no method has. */
const METHOD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/**
 * The path of an origin form, or of a URL. No space, so not of two headers. The query is not part of
 * a proof, so it may be long and have any characters.
 */
const TARGET = /^(?:https?:\/\/[^/?#\s]+)?(\/[!->@-~]*)?(?:\?[^ ]*)?$/i

/** A client can write the header that its proxy does not set, so both are read, and must agree. */
const ORIGINAL = ['x-original-url', 'x-original-uri']

function readClientRequest({ header, proof, resource }: BoundRequest) {
  const origin = proof.origin ?? originOf(resource)
  const [method = '', ...targets] =
    proof.source === 'forwarded'
      ? [header('x-forwarded-method'), header('x-forwarded-uri')]
      : [header('x-original-method'), ...ORIGINAL.map(header)]
  const paths = new Set(targets.flatMap((target) => (target === undefined ? [] : readPath(target))))
  const [path] = paths
  if (origin === undefined || path === undefined || paths.size > 1) return undefined
  return METHOD.test(method) ? { method, url: origin + path } : undefined
}

/** Returns the path of a request target, or undefined if it is not one. */
function readPath(target: string): string | undefined {
  const [isTarget, path = '/'] = TARGET.exec(target) ?? []
  return target === '' || isTarget === undefined ? undefined : path
}

function originOf(uri: string): string | undefined {
  return /^https?:/i.test(uri) && URL.canParse(uri) ? new URL(uri).origin : undefined
}
