/**
 * The trust snapshot of an isolate: one revision of the trust document, compiled, with the issuers'
 * keys. This file decides how old a copy may be: every change takes effect within 10 seconds. It
 * also decides what happens if the store is unavailable. Only settled values are kept between
 * requests.
 */

import type { DocumentProblem } from '../../../contract/admin.ts'
import { SNAPSHOT_FRESH_SECONDS, SNAPSHOT_REVALIDATE_SECONDS } from '../../../core/limits.ts'
import type { Ceilings, CompiledTrust } from '../../../core/policy/compile/compiled.ts'
import { compilerOf } from '../../../core/policy/form/compiled-form.ts'
import { type Clock, type RefreshKeys, Unavailable } from '../../../core/ports.ts'
import type { TrustView } from '../../../core/trust-view.ts'
import { withKeys } from '../../trust-layers/apply-keys.ts'
import type { KeyAnswer, QuietAnswer } from '../../trust-layers/trust-messages.ts'
import { type Applied, applyDelta, isFromBefore, isYoung, knownOf } from './apply-delta.ts'
import { askStore, type SnapshotStore, type StoreAnswer } from './ask-store.ts'
import { createFormLoader, type FormLoader } from './form-loader.ts'
import { createKeyQuestions } from './key-questions.ts'
import { createQuestionTurns } from './question-turns.ts'
import { createRefreshKeys } from './refresh-keys.ts'
import { createRefreshTimes } from './refresh-times.ts'
import { NOTHING } from './stored-document.ts'

export type TrustSnapshotOptions = {
  readonly store: SnapshotStore & {
    readonly refreshKeys: (
      keySource: string,
      keyId?: string,
      rejected?: number,
    ) => Promise<KeyAnswer | QuietAnswer | null>
  }
  readonly ceilings: Ceilings
  readonly policy: CompiledTrust | undefined
  /**
   * How long the last snapshot is used while the store is unavailable. Also how long the last
   * usable revision is used while this release cannot use the stored one.
   */
  readonly maxStaleSeconds: number
  readonly clock: Clock
  /** Called once for each stored revision that has problems. */
  readonly reportFaulty: (faulty: FaultyDocument) => void
}

/** A stored revision that this release cannot use, completely or in part. */
export type FaultyDocument = {
  readonly revision: number
  readonly isUsable: boolean
  readonly problems: readonly DocumentProblem[]
}

export type TrustReader = {
  /** Throws `Unavailable` if no copy is young enough to decide from. */
  readonly load: (
    at: number,
    waitUntil: (task: Promise<unknown>) => void,
  ) => TrustView | Promise<TrustView>
  /** Makes the next request ask for a revision that the store has just acknowledged. */
  readonly expect: (revision: number) => void
  /** Asks the store for keys, within the limits of `key-questions.ts`. */
  readonly refreshKeys: RefreshKeys
  /**
   * Returns how many questions about missing keys were answered without the store, by key source,
   * and starts the count again.
   */
  readonly takeRefused: () => Readonly<Record<string, number>>
  /** The compiled forms that this isolate has refused. */
  readonly refusedForms: FormLoader['refused']
}

/** The snapshot that this isolate decides from, and the question to the store that it came from. */
type Held = Applied & {
  /** Epoch seconds from which its age counts: those of the question, or of the layer's pointer. */
  readonly askedAt: number
  /** The number of the question. */
  readonly question: number
}

export function createTrustSnapshot(options: TrustSnapshotOptions): TrustReader {
  const { store, clock } = options
  const policy = options.policy ?? NOTHING
  const questions = createKeyQuestions(clock)
  let held: Held | undefined
  const forms = createFormLoader(options.ceilings)
  const compiler = compilerOf(options.ceilings)
  const turns = createQuestionTurns()
  const times = createRefreshTimes(clock)
  /** A revision that an administrator has stored through this isolate. */
  let expected = -1

  /**
   * Asks the store for the difference. The age is measured from the question, because later changes
   * may be missing from the answer.
   */
  async function refresh(question: number): Promise<TrustView> {
    const askedAt = clock()
    const before = held
    try {
      const { delta, loaded } = await ask(before)
      const from = Math.min(askedAt, delta.currentAt ?? askedAt)
      const isOld = held !== undefined && isFromBefore(delta, from, held)
      if (delta.isStale) times.noteFailure()
      // Another request may have got a newer answer meanwhile. Never fall back to an older one: the
      // caller uses the held snapshot while that is young enough.
      if (isOld || (delta.isStale && !isYoung(askedAt - from, options.maxStaleSeconds))) {
        throw new Unavailable('trust_store')
      }
      if (delta.currentAt === undefined) expected = Math.min(expected, delta.revision)
      const applied = applyDelta(delta, before, { ...options, policy, loaded }, from)
      const { problems, document } = applied.view
      if (problems.length > 0 && delta.revision !== before?.storedRevision) {
        const isUsable = document !== undefined && applied.view.revision === delta.revision
        options.reportFaulty({ revision: delta.revision, isUsable, problems })
      }
      if (!delta.isStale) times.noteAnswer()
      // Two requests may ask at the same time. The answer to the later question is kept, unless the
      // store answered it first. Questions are numbered because the clock may be set back.
      const isOvertaken = held?.question !== before?.question && isOlder(applied, held)
      if (held === undefined || (question > held.question && !isOvertaken)) {
        held = { ...applied, askedAt: from, question }
      }
      return held.view
    } finally {
      turns.end(question)
    }
  }

  async function ask(before: Held | undefined): Promise<StoreAnswer> {
    try {
      const known = knownOf(before)
      return await askStore({ store, forms, compiler, known, expected: () => expected })
    } catch (cause) {
      times.noteFailure()
      throw new Unavailable('trust_store', { cause })
    }
  }

  /** Returns the held view. Leaves out the document of an earlier revision if that is too old. */
  function viewAt(at: number, { view, storedRevision, currentAt }: Held): TrustView {
    const isCurrent = view.revision === storedRevision
    if (isCurrent || isYoung(at - currentAt, options.maxStaleSeconds)) return view
    return { ...view, revision: storedRevision, document: undefined }
  }

  async function revalidate(): Promise<void> {
    try {
      await refresh(turns.begin())
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error
    } finally {
      times.endBehind()
    }
  }

  /** Another request may have got a snapshot meanwhile, so it is read now. */
  function useStale(at: number, error = new Unavailable('trust_store')): TrustView {
    if (held === undefined || !isYoung(at - held.askedAt, options.maxStaleSeconds)) throw error
    return viewAt(at, held)
  }

  function hasAnswer(question: number): boolean {
    return held !== undefined && held.question >= question
  }

  async function askFirst(at: number): Promise<TrustView> {
    // Tested here, so that no other request can begin in between.
    const other = turns.isRunning() ? await turns.waitForOther(hasAnswer) : undefined
    const isAnswered = other === 'answered' && held !== undefined && held.storedRevision >= expected
    if (isAnswered && held !== undefined) return viewAt(at, held)
    const now = other === 'failed' ? clock() : at
    if (times.hasFailed(now) && typeof other !== 'number') return useStale(at)
    try {
      return await refresh(typeof other === 'number' ? other : turns.begin())
    } catch (error) {
      if (error instanceof Unavailable) return useStale(at, error)
      throw error
    }
  }

  const refreshKeys = createRefreshKeys({
    questions,
    ask: (...question) => store.refreshKeys(...question),
    current: (source) => held?.view.keys.get(source),
    add(source, keys) {
      if (held === undefined) return
      const merged = withKeys(held.view.keys, source, keys)
      held = { ...held, view: Object.freeze({ ...held.view, keys: merged }) }
    },
  })

  return {
    takeRefused: questions.takeRefused,
    refusedForms: forms.refused,
    expect(revision) {
      expected = Math.max(expected, revision)
    },
    load(at, waitUntil) {
      if (held === undefined || held.storedRevision < expected) return askFirst(at)
      const age = at - held.askedAt
      if (age >= 0 && age < SNAPSHOT_FRESH_SECONDS) return viewAt(at, held)
      if (age < 0 || age >= SNAPSHOT_REVALIDATE_SECONDS) return askFirst(at)
      if (times.beginBehind(at)) waitUntil(revalidate())
      return viewAt(at, held)
    },
    refreshKeys,
  }
}

/** Whether the store gave an answer before it gave that of the held snapshot. */
function isOlder({ storedRevision, keyEpoch }: Applied, held: Held | undefined): boolean {
  return held !== undefined && (storedRevision < held.storedRevision || keyEpoch < held.keyEpoch)
}
