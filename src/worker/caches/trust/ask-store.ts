/**
 * Asks the trust store, or a layer in front of it, for what an isolate does not have, and again for
 * the document if its compiled form is refused.
 */
import { STORE_TIMEOUT_MILLISECONDS } from '../../../core/limits.ts'
import type { StoredTrust } from '../../../core/policy/compile/stored.ts'
import { withDeadline } from '../../../web/deadline.ts'
import { hasDigest } from '../../trust-layers/content/content.ts'
import type { LayeredDelta } from '../../trust-layers/layered-store.ts'
import type { KnownSnapshot } from '../../trust-layers/trust-messages.ts'
import type { FormLoader } from './form-loader.ts'

export type SnapshotStore = {
  /** `expected` is a revision that the answer must not be older than. */
  readonly snapshotSince: (known: KnownSnapshot, expected: number) => Promise<LayeredDelta>
}

export type StoreQuestion = {
  readonly store: SnapshotStore
  /** Loads the forms of `compiler`. */
  readonly forms: FormLoader
  readonly compiler: string
  readonly known: KnownSnapshot
  /** Called for each question, because an administrator may store a revision meanwhile. */
  readonly expected: () => number
}

export type StoreAnswer = {
  readonly delta: LayeredDelta
  /** What the form in the answer contains, if the store sent one. */
  readonly loaded: StoredTrust | undefined
}

/** Throws if the store fails or does not answer in time. */
export async function askStore(question: StoreQuestion): Promise<StoreAnswer> {
  const { store, forms, compiler, known, expected } = question
  const ask = (since: KnownSnapshot) =>
    withDeadline(STORE_TIMEOUT_MILLISECONDS, store.snapshotSince(since, expected()))
  let delta = await ask({ ...known, compiler })
  const loaded = delta.form && (await forms.load(delta.form))
  if (delta.form && !loaded) delta = await ask(known)
  const { bytes, document } = delta
  // A damaged document could grant what no administrator allowed. A store of 0.2.0 sends no digest.
  const isWhole = !bytes || !document || (await hasDigest(bytes, document))
  return { delta: isWhole ? delta : { ...delta, bytes: undefined }, loaded }
}
