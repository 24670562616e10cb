/** The checkpoints that somebody kept, one a line or in an export. */
import { open } from 'node:fs/promises'
import type { CheckpointClaims } from '../../contract/decisions/export.ts'
import { readCheckpoint } from '../../core/decisions/export-line.ts'
import { findExportKind, readFirstLine } from '../backup/portable/export-kinds.ts'
import { readExport } from '../backup/portable/read-export.ts'
import { refusal, usageFailure } from '../shell/failure.ts'
import { MAX_CHECKPOINTS_BYTES } from '../shell/limits.ts'
import { nameInput, readInput } from '../shell/read-input.ts'
import { type CheckpointVerifier, describeMissingKeys } from './checkpoint-keys.ts'

/** The header of an export of a gateway is shorter, however long its issuer URL is. */
const MAX_HEADER_BYTES = 8192

/**
 * Reads a file with one checkpoint a line, as the receiver of `DECISION_CHECKPOINT_URL` got them, or as
 * an export has them; or an export of a whole gateway, of which every byte is checked first.
 */
export async function readKeptCheckpoints(
  path: string,
  verifier: CheckpointVerifier,
): Promise<readonly CheckpointClaims[]> {
  const kept: CheckpointClaims[] = []
  for (const [place, jwt] of await readJwts(path)) {
    const claims = await readCheckpoint(jwt, verifier.verify)
    if (claims === undefined) {
      const hints = describeMissingKeys(verifier)
      throw refusal(`${nameInput(path)}:${place}: ${verifier.fault}`, ...hints)
    }
    kept.push(claims)
  }
  if (kept.length === 0) throw usageFailure(`${nameInput(path)} has no checkpoint`)
  return kept
}

/** A checkpoint with its place in the file, which a fault names. */
type Placed = readonly [place: string, jwt: string]

async function readJwts(path: string): Promise<readonly Placed[]> {
  if (await isGatewayExport(path)) return readParts(path)
  const text = (await readInput(path, MAX_CHECKPOINTS_BYTES)).toString('utf8')
  return text.split(/\r?\n/).flatMap((line, index): readonly Placed[] => {
    const { type, jwt } = readFirstLine(line)
    if (line.trim() === '' || type === 'edgemint-decisions') return []
    const isLine = type === 'checkpoint' && typeof jwt === 'string'
    return [[String(index + 1), isLine ? jwt : line.trim()]]
  })
}

/** The part `checkpoints`, or the parts of the decision log. */
async function readParts(path: string): Promise<readonly Placed[]> {
  const found: Placed[] = []
  for await (const item of readExport(path)) {
    if (item.kind !== 'line' || !/^(?:checkpoints|decisions\/)/.test(item.part)) continue
    if (!item.line.startsWith('{"type":"checkpoint"')) continue
    found.push([item.part, String(readFirstLine(item.line).jwt)])
  }
  return found
}

async function isGatewayExport(path: string): Promise<boolean> {
  if (path === '-') return false
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return false
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_HEADER_BYTES), 0)
    const [line = ''] = buffer.toString('utf8', 0, bytesRead).split('\n')
    return findExportKind(readFirstLine(line)) === 'gateway'
  } catch {
    // A directory, for instance: reading it as a file says so.
    return false
  } finally {
    await file.close()
  }
}
