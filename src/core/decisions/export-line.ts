/** The lines of an export that the chain does not hash, read strictly, and the claims of checkpoints. */
import type * as z from 'zod/mini'
import { type CheckpointClaims, checkpointClaimsSchema } from '../../contract/decisions/export.ts'
import { CHECKPOINT_TYP } from '../../protocol/token.ts'

/**
 * Reads a line that is not hashed. It must be written in the one way that the format defines: otherwise
 * a change of such a line would not be seen.
 */
export function readLine<T>(schema: z.ZodMiniType<T>, line: string): T | undefined {
  const parsed = schema.safeParse(parseLine(line))
  return parsed.success && JSON.stringify(parsed.data) === line ? parsed.data : undefined
}

export function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/**
 * Verifies the signature of a checkpoint. Returns its header `typ` and its claims; undefined if no
 * key of the gateway verifies it.
 */
export type VerifyCheckpoint = (
  jwt: string,
) => Promise<{ readonly typ: unknown; readonly claims: unknown } | undefined>

/** Returns the claims of a checkpoint. Undefined for another JWT, and if no key verifies it. */
export async function readCheckpoint(
  jwt: string,
  verifyCheckpoint: VerifyCheckpoint,
): Promise<CheckpointClaims | undefined> {
  const verified = await verifyCheckpoint(jwt)
  if (verified?.typ !== CHECKPOINT_TYP) return undefined
  const claims = checkpointClaimsSchema.safeParse(verified.claims)
  return claims.success ? claims.data : undefined
}
