/**
 * Plans the next key of one algorithm: its secret, its dates, and the ends of the keys that it
 * replaces. Pure: it makes no key and stores nothing.
 */
import type { KeyReport, KeysReport } from '../../contract/admin.ts'
import { SIGNING_KEY } from '../../contract/settings.ts'
import { type CommandFailure, refusal, usageFailure } from '../shell/failure.ts'
import { KEY_LEAD_SECONDS, MIN_KEY_LEAD_SECONDS } from '../shell/limits.ts'
import { writeTime } from './key-time.ts'

export type RotationRequest = {
  /** Undefined: the algorithm that signs for resources that name none. */
  readonly algorithm: string | undefined
  /** Epoch seconds. */
  readonly activatesAt: number | undefined
  readonly retiresAt: number | undefined
  /** Whether the successor signs at once, although verifiers may not know it yet. */
  readonly isNow: boolean
  readonly at: number
}

/** A key and its new end, in epoch seconds. */
export type KeyEnd = { readonly kid: string; readonly at: number; readonly secret?: string }

export type Rotation = {
  readonly algorithm: string
  readonly activatesAt: number
  readonly retiresAt: number | undefined
  readonly ends: readonly KeyEnd[]
}

/** Throws a failure if a successor is scheduled already, or if it would leave a gap. */
export function planRotation({ keys }: KeysReport, request: RotationRequest): Rotation {
  const { retiresAt } = request
  const algorithm = request.algorithm ?? keys.find((key) => key.default)?.alg ?? 'ES256'
  const related = keys.filter(({ alg }) => isSameAlgorithm(alg, algorithm))
  const waiting = related.find(({ state }) => state === 'scheduled')
  if (waiting !== undefined) throw describeWaiting(waiting)
  const replaced = related.filter(({ state }) => state === 'signing' || state === 'standby')
  const activatesAt = chooseStart(replaced, request)
  if (retiresAt !== undefined && retiresAt <= activatesAt) {
    throw usageFailure('--retires-at must be later than the activation')
  }
  const ends = replaced
    .filter(({ retires_at: end }) => end === null || end > activatesAt)
    .map(({ kid, secret }) => ({
      kid,
      at: activatesAt,
      ...(secret === undefined ? {} : { secret }),
    }))
  return { algorithm, activatesAt, retiresAt, ends }
}

/** EdDSA and Ed25519 name the same algorithm (RFC 9864 §2.2). */
export function isSameAlgorithm(left: string, right: string): boolean {
  const nameOf = (name: string) => (name === 'EdDSA' ? 'Ed25519' : name)
  return nameOf(left) === nameOf(right)
}

function describeWaiting({ kid, alg, activates_at: start }: KeyReport): CommandFailure {
  return refusal(
    `the ${alg} key ${kid} is scheduled already and signs from ${writeTime(start ?? 0)}`,
    'wait for it, or end it first: npx edgemint keys retire --help',
  )
}

function chooseStart(replaced: readonly KeyReport[], request: RotationRequest): number {
  const { at, activatesAt, isNow } = request
  if (isNow) return at
  const ends = replaced.map(({ retires_at: end }) => end ?? Number.POSITIVE_INFINITY)
  // With the last of them, signing ends.
  const lastEnd = ends.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...ends)
  const start = activatesAt ?? Math.min(at + KEY_LEAD_SECONDS, lastEnd)
  if (start > lastEnd) {
    throw usageFailure(
      `no key would sign between ${writeTime(lastEnd)} and ${writeTime(start)}`,
      `choose a time until ${writeTime(lastEnd)} with --activates-at`,
    )
  }
  if (start < at + MIN_KEY_LEAD_SECONDS) {
    throw usageFailure(
      `verifiers may still have the old key set at ${writeTime(start)}: publish a key an hour before it signs`,
      'use --now if tokens may be refused for some minutes, for example after a leak',
    )
  }
  return start
}

/**
 * Returns the value of `KEY_RETIREMENTS` with these ends added to those that are in force. A key that
 * is no longer published keeps its end while its secret is stored; otherwise it would sign again.
 */
export function writeRetirements({ keys }: KeysReport, ends: readonly KeyEnd[]): string {
  const all = new Map<string, number>()
  for (const { kid, retires_at: end } of keys) if (end !== null) all.set(kid, end)
  for (const { kid, at } of ends) all.set(kid, at)
  return [...all].map(([kid, end]) => `${kid}=${writeTime(end)}`).join(' ')
}

/** Returns the name of a new secret. Throws a failure if it would replace another secret. */
export function chooseSecretName(
  { keys, problems }: KeysReport,
  given: string | undefined,
  at: number,
): string {
  const taken = [...keys.map(({ secret }) => secret), ...problems.map(({ variable }) => variable)]
  if (given !== undefined) {
    if (!SIGNING_KEY.test(given)) {
      throw usageFailure('--name must be SIGNING_KEY_ and capital letters, digits or underscores')
    }
    if (taken.includes(given)) throw usageFailure(`${given} has a key already: choose another name`)
    return given
  }
  if (taken.includes(undefined)) {
    throw usageFailure('this gateway does not name its secrets: choose a new name with --name')
  }
  const base = `SIGNING_KEY_${writeTime(at).slice(0, 7).replace('-', '_')}`
  let name = base
  for (let number = 2; taken.includes(name); number += 1) name = `${base}_${number}`
  return name
}
