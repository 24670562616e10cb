/** Builds exports of a decision log, with checkpoints signed by a key of the test. */
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { extendChain, formatBatchLine, startChain } from '../../../src/contract/decisions/chain.ts'
import { formatDecisionId } from '../../../src/contract/decisions/id.ts'
import { CHECKPOINT_TYP } from '../../../src/protocol/token.ts'

export const ISSUER = 'https://sts.example.com'
const NOON = Date.parse('2026-11-20T12:00:00Z')

export type Key = { readonly kid: string; readonly jwk: object; readonly sign: Sign }
type Sign = (claims: Readonly<Record<string, unknown>>, typ?: string) => Promise<string>

export async function makeKey(kid: string): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  const sign: Sign = (claims, typ = CHECKPOINT_TYP) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid, typ }).sign(privateKey)
  return { kid, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256' }, sign }
}

export function recordLine(shard: number, index: number): string {
  const at = NOON + index
  const id = formatDecisionId({ shard, at }, new Uint8Array(9).fill(index + 1))
  const subject = `repo:acme/zürich-${index}`
  return JSON.stringify({ v: 1, id, at, outcome: 'granted', rule: 'deploy', subject })
}

export type BuildOptions = {
  readonly issuer?: string
  readonly shard?: number
  /** Records of each batch. */
  readonly batches?: readonly number[]
  /** The sequence of the batch before the first one of the export. */
  readonly after?: number
  /** Batches after which a checkpoint follows. */
  readonly signed?: readonly number[]
  /** The first and the last batch that the gateway could not read. */
  readonly missing?: readonly [number, number]
}

/** Returns the lines of an export. */
export async function buildExport(
  key: Key,
  {
    issuer = ISSUER,
    shard = 0,
    batches = [2, 1, 3],
    after = 0,
    signed = [3],
    missing,
  }: BuildOptions = {},
): Promise<string[]> {
  let head = startChain(issuer, shard)
  let previous = head
  let index = 0
  const lines: string[] = []
  for (const [position, count] of batches.entries()) {
    const sequence = position + 1
    const batch = formatBatchLine({ sequence, time: NOON + sequence, count })
    const records = Array.from({ length: count }, () => {
      index += 1
      return recordLine(shard, index)
    })
    head = extendChain(head, batch, records.join('\n'))
    if (sequence === after) previous = head
    if (sequence <= after) continue
    const isMissing = missing !== undefined && sequence >= missing[0] && sequence <= missing[1]
    if (!isMissing) lines.push(batch, ...records, JSON.stringify({ type: 'head', head }))
    else if (sequence === missing[1]) {
      const lost = batches.slice(missing[0] - 1, missing[1]).reduce((sum, one) => sum + one, 0)
      lines.push(JSON.stringify({ type: 'missing', sequence, count: lost, head }))
    }
    if (!signed.includes(sequence)) continue
    const jwt = await key.sign({ iss: issuer, iat: NOON / 1000, shard, sequence, head })
    lines.push(JSON.stringify({ type: 'checkpoint', jwt }))
  }
  const header = { type: 'edgemint-decisions', v: 1, iss: issuer, shard, after, previous }
  return [JSON.stringify(header), ...lines]
}

export function textOf(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`
}
