/**
 * The layer in the cache of a data centre, which its isolates share. Pointers and keys are sealed.
 * Content is not, because the caller checks it against its digest. The platform deletes entries
 * when it likes, so a missing entry is no fault. Its clock decides how long an entry lives; the age
 * of a pointer counts from the trust store, whatever the life of its entry is.
 */
import {
  MAX_DOCUMENT_BYTES,
  MAX_FORM_BYTES,
  SNAPSHOT_KEYS_MAX_BYTES,
} from '../../../core/limits.ts'
import { decodeUtf8 } from '../../../web/bytes.ts'
import { readBounded } from '../../../web/read-bounded.ts'
import { sha256Hex } from '../../../web/sha256.ts'
import {
  REVOCATION_CLAIM_SECONDS,
  REVOCATION_CONFIRMED_SECONDS,
  REVOCATION_COPY_SECONDS,
} from '../../limits.ts'
import { TRUST_CONTENT_KEEP_SECONDS, TRUST_DATA_CENTRE_SECONDS } from '../limits.ts'
import type { TrustPointer } from '../pointer.ts'
import type { KeyAnswer, KeyDelta, KeysName, QuietAnswer } from '../trust-messages.ts'
import { LayerError, type TrustLayer } from './layer.ts'
import type { Seal } from './seal.ts'

/** A private name: no request from outside reaches it, and no server answers for it. */
const ORIGIN = 'https://trust.edgemint.internal'
const CACHE = 'edgemint-trust'
export const POINTER = 'pointer'
const REVOCATIONS = 'revocations'
/** An isolate asks for the same keys only while its epoch is that of a recent pointer. */
const KEYS_SECONDS = 60
/** The shortest life of an entry. An isolate loads something for the others within this time. */
const CLAIM_SECONDS = 1
/** Somebody else can plant an entry of any size. Ours has the bytes of the keys, and their names. */
const MAX_SEALED_BYTES = 2 * SNAPSHOT_KEYS_MAX_BYTES
const MAX_CONTENT_BYTES = Math.max(MAX_DOCUMENT_BYTES, MAX_FORM_BYTES)

/** The part of the Cache API that is used. */
export type EntryCache = {
  readonly match: (address: string) => Promise<Response | undefined>
  readonly put: (address: string, entry: Response) => Promise<void>
}

export type DataCentre = TrustLayer & {
  readonly keepPointer: (pointer: TrustPointer) => Promise<void>
  readonly keepKeys: (name: KeysName, keys: KeyDelta) => Promise<void>
  readonly keepContent: (digest: string, bytes: Uint8Array) => Promise<void>
  /** What a reader answered a moment ago about a missing key of an issuer. */
  readonly keyAnswer: (source: string) => Promise<unknown>
  readonly keepKeyAnswer: (source: string, answer: KeyAnswer | QuietAnswer) => Promise<void>
  readonly revocations: () => Promise<unknown>
  readonly keepRevocations: (pointer: unknown) => Promise<void>
  /** False if another isolate has claimed this slot of time: it asks for revocations. */
  readonly claimRevocations: (slot: number) => Promise<boolean>
  /** False if no isolate has kept that the token is revoked. */
  readonly isRevoked: (jti: string) => Promise<boolean>
  readonly keepRevoked: (jti: string) => Promise<void>
  /** False if another isolate is loading this, so that the caller waits for it. */
  readonly claim: (name: string) => Promise<boolean>
}

export type DataCentreOptions = {
  readonly seal: Seal
  /** Opens the cache. Without it: that of the platform. */
  readonly open?: (name: string) => Promise<EntryCache>
}

export function createDataCentre({ seal, open }: DataCentreOptions): DataCentre {
  const addressOf = (name: string) => `${ORIGIN}/${seal.tag}/${name}`
  const openCache = open ?? (async (name: string) => await caches.open(name))

  /** Undefined without an entry. Throws if the entry is larger than any of this deployment. */
  async function read(name: string, most: number): Promise<Uint8Array | undefined> {
    const cache = await openCache(CACHE)
    const entry = await cache.match(addressOf(name))
    if (entry === undefined) return undefined
    const bytes = await readBounded(entry.body, most)
    if (bytes === undefined) throw new LayerError('forged')
    return bytes
  }

  async function keep(name: string, body: BodyInit, seconds: number): Promise<void> {
    const cache = await openCache(CACHE)
    const headers = { 'cache-control': `max-age=${seconds}` }
    await cache.put(addressOf(name), new Response(body, { headers }))
  }

  async function readSealed(name: string): Promise<unknown> {
    const entry = await read(name, MAX_SEALED_BYTES)
    if (entry === undefined) return undefined
    const text = await seal.open(name, decodeUtf8(entry) ?? '')
    if (text === undefined) throw new LayerError('forged')
    return JSON.parse(text)
  }

  async function keepSealed(name: string, value: unknown, seconds: number): Promise<void> {
    await keep(name, await seal.close(name, JSON.stringify(value)), seconds)
  }

  async function claim(name: string, seconds = CLAIM_SECONDS): Promise<boolean> {
    const entry = `claim/${name}`
    if ((await read(entry, 1)) !== undefined) return false
    await keep(entry, '1', seconds)
    return true
  }

  return {
    name: 'data_centre',
    pointer: () => readSealed(POINTER),
    keysAfter: (name) => readSealed(keysName(name)),
    content: (digest) => read(contentName(digest), MAX_CONTENT_BYTES),
    keyAnswer: (source) => readSealed(answerName(source)),
    keepKeyAnswer: (source, answer) =>
      keepSealed(answerName(source), answer, TRUST_DATA_CENTRE_SECONDS),
    revocations: () => readSealed(REVOCATIONS),
    keepRevocations: (pointer) => keepSealed(REVOCATIONS, pointer, REVOCATION_COPY_SECONDS),
    isRevoked: async (jti) => (await readSealed(revokedName(jti))) === true,
    keepRevoked: (jti) => keepSealed(revokedName(jti), true, REVOCATION_CONFIRMED_SECONDS),
    claimRevocations: (slot) => claim(`${REVOCATIONS}/${slot}`, REVOCATION_CLAIM_SECONDS),
    keepPointer: (pointer) => keepSealed(POINTER, pointer, TRUST_DATA_CENTRE_SECONDS),
    keepKeys: (name, keys) => keepSealed(keysName(name), keys, KEYS_SECONDS),
    keepContent: (digest, bytes) => keep(contentName(digest), bytes, TRUST_CONTENT_KEEP_SECONDS),
    claim,
  }
}

export function keysName({ known, latest, instance }: KeysName): string {
  return `keys/${instance}/${known}-${latest}`
}

export function contentName(digest: string): string {
  return `content/${digest.slice('sha256:'.length)}`
}

/** A `jti` can have characters that no address has. */
function revokedName(jti: string): string {
  return `revoked/${sha256Hex(jti)}`
}

function answerName(source: string): string {
  return `answer/${sha256Hex(source)}`
}
