/**
 * The layer in the cache of a data centre, which its isolates share. Pointers and keys are sealed.
 * Content is not, because the caller checks it against its digest. The platform deletes entries
 * when it likes, so a missing entry is no fault.
 */
import type { Clock } from '../../core/ports.ts'
import { TRUST_CONTENT_KEEP_SECONDS, TRUST_DATA_CENTRE_SECONDS } from '../limits.ts'
import { LayerError, type TrustLayer } from './layer.ts'
import type { TrustPointer } from './pointer.ts'
import type { Seal } from './seal.ts'
import type { KeyDelta } from './trust-messages.ts'

/** A private name: no request from outside reaches it, and no server answers for it. */
const ORIGIN = 'https://trust.edgemint.internal'
const CACHE = 'edgemint-trust'
const POINTER = 'pointer'
/**
 * The platform deletes pointers and keys after this time. A pointer is used for a shorter time. An
 * isolate asks for the same keys only while its epoch is that of a recent pointer.
 */
const ENTRY_SECONDS = 60

export type DataCentre = TrustLayer & {
  readonly keepPointer: (pointer: TrustPointer) => Promise<void>
  readonly keepKeys: (known: number, latest: number, keys: KeyDelta) => Promise<void>
  readonly keepContent: (digest: string, bytes: Uint8Array) => Promise<void>
}

export type DataCentreOptions = {
  readonly seal: Seal
  readonly clock: Clock
}

type KeptPointer = { readonly keptAt: number; readonly pointer: unknown }

export function createDataCentre({ seal, clock }: DataCentreOptions): DataCentre {
  const addressOf = (name: string) => `${ORIGIN}/${seal.tag}/${name}`

  async function read(name: string): Promise<Response | undefined> {
    const cache = await caches.open(CACHE)
    return cache.match(addressOf(name))
  }

  async function keep(name: string, body: BodyInit, seconds: number): Promise<void> {
    const cache = await caches.open(CACHE)
    const headers = { 'cache-control': `max-age=${seconds}` }
    await cache.put(addressOf(name), new Response(body, { headers }))
  }

  async function readSealed(name: string): Promise<unknown> {
    const entry = await read(name)
    if (entry === undefined) return undefined
    const text = await seal.open(name, await entry.text())
    if (text === undefined) throw new LayerError('forged')
    return JSON.parse(text)
  }

  async function keepSealed(name: string, value: unknown, seconds: number): Promise<void> {
    await keep(name, await seal.close(name, JSON.stringify(value)), seconds)
  }

  return {
    name: 'data_centre',
    async pointer() {
      // The seal proves that this Worker wrote it.
      const kept = (await readSealed(POINTER)) as KeptPointer | undefined
      const age = kept === undefined ? -1 : clock() - kept.keptAt
      return age >= 0 && age < TRUST_DATA_CENTRE_SECONDS ? kept?.pointer : undefined
    },
    keysAfter: (known, latest) => readSealed(keysName(known, latest)),
    async content(digest) {
      const entry = await read(contentName(digest))
      return entry && new Uint8Array(await entry.arrayBuffer())
    },
    async keepPointer(pointer) {
      const kept: KeptPointer = { keptAt: clock(), pointer }
      await keepSealed(POINTER, kept, ENTRY_SECONDS)
    },
    keepKeys: (known, latest, keys) => keepSealed(keysName(known, latest), keys, ENTRY_SECONDS),
    keepContent: (digest, bytes) => keep(contentName(digest), bytes, TRUST_CONTENT_KEEP_SECONDS),
  }
}

function keysName(known: number, latest: number): string {
  return `keys/${known}-${latest}`
}

function contentName(digest: string): string {
  return `content/${digest.slice('sha256:'.length)}`
}
