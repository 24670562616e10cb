/**
 * Checkpoints: the head of the chain at a moment, signed with the gateway's key. A copy that is
 * kept elsewhere proves any later change of the records before it.
 */
import type { CheckpointClaims } from '../../../contract/decisions/export.ts'
import { type KeyRing, selectSigningKey } from '../../../core/tokens/keyring.ts'
import { createJwtSigner } from '../../../core/tokens/signed-jwt.ts'
import { CHECKPOINT_TYP } from '../../../protocol/token.ts'
import { startDeadline } from '../../../web/deadline.ts'
import { CHECKPOINT_TIMEOUT_MILLISECONDS, DECISION_UNSIGNED_MILLISECONDS } from '../../limits.ts'
import type { ChainRow } from './chain.ts'

export type Checkpoint = { readonly sequence: number; readonly at: number; readonly jwt: string }

/** Returns undefined before the first checkpoint. */
export function readLatest(sql: SqlStorage): Checkpoint | undefined {
  return sql
    .exec<Checkpoint>('SELECT sequence, at, jwt FROM checkpoints ORDER BY sequence DESC LIMIT 1')
    .toArray()[0]
}

/** Whether a batch waits for a checkpoint far longer than the time between two of them. */
export function isUnsigned(sql: SqlStorage, now: number): boolean {
  const { oldest } = sql
    .exec<{ oldest: number | null }>(
      'SELECT MIN(time) AS oldest FROM batches WHERE sequence > ?',
      readLatest(sql)?.sequence ?? 0,
    )
    .one()
  return oldest !== null && now - oldest > DECISION_UNSIGNED_MILLISECONDS
}

/**
 * Signs the head as it was when the call began, and stores the checkpoint. It names the deployment as
 * the chain does, whose first head depends on it. Returns false if there is no active key.
 */
export async function signHead(
  sql: SqlStorage,
  { shard, issuer, sequence, head }: ChainRow,
  ring: KeyRing,
  now: number,
): Promise<boolean> {
  const iat = Math.floor(now / 1000)
  const key = selectSigningKey(ring, undefined, iat)
  if (key === undefined) return false
  const claims: CheckpointClaims = { iss: issuer, iat, shard, sequence, head }
  const header = { typ: CHECKPOINT_TYP, alg: key.algorithm, kid: key.keyId } as const
  const jwt = await createJwtSigner(header, key.sign)(claims)
  sql.exec(
    'INSERT OR IGNORE INTO checkpoints (sequence, at, jwt) VALUES (?, ?, ?)',
    sequence,
    now,
    jwt,
  )
  return true
}

/** Sends the newest checkpoint to a URL, once. Throws if the receiver did not accept it. */
export async function deliverLatest(sql: SqlStorage, url: string, now: number): Promise<void> {
  const latest = sql
    .exec<{ sequence: number; jwt: string; delivered_at: number | null }>(
      'SELECT sequence, jwt, delivered_at FROM checkpoints ORDER BY sequence DESC LIMIT 1',
    )
    .toArray()[0]
  if (latest === undefined || latest.delivered_at !== null) return
  const { signal, stop } = startDeadline(CHECKPOINT_TIMEOUT_MILLISECONDS, undefined)
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/jwt' },
    body: latest.jwt,
    redirect: 'manual',
    cache: 'no-store',
    signal,
  }).finally(stop)
  await response.body?.cancel()
  if (!response.ok) throw new Error('the receiver of checkpoints did not accept one')
  sql.exec('UPDATE checkpoints SET delivered_at = ? WHERE sequence = ?', now, latest.sequence)
}
