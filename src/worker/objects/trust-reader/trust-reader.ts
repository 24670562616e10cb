/**
 * The trust reader of a region. It keeps the newest pointer and content of the trust store in
 * memory, so that the store answers a few readers in place of every isolate. It asks the store only
 * while it is asked itself, and makes one call for simultaneous questions. It stores nothing.
 */
import { DurableObject } from 'cloudflare:workers'
import { SNAPSHOT_RETRY_SECONDS, STORE_TIMEOUT_MILLISECONDS } from '../../../core/limits.ts'
import { withDeadline } from '../../../web/deadline.ts'
import {
  TRUST_READER_CONTENTS,
  TRUST_READER_KEY_ANSWERS,
  TRUST_READER_POLL_SECONDS,
} from '../../limits.ts'
import { digestOf } from '../../trust-layers/content.ts'
import type { TrustPointer } from '../../trust-layers/pointer.ts'
import { createShared } from '../../trust-layers/shared.ts'
import { type KeyDelta, TRUST_STORE_NAME } from '../../trust-layers/trust-messages.ts'
import type { TrustStore } from '../trust-store/trust-store.ts'

type Bindings = { readonly TRUST_STORE: DurableObjectNamespace<TrustStore> }

/** The part of the trust store that a reader asks. */
type Store = {
  readonly pointer: () => Promise<TrustPointer>
  readonly keysAfter: (known: number) => Promise<KeyDelta>
  readonly content: (digest: string) => Promise<Uint8Array | null>
}

/** The Durable Object of a region's reader. Bind it as `TRUST_READER`. */
export class TrustReader extends DurableObject<Bindings> {
  /** Returns epoch seconds. Tests replace it, and the store. */
  now = (): number => Math.floor(Date.now() / 1000)
  store = (): Store => this.env.TRUST_STORE.getByName(TRUST_STORE_NAME)

  #pointer: TrustPointer | undefined
  /** Epoch seconds of the question whose answer is `#pointer`, and of the last failed one. */
  #askedAt = Number.NEGATIVE_INFINITY
  #failedAt = Number.NEGATIVE_INFINITY
  /** All calls of one object share its context, so a call may await the promise of another. */
  #asking: Promise<TrustPointer> | undefined
  readonly #keys = createShared<KeyDelta>(TRUST_READER_KEY_ANSWERS)
  readonly #contents = createShared<Uint8Array>(TRUST_READER_CONTENTS)

  /**
   * Returns the newest pointer. If the store does not answer, it is the last one, and its time tells
   * how old it is. Throws if there is none.
   */
  async pointer(): Promise<TrustPointer> {
    const at = this.now()
    const held = this.#pointer
    if (held !== undefined && isWithin(at, this.#askedAt, TRUST_READER_POLL_SECONDS)) return held
    if (isWithin(at, this.#failedAt, SNAPSHOT_RETRY_SECONDS)) return orThrow(held)
    this.#asking ??= this.#ask(at).finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  async #ask(at: number): Promise<TrustPointer> {
    try {
      this.#pointer = await inTime(this.store().pointer())
      this.#askedAt = at
      this.#failedAt = Number.NEGATIVE_INFINITY
      return this.#pointer
    } catch {
      this.#failedAt = at
      return orThrow(this.#pointer)
    }
  }

  /**
   * Returns the keys that changed after the epoch `known`. `latest` is the epoch of a pointer. The
   * store has at least that epoch, so an answer that was asked for once stays valid.
   */
  keysAfter(known: number, latest: number): Promise<KeyDelta | undefined> {
    return this.#keys.get(`${known}-${latest}`, () => inTime(this.store().keysAfter(known)))
  }

  /** Returns the content with this digest; null if the store has none. */
  async content(digest: string): Promise<Uint8Array | null> {
    const content = await this.#contents.get(digest, async () => {
      const bytes = await inTime(this.store().content(digest))
      // Damaged content is not kept, because an administrator can store it again.
      return bytes !== null && (await digestOf(bytes)) === digest ? bytes : undefined
    })
    return content ?? null
  }
}

function orThrow(pointer: TrustPointer | undefined): TrustPointer {
  if (pointer === undefined) throw new Error('the trust store does not answer')
  return pointer
}

function inTime<T>(answer: Promise<T>): Promise<T> {
  return withDeadline(STORE_TIMEOUT_MILLISECONDS, answer)
}

/** False if `from` is in the future: the clock was set back (NET-14). */
function isWithin(at: number, from: number, seconds: number): boolean {
  return at >= from && at < from + seconds
}
