/**
 * The Durable Object of a region's trust reader. `reader.ts` defines what it does. It stores nothing.
 */
import { DurableObject } from 'cloudflare:workers'
import type { RevocationPointer } from '../../../protocol/revocations.ts'
import type { TrustPointer } from '../../trust-layers/pointer.ts'
import {
  type KeyAnswer,
  type KeyDelta,
  type QuietAnswer,
  TRUST_STORE_NAME,
} from '../../trust-layers/trust-messages.ts'
import { REVOCATION_LOG_NAME } from '../revocation-log/follow.ts'
import type { RevocationLog } from '../revocation-log/revocation-log.ts'
import type { TrustStore } from '../trust-store/trust-store.ts'
import { createReader, type ReadStore } from './reader.ts'
import { createRevocationReader } from './revocation-reader.ts'

type Bindings = {
  readonly TRUST_STORE: DurableObjectNamespace<TrustStore>
  readonly REVOCATION_LOG: DurableObjectNamespace<RevocationLog>
}

/** Bind it as `TRUST_READER`. */
export class TrustReader extends DurableObject<Bindings> {
  /** Returns epoch seconds. Tests replace it, and the store. */
  now = (): number => Math.floor(Date.now() / 1000)
  store = (): ReadStore => this.env.TRUST_STORE.getByName(TRUST_STORE_NAME)

  readonly #reader = createReader({ store: () => this.store(), clock: () => this.now() })

  readonly #revocations = createRevocationReader({
    ask: async () =>
      await this.env.REVOCATION_LOG.getByName(REVOCATION_LOG_NAME).follow(this.ctx.id.name),
    now: () => Date.now(),
  })

  revocations(): Promise<RevocationPointer | null> {
    return this.#revocations.pointer()
  }

  /** The revocation log calls this after a change. */
  takeRevocations(pointer: RevocationPointer): void {
    this.#revocations.take(pointer)
  }

  pointer(): Promise<TrustPointer> {
    return this.#reader.pointer()
  }

  keysAfter(known: number, latest: number, instance: string): Promise<KeyDelta | undefined> {
    return this.#reader.keysAfter(known, latest, instance)
  }

  content(digest: string): Promise<Uint8Array | null> {
    return this.#reader.content(digest)
  }

  refreshKeys(
    source: string,
    keyId?: string,
    rejected?: number,
  ): Promise<KeyAnswer | QuietAnswer | null> {
    return this.#reader.refreshKeys(source, keyId, rejected)
  }
}
