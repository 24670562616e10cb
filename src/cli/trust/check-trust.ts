/** Checks a trust file or a deploy-time policy on disk, or a document that a gateway sent. */
import {
  type CheckedTrust,
  checkPolicy,
  checkTrust,
  parseTrustFile,
} from '../../analysis/source/in-house.ts'
import type { Ceilings } from '../../core/policy/compile/compiled.ts'
import { readTrustFile } from './read-trust-file.ts'

export async function checkTrustFile(path: string, ceilings: Ceilings): Promise<CheckedTrust> {
  return checkTrust(await readTrustFile(path), ceilings, now())
}

export async function checkPolicyFile(path: string, ceilings: Ceilings): Promise<CheckedTrust> {
  return checkPolicy(await readTrustFile(path), ceilings)
}

/** Checks the JSON of a document that is not a file here. `name` stands for the path. */
export function checkTrustJson(name: string, json: string, ceilings: Ceilings): CheckedTrust {
  const text = JSON.stringify(JSON.parse(json), null, 2)
  return checkTrust(parseTrustFile(name, new TextEncoder().encode(text)), ceilings, now())
}

function now(): number {
  return Math.floor(Date.now() / 1000)
}
